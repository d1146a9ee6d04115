"""Photos of incidents: sealed in the file and in every bundle, opened one at a time, each look an entry."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from app.db import incidents as kept
from app.db import present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.seal import is_sealed
from app.domain import clock, ids, incidents, pictures
from app.domain.findings import NotTrusted, UserError
from app.services import incident_rows, looking
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, opened, stored

PURPOSE = "care"
"""What a look at a photo is for, if nobody says otherwise."""


def list_(session: Session, incident: str) -> list[Values]:
    """The photos of an incident without the pictures: id, taken_at, by, caption. Raises UserError("incident-unknown")."""
    session.require("incidents.read")
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, incident)
        return kept.photos_of(connection, committee, values["id"])


def add(
    session: Session,
    incident: str,
    picture: bytes,
    *,
    caption: str = "",
    by: str = "",
    taken_at: datetime | None = None,
) -> Change:
    """Keep a JPEG of at most 72,000 bytes by an incident, without what the camera wrote into it (place, time, owner).

    Raises UserError: incident-unknown, incident-future, photo-not-jpeg, photo-too-large, photo-damaged;
    Refused("ring-needed").
    """
    session.require("incidents.write")
    clean = pictures.cleaned(picture)
    with session.db.reading() as connection:
        committee, values = incident_rows.need(session, connection, incident)
    now = session.now()
    told = {
        "incident": values["id"], "by": by.strip() or session.account, "caption": caption.strip(),
        "taken_at": clock.written(incidents.checked_time({}, taken_at or now, now)),
    }  # fmt: skip
    row = str(ids.new_id())
    told = {key: value for key, value in told.items() if value} | {"picture": base64.b64encode(clean).decode("ascii")}
    with session.writing("create", committee) as writing:
        writing.create("incident_photo", [(row, stored(session, "incident_photo", row, told, committee))])
    return Change(row, tuple(told), writing.batch)


def open_(session: Session, row: str) -> bytes:
    """The picture of a photo, which is an entry. Raises UserError: photo-unknown, photo-damaged; Refused: not-allowed,
    ring-needed, not-assigned (a worker, of an incident that is not its own)."""
    session.require("incidents.reveal")
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "incident_photo", row)
        values = present.one(connection, committee, "incident_photo", row) if committee else None
        if values is None or not values.get("picture"):
            raise UserError("photo-unknown", id=row)
        if session.ring is None or session.ring_of(str(values["picture"])) is None:
            raise session.refusal("ring-needed", "incidents.reveal", field="照片")
        if not looking.reads_all(session) and not _is_own(session, connection, committee, values):
            raise session.refusal("not-assigned", "incidents.reveal")
    picture = _picture(session, values)
    code = session.purpose_code or session.looking_for or PURPOSE
    with session.noting("view", purpose=code) as writing:
        writing.act("view", "incident_photo", values["id"], {"sensitive": True, "purpose": session.purpose or ""})
    return picture


def remove(session: Session, row: str) -> Change:
    """Take a photo away that was put there by mistake; undoing brings it back. Raises UserError("photo-unknown")."""
    session.require("incidents.write")
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "incident_photo", row)
        if not committee or present.one(connection, committee, "incident_photo", row) is None:
            raise UserError("photo-unknown", id=row)
    with session.writing("delete", committee) as writing:
        writing.set_deleted("incident_photo", row, True)
    return Change(row, ("deleted",), writing.batch)


def carry(session: Session, writing: Writing, of: str, photo: str, committee: str, incident: str) -> bool:
    """Within a batch for another committee: the same photo there, sealed anew. False: left behind, a key is missing."""
    values = present.one(writing.connection, of, "incident_photo", photo) or {}
    if not values.get("picture") or session.sealing_ring(committee) is None:
        return False
    try:
        whole = opened(session, "incident_photo", values)
    except NotTrusted:
        return False
    if is_sealed(whole["picture"]):
        return False
    row = str(ids.new_id())
    told = {key: whole[key] for key in ("taken_at", "by", "caption", "picture") if whole.get(key)} | {
        "incident": incident
    }
    writing.create("incident_photo", [(row, stored(session, "incident_photo", row, told, committee))])
    return True


def _picture(session: Session, values: Values) -> bytes:
    """What lies in the seal, if it is a picture: it may have come from anywhere."""
    try:
        whole = opened(session, "incident_photo", values)["picture"]
        return pictures.cleaned(base64.b64decode(str(whole), validate=True))
    except (binascii.Error, ValueError, NotTrusted):
        raise UserError("photo-damaged") from None


def _is_own(session: Session, connection: Connection, committee: str, photo: Values) -> bool:
    """Is the incident a worker's own: at its doors, of somebody assigned to it, or one that it records or carries out?"""
    values = kept.one(connection, committee, str(photo.get("incident"))) or {}
    people = {photo.get("by"), *(values.get(key) for key in ("under_way_by", "on_site_by", "closed_by", "heard_by"))}
    if session.account in people or session.account in str(values.get("assigned_to") or "").split():
        return True
    if values.get("at_building") in session.given(connection).buildings:
        return True
    resident = str(values.get("resident") or "")
    return bool(resident) and looking.is_assigned(session, connection, committee, resident)
