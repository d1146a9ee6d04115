"""Where things stand on a map that have no outline yet: tidy grids, so that the map works on day one.

A building without geometry stands inside its estate's outline if there is one, else in a drawn-up estate of rows
by lane; estates and committees without any stand side by side. Everything follows from its input alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from app.domain.geometry import Box, Geometry, Plane, box, contains

HOUSE = (30.0, 18.0)
"""Width and depth of a stand-in building, metres; as a six-storey slab has [mem]."""
GAP = (10.0, 16.0)
MARGIN = 14.0
A_ROW = 10
"""Buildings in a row of a stand-in estate."""
MOST_ACROSS = 120
"""Places that are looked at beside and below each other."""
COMMITTEE = (620.0, 460.0)
BETWEEN = 40.0


@dataclass(slots=True)
class Place:
    """A thing to be placed: its own geometry or None; `row`: things of one row word (a lane) stand together."""

    id: str
    geometry: Geometry | None = None
    row: str = ""


@dataclass(slots=True)
class Estate:
    """An estate and its buildings in walking order."""

    id: str
    geometry: Geometry | None = None
    buildings: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """Geometry by id, and the ids whose geometry is a stand-in."""

    geometries: Mapping[str, Geometry]
    stand_ins: frozenset[str]


def estates(all_: Sequence[Estate], within: Geometry | None = None) -> Placed:
    """Outlines of estates and of their buildings. within: the committee's own outline, if it has one."""
    known = [each.geometry for each in all_ if each.geometry]
    known += [each.geometry for estate in all_ for each in estate.buildings if each.geometry]
    ground = box(known) or (box([within]) if within else None)
    plane = Plane(ground.west, ground.south) if ground else Plane(0.0, 0.0)
    found: dict[str, Geometry] = {}
    stand_ins: set[str] = set()
    east, south, deep = 0.0, -BETWEEN if known else 0.0, 0.0
    for estate in all_:
        own = [each.geometry for each in estate.buildings if each.geometry]
        found |= {each.id: each.geometry for each in estate.buildings if each.geometry}
        rest = [each for each in estate.buildings if not each.geometry]
        stand_ins |= {each.id for each in rest}
        if estate.geometry:
            found[estate.id] = estate.geometry
            found |= _inside(estate.geometry, rest, own)
            continue
        stand_ins.add(estate.id)
        if own:
            found[estate.id], more = _beside(own, rest)
            found |= more
            continue
        width, depth = _size(rest)
        if east and east + width > 1_000:
            east, south, deep = 0.0, south - deep - BETWEEN, 0.0
        found[estate.id] = plane.rectangle(east, south - depth, width, depth)
        found |= _in_rows(plane, rest, east, south)
        east, deep = east + width + BETWEEN, max(deep, depth)
    return Placed(found, frozenset(stand_ins))


def committees(all_: Sequence[tuple[str, Geometry | None]]) -> Placed:
    """Outlines of committees; those without one stand in a grid below the others."""
    known = [geometry for _, geometry in all_ if geometry]
    rest = [id_ for id_, geometry in all_ if not geometry]
    ground = box(known)
    plane = Plane(ground.west, ground.south) if ground else Plane(0.0, 0.0)
    across = max(1, math.ceil(math.sqrt(len(rest) * 1.2)))
    width, depth = COMMITTEE
    found = {id_: geometry for id_, geometry in all_ if geometry}
    for number, id_ in enumerate(rest):
        row, column = divmod(number, across)
        south = -(row + 1) * (depth + BETWEEN) - (BETWEEN if known else 0)
        found[id_] = plane.rectangle(column * (width + BETWEEN), south, width, depth)
    return Placed(found, frozenset(rest))


# ---------------------------------------------------------------- buildings in an estate


def _rows(buildings: Sequence[Place]) -> list[list[Place]]:
    """In rows of at most A_ROW, a new one for every lane."""
    rows = []
    for _, lane in groupby(buildings, key=lambda each: each.row):
        there = list(lane)
        rows += [there[start : start + A_ROW] for start in range(0, len(there), A_ROW)]
    return rows


def _size(buildings: Sequence[Place]) -> tuple[float, float]:
    rows = _rows(buildings)
    longest = max(map(len, rows), default=1)
    (width, depth), (beside, below) = HOUSE, GAP
    return 2 * MARGIN + longest * (width + beside) - beside, 2 * MARGIN + max(1, len(rows)) * (depth + below) - below


def _in_rows(plane: Plane, buildings: Sequence[Place], west: float, north: float) -> dict[str, Geometry]:
    (width, depth), (beside, below) = HOUSE, GAP
    return {
        building.id: plane.rectangle(
            west + MARGIN + column * (width + beside), north - MARGIN - depth - row * (depth + below), width, depth
        )
        for row, some in enumerate(_rows(buildings))
        for column, building in enumerate(some)
    }


def _beside(own: Sequence[Geometry], rest: Sequence[Place]) -> tuple[Geometry, dict[str, Geometry]]:
    """An estate known by some of its buildings only: an outline round them, the others in rows below."""
    there = box(own)
    assert there is not None
    plane, (wide, high) = Plane(there.west, there.south), there.size
    width, depth = _size(rest) if rest else (0.0, 0.0)
    placed = _in_rows(plane, rest, -MARGIN, -GAP[1] + MARGIN)
    low = -depth if rest else -MARGIN
    outline = plane.rectangle(-MARGIN, low, max(wide + 2 * MARGIN, width), high + MARGIN - low)
    return outline, placed


def _inside(outline: Geometry, rest: Sequence[Place], own: Sequence[Geometry]) -> dict[str, Geometry]:
    """A grid inside an outline, as wide as lets all stand in it, on free ground where there is enough."""
    if not rest:
        return {}
    there = box([outline])
    assert there is not None
    taken = [each for each in (box([geometry]) for geometry in own) if each]
    spots: list[Geometry] = []
    for scale in (1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.12, 0.07):
        spots = _spots(outline, there, scale, taken, len(rest))
        if len(spots) >= len(rest):
            break
    spots = spots or [outline]
    last = len(spots) - 1  # more houses than an outline has room for stand on each other; it is a sketch
    return {building.id: spots[min(number, last)] for number, building in enumerate(rest)}


def _spots(outline: Geometry, there: Box, scale: float, taken: Sequence[Box], enough: int) -> list[Geometry]:
    """Stand-in houses whose corners lie inside, from the top row down; as many as are enough.

    In an outline larger than any estate (a slip of its maker) they stand further apart, so that looking has an end.
    """
    plane, (wide, high) = Plane(there.west, there.south), there.size
    width, depth = HOUSE[0] * scale, HOUSE[1] * scale
    across = max(width + GAP[0] * scale, wide / MOST_ACROSS)
    down = max(depth + GAP[1] * scale, high / MOST_ACROSS)
    spots = []
    for row in range(int((high - depth) // down) + 1 if high >= depth else 1):
        for column in range(int((wide - width) // across) + 1 if wide >= width else 1):
            spot = plane.rectangle(
                column * across + GAP[0] * scale / 2, high - depth - row * down - depth / 2, width, depth
            )
            corners = spot["coordinates"][0][:4]
            if all(contains(outline, *corner) for corner in corners) and not any(_meet(spot, each) for each in taken):
                spots.append(spot)
                if len(spots) >= enough:
                    return spots
    return spots


def _meet(spot: Geometry, taken: Box) -> bool:
    (west, south), (east, north) = spot["coordinates"][0][0], spot["coordinates"][0][2]
    return bool(west < taken.east and east > taken.west and south < taken.north and north > taken.south)
