"""What a row number becomes when rows are inserted below a block: in cells, ranges and formulas.

Excel does this by itself; openpyxl does not, so a superior's sums would lose the people we fill in. The
rules are Excel's own, but a range that ends with the block grows with it: SUM(B5:B5) -> SUM(B5:B104).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.cell_range import CellRange

_SHEET = r"(?P<sheet>(?:'(?:[^']|'')+'|[^'!\[\]:]+)!)?"
_CELL = r"(?P<{0}c>\$?[A-Za-z]{{1,3}})(?P<{0}d>\$?)(?P<{0}r>\d{{1,7}})"
_REFERENCE = re.compile(f"{_SHEET}{_CELL.format('a')}(?::{_CELL.format('b')})?")
_WHOLE_ROWS = re.compile(rf"{_SHEET}(?P<ac>)(?P<ad>\$?)(?P<ar>\d+):(?P<bc>)(?P<bd>\$?)(?P<br>\d+)")

_SUMMING = ("SUM(", "COUNT(", "COUNTA(", "AVERAGE(", "MAX(", "MIN(")
_CHOOSING = ("COUNTIF(", "SUMIF(", "AVERAGEIF(")
"""Functions that count over their first argument by the condition in the second."""
_LAST_ROW = 1 << 20

Piece = str | int
"""Of a formula to be repeated: text as it is, or a row number that moves with the record."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """`extra` rows go in below the block of rows first..last of one sheet.

    height: rows that one record takes, where the block has lines for several; 0: the block is one record's.
    """

    sheet: str
    first: int
    last: int
    extra: int
    height: int = 0

    def row(self, row: int) -> int:
        """Where a row goes; what reaches to the end of the sheet cannot reach further."""
        return min(row + self.extra, _LAST_ROW) if row > self.last else row

    def cell(self, place: str) -> str:
        """Where a single cell goes, as A1."""
        column, row = coordinate_from_string(place)
        return f"{column}{self.row(row)}"

    def span(self, top: int, bottom: int) -> tuple[int, int]:
        """Where a range of rows goes; one that holds the whole block grows."""
        grows = top <= self.first and bottom >= self.last
        return self.row(top), min(bottom + self.extra, _LAST_ROW) if grows else self.row(bottom)

    def is_one_record_s(self, cells: CellRange) -> bool:
        """Do the cells lie within the rows of one record? Then they stay with it and are repeated."""
        height = self.height or self.last - self.first + 1
        top, bottom = (row - self.first for row in (cells.min_row, cells.max_row))
        return bool(self.first <= cells.min_row and cells.max_row <= self.last and top // height == bottom // height)

    def area(self, cells: CellRange) -> str:
        """Where a range of cells goes, as A1:B2 (A1 for a single cell)."""
        top, bottom = self.span(cells.min_row, cells.max_row)
        moved = CellRange(min_col=cells.min_col, min_row=top, max_col=cells.max_col, max_row=bottom)
        return str(moved.coord)

    def areas(self, text: str, separator: str = " ") -> str:
        """The same for several ranges written in one text; whole columns stay, some programs write them so."""
        return separator.join(self._any_area(part) for part in text.replace(",", " ").split())

    def _any_area(self, part: str) -> str:
        if rows := re.fullmatch(r"\$?(\d+):\$?(\d+)", part):
            top, bottom = self.span(int(rows[1]), int(rows[2]))
            return f"{top}:{bottom}"
        return self.area(CellRange(part)) if any(map(str.isdigit, part)) else part

    def bare(self, text: str, sheet: str, at_row: int = 0, *, series: bool = False) -> str:
        """A formula as files keep it, without its =; what is no formula stays as it is."""
        try:
            return self.formula(f"={text}", sheet, at_row, series=series)[1:]
        except (TokenizerError, IndexError):
            return text

    def formula(self, text: str, sheet: str, at_row: int = 0, *, series: bool = False) -> str:
        """A formula (with its =) that stands on `sheet` in `at_row`, with its references moved.

        Inside the block, relative ranges over the record's own rows (SUM(C5:F5)) do not grow. Outside,
        SUM(B5) means the column of records as SUM(B5:B5) does, and so does a chart's `series` of one cell.
        """
        if sheet != self.sheet and self.sheet.replace("'", "''").casefold() not in text.casefold():
            return text
        inside = sheet == self.sheet and self.first <= at_row <= self.last

        def moved(found: re.Match[str], summed: bool) -> str:
            if not _means(found, sheet, self.sheet):
                return found.group()
            top = int(found["ar"])
            if found["br"] is None:
                if (summed or series) and not inside and top == self.first == self.last and self.extra:
                    return f"{found.group()}:{found['ac']}{found['ad']}{top + self.extra}"
                return _written(found, self.row(top), None)
            bottom = int(found["br"])
            if inside and bottom <= self.last and not (found["ad"] and found["bd"]):
                return found.group()
            return _written(found, *self.span(top, bottom))

        return _replaced(text, moved)


def repeated(text: str, sheet: str, last: int) -> list[Piece]:
    """A formula of a block that ends with row `last`, cut so that its relative rows move with the record.

    References below the block (a total, a rate) stand still, absolute ones too.
    """
    pieces: list[Piece] = []

    def cut(found: re.Match[str], summed: bool) -> str:
        if not _means(found, sheet, sheet):
            return found.group()
        return _written(found, _moving(found, "a", last) or "", _moving(found, "b", last))

    for part in re.split("(\0\\d+\0)", _replaced(text, cut)):
        pieces.append(int(part[1:-1]) if part.startswith("\0") else part)
    return pieces


def _moving(found: re.Match[str], end: str, last: int) -> str | None:
    row = found[f"{end}r"]
    if row is None or found[f"{end}d"] or int(row) > last:
        return row
    return f"\0{row}\0"


def _means(found: re.Match[str], here: str, sheet: str) -> bool:
    """Does the reference, written on sheet `here`, speak of `sheet`?"""
    named = found["sheet"]
    if named is None:
        return here == sheet
    return bool(named[:-1].strip("'").replace("''", "'").casefold() == sheet.casefold())


def _written(found: re.Match[str], top: int | str, bottom: int | str | None) -> str:
    text = f"{found['sheet'] or ''}{found['ac']}{found['ad']}{top}"
    return text if bottom is None else f"{text}:{found['bc']}{found['bd']}{bottom}"


def _replaced(text: str, change: Callable[[re.Match[str], bool], str]) -> str:
    """The formula with each of its references passed through `change`; names and texts are left alone.

    change: takes the reference, and whether it is all that a summing function is given.
    """
    parts = ["="]
    tokens = Tokenizer(text).items
    for number, token in enumerate(tokens):
        value = str(token.value)
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            found = _REFERENCE.fullmatch(value) or _WHOLE_ROWS.fullmatch(value)
            before = tokens[number - 1].value.upper() if number else ""
            after = tokens[number + 1].value if number + 1 < len(tokens) else ""
            summed = (before in _SUMMING and after == ")") or (before in _CHOOSING and after == ",")
            value = change(found, summed) if found else value
        parts.append(value)
    return "".join(parts)
