"""A superior's form as it looks, with what will stand in each place; a press on a place chooses it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from app.domain.cells import column_letter
from app.ui import theme
from app.words import say

NARROW, WIDE, WIDEST, CHARACTER, MARGIN = 44, 150, 320, 8.0, 12
"""Of columns, in pixels: the least, the most where texts or where the form say so, one character of Excel's, and what stands
beside the text."""
MEASURED = 60
"""Rows whose texts say how wide a column must be."""
UNKNOWN = "？"
"""Stands where nothing was recognised: colour is never the only sign."""


class FormGrid(QTableWidget):
    """Emits `place(cell)` when a place that is filled is chosen, `opened(cell)` when it is pressed twice or with Enter,
    `other(cell)` when that happens to a cell that is no place."""

    place = Signal(str)
    opened = Signal(str)
    other = Signal(str)

    def __init__(self) -> None:
        super().__init__(0, 0)
        self.setAccessibleName("表格的样子")
        self.setTabKeyNavigation(False)
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
        *, keep: bool = False, widths: Sequence[float] = (), emptied: Collection[str] = (),
    ) -> None:  # fmt: skip
        """grid: texts from A1 on. filled: {cell: words for what will stand there, "" where nothing was recognised};
        with `keep` the cells are filled already and their texts stay. widths: of the columns in characters, else as
        their texts need. emptied: cells whose text will go."""
        self._keep = keep
        wide = max(map(len, grid), default=0)
        self.blockSignals(True)
        self.clearSpans()
        self.clear()
        self.setRowCount(len(grid))
        self.setColumnCount(wide)
        self.setHorizontalHeaderLabels([column_letter(number) for number in range(wide)])
        self._places = {}
        for row, texts in enumerate(grid):
            for column, text in enumerate(texts):
                self._put(row, column, text, filled, emptied)
        merged = self._merge(spans, len(grid), wide)
        self._set_widths(widths, merged)
        self._let_overflow(merged)
        self.blockSignals(False)

    def _merge(self, spans: Sequence[tuple[int, int, int, int]], high: int, wide: int) -> set[tuple[int, int]]:
        """Titles stand over all their columns; the cells that do."""
        merged = set()
        for top, left, rows, columns in spans:
            if top >= high or left >= wide or rows * columns < 2:
                continue
            rows, columns = min(rows, high - top), min(columns, wide - left)
            if rows * columns > 1:
                self.setSpan(top, left, rows, columns)
            if columns > 1:
                merged.add((top, left))
        return merged

    def _let_overflow(self, merged: set[tuple[int, int]]) -> None:
        """As in Excel: a merged title stands in the middle where all of it is seen, and a long text goes on over empty
        neighbours."""
        for row in range(min(self.rowCount(), MEASURED)):
            for column in range(self.columnCount()):
                item = self.item(row, column)
                if item is None or not item.text() or self.columnSpan(row, column) > 1 or self.rowSpan(row, column) > 1:
                    continue
                needed = self.fontMetrics().horizontalAdvance(item.text()) + 2 * MARGIN
                over, wide = 1, self.columnWidth(column)
                while wide < needed and self._is_free(row, column + over):
                    wide += self.columnWidth(column + over)
                    over += 1
                if over > 1:
                    self.setSpan(row, column, 1, over)
        for row, column in merged:
            whole = sum(self.columnWidth(column + each) for each in range(self.columnSpan(row, column)))
            if (item := self.item(row, column)) is not None and whole <= self.viewport().width():
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)

    def _is_free(self, row: int, column: int) -> bool:
        if column >= self.columnCount() or self.columnSpan(row, column) > 1 or self.rowSpan(row, column) > 1:
            return False
        item = self.item(row, column)
        return f"{column_letter(column)}{row + 1}" not in self._places and (item is None or not item.text())

    def _set_widths(self, widths: Sequence[float], merged: set[tuple[int, int]]) -> None:
        metrics = QFontMetrics(QFont(self.font().family(), round(theme.TABLE)))
        for column in range(self.columnCount()):
            if column < len(widths):
                self.setColumnHidden(column, not widths[column])
                needed = round(widths[column] * CHARACTER) + MARGIN
            else:
                self.setColumnHidden(column, False)
                texts = [
                    item.text() for row in range(min(self.rowCount(), MEASURED))
                    if (row, column) not in merged and (item := self.item(row, column)) is not None
                ]  # fmt: skip
                needed = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 2 * MARGIN
            self.setColumnWidth(column, min(max(needed, NARROW), WIDEST if widths else WIDE))

    def _put(self, row: int, column: int, text: str, filled: Mapping[str, str], emptied: Collection[str]) -> None:
        cell = f"{column_letter(column)}{row + 1}"
        item = QTableWidgetItem(" ".join(text.split()))
        item.setToolTip(theme.tip(text))
        if cell in filled:
            self._fill(item, filled[cell])
            self._places[cell] = item
        elif cell in emptied:
            font = QFont(self.font())
            font.setStrikeOut(True)
            item.setFont(font)
            item.setForeground(QBrush(QColor(theme.INK_SOFT)))
            item.setToolTip(theme.tip(say("form-emptied", text=text)))
        elif text.startswith("="):
            item.setText(say("form-formula"))
            item.setToolTip(theme.tip(text))
            item.setForeground(QBrush(QColor(theme.INK_SOFT)))
        self.setItem(row, column, item)

    def _fill(self, item: QTableWidgetItem, said: str) -> None:
        """A place of the form: what will stand there, or that nobody knows."""
        if self._keep:
            item.setForeground(QBrush(QColor(theme.ACCENT)))
            return
        item.setText(said or UNKNOWN)
        item.setToolTip(theme.tip(said or say("form-unrecognised")))
        item.setBackground(QBrush(QColor(theme.ACCENT_SOFT if said else "#FDF1DF")))
        item.setForeground(QBrush(QColor(theme.ACCENT if said else theme.ATTENTION)))
        font = QFont(self.font())
        font.setBold(True)
        item.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pressed(self.currentRow(), self.currentColumn(), self.opened)
            return
        super().keyPressEvent(event)

    def _pressed(self, row: int, column: int, how: SignalInstance | None = None) -> None:
        cell = f"{column_letter(column)}{row + 1}"
        if row < 0 or column < 0:
            return
        if cell in self._places:
            (how or self.place).emit(cell)
        elif how is not None:
            self.other.emit(cell)

    def look_at(self, cell: str) -> None:
        """Make a place the current one, and bring it into view."""
        if (item := self._places.get(cell)) is not None:
            self.blockSignals(True)
            self.setCurrentItem(item)
            self.scrollToItem(item)
            self.blockSignals(False)
