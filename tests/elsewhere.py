"""Another PC of the same committee, for tests of conflicts: it sees all that stands here, writes, and sends it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.db import connection as files
from app.db import merging
from app.db.ledger import Author, Writing
from app.db.migrations import upgrade
from app.services.session import Session


class Elsewhere:
    """Its file starts as a merge of everything in the session's; `send` brings back what was written there."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.db = files.create(folder / "elsewhere.db", bytes(32), make=upgrade)
        with session.db.reading() as here:
            known = _everything(here)
        with self.db.transaction() as there:
            merging.merge(there, known)

    def write(self, change: Callable[[Writing], object]) -> None:
        author = Author("another-device", self.session.committee_id, "someone", "2020-05-26T08:00:00+08:00")
        with self.db.transaction() as there, Writing(there, author, "change") as writing:
            change(writing)

    def send(self) -> None:
        with self.db.reading() as there:
            records = _everything(there)
        self.db.close()
        with self.session.db.transaction() as here:
            merging.merge(here, records)


def _everything(connection: files.Connection) -> list[merging.Record]:
    chains = connection.exec_driver_sql("SELECT n FROM chain ORDER BY n").fetchall()
    return [record for (n,) in chains for record in merging.records(connection, n)]
