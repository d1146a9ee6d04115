"""A superior's form as it looks, with what will stand in each place; a press on a place chooses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from app.domain.cells import column_letter
from app.ui import theme

WIDE, NARROW = 96, 56
UNKNOWN = "？"
"""Stands where nothing was recognised: colour is never the only sign."""


class FormGrid(QTableWidget):
    """Emits `place(cell)` when a place that is filled is chosen, `opened(cell)` when it is pressed twice."""

    place = Signal(str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__(0, 0)
        self.setAccessibleName("表格的样子")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().setDefaultSectionSize(theme.ROW - 4)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._places: dict[str, QTableWidgetItem] = {}
        self._keep = False
        self.cellClicked.connect(lambda row, column: self._pressed(row, column))
        self.currentCellChanged.connect(lambda row, column, *_: self._pressed(row, column))
        self.cellDoubleClicked.connect(lambda row, column: self._pressed(row, column, self.opened))

    def show_form(
        self, grid: Sequence[Sequence[str]], spans: Sequence[tuple[int, int, int, int]], filled: Mapping[str, str],
        *, keep: bool = False,
    ) -> None:  # fmt: skip
        """grid: texts from A1 on. filled: {cell: words for what will stand there, "" where nothing was recognised};
        with `keep` the cells are filled already and their texts stay."""
        self._keep = keep
        wide = max(map(len, grid), default=0)
        self.blockSignals(True)
        self.clearSpans()
        self.clear()
        self.setRowCount(len(grid))
        self.setColumnCount(wide)
        self.setHorizontalHeaderLabels([column_letter(number) for number in range(wide)])
        for top, left, rows, columns in spans:
            if rows > 1 or columns > 1:
                self.setSpan(top, left, rows, columns)
        self._places = {}
        for row, texts in enumerate(grid):
            for column, text in enumerate(texts):
                self._put(row, column, text, filled)
        for column in range(wide):
            self.setColumnWidth(column, WIDE if any(len(texts[column]) > 3 for texts in grid) else NARROW)
        self.blockSignals(False)

    def _put(self, row: int, column: int, text: str, filled: Mapping[str, str]) -> None:
        cell = f"{column_letter(column)}{row + 1}"
        item = QTableWidgetItem(" ".join(text.split()))
        item.setToolTip(text)
        if cell in filled and self._keep:
            item.setForeground(QBrush(QColor(theme.ACCENT)))
            self._places[cell] = item
        elif cell in filled:
            said = filled[cell]
            item.setText(said or UNKNOWN)
            item.setToolTip(said or "没有认出要填什么，会留空")
            item.setBackground(QBrush(QColor(theme.ACCENT_SOFT if said else "#FDF1DF")))
            item.setForeground(QBrush(QColor(theme.ACCENT if said else theme.ATTENTION)))
            font = QFont(self.font())
            font.setBold(True)
            item.setFont(font)
            self._places[cell] = item
        self.setItem(row, column, item)

    def _pressed(self, row: int, column: int, how: SignalInstance | None = None) -> None:
        cell = f"{column_letter(column)}{row + 1}"
        if row >= 0 and column >= 0 and cell in self._places:
            (how or self.place).emit(cell)

    def look_at(self, cell: str) -> None:
        """Make a place the current one, and bring it into view."""
        if (item := self._places.get(cell)) is not None:
            self.blockSignals(True)
            self.setCurrentItem(item)
            self.scrollToItem(item)
            self.blockSignals(False)
