"""The superior's own form, filled: which people, which columns, which figures, and the trace of what left.

What a mark means is in `domain.report_marks`, what it counts in `domain.figures`; here is who may, and the entry.
Longer than most files: filling, previewing and looking behind a cell go through the same checks and leave like entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app import paths
from app.domain import report_limits, report_marks
from app.domain.access import needs_second, purpose_of
from app.domain.figures import BASIS
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.domain.report_marks import COUNTS, ONCE, Column, Condition
from app.exchange import reports as engine
from app.files import replacing
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
    """Before a template is filled: sensitive (titles of the level 3 that it shows or compares), persons (of how many),
    second (does it take a second account to show them?). Nobody's level 3 is compared here: a condition on it is about
    everybody. Raises what reading the template raises; UserError("field-unknown"); Refused.
    """
    session.require("reports.fill")
    plan = report_plan.plan(session, template, per)
    asked = report_plan.conditions(plan, where)
    titles = plan.sensitive
    if secret := report_limits.secrets(plan.counts.values(), asked.values()):
        with session.db.reading() as connection:
            persons = len(report_filling.everybody(session, connection))
        titles = list(dict.fromkeys([*titles, *map(report_limits.title_of, secret)]))
        return {"sensitive": titles, "persons": persons, "second": needs_second(persons, shows_level_3=True)}
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
    assigned to it. A condition on level 3, in a mark or in where, counts as showing that of everybody who is compared, and takes a
    purpose. to: who gets the form. correction: says 更正 and notes what differs from this account's last report of
    this name and day. Readers of totals fill forms that name nobody, their small counts withheld, narrowed only as
    `report_limits` allows. A file at `out` is replaced when the new one is complete and its entry written.

    Returns out, rows, cells, sheets, zero, balance, basis, suppressed, old, changed. Raises what `engine.fill` raises;
    UserError: mark-unknown, unit-unknown, condition-unknown, condition-invalid, condition-masked, field-unknown,
    cutoff-invalid; Refused: not-allowed, ring-needed, not-assigned-list, second-needed, second-not-allowed.
    """
    plan, totals = _planned(session, template, per, where, sort, name)
    asked, cutoff = report_plan.conditions(plan, where), report_plan.cutoff_of(session, until)
    purpose = purpose or session.purpose or ""
    code = said.code if (said := purpose_of(purpose)) else ""
    secret = report_limits.secrets(plan.counts.values(), asked.values())
    opened = _opens(session, plan, code, secret)
    with session.db.reading() as connection:
        source = Source(session, connection, cutoff, opened)
        filling = report_filling.gathered(source, plan, asked, sort, totals=totals, maker=maker or session.account)
        if opened:
            report_filling.must_be_signed_for(session, connection, filling, second, secret=bool(secret))
        before = report_filling.last_of(filling, totals) if correction else None
    _correct(filling, before, correction)
    told = {
        **_told(filling, where, before, correction, totals), "out": out.name if isinstance(out, Path) else "",
        "purpose": purpose, "second": second or "", "to": to,
        "sensitive": opened and (filling.count > 0 or bool(filling.compared)),
    }  # fmt: skip
    with _whole(plan.source, out) as target:
        filled = engine.fill(
            plan.source, target, once=filling.once, rows=filling.rows, fields=_fields(plan), progress=progress,
            cancelled=cancelled,
        )  # fmt: skip
        with session.noting("export", purpose=code or "report") as writing:
            writing.act("export", "committee", session.committee_id, told)
    place = str(out) if isinstance(out, Path) else ""
    return {"out": place, "rows": filling.count, "cells": filled.cells, **_result(filling, totals)}


