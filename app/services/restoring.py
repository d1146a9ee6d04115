"""Restoring a backup: into an empty folder, or in the place of a workspace, which is moved aside and never deleted.

Nothing is overwritten before everything is proved. The erasures at hand are applied before the file opens for work, the
device keeps its identity and begins a new epoch in each of its chains; what was written after the backup comes home with
the next bundles (ledger-and-bundles.md §5, §6).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import shares
from app.db import connection as files
from app.db import copies, devices, erasing, keyslots, ledger, search
from app.db.connection import Connection, Database
from app.db.erasing import Erase
from app.db.identity import Device
from app.db.keyslots import Contents, KeyFile
from app.db.ledger import Author, Writing
from app.db.local import keep_secret, secret
from app.db.migrations import upgrade
from app.db.rows import Reader
from app.db.seal import Ring
from app.domain import access, retention, strict
from app.domain.clock import Clock, now
from app.domain.fields import ENTITIES, FORMAT
from app.domain.findings import Refused, UserError
from app.exchange import backupfile, erasurelist
from app.files import write_atomic
from app.paths import DATABASE, ERASURES, KEYS
from app.services import erasure_lists, rotation
from app.services.backups import RESTORED, is_whole
from app.services.erasures import Plan, let_go
from app.services.session import Session
from app.services.values import Values

NAMED = re.compile(r"[^0-9]")
"""What of a moment is left out where it names a backup."""


@dataclass(frozen=True, slots=True)
class Present:
    """The workspace that is to be replaced, as far as it opens: its ring, its device, its erases."""

    ring: dict[str, bytes]
    device: str | None
    erases: tuple[Erase, ...]


def restore(
    file: Path, folder: Path, account: str, password: str, *, lists: Sequence[Path] = (), clock: Clock = now
) -> Values:
    """Restore a backup with an account and password of its own keys.

    lists: further signed lists of erasures; those in the backup, beside it and in the folder that is replaced are found.
    Returns workspace, epoch (of this committee's chain), epochs {committee: epoch}, entries, erased (how many erases were
    written again), aside (where the replaced workspace lies now, or None), strange (lists that were not to be trusted).
    Raises UserError: file-unreadable, backup-no-backup, backup-newer, backup-damaged, backup-other, backup-other-device,
    folder-not-empty, workspace-busy, workspace-newer, workspace-damaged, workspace-on-share, backup-no-room;
    Refused: account-unknown, password-wrong, not-allowed; NotTrusted: erasures-unreadable, erasures-forged.
    """
    folder = folder.absolute()
    shares.refuse(folder)
    about = backupfile.about(file)
    replacing = (folder / KEYS).exists() or (folder / DATABASE).exists()
    _must_fit(folder, about, replacing)
    lock = files.hold(folder) if replacing else None
    try:
        with _staged(folder) as stage:
            done = _restored(file, stage, folder if replacing else None, account, password, lists, clock)
            if lock is not None:
                lock.release()  # a folder with an open file in it cannot be moved on Windows
            done["aside"] = _put_in_place(stage, folder, clock)
    except OSError:
        raise UserError("backup-no-room", folder=str(folder.parent)) from None
    finally:
        if lock is not None:
            lock.release()
    return {"workspace": str(folder), **done}


def is_practice(file: Path) -> bool:
    """Is it a backup of a practice workspace? Its own keys say so."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / KEYS).write_bytes(backupfile.member(file, KEYS))
        return keyslots.read(Path(folder)).rehearsal


