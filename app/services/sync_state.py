"""How the exchange with the other PCs stands: what waits to go, what the street is known to have, who is registered.

Only reads, and cheaply: the window asks after every write. `sync` does the exchange itself.
"""

from __future__ import annotations

from app.db import devices, history, merging
from app.db.connection import Connection
from app.db.devices import Announced, Held
from app.exchange.registry import Member, Registry
from app.services import enrolment, sync
from app.services.session import Session
from app.services.values import Values


def waiting(session: Session, *, sibling: bool = False) -> list[Values]:
    """Per PC that this one reports to (a centre: per committee's PC); an empty list before enrolment.

    sibling: per other PC of this committee instead.

    to, device; entries: beyond what it announced last; unsent: those of them that no bundle has carried yet; news: is
    there anything to make a bundle for; since: when the oldest of them was written (ISO, or None); received_until: it has all that was written here before (ISO, or None);
    last_receipt: when it said so.
    """
    session.require("status")
    with session.db.reading() as connection:
        found = enrolment.held(connection)
        if found is None:
            return []
        return [
            _of(session, connection, found[1], peer)
            for peer in sync.peers_of(session, connection, found[1], (), sibling)
        ]


def _of(session: Session, connection: Connection, registry: Registry, peer: Member) -> Values:
    said = devices.announced(connection, peer.id)
    told = {tuple(chain): seq for *chain, seq, _ in said.told}
    spans = [
        (chain, after)
        for chain, after in sync.spans_of(connection, registry, peer, said)
        if devices.has_news(connection, chain, after)
    ]
    beyond = [(chain, max(after, told.get(chain.key, 0))) for chain, after in spans]
    unsent = [(chain, after) for chain, after in beyond if devices.has_news(connection, chain, after)]
    first = (_at(connection, chain, after + 1) for chain, after in unsent or spans)
    return {
        "to": peer.name, "device": peer.id, "committee": peer.committee,
        "entries": sum(chain.seq - after for chain, after in spans),
        "unsent": sum(chain.seq - after for chain, after in unsent), "since": min(filter(None, first), default=None),
        "news": sync.has_news(session, connection, registry, peer),
        "received_until": _received_until(session, connection, said), "last_receipt": said.at or None,
    }  # fmt: skip


def _received_until(session: Session, connection: Connection, said: Announced) -> str | None:
    """Until when the other side holds, unchanged, all that this device wrote.

    The first entry that it does not hold says so best: of a bundle that is the entry about its export.
    """
    own = [chain for chain in devices.chains(connection, session.committee_id) if chain.device == session.device]
    times = [_time_of(connection, chain, *said.seq_of(chain.key)) for chain in own]
    return max(filter(None, times), default=None)


def _time_of(connection: Connection, chain: Held, seq: int, digest: str) -> str | None:
    if not 0 < seq <= chain.seq or devices.digest_at(connection, chain, seq) != digest:
        return None
    return _at(connection, chain, seq + 1) or _at(connection, chain, seq)


def _at(connection: Connection, chain: Held, seq: int) -> str | None:
    entry = next(merging.records(connection, chain.n, seq - 1), None)
    return str(entry["at"]) if entry else None


def registered(session: Session) -> list[Values]:
    """The PCs of the registry: device, committee, name, code, role, revoked, own (this PC), seq (its last entry here)."""
    session.require("status")
    members: list[Values] = enrolment.status(session)["members"]
    with session.db.reading() as connection:
        heads = history.heads(connection)
    return [
        {
            **each, "own": each["device"] == session.device,
            "seq": max((head["seq"] for head in heads if head["device"] == each["device"]), default=0),
        }
        for each in members
    ]  # fmt: skip


def chains_of(session: Session, device: str) -> list[Values]:
    """What lies here of a PC, one line for each stretch it wrote (a restore begins another): epoch, committee, seq (its
    last entry), first and last (when those were written), oldest stretch first."""
    session.require("status")
    with session.db.reading() as connection:
        return [
            {
                "epoch": chain.epoch, "committee": chain.committee, "seq": chain.seq,
                "first": _at(connection, chain, 1), "last": _at(connection, chain, chain.seq),
            }
            for chain in devices.chains(connection) if chain.device == device and chain.seq
        ]  # fmt: skip
