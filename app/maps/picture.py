"""A map or a building on paper and as a picture: the same values as on the page, set by Typst.

Outlines go as one SVG of numbers and colours only; every word goes beside it as data, so it stays text and can be
searched. No window is needed, and the printed map looks the same on every PC.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from app import paper, paths
from app.domain.geometry import Box, Geometry, box, middle, rings
from app.maps import underlay

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A lying sheet, and the size of the map itself on it in millimetres."""

    paper: str
    width: float
    height: float


A4, A3 = Sheet("a4", 269.0, 164.0), Sheet("a3", 392.0, 250.0)
SHEETS = {sheet.paper: sheet for sheet in (A4, A3)}
FINE, FINEST = 144.0, 300.0
"""Dots an inch of a picture: for a document, and for a large screen or a board."""
_METRES = 111_320.0  # of a degree of latitude
LETTER = 2.6
"""Width of a Chinese letter in a label, millimetres."""
TWO_LINES = 5.4
"""Height that a name over a figure needs, millimetres."""
ROOMY = (45.0, 20.0)
"""Size of a thing whose label is set larger, millimetres."""
SMALL, LARGE = 6.6, 11.0
"""Of letters, in points."""


def pdf(payload: Payload, sheet: Sheet = A4) -> bytes:
    return _set(payload, "pdf", sheet)


def png(payload: Payload, *, ppi: float = FINE) -> bytes:
    """The first page, so many dots an inch; a building's picture is as large as the building."""
    return _set(payload, "png", A4, ppi)


def reach(payload: Payload, sheet: Sheet = A4) -> Box | None:
    """The ground that a map's sheet shows, with what lies beside the map: what is asked of the layers under it."""
    shown = box(each["geometry"] for each in (*payload["things"], *payload["around"], *payload.get("aside", ())))
    return _Scale(shown, sheet).ground(sheet) if shown else None


def _set(payload: Payload, suffix: Literal["pdf", "png"], sheet: Sheet, ppi: float = FINE) -> bytes:
    folder = paths.resources() / "map"
    if payload["kind"] == "matrix":
        data = {**payload, "floating": suffix == "png", "paper": sheet.paper}
        return paper.compile_(folder / "matrix.typ", data, format=suffix, ppi=ppi, files=shared())[0]
    data, files = on_sheet(payload, sheet)
    return paper.compile_(folder / "map.typ", data, format=suffix, ppi=ppi, files={**shared(), **files})[0]


def shared() -> dict[str, bytes]:
    """What every template of a map or a building imports."""
    folder = paths.resources() / "map"
    return {name: (folder / name).read_bytes() for name in ("look.typ", "doors.typ")}


def on_sheet(payload: Payload, sheet: Sheet, name: str = "map") -> tuple[Payload, dict[str, bytes]]:
    """(words and their places, outlines as SVG files) of a map on a sheet. name: the files begin so."""
    shown = box(each["geometry"] for each in (*payload["things"], *payload["around"], *payload.get("aside", ())))
    scale = _Scale(shown, sheet) if shown else None
    data = {key: payload[key] for key in ("title", "said", "stamps", "legend")}
    data |= {
        "labels": list(_labels(payload, scale)),
        "width": sheet.width,
        "height": sheet.height,
        "paper": sheet.paper,
    }
    data |= {"svg": f"{name}.svg", "under": "", "source": "", "names": []}
    files = {f"{name}.svg": _svg(_drawn(payload, scale), sheet)}
    if scale and (ground := payload.get("ground")):
        data |= {"source": ground["source"], "under": f"{name}-under.svg"}
        data["names"] = list(underlay.names(ground, scale.at, scale.metres, (sheet.width, sheet.height)))
        files[f"{name}-under.svg"] = _svg(underlay.svg(ground, scale.at, scale.metres), sheet)
    return data, files


def _svg(drawn: str, sheet: Sheet) -> bytes:
    """Only numbers and our own colours: no text of anybody's."""
    size = f'width="{sheet.width}mm" height="{sheet.height}mm" viewBox="0 0 {sheet.width} {sheet.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>'.encode()


