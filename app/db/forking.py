"""A chain that two PCs went on writing: a cloned or copied workspace (ledger-and-bundles.md §4, the row "fork").

Told of it, the device begins an epoch at the last common entry and writes its later entries again, so that nothing
is lost and nobody rewrites what another has seen: the other copy keeps the old epoch. Part of the one door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Connection
from uuid_utils import UUID, uuid5

from app.db.entries import (
    NO_DIGEST,
    Chain,
    Part,
    commit,
    load,
    long_ref,
    long_version,
    short_ref,
    short_version,
    unpack,
)
from app.db.ledger import Author, Writing, begin_epoch, current_chain
from app.db.projection import project
from app.db.rows import SEQ_BITS, Reader
from app.domain.versions import Ref, Version

_MASK = (1 << SEQ_BITS) - 1


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the tail that is written again, with what its batch says of it."""

    seq: int
    action: str
    entity: str
    row: str
    erases: list[str]
    detail: dict[str, Any]
    parts: list[Part]
    batch: str
    at: str
    account: str
    purpose: str


def begin_again(connection: Connection, author: Author, chain: Chain, common: int) -> int:
    """Cut one's own chain after its last common entry and write the rest again in a new epoch; returns how many.

    common: the last seq that both copies have. The new epoch's parent is that entry. Values, times and accounts stay;
    the names of batches and of versions within the tail change, everywhere in the tail: whoever saw the old tail knows
    the old names.
    """
    n, digest = _at(connection, chain, common)
    tail = _tail(connection, n, common)
    _cut(connection, n, common, digest)
    own = replace(author, committee_id=chain.committee_id)
    begin_epoch(connection, own, parent=[chain.epoch, common, digest.hex()])
    current = current_chain(connection, author.device, chain.committee_id)
    assert current is not None
    moved = _Moved(
        chain, current[1], {each.seq: current[2] + number for number, each in enumerate(tail, 1)},
        {each.batch: str(uuid5(UUID(each.batch), current[1].epoch)) for each in tail},
    )  # fmt: skip
    start = 0
    while start < len(tail):
        end = start
        while end < len(tail) and tail[end].batch == tail[start].batch:
            end += 1
        _write(connection, own, tail[start:end], moved)
        start = end
    reader = Reader(connection, chain.committee_id)
    project(reader, {each.row for each in tail})
    return len(tail)


def _at(connection: Connection, chain: Chain, seq: int) -> tuple[int, bytes]:
    n = connection.exec_driver_sql(
        "SELECT n FROM chain WHERE committee_id = ? AND device = ? AND epoch = ?",
        (chain.committee_id, chain.device, chain.epoch),
    ).scalar_one()
    if seq == 0:
        return int(n), NO_DIGEST
    digest = connection.exec_driver_sql("SELECT digest FROM entry WHERE id = ?", (n << SEQ_BITS | seq,)).scalar_one()
    return int(n), bytes(digest)


def _tail(connection: Connection, n: int, after: int) -> list[_Entry]:
    rows = connection.exec_driver_sql(
        "SELECT e.id, e.action, e.entity, e.entity_id, e.erases, e.detail, e.parts, b.id, b.at, b.account, b.purpose"
        " FROM entry e JOIN batch b ON b.n = e.batch WHERE e.id > ? AND e.id < ? AND e.action <> 'epoch' ORDER BY e.id",
        (n << SEQ_BITS | after, (n + 1) << SEQ_BITS),
    ).fetchall()
    return [
        _Entry(
            number & _MASK, action, entity, row, msgspec.json.decode(erases) if erases else [],
            msgspec.json.decode(detail) if detail else {}, unpack(parts), batch, at, account, purpose,
        )
        for number, action, entity, row, erases, detail, parts, batch, at, account, purpose in rows
    ]  # fmt: skip


def _cut(connection: Connection, n: int, after: int, digest: bytes) -> None:
    span = (n << SEQ_BITS | after, (n + 1) << SEQ_BITS)
    connection.exec_driver_sql(
        "DELETE FROM batch WHERE chain = ? AND n IN (SELECT batch FROM entry WHERE id > ? AND id < ?)"
        " AND n NOT IN (SELECT batch FROM entry WHERE id <= ? AND id > ?)",
        (n, *span, span[0], n << SEQ_BITS),
    )
    connection.exec_driver_sql("DELETE FROM entry WHERE id > ? AND id < ?", span)
    connection.exec_driver_sql("UPDATE chain SET seq = ?, head = ? WHERE n = ?", (after, digest, n))


