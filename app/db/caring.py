"""What care asks of the tables: everybody with the door in one pass, who sleeps elsewhere, plans and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db.present import COLUMNS, Values, decoded, structure
from app.domain.fields import PLAN_STATES

_PEOPLE = (
    "SELECT r.id, r.household, r.name, r.sex, r.birth_year, r.status, r.residence_kind, r.care_groups, h.kind, h.dwelling,"
    " d.building, e.name, b.lane, b.number, d.unit, d.room,"
    " r.birth_year IS NULL AND (r.documents IS NOT NULL OR r.birth_date IS NOT NULL)"
    " FROM resident r LEFT JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
    " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
    " LEFT JOIN building b ON b.id = d.building AND b.committee_id = r.committee_id"
    " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = r.committee_id"
    " WHERE r.committee_id = ?{} ORDER BY e.name, b.lane, CAST(b.number AS INTEGER), b.number, d.floor, d.room, h.n, r.n"
)
_AROUND = (
    " AND (r.id = ? OR r.household IN ({0}) OR r.id IN"
    " (SELECT resident FROM residence WHERE committee_id = r.committee_id AND household IN ({0})))"
)


class Row(NamedTuple):
    """A resident as care needs it. hidden: the birth stands in sealed fields alone."""

    id: str
    household: str | None
    name: str | None
    sex: str | None
    birth_year: Any
    status: str | None
    residence_kind: str | None
    care_groups: Any
    kind: str | None
    dwelling: str | None
    building: str | None
    estate: str | None
    lane: str | None
    number: str | None
    unit: str | None
    room: str | None
    hidden: Any


def people(connection: Connection, committee: str, around: str = "") -> list[Row]:
    """Every resident in walking order, `care_groups` decoded; around: only this one and whoever shares a household."""
    if around:
        homes = _homes_of(connection, committee, around)
        marks = ", ".join("?" * len(homes))
        found = connection.exec_driver_sql(
            _PEOPLE.format(_AROUND.format(marks)), (committee, around, *homes, *homes)
        ).fetchall()
    else:
        found = connection.exec_driver_sql(_PEOPLE.format(""), (committee,)).fetchall()
    return [Row._make((*each[:7], structure(each[7]) if each[7] else None, *each[8:])) for each in found]


def _homes_of(connection: Connection, committee: str, resident: str) -> list[str]:
    rows = connection.exec_driver_sql(
        "SELECT household FROM resident WHERE committee_id = ? AND id = ? AND household IS NOT NULL UNION"
        " SELECT household FROM residence WHERE committee_id = ? AND resident = ? AND household IS NOT NULL",
        (committee, resident, committee, resident),
    ).fetchall()
    return [household for (household,) in rows]


def households(connection: Connection, committee: str) -> list[Any]:
    """(id, dwelling, kind) of every household, oldest first: its place behind the door is its ordinal."""
    return list(
        connection.exec_driver_sql(
            "SELECT id, dwelling, kind FROM household WHERE committee_id = ? ORDER BY n", (committee,)
        ).fetchall()
    )


def living_elsewhere(connection: Connection, committee: str) -> list[Any]:
    """(resident, household) of the further residences in which somebody sleeps now."""
    return list(
        connection.exec_driver_sql(
            "SELECT resident, household FROM residence WHERE committee_id = ? AND kind IN ('实住', '承租')"
            " AND coalesce(until, '') = '' AND resident IS NOT NULL ORDER BY n",
            (committee,),
        ).fetchall()
    )


def sealed_groups(connection: Connection, committee: str) -> dict[str, str]:
    """resident id -> sealed groups as they are stored, of those who have any."""
    rows = connection.exec_driver_sql(
        "SELECT id, care_groups_sensitive FROM resident WHERE committee_id = ? AND care_groups_sensitive IS NOT NULL",
        (committee,),
    ).fetchall()
    return dict(map(tuple, rows))


def marks_of(connection: Connection, committee: str, residents: Iterable[str]) -> dict[str, Any]:
    """resident id -> the groups that are marked now, of those who are there."""
    found: dict[str, Any] = {}
    for row in residents:
        for (text,) in connection.exec_driver_sql(
            "SELECT care_groups FROM resident WHERE committee_id = ? AND id = ?", (committee, row)
        ):
            found[row] = structure(text) if text else None
    return found


# ---------------------------------------------------------------- plans


def _select(entity: str, alias: str) -> str:
    return f"SELECT {alias}.id, " + ", ".join(f'{alias}."{name}"' for name, _ in COLUMNS[entity])


def plans(connection: Connection, committee: str, *, ended: bool = False) -> list[Values]:
    """Care plans, oldest first; those that have ended only if asked for."""
    more = "" if ended else f" AND coalesce(p.state, '') <> '{PLAN_STATES[-1]}'"
    sql = f"{_select('care_plan', 'p')} FROM care_plan p WHERE p.committee_id = ?{more} ORDER BY p.n"
    return [decoded("care_plan", row) for row in connection.exec_driver_sql(sql, (committee,)).fetchall()]


def contacts(connection: Connection, committee: str, since: str) -> list[Values]:
    """Contacts from a day on (ISO), oldest first; sealed notes as they are stored."""
    sql = f"""{_select("care_contact", "c")} FROM care_contact c WHERE c.committee_id = ? AND c."on" >= ? ORDER BY c."on", c.n"""
    return [decoded("care_contact", row) for row in connection.exec_driver_sql(sql, (committee, since)).fetchall()]


def residents_of_plans(connection: Connection, committee: str) -> dict[str, Values]:
    """resident id -> name, status, move, household, path of the door, building: of everybody who has a plan."""
    rows = connection.exec_driver_sql(
        "SELECT r.id, r.name, r.status, r.move, r.household, d.building, e.name, b.lane, b.number, d.unit, d.room"
        " FROM resident r LEFT JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
        " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
        " LEFT JOIN building b ON b.id = d.building AND b.committee_id = r.committee_id"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = r.committee_id"
        " WHERE r.committee_id = ? AND r.id IN (SELECT resident FROM care_plan WHERE committee_id = r.committee_id)",
        (committee,),
    ).fetchall()
    return {
        row[0]: {
            "id": row[0], "name": row[1] or "", "status": row[2] or "", "move": structure(row[3]) if row[3] else None,
            "household": row[4] or "", "building": row[5] or "", "path": "/".join(filter(None, row[6:])), "lane": row[7], "number": row[8], "unit": row[9], "room": row[10],
        }
        for row in rows
    }  # fmt: skip
