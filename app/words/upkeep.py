"""Words of erasing, backups and restoring."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # why something is due
    "erase-gone": "已迁出或去世，超过保存期限",
    "erase-case-closed": "隔离结束，超过保存期限",
    "erase-arrived": "抵沪或隔离结束后，超过保存期限",
    "erase-visited": "走访记录超过保存期限",
    "erase-task-done": "任务结束，超过保存期限",
    "erase-incident-closed": "事件办结，超过保存期限",
    "erase-decided": "待核行已处理，超过保存期限",
    "erase-trace-old": "操作说明超过三年",
    "erase-request": "居民本人要求删除",
    "erase-asked": "居委会提请街道确认",
    "erase-merged": "合并的另一条已清除，这一条还留着",
    "erase-state-due": "到期",
    "erase-state-asked": "居委会提请，等本中心确认",
    "erase-state-waiting": "已提请街道，等回执",
    # confirming
    "erase-none": "没有到期应清除的内容。",
    "erase-unknown": "找不到这条清除建议（{id}），可能已经清除。请重新列出后再选。",
    "erase-case-open": "此人还在隔离管理中，目的没有结束，现在不能清除。请先结案。",
    "erase-second-needed": "清除不能恢复，须由第二个人用自己的账号和密码一起确认。",
    "erase-second-not-allowed": "“{name}”不能做第二个确认人。请换一位能查看住户的同事。",
    "erase-done": "已清除 {count} 项，{rows} 条记录。备份恢复时也不会带回来。",
    "erase-asked-centre": "这里只有一个账号，已提请街道确认 {count} 项。导出数据包交给街道，街道确认后随回执清除。",
    "erasures-unreadable": "清除清单读不了，可能不完整。请换一份再试。",
    "erasures-forged": "清除清单的签名不对，或不是本工作区的。没有采用。",
    # backups
    "backup-copy": "正在备份",
    "backup-made": "已备份并核对：{file}",
    "backup-unwritable": "没能写到 {folder}：可能磁盘已满、被写保护或已拔出。没有留下不完整的备份，请换一个位置再试。",
    "backup-not-good": "备份写好后核对不一致，没有采用。请再试一次；若仍不行，先不要关机，联系维护人员。",
    "backup-second-same": "第二存放处不能就是第一处。请选另一块磁盘或 U 盘上的文件夹。",
    # restoring
    "backup-no-backup": "{file} 不是楼图的备份文件，或文件不完整。没有改动任何内容。",
    "backup-newer": "{file} 由更新版本的程序做成，请先升级本程序。没有改动任何内容。",
    "backup-damaged": "{file} 已损坏，核对不一致，没有恢复。请换一份备份。",
    "backup-other": "这份备份是另一个居委会（或街道）的，不能放到 {folder}。没有改动任何内容。",
    "backup-other-device": "这份备份来自另一台电脑，不能放在这台电脑的工作区位置上。请恢复到一个新文件夹。",
    "backup-no-room": "没能写到 {folder}：可能磁盘已满或没有权限。原来的内容没有改动。",
    "folder-not-empty": "文件夹 {folder} 不是空的，没有恢复。请另选一个新文件夹。",
    "restore-done": "已恢复到 {workspace}，共 {entries} 条留痕；按清除清单又清除了 {erased} 项。",
    "restore-aside": "原来的工作区没有删除，移到了 {aside}。",
    "restore-tail": "备份之后写的内容，会随下一个数据包从街道带回来；现在就可以照常工作。",
    # the window: 备份
    "backup-last": "上次备份：{at}，已核对",
    "backup-never": "还没有备份过。请现在做第一份。",
    "backup-where": "每天自动备份到 {folder}",
    "backup-rule": "保留最近 7 天每天一份、4 周每周一份、6 个月每月一份，更早的自动清理。",
    "backup-second-none": "还没有第二存放处。电脑坏了或丢了，同一块磁盘上的备份也会一起没有；请选 U 盘或另一块磁盘。",
    "backup-second-is": "第二存放处：{folder}",
    "backup-second-gone": "第二存放处：{folder}（现在不在，插上后会补存）",
    "backup-list-none": "还没有备份文件。",
    "backup-verified": "已核对",
    "backup-unverified": "未在本机核对",
    "backup-before-erasure": "其后清除过 {count} 项，恢复时会再清除",
    "restore-why": (
        "从备份恢复：用备份当天的账号和密码打开；先恢复到一个新文件夹，原来的工作区不动。已清除的内容不会回来；"
        "备份之后写的内容，会随下一个数据包从街道带回来。"
    ),
    "restore-file-needed": "请选择备份文件（.ltk）。",
    "restore-folder-needed": "请选择恢复到哪个新文件夹。",
    "restore-working": "正在恢复",
    # the window: 清除
    "erase-why": "用途结束、超过保存期限的内容，要由两个人确认后清除。清除后本机、数据包和新备份里都不再有，不能恢复。",
    "erase-count": "已选 {count} 项",
    "erase-sure": "将清除 {count} 项，清除后不能恢复。请第二个人输入自己的账号和密码。",
    "erase-sure-alone": "这里只有一个账号：将提请街道确认 {count} 项，街道确认后清除。",
    "erase-sure-centre": "将确认清除居委会提请的 {count} 项，清除后不能恢复。",
    "erase-working": "正在清除",
    "erase-list-none": "还没有清除过。",
    "erase-confirmed-by": "对方 {at} 确认",
    "erase-unconfirmed": "还没有对方的确认",
    "erase-for-none": "没有找到这个人的记录，或已经清除。",
}
