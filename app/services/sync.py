"""同步: what goes to the other PCs as bundles, and what comes from them (ledger-and-bundles.md §4).

Longer than most files: out and in are one rule, read from both ends. For all directions: a bundle carries, of every
chain the recipient may hold, what lies beyond what the recipient announced last. What a side has is announced in its
next bundle; from the centre that is the receipt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import faults
from app.db import devices, history, merging
from app.db.connection import Connection
from app.db.devices import Announced, Held
from app.db.identity import Device
from app.domain.findings import NotTrusted, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange import bundles
from app.exchange import registry as registries
from app.exchange.bundles import Enclosed, Manifest, Opened, Payload, Seen, Span
from app.exchange.registry import Member, Registry
from app.exchange.signing import Signed
from app.files import ReadBackError, write_atomic
from app.services import (
    arrival_doubles,
    backups,
    conflicts,
    enrolment,
    erasure_lists,
    health_checks,
    moves,
    numbers,
    receiving,
    stubs,
)
from app.services.session import Session
from app.services.values import Values

SUFFIX = ".ltb"


# ---------------------------------------------------------------- out


def export(
    session: Session,
    out: Path,
    *,
    to: tuple[str, ...] = (),
    sibling: bool = False,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> list[Values]:
    """Write a bundle for every PC that has something to learn; an empty list if none has.

    to: codes, names or ids of committees (at a centre). sibling: for the other PCs of this committee.
    Raises UserError: not-enrolled, committee-unknown, folder-missing, bundle-not-written, bundle-unwritable; Refused.
    """
    session.require("bundles.export")
    if not out.is_dir():
        raise UserError("folder-missing", folder=str(out))
    with session.db.reading() as connection:
        registry = _valid(session, connection)
        peers = [
            peer
            for peer in peers_of(session, connection, registry, to, sibling)
            if has_news(session, connection, registry, peer)
        ]
    made = []
    for peer in peers:
        made.append(bundle_for(session, out, peer, progress, cancelled, note=_noted))
    return made


def _noted(session: Session, peer: Member, entries: int, persons: int) -> None:
    """What leaves is entered before it is written."""
    said = {"kind": "bundle", "to": peer.name, "persons": persons, "entries": entries, "fields": ["all"]}
    with session.noting("export", purpose="report") as writing:
        writing.act("export", "bundle", peer.id, said)


def peers_of(
    session: Session, connection: Connection, registry: Registry, to: tuple[str, ...], sibling: bool
) -> list[Member]:
    others = [each for each in registry.active() if each.id != session.device]
    if session.role == "centre":
        given = session.given(connection).committees
        committees = [
            each for each in others if each.role == "committee" and (given is None or each.committee in given)
        ]
        if not to:
            return committees
        known = {name: each for each in committees for name in (each.code, each.name, each.committee)}
        if unknown := [name for name in to if name not in known]:
            raise UserError("committee-unknown", name=unknown[0])
        return [each for each in committees if {each.code, each.name, each.committee} & set(to)]
    if sibling:
        return [each for each in others if each.committee == session.committee_id]
    return [each for each in others if each.role == "centre"]


def _shared_chains(connection: Connection, registry: Registry, peer: Member) -> list[Held]:
    """The chains that the recipient may hold: a centre all, a committee its own and the street's."""
    if peer.role == "centre":
        return devices.chains(connection)
    return [*devices.chains(connection, peer.committee), *devices.chains(connection, registry.street)]


def spans_of(connection: Connection, registry: Registry, peer: Member, said: Announced) -> list[tuple[Held, int]]:
    """(chain, seq after which to send). A digest that differs from ours is a fork: the recipient is told by ours."""
    found = []
    for chain in _shared_chains(connection, registry, peer):
        seq, digest = said.seq_of(chain.key)
        if chain.key in said.forked:
            found.append((chain, 0))
        elif seq <= chain.seq:
            agreed = seq == 0 or devices.digest_at(connection, chain, seq) == digest
            found.append((chain, seq if agreed else 0))
    return [(chain, after) for chain, after in found if after < chain.seq]


