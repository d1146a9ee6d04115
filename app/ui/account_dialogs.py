"""Small windows about accounts: adding, changing, removing one, one's own password, the recovery sheet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.access import ROLES
from app.domain.clock import Clock, now
from app.domain.findings import UserError
from app.services import accounts, recovery
from app.services.session import Session
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.enrol_dialogs import WIDTH, Asking
from app.ui.sticks import PathLine, sticks
from app.words import say

OFFERED = {
    "committee": ("head", "worker", "administrator", "auditor"),
    "centre": ("data", "group_head", "leader", "line", "administrator", "auditor"),
}
"""Roles that make sense in a workspace of this kind; one that an account holds already is shown too."""
LEAST, LISTED = 96, 132


def secret_line(hint: str, name: str) -> QLineEdit:
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setPlaceholderText(hint)
    made.setAccessibleName(name)
    return made


def titles(roles: Iterable[str]) -> str:
    return "、".join(say(f"role-{role}") for role in roles)


def paragraph(text: str, kind: str = "") -> QLabel:
    """Some lines of a dialog, as high as they need: a layout does not ask a label that in time."""
    made = theme.label(text, kind, wrap=True)
    made.ensurePolished()
    made.setMinimumHeight(made.heightForWidth(WIDTH - 2 * theme.GAP[3]))
    return made


class RoleChoice(QWidget):
    """One box for each role, with what it means beside it."""

    def __init__(self, session: Session, held: Iterable[str] = ()) -> None:
        super().__init__()
        held = set(held)
        self.boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[0])
        grid.setColumnStretch(1, 1)
        for role in (each for each in ROLES if each in OFFERED[session.role] or each in held):
            box = QCheckBox(say(f"role-{role}"))
            box.setChecked(role in held)
            self.boxes[role] = box
            grid.addWidget(box, len(self.boxes), 0)
            grid.addWidget(theme.label(say(f"role-{role}-means"), "small"), len(self.boxes), 1)

    @property
    def chosen(self) -> list[str]:
        return [role for role, box in self.boxes.items() if box.isChecked()]


class ScopeChoice(QListWidget):
    """Committees or buildings with a box before each."""

    def __init__(self, choices: list[dict[str, Any]], key: str, chosen: Iterable[str]) -> None:
        super().__init__()
        self.setMinimumHeight(LEAST)
        self.setMaximumHeight(LISTED)
        chosen = set(chosen)
        for each in choices:
            item = QListWidgetItem(each[key])
            item.setData(Qt.ItemDataRole.UserRole, each["id"])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if each["id"] in chosen else Qt.CheckState.Unchecked)
            self.addItem(item)

    @property
    def chosen(self) -> list[str]:
        items = (self.item(number) for number in range(self.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]


class AccountDialog(Asking):
    """A new account, or another one's roles and scope. Emits `told` with what the service said."""

    told = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk, account: dict[str, Any] | None = None) -> None:
        act = theme.primary("保存" if account else "新增账号")
        super().__init__(parent, desk, f"改权限　{account['account']}" if account else "新增账号", act)
        self.account = account
        self._build()
        self.act.clicked.connect(self.write)

    def _build(self) -> None:
        session = self.desk.session
        self.roles = RoleChoice(session, self.account["roles"] if self.account else ())
        if self.account is None:
            self._ask_who()
        self.body.addWidget(theme.label("角色（可以有几个）", "strong"))
        self.body.addWidget(self.roles)
        self._scope()
        if session.ring is None:
            self.body.addWidget(paragraph(say("account-ring-why"), "soft"))
        self.end()

    def _ask_who(self) -> None:
        self.name = QLineEdit()
        self.name.setPlaceholderText(say("account-name-hint"))
        self.name.setAccessibleName("账号")
        self.password = secret_line(say("account-password-hint"), "密码")
        self.again = secret_line("再输一次", "再输一次")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.addWidget(theme.label("账号", "soft"), 0, 0)
        grid.addWidget(self.name, 0, 1, 1, 2)
        grid.addWidget(theme.label("密码", "soft"), 1, 0)
        grid.addWidget(self.password, 1, 1)
        grid.addWidget(self.again, 1, 2)
        grid.addWidget(theme.soft(say("account-password-why")), 2, 1, 1, 2)
        self.body.addLayout(grid)
        self.name.setFocus()

    def _scope(self) -> None:
        choices, kept = accounts.scope_choices(self.desk.session), self.account or {}
        self.committees = ScopeChoice(choices["committees"], "name", kept.get("committees") or ())
        self.buildings = ScopeChoice(choices["buildings"], "path", kept.get("buildings") or ())
        for code, some in (("account-committees", self.committees), ("account-buildings", self.buildings)):
            if some.count():
                self.body.addWidget(paragraph(say(code), "soft"))
                self.body.addWidget(some)

    def _given(self) -> dict[str, Any]:
        given: dict[str, Any] = {"roles": self.roles.chosen}
        if self.committees.count():
            given["committees"] = self.committees.chosen or None
        if self.buildings.count():
            given["buildings"] = self.buildings.chosen or None
        return given

    def write(self) -> None:
        session, given = self.desk.session, self._given()
        if self.account is not None:
            name = self.account["account"]
            self.attempt(lambda: accounts.change(session, name, **given), None, say("account-work"))
            return
        name, secret = self.name.text(), self.password.text()
        if secret != self.again.text():
            self.wrong(say("account-passwords-differ"))
            self.again.setFocus()
            return
        roles = given.pop("roles")
        self.attempt(lambda: accounts.add(session, name, secret, roles, **given), None, say("account-work"))

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()
        self.told.emit(answer)


