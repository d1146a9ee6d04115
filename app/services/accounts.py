"""The accounts of a workspace: who may enter, in which roles, for which committees and buildings; and who no longer.

An account is a slot of keys.json on this PC, a name in its encrypted file, and a row of the ledger for everybody who
reads what it did. Removing one makes new keys (`rotation`); what only a holder of the level-3 ring can do is owed.
Whoever waits for the ring gets it from a person who holds it: an administrator must not make itself a head. Longer than
most files: every act on an account stands here, beside the checks that they share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from app.db import connection as files
from app.db import history, keyslots, logins, present
from app.db.connection import Connection
from app.db.keyslots import Contents, KeyFile
from app.domain import access, ids
from app.domain.findings import Refused, UserError
from app.domain.values import plain
from app.services import committees as street
from app.services import places, rotation
from app.services.recovery import recover, recovery_sheet
from app.services.rotation import LONGEST_NAME, Known
from app.services.session import Session
from app.services.values import Values

__all__ = [
    "add", "admit", "awaiting", "change", "list_", "owed", "password", "recover", "recovery_sheet", "refuse_ring", "remove",
    "scope_choices",
]  # fmt: skip

UNCHANGED: Any = object()
"""`change` leaves this as it is; None stands for all committees, or no buildings."""


# ---------------------------------------------------------------- who there is


def list_(session: Session) -> list[Values]:
    """Every account of this PC: account, id, roles, committees (None: all), buildings, last_login, own, ring
    ("held", "owed" or None); `committee_names` and `building_paths` say the ids in words."""
    session.require("accounts.list")
    keys = keyslots.read(session.folder)
    held = rotation.holders(session, keys)
    with session.db.reading() as connection:
        accounts, logged = rotation.known(connection), logins.last(connection, session.office, session.device)
        names = {row["id"]: str(row.get("name", "")) for row in street.known(session, connection)}
        return [
            _said(session, connection, slot.account_id, accounts[slot.account_id], names) | {
                "last_login": logged.get(slot.account_id),
                "ring": _ring(accounts[slot.account_id].roles, slot.id in held),
            }
            for slot in keys.slots if slot.account_id in accounts
        ]  # fmt: skip


def _ring(roles: Iterable[str], sealed: bool) -> str | None:
    return None if not access.holds_ring(roles) else "held" if sealed else "owed"


def _said(session: Session, connection: Connection, account: str, known: Known, names: dict[str, str]) -> Values:
    row = present.one(connection, session.office, "account", account) or {}
    given: list[str] | None = row.get("committees")
    buildings: list[str] = row.get("buildings") or []
    paths = {
        each: places.path_of(connection, session.committee_of(connection, "building", each), "building", each)
        for each in buildings
    }
    return {
        "account": known.name, "id": account, "roles": _in_order(known.roles), "committees": given, "buildings": buildings,
        "committee_names": None if given is None else [names.get(each, each) for each in given],
        "building_paths": [path or each for each, path in paths.items()], "own": account == session.account_id,
    }  # fmt: skip


def owed(session: Session) -> list[Values]:
    """What waits for a holder of the ring: {kind: "ring-admit", account} for who has not got it yet and waits for a
    person's decision, {kind: "ring-renew", removed: [names]} where somebody left and values are still sealed under a key
    they knew: that is done at a holder's next unlock."""
    session.require("accounts.list")
    keys = keyslots.read(session.folder)
    with session.db.reading() as connection:
        accounts, left = rotation.known(connection), rotation.names(connection, rotation.RING_OWED)
    found: list[Values] = [
        {"kind": "ring-admit", "account": slot.account} for slot in rotation.owed_rings(session, keys, accounts)
    ]
    return found + ([{"kind": "ring-renew", "removed": list(left)}] if left else [])


