"""The entities of a drawing as plain geometries: blocks taken apart up to a limit, curves as short lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.domain.findings import UserError
from app.domain.jobs import check
from app.exchange.map_files.gathering import MOST_FEATURES, MOST_POINTS_TOGETHER, Budget

MOST_TAKEN_APART = 60_000
"""Entities that come out of blocks: ten blocks, each ten times in the next, would be millions."""
DEEPEST = 8
MOST_OF_A_CURVE = 2_000
MOST_BOUNDARIES = 50
"""Of one hatch, among which holes are looked for."""
_FINE = 0.002
"""How far a short line may lie off its curve, as a share of the curve's size: 6 cm of a house of 30 m."""
_CLOSE = 1e-6
_CURVES = {"ARC", "CIRCLE", "ELLIPSE", "SPLINE"}
_CORNERS = {"SOLID", "TRACE", "3DFACE"}
_HATCHES = {"HATCH", "MPOLYGON"}
_TEXTS = {"TEXT", "MTEXT", "ATTRIB"}
_SILENT = {"VIEWPORT", "ATTDEF", "SEQEND", "VERTEX"}
"""Nobody misses them."""
_DAMAGED = (Exception,)
"""What ezdxf raises at a damaged entity is anything."""
Points = list[list[float]]


@dataclass(slots=True)
class Drawn:
    """One thing of a drawing. geometry: GeoJSON; None when it was left out later. label: it is a text at its middle."""

    layer: str
    geometry: dict[str, Any] | None
    text: str = ""
    block: str = ""
    hatch: bool = False
    label: bool = False


def collect(document: Any, budget: Budget) -> tuple[list[Drawn], Counter[str]]:
    """All that is drawn in the model space, and how often something was left out, by finding code and kind.

    Raises UserError: map-file-blocks, map-file-points, cancelled.
    """
    space = document.modelspace()
    if _count(document, space, 0, {}) > MOST_TAKEN_APART:
        raise UserError("map-file-blocks", most=MOST_TAKEN_APART)
    collecting = _Collecting(budget)
    collecting.all(space, layer="", block="", depth=0)
    return collecting.drawn, collecting.told


def _count(document: Any, entities: Iterable[Any], depth: int, known: dict[tuple[str, int], int]) -> int:
    """How many entities come out of the blocks among these, told without taking them apart."""
    count = 0
    for insert in entities:
        if insert.dxftype() != "INSERT" or depth >= DEEPEST:
            continue
        with suppress(*_DAMAGED):  # it will be told of when it is taken apart
            key = str(insert.dxf.get("name", "")).lower(), depth
            if key not in known:
                block = document.blocks.get(key[0])
                known[key] = 0 if block is None else len(block) + _count(document, block, depth + 1, known)
            count += max(int(insert.mcount), 1) * (known[key] + 1)
    return count


class _Collecting:
    def __init__(self, budget: Budget) -> None:
        self.drawn: list[Drawn] = []
        self.told: Counter[str] = Counter()
        self._budget = budget
        self._apart = self._points = 0

    def all(self, entities: Iterable[Any], *, layer: str, block: str, depth: int) -> None:
        """layer: of the block's reference; what lies on layer 0 of a block lies on it."""
        for entity in entities:
            if depth:
                self._apart += 1
                if self._apart > MOST_TAKEN_APART:
                    raise UserError("map-file-blocks", most=MOST_TAKEN_APART)
            if (len(self.drawn) + self._apart) % 200 == 0:
                check(self._budget.cancelled)
            try:
                self._any(entity, layer, block, depth)
            except UserError:
                raise
            except _DAMAGED:  # the others are still good
                self.told["map-entity-damaged"] += 1

    def _any(self, entity: Any, layer: str, block: str, depth: int) -> None:
        kind = str(entity.dxftype())
        if not entity.dxf.is_supported("layer"):  # of a kind that ezdxf does not know either
            self.told[f"map-entity-ignored {kind[:40]}"] += 1
            return
        own = str(entity.dxf.get("layer", "0"))
        on = layer if depth and own == "0" else own
        if kind == "INSERT":
            self._insert(entity, on, depth)
        else:
            self._one(entity, kind, on, block)

    def _insert(self, entity: Any, layer: str, depth: int) -> None:
        name = str(entity.dxf.get("name", ""))
        block = entity.block() if depth < DEEPEST else None
        if block is None or block.block.is_xref or block.block.is_xref_overlay:
            self.told["map-xref-ignored"] += 1
            return
        self.all(entity.attribs, layer=layer, block=name, depth=1)
        for each in entity.multi_insert() if entity.mcount > 1 else [entity]:
            self._apart += 1
            self.all(_inside(each), layer=layer, block=name, depth=depth + 1)

    def _one(self, entity: Any, kind: str, layer: str, block: str) -> None:
        if kind in _TEXTS:
            found = _text(entity, kind)
            if found:
                self._keep(Drawn(layer, {"type": "Point", "coordinates": found[0]}, found[1], block, label=True), 1)
            return
        geometries = list(_geometries(entity, kind))
        if not geometries and kind not in _SILENT:
            self.told[f"map-entity-ignored {kind}"] += 1
        for geometry, points in geometries:
            self._keep(Drawn(layer, geometry, block=block, hatch=kind in _HATCHES), points)

    def _keep(self, drawn: Drawn, points: int) -> None:
        self.drawn.append(drawn)
        self._points += points
        if len(self.drawn) > MOST_FEATURES or self._points > MOST_POINTS_TOGETHER:
            raise UserError("map-file-points", features=MOST_FEATURES, points=MOST_POINTS_TOGETHER)


