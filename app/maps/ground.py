"""What lies under a map as the page draws it: classes of roads, widths, lines simplified to what a screen shows.

Also for files and paper: `payload(shapes, (), box=…)` holds only numbers, short codes and names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from app.domain import ground
from app.domain.geometry import Box, middle
from app.domain.ground import Layer, Shape

Payload = dict[str, Any]
COLOURS = {
    "water": "#DCE9F2", "green": "#E6EFE3", "footprints": "#E9EBEE", "place": "#F1F2F4", "edge": "#D3D8DE",
    "waterway": "#BFD6E6", "road": "#FFFFFF", "casing": "#D5DAE0", "path": "#D9DDE2", "rail": "#C3CAD2", "dot": "#A5AEB8",
    "name": "#6B7682", "water-name": "#5E87A6",
}  # fmt: skip
"""Quiet: nothing of it may be taken for a measure's colour. For the page, tiles and paper alike."""
STEP = 0.00001
"""Degrees, about a metre: what lies nearer to a line than this is not drawn."""
MOST_DRAWN = 250_000
"""Points; above that lines are made coarser."""
MOST_NAMES = 160
OVER = 5
"""Zooms beyond a file's last one that its vector tiles are still drawn for."""
DIGITS = 6

ROADS: dict[str, tuple[str, ...]] = {
    "main": ("motorway", "trunk", "primary", "highway", "motorway_link", "trunk_link", "primary_link", "高速公路", "快速路", "主干路", "主干道"),
    "street": ("secondary", "tertiary", "secondary_link", "tertiary_link", "major_road", "major", "次干路", "次干道"),
    "lane": ("residential", "unclassified", "living_street", "road", "minor_road", "minor", "支路", "道路"),
    "yard": ("service", "parking_aisle", "driveway", "alley", "内部路"),
    "path": ("footway", "path", "steps", "pedestrian", "cycleway", "track", "corridor", "bridleway", "footpath", "crossing", "sidewalk", "小路"),
    "rail": ("rail", "subway", "light_rail", "railway", "tram", "monorail", "narrow_gauge", "platform", "铁路", "地铁"),
    "ferry": ("ferry", "aerialway"),
}  # fmt: skip
"""How a road is drawn -> what makers of maps call it (OpenStreetMap, Mapzen, Geofabrik, Chinese surveys)."""
_RANK = {word: rank for rank, words in ROADS.items() for word in words}
NAMED = {"main": 14, "street": 15, "lane": 16}
"""Roads that bear names, and from which zoom on."""
UNDERGROUND = frozenset({"subway", "地铁"})


def payload(
    shapes: Sequence[tuple[Layer, Sequence[Shape]]], pictures: Iterable[Layer] = (), *, box: Box | None = None
) -> Payload:
    """What the page's `ground` takes.

    layers, the lowest first: {kind, opacity, sets, names}; sets: {rank, closed, lines}, a line is [lon, lat, lon, lat …] and
    a closed one a list of rings; names: {text, at, turn (degrees), from (zoom)}. tiles, plans: as the page serves them.
    source: whom the map credits.
    """
    step = STEP
    while sum(ground.points(each.geometry) for _, some in shapes for each in some) * STEP / step > MOST_DRAWN:
        step *= 2
    credited = [layer.source for layer, _ in shapes]
    tiles, plans = [], []
    for layer in pictures:
        if layer.kind == "tiles":
            tiles.append(_tiles(layer))
            credited.append(layer.source)
        elif layer.kind == "plan" and layer.about.get("corners"):
            plans.append({"id": layer.id, "at": layer.at, "opacity": layer.opacity, "size": layer.about["size"],
                          "corners": layer.about["corners"]})  # fmt: skip
            credited.append(layer.source)
    return {
        "layers": [_layer(layer, some, step, box) for layer, some in shapes],
        "colours": COLOURS, "tiles": tiles, "plans": plans, "source": "　".join(dict.fromkeys(filter(None, credited))),
    }  # fmt: skip


def _tiles(layer: Layer) -> Payload:
    low, high = layer.about["zooms"]
    high += OVER if layer.about["form"] == "pbf" else 0
    return {"id": layer.id, "opacity": layer.opacity, "low": low, "high": high, "box": layer.about["box"]}


def _layer(layer: Layer, shapes: Sequence[Shape], step: float, box: Box | None) -> Payload:
    sets: dict[tuple[str, bool], list[Any]] = {}
    for shape, geometry in zip(shapes, _simplified(shapes, step, box), strict=True):
        if geometry is not None:
            _add(sets, layer.kind, shape, geometry)
    made = [{"rank": rank, "closed": closed, "lines": lines} for (rank, closed), lines in sets.items()]
    return {"kind": layer.kind, "opacity": layer.opacity, "sets": made, "names": _names(layer.kind, shapes)}


