"""GeoJSON (RFC 7946, with the older `crs`), also one feature a line; counted before it is taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from app.domain.findings import UserError
from app.exchange.map_files.gathering import MOST_FEATURES, MOST_POINTS_TOGETHER, Budget, Gathering
from app.exchange.map_files.raw import RawLayer

LARGEST = 48 << 20
_MOST = {b"[": 800_000, b"{": 400_000, b":": 900_000, b",": 2_000_000}
"""How often a character may stand in a file: each is an object in memory, of up to some hundred bytes."""
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
_SOURCES = ("attribution", "source", "copyright", "license", "licence")


def read(data: bytes, name: str, budget: Budget) -> list[RawLayer]:
    """One layer. name: the file's. Raises UserError: map-file-points, map-file-damaged, map-file-type, cancelled."""
    if any(data.count(character) > most for character, most in _MOST.items()):
        raise UserError("map-file-points", features=MOST_FEATURES, points=MOST_POINTS_TOGETHER)
    whole = _decoded(data, name)
    first = whole[0] if isinstance(whole, list) else whole
    if not isinstance(first, Mapping) or not _kind(first):
        raise UserError("map-file-type", file=name)
    title = first.get("name")
    gathering = Gathering(
        title if isinstance(title, str) and title else name.rpartition(".")[0] or name, budget,
        crs=_crs(first.get("crs")), source=_source(first),
    )  # fmt: skip
    for each in whole if isinstance(whole, list) else [whole]:
        for feature in _features(each):
            _add(gathering, feature)
    return [gathering.layer()]


def _add(gathering: Gathering, feature: object) -> None:
    if not isinstance(feature, Mapping):
        return gathering.add(None, {})
    if feature.get("type") != "Feature":
        return gathering.add(feature, {})
    told = feature.get("properties")
    properties = dict(told) if isinstance(told, Mapping) else {}
    properties.setdefault("id", feature.get("id"))
    return gathering.add(feature.get("geometry"), properties)


def _kind(value: Mapping[Any, Any]) -> str:
    kind = value.get("type")
    return kind if kind in ("FeatureCollection", "Feature", *_GEOMETRIES) else ""


def _features(value: object) -> Iterator[object]:
    if isinstance(value, Mapping) and value.get("type") == "FeatureCollection":
        features = value.get("features")
        yield from features if isinstance(features, list) else []
    else:
        yield value


def _decoded(data: bytes, name: str) -> Any:
    """The whole, or a list of its lines. Raises UserError("map-file-damaged")."""
    text = _utf8(data)
    if b"\x1e" not in text[:1]:
        try:
            return msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    lines = [line for line in (each.strip(b"\x1e \t\r") for each in text.split(b"\n")) if line]
    try:
        if len(lines) < 2 and b"\x1e" not in text[:1]:
            raise UserError("map-file-damaged", file=name)
        return [msgspec.json.decode(line) for line in lines]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise UserError("map-file-damaged", file=name) from None


def _utf8(data: bytes) -> bytes:
    """The text as UTF-8: some programs write the code page of the PC."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030").encode()
        except UnicodeDecodeError:
            return data
    return data


def _crs(value: object) -> str:
    properties = value.get("properties") if isinstance(value, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return name[:400] if isinstance(name, str) else ""


def _source(whole: Mapping[Any, Any]) -> str:
    for key in _SOURCES:
        if isinstance(said := whole.get(key), str) and said.strip():
            return said
    return ""
