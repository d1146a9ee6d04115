"""Features on their way from a file into a layer: counted, cleaned, mended where there is one way to, told of otherwise."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.domain.findings import Finding, UserError
from app.domain.geometry import MOST_POINTS
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange.map_files.raw import RawFeature, RawLayer

MOST_FEATURES = 60_000
MOST_POINTS_TOGETHER = 600_000
"""Features and points of one file: a street has 5,000 buildings of ten points."""
MOST_COLUMNS = 200
LONGEST_VALUE, LONGEST_NAME = 2_000, 100
MOST_FINDINGS = 300
"""Of one layer; what is more is only counted."""
_FARTHEST = 1e11
"""No number of a coordinate is larger, not even in millimetres."""
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


class Budget:
    """How much a file may hold, counted over all of its layers; asks now and then whether to stop."""

    def __init__(self, progress: Progress = quiet, cancelled: Cancelled = never) -> None:
        self.features = self.points = 0
        self.progress, self.cancelled = progress, cancelled

    def take(self, points: int) -> None:
        """Raises UserError: map-file-points, cancelled."""
        self.features += 1
        self.points += points
        if self.features > MOST_FEATURES or self.points > MOST_POINTS_TOGETHER:
            raise UserError("map-file-points", features=MOST_FEATURES, points=MOST_POINTS_TOGETHER)
        if self.features % 500 == 0:
            check(self.cancelled)
            self.progress(self.features, 0, "map-file-reading")


class Refused(ValueError):  # noqa: N818
    """This geometry is left out; the argument is the finding's code."""


class Gathering:
    """One layer while it is read."""

    def __init__(self, name: str, budget: Budget, *, crs: str = "", source: str = "") -> None:
        self.name, self.crs, self.source = clean(name, LONGEST_NAME), crs, clean(source, 300)
        self.features: list[RawFeature] = []
        self.findings: list[Finding] = []
        self._budget, self._row, self._more = budget, 0, 0
        self._columns: dict[str, None] = {}

    def add(self, geometry: object, properties: Mapping[Any, Any]) -> None:
        """The next feature of the file. geometry: GeoJSON, also a GeometryCollection, or None.

        Raises UserError: map-file-points, cancelled.
        """
        self._row += 1
        try:
            read, told = _read(geometry)
        except Refused as error:
            self._budget.take(0)
            self.find(str(error), self._row)
            return
        self._budget.take(told.pop("points"))
        for code in told:
            self.find(code, self._row)
        self.features.append(RawFeature(self._row, read, self._plain(properties)))

    def find(self, code: str, row: int | None = None, **details: Any) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, row=row, sheet=self.name or None, details=details))
        else:
            self._more += 1

    def _plain(self, properties: Mapping[Any, Any]) -> dict[str, Any]:
        found = {}
        for key, value in properties.items():
            name, told = clean(key, LONGEST_NAME), plain(value)
            if name and told is not None and (name in self._columns or len(self._columns) < MOST_COLUMNS):
                self._columns[name] = None
                found[name] = told
        return found

    def layer(self) -> RawLayer:
        """The layer, its areas checked together. Raises UserError("cancelled")."""
        from app.exchange.map_files import mending  # it loads shapely

        check(self._budget.cancelled)
        features = mending.mended(self.features, self.find)
        if self._more:
            self.findings.append(Finding("map-findings-more", sheet=self.name or None, details={"count": self._more}))
        return RawLayer(self.name, self.crs, features, tuple(self._columns), self.source, self.findings)


# ---------------------------------------------------------------- values


def clean(text: object, longest: int) -> str:
    """Text without control characters, cut where it is too long."""
    said = text if isinstance(text, str) else str(text) if isinstance(text, int | float) else ""
    return "".join(each if each.isprintable() else " " for each in said[: longest * 2]).strip()[:longest]


def plain(value: object) -> str | int | float | None:
    """A property as text or number, a list as its names in a row; None for what is empty or neither."""
    if isinstance(value, list):
        names = [each.get("name") if isinstance(each, Mapping) else each for each in value]
        return clean("、".join(each for each in names if isinstance(each, str)), LONGEST_VALUE) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else clean(str(value)[:40], 40)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date):
        return value.isoformat()
    return clean(value, LONGEST_VALUE) or None if isinstance(value, str) else None


