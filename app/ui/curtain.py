"""来访遮挡 (F9): covers everything that names a person, at once; the PC stands at the counter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui import theme


class Curtain(QWidget):
    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"QWidget#surface {{ background: {theme.SURFACE}; }}")
        column = QVBoxLayout(self)
        for made in (theme.title("来访遮挡"), theme.label("按 F9 继续工作", "soft")):
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignCenter)
        column.insertStretch(0)
        column.addStretch()
        over.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        self.setGeometry(self._over.rect())
        self.setVisible(not self.isVisible())
        self.raise_()
        if self.isVisible():
            self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False
