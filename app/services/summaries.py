"""Figures of a workspace: what `status` says and the numbers beside the window's sections."""

from __future__ import annotations

from app.db import history, present
from app.services.session import Session
from app.services.values import Values


def status(session: Session) -> Values:
    """role, code, name, counts of places and people, heads of the chains, last receipt, data_until, due_today.

    `residents` are those who live here (实有人口), `persons` all that are kept.
    """
    session.require("status")
    with session.db.reading() as connection:
        figures = present.counts(connection, session.committee_id)
        heads = [
            {key: head[key] for key in ("device", "epoch", "committee", "seq")} for head in history.heads(connection)
        ]
        until = history.last_change(connection, session.committee_id)
    due = figures.pop("conflicts") + figures["doubtful"]
    return {
        "role": session.role, "code": session.code, "name": session.name, **figures, "heads": heads,
        "last_receipt": None, "data_until": until, "due_today": due,
    }  # fmt: skip


def due(session: Session) -> dict[str, int]:
    """How many things wait, by section of the window."""
    session.require("status")
    with session.db.reading() as connection:
        figures = present.counts(connection, session.committee_id)
    return {
        "doubtful": figures["doubtful"],
        "conflicts": figures["conflicts"],
        "today": figures["doubtful"] + figures["conflicts"],
    }
