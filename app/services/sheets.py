"""Survey sheets of chosen buildings: who may print them, what stands on them, and the trace of what left."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app import paper
from app.db import paper as kept
from app.db import present
from app.db.connection import Connection
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.people import household_order
from app.files import write_atomic
from app.services import places
from app.services.session import Session
from app.services.values import Values, presented
from app.sheets import survey
from app.sheets.survey import Building, Door, Person, Survey

SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a print's code: nothing that reads like something else when a volunteer writes it down."""
LENGTH = 6
PURPOSE = "registration"
"""What sheets are for, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """A print: its PDF, and how much is on it. `doors` are those behind which no household is known."""

    code: str
    pdf: bytes = field(repr=False)
    pages: int
    buildings: int
    households: int
    doors: int
    persons: int
    chosen: tuple[str, ...] = ()
    """Ids of the buildings; none named: all of the committee."""


def make(
    session: Session, *, estate: str | None = None, buildings: Sequence[str] = (), doors: Sequence[str] = (),
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Sheets:  # fmt: skip
    """The sheets of an estate and of buildings (ids or paths); of the whole committee if neither is named.

    doors: ids of dwellings; then only these are printed.
    The trace is written before anybody sees a page. Raises UserError: path-unknown, path-ambiguous, sheets-nothing,
    sheets-choose at a centre that names nothing, cancelled; Refused.
    """
    session.require("sheets.print")
    progress(0, 2, "sheets-reading")
    with session.db.reading() as connection:
        only = _only(session, connection, doors)
        found = survey.building_order(_buildings(session, connection, estate, [*buildings, *only.values()]))
        found = tuple(_with_only(building, only) for building in found) if only else found
    if not any(building.doors for building in found):
        raise UserError("sheets-nothing")
    check(cancelled)
    progress(1, 2, "sheets-setting")
    printed = Survey(_code(), session.now().date().isoformat(), session.rehearsal, found)
    made = survey.pdf(printed)
    check(cancelled)
    households, persons = survey.count(found)
    unknown = sum(len(building.doors) for building in found) - households
    whole = not estate and not buildings and not only
    chosen = () if whole else tuple(building.id for building in found)
    sheets = Sheets(printed.code, made, paper.pages(made), len(found), households, unknown, persons, chosen)
    _leave_trace(session, sheets, found, whole=whole, only=sorted(only))
    return sheets


def save(session: Session, sheets: Sheets, out: Path) -> Values:
    """Write the PDF: out, pages, households. Raises UserError: sheets-type, sheets-unwritable."""
    session.require("sheets.print")
    write(out, sheets.pdf)
    with session.noting("export", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("export", "committee", session.committee_id, {
            "kind": "sheets", "out": out.name, "code": sheets.code, "pages": sheets.pages, "persons": sheets.persons,
            "fields": list(survey.PERSON_FIELDS), "buildings": list(sheets.chosen), "purpose": session.purpose or "",
        })  # fmt: skip
    return {"out": str(out), "pages": sheets.pages, "households": sheets.households}


def write(out: Path, pdf: bytes) -> None:
    """Any paper into a file, the old one kept until the new one is whole. Raises UserError: sheets-type, sheets-unwritable."""
    must_be_pdf(out)
    try:
        write_atomic(out, pdf)
    except OSError:
        raise UserError("sheets-unwritable", file=out.name) from None


def must_be_pdf(out: Path) -> None:
    """Raises UserError("sheets-type") for a name that is none of a PDF."""
    if out.suffix.lower() != ".pdf":
        raise UserError("sheets-type", file=out.name)


def _code() -> str:
    return "".join(secrets.choice(SYMBOLS) for _ in range(LENGTH))


# ---------------------------------------------------------------- what stands on them


def _buildings(
    session: Session, connection: Connection, estate: str | None, buildings: Sequence[str]
) -> Iterator[Building]:
    for committee, chosen in _chosen(session, connection, estate, buildings).items():
        known = present.one(connection, committee, "committee", committee) or {}
        name = str(known.get("name") or session.name)
        people: dict[str, list[Values]] = {}
        for person in kept.people_to_ask_about(connection, committee, chosen, survey.ASKED_ABOUT):
            people.setdefault(person.pop("household"), []).append(person)
        yield from _with_doors(session, name, kept.doors_with_households(connection, committee, chosen), people)


def _chosen(
    session: Session, connection: Connection, estate: str | None, buildings: Sequence[str]
) -> dict[str, list[str] | None]:
    """committee -> its chosen buildings, None for all."""
    if not estate and not buildings:
        if session.role != "committee":
            raise UserError("sheets-choose")
        return {session.committee_id: None}
    chosen: dict[str, list[str] | None] = {}
    if estate:
        _, row = places.resolve_in(connection, session, estate, "estate")
        committee = session.committee_of(connection, "estate", row)
        chosen[committee] = [each["id"] for each in present.where(connection, committee, "building", estate=row)]
    for ref in buildings:
        _, row = places.resolve_in(connection, session, ref, "building")
        among = chosen.setdefault(session.committee_of(connection, "building", row), [])
        if among is not None and row not in among:
            among.append(row)
    return chosen


def _only(session: Session, connection: Connection, doors: Sequence[str]) -> dict[str, str]:
    """Chosen doors -> the building of each. Raises UserError("path-unknown")."""
    found: dict[str, str] = {}
    for door in doors:
        committee = session.committee_of(connection, "dwelling", door)
        row = present.one(connection, committee, "dwelling", door) if committee else None
        if row is None:
            raise UserError("path-unknown", path=door)
        found[row["id"]] = str(row["building"])
    return found


def _with_only(building: Building, only: Mapping[str, str]) -> Building:
    return replace(building, doors=tuple(door for door in building.doors if door.dwelling in only))


def _with_doors(
    session: Session, committee: str, rows: Iterable[Values], people: dict[str, list[Values]]
) -> list[Building]:
    """The buildings of some rows, their doors in walking order."""
    buildings: dict[str, Building] = {}
    behind: dict[str, dict[str, list[Door]]] = {}
    for row in rows:
        building = row["building"]
        if building not in buildings:
            estate_id, estate, lane, number = (str(row.get(key, "")) for key in survey.PLACE_FIELDS)
            buildings[building] = Building(building, committee, estate_id, estate, lane, number)
        door = _door(session, row, people.get(row.get("household", ""), []))
        behind.setdefault(building, {}).setdefault(door.dwelling, []).append(door)
    return [
        replace(each, doors=survey.walking_order(door for beside in behind[row].values() for door in _numbered(beside)))
        for row, each in buildings.items()
    ]


def _numbered(beside: list[Door]) -> list[Door]:
    """户1, 户2 … where several live behind one door, as in a path."""
    if len(beside) == 1:
        return beside
    return [replace(door, ordinal=ordinal) for ordinal, door in enumerate(beside, 1)]


def _door(session: Session, row: Values, people: list[Values]) -> Door:
    household = row.get("household")
    room = str(row.get("room", ""))
    return Door(
        dwelling=row["dwelling"], household=household, unit=str(row.get("unit", "")), room=room,
        floor=survey.floor_of(row.get("floor"), room), floor_label=str(row.get("floor_label", "")),
        state=str(row.get("state", "")), label=str(row.get("label", "")), kind=str(row.get("kind", "")),
        note=str(row.get("household_note" if household else "dwelling_note", "")),
        people=tuple(_person(session, each) for each in sorted(people, key=household_order)),
    )  # fmt: skip


def _person(session: Session, row: Values) -> Person:
    """As it may be read in the street: phones masked, nothing of level 3."""
    shown: dict[str, Any] = presented(session, "resident", row, sensitive=False, phones=False)
    return Person(row["id"], **{key: str(shown.get(key, "")) for key in survey.PERSON_FIELDS})


# ---------------------------------------------------------------- the trace


def _leave_trace(
    session: Session, sheets: Sheets, printed: Sequence[Building], *, whole: bool, only: Sequence[str]
) -> None:
    """One act for the committee, or for each estate or single building of which sheets were made."""
    with session.noting("print", purpose=session.purpose_code or PURPOSE) as writing:
        for entity, row, some in _shares(session, printed, whole):
            households, persons = survey.count(some)
            writing.act("print", entity, row, {
                "kind": "sheets", "code": sheets.code, "fields": list(survey.PERSON_FIELDS), "households": households,
                "persons": persons, "buildings": [] if whole else [each.id for each in some],
                "purpose": session.purpose or "", **({"dwellings": list(only)} if only else {}),
            })  # fmt: skip


def _shares(
    session: Session, printed: Sequence[Building], whole: bool
) -> Iterator[tuple[str, str, Sequence[Building]]]:
    if whole:
        yield "committee", session.committee_id, printed
        return
    estates: dict[str, list[Building]] = {}
    for building in printed:
        estates.setdefault(building.estate_id or building.id, []).append(building)
    for estate, some in estates.items():
        yield ("estate", estate, some) if len(some) > 1 else ("building", some[0].id, some)
