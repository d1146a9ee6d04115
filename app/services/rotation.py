"""New keys for a workspace, so that a power cut at any moment leaves a file that everybody entitled can open.

The order (ledger-and-bundles.md §2): every slot holds the current and the pending key → the ledger says who left → the
file is encrypted anew → it is opened with the new key → the slots drop the old one. Whoever unlocks next finishes what
was cut short. What a session cannot do for want of the level-3 ring is owed by the next unlock of a holder.

Which accounts this PC has, and their roles, is a secret of its encrypted file: rows of the ledger may come from other
PCs, and a box is never sealed by what another PC says. Who holds the ring stands in a list sealed under the ring itself:
keys.json can be written by whoever reaches the file, so a new ring goes only to slots that a holder once gave it to. An
account that waits for the ring is admitted by a person (`accounts.admit`), never by the way.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace

import msgspec

from app.db import connection as files
from app.db import keyslots, present
from app.db.connection import Connection
from app.db.keyslots import Contents, KeyFile, Slot
from app.db.ledger import Writing
from app.db.local import keep_secret, recall
from app.db.seal import Ring
from app.domain import access
from app.domain.findings import Refused, UserError
from app.services import enrolment
from app.services.session import Session

ACCOUNTS, RING_OWED, HOLDERS = "accounts", "ring-owed", "ring-holders"


LONGEST_NAME = 60
"""Characters of an account's or a workspace's name."""


class Known(msgspec.Struct, frozen=True):
    """An account of this PC."""

    name: str
    roles: tuple[str, ...]


def known(connection: Connection) -> dict[str, Known]:
    """account id → account, of every account that this PC has."""
    found = recall(connection, ACCOUNTS)
    return msgspec.json.decode(found, type=dict[str, Known]) if found else {}


def keep_known(connection: Connection, accounts: Mapping[str, Known]) -> None:
    keep_secret(connection, ACCOUNTS, msgspec.json.encode(dict(accounts)))


def names(connection: Connection, key: str) -> tuple[str, ...]:
    """The names kept under RING_OWED: who left while no ring holder was there."""
    found = recall(connection, key)
    return msgspec.json.decode(found, type=tuple[str, ...]) if found else ()


def keep_names(connection: Connection, key: str, said: Collection[str]) -> None:
    keep_secret(connection, key, msgspec.json.encode(list(said)))


# ---------------------------------------------------------------- who holds the ring


def holders(session: Session, keys: KeyFile) -> frozenset[str]:
    """Ids of the slots that have the ring: for a holder those of the list, with the same public half as then; for others,
    who cannot read the list, those whose second box is not empty."""
    sealed = frozenset(slot.id for slot in keys.ways if slot.ring)
    if session.ring is None:
        return sealed
    with session.db.reading() as connection:
        kept, accounts = recall(connection, HOLDERS), known(connection)
    if kept is None:  # a file from before the list; of the first program's the second boxes are empty, too
        whole = all(slot.ring for slot in keys.slots if slot.account == session.account)
        due = {account for account, each in accounts.items() if access.holds_ring(each.roles)}
        return sealed if whole else sealed.union(slot.id for slot in keys.slots if slot.account_id in due)
    try:
        listed = msgspec.json.decode(session.ring.open("ring", HOLDERS, "", kept.decode()), type=dict[str, str])
    except UserError:  # a ring of somebody's own making gives nothing to anybody
        return frozenset()
    own = {
        slot.id for slot in keys.slots if slot.account and slot.account == session.account
    }  # it holds what opened the list
    return frozenset(slot.id for slot in keys.ways if listed.get(slot.id) == slot.public or slot.id in own)


def keep_holders(connection: Connection, session: Session, keys: KeyFile, slots: Collection[str]) -> None:
    """Write the list; only a session with the ring can."""
    if session.ring is not None:
        listed = {slot.id: slot.public for slot in keys.ways if slot.id in slots}
        sealed = session.ring.seal("ring", HOLDERS, "", msgspec.json.encode(listed))
        keep_secret(connection, HOLDERS, sealed.encode())


# ---------------------------------------------------------------- what every slot holds


def contents(
    session: Session, keys: KeyFile, accounts: Mapping[str, Known], *,
    ring: Ring | None = None, pending: bytes | None = None, also: Collection[str] = (),
) -> dict[str, Contents]:  # fmt: skip
    """slot id → what is to be sealed in it. The ring (the session's, or the one that takes its place) only from a session
    that holds it, and for who has it already and still has a role for it; also: ids of slots that are given it now.
    """
    ring = ring or session.ring
    level_3 = (ring.keys, session.index_key) if ring else (None, None)
    given = holders(session, keys).union(also)
    plain = Contents("", (), session.db.key, pending_key=pending)
    made: dict[str, Contents] = {}
    for slot in keys.ways:
        account = accounts.get(slot.account_id)
        if slot.account and account is None:
            continue  # put there by somebody who has not the keys
        roles = account.roles if account else ()
        due = slot.id in given and (account is None or access.holds_ring(roles))
        shared, index = level_3 if due else (None, None)
        made[slot.id] = replace(plain, account_id=slot.account_id, roles=roles, ring=shared, index_key=index)
    return made


def owed_rings(session: Session, keys: KeyFile, accounts: Mapping[str, Known]) -> list[Slot]:
    """The slots of accounts with a role for the ring that have not got it."""
    given = holders(session, keys)
    return [
        slot for slot in keys.slots
        if slot.id not in given and slot.account_id in accounts and access.holds_ring(accounts[slot.account_id].roles)
    ]  # fmt: skip


# ---------------------------------------------------------------- the rotation


def rotate(session: Session, keys: KeyFile) -> set[str]:
    """A new database key for those in `keys`, and a new ring key if the session holds the ring; those in `keys.leaving`
    are out from the first step on.

    Returns the entities that changed, for `session.happened` once all is done: nobody may read in between.
    """
    pending = os.urandom(files.KEY_BYTES)
    announce(session, keys, pending)
    changed = record(session, keys, renewed=session.ring is not None)
    encrypt(session, pending)
    verify(session, pending)
    conclude(session, keys)
    return changed


def standing(session: Session) -> KeyFile:
    """The slots as they are, once a removal that was broken off in this session is finished."""
    keys = keyslots.read(session.folder)
    if keys.leaving:
        session.happened(rotate(session, keys))
        keys = keyslots.read(session.folder)
    return keys


def announce(session: Session, keys: KeyFile, pending: bytes) -> None:
    """1: in every slot the current and the pending key; whoever leaves has none any more."""
    with session.db.reading() as connection:
        accounts = known(connection)
    ring = session.ring.rotated() if session.ring else None
    keyslots.write(session.folder, keys.reseal(contents(session, keys, accounts, ring=ring, pending=pending)))
    session.ring = ring  # not before it is kept


def record(session: Session, keys: KeyFile, *, renewed: bool) -> set[str]:
    """2: the ledger says who left. Once. renewed: the ring has a new key already."""
    author = replace(session.author, committee_id=session.office)
    with session.db.transaction() as connection:
        accounts = known(connection)
        gone = {each: accounts.pop(each) for each in keys.leaving if each in accounts}
        if not gone:
            return set()
        keep_known(connection, accounts)
        if not renewed:
            left = [each.name for each in gone.values() if access.holds_ring(each.roles)]
            keep_names(connection, RING_OWED, (*names(connection, RING_OWED), *left))
        with Writing(connection, author, "revoke") as writing:
            for account, was in gone.items():
                writing.act("revoke", "account", account, {"name": was.name, "roles": list(was.roles)})
                if present.one(connection, session.office, "account", account):
                    writing.set_deleted("account", account, True)
    return writing.changed


def encrypt(session: Session, pending: bytes) -> None:
    """3: all pages anew, in one transaction of the file."""
    if session.db.key != pending:
        session.db.rekey(pending)


def verify(session: Session, pending: bytes) -> None:
    """4: it opens with the new key."""
    files.open(session.db.path, pending).close()


def conclude(session: Session, keys: KeyFile) -> None:
    """5: only the new key in the slots."""
    with session.db.reading() as connection:
        accounts = known(connection)
    done = replace(keys, leaving=())
    keyslots.write(session.folder, done.reseal(contents(session, done, accounts)))


# ---------------------------------------------------------------- at every unlock


def settle(session: Session, keys: KeyFile, own: Contents) -> None:
    """Finish what was cut short, and what this account alone can do. own: what its slot held.

    Called while the workspace is held and before anybody reads.
    """
    keys = _without_strangers(session, keys)
    if own.pending_key is not None or keys.leaving:
        pending = own.pending_key or os.urandom(files.KEY_BYTES)
        if own.pending_key is None:
            announce(session, keys, pending)
        record(session, keys, renewed=False)
        encrypt(session, pending)
        verify(session, pending)
        conclude(session, keys)
        keys = keyslots.read(session.folder)
    if session.ring is not None:
        keys = _settle_ring(session, keys)
    if keys != keyslots.read(session.folder):
        keyslots.write(session.folder, keys)


def load(session: Session, keys: KeyFile, own: Contents) -> dict[str, Known]:
    """The accounts of this PC; a file of the first program did not keep them, its ledger tells.

    Raises Refused("account-without-role"): the last role of the account that unlocks was taken away.
    """
    with session.db.transaction() as connection:
        accounts = known(connection)
        if not accounts:
            rows = present.where(connection, session.office, "account")
            by_name = {row.get("name", ""): row for row in rows}
            accounts = {own.account_id: Known(session.account, own.roles)}
            for slot in keys.slots:
                row = by_name.get(slot.account)
                if row and row["id"] not in accounts and slot.account != session.account:
                    accounts[row["id"]] = Known(slot.account, tuple(row.get("roles", ())))
            keep_known(connection, accounts)
    if own.account_id in accounts and not accounts[own.account_id].roles:
        raise Refused("account-without-role", account=session.account)
    return accounts


def _without_strangers(session: Session, keys: KeyFile) -> KeyFile:
    """Without slots of accounts that this file does not know: their admission was cut short, nobody was told of them.
    A slot of the first program learns whose it is."""
    with session.db.reading() as connection:
        accounts = known(connection)
    by_name = {each.name: account for account, each in accounts.items()}
    slots = (replace(slot, account_id=slot.account_id or by_name.get(slot.account, "")) for slot in keys.slots)
    return replace(keys, slots=tuple(slot for slot in slots if slot.account_id in accounts))


def _settle_ring(session: Session, keys: KeyFile) -> KeyFile:
    """What a holder of the ring does by the way: a new ring key if somebody left while none was there, the centre's way
    of recovery, and the list of holders where it is lacking. It admits nobody."""
    with session.db.reading() as connection:
        accounts, left, listed = known(connection), names(connection, RING_OWED), recall(connection, HOLDERS)
    given = holders(session, keys)
    whole = all(slot.ring for slot in keys.slots if slot.account == session.account)  # not so of the first program
    if left or not whole:
        ring = session.ring.rotated() if left and session.ring else session.ring
        keys = keys.reseal(contents(session, keys, accounts, ring=ring))
        keyslots.write(session.folder, keys)
        session.ring = ring
    before, keys = keys.centre, _with_centre(session, keys)
    if left or listed is None or keys.centre != before:
        with session.db.transaction() as connection:
            keep_names(connection, RING_OWED, ())
            keep_holders(connection, session, keys, {*given, *([keys.centre.id] if keys.centre else [])})
    return keys


def _with_centre(session: Session, keys: KeyFile) -> KeyFile:
    """The street centre's way of recovery, made anew when the keys or the centre's PCs changed."""
    if session.role != "committee":
        return keys
    with session.db.reading() as connection:
        held = enrolment.held(connection)
    recipients = {each.recipient for each in held[1].active("centre")} if held else set()
    if not recipients:
        return replace(keys, centre=None)
    assert session.ring is not None
    given = Contents("", (), session.db.key, session.ring.keys, session.index_key)
    now = keys.centre
    if now is not None and set(now.public.split()) == recipients and now.tag == keyslots.tag(given):
        return keys
    return keys.with_centre(recipients, given, session.now().isoformat(timespec="seconds"))
