"""备份: a verified copy of the workspace in one file, daily and whenever asked; which ones are kept (§6).

The copy is made while the program is open, opened with the key, proved, packed, read again, and only then named.
What is in it is encrypted as in the workspace; it opens with the passwords of the day it was made.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from app.db import checking, copies, devices, erasing
from app.db import connection as files
from app.db.connection import Database
from app.db.local import keep_secret, recall
from app.domain import retention
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange import backupfile
from app.exchange.backupfile import SUFFIX, About
from app.paths import DATABASE, ERASURES, KEYS
from app.services import backup_places, erasure_lists
from app.services.session import Session
from app.services.values import Values

RESTORED = "restored"
PREFIX = "楼图备份"


# ---------------------------------------------------------------- where


def second_place(session: Session) -> str | None:
    session.require("backups.make")
    with session.db.reading() as connection:
        return backup_places.known(connection).second


def choose_second(session: Session, folder: Path | None) -> None:
    """Remember a second place (None: none), best on another disk. Raises UserError: folder-missing, backup-second-same."""
    session.require("backups.make")
    if folder is not None:
        if not folder.is_dir():
            raise UserError("folder-missing", folder=str(folder))
        if folder.absolute() == backup_places.default(session):
            raise UserError("backup-second-same")
    with session.db.transaction() as connection:
        known = backup_places.known(connection)
        known.second = str(folder.absolute()) if folder else None
        backup_places.keep(connection, known)
    if folder is not None:
        erasure_lists.put_on(session, folder, erasure_lists.packed(session))


# ---------------------------------------------------------------- making


def make(
    session: Session, folder: Path, *, full: bool = False, progress: Progress = quiet, cancelled: Cancelled = never
) -> Values:
    """A verified backup in a folder: file, verified, at, size. full: every entry of the ledger is proved, too.

    Raises UserError: folder-missing, backup-unwritable (disc full, write-protected, gone), backup-not-good, cancelled;
    then nothing is left under that name.
    """
    session.require("backups.make")
    if not folder.is_dir():
        raise UserError("folder-missing", folder=str(folder))
    return _make(session, folder, full, progress, cancelled)


def _make(session: Session, folder: Path, full: bool, progress: Progress, cancelled: Cancelled) -> Values:
    at = session.now()
    file = _free_name(folder, f"{PREFIX}-{session.code}-{at:%Y%m%d-%H%M%S}")
    try:
        with _staged(session.folder) as stage:
            session.db.copy(stage / DATABASE, progress, cancelled)
            shutil.copyfile(session.folder / KEYS, stage / KEYS)
            about = _proved(session, stage, at.isoformat(timespec="seconds"), full, progress, cancelled)
            (stage / ERASURES).write_bytes(erasure_lists.packed(session))
            check(cancelled)
            size = backupfile.write(file, stage, about)
    except OSError:
        raise UserError("backup-unwritable", folder=str(folder)) from None
    erasure_lists.put_on(session, folder, erasure_lists.packed(session))
    with session.noting("backup") as writing:
        writing.act("backup", "backup", f"{at:%Y%m%d%H%M%S}", {"file": file.name, "size": size, "full": full})
        known = backup_places.known(writing.connection)
        known.verified[file.name], known.last = size, about.at
        backup_places.keep(writing.connection, known)
    return {"file": str(file), "verified": True, "at": about.at, "size": size}


def _free_name(folder: Path, stem: str) -> Path:
    names = (f"{stem}{'' if n == 1 else f'-{n}'}{SUFFIX}" for n in range(1, 1_000))
    return next(folder / name for name in names if not (folder / name).exists())


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished, within the workspace; one that a power cut left is cleared first."""
    for old in folder.glob(".backup-*"):
        shutil.rmtree(old, ignore_errors=True)
    stage = folder / f".backup-{os.getpid()}"
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _proved(session: Session, stage: Path, at: str, full: bool, progress: Progress, cancelled: Cancelled) -> About:
    """Open the copy and ask it. Raises UserError("backup-not-good")."""
    database = Database(stage / DATABASE, session.db.key)
    try:
        if not is_whole(database):
            raise UserError("backup-not-good")
        with database.reading() as connection:
            good = copies.heads_hold(connection)
            if good and full:
                good = not checking.verify(connection, progress, cancelled)
            figures = copies.figures(connection)
            schema = connection.exec_driver_sql("PRAGMA user_version").scalar()
    finally:
        database.close()
    for suffix in ("-wal", "-shm"):
        good = good and not Path(f"{stage / DATABASE}{suffix}").exists()
    if not good or figures["entry"] != sum(seq for *_, seq, _ in figures["chains"]):
        raise UserError("backup-not-good")
    return About(
        format=backupfile.FORMAT, committee=session.committee_id, code=session.code, role=session.role,
        device=session.device, at=at, schema=schema or files.SCHEMA, entries=figures["entry"], full=full, sha256={},
    )  # fmt: skip


