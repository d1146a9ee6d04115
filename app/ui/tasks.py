"""Long work off the UI thread: one worker, progress with cancel, errors always presented, results back on the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from app.domain.jobs import Cancelled, Progress

T = TypeVar("T")
Work = Callable[[Progress, Cancelled], T]
Failed = Callable[[Exception], None]


class _Signals(QObject):
    progress = Signal(int, int, str)
    ended = Signal(object)


class _Job(QRunnable):
    """One piece of work; it only speaks through signals, which Qt delivers on the UI thread."""

    def __init__(self, work: Work[Any], done: Callable[[Any], object], failed: Failed | None) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.signals = _Signals()
        self.stopped = False
        self.done, self.failed = done, failed
        self.result: Any = None
        self.error: Exception | None = None
        self._work = work

    def run(self) -> None:
        try:
            self.result = self._work(self.signals.progress.emit, lambda: self.stopped)
        except Exception as error:
            self.error = error
        self.signals.ended.emit(self)


class Tasks(QObject):
    """Runs work in the background, one after the other. `started`/`ended` drive the progress bar."""

    started = Signal(str)
    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self, present: Failed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._present = present
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(-1)
        self._jobs: list[_Job] = []
        self._closed = False

    def run(self, work: Work[T], done: Callable[[T], object], failed: Failed | None = None, *, text: str = "") -> None:
        """Start work(progress, cancelled); then done(result), or failed(error) and the presenter, on this thread."""
        job = _Job(work, done, failed)
        self._jobs.append(job)
        job.signals.progress.connect(self.progressed)
        job.signals.ended.connect(self._finish)  # a method of an object of this thread: Qt queues it here
        self.started.emit(text)
        self._pool.start(job)

    def _finish(self, job: _Job) -> None:
        self._jobs.remove(job)
        if self._closed:
            return
        if not self._jobs:
            self.ended.emit()
        if job.error is not None:
            self._fail(job.error, job.failed)
        else:
            self._deliver(job.done, job.result)

    def _deliver(self, done: Callable[[T], object], result: T) -> None:
        try:
            done(result)
        except Exception as error:
            self._present(error)

    def _fail(self, error: Exception, failed: Failed | None) -> None:
        if failed:
            failed(error)
        self._present(error)

    def cancel(self) -> None:
        """Ask the running work to stop; it rolls back what it has not finished."""
        for job in self._jobs:
            job.stopped = True

    @property
    def busy(self) -> bool:
        return bool(self._jobs)

    def close(self) -> None:
        """At the end: stop everything and wait for it; what comes back later is not delivered any more."""
        self._closed = True
        self.cancel()
        self._pool.waitForDone()


class InlineTasks(Tasks):
    """The same, on the spot: for tests that look at what a desk does, not at the thread."""

    def run(self, work: Work[T], done: Callable[[T], object], failed: Failed | None = None, *, text: str = "") -> None:
        self.started.emit(text)
        try:
            result = work(self.progressed.emit, lambda: False)
        except Exception as error:
            self.ended.emit()
            self._fail(error, failed)
            return
        self.ended.emit()
        self._deliver(done, result)