def _must_fit(folder: Path, about: backupfile.About, replacing: bool) -> None:
    if about.schema > files.SCHEMA:
        raise UserError("workspace-newer", folder=str(folder))
    if not replacing:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError("folder-not-empty", folder=str(folder))
        return
    try:
        keys = keyslots.read(folder)
    except UserError:
        return  # the present keys are gone or damaged: that is why somebody restores
    if keys.committee != about.committee:
        raise UserError("backup-other", folder=str(folder))


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = folder.with_name(f".{folder.name}.restoring-{os.getpid()}")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _restored(
    file: Path, stage: Path, replaced: Path | None, account: str, password: str, lists: Sequence[Path], clock: Clock
) -> Values:
    about = backupfile.unpack(file, stage)
    keys = keyslots.read(stage)
    contents = keys.unlock(account, password)
    if keys.committee != about.committee:
        raise UserError("backup-damaged", file=file.name)
    if not access.may(contents.roles, "backups.restore"):
        raise Refused("not-allowed", act="backups.restore", account=account)
    present = _present(replaced, account, password)
    database = _opened(stage, contents, file.name)
    try:
        with database.reading() as connection:
            device = Device.from_bytes(secret(connection, "device"))
            if present.device not in (None, device.id):
                raise UserError("backup-other-device")
            beside = [*file.parent.glob(erasure_lists.PATTERN), stage / ERASURES]
            beside += [replaced / ERASURES] if replaced and (replaced / ERASURES).exists() else []
            erases, strange = erasure_lists.gathered(connection, lists, dict.fromkeys(beside))
        done = _begin_anew(database, keys, device, contents, [*erases, *present.erases], about.at, clock)
        if contents.ring is not None and present.ring.keys() - contents.ring.keys():
            whole = replace(contents, ring={**contents.ring, **present.ring})
            _share_ring(stage, database, keys, device, account, whole, clock)
        database.truncate()
        _write_list(database, device, stage, clock)
    finally:
        database.close()
    return {**done, "strange": strange, "at": about.at}


