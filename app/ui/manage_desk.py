"""管理: what was done on this PC (操作留痕), the imports with their undo, and the check of the ledger."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.domain.fields import ENTITIES
from app.services import ledgers, rosters, undoing
from app.ui import errors, theme
from app.ui.acts import ACTIONS, OBJECTS, moment
from app.ui.desk import Desk, Page
from app.ui.tables import Column, Table
from app.words import say

SHOWN = 500


def _object(value: Any) -> str:
    return ENTITIES[value].title if value in ENTITIES else OBJECTS.get(value, str(value or ""))


class ManageDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.acts = Table([
            Column("at", "时间", 150, moment), Column("account", "账号", 120),
            Column("action", "动作", 120, lambda value: ACTIONS.get(value, str(value))), Column("entity", "对象", 120, _object),
            Column("purpose", "用途", 120), Column("seq", "序号", 80), Column("id", "编号"),
        ], remember=(self.desk.settings, "acts"))  # fmt: skip
        self.imports = Table([
            Column("at", "时间", 150, moment), Column("file", "文件"), Column("account", "账号", 120), Column("rows", "行数", 72),
            Column("new", "新增", 72), Column("changed", "更新", 72),
            Column("undone", "状态", 90, lambda value: "已撤销" if value else "有效"),
        ], remember=(self.desk.settings, "imports"))  # fmt: skip
        self.verify = theme.button("核对留痕", icon_name="shield-check-outline")
        self.verified = theme.soft()
        self.undo = theme.button("撤销所选导入", icon_name="undo")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        session = self.desk.session
        if session.may("ledger.show") or session.may("ledger.verify"):
            self._tab("操作留痕", self.acts, self.verified, self.verify)
            self.acts.setVisible(session.may("ledger.show"))
            self.verify.setVisible(session.may("ledger.verify"))
        if session.may("rosters.read"):
            self.imports_said = theme.soft()
            self._tab("导入记录", self.imports, self.imports_said, self.undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _tab(self, title: str, table: Table, said: QWidget, act: QWidget) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        line = QHBoxLayout()
        line.addWidget(said, 1)
        line.addWidget(act)
        column.addLayout(line)
        column.addWidget(table, 1)
        self.tabs.addTab(page, title)

    def _connect(self) -> None:
        self.undo.clicked.connect(self._undo)
        self.verify.clicked.connect(self._verify)
        self.imports.chosen.connect(lambda row: self.undo.setEnabled(bool(row) and not row["undone"]))

    # ---------------------------------------------------------------- showing, doing

    def go(self) -> None:
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        session = self.desk.session
        if session.may("rosters.read"):
            found = rosters.imports(session)
            self.imports.set_rows(found)
            self.imports_said.setText("" if found else say("imports-none"))
            self.undo.setVisible(bool(found) and session.may("undo"))
            self.undo.setEnabled(False)
        if session.may("ledger.show"):
            self.acts.set_rows(ledgers.show(session, limit=SHOWN))

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
        code = "undone-kept" if done["kept"] else "undone"
        self.desk.notify(say(code, undone=done["undone"], kept=len(done["kept"])))

    def _verify(self) -> None:
        session = self.desk.session
        self.verify.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: ledgers.verify(session, progress=progress, cancelled=cancelled),
            self._verified, lambda _: self.verify.setEnabled(True), text=say("ledger-verify"),
        )  # fmt: skip

    def _verified(self, found: dict[str, Any]) -> None:
        self.verify.setEnabled(True)
        code = "verify-ok" if found["ok"] else "verify-bad"
        self.verified.setText(say(code, entries=found["entries"], count=len(found["faults"])))
        self.verified.setObjectName("done" if found["ok"] else "wrong")
        self.verified.style().polish(self.verified)
