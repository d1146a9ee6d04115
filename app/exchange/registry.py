"""Who belongs to the street: committees' and the centre's devices, signed by the root key (ledger-and-bundles.md §3)."""

from __future__ import annotations

from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain import fingerprints, ids
from app.domain.findings import NotTrusted
from app.exchange import signing
from app.exchange.signing import Signed

REGISTRY, REQUEST = "registry", "request"
Role = Literal["committee", "centre"]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A PC asks to belong to the street; signed with the key that it announces."""

    committee: str
    code: str
    name: str
    role: Role = "committee"
    signing: bytes
    recipient: str
    rehearsal: bool

    @property
    def device(self) -> str:
        return ids.device_id(self.signing, self.recipient)

    @property
    def fingerprint(self) -> str:
        """What both sides read over the telephone: keys, committee and name together."""
        return fingerprints.of(msgspec.json.encode(self, order="deterministic"))


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A device. A revoked one counts up to, not including, `from_seq` of each of its chains (not listed: from 0)."""

    id: str
    committee: str
    code: str
    name: str
    role: Role
    signing: bytes
    recipient: str
    revoked: bool = False
    from_seq: dict[str, int] = {}


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All devices, as the root key signed them last. A greater `version` takes the place of a smaller one."""

    street: str
    version: int
    rehearsal: bool
    root: bytes
    members: tuple[Member, ...] = ()

    def member(self, device: str) -> Member | None:
        return next((each for each in self.members if each.id == device), None)

    def active(self, role: str | None = None, committee: str | None = None) -> list[Member]:
        return [
            each
            for each in self.members
            if not each.revoked and role in (None, each.role) and committee in (None, each.committee)
        ]

    def verdict(self, device: str, epoch: str, committee: str, seq: int) -> str | None:
        """Why an entry does not count, or None: a function of the entry and the registry alone."""
        member = self.member(device)
        if member is None:
            return "device-unknown"
        if member.role == "committee" and member.committee != committee:
            return "device-elsewhere"
        if member.revoked and seq >= member.from_seq.get(f"{epoch}|{committee}", 0):
            return "device-revoked"
        return None


def member_of(request: Request) -> Member:
    return Member(
        id=request.device, committee=request.committee, code=request.code, name=request.name, role=request.role,
        signing=request.signing, recipient=request.recipient,
    )  # fmt: skip


def signed_request(request: Request, key: Ed25519PrivateKey) -> Signed:
    return signing.sign(REQUEST, request, key)


def read_request(signed: Signed) -> Request:
    """Raises NotTrusted("request-forged") unless it is signed with the key that it announces."""
    request = signing.parse(signed, Request)
    signing.verify(signed, REQUEST, request.signing)
    return request


def signed_registry(registry: Registry, root: Ed25519PrivateKey) -> Signed:
    return signing.sign(REGISTRY, registry, root)


def read_registry(signed: Signed, root: bytes | None, held: int = 0) -> Registry:
    """A registry signed by this root (None: by the one it names, whose words a person then confirms).

    held: the version that stands here. Raises NotTrusted: registry-forged, registry-old.
    """
    registry = signing.parse(signed, Registry)
    signing.verify(signed, REGISTRY, root if root is not None else registry.root)
    if registry.root != (root if root is not None else registry.root):
        raise NotTrusted("registry-forged")
    if any(each.id != ids.device_id(each.signing, each.recipient) for each in registry.members):
        raise NotTrusted("registry-forged")
    if registry.version < held:
        raise NotTrusted("registry-old", version=registry.version, held=held)
    return registry


def root_words(root: bytes) -> str:
    return fingerprints.of(root)
