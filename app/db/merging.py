"""Entries from elsewhere into this ledger.

Only the chains' own rules are judged here (no gap, no fork, a batch in one chain, no part that does not match its
commitment); who may carry and write what is the bundle reader's business (ledger-and-bundles.md §4). Part of the one
door: `ledger.py` writes what this PC does, this module what others did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db import arrived
from app.db.entries import NO_DIGEST, Chain, digest, kept, pack
from app.db.fresh import CHUNK, run
from app.db.ledger import null_erased
from app.db.projection import project
from app.db.rows import SEQ_BITS, Reader, written_before
from app.db.travelling import Record, head_of, part_of, records
from app.domain.findings import NotTrusted

__all__ = ["Merged", "Merging", "Record", "merge", "records", "refuse"]

_json = msgspec.json.Encoder()
_ENTRY = "INSERT INTO entry (id, batch, action, entity, entity_id, erases, detail, digest, parts) VALUES "
Verdicts = Mapping[str, Mapping[str, str | None]]
"""committee → batch → why it does not count, or None."""


@dataclass(slots=True)
class Merged:
    applied: int = 0
    duplicates: int = 0
    changed: set[str] = field(default_factory=set)


class Merging:
    """Takes arriving chains into the file one by one, then shows the rows they touch.

    A chain that is refused raises: the caller goes back to where it stood, and the others go on.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.merged = Merged()
        self._touched: dict[str, dict[str, list[Record]]] = {}
        self._known: set[str] = set()
        self._lacking: list[tuple[Chain, Record]] = []

    def take(self, chain: Chain, arriving: Iterable[Record], head: str = "") -> int:
        """Append the entries of one chain, which come in order; returns how many were new.

        head: the digest after the last of them as the sender has it (hex).
        Raises NotTrusted: `ledger-gap` (first, last), `ledger-fork` (seq: the first that differs, or 0 where it cannot
        be told), `ledger-forged`, `batch-elsewhere`, `row-elsewhere`.
        """
        appending = _Appending(self.connection, chain)
        new: list[Record] = []
        had = 0
        for record in arriving:
            if appending.append(record):
                new.append(record)
            else:
                had += 1
        appending.finish(head)
        self.merged.applied += len(new)
        self.merged.duplicates += had
        self._known |= appending.known
        rows = self._touched.setdefault(chain.committee_id, {})
        for record in new:
            rows.setdefault(record["id"], []).append(record)
            if any(patch is None for _, patch, _, _ in record["parts"]):
                self._lacking.append((chain, record))
        return len(new)

    def lacking(self) -> set[Chain]:
        """The chains with a part missing that no erase covers which lies here or came with them."""
        return {chain for chain, record in self._lacking if not _is_erased(self.connection, chain, record)}

    def finish(self, verdicts: Verdicts | None = None) -> Merged:
        """Show what came, without the batches that do not count."""
        changed = self.merged.changed
        for committee, said in (verdicts or {}).items():
            changed |= refuse(self.connection, committee, said)
        for committee, rows in self._touched.items():
            said = (verdicts or {}).get(committee, {})
            void = {row for row, found in rows.items() if any(said.get(each["batch"]) for each in found)}
            fresh = arrived.plain_rows(self.connection, committee, rows, self._known | void)
            changed |= arrived.show(self.connection, committee, fresh)
            reader = Reader(self.connection, committee)
            others = [row for row in rows if row not in fresh]
            for row in others:
                null_erased(reader, row)
            changed |= project(reader, others)
        return self.merged


def merge(connection: Connection, arriving: Iterable[Record]) -> Merged:
    """Append others' entries, chain after chain, and show the rows they touch; the caller's transaction is all or nothing.

    Raises what `Merging.take` raises, and NotTrusted("part-missing") for a part left out that no erase covers.
    """
    merging = Merging(connection)
    for chain, of_chain in groupby(arriving, key=lambda record: Chain(*record["chain"])):
        merging.take(chain, of_chain)
    for chain in merging.lacking():
        raise NotTrusted("part-missing", device=chain.device)
    return merging.finish()


@dataclass(slots=True)
class _Batch:
    n: int
    void: bool


