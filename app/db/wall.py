"""Days of cases, arrivals and incidents for the charts of a wall screen: in one statement each, and of nobody by name."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from app.domain.isolation import ENDED
from app.domain.wall import Run

_OF = "IN (SELECT value FROM json_each(?))"
_json = msgspec.json.Encoder()


def runs(connection: Connection, committees: Sequence[str], since: str) -> list[Run]:
    """Isolation cases that run or ended on or after a day, of residents who are there."""
    rows = connection.exec_driver_sql(
        "SELECT t.resident, coalesce(t.state, ''), coalesce(t.start, ''), coalesce(t.closed_on, '') FROM isolation_case t"
        " JOIN resident r ON r.id = t.resident AND r.committee_id = t.committee_id"
        f" WHERE t.committee_id {_OF} AND (t.state NOT IN {ENDED} OR t.closed_on >= ?)",
        (_list(committees), since),
    )
    return [Run(*row) for row in rows]


def arrivals(connection: Connection, committees: Sequence[str], since: str) -> list[tuple[str, bool]]:
    """(day, from abroad) of each arrival since a day, of residents who are there."""
    rows = connection.exec_driver_sql(
        "SELECT a.arrived_on, coalesce(a.overseas, 0) FROM arrival a"
        " JOIN resident r ON r.id = a.resident AND r.committee_id = a.committee_id"
        f" WHERE a.committee_id {_OF} AND a.arrived_on >= ?",
        (_list(committees), since),
    )
    return [(str(on), bool(overseas)) for on, overseas in rows]


def _list(values: Sequence[str]) -> str:
    return _json.encode(list(values)).decode()