def preview(
    session: Session, template: Template, *, where: Where = (), per: Per = None, sort: Sequence[str] = (),
    until: str | datetime | None = None, maker: str | None = None, purpose: str | None = None,
    correction: bool = False, name: str = "",
) -> Preview:  # fmt: skip
    """The filled form as grids of texts, the first rows of each sheet; nothing is written.

    Without a purpose level 3 and residents' phones are masked; with one they are shown as `fill` would, and the look is an
    entry. Phones of officers, police and doctors in a case are no resident's and stand. Raises what `fill` raises;
    UserError("preview-unreadable") where the form can be filled but not be shown.
    """
    plan, totals = _planned(session, template, per, where, sort, name)
    asked, cutoff = report_plan.conditions(plan, where), report_plan.cutoff_of(session, until)
    code = said.code if (said := purpose_of(purpose or session.purpose)) else ""
    secret = report_limits.secrets(plan.counts.values(), asked.values())
    opened = _opens(session, plan, code, secret)
    if not code:
        _must_not_ask_phones(plan, asked)
    with session.db.reading() as connection:
        source = Source(session, connection, cutoff, opened, bool(code))
        filling = report_filling.gathered(source, plan, asked, sort, totals=totals, maker=maker or session.account)
        persons = filling.persons
        looks = opened or (bool(code) and report_filling.shows_phones(plan))
        if looks:
            report_trace.cut(filling)
        if opened:
            report_filling.must_be_signed_for(session, connection, filling, None, secret=bool(secret))
        before = report_filling.last_of(filling, totals) if correction else None
    _correct(filling, before, correction)
    if looks and filling.persons:
        report_trace.looked(session, plan.name, "", filling.told_of, code, _called_all(plan), sensitive=opened)
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
    code = session.purpose_code
    secret = report_limits.secrets(plan.counts.values(), asked.values())
    opened = bool(secret) and _opens(session, plan, code, secret)
    with session.db.reading() as connection:
        source = Source(session, connection, cutoff, opened)
        filling = report_filling.gathered(
            source, replace(plan, counts={}), asked, sort, totals=False, maker=session.account,
            also=frozenset({"name", "head", "path"}),
        )  # fmt: skip
        filling = replace(filling, plan=plan)
        if opened:
            report_filling.must_be_signed_for(session, connection, filling, None, secret=True)
        mark, record = report_trace.mark_of(filling, sheet, cell, _fields(plan), whole=whole)
        found = report_trace.behind(filling, sheet, mark, record, tuple(asked[""]))
    people = list(
        dict.fromkeys([*(each["resident"] for each in found["records"] if each["resident"]), *filling.compared])
    )
    if people:
        said = report_limits.recorded_marks([mark])[mark]
        report_trace.looked(session, plan.name, said, people, code, ["name", "path"], sensitive=opened)
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
        return plan, report_plan.must_be_plain(session, plan, where, sort)
    report_plan.must_sort(plan, sort)
    return plan, False


def _opens(session: Session, plan: FormPlan, code: str, secret: Sequence[Condition]) -> bool:
    """Is level 3 shown or compared? With a purpose, by whoever may and has the ring. Raises Refused;
    UserError("condition-masked"): without a purpose a condition on level 3 would compare masks and find nobody."""
    if not plan.sensitive and not secret:
        return False
    if not code:
        if secret:
            raise UserError("condition-masked", fields="、".join(dict.fromkeys(map(report_limits.title_of, secret))))
        return False
    session.require("reports.reveal")
    if session.ring is None:
        raise session.refusal("ring-needed", "reports.reveal")
    return True


def _must_not_ask_phones(plan: FormPlan, asked: Mapping[str, Sequence[Condition]]) -> None:
    """A preview without a purpose masks phones: a condition on one would find nobody. Raises UserError."""
    found = report_limits.phones(plan.counts.values(), asked.values())
    if found:
        raise UserError("condition-masked", fields="、".join(dict.fromkeys(map(report_limits.title_of, found))))


@contextmanager
def _whole(template: Path | bytes, out: Path | BinaryIO) -> Iterator[Path | BinaryIO]:
    """Where the form is written: beside `out`, whose place it takes when its entry is written, or into what is open."""
    if not isinstance(out, Path):
        yield out
        return
    if isinstance(template, Path) and out.exists() and template.exists() and out.samefile(template):
        raise UserError("report-over-template", file=template.name)
    written = False
    try:
        with replacing(out) as temporary:
            yield temporary
            written = True
    except UserError as error:
        if error.code == "report-unwritable":
            raise UserError("report-unwritable", file=str(out)) from error
        raise
    except OSError as error:
        if not written:
            raise  # the entry's
        raise UserError("report-unwritable", file=str(out)) from error


def _fields(plan: FormPlan) -> dict[str, set[str]]:
    return {sheet.title: set(sheet.names) for sheet in plan.repeating}


def _correct(filling: Filling, before: Values | None, correction: bool) -> None:
    if correction:
        filling.once["更正"] = filling.once[ONCE["更正"]] = say("report-corrected")
        if before is not None:
            filling.changed = report_filling.differences(before["figures"], _figures(filling))


def _figures(filling: Filling) -> Values:
    """The counts of the whole form as they are shown: what a correction is compared with."""
    called = report_limits.recorded_marks(filling.plan.counts)
    return {called[mark]: filling.once[mark] for mark in filling.plan.counts if mark in filling.plan.once}


def _told(filling: Filling, where: Where, before: Values | None, correction: bool, totals: bool) -> Values:
    """What the entry says: fields and heads, and of figures their counts; no value of a person, nor one asked about."""
    plan, name = filling.plan, filling.plan.name
    return {
        "kind": "report", "template": plan.source.name if isinstance(plan.source, Path) else name, "name": name,
        "rows": filling.count, "persons": filling.persons,
        "people": looking.named(filling.told_of),
        "fields": _called_all(plan), "where": report_limits.recorded(where),
        "cutoff": filling.source.cutoff.isoformat(timespec="minutes"),
        "figures": _figures(filling), "withheld": totals, "scope": list(filling.scope),
        "basis": _basis(filling), "zero": filling.zero,
        **({"correction": True, "corrects": (before or {}).get("batch"), "changed": filling.changed or {}}
           if correction else {}),
    }  # fmt: skip


def _called_all(plan: FormPlan) -> list[str]:
    return sorted({*map(_called, plan.columns), *report_limits.recorded_marks(plan.counts).values()})


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
            "doubles": filling.tally.doubles,
        },
    }  # fmt: skip