class RemoveDialog(Asking):
    """What it means that somebody leaves. Emits `told` with what the service said."""

    told = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk, account: dict[str, Any]) -> None:
        super().__init__(parent, desk, "停用账号", theme.button("停用账号", "danger"))
        self.account = name = account["account"]
        self.sure = QCheckBox(say("account-remove-sure", account=name))
        said = [say("account-remove-means", account=name), say("account-remove-copies")]
        if account["own"]:
            said.append(say("account-remove-own"))
        self.body.addWidget(theme.title(say("account-remove-ask", account=name)))
        for text in said:
            self.body.addWidget(paragraph(text))
        self.body.addWidget(self.sure)
        self.end()
        self.act.clicked.connect(self._remove)

    def _remove(self) -> None:
        if not self.sure.isChecked():
            self.wrong(say("account-remove-check"))
            return
        session, name = self.desk.session, self.account
        self.attempt(lambda: accounts.remove(session, name), None, say("account-work"))

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()
        self.told.emit(answer)


class PasswordDialog(Asking):
    """One's own password. Emits `told`."""

    told = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, desk, f"改密码　{desk.session.account}", theme.primary("改密码"))
        self.old, self.new = (
            secret_line("现在的密码", "现在的密码"),
            secret_line(say("account-password-hint"), "新密码"),
        )
        self.again = secret_line("再输一次", "再输一次")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP[2])
        for row, (text, line) in enumerate((("现在的密码", self.old), ("新密码", self.new), ("", self.again))):
            grid.addWidget(theme.label(text, "soft"), row, 0)
            grid.addWidget(line, row, 1)
        self.body.addWidget(paragraph(say("account-own-password"), "soft"))
        self.body.addLayout(grid)
        self.end()
        self.act.clicked.connect(self._change)
        self.again.returnPressed.connect(self.act.click)
        self.old.setFocus()

    def _change(self) -> None:
        if self.new.text() != self.again.text():
            self.wrong(say("account-passwords-differ"))
            return
        session, old, new = self.desk.session, self.old.text(), self.new.text()
        self.attempt(lambda: accounts.password(session, old, new), None, say("account-work"))

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()
        self.told.emit(answer)


class SheetDialog(Asking):
    """A recovery sheet is written as PDF. first: right after the workspace was made. Emits `told` with the file's path."""

    told = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk, *, first: bool = False) -> None:
        super().__init__(parent, desk, say("recovery-title"), theme.primary("印恢复卡"))
        state = recovery.state(desk.session)
        made = state["sheet"]
        stick = next((place for _, place in sticks()), Path.home())
        self.out = PathLine(say("recovery-save"), "new", str(stick / f"楼图恢复卡-{desk.session.code}.pdf"))
        self.body.addWidget(theme.title(say("recovery-title")))
        self.body.addWidget(paragraph(say("recovery-first" if first else "recovery-why")))
        if not first:
            said = say("recovery-had", made=made[:16].replace("T", " ")) if made else say("recovery-had-none")
            self.body.addWidget(paragraph(said, "soft"))
        if desk.session.ring is None:
            self.body.addWidget(paragraph(say("recovery-without-ring"), "soft"))
        self.body.addWidget(theme.label(say("recovery-save"), "soft"))
        self.body.addWidget(self.out)
        if first:
            self.cancel.setText("以后再印")
        self.end()
        self.act.clicked.connect(self._print)

    def _print(self) -> None:
        session, out = self.desk.session, self.out.path
        if out is None:
            self.wrong(say("answer-needed"))
            return
        self.attempt(lambda: accounts.recovery_sheet(session, out), None, say("account-work"))

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()
        self.told.emit(answer)


class RecoverDialog(Dialog):
    """Every password is lost: the code of the sheet, an account, a new password. Emits `recovered` with the account."""

    recovered = Signal(str, str)

    def __init__(
        self, parent: QWidget, folder: Path, names: Iterable[str], account: str, *, clock: Clock = now
    ) -> None:
        super().__init__(parent, say("recovery-title"))
        self.folder, self.clock = folder, clock
        self.setFixedWidth(560)
        self.body.setSpacing(theme.GAP[2])
        self.code = QLineEdit()
        self.code.setAccessibleName(say("recovery-code"))
        self.code.setPlaceholderText("ABCD-EFGH-…")
        self.account = theme.Choice()
        self.account.setEditable(True)
        self.account.setAccessibleName("账号")
        self.account.addItems(list(names))
        self.account.setCurrentText(account)
        self.new, self.again = secret_line(say("account-password-hint"), "新密码"), secret_line("再输一次", "再输一次")
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary("设新密码"), theme.button("返回")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP[2])
        for row, (text, line) in enumerate(
            ((say("recovery-code"), self.code), ("账号", self.account), ("新密码", self.new), ("", self.again))
        ):
            grid.addWidget(theme.label(text, "soft"), row, 0)
            grid.addWidget(line, row, 1)
        self.body.addWidget(paragraph(say("recovery-asked"), "soft"))
        self.body.addLayout(grid)
        self.body.addWidget(self.message)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.cancel.clicked.connect(self.reject)
        self.act.clicked.connect(self._recover)
        self.again.returnPressed.connect(self.act.click)
        self.code.setFocus()

    def _recover(self) -> None:
        if self.new.text() != self.again.text():
            self._say(say("account-passwords-differ"))
            return
        try:
            done = accounts.recover(
                self.folder, self.code.text(), self.account.currentText(), self.new.text(), clock=self.clock
            )
        except UserError as error:
            self._say(errors.words(error))
            return
        said = say(
            "recovered-new" if done["created"] else "recovered", account=done["account"], titles=titles(done["roles"])
        )
        self.accept()
        self.recovered.emit(done["account"], said)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()
        self.adjustSize()
