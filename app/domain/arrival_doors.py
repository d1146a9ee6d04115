"""Which committee's door an address means: asked of every committee at hand, so that each person goes to the right one.

Only what is sure counts: a lane written short, 12幢 where only 12号 stands. Whatever two committees could mean, or none
knows, is doubtful and waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.known_places import Door, KnownPlaces, meant


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address lies. committee: "" where nobody can tell; building, dwelling: "" where they are not known.

    doubt: code of why it is doubtful: arrival-no-address, arrival-address-unknown, arrival-address-several,
    arrival-room-unknown (the house is known, the room is not).
    """

    committee: str = ""
    building: str = ""
    dwelling: str = ""
    doubt: str = ""


@dataclass(slots=True)
class StreetDoors:
    """The doors of all committees. `add` them first, then `find`."""

    _known: dict[str, KnownPlaces] = field(default_factory=dict)
    _only: dict[str, str | None] = field(default_factory=dict)

    def add(self, committee: str, doors: Iterable[tuple[Any, ...]]) -> None:
        """doors: (estate id, estate, lane, building id, number, dwelling id, unit, room) of one committee."""
        known, seen = KnownPlaces(committee), set[str]()
        for estate_id, estate, lane, building, number, dwelling, unit, room in doors:
            if building not in seen:
                seen.add(building)
                known.estates[estate or ""] = estate_id
                known.add_building(estate or "", lane or "", number or "", building)
            if dwelling:
                known.dwellings[building, unit or "", room or ""] = dwelling
        self._known[committee] = known
        self._only[committee] = next(iter(known.estates)) if len(known.estates) == 1 else None

    def find(self, door: Mapping[str, Any], named: str = "") -> Found:
        """named: the committee that the list names, if it names one of these; its word counts where doors do not tell."""
        if not door.get("building"):
            return Found(named, doubt="" if named else "arrival-no-address")
        among = [named] if named else self._known
        found = [each for committee in among if (each := self._in(committee, door)) is not None]
        sure = [each for each in found if each.dwelling] or found
        if len(sure) == 1:
            return sure[0]
        if sure:
            return Found(named, doubt="arrival-address-several")
        return Found(named, doubt="arrival-address-unknown")

    def _in(self, committee: str, said: Mapping[str, Any]) -> Found | None:
        """The door in one committee; None if the house is not there."""
        known = self._known.get(committee)
        if known is None:
            return None
        lane, number = str(said.get("lane") or ""), str(said["building"])
        unit, room = str(said.get("unit") or ""), str(said.get("room") or "")
        for estate in self._estates(committee, known, str(said.get("estate") or ""), lane, number):
            door, _ = meant(known, Door(estate, lane, number, unit, room))
            building = known.buildings.get(door[:3])
            if building is not None:
                dwelling = known.dwellings.get((building, door.unit, door.room), "")
                return Found(committee, building, dwelling, "" if dwelling else "arrival-room-unknown")
        return None

    def _estates(self, committee: str, known: KnownPlaces, said: str, lane: str, number: str) -> list[str]:
        """The estates that may be meant, the surest first."""
        if not said:
            found = known.estate_of(lane, number)
            return [found] if found is not None else []
        longer = sorted((each for each in known.estates if each and said.startswith(each)), key=len, reverse=True)
        return list(dict.fromkeys((said, *longer)))
