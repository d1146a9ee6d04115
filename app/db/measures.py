"""What maps shade by: counts for every building of a committee, and the state of every door of one building."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db import incidents
from app.db.present import COLUMNS, LIVES_HERE, Values, decoded
from app.domain.figures import ALONE, ELDERLY
from app.domain.incidents import first_of, is_open
from app.domain.isolation import ACTIVE
from app.domain.visits import CONFIRMING, SHARES

_BEHIND = (
    " JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
    " JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
)
_OF_BUILDINGS = (
    f"SELECT d.building, count(DISTINCT r.id) FROM {{}}{_BEHIND} WHERE r.committee_id = ? AND {{}} GROUP BY 1"
)
_ARRIVED = "arrival a JOIN resident r ON r.id = a.resident AND r.committee_id = a.committee_id"
_CASES = "isolation_case c JOIN resident r ON r.id = c.resident AND r.committee_id = c.committee_id"
ALONE_HERE = (
    "(" + " OR ".join(f"r.care_groups LIKE '%\"{word}\"%'" for word in ALONE) + ")"
    f" AND (r.birth_year IS NULL OR r.birth_year <= ? - {ELDERLY})"
)  # fmt: skip


class Told(NamedTuple):
    """Of one building: people, households or incidents that the measure counts, and who lives there or in them."""

    value: int
    people: int


def by_building(connection: Connection, committee: str, key: str, today: date, days: int) -> dict[str | None, Told]:
    """building id -> what a measure of `domain.maps` counts there; buildings with people or incidents only.

    An id may be of a building that is gone, or None: whoever or whatever belongs there still counts.
    """
    lived = _living(connection, committee)
    if key == "residents":
        return {building: Told(count, count) for building, count in lived.items()}
    if key in ("unvisited", "stale"):
        return _households(connection, committee, key, today, days)
    counted = dict(COUNTED[key](connection, committee, today))
    return {building: Told(counted.get(building, 0), lived.get(building, 0)) for building in {**lived, **counted}}


_BY_HOUSEHOLD = (
    f"(SELECT r.household, count(*) AS people FROM resident r WHERE r.committee_id = ? AND {LIVES_HERE} GROUP BY 1) l"
    " JOIN household h ON h.id = l.household AND h.committee_id = ?"
    " JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
)
"""Counted within an index of the residents first, so that few rows are joined."""


def living(connection: Connection, committee: str) -> dict[str | None, tuple[int, int]]:
    """building id -> (households that somebody lives in, people)."""
    rows = connection.exec_driver_sql(
        f"SELECT d.building, count(*), sum(l.people) FROM {_BY_HOUSEHOLD} GROUP BY 1", (committee, committee)
    )
    return {building: (int(households), int(people)) for building, households, people in rows}


def _living(connection: Connection, committee: str) -> dict[str | None, int]:
    rows = connection.exec_driver_sql(
        f"SELECT d.building, sum(l.people) FROM {_BY_HOUSEHOLD} GROUP BY 1", (committee, committee)
    )
    return {building: int(count) for building, count in rows}


def _people(
    connection: Connection, source: str, condition: str, parameters: tuple[Any, ...]
) -> list[tuple[str | None, int]]:
    rows = connection.exec_driver_sql(_OF_BUILDINGS.format(source, condition), parameters)
    return [(building, count) for building, count in rows]


Counted = list[tuple[str | None, int]]


def _isolating(connection: Connection, committee: str, today: date) -> Counted:
    return _people(connection, _CASES, f"c.state IN {ACTIVE}", (committee,))


def _waiting(connection: Connection, committee: str, today: date) -> Counted:
    return list(Counter(each.get("at_building") for each in open_incidents(connection, committee)).items())


def _returned(connection: Connection, committee: str, today: date) -> Counted:
    return _people(connection, _ARRIVED, LIVES_HERE, (committee,))


def _from_abroad(connection: Connection, committee: str, today: date) -> Counted:
    return _people(connection, _ARRIVED, f"{LIVES_HERE} AND a.overseas = 1", (committee,))


def _in_the_party(connection: Connection, committee: str, today: date) -> Counted:
    return _people(connection, "resident r", f"{LIVES_HERE} AND r.party_member = 1", (committee,))


def _elderly_alone(connection: Connection, committee: str, today: date) -> Counted:
    return _people(connection, "resident r", f"{LIVES_HERE} AND {ALONE_HERE}", (committee, today.year))


COUNTED: dict[str, Callable[[Connection, str, date], Counted]] = {
    "returnees": _returned, "overseas": _from_abroad, "isolation": _isolating, "elderly-alone": _elderly_alone,
    "party": _in_the_party, "incidents": _waiting,
}  # fmt: skip
"""Measure -> (building, how many) of a committee. Households are counted by `_households`, with who lives in them."""


def _households(connection: Connection, committee: str, key: str, today: date, days: int) -> dict[str | None, Told]:
    """Households that somebody lives in and that nobody visited, or confirmed lately."""
    met = VISITED if key == "unvisited" else f"SELECT household FROM ({FRESH}) WHERE until >= julianday(?)"
    asked: tuple[Any, ...] = (
        (committee,) if key == "unvisited" else (*fresh_parameters(committee, today, days), today.isoformat())
    )
    rows = connection.exec_driver_sql(
        "SELECT building, sum(NOT met), sum(CASE WHEN met THEN 0 ELSE people END) FROM"
        f" (SELECT d.building, l.people, h.id IN ({met}) AS met FROM {_BY_HOUSEHOLD}) GROUP BY 1",
        (*asked, committee, committee),
    )
    return {building: Told(value, people) for building, value, people in rows}


def open_incidents(connection: Connection, committee: str) -> list[Values]:
    """What still waits for somebody, as `db.incidents` reads it; a repeat stands under its first one and is left out."""
    joined = incidents.joined(connection, committee)
    return [
        each for each in incidents.all_of(connection, committee, open_only=True)
        if is_open(each) and first_of(each["id"], joined) == each["id"]
    ]  # fmt: skip


VISITED = "SELECT DISTINCT household FROM visit WHERE committee_id = ? AND result = '登记' AND household IS NOT NULL"
FRESH = (
    "SELECT household, max(julianday(\"on\") + CASE coalesce(mode, '上门') "
    + " ".join(f"WHEN '{mode}' THEN CAST(? * {share} AS INTEGER)" for mode, share in SHARES.items() if share > 0)
    + f' END) AS until FROM visit WHERE committee_id = ? AND result IN {CONFIRMING} AND "on" <= ?'
    + " AND household IS NOT NULL GROUP BY household"
)
"""household -> the last day (Julian) on which it counts as confirmed; `domain.visits` says the rule."""


def fresh_parameters(committee: str, today: date, days: int) -> tuple[Any, ...]:
    """What stands for the question marks of FRESH."""
    return (*(days for share in SHARES.values() if share > 0), committee, today.isoformat())


# ---------------------------------------------------------------- one building


def people_of(connection: Connection, committee: str, building: str, today: date) -> list[Values]:
    """Who lives behind the doors of a building, by household: resident, household, and what their marks need.

    Keys: resident, household, party, alone, disabled; name is not among them.
    """
    rows = connection.exec_driver_sql(
        f"SELECT r.id, r.household, coalesce(r.party_member, 0), coalesce({ALONE_HERE}, 0),"
        f" coalesce(r.care_groups LIKE '%\"残疾\"%', 0) FROM resident r{_BEHIND}"
        f" WHERE r.committee_id = ? AND d.building = ? AND {LIVES_HERE}",
        (today.year, committee, building),
    )
    names = ("resident", "household", "party", "alone", "disabled")
    return [dict(zip(names, row, strict=True)) for row in rows]


def happening_in(connection: Connection, committee: str, building: str, entity: str) -> list[tuple[str, Values]]:
    """(household, record) of the arrivals or isolation cases of a building's people."""
    rows = connection.exec_driver_sql(
        _selected(entity) + f" JOIN resident r ON r.id = t.resident AND r.committee_id = t.committee_id{_BEHIND}"
        " WHERE t.committee_id = ? AND d.building = ? ORDER BY t.n",
        (committee, building),
    )
    return [(row[-1], decoded(entity, row[:-1])) for row in rows]


