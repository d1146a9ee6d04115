"""Figures of a workspace: what `status` says and the numbers beside the window's sections."""

from __future__ import annotations

from collections import Counter

from app.db import devices, history, present
from app.db.connection import Connection
from app.domain import access
from app.services import committees, enrolment, reviews, today
from app.services.session import Session
from app.services.values import Values


def status(session: Session) -> Values:
    """role, code, name, counts of places and people, heads of the chains, last receipt, data_until, due_today.

    `residents` are those who live here (实有人口), `persons` all that are kept; whoever may see no totals is told none,
    and a reader of totals no small ones. At a centre the figures are those of
    all committees together, and `committees` says each one's: name, code, residents, data_until, last_bundle, enrolled.
    """
    return standing(session)[0]


def standing(session: Session, *, mine: bool = False) -> tuple[Values, dict[str, int]]:
    """What `status` and `due` say, from one reading: the window wants both after every write."""
    session.require("status")
    work = today.counts(session, mine=mine)
    with session.db.reading() as connection:
        figures = _figures(session, connection)
        waiting = _waiting(session, connection, figures)
        heads = [
            {key: head[key] for key in ("device", "epoch", "committee", "seq")}
            for head in history.heads(connection)
            if session.is_given(connection, head["committee"])
        ]
        until = max((committees.until(session, connection, each) for each in session.scope(connection)), default="")
        said = {
            "role": session.role, "code": session.code, "name": session.name, **_told(session, figures), "heads": heads,
            "last_receipt": _last_receipt(session, connection), "data_until": until or None,
            "due_today": sum(waiting.values()) + work.items,
        }  # fmt: skip
        if session.role == "centre":
            said["committees"] = _committees(session, connection)
    return said, _by_section(waiting, work)


def _figures(session: Session, connection: Connection) -> dict[str, int]:
    total: Counter[str] = Counter()
    entries = 0
    for committee in session.scope(connection):
        figures = present.counts(connection, committee)
        entries = figures.pop("entries")
        if committee != session.committee_id:
            figures["doubtful"] = 0  # rows of a committee's roster are that committee's to decide
        total.update(figures)
    return {**total, "entries": entries}


def _told(session: Session, figures: dict[str, int]) -> Values:
    """The figures that this account may be told."""
    if not session.may("summaries.read"):
        return {"entries": figures["entries"]}
    people = {key: access.told(figures[key], session.roles) for key in ("residents", "persons", "households")}
    return {key: value for key, value in {**figures, **people}.items() if key != "conflicts"}


def _waiting(session: Session, connection: Connection, figures: dict[str, int]) -> dict[str, int]:
    """What waits for this account, by kind."""
    may = session.may
    return {
        "doubtful": figures["doubtful"] if may("doubtful.read") else 0,
        "conflicts": figures["conflicts"] if may("conflicts.read") else 0,
        "reviews": reviews.count(session, connection) if may("reviews.read") else 0,
    }


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
    devices_of = [each for each in found[1].members if each.role == "committee"] if found else []
    said = []
    for row in committees.known(session, connection):
        own = [each for each in devices_of if each.committee == row["id"]]
        until = committees.until(session, connection, row["id"])
        times = [devices.announced(connection, each.id).at for each in own]
        said.append({
            "committee": row["id"], "name": row.get("name", ""), "code": row.get("code", ""),
            "residents": _residents(session, connection, row["id"]) if until else None,
            "data_until": until or None, "last_bundle": max(times, default="") or None,
            "enrolled": any(not each.revoked for each in own),
        })  # fmt: skip
    return said


def _residents(session: Session, connection: Connection, committee: str) -> int | None:
    """How many live in a committee, as far as this account is told."""
    if not session.may("summaries.read"):
        return None
    return access.told(present.counts(connection, committee)["residents"], session.roles)


def due(session: Session, *, mine: bool = False) -> dict[str, int]:
    """The numbers beside the sections of the window; what this account may not see or do does not wait for it.

    `today` is how many lines the list on 今日 has, the other sections' are their part of them; `status.due_today` is how
    many single things these are. mine: as the list is narrowed to the account's buildings.
    """
    session.require("status")
    work = today.counts(session, mine=mine)
    with session.db.reading() as connection:
        waiting = _waiting(session, connection, _figures(session, connection))
    return _by_section(waiting, work)


def _by_section(waiting: dict[str, int], work: today.Counts) -> dict[str, int]:
    return {**waiting, **{section: work.sections[section] for section in today.SECTIONS}, "today": work.lines}
