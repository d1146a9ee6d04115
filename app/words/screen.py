"""Sentences of the window as a whole: entrance, frame, notices."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # entrance
    "first-run": "回答三个问题就可以开始。数据只存在这台电脑上，加密保存，不上网。",
    "first-run-password": (
        "请记牢密码：它打开加密的数据，没有后门。若只有一个账号而密码忘了，数据就打不开了；"
        "开始使用后请尽快再添一个账号，或与街道登记后取得恢复凭证。"
    ),
    "first-run-differs": "两次输入的密码不一样，请再输一次。",
    "folder-unwritable": "不能在 {folder} 里建立文件夹，可能没有权限或磁盘已满。请换一个位置。",
    "no-workspace-there": "{folder} 里没有楼图的工作区。请选择里面有 loutu.db 的文件夹。",
    "login-hint": "请选择账号并输入密码。数据只在这台电脑上，加密保存。",
    # frame
    "status-saved": "已保存",
    "status-until": "数据截至 {until}",
    "curtain": "屏幕内容已遮住，数据没有关闭。",
    "work-stopping": "正在停下…",
    "work-undo": "正在撤销",
    "work-busy": "还有工作没有做完。现在停下来，这项工作不会留下任何改动。",
    "undone": "已撤销，{undone} 处恢复原样",
    "undone-kept": "已撤销 {undone} 处；另有 {kept} 条后来改过或正在使用，没有动",
    "redone": "已恢复",
    "nothing-to-undo": "没有可以撤销的改动。",
    "nothing-to-redo": "没有可以恢复的改动。",
    "search-empty": "没有找到。可以试试姓名、拼音首字母、楼号室号或电话尾号，几个词用空格隔开。",
    "search-more": "只列出前 {shown} 人，请多输入几个字。",
    # sections whose desk comes later
    "coming-map": "这里将显示街道、小区、楼栋三级地图，按人群和状态着色。现在可以按小区、楼号、房屋逐层查看住户。",
    "coming-visits": "这里将安排走访与专项摸排：打印登记表、录入回执、看进度。现在可以先把住户资料核对好。",
    "coming-isolation": "这里将管理居家隔离：建档、每日健康观察、到期提醒。现在可以先导入返沪人员登记。",
    "coming-care": "这里将按人群做关爱计划：谁该走访、何时走访。现在可以先在住户里登记人群分类。",
    "coming-incidents": "这里将登记和处置事件：接报、通知、到场、办结。现在可以先查到住户和联系电话。",
    "coming-sync": "这里将与街道交换数据包：导出到 U 盘、接收回执。现在可以先用报表把数据报给街道。",
    "coming-warnings": "这里将提示异常的数量变化，并看点位历史。现在可以先看今日的数字。",
}
