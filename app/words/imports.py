"""Words about importing: places that nobody knew, chains from chats, the list of imports."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # places that are not known (domain/placement.py)
    "place-taken": "第 {row} 行：“{value}”按已有的“{taken}”登记，这里没有前一种写法的门牌。同样写法的各行一并如此。",
    "place-near": "第 {row} 行：没有“{value}”，按最接近的“{taken}”登记。同样写法的各行一并如此，请核对。",
    "place-other-lane": "第 {row} 行：{taken}没有登记过“{value}”，表里又没写小区，这一弄都先记在{taken}名下。是别的小区的，请在表里写明小区后再导入。",
    "door-facts-left": "第 {row} 行：没有姓名，“{value}”不知道是谁的，没有登记。补上姓名后再导入，或在这一户的页面里填写。同样没有姓名的各行一并如此。",
    "leader-twice": "第 {row} 行：这一栋的楼组长前面写的是{taken}，这里是{value}，以前面的为准。",
    "place-ambiguous": "第 {row} 行：没有“{value}”，与“{taken}”同样接近，分不出是哪一个，已退回。",
    "place-unknown": "第 {row} 行：没有“{value}”这处房屋，已退回。",
    "place-no-building": "第 {row} 行：只写了“{value}”，没有楼号，看不出是哪一栋，已退回。请补上楼号后再导入。",
    "unknown-places-unknown": "没有登记过的房屋只能新建（create）、按最接近的登记（near）或退回（reject）。",
    "unknown-said": "有 {count} 处房屋以前没有登记过：",
    "unknown-one-near": "  {place}（{rows} 行），最接近的是 {near}",
    # a chain from a group chat (exchange/chains.py)
    "chain-twice": "第 {row} 行：{value}在第 {later} 行又报了一次，以后一次为准。",
    "chain-empty": "第 {row} 行：只有序号，没有内容，已跳过。",
    "chain-unread": "第 {row} 行：看不出是谁、住在哪里（{value}），已跳过。",
    "chain-no-people": "这段文字里没有一行能看出是谁、住在哪里。接龙每行要有门牌和姓名，例如“3. 12-302 王某 4人”。",
    # the list
    "import-undone-by": "{at} 由{by}撤销",
    "way-file": "Excel、WPS、csv，或 Word 里的表格。文件也可以直接拖进窗口。",
    "way-table": "在 Excel 或 WPS 里选中要的行（连同表头）复制，到这里粘贴。",
    "way-chain": "把微信群里的接龙整段复制过来，按门牌和姓名逐行认人。",
    "paste-table": "已把刚才复制的内容放在下面（没有就按 Ctrl+V）。第一行应是栏目名称。",
    "paste-chain": "已把刚才复制的内容放在下面（没有就按 Ctrl+V）。每行要有门牌和姓名，例如“3. 12-302 王某 4人 已返沪3.1”。",
    "table-of-sheet": "第 {number} 张表（{rows} 行）",
    "unknown-places": "没登记过的 {count} 处地址",
    "place-nothing-near": "（没有相近的）",
    "column-untitled": "（{letter} 列，没有标题）",
    "column-chosen": "您选的",
    "column-remembered": "上次这样选的",
    "column-sure": "有把握",
    "column-near": "相近，请核对",
    "column-content": "按内容，请核对",
    "column-suggested": "是不是“{field}”？",
    "column-extra": "没认出",
    "columns-sure": "共 {columns} 列，都认出来了。",
    "columns-unknown": "共 {columns} 列，其中 {unknown} 列没认出，会原样保留。",
    "columns-check": "共 {columns} 列，其中 {check} 列请核对（浅黄底）。",
    "record-extras": "花名册里的其他栏目——{said}",
    "import-stands": "有效",
}
