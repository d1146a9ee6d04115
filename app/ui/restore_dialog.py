"""从备份恢复: a backup, a folder, and the account and password of that day; from an open workspace or before there is one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.clock import Clock, now
from app.domain.findings import UserError
from app.services import restoring
from app.ui import errors, theme
from app.ui.account_dialogs import paragraph, secret_line
from app.ui.dialogs import Dialog
from app.ui.enrol_dialogs import WIDTH
from app.ui.sticks import PathLine
from app.ui.tasks import Tasks
from app.words import say


class RestoreDialog(Dialog):
    """What is wrong is said in it, and it stays. Emits `restored` with what `restoring.restore` said and the account."""

    restored = Signal(object)

    def __init__(
        self, parent: QWidget, tasks: Tasks, said: str, *, file: str = "", into: str = "", account: str = "",
        practice: Clock = now,
    ) -> None:  # fmt: skip
        """said: what it means here. practice: the clock of practice workspaces."""
        super().__init__(parent, say("restore-title"))
        self.tasks, self.practice = tasks, practice
        self.setFixedWidth(WIDTH)
        self.file = PathLine(say("restore-file"), "file", file)
        self.into = PathLine(say("restore-into"), "folder", into)
        self.account = QLineEdit(account)
        self.account.setAccessibleName(say("restore-account"))
        self.password = secret_line("", say("restore-password"))
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary(say("restore-act")), theme.button("返回")
        self._working = False
        self.body.addWidget(paragraph(said, "soft"))
        for title, widget in (
            ("restore-file", self.file), ("restore-into", self.into), ("restore-account", self.account),
            ("restore-password", self.password),
        ):  # fmt: skip
            self.body.addWidget(theme.label(say(title), "soft"))
            self.body.addWidget(widget)
        self.body.addWidget(self.message)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.act.clicked.connect(self._run)
        self.password.returnPressed.connect(self.act.click)
        self.cancel.clicked.connect(self.reject)
        (self.password if file else self.file.browse).setFocus()

    def _run(self) -> None:
        file, into = self.file.path, self.into.path
        account, password = self.account.text().strip(), self.password.text()
        missing = "restore-file-needed" if file is None else "restore-folder-needed" if into is None else ""
        if missing or file is None or into is None:
            self._say(say(missing))
            return
        if not account:
            self._say(say("restore-account-needed"))
            return

        def tried(*_: Any) -> dict[str, Any] | UserError:
            try:
                clock = self.practice if restoring.is_practice(file) else now
                return {**restoring.restore(file, into, account, password, clock=clock), "account": account}
            except UserError as error:
                return error

        self.message.hide()
        self._busy(True)
        self.tasks.run(tried, self._answered, lambda _: self._busy(False), text=say("restore-working"))

    def _busy(self, working: bool) -> None:
        self._working = working
        self.act.setEnabled(not working)
        self.act.setText(say("restore-working" if working else "restore-act"))

    def _answered(self, answer: dict[str, Any] | UserError) -> None:
        self._busy(False)
        if isinstance(answer, UserError):
            self._say(errors.words(answer))
            self.password.selectAll()
            self.password.setFocus()
            return
        self.accept()
        self.restored.emit(answer)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()
        self.adjustSize()

    def reject(self) -> None:
        """Not while it works: the answer comes to this dialog."""
        if not self._working:
            super().reject()


def told(done: dict[str, Any]) -> str:
    """What came of it, for the log-in and the notice."""
    lines = [say("restore-done", **done)]
    lines += [say("restore-erased", **done)] if done["erased"] else []
    lines += [say("restore-aside", **done)] if done["aside"] else []
    return "\n".join([*lines, say("restore-tail")])
