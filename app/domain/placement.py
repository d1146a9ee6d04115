"""Which door a roster's rows belong to: found, made, taken for a near one, or refused, as the user chose.

Each spelling of a door is decided once, so that the five people behind it cost one look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.domain import addresses, ids
from app.domain.known_places import Door, KnownPlaces, Nearness, meant, same_lane

if TYPE_CHECKING:
    from app.domain.rosterplan import Steps

UNKNOWN_PLACES = ("create", "near", "reject")
"""What to do with doors nobody knows. near: the one known door that is a slip of the pen away, else a new one; a row
that could mean two is refused."""
LISTED = 200
"""Unknown places that a preview lists; the rest is only counted."""


@dataclass(slots=True)
class Told:
    """What a person should hear of a place. code: place-taken, place-near or why rows are refused."""

    code: str
    said: str
    taken: str = ""
    rows: int = 0


@dataclass(slots=True)
class Unknown:
    """A place nobody knew before the file; a whole building has no room. first: the whole door of its first row."""

    door: Door
    first: Door
    rows: int = 0


@dataclass(slots=True)
class Placed:
    """Where a row belongs. dwelling: "" where it is refused. door: set where it is another than the row says."""

    dwelling: str
    told: Told | None = None
    unknown: Unknown | None = None
    door: Door | None = None

    def corrected(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A row's values with the door that was meant."""
        if self.door is None:
            return dict(values)
        parts = {key: part for key, part in self.door._asdict().items() if part}
        return {key: value for key, value in values.items() if key not in Door._fields} | parts


