"""What lies under a map: the kinds of layers that this PC keeps beside the ledger, and whose they are.

Nothing of it speaks of residents; it is in no bundle. The map credits `source` and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain import geometry
from app.domain.geometry import Box, Geometry, GeometryError

Kind = Literal["roads", "water", "green", "footprints", "facilities", "plan", "tiles"]
FEATURES: tuple[Kind, ...] = ("water", "green", "footprints", "roads", "facilities")
"""Layers of features, in the order in which they are drawn, the lowest first."""
PICTURES: tuple[Kind, ...] = ("plan", "tiles")
"""A scanned plan laid over its estate; an MBTiles or PMTiles background, whose file stays outside the database."""

MOST_FEATURES, MOST_POINTS = 60_000, 1_500_000
"""Of one layer: a street of 20 km² has 6,000 roads and 15,000 footprints."""
MOST_LAYERS = 60
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. about: by kind: features: count, box; plan: estate, corners, size, media; tiles: file, format, zooms.

    All kinds: off (not drawn), opacity (0 … 1).
    """

    id: str
    kind: Kind
    title: str
    source: str = ""
    at: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def on(self) -> bool:
        return not self.about.get("off", False)

    @property
    def opacity(self) -> float:
        return float(self.about.get("opacity", 1.0))


@dataclass(frozen=True, slots=True)
class Shape:
    """One feature of a layer. cls: what kind of road, water …, a short code that its makers gave ("" for none)."""

    geometry: Geometry
    name: str = ""
    cls: str = ""


def read(value: object) -> Geometry:
    """A geometry that may lie under a map: as `geometry.read`, and LineString, MultiLineString, MultiPoint.

    Raises GeometryError.
    """
    if not isinstance(value, Mapping):
        raise GeometryError("no geometry")
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind == "LineString":
        return {"type": kind, "coordinates": _line(coordinates)}
    if kind == "MultiLineString" and isinstance(coordinates, list) and coordinates:
        return {"type": kind, "coordinates": [_line(each) for each in coordinates]}
    if kind == "MultiPoint" and isinstance(coordinates, list) and coordinates:
        return geometry.read({"type": "Point", "coordinates": coordinates[0]})
    return geometry.read(value)


def _line(value: object) -> list[list[float]]:
    if not isinstance(value, list) or len(value) < 2:
        raise GeometryError("line too short")
    if len(value) > geometry.MOST_POINTS:
        raise GeometryError("too many points")
    return [geometry.read({"type": "Point", "coordinates": each})["coordinates"] for each in value]


def parts(shape: Geometry) -> Iterator[Sequence[Sequence[float]]]:
    """All its lines and rings, outer and inner; a point is a line of one."""
    if shape["type"] == "LineString":
        yield shape["coordinates"]
    elif shape["type"] == "MultiLineString":
        yield from shape["coordinates"]
    else:
        yield from geometry.rings(shape)


def points(shape: Geometry) -> int:
    return sum(map(len, parts(shape)))


def box(shapes: Sequence[Geometry]) -> Box | None:
    """What holds them all; None for none."""
    west = south = math.inf
    east = north = -math.inf
    for shape in shapes:
        for part in parts(shape):
            for x, y, *_ in part:
                west, east = min(west, x), max(east, x)
                south, north = min(south, y), max(north, y)
    return Box(west, south, east, north) if east >= west else None


def meet(one: Box, other: Box) -> bool:
    return one.west <= other.east and other.west <= one.east and one.south <= other.north and other.south <= one.north


def around(inner: Box, *, times: float = 1.0, least: float = 0.005) -> Box:
    """A box with so many of its own widths and heights on each side, at least some degrees (0.005: 500 m)."""
    wide, high = max((inner.east - inner.west) * times, least), max((inner.north - inner.south) * times, least)
    return Box(inner.west - wide, inner.south - high, inner.east + wide, inner.north + high)


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.west <= inner.west
        and outer.south <= inner.south
        and inner.east <= outer.east
        and inner.north <= outer.north
    )
