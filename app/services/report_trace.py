"""What a filled form would look like, and which records stand behind one of its cells.

Where a cell came from is found by filling the same form once more with a token in place of each value: whatever the
form does to its rows, the token tells the mark and the record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from app.domain import figures
from app.domain.access import ALONE_UP_TO
from app.domain.findings import UserError
from app.domain.report_marks import ONCE, Condition
from app.exchange import reports as engine
from app.services import looking, report_figures
from app.services.report_figures import WHOLE, Asked
from app.services.report_filling import Filling, tell_of
from app.services.report_plan import SheetPlan
from app.services.session import Session
from app.services.values import Values

ROWS = 200
"""Rows of a sheet that a preview shows."""
RECORDS = 1000
"""Records behind a cell that are listed."""
USUAL_WIDTH = 8.43
"""Characters in a column whose width nobody set."""

_TOKEN = re.compile("\u2045(\\d*)\\|([^\u2046]*)\u2046")
Fields = Mapping[str, Set[str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """sheets: title, grid (texts by row and column), spans (merged cells from 0: row, column, rows, columns), widths (of
    its columns, in characters), marks (cell -> the mark it was filled for). rows, persons: of the
    whole form; cells: filled in the preview. second: would showing it take a second account? The rest is as `fill` says.
    """

    sheets: list[Values]
    rows: int
    cells: int
    persons: int
    sensitive: list[str]
    second: bool
    balance: Values | None
    suppressed: int
    basis: list[str]
    zero: bool = False
    old: tuple[Values, ...] = ()
    changed: Values | None = None


def cut(filling: Filling) -> None:
    """Only the first rows of each sheet; who is not among them was not looked at."""
    for title in filling.records:
        filling.records[title] = filling.records[title][:ROWS]
        filling.rows[title] = filling.rows[title][:ROWS]
    tell_of(filling)


def preview(filling: Filling, said: Values, persons: int, fields: Fields) -> Preview:
    """Fill the first rows in memory and read the sheets back. said: what `fill` tells of the form."""
    rows = {title: each[:ROWS] for title, each in filling.rows.items()}
    book, cells = _filled(filling, filling.once | _counted(filling), rows, fields)
    traced = _traced(filling, fields, ROWS)
    sheets = [
        {"title": sheet.title, "grid": _grid(sheet), "spans": _spans(sheet), "widths": _widths(sheet),
         "marks": {cell: mark for cell, (mark, _) in traced.get(sheet.title, {}).items()}}
        for sheet in book.worksheets
    ]  # fmt: skip
    return Preview(
        sheets, sum(each["rows"] for each in said["sheets"]), cells, persons, filling.plan.sensitive,
        bool(filling.plan.sensitive) and persons > ALONE_UP_TO, said["balance"], said["suppressed"],
        said["basis"], said["zero"], tuple(said["old"]), said["changed"],
    )  # fmt: skip


def _counted(filling: Filling) -> Values:
    """{{count}} is that of all rows, also of those that a preview leaves out."""
    return {} if len(filling.plan.repeating) > 1 else {"count": filling.count}


def _filled(filling: Filling, once: Values, rows: Mapping[str, Sequence[Values]], fields: Fields) -> tuple[Any, int]:
    """The workbook as openpyxl reads it. Raises UserError("preview-unreadable") where it cannot: the file is whole."""
    out = io.BytesIO()
    done = engine.fill(filling.plan.source, out, once=once, rows=rows, fields=fields)
    out.seek(0)
    try:
        return load_workbook(out), done.cells
    except Exception as error:  # it meets what it does not expect with errors of every kind
        raise UserError("preview-unreadable", file=filling.plan.name) from error


def _grid(sheet: Any) -> list[list[str]]:
    rows = [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _spans(sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged cells, counted from 0: (row, column, rows, columns)."""
    boxes = sorted(box.bounds for box in sheet.merged_cells.ranges)
    return [(top - 1, left - 1, bottom - top + 1, right - left + 1) for left, top, right, bottom in boxes]


def _widths(sheet: Any) -> list[float]:
    """How wide each column is, in characters; 0 for a hidden one."""
    usual = float(sheet.sheet_format.defaultColWidth or USUAL_WIDTH)
    widths = [usual] * sheet.max_column
    for each in sheet.column_dimensions.values():
        for number in range(each.min or 0, min(each.max or 0, sheet.max_column) + 1):
            if number:
                widths[number - 1] = 0.0 if each.hidden else float(each.width)
    return widths


