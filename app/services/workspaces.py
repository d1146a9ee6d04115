"""Creating, unlocking and locking a workspace: a folder with one encrypted file and its key slots."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import shares
from app.db import connection as files
from app.db import keyslots
from app.db.connection import Database
from app.db.identity import Device, new_device
from app.db.keyslots import Contents, KeyFile
from app.db.ledger import Author, Writing
from app.db.local import keep_secret, secret
from app.db.migrations import upgrade
from app.db.seal import Ring
from app.domain import access, ids
from app.domain.clock import Clock, now
from app.domain.findings import Refused, UserError
from app.domain.values import plain
from app.files import make_folder, replacing
from app.paths import DATABASE, KEYS
from app.services import enrolment, erasure_lists, numbers, rotation
from app.services.session import Session

ROLES = ("committee", "centre")


def exists(folder: Path) -> bool:
    return (folder / KEYS).exists() or (folder / DATABASE).exists()


def about(folder: Path) -> dict[str, Any]:
    """What may be known before unlocking: role, name, code, rehearsal."""
    keys = keyslots.read(folder)
    return {"role": keys.role, "name": keys.name, "code": keys.code, "rehearsal": keys.rehearsal}


def accounts(folder: Path) -> list[str]:
    return list(keyslots.read(folder).accounts)


def create(
    folder: Path,
    *,
    role: str,
    name: str,
    code: str,
    account: str,
    password: str,
    committee_id: str | None = None,
    rehearsal: bool = False,
    clock: Clock = now,
    root: Ed25519PrivateKey | None = None,
) -> dict[str, Any]:
    """A new workspace with its first account (head + administrator; at a centre data + administrator).

    root: the street's root key, with which a centre writes its first registry; without it a centre works alone.

    Raises UserError: workspace-exists (nothing is overwritten), password-short, role-unknown, name-empty,
    code-invalid, committee-id-invalid, workspace-on-share.
    """
    name, code, account = plain(name), code.strip(), plain(account)
    _check(role, name, code, account, committee_id)
    shares.refuse(folder)
    if exists(folder):
        raise UserError("workspace-exists", folder=str(folder))
    committee = committee_id or str(ids.street_id(code) if role == "centre" else ids.committee_id(code))
    roles = access.FIRST_ROLES[role]
    ring = Ring.new(committee)
    contents = Contents(str(ids.new_id()), tuple(sorted(roles)), os.urandom(32), ring.keys, os.urandom(32))
    keys = KeyFile(committee, role, name, code, rehearsal).admit(account, password, contents)
    existed = folder.exists()
    make_folder(folder.absolute())
    try:
        device = new_device()
        database = files.create(folder / DATABASE, contents.database_key, make=upgrade)
        try:
            office = committee if role == "committee" else str(ids.office_id(committee))
            author = Author(device.id, office, contents.account_id, clock().isoformat(timespec="seconds"))
            _first_entries(database, device, author, role, name, code, account, sorted(roles))
            if root is not None:
                with database.transaction() as connection:
                    enrolment.found_street(connection, root, committee, name, code, clock().date(), rehearsal=rehearsal)
        finally:
            database.close()
        keyslots.write(folder, keys)
    except BaseException:
        (folder / DATABASE).unlink(missing_ok=True)
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return {"workspace": str(folder), "device": device.id, "role": role, "code": code, "committee_id": committee}


def _check(role: str, name: str, code: str, account: str, committee_id: str | None) -> None:
    if role not in ROLES:
        raise UserError("role-unknown", role=role)
    if not name or not account:
        raise UserError("name-empty")
    if max(len(name), len(account)) > rotation.LONGEST_NAME:
        raise UserError("name-long", most=rotation.LONGEST_NAME)
    if not (code.isdigit() and 6 <= len(code) <= 12):
        raise UserError("code-invalid", code=code)
    if committee_id is not None and not ids.is_id(committee_id):
        raise UserError("committee-id-invalid", value=committee_id)


def _first_entries(
    database: Database, device: Device, author: Author, role: str, name: str, code: str, account: str, roles: list[str]
) -> None:
    with database.transaction() as connection:
        keep_secret(connection, "device", device.to_bytes())
        rotation.keep_known(connection, {author.account: rotation.Known(account, tuple(roles))})
        with Writing(connection, author, "create") as writing:
            if role == "committee":
                writing.create("committee", [(author.committee_id, {"name": name, "code": code})])
            writing.create("account", [(author.account, {"name": account, "roles": roles})])


def unlock(
    folder: Path, account: str, password: str, *,
    purpose: str | None = None, clock: Clock = now, wall: Callable[[], float] = time.time,
) -> Session:  # fmt: skip
    """Open a workspace for an account; finish what a removal left half done, and what was owed to this account's unlock.

    wall: this PC's own clock in seconds, by which the next attempt waits, whatever a practice workspace's clock says.

    Raises Refused: password-wrong, account-unknown, login-wait (seconds); UserError: workspace-missing, workspace-busy,
    workspace-damaged, workspace-newer, workspace-on-share, keys-damaged. A failed attempt is remembered beside the keys
    and becomes an entry at the next unlock.
    """
    keys = keyslots.read(folder)
    shares.refuse(folder)
    contents = _authenticated(folder, keys, account, password, clock, wall)
    lock = files.hold(folder)
    try:
        if (anew := keyslots.read(folder)) != keys:  # another process made new keys meanwhile
            keys, contents = anew, anew.unlock(account, password)
        return _opened(folder, keys, account, contents, lock, purpose, clock)
    except BaseException:
        lock.release()
        raise


def vouch(
    folder: Path, account: str, password: str, *,
    beside: Session | None = None, clock: Clock = now, wall: Callable[[], float] = time.time,
) -> str:  # fmt: skip
    """Check a person's password without opening anything; returns the account's id. Raises Refused.

    beside: the open workspace in which this is the second person. Then the slot must open that very file and be the
    account's own: keys.json alone proves nobody.
    """
    found = _authenticated(folder, keyslots.read(folder), account, password, beside.clock if beside else clock, wall)
    if beside is None:
        return found.account_id
    with beside.db.reading() as connection:
        known = rotation.known(connection).get(found.account_id)
    if known is None or known.name != account or found.database_key != beside.db.key:
        raise Refused("account-unknown", account=account)
    return found.account_id


def waiting(folder: Path, account: str, *, wall: Callable[[], float] = time.time) -> int:
    """Seconds until the next attempt at this account is allowed; 0 if at once."""
    return keyslots.wait(folder, keyslots.read(folder).slot(account).id, wall())


def _authenticated(
    folder: Path, keys: KeyFile, account: str, password: str, clock: Clock, wall: Callable[[], float]
) -> Contents:
    slot = keys.slot(account).id
    if seconds := keyslots.wait(folder, slot, wall()):
        raise Refused("login-wait", account=account, seconds=seconds)
    try:
        return keys.unlock(account, password)
    except Refused as refusal:
        if refusal.code == "password-wrong":
            keyslots.note_attempt(folder, slot, clock().isoformat(timespec="seconds"), wall())
        raise


def _opened(
    folder: Path, keys: KeyFile, account: str, contents: Contents, lock: Any, purpose: str | None, clock: Clock
) -> Session:
    database = _open(folder, contents)
    try:
        return _begin(folder, keys, account, contents, database, lock, purpose, clock)
    except BaseException:
        database.close()
        raise


def _open(folder: Path, contents: Contents) -> Database:
    """With the current key, then with the pending one of a rotation that was cut short."""
    try:
        database = files.open(folder / DATABASE, contents.database_key)
    except UserError as error:
        if error.code != "workspace-damaged" or contents.pending_key is None:
            raise
        database = files.open(folder / DATABASE, contents.pending_key)
    if database.outdated:
        _keep_as_it_was(database, folder)
        with database.transaction() as connection:
            upgrade(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {files.SCHEMA}")
        if not database.check():
            _copy_of(folder).unlink()  # it did its duty; what is erased from now on must not live on in it
    return database


def _copy_of(folder: Path) -> Path:
    return folder / f"before-upgrade-to-{files.SCHEMA}.db"


def _keep_as_it_was(database: Database, folder: Path) -> None:
    """A copy under the same key before the file's shape changes; one that is there already is older still."""
    copy = _copy_of(folder)
    if not copy.exists():
        with replacing(copy) as temporary:
            database.copy(temporary)


