"""Today's backup after unlocking, beside the work: a worker of its own, a line in the status bar, never a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.findings import UserError
from app.services import backups
from app.ui import errors
from app.ui.desk import Desk
from app.ui.tasks import Tasks
from app.words import say

KIND, SECOND = "backup", "backup-second"
"""Under which it stands in the desk's `trouble`."""


class DailyBackup(QObject):
    """Emits `said` whenever `words` or what 今日 shows may read otherwise."""

    said = Signal()

    def __init__(self, desk: Desk, make_tasks: Callable[..., Tasks], parent: QObject) -> None:
        super().__init__(parent)
        self.desk = desk
        self._make_tasks = make_tasks
        self._tasks: Tasks | None = None
        self._percent: int | None = None

    @property
    def words(self) -> str:
        """When the last one was made, or how far this one is."""
        if self.busy:
            return say("status-backing-up-part" if self._percent else "status-backing-up", percent=self._percent)
        return ""

    @property
    def busy(self) -> bool:
        return self._tasks is not None and self._tasks.busy

    def begin(self) -> None:
        """If there was none today. Work of other kinds does not wait for it, nor it for them."""
        session = self.desk.session
        if self.busy or not backups.due(session):
            return
        self._tasks = self._make_tasks(self._failed, self)
        self._tasks.progressed.connect(self._go_on)
        self._percent = None
        self._tasks.run(
            lambda progress, cancelled: backups.daily(session, progress=progress, cancelled=cancelled), self._made
        )
        self.said.emit()

    def stop(self) -> None:
        """Give it up and wait until nothing of it reads any more; the next unlock begins anew."""
        if self._tasks is not None:
            self._tasks.close()
            self._tasks.deleteLater()
            self._tasks = None

    def _go_on(self, done: int, total: int, _: str) -> None:
        percent = 100 * done // total if total else 0
        if self.busy and percent != self._percent:  # not what is said still of one that was stopped
            self._percent = percent
            self.said.emit()

    def _made(self, done: dict[str, Any]) -> None:
        self.desk.trouble.pop(KIND, None)
        self.desk.trouble.pop(SECOND, None)
        if done["second"] == "full":
            self._trouble(SECOND, say("backup-second-full"))
        self.said.emit()

    def _failed(self, error: Exception) -> None:
        """One notice, and a line on 今日 until it goes well; a fault of ours is in the log."""
        if not (isinstance(error, UserError) and error.code == "cancelled"):
            self._trouble(KIND, errors.words(error))
        self.said.emit()

    def _trouble(self, kind: str, why: str) -> None:
        self.desk.trouble[kind] = why
        self.desk.notify(say("backup-daily-failed", why=why) if kind == KIND else why)