def awaiting(session: Session) -> list[Values]:
    """The accounts that wait for this holder of the ring to decide: account, id, roles, at and by (who last gave it its
    roles, and when). Empty for whoever has not got the ring itself."""
    session.require("accounts.admit_ring")
    if session.ring is None:
        return []
    keys = keyslots.read(session.folder)
    with session.db.reading() as connection:
        accounts, names = rotation.known(connection), present.account_names(connection, session.office)
    waiting = rotation.owed_rings(session, keys, accounts)
    found = []
    with session.db.reading() as connection:
        for slot in waiting:
            grants = history.acts(connection, session.office, actions=("grant",), row=slot.account_id, limit=1)
            found.append({
                "account": slot.account, "id": slot.account_id, "roles": _in_order(accounts[slot.account_id].roles),
                "at": grants[0]["at"] if grants else "", "by": names.get(grants[0]["account"], "") if grants else "",
            })  # fmt: skip
    return found


def admit(session: Session, name: str) -> Values:
    """The ring for an account that waits for it. Raises UserError("account-not-waiting", "keys-unwritable"); Refused:
    not-allowed, ring-needed, account-unknown. Returns what `list_` says of it."""
    keys, account, accounts = _waiting(session, name)
    slot = keys.slot(name).id
    sealed = rotation.contents(session, keys, accounts, also=(slot,))
    held = rotation.holders(session, keys) | {slot}
    keys = keys.reseal({slot: sealed[slot]})
    with session.noting("grant") as writing:
        writing.act("grant", "account", account, {"name": name, "what": "ring"})
        rotation.keep_holders(writing.connection, session, keys, held)
        _keep(session, keys)
    return _one(session, account)


def refuse_ring(session: Session, name: str) -> Values:
    """The account does not get the ring: it loses the roles that carry it and keeps the others. One that has no other
    role cannot enter until somebody gives it one (`rotation.load`); nothing of it is deleted.

    Raises what `admit` raises, and UserError("last-admitter"). Returns what `list_` says of it.
    """
    keys, account, accounts = _waiting(session, name)
    was = accounts[account].roles
    left = tuple(role for role in was if not access.holds_ring((role,)))
    accounts[account] = Known(name, left)
    _somebody_admits(accounts, name)
    slot = keys.slot(name).id
    keys = keys.reseal({slot: rotation.contents(session, keys, accounts)[slot]})
    with session.noting("grant") as writing:
        said = {"name": name, "was": list(was), "roles": list(left), "what": "ring-refused"}
        writing.act("grant", "account", account, said)
        writing.change("account", account, {"roles": list(left) or None})
        rotation.keep_known(writing.connection, accounts)
        writing.show()
        _keep(session, keys)
    return _one(session, account)


def _waiting(session: Session, name: str) -> tuple[KeyFile, str, dict[str, Known]]:
    """As `_find`, of an account that waits for this session's decision."""
    session.require("accounts.admit_ring")
    if session.ring is None:
        raise session.refusal("ring-needed", "accounts.admit_ring", field=name)
    rotation.standing(session)
    keys, account, accounts = _find(session, name)
    if account not in [slot.account_id for slot in rotation.owed_rings(session, keys, accounts)]:
        raise UserError("account-not-waiting", account=name)
    return keys, account, accounts


# ---------------------------------------------------------------- admitting, changing


def add(
    session: Session, name: str, password: str, roles: Collection[str], *,
    committees: Collection[str] | None = None, buildings: Collection[str] | None = None,
) -> Values:  # fmt: skip
    """A further account. committees: ids, codes or names, None for all; buildings: ids or paths.

    An administrator without the ring admits nobody to it: then a holder is asked (`ring` is "owed", see `admit`).
    Raises UserError: name-empty, account-exists, account-roles-empty, account-role-unknown, password-short,
    committee-unknown, path-unknown, path-ambiguous; Refused("not-allowed"). Returns account, id, roles, ring, …
    """
    session.require("accounts.add")
    name, kept = plain(name), _checked(roles)
    if len(name) > LONGEST_NAME:
        raise UserError("name-long", most=LONGEST_NAME)
    if not name:
        raise UserError("name-empty")
    keys, account = rotation.standing(session), str(ids.new_id())
    given = _given(session, committees, buildings)
    held = rotation.holders(session, keys)
    ring = session.ring.keys if session.ring and access.holds_ring(kept) else None
    contents = Contents(account, kept, session.db.key, ring, session.index_key if ring else None)
    keys = keys.admit(name, password, contents)
    with session.noting("grant") as writing:
        values = {
            "name": name,
            "roles": list(kept),
            **{key: value for key, value in given.items() if value is not None},
        }
        writing.act("grant", "account", account, {"name": name, "roles": list(kept)})
        writing.create("account", [(account, values)])
        rotation.keep_known(writing.connection, rotation.known(writing.connection) | {account: Known(name, kept)})
        if ring:
            rotation.keep_holders(writing.connection, session, keys, held | {keys.slot(name).id})
        writing.show()
        _keep(session, keys)
    return _one(session, account)


