"""What a roster says of the 楼组长: in a column of every row, as 是 beside a resident's name, or in a list of buildings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.differences import changes
from app.domain.fields import BUILDING
from app.domain.placement import Placement, Told

LEADER_KEYS = ("leader_name", "leader_phone")
YES = frozenset({"是", "有"})
"""Beside a resident's name: this one is it."""

Values = dict[str, Any]


@dataclass(slots=True)
class Leaders:
    """Writes who leads a building. The first row of a file that says so of a building decides.

    changed: where changes go, (entity, id, values). tell: is told what a person should hear of a place.
    """

    places: Placement
    changed: list[tuple[str, str, Values]]
    tell: Callable[[Told], None]
    _said: dict[str, Values] = field(default_factory=dict)

    def take(self, values: Mapping[str, Any]) -> str:
        """Decide what one row says of its building's leader; its state: new, changed, same or rejected."""
        said = leader_of(values)
        building, told = self.places.building(values)
        if told is not None and not values.get("name"):
            self.tell(told)
        if not building:
            return "rejected"
        if not said:
            return "same"
        before = self._said.setdefault(building, said)
        if before is not said:
            if before.get("leader_name") != said.get("leader_name"):
                self.tell(Told("leader-twice", said.get("leader_name", ""), before.get("leader_name", "")))
            return "same"
        standing = self.places.known.leaders.setdefault(building, {})
        different = changes(standing, said, "take", BUILDING)
        if not different:
            return "same"
        standing.update(different)
        if self.places.is_new(building):
            return "new"
        self.changed.append(("building", building, different))
        return "changed"


def leader_of(values: Mapping[str, Any]) -> Values:
    """Name and phone of the leader that a row names; nothing where it names none (否)."""
    name, phone = str(values.get("leader_name") or ""), values.get("leader_phone")
    phones = values.get("phones") or ()
    if len(name) < 2:
        if name not in YES or not values.get("name"):
            return {}
        name, phone = str(values["name"]), phone or (phones[0]["number"] if phones else None)
    elif not values.get("name"):
        phone = phone or (phones[0]["number"] if phones else None)
    return {"leader_name": name} | ({"leader_phone": phone} if phone else {})