def checks_in(connection: Connection, committee: str, building: str) -> list[tuple[str, str, str]]:
    """(case, day, slot) of the health checks of a building's people, but those tried in vain; what was measured stays
    sealed and is not read."""
    rows = connection.exec_driver_sql(
        'SELECT k.isolation_case, k."on", k.slot FROM isolation_check k'
        " JOIN isolation_case t ON t.id = k.isolation_case AND t.committee_id = k.committee_id"
        f" JOIN resident r ON r.id = t.resident AND r.committee_id = t.committee_id{_BEHIND}"
        " WHERE k.committee_id = ? AND d.building = ? AND coalesce(k.reached, 1) <> 0",
        (committee, building),
    )
    return [(case, str(on), str(slot)) for case, on, slot in rows]


def visits_in(connection: Connection, committee: str, building: str) -> list[Values]:
    """The visits to a building's households, oldest first: household, on, mode, result."""
    rows = connection.exec_driver_sql(
        'SELECT v.household, v."on", v.mode, v.result FROM visit v'
        " JOIN household h ON h.id = v.household AND h.committee_id = v.committee_id"
        " JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
        ' WHERE v.committee_id = ? AND d.building = ? ORDER BY v."on", v.n',
        (committee, building),
    )
    return [dict(zip(("household", "on", "mode", "result"), row, strict=True)) for row in rows]


def _selected(entity: str) -> str:
    columns = ", ".join(f't."{name}"' for name, _ in COLUMNS[entity])
    return f'SELECT t.id, {columns}, r.household FROM "{entity}" t'
