"""What waits, read from the present tables in few queries: running cases with their checks, open arrivals and incidents,
plans with their last contacts, errands, notes. Every query names the committees; what is sealed is not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from app.db.isolating import ALERT
from app.db.present import SELECT, Values, decoded, structure
from app.domain.isolation import ENDED

_OF = "IN (SELECT value FROM json_each(?))"
_json = msgspec.json.Encoder()
RUNNING = f"(t.state NOT IN {ENDED} OR (t.state IS NULL AND t.start IS NOT NULL) OR {ALERT})"
"""An entry from elsewhere may hold any state: whatever is not an end still runs. Nothing is left of an erased case."""


def _list(values: Iterable[str]) -> str:
    return _json.encode(list(values)).decode()


class Case(NamedTuple):
    """A running case with whose it is. stages: as JSON text; move: the resident's, as JSON text or None."""

    committee: str
    id: str
    resident: str
    state: str
    stages: str
    duty_since: str
    officer: str
    alert_at: str
    alert_done_at: str
    escalated_at: str
    notice_asked_at: str
    name: str
    household: str
    move: str


def cases(connection: Connection, committees: Sequence[str]) -> list[Case]:
    """The cases that run, whoever they are of, the oldest first."""
    rows = connection.exec_driver_sql(
        "SELECT t.committee_id, t.id, coalesce(t.resident, ''), coalesce(t.state, ''), coalesce(t.stages, ''),"
        " coalesce(t.duty_since, ''), coalesce(t.officer_name, ''), coalesce(t.alert_at, ''),"
        " coalesce(t.alert_done_at, ''), coalesce(t.escalated_at, ''), coalesce(t.notice_asked_at, ''),"
        " coalesce(r.name, ''), coalesce(r.household, ''), coalesce(r.move, '') FROM isolation_case t"
        " LEFT JOIN resident r ON r.id = t.resident AND r.committee_id = t.committee_id"
        f" WHERE t.committee_id {_OF} AND {RUNNING} ORDER BY t.n",
        (_list(committees),),
    )
    return [Case(*row) for row in rows]


class Done(NamedTuple):
    """Of a case: the checks at which somebody was reached ("2020-05-25am"), days sampled, days on which a result came."""

    slots: frozenset[str]
    sampled: tuple[str, ...]
    results: tuple[str, ...]


def checks(connection: Connection, committees: Sequence[str]) -> dict[str, Done]:
    """case -> what of its checks was done; running cases only. One row a case: 120 households have 8,000 checks."""
    rows = connection.exec_driver_sql(
        "SELECT k.isolation_case, group_concat(CASE WHEN coalesce(k.reached, 1) <> 0 THEN k.\"on\" || coalesce(k.slot, '') END),"
        ' group_concat(CASE WHEN k.sampled = 1 THEN k."on" END), group_concat(CASE WHEN k.result_in = 1 THEN k."on" END)'
        " FROM isolation_case t JOIN isolation_check k ON k.isolation_case = t.id AND k.committee_id = t.committee_id"
        f" WHERE t.committee_id {_OF} AND {RUNNING} GROUP BY 1",
        (_list(committees),),
    )
    return {
        case: Done(frozenset(_days(slots)), _days(sampled), _days(results)) for case, slots, sampled, results in rows
    }


