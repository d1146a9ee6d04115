"""What stands on survey sheets: every door, household and person of chosen buildings, in two queries for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

Values = dict[str, Any]
_unjson = msgspec.json.Decoder()
_DOOR = (
    "building", "estate_id", "estate", "lane", "number", "dwelling", "unit", "room", "floor", "floor_label", "state",
    "dwelling_note", "household", "label", "kind", "household_note",
)  # fmt: skip
_PERSON = ("household", "id", "name", "relation", "sex", "birth_year", "residence_kind", "phones")


def doors_with_households(connection: Connection, committee: str, buildings: Sequence[str] | None) -> Iterator[Values]:
    """A row for each door and household behind it, the oldest household first; buildings None: all of the committee."""
    chosen, ids = _among("b.id", buildings)
    return _found(
        connection,
        "SELECT b.id, e.id, e.name, b.lane, b.number, d.id, d.unit, d.room, d.floor, d.floor_label, d.state, d.note,"
        " h.id, h.label, h.kind, h.note FROM building b"
        " JOIN dwelling d ON d.building = b.id AND d.committee_id = b.committee_id"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = b.committee_id"
        " LEFT JOIN household h ON h.dwelling = d.id AND h.committee_id = b.committee_id"
        f" WHERE b.committee_id = ?{chosen} ORDER BY d.n, h.n",
        (committee, *ids), _DOOR,
    )  # fmt: skip


def people_to_ask_about(
    connection: Connection, committee: str, buildings: Sequence[str] | None, statuses: Sequence[str]
) -> Iterator[Values]:
    """Name, relation, sex, year, residence kind and phones of everybody whose status is one of these, the oldest first."""
    chosen, ids = _among("d.building", buildings)
    return _found(
        connection,
        "SELECT r.household, r.id, r.name, r.relation, r.sex, r.birth_year, r.residence_kind, r.phones FROM resident r"
        " JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
        " JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
        f" WHERE r.committee_id = ? AND coalesce(r.status, ?) IN ({_places(statuses)}){chosen} ORDER BY r.n",
        (committee, statuses[0], *statuses, *ids), _PERSON,
    )  # fmt: skip


def _found(connection: Connection, sql: str, parameters: tuple[Any, ...], names: Sequence[str]) -> Iterator[Values]:
    """Rows as the fields that say something."""
    for row in connection.exec_driver_sql(sql, parameters):
        values = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        if "phones" in values:
            values["phones"] = _unjson.decode(values["phones"])
        yield values


def _among(column: str, ids: Sequence[str] | None) -> tuple[str, Sequence[str]]:
    return ("", ()) if ids is None else (f" AND {column} IN ({_places(ids)})", ids)


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
