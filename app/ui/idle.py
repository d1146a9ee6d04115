"""Nobody at the PC: a warning, then the window locks itself.

What people do is seen at the windows themselves, where every key and movement arrives, not at each widget: old PCs have
no time for a filter in the way of all events.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

SETTING, MINUTES = "idle-minutes", 10
CHOICES = (3, 5, 10, 15, 30)
WARNING = 30  # s before the end
_STIRS = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TabletMove, QEvent.Type.InputMethod,
})  # fmt: skip


def _clocks() -> tuple[float, float]:
    """One does not go backwards, the other goes on while the PC sleeps."""
    return time.monotonic(), time.time()


class Idle(QObject):
    """Emits `warned` with the seconds that are left, once a second; `stirred` when somebody is back; `expired`."""

    warned = Signal(int)
    stirred = Signal()
    expired = Signal()

    def __init__(
        self, seconds: Callable[[], int], parent: QObject, clocks: Callable[[], tuple[float, float]] = _clocks
    ) -> None:
        super().__init__(parent)
        self._seconds, self._clocks = seconds, clocks
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.look)
        self.begin()

    def begin(self) -> None:
        """From now on."""
        self._since, self._warning = self._clocks(), False
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def stir(self) -> None:
        """Somebody is here."""
        self._since = self._clocks()
        if self._warning:
            self._warning = False
            self.stirred.emit()

    def look(self) -> None:
        """How long has nobody been here?"""
        self._watch()
        gone = max(now - since for now, since in zip(self._clocks(), self._since, strict=True))
        left = self._seconds() - int(gone)
        if left <= 0:
            self._warning = False
            self.expired.emit()
        elif left <= WARNING:
            self._warning = True
            self.warned.emit(left)

    def _watch(self) -> None:
        """Dialogs that opened since are watched too; Qt takes a filter that is there already only once."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _STIRS:
            self.stir()
        return False