def change(
    session: Session, name: str, *, roles: Collection[str] = UNCHANGED, committees: Collection[str] | None = UNCHANGED,
    buildings: Collection[str] | None = UNCHANGED,
) -> Values:  # fmt: skip
    """Other roles, committees or buildings. Who loses the last role with level 3 leaves a ring key behind: a new one.

    Who gets the first one from a holder of the ring gets the ring with it; who waits for it goes on waiting.
    Raises what `add` raises, and UserError("last-admitter"); Refused("account-unknown").
    """
    session.require("accounts.change")
    rotation.standing(session)
    keys, account, accounts = _find(session, name)
    was = accounts[account].roles
    now = was if roles is UNCHANGED else _checked(roles)
    _somebody_admits({**accounts, account: Known(name, now)}, name)
    given = _given(session, committees, buildings)
    loses = access.holds_ring(was) and not access.holds_ring(now)
    gains = access.holds_ring(now) and not access.holds_ring(was)
    accounts[account] = Known(name, now)
    slot = keys.slot(name).id
    held = rotation.holders(session, keys) - ({slot} if loses else set()) | ({slot} if gains else set())
    ring = session.ring.rotated() if session.ring and loses and account != session.account_id else session.ring
    if loses:
        keys = keys.without_ring(name)
    keys = keys.reseal(rotation.contents(session, keys, accounts, ring=ring, also=(slot,) if gains else ()))
    with session.noting("grant") as writing:
        writing.act("grant", "account", account, {"name": name, "was": list(was), "roles": list(now)})
        writing.change("account", account, {"roles": list(now), **given})
        rotation.keep_known(writing.connection, accounts)
        rotation.keep_holders(writing.connection, session, keys, held)
        if loses and ring is session.ring:
            left = (*rotation.names(writing.connection, rotation.RING_OWED), name)
            rotation.keep_names(writing.connection, rotation.RING_OWED, left)
        writing.show()
        _keep(session, keys)
    session.ring = ring
    if account == session.account_id:
        session.roles = frozenset(now)
        if loses:
            session.ring = session.index_key = None
    return _one(session, account)


def password(session: Session, old: str, new: str, *, wall: Callable[[], float] = time.time) -> Values:
    """One's own password. Raises Refused: password-wrong, login-wait; UserError("password-short")."""
    session.require("accounts.password")
    keys = rotation.standing(session)
    slot = keys.slot(session.account).id
    if seconds := keyslots.wait(session.folder, slot, wall()):
        raise Refused("login-wait", account=session.account, seconds=seconds)
    try:
        keys = keys.change_password(session.account, old, new)
    except Refused:
        keyslots.note_attempt(session.folder, slot, session.now().isoformat(timespec="seconds"), wall())
        raise
    with session.noting("grant") as writing:
        writing.act("grant", "account", session.account_id, {"name": session.account, "what": "password"})
        _keep(session, keys)
    return {"account": session.account, "roles": _in_order(session.roles)}


# ---------------------------------------------------------------- leaving


def remove(session: Session, name: str) -> Values:
    """The account cannot enter any more, at once; the file is encrypted anew, so its old keys open nothing newer.

    What was cut short is finished by the next unlock. Raises UserError: last-admitter, rotation-unfinished (the account
    is out, the new keys follow); Refused: not-allowed, account-unknown. Returns account, roles, owed.
    """
    session.require("accounts.remove")
    keys, account, accounts = _find(session, name)
    gone = accounts[account]
    _somebody_admits({each: known for each, known in accounts.items() if each != account}, name)
    keys = keys.remove(name)
    keys = replace(keys, leaving=(*keys.leaving, account))
    try:
        changed = rotation.rotate(session, keys)
    except (OSError, files.DRIVER_ERROR):
        begun = account in keyslots.read(session.folder).leaving
        raise UserError(
            "rotation-unfinished" if begun else "keys-unwritable", account=name, folder=str(session.folder)
        ) from None
    session.happened(changed)
    return {
        "account": name,
        "roles": _in_order(gone.roles),
        "owed": owed(session) if session.may("accounts.list") else [],
    }


