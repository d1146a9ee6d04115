"""What a form asks for: of each sheet its unit, its columns and its counts, checked before anything is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app import paths
from app.domain import access, report_limits, report_marks
from app.domain.clock import SHANGHAI
from app.domain.findings import UserError
from app.domain.report_marks import Column, Condition, Count, Unit
from app.exchange.marks import Mark, scan
from app.services.session import Session

Where = Sequence[tuple[str, ...]]
Per = str | Mapping[str, str] | None
READY: dict[str, Where] = {"独居老人台账": (("elder_alone", "是"),)}
"""Conditions that belong to a form that comes with the program, by its name."""


@dataclass(slots=True)
class SheetPlan:
    """names: mark -> column of the sheet's rows; counts: mark -> count that stands in them."""

    title: str
    unit: Unit
    names: dict[str, Column] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    indexed: bool = False

    @property
    def repeats(self) -> bool:
        return bool(self.names) or self.indexed

    @property
    def level(self) -> int:
        return max((column.level for column in self.names.values()), default=1)


@dataclass(slots=True)
class FormPlan:
    """A form and what it asks for. once: marks of values for the whole form; counts: all count marks."""

    source: Path | bytes
    name: str
    sheets: list[SheetPlan]
    once: set[str]
    counts: dict[str, Count]

    @property
    def repeating(self) -> list[SheetPlan]:
        return [sheet for sheet in self.sheets if sheet.repeats]

    @property
    def columns(self) -> list[Column]:
        """Each column that is told of somebody, once."""
        return list({c.key: c for sheet in self.repeating for c in sheet.names.values()}.values())

    @property
    def sensitive(self) -> list[str]:
        """Titles of the level-3 columns."""
        found = {column.key: column.title for column in self.columns if column.level >= 3}
        return [found[key] for key in sorted(found)]


def template_of(template: Path | bytes | str) -> Path | bytes:
    """A file, the bytes of a kept form, or the name of a form that comes with the program (居家隔离日报)."""
    if isinstance(template, bytes):
        return template
    path = Path(template)
    if path.parent == Path() and not path.exists():
        ready = paths.resources() / "templates" / f"{path.name.removesuffix('.xlsx')}.xlsx"
        if ready.is_file():
            return ready
    return path


def plan(session: Session, template: Path | bytes | str, per: Per = None, name: str = "") -> FormPlan:
    """Read a form. per: the unit of all sheets, or by sheet title; else guessed from each sheet's marks.

    Raises UserError: what reading raises, mark-unknown (with the nearest known one), unit-unknown,
    condition-unknown, condition-invalid.
    """
    source = template_of(template)
    by_sheet: dict[str, list[Mark]] = {}
    for mark in scan(source).marks:
        by_sheet.setdefault(mark.sheet, []).append(mark)
    form = FormPlan(source, name or (source.name if isinstance(source, Path) else ""), [], set(), {})
    unknown: list[dict[str, str]] = []
    for title, marks in by_sheet.items():
        form.sheets.append(_sheet(session, form, title, marks, per, unknown))
    if unknown:
        raise UserError("mark-unknown", **unknown[0], all=[
            {key: each[key] for key in ("sheet", "cell", "mark")} for each in unknown
        ])  # fmt: skip
    return form


def _sheet(
    session: Session, form: FormPlan, title: str, marks: list[Mark], per: Per, unknown: list[dict[str, str]]
) -> SheetPlan:
    lines: dict[str, set[str]] = {}
    for mark in marks:
        lines.setdefault(_line(mark), set()).update(mark.names)
    said = per if isinstance(per, str) else (per or {}).get(title, "")
    prefer = "committee" if session.role == "centre" else "building"
    rows = [names for line, names in lines.items() if line]
    made = SheetPlan(title, report_marks.unit_named(said) if said else report_marks.guess(rows, prefer))
    repeating = {line for line, names in lines.items() if line and _repeats(made.unit, names)}
    for mark in marks:
        for name in mark.names:
            _place(form, made, mark, name, _line(mark) in repeating, unknown)
    return made


def _line(mark: Mark) -> str:
    """The number of the mark's line; "" for what stands in no cell."""
    found = re.fullmatch(r"[A-Z]{1,3}(\d+)", mark.cell)
    return found[1] if found else ""


def _repeats(unit: Unit, names: Iterable[str]) -> bool:
    """A line with a column of the unit; titles that also mean something filled once do not make one."""
    return any(name == "index" or _names_column(unit, name) for name in names)


def _names_column(unit: Unit, name: str) -> bool:
    """A key or title of the unit; a count or a value of the whole form that is called the same comes first."""
    return unit.named(name) is not None and not report_marks.is_once(name) and not report_marks.parse_or_none(name)


