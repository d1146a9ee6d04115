"""粘贴: what was copied from Excel or WPS, or a chain from a group chat, looked over before it is read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.services.rosters import Chain, Pasted
from app.ui import theme
from app.words import say


class PastePage(QWidget):
    """Emits `ready(source)` with a Pasted or a Chain, `left` when the person went back."""

    ready = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.way = "chain"
        self.back = theme.button("返回", icon_name="arrow-left")
        self.title = theme.title("")
        self.about = theme.soft()
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("粘贴的内容")
        self.read = theme.primary("看看认出了什么")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.back, self.title, 1, self.read))
        column.addWidget(self.about)
        column.addWidget(self.text, 1)
        self.back.clicked.connect(self.left)
        self.read.clicked.connect(self._read)
        self.text.textChanged.connect(lambda: self.read.setEnabled(bool(self.text.toPlainText().strip())))

    def begin(self, way: str) -> None:
        """way: table or chain. What is on the clipboard stands there already."""
        self.way = way
        self.title.setText("粘贴表格" if way == "table" else "粘贴接龙")
        self.about.setText(say(f"paste-{way}"))
        self.text.setPlainText(QGuiApplication.clipboard().text())
        self.text.setFocus()
        self.read.setEnabled(bool(self.text.toPlainText().strip()))

    def _read(self) -> None:
        text = self.text.toPlainText()
        self.ready.emit(Pasted(text) if self.way == "table" else Chain(text))
