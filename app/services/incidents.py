"""事件: recorded in ten seconds, told by telephone, and every step timed until somebody was called back.

A centre makes an incident for a committee under a 联络码; the committee that heard it writes in the same row before any
bundle came. What belongs together, and passing one on, is in incident_links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import SystemRandom
from typing import Any

from app.db import present
from app.db.connection import Connection
from app.domain import clock, contact_codes, ids, incidents
from app.domain.fields import INCIDENT, URGENCIES
from app.domain.findings import UserError
from app.domain.values import parse
from app.services import committees, incident_rows, looking
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values

EDITABLE = frozenset({
    "kind", "what", "place", "resident", "household", "building", "urgency", "reporter_name", "reporter_phone",
    "assigned_to", "assigned_phone", "external_source", "external_number", "external_due_at", "note",
})  # fmt: skip
OUTER = frozenset({"external_source", "external_number", "external_due_at", "isolation_case", "note"})
"""What `add` takes besides who, where, what."""


# ---------------------------------------------------------------- reading


def list_(
    session: Session, *, open_only: bool = True, kind: str = "", committee: str = "", since: datetime | None = None,
    until: datetime | None = None,
) -> list[Values]:  # fmt: skip
    """Incidents, what presses most first: the fields and state, next, due (ISO or None), overdue, late (minutes), open,
    where, path, name, household, resident, committee, committee_name, first ("" unless joined to another one), repeats,
    photos, stub, escalate. open_only: what somebody owes a step, repeats under their first one left out.
    """
    session.require("incidents.read")
    with session.db.reading() as connection:
        names = {each["id"]: str(each.get("name", "")) for each in committees.known(session, connection)}
        rows = [
            row for each in session.scope(connection) if committee in ("", each)
            for row in incident_rows.of_committee(session, connection, each, open_only=open_only, names=names)
        ]  # fmt: skip
    wanted = [
        row for row in rows if kind in ("", row["kind"]) and _within(incidents.time_of(row, incidents.REPORTED), since, until)
    ]  # fmt: skip
    return incident_rows.in_order(wanted)


def _within(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    """One without a time is never left out."""
    return at is None or ((since is None or at >= since) and (until is None or at < until))


def one(session: Session, row: str) -> Values:
    """One incident with telephone numbers, which is an entry; also `steps` ([{state, at, by, limit}] of its course),
    `contacts` ([{who, name, phone}]), `possible` (states), `reopen` (may it be). Raises UserError("incident-unknown").
    """
    session.require("incidents.read")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
        found = incident_rows.in_committee(connection, committee, values["id"])
        names = {each["id"]: str(each.get("name", "")) for each in committees.known(session, connection)}
        calls = incident_rows.contacts(connection, committee, str(values.get("kind")), values)
    shown = incident_rows.shown(session, values, committee, session.now(), first=found, phones=True)
    state = incidents.state_of(values)
    shown |= {
        "contacts": calls, "possible": incidents.possible(values), "reopen": state in incidents.REOPENABLE,
        "committee_name": names.get(committee, ""), "steps": _course(values),
        "reassigned_to_name": names.get(str(values.get("reassigned_to")), ""),
        "reassigned_from_name": names.get(str(values.get("reassigned_from")), ""),
    }  # fmt: skip
    looking.look(session, "incident", values["id"], sensitive=False)
    return shown


def _course(values: Mapping[str, Any]) -> list[Values]:
    """Every step of the course: when and by whom it was done, or how many minutes it may take."""
    skips = not incidents.from_centre(values) and not values.get("notified_at")
    found = []
    for state in incidents.COURSE:
        if state == incidents.NOTIFIED and skips and not values.get("heard_at"):
            continue
        at = incidents.time_of(values, state)
        by = values.get(incidents.BY.get(state, ""), "") or (
            values.get("heard_by", "") if state == incidents.NOTIFIED else ""
        )
        minutes = None if state == incidents.REPORTED else incidents.limit(values, state)
        found.append({"state": state, "at": clock.written(at) if at else None, "by": by, "limit": minutes})
    return found


def where(session: Session, text: str, committee: str = "") -> Values:
    """What a place in words or an id means: committee, building, household, resident (as far as known) and place.

    A text that is no known path stays as it is. committee: only there. Raises UserError("path-ambiguous").
    """
    session.require("incidents.read")
    with session.db.reading() as connection:
        return incident_rows.located(session, connection, text.strip(), committee)


def route(session: Session, kind: str, *, building: str = "", resident: str = "") -> list[Values]:
    """Who acts for a kind at a place, in order: who, name, phone ("" where none is known)."""
    session.require("incidents.read")
    with session.db.reading() as connection:
        of = session.committee_of(connection, "building", building) if building else session.committee_id
        return incident_rows.contacts(connection, of, kind, {"building": building, "resident": resident})


# ---------------------------------------------------------------- recording


def add(
    session: Session, *, kind: str = "", what: str = "", place: str = "", resident: str = "", household: str = "",
    building: str = "", urgency: str = "", committee: str = "", reporter_name: str = "", reporter_phone: str = "",
    at: datetime | None = None, assigned_to: str = "", assigned_phone: str = "", **outer: str,
) -> Values:  # fmt: skip
    """Record an incident: {id, batch, contact_code ("" at a committee), committee, assigned_to, assigned_phone}.

    place: an id, a path or any words. urgency: the kind's, if "". at: when it was reported, now if None. committee: at a
    centre whose it is, by id; that of the place if "". outer: external_source, external_number, external_due_at,
    isolation_case, note. Raises UserError: incident-kind, incident-urgency, incident-future, incident-committee-needed,
    committee-unknown, committee-not-yours, field-unknown, path-ambiguous, value-refused.
    """
    session.require("incidents.write")
    if kind and kind not in incidents.BY_NAME:
        raise UserError("incident-kind", kind=kind, known="、".join(incidents.BY_NAME))
    if urgency and urgency not in URGENCIES:
        raise UserError("incident-urgency", urgency=urgency, known="、".join(URGENCIES))
    if unknown := outer.keys() - OUTER:
        raise UserError("field-unknown", field="、".join(sorted(unknown)), entity=INCIDENT.title)
    kind = kind or incidents.OTHER.name
    reported = incidents.checked_time({}, at or session.now(), session.now())
    with session.db.reading() as connection:
        placed = _placed(session, connection, place, resident, household, building, committee)
        committee = _for_whom(session, connection, committee, str(placed.pop("committee", "")))
        calls = incident_rows.contacts(connection, committee, kind, placed)
        code, row = named_for(session, connection, committee)
    to, phone = (assigned_to, assigned_phone) if assigned_to else incident_rows.assignee(calls)
    values = {
        "kind": kind, "what": what.strip() or kind, "urgency": urgency or incidents.BY_NAME[kind].urgency,
        "state": incidents.REPORTED, "reported_at": clock.written(reported), "reporter_name": reporter_name.strip(),
        "reporter_phone": readable_phone(reporter_phone), "assigned_to": to, "assigned_phone": phone, "contact_code": code,
        **placed, **outer,
    }  # fmt: skip
    values = {key: value for key, value in values.items() if value}
    incident_rows.receivable(values)
    with session.writing("create", committee) as writing:
        writing.create("incident", [(row, values)])
    return {
        "id": row, "batch": writing.batch, "contact_code": code, "committee": committee, "assigned_to": to,
        "assigned_phone": phone,
    }  # fmt: skip


def _placed(
    session: Session, connection: Connection, place: str, resident: str, household: str, building: str, committee: str
) -> Values:
    """Where it is: what was chosen, with all that lies above it; else what the words mean."""
    for ref in (resident, household, building):
        if ref:
            found = incident_rows.located(session, connection, ref, committee)
            return found | ({"place": place.strip()} if place.strip() else {})
    return incident_rows.located(session, connection, place.strip(), committee)


def _for_whom(session: Session, connection: Connection, committee: str, found: str) -> str:
    """Whose incident it is."""
    if session.role == "committee":
        if committee not in ("", session.committee_id):
            raise UserError("committee-not-yours", entity=INCIDENT.title)
        return session.committee_id
    wanted = committee or found
    if not wanted:
        raise UserError("incident-committee-needed")
    if wanted not in {each["id"] for each in committees.known(session, connection)}:
        raise UserError("committee-unknown", name=wanted)
    return wanted


def named_for(session: Session, connection: Connection, committee: str) -> tuple[str, str]:
    """A fresh code and the id that follows from it, at a centre; at a committee no code."""
    if session.role == "committee":
        return "", str(ids.new_id())
    while True:
        code = contact_codes.make(SystemRandom())
        row = str(ids.stub_id(committee, "incident", code))
        if not present.committee_of(connection, "incident", row):
            return code, row


def readable_phone(text: str) -> str:
    """A number as the others are written; what is none is kept as it was typed: better than losing it now."""
    parsed = parse(INCIDENT["reporter_phone"], text.strip()) if text.strip() else None
    return str((parsed.value if parsed and not parsed.problem else None) or text.strip())


# ---------------------------------------------------------------- steps


def step(
    session: Session, row: str, state: str, *, at: datetime | None = None, by: str = "", outcome: str = "", to: str = ""
) -> Change:
    """Key the next step. at: its true time (补录), now if None. by: who did it, this account if "". outcome: what came of
    it (已办结). to: who was told (已通知).

    Raises UserError: incident-unknown, incident-step, incident-future, incident-before, incident-own-act (withdrawing and
    passing on ask for more than a time).
    """
    session.require("incidents.write")
    if state in incidents.LEFT:
        raise UserError("incident-own-act", state=state)
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
    incident_rows.must_follow(values, state)
    when = incidents.checked_time(values, at or session.now(), session.now())
    told: Values = {
        "state": state,
        incidents.TIMES[state]: clock.written(when),
        incidents.BY[state]: by.strip() or session.account,
    }
    if state == incidents.NOTIFIED:
        told["notified_to"] = to.strip() or str(values.get("assigned_to") or "")
    if outcome.strip():
        told["outcome"] = outcome.strip()
    return written(session, committee, values["id"], told)


def notified(session: Session, row: str, *, to: str, by: str = "", at: datetime | None = None) -> Change:
    """已电话通知: who was told of it by telephone, by whom, when. Raises what `step` raises."""
    return step(session, row, incidents.NOTIFIED, at=at, by=by, to=to)


def withdraw(session: Session, row: str, *, why: str) -> Change:
    """It was a mistake, or is none of the committee's; what was joined to it stands alone again. Raises UserError:
    incident-unknown, incident-step, field-needed."""
    session.require("incidents.write")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
        under = incident_rows.joined_to(connection, committee, values["id"])
    incident_rows.must_follow(values, incidents.WITHDRAWN)
    told = {"state": incidents.WITHDRAWN, "state_why": needed(why, "state_why")}
    return written(session, committee, values["id"], told, free=under)


def reopen(session: Session, row: str, *, why: str) -> Change:
    """One that was closed or withdrawn by mistake goes on where it stood, by itself if what it was joined to has ended.
    Raises UserError: incident-unknown, incident-not-ended, field-needed."""
    session.require("incidents.write")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
        under = incident_rows.in_committee(connection, committee, values["id"])
        first = present.one(connection, committee, "incident", under) or {}
    told = {**incidents.reopened(values), "state_why": needed(why, "state_why")}
    if under != values["id"] and not incidents.is_open(first):
        told["same_as"] = None  # under one that has ended nobody would see that it goes on
    return written(session, committee, values["id"], told)


def escalate(session: Session, row: str, *, to: str, by: str = "", at: datetime | None = None) -> Change:
    """Tell somebody higher of one that is late. Raises UserError: incident-unknown, incident-ended, incident-future,
    field-needed."""
    session.require("incidents.write")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
    if not incidents.is_open(values):
        raise UserError("incident-ended", state=incidents.state_of(values))
    when = incidents.checked_time({}, at or session.now(), session.now())
    told = {"escalated_at": clock.written(when), "escalated_to": needed(to, "escalated_to"),
            "escalated_by": by.strip() or session.account}  # fmt: skip
    return written(session, committee, values["id"], told)


def change(session: Session, row: str, values: Mapping[str, Any]) -> Change:
    """Correct what was written down; None or "" clears. A place may be given as an id, a path or words.

    Raises UserError: incident-unknown, field-unknown, incident-kind, incident-urgency, value-refused.
    """
    session.require("incidents.write")
    if unknown := values.keys() - EDITABLE:
        raise UserError("field-unknown", field="、".join(sorted(unknown)), entity=INCIDENT.title)
    if values.get("kind") and values["kind"] not in incidents.BY_NAME:
        raise UserError("incident-kind", kind=values["kind"], known="、".join(incidents.BY_NAME))
    if values.get("urgency") and values["urgency"] not in URGENCIES:
        raise UserError("incident-urgency", urgency=values["urgency"], known="、".join(URGENCIES))
    with session.db.reading() as connection:
        committee, before = incident_rows.need(session, connection, row)
        told = {key: value or None for key, value in values.items()}
        if values.get("place") and not values.keys() & {"resident", "household", "building"}:
            found = incident_rows.located(session, connection, str(values["place"]).strip(), committee)
            told |= {key: found.get(key) for key in ("resident", "household", "building", "place")}
    for key in ("reporter_phone", "assigned_phone"):
        if told.get(key):
            told[key] = readable_phone(str(told[key]))
    different = {key: value for key, value in told.items() if (before.get(key) or None) != value}
    return written(session, committee, before["id"], different) if different else Change(before["id"], (), "")


def needed(text: str, key: str) -> str:
    """A text that must say something. Raises UserError("field-needed")."""
    if not text.strip():
        raise UserError("field-needed", field=INCIDENT[key].title, key=key)
    return text.strip()


def written(
    session: Session, committee: str, row: str, values: Mapping[str, Any], *, free: Iterable[str] = ()
) -> Change:
    """Write values of an incident in one batch, for services that have asked and decided. free: incidents that were shown
    under it and stand alone from now on."""
    incident_rows.receivable(values)
    with session.writing("change", committee) as writing:
        writing.change("incident", row, values)
        for each in free:
            writing.change("incident", each, {"same_as": None})
    return Change(row, tuple(values), writing.batch)
