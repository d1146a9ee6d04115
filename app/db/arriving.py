"""Reading arrivals: who is on the way, who came around a day, and what is known by its contact code only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.db.present import SELECT, decoded

Values = dict[str, Any]
_UNTOLD = {"arrival": "person_name", "incident": "what"}


def under_way(connection: Connection, committee: str, ended: Sequence[str]) -> list[Values]:
    """Arrivals in none of the states that end one, oldest first; mere records of a roster are not among them."""
    holders = ", ".join("?" * len(ended))
    return _arrivals(
        connection,
        f"t.committee_id = ? AND coalesce(t.state, '') NOT IN ({holders}) AND (t.state IS NOT NULL OR t.heard_at IS NOT NULL"
        " OR t.person_name IS NOT NULL OR t.contact_code IS NOT NULL)",
        (committee, *ended),
    )


def all_of(connection: Connection, committee: str) -> list[Values]:
    """Every arrival of a committee, oldest first."""
    return _arrivals(connection, "t.committee_id = ?", (committee,))


def around(connection: Connection, committee: str, first: str, last: str) -> list[Values]:
    """Arrivals whose person is named and whose day lies between two, both included, or says none."""
    return _arrivals(
        connection,
        "t.committee_id = ? AND t.person_name IS NOT NULL AND (t.arrived_on IS NULL OR t.arrived_on BETWEEN ? AND ?)",
        (committee, first, last),
    )


def home_though_sent_on(connection: Connection, committee: str, home: str) -> list[Values]:
    """Arrivals in the state `home` of whom it was written, perhaps elsewhere, that another committee awaits them."""
    return _arrivals(
        connection, "t.committee_id = ? AND t.state = ? AND t.reassigned_to IS NOT NULL", (committee, home)
    )


def sent_on(connection: Connection, committee: str, of: str) -> list[Values]:
    """Arrivals of a committee that another one had first."""
    return _arrivals(connection, "t.committee_id = ? AND t.reassigned_from = ?", (committee, of))


def stubs(connection: Connection, committee: str, entity: str) -> list[Values]:
    """Rows that were written down at the telephone and that no bundle has joined."""
    sql = (
        f'{SELECT[entity]} WHERE t.committee_id = ? AND t.heard_at IS NOT NULL AND t."{_UNTOLD[entity]}" IS NULL'
        " ORDER BY t.n"
    )
    return [decoded(entity, row) for row in connection.exec_driver_sql(sql, (committee,)).fetchall()]


def committees_of(connection: Connection, row: str) -> list[str]:
    """Whose arrival an id is; more than one only where somebody wrote under an id that was not its own."""
    found = connection.exec_driver_sql("SELECT committee_id FROM arrival WHERE id = ? ORDER BY committee_id", (row,))
    return [committee for (committee,) in found.fetchall()]


def _arrivals(connection: Connection, condition: str, parameters: tuple[Any, ...]) -> list[Values]:
    sql = f"{SELECT['arrival']} WHERE {condition} ORDER BY t.n"
    return [decoded("arrival", row) for row in connection.exec_driver_sql(sql, parameters).fetchall()]
