"""Well-known binary as GeoPackage holds it (OGC 06-103r4), read by hand.

A library would follow nested collections as deep as a file says, until the process ends; here each count is held against
the bytes that are left, and a collection stands in no other.
"""

from __future__ import annotations

import struct
from typing import Any

_KINDS = {1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}
_COLLECTION = 7
_SINGLE, _PLAIN, _ANY = range(1, 4), range(1, 7), range(1, 8)
"""What may stand in several of one kind, in a collection, and at the top."""
_MOST_PARTS = 10_000


class Wrong(ValueError):  # noqa: N818
    """These bytes are no geometry that is read here."""


def read(data: bytes, start: int = 0) -> dict[str, Any] | None:
    """The geometry as GeoJSON without height; None for an empty point. Raises Wrong."""
    try:
        found, _ = _geometry(data, start, _ANY)
    except struct.error:
        raise Wrong("cut off") from None
    return found


def _geometry(data: bytes, at: int, allowed: range) -> tuple[dict[str, Any] | None, int]:
    order = ">" if data[at : at + 1] == b"\x00" else "<"
    (said,) = struct.unpack_from(f"{order}I", data, at + 1)
    at += 5
    if said & 0x20000000:  # PostGIS writes the system before the numbers
        at += 4
    dimensions = 2 + bool(said & 0x80000000) + bool(said & 0x40000000)
    plain = said & 0x0FFFFFFF
    dimensions += (0, 1, 1, 2)[plain // 1000] if plain < 4000 else 0
    kind = plain % 1000
    if kind not in allowed:
        raise Wrong(str(said))
    if kind == 1:
        point = struct.unpack_from(f"{order}{dimensions}d", data, at)
        empty = any(each != each for each in point[:2])
        return None if empty else {"type": "Point", "coordinates": [*point[:2]]}, at + 8 * dimensions
    if kind == 2:
        points, at = _points(data, at, order, dimensions)
        return {"type": "LineString", "coordinates": points}, at
    if kind == 3:
        rings, at = _rings(data, at, order, dimensions)
        return {"type": "Polygon", "coordinates": rings}, at
    return _many(data, at, order, kind)


def _count(data: bytes, at: int, order: str, least: int) -> tuple[int, int]:
    """How many follow, each of at least so many bytes. Raises Wrong."""
    (count,) = struct.unpack_from(f"{order}I", data, at)
    at += 4
    if count * least > len(data) - at:
        raise Wrong("count")
    return count, at


def _points(data: bytes, at: int, order: str, dimensions: int) -> tuple[list[list[float]], int]:
    count, at = _count(data, at, order, 8 * dimensions)
    numbers = struct.unpack_from(f"{order}{count * dimensions}d", data, at)
    points = [list(pair) for pair in zip(numbers[::dimensions], numbers[1::dimensions], strict=True)]
    return points, at + 8 * dimensions * count


def _rings(data: bytes, at: int, order: str, dimensions: int) -> tuple[list[Any], int]:
    count, at = _count(data, at, order, 4)
    if count > _MOST_PARTS:
        raise Wrong("count")
    rings = []
    for _ in range(count):
        points, at = _points(data, at, order, dimensions)
        rings.append(points)
    return rings, at


def _many(data: bytes, at: int, order: str, kind: int) -> tuple[dict[str, Any], int]:
    count, at = _count(data, at, order, 9)
    if count > _MOST_PARTS:
        raise Wrong("count")
    parts = []
    for _ in range(count):
        part, at = _geometry(data, at, _PLAIN if kind == _COLLECTION else _SINGLE)
        if part is not None:
            parts.append(part)
    if kind == _COLLECTION:
        return {"type": "GeometryCollection", "geometries": parts}, at
    single = _KINDS[kind - 3]
    if any(part["type"] != single for part in parts):
        raise Wrong("part")
    return {"type": _KINDS[kind], "coordinates": [part["coordinates"] for part in parts]}, at
