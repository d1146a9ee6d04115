"""What every reader of map files gives: layers of features as the file has them, before names and coordinates are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class RawFeature:
    """One feature. row: its place in its layer, from 1.

    geometry: GeoJSON with lists (Point, LineString, Polygon and their Multi…), in the file's own coordinates, easting or
    longitude first, height dropped, rings closed. properties: str, int and float only; what is empty is not there.
    """

    row: int
    geometry: dict[str, Any]
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawLayer:
    """One layer. name: as in the file.

    crs: what the file says of its coordinates: "EPSG:4326", a proj string or WKT; "" where it says nothing.
    columns: names of the properties in the order of the file. source: whom the file names as its maker, else "".
    findings: what was left out or mended; row as in RawFeature, sheet = the layer's name.
    """

    name: str
    crs: str
    features: list[RawFeature]
    columns: tuple[str, ...] = ()
    source: str = ""
    findings: list[Finding] = field(default_factory=list)
