"""Where a form repeats: the rows with marks of a record, and the empty lines below that are made for more of them."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from openpyxl.worksheet.cell_range import CellRange

from app.exchange.marks import MARK
from app.exchange.report_rows import INDEX
from app.exchange.sheetxml import M, Strings, Styles, column_of, placed
from app.exchange.shifting import repeated

_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows first..last of a form stand for one record; `count` such groups of rows, the first included, stand there.

    running: place of each cell of the first group that numbers the lines -> its number.
    """

    first: int
    last: int
    count: int
    running: dict[str, int]

    @property
    def height(self) -> int:
        return self.last - self.first + 1

    @property
    def end(self) -> int:
        """The last row of the last line."""
        return self.first + self.height * self.count - 1

    def extra(self, records: int) -> int:
        """Rows that must be inserted for so many records."""
        return max(0, records - self.count) * self.height


def lines_of(root: Any, sheet: str, repeating: Set[str], strings: Strings, styles: Styles) -> list[Lines]:
    """The repeating rows of a sheet, from the top; adjoining ones belong to one record."""
    rows = dict(placed(root))
    marked = [
        number
        for number, row in sorted(rows.items())
        if any(not repeating.isdisjoint(MARK.findall(strings.text(cell))) for cell in row.iterfind(f"{M}c"))
    ]
    found: list[tuple[int, int]] = []
    for number in marked:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    merged = [CellRange(each.get("ref")) for each in root.iterfind(f"{M}mergeCells/{M}mergeCell")]
    form = _Form(sheet, rows, merged, strings, styles)
    return [form.lines(first, last) for first, last in found]


@dataclass(frozen=True, slots=True)
class _Form:
    sheet: str
    rows: dict[int, Any]
    merged: list[CellRange]
    strings: Strings
    styles: Styles

    def lines(self, first: int, last: int) -> Lines:
        height, count = last - first + 1, 1
        running = self._running(first, last)
        if not running and not self._has_borders(first, last):
            return Lines(first, last, 1, {})
        while self._is_line(first, last, count * height, running):
            count += 1
        return Lines(first, last, count, running if count > 1 else {})

    def _cells(self, row: int) -> dict[int, Any]:
        return {column_of(cell): cell for cell in self.rows[row].iterfind(f"{M}c")} if row in self.rows else {}

    def _has_borders(self, first: int, last: int) -> bool:
        return any(
            self.styles.bordered(_style(cell)) for row in range(first, last + 1) for cell in self._cells(row).values()
        )

    def _number(self, cell: Any) -> int | None:
        """The whole number a cell shows, typed as a number or as text."""
        if cell is None or cell.find(f"{M}f") is not None:
            return None
        shown = self.strings.text(cell) or (cell.findtext(f"{M}v") or "" if cell.get("t", "n") == "n" else "")
        return int(shown) if _NUMBER.fullmatch(shown.strip()) else None

    def _running(self, first: int, last: int) -> dict[str, int]:
        """Numbers of the first line that are one higher in the line below it."""
        found = {}
        for row in range(first, last + 1):
            below = self._cells(row + last - first + 1)
            for column, cell in self._cells(row).items():
                number = self._number(cell)
                if number is not None and self._number(below.get(column)) == number + 1:
                    found[cell.get("r")] = number
        return found

    def _is_line(self, first: int, last: int, offset: int, running: dict[str, int]) -> bool:
        """Are the rows `offset` below the first line a further, empty line?"""
        if self._merged(first, last, 0) != self._merged(first, last, offset):
            return False
        number = offset // (last - first + 1)
        for row in range(first, last + 1):
            model, cells = self._cells(row), self._cells(row + offset)
            if row + offset not in self.rows or any(
                _style(model.get(column)) != _style(cells.get(column))
                or not self._is_empty(model.get(column), cells.get(column), number, offset, running)
                for column in {*model, *cells}
            ):
                return False
        return True

    def _merged(self, first: int, last: int, offset: int) -> set[tuple[int, int, int, int]]:
        return {
            (area.min_col, area.min_row - offset, area.max_col, area.max_row - offset)
            for area in self.merged
            if first + offset <= area.min_row and area.max_row <= last + offset
        }

    def _is_empty(self, model: Any, cell: Any, number: int, offset: int, running: dict[str, int]) -> bool:
        """Nothing that a person wrote: no value, a running number, or what the first line has in this column."""
        if cell is None:
            return True
        formula, text = cell.findtext(f"{M}f"), self.strings.text(cell)
        if model is not None and model.get("r") in running:
            return self._number(cell) == running[model.get("r")] + number
        if formula is not None:
            own = model.findtext(f"{M}f") if model is not None else None
            return own is not None and _moved(own, self.sheet, offset) == _moved(formula, self.sheet, 0)
        value = text or cell.findtext(f"{M}v") or ""
        if not value.strip():
            return True
        if model is None:
            return False
        models = self.strings.text(model) or model.findtext(f"{M}v") or ""
        counts = INDEX in MARK.findall(models) and self._number(cell) == number + 1
        return counts or (value == models and not MARK.search(value))


def _style(cell: Any) -> int:
    return int(cell.get("s") or 0) if cell is not None else 0


def _moved(formula: str, sheet: str, offset: int) -> str:
    pieces = repeated(f"={formula}", sheet, 1 << 20)
    return "".join(piece if isinstance(piece, str) else str(piece + offset) for piece in pieces)