def _days(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


class Home(NamedTuple):
    """Where a household lives. path: readable; /户2 only where several live behind the door."""

    building: str
    path: str


def homes(connection: Connection, households: Iterable[str]) -> dict[str, Home]:
    """household -> its building and path."""
    wanted = {each for each in households if each}
    if not wanted:
        return {}
    beside = "SELECT count(*) FROM household x WHERE x.dwelling = h.dwelling AND x.committee_id = h.committee_id"
    rows = connection.exec_driver_sql(
        f"SELECT h.id, d.building, e.name, b.lane, b.number, d.unit, d.room, ({beside}), ({beside} AND x.n <= h.n)"
        " FROM household h LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
        " LEFT JOIN building b ON b.id = d.building AND b.committee_id = h.committee_id"
        f" LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = h.committee_id WHERE h.id {_OF}",
        (_list(sorted(wanted)),),
    )
    return {
        row: Home(building or "", "/".join(filter(None, (*parts, f"户{ordinal}" if several > 1 else ""))))
        for row, building, *parts, several, ordinal in rows
    }


def residents(connection: Connection, ids: Iterable[str]) -> dict[str, Values]:
    """resident -> name, household, status, move, as far as they say something."""
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    rows = connection.exec_driver_sql(
        f"SELECT id, name, household, status, move FROM resident WHERE id {_OF}", (_list(sorted(wanted)),)
    )
    found: dict[str, Values] = {}
    for row, name, household, status, move in rows:
        said = {"name": name, "household": household, "status": status, "move": structure(move) if move else None}
        found[row] = {key: value for key, value in said.items() if value is not None}
    return found


def _open_rows(connection: Connection, committees: Sequence[str], entity: str, condition: str) -> list[Values]:
    """Rows of which a condition holds, with `committee`, the oldest first."""
    sql = SELECT[entity].replace(" FROM ", ", t.committee_id FROM ", 1)
    rows = connection.exec_driver_sql(
        f"{sql} WHERE t.committee_id {_OF} AND ({condition}) ORDER BY t.n", (_list(committees),)
    )
    return [decoded(entity, row[:-1]) | {"committee": row[-1]} for row in rows]


def arrivals(connection: Connection, committees: Sequence[str]) -> list[Values]:
    """Arrivals that somebody may still wait for; what a roster says of long ago has no state and is none."""
    return _open_rows(
        connection, committees, "arrival",
        "t.state NOT IN ('已到家', '已改派', '已取消') OR (t.state IS NULL AND coalesce(t.heard_at, t.person_name,"
        " t.contact_code) IS NOT NULL)",
    )  # fmt: skip


def incidents(connection: Connection, committees: Sequence[str]) -> list[Values]:
    """Incidents that may still owe a step; one joined to another is done with that one."""
    return _open_rows(
        connection, committees, "incident",
        "t.same_as IS NULL AND (t.state IS NULL OR (t.state NOT IN ('已回访', '已改派', '已撤销') AND (t.state <> '已办结' OR"
        " coalesce(t.reporter_name, t.reporter_phone, t.external_number, t.resident) IS NOT NULL)))",
    )  # fmt: skip


def plans(connection: Connection, committees: Sequence[str]) -> list[Values]:
    """Care plans that have not ended; a paused one asks whether it goes on."""
    return _open_rows(connection, committees, "care_plan", "t.state <> '已结束' OR t.state IS NULL")


def tasks(connection: Connection, committees: Sequence[str]) -> list[Values]:
    """Errands and other tasks that are not done."""
    return _open_rows(connection, committees, "task", "t.state IN ('待办', '进行中') OR t.state IS NULL")


def contacts(connection: Connection, committees: Sequence[str]) -> dict[str, list[Values]]:
    """resident -> the last contact of each plan, mode and result: plan, on, mode, result, follow_up; the oldest first."""
    rows = connection.exec_driver_sql(
        'SELECT k.resident, k."plan", max(k."on"), k.mode, k.result, k.follow_up FROM care_contact k'
        f' WHERE k.committee_id {_OF} AND k.resident IS NOT NULL GROUP BY k.resident, k."plan", k.mode, k.result ORDER BY 3',
        (_list(committees),),
    )
    found: dict[str, list[Values]] = {}
    for resident, *values in rows:
        said = zip(("plan", "on", "mode", "result", "follow_up"), values, strict=True)
        found.setdefault(resident, []).append({key: value for key, value in said if value is not None})
    return found


def notes(connection: Connection, committees: Sequence[str]) -> list[Values]:
    """Shift notes that nobody has read yet."""
    return _open_rows(connection, committees, "shift_note", "t.done_at IS NULL")


def doubtful(connection: Connection, committee: str) -> list[str]:
    """Ids of the rows of rosters that wait for a decision."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM doubtful WHERE committee_id = ? AND decision IS NULL ORDER BY n", (committee,)
    )
    return [row for (row,) in rows]


def began(connection: Connection, committee: str) -> str:
    """When the first thing was written of a committee; "" if nothing was."""
    found = connection.exec_driver_sql(
        "SELECT at FROM batch WHERE committee_id = ? ORDER BY n LIMIT 1", (committee,)
    ).scalar()
    return str(found or "")


def group_names(connection: Connection, committees: Sequence[str]) -> dict[str, str]:
    """group -> what it is called."""
    rows = connection.exec_driver_sql(f'SELECT id, name FROM "group" WHERE committee_id {_OF}', (_list(committees),))
    return {row: name or "" for row, name in rows}
