"""The bundle file (.ltb, recognised by content): entries from one device to another, signed and encrypted.

    "LOUTU\\0" | version u8 | suite u8 | age file( manifest length u32 | manifest | signature 64 | payload zstd )

Read in the order of ledger-and-bundles.md §4; each step has a reason code of its own. What the registry,
the ledger and the rights say is the service's to ask between the steps (`app.services.sync`).
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import pyrage
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain import strict
from app.domain.findings import NotTrusted, UserError
from app.exchange.signing import Signed

MAGIC, VERSION, SUITE = b"LOUTU\0", 1, 1
FORMAT = 1
"""Of manifest and payload; a bundle says the smallest that may read it."""
CONTEXT = b"loutu-bundle-1\0"
LARGEST_FILE = 1 << 30
LARGEST_MANIFEST = 64 << 10
LARGEST_INSIDE = 4 << 30
LARGEST_LINE = 16 << 20
LARGEST_SEQ = (1 << 40) - 1
_LENGTH = struct.Struct(">I")
_SIGNATURE = 64
_CHUNK = 1 << 20
_encode = msgspec.json.Encoder(order="deterministic").encode
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises for what is no such JSON; the last for lists within lists without end."""
Kind = Literal["report", "street", "sibling"]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """Entries first … last of one chain; head: the digest after the last, as hex."""

    device: str
    epoch: str
    committee: str
    first: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_SEQ)]
    last: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_SEQ)]
    head: str


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """How far the sender has a chain, and the digest there: the receipt for whoever wrote it."""

    device: str
    epoch: str
    committee: str
    seq: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_SEQ)]
    digest: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed. until: the time of the newest data; registry: the version that the
    sender holds; rings: the ids of the recipient's level-3 keys that it holds."""

    format: int
    reader: int
    version: int
    suite: int
    kind: Kind
    rehearsal: bool
    sender: str
    recipients: tuple[str, ...]
    chains: tuple[Span, ...]
    seen: tuple[Seen, ...]
    refused: tuple[tuple[str, str, str], ...]
    registry: int
    rings: tuple[str, ...]
    at: str
    until: str
    entries: int
    size: int
    sha256: str


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry as it travels; `app.db.merging.Record` by the same names."""

    chain: tuple[str, str, str]
    seq: int
    at: str
    account: str
    action: str
    purpose: str
    entity: str
    id: str
    batch: str
    format: int
    erases: list[str]
    detail: dict[str, Any]
    parts: list[tuple[str, str | None, str | None, str]]


RingKeyId = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z-]{1,40}\\Z")]
RingKey = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class Enclosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The payload's first line.

    registry: the newest one, if the recipient has an older; ring: level-3 keys of the committee, by id; erased: the
    ids of the erasures that the sender has carried out, its confirmation.
    """

    registry: Signed | None = None
    ring: dict[RingKeyId, RingKey] | None = None
    erased: list[str] = []


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle that was decrypted and whose manifest was read; nothing of it is believed before `verify`."""

    manifest: Manifest
    signed: bytes
    signature: bytes
    payload: bytes


# ---------------------------------------------------------------- writing


class Payload:
    """Lines, compressed as they come. size: of all lines before compression."""

    def __init__(self) -> None:
        self.size = 0
        self._out = io.BytesIO()
        self._zstd = zstandard.ZstdCompressor(level=3).stream_writer(self._out, closefd=False)

    def add(self, line: Any) -> None:
        data = msgspec.json.encode(line) + b"\n"
        self._zstd.write(data)
        self.size += len(data)

    def done(self) -> bytes:
        self._zstd.flush(zstandard.FLUSH_FRAME)
        return self._out.getvalue()


def pack(manifest: Manifest, payload: bytes, key: Ed25519PrivateKey, recipients: Iterable[str]) -> bytes:
    """The file's bytes. recipients: age public keys. manifest.sha256 is that of the payload."""
    text = _encode(manifest)
    inside = _LENGTH.pack(len(text)) + text + key.sign(CONTEXT + text) + payload
    to = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    return MAGIC + bytes((VERSION, SUITE)) + bytes(pyrage.encrypt(inside, to))


# ---------------------------------------------------------------- reading, step by step


def is_bundle(data: bytes) -> bool:
    return data.startswith(MAGIC)


