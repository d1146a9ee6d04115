"""What attacks on bundles are made with: real bundles of a small street taken apart, changed, signed and put together."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pyrage
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db.entries import NO_DIGEST, Chain, digest
from app.db.identity import Device
from app.db.travelling import head_of, part_of
from app.domain.findings import UserError
from app.exchange import bundles
from app.services import enrolment, sync
from app.services.session import Session
from tests.street import Street

Line = dict[str, Any]
SALT = "AAECAwQFBgcICQoLDA0ODw=="


def encode(value: Any) -> bytes:
    """Keys in the order in which they were, as the format has it."""
    return msgspec.json.encode(value, order=None if isinstance(value, dict) else "deterministic")


def own(session: Session) -> Device:
    with session.db.reading() as connection:
        return enrolment.own_device(connection)


def state(session: Session) -> str:
    """A hash over every table of the file."""
    said = hashlib.sha256()
    with session.db.reading() as connection:
        tables = [
            name for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'words%' ORDER BY name"
            )
        ]  # fmt: skip
        for table in tables:
            said.update(table.encode())
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()
            said.update("\n".join(sorted(repr(tuple(row)) for row in rows)).encode())
        words = connection.exec_driver_sql("SELECT count(*), coalesce(max(rowid), 0) FROM words").one()
    said.update(repr(tuple(words)).encode())
    return said.hexdigest()


def taken(session: Session, file: Path) -> str | None:
    """The code with which the real reader turns a file away; None if it took it. Anything but a UserError gets out."""
    try:
        sync.merge_one(session, file)
    except UserError as error:
        return error.code
    return None


def inside(data: bytes, identity: str) -> tuple[bytes, bytes, bytes]:
    """Manifest, signature, payload of a bundle."""
    plain = bytes(pyrage.decrypt(data[8:], [pyrage.x25519.Identity.from_str(identity)]))
    (length,) = struct.unpack_from(">I", plain)
    return plain[4 : 4 + length], plain[4 + length : 68 + length], plain[68 + length :]


def sealed(plain: bytes, recipient: str, head: bytes = b"LOUTU\0\1\1") -> bytes:
    return head + bytes(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)]))


def framed(manifest: bytes, signature: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(manifest)) + manifest + signature + payload


def unpacked(payload: bytes) -> list[bytes]:
    return zstandard.ZstdDecompressor().decompressobj().decompress(payload).split(b"\n")[:-1]


@dataclass
class Forge:
    """A real bundle of one device for another, and that device's keys."""

    street: Street
    sender: Device
    receiver: Session
    file: Path
    manifest: dict[str, Any] = field(init=False)
    lines: list[bytes] = field(init=False)
    recipient: str = field(init=False)

    def __post_init__(self) -> None:
        device = own(self.receiver)
        self.recipient = device.recipient
        manifest, _, payload = inside(self.file.read_bytes(), device.identity)
        self.manifest, self.lines = msgspec.json.decode(manifest), unpacked(payload)

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.sender.signing)

    @property
    def entries(self) -> list[Line]:
        return [msgspec.json.decode(line) for line in self.lines[1:]]

    def signed(self, manifest: Any, payload: bytes, to: str | None = None) -> Path:
        text = manifest if isinstance(manifest, bytes) else encode(manifest)
        made = self.street.folder / "forged.ltb"
        plain = framed(text, self.key.sign(bundles.CONTEXT + text), payload)
        made.write_bytes(sealed(plain, to or self.recipient))
        return made

    def with_payload(self, raw: bytes, payload: bytes | None = None, **more: Any) -> Path:
        """Lines as they are, signed with the right hash and sizes. more: what the manifest says instead."""
        packed = zstandard.ZstdCompressor(level=1).compress(raw) if payload is None else payload
        said = {**self.manifest, "size": len(raw), "sha256": hashlib.sha256(packed).hexdigest(), **more}
        return self.signed(said, packed)

    def with_lines(self, lines: list[bytes], **more: Any) -> Path:
        return self.with_payload(b"".join(line + b"\n" for line in lines), **more)

    def with_entries(self, entries: list[Line], **more: Any) -> Path:
        """Whole chains of entries, as a device would send them; spans and heads are made anew."""
        spans: dict[tuple[str, ...], list[Any]] = {}
        for line in entries:
            chain = tuple(line["chain"])
            span = spans.setdefault(chain, [*chain, line["seq"], line["seq"], ""])
            head = bytes.fromhex(span[5]) if span[5] else self.before(chain, line["seq"])
            span[4] = line["seq"]
            span[5] = digest(head, head_of(Chain(*chain), line), [part_of(part) for part in line["parts"]]).hex()
        said: dict[str, Any] = {"chains": list(spans.values()), "entries": len(entries), **more}
        return self.with_lines([self.lines[0], *map(msgspec.json.encode, entries)], **said)

    def before(self, chain: tuple[str, ...], seq: int) -> bytes:
        """The digest on which an entry stands, as the receiver has it."""
        if seq <= 1:
            return NO_DIGEST
        with self.receiver.db.reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT e.digest FROM entry e JOIN chain c ON e.id = (c.n << 40) | ? WHERE c.device = ? AND c.epoch = ?"
                " AND c.committee_id = ?", (seq - 1, *chain),
            ).fetchone()  # fmt: skip
        return bytes(found[0]) if found else NO_DIGEST


def part(retention: str, patch: Any, salt: str = SALT) -> list[Any]:
    """A part with its right commitment."""
    text = patch if isinstance(patch, str) else msgspec.json.encode(patch).decode()
    raw = msgspec.json.decode(f'"{salt}"', type=bytes)
    return [retention, text, salt, hashlib.sha256(raw + text.encode()).hexdigest()]


def first_resident(session: Session) -> str:
    with session.db.reading() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM resident ORDER BY n LIMIT 1").scalar())


class Undone(Exception):  # noqa: N818 -- says what happened
    pass


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Whatever is written inside is taken back, even what was taken."""
    real = session.db
    with suppress(Undone), real.transaction() as connection:
        session.db = _Within(connection)  # type: ignore[assignment]
        try:
            yield
        finally:
            session.db = real
        raise Undone


class _Within:
    """A database whose transactions are all the one that is open."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def transaction(self) -> _Within:
        return self

    reading = transaction

    def __enter__(self) -> Any:
        return self.connection

    def __exit__(self, *rest: object) -> None:
        return None