# ---------------------------------------------------------------- geometries


def _read(value: object) -> tuple[dict[str, Any], dict[str, int]]:
    """(geometry, {"points": count, and a code for each thing that was mended}). Raises Refused."""
    if not isinstance(value, Mapping):
        raise Refused("map-geometry-none")
    told = {"points": 0}
    if value.get("type") == "GeometryCollection":
        value = _collected(value, told)
    kind = value.get("type")
    if kind not in _DEPTH:
        raise Refused("map-geometry-kind")
    read = _nested(value.get("coordinates"), _DEPTH[kind], kind, told)
    if not read:
        raise Refused("map-geometry-none")
    if told["points"] > MOST_POINTS:
        raise Refused("map-geometry-points")
    return {"type": kind, "coordinates": read}, told


def _collected(value: Mapping[Any, Any], told: dict[str, int]) -> dict[str, Any]:
    """Of a collection its areas, else its lines, else its points. Raises Refused."""
    parts = list(_parts(value, 0))
    for single in ("Polygon", "LineString", "Point"):
        same = [each for each in parts if each.get("type") in (single, f"Multi{single}")]
        if not same:
            continue
        if len(same) < len(parts):
            told["map-geometry-mixed"] = 1
        found: list[Any] = []
        for each in same:
            coordinates = each.get("coordinates")
            found += [coordinates] if each["type"] == single else coordinates if isinstance(coordinates, list) else []
        return (
            {"type": single, "coordinates": found[0]}
            if len(found) == 1
            else {"type": f"Multi{single}", "coordinates": found}
        )
    raise Refused("map-geometry-none" if not parts else "map-geometry-kind")


def _parts(value: Mapping[Any, Any], depth: int) -> Iterator[Mapping[Any, Any]]:
    geometries = value.get("geometries")
    for each in geometries if isinstance(geometries, list) else []:
        if not isinstance(each, Mapping):
            continue
        if each.get("type") == "GeometryCollection":
            if depth >= 8:
                raise Refused("map-geometry-kind")
            yield from _parts(each, depth + 1)
        else:
            yield each


def _nested(value: object, depth: int, kind: str, told: dict[str, int]) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Refused("map-geometry-none" if value is None else "map-geometry-broken")
    if depth == 0:
        told["points"] += 1
        return _point(value)
    if depth == 1 and kind != "MultiPoint":
        told["points"] += len(value)
        if told["points"] > MOST_POINTS:
            raise Refused("map-geometry-points")
        return _ring(value, told) if kind.endswith("Polygon") else _line(value)
    if told["points"] + len(value) > MOST_POINTS:
        raise Refused("map-geometry-points")
    return [each for each in (_nested(part, depth - 1, kind, told) for part in value) if each]


def _point(value: object) -> list[float]:
    if not isinstance(value, list | tuple) or len(value) < 2:
        if isinstance(value, list | tuple) and not value:
            raise Refused("map-geometry-none")
        raise Refused("map-geometry-broken")
    x, y = value[0], value[1]
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, int | float) or not isinstance(y, int | float):
        raise Refused("map-geometry-broken")
    if not (abs(x) < _FARTHEST and abs(y) < _FARTHEST):  # also false for nan
        raise Refused("map-geometry-broken")
    return [float(x), float(y)]


def _line(value: Iterable[object]) -> list[list[float]]:
    points = _distinct(value)
    if len(points) == 1:
        raise Refused("map-geometry-broken")
    return points


def _ring(value: Iterable[object], told: dict[str, int]) -> list[list[float]]:
    points = _distinct(value)
    if points and points[0] != points[-1]:
        points.append(list(points[0]))
        told["map-ring-closed"] = 1
    if points and len(points) < 4:
        raise Refused("map-geometry-flat")
    return points


def _distinct(value: Iterable[object]) -> list[list[float]]:
    """The points, each written once where it stands several times in a row."""
    points: list[list[float]] = []
    for each in value:
        point = _point(each)
        if not points or point != points[-1]:
            points.append(point)
    return points
