"""A workbook or text file as grids of cells: recognised by content, refused with a reason, never half read.

.xlsx, .xls, .ods through python-calamine (measured: ten times openpyxl's speed); .csv in UTF-8, UTF-16 and
GB18030. Row and column numbers are those of the sheet as Excel shows it.

Longer than most files: every kind of file is told from the others in one place.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import python_calamine as calamine

from app.domain.cells import column_letter as column_letter
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, check, give_back, never, unless
from app.exchange.extents import LARGEST_AREA, MOST_COLUMNS, most_cells, refuse_bombs, refuse_far_cells

if TYPE_CHECKING:
    from app.exchange.hidden import Layout

LARGEST_TEXT = 120_000_000
"""Bytes of a text or an old .xls: 250,000 rows have some 60 MB."""
LONGEST_LINE = 5_000_000
Grid = list[list[Any]]
Range = tuple[tuple[int, int], tuple[int, int]]
MERGED = 5_000_000
"""Cells that merged ranges may fill: overlapping ones could fill each cell again and again."""
_CHECKED = 10_000
"""Rows between two questions whether to stop."""
_LARGE = 50_000
"""Rows of a sheet whose reading takes noticeable memory."""
_MOST_KNOWN = 20_000
"""Different texts that are looked for again."""
_MOST_BROKEN = 50
"""Characters of a text that cannot be read; with more of them it is something else."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MACROS = "_VBA_PROJECT".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet. grid: its cells from A1 on, merged cells filled downwards; all rows are equally long, empty cells "".

    merged: ((top, left), (bottom, right)); hidden rows and columns; all counted from 0.
    """

    grid: Grid
    merged: Sequence[Range] = ()
    hidden_rows: AbstractSet[int] = frozenset()
    hidden_columns: AbstractSet[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """An open file of tables. sheets: those that are shown; hidden: the others, which can be asked for by name."""

    path: Path
    sheets: tuple[str, ...]
    _book: Any = None
    _pages: Mapping[str, Page] | None = None
    hidden: tuple[str, ...] = ()
    _concealing: frozenset[str] | None = frozenset()
    """The parts that hide rows or columns; None: an OpenDocument file or an old .xls, of which that is not known yet."""
    told: tuple[Finding, ...] = ()
    """What was noticed in the file that people should be told of; with a sheet's title where it is of one sheet."""
    _found: list[dict[str, Layout]] = field(default_factory=list, compare=False, repr=False)
    _cancelled: Cancelled = never
    _most: int = LARGEST_AREA
    """Cells that a sheet may span."""

    def grid(self, sheet: str) -> Grid:
        return self.page(sheet).grid

    def page(self, sheet: str) -> Page:
        """Raises UserError: sheet-unknown, sheet-far-cell, file-damaged, cancelled."""
        if sheet not in self.sheets and sheet not in self.hidden:
            raise UserError("sheet-unknown", sheet=sheet, sheets="、".join(self.sheets))
        if self._pages is not None:
            return self._pages[sheet]
        try:
            opened = unless(self._cancelled, lambda: self._book.get_sheet_by_name(sheet))
            self._must_fit(opened)
            rows = _grid(opened, self._cancelled)
        except (calamine.CalamineError, ValueError, OverflowError) as error:
            raise UserError("file-damaged", file=self.path.name) from error
        merged: Sequence[Range] = opened.merged_cell_ranges or ()
        if len(rows) > _LARGE:
            del opened
            give_back()
        concealed: tuple[AbstractSet[int], AbstractSet[int]] = frozenset(), frozenset()
        if self._concealing is None or self._concealing:
            if found := self._layouts().get(sheet):
                merged = merged or found.merged
                concealed = found.rows, found.columns
        fill_merged(rows, merged)
        return Page(rows, merged, *concealed)

    def _must_fit(self, opened: Any) -> None:
        """An old .xls may say less of itself than it holds. Raises UserError("sheet-far-cell")."""
        row, column = opened.end or (0, 0)
        if (row + 1) * (column + 1) > self._most:
            raise UserError("sheet-far-cell", file=self.path.name, cell=f"{column_letter(column)}{row + 1}")

    def _layouts(self) -> dict[str, Layout]:
        """Read once: a book may have a sheet for each building."""
        from app.exchange import hidden  # it loads an XML library, and few files have anything hidden

        if not self._found:
            self._found.append(hidden.layouts(self.path, self._concealing))
        return self._found[0]


