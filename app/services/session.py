"""Who is working, with which rights and keys, on which open file: the first argument of every service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from app.db import devices, present
from app.db.connection import Connection, Database
from app.db.ledger import Author, Writing
from app.db.local import keep_secret, recall, recall_all
from app.db.seal import Ring, key_id
from app.domain import access, ids
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
    rings: dict[str, Ring] = field(default_factory=dict)
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

    # ---------------------------------------------------------------- whose data

    @property
    def office(self) -> str:
        """Where this workspace's own acts and accounts lie: a committee's with its data; a centre's in a chain that no
        committee receives."""
        return self.committee_id if self.role == "committee" else ids.office_id(self.committee_id)

    def scope(self, connection: Connection) -> list[str]:
        """The committees whose data may be read here: a committee's own; at a centre all that sent some."""
        return [self.committee_id] if self.role == "committee" else devices.committees(connection)

    def committee_of(self, connection: Connection, entity: str, row: str) -> str:
        """The committee of a row within the scope; ids are unique across committees."""
        return self.committee_id if self.role == "committee" else present.committee_of(connection, entity, row)

    def ring_of(self, sealed: str) -> Ring | None:
        """The ring that opens a sealed value: this workspace's own, or one that a committee sent; None without it."""
        key = key_id(sealed)
        if self.ring is not None and key in self.ring.keys:
            return self.ring
        return self.rings.get(key)

    def sealing_ring(self, committee: str) -> Ring | None:
        """The ring under which new values of a committee are sealed."""
        if committee in ("", self.committee_id):
            return self.ring
        return next((ring for ring in self.rings.values() if ring.committee == committee), None)

    def read_rings(self) -> None:
        """Open the committees' rings that lie here, with this account's own."""
        if self.ring is None:
            return
        with self.db.reading() as connection:
            kept = recall_all(connection, "ring:")
        for name, value in kept.items():
            committee = name.removeprefix("ring:")
            sealed: dict[str, str] = msgspec.json.decode(value)
            ring = Ring({key: self.ring.open("ring", committee, key, text) for key, text in sealed.items()}, committee)
            self.rings |= dict.fromkeys(ring.keys, ring)

    def ring_ids(self, connection: Connection, committee: str) -> tuple[str, ...]:
        """Ids of the keys of a committee that lie here."""
        kept = recall(connection, f"ring:{committee}")
        return tuple(msgspec.json.decode(kept)) if kept else ()

    def keep_ring(self, connection: Connection, committee: str, keys: Mapping[str, bytes]) -> None:
        """Keep a committee's ring under this centre's own; an account without one leaves it to the next bundle."""
        if self.ring is not None:
            sealed = {key: self.ring.seal("ring", committee, key, value) for key, value in keys.items()}
            keep_secret(connection, f"ring:{committee}", msgspec.json.encode(sealed))
            self.rings |= dict.fromkeys(keys, Ring(keys, committee))

    @property
    def purpose_code(self) -> str:
        """What the ledger's head says of the purpose: a code, never words."""
        purpose = access.purpose_of(self.purpose)
        return purpose.code if purpose else ""

    @contextmanager
    def writing(self, action: str, committee: str = "") -> Iterator[Writing]:
        """One batch in one transaction; when it is safely written, whoever listens hears what changed.

        committee: whose data a centre corrects, in its own chain for that committee.
        """
        author = replace(self.author, committee_id=committee or self.committee_id)
        with (
            self.db.transaction() as connection,
            Writing(connection, author, action, purpose=self.purpose_code) as batch,
        ):
            yield batch
        self.happened(batch.changed)

    def noting(self, action: str) -> AbstractContextManager[Writing]:
        """The same for an act of this workspace itself that changes nobody's data: a log-in, a look, an export."""
        return self.writing(action, self.office)

    def happened(self, changed: set[str]) -> None:
        """Tell everybody who listens which entities changed."""
        if changed:
            for hear in self.on_change:
                hear(changed)
