"""Undo and redo, as everybody expects them after a mistake."""

from __future__ import annotations

from dataclasses import replace

from app.db import devices, history, ledger, pairs
from app.db.connection import Connection
from app.db.seal import is_sealed
from app.domain.findings import UserError
from app.services import places
from app.services.session import Session
from app.services.values import Values, number_index, opened

UNDOABLE = ("create", "change", "import", "delete", "merge", "decide")
LOOKED_AT = 200


def undo(session: Session, batch: str) -> Values:
    """Undo a batch; undoing an undo is redo. What was written since, is in use or erased is kept, and said.

    Raises UserError: batch-unknown, already-undone, undo-nothing, undo-move (what the centre does of a move follows from
    what the two committees say; undone, the person would be open in both), undo-move-sent, account-no-record, undo-cleared,
    device-stopped.
    """
    session.require("undo")
    with session.db.transaction() as connection:
        committee = history.committee_of_batch(connection, batch) or session.committee_id
        if not session.is_given(connection, committee):
            raise UserError("batch-unknown", batch=batch)
        session.must_count(connection)
        entities, keys, device = history.writes_of(connection, committee, batch)
        if history.is_clearing(connection, committee, batch):
            raise UserError("undo-cleared")
        if "account" in entities:
            raise UserError("account-no-record")
        if "move" in keys and (session.role == "centre" or device != session.device):
            raise UserError("undo-move")
        if "move" in keys and devices.has_left(connection, committee, batch):
            raise UserError("undo-move-sent")  # others act on it: undone, somebody who isolates could be without duty
        author = replace(session.author, committee_id=committee)  # a centre corrects in its chain for the committee
        done, changed = ledger.undo(connection, author, batch)
        _index_numbers(session, connection, committee, batch)
        rows = dict.fromkeys((row, why) for row, _, why in done.kept)
        kept = [{"entity": ledger.entity_of(connection, committee, row), "id": row, "reason": why} for row, why in rows]
        for each in kept:
            each["path"] = places.path_of(connection, committee, each["entity"], each["id"])
    session.happened(changed)
    return {"batch": done.batch, "undone": done.marks, "kept": kept}


def _index_numbers(session: Session, connection: Connection, committee: str, batch: str) -> None:
    """People whom the batch wrote of or merged are found by the numbers that they have now."""
    if session.ring is None or session.index_key is None:
        return
    papers = pairs.documents_of(connection, committee, pairs.people_of_batch(connection, committee, batch))
    read = {
        row: opened(session, "resident", {"id": row, "documents": text})["documents"] for row, text in papers.items()
    }
    numbers = {row: number_index(session, each) for row, each in read.items() if not is_sealed(each)}
    ledger.index_numbers_again(connection, committee, numbers)


def last(session: Session) -> Values | None:
    """What Ctrl+Z would undo: this account's last batch that still stands. {batch, what, at}; None if none."""
    with session.db.reading() as connection:
        scope = session.scope(connection)
        for each in history.batches(connection, scope, UNDOABLE, LOOKED_AT, session.account_id):
            if not ledger.is_undone(connection, each["committee"], each["batch"]):
                return {"batch": each["batch"], "what": each["action"], "at": each["at"]}
    return None


def any_undone(session: Session, *batches: str) -> bool:
    """Does one of these batches, of whatever committee, stand no longer?"""
    with session.db.reading() as connection:
        of = {batch: history.committee_of_batch(connection, batch) for batch in batches}
        return any(committee and ledger.is_undone(connection, committee, batch) for batch, committee in of.items())


def last_undone(session: Session) -> Values | None:
    """What Ctrl+Y would redo: the undo made last, if nothing was written since. {batch (the undo), what, at}."""
    with session.db.reading() as connection:
        scope = session.scope(connection)
        found = history.batches(connection, scope, (*UNDOABLE, "undo"), 1, session.account_id)
        if (
            not found
            or found[0]["action"] != "undo"
            or ledger.is_redo(connection, found[0]["committee"], found[0]["batch"])
        ):
            return None
    return {"batch": found[0]["batch"], "what": "undo", "at": found[0]["at"]}
