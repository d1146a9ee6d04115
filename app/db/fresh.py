"""Creating rows by the hundred thousand: the fast half of `ledger.Writing`, for ids never written before.

Nothing stands for such a row, so nothing is replaced and nothing need be read; entries, present rows and
search tokens go to the driver in statements of thousands of rows, written by a second thread while the next
list is made: the driver lets go of the interpreter for a whole statement, so few long ones overlap well and
many short ones hardly (measured). The lists come from `making`. A second process that makes them won 7 % of the
writing on two cores: it is not worth its pipes.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.db import search
from app.db.making import CODED, Door, Lists, Making, Rows, Showing, Start
from app.db.projection import COLUMNS
from app.db.seal import Ring

if TYPE_CHECKING:
    from app.db.ledger import Writing

__all__ = ["CODED", "PUT_NUMBER", "append_fresh", "run", "show_fresh"]

CHUNK = 2_000
PARAMETERS = 30_000
"""In one statement; SQLite's own limit is 32,766."""
PUT_NUMBER = "INSERT INTO id_index (value, resident) VALUES "


def append_fresh(
    writing: Writing, entity: str, rows: Iterable[tuple[str, dict[str, Any]]], ring: Ring | None = None
) -> None:
    """Entries, present rows, tokens and number index of new rows, in chunks. ring: see `Writing.create`."""
    rows = iter(rows)
    chunk = list(islice(rows, CHUNK))
    if not chunk:
        return
    raw = writing.connection.connection.driver_connection
    making = _begun(writing, entity, ring)
    if len(chunk) < CHUNK:
        run(raw, _made(writing, making, chunk))
        return
    with ThreadPoolExecutor(max_workers=1) as writer:
        running: Future[None] | None = None
        while chunk:
            lists = _made(writing, making, chunk)
            if running is not None:
                running.result()
            running = writer.submit(run, raw, lists)
            chunk = list(islice(rows, CHUNK))
        if running is not None:
            running.result()


def _begun(writing: Writing, entity: str, ring: Ring | None) -> Making:
    author = writing.author
    return Making(Start(
        entity, writing.chain, writing.chain_n, writing.seq, writing.head, (author.at, author.account),
        writing.purpose, writing.batch, writing.batch_n, _next(writing.connection, entity),
        _doors(writing.connection, author.committee_id, entity), ring,
    ))  # fmt: skip


def _made(writing: Writing, making: Making, chunk: Rows) -> Lists:
    """The lists of a chunk; advances the writing's seq and head."""
    first = making.showing.next
    lists = making.of(chunk)
    writing.seq, writing.head = making.seq, making.head
    if making.start.entity == "resident":
        numbered = enumerate(chunk, first)
        lists.append((PUT_NUMBER, [(value, n) for n, (row, _) in numbered for value in writing.take_numbers(row)]))
    return lists


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


def _next(connection: Connection, entity: str) -> int:
    """The number of an entity's next present row."""
    if entity not in COLUMNS:
        return 1
    return int(connection.exec_driver_sql(f'SELECT coalesce(max(n), 0) + 1 FROM "{entity}"').scalar() or 1)


def _doors(connection: Connection, committee: str, entity: str) -> dict[str, Door]:
    return search.doors(connection, committee) if entity == "resident" else {}


def show_fresh(connection: Connection, committee: str, entity: str, rows: Rows) -> None:
    """Present rows and tokens of rows that nothing showed and nothing referred to before."""
    showing = Showing(committee, entity, _next(connection, entity), _doors(connection, committee, entity))
    raw = connection.connection.driver_connection
    for start in range(0, len(rows), CHUNK):
        run(raw, showing.of(rows[start : start + CHUNK]))
