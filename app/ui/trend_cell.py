"""Fourteen small bars in a table's cell, and the hatching of a row whose figures are old; both drawn by Qt alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from app.domain.supervision import Day
from app.ui import theme
from app.ui.tables import Table

BAR, BESIDE, HIGH = 8, 2, 20
"""Width of a bar, space to the next one, height of a full one; px."""
GOOD = 0.9
"""From this share on a bar is calm; below it stands out, and is lower too."""
Index = QModelIndex | QPersistentModelIndex


class TrendCell(QStyledItemDelegate):
    """Draws a row's `trend`; every other cell as usual, hatched where the row says `old`."""

    def __init__(self, table: Table, column: int) -> None:
        super().__init__(table)
        self.table, self.column = table, column

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._row(index)
        if row is not None and row["hatched"]:
            painter.fillRect(option.rect, QBrush(QColor(theme.LINE), Qt.BrushStyle.BDiagPattern))
        super().paint(painter, option, index)
        if row is not None and index.column() == self.column:
            draw(painter, option.rect, row["trend"])

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The bars in words."""
        row = self._row(index) if index.column() == self.column else None
        if row is None:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), row["days"], view)
        return True

    def _row(self, index: Index) -> dict[str, Any] | None:
        return self.table._row(index)  # type: ignore[arg-type]  # an index of the same model


def draw(painter: QPainter, place: QRect, trend: tuple[Day, ...]) -> None:
    """A bar for each day; a dotted foot where nothing is known, a line where nothing was owed."""
    foot = place.top() + (place.height() + HIGH) // 2
    left = place.left() + theme.GAP[1]
    painter.save()
    for number, day in enumerate(trend):
        at = left + number * (BAR + BESIDE)
        if day.owed is None:
            painter.fillRect(
                QRect(at, foot - HIGH, BAR, HIGH), QBrush(QColor(theme.INK_FAINT), Qt.BrushStyle.Dense6Pattern)
            )
            continue
        share = day.share
        if share is None:
            painter.fillRect(QRect(at, foot - 1, BAR, 1), QColor(theme.LINE))
            continue
        painter.fillRect(QRect(at, foot - HIGH, BAR, HIGH), QColor(theme.ACCENT_SOFT))
        high = max(1, round(HIGH * share))
        painter.fillRect(QRect(at, foot - high, BAR, high), QColor(theme.ACCENT if share >= GOOD else theme.ATTENTION))
    painter.restore()


def width(days: int) -> int:
    """Of a column that shows so many days."""
    return days * (BAR + BESIDE) + 2 * theme.GAP[1]
