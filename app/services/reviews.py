"""Lists with level 3 that one person took alone: the head sees them on 今日 within a day and says so (access.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.db import history, present
from app.db.connection import Connection
from app.domain.findings import UserError
from app.services import shares
from app.services.session import Session
from app.services.values import Values

WITHIN = timedelta(hours=24)
REVIEWERS = frozenset({"head", "data"})


def pending(session: Session) -> list[Values]:
    """Exports and prints that showed level 3, had no second person and were not reviewed, oldest first.

    Rows as `shares.list_` has them, with due (ISO), overdue, and own: made by this very account, while another one may
    review it. Raises Refused.
    """
    session.require("reviews.read")
    with session.db.reading() as connection:
        alone = _is_alone(session, connection)
        found = shares.rows(session, connection, _waiting(session, connection))
    now = session.now()
    for row in found:
        due = datetime.fromisoformat(row["at"]) + WITHIN
        row |= {
            "due": due.isoformat(timespec="seconds"), "overdue": due < now,
            "own": row["by"] == session.account_id and not alone,
        }  # fmt: skip
    return found[::-1]


def count(session: Session, connection: Connection) -> int:
    """How many wait for this account."""
    return len(waiting_for(session, connection))


def waiting_for(session: Session, connection: Connection) -> list[str]:
    """Ids of the batches that this account may review, newest first."""
    alone = _is_alone(session, connection)
    return [act["batch"] for act in _waiting(session, connection) if alone or act["account"] != session.account_id]


def review(session: Session, batch: str) -> None:
    """Say that an export was looked at. Raises UserError("review-unknown"); Refused: not-allowed, review-own."""
    session.require("reviews.decide")
    with session.db.reading() as connection:
        found = next((act for act in _waiting(session, connection) if act["batch"] == batch), None)
        alone = _is_alone(session, connection)
    if found is None:
        raise UserError("review-unknown", id=batch)
    if found["account"] == session.account_id and not alone:
        raise session.refusal("review-own", "reviews.decide")
    with session.noting("reviewed") as writing:
        writing.act("reviewed", "batch", batch)


def _waiting(session: Session, connection: Connection) -> list[Values]:
    """Acts, newest first, one for each batch."""
    office = session.office
    done = {act["id"] for act in history.acts(connection, office, actions=("reviewed",), entity="batch")}
    waits: dict[str, Values] = {}
    for act in history.acts(connection, office, actions=shares.ACTIONS):
        said = act["said"]
        if said.get("sensitive") and not said.get("second") and act["batch"] not in done and act["refused"] is None:
            waits.setdefault(act["batch"], act)
    return list(waits.values())


def _is_alone(session: Session, connection: Connection) -> bool:
    """Is there no other account that could review? Then one reviews its own, or nobody ever would."""
    others = (row for row in present.where(connection, session.office, "account") if row["id"] != session.account_id)
    return all(REVIEWERS.isdisjoint(row.get("roles") or ()) for row in others)
