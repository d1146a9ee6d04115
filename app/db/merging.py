"""Entries from elsewhere into this ledger, and this ledger's entries out of it, unchanged.

Only the chain's own rules are judged here (no gap, no fork, no part that does not match its commitment);
who may carry and write what is the bundle reader's business (ledger-and-bundles.md §4). Part of the one
door: `ledger.py` writes what this PC does, this module what others did.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import NO_DIGEST, Chain, Head, Part, digest, kept, pack, unpack
from app.db.ledger import null_erased
from app.db.projection import project
from app.db.rows import SEQ_BITS, Reader
from app.domain.findings import NotTrusted

_json = msgspec.json.Encoder()
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
    touched: dict[str, set[str]] = {}
    lacking: list[tuple[Chain, Record]] = []
    for record in arriving:
        chain = Chain(*record["chain"])
        if not _append(connection, chain, record):
            merged.duplicates += 1
            continue
        merged.applied += 1
        touched.setdefault(chain.committee_id, set()).add(record["id"])
        if any(patch is None for _, patch, _, _ in record["parts"]):
            lacking.append((chain, record))
    for chain, record in lacking:
        _must_be_erased(connection, chain, record)
    for committee, rows in touched.items():
        reader = Reader(connection, committee)
        for row in rows:
            null_erased(reader, row)
        merged.changed |= project(reader, rows)
    return merged


def _append(connection: Connection, chain: Chain, record: Record) -> bool:
    """Append one entry; False if it was already had."""
    n, seq, head = _held(connection, chain)
    parts = [_arrived(part) for part in record["parts"]]
    if not all(map(kept, parts)):
        raise NotTrusted("ledger-forged", device=chain.device, seq=record["seq"])
    if record["seq"] > seq + 1:
        raise NotTrusted("ledger-gap", device=chain.device, first=seq + 1, last=record["seq"] - 1)
    previous = head if record["seq"] == seq + 1 else _digest_at(connection, n, record["seq"] - 1)
    made = digest(previous, _head(chain, record), parts)
    if record["seq"] <= seq:
        if _digest_at(connection, n, record["seq"]) != made:
            raise NotTrusted("ledger-fork", device=chain.device, seq=record["seq"])
        return False
    connection.exec_driver_sql(
        "INSERT INTO entry (id, batch, action, entity, entity_id, erases, detail, digest, parts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (n << SEQ_BITS | record["seq"], _batch(connection, n, chain, record), record["action"], record["entity"],
         record["id"], _json.encode(record["erases"]).decode() if record["erases"] else None,
         _json.encode(record["detail"]).decode() if record["detail"] else None, made, pack(parts)),
    )  # fmt: skip
    connection.exec_driver_sql("UPDATE chain SET seq = ?, head = ? WHERE n = ?", (record["seq"], made, n))
    return True


def _head(chain: Chain, record: Record) -> Head:
    return Head(*chain, record["seq"], record["at"], record["account"], record["action"], record["purpose"],
                record["entity"], record["id"], record["batch"], record["format"], record["erases"],
                record["detail"])  # fmt: skip


def _held(connection: Connection, chain: Chain) -> tuple[int, int, bytes]:
    where = (chain.committee_id, chain.device, chain.epoch)
    found = connection.exec_driver_sql(
        "SELECT n, seq, head FROM chain WHERE committee_id = ? AND device = ? AND epoch = ?", where
    ).fetchone()
    if found:
        return found[0], found[1], bytes(found[2])
    made = connection.exec_driver_sql(
        "INSERT INTO chain (committee_id, device, epoch, seq, head, current) VALUES (?, ?, ?, 0, ?, 0)",
        (*where, NO_DIGEST),
    )
    return made.lastrowid, 0, NO_DIGEST


def _digest_at(connection: Connection, n: int, seq: int) -> bytes:
    if seq == 0:
        return NO_DIGEST
    found = connection.exec_driver_sql("SELECT digest FROM entry WHERE id = ?", (n << SEQ_BITS | seq,)).fetchone()
    assert found is not None
    return bytes(found[0])


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