def _place(
    form: FormPlan, sheet: SheetPlan, mark: Mark, name: str, repeats: bool, unknown: list[dict[str, str]]
) -> None:
    """Where a mark belongs: a column of the row, a count, a value of the whole form, or nowhere."""
    column = sheet.unit.named(name) if repeats and not report_marks.parse_or_none(name) else None
    if name == "index" and _line(mark):
        sheet.indexed = True
    elif column is not None and name not in report_marks.ONCE:
        sheet.names[name] = column
    elif report_marks.is_once(name) and name != "index":
        form.once.add(name)
    elif (count := _count(mark, name)) is not None:
        form.counts[name] = count
        if repeats and sheet.unit.counting:
            sheet.counts[name] = count
        else:
            form.once.add(name)
    else:
        near = report_marks.nearest(name, sheet.unit)
        unknown.append({"sheet": mark.sheet, "cell": mark.cell, "mark": name, "near": near})


def _count(mark: Mark, name: str) -> Count | None:
    try:
        return report_marks.parse(name)
    except UserError as error:
        raise UserError(error.code, **{**error.details, "sheet": mark.sheet, "cell": mark.cell}) from None


# ---------------------------------------------------------------- conditions, order, time


def conditions(form: FormPlan, where: Where) -> dict[str, list[Condition]]:
    """The conditions of the rows of each unit that the form has, and under "" those of its counts of people.

    where: beside those that come with a ready-made form.
    A condition holds for the rows whose unit has its field. Raises UserError("field-unknown"), condition-invalid.
    """
    units = {sheet.unit.key: sheet.unit for sheet in form.repeating}
    found: dict[str, list[Condition]] = {key: [] for key in ("", *units)}
    person = report_marks.units()["resident"]
    happened = bool(units.keys() & {"arrival", "isolation_case"})
    for each in (*where, *_ready(form)):
        name, operator, text = each if len(each) == 3 else (each[0], "=", each[1])
        if operator not in report_marks.OPERATORS:
            raise UserError("condition-invalid", text="".join(map(str, each)), mark="")
        known = False
        for key, unit in units.items():
            if (column := unit.named(name)) is not None:
                found[key].append(_condition(column, operator, text))
                known = True
        column = person.named(name)
        if column is not None and not (happened and column.key == "state"):
            found[""].append(_condition(column, operator, text))
            known = known or bool(form.counts) or not units
        if not known:
            only = next(iter(units.values()), person)
            raise UserError("field-unknown", field=name, entity=only.title)
    return found


def _ready(form: FormPlan) -> Where:
    source = form.source
    inside = isinstance(source, Path) and source.parent == paths.resources() / "templates"
    return READY.get(source.stem, ()) if inside and isinstance(source, Path) else ()


def _condition(column: Column, operator: str, text: Any) -> Condition:
    said = f"{column.title}{operator}{text}"
    return Condition(column.key, operator, report_marks.values_of(column, operator, str(text)), said)


def cutoff_of(session: Session, until: str | datetime | None) -> datetime:
    """统计时点: a day and time, a time of today (`16:00`), or now. Raises UserError("cutoff-invalid")."""
    now = session.now()
    if until is None or until == "":
        return now
    try:
        text = until.isoformat() if isinstance(until, datetime) else until.strip().replace("24:00", "23:59:59")
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
            text = f"{now.date().isoformat()}T{text.zfill(8 if text.count(':') == 2 else 5)}"
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            text += "T23:59:59"
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError("cutoff-invalid", value=str(until)) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


# ---------------------------------------------------------------- who may


def must_be_plain(session: Session, form: FormPlan, where: Where, sort: Sequence[str]) -> bool:
    """A form that names nobody: are its small counts withheld from this account? Such an account narrows counts only as
    `report_limits.is_for_totals` allows and sorts by place alone. Raises Refused("not-allowed")."""
    withheld = access.level_of(session.roles) < 2
    found = conditions(form, where)
    plain = all(_is_plain(sheet) for sheet in form.repeating)
    counted = [[*found[""], *count.conditions] for count in form.counts.values()]
    narrow = all(map(report_limits.is_for_totals, (*found.values(), *counted)))
    ordered = all(report_limits.is_order(sheet.unit, key) for sheet in form.repeating for key in sort)
    if not plain or (withheld and not (narrow and ordered)):
        raise session.refusal("not-allowed", "reports.fill")
    return withheld


def must_sort(form: FormPlan, sort: Sequence[str]) -> None:
    """Raises UserError("field-unknown") for a key that no sheet's unit has."""
    units = [sheet.unit for sheet in form.repeating]
    for key in sort:
        if not any(unit.named(key.removeprefix("-")) for unit in units):
            raise UserError("field-unknown", field=key, entity=units[0].title if units else form.name)


def _is_plain(sheet: SheetPlan) -> bool:
    plain = report_marks.PLAIN.get(sheet.unit.key, frozenset())
    return all(column.key in plain for column in sheet.names.values())
