"""Characters that rosters write for one another: traditional and variant forms, the same sound, the same look.

Tables of our own, because names use few characters: a converter of all Chinese text (OpenCC) is a binary of three
megabytes more to ship, and leaves alone what the national list of 2013 calls characters of their own (喆 and 哲)
although offices write one for the other. A traditional form that is missing here still sounds like its
simplified one, so it is put before a person instead of being taken for the same.
"""

from __future__ import annotations

from functools import lru_cache

_TRADITIONAL = (
    "陳陈 張张 劉刘 楊杨 趙赵 黃黄 吳吴 孫孙 馬马 羅罗 鄭郑 謝谢 許许 韓韩 馮冯 鄧邓 葉叶 蘇苏 蘆芦 盧卢 蔣蒋 賈贾 鍾钟 鐘钟 譚谭 陸陆 範范 鄒邹 韋韦 龍龙 萬万 錢钱 湯汤 賀贺 賴赖 龔龚 "
    "嚴严 溫温 蕭萧 閻阎 閆闫 聶聂 顧顾 紀纪 項项 魯鲁 畢毕 駱骆 閔闵 莊庄 齊齐 喬乔 歐欧 單单 樂乐 於于 費费 竇窦 塗涂 衛卫 華华 連连 談谈 穀谷 婁娄 榮荣 嶽岳 應应 寧宁 車车 儲储 閣阁 "
    "麗丽 國国 強强 軍军 偉伟 傑杰 勝胜 東东 曉晓 紅红 豔艳 艷艳 鳳凤 蘭兰 貴贵 寶宝 愛爱 蓮莲 瓊琼 瑩莹 靜静 穎颖 潔洁 雲云 慶庆 學学 義义 禮礼 書书 誠诚 賢贤 剛刚 陽阳 濤涛 鵬鹏 飛飞 "
    "輝辉 燦灿 煥焕 煒炜 瑋玮 瑤瑶 瓏珑 璣玑 瑪玛 銀银 銘铭 鋒锋 鋼钢 鐵铁 鎮镇 鈞钧 鈺钰 錦锦 鋭锐 銳锐 鴻鸿 鶴鹤 鷹鹰 雙双 壽寿 興兴 業业 長长 風风 順顺 發发 會会 來来 樹树 棟栋 樺桦 "
    "楓枫 樑梁 標标 歡欢 澤泽 潤润 濱滨 瀾澜 灝灏 淵渊 滿满 漢汉 濟济 澗涧 進进 遠远 達达 運运 選选 遜逊 邁迈 郵邮 憶忆 懷怀 憲宪 恆恒 聰聪 聖圣 職职 蔭荫 薌芗 蘊蕴 藝艺 萊莱 葦苇 詠咏 "
    "詩诗 語语 諾诺 謙谦 讓让 譯译 識识 諒谅 財财 貞贞 賓宾 賦赋 贊赞 資资 載载 軒轩 輪轮 轍辙 辭辞 農农 邊边 開开 門门 間间 閩闽 陰阴 隨随 際际 雋隽 難难 電电 靈灵 韻韵 響响 頌颂 頻频 "
    "顏颜 願愿 飄飘 馳驰 駿骏 驊骅 騰腾 驍骁 鯤鲲 鳴鸣 鵑鹃 鶯莺 鷺鹭 鸞鸾 麥麦 點点 龐庞 龜龟 佇伫 倫伦 儀仪 億亿 優优 儉俭 兒儿 凱凯 創创 劍剑 勁劲 勛勋 勳勋 勵励 協协 叢丛 啟启 啓启 "
    "員员 喚唤 嘯啸 園园 圖图 團团 堅坚 塵尘 壯壮 夢梦 奮奋 婭娅 媽妈 嫻娴 嫺娴 嬌娇 嬋婵 孿孪 實实 寬宽 將将 對对 導导 嵐岚 嶺岭 巖岩 師师 帥帅 帶带 廣广 廬庐 彌弥 彥彦 後后 從从 徹彻 "
    "態态 憫悯 戰战 拋抛 撫抚 擁拥 擇择 攜携 敵敌 數数 時时 晉晋 晝昼 暉晖 曄晔 曠旷 曇昙 朧胧 條条 楨桢 權权 歲岁 氣气 決决 沖冲 淨净 淺浅 湧涌 滄沧 滬沪 漣涟 漸渐 潛潜 為为 爾尔 爭争 "
    "獎奖 獨独 獻献 現现 環环 畫画 異异 盡尽 監监 眾众 碩硕 礎础 禎祯 禕祎 穩稳 積积 筆笔 節节 築筑 簡简 紋纹 純纯 紗纱 細细 紹绍 結结 絢绚 絲丝 經经 維维 綠绿 綱纲 緒绪 緣缘 縈萦 總总 "
    "績绩 織织 繪绘 繼继 續续 纓缨 羨羡 翹翘 習习 聞闻 聯联 聲声 肅肃 膽胆 臨临 舉举 艦舰 薈荟 薔蔷 蘿萝 蟬蝉 術术 補补 製制 複复 見见 規规 視视 親亲 覺觉 觀观 訓训 託托 記记 設设 訪访 "
    "詳详 誌志 認认 誼谊 調调 論论 諭谕 證证 譜谱 護护 譽誉 豐丰 貝贝 負负 貢贡 貫贯 質质 賽赛 贏赢 趕赶 躍跃 軼轶 輕轻 輔辅 輯辑 鄉乡 鄰邻 醫医 釗钊 釵钗 鉑铂 鉅钜 鉉铉 銓铨 鎧铠 鏡镜 "
    "鑄铸 鑒鉴 鑑鉴 閃闪 閏闰 閒闲 關关 陣阵 陝陕 雖虽 雞鸡 離离 靄霭 韜韬 頂顶 頡颉 題题 顯显 飲饮 養养 駒驹 騏骐 驕骄 驗验 魚鱼 鮮鲜 鳥鸟 黨党 齡龄 "
)
_ALSO = (
    "喆哲", "堃坤", "昇升", "甯宁", "濬浚", "澂澄", "祐佑", "珮佩", "叡睿", "菓果", "脩修", "炤照", "囍喜", "峯峰",
    "傅付", "萧肖", "戴代", "阎闫", "邱丘", "凃涂", "仝同", "瑠琉", "晧皓", "暠皓", "燊森",
    "烔炯", "彬斌", "韡炜", "龢和", "喦岩", "嵒岩",
    "遊游", "甦苏", "瞭了", "乾干", "璿璇",
)  # fmt: skip
_ALIKE = (
    "未末朱", "己已巳", "士土", "干千于", "日曰", "天夫无", "大太犬", "人入八", "子孑", "王玉主", "由田甲申", "杨扬",
    "侯候", "汪江", "治冶", "祥详洋", "晴睛清", "辉晖", "海梅悔", "玲铃", "佳住", "建健", "强张", "伟玮韦", "红虹",
    "艳绝", "凤风", "芬芳", "兰三", "荣荥", "萍苹", "洁结", "明朋", "平乎", "永水", "宇字", "安宋", "林材", "军车",
    "春眷", "英莫", "云去", "东车", "刚钢", "志忐", "华毕", "文丈", "成戌戍", "玖玫", "斌赋", "浩洁", "鹏朋", "刘对",
    "陈阵", "李季", "孙孔", "赵越", "徐涂", "胡湖", "何河", "郭敦", "罗岁", "梁粱", "宋末", "许计", "邓郑", "冯马",
    "萧肃", "曹曾", "程呈", "袁哀", "傅博", "沈沉", "吕品", "苏办", "卢户", "蒋将", "贾贾", "魏巍", "薛薜", "叶汁",
    "余佘", "杜社", "戴载", "夏复", "任仕", "范笵", "方万", "石右", "姚桃", "谭潭", "廖瘳", "邹皱", "熊能", "陆际",
    "崔催", "钱线", "史吏", "雷需", "贺贸", "毛手", "郝赫", "龚袭", "邵绍", "白自", "秀季", "珍诊", "敏敝", "丽而",
    "燕蒸", "琴琵", "娟捐", "慧彗", "莉利", "翠萃", "欣钦", "婷停", "怡治", "雯雲", "雪雷", "丹舟", "晨震", "博搏",
    "泽译", "轩轲", "睿容", "涵函", "梓榟", "晓皖", "勇男", "涛祷", "超起", "杰木", "磊蕾", "鑫金", "森林", "国园",
    "德徳", "福富", "贵责", "根跟", "金全", "宝宅", "发友", "良食", "富宫", "康唐", "生主", "山出", "龙尤", "飞气",
    "昌冒", "光米", "元无", "全金", "庆床", "忠患", "义叉", "仁仕", "礼札", "智知", "信住", "新亲", "旭旮", "佩珮",
)  # fmt: skip
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def _groups(table: tuple[str, ...]) -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for group in table:
        for character in group:
            groups[character] = groups.get(character, frozenset()) | frozenset(group)
    return groups


_PLAIN = str.maketrans({pair[0]: pair[1] for pair in (*_TRADITIONAL.split(), *_ALSO)})
_LOOKS = _groups(_ALIKE)


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """A name with every variant character replaced by its plain one: 陳喆 and 陈哲 are one."""
    return name if name.isascii() else name.translate(_PLAIN)


def look_alike(one: str, other: str) -> bool:
    """May two characters be taken for one another by the eye (未 and 末)?"""
    return other in _LOOKS.get(one, ())


def sound_alike(one: str, other: str) -> bool:
    """Has a character a reading of the other's, southern ears allowed for (陈 and 程, 苏 and 舒 not)?"""
    return not readings(one).isdisjoint(readings(other))


@lru_cache(maxsize=1 << 14)
def readings(character: str) -> frozenset[str]:
    """Syllables without tone; zh and z, -ng and -n fall together, as they do in Shanghai's ears."""
    from pypinyin import Style, pinyin  # slow to load

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(_southern(syllable) for syllable in found[0]) if found else frozenset()


def _southern(syllable: str) -> str:
    for full, flat in _NEAR:
        if syllable.startswith(full):
            syllable = flat + syllable[len(full) :]
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable
