"""Everybody a workspace knows, to find the people of a list among: matched, judged, with what is on record of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db import present
from app.db.connection import Connection
from app.domain import addresses
from app.domain.findings import Finding
from app.domain.jobs import Cancelled, Progress, check
from app.domain.matching import Known, Match, PeopleIndex, match
from app.domain.people import is_home
from app.domain.verdicts import Judged, KnownDoors, Namesakes, judge
from app.exchange import rosters
from app.exchange.headers import meaning
from app.exchange.namelist import Sheet
from app.services.session import Session
from app.services.values import Values, number_index, opened
from app.words import say

Place = tuple[str, str, str]
"""Building id, unit, room."""
DOOR = ("estate", "lane", "building", "unit", "room")
LOOK_UP = "check-match"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list. said: what it says of the person, in words; who: whom it is, or might be; fills: column
    index → text."""

    row: int
    said: Values
    judged: Judged
    who: str = ""
    address: str = ""
    fills: dict[int, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why, in words."""
        return _reason(self.judged, self.address)


def _reason(judged: Judged, address: str) -> str:
    details = dict(judged.details)
    if why := details.get("why"):
        details["why"] = say(f"reason-{why}")
    return say(f"verdict-{judged.reason}", address=address, **details)


class Everybody:
    """The people and doors of all committees that lie here."""

    def __init__(self, session: Session, connection: Connection, titles: Sequence[str], grid: Sheet) -> None:
        self.session, self.grid = session, grid
        self.scope = session.scope(connection)
        doors = {each: present.doors(connection, each) for each in self.scope}
        self.doors = KnownDoors(tuple(door) for each in self.scope for door in doors[each])
        self.where = {dwelling: place for each in self.scope for dwelling, place in places_of(doors[each]).items()}
        people = [person for each in self.scope for person in everybody(session, connection, each, self.where)]
        self.index = PeopleIndex(people)
        self.namesakes = Namesakes(people)
        self.people = Details(session, connection, self.scope)
        self.place_columns = [
            index for index, title in enumerate(titles) if meaning(title) in (*DOOR, "address")
        ]  # fmt: skip

    def rows(self, roster: rosters.Roster, progress: Progress, cancelled: Cancelled) -> list[Row]:
        found = []
        for number, each in enumerate(roster.rows):
            if number % 1_000 == 0:
                progress(number, len(roster.rows), LOOK_UP)
                check(cancelled)
            if each.values.get("name") or each.values.get("documents"):
                found.append((each.row, each.values, *self._match(each.row, each.values)))
            else:
                roster.findings.append(Finding("check-no-name", each.row, sheet=roster.sheet))
        self.people.read({person for each in found for person in _meant(each[2], each[4])})
        first: dict[str, int] = {}
        return [self._judged(first, *each) for each in found]

    def _match(self, row: int, values: Values) -> tuple[Match, str, list[Known]]:
        """(match, place, namesakes). A hukou address stands for the address where the list gives no other."""
        written = "".join(self.grid.text(row, index) for index in self.place_columns)
        place, dwelling = self.doors.find(values)
        if place == "none" and written:
            place = "unknown"
        if place == "none" and values.get("hukou_address"):
            read = addresses.read(str(values["hukou_address"]))
            said = {"lane": read.lane, "building": read.building, "unit": read.unit, "room": read.room}
            place, dwelling = self.doors.find(said)
            place = "known" if dwelling else "none"
        numbers = number_index(self.session, values.get("documents"))
        number = numbers[0] if numbers else None
        matched = match(values, self.index, dwelling=dwelling, id_index=number, place=self.where.get(dwelling or ""))
        named = self.namesakes.of(values, number) if matched.resident is None else []
        return matched, place, named

    def _judged(
        self, first: dict[str, int], row: int, values: Values, matched: Match, place: str, named: list[Known]
    ) -> Row:
        person = self.people.of(matched.resident) if matched.resident else None
        judged = judge(
            matched, person, place=place, named=named, first_row=first.get(matched.resident or ""),
            hukou_at_home=self.people.at_home(matched.resident),
        )  # fmt: skip
        if judged.matched:
            first.setdefault(judged.resident, row)
        known = self.people.of(judged.resident) or {}
        written = "".join(self.grid.text(row, index) for index in self.place_columns)
        said = {
            "name": values.get("name", ""), "sex": values.get("sex", ""), "birth_year": str(values.get("birth_year", "")),
            "place": written or str(values.get("hukou_address", "")),
            "phones": "、".join(str(each.get("number", "")) for each in values.get("phones") or ()),
        }  # fmt: skip
        return Row(row, said, judged, str(known.get("name", "")), address_of(known))


def _meant(matched: Match, named: list[Known]) -> list[str]:
    """Ids of whom a row is, or of the first it might be."""
    return [matched.resident] if matched.resident else [each.id for each in named[:1]]


def places_of(doors: Iterable[Sequence[Any]]) -> dict[str, Place]:
    """Dwelling id → building id, unit, room; doors as `present.doors` gives them."""
    return {
        dwelling: (building, unit or "", room or "")
        for _, _, _, building, _, dwelling, unit, room in doors if dwelling
    }  # fmt: skip


def everybody(session: Session, connection: Connection, committee: str, where: Mapping[str, Place]) -> list[Known]:
    """A committee's residents for matching, the dead and the gone too. where: as `places_of` gives it."""
    numbers = present.indexed_numbers(connection, committee)
    people = []
    for row, dwelling in present.people(connection, committee):
        own = numbers.get(row["id"], [])
        people.append(Known(
            id=row["id"], household=row.get("household"), dwelling=dwelling, name=row.get("name", ""),
            birth_year=row.get("birth_year"), id_index=own[0] if own else None,
            phones=tuple(each["number"] for each in row.get("phones", ()) if "number" in each),
            status=row.get("status"), sex=row.get("sex"),
            birth_date=opened(session, "resident", row).get("birth_date"), further_ids=tuple(own[1:]),
            place=where.get(dwelling or ""),
        ))  # fmt: skip
    return people


class Details:
    """What is on record of the people found, with their doors."""

    def __init__(self, session: Session, connection: Connection, scope: list[str]) -> None:
        self.session, self.connection, self.scope = session, connection, scope
        self._rows: dict[str, Values] = {}

    def read(self, wanted: set[str]) -> None:
        lacking = wanted - self._rows.keys()
        if lacking:
            for committee in self.scope:
                self._rows |= {
                    row["id"]: row for row in present.report_rows(self.connection, committee) if row["id"] in lacking
                }

    def of(self, resident: str | None) -> Values | None:
        return self._rows.get(resident or "")

    def at_home(self, resident: str | None) -> bool | None:
        row = self.of(resident)
        if not row or not row.get("hukou_address") or not row.get("building"):
            return None
        door = {key: str(row.get(key) or "") for key in ("estate", "lane", "building", "room")}
        return is_home(str(row["hukou_address"]), **door)


def address_of(row: Values) -> str:
    unit, room = str(row.get("unit") or ""), str(row.get("room") or "")
    inside = (f"{unit}单元" if unit else "") + (f"{room}室" if room[-1:].isdigit() else room)
    return "".join(str(row.get(key) or "") for key in ("estate", "lane", "building")) + inside
