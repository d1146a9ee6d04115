"""What a roster would do, decided in memory: which doors, households and people are new, changed, the same, doubtful.

Pure: the service gives it what is known and seals and writes what comes out. Rows are taken in the order
of the file, because people who follow a 户主 belong to that 户主. Longer than most files: what one row may become is
read in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain import ids
from app.domain.differences import OTHERS, changes, is_empty
from app.domain.doors import Doors, Seat
from app.domain.fields import DWELLING, GONE, RESIDENT, ROSTER_FIELDS, Type
from app.domain.findings import Finding
from app.domain.known_places import KnownPlaces
from app.domain.leaders import LEADER_KEYS, Leaders
from app.domain.matching import Known, Match, PeopleIndex, is_certain, match
from app.domain.moves import FROZEN
from app.domain.placement import Placed, Placement, Told
from app.domain.roster_arrivals import Arrivals

Values = dict[str, Any]
LIVES = "在住"
STATES = ("new", "changed", "same", "doubtful", "rejected")
RESIDENT_KEYS = frozenset(f.key for f in RESIDENT.stored if f.type is not Type.REFERENCE)
OTHERS_KEYS = frozenset(ROSTER_FIELDS) - RESIDENT_KEYS
"""What a row may say of the door, the household or an arrival, not of the person."""
DOOR_KEYS = ("use", "state", "floor", "note")
PLACE_KEYS = frozenset({"estate", "lane", "building", "address", "unit", "room"})
"""What says where a row without a name belongs; whatever else it says is said of the door or left."""
SAID_OF_DOORS = PLACE_KEYS.union(DOOR_KEYS, LEADER_KEYS)
LED_KEYS = frozenset({*LEADER_KEYS, "phones"})


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
        people = (self.households, self.residents, self.arrivals, self.doubtful)
        new = (self.estates, self.buildings, self.dwellings, *people)
        return sum(len(rows) for rows in new) + len(self.changed)


class Planner:
    """Takes rows one by one.

    on_doubt: queue (待核行), keep (ours stands, the row is only counted) or take (what is certain of whom it is is
    written, the rest is queued). unknown_places: see `Placement`.
    adds_notes: a note is put behind what is there instead of in its place.
    put_aside: rows that were queued before, by id: is it decided? digest: of a row's values, the same in every file.
    moving: people who are offered to another committee: their identity and address stay as they are until that is over.
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
        put_aside: Mapping[str, bool] | None = None,
        moving: Container[str] = (),
        digest: Callable[[Values], str] = str,
    ) -> None:
        self.people = people
        self.doors = doors
        self.known_values = known_values
        self.number_index = number_index
        self.on_doubt = on_doubt
        self.adds_notes = adds_notes
        self.put_aside = dict(put_aside or {})
        self.moving = moving
        self.digest = digest
        self.steps = Steps()
        self.arrivals = Arrivals(arrivals, self.steps.arrivals, self.steps.changed)
        self.places = Placement(places, self.steps, default_estate, unknown_places)
        self._lead = Leaders(self.places, self.steps.changed, lambda told: None)
        self.counts = dict.fromkeys(STATES, 0)
        self.findings: list[Finding] = []
        self.last: Match | None = None
        """How the row taken last was matched; None for a row without a name."""
        self.scored = True
        """Whether `last` says of people known without doubt, too, what speaks for it."""
        self._where = {} if people.knew_nobody else {dwelling: place for place, dwelling in places.dwellings.items()}
        self._sheet: str | None = None
        self._told: set[tuple[str | None, str]] = set()
        self._idle: set[str] = set()
        """doors that rows brought which were put aside, or were before"""
        self._fresh: dict[str, Values] = {}
        self._later: dict[str, Values] = {}
        """what this file changed of people known before"""
        self._homes: dict[str, Values] = {}
        """households of this file, as they will be written"""

    def take(self, row: int, values: Values, sheet: str | None = None) -> str:
        """Decide one row; returns its state."""
        before = len(self.steps.dwellings)
        self.last = None
        self._sheet = sheet
        if "leader_name" in values and not values.get("name") and not values.get("room"):
            return self._led(row, values)
        placed = self.places.at(values)
        if placed.told is not None:
            self._tell(row, values, placed, placed.told)
        if not placed.dwelling:
            state = "rejected"
        elif values.get("name"):
            state = self._person(row, values, placed)
            if state != "new" and len(self.steps.dwellings) > before:
                self._idle.add(placed.dwelling)
        else:
            state = self._door(row, values, placed.dwelling, before)
        if "leader_name" in values and placed.dwelling:
            led = self._leaders(row).take(placed.corrected(values))
            state = "changed" if state == "same" and led == "changed" else state
        self.counts[state] += 1
        return state

    def finish(self) -> None:
        """All rows are taken: doors behind which nobody came to live are not made; deciding the row makes them."""
        steps = self.steps
        if idle := self._idle - {home["dwelling"] for _, home in steps.households}:
            steps.dwellings[:] = [each for each in steps.dwellings if each[0] not in idle]
            standing = {made["building"] for _, made in steps.dwellings}
            steps.buildings[:] = [each for each in steps.buildings if each[0] in standing]
            standing = {made["estate"] for _, made in steps.buildings}
            steps.estates[:] = [each for each in steps.estates if each[0] in standing]

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

    def _door(self, row: int, values: Values, dwelling: str, before: int) -> str:
        """A row without a name says something of the door: empty, let, a shop."""
        if left := [key for key in values if key not in SAID_OF_DOORS]:
            self._left(row, left, values)
        known = self.places.known.doors.setdefault(dwelling, {})
        if len(self.steps.dwellings) > before or dwelling in self._idle:
            self._idle.discard(dwelling)
            if values.get("note"):
                known["note"] = values["note"]
            return "new"
        different = changes(known, {key: values[key] for key in DOOR_KEYS if key in values}, "take", DWELLING)
        if not different:
            return "same"
        known.update(different)
        self.steps.changed.append(("dwelling", dwelling, different))
        return "changed"

    def _led(self, row: int, values: Values) -> str:
        """A row of a list of buildings: who leads it."""
        if left := [key for key in values if key not in PLACE_KEYS and key not in LED_KEYS]:
            self._left(row, left, values)
        state = self._leaders(row).take(values)
        self.counts[state] += 1
        return state

    def _leaders(self, row: int) -> Leaders:
        self._lead.tell = lambda told: self.findings.append(
            Finding(told.code, row, None, self._sheet, told.said or None, {"taken": told.taken} if told.taken else {})
        )
        return self._lead

    def _left(self, row: int, keys: list[str], values: Values) -> None:
        """What of a row without a name is said of nobody, by title; the same columns are told once."""
        titles: dict[str, None] = {}
        for key in keys:
            if key in OTHERS:
                titles |= dict.fromkeys(values[key])
            elif not is_empty(values[key]):
                field = ROSTER_FIELDS.get(key) or RESIDENT.by_key.get(key)
                titles["电话" if key == "phones" else field.title if field is not None else key] = None
        said = (self._sheet, "、".join(titles))
        if titles and said not in self._told:
            self._told.add(said)
            self.findings.append(Finding("door-facts-left", row, None, *said))

    # ---------------------------------------------------------------- people

    def _person(self, row: int, values: Values, placed: Placed) -> str:
        dwelling = placed.dwelling
        numbers = self.number_index(values.get("documents"))
        self.last = found = match(
            values, self.people, dwelling=dwelling, id_index=numbers[0] if numbers else None,
            place=self._where.get(dwelling) or self._made(dwelling), scored=self.scored,
        )  # fmt: skip
        if found.kind == "new":
            return self._new(values, dwelling, numbers)
        assert found.resident is not None
        if found.resident in self.moving and self._is_frozen(found.resident, values):
            return self._put_aside(row, placed.corrected(values), replace(found, reason="moving"))
        if found.kind == "known":
            return self._known(values, dwelling, found.resident)
        if self.on_doubt == "take" and is_certain(found):
            return self._known(values, dwelling, found.resident, back=True)
        if self.on_doubt == "keep":
            return "doubtful"
        return self._put_aside(row, placed.corrected(values), found)

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
            self._home(seat, values, dwelling)
        if self.doors.labelled:
            self._name_homes()
        kept = {key: value for key, value in values.items() if key not in OTHERS_KEYS}
        kept["household"] = seat.household
        self.steps.residents.append((resident, kept))
        self._fresh[resident] = kept
        if numbers:
            self.steps.numbers[resident] = numbers
        self.arrivals.take(values, resident, known=False)
        self.people.add(Known(
            resident, seat.household, dwelling, values["name"], values.get("birth_year"), numbers[0] if numbers else None,
            tuple([phone["number"] for phone in values.get("phones", ())]), values.get("status"), values.get("sex"),
            values.get("birth_date"), tuple(numbers[1:]),
        ))  # fmt: skip
        self.people.note(resident, kept)  # the row itself is let go of
        return "new"

    def _home(self, seat: Seat, values: Values, dwelling: str) -> None:
        """A new seat's household."""
        made: Values = {"dwelling": dwelling}
        if seat.label:
            made["label"] = seat.label
        if values.get("household_kind"):
            made["kind"] = values["household_kind"]
        self.steps.households.append((seat.household, made))
        self._homes[seat.household] = made

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

    def _known(self, values: Values, dwelling: str, resident: str, *, back: bool = False) -> str:
        """back: the person lives behind the row's door, wherever the records have him, and even if gone."""
        self.people.note(resident, values)
        fresh = self._fresh.get(resident)
        known = fresh if fresh is not None else self._stands(resident)
        person = self.people.people[resident]
        moves = back and person.dwelling != dwelling
        seat = self.doors.seat(dwelling, values, resident=resident, household=None if moves else person.household)
        if moves:
            if seat.new:
                self._home(seat, values, dwelling)
            self.people.moved(resident, seat.household, dwelling, self._where.get(dwelling))
        labelled = bool(self.doors.labelled) and self._name_homes()
        said = {key: value for key, value in values.items() if key in RESIDENT_KEYS}
        if self.adds_notes and said.get("note"):
            said["note"] = _added(known.get("note"), said["note"])
        different = changes(known, said)
        if moves:
            different["household"] = seat.household
        if back and known.get("status") in GONE and "status" not in different:
            different["status"] = LIVES
        arrived = self.arrivals.take(values, resident, known=fresh is None)
        if not different:
            return "changed" if arrived or labelled else "same"
        if fresh is not None:
            self.people.note_apart(resident)
            fresh.update(different)
            if "documents" in different:
                self.steps.numbers[resident] = self.number_index(different["documents"])
        elif (later := self._later.get(resident)) is not None:
            later.update(different)
        else:
            self._later[resident] = different
            self.steps.changed.append(("resident", resident, different))
        return "changed"

    def _is_frozen(self, resident: str, values: Values) -> bool:
        """Does the row say otherwise of what nobody changes while the person is offered?"""
        said = {key: value for key, value in values.items() if key in FROZEN}
        return bool(changes(self._stands(resident), said))

    def _stands(self, resident: str) -> Values:
        """What somebody known before is after the rows of this file so far."""
        later = self._later.get(resident)
        return self.known_values(resident) if later is None else {**self.known_values(resident), **later}

    def _put_aside(self, row: int, values: Values, found: Match) -> str:
        """Queue a row, unless it waits already or was decided: the same words of the same person, in whatever file."""
        key = ("doubtful", str(found.resident), str(found.reason), self.digest(values))
        aside = ids.place_id(self.places.known.committee, key)
        decided = self.put_aside.get(aside)
        if decided is not None:
            return "same" if decided else "doubtful"
        self.put_aside[aside] = False
        made: Values = {"row": row, "reason": str(found.reason), "candidate": found.resident, "values": values}
        if self._sheet:
            made["sheet"] = self._sheet
        if found.why:
            made |= {"score": round(found.score * 100), "why": list(found.why)}
        self.steps.doubtful.append((aside, made))
        return "doubtful"


def _added(known: Any, note: str) -> str:
    """A note behind the one that is there; what stands in it already is not said twice."""
    if not known or not isinstance(known, str):
        return note
    return known if note in known else f"{known}；{note}"
