"""Creating rows by the hundred thousand: the fast half of `ledger.Writing`, for ids never written before.

Nothing stands for such a row, so nothing is replaced and nothing need be read; entries, present rows and
search tokens go to the driver in statements of thousands of rows, written by a second thread while the next
list is made: the driver lets go of the interpreter for a whole statement, so few long ones overlap well and
many short ones hardly (measured). The bytes are exactly those that the slow half writes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection

from app.db import search
from app.db.entries import ENTRY_CONTEXT, SALT
from app.db.projection import COLUMNS, cell
from app.domain import strict
from app.domain.fields import CORE, ENTITIES, FORMAT, Type
from app.domain.findings import UserError

if TYPE_CHECKING:
    from app.db.ledger import Writing

CHUNK = 5_000
CODED = (Type.RECORDS, Type.CHOICES, Type.JSON, Type.BOOLEAN)
Rows = list[tuple[str, dict[str, Any]]]
Lists = list[tuple[str, list[tuple[Any, ...]]]]
"""Statements up to their VALUES, each with the rows to insert."""
SUSPECT, CONTROL, SEALED = 50_000, b"\\u00", b"sealed:"
"""A patch with such bytes is looked at closely: is it too long, does it hold what JSON must escape, or a sealed text?"""
SALTS = 4_096
"""Drawn at once, since a call of the system costs more than the bytes; more than are needed cost most."""
PARAMETERS = 30_000
"""In one statement; SQLite's own limit is 32,766."""
PUT = "INSERT INTO words (rowid, tokens) VALUES "
PUT_NUMBER = "INSERT INTO id_index (value, resident) VALUES "
ENTRY = "INSERT INTO entry (id, batch, action, entity, entity_id, digest, parts) VALUES "


def append_fresh(writing: Writing, entity: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Entries, present rows, tokens and number index of new rows, in chunks."""
    rows = iter(rows)
    chunk = list(islice(rows, CHUNK))
    if not chunk:
        return
    showing = Showing(writing.connection, writing.author.committee_id, entity)

    def lists_of(some: Rows) -> Lists:
        return [(ENTRY, list(_entries(writing, entity, some))), *showing.of(some, writing.take_numbers)]

    raw = writing.connection.connection.driver_connection
    if len(chunk) < CHUNK:
        run(raw, lists_of(chunk))
        return
    with ThreadPoolExecutor(max_workers=1) as writer:
        running: Future[None] | None = None
        while chunk:
            lists = lists_of(chunk)
            if running is not None:
                running.result()
            running = writer.submit(run, raw, lists)
            chunk = list(islice(rows, CHUNK))
        if running is not None:
            running.result()


def run(raw: Any, lists: Lists) -> None:
    for statement, rows in lists:
        if not rows:
            continue
        width = len(rows[0])
        group = f"({', '.join('?' * width)})"
        many = max(1, PARAMETERS // width)
        for start in range(0, len(rows), many):
            some = rows[start : start + many]
            raw.execute(statement + ", ".join([group] * len(some)), list(chain.from_iterable(some)))


class Showing:
    """Makes the lists of one entity's new present rows. Reads what it needs of the file once, before the first is written."""

    def __init__(self, connection: Connection, committee: str, entity: str) -> None:
        self.committee = committee
        self.entity = entity
        self.shows = entity in COLUMNS
        self.next = 1
        self.doors: dict[str, tuple[Any, ...]] = {}
        if self.shows:
            found = connection.exec_driver_sql(f'SELECT coalesce(max(n), 0) + 1 FROM "{entity}"').scalar()
            self.next = int(found or 1)
        if entity == "resident":
            self.doors = search.doors(connection, committee)

    def of(self, chunk: Rows, numbers_of: Callable[[str], list[bytes]]) -> Lists:
        lists: Lists = []
        if self.shows:
            lists.append(_shown(self.committee, self.entity, chunk, self.next))
        if self.entity == "resident":
            numbered = list(enumerate(chunk, self.next))
            lists.append((PUT, [(n, self._tokens(values)) for n, (_, values) in numbered]))
            lists.append((PUT_NUMBER, [(value, n) for n, (row, _) in numbered for value in numbers_of(row)]))
        self.next += len(chunk)
        return lists

    def _tokens(self, values: dict[str, Any]) -> str:
        door = self.doors.get(values.get("household") or "", (None, None, None, None))
        return search.line(values.get("name"), values.get("phones"), *door)


def show_fresh(connection: Connection, committee: str, entity: str, rows: Rows) -> None:
    """Present rows and tokens of rows that nothing showed and nothing referred to before."""
    showing = Showing(connection, committee, entity)
    raw = connection.connection.driver_connection
    for start in range(0, len(rows), CHUNK):
        run(raw, showing.of(rows[start : start + CHUNK], lambda _: []))


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


def _entries(writing: Writing, entity: str, chunk: Rows) -> Iterator[tuple[Any, ...]]:
    """The entries' columns; advances the writing's seq and head."""
    encode, pack, sha256 = msgspec.json.Encoder().encode, msgspec.msgpack.Encoder().encode, hashlib.sha256
    retention = {field.key: field.retention for field in ENTITIES[entity].stored}
    plans: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
    author = writing.author
    before, after = [*writing.chain], [author.at, author.account, "create", writing.purpose, entity]
    salts, at = b"", 0
    first = writing.chain_n << 40
    for row, values in chunk:
        keys = tuple([key for key, value in values.items() if value is not None])
        plan = plans.get(keys)
        if plan is None:
            plan = plans[keys] = _by_retention(keys, retention)
        parts, commitments = [], []
        for name, held in plan:
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
            commitments.append((name, made.hex()))
        writing.seq += 1
        head = encode([*before, writing.seq, *after, row, writing.batch, FORMAT, [], {}, commitments])
        writing.head = sha256(ENTRY_CONTEXT + writing.head + head).digest()
        digest, packed = bytearray(writing.head), bytearray(pack(parts))  # bytes go through the driver's slow adapters
        yield first | writing.seq, writing.batch_n, "create", entity, row, digest, packed


def _must_be_readable(entity: str, patch: Mapping[str, Any]) -> None:
    """As `Writing.write` asks of every value. Raises UserError("value-refused")."""
    for key, value in patch.items():
        if why := strict.unsendable(ENTITIES[entity][key], value):
            raise UserError("value-refused", field=ENTITIES[entity][key].title, reason=why)


def _by_retention(keys: Iterable[str], retention: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The parts that rows with these keys have, and which keys each holds: rows of one roster are much alike."""
    held: dict[str, list[str]] = {CORE: []}
    for key in sorted(keys):
        if key in retention:
            held.setdefault(retention[key], []).append(key)
    return sorted(held.items())
