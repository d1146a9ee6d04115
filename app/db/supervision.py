"""Aggregates for supervision: cases and checks of the last days and residents, for all committees in one statement each.

Only who owes what and when it was keyed is read, nothing of what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from app.db.due import RUNNING
from app.db.present import LIVES_HERE

_OF = "IN (SELECT value FROM json_each(?))"
_json = msgspec.json.Encoder()


class Case(NamedTuple):
    """A case that ran within the span. checks: those at which somebody was reached, "2020-05-25am" joined by commas."""

    committee: str
    id: str
    household: str
    state: str
    stages: str
    duty_since: str
    closed_on: str
    checks: str


def cases(connection: Connection, committees: Sequence[str], since: str) -> list[Case]:
    """Cases that run or ended since a day, each with its checks from that day on."""
    rows = connection.exec_driver_sql(
        "SELECT t.committee_id, t.id, coalesce(r.household, ''), coalesce(t.state, ''), coalesce(t.stages, ''), coalesce(t.duty_since, ''),"
        " coalesce(t.closed_on, ''), coalesce(group_concat(k.\"on\" || coalesce(k.slot, '')), '') FROM isolation_case t"
        " LEFT JOIN resident r ON r.id = t.resident AND r.committee_id = t.committee_id"
        " LEFT JOIN isolation_check k ON k.isolation_case = t.id AND k.committee_id = t.committee_id"
        ' AND k."on" >= ? AND coalesce(k.reached, 1) <> 0'
        f" WHERE t.committee_id {_OF} AND ({RUNNING} OR t.closed_on >= ?) GROUP BY t.n",
        (since, _json.encode(list(committees)).decode(), since),
    )
    return [Case(*row) for row in rows]


def keyed(connection: Connection, committees: Sequence[str], since: str) -> dict[str, tuple[int, int]]:
    """committee -> checks of these days of which is known when they were first keyed, and those keyed on their own day."""
    rows = connection.exec_driver_sql(
        'SELECT k.committee_id, count(*), sum(substr(b.at, 1, 10) <= k."on") FROM isolation_check k'
        # each check's own entry is looked up: a batch of these days may also hold a whole street's people
        " CROSS JOIN entry e ON e.entity_id = k.id AND e.action = 'create' CROSS JOIN batch b ON b.n = e.batch"
        f' WHERE k.committee_id {_OF} AND k."on" >= ? AND b.committee_id = k.committee_id AND b.refused IS NULL GROUP BY 1',
        (_json.encode(list(committees)).decode(), since),
    )
    return {committee: (count, int(prompt or 0)) for committee, count, prompt in rows}


def residents(connection: Connection, committees: Sequence[str]) -> dict[str, int]:
    """committee -> how many live there (实有人口)."""
    return {
        committee: int(connection.exec_driver_sql(
            f"SELECT count(*) FROM resident r WHERE r.committee_id = ? AND {LIVES_HERE}", (committee,)
        ).scalar() or 0)
        for committee in committees
    }  # fmt: skip


def residents_by_building(connection: Connection, committee: str) -> dict[str, tuple[str, int]]:
    """building -> how it is called, and how many live there."""
    rows = connection.exec_driver_sql(
        "SELECT b.id, coalesce(e.name, '') || ' ' || coalesce(b.lane, '') || coalesce(b.number, ''), count(r.id) FROM building b"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = b.committee_id"
        " LEFT JOIN dwelling d ON d.building = b.id AND d.committee_id = b.committee_id"
        " LEFT JOIN household h ON h.dwelling = d.id AND h.committee_id = b.committee_id"
        f" LEFT JOIN resident r ON r.committee_id = h.committee_id AND r.household = h.id AND {LIVES_HERE}"
        " WHERE b.committee_id = ? GROUP BY b.id",
        (committee,),
    )
    return {row: (name.strip(), count) for row, name, count in rows}
