"""Moves between committees, asked of the file: who waits, what runs of whoever moves, and what is done with already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from app.db.present import SELECT, decoded
from app.db.rows import Reader
from app.domain import moves
from app.domain.isolation import ACTIVE
from app.domain.versions import Version, Write, open_versions

Values = dict[str, Any]
MOVE = "move"


def cases_of(connection: Connection, committee: str, resident: str) -> list[Values]:
    """All isolation cases of a person, oldest first."""
    sql = f"{SELECT['isolation_case']} WHERE t.committee_id = ? AND t.resident = ? ORDER BY t.n"
    rows = connection.exec_driver_sql(sql, (committee, resident)).fetchall()
    return [decoded("isolation_case", row) for row in rows]


def isolating(connection: Connection, committees: Iterable[str] | None = None) -> set[str]:
    """Ids of the residents with a case that runs, or waits to be taken over; of these committees, or of all."""
    wanted = None if committees is None else set(committees)
    rows = connection.exec_driver_sql(
        f"SELECT DISTINCT committee_id, resident FROM isolation_case WHERE state IN {ACTIVE} AND resident IS NOT NULL"
    ).fetchall()
    return {resident for committee, resident in rows if wanted is None or committee in wanted}


def unsettled(connection: Connection) -> set[str]:
    """Ids of rows of which an erasure acts, or whose move is in conflict: their moves are looked at anew."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT entity_id FROM entry WHERE action = 'erase' AND action NOT IN ('create', 'change')"
        ' UNION SELECT "row" FROM "conflict" WHERE field = \'move\''
    ).fetchall()
    return {row for (row,) in rows}


def standing(connection: Connection, committee: str, resident: str) -> dict[Version, Write]:
    """What stands of a person's move; two or more that differ are a conflict."""
    return open_versions(Reader(connection, committee).members(resident), MOVE)


def unclosed(connection: Connection, committee: str, resident: str, offer: str, to: str) -> list[Version]:
    """The versions in which a person was offered to that committee and which no closing has answered, withdrawn or not."""
    row = Reader(connection, committee).row(resident)
    versions = row.keys.get(MOVE, {})
    answered = {
        version for write in row.counting(MOVE).values() if moves.closes(write.value, offer) for version in write.replaces
    }  # fmt: skip
    return [
        version for version, write in versions.items()
        if moves.is_offer_to(write.value, offer, to) and version not in answered
    ]  # fmt: skip


def was_offered(connection: Connection, committee: str, resident: str, offer: str, to: str) -> bool:
    """Did that committee ever offer this person to the other one? Without it an acceptance says nothing."""
    versions = Reader(connection, committee).row(resident).keys.get(MOVE, {})
    return any(moves.is_offer_to(write.value, offer, to) for write in versions.values())


def came(connection: Connection, committee: str, resident: str) -> tuple[moves.Move | None, str]:
    """How a person came to a committee, whatever was said of a further move since, and how far it got.

    An acceptance that counts outweighs whatever was said beside it: somebody took the person in.
    """
    versions = Reader(connection, committee).row(resident).counting(MOVE).values()
    states = [write.value for write in versions if moves.is_move(write.value) and "of" in write.value]
    for state in (moves.ACCEPTED, moves.REFUSED, moves.WITHDRAWN):
        if found := next((each for each in states if each["state"] == state), None):
            return found, state
    return (states[0], moves.ARRIVED) if states else (None, "")


def wrote(connection: Connection, committee: str, row: str, key: str, value: object, device: str) -> tuple[bool, bool]:
    """Of that value of a row's field, as this device wrote it: does it stand, and did somebody else answer it?"""
    versions = Reader(connection, committee).row(row).counting(key)
    ours = {version for version, write in versions.items() if write.value == value and version[1] == device}
    answers = [(version, write) for version, write in versions.items() if not ours.isdisjoint(write.replaces)]
    replaced = {each for _, write in answers for each in write.replaces}
    return bool(ours - replaced), any(version[1] != device for version, _ in answers)
