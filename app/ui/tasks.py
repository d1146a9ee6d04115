"""Long work off the UI thread: one worker, progress with cancel, errors always presented, results back on the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from app.domain.jobs import Cancelled, Progress

T = TypeVar("T")
Work = Callable[[Progress, Cancelled], T]


class _Signals(QObject):
    progress = Signal(int, int, str)
    done = Signal(object)
    failed = Signal(object)


class _Job(QRunnable):
    """One piece of work; it only speaks through signals, which Qt delivers on the UI thread."""

    def __init__(self, work: Work[Any]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.signals = _Signals()
        self.stopped = False
        self._work = work

    def run(self) -> None:
        try:
            result = self._work(self.signals.progress.emit, lambda: self.stopped)
        except Exception as error:
            self.signals.failed.emit(error)
        else:
            self.signals.done.emit(result)


class Tasks(QObject):
    """Runs work in the background, one after the other. `started`/`ended` drive the progress bar."""

    started = Signal(str)
    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self, present: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._present = present
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(-1)
        self._jobs: list[_Job] = []

    def run(
        self,
        work: Work[T],
        done: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        text: str = "",
    ) -> None:
        """Start work(progress, cancelled); `done(result)` or the presenter (after `failed`) follows on this thread."""
        job = _Job(work)
        self._jobs.append(job)

        def finish(then: Callable[[Any], None]) -> Callable[[Any], None]:
            def end(result: Any) -> None:
                self._jobs.remove(job)
                self.ended.emit()
                then(result)

            return end

        def fail(error: Exception) -> None:
            if failed:
                failed(error)
            self._present(error)

        job.signals.progress.connect(self.progressed)
        job.signals.done.connect(finish(done))
        job.signals.failed.connect(finish(fail))
        self.started.emit(text)
        self._pool.start(job)

    def cancel(self) -> None:
        """Ask the running work to stop; it rolls back what it has not finished."""
        for job in self._jobs:
            job.stopped = True

    @property
    def busy(self) -> bool:
        return bool(self._jobs)

    def wait(self) -> None:
        """At the end: stop everything and wait for it."""
        self.cancel()
        self._pool.waitForDone()
