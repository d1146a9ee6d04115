"""操作留痕: verified, shown, and compared with the tables it stands behind."""

from __future__ import annotations

from app.db import checking, history, present
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.services.session import Session
from app.services.values import Values


def verify(session: Session, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Recompute every digest and commitment: ok, entries, chains [{device, epoch, committee, seq, head, certain_to}].

    `certain_to` is the seq up to which somebody else holds a signed receipt; 0 as long as there is none.
    """
    session.require("ledger.verify")
    with session.db.reading() as connection:
        faults = checking.verify(connection, progress, cancelled)
        chains = [{**head, "certain_to": 0} for head in history.heads(connection)]
    return {"ok": not faults, "entries": sum(chain["seq"] for chain in chains), "chains": chains, "faults": faults}


def show(session: Session, entity: str | None = None, id: str | None = None, limit: int | None = None) -> list[Values]:
    """Entries, newest first, with what acts say in words; never the values of people."""
    session.require("ledger.show")
    with session.db.reading() as connection:
        names = present.account_names(connection, session.committee_id)
        found = history.acts(connection, None, entity=entity, row=id, limit=limit)
    return [{**act, "account": names.get(act["account"], act["account"])} for act in found]


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