def _grid(opened: Any, cancelled: Cancelled) -> Grid:
    """The cells from A1 on. Equal texts are one where they are few: of 250,000 rows they are 150 MB less.

    Raises UserError("cancelled").
    """
    margin = [""] * (opened.start or (0, 0))[1]
    known: dict[Any, Any] = {}
    rows: Grid = []
    for row in opened.iter_rows():
        if len(rows) % _CHECKED == 0:
            check(cancelled)
        rows.append(margin + [known.get(cell, cell) for cell in row])
        if len(known) < _MOST_KNOWN:
            known.update((cell, cell) for cell in row if type(cell) is str)
    return rows


def fill_merged(rows: Grid, ranges: Sequence[Any]) -> None:
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


def open_book(path: Path, cancelled: Cancelled = never) -> Book:
    """Open any file of tables. cancelled: asked now, and whenever the book is read.

    Raises UserError: cancelled, file-missing, file-unreadable, file-empty, file-encrypted, file-damaged, file-too-large,
    sheet-far-cell, file-web-page, file-unsafe, file-archive, file-binary-workbook, file-wps, file-word-old,
    file-type-unknown.
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
        return _archive(path, cancelled)
    if start[:8] == _OLE:
        if start[28:30] != b"\xfe\xff":  # the order of bytes, the same in all of them [MS-CFB 2.2]
            raise UserError(_unreadable(path, start), file=path.name)
        if path.stat().st_size > LARGEST_TEXT:
            raise UserError("file-too-large", file=path.name)
        return replace(_workbook(path), _cancelled=cancelled)
    if start.startswith(_ARCHIVES):
        raise UserError("file-archive", file=path.name)
    if start.startswith(_PICTURES) or start[:2] == b"PK":
        raise UserError("file-type-unknown", file=path.name)
    if _is_markup(start):
        raise UserError("file-web-page", file=path.name)
    return _text(path, start)


def _archive(path: Path, cancelled: Cancelled) -> Book:
    """A workbook of our days, or a Word document."""
    noticed = refuse_bombs(path, cancelled)
    with zipfile.ZipFile(path) as archive:
        told = noticed.findings(archive)
        names = archive.NameToInfo.keys()
        is_word, is_ods = "word/document.xml" in names, "content.xml" in names
    if is_word and "xl/workbook.xml" not in names:
        from app.exchange.docx_tables import open_document  # it loads an XML library

        return open_document(path)
    concealing = None if is_ods else frozenset(noticed.concealing)
    return replace(_workbook(path), _concealing=concealing, told=told, _cancelled=cancelled)


def _is_markup(start: bytes) -> bool:
    """Some systems export a web page or XML and name it .xls; Excel opens it, with a question."""
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    return text.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version"))


def _workbook(path: Path) -> Book:
    data = path.read_bytes()
    if data[:8] == _OLE:
        refuse_far_cells(path, data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise UserError("file-encrypted", file=path.name) from None
    except (calamine.CalamineError, ValueError, OSError):
        raise UserError(_unreadable(path, data), file=path.name) from None
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.visible == calamine.SheetVisibleEnum.Visible
    ]
    names = tuple(visible or book.sheet_names)
    if not names:
        raise UserError("file-empty", file=path.name)
    hidden = tuple(
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.name not in names
    )
    told = (Finding("macros-not-run"),) if data[:8] == _OLE and _MACROS in data else ()
    concealing = None if data[:8] == _OLE else frozenset[str]()
    most = most_cells(len(data)) if data[:8] == _OLE else LARGEST_AREA
    return Book(path, names, book, None, hidden, concealing, told, _most=most)


def _is_locked(data: bytes) -> bool:
    """An encrypted .xlsx is a stream named EncryptedPackage; an encrypted .xls says FILEPASS after its start."""
    if data[:8] != _OLE:
        return False
    if "EncryptedPackage".encode("utf-16-le") in data:
        return True
    start = data.find(b"\x09\x08\x10\x00\x00\x06")
    return start >= 0 and b"\x2f\x00" in data[start + 20 : start + 60]


def _unreadable(path: Path, data: bytes) -> str:
    """Why the library cannot read it. An OLE file says by the names of its streams what it is."""
    if _is_locked(data):
        return "file-encrypted"
    if data[:8] != _OLE:
        return "file-damaged"
    if any(_is_stream(name, data) for name in ("Workbook", "Book")):
        return "file-damaged"
    if path.suffix.lower() in _OF_WPS or _is_stream("ETExtData", data):
        return "file-wps"
    return "file-word-old" if _is_stream("WordDocument", data) else "file-type-unknown"


def _is_stream(name: str, data: bytes) -> bool:
    return (name + "\0").encode("utf-16-le") in data


_OF_WPS = (".et", ".ett")


# ---------------------------------------------------------------- text


def _text(path: Path, start: bytes) -> Book:
    if not any(_decodes(start, encoding) for encoding in _encodings(start)):
        raise UserError("file-wps" if path.suffix.lower() in _OF_WPS else "file-type-unknown", file=path.name)
    if path.stat().st_size > LARGEST_TEXT:
        raise UserError("file-too-large", file=path.name)
    data = path.read_bytes()
    text = _decoded(data)
    told: tuple[Finding, ...] = ()
    if text is None:
        text, told = _mended(data)
    if text is None or _is_noise(text[:10_000]):
        raise UserError("file-type-unknown", file=path.name)
    if len(text) > LONGEST_LINE and not re.search(r"[\r\n]", text[:LONGEST_LINE]):
        raise UserError("file-damaged", file=path.name)
    delimiter = _delimiter(text[:50_000])
    if text.count(delimiter) + text.count("\n") > LARGEST_AREA:
        raise UserError("file-too-large", file=path.name)
    try:
        rows: Grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise UserError("file-damaged", file=path.name) from None
    if '="' in text:
        rows = [[made[1] if (made := _MADE_TEXT.fullmatch(cell)) else cell for cell in row] for row in rows]
    return Book(path, (path.stem,), None, {path.stem: Page(even(path, rows))}, told=told)


_MADE_TEXT = re.compile(r'="([^"]*)"')
"""="0302": how programs write a text that Excel would take for a number."""


def separated(text: str) -> Grid:
    """Pasted text without tabs: by the sign, or the run of blanks, that cuts its lines."""
    sign = _delimiter(text[:50_000])
    if sign in text:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    return [re.split(r"[ \u3000]{2,}|\u3000", line.strip()) for line in text.splitlines()]


def _is_noise(sample: str) -> bool:
    """Bytes of something else happen to decode, but not without control characters."""
    control = sum(character < " " and character not in "\t\r\n\f\v" for character in sample)
    return "\0" in sample or control * 50 > len(sample)


def even(path: Path, rows: Grid) -> Grid:
    """Rows made equally long. Raises UserError("file-too-large")."""
    width = max(map(len, rows), default=0)
    if width > MOST_COLUMNS or width * len(rows) > LARGEST_AREA:
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


def _mended(data: bytes) -> tuple[str | None, tuple[Finding, ...]]:
    """A text of which a few bytes are broken, � in their place, and the lines that should be looked at."""
    for encoding in _encodings(data):
        text = data.decode(encoding, "replace")
        broken = text.count("�")
        if broken <= _MOST_BROKEN and broken * 100 <= len(text):
            lines = [at for at, line in enumerate(text.split("\n"), 1) if "�" in line]
            details = {"count": len(lines), "lines": "、".join(map(str, lines[:10]))}
            return text, (Finding("text-broken", lines[0], details=details),)
    return None, ()


def _decodes(start: bytes, encoding: str) -> bool:
    """Seen by the first bytes, of which the last character may be cut and a few may be broken."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
    return not _is_noise(text) and text.count("�") * 100 <= len(text)


def _encodings(data: bytes) -> tuple[str, ...]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    high, low = data[:2_000:2].count(0), data[1:2_000:2].count(0)
    if max(high, low) > len(data[:2_000]) // 20:  # UTF-16 without its mark: in it half of each comma is zero
        return ("utf-16-be",) if high > low else ("utf-16-le",)
    return ("utf-8-sig", "gb18030")
