"""A sheet of a form as a person sees it: merged cells say the same everywhere, borders tell what belongs to a table."""

from __future__ import annotations

from typing import Any

SHOWN_ROWS, SHOWN_COLUMNS = 60, 40


class Look:
    """A sheet's cells with merged ones spread, and what their borders say."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.title: str = sheet.title
        self.cells: dict[tuple[int, int], Any] = dict(sheet._cells)
        self._texts: dict[tuple[int, int], str] = {}
        self.merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        for area in sheet.merged_cells.ranges:
            box = (area.min_row, area.min_col, area.max_row, area.max_col)
            for row in range(area.min_row, min(area.max_row, area.min_row + 200) + 1):
                for column in range(area.min_col, area.max_col + 1):
                    self.merged[row, column] = box
        self.last_row = max((row for row, _ in self.cells), default=0)
        self.last_column = max((column for _, column in self.cells), default=0)

    def text(self, row: int, column: int) -> str:
        """What a person reads there, the merged cell's text in all its cells; formulas read as "=…"."""
        top, left, *_ = self.merged.get((row, column), (row, column, row, column))
        if (top, left) not in self._texts:
            self._texts[top, left] = "".join(self.raw(top, left).split())
        return self._texts[top, left]

    def raw(self, row: int, column: int) -> str:
        cell = self.cells.get((row, column))
        if cell is None or cell.value is None:
            return ""
        return (
            "=" + str(getattr(cell.value, "text", cell.value)).removeprefix("=")
            if cell.data_type == "f"
            else str(cell.value)
        )

    def starts(self, row: int, column: int) -> bool:
        """Not the inner cell of a merged one."""
        return (row, column) == self.merged.get((row, column), (row, column))[:2]

    def width(self, row: int, column: int) -> int:
        _, left, _, right = self.merged.get((row, column), (row, column, row, column))
        return right - left + 1

    def framed(self, row: int, column: int) -> bool:
        cell = self.cells.get((row, column))
        border = cell.border if cell is not None and cell.has_style else None
        return border is not None and any(
            side is not None and side.style for side in (border.bottom, border.top, border.left, border.right)
        )

    def filled_or_spread(self, row: int) -> list[int]:
        """Columns that say something in a row, also by a cell merged from above."""
        return [column for column in range(1, self.last_column + 1) if self.text(row, column)]

    def locked(self, row: int, column: int) -> bool:
        cell = self.cells.get((row, column))
        return bool(self.sheet.protection.sheet) and (cell is None or bool(cell.protection.locked))

    def picture(self) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, int, int, int], ...]]:
        """The first rows as they look, and the merged cells among them."""
        rows, columns = min(self.last_row, SHOWN_ROWS), min(self.last_column, SHOWN_COLUMNS)
        grid = tuple(tuple(self.raw(row, column) for column in range(1, columns + 1)) for row in range(1, rows + 1))
        boxes = sorted({box for box in self.merged.values() if box[0] <= rows and box[1] <= columns})
        return grid, tuple(
            (top - 1, left - 1, min(bottom, rows) - top + 1, min(right, columns) - left + 1)
            for top, left, bottom, right in boxes
        )

    def filled(self, row: int) -> list[int]:
        """Columns that say something in a row."""
        return [
            column for column in range(1, self.last_column + 1) if self.starts(row, column) and self.text(row, column)
        ]