class _Scale:
    """From degrees to millimetres on the sheet, equal in both directions, in the middle."""

    def __init__(self, ground: Box, sheet: Sheet) -> None:
        self.box = ground
        self.narrow = math.cos(math.radians(ground.middle[1]))
        wide = max((ground.east - ground.west) * self.narrow, 1e-7)
        high = max(ground.north - ground.south, 1e-7)
        self.factor = min((sheet.width - 8) / wide, (sheet.height - 12) / high)
        self.left = (sheet.width - wide * self.factor) / 2
        self.top = (sheet.height - high * self.factor) / 2 + 2

        self.metres = _METRES / self.factor
        """That a millimetre stands for."""

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (
            self.left + (x - self.box.west) * self.narrow * self.factor,
            self.top + (self.box.north - y) * self.factor,
        )

    def ground(self, sheet: Sheet) -> Box:
        across, down = self.narrow * self.factor, self.factor
        west, north = self.box.west - self.left / across, self.box.north + self.top / down
        return Box(west, north - sheet.height / down, west + sheet.width / across, north)


def _drawn(payload: Payload, scale: _Scale | None) -> str:
    """The outlines. What lies round the things lets through what lies under the map."""
    hatched = sorted({each["colour"] for each in payload["things"] if each["hatched"]})
    clear = 0.6 if payload.get("ground") else 1.0
    shapes = []
    if scale is None:
        return ""
    for each in payload["around"]:
        shapes.append(
            _path(each["geometry"], scale, "#FFFFFF", "#8A95A1", 0.35, dashed=not each["placed"], clear=clear)
        )
    for each in payload.get("aside", ()):
        shapes.append(_path(each["geometry"], scale, "none", "#B9C1CA", 0.2, dashed=not each["placed"]))
    for each in payload["things"]:
        fill = f"url(#h{each['colour'][1:]})" if each["hatched"] else each["colour"]
        shapes.append(_path(each["geometry"], scale, fill, "#55616F", 0.2, dashed=not each.get("placed", True)))
    for each in payload.get("blocks", ()):
        shapes.append(_path(each["geometry"], scale, "none", "#1D2733", 0.5, dashed=False))
    return f"<defs>{''.join(map(_pattern, hatched))}</defs>{''.join(shapes)}"


def _pattern(colour: str) -> str:
    return (
        f'<pattern id="h{colour[1:]}" width="1.6" height="1.6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="1.6" height="1.6" fill="{colour}"/><line x1="0" y1="0" x2="0" y2="1.6" stroke="#55616F"'
        ' stroke-width="0.35"/></pattern>'
    )


def _path(
    geometry: Geometry, scale: _Scale, fill: str, stroke: str, width: float, *, dashed: bool, clear: float = 1.0
) -> str:
    if geometry["type"] == "Point":
        x, y = scale.at(*geometry["coordinates"])
        return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.5" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'
    parts = []
    for ring in rings(geometry):
        points = (scale.at(point[0], point[1]) for point in ring)
        parts.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z")
    dash = ' stroke-dasharray="1.2 0.8"' if dashed else ""
    return f'<path d="{"".join(parts)}" fill="{fill}" fill-rule="evenodd" fill-opacity="{clear}" stroke="{stroke}" stroke-width="{width}"{dash}/>'


def _labels(payload: Payload, scale: _Scale | None) -> Iterator[Payload]:
    """Names and figures where they fit into what they name; names of what lies around above it."""
    if scale is None:
        return
    for each in payload["things"]:
        wide, high = _size(each["geometry"], scale)
        name = each["label"] if wide >= _length(each["label"]) and high >= 3.2 else ""
        value = each["text"] if wide >= _length(each["text"]) and high >= TWO_LINES and name else ""
        if name or value:
            x, y = scale.at(*middle(each["geometry"]))
            size = LARGE if wide > ROOMY[0] and high > ROOMY[1] else SMALL
            yield {
                "x": x,
                "y": y,
                "name": name,
                "value": value,
                "dark": _dark(each["colour"]),
                "round": False,
                "size": size,
            }
    for each in (*payload["around"], *payload.get("blocks", ())):
        there = box([each["geometry"]])
        if there and each["name"]:
            x, y = scale.at(there.middle[0], there.north)
            yield {"x": x, "y": y, "name": each["name"], "value": "", "dark": False, "round": True, "size": 8.5}


def _size(geometry: Geometry, scale: _Scale) -> tuple[float, float]:
    there = box([geometry])
    if there is None:
        return 0.0, 0.0
    (left, top), (right, bottom) = scale.at(there.west, there.north), scale.at(there.east, there.south)
    return right - left, bottom - top


def _length(text: str) -> float:
    return sum(LETTER if ord(letter) > 0x2E7F else LETTER / 1.8 for letter in text)


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140
