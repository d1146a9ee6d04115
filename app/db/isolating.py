"""Reading isolation cases in few statements: cases with their doors, checks without what is sealed, rules, errands.

A list of a whole committee's cases must not ask once for every case; every query names the committee.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from app.db.present import COLUMNS, LIVES_HERE, Values, decoded, structure, where
from app.domain.isolation import ENDED

_DOOR = (
    " LEFT JOIN household h ON h.id = {of} AND h.committee_id = t.committee_id"
    " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = t.committee_id"
    " LEFT JOIN building b ON b.id = d.building AND b.committee_id = t.committee_id"
    " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = t.committee_id"
)
_DOOR_COLUMNS = (
    "h.id, d.id, b.id, e.name, b.lane, b.number, d.unit, d.floor, d.room,"
    " (SELECT count(*) FROM household o WHERE o.dwelling = h.dwelling AND o.committee_id = h.committee_id AND o.n <= h.n),"
    " (SELECT count(*) FROM household o WHERE o.dwelling = h.dwelling AND o.committee_id = h.committee_id)"
)
_DOOR_KEYS = (
    "household", "dwelling", "building", "estate", "lane", "number", "unit", "floor", "room", "ordinal", "behind",
)  # fmt: skip
ALERT = "(t.alert_at IS NOT NULL AND t.alert_done_at IS NULL AND (t.state <> '转出' OR substr(t.alert_at, 1, 10) > coalesce(t.closed_on, '')))"
"""Somebody must act, though the case has ended: a result that came after the release, a fever keyed late. An alert that
somebody took along to another committee is looked after there."""
_ACTIVE = f"(t.state NOT IN {ENDED} OR (t.state IS NULL AND t.start IS NOT NULL) OR {ALERT})"
"""An entry from elsewhere may hold any state: whatever is not an end still runs. Nothing is left of an erased case."""


def _select(entity: str) -> str:
    return "SELECT t.id, " + ", ".join(f't."{name}"' for name, _ in COLUMNS[entity])


def _rows(connection: Connection, sql: str, parameters: Iterable[Any]) -> list[Any]:
    raw: Any = connection.connection.driver_connection  # thousands of checks: without SQLAlchemy's rows
    return list(raw.execute(sql, tuple(parameters)).fetchall())


def _which(on: str | None, ended: bool) -> tuple[str, tuple[str, ...]]:
    """Which cases: those that run, with `on` also those that ended later, with `ended` all."""
    if ended:
        return "1", ()
    return (f"({_ACTIVE} OR t.closed_on > ?)", (on,)) if on else (_ACTIVE, ())


def cases(connection: Connection, committee: str, *, on: str | None = None, ended: bool = False) -> list[Values]:
    """Cases with their person and door, oldest first. on: also those that ended after this day; ended: all there are.

    Beside the case's fields: name, move, status (of the resident), household, dwelling, building (ids), estate, lane,
    number, unit, floor, room, ordinal (of the household among the `behind` ones of its door).
    """
    which, parameters = _which(on, ended)
    return _cases(connection, f"t.committee_id = ? AND {which}", (committee, *parameters))


def cases_named(connection: Connection, committee: str, ids: Sequence[str]) -> list[Values]:
    """The same of certain cases."""
    found = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        found += _cases(connection, f"t.committee_id = ? AND t.id IN ({marks})", (committee, *some))
    return found


def _cases(connection: Connection, condition: str, parameters: Sequence[str]) -> list[Values]:
    sql = (
        f"{_select('isolation_case')}, r.name, r.move, r.status, r.household, {_DOOR_COLUMNS} FROM isolation_case t"
        " LEFT JOIN resident r ON r.id = t.resident AND r.committee_id = t.committee_id"
        f"{_DOOR.format(of='r.household')} WHERE {condition} ORDER BY t.n"
    )
    width, found = 1 + len(COLUMNS["isolation_case"]), []
    for row in _rows(connection, sql, parameters):
        values = decoded("isolation_case", row[:width])
        name, move, status, household = row[width : width + 4]
        door = dict(zip(_DOOR_KEYS, row[width + 4 :], strict=True))
        door["household"] = household
        values |= {"name": name or "", "move": structure(move) if move else None, "status": status, **door}
        found.append(values)
    return found


def checks(
    connection: Connection, committee: str, *, on: str | None = None, ended: bool = False
) -> dict[str, list[Values]]:
    """case → its checks (id, on, slot, reached, sampled, result_in), of the cases that `cases` gives."""
    which, parameters = _which(on, ended)
    return _checks(
        connection,
        f"k.committee_id = ? AND k.isolation_case IN"
        f" (SELECT t.id FROM isolation_case t WHERE t.committee_id = ? AND {which})",
        (committee, committee, *parameters),
    )  # fmt: skip


def checks_of(connection: Connection, committee: str, ids: Sequence[str], *, on: str = "") -> dict[str, list[Values]]:
    """The same of certain cases; on: of one day only."""
    found: dict[str, list[Values]] = {}
    day, more = (' AND k."on" = ?', (on,)) if on else ("", ())
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        found |= _checks(
            connection, f"k.committee_id = ? AND k.isolation_case IN ({marks}){day}", (committee, *some, *more)
        )
    return found


_BOOLEAN = {None: None, 0: False, 1: True}


def _checks(connection: Connection, condition: str, parameters: Sequence[str]) -> dict[str, list[Values]]:
    found: dict[str, list[Values]] = {}
    sql = (
        'SELECT k.isolation_case, k.id, k."on", k.slot, k.reached, k.sampled, k.result_in FROM isolation_check k'
        f" WHERE {condition} ORDER BY k.n"
    )
    for of, row, on, slot, reached, sampled, result in _rows(connection, sql, parameters):
        found.setdefault(of, []).append({
            "id": row, "on": on, "slot": slot, "reached": _BOOLEAN.get(reached), "sampled": _BOOLEAN.get(sampled),
            "result_in": _BOOLEAN.get(result),
        })  # fmt: skip
    return found


def keyed_at(connection: Connection, committee: str, rows: Sequence[str]) -> dict[str, str]:
    """row → when it was first written (ISO)."""
    marks = ", ".join("?" * len(rows))
    return dict(_rows(
        connection,
        "SELECT e.entity_id, min(b.at) FROM entry e JOIN batch b ON b.n = e.batch"
        f" WHERE e.entity_id IN ({marks}) AND b.committee_id = ? AND b.refused IS NULL GROUP BY 1",
        (*rows, committee),
    ))  # fmt: skip


def states_of(connection: Connection, committee: str, residents: Sequence[str]) -> dict[str, list[str]]:
    """resident → states of the person's cases."""
    found: dict[str, list[str]] = {}
    marks = ", ".join("?" * len(residents))
    for resident, state in _rows(
        connection, f"SELECT resident, state FROM isolation_case WHERE committee_id = ? AND resident IN ({marks})",
        (committee, *residents),
    ):  # fmt: skip
        found.setdefault(resident, []).append(str(state))
    return found


