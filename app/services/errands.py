"""代办: shopping, rubbish, medicine for people who may not leave the house; asked for, taken on, done, each by somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.db import isolating, present
from app.db.connection import Connection
from app.domain import clock, ids
from app.domain.errands import OPEN, STEPS
from app.domain.fields import ERRANDS, TASK, TASK_STATES
from app.domain.findings import UserError
from app.services import case_rows, places
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values
from app.words import say

BRIEF = ("id", "kind", "what", "due", "state", "asked_at", "asked_by", "done_on", "done_by", "note")


def list_(session: Session, *, open_only: bool = True, mine: bool = False, household: str = "") -> list[Values]:
    """Errands in the order they fall due, then as one walks: id, household, resident, state, due (ISO or None), overdue,
    kind, what, name (the household's contact), path, building, building_name, room, committee, asked_at, asked_by, done_on,
    done_by, note. open_only: 待办 and 进行中. mine: in this account's buildings. Raises Refused.
    """
    session.require("isolation.read")
    today, found = session.now().date().isoformat(), []
    with session.db.reading() as connection:
        mine_only = session.given(connection).buildings if mine else None
        for committee in session.scope(connection):
            for row in isolating.errands(connection, committee, ERRANDS, OPEN if open_only else TASK_STATES):
                if household in ("", row["household"]) and (mine_only is None or row["building"] in mine_only):
                    found.append(_told(row, committee, today))
    return [case_rows.public(row) for row in sorted(found, key=lambda row: (row["due"] or "9", case_rows.walking(row)))]


def _told(row: Values, committee: str, today: str) -> Values:
    due = row.get("due")
    return brief(row) | {
        "household": row["household"], "resident": row.get("resident"), "name": row["head"], "committee": committee,
        "path": case_rows.path_of(row), "building": row["building"], "room": row["room"],
        "building_name": f"{row.get('lane') or ''}{row.get('number') or ''}",
        "overdue": bool(due) and (row.get("state") or "待办") in OPEN and str(due) < today, "_order": case_rows.order(row),
    }  # fmt: skip


def brief(row: Values) -> Values:
    """An errand as it stands beside a case, of a row of `isolating.errands`."""
    return {key: row.get(key) for key in BRIEF} | {"state": row.get("state") or "待办"}


def add(
    session: Session, *, household: str = "", kind: str, what: str = "", due: date | None = None, case: str = "",
    note: str = "",
) -> Change:  # fmt: skip
    """Note what somebody asked for: for a household (id or path) or the one of a case. what: the kind's name if "".

    Raises UserError: path-unknown, path-ambiguous, case-unknown, errand-kind, errand-whom, errand-due; Refused.
    """
    session.require("isolation.write")
    if kind not in ERRANDS:
        raise UserError("errand-kind", value=kind, known="、".join(ERRANDS))
    now = session.now()
    if due is not None and due < now.date():
        raise UserError("errand-due", date=due.isoformat(), today=now.date().isoformat())
    with session.db.reading() as connection:
        committee, home, resident = _whom(session, connection, household, case)
    values = {
        "household": home, "resident": resident, "kind": kind, "what": what.strip() or kind,
        "due": due.isoformat() if due else None, "state": "待办", "asked_at": clock.written(now),
        "asked_by": session.account, "note": note.strip(),
    }  # fmt: skip
    row = str(ids.new_id())
    with session.writing("create", committee) as writing:
        writing.create("task", [(row, {key: value for key, value in values.items() if value})])
    return Change(row, tuple(key for key, value in values.items() if value), writing.batch)


def _whom(session: Session, connection: Connection, household: str, case: str) -> tuple[str, str, str]:
    """(committee, household, resident or "")."""
    if case:
        committee, row = case_rows.need(session, connection, case)
        if row["household"]:
            return committee, str(row["household"]), str(row.get("resident") or "")
    if not household:
        raise UserError("errand-whom")
    _, home = places.resolve_in(connection, session, household, "household")
    return session.committee_of(connection, "household", home), home, ""


def done(session: Session, id: str, by: str = "", *, on: date | None = None) -> Change:
    """It was done. by: this account if "". on: the day, today by default. Raises UserError: errand-unknown, errand-step,
    errand-future; Refused."""
    session.require("isolation.write")
    return _step(session, id, "已完成", _finished(session, by, on))


def done_many(session: Session, ids: Sequence[str], by: str = "", *, on: date | None = None) -> Values:
    """Several of one committee in one batch: {batch, done (ids)}. If one is refused none is done.

    Raises UserError: errand-unknown, errands-apart, errand-done-many (what, count, and why as `done` says), errand-future;
    Refused.
    """
    session.require("isolation.write")
    values, named = _finished(session, by, on), [*dict.fromkeys(ids)]
    if not named:
        return {"batch": "", "done": []}
    with session.db.reading() as connection:
        rows = [_need(session, connection, id) for id in named]
    committee = rows[0][0]
    if apart := [row["id"] for of, row in rows if of != committee]:
        raise UserError("errands-apart", id=apart[0])
    try:
        states = [STEPS.to(str(row.get("state") or "待办"), "已完成") for _, row in rows]
    except UserError as error:
        stuck = next(row for _, row in rows if "已完成" not in STEPS.possible(str(row.get("state") or "待办")))
        why = say(error.code, **error.details)
        what = stuck.get("what") or stuck["kind"]
        raise UserError("errand-done-many", what=what, count=len(named), why=why) from error
    with session.writing("change", committee) as writing:
        for (_, row), state in zip(rows, states, strict=True):
            writing.change("task", row["id"], {"state": state, **values})
    return {"batch": writing.batch, "done": named}


def _finished(session: Session, by: str, on: date | None) -> Values:
    today = session.now().date()
    if on is not None and on > today:
        raise UserError("errand-future", date=on.isoformat(), today=today.isoformat())
    return {"done_on": (on or today).isoformat(), "done_by": by.strip() or session.account}


def take(session: Session, id: str, by: str = "") -> Change:
    """Somebody is on the way. Raises UserError: errand-unknown, errand-step; Refused."""
    session.require("isolation.write")
    return _step(session, id, "进行中", {"done_by": by.strip() or session.account})


def cancel(session: Session, id: str, why: str) -> Change:
    """It is no longer wanted. Raises UserError: errand-unknown, errand-step, field-needed; Refused."""
    session.require("isolation.write")
    if not why.strip():
        raise UserError("field-needed", field="取消原因", key="why")
    return _step(session, id, "已取消", {"note": why.strip()})


def _step(session: Session, id: str, state: str, values: Values) -> Change:
    with session.db.reading() as connection:
        committee, row = _need(session, connection, id)
    values = {"state": STEPS.to(str(row.get("state") or "待办"), state), **values}
    with session.writing("change", committee) as writing:
        writing.change("task", row["id"], values)
    return Change(row["id"], tuple(values), writing.batch)


def _need(session: Session, connection: Connection, id: str) -> tuple[str, Values]:
    """An errand and whose it is. Raises UserError("errand-unknown")."""
    committee = session.committee_of(connection, "task", id)
    row = present.one(connection, committee, "task", id) if committee else None
    if row is None or row.get("kind") not in ERRANDS:
        raise UserError("errand-unknown", id=id, entity=TASK.title)
    return committee, row
