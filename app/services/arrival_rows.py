"""Rows of arrivals for the services that read and write them: whose they are, under which id, and how they are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from random import SystemRandom
from typing import Any

from app.db import arriving, present
from app.db.connection import Connection
from app.db.rows import written_before
from app.domain import arrivals, clock, contact_codes, ids
from app.domain.findings import UserError
from app.domain.likeness import name_key
from app.services import committees, places
from app.services.session import Session
from app.services.values import Values, presented

RANDOM = SystemRandom()


def scope(session: Session, connection: Connection) -> list[str]:
    """Whose arrivals are read here: at a centre also those that wait in its office."""
    found = [each for each in session.scope(connection) if each != session.committee_id or session.role == "committee"]
    return (
        found if session.role == "committee" else [*(each for each in found if each != session.office), session.office]
    )


def one(session: Session, connection: Connection, row: str) -> tuple[str, Values]:
    """(committee, values) of an arrival by its id.

    Should another committee have written under the id of a stub that is not its own, the row whose id follows from its
    committee and code is meant. Raises UserError("arrival-unknown").
    """
    within = frozenset(scope(session, connection))
    found = [each for each in arriving.committees_of(connection, row) if each in within]
    read = {each: present.one(connection, each, "arrival", row) or {} for each in found}
    own = [each for each, values in read.items() if _is_of(each, values)] or found
    if not own:
        raise UserError("arrival-unknown", id=row)
    return own[0], read[own[0]]


def _is_of(committee: str, values: Values) -> bool:
    code = values.get("contact_code")
    return contact_codes.is_code(code) and ids.stub_id(committee, "arrival", str(code)) == values.get("id")


def new_row(
    session: Session, connection: Connection, committee: str, taken: Collection[str] = ()
) -> tuple[str, Values]:
    """(id, what its making adds) of a new arrival: with a contact code where a centre makes it for a committee.

    taken: ids of the same batch that are not written yet.
    """
    if session.role == "committee" or committee == session.office:
        return str(ids.new_id()), {}
    while True:
        code = contact_codes.make(RANDOM)
        row = str(ids.stub_id(committee, "arrival", code))
        if row not in taken and not written_before(connection, [row]):
            return row, {"contact_code": code}


def in_household(connection: Connection, committee: str, household: str, name: str) -> str:
    """Id of the one living resident of the household who is called so; "" for none or several."""
    people = present.where(connection, committee, "resident", household=household)
    found = [
        each["id"] for each in people
        if name and name_key(str(each.get("name") or "")) == name_key(name) and each.get("status") != "去世"
    ]  # fmt: skip
    return str(found[0]) if len(found) == 1 else ""


# ---------------------------------------------------------------- shown


class Telling:
    """Rows as lists show them: phones masked, with path, due and why they stand out."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self.session, self.connection = session, connection
        self.now, self.centre = session.now(), session.role == "centre"
        self.names = {
            str(row["id"]): str(row.get("name") or "") for row in committees.known(session, connection)
        } if self.centre else {}  # fmt: skip
        self._paths: dict[tuple[str, str], str] = {}

    def row(self, committee: str, values: Values, *, phones: bool = False) -> Values:
        """id, committee, committee_name, household, resident, state, due, why, name, path, building, room and the fields."""
        waits = self.centre and committee == self.session.office
        why = arrivals.stands_out(values, self.now, at_centre=self.centre, waits_at_centre=waits)
        due = arrivals.due(values)
        shown = presented(self.session, "arrival", values, sensitive=False, phones=phones)
        path = self.path(committee, str(values.get("household") or ""))
        return {
            **shown, "committee": "" if waits else committee, "committee_name": self.names.get(committee, ""),
            "household": values.get("household", ""), "resident": values.get("resident", ""),
            "state": arrivals.state_of(values), "due": clock.written(due) if due else "",
            "overdue": why in ("late", "not-home", "missed", "long-way", "stub-waiting"),
            "why": why or "", "name": self.name(committee, values), "path": path,
            "stub": contact_codes.is_stub("arrival", values), "waits": waits,
            "sort": arrivals.order(values, why),
        }  # fmt: skip

    def name(self, committee: str, values: Mapping[str, Any]) -> str:
        """Who it is: as the list has it, else the resident's name."""
        if values.get("person_name"):
            return str(values["person_name"])
        resident = str(values.get("resident") or "")
        found = present.one(self.connection, committee, "resident", resident) if resident else None
        return str((found or {}).get("name") or "")

    def path(self, committee: str, household: str) -> str:
        """Of a household; "" for none, and for one that is not there."""
        if not household:
            return ""
        key = committee, household
        if key not in self._paths:
            self._paths[key] = places.path_of(self.connection, committee, "household", household)
        return self._paths[key]
