"""Entries from elsewhere into this ledger, and this ledger's entries out of it, unchanged.

Only the chain's own rules are judged here (no gap, no fork, no part that does not match its commitment);
who may carry and write what is the bundle reader's business (ledger-and-bundles.md §4). Part of the one
door: `ledger.py` writes what this PC does, this module what others did. Longer than most files: appending, showing
what nobody knew, refusing and sending are four sides of one format.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import NO_DIGEST, Chain, Head, Part, digest, kept, pack, unpack
from app.db.fresh import CHUNK, CODED, run, show_fresh
from app.db.ledger import null_erased
from app.db.projection import check_in_use, project
from app.db.rows import ALIAS, REFERENCE_FIELDS, REFERRERS, SEQ_BITS, Reader, referred_to, written_before
from app.db.tables import PRESENT
from app.domain.fields import ENTITIES, FORMAT
from app.domain.findings import NotTrusted
from app.domain.versions import DELETED

_json = msgspec.json.Encoder()
_unjson = msgspec.json.Decoder()
_ENTRY = "INSERT INTO entry (id, batch, action, entity, entity_id, erases, detail, digest, parts) VALUES "
Record = dict[str, Any]
"""One entry as it travels: `chain` [device, epoch, committee], the head's columns by name, `parts`."""


@dataclass(slots=True)
class Merged:
    applied: int = 0
    duplicates: int = 0
    changed: set[str] = field(default_factory=set)


def records(connection: Connection, chain_n: int, after: int = 0) -> Iterator[Record]:
    """The entries of one chain beyond a seq, as they travel."""
    chain = Reader(connection, "").chain(chain_n)
    for row in connection.exec_driver_sql(
        "SELECT e.id, b.at, b.account, e.action, b.purpose, e.entity, e.entity_id, b.id, b.format, e.erases, e.detail,"
        " e.parts FROM entry e JOIN batch b ON b.n = e.batch WHERE e.id > ? AND e.id < ? ORDER BY e.id",
        (chain_n << SEQ_BITS | after, (chain_n + 1) << SEQ_BITS),
    ):
        number, at, account, action, purpose, entity, row_id, batch, format_, erases, detail, parts = row
        yield {
            "chain": list(chain), "seq": number & ((1 << SEQ_BITS) - 1), "at": at, "account": account,
            "action": action, "purpose": purpose, "entity": entity, "id": row_id, "batch": batch, "format": format_,
            "erases": msgspec.json.decode(erases) if erases else [],
            "detail": msgspec.json.decode(detail) if detail else {},
            "parts": [_travelling(part) for part in unpack(parts)],
        }  # fmt: skip


def _travelling(part: Part) -> list[Any]:
    patch = part.patch.decode() if part.patch is not None else None
    salt = b64encode(part.salt).decode() if part.salt is not None else None
    return [part.retention, patch, salt, part.commitment.hex()]


def _arrived(value: list[Any]) -> Part:
    retention, patch, salt, commitment = value
    return Part(
        retention,
        patch.encode() if patch is not None else None,
        b64decode(salt) if salt is not None else None,
        bytes.fromhex(commitment),
    )


def merge(connection: Connection, arriving: Iterable[Record]) -> Merged:
    """Append others' entries and show the rows they touch. Entries of one chain come in order.

    Raises NotTrusted: `ledger-gap` (first, expected), `ledger-fork`, `ledger-forged` (a part that is not what
    was committed), `part-missing` (a part left out that no erase covers). The caller's transaction then
    rolls all of it back.
    """
    merged = Merged()
    appending = _Appending(connection)
    touched: dict[str, dict[str, list[Record]]] = {}
    lacking: list[tuple[Chain, Record]] = []
    for record in arriving:
        chain = Chain(*record["chain"])
        if not appending.append(chain, record):
            merged.duplicates += 1
            continue
        merged.applied += 1
        touched.setdefault(chain.committee_id, {}).setdefault(record["id"], []).append(record)
        if any(patch is None for _, patch, _, _ in record["parts"]):
            lacking.append((chain, record))
    appending.flush()
    fresh = {
        committee: _fresh(connection, committee, rows, appending.known | appending.refused)
        for committee, rows in touched.items()
    }
    for chain, record in lacking:
        _must_be_erased(connection, chain, record)
    for committee, rows in touched.items():
        merged.changed |= _show_fresh(connection, committee, fresh[committee])
        reader = Reader(connection, committee)
        others = [row for row in rows if row not in fresh[committee]]
        for row in others:
            null_erased(reader, row)
        merged.changed |= project(reader, others)
    return merged


