"""来访遮挡 (F9): covers everything that names a person, at once; the PC stands at the counter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.ui import theme
from app.words import say


class Curtain(QWidget):
    """Lies over a widget. Emits `moved(bool)` so that the window can hold back its keys meanwhile."""

    moved = Signal(bool)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        over.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(theme.GAP[2])
        picture = QLabel()
        picture.setPixmap(theme.icon("eye-off-outline", theme.INK_FAINT).pixmap(QSize(56, 56)))
        self.back = theme.button("继续工作　F9")
        self.back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back.clicked.connect(self.toggle)
        column.addStretch(2)
        for made in (picture, theme.title("来访遮挡"), theme.label(say("curtain"), "soft"), self.back):
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)

    def toggle(self) -> None:
        """Draw or open it; what had the keyboard gets it back."""
        if self.isVisible():
            self.hide()
            self.moved.emit(False)
            if self._before is not None:
                self._before.setFocus()
            return
        self._before = self._over.window().focusWidget()
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.setFocus()
        self.moved.emit(True)

    _before: QWidget | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()  # nothing behind the curtain hears a key

    def focusNextPrevChild(self, forward: bool) -> bool:
        return True  # Tab stays here

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False