def open_(data: bytes, identity: str) -> Opened:
    """Header, decryption, manifest.

    Raises UserError: bundle-too-large, bundle-no-bundle, bundle-newer; NotTrusted: bundle-not-for-me,
    bundle-damaged, bundle-manifest.
    """
    if len(data) > LARGEST_FILE:
        raise UserError("bundle-too-large")
    if not is_bundle(data) or len(data) < len(MAGIC) + 2:
        raise UserError("bundle-no-bundle")
    version, suite = data[len(MAGIC)], data[len(MAGIC) + 1]
    if version > VERSION or suite != SUITE:
        raise UserError("bundle-newer")
    inside = _decrypted(data[len(MAGIC) + 2 :], identity)
    if len(inside) < _LENGTH.size:
        raise NotTrusted("bundle-manifest")
    (length,) = _LENGTH.unpack_from(inside)
    start, end = _LENGTH.size, _LENGTH.size + length
    if length > LARGEST_MANIFEST or len(inside) < end + _SIGNATURE:
        raise NotTrusted("bundle-manifest")
    text = inside[start:end]
    manifest = _manifest(text)
    if (manifest.version, manifest.suite) != (version, suite):
        raise NotTrusted("bundle-manifest")
    return Opened(manifest, text, inside[end : end + _SIGNATURE], inside[end + _SIGNATURE :])


def _decrypted(data: bytes, identity: str) -> bytes:
    try:
        return bytes(pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError as error:
        unknown = "matching" in str(error).lower()
        raise NotTrusted("bundle-not-for-me" if unknown else "bundle-damaged") from None


def _manifest(text: bytes) -> Manifest:
    try:
        asked = msgspec.json.decode(text)
        if isinstance(asked, dict) and isinstance(asked.get("reader"), int) and asked["reader"] > FORMAT:
            raise UserError("bundle-newer")
        manifest = msgspec.json.decode(text, type=Manifest)
    except _UNREADABLE:
        raise NotTrusted("bundle-manifest") from None
    if _encode(manifest) != text or not _is_sound(manifest):
        raise NotTrusted("bundle-manifest")
    return manifest


def _is_sound(manifest: Manifest) -> bool:
    """Each chain once, and times that are times."""
    times = (manifest.at, *filter(None, (manifest.until,)))
    return all(map(strict.is_time, times)) and all(
        len({each[:3] for each in map(msgspec.structs.astuple, some)}) == len(some)
        for some in (manifest.chains, manifest.seen)
    )


def verify(opened: Opened, key: bytes) -> None:
    """Raises NotTrusted("bundle-signature") unless this key signed the manifest."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(opened.signature, CONTEXT + opened.signed)
    except (InvalidSignature, ValueError):
        raise NotTrusted("bundle-signature") from None


def lines(opened: Opened) -> Iterator[bytes]:
    """The payload's lines, once its hash is right; counted while they are unpacked.

    Raises NotTrusted: bundle-payload (hash or compression), bundle-size (more or less than the manifest says).
    """
    if hashlib.sha256(opened.payload).hexdigest() != opened.manifest.sha256:
        raise NotTrusted("bundle-payload")
    if opened.manifest.size > LARGEST_INSIDE:
        raise NotTrusted("bundle-size")
    total, rest = 0, b""
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(opened.payload))
    try:
        while chunk := reader.read(_CHUNK):
            total += len(chunk)
            if total > opened.manifest.size or len(rest) > LARGEST_LINE:
                raise NotTrusted("bundle-size")
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
    except zstandard.ZstdError:
        raise NotTrusted("bundle-payload") from None
    if rest or total != opened.manifest.size:
        raise NotTrusted("bundle-size")


def contents(opened: Opened) -> tuple[Enclosed, Iterator[Line]]:
    """The first line and the entries, strictly as the manifest lists them: chain after chain, seq after seq.

    Raises what `lines` raises and NotTrusted("bundle-schema"), the latter also while iterating.
    """
    found = lines(opened)
    try:
        enclosed = msgspec.json.decode(next(found, b""), type=Enclosed)
    except _UNREADABLE:
        raise NotTrusted("bundle-schema") from None
    return enclosed, _entries(opened.manifest, found)


def _entries(manifest: Manifest, found: Iterator[bytes]) -> Iterator[Line]:
    decode = msgspec.json.Decoder(Line).decode
    number = 0
    try:
        for span in manifest.chains:
            for seq in range(span.first, span.last + 1):
                line = decode(next(found, b""))
                if line.chain != (span.device, span.epoch, span.committee) or line.seq != seq:
                    raise NotTrusted("bundle-schema")
                number += 1
                yield line
    except _UNREADABLE:
        raise NotTrusted("bundle-schema") from None
    if number != manifest.entries or next(found, None) is not None:
        raise NotTrusted("bundle-schema")