def _inside(insert: Any) -> Iterator[Any]:
    yield from insert.virtual_entities(redraw_order=False)


# ---------------------------------------------------------------- geometries


def _geometries(entity: Any, kind: str) -> Iterator[tuple[dict[str, Any], int]]:
    """(GeoJSON, points) of one entity; nothing of a kind that is not read."""
    if kind == "LINE":
        start, end = entity.dxf.start, entity.dxf.end
        yield {"type": "LineString", "coordinates": [[start.x, start.y], [end.x, end.y]]}, 2
    elif kind == "POINT":
        yield {"type": "Point", "coordinates": [entity.dxf.location.x, entity.dxf.location.y]}, 1
    elif kind in _CORNERS:
        points = [[each.x, each.y] for each in entity.wcs_vertices()]
        yield {"type": "Polygon", "coordinates": [[*points, points[0]]]}, len(points) + 1
    elif kind in _HATCHES:
        yield from _hatch(entity)
    elif (
        kind in _CURVES
        or kind == "LWPOLYLINE"
        or (kind == "POLYLINE" and (entity.is_2d_polyline or entity.is_3d_polyline))
    ):
        straight = kind == "LWPOLYLINE" and not entity.has_arc  # the way through paths takes three times as long
        points = [[each.x, each.y] for each in entity.vertices_in_wcs()] if straight else _flat(_path(entity))
        if len(points) > 1:
            yield _line(points, closed=bool(getattr(entity, "is_closed", False) or getattr(entity, "closed", False)))


def _line(points: Points, *, closed: bool) -> tuple[dict[str, Any], int]:
    """An area where the line comes back to its start, as drawings have it that say so and that do not."""
    size = max(abs(points[0][0]), abs(points[0][1]), 1.0)
    back = math.dist(points[0], points[-1]) <= _CLOSE * size
    if (closed or back) and len(points) > 3 - (closed and not back):
        ring = points[:-1] if back else points
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, len(ring) + 1
    return {"type": "LineString", "coordinates": points}, len(points)


def _path(entity: Any) -> Any:
    from ezdxf import path

    return path.make_path(entity)


def _flat(path: Any) -> Points:
    if not len(path):
        return []
    corners = [(each.x, each.y) for each in path.control_vertices()]
    xs, ys = zip(*corners, strict=True)
    size = max(max(xs) - min(xs), max(ys) - min(ys))
    if not math.isfinite(size):
        raise ValueError("not finite")
    if not path.has_curves:
        return [[x, y] for x, y in corners]
    return [[each.x, each.y] for each in islice(path.flattening(max(size * _FINE, 1e-9), segments=4), MOST_OF_A_CURVE)]


def _hatch(entity: Any) -> Iterator[tuple[dict[str, Any], int]]:
    from ezdxf import path

    rings = [_ring(points) for each in path.from_hatch(entity) if len(points := _flat(each)) > 2]
    if len(rings) == 1 or len(rings) > MOST_BOUNDARIES:
        yield from (({"type": "Polygon", "coordinates": [ring]}, len(ring)) for ring in rings)
        return
    for polygon in _nested(rings):
        yield {"type": "Polygon", "coordinates": polygon}, sum(map(len, polygon))


def _ring(points: Points) -> Points:
    return points if points[0] == points[-1] else [*points, points[0]]


def _nested(rings: list[Points]) -> list[list[Points]]:
    """Rings that lie in others are their holes; what lies in a hole is an area again."""
    import shapely

    shapes = sorted(((shapely.Polygon(ring), ring) for ring in rings), key=lambda each: -each[0].area)
    found: list[tuple[Any, list[Points]]] = []
    for shape, ring in shapes:
        inside = shape.representative_point()
        outer = next((polygon for polygon in reversed(found) if polygon[0].contains(inside)), None)
        if outer is None or any(shapely.Polygon(hole).contains(inside) for hole in outer[1][1:]):
            found.append((shape, [ring]))
        else:
            outer[1].append(ring)
    return [polygon for _, polygon in found]


# ---------------------------------------------------------------- texts


def _text(entity: Any, kind: str) -> tuple[list[float], str] | None:
    """(middle of the text, the text). A text is judged by its height: Chinese characters are as wide as high."""
    said = " ".join(str(entity.plain_text()).split())[:200]
    if not said:
        return None
    height = float(entity.dxf.get("char_height" if kind == "MTEXT" else "height", 1.0))
    width = height * sum(1.0 if each > "\u2e80" else 0.6 for each in said)
    if kind == "MTEXT":
        at, angle = entity.dxf.insert, math.radians(float(entity.dxf.get("rotation", 0.0)))
        place = int(entity.dxf.get("attachment_point", 1)) - 1
        across, up = (1 - place % 3) * width / 2, (place // 3 - 1) * height / 2
    else:
        left = int(entity.dxf.get("halign", 0)) == 0 and int(entity.dxf.get("valign", 0)) == 0
        at = entity.dxf.insert if left or not entity.dxf.hasattr("align_point") else entity.dxf.align_point
        at, angle = entity.ocs().to_wcs(at), math.radians(float(entity.dxf.get("rotation", 0.0)))
        across, up = (width / 2, height / 2) if left else (0.0, 0.0)
    cos, sin = math.cos(angle), math.sin(angle)
    return [at.x + across * cos - up * sin, at.y + across * sin + up * cos], said
