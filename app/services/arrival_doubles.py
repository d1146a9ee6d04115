"""Somebody who was at home already when the centre sent the arrival on to another committee: that one need not wait.

Two PCs acted without knowing of each other, and what was seen counts: the person is at home. Only the centre, which sent it
on, ends what came of it; what the other committee has seen of the person since stands against that.
"""

from __future__ import annotations

from app.db import arriving
from app.db.connection import Connection
from app.db.rows import Reader
from app.domain import arrivals
from app.domain.arrival_plan import ENOUGH, likeness, traits
from app.domain.likeness import name_key
from app.services import arrival_rows
from app.services.session import Session
from app.services.values import Values
from app.words import say

NOT_MET = (arrivals.WAITED, arrivals.MISSED)
"""States of somebody whom the other committee has not seen: only those are ended here."""


def end(session: Session) -> list[Values]:
    """After each bundle at the centre: end the rows of people who came home where they were first awaited, as 已取消 with
    the reason. Of whom, as notices: {code, id, name, of}.

    Whom a person takes up again stays awaited: a row is ended so once only.
    """
    if session.role != "centre" or not session.may("arrivals.write"):
        return []
    with session.db.reading() as connection:
        telling = arrival_rows.Telling(session, connection)
        within = arrival_rows.scope(session, connection)
        rows = dict(
            found for committee in within for home in arriving.home_though_sent_on(connection, committee, arrivals.HOME)
            if (found := _awaited(connection, within, committee, home)) is not None
        )  # fmt: skip
    told = []
    for (committee, row), (of, home) in rows.items():
        with session.writing("decide", committee) as writing:
            why = say("arrival-home-at-first")
            writing.change("arrival", row, {"state": arrivals.CANCELLED, "state_why": why})
        name = str(home.get("person_name") or "")
        told.append({"code": "arrival-home-at-first-told", "id": row, "name": name, "of": telling.names.get(of, "")})
    return told


def _awaited(
    connection: Connection, within: list[str], of: str, home: Values
) -> tuple[tuple[str, str], tuple[str, Values]] | None:
    """((committee, id), (of, home)) of the row in which somebody who is at home is awaited still; None for none, and for
    several that may be meant."""
    at, row, seen = of, home, {(of, str(home["id"]))}
    while True:
        to = str(row.get("reassigned_to") or "")
        found = [each for each in arriving.sent_on(connection, to, at) if _is_meant(each, home)] if to in within else []
        if len(found) != 1 or (to, str(found[0]["id"])) in seen:
            return None
        at, row = to, found[0]
        seen.add((at, str(row["id"])))
        if arrivals.state_of(row) != arrivals.REASSIGNED:
            break
    if arrivals.state_of(row) not in NOT_MET or _was_ended(connection, at, str(row["id"])):
        return None
    return (at, str(row["id"])), (of, home)


def _is_meant(row: Values, home: Values) -> bool:
    """Is it the same person's? A row that has ended otherwise is nobody's to wait for."""
    names = [name_key(str(each.get("person_name") or "")) for each in (row, home)]
    open_ = arrivals.is_open(row) or arrivals.state_of(row) == arrivals.REASSIGNED
    carried = [{key: value for key, value in each.items() if key != "resident"} for each in (row, home)]
    return open_ and bool(names[0]) and names[0] == names[1] and likeness(*map(traits, carried)) >= ENOUGH


def _was_ended(connection: Connection, committee: str, row: str) -> bool:
    """Was it cancelled once, though perhaps taken back since?"""
    members = Reader(connection, committee).members(row)
    return any(
        write.value == arrivals.CANCELLED for member in members for write in member.keys.get("state", {}).values()
    )
