"""What was done, floating in the line of the breadcrumb (or over the foot of the window) with 撤销 in place; and work under way in a bar, with 取消.

The notice moves nothing when it comes and goes: a click that is on its way must not land elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from app.ui import theme
from app.ui.tasks import Tasks
from app.words import knows, say

SHOWN_FOR = 15_000  # ms
QUIET_FOR = 300  # ms: shorter work shows no bar


class Notice(QFrame):
    """One sentence. Emits `undo` with the batch that the sentence is about."""

    undo = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._batch = ""
        self._free: Callable[[], QRect] | None = None
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.text = theme.label()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.undo_button = theme.button("撤销", "link")
        self.close_button = theme.button("知道了", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[1], theme.GAP[0])
        for widget in (self.text, self.undo_button):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.close_button)
        self._moved = QTimer(self)
        self._moved.setSingleShot(True)
        self._moved.setInterval(0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_FOR)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.hide)
        self._moved.timeout.connect(self._place)
        self.undo_button.clicked.connect(lambda: self.undo.emit(self._batch))
        self.close_button.clicked.connect(self.hide)

    def float_over(self, whole: QWidget, free: Callable[[], QRect] | None = None) -> None:
        """Lie where this widget is free, else over its foot; what is put over it later covers the notice too."""
        self.setParent(whole)
        self._free = free
        whole.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def place_anew(self) -> None:
        """Another desk was opened: its buttons lie elsewhere, once they are laid out."""
        if self.isVisible():
            self._moved.start()

    def _place(self) -> None:
        over = self.parentWidget()
        if over is None:
            return
        free, size = self._free() if self._free else QRect(), self.sizeHint()
        if size.width() <= free.width():
            self.resize(size.boundedTo(free.size()))
            self.move(free.right() - size.width(), free.top() + (free.height() - self.height()) // 2)
        else:
            size = self.sizeHint().boundedTo(QSize(over.width() - 2 * theme.GAP[4], over.height()))
            self.resize(size)
            self.move((over.width() - size.width()) // 2, over.height() - size.height() - theme.GAP[3])

    def say(self, text: str, batch: str = "", act: str = "撤销") -> None:
        """Show a sentence; 撤销 (or another word for undoing that batch) stands beside it if one is given."""
        self._batch = batch
        self.undo_button.setText(act)
        self.text.setText(text + ("　·" if batch else ""))
        self.undo_button.setVisible(bool(batch))
        self._place()
        self.show()
        self._timer.start()


class WorkBar(QFrame):
    """What the worker is doing, how far it is, and 取消; appears only when it takes a while."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("work")
        self.tasks = tasks
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.text = theme.label()
        self.bar = QProgressBar()
        self.stop = theme.button("取消", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[1], theme.GAP[0])
        row.setSpacing(theme.GAP[2])
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(QUIET_FOR)

    def _connect(self) -> None:
        self._wait.timeout.connect(lambda: self.setVisible(self.tasks.busy))
        self.stop.clicked.connect(self._cancel)
        self.tasks.started.connect(self._begin)
        self.tasks.progressed.connect(self._go_on)
        self.tasks.ended.connect(self._end)

    def _begin(self, text: str) -> None:
        self.text.setText(text)
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self._wait.start()

    def _go_on(self, done: int, total: int, what: str) -> None:
        if not self.stop.isEnabled():
            return
        self.text.setText(say(what) if knows(what) else what)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _cancel(self) -> None:
        self.stop.setEnabled(False)
        self.text.setText(say("work-stopping"))
        self.tasks.cancel()

    def _end(self) -> None:
        self._wait.stop()
        self.hide()
