"""One sentence above the desk after something was done, with 撤销 in place; it goes by itself."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui import theme

SHOWN_FOR = 12_000  # ms


class Notice(QFrame):
    """Emits `undo` with the batch that the sentence is about."""

    undo = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._batch = ""
        self.text = theme.label()
        self.undo_button = theme.button("撤销", "link")
        self.close_button = theme.button("知道了", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[1], theme.GAP[0])
        row.addWidget(self.text, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_FOR)
        self._timer.timeout.connect(self.hide)
        self.undo_button.clicked.connect(lambda: self.undo.emit(self._batch))
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def say(self, text: str, batch: str = "") -> None:
        """Show a sentence; 撤销 stands beside it if a batch is given."""
        self._batch = batch
        self.text.setText(text)
        self.undo_button.setVisible(bool(batch))
        self.show()
        self._timer.start()