def is_whole(database: Database) -> bool:
    """Are all pages what was written, and is the file ours?"""
    try:
        with database.reading() as connection:
            ours = connection.exec_driver_sql("PRAGMA application_id").scalar() == files.APPLICATION
        return ours and not database.check()
    except files.BROKEN:
        return False


# ---------------------------------------------------------------- every day


def due(session: Session) -> bool:
    """Was there no verified backup yet today that is still at the usual place?"""
    session.require("status")
    return not any(
        each["verified"] and each["place"] == "first" and each["at"][:10] == session.now().date().isoformat()
        for each in _listed(session)
    )


def daily(session: Session, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Today's backup if it is due, at the usual place and the second one if it is there; old ones are thinned out.

    Whoever opened the workspace: no right of its own. Returns made (as `make`, or None), second ("copied", "missing",
    "full" or None), removed (names).
    """
    session.require("status")
    folder = backup_places.default(session)
    done: Values = {"made": None, "second": None, "removed": []}
    if due(session):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise UserError("backup-unwritable", folder=str(folder)) from None
        done["made"] = _make(session, folder, False, progress, cancelled)
    with session.db.reading() as connection:
        places = backup_places.of(session, connection)
    if len(places) > 1:
        done["second"] = _second(session, places[1], done["made"])
    for place in places:
        done["removed"] += _thin(session, place)
    return done


def _second(session: Session, place: Path, made: Values | None) -> str | None:
    if not place.is_dir():
        return "missing"
    if made is None:
        return None
    try:
        backupfile.copy(Path(made["file"]), place / Path(made["file"]).name)
    except OSError:
        return "full"
    erasure_lists.put_on(session, place, erasure_lists.packed(session))
    return "copied"


def _thin(session: Session, place: Path) -> list[str]:
    """Remove what 7 days, 4 weeks and 6 months do not keep: only this PC's own, only verified ones, never the last."""
    mine = {
        datetime.fromisoformat(each["at"]): Path(each["file"])
        for each in _in(session, place)
        if each["verified"] and each["device"] == session.device
    }
    kept = retention.kept_backups(mine)
    removed = []
    for moment, file in mine.items():
        if moment not in kept:
            with suppress(OSError):
                file.unlink()
                removed.append(file.name)
    return removed


# ---------------------------------------------------------------- telling


def listed(session: Session) -> list[Values]:
    """The backups of this workspace at its places, newest first: file, name, at, size, verified, place ("first" or
    "second"), entries, device, before_erasure (how many erases came after it; they are applied when it is restored)."""
    session.require("backups.make")
    return _listed(session)


def _listed(session: Session) -> list[Values]:
    with session.db.reading() as connection:
        places = backup_places.of(session, connection)
        erased = sorted(each["at"] for each in erasing.told(connection, session.scope(connection)))
    found = []
    for name, place in zip(("first", "second"), places, strict=False):
        for each in _in(session, place):
            later = sum(at > each["at"] for at in erased)
            found.append({**each, "place": name, "before_erasure": later})
    return sorted(found, key=lambda each: each["at"], reverse=True)


def _in(session: Session, place: Path) -> list[Values]:
    with session.db.reading() as connection:
        verified = backup_places.known(connection).verified
    found = []
    for file in sorted(place.glob(f"{PREFIX}-{session.code}-*{SUFFIX}")) if place.is_dir() else ():
        try:
            about, size = backupfile.about(file), file.stat().st_size
        except (UserError, OSError):
            continue
        if about.committee == session.committee_id:
            found.append({
                "file": str(file), "name": file.name, "at": about.at, "size": size, "entries": about.entries,
                "device": about.device, "verified": verified.get(file.name) == size,
            })  # fmt: skip
    return found


def last(session: Session) -> str | None:
    """When the last verified backup was made, wherever it lies now; for the status bar."""
    session.require("status")
    with session.db.reading() as connection:
        return backup_places.known(connection).last or None


# ---------------------------------------------------------------- after a restore


def restored(session: Session) -> Values | None:
    """Since a restore, until what was written after the backup came home: at, backup_at, epochs. None otherwise, and
    where there is nobody who could bring it."""
    session.require("status")
    with session.db.reading() as connection:
        found = recall(connection, RESTORED)
        alone = recall(connection, devices.REGISTRY) is None
    said: Values | None = msgspec.json.decode(found) if found else None
    return None if alone else said


def clear_restored(session: Session) -> None:
    """A bundle that was written after the restore has been merged: the tail is home."""
    with session.db.transaction() as connection:
        if recall(connection, RESTORED):
            keep_secret(connection, RESTORED, b"null")
