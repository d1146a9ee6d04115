"""What this PC knows of the others, local to it: the registry it trusts, what each announced, committees' rings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from app.db.history import TRACES
from app.db.local import keep_secret, recall, recall_all
from app.db.rows import SEQ_BITS

REGISTRY, ROOT, STOPPED = "registry", "root", "stopped"
ChainKey = tuple[str, str, str]
JUDGED = ("account", "doubtful", "group", "committee")
"""Entities of which not everybody may write every row."""
TOLD = 100
WRITING = ("create", "change", "merge", "undo")


class Held(NamedTuple):
    """A chain as this file has it."""

    n: int
    device: str
    epoch: str
    committee: str
    seq: int
    head: bytes

    @property
    def key(self) -> ChainKey:
        return self.device, self.epoch, self.committee


class Announced(msgspec.Struct, kw_only=True):
    """What another device said it has: per chain (device, epoch, committee) seq and digest (hex); when; its registry."""

    at: str = ""
    registry: int = 0
    ring: tuple[str, ...] = ()
    chains: list[tuple[str, str, str, int, str]] = []
    told: list[tuple[str, str, str, int, str]] = []
    refused: list[tuple[str, str, str]] = []
    erased: list[str] = []
    forked: list[ChainKey] = []
    """Chains of its last bundle that went on from another past than ours."""

    def seq_of(self, key: ChainKey) -> tuple[int, str]:
        return next(((seq, digest) for *chain, seq, digest in self.chains if tuple(chain) == key), (0, ""))


def announced(connection: Connection, device: str) -> Announced:
    found = recall(connection, f"announced:{device}")
    return msgspec.json.decode(found, type=Announced) if found else Announced()


def keep_announced(connection: Connection, device: str, said: Announced) -> None:
    keep_secret(connection, f"announced:{device}", msgspec.json.encode(said))


def heard_of(connection: Connection) -> list[str]:
    """The devices that ever announced something."""
    return [key.removeprefix("announced:") for key in recall_all(connection, "announced:")]


def chains(connection: Connection, committee: str | None = None) -> list[Held]:
    """All chains that lie here, or those of one committee."""
    rows = connection.exec_driver_sql(
        "SELECT n, device, epoch, committee_id, seq, head FROM chain WHERE ? IS NULL OR committee_id = ? ORDER BY n",
        (committee, committee),
    ).fetchall()
    return [Held(n, device, epoch, of, seq, bytes(head)) for n, device, epoch, of, seq, head in rows]


def digest_at(connection: Connection, chain: Held, seq: int) -> str:
    """The digest after an entry of a chain, as hex; "" if it is not here."""
    if seq == chain.seq:
        return chain.head.hex()
    found = connection.exec_driver_sql("SELECT digest FROM entry WHERE id = ?", (chain.n << SEQ_BITS | seq,)).fetchone()
    return bytes(found[0]).hex() if found else ""


def has_left(connection: Connection, committee: str, batch: str) -> bool:
    """Was a batch written to a stick for anybody, or is it known to have arrived somewhere?"""
    found = connection.exec_driver_sql(
        "SELECT c.device, c.epoch, c.committee_id, min(e.id) & ? FROM batch b JOIN chain c ON c.n = b.chain"
        " JOIN entry e ON e.batch = b.n WHERE b.committee_id = ? AND b.id = ? GROUP BY b.n",
        ((1 << SEQ_BITS) - 1, committee, batch),
    ).fetchone()
    if found is None:
        return False
    *key, first = found
    said = [announced(connection, peer) for peer in heard_of(connection)]
    return any([*chain] == key and seq >= first for each in said for *chain, seq, _ in (*each.told, *each.chains))


def has_news(connection: Connection, chain: Held, after: int) -> bool:
    """Is there more than traces of looking beyond a seq?"""
    found = connection.exec_driver_sql(
        f"SELECT 1 FROM entry WHERE id > ? AND id <= ? AND action NOT IN {TRACES} LIMIT 1",
        (chain.n << SEQ_BITS | after, chain.n << SEQ_BITS | chain.seq),
    )
    return found.first() is not None


def batches(connection: Connection) -> Iterator[tuple[str, ChainKey, int, list[tuple[str, str]]]]:
    """(batch, chain, last seq that is no erase, rows of `JUDGED` entities) of every batch, for asking the registry anew."""
    held = f"e.entity IN ({', '.join('?' * len(JUDGED))})"
    judged: dict[int, list[tuple[str, str]]] = {}
    for n, entity, row in connection.exec_driver_sql(
        f"SELECT e.batch, e.entity, e.entity_id FROM entry e WHERE {held} AND e.action IN {WRITING}", JUDGED
    ):
        judged.setdefault(n, []).append((entity, row))
    for n, batch, device, epoch, committee, last in connection.exec_driver_sql(
        "SELECT b.n, b.id, c.device, c.epoch, c.committee_id, max(CASE WHEN e.action = 'erase' THEN 0 ELSE e.id & ? END)"
        " FROM batch b JOIN chain c ON c.n = b.chain JOIN entry e ON e.batch = b.n GROUP BY b.n",
        ((1 << SEQ_BITS) - 1,),
    ).fetchall():
        yield batch, (device, epoch, committee), last, judged.get(n, [])


def committees(connection: Connection) -> list[str]:
    """Whose chains lie here."""
    return [
        row for (row,) in connection.exec_driver_sql("SELECT DISTINCT committee_id FROM chain ORDER BY committee_id")
    ]


def refused(connection: Connection, committee: str | None = None) -> list[tuple[str, str, str]]:
    """(committee, batch, reason) of the newest batches that do not count here: people read them, nobody decides by them."""
    rows = connection.exec_driver_sql(
        "SELECT committee_id, id, refused FROM batch WHERE refused IS NOT NULL AND (? IS NULL OR committee_id = ?)"
        " ORDER BY n DESC LIMIT ?",
        (committee, committee, TOLD),
    ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]
