"""A PC joins the street: its request, the centre's approval by the root key, its acceptance of the root's words.

Nobody trusts a file alone: the centre hears the request's words by telephone, the committee the root's
(ledger-and-bundles.md §3). Until then a committee works alone, fully.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db import devices, merging
from app.db.connection import Connection
from app.db.identity import Device
from app.db.local import keep_secret, recall, secret
from app.domain import fingerprints
from app.domain.findings import NotTrusted, UserError
from app.exchange import registry as registries
from app.exchange import rootkey, signing
from app.exchange.registry import Member, Registry, Request, root_words
from app.exchange.signing import Signed
from app.services import erasure_lists
from app.services.session import Session
from app.services.values import Values

# ---------------------------------------------------------------- what stands here


def own_device(connection: Connection) -> Device:
    return Device.from_bytes(secret(connection, "device"))


def held(connection: Connection) -> tuple[Signed, Registry] | None:
    """The registry that this PC trusts; None before enrolment."""
    found, root = recall(connection, devices.REGISTRY), recall(connection, devices.ROOT)
    if found is None or root is None:
        return None
    signed = signing.from_bytes(found, registries.REGISTRY)
    return signed, registries.read_registry(signed, root)


def need(connection: Connection) -> tuple[Signed, Registry]:
    """Raises UserError("not-enrolled")."""
    found = held(connection)
    if found is None:
        raise UserError("not-enrolled")
    return found


def committee_named(connection: Connection, name: str) -> str:
    """The id of an active committee of the street by its code, name or id.

    Raises UserError: not-enrolled, committee-unknown.
    """
    for member in need(connection)[1].active("committee"):
        if name in (member.code, member.name, member.committee):
            return member.committee
    raise UserError("committee-unknown", name=name)


def committee_of(session: Session, name: str) -> str:
    """The same, asked by a service's user."""
    session.require("status")
    with session.db.reading() as connection:
        return committee_named(connection, name)


def keep(connection: Connection, signed: Signed, registry: Registry) -> set[str]:
    """Trust this registry from now on, and ask it anew about every batch. Returns the entities that changed."""
    keep_secret(connection, devices.ROOT, registry.root)
    keep_secret(connection, devices.REGISTRY, signing.to_bytes(signed))
    own = registry.member(own_device(connection).id)
    keep_secret(connection, devices.STOPPED, b"1" if own is not None and own.revoked else b"")
    verdicts: dict[str, dict[str, str | None]] = {}
    for batch, chain, last, rows in devices.batches(connection):
        verdicts.setdefault(chain[2], {})[batch] = registry.verdict(chain, last, rows)
    changed: set[str] = set()
    for committee, said in verdicts.items():
        changed |= merging.refuse(connection, committee, said)
    return changed


def status(session: Session) -> Values:
    """enrolled, root_words, members [{device, committee, name, code, role, revoked}]."""
    with session.db.reading() as connection:
        found = held(connection)
    if found is None:
        return {"enrolled": False, "members": []}
    registry = found[1]
    return {
        "enrolled": True, "root_words": root_words(registry.root), "version": registry.version,
        "until": registry.until, "expired": registry.is_expired(session.now().date()),
        "members": [
            {"device": each.id, "committee": each.committee, "name": each.name, "code": each.code, "role": each.role,
             "revoked": each.revoked}
            for each in registry.members
        ],
    }  # fmt: skip


# ---------------------------------------------------------------- the street begins


def found_street(
    connection: Connection, key: Ed25519PrivateKey, street: str, name: str, code: str, today: date, *, rehearsal: bool
) -> None:
    """A centre pins its root key and writes the first registry, with itself in it."""
    device = own_device(connection)
    root = key.public_key().public_bytes_raw()
    asked = Request(
        committee=street, code=code, name=name, role="centre", signing=device.verifying, recipient=device.recipient,
        rehearsal=rehearsal,
    )  # fmt: skip
    registry = Registry(
        street=street, version=1, until=_until(today), rehearsal=rehearsal, root=root,
        members=(registries.member_of(asked),),
    )  # fmt: skip
    keep(connection, registries.signed_registry(registry, key), registry)


def root_key(file: Path, password: str) -> Ed25519PrivateKey:
    """The root key in a file, made if there is none. Raises what `rootkey` raises."""
    return rootkey.open_(file, password) if file.exists() else rootkey.create(file, password)


# ---------------------------------------------------------------- request, approve, accept, revoke


def _request(session: Session, device: Device) -> Request:
    return Request(
        committee=session.committee_id, code=session.code, name=session.name,
        role="committee" if session.role == "committee" else "centre", signing=device.verifying,
        recipient=device.recipient, rehearsal=session.rehearsal,
    )  # fmt: skip


def request(session: Session, out: Path) -> Values:
    """Write this PC's request. The words are read to the centre by telephone."""
    session.require("devices.enrol")
    with session.db.reading() as connection:
        device = own_device(connection)
    asked = _request(session, device)
    signing.write(out, registries.signed_request(asked, Ed25519PrivateKey.from_private_bytes(device.signing)))
    return {
        "out": str(out), "device": device.id, "fingerprint": asked.fingerprint, "root_words": None,
        "committee": session.committee_id,
    }  # fmt: skip