def enter(folder: Path, keys: KeyFile, contents: Contents, lock: Any, clock: Clock) -> Session:
    """The file opened by a way of recovery: a session of nobody's, with no role, for `recovery` alone."""
    database = _open(folder, contents)
    try:
        return _session(folder, keys, "", contents, database, lock, None, clock)
    except BaseException:
        database.close()
        raise


def _session(
    folder: Path, keys: KeyFile, account: str, contents: Contents, database: Database, lock: Any,
    purpose: str | None, clock: Clock,
) -> Session:  # fmt: skip
    with database.reading() as connection:
        device = Device.from_bytes(secret(connection, "device"))
    ring = Ring(contents.ring, keys.committee) if contents.ring else None
    return Session(
        folder, database, lock, keys.role, keys.name, keys.code, keys.committee, keys.rehearsal, device.id,
        contents.account_id, account, frozenset(contents.roles), clock, purpose, ring, contents.index_key,
    )  # fmt: skip


def _begin(
    folder: Path, keys: KeyFile, account: str, contents: Contents, database: Database, lock: Any,
    purpose: str | None, clock: Clock,
) -> Session:  # fmt: skip
    session = _session(folder, keys, account, contents, database, lock, purpose, clock)
    own = rotation.load(session, keys, contents).get(contents.account_id)
    if own is None:  # its admission was cut short, or it was removed and an old keys.json put back
        raise Refused("account-unknown", account=account)
    session.roles = frozenset(own.roles)
    if not access.holds_ring(own.roles):
        session.ring = session.index_key = None
    rotation.settle(session, keys, contents)
    session.read_rings()
    attempts, known = keyslots.take_attempts(folder), {slot.id for slot in keys.slots}
    with session.noting("login") as writing:
        for attempt in attempts:
            if attempt["slot"] in known:  # the file is plain: anybody may have written into it
                writing.act("login-failed", "slot", attempt["slot"], {"at": str(attempt["at"])[:40]})
        writing.act("login", "account", session.account_id)
    keyslots.clear_attempts(folder, keys.slot(account).id)
    erasure_lists.settle(session)  # a power cut may have come between an erasure and the cleaning after it
    numbers.settle(session)  # whoever merged without the ring left it to this unlock
    return session


def lock(session: Session) -> None:
    """Close everything; no connection survives."""
    session.db.close()
    session.lock.release()
