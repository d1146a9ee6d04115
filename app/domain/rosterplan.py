"""What a roster would do, decided in memory: which doors, households and people are new, changed, the same, doubtful.

Pure: the service gives it what is known and seals and writes what comes out. Rows are taken in the order
of the file, because people who follow a 户主 belong to that 户主.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain import ids
from app.domain.differences import changes
from app.domain.doors import Doors
from app.domain.fields import ARRIVAL_OF_ROSTER, DWELLING, RESIDENT, ROSTER_FIELDS, Type
from app.domain.findings import Finding
from app.domain.known_places import KnownPlaces
from app.domain.matching import Known, Match, PeopleIndex, match
from app.domain.placement import Placed, Placement, Told

Values = dict[str, Any]
STATES = ("new", "changed", "same", "doubtful", "rejected")
RESIDENT_KEYS = frozenset(f.key for f in RESIDENT.stored if f.type is not Type.REFERENCE)
ARRIVAL_KEYS = frozenset(ARRIVAL_OF_ROSTER)
OTHERS_KEYS = frozenset(ROSTER_FIELDS) - RESIDENT_KEYS
"""What a row may say of the door, the household or an arrival, not of the person."""
DOOR_KEYS = ("use", "state", "floor")


@dataclass(slots=True)
class Steps:
    """What is to be written, in this order. Each list: (id, values)."""

    estates: list[tuple[str, Values]] = field(default_factory=list)
    buildings: list[tuple[str, Values]] = field(default_factory=list)
    dwellings: list[tuple[str, Values]] = field(default_factory=list)
    households: list[tuple[str, Values]] = field(default_factory=list)
    residents: list[tuple[str, Values]] = field(default_factory=list)
    arrivals: list[tuple[str, Values]] = field(default_factory=list)
    doubtful: list[tuple[str, Values]] = field(default_factory=list)
    numbers: dict[str, list[bytes]] = field(default_factory=dict)
    """new resident's id -> index values of the document numbers"""
    changed: list[tuple[str, str, Values]] = field(default_factory=list)
    """(entity, id, values) of rows that are there."""

    @property
    def size(self) -> int:
        """How many rows are to be written."""
        new = (
            self.estates,
            self.buildings,
            self.dwellings,
            self.households,
            self.residents,
            self.arrivals,
            self.doubtful,
        )
        return sum(len(rows) for rows in new) + len(self.changed)


