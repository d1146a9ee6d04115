"""The superior's own form, filled: which people, which columns, and the trace of what left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.db import present
from app.domain.access import ALONE_UP_TO, needs_second, purpose_of
from app.domain.fields import ENTITIES, RESIDENT, ROSTER_FIELDS, Type
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.domain.people import age_on, household_situation, person_class
from app.domain.values import parse, show
from app.exchange import reports as forms
from app.exchange.marks import scan
from app.services import looking
from app.services.session import Session
from app.services.values import Values, presented

DOOR = ("estate", "lane", "building", "unit", "room", "floor", "use", "state", "household_label", "household_kind")
DERIVED = {"path": "地址", "age": "年龄", "situation": "人户情况", "class": "人员类别"}
ONCE = {
    "count": "人数", "today": "填表日期", "maker": "填表人", "committee.name": "居委会名称",
    "committee.code": "居委会代码", "index": "序号",
}  # fmt: skip
Where = Sequence[tuple[str, str]]


def marks() -> list[tuple[str, str]]:
    """(mark, what it stands for) of everything a template may ask for."""
    known = {key: ENTITIES["resident"][key].title for key in _resident_keys()}
    known |= {key: ROSTER_FIELDS[key].title for key in DOOR} | DERIVED | ONCE
    return list(known.items())


def fields() -> set[str]:
    """What may be told of each person."""
    return {*_resident_keys(), *DOOR, *DERIVED}


def _resident_keys() -> list[str]:
    return [field.key for field in RESIDENT if field.type is not Type.REFERENCE]


def sensitive(session: Session, template: Path) -> list[str]:
    """Titles of the level-3 columns that a template asks for. Raises what reading it raises; Refused."""
    session.require("reports.fill")
    return [RESIDENT[name].title for name in sorted(scan(template).names) if _level(name) >= 3]


def ask(session: Session, template: Path, where: Where = ()) -> Values:
    """Before a template is filled: sensitive (titles of the level-3 columns it asks for), persons (how many rows it will
    have), second (does it take a second account to show them?). Nobody's level 3 is compared or counted: a condition on
    it finds what a masked list would. Raises what reading the template raises; UserError("field-unknown"); Refused.
    """
    session.require("reports.fill")
    wanted = [(key, _asked(key, value)) for key, value in where]
    titles = sensitive(session, template)
    if not titles:
        return {"sensitive": [], "persons": 0, "second": False}
    with session.db.reading() as connection:
        persons = sum(1 for _ in people_rows(session, connection, wanted, False))
    return {"sensitive": titles, "persons": persons, "second": needs_second(persons, shows_level_3=True)}


def fill(
    session: Session,
    template: Path,
    out: Path,
    *,
    where: Where = (),
    maker: str | None = None,
    purpose: str | None = None,
    second: str | None = None,
    to: str = "",
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Values:
    """Fill a template with one row per person; `where`: (field, value) that must all hold.

    purpose: of this form, where it is not the session's. Level 3 stays masked without one. More than 200 persons with level 3 shown need a second account,
    given by its id once its password was checked; a worker fills in only people assigned to it. to: who gets the form,
    for the sharing ledger. Raises what `exchange.reports.fill` raises; UserError("field-unknown"); Refused: not-allowed,
    ring-needed, not-assigned-list, second-needed, second-not-allowed.
    """
    session.require("reports.fill")
    wanted = [(key, _asked(key, value)) for key, value in where]
    asked = scan(template)
    purpose = purpose or session.purpose or ""
    code = said.code if (said := purpose_of(purpose)) else ""
    sensitive = bool(code) and any(_level(name) >= 3 for name in asked.names)
    if sensitive:
        session.require("reports.reveal")
        if session.ring is None:
            raise session.refusal("ring-needed", "reports.reveal")
    people: list[str] = []
    with session.db.reading() as connection:
        rows = people_rows(session, connection, wanted, sensitive)
        if sensitive:
            rows = iter(_signed_for(session, connection, list(rows), second))
        once = {
            "today": session.now().date().isoformat(), "maker": maker or session.account,
            "committee.name": session.name, "committee.code": session.code,
        }  # fmt: skip
        filled = forms.fill(
            template,
            out,
            once=once,
            rows=_counted(rows, people),
            fields=fields(),
            progress=progress,
            cancelled=cancelled,
        )
    told = {
        "kind": "report", "template": template.name, "out": out.name, "rows": filled.rows, "persons": filled.rows,
        "people": looking.named(people) if filled.rows else [], "fields": sorted(asked.names & fields()),
        "where": [list(each) for each in where], "purpose": purpose, "second": second or "", "to": to,
        "sensitive": sensitive and filled.rows > 0,
    }  # fmt: skip
    try:
        with session.noting("export", purpose=code or "report") as writing:
            writing.act("export", "committee", session.committee_id, told)
    except BaseException:
        out.unlink(missing_ok=True)  # nothing leaves without its entry
        raise
    return {"out": str(out), "rows": filled.rows, "cells": filled.cells}


def _signed_for(session: Session, connection: Any, rows: list[Values], second: str | None) -> list[Values]:
    """The rows that show level 3, once whoever asks may show it of all of them, with a second person if it takes one."""
    if not looking.reads_all(session):
        mine = looking.assigned(session, connection, session.scope(connection))
        others = sum(row["id"] not in mine for row in rows)
        if others:
            raise session.refusal("not-assigned-list", "reports.reveal", count=others)
    looking.second_person(session, connection, "reports.reveal", len(rows), second)
    return rows


def _counted(rows: Iterator[Values], people: list[str]) -> Iterator[Values]:
    """The rows; who the first of them are is remembered, up to one more than are named."""
    for row in rows:
        if len(people) <= ALONE_UP_TO:
            people.append(row["id"])
        yield row


def _level(key: str) -> int:
    return RESIDENT[key].level if key in RESIDENT else 1


def _asked(key: str, text: str) -> Any:
    if key in DERIVED:
        return text
    field = RESIDENT[key] if key in RESIDENT else ROSTER_FIELDS.get(key)
    if field is None:
        raise UserError("field-unknown", field=key, entity=RESIDENT.title)
    value = parse(field, text).value
    return text if value is None else value


def people_rows(
    session: Session, connection: Any, where: list[tuple[str, Any]], sensitive: bool, committees: Sequence[str] = ()
) -> Iterator[Values]:
    """At a centre the people of every committee that sent its data, or of those named, committee by committee."""
    today, scope = session.now().date(), session.scope(connection)
    wanted = [each for each in scope if each in committees] if committees else scope
    for row in (row for each in wanted for row in present.report_rows(connection, each)):
        shown = presented(session, "resident", row, sensitive=sensitive, phones=True)
        shown["path"] = "".join(str(row.get(key, "")) for key in ("estate", "lane", "building")) + _room(row)
        age = age_on(today, birth_year=row.get("birth_year"))
        shown |= {"age": age} if age is not None else {}
        shown |= {"situation": household_situation(row), "class": row.get("person_class") or person_class(row)}
        if all(_holds(shown.get(key), value) for key, value in where):
            yield {key: _cell(key, value) for key, value in shown.items() if value is not None}


def _room(row: Values) -> str:
    unit = f"{row['unit']}单元" if row.get("unit") else ""
    room = str(row.get("room", ""))
    return unit + (f"{room}室" if room[-1:].isdigit() else room)


def _holds(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return wanted in value or (isinstance(wanted, list) and set(wanted) <= set(map(str, value)))
    if isinstance(wanted, bool):
        return bool(value) is wanted
    return value == wanted or str(value) == str(wanted)


def _cell(key: str, value: Any) -> Any:
    if key in RESIDENT and isinstance(value, bool | list):
        return show(RESIDENT[key], value)
    return value
