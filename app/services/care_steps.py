"""The steps of a care plan: it rests until a day, goes on, lasts longer, ends; each by a person's act and none by itself."""

from __future__ import annotations

from datetime import date

from app.db import present
from app.db.connection import Connection
from app.domain import care, ids
from app.domain.care import ENDED, PAUSED, RUNNING
from app.domain.findings import UserError
from app.services import places
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


def find(session: Session, ref: str) -> str:
    """The id of a plan by itself, or of the only plan under way of a person or a household (id or path).

    Raises UserError: path-unknown; path-ambiguous with the plans as `candidates`; care-plan-unknown; Refused.
    """
    session.require("care.read")
    with session.db.reading() as connection:
        if ids.is_id(ref.strip()) and session.committee_of(connection, "care_plan", ref.strip()):
            return ref.strip()
        kind, row = places.person_or_home(connection, session, ref)
        committee = session.committee_of(connection, kind, row)
        people = [row] if kind == "resident" else [
            each["id"] for each in present.where(connection, committee, "resident", household=row)
        ]  # fmt: skip
        found = [
            plan for each in people for plan in present.where(connection, committee, "care_plan", resident=each)
            if plan.get("state") != ENDED
        ]  # fmt: skip
    if not found:
        raise UserError("care-plan-unknown", id=ref)
    if len(found) > 1:
        raise UserError(
            "path-ambiguous", path=ref, candidates=[f"{plan.get('kind', '')} {plan['id']}" for plan in found]
        )
    return str(found[0]["id"])


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
