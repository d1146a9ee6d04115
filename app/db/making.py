"""The bytes of new rows by the thousand: sealed values, entries, what the tables and the search show of them.

Apart from the file, of which it knows nothing. The bytes are exactly those that the slow half of `ledger.Writing`
writes.
"""

from __future__ import annotations

import hashlib
import os
from binascii import hexlify
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.db import search
from app.db.entries import ENTRY_CONTEXT, SALT
from app.db.projection import COLUMNS, cell
from app.db.seal import Ring
from app.domain import strict
from app.domain.fields import CORE, ENTITIES, FORMAT, Type
from app.domain.findings import UserError

CODED = (Type.RECORDS, Type.CHOICES, Type.JSON, Type.BOOLEAN)
Rows = list[tuple[str, dict[str, Any]]]
Lists = list[tuple[str, list[tuple[Any, ...]]]]
"""Statements up to their VALUES, each with the rows to insert."""
Door = list[Any]
SUSPECT, CONTROL, SEALED = 50_000, b"\\u00", b"sealed:"
"""A patch with such bytes is looked at closely: is it too long, does it hold what JSON must escape, or a sealed text?"""
SALTS = 4_096
"""Drawn at once, since a call of the system costs more than the bytes; more than are needed cost most."""
PUT = "INSERT INTO words (rowid, tokens) VALUES "
ENTRY = "INSERT INTO entry (id, batch, action, entity, entity_id, digest, parts) VALUES "
NOWHERE: Door = [None, None, None, None]
_json, _pack = msgspec.json.Encoder(), msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Start:
    """Where the rows of one entity begin. n: of the first present row; doors: see `search.doors`.

    author: time and account. ring: under which values are sealed, None where they are sealed already.
    """

    entity: str
    chain: tuple[str, str, str]
    chain_n: int
    seq: int
    head: bytes
    author: tuple[str, str]
    purpose: str
    batch: str
    batch_n: int
    n: int
    doors: dict[str, Door]
    ring: Ring | None


class Making:
    """Takes chunk after chunk and keeps the chain's place between them."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.seq, self.head = start.seq, start.head
        self.ring = start.ring
        self.showing = Showing(start.chain[2], start.entity, start.n, start.doors)
        self._retention = {field.key: field.retention for field in ENTITIES[start.entity].stored}
        self._plans: dict[tuple[str, ...], list[tuple[str, bytes, list[str]]]] = {}
        before, after = _inside(start.chain), _inside([*start.author, "create", start.purpose, start.entity])
        self._line = before + b",%d," + after + b",%b," + _inside([start.batch, FORMAT, [], {}]) + b",[%b]]"
        self._line = b"[" + self._line

    def of(self, chunk: Rows) -> Lists:
        """Raises UserError("value-refused")."""
        if self.ring is not None:
            sealed = self.ring.sealed
            chunk = [(row, sealed(self.start.entity, row, values)) for row, values in chunk]
        return [(ENTRY, list(self._entries(chunk))), *self.showing.of(chunk)]

    def _entries(self, chunk: Rows) -> Iterator[tuple[Any, ...]]:
        encode, pack, sha256, entity = _json.encode, _pack.encode, hashlib.sha256, self.start.entity
        plans, line, batch_n = self._plans, self._line, self.start.batch_n
        first, seq, digest = self.start.chain_n << 40, self.seq, self.head
        salts, at = b"", 0
        for row, values in chunk:
            keys = tuple([key for key, value in values.items() if value is not None])
            plan = plans.get(keys)
            if plan is None:
                plan = plans[keys] = _by_retention(keys, self._retention)
            parts, commitments = [], []
            for name, quoted, held in plan:
                patch = {key: values[key] for key in held}
                data = encode({"v": {"deleted": False, **patch} if name == CORE else patch})
                if len(data) > SUSPECT or CONTROL in data or SEALED in data:
                    _must_be_readable(entity, patch)
                if at == len(salts):
                    salts, at = os.urandom(SALT * SALTS), 0
                salt = salts[at : at + SALT]
                at += SALT
                made = sha256(salt + data).digest()
                parts.append((name, data, salt, made))
                commitments.append(quoted + hexlify(made) + b'"]')
            seq += 1
            head = line % (seq, encode(row), b",".join(commitments))
            digest = sha256(ENTRY_CONTEXT + digest + head).digest()
            # bytes go through the driver's slow adapters
            yield first | seq, batch_n, "create", entity, row, bytearray(digest), bytearray(pack(parts))
        self.seq, self.head = seq, digest


def _inside(values: Iterable[Any]) -> bytes:
    """A JSON list without its brackets, as a part of a template."""
    return _json.encode(list(values))[1:-1].replace(b"%", b"%%")


def _must_be_readable(entity: str, patch: Mapping[str, Any]) -> None:
    """As `Writing.write` asks of every value. Raises UserError("value-refused")."""
    for key, value in patch.items():
        if why := strict.unsendable(ENTITIES[entity][key], value):
            raise UserError("value-refused", field=ENTITIES[entity][key].title, reason=why)


def _by_retention(keys: Iterable[str], retention: Mapping[str, str]) -> list[tuple[str, bytes, list[str]]]:
    """The parts that rows with these keys have (name, how its commitment begins) and which keys each holds.

    Rows of one roster are much alike.
    """
    held: dict[str, list[str]] = {CORE: []}
    for key in sorted(keys):
        if key in retention:
            held.setdefault(retention[key], []).append(key)
    return [(name, b"[" + _json.encode(name) + b',"', some) for name, some in sorted(held.items())]


class Showing:
    """Makes the lists of one entity's new present rows, of which the first gets number `n`."""

    def __init__(self, committee: str, entity: str, n: int, doors: Mapping[str, Door]) -> None:
        self.committee = committee
        self.entity = entity
        self.shows = entity in COLUMNS
        self.next = n
        self.doors = doors

    def of(self, chunk: Rows) -> Lists:
        lists: Lists = []
        if self.shows:
            lists.append(_shown(self.committee, self.entity, chunk, self.next))
        if self.entity == "resident":
            lists.append((PUT, [(n, self._tokens(values)) for n, (_, values) in enumerate(chunk, self.next)]))
        self.next += len(chunk)
        return lists

    def _tokens(self, values: dict[str, Any]) -> str:
        door = self.doors.get(values.get("household") or "", NOWHERE)
        return search.line(values.get("name"), values.get("phones"), *door)


def _shown(committee: str, entity: str, chunk: Rows, first: int) -> tuple[str, list[tuple[Any, ...]]]:
    """The present rows, with the columns that any of them fills; only such as may hold a list are looked at twice."""
    filled = {key for _, values in chunk for key in values}
    columns = [column for column in COLUMNS[entity] if column in filled]
    coded = [3 + columns.index(f.key) for f in ENTITIES[entity].stored if f.type in CODED and f.key in filled]
    rows = []
    for n, (row, values) in enumerate(chunk, first):
        shown = [n, committee, row, *map(values.get, columns)]
        for at in coded:
            if shown[at] is not None:
                shown[at] = cell(shown[at])
        rows.append(tuple(shown))
    names = ", ".join(f'"{column}"' for column in ("n", "committee_id", "id", *columns))
    return f'INSERT INTO "{entity}" ({names}) VALUES ', rows
