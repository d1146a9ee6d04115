"""Creating rows by the hundred thousand: the fast half of `ledger.Writing`, for ids never written before.

Nothing stands for such a row, so nothing is replaced and nothing need be read; entries and present rows
go to the driver in large lists. The bytes are exactly those that the slow half would write.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from app.db import search
from app.db.entries import ENTRY_CONTEXT, SALT
from app.db.projection import COLUMNS, INSERT, cell
from app.domain.fields import CORE, ENTITIES, FORMAT, Type

if TYPE_CHECKING:
    from app.db.ledger import Writing

CHUNK = 5_000
CODED = (Type.RECORDS, Type.CHOICES, Type.JSON, Type.BOOLEAN)
_ENTRY = (
    "INSERT INTO entry (id, batch, action, entity, entity_id, erases, detail, digest, parts)"
    " VALUES (?, ?, 'create', ?, ?, NULL, NULL, ?, ?)"
)


def append_fresh(writing: Writing, entity: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Entries, present rows and search tokens of new rows, in chunks."""
    rows = iter(rows)
    residents: list[str] = []
    while chunk := list(islice(rows, CHUNK)):
        writing.connection.exec_driver_sql(_ENTRY, list(_entries(writing, entity, chunk)))
        if entity in INSERT:
            writing.connection.exec_driver_sql(INSERT[entity], list(_shown(writing, entity, chunk)))
        if entity == "resident":
            residents = [row for row, _ in chunk]
            search.index(writing.connection, writing.author.committee_id, residents)


def _shown(writing: Writing, entity: str, chunk: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[Any, ...]]:
    """The present rows; only columns that may hold a list or a boolean are looked at twice."""
    columns, committee = COLUMNS[entity], writing.author.committee_id
    coded = [2 + columns.index(field.key) for field in ENTITIES[entity].stored if field.type in CODED]
    for row, values in chunk:
        get = values.get
        shown = [committee, row, *[get(column) for column in columns]]
        for at in coded:
            if shown[at] is not None:
                shown[at] = cell(shown[at])
        yield tuple(shown)


def _entries(writing: Writing, entity: str, chunk: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[Any, ...]]:
    """The entries' columns; advances the writing's seq and head."""
    encode, pack, sha256 = msgspec.json.Encoder().encode, msgspec.msgpack.Encoder().encode, hashlib.sha256
    retention = {field.key: field.retention for field in ENTITIES[entity].stored}
    chain, author = writing.chain, writing.author
    before, after = [*chain], [author.at, author.account, "create", writing.purpose, entity]
    salts = os.urandom(SALT * 12 * len(chunk))
    at = 0
    first = writing.chain_n << 40
    for row, values in chunk:
        patches: dict[str, dict[str, Any]] = {CORE: {"deleted": False}}
        for key, value in values.items():
            if value is not None:
                of = retention[key]
                if of in patches:
                    patches[of][key] = value
                else:
                    patches[of] = {key: value}
        parts, commitments = [], []
        for name in sorted(patches):
            data = encode({"v": dict(sorted(patches[name].items()))})
            salt = salts[at : at + SALT]
            at += SALT
            made = sha256(salt + data).digest()
            parts.append((name, data, salt, made))
            commitments.append((name, made.hex()))
        writing.seq += 1
        head = encode([*before, writing.seq, *after, row, writing.batch, FORMAT, [], {}, commitments])
        writing.head = sha256(ENTRY_CONTEXT + writing.head + head).digest()
        yield first | writing.seq, writing.batch_n, entity, row, writing.head, pack(parts)
