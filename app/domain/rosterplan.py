"""What a roster would do, decided in memory: which doors, households and people are new, changed, the same, doubtful.

Pure: the service gives it what is known and seals and writes what comes out. Rows are taken in the order
of the file, because people who follow a 户主 belong to that 户主.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain import addresses, ids
from app.domain.differences import changes
from app.domain.doors import Doors
from app.domain.fields import ARRIVAL_OF_ROSTER, DWELLING, RESIDENT, ROSTER_FIELDS, Type
from app.domain.matching import Known, PeopleIndex, match

Values = dict[str, Any]
STATES = ("new", "changed", "same", "doubtful")
RESIDENT_KEYS = frozenset(f.key for f in RESIDENT.stored if f.type is not Type.REFERENCE)
ARRIVAL_KEYS = frozenset(ARRIVAL_OF_ROSTER)
OTHERS_KEYS = frozenset(ROSTER_FIELDS) - RESIDENT_KEYS
"""What a row may say of the door, the household or an arrival, not of the person."""
DOOR_KEYS = ("use", "state", "floor")


@dataclass(slots=True)
class KnownPlaces:
    """What doors there are. Keys: estate name; (estate, lane, number); (building id, unit, room)."""

    committee: str
    estates: dict[str, str] = field(default_factory=dict)
    buildings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    dwellings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    doors: dict[str, Values] = field(default_factory=dict)
    """dwelling id -> its present values of DOOR_KEYS."""
    numbers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(estate, number) -> lanes."""

    def add_building(self, estate: str, lane: str, number: str, row: str) -> None:
        self.buildings[estate, lane, number] = row
        self.numbers.setdefault((estate, number), []).append(lane)

    def lane_of(self, estate: str, lane: str, number: str) -> str:
        """The lane as it is known: a missing one if it is unambiguous, 901弄 for 丁香路901弄."""
        if (estate, lane, number) in self.buildings:
            return lane
        lanes = self.numbers.get((estate, number), [])
        if not lane:
            return lanes[0] if len(lanes) == 1 else lane
        alike = [known for known in lanes if known.endswith(lane) or (known and lane.endswith(known))]
        return alike[0] if len(alike) == 1 else lane


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


