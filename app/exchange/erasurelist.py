"""The signed list of erasures (`erasures.json`): ids only, beside the database, on every backup medium.

    one line: signed document {device, at, count, sha256} | then one erase a line: [committee, entity, row, class, erase]

Whoever restores an older file applies the list before it opens: what was erased does not come back that way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.findings import NotTrusted
from app.exchange import signing

KIND = "erasures"
Line = tuple[str, str, str, str, str]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose list it is (the device that signed it), when it was written, and what lines belong to it."""

    device: str
    at: str
    count: int
    sha256: str


def pack(erases: Iterable[Line], device: str, at: str, key: Ed25519PrivateKey) -> bytes:
    lines = [_encode(list(each)) for each in sorted(set(erases))]
    body = b"".join(line + b"\n" for line in lines)
    listed = Listed(device=device, at=at, count=len(lines), sha256=hashlib.sha256(body).hexdigest())
    return signing.to_bytes(signing.sign(KIND, listed, key)) + b"\n" + body


def unpack(data: bytes, key_of: Callable[[str], bytes | None]) -> tuple[Listed, list[Line]]:
    """key_of: the signing key of a device, None for one that is not known here.

    Raises NotTrusted: erasures-unreadable; erasures-forged for a stranger's list as well as for a changed one.
    """
    head, _, body = data.partition(b"\n")
    signed = signing.from_bytes(head, KIND)
    listed = signing.parse(signed, Listed)
    key = key_of(listed.device)
    if key is None:
        raise NotTrusted("erasures-forged")
    signing.verify(signed, KIND, key)
    if hashlib.sha256(body).hexdigest() != listed.sha256:
        raise NotTrusted("erasures-forged")
    try:
        lines = [_decode(line) for line in body.splitlines()]
    except msgspec.MsgspecError:
        raise NotTrusted("erasures-unreadable") from None
    return listed, lines
