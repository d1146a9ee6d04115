"""操作留痕: verified, shown, and compared with the tables it stands behind."""

from __future__ import annotations

from app.db import checking, devices, history, present
from app.db.connection import Connection
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.services.session import Session
from app.services.values import Values


def verify(session: Session, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Recompute every digest and commitment: ok, entries, chains [{device, epoch, committee, seq, head, certain_to}].

    `certain_to` is the seq up to which another PC said, signed, that it holds the same; 0 as long as none did.
    """
    session.require("ledger.verify")
    with session.db.reading() as connection:
        faults = checking.verify(connection, progress, cancelled)
        chains = [{**head, "certain_to": _certain_to(connection, head)} for head in history.heads(connection)]
    return {"ok": not faults, "entries": sum(chain["seq"] for chain in chains), "chains": chains, "faults": faults}


def _certain_to(connection: Connection, head: Values) -> int:
    """The longest part of a chain that another PC announced with the digest that lies here."""
    key = (head["device"], head["epoch"], head["committee"])
    chain = next(each for each in devices.chains(connection, head["committee"]) if each.key == key)
    said = (devices.announced(connection, peer).seq_of(key) for peer in devices.heard_of(connection))
    return max((seq for seq, digest in said if seq and devices.digest_at(connection, chain, seq) == digest), default=0)


def show(session: Session, entity: str | None = None, id: str | None = None, limit: int | None = None) -> list[Values]:
    """Entries, newest first, with what acts say in words; never the values of people.

    An auditor is told no words either, only counts and codes: a condition of a report may name somebody.
    """
    session.require("ledger.show")
    with session.db.reading() as connection:
        names = present.account_names(connection, session.office)
        whole = session.role == "committee" or session.given(connection).committees is None
        found = history.acts(connection, None, entity=entity, row=id, limit=limit if whole else None)
        found = [act for act in found if session.is_given(connection, act["committee"])][:limit]
    words = session.may("records.show")
    return [
        {
            **act,
            "account": names.get(act["account"], act["account"]),
            "said": act["said"] if words else bare(act["said"]),
        }
        for act in found
    ]


def bare(said: Values) -> Values:
    """Of what an act says, the counts, yes and no, the names of fields, and codes."""
    return {
        key: value for key, value in said.items() if isinstance(value, bool | int) or key in ("fields", "kind", "code")
    }


def rebuild_check(session: Session, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Fold all entries again and compare with the tables: ok, differences [{entity, id, fields}]."""
    session.require("ledger.rebuild")
    with session.db.reading() as connection:
        differences = checking.differences(connection, progress, cancelled)
    return {"ok": not differences, "differences": differences}


def rebuild(session: Session, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Make the tables again from the entries."""
    session.require("ledger.rebuild")
    with session.db.transaction() as connection:
        rows = checking.rebuild(connection, progress, cancelled)
    return {"ok": True, "rows": rows}
