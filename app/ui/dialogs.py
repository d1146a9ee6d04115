"""Small windows for one decision: the same edges, Esc closes them, and F9 hides them together with the rest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.ui import theme


class Dialog(QDialog):
    """`body` is the column to fill. It deletes itself when closed."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(*(theme.GAP[3],) * 4)
        self.body.setSpacing(theme.GAP[1])
        cover_on_f9(self)

    def adjustSize(self) -> None:
        """As tall as what lies in it wants. Qt's own stops at two thirds of the screen: on a small one it cut the fields."""
        self.body.activate()
        wide = self.sizeHint().expandedTo(self.minimumSize()).boundedTo(self.maximumSize()).width()
        high = self.body.totalHeightForWidth(wide) if self.body.hasHeightForWidth() else self.sizeHint().height()
        self.resize(wide, min(max(high, self.minimumHeight()), self.screen().availableGeometry().height()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            chosen = self.size()
            self.adjustSize()
            self.resize(self.size().expandedTo(chosen))


def cover_on_f9(dialog: QDialog) -> None:
    """来访遮挡 while a dialog is open: it goes, and the window behind draws its curtain."""

    def cover() -> None:
        above = dialog.parentWidget()
        dialog.reject()
        while above is not None:
            if hasattr(above, "toggle_curtain"):
                above.toggle_curtain()
                return
            above = above.parentWidget()

    QShortcut(QKeySequence("F9"), dialog, cover)
