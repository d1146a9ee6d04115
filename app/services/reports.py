"""The superior's own form, filled: which people, which columns, and the trace of what left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.db import present
from app.domain.access import needs_second
from app.domain.fields import ENTITIES, RESIDENT, ROSTER_FIELDS, Type
from app.domain.findings import Refused, UserError
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.domain.people import age_on, household_situation, person_class
from app.domain.values import parse, show
from app.exchange import reports as forms
from app.exchange.marks import scan
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


def _resident_keys() -> list[str]:
    return [field.key for field in RESIDENT if field.type is not Type.REFERENCE]


def fill(
    session: Session,
    template: Path,
    out: Path,
    *,
    where: Where = (),
    maker: str | None = None,
    second: str | None = None,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Values:
    """Fill a template with one row per person; `where`: (field, value) that must all hold.

    Level 3 stays masked without a purpose. More than 200 persons with level 3 shown need a second account,
    given by its id once its password was checked (Refused "second-needed"). Raises what
    `exchange.reports.fill` raises; UserError("field-unknown").
    """
    session.require("reports.fill")
    fields = {*_resident_keys(), *DOOR, *DERIVED}
    wanted = [(key, _asked(key, value)) for key, value in where]
    asked = scan(template)
    sensitive = bool(session.purpose_code) and any(_level(name) >= 3 for name in asked.names)
    if sensitive:
        session.require("reports.reveal")
    with session.db.reading() as connection:
        rows = _rows(session, connection, wanted, sensitive)
        if sensitive:
            people = list(rows)
            if needs_second(len(people), shows_level_3=True) and second in (None, session.account_id):
                raise Refused("second-needed", count=len(people))
            rows = iter(people)
        once = {
            "today": session.now().date().isoformat(), "maker": maker or session.account,
            "committee.name": session.name, "committee.code": session.code,
        }  # fmt: skip
        filled = forms.fill(template, out, once=once, rows=rows, fields=fields, progress=progress, cancelled=cancelled)
    with session.noting("export") as writing:
        writing.act("export", "committee", session.committee_id, {
            "template": template.name, "out": out.name, "rows": filled.rows, "fields": sorted(asked.names & fields),
            "where": [list(each) for each in where], "purpose": session.purpose or "", "second": second or "",
        })  # fmt: skip
    return {"out": str(out), "rows": filled.rows, "cells": filled.cells}


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


def _rows(session: Session, connection: Any, where: list[tuple[str, Any]], sensitive: bool) -> Iterator[Values]:
    """At a centre the people of every committee that sent its data, committee by committee."""
    today = session.now().date()
    for row in (row for each in session.scope(connection) for row in present.report_rows(connection, each)):
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