def people_in(connection: Connection, committee: str, households: Sequence[str]) -> dict[str, list[Values]]:
    """household → whoever lives there (id, name, relation, phones), contact first, then 户主."""
    found: dict[str, list[Values]] = {}
    for start in range(0, len(households), 500):
        some = households[start : start + 500]
        for household, row, name, relation, phones in _rows(
            connection,
            "SELECT r.household, r.id, r.name, r.relation, r.phones FROM resident r"
            " JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
            f" WHERE r.committee_id = ? AND r.household IN ({', '.join('?' * len(some))}) AND {LIVES_HERE}"
            " ORDER BY r.id <> coalesce(h.contact, ''), coalesce(r.relation, '') <> '户主', r.n",
            (committee, *some),
        ):  # fmt: skip
            found.setdefault(household, []).append({
                "id": row, "name": name or "", "relation": relation, "phones": structure(phones) if phones else [],
            })  # fmt: skip
    return found


def rules(connection: Connection, committee: str) -> list[Values]:
    """The rules that were written for a committee, or for the street under its id."""
    return where(connection, committee, "isolation_rule") if committee else []


def errands(connection: Connection, committee: str, kinds: Sequence[str], states: Sequence[str]) -> list[Values]:
    """Tasks of these kinds in these states with the door of their household, oldest first; keys as `cases`, and head.

    One without a state was noted and nobody began.
    """
    sql = (
        f"{_select('task')}, {_DOOR_COLUMNS}, (SELECT r.name FROM resident r WHERE r.committee_id = t.committee_id"
        " AND r.household = t.household ORDER BY r.id <> coalesce(h.contact, ''), coalesce(r.relation, '') <> '户主', r.n"
        f" LIMIT 1) FROM task t{_DOOR.format(of='t.household')} WHERE t.committee_id = ?"
        f" AND t.kind IN ({', '.join('?' * len(kinds))}) AND coalesce(t.state, '待办') IN ({', '.join('?' * len(states))}) ORDER BY t.n"
    )
    width, found = 1 + len(COLUMNS["task"]), []
    for row in _rows(connection, sql, (committee, *kinds, *states)):
        values = decoded("task", row[:width])
        door = dict(zip(_DOOR_KEYS, row[width:-1], strict=True))
        door["household"] = values.get("household")
        found.append(values | door | {"head": row[-1] or ""})
    return found
