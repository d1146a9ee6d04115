"""The household that a merged person leaves: removed where nobody and nothing is left of it, its contact follows.

Visits and former residences stay where they were made: a household that has any stays too, without a contact who does not
live there. Two households behind one door may become one: what hangs on the one that goes is said of the one that stays.
"""

from __future__ import annotations

from app.db import present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import REFERRERS
from app.services.values import Values


def behind_one_door(connection: Connection, committee: str, one: Values, other: Values) -> int:
    """Of two people in two households behind one door: how many others live there; 0 of all others."""
    homes = [each.get("household") or "" for each in (one, other)]
    if not _share_a_door(connection, committee, *homes):
        return 0
    people = {row["id"] for home in homes for row in present.where(connection, committee, "resident", household=home)}
    return len(people - {one["id"], other["id"]})


def _share_a_door(connection: Connection, committee: str, one: str, other: str) -> bool:
    doors = [(present.one(connection, committee, "household", each) or {}).get("dwelling") for each in (one, other)]
    return one != other and doors[0] is not None and doors[0] == doors[1]


def settle(writing: Writing, kept: Values, joins: Values, leader: str, *, one_home: bool) -> None:
    """After two rows became the person `leader`, in the same batch. one_home: everybody behind that door is one household."""
    connection, committee = writing.connection, writing.author.committee_id
    writing.show()
    home = (present.one(connection, committee, "resident", leader) or {}).get("household") or ""
    for left in sorted({str(each["household"]) for each in (kept, joins) if each.get("household")} - {home}):
        household = present.one(connection, committee, "household", left)
        if household is None:
            continue
        lived_in = bool(present.where(connection, committee, "resident", household=left))
        if _share_a_door(connection, committee, home, left) and (one_home or not lived_in):
            _take_over(writing, left, home)
        is_contact = household.get("contact") in (kept["id"], joins["id"], leader)
        if is_contact and home and not (present.one(connection, committee, "household", home) or {}).get("contact"):
            writing.change("household", home, {"contact": leader})
        if not present.referring(connection, committee, "household", left):
            for member in writing.reader.group(left):
                writing.set_deleted("household", member, True)
        elif is_contact:
            writing.change("household", left, {"contact": None})


def _take_over(writing: Writing, left: str, home: str) -> None:
    committee = writing.author.committee_id
    for entity, column in REFERRERS["household"]:
        for each in present.where(writing.connection, committee, entity, **{column: left}):
            writing.change(entity, each["id"], {column: home})
    writing.show()
