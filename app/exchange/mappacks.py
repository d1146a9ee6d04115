"""Outlines from a map file: GeoJSON read strictly, its names left as they are written (RFC 7946, WGS 84)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from app.domain import addresses, geometry
from app.domain.fields import ENTITIES, Field
from app.domain.findings import Finding, UserError

LARGEST = 64 << 20
LAYERS = {"boundary": "committee", "estates": "estate", "buildings": "building"}
"""Layer -> the entity whose outlines it holds."""

_ESTATE, _BUILDING = ENTITIES["estate"], ENTITIES["building"]


def _titles(field: Field, *more: str) -> tuple[str, ...]:
    return (*more, field.title, *field.aliases)


_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("name", *_titles(ENTITIES["committee"]["name"]), *_titles(_ESTATE["name"])),
    "code": ("code", "区划代码", "代码"),
    "estate": _titles(_ESTATE["name"], "estate"),
    "lane": _titles(_BUILDING["lane"], "lane", "addr:street", "addr_street"),
    "number": _titles(_BUILDING["number"], "number", "addr:housenumber", "addr_housenumber"),
}
"""What a property may be called; OpenStreetMap's own keys among them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One outline with the names it goes by. row: its place in the file, from 1."""

    row: int
    geometry: geometry.Geometry
    name: str = ""
    code: str = ""
    estate: str = ""
    lane: str = ""
    number: str = ""

    @property
    def said(self) -> str:
        """How to speak of it."""
        return self.name or f"{self.estate}{self.lane}{self.number}" or self.code


def read(file: Path, layer: str) -> tuple[list[Shape], list[Finding], int]:
    """(shapes, findings, features) of one layer; a feature that names another layer is not of it.

    Raises UserError: file-missing, map-file-large, map-file-type.
    """
    found = _features(file)
    shapes, findings, count = [], [], 0
    for row, feature in enumerate(found, 1):
        properties = feature.get("properties") if isinstance(feature, Mapping) else None
        told = properties if isinstance(properties, Mapping) else {}
        if told.get("layer", layer) != layer:
            continue
        count += 1
        try:
            shape = Shape(
                row, geometry.read(feature.get("geometry") if isinstance(feature, Mapping) else None), **_names(told)
            )
        except geometry.GeometryError:
            findings.append(Finding("map-shape-invalid", row=row))
            continue
        if shape.said:
            shapes.append(shape)
        else:
            findings.append(Finding("map-no-name", row=row))
    return shapes, findings, count


def _features(file: Path) -> list[Any]:
    try:
        if file.stat().st_size > LARGEST:
            raise UserError("map-file-large", file=file.name, most=LARGEST >> 20)
        whole = msgspec.json.decode(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError:
        raise UserError("file-missing", file=str(file)) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise UserError("map-file-type", file=file.name) from None
    kind = whole.get("type") if isinstance(whole, dict) else None
    if kind == "Feature":
        return [whole]
    features = whole.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list):
        raise UserError("map-file-type", file=file.name)
    return features


def _names(properties: Mapping[str, Any]) -> dict[str, str]:
    """The names in one spelling. A whole address that stands as name or number is taken apart."""
    found = {key: _first(properties, titles) for key, titles in _NAMES.items()}
    if not found["number"] and (place := addresses.read(found["name"])).building:
        found |= {
            "number": place.building,
            "lane": found["lane"] or place.lane,
            "estate": found["estate"] or place.estate,
        }
    if found["number"]:
        found["number"] = addresses.building(found["number"])
    return {**found, "lane": addresses.lane(found["lane"]), "estate": addresses.estate(found["estate"])}


def _first(properties: Mapping[str, Any], titles: tuple[str, ...]) -> str:
    for title in titles:
        value = properties.get(title)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:120]
    return ""
