"""The steps of a care plan: it rests until a day, goes on, lasts longer, ends; each by a person's act and none by itself."""

from __future__ import annotations

from datetime import date

from app.db import present
from app.db.connection import Connection
from app.domain import care
from app.domain.care import ENDED, PAUSED, RUNNING
from app.domain.findings import UserError
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values
from app.words import say


def plan_of(session: Session, connection: Connection, plan_id: str) -> tuple[str, Values]:
    """(committee, row) of a plan. Raises UserError("care-plan-unknown")."""
    committee = session.committee_of(connection, "care_plan", plan_id)
    found = present.one(connection, committee, "care_plan", plan_id) if committee else None
    if found is None:
        raise UserError("care-plan-unknown", id=plan_id)
    return committee, found


def pause(session: Session, plan_id: str, *, why: str, resume_on: date | None = None) -> Change:
    """Let a plan rest until a day, by default for a month; that day it is due again: nobody lies forgotten.

    Raises UserError: care-plan-unknown, care-step, care-why, care-start; Refused.
    """
    session.require("care.write")
    today = session.now().date()
    again = resume_on or care.later(today, care.PAUSE)
    if not today < again <= care.later(today, care.LONGEST):
        raise UserError("care-start", on=again.isoformat())
    return _step(session, plan_id, PAUSED, why, {"resume_on": again.isoformat()})


def resume(session: Session, plan_id: str, *, why: str = "") -> Change:
    """Take a paused plan up again. Raises as `pause`."""
    session.require("care.write")
    return _step(session, plan_id, RUNNING, why or say("care-resumed"), {"resume_on": None})


def end(session: Session, plan_id: str, *, why: str) -> Change:
    """End a plan, with a reason. Raises UserError: care-plan-unknown, care-step, care-why; Refused."""
    session.require("care.write")
    return _step(session, plan_id, ENDED, why, {})


def prolong(session: Session, plan_id: str, until: date | None = None) -> Change:
    """Another last day for a plan; None: it goes on without one.

    Raises UserError: care-plan-unknown, care-plan-ended, care-until; Refused.
    """
    session.require("care.write")
    if until is not None and until < session.now().date():
        raise UserError("care-until", on=until.isoformat())
    with session.db.reading() as connection:
        committee, plan = plan_of(session, connection, plan_id)
    if plan.get("state") == ENDED:
        raise UserError("care-plan-ended")
    with session.writing("change", committee) as writing:
        writing.change("care_plan", plan["id"], {"until": until.isoformat() if until else None})
    return Change(plan["id"], ("until",), writing.batch)


def _step(session: Session, plan_id: str, state: str, why: str, more: Values) -> Change:
    if not why.strip():
        raise UserError("care-why")
    with session.db.reading() as connection:
        committee, plan = plan_of(session, connection, plan_id)
    now = str(plan.get("state") or RUNNING)
    values = {
        "state": care.PLAN.to(now, state), "state_why": why.strip(), "state_on": session.now().date().isoformat(), **more
    }  # fmt: skip
    with session.writing("change", committee) as writing:
        writing.change("care_plan", plan["id"], values)
    return Change(plan["id"], tuple(values), writing.batch)
