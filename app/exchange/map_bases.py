"""Features for what lies under a map: what kind each is, by whoever made the file, and which are of no use there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.geometry import Geometry
from app.exchange.map_files import RawFeature

Kept = dict[str, Any]

KINDS = (
    "highway", "railway", "fclass", "kind_detail", "kind", "landuse", "natural", "leisure", "waterway", "amenity", "class", "type",
    "类型", "等级", "类别", "用途",
)  # fmt: skip
"""Columns that say what kind a feature is, the most telling first."""
GREEN = frozenset({
    "park", "grass", "forest", "wood", "natural_wood", "garden", "recreation_ground", "meadow", "scrub", "golf_course", "protected_area",
    "nature_reserve", "village_green", "grassland", "heath", "orchard", "cemetery", "playground", "pitch", "allotments", "flowerbed",
    "公园", "绿地", "草地", "林地", "公共绿地", "防护绿地",
})  # fmt: skip
_NO_FACILITY = frozenset({
    "traffic_signals", "gate", "crossing", "street_lamp", "tree", "bollard", "subway_entrance", "viewpoint", "information", "artwork",
})  # fmt: skip
_NO_WATER = frozenset({"swimming_pool", "fountain", "drinking_water"})
_ALLOWED = {
    "roads": ("LineString", "MultiLineString"), "water": ("LineString", "MultiLineString", "Polygon", "MultiPolygon"),
    "green": ("Polygon", "MultiPolygon"), "footprints": ("Polygon", "MultiPolygon"),
    "facilities": ("Point", "MultiPoint", "Polygon", "MultiPolygon"),
}  # fmt: skip
_LONGEST = 60


def kept(features: Iterable[tuple[RawFeature, Geometry | None]], base: str) -> tuple[list[Kept], int]:
    """(features as the ground keeps them: geometry, name, class; how many are not of this layer or cannot be placed)."""
    found, left_out = [], 0
    for feature, made in features:
        kind = kind_of(feature.properties)
        if made is None or made["type"] not in _ALLOWED[base] or not _wanted(base, kind):
            left_out += 1
            continue
        found.append({"geometry": made, "name": name_of(feature.properties), "class": kind})
    return found, left_out


def kind_of(properties: Mapping[str, Any]) -> str:
    """What the maker of the file calls its kind; "" where nothing says so."""
    found = next((value for column in KINDS if (value := properties.get(column)) not in (None, "", "yes")), "")
    return str(found)[:_LONGEST]


def name_of(properties: Mapping[str, Any]) -> str:
    value = next(
        (properties[column] for column in ("name", "名称", "NAME", "Name", "name:zh") if properties.get(column)), ""
    )
    return str(value)[:_LONGEST]


def _wanted(base: str, kind: str) -> bool:
    if base == "green":
        return not kind or kind in GREEN
    return kind not in (_NO_FACILITY if base == "facilities" else _NO_WATER if base == "water" else ())


def members(properties: Mapping[str, Any], count: int) -> tuple[str, ...]:
    """The names of an outline's parts, where one column lists as many; () where none does, or two differ."""
    listed = {tuple(value.split("、")) for value in properties.values() if isinstance(value, str) and "、" in value}
    fits = [names for names in listed if len(names) == count and all(names)]
    return tuple(name.strip()[:_LONGEST] for name in fits[0]) if len(fits) == 1 else ()