def has_news(session: Session, connection: Connection, registry: Registry, peer: Member) -> bool:
    said = devices.announced(connection, peer.id)
    if any(devices.has_news(connection, chain, after) for chain, after in spans_of(connection, registry, peer, said)):
        return True
    if registry.version > said.registry or _ring_owed(session, peer, said):
        return True
    told = {tuple(chain): seq for *chain, seq, _ in said.told}
    mine = {chain.key for chain in _shared_chains(connection, registry, peer) if chain.device == session.device}
    return any(
        chain.seq > told.get(chain.key, 0) and devices.has_news(connection, chain, told.get(chain.key, 0))
        for chain in _shared_chains(connection, registry, peer)
        if chain.key not in mine
    )


def _ring_owed(session: Session, peer: Member, said: Announced) -> dict[str, bytes]:
    """The level-3 keys of the committee between the two that this PC has and the other has not said to have.

    To the centre they go after enrolment and whenever they grow; from it they come to a further or a new PC of the
    committee; two PCs of one committee give each other theirs.
    """
    if session.role == peer.role == "centre":
        return {}
    return {key: value for key, value in session.ring_keys(_between(session, peer)).items() if key not in said.ring}


def bundle_for(
    session: Session, out: Path, peer: Member, progress: Progress = quiet, cancelled: Cancelled = never,
    note: Callable[[Session, Member, int, int], None] | None = None,
) -> Values:  # fmt: skip
    """Write the bundle for one PC, whether or not there is news for it. Raises what `export` raises.

    note: told how many entries and persons are in it, before it is written.
    """
    now = session.now()
    with session.db.reading() as connection:
        signed, registry = enrolment.need(connection)
        device = enrolment.own_device(connection)
        said = devices.announced(connection, peer.id)
        spans = spans_of(connection, registry, peer, said)
        payload, total = Payload(), sum(chain.seq - after for chain, after in spans)
        payload.add(Enclosed(
            registry=signed if registry.version > said.registry else None,
            ring=_ring_owed(session, peer, said) or None,
            erased=history.erased(connection, [_between(session, peer)]),
        ))  # fmt: skip
        done, persons = 0, set()
        for chain, after in spans:
            for record in merging.records(connection, chain.n, after):
                if done % 2_000 == 0:
                    progress(done, total, "bundle-write")
                    check(cancelled)
                payload.add(record)
                done += 1
                if record["entity"] == "resident":
                    persons.add(record["id"])
        manifest = _manifest(session, connection, registry, peer, spans, payload, now.isoformat(timespec="seconds"))
        data = payload.done()
        manifest = msgspec.structs.replace(manifest, entries=done, sha256=hashlib.sha256(data).hexdigest())
    file = out / f"楼图-{session.code}-{peer.code}-{now:%Y%m%d%H%M%S}-{peer.id[:4]}{SUFFIX}"
    key = Ed25519PrivateKey.from_private_bytes(device.signing)
    if note is not None:
        note(session, peer, done, len(persons))
    try:
        write_atomic(file, bundles.pack(manifest, data, key, (peer.recipient,)), verify=True)
    except ReadBackError:
        raise UserError("bundle-not-written", file=str(file)) from None
    except OSError:
        raise UserError("bundle-unwritable", file=str(file)) from None
    _remember_told(session, peer, manifest)
    return {
        "file": str(file), "to": peer.name, "kind": manifest.kind, "entries": done,
        "chains": [
            {"device": span.device, "epoch": span.epoch, "committee": span.committee, "first": span.first,
             "last": span.last}
            for span in manifest.chains
        ],
    }  # fmt: skip


