"""How acts of the ledger, moments and committees read on the screen."""

from __future__ import annotations

from typing import Any

ACTIONS = {
    "create": "新增", "change": "修改", "import": "导入", "undo": "撤销", "delete": "删除", "view": "查看", "export": "导出", "print": "打印", "receive": "接收数据",
    "login": "登录", "login-failed": "登录失败", "search": "按证件号查找", "merge": "合并", "erase": "清除", "epoch": "开始记录",
    "source": "来源", "decide": "处理待核", "revoke": "停用账号", "grant": "授权", "share": "提供", "refused": "拒绝", "reviewed": "已阅",
    "clear": "清除前移出", "erase-proposed": "提请清除", "erase-confirmed": "确认清除", "backup": "备份", "restore": "从备份恢复",
}  # fmt: skip
OBJECTS = {
    "batch": "一批改动",
    "chain": "本机",
    "slot": "账号",
    "alias": "合并",
    "bundle": "数据包",
    "act": "权限",
    "backup": "备份",
}


def short_name(committee: Any) -> str:
    """A committee's name without the word that all of them end with."""
    return str(committee or "").removesuffix("居委会").removesuffix("居民区")


def moment(value: Any) -> str:
    """An ISO moment to the minute."""
    return str(value or "")[:16].replace("T", " ")
