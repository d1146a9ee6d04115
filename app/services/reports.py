"""The superior's own form, filled: which people, which columns, which figures, and the trace of what left.

What a mark means is in `domain.report_marks`, what it counts in `domain.figures`; here is who may, and the entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app import paths
from app.domain import report_marks
from app.domain.access import needs_second, purpose_of
from app.domain.figures import BASIS
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.domain.report_marks import COUNTS, ONCE, Column
from app.exchange import reports as engine
from app.services import looking, report_figures, report_filling, report_plan, report_trace, shares
from app.services.report_filling import Filling
from app.services.report_plan import FormPlan, Per, Where
from app.services.report_rows import Source, people_rows
from app.services.report_trace import Preview
from app.services.session import Session
from app.services.values import Values
from app.words import say

__all__ = [
    "ONCE",
    "Preview",
    "ask",
    "behind",
    "check",
    "fill",
    "marks",
    "people_rows",
    "preview",
    "ready_made",
    "sensitive",
]

Template = Path | bytes | str


def marks(unit: str | None = None) -> list[tuple[str, str]]:
    """(mark, what it stands for): without a unit all of a person's form; of a unit its columns and counts.

    Raises UserError("unit-unknown").
    """
    columns = report_marks.unit_named(unit or "resident").columns.values()
    known = {column.key: column.title for column in columns}
    return list((known | (ONCE if unit is None else {name: BASIS[name] for name in COUNTS})).items())


def units() -> list[tuple[str, str]]:
    """(key, title) of what a sheet may have one row of."""
    return [(unit.key, unit.title) for unit in report_marks.units().values()]


def fields() -> set[str]:
    """What may be told of each person."""
    return set(report_marks.units()["resident"].columns)


def ready_made() -> list[tuple[str, Path]]:
    """(name, file) of the forms that come with the program; `fill` takes the name as a template."""
    return [(each.stem, each) for each in sorted((paths.resources() / "templates").glob("*.xlsx"))]


def sensitive(session: Session, template: Template, per: Per = None) -> list[str]:
    """Titles of the level-3 columns that a template asks for. Raises what reading it raises; Refused."""
    session.require("reports.fill")
    return report_plan.plan(session, template, per).sensitive


def check(
    session: Session, template: Template, *, per: Per = None, where: Where = (), sort: Sequence[str] = ()
) -> Values:
    """Is a form with its marks, conditions and order one that can be filled? Returns its sheets and their units.

    Raises what reading the template raises; UserError: mark-unknown, unit-unknown, condition-unknown,
    condition-invalid, field-unknown; Refused.
    """
    session.require("reports.fill")
    plan = report_plan.plan(session, template, per)
    report_plan.conditions(plan, where)
    report_plan.must_sort(plan, sort)
    return {"sheets": [{"sheet": each.title, "unit": each.unit.key} for each in plan.repeating]}


def ask(session: Session, template: Template, where: Where = (), *, per: Per = None) -> Values:
    """Before a template is filled: sensitive (titles of the level-3 columns it asks for), persons (how many rows it will
    have), second (does it take a second account to show them?). Nobody's level 3 is compared or counted: a condition on
    it finds what a masked list would. Raises what reading the template raises; UserError("field-unknown"); Refused.
    """
    session.require("reports.fill")
    plan = report_plan.plan(session, template, per)
    asked = report_plan.conditions(plan, where)
    titles = plan.sensitive
    if not titles:
        return {"sensitive": [], "persons": 0, "second": False}
    plan = replace(plan, sheets=[sheet for sheet in plan.sheets if sheet.level >= 3], counts={})
    with session.db.reading() as connection:
        source = Source(session, connection, session.now())
        persons = len(report_filling.gathered(source, plan, asked, (), totals=False, maker="").people)
    return {"sensitive": titles, "persons": persons, "second": needs_second(persons, shows_level_3=True)}


def fill(
    session: Session, template: Template, out: Path | BinaryIO, *, where: Where = (), per: Per = None,
    sort: Sequence[str] = (), until: str | datetime | None = None, maker: str | None = None,
    purpose: str | None = None, second: str | None = None, to: str = "", correction: bool = False, name: str = "",
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Values:  # fmt: skip
    """Fill a form: a file, a kept form's bytes, or the name of one that comes with the program.

    where: (field, value) or (field, operator, value) that must all hold. per: what each sheet has one row of, for all
    sheets or by title; else guessed from the marks. sort: field keys, "-age" falls; else walking order. until: 统计时点;
    in the past, everything is filled as it was known then.
    purpose: of this form, where it is not the session's: level 3 stays masked without one. More than 200 persons with
    level 3 shown need a second account, given by its id once its password was checked; a worker fills in only people
    assigned to it. to: who gets the form. correction: says 更正 and notes what differs from the last report of this
    name and day. Readers of totals fill forms that name nobody, their small counts withheld.

    Returns out, rows, cells, sheets, zero, balance, basis, suppressed, old, changed. Raises what `engine.fill` raises;
    UserError: mark-unknown, unit-unknown, condition-unknown, condition-invalid, field-unknown, cutoff-invalid; Refused:
    not-allowed, ring-needed, not-assigned-list, second-needed, second-not-allowed.
    """
    plan, totals = _planned(session, template, per, where, sort, name)
    asked, cutoff = report_plan.conditions(plan, where), report_plan.cutoff_of(session, until)
    purpose = purpose or session.purpose or ""
    code = said.code if (said := purpose_of(purpose)) else ""
    opened = _opens(session, plan, code)
    with session.db.reading() as connection:
        source = Source(session, connection, cutoff, opened)
        filling = report_filling.gathered(source, plan, asked, sort, totals=totals, maker=maker or session.account)
        if opened:
            report_filling.must_be_signed_for(session, connection, filling, second)
        before = report_filling.last_of(session, connection, plan.name, cutoff) if correction else None
    _correct(filling, before, correction)
    filled = engine.fill(
        plan.source, out, once=filling.once, rows=filling.rows, fields=_fields(plan), progress=progress,
        cancelled=cancelled,
    )  # fmt: skip
    told = {
        **_told(filling, where, cutoff, before, correction), "out": out.name if isinstance(out, Path) else "",
        "purpose": purpose, "second": second or "", "to": to, "sensitive": opened and filling.count > 0,
    }  # fmt: skip
    try:
        with session.noting("export", purpose=code or "report") as writing:
            writing.act("export", "committee", session.committee_id, told)
    except BaseException:
        if isinstance(out, Path):
            out.unlink(missing_ok=True)  # nothing leaves without its entry
        raise
    place = str(out) if isinstance(out, Path) else ""
    return {"out": place, "rows": filling.count, "cells": filled.cells, **_result(filling, totals)}


def preview(
    session: Session, template: Template, *, where: Where = (), per: Per = None, sort: Sequence[str] = (),
    until: str | datetime | None = None, maker: str | None = None, purpose: str | None = None,
    correction: bool = False, name: str = "",
) -> Preview:  # fmt: skip
    """The filled form as grids of texts, the first rows of each sheet; nothing is written.

    Without a purpose level 3 and phones are masked; with one they are shown as `fill` would, and the look is an entry.
    Raises what `fill` raises.
    """
    plan, totals = _planned(session, template, per, where, sort, name)
    asked, cutoff = report_plan.conditions(plan, where), report_plan.cutoff_of(session, until)
    code = said.code if (said := purpose_of(purpose or session.purpose)) else ""
    opened = _opens(session, plan, code)
    with session.db.reading() as connection:
        source = Source(session, connection, cutoff, opened, bool(code))
        filling = report_filling.gathered(source, plan, asked, sort, totals=totals, maker=maker or session.account)
        persons = len(filling.people)
        if opened:
            report_trace.cut(filling)
            report_filling.must_be_signed_for(session, connection, filling, None)
        before = report_filling.last_of(session, connection, plan.name, cutoff) if correction else None
    _correct(filling, before, correction)
    if opened and filling.count:
        report_trace.looked(session, plan.name, "", filling.people[:persons], code)
    return report_trace.preview(filling, _result(filling, totals), persons, _fields(plan))


def behind(
    session: Session, template: Template, sheet: str, cell: str, *, where: Where = (), per: Per = None,
    sort: Sequence[str] = (), until: str | datetime | None = None, name: str = "", whole: bool = False,
) -> Values:  # fmt: skip
    """What stands behind a filled cell: mark, basis, count, records (id, name, path, why), the first thousand.

    cell: as in the preview; whole: as in the file that `fill` writes, where lists are longer. Whom it shows is an entry.
    Raises what `fill` raises; UserError("cell-empty") where the form fills nothing.
    """
    session.require("reports.fill")
    plan = report_plan.plan(session, template, per, name)
    asked, cutoff = report_plan.conditions(plan, where), report_plan.cutoff_of(session, until)
    with session.db.reading() as connection:
        source = Source(session, connection, cutoff)
        filling = report_filling.gathered(
            source,
            replace(plan, counts={}),
            asked,
            sort,
            totals=False,
            maker=session.account,
            also=frozenset({"name", "head", "path"}),
        )
        filling = replace(filling, plan=plan)
        mark, record = report_trace.mark_of(filling, sheet, cell, _fields(plan), whole=whole)
        found = report_trace.behind(filling, sheet, mark, record, tuple(asked[""]))
    if found["records"]:
        report_trace.looked(session, plan.name, mark, [each["id"] for each in found["records"]], session.purpose_code)
    return found


# ---------------------------------------------------------------- steps


def _planned(
    session: Session, template: Template, per: Per, where: Where, sort: Sequence[str], name: str
) -> tuple[FormPlan, bool]:
    """The form, and is it filled for a reader of totals? Whoever may fill none learns nothing of it."""
    only_totals = session.may("reports.totals") and not session.may("reports.fill")
    if not only_totals:
        session.require("reports.fill")
    plan = report_plan.plan(session, template, per, name)
    if only_totals:
        return plan, report_plan.must_be_plain(session, plan, where)
    report_plan.must_sort(plan, sort)
    return plan, False


def _opens(session: Session, plan: FormPlan, code: str) -> bool:
    """Is level 3 shown? With a purpose, by whoever may and has the ring. Raises Refused."""
    if not code or not plan.sensitive:
        return False
    session.require("reports.reveal")
    if session.ring is None:
        raise session.refusal("ring-needed", "reports.reveal")
    return True


def _fields(plan: FormPlan) -> dict[str, set[str]]:
    return {sheet.title: set(sheet.names) for sheet in plan.repeating}


def _correct(filling: Filling, before: Values | None, correction: bool) -> None:
    if correction:
        filling.once["更正"] = filling.once[ONCE["更正"]] = say("report-corrected")
        if before is not None:
            filling.changed = report_filling.differences(before["figures"], _figures(filling))


def _figures(filling: Filling) -> Values:
    """The counts of the whole form as they are shown: what a correction is compared with."""
    return {mark: filling.once[mark] for mark in filling.plan.counts if mark in filling.plan.once}


def _told(filling: Filling, where: Where, cutoff: datetime, before: Values | None, correction: bool) -> Values:
    """What the entry says: fields and heads, and of figures their counts; no value of a person."""
    plan, name = filling.plan, filling.plan.name
    return {
        "kind": "report", "template": plan.source.name if isinstance(plan.source, Path) else name, "name": name,
        "rows": filling.count, "persons": len(filling.people),
        "people": looking.named(filling.people) if filling.people else [],
        "fields": sorted({*map(_called, plan.columns), *plan.counts}),
        "where": [list(each) for each in where], "cutoff": cutoff.isoformat(timespec="minutes"),
        "figures": _figures(filling), "basis": _basis(filling), "zero": filling.zero,
        **({"correction": True, "corrects": (before or {}).get("batch"), "changed": filling.changed or {}}
           if correction else {}),
    }  # fmt: skip


def _called(column: Column) -> str:
    """By its key, where the catalogue or the sharing ledger can say it; else by its title."""
    return column.key if column.field is not None or column.key in shares.SAID else column.title


def _basis(filling: Filling) -> list[str]:
    """The rule of each count, and as of when its records were known."""
    return [*report_figures.basis(list(filling.plan.counts.values())), *filling.source.as_known]


def _result(filling: Filling, totals: bool) -> Values:
    """What is told of a filled form beside its rows; a reader of totals is told nobody's name."""
    balance = filling.tally.balance
    return {
        "sheets": [
            {"sheet": each.title, "unit": each.unit.key, "rows": len(filling.records[each.title])}
            for each in filling.plan.repeating
        ],
        "zero": filling.zero, "suppressed": filling.suppressed, "old": filling.old, "changed": filling.changed,
        "basis": _basis(filling),
        "balance": None if balance is None or totals else {
            "figures": dict(balance.figures), "holds": balance.holds, "breakers": filling.tally.breakers,
        },
    }  # fmt: skip