def scope_choices(session: Session) -> Values:
    """What an account can be given: committees [{id, name}] at a centre, buildings [{id, path}] at a committee."""
    session.require("accounts.add")
    with session.db.reading() as connection:
        if session.role == "centre":
            known = street.known(session, connection)
            return {
                "committees": [{"id": row["id"], "name": row.get("name", row["id"])} for row in known],
                "buildings": [],
            }
        rows = places.in_walking_order(present.where(connection, session.committee_id, "building"))
        paths = [places.path_of(connection, session.committee_id, "building", row["id"]) for row in rows]
    buildings = [{"id": row["id"], "path": path} for row, path in zip(rows, paths, strict=True)]
    return {"committees": [], "buildings": sorted(buildings, key=lambda each: each["path"].rpartition("/")[0])}


# ---------------------------------------------------------------- shared


def _keep(session: Session, keys: KeyFile) -> None:
    """The last step of a change, before all of it stands. Raises UserError("keys-unwritable"): then nothing does."""
    try:
        keyslots.write(session.folder, keys)
    except OSError:
        raise UserError("keys-unwritable", folder=str(session.folder)) from None


def _find(session: Session, name: str) -> tuple[KeyFile, str, dict[str, Known]]:
    """(keys, account id, all accounts). Raises Refused("account-unknown")."""
    keys = keyslots.read(session.folder)
    with session.db.reading() as connection:
        accounts = rotation.known(connection)
    account = keys.slot(name).account_id
    if account not in accounts:
        raise Refused("account-unknown", account=name)
    return keys, account, accounts


def _one(session: Session, account: str) -> Values:
    keys = keyslots.read(session.folder)
    slot = next(each for each in keys.slots if each.account_id == account)
    held = rotation.holders(session, keys)
    with session.db.reading() as connection:
        names = {row["id"]: str(row.get("name", "")) for row in street.known(session, connection)}
        known = rotation.known(connection)[account]
        return _said(session, connection, account, known, names) | {"ring": _ring(known.roles, slot.id in held)}


def _checked(roles: Collection[str]) -> tuple[str, ...]:
    wanted = [roles] if isinstance(roles, str) else list(roles)
    if not wanted:
        raise UserError("account-roles-empty")
    for role in wanted:
        if role not in access.ROLES:
            raise UserError("account-role-unknown", role=role, known="、".join(access.ROLES))
    return tuple(sorted(set(wanted)))


def _in_order(roles: Iterable[str]) -> list[str]:
    held = set(roles)
    return [each for each in access.ROLES if each in held]


def _somebody_admits(accounts: dict[str, Known], name: str) -> None:
    if access.locks_everybody_out(known.roles for known in accounts.values()):
        raise UserError("last-admitter", account=name)


def _given(session: Session, committees: Collection[str] | None, buildings: Collection[str] | None) -> Values:
    """Scope as ids, without what is unchanged."""
    given: Values = {}
    with session.db.reading() as connection:
        if committees is not UNCHANGED:
            given["committees"] = None if committees is None else _committees(session, connection, committees)
        if buildings is not UNCHANGED:
            found = [places.resolve_in(connection, session, each, "building")[1] for each in buildings or ()]
            given["buildings"] = list(dict.fromkeys(found)) or None
    return given


def _committees(session: Session, connection: Connection, refs: Collection[str]) -> list[str]:
    """Ids of committees given by id, code or name. Raises UserError("committee-unknown")."""
    known = street.known(session, connection)
    found: dict[str, None] = {}
    for ref in refs:
        row = next((row for row in known if ref in (row["id"], row.get("code"), row.get("name"))), None)
        if row is None:
            raise UserError("committee-unknown", name=ref)
        found[row["id"]] = None
    return list(found)
