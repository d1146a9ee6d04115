"""Who is working, with which rights and keys, on which open file: the first argument of every service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.db.connection import Database
from app.db.ledger import Author, Writing
from app.db.seal import Ring
from app.domain import access
from app.domain.clock import Clock
from app.domain.findings import Refused


@dataclass(slots=True)
class Session:
    """An unlocked workspace and the account that unlocked it. `ring` and `index_key` only with level 3."""

    folder: Path
    db: Database
    lock: Any
    role: str
    name: str
    code: str
    committee_id: str
    rehearsal: bool
    device: str
    account_id: str
    account: str
    roles: frozenset[str]
    clock: Clock
    purpose: str | None = None
    ring: Ring | None = None
    index_key: bytes | None = None
    on_change: list[Callable[[set[str]], None]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.clock()

    def may(self, act: str) -> bool:
        return access.may(self.roles, act)

    def require(self, act: str) -> None:
        """Raises Refused("not-allowed") unless one of the account's roles may do this act."""
        if not self.may(act):
            raise Refused("not-allowed", act=act, account=self.account)

    @property
    def author(self) -> Author:
        return Author(self.device, self.committee_id, self.account_id, self.now().isoformat(timespec="seconds"))

    @property
    def purpose_code(self) -> str:
        """What the ledger's head says of the purpose: a code, never words."""
        purpose = access.purpose_of(self.purpose)
        return purpose.code if purpose else ""

    @contextmanager
    def writing(self, action: str) -> Iterator[Writing]:
        """One batch in one transaction; when it is safely written, whoever listens hears what changed."""
        with (
            self.db.transaction() as connection,
            Writing(connection, self.author, action, purpose=self.purpose_code) as batch,
        ):
            yield batch
        self.happened(batch.changed)

    def happened(self, changed: set[str]) -> None:
        """Tell everybody who listens which entities changed."""
        if changed:
            for hear in self.on_change:
                hear(changed)
