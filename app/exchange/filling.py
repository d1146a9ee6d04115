"""Values into single cells of a list that came down: every other byte of the sheet stays as it was.

A list may have a quarter of a million rows, so no tree is built: one pass finds where the cells stand, then they
are cut out of the sheet's bytes and the new ones put in.

Longer than most files: what is found in a sheet and what is put there share its offsets.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.worksheet.cell_range import CellRange

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, check, never
from app.exchange.package import LARGEST_LIST, Package, Stream, opened, written
from app.exchange.recalculating import ask_anew
from app.exchange.report_rows import value_xml
from app.exchange.sheetxml import Styles

_PIECE = 1 << 20
_STEP = 1_000
Wanted = dict[int, dict[int, Any]]
"""row -> column -> value"""


def fill_cells(
    source: Path | bytes,
    out: Path | BinaryIO,
    changes: Mapping[str, Mapping[str, Any]],
    *,
    cancelled: Cancelled = never,
) -> int:
    """Write values into cells, {sheet's title: {"B7": value}}, and say how many; None and "" empty a cell.

    Cells keep their format; a value becomes a number or date by the rules of `report_rows.as_number`, text never a
    formula. Raises UserError those of `package.opened`, sheet-unknown, cell-locked, cell-formula, cell-merged,
    report-over-template, report-unwritable, cancelled; then nothing is written.
    """
    if isinstance(source, Path) and isinstance(out, Path) and out.exists() and source.exists():
        if out.samefile(source):
            raise UserError("report-over-template", file=source.name)
    with opened(source, largest=LARGEST_LIST, largest_xml=LARGEST_LIST) as package:
        styles, parts = Styles(package), {sheet.title: sheet.part for sheet in package.worksheets}
        streams: dict[str, Stream] = {}
        for title, cells in changes.items():
            if title not in parts:
                raise UserError("sheet-unknown", sheet=title, sheets="、".join(parts))
            if cells:
                streams[parts[title]] = _filled(package, parts[title], _by_row(cells), title, styles, cancelled)
        if streams:
            ask_anew(package)
        written(package, out, streams)
    return sum(len(cells) for cells in changes.values())


def _by_row(cells: Mapping[str, Any]) -> Wanted:
    wanted: Wanted = {}
    for place, value in cells.items():
        letters, row = coordinate_from_string(place.upper())
        wanted.setdefault(row, {})[column_index_from_string(letters)] = value
    return wanted


def _filled(package: Package, part: str, wanted: Wanted, title: str, styles: Styles, cancelled: Cancelled) -> Stream:
    data = package.read(part)
    seen = _Sheet(data, wanted, package.name)
    seen.read(cancelled)
    _refuse(seen, title, styles)
    edits = seen.edits(styles)
    return partial(_spliced, data, edits, cancelled)


def _spliced(data: bytes, edits: list[tuple[int, int, bytes]], cancelled: Cancelled, part: BinaryIO) -> None:
    """edits: (from, to, what stands there instead), in order."""
    at, length = 0, 0
    waiting: list[bytes] = []
    for start, stop, new in [*edits, (len(data), len(data), b"")]:
        waiting += [data[at:start], new]
        length += start - at + len(new)
        at = stop
        if length > _PIECE or at == len(data):
            whole, waiting, length = b"".join(waiting), [], 0
            for begin in range(0, len(whole), _PIECE):
                check(cancelled)
                part.write(whole[begin : begin + _PIECE])


def _refuse(seen: _Sheet, title: str, styles: Styles) -> None:
    for row, columns in seen.wanted.items():
        for column in columns:
            place = f"{get_column_letter(column)}{row}"
            found = seen.found.get((row, column))
            if found is not None and found.formula:
                raise UserError("cell-formula", sheet=title, cell=place)
            if seen.protected and styles.locked(seen.style(row, column)) and not _within(seen.open, row, column):
                raise UserError("cell-locked", sheet=title, cell=place)
    for area in seen.merged:
        for row in range(area.min_row, area.max_row + 1):
            for column in seen.wanted.get(row, ()):
                if area.min_col <= column <= area.max_col and (row, column) != (area.min_row, area.min_col):
                    raise UserError(
                        "cell-merged", sheet=title, cell=f"{get_column_letter(column)}{row}", area=area.coord
                    )


def _within(areas: Iterable[Any], row: int, column: int) -> bool:
    return any(area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col for area in areas)


@dataclass(slots=True)
class _Cell:
    """A wanted cell that is there: its bytes from `start` to `stop`."""

    start: int
    style: int
    formula: bool
    stop: int


@dataclass(slots=True)
class _Row:
    """A wanted row: where it begins and ends, and for each column that lacks a cell the place for one.

    waiting: wanted columns that were not passed yet, the next one last.
    """

    start: int
    style: int
    waiting: list[int]
    stop: int
    places: dict[int, int] = field(default_factory=dict)


_REST = rb"""([^"'<>]*(?:"[^"<]*"[^"'<>]*|'[^'<]*'[^"'<>]*)*)>"""
_ANY = re.compile(rb"<([A-Za-z_][^\s/<>]*)" + _REST)
_NO_TAG = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.S)
_ATTRIBUTE = re.compile(rb"""([^\s"'=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})\d+["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")


@cache
def _tag(prefix: bytes, name: bytes) -> re.Pattern[bytes]:
    return re.compile(b"<" + re.escape(prefix + name) + rb"(?=[\s/>])" + _REST)


def _said(attributes: bytes) -> dict[str, str]:
    return {
        name.decode(): html.unescape((one or other).decode()) for name, one, other in _ATTRIBUTE.findall(attributes)
    }


@cache
def _letters(column: int) -> bytes:
    return str(get_column_letter(column)).encode()


@cache
def _column(letters: bytes) -> int:
    return int(column_index_from_string(letters.decode()))


def _closed(text: bytes, tag: re.Match[bytes], name: bytes) -> int:
    """Where the element that begins with a tag is over. Raises ValueError."""
    if tag[0].endswith(b"/>"):
        return tag.end()
    return text.index(b">", text.index(b"</" + name, tag.end())) + 1


class _Sheet:
    """What is found in a sheet's XML: the wanted rows and cells, and what is said around them.

    Places are offsets in its bytes. The parser only says whether they are sound XML; then every `<` begins a tag,
    so the few tags that matter are looked for, which takes a fifth of the time of being told of each (measured).
    """

    def __init__(self, data: bytes, wanted: Wanted, name: str) -> None:
        self.data, self.wanted, self._name = data, wanted, name
        self.found: dict[tuple[int, int], _Cell] = {}
        self.rows: dict[int, _Row] = {}
        self.protected = False
        self.open: list[Any] = []
        self.merged: list[Any] = []
        self._columns: list[tuple[int, int, int]] = []
        self._dimension: tuple[int, int, str] | None = None
        self._data = (0, 0)
        self._missing = sorted(wanted, reverse=True)
        self._before: dict[int, int] = {}
        self._p = ""

    def read(self, cancelled: Cancelled) -> None:
        """Raises UserError: template-damaged, cancelled."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_entities
        parser.XmlDeclHandler = self._declared
        try:
            for begin in range(0, len(self.data), _PIECE):
                check(cancelled)
                parser.Parse(self.data[begin : begin + _PIECE], False)
            parser.Parse(b"", True)
            self._look(cancelled)
        except (expat.ExpatError, ValueError, KeyError) as error:
            raise UserError("template-damaged", file=self._name) from error

    def _refuse_entities(self, *declared: Any) -> None:
        raise UserError("template-damaged", file=self._name)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding or "utf-8").casefold() not in ("utf-8", "utf8", "us-ascii"):
            raise UserError("template-damaged", file=self._name)

    def _look(self, cancelled: Cancelled) -> None:
        """Raises ValueError for a sheet without cells' place, or in UTF-16."""
        text = _NO_TAG.sub(lambda found: b" " * len(found[0]), self.data)
        root = _ANY.search(text)
        if root is None or b"worksheet" not in root[1]:
            raise ValueError("no worksheet")
        prefix = root[1].removesuffix(b"worksheet")
        self._p = prefix.decode()
        start = _tag(prefix, b"sheetData").search(text)
        if start is None:
            raise ValueError("no sheetData")
        stop = _closed(text, start, prefix + b"sheetData")
        self._data = (start.start(), stop)
        self._rows(text, start.end(), stop, cancelled)
        for begin, end in ((root.end(), start.start()), (stop, len(text))):
            for each in _ANY.finditer(text, begin, end):
                if each[1].startswith(prefix):
                    self._note(each[1][len(prefix) :].decode(), _said(each[2]), each)

    def _rows(self, text: bytes, at: int, stop: int, cancelled: Cancelled) -> None:
        prefix, number = self._p.encode(), 0
        tag, cell = _tag(prefix, b"row"), _tag(prefix, b"c")
        while self._missing and (row := tag.search(text, at, stop)):
            said, at = _said(row[1]), row.end()
            number = int(said.get("r") or number + 1)
            if number % _STEP == 0:
                check(cancelled)
            while self._missing and self._missing[-1] < number:
                self._before[self._missing.pop()] = row.start()
            if not self._missing or self._missing[-1] > number:
                continue
            self._missing.pop()
            style = int(said.get("s") or 0) if said.get("customFormat") in ("1", "true") else 0
            at = _closed(text, row, prefix + b"row")
            made = self.rows[number] = _Row(row.start(), style, sorted(self.wanted[number], reverse=True), at)
            self._cells(text, cell, row.end(), number, made)

    def _cells(self, text: bytes, tag: re.Pattern[bytes], at: int, number: int, row: _Row) -> None:
        """Where the wanted cells of a row are, or belong: first by their address, as nearly all write it."""
        last = _PLACE.search(text, max(at, text.rfind(b"<" + self._p.encode() + b"c ", at, row.stop)), row.stop)
        end = _column(last[1]) if last else 0
        for column in row.waiting:
            if column > end:
                continue
            place = text.find(b' r="%b%d"' % (_letters(column), number), at, row.stop)
            cell = tag.match(text, text.rfind(b"<", at, place)) if place > 0 else None
            if cell is None or cell.end() < place:
                break
            self._found(text, cell, number, column)
        else:
            row.waiting = []
            return
        column = 0
        for cell in tag.finditer(text, at, row.stop):
            said = _PLACE.search(cell[1])
            column = _column(said[1]) if said else column + 1
            while row.waiting and row.waiting[-1] < column:
                row.places[row.waiting.pop()] = cell.start()
            if not row.waiting:
                return
            if row.waiting[-1] == column:
                self._found(text, cell, number, row.waiting.pop())

    def _found(self, text: bytes, cell: re.Match[bytes], number: int, column: int) -> None:
        stop = _closed(text, cell, self._p.encode() + b"c")
        counts = _tag(self._p.encode(), b"f").search(text, cell.end(), stop) is not None
        style = _STYLE.search(cell[1])
        self.found[number, column] = _Cell(cell.start(), int(style[1]) if style else 0, counts, stop)

    def _note(self, name: str, said: dict[str, str], tag: re.Match[bytes]) -> None:
        if name == "col":
            self._columns.append((int(said["min"]), int(said["max"]), int(said.get("style") or 0)))
        elif name == "dimension":
            self._dimension = (tag.start(), tag.end(), said["ref"])
        elif name == "sheetProtection":
            self.protected = said.get("sheet") in ("1", "true")
        elif name == "protectedRange" and not {"password", "hashValue", "securityDescriptor"} & said.keys():
            self.open += [CellRange(each) for each in said.get("sqref", "").split()]
        elif name == "mergeCell":
            self.merged.append(CellRange(said["ref"]))

    def style(self, row: int, column: int) -> int:
        """The style a cell has, or would have: its row's, or its column's."""
        if (row, column) in self.found:
            return self.found[row, column].style
        if row in self.rows and self.rows[row].style:
            return self.rows[row].style
        return next((style for first, last, style in self._columns if first <= column <= last), 0)

    def edits(self, styles: Styles) -> list[tuple[int, int, bytes]]:
        """The changes to the sheet's bytes, in order."""
        made: list[tuple[int, int, bytes]] = []
        for number, columns in sorted(self.wanted.items()):
            row = self.rows.get(number)
            cells = {column: self._xml(number, column, value, styles) for column, value in sorted(columns.items())}
            if row is None:
                made.append(self._new_row(number, "".join(cells.values())))
                continue
            last = ""
            for column, xml in cells.items():
                found = self.found.get((number, column))
                if found is not None:
                    made.append((found.start, found.stop, xml.encode()))
                elif column in row.places:
                    made.append((row.places[column], row.places[column], xml.encode()))
                else:
                    last += xml
            if last:
                made.append(self._inside(row.start, row.stop, "row", last))
        return sorted([*self._measured(), *_joined(made)], key=lambda edit: edit[0])

    def _xml(self, row: int, column: int, value: Any, styles: Styles) -> str:
        p = self._p or ""
        style, rest = value_xml(value, self.style(row, column), styles, p)
        styled = f' s="{style}"' if style else ""
        return f'<{p}c r="{get_column_letter(column)}{row}"{styled}{rest}'

    def _new_row(self, number: int, cells: str) -> tuple[int, int, bytes]:
        p = self._p or ""
        row = f'<{p}row r="{number}">{cells}</{p}row>'
        if number in self._before:
            return self._before[number], self._before[number], row.encode()
        return self._inside(*self._data, "sheetData", row)

    def _inside(self, start: int, stop: int, name: str, xml: str) -> tuple[int, int, bytes]:
        """Put something at the end of an element, which may be written as an empty one."""
        closing = f"</{self._p or ''}{name}>".encode()
        if self.data[stop - 2 : stop] == b"/>":
            return stop - 2, stop, b">" + xml.encode() + closing
        at = self.data.rindex(b"</", start, stop)
        return at, at, xml.encode()

    def _measured(self) -> list[tuple[int, int, bytes]]:
        if self._dimension is None:
            return []
        start, stop, ref = self._dimension
        area = CellRange(ref.replace("$", ""))
        rows, columns = list(self.wanted), [column for each in self.wanted.values() for column in each]
        whole = CellRange(
            min_col=min(area.min_col, *columns), min_row=min(area.min_row, *rows),
            max_col=max(area.max_col, *columns), max_row=max(area.max_row, *rows),
        )  # fmt: skip
        if whole.coord == area.coord:
            return []
        return [(start, stop, self.data[start:stop].replace(f'"{ref}"'.encode(), f'"{whole.coord}"'.encode()))]


def _joined(edits: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Several things put into the same place become one, in their order."""
    joined: list[tuple[int, int, bytes]] = []
    for start, stop, new in edits:
        if joined and joined[-1][:2] == (start, stop):
            tail = new[1:] if new.startswith(b">") and stop > start else new
            before = joined[-1][2]
            if stop > start:  # <sheetData/> opened up: the next row goes before its new end
                cut = before.rindex(b"</")
                joined[-1] = (start, stop, before[:cut] + tail)
            else:
                joined[-1] = (start, stop, before + new)
        else:
            joined.append((start, stop, new))
    return joined