class _Appending:
    """Appends entries by the thousand: chains and batches are looked up once, entries written in long statements."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.chains: dict[Chain, _Held] = {}
        self.batches: dict[tuple[str, str], int] = {}
        self.void: set[int] = set()
        self.refused: set[str] = set()
        """Rows written by batches that were already found void."""
        self.waiting: list[tuple[Any, ...]] = []
        self.seen: set[str] = set()
        self.known: set[str] = set()
        """Of the rows seen, those that were written of before this merge."""

    def append(self, chain: Chain, record: Record) -> bool:
        """Append one entry; False if it was already had."""
        held = self.chains.get(chain) or self._hold(chain)
        seq = record["seq"]
        parts = [_arrived(part) for part in record["parts"]]
        if not all(map(kept, parts)):
            raise NotTrusted("ledger-forged", device=chain.device, seq=seq)
        if seq > held.seq + 1:
            raise NotTrusted("ledger-gap", device=chain.device, first=held.seq + 1, last=seq - 1)
        previous = held.head if seq == held.seq + 1 else self._digest_at(held.n, seq - 1)
        made = digest(previous, _head(chain, record), parts)
        if seq <= held.seq:
            if self._digest_at(held.n, seq) != made:
                raise NotTrusted("ledger-fork", device=chain.device, seq=seq)
            return False
        self.waiting.append((
            held.n << SEQ_BITS | seq, self._batch(held.n, chain, record), record["action"], record["entity"],
            record["id"], _json.encode(record["erases"]).decode() if record["erases"] else None,
            _json.encode(record["detail"]).decode() if record["detail"] else None, bytearray(made), bytearray(pack(parts)),
        ))  # fmt: skip
        held.seq, held.head = seq, made
        if len(self.waiting) >= CHUNK:
            self.flush()
        return True

    def flush(self) -> None:
        """Write what waits, and how far each chain is now."""
        rows = {entry[4] for entry in self.waiting} - self.seen
        self.seen |= rows
        self.known |= written_before(self.connection, sorted(rows))
        run(self.connection.connection.driver_connection, [(_ENTRY, self.waiting)])
        self.waiting = []
        for held in self.chains.values():
            self.connection.exec_driver_sql(
                "UPDATE chain SET seq = ?, head = ? WHERE n = ?", (held.seq, held.head, held.n)
            )

    def _hold(self, chain: Chain) -> _Held:
        where = (chain.committee_id, chain.device, chain.epoch)
        found = self.connection.exec_driver_sql(
            "SELECT n, seq, head FROM chain WHERE committee_id = ? AND device = ? AND epoch = ?", where
        ).fetchone()
        if found is None:
            made = self.connection.exec_driver_sql(
                "INSERT INTO chain (committee_id, device, epoch, seq, head, current) VALUES (?, ?, ?, 0, ?, 0)",
                (*where, NO_DIGEST),
            )
        n, seq, head = found or (made.lastrowid, 0, NO_DIGEST)
        held = self.chains[chain] = _Held(n, seq, bytes(head))
        return held

    def _digest_at(self, n: int, seq: int) -> bytes:
        if seq == 0:
            return NO_DIGEST
        self.flush()
        found = self.connection.exec_driver_sql(
            "SELECT digest FROM entry WHERE id = ?", (n << SEQ_BITS | seq,)
        ).fetchone()
        assert found is not None
        return bytes(found[0])

    def _batch(self, n: int, chain: Chain, record: Mapping[str, Any]) -> int:
        key = chain.committee_id, record["batch"]
        if key not in self.batches:
            self.batches[key] = _batch(self.connection, n, chain, record)
            if self._is_refused(self.batches[key]):
                self.void.add(self.batches[key])
        if self.batches[key] in self.void:
            self.refused.add(record["id"])
        return self.batches[key]

    def _is_refused(self, batch: int) -> bool:
        found = self.connection.exec_driver_sql("SELECT refused FROM batch WHERE n = ?", (batch,)).fetchone()
        return found is not None and found[0] is not None


@dataclass(slots=True)
class _Held:
    """How far a chain is here."""

    n: int
    seq: int
    head: bytes


# ---------------------------------------------------------------- rows that nothing here knew before


def _fresh(
    connection: Connection, committee: str, rows: Mapping[str, list[Record]], known: set[str]
) -> dict[str, Record]:
    """The rows that one entry created, of which this file knew nothing: they can be shown without folding.

    Not where rows were merged (references then show a leader), and not rows that something here refers to.
    """
    if connection.exec_driver_sql("SELECT 1 FROM merged WHERE committee_id = ? LIMIT 1", (committee,)).first():
        return {}
    if any(record["entity"] == ALIAS for records in rows.values() for record in records):
        return {}
    found = {
        row: records[0]
        for row, records in rows.items()
        if row not in known and len(records) == 1 and _is_plain(records[0])
    }
    for row in _referred(connection, committee, found):
        del found[row]
    return found


def _is_plain(record: Record) -> bool:
    return (
        record["action"] == "create" and record["entity"] in PRESENT and record["format"] == FORMAT
        and not record["erases"] and _is_simple(record)
    )  # fmt: skip


def _is_simple(record: Record) -> bool:
    """Only values, of the kinds that the catalogue has for them, and said to be alive: nothing that wants folding."""
    entity, alive = ENTITIES[record["entity"]], False
    for _, patch, _, _ in record["parts"]:
        said = _unjson.decode(patch) if patch else None
        if not isinstance(said, dict) or set(said) != {"v"} or not isinstance(said["v"], dict):
            return False
        alive |= said["v"].get(DELETED) is False
        for key, value in said["v"].items():
            if isinstance(value, dict | list) and (key not in entity or entity[key].type not in CODED):
                return False
    return alive


def _referred(connection: Connection, committee: str, rows: Mapping[str, Record]) -> set[str]:
    by_entity: dict[str, list[str]] = {}
    for row, record in rows.items():
        by_entity.setdefault(record["entity"], []).append(row)
    return {
        row
        for entity, ids in by_entity.items()
        for table, column in REFERRERS.get(entity, ())
        for row in referred_to(connection, committee, table, column, ids)
    }


def _show_fresh(connection: Connection, committee: str, rows: Mapping[str, Record]) -> set[str]:
    by_entity: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for row, record in rows.items():
        values = {key: value for _, patch, _, _ in record["parts"] for key, value in _unjson.decode(patch)["v"].items()}
        if values.pop(DELETED, False):
            continue
        by_entity.setdefault(record["entity"], []).append((row, values))
    for entity in ENTITIES:  # places before the people in them: their tokens say where they live
        if entity in by_entity:
            show_fresh(connection, committee, entity, by_entity[entity])
    reader = Reader(connection, committee)
    for entity, shown in by_entity.items():
        for key in REFERENCE_FIELDS[entity]:
            check_in_use(reader, {values[key] for _, values in shown if values.get(key)}, entity, key)
    return set(by_entity)


def _head(chain: Chain, record: Record) -> Head:
    return Head(*chain, record["seq"], record["at"], record["account"], record["action"], record["purpose"],
                record["entity"], record["id"], record["batch"], record["format"], record["erases"],
                record["detail"])  # fmt: skip


def _batch(connection: Connection, n: int, chain: Chain, record: Mapping[str, Any]) -> int:
    found = connection.exec_driver_sql(
        "SELECT n FROM batch WHERE committee_id = ? AND id = ?", (chain.committee_id, record["batch"])
    ).fetchone()
    if found:
        number: int = found[0]
        return number
    made = connection.exec_driver_sql(
        "INSERT INTO batch (committee_id, id, chain, at, account, action, purpose, format)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (chain.committee_id, record["batch"], n, record["at"], record["account"], record["action"],
         record["purpose"], record["format"]),
    )  # fmt: skip
    return made.lastrowid


def _must_be_erased(connection: Connection, chain: Chain, record: Record) -> None:
    """A part may be missing only where an erase that its writer had not seen covers it."""
    gone = {
        erased["class"]
        for (detail,) in connection.exec_driver_sql(
            "SELECT e.detail FROM entry e JOIN batch b ON b.n = e.batch"
            " WHERE e.entity_id = ? AND e.action = 'erase' AND b.committee_id = ?",
            (record["id"], chain.committee_id),
        )
        if (erased := msgspec.json.decode(detail))["erase"] not in record["erases"]
    }
    missing = {retention for retention, patch, _, _ in record["parts"] if patch is None}
    if missing - gone:
        raise NotTrusted("part-missing", device=chain.device, seq=record["seq"])


def refuse(connection: Connection, committee_id: str, verdicts: Mapping[str, str | None]) -> set[str]:
    """Set which batches are void because their writer may not have written them (None: it may).

    Whether a batch counts is a function of entry and registry alone, so it is evaluated again by everybody
    whenever the registry grows. Returns the entities whose rows changed.
    """
    rows: set[str] = set()
    for batch, verdict in verdicts.items():
        found = connection.exec_driver_sql(
            "UPDATE batch SET refused = ? WHERE committee_id = ? AND id = ? AND refused IS NOT ? RETURNING n",
            (verdict, committee_id, batch, verdict),
        ).fetchall()
        for (n,) in found:
            touched = connection.exec_driver_sql("SELECT entity_id FROM entry WHERE batch = ?", (n,)).fetchall()
            rows |= {row for (row,) in touched}
    return project(Reader(connection, committee_id), rows)
