"""迁移 as people look at it: who waits, where, since when; and taking somebody in at a door."""

from __future__ import annotations

from collections.abc import Sequence

from app.db import present
from app.domain import moves as states
from app.domain.findings import UserError
from app.services import enrolment, moves, records
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, presented


def waiting(session: Session) -> list[Values]:
    """Moves under way: what `moves.pending` says, with of and to (names of the two committees).

    At a centre one line for each offer, whichever of its two rows have come; `arrived` once it was carried.
    """
    pending = moves.pending(session)
    names = {each["committee"]: each["name"] for each in enrolment.status(session)["members"]}
    lines: dict[str, Values] = {}
    for each in pending:
        mine = names.get(each["committee"], session.name)
        here = each["state"] == states.ARRIVED
        each["of"], each["to"] = (each["other"], mine) if here else (mine, each["other"])
        before = lines.get(each["offer"])
        if before is None or here:
            lines[each["offer"]] = each | ({} if before is None else _both(before, each))
        else:
            before |= _both(before, each)
    return list(lines.values())


def told(session: Session, resident: str) -> Values:
    """What came along with somebody (by id), with telephones and level 3 masked; `records.show` opens the telephones, which
    leaves an entry. Raises UserError("path-unknown")."""
    session.require("moves.read")
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "resident", resident)
        values = present.one(connection, committee, "resident", resident)
    if values is None:
        raise UserError("path-unknown", path=resident)
    return presented(session, "resident", values, sensitive=False, phones=False)


def _both(one: Values, other: Values) -> Values:
    """What the rows of both sides say together: waiting since the earlier of the two, at the address of the one that has any."""
    since = min(one, other, key=lambda each: str(each["since"]))
    return {
        "since": since["since"],
        "days": max(one["days"], other["days"]),
        "path": max(one["path"], other["path"], key=len),
    }


def take_in(
    session: Session, resident: str, *, household: str = "", dwelling: str = "", together: Sequence[str] = ()
) -> Change:
    """Accept somebody (by id) into a household that is there, or into a new one behind a door (ids or paths).

    together: ids of others who move with them, taken into the same household in the same act.
    Raises what `moves.accept` raises; UserError("move-household-needed").
    """
    session.require("moves.accept")
    if not household and not dwelling:
        raise UserError("move-household-needed")
    people = [resident, *together]
    waits = {each["id"] for each in moves.pending(session) if each["state"] == states.ARRIVED}
    if not set(people) <= waits:
        raise UserError("move-none", name="")  # before a household is made for nobody
    home = household or records.add(session, "household", {"dwelling": dwelling}).id
    return moves.accept_many(session, people, home)
