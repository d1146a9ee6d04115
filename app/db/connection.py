"""An encrypted file: created, opened, written by one connection, read by another, closed without a trace.

The engine recipe is that of ledger-and-bundles.md §2; the obvious one (`sqlite://` with its default pool)
loses data. `PRAGMA key` answers ok for a wrong key: only the first read tells, and that never leads to a
new file.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlcipher3
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import OperationalError

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.files import DiskFullError, refused_by_disk
from app.paths import LOCK

__all__ = ["Connection", "Database", "create", "hold", "open"]

SCHEMA = 7
"""`PRAGMA user_version` of a file of today's shape; a file with a greater number is refused."""
APPLICATION = 0x4C4F5554  # "LOUT", so that a file says whose it is
KEY_BYTES = 32
BROKEN = (sqlcipher3.DatabaseError, UserError)
DRIVER_ERROR = sqlcipher3.Error
"""What reading a damaged file may raise."""
READING_CACHE, WRITING_CACHE = 65_536, 32_768
"""KiB of pages kept in memory by each connection; more do not make writing faster (250,000 rows measured)."""
COPIED = 2_000
"""Pages that a copy takes at a time, about 8 MB."""


REFUSALS = ("disk is full", "disk I/O error", "unable to open database file")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what the disk refused so that a person can mend it. Raises UserError("disk-full")."""
    try:
        yield
    except (sqlcipher3.OperationalError, OperationalError) as problem:
        if not any(words in str(problem) for words in REFUSALS):
            raise
        raise DiskFullError("disk-full", folder=str(path.parent)) from problem


def _driver(path: Path, key: bytes, *, reading: bool) -> Any:
    """One driver connection with the key set and every pragma of the recipe, after a first read."""
    with _told(path):
        return _opened(path, key, reading=reading)


def _opened(path: Path, key: bytes, *, reading: bool) -> Any:
    uri = f"{path.absolute().as_uri()}?mode={'ro' if reading else 'rw'}"
    connection = sqlcipher3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute(f"PRAGMA cache_size = -{READING_CACHE if reading else WRITING_CACHE}")
        if reading:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


class Database:
    """One open encrypted file. `transaction()` writes, `reading()` reads; `close()` leaves no connection."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._keys: tuple[bytes, ...] = (key,)
        self._lock = threading.Lock()
        self._writer: int | None = None
        self._opened: list[Any] = []
        self._readers = threading.local()
        self._engine = self._make_engine()
        self._held: Any = None
        self._connect()
        self.outdated = self._version() < SCHEMA

    def _make_engine(self) -> Engine:
        engine = create_engine(
            "sqlite://", module=sqlcipher3.dbapi2, creator=lambda: _Kept(self._held_driver()), poolclass=NullPool
        )

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def _connect(self) -> None:
        """Open the writing connection with the first of the known keys that fits: after a rekey there are two."""
        *others, last = self._keys
        for key in others:
            with suppress(sqlcipher3.DatabaseError):
                self._held, self._key = _driver(self.path, key, reading=False), key
                break
        else:
            self._held, self._key = _driver(self.path, last, reading=False), last
        self._keys = (self._key,)
        self._opened.append(self._held)

    def _held_driver(self) -> Any:
        """The writing connection; opened anew if that failed after a rekey."""
        if self._held is None:
            self._connect()
        return self._held

    def _version(self) -> int:
        version: int = self._held_driver().execute("PRAGMA user_version").fetchone()[0]
        return version

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The one writing connection; commits when the block ends well, otherwise rolls back.

        Other threads wait. Opening a second one inside is a bug, and says so.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction is already open in this thread")
        with self._lock:
            self._writer = threading.get_ident()
            try:
                with _told(self.path), self._engine.begin() as connection:
                    yield connection
            finally:
                self._writer = None

    @property
    def in_transaction(self) -> bool:
        """Has this thread a transaction open?"""
        return self._writer == threading.get_ident()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection that sees the last commit; kept open per thread, so typing costs no opening."""
        engine = getattr(self._readers, "engine", None)
        if engine is None:
            if self._held is None:
                with self._lock:
                    self._held_driver()
            driver = _driver(self.path, self._key, reading=True)
            self._opened.append(driver)
            engine = create_engine(
                "sqlite://", module=sqlcipher3.dbapi2, creator=lambda: _Kept(driver), poolclass=NullPool
            )
            self._readers.engine = engine
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # one snapshot for all that is read in the block
            yield connection

    def rekey(self, key: bytes) -> None:
        """Encrypt the file under a new key (about 1 s per 100 MB).

        `PRAGMA rekey` answers ok where it failed, and then leaves a connection that reads under one key and writes
        under the other. So that connection ends here in any case, and what a new one can read is what counts.
        Raises UserError("disk-full"); then the file is under either key, and `key` says which.
        """
        with self._lock, _told(self.path):
            held = self._held_driver()
            held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            try:
                held.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
            finally:
                self._opened.remove(held)
                with suppress(sqlcipher3.Error):
                    held.close()
                self._held, self._readers, self._keys = None, threading.local(), (key, self._key)
            self._connect()
            if self._key != key:
                raise DiskFullError("disk-full", folder=str(self.path.parent))
            # no page under the old key stays in the file
            self._held_driver().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def key(self) -> bytes:
        """What the file is encrypted under now."""
        return self._key

    def truncate(self) -> bool:
        """Bring the log into the file and empty it; False while somebody still reads an older state."""
        with self._lock, _told(self.path):
            busy: int = self._held_driver().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def copy(self, to: Path, progress: Progress = quiet, cancelled: Cancelled = never) -> None:
        """A second file of this moment's state under the same key, page by page, while others go on working.

        The source holds one snapshot, so nobody's writing starts the copy anew. Raises OSError if there is no room.
        """

        def step(_: int, left: int, total: int) -> None:
            progress(total - left, total, "backup-copy")
            check(cancelled)

        with (
            _told(to),
            closing(_driver(self.path, self._key, reading=True)) as source,
            closing(sqlcipher3.connect(str(to), isolation_level=None, check_same_thread=False)) as target,
        ):
            try:
                target.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM sqlite_master").fetchone()
                source.backup(target, pages=COPIED, progress=step)
            except sqlcipher3.OperationalError as error:
                raise DiskFullError("disk-full", folder=str(to.parent)) from error

    def check(self) -> list[str]:
        """What is wrong with the file's pages; empty if nothing. The checkpoint first: else false alarms."""
        with self._lock, _told(self.path):
            self._held_driver().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            broken = [row[0] for row in self._held_driver().execute("PRAGMA cipher_integrity_check")]
            broken += [row[0] for row in self._held_driver().execute("PRAGMA integrity_check") if row[0] != "ok"]
        return broken

    def close(self) -> None:
        """Close every connection, those of other threads too."""
        with self._lock:
            for connection in reversed(self._opened):
                with suppress(sqlcipher3.Error):
                    connection.close()
            self._opened.clear()


