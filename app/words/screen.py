"""Sentences of the window that hold values or say more than a label."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "first-run-password": (
        "请记牢密码：它打开加密的数据，我们也没有后门。若只有一个账号而密码忘了，数据就打不开了；"
        "开始使用后请尽快再添一个账号，或与街道联网登记后取得恢复凭证。"
    ),
    "first-run-differs": "两次输入的密码不一样，请再输一次。",
    "saved": "已更新 {what}",
    "added-person": "已新增 {name}",
    "removed": "已删除 {name}",
    "imported": "已导入“{file}”：新增 {new} 人次、更新 {changed}、待核 {doubtful} 行",
    "undone": "已撤销，{undone} 处恢复原样",
    "undone-kept": "已撤销 {undone} 处；{kept} 条因后来改过或正在使用而保留",
    "redone": "已恢复",
    "nothing-to-undo": "没有可以撤销的改动",
    "filled": "已填好 {rows} 行，存为 {out}",
    "status-saved": "已保存",
    "status-until": "数据截至 {until}",
    "counts": "共 {rows} 行：将新增 {new}、更新 {changed}、相同 {same}、待核 {doubtful}、退回 {rejected}",
    "import-button": "导入 {count} 行",
    "import-nothing": "没有需要写入的行",
    "coming-map": "这里将显示街道、小区、楼栋三级地图，按人群和状态着色。",
    "coming-visits": "这里将安排走访与专项摸排：打印登记表、录入回执、看进度。",
    "coming-isolation": "这里将管理居家隔离：建档、每日健康观察、到期提醒。",
    "coming-care": "这里将按人群做关爱计划：谁该走访、何时走访。",
    "coming-incidents": "这里将登记和处置事件：接报、通知、到场、办结。",
    "coming-sync": "这里将与街道交换数据包：导出到 U 盘、接收回执。",
    "coming-warnings": "这里将提示异常的数量变化，并看点位历史。",
    "empty-places": "还没有小区和楼号。先导入一份花名册，或自己新增。",
    "empty-doors": "请在左边选一个楼号。",
    "empty-household": "请选一户，或在上方搜索框里找人。",
    "empty-history": "这个字段还没有来历记录。",
    "search-empty": "没有找到。可以试试姓名、拼音首字母、楼号室号或电话尾号，几个词用空格隔开。",
    "unsaved": "{name} 的改动还没有保存。",
    "remove-ask": "确定删除“{name}”吗？只有录错时才删除；迁出或去世请改“人员状态”。删除后可以撤销。",
    "verify-ok": "留痕完整：共 {entries} 条，没有缺失或改动。",
    "verify-bad": "留痕有 {count} 处对不上，请保留现场并联系街道。",
    "import-start": "选择一份花名册（Excel、WPS、csv），或直接把文件拖进窗口。先看预览，确认后才写入，写入后可以撤销。",
    "report-fill": "正在填表",
    "decide-none": "没有待核的内容。",
    "second-household": "{households}户{people}人",
}
