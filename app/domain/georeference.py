"""A scanned plan laid on the map: from pairs of points (in the picture, on the earth) to the matrix that places it.

Three pairs give it exactly; more are balanced by least squares, and how far they disagree is said in metres. The picture may
be turned, stretched and skewed: scans of plans often are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.findings import UserError
from app.domain.geometry import Plane

LEAST_PIXELS, LEAST_METRES = 20.0, 3.0
"""Two points nearer than this are one: a hand is not steadier."""
FLATTEST = 0.05
"""Of a triangle's height to its longest side: below, its points lie on one line."""
MOST_PAIRS = 20
MOST_STRETCH = 4.0
"""One direction of a picture may be drawn so many times larger than another; more is a wrong click."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A point in the picture (px from its upper left corner) and where it lies (degrees, WGS 84)."""

    x: float
    y: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Placed:
    """corners: where the picture's upper left, upper right and lower left corner lie. error: metres, root of the mean
    square; worst: the number of the pair (from 0) that disagrees most. metres: of a pixel."""

    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    error: float = 0.0
    worst: int = -1
    metres: float = 0.0


def solve(pairs: Sequence[Pair], size: tuple[int, int]) -> Placed:
    """Where a picture of this size lies. Raises UserError: plan-few, plan-near, plan-line, plan-stretched."""
    check(pairs)
    if len(pairs) < 3:
        raise UserError("plan-few", count=len(pairs))
    plane = Plane(sum(each.lon for each in pairs) / len(pairs), sum(each.lat for each in pairs) / len(pairs))
    flat = [plane.metres(each.lon, each.lat) for each in pairs]
    if _flatness([(each.x, each.y) for each in pairs]) < FLATTEST or _flatness(flat) < FLATTEST:
        raise UserError("plan-line")
    east = _fit(pairs, [place[0] for place in flat])
    north = _fit(pairs, [place[1] for place in flat])
    if (stretch := _stretch(east, north)) > MOST_STRETCH:
        raise UserError("plan-stretched", times=round(stretch, 1))

    def at(x: float, y: float) -> tuple[float, float]:
        return east[0] * x + east[1] * y + east[2], north[0] * x + north[1] * y + north[2]

    off = [math.dist(at(pair.x, pair.y), place) for pair, place in zip(pairs, flat, strict=True)]
    wide, high = size
    corners = [_degrees(plane, *at(*corner)) for corner in ((0.0, 0.0), (float(wide), 0.0), (0.0, float(high)))]
    return Placed(
        (corners[0], corners[1], corners[2]),
        math.sqrt(sum(each * each for each in off) / len(off)) if len(pairs) > 3 else 0.0,
        max(range(len(off)), key=off.__getitem__) if len(pairs) > 3 else -1,
        math.sqrt(abs(east[0] * north[1] - east[1] * north[0])),
    )


def check(pairs: Sequence[Pair]) -> None:
    """Are the points far enough from each other? Raises UserError("plan-near", one, other)."""
    for number, pair in enumerate(pairs):
        for before, other in enumerate(pairs[:number]):
            metres = math.dist(Plane(other.lon, other.lat).metres(pair.lon, pair.lat), (0, 0))
            if math.dist((pair.x, pair.y), (other.x, other.y)) < LEAST_PIXELS or metres < LEAST_METRES:
                raise UserError("plan-near", one=before + 1, other=number + 1)


def upright(size: tuple[int, int], west: float, south: float, east: float, north: float) -> Placed:
    """A picture in the middle of a box, upright and not stretched, as large as fits: a first place for a plan of an
    estate that has no map yet."""
    plane = Plane((west + east) / 2, (south + north) / 2)
    (left, bottom), (right, top) = plane.metres(west, south), plane.metres(east, north)
    metres = min((right - left) / size[0], (top - bottom) / size[1])
    x, y = metres * size[0] / 2, metres * size[1] / 2
    return Placed((_degrees(plane, -x, y), _degrees(plane, x, y), _degrees(plane, -x, -y)), metres=metres)


def _degrees(plane: Plane, east: float, north: float) -> tuple[float, float]:
    lon, lat = plane.at(east, north)
    return lon, lat


def _flatness(points: Sequence[tuple[float, float]]) -> float:
    """Of a cloud of points: how wide it is across its longest direction, as a part of its length (0: a line)."""
    count = len(points)
    x0, y0 = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    xx = sum((x - x0) ** 2 for x, _ in points)
    yy = sum((y - y0) ** 2 for _, y in points)
    xy = sum((x - x0) * (y - y0) for x, y in points)
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    return math.sqrt(max(0.0, middle - half) / (middle + half)) if middle + half > 0 else 0.0


def _fit(pairs: Sequence[Pair], values: Sequence[float]) -> tuple[float, float, float]:
    """a, b, c so that a·x + b·y + c comes nearest to the values. The points are no line: that was asked before."""
    count = len(pairs)
    x0, y0, v0 = (sum(each) / count for each in ([p.x for p in pairs], [p.y for p in pairs], values))
    xx = sum((p.x - x0) ** 2 for p in pairs)
    yy = sum((p.y - y0) ** 2 for p in pairs)
    xy = sum((p.x - x0) * (p.y - y0) for p in pairs)
    xv = sum((p.x - x0) * (v - v0) for p, v in zip(pairs, values, strict=True))
    yv = sum((p.y - y0) * (v - v0) for p, v in zip(pairs, values, strict=True))
    whole = xx * yy - xy * xy
    a, b = (xv * yy - yv * xy) / whole, (yv * xx - xv * xy) / whole
    return a, b, v0 - a * x0 - b * y0


def _stretch(east: Sequence[float], north: Sequence[float]) -> float:
    """How many times longer a pixel is in one direction than in another: the matrix' two singular values."""
    a, b, c, d = east[0], east[1], north[0], north[1]
    whole, half = (a * a + b * b + c * c + d * d) / 2, math.hypot((a * a + b * b - c * c - d * d) / 2, a * c + b * d)
    return math.sqrt((whole + half) / max(whole - half, 1e-30))