class _Appending:
    """Appends the entries of one chain by the thousand: batches are looked up once, entries written in long statements."""

    def __init__(self, connection: Connection, chain: Chain) -> None:
        self.connection = connection
        self.chain = chain
        where = (chain.committee_id, chain.device, chain.epoch)
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO chain (committee_id, device, epoch, seq, head, current) VALUES (?, ?, ?, 0, ?, 0)",
            (*where, NO_DIGEST),
        )
        n, seq, head = connection.exec_driver_sql(
            "SELECT n, seq, head FROM chain WHERE committee_id = ? AND device = ? AND epoch = ?", where
        ).one()
        self.n, self.seq, self.head = int(n), int(seq), bytes(head)
        self.last = 0
        self.batches: dict[str, _Batch] = {}
        self.waiting: list[tuple[Any, ...]] = []
        self.entities: dict[str, str] = {}
        self.known: set[str] = set()
        """Rows that were written of before this chain, or by batches that do not count."""

    def append(self, record: Record) -> bool:
        """Append one entry; False if it was already had."""
        seq = self.last = record["seq"]
        parts = [part_of(part) for part in record["parts"]]
        if not all(map(kept, parts)):
            raise NotTrusted("ledger-forged", device=self.chain.device, seq=seq)
        if seq > self.seq + 1:
            raise NotTrusted("ledger-gap", device=self.chain.device, first=self.seq + 1, last=seq - 1)
        previous = self.head if seq == self.seq + 1 else self._digest_at(seq - 1)
        made = digest(previous, head_of(self.chain, record), parts)
        if seq <= self.seq:
            if self._digest_at(seq) != made:
                raise NotTrusted("ledger-fork", device=self.chain.device, seq=seq)
            return False
        if self.entities.setdefault(record["id"], record["entity"]) != record["entity"]:
            raise NotTrusted("row-elsewhere", device=self.chain.device, seq=seq)
        self.waiting.append((
            self.n << SEQ_BITS | seq, self._batch(record), record["action"], record["entity"], record["id"],
            _json.encode(record["erases"]).decode() if record["erases"] else None,
            _json.encode(record["detail"]).decode() if record["detail"] else None, bytearray(made), bytearray(pack(parts)),
        ))  # fmt: skip
        self.seq, self.head = seq, made
        if len(self.waiting) >= CHUNK:
            self._flush()
        return True

    def finish(self, head: str) -> None:
        """Write the rest and how far the chain is now. A head other than the sender's: it stands on another past."""
        self._flush()
        if head and self.last and self._digest_at(self.last).hex() != head:
            raise NotTrusted("ledger-fork", device=self.chain.device, seq=0)

    def _flush(self) -> None:
        before = written_before(self.connection, sorted({entry[4] for entry in self.waiting}))
        if any(self.entities[row] != entity for row, entity in before.items()):
            raise NotTrusted("row-elsewhere", device=self.chain.device, seq=self.seq)
        self.known.update(before)
        run(self.connection.connection.driver_connection, [(_ENTRY, self.waiting)])
        self.waiting = []
        self.connection.exec_driver_sql("UPDATE chain SET seq = ?, head = ? WHERE n = ?", (self.seq, self.head, self.n))

    def _digest_at(self, seq: int) -> bytes:
        if seq == 0:
            return NO_DIGEST
        if seq == self.seq:
            return self.head
        if self.waiting:
            self._flush()
        found = self.connection.exec_driver_sql(
            "SELECT digest FROM entry WHERE id = ?", (self.n << SEQ_BITS | seq,)
        ).fetchone()
        assert found is not None
        return bytes(found[0])

    def _batch(self, record: Record) -> int:
        batch = self.batches.get(record["batch"])
        if batch is None:
            batch = self.batches[record["batch"]] = self._find_batch(record)
        if batch.void:
            self.known.add(record["id"])
        return batch.n

    def _find_batch(self, record: Record) -> _Batch:
        found = self.connection.exec_driver_sql(
            "SELECT n, chain, refused, at, account, purpose, format FROM batch WHERE committee_id = ? AND id = ?",
            (self.chain.committee_id, record["batch"]),
        ).fetchone()
        if found is None:
            made = self.connection.exec_driver_sql(
                "INSERT INTO batch (committee_id, id, chain, at, account, action, purpose, format)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self.chain.committee_id, record["batch"], self.n, record["at"], record["account"], record["action"],
                 record["purpose"], record["format"]),
            )  # fmt: skip
            return _Batch(made.lastrowid, False)
        said = (record["at"], record["account"], record["purpose"], record["format"])
        if found[1] != self.n or tuple(found[3:]) != said:
            raise NotTrusted("batch-elsewhere", device=self.chain.device, seq=record["seq"])
        return _Batch(found[0], found[2] is not None)


def _is_erased(connection: Connection, chain: Chain, record: Record) -> bool:
    """A part may be missing only where an erase that its writer had not seen covers it."""
    gone = {
        erased["class"]
        for (detail,) in connection.exec_driver_sql(
            "SELECT e.detail FROM entry e JOIN batch b ON b.n = e.batch"
            " WHERE e.entity_id = ? AND e.action = 'erase' AND b.committee_id = ?",
            (record["id"], chain.committee_id),
        )
        if (erased := msgspec.json.decode(detail))["erase"] not in record["erases"]
    }  # also of batches whose verdict is not yet asked: what is gone is gone
    return {retention for retention, patch, _, _ in record["parts"] if patch is None} <= gone


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
    reader = Reader(connection, committee_id)
    for row in rows:
        null_erased(reader, row)  # an erase among them counts from now on
    return project(reader, rows)
