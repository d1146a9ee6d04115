"""The values of one conflict as cards: a click, or the number before it, keeps one. And the tick before a row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QVBoxLayout,
)  # fmt: skip

from app.tokens import INK_SOFT
from app.ui import theme
from app.ui.acts import moment
from app.ui.tables import SORT, Table
from app.words import say

BOX = 16


def author_of(value: dict[str, Any]) -> str:
    """`张书记（花木街道），2020-05-25 14:03`, and the file it came from."""
    if not value["at"]:
        return say("conflict-by-unknown")
    who = value["account"]
    if value["device"] and value["device"] != who:
        who = f"{who}（{value['device']}）"
    said = say("conflict-by", who=who, when=moment(value["at"]))
    return f"{said}，{value['source']}" if value["source"] else said


class ValueCard(theme.Button):
    """Number, value, who wrote it when and from what, and whether it shows now."""

    def __init__(self, number: int, value: dict[str, Any]) -> None:
        super().__init__()
        self.value = value
        self.setAutoDefault(False)
        self.setAccessibleName(f"{number}，{value['text']}，{author_of(value)}")
        text = theme.label(value["text"], "strong", wrap=True)
        by = theme.label(author_of(value), "small", wrap=True)
        shown = theme.label(say("conflict-shown"), "chip")
        shown.setStyleSheet(
            f"font-size: {theme.TABLE}pt; background: {theme.LINE}; color: {INK_SOFT}; border-radius: 4px; padding: 1px 8px;"
        )
        if not value["shown"]:  # never shown before it has a place: it would be a window for a moment
            shown.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(text)
        words.addWidget(by)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GAP[2], theme.GAP[1], theme.GAP[2], theme.GAP[1])
        line.setSpacing(theme.GAP[2])
        line.addWidget(theme.label(str(number) if number < 10 else "", "group"), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout else theme.BUTTON

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.totalSizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(max(self.width(), 200)))


class Ticks(QStyledItemDelegate):
    """Draws a box for a row that says `ticked`."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        box = QStyleOptionButton()
        rect: QRect = option.rect
        box.rect = QRect(rect.x() + (rect.width() - BOX) // 2, rect.y() + (rect.height() - BOX) // 2, BOX, BOX)
        box.state = QStyle.StateFlag.State_Enabled | (
            QStyle.StateFlag.State_On if index.data(SORT) else QStyle.StateFlag.State_Off
        )
        style = QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, box, painter)


class TickTable(Table):
    """A table whose first column is a tick. Emits `toggled` with the rows that the space bar or a click means."""

    toggled = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            rows = sorted({index.row() for index in self.selectedIndexes()})
            self.toggled.emit([self._row(self._sorted.index(row, 0)) for row in rows])
            return
        super().keyPressEvent(event)


def cards(values: list[dict[str, Any]]) -> list[QPushButton]:
    return [ValueCard(number, value) for number, value in enumerate(values, 1)]
