"""Invented names from common characters; nobody is meant."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
OLD_MALE = "国建华明志德福生荣宝根祥林海金龙云山永兴松庆春才昌贵"
OLD_FEMALE = "英秀兰珍芳玉凤珠妹娣宝琴菊桂香月红云美琳莲华萍惠"
NEW_MALE = "宇轩浩然子涵俊杰博文晨天翔宁涛磊鹏辉伟斌超凯毅睿泽"
NEW_FEMALE = "怡萱梓欣雨婷佳琪思静雅慧敏洁丽娜晓倩颖蕾琳妍悦彤"
MINORITY = ("阿依努尔·买买提", "迪丽热巴·艾力", "扎西·次仁", "帕提古丽·吐尔逊", "欧阳·娜仁")
FOREIGN = (
    ("JOHN SMITH", "美国", "男"), ("YUKI TANAKA", "日本", "女"), ("KIM MINJUN", "韩国", "男"), ("MARIE DUBOIS", "法国", "女"),
    ("HANS MUELLER", "德国", "男"), ("EMMA WILSON", "英国", "女"), ("LEE JIHYE", "韩国", "女"), ("MARCO ROSSI", "意大利", "男"),
)  # fmt: skip
RARE = "𠅤"
"""A character beyond the basic plane, for one name."""


def chinese(random: Random, sex: str, birth_year: int) -> str:
    """A name as the years gave them: older ones of two characters more often."""
    given = {
        (True, "男"): OLD_MALE, (True, "女"): OLD_FEMALE, (False, "男"): NEW_MALE, (False, "女"): NEW_FEMALE,
    }[birth_year < 1978, sex]  # fmt: skip
    surname = SURNAMES[int(len(SURNAMES) * random.random() ** 1.6)]
    length = 1 if random.random() < 0.14 else 2
    return surname + "".join(random.choice(given) for _ in range(length))