def _add(sets: dict[tuple[str, bool], list[Any]], kind: str, shape: Shape, geometry: dict[str, Any]) -> None:
    """One feature into the set that is drawn like it."""
    rank = rank_of(kind, shape.cls)
    form, coordinates = geometry["type"], geometry["coordinates"]
    if form == "Point":
        if kind == "facilities":
            sets.setdefault(("point", False), []).append(_flat([coordinates]))
    elif form in ("LineString", "MultiLineString"):
        sets.setdefault((rank, False), []).extend(map(_flat, ground.parts(geometry)))
    elif kind == "roads":  # an open place: drawn as its outline's inside
        sets.setdefault(("place", True), []).append([_flat(ring) for ring in ground.parts(geometry)])
    elif kind == "facilities":
        x, y = middle(geometry)
        sets.setdefault(("point", False), []).append(_flat([(x, y)]))
    else:
        for polygon in [coordinates] if form == "Polygon" else coordinates:
            sets.setdefault((rank, True), []).append([_flat(ring) for ring in polygon])


def rank_of(kind: str, cls: str) -> str:
    """How a feature is drawn: of roads a key of ROADS, else its kind."""
    return _RANK.get(cls.strip().lower(), "lane") if kind == "roads" else kind


def _flat(line: Sequence[Sequence[float]]) -> list[float]:
    return [round(value, DIGITS) for x, y, *_ in line for value in (x, y)]


def _simplified(shapes: Sequence[Shape], step: float, box: Box | None) -> list[dict[str, Any] | None]:
    """Coarser by `step`, cut at the box; None where nothing is left."""
    if not shapes:
        return []
    import shapely

    made = shapely.from_geojson([_json(each) for each in shapes], on_invalid="ignore")
    made = shapely.simplify(made, step, preserve_topology=False)
    if box is not None:
        wide = (box.west, box.south, box.east, box.north)
        made = shapely.clip_by_rect(made, *wide)
    found: list[dict[str, Any] | None] = []
    for each in made:
        if each is None or each.is_empty or each.geom_type not in _KINDS:
            found.append(None)
        else:
            found.append(shapely.geometry.mapping(each))
    return found


_KINDS = frozenset({"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})


def _json(shape: Shape) -> str:
    import msgspec

    return msgspec.json.encode(shape.geometry).decode()


# ---------------------------------------------------------------- names: of the longest stretch of each road and water


def _names(kind: str, shapes: Sequence[Shape]) -> list[Payload]:
    longest: dict[tuple[str, str], tuple[float, Shape]] = {}
    for shape in shapes:
        if not shape.name or (kind == "roads" and rank_of(kind, shape.cls) not in NAMED):
            continue
        size = _length(shape)
        if size > longest.get((shape.name, ""), (-1.0, shape))[0]:
            longest[shape.name, ""] = size, shape
    first = sorted(longest.values(), key=lambda each: -each[0])[:MOST_NAMES]
    return [_name(kind, shape, size) for size, shape in first]


def _length(shape: Shape) -> float:
    """In degrees: only to compare."""
    return max(sum(math.dist(a[:2], b[:2]) for a, b in pairwise(part)) for part in ground.parts(shape.geometry))


def _name(kind: str, shape: Shape, size: float) -> Payload:
    if shape.geometry["type"] in ("LineString", "MultiLineString"):
        at, turn = _along(max(ground.parts(shape.geometry), key=len))
        low = NAMED.get(rank_of(kind, shape.cls), 16) if kind == "roads" else 14
    else:
        at, turn = list(middle(shape.geometry)), 0.0
        low = 17 if kind == "facilities" else 18 if kind == "footprints" else 13 if size > 0.02 else 16
    return {"text": shape.name, "at": [round(value, DIGITS) for value in at], "turn": turn, "from": low}


def _along(line: Sequence[Sequence[float]]) -> tuple[list[float], float]:
    """The middle of a line and how much it is turned there, -90 … 90 degrees on the map."""
    lengths = [math.dist(a[:2], b[:2]) for a, b in pairwise(line)]
    left = sum(lengths) / 2
    for (a, b), length in zip(pairwise(line), lengths, strict=True):
        if left <= length and length > 0:
            part = left / length
            at = [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]
            turn = -math.degrees(math.atan2((b[1] - a[1]) / math.cos(math.radians(a[1])), b[0] - a[0]))
            return at, round((turn + 90) % 180 - 90, 1)
        left -= length
    return list(line[0][:2]), 0.0
