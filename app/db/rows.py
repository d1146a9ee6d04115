"""Rows as the ledger's entries tell them: read, grouped by merging, followed by reference.

Reading only; `ledger.py` decides on top of it what to write, `projection.py` what the tables show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from app.db.entries import Chain, Part, load, read_into, unpack
from app.db.upcasters import upcast
from app.domain.fields import CORE, ENTITIES, FORMAT, Type
from app.domain.undo import Batch
from app.domain.versions import Ref, Row, Version, groups, open_versions, shown

SEQ_BITS = 40
ALIAS = "alias"

REFERRERS: dict[str, list[tuple[str, str]]] = {}
"""entity -> the (table, column) pairs that refer to it."""
for _entity in ENTITIES.values():
    for _field in _entity.stored:
        if _field.type is Type.REFERENCE:
            REFERRERS.setdefault(_field.refers_to, []).append((_entity.key, _field.key))

REFERENCE_FIELDS: dict[str, tuple[str, ...]] = {
    entity.key: tuple(field.key for field in entity.stored if field.type is Type.REFERENCE)
    for entity in ENTITIES.values()
}
CORE_KEYS: dict[str, frozenset[str]] = {
    entity.key: frozenset(field.group or field.key for field in entity.stored if field.retention == CORE)
    for entity in ENTITIES.values()
}


def targets_of(value: Any, entity: str, key: str) -> set[str]:
    """The ids that one value of a key refers to (a grouped value is a dict of its fields)."""
    fields = REFERENCE_FIELDS.get(entity, ())
    if isinstance(value, dict):
        return {value[field] for field in fields if value.get(field)}
    return {value} if key in fields and value else set()


def written_before(connection: Connection, rows: Sequence[str]) -> dict[str, str]:
    """Which of these ids the ledger has already written of, and as what entity."""
    found: dict[str, str] = {}
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        holders = ", ".join("?" * len(some))
        found.update(
            (row, entity) for row, entity in connection.exec_driver_sql(
                f"SELECT DISTINCT entity_id, entity FROM entry WHERE entity_id IN ({holders})", tuple(some)
            )
        )  # fmt: skip
    return found


def referred_to(connection: Connection, committee: str, table: str, column: str, rows: Sequence[str]) -> set[str]:
    """Which of these ids a table's column refers to."""
    found: set[str] = set()
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        holders = ", ".join("?" * len(some))
        sql = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE committee_id = ? AND "{column}" IN ({holders})'
        found.update(row for (row,) in connection.exec_driver_sql(sql, (committee, *some)))
    return found


