"""What is done with an outline that somebody draws: cut into equally wide parts, turned, moved, measured, mended.

Longitude before latitude as in `app.domain.geometry`; lengths and areas in metres on a plane that touches at the outline.
shapely is loaded when it is first needed: it computes and reaches nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.domain import geometry
from app.domain.geometry import Geometry, GeometryError, Plane

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
SLIVER = 0.02
"""Square metres: what is smaller comes of rounding to a centimetre."""
MOST_PARTS = 60


# ---------------------------------------------------------------- between degrees and metres


def _plane(shape: Geometry) -> Plane:
    """The same for the same outline whichever way its ring runs: at the middle of its box."""
    box = geometry.box([shape])
    assert box is not None
    return Plane(*box.middle)


def _told(shape: Geometry, change: Any) -> Geometry:
    """The outline with every point put through change((x, y)) -> [x, y]; closed rings stay closed."""
    kind, coordinates = shape["type"], shape["coordinates"]
    if kind == "Point":
        return {"type": kind, "coordinates": change(coordinates)}
    polygons = [coordinates] if kind == "Polygon" else coordinates
    made = [[[change(point) for point in ring] for ring in polygon] for polygon in polygons]
    return {"type": kind, "coordinates": made[0] if kind == "Polygon" else made}


def _flat(shape: Geometry, plane: Plane) -> BaseGeometry:
    """Valid polygons on the plane, empty for a point. Bow ties become what their outer lines enclose."""
    import shapely

    if shape["type"] == "Point":
        return shapely.Polygon()
    made = shapely.geometry.shape(_told(shape, lambda point: plane.metres(point[0], point[1])))
    return _areas(made if made.is_valid else shapely.make_valid(made, method="structure"))


def _areas(made: BaseGeometry) -> BaseGeometry:
    """Only what has an area: cutting and mending leave lines and points behind."""
    import shapely

    return shapely.MultiPolygon([each for each in _polygons(made) if each.area > SLIVER])


def _polygons(made: BaseGeometry) -> list[Any]:
    if made.geom_type == "Polygon":
        return [made]
    return [polygon for each in getattr(made, "geoms", ()) for polygon in _polygons(each)]


def _round(made: BaseGeometry, plane: Plane) -> Geometry:
    """Back to degrees; one part is a Polygon."""
    polygons = sorted(_polygons(made), key=lambda each: (-round(each.area, 3), each.bounds))
    told = [
        [[plane.at(*point) for point in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in polygons
    ]
    if not told:
        raise GeometryError("no area")
    one = len(told) == 1
    return geometry.read({"type": "Polygon" if one else "MultiPolygon", "coordinates": told[0] if one else told})


# ---------------------------------------------------------------- measuring


def area(shape: Geometry) -> float:
    """Square metres; 0 for a point."""
    return float(_flat(shape, _plane(shape)).area)


def is_sound(shape: Geometry) -> bool:
    """Does it enclose an area without crossing itself? A point is sound."""
    import shapely

    if shape["type"] == "Point":
        return True
    plane = _plane(shape)
    made = shapely.geometry.shape(_told(shape, lambda point: plane.metres(point[0], point[1])))
    return bool(made.is_valid and made.area > SLIVER)


def mended(shape: Geometry) -> Geometry:
    """The same where it is sound; else what its lines enclose. Raises GeometryError where that is nothing."""
    if is_sound(shape):
        return shape
    plane = _plane(shape)
    return _round(_flat(shape, plane), plane)


def shared(one: Geometry, other: Geometry) -> float:
    """How much of the first lies in the second: 0 … 1; of a point, whether it lies inside."""
    if one["type"] == "Point":
        return float(geometry.contains(other, *one["coordinates"]))
    plane = _plane(one)
    flat = _flat(one, plane)
    return float(flat.intersection(_flat(other, plane)).area / flat.area) if flat.area else 0.0


# ---------------------------------------------------------------- moving


def moved(shape: Geometry, east: float, north: float) -> Geometry:
    """The same outline so many metres further."""
    plane = _plane(shape)

    def change(point: Sequence[float]) -> list[float]:
        x, y = plane.metres(point[0], point[1])
        return plane.at(x + east, y + north)

    return _told(shape, change)


def rotated(shape: Geometry, degrees: float) -> Geometry:
    """The same outline turned about its middle, to the left for more than 0."""
    plane = Plane(*geometry.middle(shape))
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def change(point: Sequence[float]) -> list[float]:
        x, y = plane.metres(point[0], point[1])
        return plane.at(x * cos - y * sin, x * sin + y * cos)

    return _told(shape, change)


# ---------------------------------------------------------------- cutting


def split(shape: Geometry, parts: int) -> list[Geometry]:
    """So many parts of equal width across the long axis, from its western end (of an axis to the north: its northern).

    They cover the whole and do not overlap; a point, and an outline without an area, is given to each part.
    Where several polygons leave a gap between them, its width is not counted. Raises ValueError for no part, or more
    than MOST_PARTS.
    """
    if not 1 <= parts <= MOST_PARTS:
        raise ValueError(parts)
    plane = _plane(shape)
    whole = _flat(shape, plane)
    if parts == 1 or whole.is_empty:
        return [shape] * parts
    along = _axis(whole)
    cuts = _cuts(whole, along, parts)
    pieces = [_areas(whole.intersection(_strip(whole, along, *cuts[n : n + 2]))) for n in range(parts)]
    if any(each.is_empty for each in pieces):  # smaller than a hand: nothing to cut
        return [shape] * parts
    return [_round(each, plane) for each in pieces]


def _axis(whole: BaseGeometry) -> Point:
    """The direction of the longer side of the smallest rectangle around: to the east, or to the south."""
    around = list(whole.minimum_rotated_rectangle.exterior.coords)
    sides = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(around[:3])]
    longest = max(math.hypot(*each) for each in sides)
    # of a square either will do: the one that lies more to the east
    dx, dy = max((each for each in sides if math.hypot(*each) > longest * 0.999), key=lambda each: abs(each[0]))
    length = math.hypot(dx, dy)
    eastern = abs(dx) >= abs(dy) * 0.999
    sign = 1 if (dx > 0 if eastern else dy < 0) else -1
    return sign * dx / length, sign * dy / length


def _cuts(whole: BaseGeometry, along: Point, parts: int) -> list[float]:
    """Where the parts begin and end along the axis; the first and the last a metre outside."""
    spans: list[list[float]] = []
    for low, high in sorted(_span(each, along) for each in _polygons(whole)):
        if spans and low <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], high)
        else:
            spans.append([low, high])
    width = sum(high - low for low, high in spans) / parts
    cuts = [spans[0][0] - 1]
    for number in range(1, parts):
        rest = number * width
        for low, high in spans:
            if rest <= high - low:
                cuts.append(low + rest)
                break
            rest -= high - low
    return [*cuts, spans[-1][1] + 1]


def _span(polygon: BaseGeometry, along: Point) -> tuple[float, float]:
    places = [x * along[0] + y * along[1] for x, y in polygon.exterior.coords]
    return min(places), max(places)


def _strip(whole: BaseGeometry, along: Point, low: float, high: float) -> BaseGeometry:
    """The band between two places on the axis, wider than the whole."""
    import shapely

    west, south, east, north = whole.bounds
    wide = 2 * math.hypot(east - west, north - south) + math.hypot(*whole.centroid.coords[0])
    x, y = along
    corners = [
        (x * at - y * aside, y * at + x * aside)
        for at, aside in ((low, -wide), (high, -wide), (high, wide), (low, wide))
    ]
    return shapely.Polygon(corners)
