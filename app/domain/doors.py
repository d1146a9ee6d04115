"""Which household a roster row belongs to, where two live behind one door (合租, 房东与租客, 两本户口簿)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.domain.ids import new_id


@dataclass(frozen=True, slots=True)
class Family:
    """A household the workspace knows. label: its name behind the door (A间), if it has one.

    head: id of the resident who is its 户主, if one is.
    """

    id: str
    dwelling: str
    label: str | None = None
    head: str | None = None


class Seat(NamedTuple):
    """Where a row sits. ordinal: 1, 2 … behind the door (the `/户2` of a path); new: to be created."""

    household: str
    ordinal: int
    label: str | None
    new: bool


@dataclass(slots=True, eq=False)
class _Place:
    household: str
    label: str | None
    head: str | None
    fresh: bool
    ordinal: int


@dataclass(slots=True)
class _Door:
    places: list[_Place] = field(default_factory=list)
    current: _Place | None = None


class Doors:
    """Seats rows in the order of the file: a label decides; else a second 户主 begins a second household.

    Rows that follow a 户主 behind the same door sit with that 户主. A known person stays in the
    household on record, and pulls the rows that follow along.

    labelled: households that stood there without a label and were given one by a row, (id, label).
    """

    def __init__(self, families: Iterable[Family] = (), fresh_id: Callable[[], str] = new_id) -> None:
        self._doors: dict[str, _Door] = {}
        self._fresh_id = fresh_id
        self.labelled: list[tuple[str, str]] = []
        for family in families:
            door = self._doors.setdefault(family.dwelling, _Door())
            door.places.append(_Place(family.id, family.label, family.head, False, len(door.places) + 1))

    def seat(
        self,
        dwelling: str,
        values: Mapping[str, Any],
        *,
        resident: str | None = None,
        household: str | None = None,
    ) -> Seat:
        """The household of a row.

        resident: id of the person, known or to be created (it tells a second 户主 from the same one).
        household: where a known person lives on record; honoured if it lies behind this door and the
        row names no other label.
        """
        door = self._doors.setdefault(dwelling, _Door())
        label = str(values.get("household_label") or "").strip() or None
        heads = values.get("relation") == "户主"
        place = (
            self._labelled(door, label, household)
            if label
            else self._recorded(door, household) or self._next(door, heads, resident)
        )
        if heads and place.head is None:
            place.head = resident or ""
        door.current = place
        seat = Seat(place.household, place.ordinal, place.label, place.fresh)
        place.fresh = False
        return seat

    def _labelled(self, door: _Door, label: str, household: str | None) -> _Place:
        for place in door.places:
            if place.label == label:
                return place
        nameless = [place for place in door.places if place.label is None]
        if len(door.places) == 1 and nameless and (nameless[0].household == household):
            nameless[0].label = label
            self.labelled.append((nameless[0].household, label))
            return nameless[0]
        return self._open(door, label)

    @staticmethod
    def _recorded(door: _Door, household: str | None) -> _Place | None:
        if household is None:
            return None
        return next((place for place in door.places if place.household == household), None)

    def _next(self, door: _Door, heads: bool, resident: str | None) -> _Place:
        if not door.places:
            return self._open(door, None)
        if not heads:
            return door.current or door.places[0]
        for place in door.places:
            if place.head is None or (resident is not None and place.head == resident):
                return place
        return self._open(door, None)

    def _open(self, door: _Door, label: str | None) -> _Place:
        place = _Place(str(self._fresh_id()), label, None, True, len(door.places) + 1)
        door.places.append(place)
        return place
