"""What the rows of a roster say of arrivals: a new one, or what is otherwise of that day's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain import ids
from app.domain.fields import ARRIVAL_OF_ROSTER

Values = dict[str, Any]


@dataclass(slots=True)
class Arrivals:
    """known: somebody's arrivals before the file. new: where new ones go, (id, values). changed: (entity, id, values)."""

    known: Callable[[str], list[Values]]
    new: list[tuple[str, Values]]
    changed: list[tuple[str, str, Values]]
    _here: dict[str, list[tuple[str, Values]]] = field(default_factory=dict)
    """resident -> arrivals, those of the file among them; "" for the id of one that the file brought"""

    def take(self, values: Values, resident: str, *, known: bool) -> bool:
        """Does the row say anything new of an arrival? known: the person was known before the file."""
        if not values.get("arrived_on") and not values.get("origin"):
            return False
        said = arrival_said(values)
        here = self._here.get(resident)
        if here is None:
            before = self.known(resident) if known else []
            here = self._here[resident] = [(str(each.get("id") or ""), dict(each)) for each in before]
        found, different = same_arrival(said, here)
        if found is None:
            made = {"resident": resident, **said}
            self.new.append((ids.new_id(), made))
            here.append(("", made))  # what a later row corrects of it is written with it
        elif different:
            row, standing = here[found]
            standing.update(different)
            if row:
                self.changed.append(("arrival", row, different))
        return found is None or bool(different)


def arrival_said(values: Mapping[str, Any]) -> Values:
    """What a row says of an arrival; nothing where it names neither day nor origin."""
    if not values.get("arrived_on") and not values.get("origin"):
        return {}
    return {key: values[key] for key in ARRIVAL_OF_ROSTER if values.get(key) is not None}


def same_arrival(said: Values, arrivals: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[int | None, Values]:
    """Which of somebody's arrivals a row speaks of, and what it says otherwise; None: of none of them.

    It is one that agrees in everything said, else that of the same day.
    """
    for number, (_, each) in enumerate(arrivals):
        if all(each.get(key) == value for key, value in said.items()):
            return number, {}
    for number, (_, each) in enumerate(arrivals):
        if said.get("arrived_on") and each.get("arrived_on") == said["arrived_on"]:
            return number, {key: value for key, value in said.items() if each.get(key) != value}
    return None, {}
