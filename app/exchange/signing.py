"""Signed documents: exact bytes with an Ed25519 signature, verified before they are parsed.

A document is deterministic JSON of a closed shape; whatever is not exactly what we would have written
(another order, a doubled key, an unknown one) is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.findings import NotTrusted
from app.files import write_atomic

T = TypeVar("T")
LARGEST = 4 << 20
_encode = msgspec.json.Encoder(order="deterministic").encode


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lies in a file or a bundle: the document's bytes and the signature over context and bytes."""

    kind: str
    document: bytes
    signature: bytes


def sign(kind: str, document: object, key: Ed25519PrivateKey) -> Signed:
    data = _encode(document)
    return Signed(kind, data, key.sign(_context(kind) + data))


def verify(signed: Signed, kind: str, key: bytes) -> None:
    """Raises NotTrusted(`<kind>-forged`) unless this key signed these bytes as this kind of document."""
    try:
        if signed.kind != kind:
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(key).verify(signed.signature, _context(kind) + signed.document)
    except (InvalidSignature, ValueError):
        raise NotTrusted(f"{kind}-forged") from None


def parse(signed: Signed, shape: type[T]) -> T:
    """The document; its bytes must be exactly what `sign` makes of it. Raises NotTrusted(`<kind>-forged`)."""
    try:
        document = msgspec.json.decode(signed.document, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotTrusted(f"{signed.kind}-forged") from None
    if _encode(document) != signed.document:
        raise NotTrusted(f"{signed.kind}-forged")
    return document


def to_bytes(signed: Signed) -> bytes:
    return _encode(signed)


def from_bytes(data: bytes, kind: str) -> Signed:
    """Raises NotTrusted(`<kind>-unreadable`) for anything else."""
    try:
        if len(data) > LARGEST:
            raise msgspec.DecodeError
        signed = msgspec.json.decode(data, type=Signed)
        if signed.kind != kind:
            raise msgspec.DecodeError
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotTrusted(f"{kind}-unreadable") from None
    return signed


def write(file: Path, signed: Signed) -> None:
    write_atomic(file, to_bytes(signed))


def read(file: Path, kind: str) -> Signed:
    """Raises UserError("file-missing"), NotTrusted(`<kind>-unreadable`)."""
    return from_bytes(file.read_bytes(), kind)


def _context(kind: str) -> bytes:
    return f"loutu-{kind}-1".encode() + b"\0"
