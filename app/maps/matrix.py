"""One building as a matrix of floors and rooms: which cell stands where, whatever the numbering left out.

Pure. Floors from the top down; doors of one position (the last two digits of the room) stand above each other, so
odd numbering and skipped rooms leave gaps instead of shifting their neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STATES = ("isolation", "overseas", "returned", "refused", "unvisited", "vacant", "nobody", "met")
"""What a cell's bar shows, the strongest first."""

MARKS = (
    "returned", "overseas", "isolation", "party", "alone", "disabled", "let", "vacant", "unvisited", "refused", "incident",
)  # fmt: skip
"""In the order in which they stand in a cell (ui.md)."""
MARK_LIMIT = 4
NEVER_LEFT_OUT = "incident"
"""Stands last, and where there are more than four it takes the place of the fourth: somebody waits."""
ON_REQUEST = frozenset({"party", "let", "vacant"})
"""Shown only when asked for; sensitive groups never."""

ASKED_BY = {
    "returnees": {"returned", "overseas"}, "overseas": {"overseas"}, "isolation": {"isolation"},
    "elderly-alone": {"alone"}, "party": {"party"}, "incidents": {"incident"},
}  # fmt: skip
"""Measure -> the marks of the doors that a map by it asks for. Unvisited and stale are asked of the visits themselves."""

COLOURS = {
    "isolation": "#B86E00", "overseas": "#6A51A3", "returned": "#1F6FB2", "refused": "#B3261E", "unvisited": "#8A95A1",
    "vacant": "#C3CAD2", "nobody": "#D9DEE4", "met": "#2E7D4F", "other": "#D9DEE4",
}  # fmt: skip
_LAST_TWO = re.compile(r"(\d{2})[A-Za-z]?$")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in a cell. day, days: of an isolation; missing: a health check is owed, or a step of an incident is late.

    count: open incidents, late: how many of them are overdue; kind, urgency, state: of the one that presses most.
    """

    key: str
    day: int = 0
    days: int = 0
    missing: bool = False
    count: int = 0
    late: int = 0
    kind: str = ""
    urgency: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One door. people: who live behind it; heads: one name for each household; unit and floor as recorded.

    asked: whether it is one of those that were asked for; the others are drawn faint. unvisited: the dashed frame.
    """

    id: str
    room: str
    unit: str = ""
    floor: int | None = None
    floor_label: str = ""
    heads: tuple[str, ...] = ()
    people: int = 0
    state: str = "met"
    marks: tuple[Mark, ...] = ()
    asked: bool = True
    unvisited: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """One row; None where no door is."""

    label: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A building ready to be drawn. columns: titles (units), "" where a column needs none.

    measure: by which doors were asked for, "" for all; none_asked: there was none, and nothing is drawn faint.
    elsewhere: open incidents of the building that belong to none of its doors.
    """

    id: str
    name: str
    columns: tuple[str, ...]
    floors: tuple[Floor, ...]
    households: int
    people: int
    legend: tuple[tuple[str, int, int], ...] = field(default=())
    measure: str = ""
    until: str = ""
    rehearsal: bool = False
    none_asked: bool = False
    elsewhere: int = 0

    @property
    def cells(self) -> list[Cell]:
        return [cell for floor in self.floors for cell in floor.cells if cell is not None]


def shown(marks: Sequence[Mark], also: frozenset[str] = frozenset()) -> tuple[Mark, ...]:
    """At most four marks in their order; those on request only if asked for."""
    there: Mapping[str, Mark] = {mark.key: mark for mark in marks}
    wanted = [key for key in MARKS if key in there and (key not in ON_REQUEST or key in also)]
    if len(wanted) > MARK_LIMIT and NEVER_LEFT_OUT in wanted:
        wanted = [*wanted[: MARK_LIMIT - 1], NEVER_LEFT_OUT]
    return tuple(there[key] for key in wanted[:MARK_LIMIT])


def arrange(cells: Sequence[Cell]) -> tuple[tuple[str, ...], tuple[Floor, ...]]:
    """(column titles, floors from the top down); doors of no known floor stand in rows of their own at the end."""
    placed = [(cell, _position(cell)) for cell in cells]
    known = [(cell, place) for cell, place in placed if cell.floor is not None]
    columns = sorted({(cell.unit, place) for cell, place in known}, key=_by_number)
    at = {column: number for number, column in enumerate(columns)}
    floors: list[Floor] = []
    for floor in sorted({cell.floor for cell, _ in known if cell.floor is not None}, reverse=True):
        here = [(cell, place) for cell, place in known if cell.floor == floor]
        floors += _rows(floor_text(floor, here[0][0].floor_label), here, at)
    loose = [cell for cell, _ in placed if cell.floor is None]
    wide = max(len(columns), min(len(loose), 6))
    floors += [
        Floor("", tuple(_filled(loose[start : start + wide], wide))) for start in range(0, len(loose), wide or 1)
    ]
    units = [unit for unit, _ in columns]
    titles = tuple(
        f"{unit}单元" if unit and unit != (units[n - 1] if n else "") else "" for n, unit in enumerate(units)
    )
    return titles + ("",) * (wide - len(titles)), tuple(
        Floor(each.label, tuple(_filled(each.cells, wide))) for each in floors
    )


def _rows(label: str, here: Sequence[tuple[Cell, str]], at: Mapping[tuple[str, str], int]) -> list[Floor]:
    """A floor's row, and further ones where two doors claim one position (302 and 302A)."""
    rows: list[list[Cell | None]] = []
    for cell, place in here:
        column = at[cell.unit, place]
        row = next((row for row in rows if row[column] is None), None)
        if row is None:
            row = [None] * len(at)
            rows.append(row)
        row[column] = cell
    return [Floor(label if not number else "", tuple(row)) for number, row in enumerate(rows)]


def _filled(cells: Sequence[Cell | None], wide: int) -> list[Cell | None]:
    return [*cells, *[None] * (wide - len(cells))]


def _position(cell: Cell) -> str:
    found = _LAST_TWO.search(cell.room)
    return found[1] if found else cell.room


def _by_number(column: tuple[str, str]) -> tuple[int, str, int, str]:
    unit, place = column
    return _whole(unit), unit, _whole(place), place


def _whole(text: str) -> int:
    digits = re.sub(r"\D", "", text)[:18]
    return int(digits) if digits else 999


def floor_text(floor: int, label: str = "") -> str:
    """`18F`, `B1`, or the words that the floor has."""
    return label or (f"{floor}F" if floor > 0 else f"B{-floor}")


def state_of(marks: Sequence[Mark], *, households: int = 1) -> str:
    """The bar's colour: the strongest of what is marked, else whether anybody is on record behind the door."""
    keys = {mark.key for mark in marks}
    return next((state for state in STATES if state in keys), "met" if households else "nobody")


def with_incidents(cells: Sequence[Cell]) -> int:
    """How many doors bear the mark of an open incident."""
    return sum(any(mark.key == "incident" for mark in cell.marks) for cell in cells)


def counted(cells: Sequence[Cell]) -> tuple[tuple[str, int, int], ...]:
    """(state, doors, people) of each state that occurs, in the legend's order; "other": doors not asked for."""
    found = {state: [cell for cell in cells if cell.asked and cell.state == state] for state in STATES}
    found["other"] = [cell for cell in cells if not cell.asked]
    return tuple((state, len(some), sum(cell.people for cell in some)) for state, some in found.items() if some)