def look(file: Path) -> Values:
    """Who asks, before anything is approved. Raises NotTrusted: request-unreadable, request-forged."""
    asked = registries.read_request(_read(file, registries.REQUEST))
    return {
        "device": asked.device, "fingerprint": asked.fingerprint, "committee": asked.committee, "code": asked.code,
        "name": asked.name, "role": asked.role,
    }  # fmt: skip


def approve(session: Session, file: Path, root_file: Path, password: str, fingerprint: str, out: Path) -> Values:
    """Take a PC into the registry, sign it with the root key, write the answer.

    Raises NotTrusted: request-unreadable, request-forged, fingerprint-wrong, root-key-other; UserError:
    rehearsal-mixed, not-enrolled, root-key-missing, root-key-damaged; Refused("root-password-wrong").
    """
    session.require("devices.approve")
    asked = registries.read_request(_read(file, registries.REQUEST))
    if not fingerprints.same(fingerprint, asked.fingerprint):
        raise NotTrusted("fingerprint-wrong")
    if asked.rehearsal != session.rehearsal:
        raise UserError("rehearsal-mixed")
    registry = _signed_anew(session, root_file, password, lambda members: _with(members, registries.member_of(asked)))
    signing.write(out, registry)
    return {
        "out": str(out), "device": asked.device, "fingerprint": asked.fingerprint, "committee": asked.committee,
        "root_words": root_words(registries.read_registry(registry, None).root),
    }  # fmt: skip


def renew(session: Session, root_file: Path, password: str) -> Values:
    """Sign the registry anew, unchanged, so that it counts for another while. {version, until}"""
    session.require("devices.approve")
    signed = _signed_anew(session, root_file, password, lambda members: members)
    registry = registries.read_registry(signed, None)
    return {"version": registry.version, "until": registry.until}


def revoke(
    session: Session, device: str, from_seq: int | None, root_file: Path, password: str, *,
    chains: Mapping[str, int] | None = None,
) -> Values:  # fmt: skip
    """Take a device out: what it wrote from some seq on counts nowhere any more.

    from_seq: of the chain it wrote last; of its older ones (before a restore) what came so far still counts. None: all
    that came so far counts; 0: nothing does. chains: another seq for single epochs.
    Raises UserError("device-not-known") and what `approve` raises of the root key.
    """
    session.require("devices.revoke")
    with session.db.reading() as connection:
        known = need(connection)[1].member(device)
        held_here = [chain for chain in devices.chains(connection) if chain.device == device]
    if known is None:
        raise UserError("device-not-known", device=device)
    spans = {}
    for chain in held_here:  # in the order in which they were begun
        newest = chain.n == max(each.n for each in held_here if each.committee == chain.committee)
        first = chain.seq + 1 if from_seq is None or (from_seq and not newest) else from_seq
        spans[f"{chain.epoch}|{chain.committee}"] = (chains or {}).get(chain.epoch, first)
    gone = msgspec.structs.replace(known, revoked=True, from_seq=spans)
    registry = _signed_anew(session, root_file, password, lambda members: _with(members, gone))
    root = registries.read_registry(registry, None).root
    return {"device": device, "committee": known.committee, "root_words": root_words(root), "fingerprint": None}


def accept(session: Session, file: Path, words: str) -> Values:
    """Trust the street: the words of its root key were compared with the centre by telephone.

    Raises NotTrusted: registry-unreadable, registry-forged, registry-old, registry-expired, root-words-wrong, root-other,
    device-not-listed; UserError("rehearsal-mixed").
    """
    session.require("devices.enrol")
    signed = _read(file, registries.REGISTRY)
    with session.db.transaction() as connection:
        before = held(connection)
        pinned = before[1].root if before else None
        registry = registries.read_registry(signed, None, before[1].version if before else 0, session.now().date())
        if pinned is not None and registry.root != pinned:
            raise NotTrusted("root-other")
        if not fingerprints.same(words, root_words(registry.root)):
            raise NotTrusted("root-words-wrong")
        if registry.rehearsal != session.rehearsal:
            raise UserError("rehearsal-mixed")
        device = own_device(connection)
        member = registry.member(device.id)
        if member is None or member.committee != session.committee_id:
            raise NotTrusted("device-not-listed")
        changed = keep(connection, signed, registry)
    erasure_lists.settle(session)
    session.happened(changed)
    return {
        "device": device.id, "root_words": root_words(registry.root), "committee": session.committee_id,
        "fingerprint": _request(session, device).fingerprint,
    }  # fmt: skip


def _signed_anew(
    session: Session, root_file: Path, password: str, change: Callable[[tuple[Member, ...]], tuple[Member, ...]]
) -> Signed:
    key = rootkey.open_(root_file, password)
    with session.db.transaction() as connection:
        _, registry = need(connection)
        if key.public_key().public_bytes_raw() != registry.root:
            raise NotTrusted("root-key-other")
        anew = msgspec.structs.replace(
            registry, version=registry.version + 1, until=_until(session.now().date()), members=change(registry.members)
        )
        signed = registries.signed_registry(anew, key)
        changed = keep(connection, signed, anew)
    session.happened(changed)
    return signed


def _until(today: date) -> str:
    return (today + registries.VALID).isoformat()


def _with(members: tuple[Member, ...], one: Member) -> tuple[Member, ...]:
    return (*(each for each in members if each.id != one.id), one)


def _read(file: Path, kind: str) -> Signed:
    try:
        return signing.read(file, kind)
    except OSError:
        raise UserError("file-unreadable", file=str(file)) from None