class Planner:
    """Takes rows one by one.

    on_doubt: queue (待核行), keep (ours stands, the row is only counted) or take. unknown_places: see `Placement`.
    adds_notes: a note is put behind what is there instead of in its place.
    """

    def __init__(
        self,
        places: KnownPlaces,
        people: PeopleIndex,
        doors: Doors,
        known_values: Callable[[str], Values],
        number_index: Callable[[Any], list[bytes]],
        arrivals: Callable[[str], list[Values]],
        *,
        default_estate: str,
        on_doubt: str = "queue",
        unknown_places: str = "create",
        adds_notes: bool = False,
    ) -> None:
        self.people = people
        self.doors = doors
        self.known_values = known_values
        self.number_index = number_index
        self.arrivals = arrivals
        self.on_doubt = on_doubt
        self.adds_notes = adds_notes
        self.steps = Steps()
        self.places = Placement(places, self.steps, default_estate, unknown_places)
        self.counts = dict.fromkeys(STATES, 0)
        self.findings: list[Finding] = []
        self.last: Match | None = None
        """How the row taken last was matched; None for a row without a name."""
        self._where = {} if people.knew_nobody else {dwelling: place for place, dwelling in places.dwellings.items()}
        self._sheet: str | None = None
        self._fresh: dict[str, Values] = {}
        self._homes: dict[str, Values] = {}
        """households of this file, as they will be written"""

    def take(self, row: int, values: Values, sheet: str | None = None) -> str:
        """Decide one row; returns its state."""
        before = len(self.steps.dwellings)
        placed = self.places.at(values)
        self.last = None
        self._sheet = sheet
        if placed.told is not None:
            self._tell(row, values, placed, placed.told)
        if not placed.dwelling:
            state = "rejected"
        elif values.get("name"):
            state = self._person(row, values, placed)
        else:
            state = self._door(values, placed.dwelling, before)
        self.counts[state] += 1
        return state

    # ---------------------------------------------------------------- doors

    def dwelling(self, values: Mapping[str, Any]) -> str:
        """Id of the door a row names; what is missing of it goes into the steps. "" where it names none."""
        return self.places.at(values).dwelling

    def _tell(self, row: int, values: Values, placed: Placed, told: Told) -> None:
        """What was taken for what is said once for each place, a rejection for each row."""
        if placed.dwelling and told.rows:
            told.rows += 1
            return
        told.rows += 1
        said = told.said or str(values.get("name") or "")
        code = told.code if placed.dwelling or values.get("name") or told.said else "row-no-name"
        self.findings.append(
            Finding(code, row, None, self._sheet, said or None, {"taken": told.taken} if told.taken else {})
        )

    def _door(self, values: Values, dwelling: str, before: int) -> str:
        """A row without a name says something of the door: empty, let, a shop."""
        if len(self.steps.dwellings) > before:
            return "new"
        known = self.places.known.doors.setdefault(dwelling, {})
        different = changes(known, {key: values[key] for key in DOOR_KEYS if key in values}, "take", DWELLING)
        if not different:
            return "same"
        known.update(different)
        self.steps.changed.append(("dwelling", dwelling, different))
        return "changed"

    # ---------------------------------------------------------------- people

    def _person(self, row: int, values: Values, placed: Placed) -> str:
        dwelling = placed.dwelling
        numbers = self.number_index(values.get("documents"))
        self.last = found = match(
            values, self.people, dwelling=dwelling, id_index=numbers[0] if numbers else None,
            place=self._where.get(dwelling) or self._made(dwelling),
        )  # fmt: skip
        if found.kind == "new":
            return self._new(values, dwelling, numbers)
        assert found.resident is not None
        if found.kind == "doubtful" and self.on_doubt == "queue":
            self._put_aside(row, placed.corrected(values), found)
            return "doubtful"
        if found.kind == "doubtful" and self.on_doubt == "keep":
            return "doubtful"
        return self._known(values, dwelling, found.resident)

    def _made(self, dwelling: str) -> tuple[str, str, str] | None:
        """Where a door is that this file brought; nobody asks where nobody was known before."""
        if self.people.knew_nobody:
            return None
        door = self.places.known.doors[dwelling]
        self._where[dwelling] = place = door["building"], door.get("unit", ""), door.get("room", "")
        return place

    def _new(self, values: Values, dwelling: str, numbers: list[bytes]) -> str:
        resident = ids.new_id()
        seat = self.doors.seat(dwelling, values, resident=resident)
        if seat.new:
            made: Values = {"dwelling": dwelling}
            if seat.label:
                made["label"] = seat.label
            if values.get("household_kind"):
                made["kind"] = values["household_kind"]
            self.steps.households.append((seat.household, made))
            self._homes[seat.household] = made
        if self.doors.labelled:
            self._name_homes()
        kept = {key: value for key, value in values.items() if key not in OTHERS_KEYS}
        kept["household"] = seat.household
        self.steps.residents.append((resident, kept))
        self._fresh[resident] = kept
        if numbers:
            self.steps.numbers[resident] = numbers
        self._arrival(values, resident, known=False)
        self.people.add(Known(
            resident, seat.household, dwelling, values["name"], values.get("birth_year"), numbers[0] if numbers else None,
            tuple([phone["number"] for phone in values.get("phones", ())]), values.get("status"), values.get("sex"),
            values.get("birth_date"), tuple(numbers[1:]),
        ))  # fmt: skip
        self.people.note(resident, values)
        return "new"

    def _name_homes(self) -> bool:
        """Households that a row gave the label they did not have; is one of them known already?"""
        known = False
        for household, label in self.doors.labelled:
            if household in self._homes:
                self._homes[household]["label"] = label
            else:
                self.steps.changed.append(("household", household, {"label": label}))
                known = True
        self.doors.labelled.clear()
        return known

    def _known(self, values: Values, dwelling: str, resident: str) -> str:
        self.people.note(resident, values)
        fresh = self._fresh.get(resident)
        known = fresh if fresh is not None else self.known_values(resident)
        household = self.people.people[resident].household
        self.doors.seat(dwelling, values, resident=resident, household=household)
        labelled = bool(self.doors.labelled) and self._name_homes()
        said = {key: value for key, value in values.items() if key in RESIDENT_KEYS}
        if self.adds_notes and said.get("note"):
            said["note"] = _added(known.get("note"), said["note"])
        different = changes(known, said)
        arrived = self._arrival(values, resident, known=fresh is None)
        if not different:
            return "changed" if arrived or labelled else "same"
        if fresh is not None:
            fresh.update(different)
            if "documents" in different:
                self.steps.numbers[resident] = self.number_index(different["documents"])
        else:
            self.steps.changed.append(("resident", resident, different))
        return "changed"

    def _arrival(self, values: Values, resident: str, *, known: bool) -> bool:
        if not values.get("arrived_on") and not values.get("origin"):
            return False
        said = {key: values[key] for key in ARRIVAL_KEYS if values.get(key) is not None}
        if known and any(
            all(each.get(key) == value for key, value in said.items()) for each in self.arrivals(resident)
        ):
            return False
        self.steps.arrivals.append((ids.new_id(), {"resident": resident, **said}))
        return True

    def _put_aside(self, row: int, values: Values, found: Match) -> None:
        made: Values = {"row": row, "reason": str(found.reason), "candidate": found.resident, "values": values}
        if self._sheet:
            made["sheet"] = self._sheet
        if found.why:
            made |= {"score": round(found.score * 100), "why": list(found.why)}
        self.steps.doubtful.append((ids.new_id(), made))


def _added(known: Any, note: str) -> str:
    """A note behind the one that is there; what stands in it already is not said twice."""
    if not known or not isinstance(known, str):
        return note
    return known if note in known else f"{known}；{note}"