def _text(value: Any) -> str:
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


# ---------------------------------------------------------------- where a cell came from


def _traced(filling: Filling, fields: Fields, limit: int | None) -> dict[str, dict[str, tuple[str, int | None]]]:
    """sheet -> cell -> (mark, number of the record from 0; None for what is filled once)."""
    plan = filling.plan
    rows = {
        sheet.title: [
            {name: f"\u2045{number}|{name}\u2046" for name in (*sheet.names, *sheet.counts)}
            for number in range(len(filling.records[sheet.title][:limit]))
        ]
        for sheet in plan.repeating
    }  # fmt: skip
    once = {name: f"\u2045|{name}\u2046" for name in {*filling.once, *plan.once, *plan.counts, "count"}}
    book, _ = _filled(filling, once, rows, fields)
    return {sheet.title: dict(_tokens(sheet)) for sheet in book.worksheets}


def _tokens(sheet: Any) -> Iterator[tuple[str, tuple[str, int | None]]]:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and (found := _TOKEN.findall(cell.value)):
                number, mark = next((each for each in found if each[1] not in ONCE), found[0])
                yield cell.coordinate, (mark, int(number) if number else None)


def mark_of(filling: Filling, sheet: str, cell: str, fields: Fields, *, whole: bool) -> tuple[str, Values | None]:
    """The mark that a cell was filled for and the record of its row. Raises UserError("cell-empty")."""
    found = _traced(filling, fields, None if whole else ROWS).get(sheet, {}).get(cell.strip().upper())
    if found is None:
        raise UserError("cell-empty", sheet=sheet, cell=cell)
    mark, number = found
    return mark, None if number is None else filling.records[sheet][number]


def behind(filling: Filling, sheet: str, mark: str, record: Values | None, where: tuple[Condition, ...]) -> Values:
    """mark, basis, count, records of one cell."""
    plan = next((each for each in filling.plan.repeating if each.title == sheet), None)
    count = filling.plan.counts.get(mark)
    if count is not None:
        scope = (plan.unit.key, str(record["id"])) if plan is not None and record is not None else WHOLE
        units = frozenset({scope[0]} - {""})
        tally = report_figures.tally(filling.source, Asked({mark: count}, units, where, (mark, scope)))
        basis = figures.of(count.name, (each.text for each in (*count.conditions, *where)))
        return _said(mark, basis, tally.numbers[mark, scope], list(tally.members.values()))
    if record is not None and plan is not None:
        return _said(mark, plan.unit.title, 1, [_record(plan, record)])
    if mark in ("count", ONCE["count"]):
        records = [
            _record(each, row) for each in filling.plan.repeating for row in filling.records[each.title]
            if each.title == sheet or plan is None
        ]  # fmt: skip
        return _said(mark, ONCE["count"], len(records), records)
    return _said(mark, ONCE.get(mark, mark), None, [])


def _said(mark: str, basis: str, count: int | None, records: list[Values]) -> Values:
    return {"mark": mark, "basis": basis, "count": count, "records": records[:RECORDS]}


def _record(plan: SheetPlan, row: Values) -> Values:
    """resident: whom it shows, "" for nobody: a house, or an arrival of somebody in no list."""
    resident = row.get("resident") or (row["id"] if plan.unit.key == "resident" else "")
    return {
        "id": resident or row["id"], "name": row.get("name") or row.get("head") or "",
        "path": row.get("path", ""), "why": plan.unit.title, "resident": resident,
    }  # fmt: skip


def looked(
    session: Session, form: str, mark: str, people: list[str], purpose: str, fields: list[str], *, sensitive: bool
) -> None:
    """The entry of a look at the people in a form that was not saved, or behind one of its cells."""
    if len(people) == 1 and mark and not sensitive:
        looking.look(session, "resident", people[0], sensitive=False)
        return
    said = {
        "kind": "report", "template": form, "mark": mark, "persons": len(people), "people": looking.named(people),
        "fields": fields, "sensitive": sensitive,
    }  # fmt: skip
    with session.noting("view", purpose=purpose) as writing:
        writing.act("view", "committee", session.committee_id, said)
