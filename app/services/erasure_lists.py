"""The signed list of erasures beside the database and on every backup medium, and what is cleaned after an erase.

`settle` is what everybody calls after erases were written or arrived; it costs one small query when none did.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db import devices, erasing, search
from app.db.connection import Connection
from app.db.erasing import Erase
from app.db.identity import Device
from app.db.local import keep_secret, recall, secret
from app.domain.findings import NotTrusted
from app.exchange import erasurelist, signing
from app.exchange import registry as registries
from app.files import write_atomic
from app.paths import ERASURES
from app.services import backup_places
from app.services.session import Session

SETTLED = "erased"
"""Local: how many erases had been cleaned after and listed."""
PATTERN = "*erasures*.json"


def name_for(session: Session) -> str:
    """The list's name on a medium, where lists of several PCs may lie."""
    return f"erasures-{session.code}-{session.device[:8]}.json"


def settle(session: Session) -> bool:
    """After erases: clean the index and the log, write the list anew. True if there was something to do."""
    with session.db.reading() as connection:
        now, before = erasing.count(connection), int(recall(connection, SETTLED) or 0)
    if now == before and (now == 0 or (session.folder / ERASURES).exists()):
        return False
    with session.db.transaction() as connection:
        search.optimize(connection)
    write_list(session)
    if session.db.truncate():  # else somebody was reading: the log still holds it, the next look tries again
        with session.db.transaction() as connection:
            keep_secret(connection, SETTLED, str(now).encode())
    return True


def write_list(session: Session) -> None:
    """Write the list into the workspace's folder and onto every backup medium that is there."""
    data = packed(session)
    write_atomic(session.folder / ERASURES, data)
    with session.db.reading() as connection:
        folders = backup_places.of(session, connection)
    for folder in folders:
        if folder.is_dir():
            put_on(session, folder, data)


def put_on(session: Session, folder: Path, data: bytes) -> None:
    """A full or locked medium is no reason to stop: the list lies beside the database and in every backup."""
    try:
        write_atomic(folder / name_for(session), data)
    except OSError:
        return


def packed(session: Session) -> bytes:
    with session.db.reading() as connection:
        device = Device.from_bytes(secret(connection, "device"))
        erases = erasing.standing(connection)
    key = Ed25519PrivateKey.from_private_bytes(device.signing)
    return erasurelist.pack(erases, device.id, session.now().isoformat(timespec="seconds"), key)


# ---------------------------------------------------------------- reading, before a restored file opens


def read(connection: Connection, data: bytes) -> list[Erase]:
    """A list's erases, if a device signed it that this file knows: its own, or one of its registry.

    Of another device only what it may erase here: a centre anything, a committee's PC its committee's.
    Raises NotTrusted: erasures-unreadable, erasures-forged.
    """
    own = Device.from_bytes(secret(connection, "device"))
    kept = recall(connection, devices.REGISTRY)
    registry = registries.read_registry(signing.from_bytes(kept, registries.REGISTRY), None) if kept else None

    def key_of(device: str) -> bytes | None:
        if device == own.id:
            return own.verifying
        member = registry.member(device) if registry else None
        return member.signing if member and not member.revoked else None

    listed, lines = erasurelist.unpack(data, key_of)
    member = registry.member(listed.device) if registry and listed.device != own.id else None
    return [Erase(*line) for line in lines if member is None or member.role == "centre" or member.committee == line[0]]


def gathered(connection: Connection, given: Iterable[Path], found: Iterable[Path]) -> tuple[list[Erase], int]:
    """The erases of all lists, and how many lists were not to be trusted; one that was `given` must be."""
    erases: dict[Erase, None] = {}
    for file in given:
        try:
            data = file.read_bytes()
        except OSError:
            raise NotTrusted("erasures-unreadable") from None
        erases |= dict.fromkeys(read(connection, data))
    strange = 0
    for file in found:
        try:
            erases |= dict.fromkeys(read(connection, file.read_bytes()))
        except (OSError, NotTrusted):
            strange += 1
    return list(erases), strange