def _write(connection: Connection, own: Author, entries: list[_Entry], moved: _Moved) -> None:
    first = entries[0]
    author = replace(own, at=first.at, account=first.account)
    batch = moved.batches[first.batch]
    with Writing(connection, author, first.action, purpose=first.purpose, batch=batch) as writing:
        for each in entries:
            parts = [moved.part(part) for part in each.parts]
            row = moved.batches.get(each.row, each.row) if each.entity == "batch" else each.row
            writing.append(each.action, each.entity, row, parts, erases=each.erases, detail=each.detail)


def rewritten_after(connection: Connection, chain: Chain) -> int | None:
    """Of another device's chain that was found forked: the last entry after which what lies here may go, because the
    device has written all of it again in a later epoch that lies here too; None if it has not."""
    found = connection.exec_driver_sql(
        "SELECT n, seq FROM chain WHERE committee_id = ? AND device = ? AND epoch = ?",
        (chain.committee_id, chain.device, chain.epoch),
    ).first()
    if found is None:  # nothing of it lies here: what came was taken back
        return None
    n, length = found
    for later, detail in connection.exec_driver_sql(
        "SELECT c.n, e.detail FROM chain c JOIN entry e ON e.id = (c.n << 40) | 1"
        " WHERE c.committee_id = ? AND c.device = ? AND c.epoch <> ?",
        (chain.committee_id, chain.device, chain.epoch),
    ).fetchall():
        parent = msgspec.json.decode(detail)["parent"]
        if not parent or parent[0] != chain.epoch or not parent[1] < length:
            continue
        common = int(parent[1])
        if _at(connection, chain, common)[1].hex() != parent[2]:
            continue
        tail, again = _tail(connection, n, common), _tail(connection, later, 1)
        if len(again) >= len(tail) and all(map(_same, tail, again)):
            return common
    return None


def _same(one: _Entry, other: _Entry) -> bool:
    """Do two entries say the same of the same row, by the same hand at the same time?"""
    return (
        (one.action, one.entity, one.at, one.account, one.purpose, one.erases, one.detail)
        == (other.action, other.entity, other.at, other.account, other.purpose, other.erases, other.detail)
        and (one.row == other.row or one.entity == "batch")
        and [_said(part) for part in one.parts] == [_said(part) for part in other.parts]
    )


def _said(part: Part) -> tuple[str, Any, Any]:
    said = load(part.patch) if part.patch is not None else {}
    return part.retention, said.get("v"), said.get("t")


def forget_after(connection: Connection, chain: Chain, common: int) -> None:
    """Let go of another device's forked tail (see `rewritten_after`)."""
    n, digest = _at(connection, chain, common)
    rows = {each.row: each.entity for each in _tail(connection, n, common) if each.entity != "batch"}
    _cut(connection, n, common, digest)
    reader = Reader(connection, chain.committee_id)
    reader.entity_of |= rows  # of a row that only the tail knew nothing is left to tell what it was
    project(reader, rows)


@dataclass(frozen=True, slots=True)
class _Moved:
    """From names in the old epoch's tail to names in the new one. seqs, batches: old → new."""

    old: Chain
    new: Chain
    seqs: Mapping[int, int]
    batches: Mapping[str, str]

    def part(self, part: Part) -> Part:
        """The same part under its new names; one that was erased stays as it is."""
        if part.patch is None:
            return part
        said = load(part.patch)
        if "r" in said:
            said["r"] = self._replaced(said["r"])
        if "s" in said:
            said["s"] = [self._ref(ref) for ref in said["s"]]
        if "o" in said:
            said["o"] = [[self._ref(at), keys, on, self._replaced(marks)] for at, keys, on, marks in said["o"]]
        return commit(part.retention, said)

    def _replaced(self, versions: Mapping[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
        return {key: [self._version(each) for each in of] for key, of in versions.items()}

    def _version(self, value: list[Any]) -> list[Any]:
        n, *ref = long_version(value, self.old)
        version: Version = (n, *self._named(tuple(ref)))
        return short_version(version, self.new)

    def _ref(self, value: list[Any]) -> list[Any]:
        return short_ref(self._named(long_ref(value, self.old)), self.new)

    def _named(self, ref: Any) -> Ref:
        device, epoch, seq = ref
        if (device, epoch) == self.old[:2] and seq in self.seqs:
            return device, self.new.epoch, self.seqs[seq]
        return device, epoch, seq
