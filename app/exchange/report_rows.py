"""The rows of a form that repeat: compiled once from the block's cells, then written as text per record.

A quarter of a million records are never held as cells: the form's part goes out as it is, and their rows are put
into it as they are read (quality.md, report of 250,000 rows).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.cell_range import CellRange

from app.exchange.marks import MARK, replaced
from app.exchange.sheetxml import M, Run, Strings, Styles, attributes, inline
from app.exchange.shifting import repeated

Record = Sequence[Any]
"""The values of one record, in the order of the block's names; the first is its number, from 1."""
Writer = Callable[[Record, int], str]
"""(record, number of the row in the sheet) -> the XML of one cell."""

INDEX = "index"
"""The mark of a record's running number: always there."""

_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 32767
"""Characters Excel takes in one cell, an emoji for two."""
_FITS = _LONGEST // 2
"""Characters that fit whatever they are."""
_EXACT = 10**15
"""Excel counts with 15 digits; a longer number is an identifier and stays text."""


def safe_text(value: Any) -> str:
    """A value as text that a workbook can hold: lists joined, forbidden characters and overlength cut."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "、".join(safe_text(each) for each in value)
    if isinstance(value, Mapping):
        return " ".join(safe_text(each) for each in value.values())
    if value is None:
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return _cut(_FORBIDDEN.sub("", text), _LONGEST)


def _cut(text: str, longest: int) -> str:
    """The text cut to as many characters as Excel counts them."""
    if len(text) * 2 <= longest:
        return text
    return text.encode("utf-16-le")[: 2 * max(0, longest)].decode("utf-16-le", "ignore")


def fitting(runs: Sequence[Run]) -> list[Run]:
    """The runs of one cell without the empty ones, cut to what a cell takes."""
    if sum(len(run.text) for run in runs) > _FITS:
        left, cut = _LONGEST, []
        for run in runs:
            cut.append(Run(_cut(run.text, left), run.format))
            left -= len(cut[-1].text.encode("utf-16-le")) // 2
        runs = cut
    return [run for run in runs if run.text]


def is_dangerous(text: str) -> bool:
    """Would a program that opens or re-saves the workbook take this text for a formula?"""
    return text.startswith(_DANGEROUS) or text.lstrip().startswith(_DANGEROUS)


def quoted_style(cell: Any) -> int:
    """For workbooks made with openpyxl: the id of the cell's style with the quote prefix."""
    style = copy(cell._style)
    style.quotePrefix = 1
    return int(cell.parent.parent._cell_styles.add(style))


