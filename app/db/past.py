"""The tables as they were known at a time: what was written since is folded back, everything else stands as it is.

Usually few rows were written since a cut-off, so only those are read from the ledger; a query sees them in place of the
present ones (`Past.tables`). What is known goes by when it was written, wherever that was. Two things cannot be taken
back, and are counted: persons put together or parted since, and contents that were erased.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import unpack
from app.db.present import COLUMNS, Values
from app.db.projection import cell, values_of
from app.db.rows import ALIAS, REFERENCE_FIELDS, Reader
from app.domain.versions import Row, fold

TABLES = ("estate", "building", "dwelling", "household", "resident", "residence", "arrival")
"""What reports count and list, besides isolation cases."""


@dataclass(frozen=True, slots=True)
class Past:
    """hidden: ids of the present rows that do not count, by table. shown: the rows as they were, as columns hold them.

    merged: how many pairs of persons were put together or parted since; erased: rows whose contents are gone.
    """

    committee: str = ""
    hidden: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shown: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    merged: int = 0
    erased: int = 0

    def tables(self, *tables: str) -> tuple[list[str], list[Any]]:
        """Parts of a WITH that stand for tables, and their parameters; none for tables of which nothing was written."""
        parts: list[str] = []
        asked: list[Any] = []
        for table in tables:
            if not self.hidden.get(table):
                continue
            names = ", ".join(
                f'"{name}"' for name in ("n", "committee_id", "id", *(name for name, _ in COLUMNS[table]))
            )
            width = names.count(",") + 1
            picked = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(width))
            parts.append(
                f'"{table}"({names}) AS MATERIALIZED (SELECT {names} FROM main."{table}" WHERE committee_id = ?'
                f" AND id NOT IN (SELECT value FROM json_each(?)) UNION ALL SELECT {picked} FROM json_each(?))"
            )
            asked += [self.committee, _json(self.hidden[table]), _json(self.shown.get(table, ()))]
        return parts, asked


NOW = Past()
"""Nothing is taken back."""


def past(connection: Connection, committee: str, at: datetime) -> Past:
    """The tables of a committee as they were known at a time."""
    touched = written_since(connection, committee, at, (*TABLES, ALIAS))
    merged = len(touched.pop(ALIAS, ()))
    hidden: dict[str, list[str]] = {}
    shown: dict[str, list[list[Any]]] = {}
    erased = 0
    reader = Reader(connection, committee)
    for table, rows in touched.items():
        groups = sorted({reader.group(row) for row in rows})
        members = [member for group in groups for member in group]
        hidden[table] = members
        known = rows_at(connection, committee, table, members, at)
        erased += sum(row.erased for row in known.values())
        was: dict[str, list[Any]] = {}
        for group in groups:
            some = [known[member].row for member in group if member in known]
            if (values := _values(reader, table, some)) is not None:
                was[some[0].id] = [cell(values.get(name)) for name, _ in COLUMNS[table]]
        numbers = _numbers(connection, committee, table, was)
        shown[table] = [[numbers[row], committee, row, *columns] for row, columns in was.items()]
    return Past(committee, hidden, shown, merged, erased)


def _values(reader: Reader, table: str, rows: Sequence[Row]) -> Values | None:
    """What a merged group said; None if it was not there."""
    if not rows or (state := fold(rows)).deleted:
        return None
    values = values_of(state, table, rows[0].id)
    for name in REFERENCE_FIELDS[table]:
        if values.get(name):
            values[name] = reader.leader(values[name])
    return values


def written_since(
    connection: Connection, committee: str, at: datetime, entities: Iterable[str]
) -> dict[str, list[str]]:
    """entity -> ids of which something was written after a time."""
    found: dict[str, list[str]] = {}
    for entity, row in connection.exec_driver_sql(
        "SELECT DISTINCT e.entity, e.entity_id FROM batch b JOIN entry e ON e.batch = b.n WHERE b.committee_id = ?"
        " AND julianday(b.at) > julianday(?) AND e.entity IN (SELECT value FROM json_each(?)) ORDER BY 1, 2",
        (committee, at.isoformat(), _json(list(entities))),
    ):
        found.setdefault(entity, []).append(row)
    return found


@dataclass(slots=True)
class Then:
    """One row by its entries up to a time, and the times of those; erased: is a part of one of them gone?"""

    row: Row
    times: list[str] = field(default_factory=list)
    erased: bool = False


def rows_at(connection: Connection, committee: str, entity: str, rows: Sequence[str], at: datetime) -> dict[str, Then]:
    """These rows by their entries up to a time; of which nothing was written by then, they are not among them."""
    reader = Reader(connection, committee)
    found: dict[str, Then] = {}
    entries = connection.exec_driver_sql(
        "SELECT e.entity_id, e.id, e.parts, b.format, b.at FROM json_each(?) j JOIN entry e ON e.entity_id = j.value"
        " JOIN batch b ON b.n = e.batch WHERE b.committee_id = ? AND b.refused IS NULL"
        " AND julianday(b.at) <= julianday(?) ORDER BY b.n, e.id",
        (_json(rows), committee, at.isoformat()),
    ).fetchall()
    for row, number, data, format_, when in entries:
        then = found.setdefault(row, Then(Row(row)))
        parts = unpack(data)
        reader.read_entry(then.row, number, entity, parts, format_)
        then.times.append(when)
        then.erased = then.erased or any(part.patch is None for part in parts)
    return found


def _numbers(connection: Connection, committee: str, table: str, rows: Iterable[str]) -> dict[str, float]:
    """Row numbers, which give the order of what has no other; of a row that is gone one beside the rows made with it."""
    found = connection.exec_driver_sql(f'SELECT id, n FROM "{table}" WHERE committee_id = ? ORDER BY id', (committee,))
    present = [(str(row), float(number)) for row, number in found]
    numbers = dict(present)
    for place, row in enumerate(sorted(set(rows) - numbers.keys()), 1):
        before = bisect_left(present, (row, 0.0))
        numbers[row] = (present[before - 1][1] if before else 0.0) + 1 - 1 / (1 + place)
    return numbers


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
