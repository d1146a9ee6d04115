"""Rows into the superior's own workbook: `{{marks}}` are filled, everything else stays as it came.

A row with marks of a record repeats once per record, other marks are filled once (cli.md, report).
Values never become formulas, and identifiers keep their zeros (quality.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.styles.numbers import is_date_format
from openpyxl.workbook import Workbook

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange.drawings import Drawings, drawings_of
from app.exchange.making_room import make_room
from app.exchange.marks import MARK, PAGE_PARTS, Mark, Template, cell_text, margins, marks_of, opened, scan
from app.exchange.report_rows import (
    INDEX,
    Block,
    Record,
    as_number,
    compile_cell,
    filled_text,
    is_dangerous,
    quoted_style,
)
from app.exchange.report_writer import write
from app.exchange.shifting import Insertion

__all__ = ["Filled", "Mark", "Template", "fill", "scan"]

COUNT = "count"
LAST_ROW = 1 << 20


@dataclass(frozen=True, slots=True)
class Filled:
    """rows: records written; cells: cells that held marks and were filled, repeated ones each time."""

    rows: int
    cells: int


def fill(
    template: Path,
    out: Path,
    *,
    once: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    fields: Set[str],
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Filled:
    """Fill a form and write it to `out`, which is only replaced when the new file is complete.

    once: values of the marks filled once ({{today}}, {{committee.name}}; {{count}} is added). rows: the
    records; a missing key leaves the cell empty. fields: the marks that make a row repeat; a field's
    name wins over the same name in `once`. Dates are ISO texts; they become Excel dates where the cell
    of the form shows dates. No record leaves one empty row.
    Raises UserError mark-unknown and those of `scan`, report-over-template, report-too-long,
    report-unwritable, cancelled.
    """
    if out.exists() and template.exists() and out.samefile(template):
        raise UserError("report-over-template", file=template.name)
    book = opened(template)
    marks = marks_of(book, template)
    repeating = fields | {INDEX}
    _refuse_unknown(marks, repeating, once.keys() | {COUNT})
    records = list(rows)
    single = {COUNT: len(records), **once}
    blocks: dict[str, list[Block]] = {}
    drawings = Drawings({}, {}, {}, {}) if book.chartsheets else drawings_of(template)
    cells = 0
    for sheet in book.worksheets:
        blocks[sheet.title], rooms = _blocks(book, sheet, repeating, single, records)
        for room in rooms:
            drawings.move(room)
        cells += sum(block.marks * block.count for block in blocks[sheet.title] if records)
        cells += _fill_once(sheet, single)
    repeated = any(blocks.values())
    written = _counting(sum(block.count for each in blocks.values() for block in each), progress, cancelled)
    write(book, out, blocks, drawings, written)
    return Filled(len(records) if repeated else 0, cells)


def _refuse_unknown(marks: Iterable[Mark], repeating: Set[str], once: Set[str]) -> None:
    """A page's header and footer belong to no record, so only marks filled once are known there."""
    unknown = [
        (mark, name)
        for mark in marks
        for name in mark.names
        if name not in once and (name not in repeating or mark.cell in PAGE_PARTS)
    ]
    if unknown:
        mark, name = unknown[0]
        raise UserError(
            "mark-unknown",
            sheet=mark.sheet,
            cell=mark.cell,
            mark=name,
            all=[{"sheet": each.sheet, "cell": each.cell, "mark": name} for each, name in unknown],
        )


def _counting(total: int, progress: Progress, cancelled: Cancelled) -> Any:
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        check(cancelled)
        progress(done, total, "report-filling")

    return step


# ---------------------------------------------------------------- rows that repeat


def _blocks(
    book: Workbook, sheet: Any, repeating: Set[str], once: Record, records: list[Record]
) -> tuple[list[Block], list[Insertion]]:
    """Make room for the records and take the repeated rows out of the sheet, as blocks to be written."""
    runs = _runs(sheet, repeating)
    extra = max(0, len(records) - 1)
    height = sum(last - first + 1 for first, last in runs)
    deepest = max((row for row, _ in sheet._cells), default=0)
    if runs and deepest + height * extra > LAST_ROW:
        raise UserError("report-too-long", rows=len(records), sheet=sheet.title, limit=LAST_ROW)
    rooms = [Insertion(sheet.title, first, last, (last - first + 1) * extra) for first, last in reversed(runs)]
    for room in rooms if extra else ():
        make_room(book, sheet, room)
    blocks, moved = [], 0
    for first, last in runs:
        blocks.append(_taken_out(sheet, first + moved, last + moved, once, records))
        moved += (last - first + 1) * extra
    return blocks, rooms


def _runs(sheet: Any, repeating: Set[str]) -> list[tuple[int, int]]:
    """First and last row of each group of adjoining rows with marks of a record."""
    rows = sorted(
        {row for (row, _), cell in sheet._cells.items() if not repeating.isdisjoint(MARK.findall(cell_text(cell)))}
    )
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _taken_out(sheet: Any, first: int, last: int, once: Record, records: list[Record]) -> Block:
    rows, cells, marks = [], [], 0
    for row in range(first, last + 1):
        mine = [sheet._cells.pop(place) for place in sorted(sheet._cells) if place[0] == row]
        attributes = dict(sheet.row_dimensions[row]) if row in sheet.row_dimensions else {}
        sheet.row_dimensions.pop(row, None)
        writers = tuple(compile_cell(cell, last, once) for cell in mine)
        rows.append(("".join(f' {name}="{value}"' for name, value in attributes.items()), writers))
        marks += sum(1 for cell in mine if MARK.search(cell_text(cell)))
        cells += mine
    merged = {area for area in sheet.merged_cells.ranges if first <= area.min_row and area.max_row <= last}
    sheet.merged_cells.ranges -= merged
    return Block(first, tuple(rows), tuple(cells), tuple(merged), marks, records)


# ---------------------------------------------------------------- marks that are filled once


def _fill_once(sheet: Any, once: Record) -> int:
    filled = 0
    for cell in list(sheet._cells.values()):
        text = cell_text(cell)
        if not MARK.search(text):
            continue
        filled += 1
        _put(cell, text, once)
    for _, part in margins(sheet):
        if MARK.search(part.text):
            filled += 1
            part.text = filled_text(part.text, {k: str(v).replace("&", "&&") for k, v in once.items()})
    return filled


def _put(cell: Any, text: str, once: Record) -> None:
    alone = MARK.fullmatch(text.strip())
    dated = is_date_format(cell.number_format)
    number = as_number(once.get(alone[1]), dated=dated, epoch=cell.parent.parent.epoch) if alone else None
    if number is not None:
        cell._value, cell.data_type = number, "n"
        return
    shown = filled_text(text, once)
    if is_dangerous(shown):
        cell._style = cell.parent.parent._cell_styles[quoted_style(cell)]
    cell._value, cell.data_type = shown or None, "s" if shown else "n"  # the type last: = is no formula
