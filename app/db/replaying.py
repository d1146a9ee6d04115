"""A committee's tables at the end of every day: rows that the ledger wrote in one day are taken from the tables, all others
are folded entry by entry, once, in the order in which they were written.

What is known goes by when it was written, wherever that was, as `db.past` says; but persons that were put together or parted
meanwhile are apart or together as they were. Contents that were erased are gone on every day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import key_of, unpack
from app.db.history import TRACES
from app.db.projection import cell, flat
from app.db.rows import ALIAS, REFERENCE_FIELDS, Reader
from app.domain.jobs import Cancelled, check, never
from app.domain.replay import Change, Columns
from app.domain.versions import Row, groups, is_dead, shown

DAY = "date(b.at, '+8 hours')"
"""The day in Shanghai on which a batch was written."""
FOLDED_BETWEEN = 1_000
"""Rows between two questions whether to stop."""
_WRITTEN = f"SELECT n, max(?, min(?, coalesce({DAY}, ?))) FROM batch b WHERE b.committee_id = ? AND b.refused IS NULL"
"""batch -> the day on which it shows: what was written before the first counts on it, what claims to come later, today."""


def days(
    connection: Connection, committee: str, wanted: Columns, first: date, today: date, *, cancelled: Cancelled = never
) -> dict[date, list[Change]]:
    """day -> the rows that read otherwise at its end than a day before; on the first day all that were there.

    wanted: the columns of each table, none of them sealed. A row's values are as the tables hold them, references by the
    merged row's leader of that day; None: it is not there. Days without a change are left out.
    """
    asked = (first.isoformat(), today.isoformat(), today.isoformat(), committee)
    written = _written(connection, asked, [*wanted, ALIAS])
    folding = _Folding(connection, committee, wanted)
    folding.read(asked, [row for row, (entity, *_) in written.items() if entity == ALIAS])
    joined = folding.ever_joined()
    found: dict[date, list[Change]] = defaultdict(list)
    slow = {row for row, (entity, low, high) in written.items() if entity != ALIAS and (low != high or row in joined)}
    for entity, columns in wanted.items():
        check(cancelled)
        places = [number for number, name in enumerate(columns) if name in REFERENCE_FIELDS[entity]]
        for row, *values in _table(connection, committee, entity, columns):
            if row not in written or row in slow:
                continue
            if joined and any(values[place] in joined for place in places):
                slow.add(row)
            else:
                found[date.fromisoformat(written[row][2])].append((entity, row, tuple(values)))
    folding.read(asked, sorted(slow), cancelled)
    for day, changes in folding.changes(cancelled):
        found[date.fromisoformat(day)] += changes
    return dict(sorted(found.items()))


def _raw(connection: Connection, sql: str, parameters: Iterable[Any]) -> Iterator[Any]:
    raw: Any = connection.connection.driver_connection  # a hundred thousand rows: without SQLAlchemy's own
    return iter(raw.execute(sql, tuple(parameters)))


def _written(
    connection: Connection, asked: tuple[str, ...], entities: Sequence[str]
) -> dict[str, tuple[str, str, str]]:
    """row -> entity, first and last day on which something of it was written."""
    sql = (
        f"WITH known(n, day) AS MATERIALIZED ({_WRITTEN}) SELECT e.entity_id, e.entity, min(day), max(day) FROM known"
        f" JOIN entry e ON e.batch = known.n WHERE e.entity IN ({', '.join('?' * len(entities))}) GROUP BY e.entity_id"
    )
    return {row: told for row, *told in _raw(connection, sql, (*asked, *entities))}


def _table(connection: Connection, committee: str, entity: str, columns: Sequence[str]) -> Iterator[Any]:
    names = "".join(f', "{name}"' for name in columns)
    return _raw(connection, f'SELECT id{names} FROM "{entity}" WHERE committee_id = ?', (committee,))


@dataclass(slots=True)
class _Folding:
    """Rows of several days, folded forward. `entries`: what is still to be read, by day."""

    connection: Connection
    committee: str
    wanted: Columns
    reader: Reader = field(init=False)
    entries: dict[str, list[tuple[str, int, str, bytes, int]]] = field(default_factory=lambda: defaultdict(list))
    entities: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    referrers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    told: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reader = Reader(self.connection, self.committee)

    def read(self, asked: tuple[str, ...], rows: Sequence[str], cancelled: Cancelled = never) -> None:
        """The entries of these rows, as they were written."""
        sql = (
            f"WITH known(n, day) AS MATERIALIZED ({_WRITTEN}) SELECT known.day, e.entity_id, e.id, e.entity, e.parts,"
            " b.format FROM json_each(?) j CROSS JOIN entry e ON e.entity_id = j.value JOIN known ON known.n = e.batch"
            " JOIN batch b ON b.n = e.batch ORDER BY e.batch, e.id"
        )
        if rows:
            given = msgspec.json.encode(list(rows)).decode()
            for number, (day, *entry) in enumerate(_raw(self.connection, sql, (*asked, given))):
                if number % FOLDED_BETWEEN == 0:
                    check(cancelled)
                self.entries[day].append(tuple(entry))

    def ever_joined(self) -> frozenset[str]:
        """Ids of the rows that were put together with others on some day."""
        held: dict[str, Row] = {}
        for entries in self.entries.values():
            for row, number, entity, parts, format_ in entries:
                self.reader.read_entry(held.setdefault(row, Row(row)), number, entity, unpack(parts), format_)
        on = [row for row, told in held.items() if any(write.value for write in told.keys.get("on", {}).values())]
        return frozenset(member for row in on for member in row.split("|"))

    def changes(self, cancelled: Cancelled) -> Iterator[tuple[str, list[Change]]]:
        """Day by day what reads otherwise than before. To be used once."""
        for day in sorted(self.entries):
            touched: dict[str, None] = {}
            for number, (row, entry, entity, parts, format_) in enumerate(self.entries.pop(day)):
                if number % FOLDED_BETWEEN == 0:
                    check(cancelled)
                self.entities.setdefault(row, entity)
                self.reader.read_entry(self.rows.setdefault(row, Row(row)), entry, entity, unpack(parts), format_)
                touched[row] = None
            if any(self.entities[row] == ALIAS for row in touched):
                touched |= self._regroup()
            yield day, self._tell(touched)

    def _regroup(self) -> dict[str, None]:
        """Put together and part as the pairs now say; returns the rows whose group is another one."""
        before = self.groups
        on = [row for row, entity in self.entities.items() if entity == ALIAS and shown((self.rows[row],), "on")]
        self.groups = groups((row.partition("|")[0], row.partition("|")[2]) for row in on)
        return {
            row: None for row in sorted(before.keys() | self.groups.keys()) if before.get(row) != self.groups.get(row)
        }  # fmt: skip

    def _tell(self, touched: Mapping[str, None]) -> list[Change]:
        """The rows that these show in, and those that refer to a group among them."""
        asked = dict(touched)
        for row in touched:
            for member in self.groups.get(row, (row,)):
                asked[member] = None
                asked |= dict.fromkeys(self.referrers.get(member, ()))
        found: list[Change] = []
        for row in asked:
            entity = self.entities.get(row, ALIAS)
            if entity in self.wanted:
                values = self._values(row, entity)
                if values != self.told.get(row):
                    found.append((entity, row, values))
                    self.told.pop(row, None)
                    if values is not None:
                        self.told[row] = values
        return found

    def _values(self, row: str, entity: str) -> tuple[Any, ...] | None:
        """What the table shows of a row; None for one that is deleted or shows in another one."""
        members = [self.rows[member] for member in self.groups.get(row, (row,)) if self._is_known(member)]
        if not members or members[0].id != row:
            return None
        alive = [member for member in members if not is_dead(member)]
        if not alive:
            return None
        keys = {key_of(entity, name): None for name in self.wanted[entity]}
        values = flat(entity, {key: value for key in keys if (value := shown(alive, key)) is not None})
        for name in REFERENCE_FIELDS[entity]:
            if target := values.get(name):
                self.referrers[target].add(row)
                values[name] = self._leader(target)
        return tuple(cell(values.get(name)) for name in self.wanted[entity])

    def _is_known(self, row: str) -> bool:
        return row in self.rows and bool(self.rows[row].keys)

    def _leader(self, row: str) -> str:
        return next(member for member in self.groups.get(row, (row,)) if member == row or self._is_known(member))


# ---------------------------------------------------------------- how old the data was


def heard(connection: Connection, committee: str, *, but: str = "") -> list[tuple[str, str]]:
    """(day, the newest time of it at which the committee's data was written), by day; see `history.last_change`."""
    rows = connection.exec_driver_sql(
        f"SELECT {DAY}, max(b.at) FROM batch b JOIN chain c ON c.n = b.chain"
        f" WHERE b.committee_id = ? AND c.device <> ? AND b.action NOT IN {TRACES} GROUP BY 1 ORDER BY 1",
        (committee, but),
    )
    return [(str(day or ""), str(at)) for day, at in rows]
