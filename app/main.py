"""The window put together: where the data is, unlocking, the frame, and switching accounts."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from app import faults, paths
from app.services import workspaces
from app.services.session import Session
from app.ui import theme
from app.ui.first_run import FirstRun
from app.ui.frame import Frame
from app.ui.login import Login


class Shell(QStackedWidget):
    """First run, login or frame: one at a time in one window."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.frame: Frame | None = None
        self.setWindowTitle("楼图")
        self.resize(1366, 740)
        self.start()

    def start(self) -> None:
        """Ask the three questions, or for the password."""
        if workspaces.exists(self.folder):
            self._ask(self.folder)
            return
        first = FirstRun(self.folder)
        first.created.connect(self._created)
        self._put(first)

    def _ask(self, folder: Path) -> None:
        login = Login(folder)
        login.unlocked.connect(self.open)
        self._put(login)

    def _created(self, folder: Path, account: str, password: str) -> None:
        self.folder = folder
        self.open(workspaces.unlock(folder, account, password))

    def open(self, session: Session) -> None:
        """Work begins."""
        self.frame = Frame(session)
        self.frame.locked.connect(self.lock)
        self._put(self.frame)

    def lock(self) -> None:
        """Lock the workspace and ask for an account again."""
        if self.frame is not None:
            self.frame.close_session()
            self.frame = None
        self._ask(self.folder)

    def _put(self, widget: QWidget) -> None:
        old = self.currentWidget()
        self.addWidget(widget)
        self.setCurrentWidget(widget)
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()

    def closeEvent(self, event: object) -> None:
        if self.frame is not None:
            self.frame.close_session()


def run(data: str | None = None) -> int:
    """Open the window; returns the program's exit code."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("楼图")
    theme.apply(app)
    sys.excepthook = lambda kind, fault, trace: faults.note(fault.with_traceback(trace)) and None
    shell = Shell(Path(data) if data else paths.data())
    shell.show()
    return app.exec()
