"""Which committees the street has: what its own list, the registry and the committees themselves say, together."""

from __future__ import annotations

from app.db import history, present
from app.db.connection import Connection
from app.services import enrolment
from app.services.session import Session
from app.services.values import Values


def known(session: Session, connection: Connection) -> list[Values]:
    """Every committee of the street that is known here, in the order of codes: id, name, code, group, geometry.

    At a centre the street's own list, what the registry says and what the committees themselves wrote come together;
    one that was merged into another is not among them, nor one that the account is not given.
    """
    found: dict[str, Values] = {}
    registry = enrolment.held(connection)
    for member in registry[1].active("committee") if registry else ():
        found[member.committee] = {"id": member.committee, "name": member.name, "code": member.code}
    for committee in session.scope(connection):
        for row in present.where(connection, committee, "committee"):
            if committee != session.committee_id and row["id"] != committee:
                continue  # a committee speaks of itself only
            found[row["id"]] = {**row, **found.get(row["id"], {}), **_told(row)}
    if session.role == "committee":
        found = {session.committee_id: found.get(session.committee_id, {"id": session.committee_id})}
        found[session.committee_id] |= {"name": session.name, "code": session.code}
    today = session.now().date().isoformat()
    alive = [
        row for row in found.values()
        if str(row.get("until") or today) >= today and session.is_given(connection, row["id"])
    ]  # fmt: skip
    return sorted(alive, key=lambda row: str(row.get("code", "")))


def until(session: Session, connection: Connection, committee: str) -> str:
    """数据截至 of a committee: when it last wrote itself, as far as it is known here; "" for never.

    What a centre corrects does not make the committee's own data newer.
    """
    return history.last_change(connection, committee, but=session.device if session.role == "centre" else "") or ""


def _told(row: Values) -> Values:
    return {key: row[key] for key in ("group", "geometry", "until") if row.get(key)}
