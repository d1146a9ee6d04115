"""People who may be one: which pairs were said to be two, what hangs on each, whose numbers an undo touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from app.db.present import structure
from app.db.rows import ALIAS, Reader
from app.db.seal import is_sealed
from app.domain.isolation import ACTIVE
from app.domain.versions import shown

_CHUNK = 500


def kept_apart(reader: Reader) -> frozenset[frozenset[str]]:
    """The pairs of whom a person said that they are not one, by the rows in which they show now."""
    found = set()
    for (alias,) in reader.sql(
        "SELECT DISTINCT entity_id FROM entry WHERE action NOT IN ('create', 'change') AND entity = ?", (ALIAS,)
    ):
        if shown((reader.row(alias),), "on") is False:
            first, second = alias.split("|")
            found.add(frozenset({reader.leader(first), reader.leader(second)}))
    return frozenset(found)


def hanging(connection: Connection, committee: str) -> dict[str, dict[str, int]]:
    """resident id → {arrivals, cases, active}, for those who have any."""
    found: dict[str, dict[str, int]] = {}
    for name, sql in (
        ("arrivals", "SELECT resident, count(*) FROM arrival WHERE committee_id = ? GROUP BY resident"),
        ("cases", "SELECT resident, count(*) FROM isolation_case WHERE committee_id = ? GROUP BY resident"),
        ("active", f"SELECT resident, count(*) FROM isolation_case WHERE committee_id = ? AND state IN {ACTIVE}"
                   " GROUP BY resident"),
    ):  # fmt: skip
        for resident, count in connection.exec_driver_sql(sql, (committee,)).fetchall():
            if resident:
                found.setdefault(resident, {})[name] = count
    return found


def visited(connection: Connection, committee: str) -> dict[str, int]:
    """household id → how many visits were noted of it."""
    rows = connection.exec_driver_sql(
        "SELECT household, count(*) FROM visit WHERE committee_id = ? GROUP BY household", (committee,)
    ).fetchall()
    return {household: count for household, count in rows if household}


def people_of_batch(connection: Connection, committee: str, batch: str) -> set[str]:
    """Ids of the residents whom a batch (or an undo) wrote of or merged, and of those in whom they show now."""
    found: set[str] = set()
    for row, entity in connection.exec_driver_sql(
        "SELECT DISTINCT e.entity_id, e.entity FROM batch b JOIN entry e ON e.batch = b.n"
        " WHERE b.committee_id = ? AND b.id = ? AND e.entity IN ('resident', 'alias')", (committee, batch),
    ).fetchall():  # fmt: skip
        found |= set(row.split("|")) if entity == ALIAS else {row}
    leaders: dict[str, str] = dict(
        connection.exec_driver_sql("SELECT member, leader FROM merged WHERE committee_id = ?", (committee,)).fetchall()
    )
    return found | {leaders[row] for row in found if row in leaders}


def documents_of(connection: Connection, committee: str, residents: Iterable[str]) -> dict[str, Any]:
    """resident id → its documents as they are stored, None without; of those who show."""
    found: dict[str, Any] = {}
    wanted = sorted(residents)
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        rows = connection.exec_driver_sql(
            f"SELECT id, documents FROM resident WHERE committee_id = ? AND id IN ({', '.join('?' * len(some))})",
            (committee, *some),
        ).fetchall()
        found |= {row: text if text is None or is_sealed(text) else structure(text) for row, text in rows}
    return found
