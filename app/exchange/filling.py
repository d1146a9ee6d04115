"""Values into single cells of a list that came down: every other byte of the sheet stays as it was.

A list may have a quarter of a million rows, so no tree is built: one pass finds where the cells stand, then they
are cut out of the sheet's bytes and the new ones put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
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
_DIGITS = "0123456789"
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
    at, view = 0, memoryview(data)
    for start, stop, new in [*edits, (len(data), len(data), b"")]:
        for begin in range(at, start, _PIECE):
            check(cancelled)
            part.write(view[begin : min(begin + _PIECE, start)])
        part.write(new)
        at = stop


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
    formula: bool = False
    stop: int = 0


@dataclass(slots=True)
class _Row:
    """A wanted row: where it begins and ends, and for each column that lacks a cell the place for one.

    waiting: wanted columns that were not passed yet, the next one last.
    """

    start: int
    style: int
    waiting: list[int]
    stop: int = 0
    places: dict[int, int] = field(default_factory=dict)


class _Sheet:
    """What one pass over a sheet's XML finds. Places are offsets in its bytes."""

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
        self._row = self._column = 0
        self._cell: _Cell | None = None
        self._p: str | None = None

    def read(self, cancelled: Cancelled) -> None:
        """Raises UserError template-damaged."""
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._refuse_entities
        parser.XmlDeclHandler = self._declared
        try:
            for begin in range(0, len(self.data), _PIECE):
                check(cancelled)
                parser.Parse(self.data[begin : begin + _PIECE], False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            raise UserError("template-damaged", file=self._name) from error

    def _refuse_entities(self, *declared: Any) -> None:
        raise UserError("template-damaged", file=self._name)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding or "utf-8").casefold() not in ("utf-8", "utf8", "us-ascii"):
            raise UserError("template-damaged", file=self._name)

    def _start(self, tag: str, said: dict[str, str]) -> None:
        if self._p is None:
            self._p = tag.rpartition("worksheet")[0]
        name = tag.removeprefix(self._p)
        if name == "c":
            self._start_cell(said)
        elif name == "f":
            if self._cell is not None:
                self._cell.formula = True
        elif name == "row":
            self._start_row(said)
        elif name not in ("v", "is", "t"):
            self._note(name, said)

    def _start_row(self, said: dict[str, str]) -> None:
        self._row, self._column = int(said.get("r") or self._row + 1), 0
        at = self._parser.CurrentByteIndex
        while self._missing and self._missing[-1] <= self._row:
            row = self._missing.pop()
            if row == self._row:
                style = int(said.get("s") or 0) if said.get("customFormat") in ("1", "true") else 0
                self.rows[row] = _Row(at, style, sorted(self.wanted[row], reverse=True))
            else:
                self._before[row] = at

    def _start_cell(self, said: dict[str, str]) -> None:
        row, place = self.rows.get(self._row), said.get("r")
        if row is None:
            return
        column = self._column = column_index_from_string(place.rstrip(_DIGITS)) if place else self._column + 1
        if row.waiting and row.waiting[-1] <= column:
            at = self._parser.CurrentByteIndex
            while row.waiting and row.waiting[-1] <= column:
                missing = row.waiting.pop()
                if missing == column:
                    self._cell = self.found[self._row, column] = _Cell(at, int(said.get("s") or 0))
                else:
                    row.places[missing] = at

    def _end(self, tag: str) -> None:
        name = tag.removeprefix(self._p or "")
        if name == "c" and self._cell is not None:
            self._cell.stop = self._closed(tag)
            self._cell = None
        elif name == "row" and (row := self.rows.get(self._row)) is not None and not row.stop:
            row.stop = self._closed(tag)
        elif name == "sheetData":
            self._data = (self._data[0], self._closed(tag))

    def _closed(self, tag: str) -> int:
        """Where the element that ends now is over; of an empty one the parser stands behind it already."""
        at = self._parser.CurrentByteIndex
        return self.data.index(b">", at) + 1 if self.data.startswith(f"</{tag}".encode(), at) else at

    def _note(self, name: str, said: dict[str, str]) -> None:
        if name == "col":
            self._columns.append((int(said["min"]), int(said["max"]), int(said.get("style") or 0)))
        elif name == "dimension":
            start = self._parser.CurrentByteIndex
            self._dimension = (start, self.data.index(b">", start) + 1, said["ref"])
        elif name == "sheetData":
            self._data = (self._parser.CurrentByteIndex, 0)
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
