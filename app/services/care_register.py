"""The people of a committee as care sees them: who sleeps where, how old, in which groups; read in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from app.db import caring, history, present
from app.db.caring import Row
from app.db.connection import Connection
from app.domain.care_groups import Person, Reason, Register
from app.domain.fields import CARE_GROUPS_SENSITIVE, LIVING_HERE
from app.domain.findings import NotTrusted
from app.domain.people import LIVING_KINDS
from app.services.session import Session
from app.services.values import Values, opened
from app.words import say

LANE = re.compile(r"\d+弄")
"""What of a lane tells it from the others of a committee."""


class Everyone:
    """A committee's register with what it takes to say who and where somebody is; around: of one person's households."""

    def __init__(self, session: Session, connection: Connection, committee: str, on: date, around: str = "") -> None:
        self.session, self.connection, self.committee = session, connection, committee
        self.rows = {row.id: row for row in caring.people(connection, committee, around)}
        self._households(connection, committee)
        elsewhere: dict[str, str] = {}
        for resident, household in caring.living_elsewhere(connection, committee):
            elsewhere.setdefault(resident, household)
        self.register = Register((self._person(row, elsewhere) for row in self.rows.values()), on)

    def _households(self, connection: Connection, committee: str) -> None:
        behind: dict[str, list[str]] = defaultdict(list)
        self.kinds: dict[str, str] = {}
        for row, dwelling, kind in caring.households(connection, committee):
            behind[dwelling].append(row)
            self.kinds[row] = kind or ""
        self.ordinals = {row: n for rows in behind.values() for n, row in enumerate(rows, 1)}

    def _person(self, row: Row, elsewhere: dict[str, str]) -> Person:
        main = row.residence_kind or LIVING_KINDS[0]
        household, lives = row.household or "", main in LIVING_KINDS
        if not lives and (other := elsewhere.get(row.id)):
            household, lives = other, True
        status = row.status or LIVING_HERE[0]
        return Person(
            row.id, household, row.name or "", self._born(row), lives and status in LIVING_HERE,
            "" if status in LIVING_HERE else status, self.kinds.get(household, "") if lives else main,
            groups_in(row.care_groups),
        )  # fmt: skip

    def _born(self, row: Row) -> int | None:
        """The year of birth; from the sealed papers only where it stands nowhere else and this account opens them."""
        if isinstance(row.birth_year, int) or not row.hidden or self.session.ring is None:
            return row.birth_year if isinstance(row.birth_year, int) else None
        values = present.one(self.connection, self.committee, "resident", row.id) or {}
        try:
            born = str(opened(self.session, "resident", values).get("birth_date") or "")[:4]
        except NotTrusted:
            return None
        return int(born) if born.isdecimal() else None

    def path(self, resident: str) -> str:
        """As `places.path_of` has it, from what is read already."""
        row = self.rows[resident]
        inside = (f"户{self.ordinals[row.household]}",) if row.household in self.ordinals else ()
        return "/".join(filter(None, (row.estate, row.lane, row.number, row.unit, row.room, *inside, row.name)))

    def door(self, resident: str) -> str:
        """Where somebody lives, for a list that goes out."""
        row = self.rows[resident]
        room = str(row.room or "")
        inside = (f"{row.unit}单元" if row.unit else "") + (f"{room}室" if room[-1:].isdigit() else room)
        return "".join(filter(None, (row.estate, row.lane, row.number))) + inside

    def said(self, resident: str) -> Values:
        """Who somebody is, in the keys that rows of care share."""
        row, person = self.rows[resident], self.register.people[resident]
        return {
            "id": resident, "resident": resident, "household": row.household or "", "name": row.name or "",
            "sex": row.sex or "", "birth_year": person.born, "path": self.path(resident), "door": short_door(row.lane, row.number, row.unit, row.room), "building": row.building or "",
            "committee": self.committee,
        }  # fmt: skip

    def all_of(self, groups: Iterable[str]) -> dict[str, list[Reason]]:
        """Everybody who is in each of these groups, with the reasons."""
        found: dict[str, list[Reason]] | None = None
        for group in groups:
            now = self.members(group)
            found = (
                {row: [why] for row, why in now.items()} if found is None
                else {row: [*whys, now[row]] for row, whys in found.items() if row in now}
            )  # fmt: skip
        return found or {}

    def members(self, group: str) -> dict[str, Reason]:
        if group not in CARE_GROUPS_SENSITIVE:
            return self.register.members(group)
        return {row: Reason("care-why-marked") for row, groups in self.sensitive().items() if group in groups}

    def sensitive(self) -> dict[str, frozenset[str]]:
        """resident id -> sealed groups, of those who live here; nothing without the ring. The caller has the right."""
        found = {}
        for row, sealed in caring.sealed_groups(self.connection, self.committee).items():
            person = self.register.people.get(row)
            if person is None or not person.here or self.session.ring_of(sealed) is None:
                continue
            try:
                now = opened(self.session, "resident", {"id": row, "care_groups_sensitive": sealed})
            except NotTrusted:
                continue  # a broken value hides nobody else
            found[row] = groups_in(now["care_groups_sensitive"])
        return found

    def count_sealed(self) -> int:
        """How many live here of whom anything sensitive is marked: all that an account without the ring is told."""
        marked = caring.sealed_groups(self.connection, self.committee)
        return sum(self.register.people[row].here for row in marked if row in self.register.people)


def short_door(lane: str | None, number: str | None, unit: str | None, room: str | None) -> str:
    """187弄12号302: what tells one door from the next, for a narrow column; the road of a lane is left out."""
    numbered = LANE.search(lane or "")
    return "".join(filter(None, (numbered[0] if numbered else lane, number, f"{unit}单元" if unit else "", room)))


def groups_in(value: object) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()


def words(reason: Reason) -> str:
    return say(reason.code, **reason.details)


def marked_when(session: Session, connection: Connection, committee: str, resident: str) -> dict[str, Values]:
    """group -> since when a person's mark stands: at (ISO day), account, source ("" where it was set by hand)."""
    names = present.account_names(connection, session.office) | present.account_names(connection, committee)
    versions = [
        each for each in history.of_row(connection, committee, "resident", resident)
        if each["field"] == "care_groups" and not each["void"]
    ]  # fmt: skip
    found: dict[str, Values] = {}
    standing = groups_in(versions[0]["value"]) if versions else frozenset()
    for each in versions:  # newest first: as far back as the mark was never gone
        standing &= groups_in(each["value"])
        said = {
            "at": each["at"][:10], "account": names.get(each["account"], each["account"]), "source": each["source"] or ""
        }  # fmt: skip
        found |= dict.fromkeys(standing, said)
    return found
