"""What doors a committee has, and which of them a roster means that spells one otherwise or by mistake.

Two kinds of answers, kept apart: `meant` is sure (a lane written short, 12幢 where only 12号 stands) and always
holds; `Nearness` finds the one door that a single slip of the pen away, and is asked only where the user chose so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from app.domain import addresses

_ROAD_WORD = re.compile("(?:路|街|大道|公路)(?=\\d)")
_NUMBER = re.compile(r"([A-Za-z]?\d+[A-Za-z]?|[A-Za-z])(号|幢|座)([甲乙丙丁]?)")
_KINDS = ("号", "幢", "座")


class Door(NamedTuple):
    """A dwelling by its path; empty text where it has no such part."""

    estate: str
    lane: str
    building: str
    unit: str = ""
    room: str = ""

    def spoken(self) -> str:
        return addresses.spoken(addresses.Place(*self))


@dataclass(slots=True)
class KnownPlaces:
    """What doors there are. Keys: estate name; (estate, lane, number); (building id, unit, room)."""

    committee: str
    estates: dict[str, str] = field(default_factory=dict)
    buildings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    dwellings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    doors: dict[str, dict[str, Any]] = field(default_factory=dict)
    """dwelling id -> its present values of use, state, floor and note."""
    leaders: dict[str, dict[str, Any]] = field(default_factory=dict)
    """building id -> its present values of leader_name and leader_phone; of one this file brought all values."""
    numbers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(estate, number) -> lanes."""
    lanes: dict[str, dict[str, None]] = field(default_factory=dict)
    """estate -> its lanes, "" among them where a building has none."""
    villas: set[str] = field(default_factory=set)
    """estates whose houses have no room numbers"""

    def add_building(self, estate: str, lane: str, number: str, row: str) -> None:
        self.buildings[estate, lane, number] = row
        self.numbers.setdefault((estate, number), []).append(lane)
        self.lanes.setdefault(estate, {})[lane] = None

    def lane_of(self, estate: str, lane: str, number: str) -> str:
        """The lane as it is known: a missing one if it is unambiguous, 丁香路901弄 for 901弄 and 丁香901弄."""
        if (estate, lane, number) in self.buildings:
            return lane
        lanes = self.numbers.get((estate, number), ())
        if not lane:
            return lanes[0] if len(lanes) == 1 else lane
        for known in (lanes, self.lanes.get(estate, ())):
            alike = [each for each in known if same_lane(each, lane)]
            if len(alike) == 1:
                return alike[0]
        return lane

    def estate_of(self, lane: str, number: str) -> str | None:
        """The one estate that has this number (in this lane); None if none or several have it."""
        found = [estate for estate in self.estates if self.has(estate, lane, number)]
        if not found and lane:
            found = [estate for estate, lanes in self.lanes.items() if any(same_lane(each, lane) for each in lanes)]
        return found[0] if len(found) == 1 else None

    def has(self, estate: str, lane: str, number: str) -> bool:
        return (estate, self.lane_of(estate, lane, number), number) in self.buildings

    def has_dwelling(self, door: Door) -> bool:
        building = self.buildings.get(door[:3])
        return building is not None and (building, door.unit, door.room) in self.dwellings


def same_lane(known: str, said: str) -> bool:
    """Is one written shorter than the other: 丁香路901弄, 丁香901弄, 901弄? But 1弄 is not 901弄."""
    if not known or not said:
        return False
    one, other = _ROAD_WORD.sub("", known), _ROAD_WORD.sub("", said)
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if not longer.endswith(shorter):
        return False
    return len(longer) == len(shorter) or not (shorter[0].isdigit() and longer[-len(shorter) - 1].isdigit())


# ---------------------------------------------------------------- sure


def meant(places: KnownPlaces, door: Door) -> tuple[Door, bool]:
    """The door as it is known where no doubt is possible, else as said; and whether a person should be told."""
    door = door._replace(lane=places.lane_of(*door[:3]))
    if door[:3] not in places.buildings:
        for reading in (_of_a_road, _in_the_lane, _other_kind):
            found = reading(places, door)
            if found is not None:
                return _within(places, found)[0], reading is not _of_a_road
    return _within(places, door)


def _of_a_road(places: KnownPlaces, door: Door) -> Door | None:
    """丁香901弄, read as an estate 丁香 and a lane, is 丁香路901弄."""
    if door.estate in places.estates or not door.lane:
        return None
    whole = door.estate + door.lane
    found = [(estate, lane) for estate, lanes in places.lanes.items() for lane in lanes if same_lane(lane, whole)]
    return Door(*found[0], *door[2:]) if len(found) == 1 else None


def _in_the_lane(places: KnownPlaces, door: Door) -> Door | None:
    """901-12-302 is 901弄12号302 where there is such a lane and no number 901."""
    if door.lane or not door.unit or not door.building.endswith("号"):
        return None
    number = f"{door.unit}号"
    lane = places.lane_of(door.estate, f"{door.building[:-1]}弄", number)
    return Door(door.estate, lane, number, "", door.room) if (door.estate, lane, number) in places.buildings else None


