"""One building as a matrix of floors and rooms: which cell stands where, whatever the numbering left out.

Pure. Floors from the top down; doors of one line (`domain.spots`) stand above each other, so odd numbering and skipped
rooms leave gaps instead of shifting their neighbours. Shops have rows of their own on their floor, garages come last.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.spots import Kind, Line, Part, Spot, spots

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
MOST_ABREAST = 6
"""Doors without a line of their own (shops, garages, rooms without a number) that stand in one row of a narrow building."""


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
    """One door. people: who live behind it; heads: one name for each household; unit, floor and use as recorded.

    asked: whether it is one of those that were asked for; the others are drawn faint. unvisited: the dashed frame.
    more: marks that found no place among the four. homes: (label, people) of each household, as `heads`.
    span: columns that it takes where several flats were made one.
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
    use: str = ""
    more: tuple[Mark, ...] = ()
    homes: tuple[tuple[str, int], ...] = ()
    span: int = 1


@dataclass(frozen=True, slots=True)
class Floor:
    """One row; None where no door is, and where one from the left spreads over.

    kind: "storey", "mezzanine", "attic", "shops", "garages", "loose" (doors of no known floor), "more" (the row above goes
    on). storey: its number, where it has one. skipped: storeys missing between this row and the one above.
    """

    label: str
    cells: tuple[Cell | None, ...]
    kind: str = "storey"
    storey: int | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """A building ready to be drawn. columns: titles (units), "" where a column needs none.

    measure: by which doors were asked for, "" for all; none_asked: there was none, and nothing is drawn faint.
    elsewhere: open incidents of the building that belong to none of its doors. only: marks of which a door had to bear one.
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
    only: tuple[str, ...] = ()

    @property
    def cells(self) -> list[Cell]:
        return [cell for floor in self.floors for cell in floor.cells if cell is not None]


def shown(marks: Sequence[Mark], also: frozenset[str] = frozenset()) -> tuple[Mark, ...]:
    """At most four marks in their order; those on request only if asked for."""
    there: Mapping[str, Mark] = {mark.key: mark for mark in marks}
    wanted = _wanted(there, also)
    if len(wanted) > MARK_LIMIT and NEVER_LEFT_OUT in wanted:
        wanted = [*wanted[: MARK_LIMIT - 1], NEVER_LEFT_OUT]
    return tuple(there[key] for key in wanted[:MARK_LIMIT])


def left_out(marks: Sequence[Mark], drawn: Sequence[Mark], also: frozenset[str] = frozenset()) -> tuple[Mark, ...]:
    """What a cell has no room for, in order: said in words beside it. Of the marks on request only what was asked for."""
    there = {mark.key: mark for mark in marks}
    return tuple(there[key] for key in _wanted(there, also) if there[key] not in drawn)


def _wanted(there: Mapping[str, Mark], also: frozenset[str]) -> list[str]:
    return [key for key in MARKS if key in there and (key not in ON_REQUEST or key in also)]


Placed = tuple[Cell, Spot]
Column = tuple[str, str, Line]
"""Unit, block, line."""
Row = list[Cell | None]
KINDS = {Part.STOREY: "storey", Part.MEZZANINE: "mezzanine", Part.ATTIC: "attic"}


def arrange(cells: Sequence[Cell]) -> tuple[tuple[str, ...], tuple[Floor, ...]]:
    """(column titles, floors from the top down); garages and doors of no known floor stand in rows of their own at the end."""
    placed = list(zip(cells, spots(cells), strict=True))
    garages = [cell for cell, spot in placed if spot.kind is Kind.GARAGE]
    known = [each for each in placed if each[1].kind is not Kind.GARAGE and _has_place(each[1])]
    loose = [cell for cell, spot in placed if spot.kind is not Kind.GARAGE and not _has_place(spot)]
    shops = [each for each in known if each[1].kind is Kind.SHOP]
    columns = _columns([each for each in known if each[1].kind is not Kind.SHOP])
    wide = max(len(columns), *(min(len(some), MOST_ABREAST) for some in (shops, garages, loose)))
    storeys: dict[tuple[int, Part], list[Placed]] = defaultdict(list)
    for cell, spot in known:
        storeys[_height(spot), spot.part].append((cell, spot))
    floors: list[Floor] = []
    for (height, part), here in sorted(storeys.items(), key=lambda each: (each[0][0], each[0][1].value), reverse=True):
        floors += _storey(height, part, here, columns, wide)
    floors = list(_with_skips(floors))
    for kind, some in (("garages", garages), ("loose", loose)):
        floors += _abreast(some, wide, kind)
    return _titles(columns, wide), tuple(floors)


_TOP = 10_000
"""Height of what lies under the roof and names no storey."""


def _has_place(spot: Spot) -> bool:
    return spot.floor is not None or spot.part is Part.ATTIC


def _height(spot: Spot) -> int:
    return _TOP if spot.floor is None else spot.floor


def _columns(flats: Sequence[Placed]) -> list[Column]:
    """From the left: every line that a door has, and for doors without one as many as the fullest floor needs."""
    found = {(cell.unit, spot.block, line) for cell, spot in flats for line in (spot.first, spot.last) if line}
    crowds: dict[tuple[str, int, Part], list[Spot]] = defaultdict(list)
    for cell, spot in flats:
        crowds[cell.unit, _height(spot), spot.part].append(spot)
    for (unit, _, _), crowd in crowds.items():
        if all(spot.first for spot in crowd):
            continue
        free = (number for number in range(1, MOST_ABREAST + 1) if (unit, "", (number, "")) not in found)
        missing = min(len(crowd), MOST_ABREAST) - sum(column[0] == unit for column in found)
        found |= {(unit, "", (number, "")) for number, _ in zip(free, range(missing), strict=False)}
    return sorted(found, key=lambda column: (_whole(column[0]), *column))


def _titles(columns: Sequence[Column], wide: int) -> tuple[str, ...]:
    units = [unit for unit, _, _ in columns]
    titles = [f"{unit}单元" if unit and unit != (units[n - 1] if n else "") else "" for n, unit in enumerate(units)]
    return (*titles, *[""] * (wide - len(titles)))


def _storey(height: int, part: Part, here: Sequence[Placed], columns: list[Column], wide: int) -> Iterator[Floor]:
    """The rows of a storey: its flats, then its shops."""
    storey = None if height == _TOP else height
    for kind in (Kind.FLAT, Kind.SHOP):
        some = [each for each in here if (each[1].kind is Kind.SHOP) is (kind is Kind.SHOP)]
        if not some:
            continue
        named = some[0][0].floor_label
        label = (
            named if part is not Part.STOREY else floor_text(height, named) if kind is Kind.FLAT else floor_text(height)
        )
        rows = _rows(some, columns, wide)
        yield Floor(label, tuple(rows[0]), "shops" if kind is Kind.SHOP else KINDS[part], storey)
        yield from (Floor("", tuple(row), "more", storey) for row in rows[1:])


def _rows(some: Sequence[Placed], columns: Sequence[Column], wide: int) -> list[Row]:
    """One row, and further ones where two doors claim one place (302 and 302A) or there are more than columns."""
    at = {column: number for number, column in enumerate(columns)}
    rows: list[Row] = []
    taken: list[list[bool]] = []

    def put(cell: Cell, start: int, span: int) -> None:
        row = next((n for n, used in enumerate(taken) if not any(used[start : start + span])), len(rows))
        if row == len(rows):
            rows.append([None] * wide)
            taken.append([False] * wide)
        rows[row][start] = cell if span == 1 else replace(cell, span=span)
        taken[row][start : start + span] = [True] * span

    waiting: list[Placed] = []
    for cell, spot in some:
        first, last = (at.get((cell.unit, spot.block, line)) if line else None for line in (spot.first, spot.last))
        if first is None or last is None:
            waiting.append((cell, spot))
        else:
            put(cell, first, last - first + 1)
    for cell, spot in sorted(waiting, key=lambda each: each[1].order):
        own = [n for n, (unit, _, _) in enumerate(columns) if unit == cell.unit] if spot.kind is not Kind.SHOP else []
        fitting = own or range(wide)
        free = next(((row, n) for row, used in enumerate(taken) for n in fitting if not used[n]), None)
        put(cell, fitting[0] if free is None else free[1], 1)
    return rows


def _abreast(some: Sequence[Cell], wide: int, kind: str) -> Iterator[Floor]:
    """Doors without floors beside each other, as many to a row as the building is wide."""
    for start in range(0, len(some), wide or 1):
        row = some[start : start + wide]
        yield Floor("", (*row, *[None] * (wide - len(row))), "more" if start else kind)


def _with_skips(floors: Sequence[Floor]) -> Iterator[Floor]:
    """The rows with how many storeys above ground the numbering leaves out before each."""
    above: int | None = None
    for floor in floors:
        storey = floor.storey
        skipped = above - storey - 1 if above is not None and storey is not None and above > storey > 0 else 0
        yield replace(floor, skipped=max(skipped, 0))
        above = storey if storey is not None else above


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
