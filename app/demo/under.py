"""The invented base map of the invented street: roads along the committees' borders, a river with green banks, parks.

It follows from the seed, as the committees' outlines do (`geography`), and credits nobody: it is nobody's survey.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from app.demo.geography import ACROSS, PLACE, Corner, bent, crossing
from app.domain.geometry import Geometry, Plane

BESIDE = 2
"""Blocks that the roads go on for beyond the committees."""
RIVER, BANK = 11.0, 22.0
"""Half the width of the river, and as far as its green banks reach, metres."""
EAST_WEST = (
    "锦绣路",
    "花木路",
    "梅花路",
    "牡丹路",
    "浦建路",
    "玉兰路",
    "芳甸路",
    "樱花路",
    "海桐路",
    "紫薇路",
    "石楠路",
    "白杨路",
)
NORTH_SOUTH = (
    "杨高路",
    "民生路",
    "东绣路",
    "合欢路",
    "银霄路",
    "浦东大道",
    "罗山路",
    "梧桐路",
    "香樟路",
    "枫杨路",
    "水杉路",
    "栾树路",
)
WATER = "张家浜"
_FLOWS = 1
"""The river takes the place of this road from the north."""
Line = list[Corner]
Features = list[dict[str, Any]]


def layers(committees: int, seed: int) -> dict[str, Features]:
    """kind -> features as `services.ground.keep` takes them, for so many committees."""
    columns, rows = min(committees, ACROSS), math.ceil(committees / ACROSS)
    across, down = range(-BESIDE, columns + BESIDE + 1), range(-BESIDE, rows + BESIDE + 1)
    return {
        "water": list(_water(across, seed)), "green": list(_green(across, down, columns, rows, seed)),
        "roads": list(_roads(across, down, seed)),
    }  # fmt: skip


def _roads(across: range, down: range, seed: int) -> Iterator[dict[str, Any]]:
    for row in down:
        if row != _FLOWS:
            line = _joined([(column, row) for column in across], seed)
            yield _feature(
                "LineString", line, EAST_WEST[row % len(EAST_WEST)], "primary" if row % 3 == 0 else "secondary"
            )
    for column in across:
        line = _joined([(column, row) for row in down], seed)
        yield _feature(
            "LineString", line, NORTH_SOUTH[column % len(NORTH_SOUTH)], "primary" if column % 3 == 0 else "secondary"
        )


def _joined(crossings: Sequence[Corner], seed: int) -> Line:
    """From crossing to crossing, bent between them as the borders of committees are."""
    places = [crossing(int(column), int(row), seed) for column, row in crossings]
    line = [places[0]]
    for start, end in pairwise(places):
        line += [bent(start, end, seed), end]
    return line


def _river(across: range, seed: int) -> Line:
    return _joined([(column, _FLOWS) for column in across], seed)


def _water(across: range, seed: int) -> Iterator[dict[str, Any]]:
    river = _river(across, seed)
    yield _feature("Polygon", [*_beside(river, RIVER), *reversed(_beside(river, -RIVER))], WATER, "river")


def _green(across: range, down: range, columns: int, rows: int, seed: int) -> Iterator[dict[str, Any]]:
    river = _river(across, seed)
    for side in (1, -1):
        yield _feature("Polygon", [*_beside(river, side * RIVER), *reversed(_beside(river, side * BANK))], "", "park")
    for row in list(down)[:-1]:
        for column in list(across)[:-1]:
            if 0 <= column < columns and 0 <= row < rows:
                continue  # people live there
            if Random(f"{seed}/park/{column}/{row}").random() < 0.3:
                corners = [crossing(column + dx, row + dy, seed) for dx, dy in ((0, 1), (1, 1), (1, 0), (0, 0))]
                yield _feature("Polygon", _inward(corners, 0.12), "", "park")


def _inward(corners: Sequence[Corner], share: float) -> Line:
    x, y = (sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1))
    return [(cx + (x - cx) * share, cy + (y - cy) * share) for cx, cy in corners]


def _beside(line: Sequence[Corner], away: float) -> Line:
    """The same line so many metres to its left (right, if negative)."""
    found = []
    for place, (x, y) in enumerate(line):
        (x1, y1), (x2, y2) = line[max(0, place - 1)], line[min(len(line) - 1, place + 1)]
        length = math.dist((x1, y1), (x2, y2)) or 1.0
        found.append((x - (y2 - y1) / length * away, y + (x2 - x1) / length * away))
    return found


def _feature(form: str, line: Sequence[Corner], name: str, cls: str) -> dict[str, Any]:
    plane = Plane(*PLACE)
    places = [plane.at(x, y) for x, y in line]
    geometry: Geometry = {"type": form, "coordinates": places if form == "LineString" else [[*places, places[0]]]}
    return {"geometry": geometry, "name": name, "class": cls}
