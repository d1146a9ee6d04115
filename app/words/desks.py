"""Sentences of the desks: households, import, decisions, reports, today, management."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # 住户
    "empty-places": "还没有小区和楼号。先导入一份花名册，系统会建好小区、楼号、房屋和住户；也可以在右上角“新增”里自己建。",
    "empty-building": "请在左边选一个楼号。",
    "empty-doors": "这个楼号还没有房屋。可在右上角“新增”里添加房屋。",
    "empty-household": "请在左边选一间房屋，或在上方搜索框里找人（Ctrl+K）。",
    "empty-people": "这一间还没有登记人员。",
    "empty-history": "这一项还没有来历记录。",
    "saved": "已更新 {what}",
    "added-what": "已新增 {what}",
    "removed": "已删除 {what}",
    "unsaved": "{what} 的改动还没有保存。",
    "changed-elsewhere": "这条记录刚被撤销或删除，已重新显示。",
    "revealed": "本次查看已留痕",
    "sealed-hint": "敏感信息，查看后可改",
    "remove-person": "确定删除“{name}”吗？只有录错时才删除；迁出或去世请改“人员状态”。删除后可以撤销。",
    "remove-place": "确定删除{what}吗？只有录错时才删除。删除后可以撤销。",
    "form-wrong": "{title}：{words}",
    # 导入
    "import-start": (
        "花名册从哪里来？先看预览，确认后才写入；写入后也可以一步撤销。"
    ),
    "counts": "将新增 {new} 人、更新 {changed} 人、相同 {same} 人、待核 {doubtful} 行、退回 {rejected} 行",
    "import-people": "导入 {count} 人",
    "import-doubtful": "存入 {count} 行待核",
    "import-nothing": "没有需要写入的内容",
    "import-none": "这份花名册里的人都已在册，内容也相同，不必再导入。",
    "import-no-findings": "没有发现问题。",
    "imported": "已导入“{file}”：新增 {new} 人、更新 {changed} 人、待核 {doubtful} 行",
    "import-done-title": "已导入 {count} 人",
    "import-came": "新增 {new} 人、更新 {changed} 人、相同 {same} 人、待核 {doubtful} 行、退回 {rejected} 行。",
    "import-undone": "这次导入已撤销，名册恢复原样。",
    "estate-for-rows": "表里没有小区一列，整份归到",
    # 待核
    "decide-why": "相像程度 {score}%：{why}。",
    "decide-none": "没有拿不准的行。\n导入花名册时认不准是谁、或已去世迁出又出现的行，会出现在这里。",
    "decide-place": "来自 {file}，第 {row} 行",
    "decide-no-candidate": "名册里没有对得上的人。",
    "decided-keep": "{name}：已保留原值",
    "decided-take": "{name}：已采用新值",
    "decided-new": "{name}：已作为新人登记",
    # 报表
    "report-hint": "选上级发来的表格（.xlsx），在要填的格子里写上下面的标记；格式、标题、公式和打印设置都不变。",
    "report-fill": "正在填表",
    "report-value": "值",
    "filled": "已填好 {rows} 行，存为 {out}",
    "copied": "已复制 {mark}，可粘贴到模板里",
    "no-template": "请先选择模板文件。",
    # 今日
    "today-none": "没有待处理的事。",
    "today-doubtful": "{count} 行花名册内容拿不准，等您决定",
    "today-conflicts": "{count} 处两边同时改过，等您选一个值",
    "today-duplicates": "{count} 对居民可能是同一个人，等您看一看",
    "step-import": "导入一份花名册：Excel、WPS 或 csv 都可以，先预览再写入，写入后可以撤销。",
    "step-find": "试着找一个人：按 Ctrl+K，输入姓名、拼音首字母、室号或电话尾号。",
    "step-edit": "改一项内容并保存（Ctrl+S），再点旁边的时钟看它的来历。",
    "step-report": "用街道发来的表格模板填一份报表。",
    # 管理
    "verify-ok": "留痕完整：共 {entries} 条，没有缺失或改动。",
    "verify-bad": "留痕有 {count} 处对不上。请不要再操作，保留现场并联系街道。",
    "acts-none": "还没有操作记录。",
    "imports-none": "还没有导入过花名册。",
    "undo-import-ask": "撤销“{file}”的导入？它新增和更新的内容会恢复原样；后来又改过的会保留。",
}
