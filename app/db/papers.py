"""What papers need beside the cases themselves: whose they are, the doors of a building, what was printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.db.present import structure
from app.db.seal import is_sealed

Values = dict[str, Any]
_PERSON = ("id", "sex", "birth_year", "documents")
_HOME = ("household", "label", "dwelling", "unit", "room", "floor", "building", "number", "lane", "estate")
MOST = 500


def people(connection: Connection, committee: str, residents: Sequence[str]) -> dict[str, Values]:
    """id -> sex, birth_year and documents as they are stored, of each that is there."""
    found: dict[str, Values] = {}
    for start in range(0, len(residents), MOST):
        some = residents[start : start + MOST]
        for row in connection.exec_driver_sql(
            "SELECT id, sex, birth_year, documents FROM resident WHERE committee_id = ?"
            f" AND id IN ({', '.join('?' * len(some))})",
            (committee, *some),
        ):
            values = _known(_PERSON, row)
            papers = values.get("documents")
            if isinstance(papers, str) and not is_sealed(papers):
                values["documents"] = structure(papers)
            found[values["id"]] = values
    return found


def homes(connection: Connection, committee: str, households: Sequence[str] | None, building: str = "") -> list[Values]:
    """Households (None: all of a building) with label, unit, room, floor, building, number, lane, estate; `household` is
    the id. Doors behind which nobody is registered have none."""
    where, parameters = "d.building = ?", [building]
    if households is not None:
        where, parameters = f"h.id IN ({', '.join('?' * len(households))})", list(households)
    rows = connection.exec_driver_sql(
        "SELECT h.id, h.label, d.id, d.unit, d.room, d.floor, b.id, b.number, b.lane, e.name FROM household h"
        " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
        " LEFT JOIN building b ON b.id = d.building AND b.committee_id = h.committee_id"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = h.committee_id"
        f" WHERE h.committee_id = ? AND {where} ORDER BY h.n",
        (committee, *parameters),
    )
    return [_known(_HOME, row) for row in rows]


def places(connection: Connection, committee: str, buildings: Sequence[str]) -> list[Values]:
    """Buildings with number, lane, estate; `building` is the id."""
    rows = connection.exec_driver_sql(
        "SELECT b.id, b.number, b.lane, e.name FROM building b"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = b.committee_id"
        f" WHERE b.committee_id = ? AND b.id IN ({', '.join('?' * len(buildings))})",
        (committee, *buildings),
    )
    return [_known(_HOME[-4:], row) for row in rows]


def _known(names: Sequence[str], row: Any) -> Values:
    return {name: value for name, value in zip(names, row, strict=True) if value is not None}
