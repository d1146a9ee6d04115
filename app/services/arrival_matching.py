"""Who of the people behind a door comes: for lists of arrivals, in the connection of the service that asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.db import present
from app.db.connection import Connection
from app.db.seal import is_sealed
from app.domain.arrival_doors import Found
from app.domain.findings import NotTrusted
from app.domain.matching import Known as Person
from app.domain.matching import PeopleIndex, match
from app.services import places
from app.services.session import Session
from app.services.values import Values, number_index, opened


class Matching:
    """The people behind the doors of a list; read door by door, since a list has a few hundred rows and a street 250,000
    people."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self.session, self.connection = session, connection
        self._paths: dict[str, str] = {}

    def at(self, found: Found, told: Mapping[str, Any]) -> tuple[Values, str, str]:
        """(household and resident, path, code about who it is) behind a door."""
        if not found.dwelling:
            return {}, self._path(found.committee, "building", found.building), ""
        homes = present.where(self.connection, found.committee, "household", dwelling=found.dwelling)
        people = [
            each for home in homes
            for each in present.where(self.connection, found.committee, "resident", household=home["id"])
        ]  # fmt: skip
        numbers = number_index(self.session, told.get("documents"))
        matched = match(
            told, PeopleIndex(self._person(found, each) for each in people), dwelling=found.dwelling,
            id_index=numbers[0] if numbers else None,
        )  # fmt: skip
        if matched.kind == "known":
            who = next(each for each in people if each["id"] == matched.resident)
            home = {"household": who["household"], "resident": who["id"]}
            return home, self._path(found.committee, "household", str(who["household"])), ""
        path = self._path(found.committee, "dwelling", found.dwelling)
        code = "arrival-person-doubtful" if matched.kind == "doubtful" else ""
        if len(homes) == 1:
            return {"household": homes[0]["id"]}, path, code
        return {}, path, code

    def _person(self, found: Found, row: Values) -> Person:
        try:
            whole = opened(self.session, "resident", row)
        except NotTrusted:  # another PC sealed it wrongly: told by name and telephone, and the list is read
            whole = {key: value for key, value in row.items() if not is_sealed(value)}
        numbers = number_index(self.session, whole.get("documents"))
        return Person(
            row["id"], row.get("household"), found.dwelling, row.get("name", ""), row.get("birth_year"),
            numbers[0] if numbers else None, tuple(each["number"] for each in row.get("phones", ()) if "number" in each),
            row.get("status"), row.get("sex"), whole.get("birth_date"), tuple(numbers[1:]),
        )  # fmt: skip

    def by_number(self, told: Mapping[str, Any]) -> str:
        """Path of the one resident of the street who has the document number of a row; "" for none or several."""
        numbers = number_index(self.session, told.get("documents"))
        if not numbers:
            return ""
        found = [
            places.path_of(self.connection, committee, "resident", row)
            for committee in self.session.scope(self.connection)
            for row in present.with_number(self.connection, committee, numbers[0])
        ]
        return found[0] if len(found) == 1 else ""

    def _path(self, committee: str, entity: str, row: str) -> str:
        if not row:
            return ""
        if row not in self._paths:
            self._paths[row] = places.path_of(self.connection, committee, entity, row)
        return self._paths[row]
