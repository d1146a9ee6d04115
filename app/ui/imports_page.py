"""导入记录: every import with what it did, and its undo."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.services import rosters, undoing
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk, Page
from app.ui.tables import Column, Row, Table
from app.words import say

COUNTS = (
    ("rows", "行数"),
    ("new", "新增"),
    ("changed", "更新"),
    ("same", "相同"),
    ("doubtful", "待核"),
    ("rejected", "退回"),
)


class ImportsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.imports = Table([
            Column("at", "时间", 150, moment), Column("file", "文件", 320), Column("account", "账号", 100),
            *(Column(key, title, 58) for key, title in COUNTS),
            Column("state", "状态", tone=lambda row: theme.INK_SOFT if row["undone"] else ""),
        ], remember=(desk.settings, "imports"))  # fmt: skip
        self.imports.setAccessibleName("导入记录")
        self.said = theme.label("导入记录", "strong")
        self.undo = theme.button("撤销所选导入", icon_name="undo")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        head = theme.row(self.said, self.undo)
        head.layout().setStretch(0, 1)  # type: ignore[union-attr]  # theme.row has made it
        column.addWidget(head)
        column.addWidget(self.imports, 1)
        self.undo.clicked.connect(self._undo)
        self.imports.chosen.connect(lambda row: self.undo.setEnabled(bool(row) and not row["undone"]))

    def refresh(self, changed: set[str]) -> None:
        found = [{**each, "state": _state(each)} for each in rosters.imports(self.desk.session)]
        self.imports.set_rows(found)
        self.imports.setVisible(bool(found))
        self.said.setText("导入记录" if found else say("imports-none"))
        self.undo.setVisible(bool(found) and self.desk.session.may("undo"))
        self.undo.setEnabled(False)

    def _undo(self) -> None:
        chosen = self.imports.current()
        if chosen is None:
            return
        question = say("undo-import-ask", file=chosen["file"])
        if errors.ask(self, question, "撤销这次导入", "返回", danger=True) == "返回":
            return
        session = self.desk.session
        self.desk.tasks.run(
            lambda _, __: undoing.undo(session, chosen["batch"]), self._undone, text=say("work-undo")
        )  # fmt: skip

    def _undone(self, done: dict[str, Any]) -> None:
        """恢复 in the notice undoes the undo."""
        code = "undone-kept" if done["kept"] else "undone"
        self.desk.notify(say(code, undone=done["undone"], kept=len(done["kept"])), done["batch"], "恢复")


def _state(each: Row) -> str:
    if not each["undone"]:
        return say("import-stands")
    return say(
        "import-undone-by", at=moment(each["undone_at"]) if each["undone_at"] else "", by=each["undone_by"] or ""
    )
