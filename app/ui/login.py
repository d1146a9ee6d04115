"""Unlocking: choose the account, type the password, be told clearly what is wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.clock import Clock, now
from app.domain.findings import UserError
from app.services import workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.words import say


class Login(QWidget):
    """Emits `unlocked` with the session, `elsewhere` with another workspace's folder.

    practice: the clock of a practice workspace; a real one goes by this PC's.
    """

    unlocked = Signal(object)
    elsewhere = Signal(object)

    def __init__(self, folder: Path, settings: Settings | None = None, practice: Clock = now) -> None:
        super().__init__()
        self.practice = practice
        self.setObjectName("surface")
        self.folder = folder
        self.settings = settings or Settings()
        self._build()
        self._connect()

    def _build(self) -> None:
        about = workspaces.about(self.folder)
        self._key = f"last-account/{about['code']}"
        self.account = theme.Choice()
        self.account.setAccessibleName("账号")
        self.account.addItems(workspaces.accounts(self.folder))
        self.account.setCurrentText(self.settings.get(self._key, self.account.currentText()))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("密码")
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.enter = theme.primary("打开工作区")
        self.other = theme.button("打开别的工作区…", "link")
        card = theme.panel(theme.title(about["name"]), margin=theme.GAP[4])
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        if about["rehearsal"]:
            column.addWidget(theme.label("演练工作区", "rehearsal"), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(theme.soft(say("login-hint")))
        column.addSpacing(theme.GAP[1])
        for text, widget in (("账号", self.account), ("密码", self.password)):
            column.addWidget(theme.label(text, "soft"))
            widget.setFixedHeight(36)
            column.addWidget(widget)
        column.addWidget(self.message)
        column.addSpacing(theme.GAP[1])
        column.addWidget(self.enter)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignRight)
        self.enter.setMinimumHeight(38)
        card.setFixedWidth(420)
        whole = QHBoxLayout(self)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def _connect(self) -> None:
        self.enter.clicked.connect(self.unlock)
        self.password.returnPressed.connect(self.unlock)
        self.password.textEdited.connect(lambda _: self.message.hide())
        self.account.activated.connect(lambda _: self.password.setFocus())
        self.other.clicked.connect(self._elsewhere)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()

    def unlock(self) -> None:
        """Try the password; opening takes a moment, since guessing must."""
        account = self.account.currentText()
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            clock = self.practice if workspaces.about(self.folder)["rehearsal"] else now
            session: Session = workspaces.unlock(self.folder, account, self.password.text(), clock=clock)
        except UserError as error:
            self._say(errors.words(error))
            return
        finally:
            QGuiApplication.restoreOverrideCursor()
        self.settings.put(self._key, account)
        self.password.clear()
        self.unlocked.emit(session)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()
        self.password.selectAll()
        self.password.setFocus()

    def _elsewhere(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择工作区文件夹", str(self.folder.parent))
        if chosen and workspaces.exists(Path(chosen)):
            self.elsewhere.emit(Path(chosen))
        elif chosen:
            self._say(say("no-workspace-there", folder=chosen))