@dataclass(slots=True)
class Placement:
    """known: grows with what the file brings. steps: where new places are put. policy: one of UNKNOWN_PLACES."""

    known: KnownPlaces
    steps: Steps
    default_estate: str
    policy: str = "create"
    unknown: dict[Door, Unknown] = field(default_factory=dict)
    _near: Nearness = field(init=False, repr=False)
    _only_estate: str | None = field(init=False)
    _seen: dict[tuple[Any, ...], Placed] = field(default_factory=dict, repr=False)
    _new_buildings: dict[str, Unknown] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._near = Nearness(self.known)
        self._only_estate = next(iter(self.known.estates)) if len(self.known.estates) == 1 else None

    def at(self, values: Mapping[str, Any]) -> Placed:
        """The door of a row; the same spelling a second time is the same door."""
        get = values.get
        key = (get("estate"), get("lane"), get("building"), get("unit"), get("room"))
        placed = self._seen.get(key)
        if placed is None:
            placed = self._seen[key] = self._place(values)
        if placed.unknown is not None:
            placed.unknown.rows += 1
        return placed

    def building(self, values: Mapping[str, Any]) -> tuple[str, Told | None]:
        """The building of a row, made where it is new and places may be made; "" and what to say where it is not."""
        said = self._said(values)
        if said is None:
            told = self._nowhere(values).told
            return "", told
        door, tell = meant(self.known, said)
        found = self.known.buildings.get(door[:3])
        if found is None and self.policy != "create":
            return "", Told("place-unknown", said.spoken())
        told = Told("place-taken", said.spoken(), door.spoken()) if tell else self._other_lane(values, door)
        if found is None:
            place = door._replace(unit="", room="")
            found = self._building(door, self.unknown.setdefault(place, Unknown(place, door, 1)))
        return found, told

    def is_new(self, building: str) -> bool:
        """Did this file bring the building?"""
        return building in self._new_buildings

    def listed(self) -> list[dict[str, Any]]:
        """Unknown places, those with most rows first, at most LISTED: estate, lane, building, unit, room, near, rows."""
        most = sorted(self.unknown.values(), key=lambda each: -each.rows)[:LISTED]
        return [each.door._asdict() | {"near": self._nearest(each), "rows": each.rows} for each in most]

    def _nearest(self, unknown: Unknown) -> str:
        """A whole building's nearest is a building, found with the room of its first row."""
        near = self._near.to(unknown.first)[:2]
        if unknown.door != unknown.first:
            near = [each._replace(unit="", room="") for each in near]
        return _both(near)

    # ---------------------------------------------------------------- deciding

    def _place(self, values: Mapping[str, Any]) -> Placed:
        if (usual := self._behind_new(values)) is not None:
            return usual
        said = self._said(values)
        if said is None:
            return self._nowhere(values)
        door, tell = meant(self.known, said)
        told = Told("place-taken", said.spoken(), door.spoken()) if tell else self._other_lane(values, door)
        dwelling = self._dwelling(door)
        if dwelling is None:
            return self._unknown(door, told, values)
        return Placed(dwelling, told, door=door if door != said or not values.get("building") else None)

    def _other_lane(self, values: Mapping[str, Any], door: Door) -> Told | None:
        """A lane that the only estate is not known to have: is it another estate's? Said of each lane once, as it is
        the estate's from then on."""
        if not door.lane or values.get("estate") or door.estate != self._only_estate:
            return None
        known = self.known.lanes.get(door.estate, ())
        if not known or any(same_lane(each, door.lane) for each in known):
            return None
        return Told("place-other-lane", door.lane, door.estate)

    def _behind_new(self, values: Mapping[str, Any]) -> Placed | None:
        """A door of a building that this file brought: most rows of a first roster, with nothing to look for."""
        estate, lane = values.get("estate") or self._only_estate or "", values.get("lane") or ""
        number = values.get("building") or ""
        building = self.known.buildings.get((estate, lane, number), "")
        unknown = self._new_buildings.get(building)
        if unknown is None or values.get("unit"):
            return None
        room = values.get("room") or ""
        dwelling = self.known.dwellings.get((building, "", room))
        return Placed(dwelling or self._make((estate, lane, number, "", room), values, building), None, unknown)

    def _said(self, values: Mapping[str, Any]) -> Door | None:
        """The door in the row's words, with the estate and the number that need not be said; None: no number."""
        lane, building = values.get("lane") or "", values.get("building") or ""
        unit, room = values.get("unit") or "", values.get("room") or ""
        estate = values.get("estate") or self._only_estate
        if not building:
            return self._near.only_building(estate or self.default_estate, room)
        if estate is None:
            estate = self.known.estate_of(lane, building) or self.default_estate
        return Door(estate, lane, building, unit, room)

    def _nowhere(self, values: Mapping[str, Any]) -> Placed:
        said = addresses.spoken(addresses.Place(
            values.get("estate") or "", values.get("lane") or "", "", values.get("unit") or "", values.get("room") or ""
        ))  # fmt: skip
        return Placed("", Told("place-no-building" if values.get("room") else "row-no-place", said))

    def _dwelling(self, door: Door) -> str | None:
        building = self.known.buildings.get(door[:3])
        return None if building is None else self.known.dwellings.get((building, door.unit, door.room))

    def _unknown(self, door: Door, told: Told | None, values: Mapping[str, Any]) -> Placed:
        building = self.known.buildings.get(door[:3])
        unknown = self._new_buildings.get(building or "")
        if unknown is None:
            place = door._replace(unit="", room="") if building is None else door
            unknown = self.unknown.setdefault(place, Unknown(place, door))
        if self.policy == "reject":
            return Placed("", Told("place-unknown", door.spoken()), unknown)
        if self.policy == "near":
            near = self._near.to(door)
            if len(near) > 1:
                return Placed("", Told("place-ambiguous", door.spoken(), _both(near[:2])), unknown)
            if near:
                dwelling = self._dwelling(near[0]) or self._make(near[0], values, self._building(near[0], unknown))
                return Placed(dwelling, Told("place-near", door.spoken(), near[0].spoken()), unknown, near[0])
        return Placed(self._make(door, values, self._building(door, unknown)), told, unknown, door if told else None)

    # ---------------------------------------------------------------- making

    def _make(self, door: tuple[str, str, str, str, str], values: Mapping[str, Any], building: str) -> str:
        row = ids.place_id(self.known.committee, door)
        unit, room = door[3:]
        made: dict[str, Any] = {"building": building}
        if unit:
            made["unit"] = unit
        if room:
            made["room"] = room
        floor = values.get("floor") or addresses.floor_of(room)
        if floor is not None:
            made["floor"] = floor
        for name in ("use", "state"):
            if values.get(name):
                made[name] = values[name]
        self.known.dwellings[building, unit, room] = row
        self.known.doors[row] = made
        self.steps.dwellings.append((row, made))
        return row

    def _building(self, door: Door, unknown: Unknown) -> str:
        """The building, made with its estate where it is new; what follows behind it is counted with it."""
        known = self.known
        found = known.buildings.get(door[:3])
        if found:
            return found
        estate, lane, number = door[:3]
        if estate not in known.estates:
            known.estates[estate] = ids.place_id(known.committee, (estate,))
            self.steps.estates.append((known.estates[estate], {"name": estate}))
        row = ids.place_id(known.committee, door[:3])
        made: dict[str, Any] = {"estate": known.estates[estate], "number": number}
        if lane:
            made["lane"] = lane
        known.add_building(estate, lane, number, row)
        self._new_buildings[row] = unknown
        known.leaders[row] = made
        self.steps.buildings.append((row, made))
        return row


def _both(doors: list[Door]) -> str:
    return " / ".join(each.spoken() for each in doors)
