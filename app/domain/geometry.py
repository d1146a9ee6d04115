"""Outlines on the earth's surface: reading GeoJSON geometries strictly, and the little arithmetic that maps need.

Longitude before latitude, degrees, WGS 84 (RFC 7946); lengths in metres on a plane that touches at a latitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Ring = Sequence[Sequence[float]]
Geometry = dict[str, Any]
DIGITS = 7
"""Of a degree: about a centimetre."""
MOST_POINTS = 50_000
_METRES = 111_320.0


class GeometryError(ValueError):
    """What was read is no geometry that we take."""


def read(value: object) -> Geometry:
    """A Polygon, MultiPolygon or Point as we keep it: closed rings, rounded, nothing else in it.

    Raises GeometryError.
    """
    if not isinstance(value, Mapping):
        raise GeometryError("no geometry")
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind == "Point":
        return {"type": kind, "coordinates": _point(coordinates)}
    if kind == "Polygon":
        made = _polygon(coordinates)
        return _checked({"type": kind, "coordinates": made})
    if kind == "MultiPolygon" and isinstance(coordinates, list) and coordinates:
        return _checked({"type": kind, "coordinates": [_polygon(each) for each in coordinates]})
    raise GeometryError(str(kind))


def _checked(geometry: Geometry) -> Geometry:
    if sum(len(ring) for ring in rings(geometry)) > MOST_POINTS:
        raise GeometryError("too many points")
    return geometry


def _polygon(value: object) -> list[list[list[float]]]:
    if not isinstance(value, list) or not value:
        raise GeometryError("no ring")
    return [_ring(each) for each in value]


def _ring(value: object) -> list[list[float]]:
    if not isinstance(value, list):
        raise GeometryError("no ring")
    points = [_point(each) for each in value]
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4:
        raise GeometryError("ring too short")
    return points


def _point(value: object) -> list[float]:
    if not isinstance(value, list) or len(value) < 2:
        raise GeometryError("no point")
    x, y = value[0], value[1]
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, int | float) or not isinstance(y, int | float):
        raise GeometryError("no number")
    if not (-180 <= x <= 180 and -90 <= y <= 90):  # also false for nan
        raise GeometryError("outside")
    return [round(float(x), DIGITS), round(float(y), DIGITS)]


# ---------------------------------------------------------------- arithmetic


def rings(geometry: Geometry) -> Iterator[Ring]:
    """All rings, outer and inner; a point is a ring of one."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        yield [coordinates]
    elif kind == "Polygon":
        yield from coordinates
    else:
        for polygon in coordinates:
            yield from polygon


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in metres."""
        _, y = self.middle
        return (self.east - self.west) * _METRES * math.cos(math.radians(y)), (self.north - self.south) * _METRES


def box(geometries: Iterable[Geometry]) -> Box | None:
    """What holds them all; None for none."""
    points = [point for each in geometries for ring in rings(each) for point in ring]
    if not points:
        return None
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def contains(geometry: Geometry, x: float, y: float) -> bool:
    """Does a point lie inside (even-odd rule over all rings)?"""
    inside = False
    for ring in rings(geometry):
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def middle(geometry: Geometry) -> tuple[float, float]:
    """The centre of the largest outer ring's area: where a label stands."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    if geometry["type"] == "Point":
        return geometry["coordinates"][0], geometry["coordinates"][1]
    return max((_centroid(polygon[0]) for polygon in polygons), key=lambda each: each[0])[1]


def _centroid(ring: Ring) -> tuple[float, tuple[float, float]]:
    x0, y0 = ring[0][0], ring[0][1]  # near zero: products of whole longitudes lose digits
    area = x = y = 0.0
    for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        area += cross
        x += (x1 + x2 - 2 * x0) * cross
        y += (y1 + y2 - 2 * y0) * cross
    if abs(area) < 1e-18:
        return 0.0, (x0, y0)
    return abs(area) / 2, (x0 + x / (3 * area), y0 + y / (3 * area))


class Plane:
    """A plane in metres that touches the earth at one point: x to the east, y to the north."""

    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y
        self._per_degree = _METRES * math.cos(math.radians(y))

    def at(self, east: float, north: float) -> list[float]:
        """Degrees of a place so many metres from the origin."""
        return [round(self.x + east / self._per_degree, DIGITS), round(self.y + north / _METRES, DIGITS)]

    def metres(self, x: float, y: float) -> tuple[float, float]:
        """How far east and north of the origin a place in degrees lies."""
        return (x - self.x) * self._per_degree, (y - self.y) * _METRES

    def rectangle(self, west: float, south: float, width: float, height: float) -> Geometry:
        """An upright rectangle as a Polygon."""
        corners = ((0, 0), (width, 0), (width, height), (0, height), (0, 0))
        return {"type": "Polygon", "coordinates": [[self.at(west + dx, south + dy) for dx, dy in corners]]}