class _Kept:
    """A driver connection that stays open when the pool lets go of it: closing is the Database's."""

    def __init__(self, driver: Any) -> None:
        object.__setattr__(self, "_driver", driver)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._driver, name, value)

    def close(self) -> None:
        if self._driver.in_transaction:
            self._driver.rollback()


def create(path: Path, key: bytes, *, make: Callable[[Connection], None]) -> Database:
    """A new encrypted file, its tables made by `make` in the first transaction; a failure leaves no file.

    Raises UserError("workspace-exists") rather than overwrite anything.
    """
    try:
        with path.open("xb"):
            pass
    except FileExistsError:
        raise UserError("workspace-exists", folder=str(path.parent)) from None
    database = None
    try:
        database = Database(path, key)
        with database.transaction() as connection:
            make(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
        database.outdated = False
    except BaseException:
        if database:
            database.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        raise
    return database


def open(path: Path, key: bytes) -> Database:
    """Open an existing file. Raises UserError: workspace-missing, workspace-damaged, workspace-newer, disk-full."""
    if not path.exists():
        raise UserError("workspace-missing", folder=str(path.parent))
    try:
        database = Database(path, key)
    except sqlcipher3.DatabaseError:
        raise UserError("workspace-damaged", folder=str(path.parent)) from None
    if database._version() > SCHEMA:
        database.close()
        raise UserError("workspace-newer", folder=str(path.parent))
    return database


def hold(folder: Path) -> FileLock:
    """Hold a workspace for this process; released by `.release()` or by the process's end.

    Raises UserError: "workspace-busy" if a window or another command holds it, "workspace-unwritable" if this
    user may not write there (a read-only disc, somebody else's folder).
    """
    lock = FileLock(os.fspath(folder / LOCK))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError("workspace-busy", folder=str(folder)) from None
    except OSError as problem:
        code = "disk-full" if refused_by_disk(problem) else "workspace-unwritable"
        raise UserError(code, folder=str(folder)) from None
    return lock