def as_number(value: Any, *, dated: bool, epoch: Any) -> int | float | None:
    """The number that goes into a cell for a value, None if the value is to be text.

    A date becomes a serial number only where the form's cell shows dates.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value if abs(value) < _EXACT else None
    if isinstance(value, float):
        return value if math.isfinite(value) and abs(value) < _EXACT else None
    if not dated:
        return None
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    if isinstance(value, (date, time, timedelta)):
        serial = to_excel(value, epoch)
        if isinstance(value, date) and serial < (0 if epoch == CALENDAR_MAC_1904 else 1):
            return None  # Excel knows no such day
        return int(serial) if serial == int(serial) else float(serial)
    return None


def value_xml(value: Any, style: int, styles: Styles, prefix: str = "") -> tuple[int, str]:
    """(style, the cell's XML after its `s`) for one value, of whatever kind."""
    p = prefix
    number = as_number(value, dated=styles.dated(style), epoch=styles.epoch)
    if number is not None:
        return style, f"><{p}v>{number}</{p}v></{p}c>"
    text = safe_text(value)
    if not text:
        return style, "/>"
    return _text_xml([Run(text)], style, styles.quoted(style) if is_dangerous(text) else style, p)


def _text_xml(runs: Sequence[Run], plain: int, quoted: int, p: str) -> tuple[int, str]:
    dangerous = is_dangerous("".join(run.text for run in runs))
    return (quoted if dangerous else plain), f' t="inlineStr">{inline(runs, p)}</{p}c>'


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a sheet from `first` on, once for each record.

    rows: of each row its attributes and cell writers. count: records, at least one row is written. columns: those
    with cells.
    merged: ranges (left column, first row, right column, last row) within the first record. there: records
    whose lines stood in the form, so that their merged ranges do, too.
    """

    first: int
    rows: tuple[tuple[str, tuple[Writer, ...]], ...]
    merged: tuple[tuple[str, int, str, int], ...]
    there: int
    count: int
    records: Sequence[Record]
    columns: tuple[int, ...]
    prefix: str = ""

    @property
    def last(self) -> int:
        """The last row of the last record."""
        return self.first + len(self.rows) * self.count - 1

    def merged_areas(self, start: int, stop: int) -> list[str]:
        """The merged ranges of the records start..stop that are not in the form."""
        offsets = range(start * len(self.rows), stop * len(self.rows), len(self.rows))
        return [
            f"{left}{top + offset}:{right}{bottom + offset}"
            for left, top, right, bottom in self.merged
            for offset in offsets
        ]

    def xml(self, start: int, stop: int) -> str:
        """The rows of the records start..stop."""
        height, p = len(self.rows), self.prefix
        row, end, parts = self.first + start * height, f"</{p}row>", []
        for record in self.records[start:stop]:
            for said, writers in self.rows:
                parts.append(f'<{p}row r="{row}"{said}>')
                parts += [write(record, row) for write in writers]
                parts.append(end)
                row += 1
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Compiler:
    """What it takes to turn a block's cells into writers. sheet: title; last: the block's last line in the form.

    names: place of each mark's value in a record. running: numbers that count on from line to line.
    """

    sheet: str
    last: int
    names: Mapping[str, int]
    strings: Strings
    styles: Styles
    prefix: str
    running: Mapping[str, int]

    def row(self, row: Any, number: int) -> tuple[str, tuple[Writer, ...]]:
        """A row's attributes and how its cells are written."""
        return attributes(row, ("r",)), tuple(self.cell(cell, number) for cell in row.iterfind(f"{M}c"))

    def cell(self, cell: Any, row: int) -> Writer:
        """How a cell of `row` is written for each record."""
        style, p = int(cell.get("s") or 0), self.prefix
        letters = cell.get("r").rstrip("0123456789")
        rest = attributes(cell, ("r", "s", "t"))
        opened = f'<{p}c r="{letters}'
        plain, quoted = f'"{rest}', f'"{rest}'
        plain += f' s="{style}"' if style else ""
        if cell.find(f"{M}f") is not None:
            return self._formula(cell, row, opened, plain)
        runs = self.strings.runs(cell)
        text = "".join(run.text for run in runs)
        if not MARK.search(text):
            return self._constant(cell, runs, opened, plain)
        quoted += f' s="{self.styles.quoted(style)}"' if style or self.styles.quoted(style) else ""
        alone = MARK.fullmatch(text.strip())
        if alone and not any(run.format for run in runs):
            return self._alone(self.names[alone[1]], self.styles.dated(style), opened, plain, quoted)
        return self._mixed(runs, opened, plain, quoted)

    def _constant(self, cell: Any, runs: list[Run], opened: str, plain: str) -> Writer:
        p = self.prefix
        if (start := self.running.get(cell.get("r"))) is not None:
            text = bool(runs)

            def count(record: Record, row: int) -> str:
                number = start + (record[0] or 1) - 1
                if text:
                    return f'{opened}{row}{plain} t="inlineStr">{inline([Run(str(number))], p)}</{p}c>'
                return f"{opened}{row}{plain}><{p}v>{number}</{p}v></{p}c>"

            return count
        value, kind = cell.findtext(f"{M}v"), cell.get("t", "n")
        rest = "/>"
        if runs and any(run.text for run in runs):
            rest = f' t="inlineStr">{inline(runs, p)}</{p}c>'
        elif value:
            rest = f' t="{kind}"><{p}v>{escape(value)}</{p}v></{p}c>'
        return lambda record, row: f"{opened}{row}{plain}{rest}"

    def _formula(self, cell: Any, at: int, opened: str, plain: str) -> Writer:
        formula, p = cell.find(f"{M}f"), self.prefix
        kind = formula.get("t", "")
        if kind == "dataTable" or not formula.text:
            return lambda record, row: f"{opened}{row}{plain}/>"
        pieces = [
            escape(piece) if isinstance(piece, str) else piece - at
            for piece in repeated(f"={formula.text}", self.sheet, self.last)
        ]
        pieces[0] = str(pieces[0])[1:]  # the file keeps no =
        letters = cell.get("r").rstrip("0123456789")
        right = get_column_letter(CellRange(formula.get("ref") or cell.get("r")).max_col)

        def write(record: Record, row: int) -> str:
            text = "".join(piece if isinstance(piece, str) else str(row + piece) for piece in pieces)
            area = f"{letters}{row}" + (f":{right}{row}" if right != letters else "")
            array = f' t="array" ref="{area}"' if kind == "array" else ""
            return f"{opened}{row}{plain}><{p}f{array}>{text}</{p}f></{p}c>"

        return write

    def _alone(self, at: int, dated: bool, opened: str, plain: str, quoted: str) -> Writer:
        """A cell that holds one mark and nothing else: by far the most, so most values pass without being looked
        at closely. A text of letters and digits needs no escape and is no formula."""
        p, epoch = self.prefix, self.styles.epoch
        before, after = f' t="inlineStr"><{p}is><{p}t>', f"</{p}t></{p}is></{p}c>"

        def write(record: Record, row: int) -> str:
            value = record[at]
            if value is None or value == "":
                return f"{opened}{row}{plain}/>"
            if type(value) is str and not dated and value.isalnum() and len(value) <= _FITS:
                return f"{opened}{row}{plain}{before}{value}{after}"
            number = as_number(value, dated=dated, epoch=epoch)
            if number is not None:
                return f"{opened}{row}{plain}><{p}v>{number}</{p}v></{p}c>"
            shown = safe_text(value)
            if not shown:
                return f"{opened}{row}{plain}/>"
            start = quoted if is_dangerous(shown) else plain
            return f'{opened}{row}{start} t="inlineStr">{inline([Run(shown)], p)}</{p}c>'

        return write

    def _mixed(self, runs: list[Run], opened: str, plain: str, quoted: str) -> Writer:
        p, names = self.prefix, self.names

        def write(record: Record, row: int) -> str:
            filled = fitting(replaced(runs, lambda name: safe_text(record[names[name]])))
            text = "".join(run.text for run in filled)
            if not text:
                return f"{opened}{row}{plain}/>"
            start = quoted if is_dangerous(text) else plain
            return f'{opened}{row}{start} t="inlineStr">{inline(filled, p)}</{p}c>'

        return write
