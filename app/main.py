"""The window put together: where the data is, unlocking, the frame, and switching accounts."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

from app import paths, settings
from app.domain.clock import Clock, now
from app.domain.findings import UserError
from app.services import workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, map_view, theme, wall_window
from app.ui.first_run import FirstRun
from app.ui.frame import Frame
from app.ui.login import Login
from app.words import say

SMALLEST, FIRST_SIZE = (1024, 640), (1366, 740)
GEOMETRY, LAST_FOLDER = "window", "workspace"


class Shell(QMainWindow):
    """First run, login or frame: one at a time in one window."""

    def __init__(self, folder: Path, remembered: Settings, practice: Clock = now) -> None:
        super().__init__()
        self.practice = practice
        self.folder = folder
        self.remembered = remembered
        self.frame: Frame | None = None
        self.asleep: Frame | None = None
        """Locked by itself with something unsaved in it: out of sight until its account comes back."""
        self.setWindowTitle("楼图")
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        if kept := remembered.get(GEOMETRY):
            self.restoreGeometry(QByteArray.fromBase64(str(kept).encode()))
        self.start()

    def start(self) -> None:
        """Ask the three questions, or for the password."""
        if workspaces.exists(self.folder) and self.ask(self.folder):
            return
        first = FirstRun(self.folder, self.practice)
        first.restored.connect(self._restored)
        first.created.connect(self._created)
        first.elsewhere.connect(self._elsewhere)
        self._put(first)

    def ask(self, folder: Path, account: str = "", said: str = "") -> bool:
        """Ask for an account of the workspace in `folder`; False if its keys cannot be read, which is said."""
        try:
            login = Login(folder, self.remembered, self.practice, account=account, said=said)
        except UserError as error:
            errors.present(self, error)
            return False
        self.folder = folder
        login.unlocked.connect(self.open)
        login.restored.connect(self._restored)
        login.elsewhere.connect(self._elsewhere)
        self._put(login)
        return True

    def _elsewhere(self, folder: Path) -> None:
        self.ask(folder)

    def _restored(self, folder: Path, account: str, said: str) -> None:
        self.ask(folder, account, said)

    def _created(self, folder: Path, account: str, password: str) -> None:
        self.folder = folder
        self.open(workspaces.unlock(folder, account, password), fresh=True)
        assert self.frame is not None
        self.frame.offer_recovery_sheet()

    def open(self, session: Session, *, fresh: bool = False) -> None:
        """Work begins, and beside it today's backup; a fresh workspace holds nothing yet that could be lost."""
        self.remembered.put(LAST_FOLDER, str(self.folder))
        if self.asleep is not None and _same(self.asleep.session, session):
            self.frame, self.asleep = self.asleep, None
            self._put(self.frame)
            self.frame.wake(session)
        else:
            self.frame = Frame(session, self.remembered)
            self.frame.locked.connect(self.lock, Qt.ConnectionType.QueuedConnection)
            self.frame.rested.connect(self.rest, Qt.ConnectionType.QueuedConnection)
            self.frame.windowTitleChanged.connect(self.setWindowTitle)
            self._put(self.frame)
            if not fresh:
                self.frame.daily.begin()
        wall_window.resume(self.frame.desk)
        self.setWindowTitle(self.frame.windowTitle())
        self.frame.focus_search()  # the log-in took the focus with it; without one no key reaches the window

    def lock(self, account: str = "") -> None:
        """Lock the workspace and ask for an account again, this one if named; unsaved work asks first."""
        if self.frame is None or not self.frame.may_close():
            return
        self.frame.close_session()
        self.frame = None
        self.setWindowTitle("楼图")
        self.ask(self.folder, account)

    def rest(self) -> None:
        """Nobody is here: lock. Work under way goes on behind the curtain first; what is unsaved is kept for its author,
        since nobody can be asked, and is seen by nobody else."""
        frame = self.frame
        if frame is None:
            return
        _close_dialogs()
        if frame.tasks.busy:
            frame.cover()
            return
        account, unsaved = frame.session.account, frame.unsaved
        if unsaved and self.asleep is None:
            frame.sleep()
            self.takeCentralWidget()
            frame.hide()
            self.asleep = frame
        else:
            frame.close_session()
        self.frame = None
        self.setWindowTitle("楼图")
        self.ask(self.folder, account, say("idle-kept" if self.asleep is frame else "idle-locked", account=account))

    def _put(self, widget: QWidget) -> None:
        old = self.takeCentralWidget()
        widget.setWindowFlags(Qt.WindowType.Widget)  # a main window inside another one
        self.setCentralWidget(widget)
        widget.show()
        if old is not None:
            old.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.asleep is not None:
            question = say("idle-lost-ask", account=self.asleep.session.account)
            if errors.ask(self, question, "仍然关闭", "返回", danger=True) != "仍然关闭":
                event.ignore()
                return
            self.asleep.close_session()
            self.asleep.deleteLater()
            self.asleep = None
        if self.frame is not None:
            if not self.frame.may_close():
                event.ignore()
                return
            self.frame.close_session()
            self.frame = None
        wall_window.close_all()
        self.remembered.put(GEOMETRY, bytes(self.saveGeometry().toBase64().data()).decode())
        if (last := self.takeCentralWidget()) is not None:
            last.deleteLater()  # the map's page must go before the application does
        event.accept()


def _same(one: Session, other: Session) -> bool:
    return (one.folder, one.account_id) == (other.folder, other.account_id)


def _close_dialogs() -> None:
    """What lies over the window may name people too."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()  # one whose work goes on refuses


def run(data: str | None = None, practice: Clock = now) -> int:
    """Open the window; returns the program's exit code. practice: the clock of practice workspaces.

    Raises UserError("root-no-window").
    """
    if map_view.sandbox_is_missing():
        raise UserError("root-no-window")
    map_view.register()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("楼图")
    theme.apply(app)
    remembered = Settings(settings.default_path())
    shell = Shell(Path(data) if data else _last(remembered), remembered, practice)
    errors.catch(lambda: wall_window.beside(QApplication.activeWindow()) or shell)
    shell.show()
    return app.exec()


def _last(remembered: Settings) -> Path:
    """The workspace used last, if it is still there; else the usual place."""
    kept = remembered.get(LAST_FOLDER)
    return Path(kept) if kept and workspaces.exists(Path(kept)) else paths.data()