def _other_kind(places: KnownPlaces, door: Door) -> Door | None:
    """12幢 is 12号 where no 12幢 stands, and the other way round."""
    found = [
        each for number in _of_other_kinds(door.building)
        if (each := door._replace(building=number, lane=places.lane_of(door.estate, door.lane, number)))[:3]
        in places.buildings
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=1 << 12)
def _of_other_kinds(number: str) -> tuple[str, ...]:
    match = _NUMBER.fullmatch(number)
    return tuple(f"{match[1]}{kind}{match[3]}" for kind in _KINDS if kind != match[2]) if match else ()


def _within(places: KnownPlaces, door: Door) -> tuple[Door, bool]:
    """12-3-302 is room 302 on floor 3 where 12号 has no units and such a room."""
    if door.unit and not places.has_dwelling(door) and door.unit == str(addresses.floor_of(door.room)):
        flat = door._replace(unit="")
        if places.has_dwelling(flat):
            return flat, True
    return door, False


# ---------------------------------------------------------------- near


def slipped(one: str, other: str) -> bool:
    """Is one the other with a character lost, or with two neighbours swapped? A changed digit is another door."""
    if len(one) == len(other):
        apart = [index for index, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return (
            len(apart) == 2 and apart[1] == apart[0] + 1
            and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]
        )  # fmt: skip
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and bool(short) and any(
        long[:index] + long[index + 1 :] == short for index in range(len(long))
    )  # fmt: skip


class Nearness:
    """The doors known before a file was read, by what a slip of the pen leaves alone.

    Made before anything of the file is added to `places`.
    """

    def __init__(self, places: KnownPlaces) -> None:
        self._buildings: dict[str, list[tuple[str, str, str]]] = {}
        for (estate, lane, number), row in places.buildings.items():
            self._buildings.setdefault(estate, []).append((lane, number, row))
        self._rooms: dict[str, list[tuple[str, str]]] = {}
        for building, unit, room in places.dwellings:
            self._rooms.setdefault(building, []).append((unit, room))
        self._villas = frozenset(places.villas)

    def only_building(self, estate: str, room: str) -> Door | None:
        """For a row that names no number: the estate's one building; among villas the house that the room names."""
        houses = self._buildings.get(estate, ())
        if estate in self._villas and room:
            houses, room = [each for each in houses if each[1] == f"{room}号"], ""
        if len(houses) != 1 or not (room or self._without_rooms(houses[0][2])):
            return None
        return Door(estate, houses[0][0], houses[0][1], "", room)

    def _without_rooms(self, building: str) -> bool:
        return all(not room for _, room in self._rooms.get(building, ()))

    def to(self, door: Door) -> list[Door]:
        """The nearest doors, each one slip away; more than one: equally near; none: a new door."""
        buildings = self._buildings.get(door.estate)
        if buildings is None:
            return self._in_other_estates(door)
        row = next((row for lane, number, row in buildings if (lane, number) == door[1:3]), None)
        return self._rooms_near(row, door) if row is not None else self._buildings_near(buildings, door)

    def _rooms_near(self, building: str, door: Door) -> list[Door]:
        rooms = self._rooms.get(building, ())
        same = [unit for unit, room in rooms if room == door.room and door.room]
        if same:
            return [door._replace(unit=unit) for unit in same]
        return [
            door._replace(room=room) for unit, room in rooms
            if unit == door.unit and room and door.room and slipped(room, door.room)
        ]  # fmt: skip

    def _buildings_near(self, buildings: Iterable[tuple[str, str, str]], door: Door) -> list[Door]:
        """With one slip in lane or number; those that have the room, or no rooms at all, count."""
        found: dict[int, list[Door]] = {}
        for lane, number, row in buildings:
            slips = _slips_of_lane(lane, door.lane) + _slips_of_number(number, door.building)
            if slips <= 1 and self._takes(row, door):
                found.setdefault(slips, []).append(door._replace(lane=lane, building=number))
        return found[min(found)] if found else []

    def _takes(self, building: str, door: Door) -> bool:
        rooms = self._rooms.get(building)
        return not rooms or not door.room or (door.unit, door.room) in rooms

    def _in_other_estates(self, door: Door) -> list[Door]:
        """An estate whose name is a part of the other, or one slip away, and that has the number."""
        names = [
            name for name in self._buildings
            if name and door.estate and (name in door.estate or door.estate in name or slipped(name, door.estate))
        ]  # fmt: skip
        return [
            door._replace(estate=name, lane=lane)
            for name in names
            for lane, number, row in self._buildings[name]
            if number == door.building and (not door.lane or same_lane(lane, door.lane)) and self._takes(row, door)
        ]


def _slips_of_lane(known: str, said: str) -> int:
    """A lane that is not the one said is one slip: the estate's other lane, or its number mistyped."""
    return 0 if not said or known == said or same_lane(known, said) else 1


def _slips_of_number(known: str, said: str) -> int:
    """0: the same but for 幢 and 号. 1: digits swapped or lost, 甲 lost. 2: another number."""
    one, other = _NUMBER.fullmatch(known), _NUMBER.fullmatch(said)
    if known == said or (one and other and (one[1], one[3]) == (other[1], other[3])):
        return 0
    if one is None or other is None:
        return 1 if slipped(known, said) else 2
    if one[1] == other[1]:
        return 1 if not one[3] or not other[3] else 2
    return 1 if one[3] == other[3] and slipped(one[1], other[1]) else 2
