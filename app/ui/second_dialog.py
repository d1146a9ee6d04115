"""A second person confirms with an own account and password: asked each time, kept nowhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.services import workspaces
from app.ui import theme
from app.ui.desk import Desk
from app.ui.enrol_dialogs import Asking
from app.words import say


def others(desk: Desk) -> list[str]:
    """The accounts of this PC beside the one that works."""
    return [each for each in workspaces.accounts(desk.session.folder) if each != desk.session.account]


class SecondDialog(Asking):
    """A wrong password is said in it and waited for. Emits `vouched` with the account's id once it is right."""

    vouched = Signal(str)

    def __init__(self, parent: QWidget, desk: Desk, title: str, said: str, act: QPushButton) -> None:
        super().__init__(parent, desk, title, act)
        self.account = theme.Choice()
        self.account.addItems(others(desk))
        self.account.setAccessibleName(say("second-account"))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(say("second-password"))
        text = theme.label(said, wrap=True)
        text.ensurePolished()
        text.setMinimumHeight(text.heightForWidth(self.width() - 2 * theme.GAP[3]))
        self.body.addWidget(text)
        for name, widget in ((say("second-account"), self.account), (say("second-password"), self.password)):
            self.body.addWidget(theme.label(name, "soft"))
            self.body.addWidget(widget)
        self.end()
        self.act.clicked.connect(self._run)
        self.password.returnPressed.connect(self.act.click)
        self.password.setFocus()

    def _run(self) -> None:
        session, name, password = self.desk.session, self.account.currentText(), self.password.text()
        self.attempt(
            lambda: {"id": workspaces.vouch(session.folder, name, password, beside=session)},
            None,
            say("second-work"),
        )

    def done_well(self, answer: dict[str, str]) -> None:
        self.accept()
        self.vouched.emit(answer["id"])
