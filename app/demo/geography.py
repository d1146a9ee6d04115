"""An invented ground for the invented street: committees that share borders, estates in them, rows of houses.

Everything derives from the seed. The place is near the real street's, the shapes are nobody's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from app.demo.street import Committee
from app.domain.geometry import Geometry, Plane

PLACE = (121.5330, 31.2310)
ACROSS, WIDE, HIGH = 8, 610.0, 560.0
"""Committees beside each other, and the size of one, metres."""
STREET_WIDTH = 0.045
"""Of roads round an estate, as a share of the committee."""
WITHOUT = 7
"""Every seventh building of a committee has no outline yet: it stands on the schematic grid."""
Corner = tuple[float, float]
Quad = tuple[Corner, Corner, Corner, Corner]
Door = tuple[str, str]
"""Lane and number of a building."""
Values = dict[str, Any]


def of(committee: Committee, seed: int) -> Values:
    """A GeoJSON of one committee: its boundary, its estates, most of its buildings (property `layer` says which)."""
    quad = _quad(committee.index, seed)
    features = [_feature("boundary", _outline(quad, seed, committee.index), name=committee.name, code=committee.code)]
    estates = _estates(committee)
    for (name, buildings), (left, right) in zip(
        estates.items(), _shares([len(b) for b in estates.values()]), strict=True
    ):
        part = _part(quad, left, right)
        features.append(_feature("estates", _polygon(part), name=name))
        features += _houses(name, buildings, part)
    return {"type": "FeatureCollection", "name": committee.name, "features": features}


def _estates(committee: Committee) -> dict[str, list[Door]]:
    """estate -> its (lane, number)s in walking order."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for person in committee.people:
        found.setdefault(person.estate, {})[person.lane, person.building] = None
    return {estate: list(buildings) for estate, buildings in found.items()}


def _feature(layer: str, geometry: Geometry, **names: str) -> Values:
    return {"type": "Feature", "properties": {"layer": layer, **names}, "geometry": geometry}


# ---------------------------------------------------------------- shapes


def crossing(column: int, row: int, seed: int) -> Corner:
    """A crossing that four committees share."""
    random = Random(f"{seed}/crossing/{column}/{row}")
    return column * WIDE + random.uniform(-90, 90), -row * HIGH + random.uniform(-80, 80)


def _quad(index: int, seed: int) -> Quad:
    row, column = divmod(index, ACROSS)
    return (
        crossing(column, row + 1, seed), crossing(column + 1, row + 1, seed),
        crossing(column + 1, row, seed), crossing(column, row, seed),
    )  # fmt: skip


def _outline(quad: Quad, seed: int, index: int) -> Geometry:
    """The quad with each side bent a little; both committees at a side bend it alike."""
    ring: list[Corner] = []
    for (x1, y1), (x2, y2) in pairwise((*quad, quad[0])):
        ring += [(x1, y1), bent((x1, y1), (x2, y2), seed)]
    return _ring(ring)


def bent(start: Corner, end: Corner, seed: int) -> Corner:
    """Where the middle of a side lies: the same from both ends."""
    (x1, y1), (x2, y2) = start, end
    middle = (x1 + x2) / 2, (y1 + y2) / 2
    bend = Random(f"{seed}/side/{middle[0]:.3f}/{middle[1]:.3f}").uniform(-0.06, 0.06)
    along = 1 if start < end else -1
    return middle[0] - bend * (y2 - y1) * along, middle[1] + bend * (x2 - x1) * along


def _shares(sizes: Sequence[int]) -> list[tuple[float, float]]:
    """Slices of the committee, as wide as the estates are large."""
    whole, done, found = sum(math.sqrt(size) for size in sizes) or 1, 0.0, []
    for size in sizes:
        share = math.sqrt(size) / whole
        found.append((done, done + share))
        done += share
    return found


def _part(quad: Quad, left: float, right: float) -> Quad:
    gap = STREET_WIDTH
    u1, u2 = gap + left * (1 - gap), right * (1 - gap)
    return tuple(_within(quad, u, v) for u, v in ((u1, gap), (u2, gap), (u2, 1 - gap), (u1, 1 - gap)))  # type: ignore[return-value]


def _within(quad: Quad, u: float, v: float) -> Corner:
    """A point of a quad by its share of the width (west to east) and of the height (south to north)."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    south = (ax + (bx - ax) * u, ay + (by - ay) * u)
    north = (dx + (cx - dx) * u, dy + (cy - dy) * u)
    return south[0] + (north[0] - south[0]) * v, south[1] + (north[1] - south[1]) * v


def _houses(estate: str, buildings: Sequence[Door], part: Quad) -> Iterable[Values]:
    """Rows of slabs from the north down."""
    (ax, ay), (bx, by), _, (dx, dy) = part
    ratio = max(0.4, math.dist((ax, ay), (bx, by)) / max(1.0, math.dist((ax, ay), (dx, dy))))
    across = max(1, round(math.sqrt(len(buildings) * ratio * 0.62)))
    down = math.ceil(len(buildings) / across)
    for place, (lane, number) in enumerate(buildings):
        if place % WITHOUT == WITHOUT - 1:
            continue
        row, column = divmod(place, across)
        u1, u2 = (column + 0.14) / across, (column + 0.86) / across
        v1, v2 = 1 - (row + 0.72) / down, 1 - (row + 0.30) / down
        corners = [_within(part, u, v) for u, v in ((u1, v1), (u2, v1), (u2, v2), (u1, v2))]
        yield _feature("buildings", _ring(corners), estate=estate, lane=lane, number=number)


def _polygon(quad: Quad) -> Geometry:
    return _ring(list(quad))


def _ring(corners: Sequence[Corner]) -> Geometry:
    plane = Plane(*PLACE)
    return {"type": "Polygon", "coordinates": [[plane.at(x, y) for x, y in (*corners, corners[0])]]}
