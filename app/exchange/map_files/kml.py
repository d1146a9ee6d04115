"""KML (OGC 12-007r2) and the KML inside a KMZ: placemarks with their data, a layer for each folder that holds any.

Nothing is fetched: links to other files are told of and left alone. A document type is refused, for entities are bombs.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from app.domain.findings import UserError
from app.exchange.map_files.gathering import Budget, Gathering
from app.exchange.map_files.raw import RawLayer

LARGEST = 48 << 20
MOST_LAYERS = 200
_MOST_TAGS = 1_000_000
_LINKS = {"NetworkLink"}
_PICTURES = {"GroundOverlay", "PhotoOverlay", "ScreenOverlay"}
_SHAPES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model"}
_FOLDERS = {"Folder", "Document"}
_ROOTS = {"kml", *_FOLDERS, "Placemark"}
_STYLES = {"Style", "StyleMap", "Schema"}
_HEARD = tuple("{*}" + tag for tag in ("name", "Placemark", *_FOLDERS, *_LINKS, *_PICTURES, *_STYLES))
"""Only these are looked at while the file is read; a step for each of a million others would take seconds."""
_TAGS = re.compile(r"<[^>]{0,10000}>")


def read(data: bytes, name: str, budget: Budget) -> list[RawLayer]:
    """Raises UserError: map-file-type, map-file-damaged, map-file-points, cancelled."""
    if b"<!DOCTYPE" in data[:2_000_000] or b"<!ENTITY" in data or data.count(b"<") > _MOST_TAGS:
        raise UserError("map-file-damaged", file=name)
    try:
        return _Reading(name, budget).all(data)
    except etree.XMLSyntaxError:
        pass
    try:  # written in the PC's code page, while the first line says UTF-8 or nothing
        text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", data.decode("gb18030")).encode()
        return _Reading(name, Budget(budget.progress, budget.cancelled)).all(text)
    except (etree.XMLSyntaxError, UnicodeDecodeError):
        raise UserError("map-file-damaged", file=name) from None


def _tag(element: Any) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


class _Reading:
    """One pass; each placemark is let go of when it has been read."""

    def __init__(self, name: str, budget: Budget) -> None:
        self._name, self._budget = name, budget
        self._layers: dict[tuple[str, ...], Gathering] = {}
        self._names: list[str] = []
        """Names of the open folders, outermost first."""
        self._left: dict[str, int] = {}

    def all(self, data: bytes) -> list[RawLayer]:
        """Raises etree.XMLSyntaxError; UserError: as `read`."""
        events = etree.iterparse(
            io.BytesIO(data), events=("start", "end"), tag=_HEARD, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for event, element in events:
            tag = _tag(element)
            if event == "end":
                self._end(element, tag)
            elif tag in _FOLDERS:
                self._names.append("")
        if _tag(events.root) not in _ROOTS:
            raise UserError("map-file-type", file=self._name)
        layers = [each.layer() for each in self._layers.values()]
        if layers and self._left:
            layers[0].findings.extend(self._told())
        return layers or ([self._nothing()] if self._left else [])

    def _end(self, element: Any, tag: str) -> None:
        parent = element.getparent()
        if tag == "name" and self._names and parent is not None and _tag(parent) in _FOLDERS:
            self._names[-1] = (element.text or "").strip()[:100]
        elif tag in _FOLDERS:
            self._names.pop()
            _let_go(element)
        elif tag == "Placemark":
            geometry = next((each for each in element if _tag(each) in _SHAPES), None)
            self._layer().add(_geometry(geometry, 0) if geometry is not None else None, dict(_data(element)))
            _let_go(element)
        elif tag in _LINKS or tag in _PICTURES:
            code = "map-link-ignored" if tag in _LINKS else "map-picture-ignored"
            self._left[code] = self._left.get(code, 0) + 1
            _let_go(element)
        elif tag in _STYLES:
            _let_go(element)

    def _layer(self) -> Gathering:
        key = tuple(self._names)
        if key not in self._layers and len(self._layers) >= MOST_LAYERS:
            key = next(iter(self._layers))
        if key not in self._layers:
            inner = [each for each in self._names if each]
            title = inner[-1] if inner else self._name.rpartition(".")[0] or self._name
            self._layers[key] = Gathering(title, self._budget, crs="EPSG:4326")
        return self._layers[key]

    def _told(self) -> Iterator[Any]:
        nothing = Gathering("", self._budget)
        for code, count in self._left.items():
            nothing.find(code, count=count)
        return iter(nothing.findings)

    def _nothing(self) -> RawLayer:
        return RawLayer(self._name, "EPSG:4326", [], findings=list(self._told()))


def _let_go(element: Any) -> None:
    """Frees what was read; what stood before it too."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


# ---------------------------------------------------------------- of one placemark


def _data(placemark: Any) -> Iterator[tuple[str, object]]:
    """Name, description, and the data that programs add."""
    for each in placemark:
        tag = _tag(each)
        if tag in ("name", "address", "phoneNumber", "Snippet"):
            yield tag, each.text
        elif tag == "description":
            yield tag, _TAGS.sub(" ", each.text or "")
        elif tag == "ExtendedData":
            yield from _extended(each)


def _extended(element: Any) -> Iterator[tuple[str, object]]:
    for each in element.iter():
        tag = _tag(each)
        if tag == "SimpleData":
            yield each.get("name", ""), _number(each.text)
        elif tag == "Data":
            value = next((part.text for part in each if _tag(part) == "value"), None)
            yield each.get("name", ""), _number(value)


def _number(text: str | None) -> object:
    """A whole number as such (a house number is none where it begins with 0)."""
    said = (text or "").strip()
    return int(said) if re.fullmatch(r"0|-?[1-9]\d{0,14}", said) else said


# ---------------------------------------------------------------- geometry


def _geometry(element: Any, depth: int) -> dict[str, Any]:
    """GeoJSON; what is broken or not read has a kind that is none."""
    tag = _tag(element)
    if tag == "Point":
        points = _coordinates(element)
        return {"type": "Point", "coordinates": points[0]} if points else {"type": "broken"}
    if tag == "LineString":
        return {"type": "LineString", "coordinates": _coordinates(element)}
    if tag == "LinearRing":
        return {"type": "Polygon", "coordinates": [_coordinates(element)]}
    if tag == "Polygon":
        rings = [_coordinates(ring) for each in element if _tag(each) in ("outerBoundaryIs", "innerBoundaryIs")
                 for ring in each if _tag(ring) == "LinearRing"]  # fmt: skip
        return {"type": "Polygon", "coordinates": rings}
    if tag == "MultiGeometry" and depth < 8:
        parts = [_geometry(each, depth + 1) for each in element if _tag(each) in _SHAPES]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": "broken"}


def _coordinates(element: Any) -> list[list[float]]:
    """The tuples "121.5,31.2,0 …"; one that cannot be read makes the whole thing broken."""
    text = next((each.text for each in element if _tag(each) == "coordinates"), None) or ""
    points = []
    for each in re.sub(r"\s*,\s*", ",", text).split():
        try:
            points.append([float(number) for number in each.split(",")[:2]])
        except ValueError:
            return [[float("nan")] * 2]
    return points
