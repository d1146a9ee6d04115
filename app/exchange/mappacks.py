"""What map files call their things: names and numbers from any column, whole addresses taken apart, layers told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain import addresses, geometry, house_numbers
from app.domain.fields import ENTITIES, Field
from app.domain.findings import Finding
from app.domain.geometry import Geometry
from app.domain.map_matching import Shape
from app.exchange import map_bases
from app.exchange.map_files import RawFeature, RawLayer

LAYERS = {"boundary": "committee", "estates": "estate", "buildings": "building", "blocks": "block"}
"""Layer -> the entity whose outlines it holds."""
BASES = ("roads", "water", "green", "footprints", "facilities")
"""Layers that lie under the map and are nobody's."""
EVERY = (*LAYERS, *BASES)
LONGEST = 120
OSM = "© OpenStreetMap contributors"
_AREAS = ("Polygon", "MultiPolygon")

_ESTATE, _BUILDING, _BLOCK = ENTITIES["estate"], ENTITIES["building"], ENTITIES["block"]


def _titles(field: Field, *more: str) -> tuple[str, ...]:
    return (*more, field.title, *field.aliases)


NAMES: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "name:zh", "名称", "居委会", "居委", "社区", *_titles(ENTITIES["committee"]["name"]), *_titles(_ESTATE["name"]), "text", "label",
    ),
    "code": ("code", "区划代码", "代码", "编码"),
    "estate": _titles(_ESTATE["name"], "estate"),
    "lane": _titles(_BUILDING["lane"], "lane", "addr:street", "addr_street", "addr_stree", "street"),
    "number": _titles(
        _BUILDING["number"], "number", "addr:housenumber", "addr_housenumber", "addr_house", "housenumber", *_titles(_BLOCK["label"]),
    ),
}  # fmt: skip
"""What a column may be called, whatever its case; OpenStreetMap's own keys among them, also cut to ten letters as in a
Shapefile."""
ROLES = {
    "boundary": ("name", "code"), "estates": ("name", "lane"), "buildings": ("estate", "lane", "number", "name"),
    "blocks": ("estate", "number", "name"),
}  # fmt: skip
"""The columns that are asked for, by layer."""
Columns = Mapping[str, str]
"""role -> column that a person chose, "" for none; a role that is not there is looked for by its titles."""


def guessed(columns: Sequence[str], said: Columns | None = None) -> dict[str, str]:
    """Which column each role is read from first: what was said, else the best known of the titles that are there."""
    by_title = {_plain(column): column for column in reversed(columns)}
    found = {role: next((by_title[_plain(title)] for title in titles if _plain(title) in by_title), "")
             for role, titles in NAMES.items()}  # fmt: skip
    return {**found, **{role: column for role, column in (said or {}).items() if not column or column in columns}}


def of_layer(layer: RawLayer, target: str) -> list[RawFeature]:
    """The features of a layer; of a file that holds several of our layers in one, those that name the target."""
    own = [each.properties.get("layer") for each in layer.features]
    if target not in own:
        return list(layer.features)
    others = frozenset(EVERY) - {target}
    return [each for each, said in zip(layer.features, own, strict=True) if said not in others]


def source_of(layer: RawLayer) -> str:
    """Whom the file names as its maker; OpenStreetMap's features name it one by one."""
    if layer.source:
        return layer.source
    said = [str(each.properties.get("source", "")) for each in layer.features[:200]]
    return OSM if said and sum("openstreetmap" in each.casefold() for each in said) * 2 > len(said) else ""


def read(
    features: Iterable[tuple[RawFeature, Geometry | None]], target: str, said: Columns | None = None
) -> tuple[list[Shape], list[Finding]]:
    """Shapes of a layer of ours; geometries in WGS 84, None for one that could not be brought there.

    An outline without any name is a shape too: it may lie in something that is known.
    """
    shapes, findings = [], []
    for feature, made in features:
        try:
            outline = outlined(made)
            if outline["type"] not in _AREAS and target != "buildings":
                raise geometry.GeometryError("no area")
            shapes.append(Shape(feature.row, outline, **names(feature.properties, target, said)))
        except geometry.GeometryError:
            findings.append(Finding("map-shape-invalid", row=feature.row))
    return shapes, findings


