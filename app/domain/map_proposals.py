"""What an outline that fits nothing surely may have been meant for: likeness of names and the same place, ranked for a person."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain import geometry
from app.domain.geometry import Geometry

OUTLINE_MAY_DIFFER = 6.0
"""How many times as large the other one of two outlines of one thing may be: a house in an estate is no estate."""

MOST, LEAST = 5, 62
"""Proposals of one outline, and the likeness in percent from which one is worth a look."""
NAMED, PLACED = 96, 90
"""Likeness of what its names fit but for a doubt, and of whose present outline lies under it."""
_METRES = 111_320.0
_CELL = 0.002
"""Degrees, about 200 m."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """target: an id. score: in percent. why: a code."""

    target: str
    score: int
    why: str


class Proposer:
    """known: (id, title, present outline) of everything that may be meant."""

    def __init__(self, known: Sequence[tuple[str, str, Geometry | None]]) -> None:
        self._titles = {id_: title for id_, title, _ in sorted(known, key=lambda each: each[1::-1]) if title}
        self._at: dict[tuple[int, int], list[tuple[str, Geometry]]] = defaultdict(list)
        for id_, _, outline in known:
            if outline is not None and outline["type"] != "Point" and (found := geometry.box([outline])):
                for x in range(int(found.west // _CELL), int(found.east // _CELL) + 1)[:60]:
                    for y in range(int(found.south // _CELL), int(found.north // _CELL) + 1)[:60]:
                        self._at[x, y].append((id_, outline))

    def of(
        self, names: Collection[str], middle: tuple[float, float], size: float, near: Sequence[str]
    ) -> tuple[Proposal, ...]:  # fmt: skip
        """The best first. size: in square metres, 0 for a point; near: what its names fit, though it may not be."""
        found = {id_: Proposal(id_, NAMED, "match-names") for id_ in near}
        for id_ in self._under(middle, size) if size else ():
            found.setdefault(id_, Proposal(id_, PLACED, "match-place"))
        for id_, score in self._like(names).items():
            found.setdefault(id_, Proposal(id_, score, "match-like"))
        ranked = sorted(found.values(), key=lambda each: (-each.score, self._titles.get(each.target, ""), each.target))
        return tuple(ranked[:MOST])

    def _under(self, middle: tuple[float, float], size: float) -> list[str]:
        x, y = middle
        there = self._at.get((int(x // _CELL), int(y // _CELL)), ())
        return [
            id_
            for id_, outline in there
            if geometry.contains(outline, x, y)
            and 1 / OUTLINE_MAY_DIFFER <= size / max(area(outline), 1e-9) <= OUTLINE_MAY_DIFFER
        ]  # fmt: skip

    def _like(self, names: Collection[str]) -> dict[str, int]:
        from rapidfuzz import fuzz, process  # only what fits nothing needs it

        best: dict[str, int] = {}
        for name in names:
            for _, score, id_ in process.extract(
                name, self._titles, scorer=fuzz.ratio, limit=3 * MOST, score_cutoff=LEAST
            ):
                best[id_] = max(best.get(id_, 0), min(int(score), NAMED - 1))
        return best


def area(shape: Geometry) -> float:
    """Square metres to a tenth, roughly: a hole counts as a part. 0 for a point; the same on every PC."""
    return round(sum(map(_ring_area, geometry.rings(shape))), 1)


def _ring_area(ring: geometry.Ring) -> float:
    x0, y0 = ring[0][0], ring[0][1]
    flat = [((x - x0) * _METRES * math.cos(math.radians(y0)), (y - y0) * _METRES) for x, y, *_ in ring]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(flat))) / 2
