"""A workbook or text file as grids of cells: recognised by content, refused with a reason, never half read.

.xlsx, .xls, .ods through python-calamine (measured: ten times openpyxl's speed); .csv in UTF-8, UTF-16 and
GB18030. Row and column numbers are those of the sheet as Excel shows it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine as calamine

from app.domain.findings import UserError
from app.exchange.extents import LARGEST_AREA, refuse_bombs

LARGEST_TEXT = 200_000_000
Grid = list[list[Any]]
MERGED = 5_000_000
"""Cells that merged ranges may fill: overlapping ones could fill each cell again and again."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8", b"\x1f\x8b", b"{\\rtf")


@dataclass(frozen=True, slots=True)
class Book:
    """An open file of tables. `grid(sheet)` gives its cells from A1 on, merged cells filled downwards.

    All rows of a grid are equally long; empty cells are "".
    """

    path: Path
    sheets: tuple[str, ...]
    _book: Any = None
    _text: Grid | None = None

    def grid(self, sheet: str) -> Grid:
        if sheet not in self.sheets:
            raise UserError("sheet-unknown", sheet=sheet, sheets="、".join(self.sheets))
        if self._text is not None:
            return self._text
        try:
            opened = self._book.get_sheet_by_name(sheet)
            rows: Grid = opened.to_python(skip_empty_area=False)
        except (calamine.CalamineError, ValueError, OverflowError) as error:
            raise UserError("file-damaged", file=self.path.name) from error
        _fill_merged(rows, opened.merged_cell_ranges or ())
        return rows


def _fill_merged(rows: Grid, ranges: Sequence[Any]) -> None:
    """A cell merged over several rows speaks for all of them (室号 merged over a household)."""
    left_to_fill = MERGED
    for (top, left), (bottom, right) in ranges:
        if bottom == top or left != right or top >= len(rows) or left_to_fill < 0:
            continue
        last = min(bottom, len(rows) - 1)
        left_to_fill -= last - top
        for row in rows[top + 1 : last + 1]:
            if left < len(row) and row[left] in ("", None):
                row[left] = rows[top][left]


def open_book(path: Path) -> Book:
    """Open any file of tables.

    Raises UserError: file-missing, file-unreadable, file-empty, file-encrypted, file-damaged, file-too-large,
    sheet-far-cell, file-web-page, file-type-unknown.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise UserError("file-missing", file=str(path)) from None
    except OSError:
        raise UserError("file-unreadable", file=str(path)) from None
    if not start:
        raise UserError("file-empty", file=path.name)
    if start[:4] == b"PK\x03\x04":
        refuse_bombs(path)
        return _workbook(path)
    if start[:8] == _OLE:
        return _workbook(path)
    if start.startswith(_PICTURES) or start[:2] == b"PK":
        raise UserError("file-type-unknown", file=path.name)
    if _is_markup(start):
        raise UserError("file-web-page", file=path.name)
    return _text(path)


def _is_markup(start: bytes) -> bool:
    """Some systems export a web page or XML and name it .xls; Excel opens it, with a question."""
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    return text.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version"))


def _workbook(path: Path) -> Book:
    data = path.read_bytes()
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise UserError("file-encrypted", file=path.name) from None
    except (calamine.CalamineError, ValueError, OSError):
        raise UserError("file-encrypted" if _is_locked(data) else _unknown(data), file=path.name) from None
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.visible == calamine.SheetVisibleEnum.Visible
    ]
    names = tuple(visible or book.sheet_names)
    if not names:
        raise UserError("file-empty", file=path.name)
    return Book(path, names, book)


def _is_locked(data: bytes) -> bool:
    """An encrypted .xlsx is a stream named EncryptedPackage; an encrypted .xls says FILEPASS after its start."""
    if data[:8] != _OLE:
        return False
    if "EncryptedPackage".encode("utf-16-le") in data:
        return True
    start = data.find(b"\x09\x08\x10\x00\x00\x06")
    return start >= 0 and b"\x2f\x00" in data[start + 20 : start + 60]


def _unknown(data: bytes) -> str:
    """An OLE file without a workbook in it is a Word document or something else."""
    named = any(name.encode("utf-16-le") in data for name in ("Workbook", "Book"))
    return "file-damaged" if named or data[:8] != _OLE else "file-type-unknown"


# ---------------------------------------------------------------- text


def _text(path: Path) -> Book:
    if path.stat().st_size > LARGEST_TEXT:
        raise UserError("file-too-large", file=path.name)
    text = _decoded(path.read_bytes())
    if text is None or _is_noise(text[:10_000]):
        raise UserError("file-type-unknown", file=path.name)
    delimiter = _delimiter(text[:50_000])
    if text.count(delimiter) + text.count("\n") > LARGEST_AREA:
        raise UserError("file-too-large", file=path.name)
    try:
        rows: Grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise UserError("file-damaged", file=path.name) from None
    return Book(path, (path.stem,), None, _even(path, rows))


def _is_noise(sample: str) -> bool:
    """Bytes of something else happen to decode, but not without control characters."""
    control = sum(character < " " and character not in "\t\r\n\f\v" for character in sample)
    return "\0" in sample or control * 50 > len(sample)


def _even(path: Path, rows: Grid) -> Grid:
    width = max(map(len, rows), default=0)
    if width * len(rows) > LARGEST_AREA:
        raise UserError("file-too-large", file=path.name)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return rows


def _delimiter(sample: str) -> str:
    """The sign that cuts most lines into the same number of cells, and into several."""
    lines = [line for line in sample.splitlines()[:100] if line.strip()]

    def worth(sign: str) -> tuple[int, int]:
        widths = Counter(line.count(sign) for line in lines if sign in line)
        return (max(widths.values()), max(widths)) if widths else (0, 0)

    return max("\t,;|", key=worth)


def _decoded(data: bytes) -> str | None:
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    high, low = data[:2_000:2].count(0), data[1:2_000:2].count(0)
    if max(high, low) > len(data[:2_000]) // 20:  # UTF-16 without its mark: in it half of each comma is zero
        return ("utf-16-be",) if high > low else ("utf-16-le",)
    return ("utf-8-sig", "gb18030")


def column_letter(index: int) -> str:
    """0 → A, 26 → AA: as Excel names columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
