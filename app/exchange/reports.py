"""Rows into the superior's own workbook: `{{marks}}` are filled, everything else stays as it came.

A row with marks of a record repeats once per record, other marks are filled once (cli.md, report).
Values never become formulas, and identifiers keep their zeros (quality.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange.lines import Lines, lines_of
from app.exchange.marks import MARK, Mark, Template, marks_of, outside, replaced, scan, shown
from app.exchange.moving import make_room
from app.exchange.package import Package, Sheet, Stream, opened, written
from app.exchange.recalculating import recalculate
from app.exchange.report_rows import INDEX, Block, Compiler, Record, fitting, is_dangerous, safe_text, value_xml
from app.exchange.sheet_writer import put_blocks, splice
from app.exchange.sheetxml import M, Run, Strings, Styles, cells, column_of, inline, placed, unshare
from app.exchange.shifting import Insertion

__all__ = ["Filled", "Mark", "Template", "fill", "scan"]

COUNT = "count"
LAST_ROW = 1 << 20

Values = Mapping[str, Any]
Rows = Iterable[Values] | Mapping[str, Iterable[Values]]
Fields = Set[str] | Mapping[str, Set[str]]


@dataclass(frozen=True, slots=True)
class Filled:
    """rows: records written; cells: cells that held marks and were filled, repeated ones each time."""

    rows: int
    cells: int


def fill(
    template: Path | bytes,
    out: Path | BinaryIO,
    *,
    once: Values,
    rows: Rows,
    fields: Fields,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Filled:
    """Fill a form and write it to `out`, which is only replaced when the new file is complete.

    once: values of the marks filled once ({{today}}, {{committee.name}}; {{count}} is added). rows: the
    records, of all sheets or by the sheet's title; a missing key leaves the cell empty. fields: the marks that
    make a row repeat, likewise; a field's name wins over the same name in `once`. Dates are ISO texts; they
    become Excel dates where the cell of the form shows dates. Empty lines of the form are used up before rows
    are inserted; no record leaves them empty.
    Raises UserError mark-unknown and those of `scan`, report-over-template, report-too-long, report-unwritable,
    report-protected-rows, report-pivot-moves, cancelled.
    """
    if isinstance(template, Path) and isinstance(out, Path) and out.exists() and template.exists():
        if out.samefile(template):
            raise UserError("report-over-template", file=template.name)
    with opened(template) as package:
        marks = marks_of(package)
        records = _Records(once, rows, fields, marks, cancelled)
        records.refuse_unknown()
        form = _Form(package, records)
        blocks = form.blocks()
        cells = form.cells + sum(_fill_once(form, sheet, records.once(sheet.title)) for sheet in package.sheets)
        recalculate(package)
        step = _counting(sum(block.count for each in blocks.values() for block in each), progress, cancelled)
        streams: dict[str, Stream] = {
            part: partial(splice, package.content(part), mine, step) for part, mine in blocks.items() if mine
        }
        written(package, out, streams)
    return Filled(form.rows, cells)


def _counting(total: int, progress: Progress, cancelled: Cancelled) -> Any:
    done = 0
    check(cancelled)

    def step(count: int) -> None:
        nonlocal done
        done += count
        check(cancelled)
        progress(done, total, "report-filling")

    return step


class _Records:
    """What is known of each sheet: its records, cut down to what its marks ask for, and the values filled once."""

    def __init__(self, once: Values, rows: Rows, fields: Fields, marks: Sequence[Mark], cancelled: Cancelled) -> None:
        self._once, self._fields, self._marks, self._cancelled = once, fields, marks, cancelled
        self._wanted = [INDEX, *sorted({name for mark in marks for name in mark.names} - {INDEX})]
        self.names = {name: at for at, name in enumerate(self._wanted)}
        self._by_sheet = {title: self._cut(each) for title, each in rows.items()} if isinstance(rows, Mapping) else None
        self._all = [] if isinstance(rows, Mapping) else self._cut(rows)

    def _cut(self, rows: Iterable[Values]) -> list[Record]:
        names, once = self._wanted[1:], self._once
        cut: list[Record] = [
            (number, *[row[name] if name in row else once.get(name) for name in names])
            for number, row in enumerate(self._heard(rows), 1)
        ]
        if COUNT in self.names and COUNT not in once:  # only known now
            at, count = self.names[COUNT], len(cut)
            cut = [(*row[:at], count if row[at] is None else row[at], *row[at + 1 :]) for row in cut]
        return cut

    def _heard(self, rows: Iterable[Values]) -> Iterable[Values]:
        """The rows, whose reading may take longest of all: whoever cancels is heard meanwhile."""
        for number, row in enumerate(rows):
            if number % 200 == 0:
                check(self._cancelled)
            yield row

    def empty(self) -> Record:
        """What stands in the line of a form that has no record."""
        once = {COUNT: 0, **self._once}
        return (None, *[once.get(name) for name in self._wanted[1:]])

    def of(self, title: str) -> list[Record]:
        return self._all if self._by_sheet is None else self._by_sheet.get(title, [])

    def repeating(self, title: str) -> Set[str]:
        fields = self._fields.get(title, frozenset()) if isinstance(self._fields, Mapping) else self._fields
        return fields | {INDEX}

    def once(self, title: str) -> Values:
        """Of a sheet with records of its own, {{count}} is theirs."""
        mine = self._by_sheet is None or title in self._by_sheet
        count = len(self.of(title)) if mine else sum(map(len, (self._by_sheet or {}).values()))
        return {COUNT: count, **self._once}

    def refuse_unknown(self) -> None:
        """What stands in no cell belongs to no record, so only marks filled once are known there."""
        known = self._once.keys() | {COUNT}
        unknown = [
            (mark, name)
            for mark in self._marks
            for name in mark.names
            if name not in known and (name not in self.repeating(mark.sheet) or not mark.cell[-1].isdigit())
        ]
        if unknown:
            mark, name = unknown[0]
            every = [{"sheet": each.sheet, "cell": each.cell, "mark": name} for each, name in unknown]
            raise UserError("mark-unknown", sheet=mark.sheet, cell=mark.cell, mark=name, all=every)


# ---------------------------------------------------------------- rows that repeat


class _Form:
    """The opened form while it is filled. cells: filled so far; rows: records written."""

    def __init__(self, package: Package, records: _Records) -> None:
        self.package, self.records = package, records
        self.strings, self.styles = Strings(package), Styles(package)
        self.cells = 0
        self._counted: dict[int, int] = {}

    @property
    def rows(self) -> int:
        return sum(self._counted.values())

    def blocks(self) -> dict[str, list[Block]]:
        """By part. Room is made in all sheets first: the rows of one may hold formulas that look at another."""
        lines = {sheet.part: self._lines(sheet) for sheet in self.package.worksheets}
        return {sheet.part: self._blocks(sheet, lines[sheet.part]) for sheet in self.package.worksheets}

    def _lines(self, sheet: Sheet) -> list[Lines]:
        """Where the sheet repeats, with room made for its records."""
        root, records = self.package.tree(sheet.part), self.records.of(sheet.title)
        repeating = self.records.repeating(sheet.title)
        if any(not repeating.isdisjoint(mark) for mark in _marks(root, self.strings)):
            unshare(root)
        lines = lines_of(root, sheet.title, repeating, self.strings, self.styles)
        deepest = max((number for number, _ in placed(root)), default=0)
        if deepest + sum(each.extra(len(records)) for each in lines) > LAST_ROW:
            raise UserError("report-too-long", rows=len(records), sheet=sheet.title, limit=LAST_ROW)
        for each in reversed(lines):
            if extra := each.extra(len(records)):
                make_room(self.package, Insertion(sheet.title, each.first, each.end, extra, each.height))
        return lines

    def _blocks(self, sheet: Sheet, lines: list[Lines]) -> list[Block]:
        """Take the repeated rows out of the sheet, as blocks to be written."""
        root, records = self.package.tree(sheet.part), self.records.of(sheet.title)
        blocks, moved = [], 0
        for each in lines:
            blocks.append(self._taken_out(sheet, each, moved, records))
            moved += each.extra(len(records))
        put_blocks(self.package.touch(sheet.part) if blocks else root, blocks)
        if blocks:
            self._counted[id(records)] = len(records)
        return blocks

    def _taken_out(self, sheet: Sheet, lines: Lines, moved: int, records: list[Record]) -> Block:
        """The first line as a block of writers; the lines that records use up leave the form."""
        root = self.package.tree(sheet.part)
        prefix = f"{root.prefix}:" if root.prefix else ""
        first, last, end = lines.first + moved, lines.last + moved, lines.end + moved
        mine = dict(placed(root))
        names, running = self.records.names, {_down(cell, moved): start for cell, start in lines.running.items()}
        compiler = Compiler(sheet.title, end, names, self.strings, self.styles, prefix, running)
        rows = tuple(compiler.row(mine[row], row) for row in range(first, last + 1))
        marks = sum(len(_marked(mine[row], self.strings)) for row in range(first, last + 1))
        columns = tuple(column_of(cell) for row in range(first, last + 1) for cell in mine[row].iterfind(f"{M}c"))
        self.cells += marks * len(records)
        used = min(max(1, len(records)), lines.count)
        for row in range(first, first + used * lines.height):
            mine[row].getparent().remove(mine[row])
        room = Insertion(sheet.title, first, last, 0)
        merged = [
            area
            for each in root.iterfind(f"{M}mergeCells/{M}mergeCell")
            if room.is_one_record_s(area := CellRange(each.get("ref")))
        ]
        areas = tuple(
            (get_column_letter(area.min_col), area.min_row, get_column_letter(area.max_col), area.max_row)
            for area in merged
        )
        all_records = records or [self.records.empty()]
        return Block(first, rows, areas, used, len(all_records), all_records, columns, prefix)


def _down(place: str, rows: int) -> str:
    letters = place.rstrip("0123456789")
    return f"{letters}{int(place[len(letters) :]) + rows}"


def _marks(root: Any, strings: Strings) -> list[list[str]]:
    return [MARK.findall(strings.text(cell)) for _, cell in cells(root)]


def _marked(row: Any, strings: Strings) -> list[Any]:
    return [cell for cell in row.iterfind(f"{M}c") if MARK.search(strings.text(cell))]


# ---------------------------------------------------------------- marks that are filled once


def _fill_once(form: _Form, sheet: Sheet, once: Values) -> int:
    filled = 0
    if sheet.kind == "worksheet":
        for _, cell in cells(form.package.tree(sheet.part)):
            runs = form.strings.runs(cell)
            if cell.find(f"{M}f") is None and MARK.search("".join(run.text for run in runs)):
                form.package.touch(sheet.part)
                _put(form, cell, runs, once)
                filled += 1
    for part, _, element in outside(form.package, sheet):
        if MARK.search(shown(element)):
            form.package.touch(part)
            _put_outside(element, once)
            filled += 1
    return filled


def _put(form: _Form, cell: Any, runs: list[Run], once: Values) -> None:
    text, style = "".join(run.text for run in runs), int(cell.get("s") or 0)
    alone = MARK.fullmatch(text.strip())
    if alone and not any(run.format for run in runs):
        style, xml = value_xml(once.get(alone[1]), style, form.styles)
    else:
        filled = fitting(replaced(runs, lambda name: safe_text(once.get(name))))
        if is_dangerous("".join(run.text for run in filled)):
            style = form.styles.quoted(style)
        xml = f' t="inlineStr">{inline(filled)}</c>' if filled else "/>"
    set_cell(cell, style, xml)


def set_cell(cell: Any, style: int, xml: str) -> None:
    """Give a cell other contents; xml: what follows its `s`. Attributes it has beside r, s and t stay."""
    made = etree.fromstring(f'<c xmlns="{cell.nsmap[cell.prefix]}"{xml}')
    for child in list(cell):
        cell.remove(child)
    cell.text = None
    cell.attrib.pop("t", None)
    for name, value in made.attrib.items():
        cell.set(name, value)
    if style:
        cell.set("s", str(style))
    cell.extend(list(made))


def _on_page(found: re.Match[str], text: str) -> str:
    """A value in a page's header: digits right after a size, as in &10, would be read as part of it."""
    sized = text[:1].isdigit() and re.search(r"&\d+$", found.string[: found.start()])
    return (" " if sized else "") + text.replace("&", "&&")


def _put_outside(element: Any, once: Values) -> None:
    if not str(element.tag).endswith("}p"):
        element.text = MARK.sub(lambda found: _on_page(found, safe_text(once.get(found[1]))), element.text)
        return
    texts = list(element.iter("{*}t"))
    runs = replaced([Run(each.text or "") for each in texts], lambda name: safe_text(once.get(name)))
    for each, run in zip(texts, runs, strict=True):
        each.text = run.text
