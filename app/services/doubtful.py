"""待核行: roster rows put aside because they may be somebody we know; a person decides each."""

from __future__ import annotations

from typing import Any

from app.db import history, present
from app.db.ledger import Writing
from app.domain import ids, moves
from app.domain.differences import changes
from app.domain.fields import GONE
from app.domain.findings import UserError
from app.domain.roster_arrivals import arrival_said, same_arrival
from app.domain.rosterplan import LIVES, RESIDENT_KEYS
from app.services import doors, places
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, number_index, opened, presented, stored

DECISIONS = ("keep", "take", "new")


def pending(session: Session) -> list[Values]:
    """Rows that wait: id, file, sheet, row, reason, score (per cent or None), why (codes), values (masked), candidate
    {id, name, path, …} or None."""
    session.require("doubtful.read")
    with session.db.reading() as connection:
        rows = [each for each in present.where(connection, session.committee_id, "doubtful") if "decision" not in each]
        return [_described(session, connection, row) for row in rows]


def _described(session: Session, connection: Any, row: Values) -> Values:
    candidate = present.one(connection, session.committee_id, "resident", row.get("candidate", ""))
    described = None
    if candidate:
        described = presented(session, "resident", candidate, sensitive=False, phones=True)
        described["path"] = places.path_of(connection, session.committee_id, "resident", candidate["id"])
    values = presented(session, "resident", {"id": row["id"], **_values(session, row)}, sensitive=False, phones=True)
    values.pop("id")
    return {
        "id": row["id"], "file": row.get("file"), "sheet": row.get("sheet"), "row": row.get("row"),
        "reason": row.get("reason"), "score": row.get("score"), "why": row.get("why") or [], "values": values, "candidate": described,
    }  # fmt: skip


def _values(session: Session, row: Values) -> Values:
    """The roster row as it was read; its sensitive part only with the ring."""
    whole = opened(session, "doubtful", row)
    sensitive = whole.get("values_sensitive")
    return {**(whole.get("values") or {}), **(sensitive if isinstance(sensitive, dict) else {})}


def decide(session: Session, row: str, decision: str) -> Change:
    """keep: ours stands. take: the row's values are the known person's (moved to the row's door). new: another person.

    Raises UserError: doubtful-unknown, already-decided, decision-unknown, candidate-gone.
    """
    session.require("doubtful.decide")
    if decision not in DECISIONS:
        raise UserError("decision-unknown", decision=decision)
    with session.writing("decide") as writing:
        found = present.one(writing.connection, session.committee_id, "doubtful", row)
        if found is None:
            raise UserError("doubtful-unknown", id=row)
        if "decision" in found:
            raise UserError("already-decided", id=row)
        values = _values(session, found)
        writing.act("source", "batch", writing.batch, {"source": history.shown_source(found)})
        if decision == "new":
            _add(session, writing, values)
        elif decision == "take":
            _take(session, writing, found, values)
        writing.change("doubtful", row, {"decision": decision})
    return Change(row, ("decision",), writing.batch)


def _add(session: Session, writing: Writing, values: Values) -> None:
    resident = str(ids.new_id())
    household = doors.household_for(session, writing, values, resident)
    kept = {key: value for key, value in values.items() if key in RESIDENT_KEYS} | {"household": household}
    writing.change("resident", resident, stored(session, "resident", resident, kept))
    writing.index_numbers(resident, number_index(session, kept.get("documents")))
    _arrival(writing, values, resident)


def _take(session: Session, writing: Writing, found: Values, values: Values) -> None:
    candidate = present.one(writing.connection, session.committee_id, "resident", found.get("candidate", ""))
    if candidate is None:
        raise UserError("candidate-gone", id=found["id"])
    resident = candidate["id"]
    known = opened(session, "resident", candidate)
    different = changes(known, {key: value for key, value in values.items() if key in RESIDENT_KEYS})
    if values.get("building") and (
        found.get("reason") == "moved" or ("other-door" in (found.get("why") or ()) and known.get("status") in GONE)
    ):  # whoever was gone may have come back to another door
        different["household"] = doors.household_for(session, writing, values, resident)
    if known.get("status") in GONE and "status" not in different:
        different["status"] = LIVES
    moves.require_not_frozen(candidate, different, str(known.get("name") or ""))
    if different:
        writing.change("resident", resident, stored(session, "resident", resident, different))
        if "documents" in different:
            writing.index_numbers(resident, number_index(session, different["documents"]))
    _arrival(writing, values, resident)


def _arrival(writing: Writing, values: Values, resident: str) -> None:
    """A new arrival, or what the row says otherwise of that day's."""
    said = arrival_said(values)
    if not said:
        return
    rows = present.where(writing.connection, writing.author.committee_id, "arrival", resident=resident)
    before = [(row["id"], row) for row in rows]
    found, different = same_arrival(said, before)
    if found is None:
        writing.change("arrival", str(ids.new_id()), {"resident": resident, **said})
    elif different:
        writing.change("arrival", before[found][0], different)
