"""Who belongs to the street: committees' and the centre's devices, signed by the root key (ledger-and-bundles.md §3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain import fingerprints, ids
from app.domain.findings import NotTrusted
from app.exchange import signing
from app.exchange.signing import Signed

REGISTRY, REQUEST = "registry", "request"
Chain = tuple[str, str, str]
"""(device, epoch, committee)"""
Role = Literal["committee", "centre"]
VALID = timedelta(days=400)
"""How long a registry counts after it was signed: whoever never hears of a revocation stops trusting in the end."""
OF_CENTRE = frozenset({"account"})
"""What a centre's device may not write in a committee's chain: accounts are the committee's own."""
OF_STREET = frozenset({"group"})
"""What only the street writes; a committee writes one row of `committee`, itself."""


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
    """All devices, as the root key signed them last. A greater `version` takes the place of a smaller one.

    until: the last day (ISO) on which it counts.
    """

    street: str
    version: int
    until: str
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

    def is_expired(self, today: date) -> bool:
        return today.isoformat() > self.until

    def verdict(self, chain: Chain, last: int, rows: Iterable[tuple[str, str]]) -> str | None:
        """Why a batch does not count, or None: a function of its entries and the registry alone.

        last: the seq of its last entry that is no erase, 0 if all are: a later revocation never voids an erase, because
        the bytes are gone. rows: (entity, id) of what it writes.
        Codes: device-unknown, device-elsewhere, device-revoked, row-not-theirs.
        """
        device, epoch, committee = chain
        member = self.member(device)
        if member is None:
            return "device-unknown"
        if member.role == "committee" and member.committee != committee:
            return "device-elsewhere"
        if any(not self._may_write(member, committee, entity, row) for entity, row in rows):
            return "row-not-theirs"
        if member.revoked and last and last >= member.from_seq.get(f"{epoch}|{committee}", 0):
            return "device-revoked"
        return None

    def _may_write(self, member: Member, committee: str, entity: str, row: str) -> bool:
        if member.role == "centre":
            return entity not in OF_CENTRE or committee in (self.street, ids.office_id(self.street))
        return entity not in OF_STREET and (entity != "committee" or row == committee)


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


def read_registry(signed: Signed, root: bytes | None, held: int = 0, today: date | None = None) -> Registry:
    """A registry signed by this root (None: by the one it names, whose words a person then confirms).

    held: the version that stands here. Raises NotTrusted: registry-forged, registry-old, registry-expired (if a day is
    given).
    """
    registry = signing.parse(signed, Registry)
    signing.verify(signed, REGISTRY, root if root is not None else registry.root)
    if registry.root != (root if root is not None else registry.root):
        raise NotTrusted("registry-forged")
    if any(each.id != ids.device_id(each.signing, each.recipient) for each in registry.members):
        raise NotTrusted("registry-forged")
    if registry.version < held:
        raise NotTrusted("registry-old", version=registry.version, held=held)
    if today is not None and registry.is_expired(today):
        raise NotTrusted("registry-expired", until=registry.until)
    return registry


def root_words(root: bytes) -> str:
    return fingerprints.of(root)
