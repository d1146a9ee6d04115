"""Where a value came from: every value a field had, when, by whom, from what."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.fields import Field
from app.domain.values import show
from app.ui import theme
from app.ui.acts import ACTIONS, moment
from app.ui.dialogs import Dialog
from app.ui.tables import Column, Table
from app.words import say

ERASED = "（已清除）"


class HistoryPopup(Dialog):
    def __init__(self, parent: QWidget, field: Field, rows: list[dict[str, Any]]) -> None:
        super().__init__(parent, f"{field.title}的来历")
        self.resize(780, 320)
        self.table = Table([
            Column("value", "值", 200, lambda value: _shown(field, value)),
            Column("state", "", 70), Column("at", "时间", 140, moment), Column("account", "账号", 100),
            Column("action", "动作", 70, lambda value: ACTIONS.get(value, value)), Column("source", "来自"),
        ])  # fmt: skip
        self.table.set_rows([
            {**row, "state": _state(row), "value": ERASED if row.get("erased") else row["value"]} for row in rows
        ])  # fmt: skip
        if rows:
            self.table.selectRow(0)
            self.body.addWidget(self.table)
        else:
            nothing = theme.soft(say("empty-history"))
            nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.body.addWidget(nothing, 1)
        close = theme.button("关闭")
        close.clicked.connect(self.accept)
        self.body.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


def _shown(field: Field, value: Any) -> str:
    if value is None:
        return "（清空）"
    return ERASED if value == ERASED else show(field, value)


def _state(row: dict[str, Any]) -> str:
    if row.get("erased"):
        return ""
    if row["void"]:
        return "已撤销"
    return "现在" if row["current"] else ""
