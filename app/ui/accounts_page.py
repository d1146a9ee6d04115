"""管理 › 账号: who may open what lies on this PC, what waits, and the recovery sheet."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout

from app.services import accounts
from app.ui import theme
from app.ui.account_dialogs import AccountDialog, PasswordDialog, RemoveDialog, SheetDialog, titles
from app.ui.acts import moment
from app.ui.desk import Desk, Page
from app.ui.idle import CHOICES, MINUTES, SETTING
from app.ui.tables import Column, Table
from app.words import say


def _committees(names: Any) -> str:
    return "全部" if names is None else "、".join(names)


def _roles(roles: Any) -> str:
    return titles(roles) or say("role-none")


def _buildings(paths: Any) -> str:
    """`小区/弄/1号、2号`: what is before the number is said once."""
    said, before = [], None
    for path in paths or ():
        above, _, own = path.rpartition("/")
        said.append(own if above == before else path)
        before = above
    return "、".join(said)


class AccountsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        session = self.desk.session
        centre = session.role == "centre"
        scope = (
            Column("committee_names", "负责居委会", 0, _committees) if centre
            else Column("building_paths", "包块楼号", 0, _buildings)
        )  # fmt: skip
        self.table = Table([
            Column("account", "账号", 150), Column("roles", "角色", 240, _roles), scope,
            Column("sees", "敏感信息", 120, tone=lambda row: theme.ATTENTION if row["ring"] == "owed" else ""),
            Column("last_login", "上次登录", 150, moment),
        ], remember=(self.desk.settings, "accounts"))  # fmt: skip
        self.add = theme.primary("新增账号", "account-plus-outline")
        self.change = theme.button("改权限", icon_name="account-edit-outline")
        self.remove = theme.button("停用", "danger", "account-off-outline")
        self.password = theme.button("改密码", icon_name="key-outline")
        self.sheet = theme.button("打印恢复卡", icon_name="printer-outline")
        self.said = theme.soft()
        self.waits = theme.label("", wrap=True)
        self.minutes = theme.Choice()
        self.minutes.setAccessibleName(say("idle-minutes"))
        for each in CHOICES:
            self.minutes.addItem(say("idle-minutes-each", minutes=each), each)
        self.minutes.setCurrentIndex(CHOICES.index(self._minutes))
        may = {
            self.add: "accounts.add",
            self.change: "accounts.change",
            self.remove: "accounts.remove",
            self.sheet: "accounts.add",
        }
        for button, act in may.items():
            theme.only_if(session.may(act), button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.add, self.change, self.remove, self.password, 1, self.sheet))
        column.addWidget(self.said)
        column.addWidget(self.table, 1)
        column.addWidget(self.waits)
        column.addWidget(theme.row(theme.label(say("idle-minutes"), "soft"), self.minutes, 1))

    @property
    def _minutes(self) -> int:
        kept = self.desk.settings.get(SETTING, MINUTES)
        return kept if kept in CHOICES else MINUTES

    def _connect(self) -> None:
        self.table.chosen.connect(lambda _: self._choosable())
        self.table.opened.connect(lambda row: self._change(row))
        self.add.clicked.connect(lambda: self._open(AccountDialog(self, self.desk), self._added))
        self.change.clicked.connect(lambda: self._change(self.table.current()))
        self.remove.clicked.connect(self._remove)
        self.password.clicked.connect(lambda: self._open(PasswordDialog(self, self.desk), self._password))
        self.sheet.clicked.connect(lambda: self._open(SheetDialog(self, self.desk), self._printed))
        self.minutes.currentIndexChanged.connect(lambda _: self.desk.settings.put(SETTING, self.minutes.currentData()))

    # ---------------------------------------------------------------- showing

    def go(self) -> None:
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        if not changed & {"account", "all"}:
            return
        chosen = (self.table.current() or {}).get("id")
        rows = accounts.list_(self.desk.session)
        self.table.set_rows([row | {"sees": _sees(row["ring"])} for row in rows])
        self.table.choose("id", chosen or self.desk.session.account_id)
        self.said.setText(say("accounts-none" if len(rows) == 1 else "accounts-intro"))
        waiting = accounts.owed(self.desk.session)
        self.waits.setText("\n".join(_waits(each) for each in waiting))
        self.waits.setVisible(bool(waiting))
        self._choosable()

    def _choosable(self) -> None:
        for button in (self.change, self.remove):
            button.setEnabled(self.table.current() is not None)

    # ---------------------------------------------------------------- doing

    def _open(self, dialog: Any, done: Any) -> None:
        dialog.told.connect(done, Qt.ConnectionType.QueuedConnection)
        dialog.open()

    def _change(self, row: dict[str, Any] | None) -> None:
        if row is not None and self.desk.session.may("accounts.change"):
            self._open(AccountDialog(self, self.desk, row), self._changed)

    def _remove(self) -> None:
        if (row := self.table.current()) is not None:
            self._open(RemoveDialog(self, self.desk, row), self._removed)

    def _added(self, done: dict[str, Any]) -> None:
        code = "account-added-owed" if done["ring"] == "owed" else "account-added"
        self._tell(say(code, account=done["account"], titles=titles(done["roles"])))
        self.table.choose("id", done["id"])

    def _changed(self, done: dict[str, Any]) -> None:
        self._tell(say("account-changed", account=done["account"], titles=titles(done["roles"])))

    def _removed(self, done: dict[str, Any]) -> None:
        owed = any(each["kind"] == "ring-renew" for each in done["owed"])
        if done["account"] == self.desk.session.account:
            self.desk.lock()
            return
        self._tell(say("account-removed-owed" if owed else "account-removed", account=done["account"]))

    def _password(self, _: dict[str, Any]) -> None:
        self._tell(say("account-password"))

    def _printed(self, done: dict[str, Any]) -> None:
        self._tell(say("recovery-made", out=done["out"]))
        QDesktopServices.openUrl(QUrl.fromLocalFile(done["out"]))

    def _tell(self, text: str) -> None:
        self.desk.notify(text)
        self.refresh({"all"})


def _sees(ring: str | None) -> str:
    return {"held": "可查看", "owed": "等人开通"}.get(ring or "", "不能看")


def _waits(waiting: dict[str, Any]) -> str:
    if waiting["kind"] == "ring-admit":
        return say("owed-ring-admit", account=waiting["account"])
    return say("owed-ring-renew", names="、".join(waiting["removed"]))
