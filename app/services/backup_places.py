"""Where backups lie: `backups` beside the workspace, and a second place that is remembered here, local to this PC."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.db.connection import Connection
from app.db.local import keep_secret, recall
from app.paths import BACKUPS
from app.services.session import Session

KEPT = "backups"


class Known(msgspec.Struct):
    """Local: the second place, what was made and verified (name → size), and when last."""

    second: str | None = None
    verified: dict[str, int] = {}
    last: str = ""


def default(session: Session) -> Path:
    return session.folder.absolute().parent / BACKUPS


def of(session: Session, connection: Connection) -> list[Path]:
    """The usual place, and the second one if one was chosen."""
    second = known(connection).second
    return [default(session), *([Path(second)] if second else [])]


def known(connection: Connection) -> Known:
    found = recall(connection, KEPT)
    return msgspec.json.decode(found, type=Known) if found else Known()


def keep(connection: Connection, said: Known) -> None:
    keep_secret(connection, KEPT, msgspec.json.encode(said))
