"""Whose duty a resident is: the buildings given to a worker, and the isolation cases that carry a worker's name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from app.db.present import where


def residents_in(connection: Connection, committee: str, buildings: Iterable[str]) -> set[str]:
    """Ids of everybody registered behind a door of these buildings."""
    return {
        row
        for building in buildings
        for (row,) in connection.exec_driver_sql(
            "SELECT r.id FROM resident r JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
            " JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
            " WHERE r.committee_id = ? AND d.building = ?",
            (committee, building),
        ).fetchall()
    }


def is_in(connection: Connection, committee: str, resident: str, buildings: Iterable[str]) -> bool:
    """Is the resident registered behind a door of one of these buildings?"""
    found = connection.exec_driver_sql(
        "SELECT d.building FROM resident r JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
        " JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
        " WHERE r.committee_id = ? AND r.id = ?",
        (committee, resident),
    ).first()
    return found is not None and found[0] in set(buildings)


def cases_of(connection: Connection, committee: str, officer: str, states: Iterable[str]) -> set[str]:
    """Ids of the residents in whose case, in one of these states, the officer of the committee has this name."""
    if not officer:
        return set()
    known = set(states)
    return {
        row["resident"]
        for row in where(connection, committee, "isolation_case", officer_name=officer)
        if row.get("state") in known and row.get("resident")
    }