def outlined(value: Geometry | None) -> Geometry:
    """As we keep it; a line that ends where it began is an area. Raises GeometryError."""
    if value is None:
        raise geometry.GeometryError("no geometry")
    kind, points = value.get("type"), value.get("coordinates")
    if kind == "LineString" and isinstance(points, list) and len(points) > 3 and points[0] == points[-1]:
        return geometry.read({"type": "Polygon", "coordinates": [points]})
    if kind == "MultiPoint" and isinstance(points, list) and points:
        return geometry.read({"type": "Point", "coordinates": points[0]})
    if kind == "MultiPolygon" and isinstance(points, list) and len(points) == 1:
        return geometry.read({"type": "Polygon", "coordinates": points[0]})
    return geometry.read(value)


def in_parts(features: Iterable[RawFeature]) -> list[RawFeature]:
    """Each part of an outline in several parts as a feature of its own, numbered anew: a list of estates drawn as one."""
    found: list[RawFeature] = []
    for feature in features:
        shape = feature.geometry
        parts = shape["coordinates"] if shape.get("type") == "MultiPolygon" else ()
        called = map_bases.members(feature.properties, len(parts)) if len(parts) > 1 else ()
        if len(parts) < 2:
            found.append(RawFeature(len(found) + 1, shape, feature.properties))
        for number, part in enumerate(parts if len(parts) > 1 else ()):
            own = {"name": called[number]} if called else {}
            found.append(RawFeature(len(found) + 1, {"type": "Polygon", "coordinates": part}, own))
    return found


# ---------------------------------------------------------------- names


def names(properties: Mapping[str, Any], target: str, said: Columns | None = None) -> dict[str, Any]:
    """The names in one spelling. A whole address that stands as name or number is taken apart."""
    by_title = {_plain(key): value for key, value in reversed([*properties.items()])}
    found = {role: _first(properties, by_title, role, said or {}) for role in NAMES}
    number = house_numbers.read(found["number"], found["lane"])
    lane, estate = number.lane, found["estate"]
    if not number.each and target in ("buildings", "blocks") and (place := addresses.read(found["name"])).building:
        number = house_numbers.read(place.building, lane or place.lane)
        lane, estate = number.lane or lane, estate or place.estate
    elif target == "estates" and not lane and (place := addresses.read(found["name"])).lane:
        lane = place.lane
        found["name"] = place.estate or found["name"]
    return {
        "name": found["name"], "code": found["code"], "estate": addresses.estate(estate) if estate else "", "lane": lane,
        "number": number.written, "numbers": number.each,
    }  # fmt: skip


def _first(properties: Mapping[str, Any], by_title: Mapping[str, Any], role: str, said: Columns) -> str:
    if role in said:
        return _text(properties.get(said[role]))
    return next(filter(None, (_text(by_title.get(_plain(title))) for title in NAMES[role])), "")


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:LONGEST] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _plain(title: str) -> str:
    return title.strip().casefold()


# ---------------------------------------------------------------- which layer of ours


_WORDS = (
    ("roads", "road|highway|street|道路|路网|街道中心线"), ("water", "water|river|水系|河|水面"), ("green", "green|landuse|park|绿地|绿化"),
    ("facilities", "poi|facilit|amenit|设施|兴趣点"), ("boundary", "boundary|committee|居委|居民区|社区界|边界|四至|street_proxy"),
    ("estates", "estate|compound|residential|小区"), ("blocks", "block|幢"), ("buildings", "building|建筑|房屋|楼|house"),
)  # fmt: skip


def guess(layer: RawLayer, file: str) -> str:
    """What a layer most likely holds: by the features' own word for it, its names, and the kind of its outlines."""
    own = {str(each.properties.get("layer")) for each in layer.features[:500]} & set(EVERY)
    if own:
        return next(each for each in EVERY if each in own)
    kinds = [str(each.geometry.get("type")) for each in layer.features[:500]]
    lines, points = (sum(word in kind for kind in kinds) * 2 > len(kinds) for word in ("Line", "Point"))
    named = next((key for text in (layer.name, file) for key, words in _WORDS if re.search(words, text.casefold())), "")
    if lines or points:
        return named or ("roads" if lines else "facilities")
    shadow = named_or_shadow(layer)
    of_file = not any(re.search(words, layer.name.casefold()) for _, words in _WORDS) or layer.name == file
    if named in ("", "buildings") or (shadow == "buildings" and of_file and named in LAYERS):
        return shadow
    return named


def named_or_shadow(layer: RawLayer) -> str:
    """Buildings where at least a quarter has a number or an address as its name; else shadows under the map."""
    some = layer.features[:500]
    numbered = sum(bool(names(each.properties, "buildings")["numbers"]) for each in some)
    return "buildings" if numbered * 4 >= len(some) else "footprints"