def _manifest(
    session: Session, connection: Connection, registry: Registry, peer: Member, spans: list[tuple[Held, int]],
    payload: Payload, at: str,
) -> Manifest:  # fmt: skip
    chains = _shared_chains(connection, registry, peer)
    committees = {chain.committee for chain in chains} or {session.committee_id}
    return Manifest(
        format=bundles.FORMAT, reader=bundles.FORMAT, version=bundles.VERSION, suite=bundles.SUITE,
        kind="street" if session.role == "centre" else "report" if peer.role == "centre" else "sibling",
        rehearsal=session.rehearsal, sender=session.device, recipients=(peer.id,),
        chains=tuple(Span(*chain.key, after + 1, chain.seq, chain.head.hex()) for chain, after in spans),
        seen=tuple(Seen(*chain.key, chain.seq, chain.head.hex()) for chain in chains),
        refused=tuple(devices.refused(connection, None if peer.role == "centre" else peer.committee)),
        registry=registry.version, at=at,
        rings=session.ring_ids(connection, _between(session, peer)),
        until=max((history.last_change(connection, each) or "" for each in committees), default=""),
        entries=0, size=payload.size, sha256="",
    )  # fmt: skip


def _remember_told(session: Session, peer: Member, manifest: Manifest) -> None:
    with session.db.transaction() as connection:
        said = devices.announced(connection, peer.id)
        said.told = [(each.device, each.epoch, each.committee, each.seq, each.digest) for each in manifest.seen]
        devices.keep_announced(connection, peer.id, said)


# ---------------------------------------------------------------- in


def inspect(session: Session, file: Path) -> Values:
    """What a bundle says of itself, once its sender is known. Raises what `merge` says in `error`."""
    session.require("bundles.inspect")
    with session.db.reading() as connection:
        opened, sender, _, _ = _trusted(session, connection, file)
    manifest = opened.manifest
    return {
        "file": str(file), "from": sender.name, "kind": manifest.kind, "entries": manifest.entries, "at": manifest.at,
        "until": manifest.until,
        "chains": [msgspec.to_builtins(span) for span in manifest.chains],
    }  # fmt: skip


def merge(
    session: Session, files: list[Path], *, progress: Progress = quiet, cancelled: Cancelled = never
) -> list[Values]:
    """Take bundles in, each in one transaction of its own.

    Returns per file: file, applied, duplicates, refused [{batch, code}], conflicts, aside [{code, device, …}] (chains
    that were put aside), notices, rewritten (own entries written again after a fork), moves (people carried between committees)
    and error (None, or the UserError that stopped this file; the others go on).
    """
    session.require("bundles.merge")
    results = []
    for file in files:
        check(cancelled)
        try:
            done = merge_one(session, file, progress, cancelled) | {"moves": []}
        except Exception as fault:  # one file's fault, ours or another's, leaves the others of the stick alone
            results.append({
                "file": str(file), "applied": 0, "duplicates": 0, "refused": [], "conflicts": 0, "aside": [],
                "notices": [], "rewritten": 0, "moves": [], "error": _as_told(fault),
            })  # fmt: skip
            continue
        results.append(done)
        _tell_faults(done, partial(_follow, session, done))
    if taken := [each for each in results if each["error"] is None]:  # once for all of them
        _tell_faults(taken[-1], partial(numbers.settle, session, progress, cancelled))
    return results


def _tell_faults(done: Values, follow: Callable[[], object]) -> None:
    """The bundle is in: a fault of what follows from it is only told, and it is tried again after the next one."""
    try:
        follow()
    except Exception as fault:
        told = _as_told(fault)
        done["notices"].append({"code": told.code, **told.details})


def _as_told(fault: Exception) -> UserError:
    """What people are told of a fault; one of ours leaves its place in the log."""
    return fault if isinstance(fault, UserError) else UserError("our-fault", log=str(faults.note(fault)))


def _follow(session: Session, done: Values) -> None:
    """What follows from a bundle that is in: the trace, people who move, the cleaning after erasures, a restore's end."""
    with session.noting("receive") as writing:
        writing.act("receive", "bundle", done["sender"], {"applied": done["applied"]})
    done["moves"] = moves.carry(session)
    settled = conflicts.settle_alike(session) + stubs.settle(session) + health_checks.settle_alerts(session)
    done["conflicts"] = max(0, done["conflicts"] - settled)
    done["notices"] += arrival_doubles.end(session)
    erasure_lists.settle(session)
    _welcome_home(session, done["seen"])


