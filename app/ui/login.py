"""Unlocking: choose the account, type the password, be told clearly what is wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.clock import Clock, now
from app.domain.findings import UserError
from app.services import workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.ui.account_dialogs import RecoverDialog
from app.ui.restore_dialog import RestoreDialog, told
from app.ui.tasks import Tasks
from app.words import say

DAMAGED = frozenset({"workspace-damaged", "keys-damaged"})
"""What only a backup mends."""


class Login(QWidget):
    """Emits `unlocked` with the session, `elsewhere` with another workspace's folder, `restored` with folder and account
    of one that came back from a backup, and what to say of it.

    practice: the clock of a practice workspace; a real one goes by this PC's.
    """

    unlocked = Signal(object)
    elsewhere = Signal(object)
    restored = Signal(object, str, str)

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        practice: Clock = now,
        *,
        account: str = "",
        said: str = "",
    ) -> None:
        """account: chosen already; said: why the log-in is shown."""
        super().__init__()
        self._account, self._said = account, said
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
        self.account.setCurrentText(self._account or self.account.currentText())
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("密码")
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.enter = theme.primary("打开工作区")
        self.other = theme.button("打开别的工作区…", "link")
        self.forgot = theme.button(say("recovery-forgot"), "link")
        card = theme.panel(theme.title(about["name"]), margin=theme.GAP[4])
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        if about["rehearsal"]:
            column.addWidget(theme.label("演练工作区", "rehearsal"), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(theme.soft(self._said or say("login-hint")))
        column.addSpacing(theme.GAP[1])
        for text, widget in (("账号", self.account), ("密码", self.password)):
            column.addWidget(theme.label(text, "soft"))
            widget.setFixedHeight(36)
            column.addWidget(widget)
        column.addWidget(self.message)
        column.addSpacing(theme.GAP[1])
        column.addWidget(self.enter)
        self.restore = theme.button(say("restore-link"))
        self.restore.hide()
        self.tasks = Tasks(lambda error: errors.present(self, error), self)
        column.addWidget(self.restore)
        column.addWidget(theme.row(self.forgot, 1, self.other))
        self.enter.setMinimumHeight(38)
        card.setFixedWidth(420)
        whole = QHBoxLayout(self)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def _connect(self) -> None:
        self.enter.clicked.connect(self.unlock)
        self.password.returnPressed.connect(self.unlock)
        self.password.textEdited.connect(lambda _: self.message.hide())
        self.account.activated.connect(lambda _: self.password.setFocus())
        self.account.currentTextChanged.connect(lambda _: self._wait())
        self.forgot.clicked.connect(self._forgot)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._wait)
        self._wait()
        self.other.clicked.connect(self._elsewhere)
        self.restore.clicked.connect(self._restore)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()

    @property
    def _clock(self) -> Clock:
        return self.practice if workspaces.about(self.folder)["rehearsal"] else now

    def unlock(self) -> None:
        """Try the password; opening takes a moment, since guessing must."""
        account = self.account.currentText()
        if self._wait():
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            session: Session = workspaces.unlock(self.folder, account, self.password.text(), clock=self._clock)
        except UserError as error:
            self._say(errors.words(error))
            self.restore.setVisible(error.code in DAMAGED)
            self._wait()
            return
        finally:
            QGuiApplication.restoreOverrideCursor()
        self.settings.put(self._key, account)
        self.password.clear()
        self.unlocked.emit(session)

    def _wait(self) -> int:
        """Seconds until this account may be tried again, counted down in words."""
        try:
            seconds = workspaces.waiting(self.folder, self.account.currentText())
        except UserError:
            seconds = 0
        if seconds:
            minutes, rest = divmod(seconds, 60)
            code = "login-wait-minutes" if minutes else "login-wait"
            self.message.setText(say(code, minutes=minutes, seconds=rest if minutes else seconds))
            self.message.show()
            self._second.start()
        elif self._second.isActive():
            self._second.stop()
            self.message.hide()
            self.password.setFocus()
        self.enter.setEnabled(not seconds)
        return seconds

    def _restore(self) -> None:
        """The file does not open any more: a backup takes its place, and it is moved aside."""
        dialog = RestoreDialog(
            self, self.tasks, say("restore-over"), into=str(self.folder), account=self.account.currentText(),
            practice=self.practice,
        )  # fmt: skip
        dialog.restored.connect(lambda done: self.restored.emit(Path(done["workspace"]), done["account"], told(done)))
        dialog.open()

    def _forgot(self) -> None:
        names = [self.account.itemText(number) for number in range(self.account.count())]
        dialog = RecoverDialog(self, self.folder, names, self.account.currentText(), clock=self._clock)
        dialog.recovered.connect(self._recovered)
        dialog.open()

    def _recovered(self, account: str, said: str) -> None:
        """The account has a new password, which is asked for right away."""
        self.account.clear()
        self.account.addItems(workspaces.accounts(self.folder))
        self.account.setCurrentText(account)
        self._say(said, "done")

    def _say(self, text: str, kind: str = "wrong") -> None:
        self.message.setObjectName(kind)
        self.message.style().polish(self.message)
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
