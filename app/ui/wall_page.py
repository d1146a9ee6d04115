"""The page of a wall screen: enlarged to any screen, deaf to keys and mouse, made anew whenever its process is gone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import faults
from app.domain.wall import Slide
from app.maps import wall as pages
from app.services.values import Values
from app.ui.map_view import MapView

DRAWN_FOR = QSize(1280, 720)
"""The page is made for this size and enlarged as a whole, so that it looks alike on every screen."""
NEAREST, FURTHEST = 0.25, 5.0
"""Between which a page can be enlarged."""
AGAIN = 60_000
"""ms until a page that was given up is made anew."""


class WallPage(QWidget):
    """Emits `came` when the page is there, the first time or anew: nothing of what was shown is on it then.

    While it is not there nothing is kept waiting for it: a screen that runs for days would only gather what is past.
    """

    came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: Slide | None = None
        """What stands on the page now."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._open()

    def _open(self) -> None:
        self.map = MapView()
        self.map.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.map.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.map.bridge.ready_.connect(self._came)
        self.map.faulted.connect(self._faulted)
        self.column.addWidget(self.map)

    def _came(self) -> None:
        self.shown = None
        self._enlarge()
        self.came.emit()

    def _faulted(self, where: str) -> None:
        faults.note(RuntimeError(), where)
        if where == "renderer":
            QTimer.singleShot(AGAIN, self, self._renew)

    def _renew(self) -> None:
        old = self.map
        self.column.removeWidget(old)
        self._open()
        old.deleteLater()

    # ---------------------------------------------------------------- what it shows

    def show_slide(self, slide: Slide, **beside: Any) -> None:
        """A slide with what stands beside it (ticker, dots)."""
        self.say(**pages.of_slide(slide, self.shown), **beside)
        if self.map.ready:
            self.shown = slide

    def say(self, **parts: Any) -> None:
        """Some parts of the page; the others stay."""
        if self.map.ready:
            self.map.call("wall", parts)

    def lay(self, under: Values) -> None:
        """What lies under the map."""
        if self.map.ready:
            self.map.lay(under)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._enlarge()

    def _enlarge(self) -> None:
        by = min(self.width() / DRAWN_FOR.width(), self.height() / DRAWN_FOR.height())
        self.map.view.setZoomFactor(min(FURTHEST, max(NEAREST, by)))