def _opened(stage: Path, contents: Contents, name: str) -> Database:
    """The backup's database, proved and in today's shape. Raises UserError: backup-damaged, workspace-newer."""
    database: Database | None = None
    for key in filter(None, (contents.database_key, contents.pending_key)):
        try:
            database = files.open(stage / DATABASE, key)
            break
        except UserError as error:
            if error.code != "workspace-damaged":
                raise
    if database is None:
        raise UserError("backup-damaged", file=name)
    try:
        with database.reading() as connection:
            good = copies.heads_hold(connection)
        if not good or not is_whole(database):
            raise UserError("backup-damaged", file=name)
        if database.outdated:
            with database.transaction() as connection:
                upgrade(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {files.SCHEMA}")
    except BaseException:
        database.close()
        raise
    return database


def _share_ring(
    stage: Path, database: Database, keys: KeyFile, device: Device, account: str, whole: Contents, clock: Clock
) -> None:
    """The newer ring of the workspace that is replaced, for every slot that holds the older one: else another holder's
    next removal would seal what it knows, and the newer keys were gone."""
    session = Session(
        stage, database, None, keys.role, keys.name, keys.code, keys.committee, keys.rehearsal, device.id,
        whole.account_id, account, frozenset(whole.roles), clock, None, Ring(whole.ring or {}, keys.committee),
        whole.index_key,
    )  # fmt: skip
    with database.reading() as connection:
        accounts = rotation.known(connection)
    keyslots.write(stage, keys.reseal(rotation.contents(session, keys, accounts)))


def _present(folder: Path | None, account: str, password: str) -> Present:
    """What the workspace that is replaced can still give; a newer ring must not be lost with it."""
    nothing = Present({}, None, ())
    if folder is None:
        return nothing
    try:
        keys = keyslots.read(folder)
    except UserError:
        return nothing
    if keys.slots and account not in keys.accounts:
        raise Refused(
            "account-unknown", account=account
        )  # who was removed puts no older state in the place of this one
    try:
        contents = keys.unlock(account, password)
    except UserError:
        return nothing
    ring = dict(contents.ring or {})
    for key in filter(None, (contents.database_key, contents.pending_key)):
        try:
            database = files.open(folder / DATABASE, key)
        except UserError:
            continue
        try:
            with database.reading() as connection:
                device = Device.from_bytes(secret(connection, "device"))
                return Present(ring, device.id, tuple(erasing.standing(connection)))
        except files.BROKEN:
            continue
        finally:
            database.close()
    return Present(ring, None, ())


# ---------------------------------------------------------------- first entries


def _begin_anew(
    database: Database, keys: KeyFile, device: Device, contents: Contents, erases: Iterable[Erase], backup_at: str,
    clock: Clock,
) -> Values:  # fmt: skip
    """In one transaction: a new epoch in each chain, the erases that are lacking, with the same ids, and the act itself."""
    at = clock().isoformat(timespec="seconds")
    author = Author(device.id, keys.committee, contents.account_id, at)
    epochs: dict[str, str] = {}
    erased = 0
    with database.transaction() as connection:
        here = devices.committees(connection) if keys.role == "centre" else [keys.committee]
        for committee in here:
            own = ledger.current_chain(connection, device.id, committee)
            if own is not None:
                _, chain, seq, head = own
                ledger.begin_epoch(
                    connection, replace(author, committee_id=committee), parent=[chain.epoch, seq, head.hex()]
                )
        for committee in here:
            mine = replace(author, committee_id=committee)
            erased += _erase_again(connection, mine, [each for each in erases if each.committee == committee])
            with Writing(connection, mine, "restore") as writing:
                writing.act("restore", "backup", NAMED.sub("", backup_at)[:14], {"backup": backup_at})
            epochs[committee] = writing.chain.epoch
        if erased:
            search.optimize(connection)
        said = {"at": at, "backup_at": backup_at, "epochs": epochs}
        keep_secret(connection, RESTORED, msgspec.json.encode(said))
        keep_secret(connection, erasure_lists.SETTLED, str(erasing.count(connection)).encode())
        entries = sum(chain.seq for chain in devices.chains(connection))
    return {"epoch": epochs.get(keys.committee, ""), "epochs": epochs, "entries": entries, "erased": erased}


def _erase_again(connection: Connection, author: Author, erases: list[Erase]) -> int:
    known = set(erasing.standing(connection, author.committee_id))
    reader = Reader(connection, author.committee_id)
    lacking = [each for each in dict.fromkeys(erases) if each not in known and _is_sound(reader, each)]
    if not lacking:
        return 0
    with Writing(connection, author, "erase") as writing:
        for each in lacking:
            ledger.erase(writing, each.entity, each.row, each.retention, erase_id=each.erase)
    reader = Reader(connection, author.committee_id)
    emptied = [each for each in lacking if _is_empty(reader, each)]
    let_go(connection, author, [_shell(reader, each) for each in emptied])
    return len(lacking)


def _is_sound(reader: Reader, erase: Erase) -> bool:
    """Could a program of ours have written this erase, of this kind of row? A list names what it likes."""
    detail = {"class": erase.retention, "erase": erase.erase}
    return strict.problem("erase", erase.entity, erase.row, FORMAT, [], detail, []) is None and (
        reader.entity(erase.row) in ("", erase.entity)
    )


def _is_empty(reader: Reader, erase: Erase) -> bool:
    """Does a row say nothing any more without what was erased? Its deletion is in the tail that comes home later."""
    whole = retention.WHOLE.get(erase.entity) == erase.retention and erase.entity in ENTITIES
    return whole and reader.known(erase.row) and erase.retention not in erasing.held(reader, erase.row)


def _shell(reader: Reader, erase: Erase) -> Plan:
    going = retention.WITH.get(erase.entity, frozenset())
    cleared = [each for each in erasing.referring(reader, erase.entity, erase.row) if each[0] not in going]
    return Plan([], [(erase.entity, reader.leader(erase.row))], cleared)


def _write_list(database: Database, device: Device, stage: Path, clock: Clock) -> None:
    with database.reading() as connection:
        erases = erasing.standing(connection)
    key = Ed25519PrivateKey.from_private_bytes(device.signing)
    at = clock().isoformat(timespec="seconds")
    write_atomic(stage / ERASURES, erasurelist.pack(erases, device.id, at, key))


# ---------------------------------------------------------------- in place


def _put_in_place(stage: Path, folder: Path, clock: Clock) -> str | None:
    """What was there moves aside; the restored workspace takes its name. Returns where the old one lies."""
    for left in (*stage.glob(f"{DATABASE}-*"), stage / ".lock"):
        left.unlink(missing_ok=True)
    aside: Path | None = None
    if folder.exists():
        if any(folder.iterdir()):
            aside = _free(folder, f"{folder.name}-before-restore-{clock():%Y%m%d-%H%M%S}")
            folder.rename(aside)
        else:
            folder.rmdir()
    try:
        stage.rename(folder)
    except OSError:
        if aside is not None:
            aside.rename(folder)
        raise
    return str(aside) if aside else None


def _free(folder: Path, stem: str) -> Path:
    names: Any = (f"{stem}{'' if n == 1 else f'-{n}'}" for n in range(1, 1_000))
    return next(folder.with_name(name) for name in names if not folder.with_name(name).exists())
