"""What lies under a map, on paper: the same layers as on the page, as numbers and colours of an SVG, and its names as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Payload = dict[str, Any]
At = Callable[[float, float], tuple[float, float]]
"""Degrees -> millimetres on the sheet."""

ROADS = {
    "ferry": (6.0, 0.0, 0.15), "rail": (4.0, 0.0, 0.3), "path": (1.5, 1.5, 0.12), "yard": (2.5, 3.5, 0.2),
    "lane": (6.0, 6.0, 0.3), "street": (14.0, 8.0, 0.5), "main": (1e9, 11.0, 0.7),
}  # fmt: skip
"""rank: metres that a millimetre may stand for at most, metres wide, millimetres at least; the least important first."""
NAMED_UP_TO = {13: 1e9, 14: 12.0, 15: 8.0, 16: 4.0, 17: 2.0, 18: 1.2}
"""Zoom from which the page names something -> metres that a millimetre may stand for, for its name on paper."""
WIDEST = 4.0
CASING = 0.25
TURNED = 60.0
APART = (3.0, 3.2)
"""Half a letter and half a line between two names, millimetres."""


def svg(ground: Mapping[str, Any], at: At, metres: float) -> str:
    """The layers, the lowest first. metres: that a millimetre stands for. No text of anybody's."""
    return "".join(_layer(layer, ground["colours"], at, metres) for layer in ground.get("layers", ()))


def _layer(layer: Payload, colours: Mapping[str, str], at: At, metres: float) -> str:
    drawn = _roads(layer, colours, at, metres) if layer["kind"] == "roads" else _areas(layer, colours, at)
    return f'<g opacity="{layer["opacity"]:.2f}" stroke-linejoin="round" stroke-linecap="round">{drawn}</g>'


def _areas(layer: Payload, colours: Mapping[str, str], at: At) -> str:
    kind = layer["kind"]
    if kind == "facilities":
        points = [at(*line[:2]) for each in layer["sets"] for line in each["lines"]]
        return "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.6" fill="{colours["dot"]}"/>' for x, y in points)
    parts = []
    for each in layer["sets"]:
        if each["closed"]:
            parts += [_path("".join(_line(ring, at, "Z") for ring in rings), colours[kind]) for rings in each["lines"]]
        else:
            parts.append(_stroke(each["lines"], at, colours["waterway" if kind == "water" else kind], 0.35))
    return "".join(parts)


def _roads(layer: Payload, colours: Mapping[str, str], at: At, metres: float) -> str:
    """All edges first and all surfaces after them, so that crossings stay open."""
    places = [rings for each in layer["sets"] if each["rank"] == "place" for rings in each["lines"]]
    edges = [_path("".join(_line(ring, at, "Z") for ring in rings), colours["place"]) for rings in places]
    surfaces = []
    for rank, (most, wide, least) in ROADS.items():
        lines = [
            line for each in layer["sets"] if each["rank"] == rank and not each["closed"] for line in each["lines"]
        ]
        if metres > most or not lines:
            continue
        width = min(WIDEST, max(least, wide / metres))
        if rank in ("ferry", "path", "rail"):
            edges.append(_stroke(lines, at, colours["rail" if rank == "rail" else "path"], width))
            continue
        edges.append(_stroke(lines, at, colours["casing"], width + CASING))
        surfaces.append(_stroke(lines, at, colours["road"], width))
    return "".join((*edges, *surfaces))


def _path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}" fill-rule="evenodd"/>'


def _stroke(lines: Sequence[Sequence[float]], at: At, colour: str, width: float) -> str:
    d = "".join(_line(line, at) for line in lines)
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:.2f}"/>'


def _line(flat: Sequence[float], at: At, end: str = "") -> str:
    points = [at(flat[n], flat[n + 1]) for n in range(0, len(flat) - 1, 2)]
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + end


def names(ground: Mapping[str, Any], at: At, metres: float, sheet: tuple[float, float]) -> Iterator[Payload]:
    """Names of roads and waters where they lie: text, x, y, turn (degrees), upright, water; one that would touch another is
    left out. upright: one character below the other, as on signs, where a road runs north."""
    taken: list[tuple[float, float, float, float]] = []
    for layer in reversed(ground.get("layers", ())):
        for name in layer["names"]:
            if metres > NAMED_UP_TO.get(name["from"], 1.0):
                continue
            x, y = at(*name["at"])
            upright = abs(name["turn"]) > TURNED
            box = _box(x, y, len(name["text"]), 0.0 if upright else math.radians(name["turn"]), upright)
            inside = box[0] > 0 and box[1] > 0 and box[2] < sheet[0] and box[3] < sheet[1]
            if not inside or any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                continue
            taken.append(box)
            yield {"text": name["text"], "x": x, "y": y, "turn": 0 if upright else name["turn"], "upright": upright,
                   "water": layer["kind"] == "water"}  # fmt: skip


def _box(x: float, y: float, letters: int, turn: float, upright: bool) -> tuple[float, float, float, float]:
    """What a name covers: west, north, east, south."""
    long = letters * APART[0] / 2
    across, down = (APART[1] / 2, long) if upright else (long * math.cos(turn), APART[1] + long * abs(math.sin(turn)))
    return x - across, y - down, x + across, y + down
