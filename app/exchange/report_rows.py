"""The rows of a form that repeat: compiled once from the block's cells, then written as text per record.

A quarter of a million records are never held as cells: openpyxl writes the form around them, and their
rows are put into the sheet's XML as they are read (quality.md, report of 250,000 rows).
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

from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.xml.functions import tostring

from app.exchange.marks import MARK, cell_text
from app.exchange.shifting import repeated

Record = Mapping[str, Any]
Writer = Callable[[Record, int], str]
"""(record, number of the row in the sheet) -> the XML of one cell."""

INDEX = "index"
"""The mark of a record's running number, from 1: always there."""

_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 32767
"""Characters Excel takes in one cell."""
_EXACT = 10**15
"""Excel counts with 15 digits; a longer number is an identifier and stays text."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a sheet from `first` on, once for each record.

    rows: of each row its attributes and cell writers. cells: the form's own cells (comments, links).
    merged: ranges within the rows. marks: how many of the cells hold marks.
    """

    first: int
    rows: tuple[tuple[str, tuple[Writer, ...]], ...]
    cells: tuple[Any, ...]
    merged: tuple[Any, ...]
    marks: int
    records: Sequence[Record]

    @property
    def count(self) -> int:
        return max(1, len(self.records))

    @property
    def last(self) -> int:
        """The last row of the last record."""
        return self.first + len(self.rows) * self.count - 1

    @property
    def columns(self) -> list[int]:
        return [cell.column for cell in self.cells]

    def merged_areas(self) -> list[str]:
        """The merged ranges of all records."""
        named = [
            (get_column_letter(area.min_col), area.min_row, get_column_letter(area.max_col), area.max_row)
            for area in self.merged
        ]
        offsets = range(0, self.count * len(self.rows), len(self.rows))
        return [
            f"{left}{top + offset}:{right}{bottom + offset}" for left, top, right, bottom in named for offset in offsets
        ]

    def xml(self, number: int) -> str:
        """The rows of record `number`; where there is none, of an empty one."""
        record: Record = {INDEX: number + 1, **self.records[number]} if self.records else {}
        offset = number * len(self.rows)
        parts = []
        for row, (attributes, cells) in enumerate(self.rows, self.first + offset):
            parts.append(f'<row r="{row}"{attributes}>')
            parts += [cell(record, row) for cell in cells]
            parts.append("</row>")
        return "".join(parts)


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
    return _FORBIDDEN.sub("", text)[:_LONGEST]


def is_dangerous(text: str) -> bool:
    """Would a program that opens or re-saves the workbook take this text for a formula?"""
    return text.startswith(_DANGEROUS) or text.lstrip().startswith(_DANGEROUS)


def filled_text(text: str, record: Record) -> str:
    """A text with its marks replaced."""
    return MARK.sub(lambda found: safe_text(record.get(found[1])), text)


def quoted_style(cell: Any) -> int:
    """The id of the cell's style with the quote prefix, which keeps text text when a person edits it."""
    style = copy(cell._style)
    style.quotePrefix = 1
    return int(cell.parent.parent._cell_styles.add(style))


def compile_cell(cell: Any, last: int, once: Record) -> Writer:
    """How the cell is written for each record.

    last: the block's last row in the form. once: values of the marks that are the same for all.
    """
    text = cell_text(cell)
    if cell.data_type == "f":
        return _formula(cell, last)
    if not MARK.search(text):
        return _constant(cell)
    return _marked(cell, text, once)


def _start(cell: Any, style: int) -> Callable[[int], str]:
    """The cell's opening up to its type; column letters and style are the same in all rows."""
    letters = get_column_letter(cell.column)
    styled = f' s="{style}"' if style else ""
    return lambda row: f'<c r="{letters}{row}"{styled}'


def _constant(cell: Any) -> Writer:
    start, rest = _start(cell, cell.style_id), "/>"
    value = getattr(cell, "_value", None)
    if isinstance(value, CellRichText):
        rest = f' t="inlineStr">{tostring(value.to_tree()).decode()}</c>'
    elif value is not None and value != "":
        if cell.data_type == "s":
            rest = _inline(str(value))
        elif cell.data_type == "d":
            rest = f"><v>{to_excel(value, cell.parent.parent.epoch)}</v></c>"
        else:
            shown = int(value) if isinstance(value, bool) else value
            rest = f' t="{cell.data_type}"><v>{escape(str(shown))}</v></c>'
    return lambda record, row: start(row) + rest


def _inline(text: str) -> str:
    kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f' t="inlineStr"><is><t{kept}>{escape(_ESCAPE_LIKE.sub("_x005F_", text))}</t></is></c>'


def _formula(cell: Any, last: int) -> Writer:
    start, value = _start(cell, cell.style_id), cell._value
    if isinstance(value, DataTableFormula):
        return lambda record, row: f"{start(row)}/>"
    array = isinstance(value, ArrayFormula)
    pieces = [
        escape(piece) if isinstance(piece, str) else piece - cell.row
        for piece in repeated(str(value.text if array else value), cell.parent.title, last)
    ]
    pieces[0] = str(pieces[0])[1:]  # the file keeps no =

    def write(record: Record, row: int) -> str:
        text = "".join(piece if isinstance(piece, str) else str(row + piece) for piece in pieces)
        kind = f' t="array" ref="{cell.column_letter}{row}"' if array else ""
        return f"{start(row)}><f{kind}>{text}</f><v/></c>"

    return write


def _marked(cell: Any, text: str, once: Record) -> Writer:
    plain, quoted = _start(cell, cell.style_id), _start(cell, quoted_style(cell))
    dated, epoch = is_date_format(cell.number_format), cell.parent.parent.epoch
    alone = MARK.fullmatch(text.strip())
    name = alone[1] if alone else ""

    def write(record: Record, row: int) -> str:
        if alone:
            value = record[name] if name in record else once.get(name)
            number = as_number(value, dated=dated, epoch=epoch)
            if number is not None:
                return f"{plain(row)}><v>{number}</v></c>"
            shown = safe_text(value)
        else:
            shown = filled_text(text, {**once, **record})
        if not shown:
            return f"{plain(row)}/>"
        return (quoted if is_dangerous(shown) else plain)(row) + _inline(shown)

    return write


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
        return int(serial) if serial == int(serial) else float(serial)
    return None
