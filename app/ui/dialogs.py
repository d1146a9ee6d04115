"""Small windows for one decision: the same edges, Esc closes them, and F9 hides them together with the rest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
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
