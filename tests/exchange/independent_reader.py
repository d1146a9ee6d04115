"""A second reader of bundles, written from docs/bundle-format.md and docs/ledger-format.md; it knows nothing of the program.

It stops where the page points to the field catalogue: what an entry may say is not judged here, only how it says it.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
from base64 import b64decode
from typing import Any

import pyrage
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TEXT, NUMBER, LIST, YES = str, int, list, bool
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d(?::\d\d)?|Z)?", re.ASCII)
MANIFEST = {
    "format": NUMBER, "reader": NUMBER, "version": NUMBER, "suite": NUMBER, "kind": TEXT, "rehearsal": YES, "sender": TEXT,
    "recipients": LIST, "chains": LIST, "seen": LIST, "refused": LIST, "registry": NUMBER, "rings": LIST, "at": TEXT,
    "until": TEXT, "entries": NUMBER, "size": NUMBER, "sha256": TEXT,
}  # fmt: skip
LINE = {
    "chain": LIST, "seq": NUMBER, "at": TEXT, "account": TEXT, "action": TEXT, "purpose": TEXT, "entity": TEXT, "id": TEXT,
    "batch": TEXT, "format": NUMBER, "erases": LIST, "detail": dict, "parts": LIST,
}  # fmt: skip
REGISTRY = {"street": TEXT, "version": NUMBER, "until": TEXT, "rehearsal": YES, "root": TEXT, "members": LIST}
MEMBER = {
    "id": TEXT, "committee": TEXT, "code": TEXT, "name": TEXT, "role": TEXT, "signing": TEXT, "recipient": TEXT,
    "revoked": YES, "from_seq": dict,
}  # fmt: skip
SPAN, SEEN, REFUSED = (TEXT,) * 3 + (NUMBER, NUMBER, TEXT), (TEXT,) * 3 + (NUMBER, TEXT), (TEXT,) * 3
FIRST = {"registry", "ring", "erased"}


class Wrong(Exception):  # noqa: N818
    """str() is the page's code."""