class Planner:
    """Takes rows one by one. on_doubt: queue (待核行), keep (ours stands, the row is only counted) or take."""

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
    ) -> None:
        self.places = places
        self.people = people
        self.doors = doors
        self.known_values = known_values
        self.number_index = number_index
        self.arrivals = arrivals
        self.default_estate = default_estate
        self.on_doubt = on_doubt
        self.steps = Steps()
        self.counts = dict.fromkeys(STATES, 0)
        self._only_estate = next(iter(places.estates)) if len(places.estates) == 1 else None
        self._fresh: dict[str, Values] = {}

    def take(self, row: int, values: Values) -> str:
        """Decide one row; returns its state."""
        before = len(self.steps.dwellings)
        dwelling = self.dwelling(values)
        state = self._person(row, values, dwelling) if values.get("name") else self._door(values, dwelling, before)
        self.counts[state] += 1
        return state

    # ---------------------------------------------------------------- doors

    def dwelling(self, values: Mapping[str, Any]) -> str:
        """Id of the door a row names; what is missing of it goes into the steps."""
        estate = values.get("estate") or self._only_estate or self.default_estate
        lane = self.places.lane_of(estate, values.get("lane", ""), values["building"])
        key = (self._building(estate, lane, values["building"]), values.get("unit", ""), values.get("room", ""))
        found = self.places.dwellings.get(key)
        if found:
            return found
        path = (estate, lane, values["building"], key[1], key[2])
        row = ids.place_id(self.places.committee, path)
        made: Values = {"building": key[0], "unit": key[1] or None, "room": key[2] or None}
        made["floor"] = values.get("floor") or addresses.floor_of(key[2])
        made |= {name: values[name] for name in ("use", "state") if values.get(name)}
        made = {name: value for name, value in made.items() if value is not None}
        self.places.dwellings[key] = row
        self.places.doors[row] = made
        self.steps.dwellings.append((row, made))
        return row

    def _building(self, estate: str, lane: str, number: str) -> str:
        found = self.places.buildings.get((estate, lane, number))
        if found:
            return found
        if estate not in self.places.estates:
            self.places.estates[estate] = ids.place_id(self.places.committee, (estate,))
            self.steps.estates.append((self.places.estates[estate], {"name": estate}))
        row = ids.place_id(self.places.committee, (estate, lane, number))
        made: Values = {"estate": self.places.estates[estate], "number": number}
        if lane:
            made["lane"] = lane
        self.places.add_building(estate, lane, number, row)
        self.steps.buildings.append((row, made))
        return row

    def _door(self, values: Values, dwelling: str, before: int) -> str:
        """A row without a name says something of the door: empty, let, a shop."""
        if len(self.steps.dwellings) > before:
            return "new"
        known = self.places.doors.setdefault(dwelling, {})
        different = changes(known, {key: values[key] for key in DOOR_KEYS if key in values}, "take", DWELLING)
        if not different:
            return "same"
        known.update(different)
        self.steps.changed.append(("dwelling", dwelling, different))
        return "changed"

    # ---------------------------------------------------------------- people

    def _person(self, row: int, values: Values, dwelling: str) -> str:
        numbers = self.number_index(values.get("documents"))
        found = match(values, self.people, dwelling=dwelling, id_index=numbers[0] if numbers else None)
        if found.kind == "new":
            return self._new(values, dwelling, numbers)
        assert found.resident is not None
        if found.kind == "doubtful" and self.on_doubt == "queue":
            self._put_aside(row, values, found.resident, str(found.reason))
            return "doubtful"
        if found.kind == "doubtful" and self.on_doubt == "keep":
            return "doubtful"
        return self._known(values, dwelling, found.resident)

    def _new(self, values: Values, dwelling: str, numbers: list[bytes]) -> str:
        resident = ids.new_id()
        seat = self.doors.seat(dwelling, values, resident=resident)
        if seat.new:
            made: Values = {"dwelling": dwelling}
            made |= {"label": seat.label} if seat.label else {}
            made |= {"kind": values["household_kind"]} if values.get("household_kind") else {}
            self.steps.households.append((seat.household, made))
        kept = {key: value for key, value in values.items() if key not in OTHERS_KEYS}
        kept["household"] = seat.household
        self.steps.residents.append((resident, kept))
        self._fresh[resident] = kept
        if numbers:
            self.steps.numbers[resident] = numbers
        self._arrival(values, resident, known=False)
        self.people.add(Known(
            resident, seat.household, dwelling, values["name"], values.get("birth_year"), numbers[0] if numbers else None,
            tuple(phone["number"] for phone in values.get("phones", ())), values.get("status"), values.get("sex"),
            values.get("birth_date"), tuple(numbers[1:]),
        ))  # fmt: skip
        self.people.note(resident, values)
        return "new"

    def _known(self, values: Values, dwelling: str, resident: str) -> str:
        self.people.note(resident, values)
        fresh = self._fresh.get(resident)
        known = fresh if fresh is not None else self.known_values(resident)
        household = self.people.people[resident].household
        self.doors.seat(dwelling, values, resident=resident, household=household)
        different = changes(known, {key: value for key, value in values.items() if key in RESIDENT_KEYS})
        arrived = self._arrival(values, resident, known=fresh is None)
        if not different:
            return "changed" if arrived else "same"
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

    def _put_aside(self, row: int, values: Values, candidate: str, reason: str) -> None:
        self.steps.doubtful.append(
            (ids.new_id(), {"row": row, "reason": reason, "candidate": candidate, "values": values})
        )
