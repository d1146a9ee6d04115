"""A key's fingerprint as words to be read over the telephone: eight words of two characters, 64 bits of SHA-256."""

from __future__ import annotations

import hashlib
import re

COUNT = 8
_CONTEXT = b"loutu-fingerprint-1\0"
# Everyday words that sound unlike each other; their order is part of the format for ever.
_WORDS = """
苹果 香蕉 葡萄 西瓜 桃子 橘子 草莓 樱桃 石榴 柿子 荔枝 核桃 板栗 花生 芝麻 黄豆
白菜 萝卜 茄子 南瓜 冬瓜 辣椒 洋葱 大蒜 生姜 蘑菇 木耳 海带 豆腐 鸡蛋 牛奶 馒头
米饭 面条 包子 饺子 汤圆 月饼 粽子 蛋糕 饼干 糖果 蜂蜜 酱油 香醋 食盐 花椒 八角
老虎 狮子 大象 熊猫 猴子 兔子 松鼠 狐狸 骆驼 斑马 绵羊 水牛 白鹅 公鸡 鸭子 鸽子
喜鹊 燕子 老鹰 孔雀 仙鹤 麻雀 蝴蝶 蜻蜓 蜜蜂 蚂蚁 青蛙 乌龟 鲤鱼 螃蟹 龙虾 海豚
松树 柳树 杨树 梧桐 银杏 竹林 荷花 梅花 菊花 牡丹 玫瑰 茉莉 水仙 桂花 兰草 芦苇
太阳 月亮 星星 白云 雷电 大雪 春雨 秋风 彩虹 早晨 黄昏 夜晚 冬天 夏日 清明 重阳
长江 黄河 泰山 湖泊 沙漠 草原 森林 海岸 小溪 瀑布 山谷 岛屿 田野 池塘 水井 温泉
汽车 火车 飞机 轮船 地铁 单车 卡车 马车 帆船 气球 红灯 桥梁 码头 车站 隧道 邮局
医院 学校 银行 商店 公园 剧院 书店 饭馆 工厂 农场 寺庙 宝塔 城墙 广场 花园 操场
桌子 椅子 柜子 窗户 大门 楼梯 屋顶 地板 枕头 被子 毛巾 肥皂 牙刷 梳子 镜子 剪刀
铅笔 毛笔 橡皮 尺子 书包 本子 信封 邮票 报纸 地图 日历 钟表 台灯 电话 电视 冰箱
帽子 围巾 手套 袜子 皮鞋 雨伞 衬衫 裤子 裙子 纽扣 眼镜 戒指 钱包 钥匙 行李 风筝
足球 篮球 乒乓 象棋 围棋 钢琴 二胡 笛子 鼓手 唱歌 跳舞 画家 医生 老师 司机 厨师
红色 蓝天 绿叶 紫砂 金子 银元 铜锣 铁锅 瓷碗 玉石 珍珠 丝绸 棉花 羊毛 皮革 木头
东方 南极 西北 中央 左边 右手 前门 后院 高楼 低谷 宽阔 窄巷 圆圈 三角 直线 方格
"""
WORDS = tuple(_WORDS.split())


def of(data: bytes) -> str:
    """The words of some public bytes, separated by blanks."""
    digest = hashlib.sha256(_CONTEXT + data).digest()
    return " ".join(WORDS[byte] for byte in digest[:COUNT])


def same(said: str, words: str) -> bool:
    """Are these the words, whatever stands between them?"""
    return _bare(said) == _bare(words)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
