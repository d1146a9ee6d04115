"""管理: what was done on this PC (操作留痕), the imports with their undo, and the check of the ledger."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.services import ledgers, rosters, undoing
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say

ACTIONS = {
    "create": "新增", "change": "修改", "import": "导入", "undo": "撤销", "delete": "删除", "view": "查看", "export": "导出",
    "login": "登录", "login-failed": "登录失败", "search": "按证件号查找", "merge": "合并", "erase": "清除", "epoch": "开始记录",
    "source": "来源", "decide": "处理待核",
}  # fmt: skip
OBJECTS = {"batch": "一批改动", "chain": "本机", "slot": "账号", "alias": "合并"}
SHOWN = 500


def moment(value: Any) -> str:
    return str(value or "")[:16].replace("T", " ")


class ManageDesk(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.imports = Table([
            Column("at", "时间", 150, moment), Column("file", "文件"), Column("account", "账号", 110), Column("rows", "行数", 80),
            Column("new", "新增", 80), Column("changed", "更新", 80),
            Column("undone", "状态", 90, lambda value: "已撤销" if value else "有效"),
        ])  # fmt: skip
        self.acts = Table([
            Column("at", "时间", 150, moment), Column("account", "账号", 110),
            Column("action", "动作", 110, lambda value: ACTIONS.get(value, value)),
            Column("entity", "对象", 120, lambda value: ENTITIES[value].title if value in ENTITIES else OBJECTS.get(value, value)),
            Column("id", "编号"), Column("seq", "序号", 80),
        ])  # fmt: skip
        self.undo = theme.button("撤销所选导入")
        self.verify = theme.button("核对留痕")
        self._tab("导入记录", self.imports, self.undo)
        if self.desk.session.may("ledger.show"):
            self._tab("操作留痕", self.acts, self.verify)
        column.addWidget(self.tabs)

    def _tab(self, title: str, table: Table, act: QWidget) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(act)
        column.addLayout(row)
        column.addWidget(table)
        self.tabs.addTab(page, title)

    def _connect(self) -> None:
        self.undo.clicked.connect(self._undo)
        self.verify.clicked.connect(self._verify)

    def go(self) -> None:
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        if self.desk.session.may("rosters.read"):
            self.imports.set_rows(rosters.imports(self.desk.session))
        if self.desk.session.may("ledger.show"):
            self.acts.set_rows(ledgers.show(self.desk.session, limit=SHOWN))

    def _undo(self) -> None:
        chosen = self.imports.current()
        if chosen is None:
            return
        try:
            done = undoing.undo(self.desk.session, chosen["batch"])
        except UserError as error:
            self.desk.notify(errors.words(error))
            return
        code = "undone-kept" if done["kept"] else "undone"
        self.desk.notify(say(code, undone=done["undone"], kept=len(done["kept"])))
        self.refresh({"all"})

    def _verify(self) -> None:
        session = self.desk.session
        self.desk.tasks.run(
            lambda progress, cancelled: ledgers.verify(session, progress=progress, cancelled=cancelled),
            self._verified, text=say("ledger-verify"),
        )  # fmt: skip

    def _verified(self, found: dict[str, Any]) -> None:
        code = "verify-ok" if found["ok"] else "verify-bad"
        self.desk.notify(say(code, entries=found["entries"], count=len(found["faults"])))
