"""Sentences of the window as a whole: entrance, frame, notices."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # entrance
    "first-run": "回答三个问题就可以开始。数据只存在这台电脑上，加密保存，不上网。",
    "first-run-password": (
        "请记牢密码：它打开加密的数据，没有后门。若只有一个账号而密码忘了，数据就打不开了；"
        "建好后请马上印一张恢复卡，锁进保险柜，并尽快再添一个账号。"
    ),
    "first-run-differs": "两次输入的密码不一样，请再输一次。",
    "first-run-centre": "回答四个问题就可以开始。数据只存在这台电脑上，加密保存，不上网。",
    "first-run-root": (
        "根密钥是街道的“公章”：批准居委会登记、停用电脑和恢复数据时才用，平时锁在抽屉里。没有它，谁也不能批准；"
        "请把它存在 U 盘上，并另存一份备用。"
    ),
    "first-run-root-kept": "这是已有的根密钥，请输入它的密码打开，不会改动它。",
    "first-run-root-file": "请选择根密钥文件放在哪里，最好是 U 盘。",
    "first-run-root-differs": "两次输入的根密钥密码不一样，请再输一次。",
    "first-run-root-inside": "根密钥不要放在工作区文件夹里，电脑坏了或丢了会一起没有。请放到 U 盘上。",
    "folder-unwritable": "不能在 {folder} 里建立文件夹，可能没有权限或磁盘已满。请换一个位置。",
    "no-workspace-there": "{folder} 里没有楼图的工作区。请选择里面有 loutu.db 的文件夹。",
    "login-hint": "请选择账号并输入密码。数据只在这台电脑上，加密保存。",
    "root-no-window": "当前是 root：浏览器组件的安全沙箱不允许以 root 打开窗口，我们也不关闭沙箱。请换普通用户再打开。",
    # frame
    "status-saved": "已保存",
    "status-until": "数据截至 {until}",
    "status-receipt": "街道已收到 {until}前的数据",
    "status-no-receipt": "街道还没有回执",
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
    "coming-warnings": "这里将提示异常的数量变化，并看点位历史。现在可以先看今日的数字。",
}