def plain(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def fits(value: Any, kind: Any) -> bool:
    """kind: a type, a tuple of types for a list of that shape, or a dict of keys."""
    if isinstance(kind, dict):
        return isinstance(value, dict) and list(value) == list(kind) and all(fits(value[k], t) for k, t in kind.items())
    if isinstance(kind, tuple):
        return isinstance(value, list) and len(value) == len(kind) and all(map(fits, value, kind))
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def exactly(data: bytes, kind: dict[str, Any], code: str) -> dict[str, Any]:
    """JSON that is byte for byte what a writer makes of it."""
    try:
        value = json.loads(data)
        if isinstance(value, dict) and "reader" in kind and fits(value.get("reader"), int) and value["reader"] > 1:
            raise Wrong("bundle-newer")
        if not fits(value, kind) or plain(value) != data:
            raise Wrong(code)
    except (ValueError, RecursionError):
        raise Wrong(code) from None
    return dict(value)


def verified(key: bytes, signature: bytes, data: bytes, code: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        raise Wrong(code) from None


def registry_of(signed: dict[str, Any], root: bytes) -> dict[str, Any]:
    """§4: the registry in a signed document, by a root that is trusted."""
    document = b64decode(signed["document"])
    registry = exactly(document, REGISTRY, "registry-forged")
    if signed["kind"] != "registry" or b64decode(registry["root"]) != root:
        raise Wrong("registry-forged")
    verified(root, b64decode(signed["signature"]), b"loutu-registry-1\0" + document, "registry-forged")
    for member in registry["members"]:
        if not fits(member, MEMBER):
            raise Wrong("registry-forged")
        named = b"loutu-device-1\0" + b64decode(member["signing"]) + member["recipient"].encode()
        if member["id"] != hashlib.sha256(named).hexdigest()[:32]:
            raise Wrong("registry-forged")
    return registry


def opened(data: bytes, identity: str) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """Steps 1 to 5: manifest, its bytes, signature, payload."""
    if len(data) > 1 << 30:
        raise Wrong("bundle-too-large")
    if data[:6] != b"LOUTU\0" or len(data) < 8:
        raise Wrong("bundle-no-bundle")
    if data[6] > 1 or data[7] != 1:
        raise Wrong("bundle-newer")
    try:
        inside = bytes(pyrage.decrypt(data[8:], [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError as error:
        raise Wrong("bundle-not-for-me" if "matching" in str(error).lower() else "bundle-damaged") from None
    length = struct.unpack_from(">I", inside)[0] if len(inside) >= 4 else 1 << 32
    if length > 65_536 or len(inside) < 4 + length + 64:
        raise Wrong("bundle-manifest")
    text = inside[4 : 4 + length]
    manifest = exactly(text, MANIFEST, "bundle-manifest")
    shapes = (("chains", SPAN), ("seen", SEEN), ("refused", REFUSED), ("recipients", TEXT), ("rings", TEXT))
    right = all(fits(each, shape) for key, shape in shapes for each in manifest[key])
    numbers = [n for span in manifest["chains"] for n in span[3:5]] + [seen[3] + 1 for seen in manifest["seen"]]
    once = all(len({tuple(each[:3]) for each in manifest[key]}) == len(manifest[key]) for key in ("chains", "seen"))
    if (
        not (right and once and all(map(TIME.fullmatch, filter(None, (manifest["at"] or "-", manifest["until"])))))
        or not all(1 <= n <= 1 << 40 for n in numbers)
        or any(n == 1 << 40 for span in manifest["chains"] for n in span[3:5])
        or manifest["kind"] not in ("report", "street", "sibling")
    ):
        raise Wrong("bundle-manifest")
    if (manifest["version"], manifest["suite"]) != (data[6], data[7]):
        raise Wrong("bundle-manifest")
    return manifest, text, inside[4 + length : 68 + length], inside[68 + length :]


def unpacked(payload: bytes, size: int) -> list[bytes]:
    """Steps 11 and 12, after the hash."""
    if size > 4 << 30:
        raise Wrong("bundle-size")
    made, reader = b"", zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(payload))
    try:
        while piece := reader.read(1 << 16):
            made += piece
            if len(made) > size:
                raise Wrong("bundle-size")
    except zstandard.ZstdError:
        raise Wrong("bundle-payload") from None
    *lines, rest = made.split(b"\n")
    if rest or len(made) != size or max(map(len, lines), default=0) > 1 << 24:
        raise Wrong("bundle-size")
    return lines


def entry(data: bytes, chain: list[Any], seq: int) -> dict[str, Any]:
    """Steps 15 and 17 of one line."""
    try:
        line = json.loads(data)
    except (ValueError, RecursionError):
        raise Wrong("bundle-schema") from None
    if not isinstance(line, dict) or not fits({key: line.get(key) for key in LINE}, LINE) or len(line) != len(LINE):
        raise Wrong("bundle-schema")
    if line["chain"] != chain or line["seq"] != seq or line["format"] < 1:
        raise Wrong("bundle-schema")
    if line["format"] > 1:
        raise Wrong("bundle-newer")
    for part in line["parts"]:
        if not (isinstance(part, list) and len(part) == 4 and re.fullmatch("[0-9a-f]{64}", str(part[3]))):
            raise Wrong("bundle-schema")
        if (part[1] is None) != (part[2] is None):
            raise Wrong("bundle-schema")
        if part[1] is not None and hashlib.sha256(b64decode(part[2]) + part[1].encode()).hexdigest() != part[3]:
            raise Wrong("ledger-forged")
    return line


def digest(before: bytes, line: dict[str, Any]) -> bytes:
    names = ("at", "account", "action", "purpose", "entity", "id", "batch", "format", "erases", "detail")
    head = [*line["chain"], line["seq"], *(line[name] for name in names), [[p[0], p[3]] for p in line["parts"]]]
    return hashlib.sha256(b"loutu-entry-1\0" + before + plain(head)).digest()


def read(data: bytes, me: dict[str, Any]) -> dict[str, Any]:
    """manifest, first line, entries, and the digest after each chain's last entry.

    me: identity, device, role, committee, rehearsal, today, registry (the signed document held), root (raw), and
    digests {"device|epoch|committee|seq": hex} of what is held.
    """
    manifest, text, signature, payload = opened(data, me["identity"])
    registry = registry_of(me["registry"], me["root"])
    sender = next((each for each in registry["members"] if each["id"] == manifest["sender"]), None)
    if sender is None:
        raise Wrong("bundle-sender-unknown")
    if sender["revoked"]:
        raise Wrong("bundle-sender-revoked")
    verified(b64decode(sender["signing"]), signature, b"loutu-bundle-1\0" + text, "bundle-signature")
    if me["device"] not in manifest["recipients"]:
        raise Wrong("bundle-not-for-me")
    if manifest["rehearsal"] != me["rehearsal"]:
        raise Wrong("bundle-rehearsal" if manifest["rehearsal"] else "bundle-real")
    for span in manifest["chains"]:
        carries = sender["role"] == "centre" or span[2] in (sender["committee"], registry["street"])
        if not carries or (me["role"] != "centre" and span[2] not in (me["committee"], registry["street"])):
            raise Wrong("bundle-chains")
    if hashlib.sha256(payload).hexdigest() != manifest["sha256"]:
        raise Wrong("bundle-payload")
    lines = unpacked(payload, manifest["size"])
    try:
        first = json.loads(lines[0]) if lines else None
    except (ValueError, RecursionError):
        first = None
    if not isinstance(first, dict) or not set(first) <= FIRST or not isinstance(first.get("erased", []), list):
        raise Wrong("bundle-schema")
    if first.get("registry") is not None:
        came = registry_of(first["registry"], me["root"])
        registry = came if came["version"] > registry["version"] else registry
    if me["today"] > registry["until"]:
        raise Wrong("registry-expired")
    return {"manifest": manifest, "first": first} | chains_of(manifest, lines[1:], me["digests"])


def chains_of(manifest: dict[str, Any], lines: list[bytes], held: dict[str, str]) -> dict[str, Any]:
    entries, heads, aside, waiting = [], {}, {}, iter(lines)
    for *chain, first, last, head in manifest["chains"]:
        name = "|".join(chain)
        before = bytes(32) if first == 1 else bytes.fromhex(held.get(f"{name}|{first - 1}", ""))
        for seq in range(first, last + 1):
            line = entry(next(waiting, b""), chain, seq)
            if not before:
                aside[name] = "ledger-gap"
                continue
            before = digest(before, line)
            if held.get(f"{name}|{seq}", before.hex()) != before.hex():
                aside[name] = "ledger-fork"
            entries.append(line)
        heads[name] = before.hex()
        if name not in aside and heads[name] != head:
            aside[name] = "ledger-fork"
    if next(waiting, None) is not None or len(lines) != manifest["entries"]:
        raise Wrong("bundle-schema")
    return {"entries": entries, "heads": heads, "aside": aside}
