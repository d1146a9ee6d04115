"""Which incidents speak of the same, and one that another committee must take over."""

from __future__ import annotations

from app.db import incidents as kept
from app.db.ledger import Writing
from app.domain import incidents
from app.domain.findings import UserError
from app.services import committees, incident_rows, photos
from app.services.incidents import named_for, needed, written
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values

CARRIED = (
    "kind", "what", "urgency", "reported_at", "reporter_name", "reporter_phone", "external_source", "external_number",
    "external_due", "external_due_at", "note",
)  # fmt: skip
"""What another committee is told of an incident that it takes over; people and doors are the old committee's own."""


def repeats(session: Session, row: str) -> Values:
    """What may speak of the same as an incident: {joined: rows shown under it, likely: rows that are not, yet}."""
    session.require("incidents.read")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
        rows = incident_rows.of_committee(session, connection, committee)
    mine = values | {key: values.get(f"at_{key}") or values.get(key) for key in ("household", "building")}
    joined = [each for each in rows if each["first"] == values["id"]]
    under = next((each["first"] for each in rows if each["id"] == values["id"]), "")
    likely = [
        each for each in rows if not each["first"] and each["id"] != under and incidents.is_likely_repeat(mine, each)
    ]
    return {"joined": joined, "likely": incident_rows.in_order(likely)}


def join(session: Session, row: str, first: str) -> Change:
    """Show an incident under another one of its committee, which stands for both from now on.

    Raises UserError: incident-unknown, incident-join-self, incident-join-elsewhere, incident-join-left (the other one was
    withdrawn or passed on), incident-join-ended (nothing is owed of the other one, so this one would be forgotten).
    """
    session.require("incidents.write")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
        of, other = incident_rows.need(session, connection, first)
        top = incident_rows.in_committee(connection, of, other["id"])
        above = kept.one(connection, of, top) or other
    if of != committee:
        raise UserError("incident-join-elsewhere")
    if top == values["id"] or above["id"] == values["id"]:
        raise UserError("incident-join-self")
    if incidents.state_of(above) in incidents.LEFT:
        raise UserError("incident-join-left", state=incidents.state_of(above))
    if incidents.is_open(values) and not incidents.is_open(above):
        raise UserError("incident-join-ended", state=incidents.state_of(above))
    return written(session, committee, values["id"], {"same_as": above["id"]})


def separate(session: Session, row: str) -> Change:
    """An incident stands alone again. Raises UserError: incident-unknown, incident-not-joined."""
    session.require("incidents.write")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, row)
    if not values.get("same_as"):
        raise UserError("incident-not-joined")
    return written(session, committee, values["id"], {"same_as": None})


def reassign(session: Session, row: str, committee: str, *, why: str) -> Values:
    """Pass an incident on to another committee: a new row there under a new code, the old one is 已改派.

    committee: an id. Photos go along where the centre holds both keys. Returns {id, contact_code, committee, batch, old,
    photos_left: how many photos could not go along}: batch is that of the old row, so that undoing it first leaves the
    incident at both and never at none.
    Raises UserError: incident-unknown, incident-only-centre, incident-step, committee-unknown, field-needed.
    """
    session.require("incidents.write")
    if session.role != "centre":
        raise UserError("incident-only-centre")
    with session.db.reading() as connection:
        of, values = incident_rows.need(session, connection, row)
        known = {each["id"] for each in committees.known(session, connection)}
        shown = incident_rows.shown(session, values, of, session.now())
        if committee not in known or committee == of:
            raise UserError("committee-unknown", name=committee)
        under = incident_rows.joined_to(connection, of, values["id"])
        code, new = named_for(session, connection, committee)
    incident_rows.must_follow(values, incidents.REASSIGNED)
    reason = needed(why, "state_why")
    told = {key: values[key] for key in CARRIED if values.get(key)}
    told |= {
        "place": shown["where"], "state": incidents.REPORTED, "contact_code": code, "reassigned_from": of, "state_why": reason,
        "what": values.get("what") or values.get("heard") or shown["kind"],
    }  # fmt: skip
    incident_rows.receivable(told)
    with session.writing("create", committee) as writing:
        writing.create("incident", [(new, {key: value for key, value in told.items() if value})])
        photos_left = _carry_photos(session, writing, of, values["id"], committee, new)
    done = written(session, of, values["id"], {
        "state": incidents.REASSIGNED, "reassigned_to": committee, "state_why": reason,
    }, free=under)  # fmt: skip
    return {
        "id": new, "contact_code": code, "committee": committee, "batch": done.batch, "old": values["id"],
        "photos_left": photos_left,
    }  # fmt: skip


def _carry_photos(session: Session, writing: Writing, of: str, old: str, committee: str, new: str) -> int:
    """How many were left behind."""
    return sum(
        not photos.carry(session, writing, of, each["id"], committee, new)
        for each in kept.photos_of(writing.connection, of, old)
    )