class Reader:
    """Reads rows of one committee inside one transaction, each once.

    After writing a row `forget` it. Implements `app.domain.undo.Rows`.
    """

    def __init__(self, connection: Connection, committee_id: str) -> None:
        self.connection = connection
        self.committee_id = committee_id
        self._chains: dict[int, Chain] = {}
        self._rows: dict[str, Row] = {}
        self.entity_of: dict[str, str] = {}

    def sql(self, text: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        return list(self.connection.exec_driver_sql(text, parameters).fetchall())

    def chain(self, n: int) -> Chain:
        if n not in self._chains:
            found = self.sql("SELECT device, epoch, committee_id FROM chain WHERE n = ?", (n,))
            self._chains[n] = Chain(*found[0])
        return self._chains[n]

    def forget(self, rows: Iterable[str]) -> None:
        for row in rows:
            self._rows.pop(row, None)

    def forget_all(self) -> None:
        self._rows.clear()
        self.entity_of.clear()

    def row(self, row: str) -> Row:
        if row not in self._rows:
            self._rows[row] = self._read(row)
        return self._rows[row]

    def _read(self, row_id: str) -> Row:
        row = Row(row_id)
        for number, entity, parts, format_ in self.sql(
            "SELECT e.id, e.entity, e.parts, b.format FROM entry e JOIN batch b ON b.n = e.batch"
            " WHERE e.entity_id = ? AND b.committee_id = ? AND b.refused IS NULL",
            (row_id, self.committee_id),
        ):
            self.entity_of[row_id] = entity
            self.read_entry(row, number, entity, unpack(parts), format_)
        return row

    def read_entry(self, row: Row, number: int, entity: str, parts: list[Part], format_: int) -> None:
        chain, seq = self.chain(number >> SEQ_BITS), number & ((1 << SEQ_BITS) - 1)
        for part in parts:
            if part.patch is not None:
                patch = load(part.patch)
                if format_ != FORMAT:
                    patch = upcast(format_, entity, patch)
                read_into(row, entity, chain, seq, patch)

    def known(self, row: str) -> bool:
        """Was anything ever written of it (that counts)?"""
        return bool(self.row(row).keys)

    def group(self, row: str) -> tuple[str, ...]:
        """The ids it is merged with that something was written of, itself among them, smallest first."""
        found = self.sql(
            "SELECT m.member FROM merged m JOIN merged s ON s.leader = m.leader AND s.committee_id = m.committee_id"
            " WHERE s.committee_id = ? AND s.member = ? ORDER BY m.member",
            (self.committee_id, row),
        )
        return tuple(member for (member,) in found if member == row or self.known(member)) or (row,)

    def members(self, row: str) -> list[Row]:
        return [self.row(member) for member in self.group(row)]

    def leader(self, row: str) -> str:
        return self.group(row)[0]

    def groups_now(self) -> dict[str, tuple[str, ...]]:
        """All merged groups, from the alias rows themselves."""
        pairs = []
        for (alias,) in self.sql(
            "SELECT DISTINCT entity_id FROM entry WHERE action NOT IN ('create', 'change') AND entity = ?", (ALIAS,)
        ):
            if shown((self.row(alias),), "on"):
                first, second = alias.split("|")
                pairs.append((first, second))
        return groups(pairs)

    def entity(self, row: str) -> str:
        """What kind of row this is, also of one that only refused batches wrote; "" if nobody ever wrote of it."""
        if row not in self.entity_of:
            self.row(row)
        if row not in self.entity_of:
            found = self.sql(
                "SELECT e.entity FROM entry e JOIN batch b ON b.n = e.batch WHERE e.entity_id = ? AND b.committee_id = ?"
                " LIMIT 1",
                (row, self.committee_id),
            )
            self.entity_of[row] = found[0][0] if found else ""
        return self.entity_of[row]

    # ---------------------------------------------------------------- what undo asks

    def is_alias(self, row: str) -> bool:
        return self.entity(row) == ALIAS

    def is_reference(self, row: str, key: str) -> bool:
        return key in CORE_KEYS.get(self.entity(row), ())

    def references(self, row: str) -> Iterator[tuple[str, str, Version]]:
        """Standing references to a row, whether they show or not; an alias that is on is one."""
        for by in sorted(self._referrers(row)):
            entity = self.entity(by)
            for key in self.row(by).keys:
                for version, write in open_versions((self.row(by),), key).items():
                    if row in targets_of(write.value, entity, key):
                        yield by, key, version
        if len(self.group(row)) > 1:
            for (alias,) in self.sql("SELECT DISTINCT entity_id FROM entry WHERE entity_id LIKE ?", (f"%{row}%",)):
                if "|" in alias and shown((self.row(alias),), "on"):
                    standing = open_versions((self.row(alias),), "on")
                    yield alias, "on", max(standing)

    def _referrers(self, row: str) -> set[str]:
        found = {by for (by,) in self.sql("SELECT row FROM standing WHERE target = ?", (row,))}
        group = self.group(row)
        for table, column in REFERRERS.get(self.entity(row), ()):
            for member in group:
                found.update(
                    by for (by,) in self.sql(
                        f'SELECT id FROM "{table}" WHERE "{column}" = ? AND committee_id = ?',
                        (member, self.committee_id),
                    )
                )  # fmt: skip
        return {member for by in found for member in self.group(by)}

    def exists(self, key: str, version: Version) -> bool:
        row_id = self.row_of(version[1:])
        return row_id is not None and version in self.row(row_id).keys.get(key, ())

    def row_of(self, ref: Ref) -> str | None:
        device, epoch, seq = ref
        found = self.sql(
            "SELECT e.entity_id FROM chain c JOIN entry e ON e.id = (c.n << 40) | ?"
            " WHERE c.committee_id = ? AND c.device = ? AND c.epoch = ?",
            (seq, self.committee_id, device, epoch),
        )
        return found[0][0] if found else None

    def batch(self, batch_id: str) -> Batch:
        """What a batch wrote that still counts, for `app.domain.undo`."""
        result = Batch()
        for number, row_id, entity, action, detail, parts, format_ in self.sql(
            "SELECT e.id, e.entity_id, e.entity, e.action, e.detail, e.parts, b.format"
            " FROM batch b JOIN entry e ON e.batch = b.n WHERE b.committee_id = ? AND b.id = ? ORDER BY e.id",
            (self.committee_id, batch_id),
        ):
            if action == "erase":
                result.erased.append((row_id, str(load(detail.encode()).get("erase"))))
            self.entity_of[row_id] = entity
            alone = Row(row_id)
            unpacked = unpack(parts)
            self.read_entry(alone, number, entity, unpacked, format_)
            result.erased += [(row_id, part.retention) for part in unpacked if part.patch is None]
            for key, versions in alone.keys.items():
                written = result.writes.setdefault((row_id, key), {})
                written.update({version: write.replaces for version, write in versions.items()})
            for (key, target), marks in alone.offs.items():
                result.offs.setdefault((row_id, key, target), set()).update(marks)
        return result
