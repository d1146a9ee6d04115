"""Words about workspaces, passwords and keys."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "workspace-exists": "这个文件夹里已经有一个工作区（{folder}），没有改动它。请另选一个空文件夹，或直接打开它。",
    "workspace-missing": "这里没有工作区（{folder}）。请检查文件夹是否选对，或先新建工作区。",
    "workspace-damaged": "工作区文件打不开，可能已损坏或不完整（{folder}）。没有改动任何内容；请用最近的备份恢复，原文件先留着。",
    "workspace-newer": "这个工作区由更新版本的程序写过，请先升级本程序再打开。没有改动任何内容。",
    "workspace-unwritable": "这个文件夹不能写入（{folder}），所以没有打开。请检查它是否只读、是否属于别的用户，或把它复制到自己的磁盘上。",
    "workspace-busy": "这个工作区正被另一个窗口或命令使用。请先关闭它，再试一次。",
    "keys-damaged": "钥匙文件（keys.json）不完整或被改动过，无法打开。没有改动任何内容；请用备份里的同名文件恢复。",
    "account-unknown": "没有名为“{account}”的账号。请检查写法，或请管理员添加。",
    "account-exists": "已经有名为“{account}”的账号，请换一个名字。",
    "account-missing": "请用 --account 或环境变量 LOUTU_ACCOUNT 写明账号。",
    "password-wrong": "密码不对，请重新输入。注意大小写和输入法。",
    "password-short": "密码太短，至少要 {shortest} 个字。",
    "password-missing": "没有给出密码。请用 --password-file、环境变量 LOUTU_PASSWORD，或在终端里输入。",
    "password-file": "读不到密码文件 {file}。",
    "password-ask": "{account} 的密码：",
    "second-password-missing": "写了第二人，请同时用 --second-password-file 给出其密码文件。",
    "second-needed": "这份表含 {count} 人的敏感信息，超过 200 人，需要第二个人用自己的密码确认。",
    "ring-needed": "当前账号不能查看或填写敏感信息（{field}）。请由有权限的账号操作。",
    "ring-missing": "缺少打开这项敏感信息的钥匙，请用最近的备份或从街道接收数据后再试。",
    "sealed-broken": "一项敏感信息与它所在的记录对不上，可能被改动过，没有显示。请核对留痕。",
    "not-allowed": "账号“{account}”没有做这件事的权限。需要时请找书记或管理员。",
    "role-unknown": "工作区只有居委会（committee）和街道中心（centre）两种，没有“{role}”。",
    "name-empty": "名称和账号都不能空着。",
    "code-invalid": "区划代码应是 6 到 12 位数字，“{code}”不是。",
    "data-missing": "请用 --data 或环境变量 LOUTU_DATA 写明工作区文件夹。",
    "now-only-rehearsal": "只有演练工作区可以假定时间（--now）。",
    "now-invalid": "时间“{value}”看不懂，请写成 2020-05-25T09:00 的样子。",
    "format-newer": "有一条记录由更新版本的程序写成，请先升级本程序。",
}
