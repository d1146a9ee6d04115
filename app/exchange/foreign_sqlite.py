"""Files of others that happen to be SQLite databases (GeoPackage, MBTiles): read, never trusted, never written.

Our own database is asked in `app.db` alone; this is the one door for a file that is exchanged.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, check, never

MAGIC = b"SQLite format 3\x00"
LARGEST_VALUE = 32 << 20
"""Bytes of one text or blob."""
PATIENCE = 2.0
"""Seconds of work that may pass before the next row: a view can be made to search for ever."""
_STEPS = 20_000
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


class Damaged(Exception):  # noqa: N818 -- reads as what happened
    """It is no database, or not a whole one."""


class Foreign:
    """An open file; only plain reading is allowed: no function, no recursion, no attaching."""

    def __init__(self, connection: sqlite3.Connection, cancelled: Cancelled) -> None:
        self._connection, self._cancelled = connection, cancelled
        self._until = 0.0
        connection.set_progress_handler(self._overdue, _STEPS)

    def _overdue(self) -> bool:
        return time.monotonic() > self._until or self._cancelled()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The answer, row by row. Raises Damaged; UserError("cancelled")."""
        self._until = time.monotonic() + PATIENCE
        try:
            cursor = self._connection.execute(sql, values)
            while (row := cursor.fetchone()) is not None:
                yield row
                self._until = time.monotonic() + PATIENCE
        except (sqlite3.Error, OverflowError, MemoryError, ValueError) as error:
            check(self._cancelled)
            raise Damaged(str(error)) from None

    def columns(self, table: str) -> tuple[str, ...]:
        """Names of a table's columns, also of a view's. Raises Damaged."""
        self._until = time.monotonic() + PATIENCE
        try:
            found = self._connection.execute(f"SELECT * FROM {quoted(table)} LIMIT 0").description
        except (sqlite3.Error, ValueError) as error:
            raise Damaged(str(error)) from None
        return tuple(each[0] for each in found)


def quoted(name: str) -> str:
    """A table's or column's name as it may stand in a question."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def opened(file: Path, *, cancelled: Cancelled = never) -> Iterator[Foreign]:
    """The file, opened so that nothing is ever written or made beside it. Raises Damaged; UserError("file-missing")."""
    path = file.resolve().as_posix()
    if not file.is_file():
        raise UserError("file-missing", file=str(file))
    uri = "file://" + quote(path if path.startswith("/") else f"/{path}", safe="/:") + "?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise Damaged(str(error)) from None
    try:
        _guard(connection)
        yield Foreign(connection, cancelled)
    finally:
        connection.close()


def _guard(connection: sqlite3.Connection) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 50)
    try:
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "cache_size = -16000", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except (sqlite3.Error, ValueError) as error:  # what it says of a broken name may be no UTF-8
        raise Damaged(str(error)) from None
    connection.set_authorizer(_allow)


def _allow(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
