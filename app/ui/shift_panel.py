"""交班留言 on 今日: what the last shift left, and one line to leave something oneself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import shift
from app.services.values import Values
from app.ui import theme
from app.ui.acts import moment
from app.ui.desk import Desk
from app.words import say


class ShiftPanel(QWidget):
    """`count` notes that nobody has read. Emits `changed` after one was written or read."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.count = 0
        self._build()
        self._connect()

    def _build(self) -> None:
        self.none = theme.label(say("shift-none"), "soft")
        self.rows = QVBoxLayout()
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(theme.GAP[1])
        holder = QWidget()
        holder.setLayout(self.rows)
        self.text = QLineEdit()
        self.text.setMaxLength(shift.MOST)
        self.text.setPlaceholderText(say("shift-hint"))
        self.text.setAccessibleName("交班留言")
        self.leave = theme.button("留言")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        line = theme.row(self.text, self.leave)
        column.addWidget(theme.panel(theme.label("交班留言", "strong"), self.none, holder, line, margin=theme.GAP[2]))

    def _connect(self) -> None:
        self.leave.clicked.connect(self.write)
        self.text.returnPressed.connect(self.write)

    def refresh(self) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        found = shift.notes(self.desk.session)
        for note in found:
            self.rows.addWidget(self._note(note))
        self.count = len(found)
        self.none.setVisible(not found)

    def _note(self, note: Values) -> QWidget:
        made = QFrame()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[0])
        column.addWidget(theme.label(note["text"], wrap=True))
        seen = theme.button("已阅")
        seen.setAccessibleName(f"已阅 {note['by']}的留言")
        seen.clicked.connect(lambda: self.read(note["id"]))
        column.addWidget(theme.row(theme.label(f"{note['by']}　{moment(note['at'])}", "small"), 1, seen))
        column.addWidget(theme.rule())
        return made

    # ---------------------------------------------------------------- acts

    def write(self) -> None:
        try:
            done = shift.write(self.desk.session, self.text.text())
        except UserError as error:
            self.desk.error(error)  # what was typed stays
            return
        self.text.clear()
        self.desk.notify(say("shift-written"), done.batch)
        self.changed.emit()

    def read(self, note: str) -> None:
        try:
            done = shift.read(self.desk.session, note)
        except UserError as error:
            self.desk.error(error)
        else:
            self.desk.notify(say("shift-read"), done.batch)
        self.changed.emit()
