"""Figures of a workspace: what `status` says and the numbers beside the window's sections."""

from __future__ import annotations

from collections import Counter

from app.db import devices, history, present
from app.db.connection import Connection
from app.services import enrolment
from app.services.session import Session
from app.services.values import Values


def status(session: Session) -> Values:
    """role, code, name, counts of places and people, heads of the chains, last receipt, data_until, due_today.

    `residents` are those who live here (实有人口), `persons` all that are kept. At a centre the figures are those of
    all committees together, and `committees` says each one's: name, code, residents, data_until, last_bundle, enrolled.
    """
    session.require("status")
    with session.db.reading() as connection:
        figures = _figures(session, connection)
        heads = [
            {key: head[key] for key in ("device", "epoch", "committee", "seq")} for head in history.heads(connection)
        ]
        until = max((history.last_change(connection, each) or "" for each in session.scope(connection)), default="")
        said = {
            "role": session.role, "code": session.code, "name": session.name, **figures, "heads": heads,
            "last_receipt": _last_receipt(session, connection), "data_until": until or None,
            "due_today": figures["doubtful"] + figures.pop("conflicts"),
        }  # fmt: skip
        said.pop("conflicts", None)
        if session.role == "centre":
            said["committees"] = _committees(session, connection)
    return said


def _figures(session: Session, connection: Connection) -> dict[str, int]:
    total: Counter[str] = Counter()
    entries = 0
    for committee in session.scope(connection):
        figures = present.counts(connection, committee)
        entries = figures.pop("entries")
        total.update(figures)
    return {**total, "entries": entries}


def _last_receipt(session: Session, connection: Connection) -> str | None:
    """When the centre last said what it has; None at a centre and before the first receipt."""
    found = enrolment.held(connection) if session.role == "committee" else None
    if found is None:
        return None
    times = [devices.announced(connection, centre.id).at for centre in found[1].active("centre")]
    return max(times, default="") or None


def _committees(session: Session, connection: Connection) -> list[Values]:
    """What each committee sent and how old it is, the silent ones too."""
    found = enrolment.held(connection)
    members = found[1].active("committee") if found else []
    ever = [each for each in found[1].members if each.role == "committee"] if found else []
    lying = set(devices.committees(connection)) - {session.committee_id}
    known = {
        each.committee: (each.name, each.code)
        for each in ever
        if not each.revoked or each.committee in lying  # what a revoked PC sent before is counted, so it is listed
    }
    for row in present.where(connection, session.committee_id, "committee"):
        known.setdefault(row["id"], (row.get("name", ""), row.get("code", "")))
    said = []
    for committee, (name, code) in sorted(known.items(), key=lambda each: each[1][1]):
        times = [devices.announced(connection, each.id).at for each in ever if each.committee == committee]
        said.append({
            "committee": committee, "name": name, "code": code,
            "residents": present.counts(connection, committee)["residents"] if committee in lying else None,
            "data_until": history.last_change(connection, committee), "last_bundle": max(times, default="") or None,
            "enrolled": any(each.committee == committee for each in members),
        })  # fmt: skip
    return said


def due(session: Session) -> dict[str, int]:
    """How many things wait, by section of the window."""
    session.require("status")
    with session.db.reading() as connection:
        figures = _figures(session, connection)
    return {
        "doubtful": figures["doubtful"],
        "conflicts": figures["conflicts"],
        "today": figures["doubtful"] + figures["conflicts"],
    }