def _trusted(session: Session, connection: Connection, file: Path) -> tuple[Opened, Member, Device, Registry]:
    """The reader's order up to the question who may carry what."""
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= bundles.LARGEST_FILE else b""
    except OSError:
        raise UserError("file-unreadable", file=str(file)) from None
    if size > bundles.LARGEST_FILE:
        raise UserError("bundle-too-large")
    _, registry = enrolment.need(connection)
    device = enrolment.own_device(connection)
    opened = bundles.open_(data, device.identity)
    manifest = opened.manifest
    sender = registry.member(manifest.sender)
    if sender is None:
        raise NotTrusted("bundle-sender-unknown")
    if sender.revoked:
        raise NotTrusted("bundle-sender-revoked", name=sender.name)
    bundles.verify(opened, sender.signing)
    if device.id not in manifest.recipients:
        raise NotTrusted("bundle-not-for-me")
    if manifest.rehearsal != session.rehearsal:
        raise NotTrusted("bundle-rehearsal" if manifest.rehearsal else "bundle-real")
    for span in manifest.chains:
        carries = sender.role == "centre" or span.committee in (sender.committee, registry.street)
        mine = session.role == "centre" or span.committee in (session.committee_id, registry.street)
        if not (carries and mine):
            raise NotTrusted("bundle-chains", device=span.device)
    return opened, sender, device, registry


def merge_one(session: Session, file: Path, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Take one bundle in, in one transaction. Raises UserError, NotTrusted where `merge` says `error`."""
    with session.db.transaction() as connection:
        opened, sender, _, _ = _trusted(session, connection, file)
        manifest = opened.manifest
        enclosed, _ = bundles.contents(opened)
        changed = _take_registry(session, connection, enclosed.registry)
        registry = _valid(session, connection)
        if enclosed.ring:
            session.keep_ring(connection, _between(session, sender), enclosed.ring)
        before = history.conflict_count(connection)
        received = receiving.entries(
            connection, registry, session.author, manifest, lambda: bundles.contents(opened)[1], progress, cancelled
        )
        receiving.announcement(connection, sender, manifest, enclosed, received.aside)
        changed |= received.merged.changed
        further = max(0, history.conflict_count(connection) - before)
    session.happened(changed)
    return {
        "file": str(file), "applied": received.merged.applied, "duplicates": received.merged.duplicates,
        "refused": received.refused, "conflicts": further, "aside": received.aside, "notices": received.notices,
        "rewritten": received.rewritten, "error": None, "from": sender.name, "sender": sender.id,
        "until": manifest.until, "seen": [each.epoch for each in manifest.seen],
    }  # fmt: skip


def _welcome_home(session: Session, seen: list[str]) -> None:
    """After a restore: whoever has heard of the new epochs has sent along what was written after the backup."""
    restored = backups.restored(session)
    if restored and set(restored["epochs"].values()) & set(seen):
        backups.clear_restored(session)


def _between(session: Session, peer: Member) -> str:
    """The committee whose data two PCs exchange."""
    return session.committee_id if session.role == "committee" else peer.committee


def _take_registry(session: Session, connection: Connection, signed: Signed | None) -> set[str]:
    """Trust a newer registry that came along; one as old as ours or older is left aside: bundles come late, too.

    Raises NotTrusted: registry-forged, registry-expired.
    """
    if signed is None:
        return set()
    _, held = enrolment.need(connection)
    came = registries.read_registry(signed, held.root)
    if came.version <= held.version:
        return set()
    if came.is_expired(session.now().date()):
        raise NotTrusted("registry-expired", until=came.until)
    return enrolment.keep(connection, signed, came)


def _valid(session: Session, connection: Connection) -> Registry:
    """The registry, if it still counts. Raises UserError("not-enrolled"), NotTrusted("registry-expired")."""
    _, registry = enrolment.need(connection)
    if registry.is_expired(session.now().date()):
        raise NotTrusted("registry-expired", until=registry.until)
    return registry
