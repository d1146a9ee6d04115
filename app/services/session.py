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
from app.db.history import TRACES
from app.db.ledger import Author, Writing
from app.db.local import keep_secret, recall, recall_all
from app.db.seal import Ring, key_id
from app.domain import access, ids
from app.domain.clock import Clock
from app.domain.findings import Refused, UserError

RIGHTS = frozenset({
    "not-allowed", "not-assigned", "not-assigned-list", "ring-needed", "second-needed", "second-always", "second-self",
    "second-not-allowed", "review-own", "erase-second-needed", "erase-second-not-allowed",
})  # fmt: skip
"""Refusals for want of a right: each leaves an entry. A wrong password is an attempt, and noted elsewhere."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an account's own row gives it: committees (None: all, at a centre), buildings of which it reads level 3."""

    committees: frozenset[str] | None
    buildings: frozenset[str]


def _ids(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


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
    looking_for: str = "registration"
    """The purpose of single looks at level 3, chosen once per task; lists and exports need `purpose`."""
    _given: Given | None = field(default=None, repr=False)
    _noted: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def now(self) -> datetime:
        return self.clock()

    def may(self, act: str) -> bool:
        return access.may(self.roles, act)

    def require(self, act: str) -> None:
        """Raises Refused("not-allowed") unless one of the account's roles may do this act.

        Called at a service's beginning: whatever else is wrong, somebody without the right learns nothing of it.
        """
        if not self.may(act):
            raise self.refusal("not-allowed", act)

    def refusal(self, code: str, act: str, **details: Any) -> Refused:
        """A refusal for want of a right, to be raised; the ledger has it already."""
        refused = Refused(code, act=act, account=self.account, **details)
        self._note(refused, act)
        return refused

    def _note(self, refused: Refused, act: str) -> None:
        """An entry, once per act and minute, or a loop would fill the ledger; within a transaction its end does it."""
        key, minute = (act, refused.code), self.now().isoformat(timespec="minutes")
        if refused.code not in RIGHTS or self.db.in_transaction or self._noted.get(key) == minute:
            return
        self._noted[key] = minute
        with self.noting("refused") as writing:
            writing.act("refused", "act", act, {"code": refused.code})

    @property
    def author(self) -> Author:
        return Author(self.device, self.committee_id, self.account_id, self.now().isoformat(timespec="seconds"))

    # ---------------------------------------------------------------- whose data

    @property
    def office(self) -> str:
        """Where this workspace's own acts and accounts lie: a committee's with its data; a centre's in a chain that no
        committee receives."""
        return self.committee_id if self.role == "committee" else ids.office_id(self.committee_id)

    def given(self, connection: Connection) -> Given:
        """What this account is given, by its own row. An account that has none is given nothing."""
        if self._given is None:
            row = present.one(connection, self.office, "account", self.account_id)
            named, buildings = (row or {"committees": []}).get("committees"), (row or {}).get("buildings")
            self._given = Given(None if named is None else frozenset(_ids(named)), frozenset(_ids(buildings)))
        return self._given

    @property
    def committees(self) -> frozenset[str] | None:
        """At a centre: ids of the committees this account is given; None for all. Not to be asked within `reading`."""
        return self._mine().committees

    @property
    def buildings(self) -> frozenset[str]:
        """Ids of the buildings whose level 3 a worker reads (包块). Not to be asked within `reading`."""
        return self._mine().buildings

    def _mine(self) -> Given:
        if self._given is None:
            with self.db.reading() as connection:
                return self.given(connection)
        return self._given

    def is_given(self, connection: Connection, committee: str) -> bool:
        """Does a committee exist for this account? At a centre the street itself and its office always do."""
        if self.role == "committee":
            return committee == self.committee_id
        given = self.given(connection).committees
        return given is None or committee in given or committee in (self.committee_id, self.office)

    def scope(self, connection: Connection) -> list[str]:
        """The committees whose data may be read here: a committee's own; at a centre those given to the account that
        sent some."""
        if self.role == "committee":
            return [self.committee_id]
        return [each for each in devices.committees(connection) if self.is_given(connection, each)]

    def committee_of(self, connection: Connection, entity: str, row: str) -> str:
        """The committee of a row within the scope, "" for one outside; ids are unique across committees."""
        if self.role == "committee":
            return self.committee_id
        found = present.committee_of(connection, entity, row)
        return found if self.is_given(connection, found) else ""

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
        """Ids of the level-3 keys of a committee that lie here: those that came, and at the committee its own."""
        kept = recall(connection, f"ring:{committee}")
        own = self.ring.keys if self.ring is not None and committee == self.ring.committee else {}
        return tuple(sorted({*own, *(msgspec.json.decode(kept) if kept else ())}))

    def ring_keys(self, committee: str) -> dict[str, bytes]:
        """The level-3 keys of a committee that this account can open; the newest last."""
        came = {key: ring.keys[key] for key, ring in self.rings.items() if ring.committee == committee}
        own = self.ring.keys if self.ring is not None and committee == self.ring.committee else {}
        return {**came, **own}

    def keep_ring(self, connection: Connection, committee: str, keys: Mapping[str, bytes]) -> None:
        """Keep level-3 keys that came, under this account's own; one without a ring leaves them to the next bundle."""
        if self.ring is None:
            return
        kept = recall(connection, f"ring:{committee}")
        sealed: dict[str, str] = msgspec.json.decode(kept) if kept else {}
        sealed |= {
            key: self.ring.seal("ring", committee, key, value) for key, value in keys.items() if key not in sealed
        }
        keep_secret(connection, f"ring:{committee}", msgspec.json.encode(sealed))
        whole = Ring({**self.ring_keys(committee), **keys}, committee)
        theirs = {key for key, ring in self.rings.items() if ring.committee != committee} | self.ring.keys.keys()
        self.rings |= dict.fromkeys(whole.keys.keys() - theirs, whole)

    @property
    def purpose_code(self) -> str:
        """What the ledger's head says of the purpose: a code, never words."""
        purpose = access.purpose_of(self.purpose)
        return purpose.code if purpose else ""

    @contextmanager
    def writing(self, action: str, committee: str = "", *, purpose: str = "") -> Iterator[Writing]:
        """One batch in one transaction; when it is safely written, whoever listens hears what changed.

        committee: whose data a centre corrects, in its own chain for that committee; one that the account is not given
        is unknown to it (UserError "committee-unknown"). A PC that the street revoked writes nothing that would count
        nowhere (UserError "device-stopped"). purpose: a code, where it is not the session's.
        """
        committee = committee or self.committee_id
        author = replace(self.author, committee_id=committee)
        try:
            with self.db.transaction() as connection:
                if not self.is_given(connection, committee):
                    raise UserError("committee-unknown", name=committee)
                if action not in TRACES:
                    self.must_count(connection)
                with Writing(connection, author, action, purpose=purpose or self.purpose_code) as batch:
                    yield batch
        except Refused as refused:
            self._note(refused, str(refused.details.get("act") or action))
            raise
        self.happened(batch.changed)

    def must_count(self, connection: Connection) -> None:
        """Raises UserError("device-stopped") on a PC that the street revoked."""
        if recall(connection, devices.STOPPED):
            raise UserError("device-stopped")

    def noting(self, action: str, *, purpose: str = "") -> AbstractContextManager[Writing]:
        """The same for an act of this workspace itself that changes nobody's data: a log-in, a look, an export."""
        return self.writing(action, self.office, purpose=purpose)

    def happened(self, changed: set[str]) -> None:
        """Tell everybody who listens which entities changed."""
        if "account" in changed:
            self._given = None
        if changed:
            for hear in self.on_change:
                hear(changed)
