"""The bytes of an entry: patches, commitments, heads, digests. What is hashed here is the format for ever.

Format page with test vectors: docs/ledger-format.md (ledger-and-bundles.md §1). A patch is UTF-8 JSON:
`v` {field: new value} · `r` {key: replaced versions} where there are any · `s` [entries seen] of a delete ·
`o` [[entry, [keys], on, {key: replaced marks}]] of an undo. Versions and entries of the writer's own chain
are written short: [n, seq] and [seq]; others [n, device, epoch, seq] and [device, epoch, seq].
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from app.domain.fields import ENTITIES
from app.domain.versions import DELETED, Off, Ref, Row, Version, Write, next_n

ENTRY_CONTEXT = b"loutu-entry-1\0"
NO_DIGEST = bytes(32)
SALT = 16
_json = msgspec.json.Encoder()
_pack = msgspec.msgpack.Encoder()
_unjson = msgspec.json.Decoder()
_unpack = msgspec.msgpack.Decoder(list[tuple[str, bytes | None, bytes | None, bytes]])


class Part(NamedTuple):
    """What an entry says in one retention class. Erasing nulls patch and salt; the commitment stays."""

    retention: str
    patch: bytes | None
    salt: bytes | None
    commitment: bytes


class Chain(NamedTuple):
    """Who writes where: one device's epoch in one committee."""

    device: str
    epoch: str
    committee_id: str


class Head(NamedTuple):
    """All of an entry but its parts, in the order in which it is hashed. Ids and codes only."""

    device: str
    epoch: str
    committee_id: str
    seq: int
    at: str
    account: str
    action: str
    purpose: str
    entity: str
    entity_id: str
    batch: str
    format: int
    erases: list[str]
    detail: dict[str, Any]


def commit(retention: str, patch: Mapping[str, Any]) -> Part:
    """A part with fresh salt; commitment = SHA-256(salt ‖ patch bytes)."""
    data = _json.encode(patch)
    salt = os.urandom(SALT)
    return Part(retention, data, salt, hashlib.sha256(salt + data).digest())


def kept(part: Part) -> bool:
    """Do patch and salt, if they are there, give the commitment?"""
    if part.patch is None or part.salt is None:
        return part.patch is None and part.salt is None
    return hashlib.sha256(part.salt + part.patch).digest() == part.commitment


def digest(previous: bytes, head: Head, parts: Iterable[Part]) -> bytes:
    """SHA-256("loutu-entry-1\\0" ‖ previous digest ‖ head with the ordered commitments)."""
    line = [*head, [[part.retention, part.commitment.hex()] for part in parts]]
    return hashlib.sha256(ENTRY_CONTEXT + previous + _json.encode(line)).digest()


def pack(parts: Iterable[Part]) -> bytes:
    return _pack.encode(list(parts))


def unpack(data: bytes) -> list[Part]:
    return [Part(*part) for part in _unpack.decode(data)]


def load(patch: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = _unjson.decode(patch)
    return loaded


# ---------------------------------------------------------------- keys: a field, or the group it shares a version with

GROUPS: dict[str, dict[str, str]] = {
    entity.key: {field.key: field.group for field in entity.stored if field.group} for entity in ENTITIES.values()
}
GROUP_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    entity: {group: tuple(key for key, of in groups.items() if of == group) for group in groups.values()}
    for entity, groups in GROUPS.items()
}


def key_of(entity: str, field: str) -> str:
    """The name under which a field's versions run: its group's, if it has one."""
    return GROUPS.get(entity, {}).get(field, field)


# ---------------------------------------------------------------- short and long names of versions and entries


def short_version(version: Version, chain: Chain) -> list[Any]:
    n, device, epoch, seq = version
    return [n, seq] if (device, epoch) == chain[:2] else [n, device, epoch, seq]


def short_ref(ref: Ref, chain: Chain) -> list[Any]:
    return [ref[2]] if ref[:2] == chain[:2] else list(ref)


def long_version(value: list[Any], chain: Chain) -> Version:
    return (
        (value[0], chain.device, chain.epoch, value[1]) if len(value) == 2 else (value[0], value[1], value[2], value[3])
    )


def long_ref(value: list[Any], chain: Chain) -> Ref:
    return (chain.device, chain.epoch, value[0]) if len(value) == 1 else (value[0], value[1], value[2])


def _versions(values: Iterable[list[Any]], chain: Chain) -> frozenset[Version]:
    return frozenset(long_version(value, chain) for value in values)


def read_into(row: Row, entity: str, chain: Chain, seq: int, patch: Mapping[str, Any]) -> None:
    """Add what one patch says to a row."""
    ref = (chain.device, chain.epoch, seq)
    replaced = patch.get("r", {})
    values = patch.get("v", {})
    grouped = GROUPS.get(entity, {})
    by_key: dict[str, Any] = {}
    for field, value in values.items():
        if group := grouped.get(field):
            by_key.setdefault(group, {})[field] = value
        else:
            by_key[field] = value
    for key, value in by_key.items():
        replaces = _versions(replaced.get(key, ()), chain)
        seen = frozenset(long_ref(r, chain) for r in patch.get("s", ())) if key == DELETED else frozenset()
        n = next_n(replaces)
        row.keys.setdefault(key, {})[(n, *ref)] = Write(value, replaces, seen)
    for target, keys, on, marks in patch.get("o", ()):
        for key in keys:
            replaces = _versions(marks.get(key, ()), chain)
            n = next_n(replaces)
            row.offs.setdefault((key, long_ref(target, chain)), {})[(n, *ref)] = Off(on, replaces)
