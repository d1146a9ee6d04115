"""How figures become colours: palettes, classes with their limits, and the reader's choice of both.

Pure. A figure is a whole count, or a rate per 1,000 people with one decimal. Colours: ui.md (ColorBrewer, no red–green
pairs; each palette can be told apart by whoever sees no red or no green, and in grey).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from app.domain.findings import UserError

ORANGE_RED = ("#FEF0D9", "#FDCC8A", "#FC8D59", "#E34A33", "#B30000")
YELLOW_BLUE = ("#FFFFCC", "#A1DAB4", "#41B6C4", "#2C7FB8", "#253494")
PURPLES = ("#F2F0F7", "#CBC9E2", "#9E9AC8", "#756BB1", "#54278F")
NOTHING, UNKNOWN = "#FFFFFF", "#E6E9ED"
"""Nobody of the kind here; and: no data at all."""
PALETTES = {"orange": ORANGE_RED, "blue": YELLOW_BLUE, "purple": PURPLES}

SHADES = {1: (3,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
"""How many classes -> which of a palette's five shades, so that neighbours can be told apart."""
PER = 1_000
"""People that a rate is told for."""
MOST_STEPS = 4
"""Limits that a reader may set: with what lies below the first one they make five classes."""
HIGHEST = 1_000_000
"""Of a limit."""

Per = Literal["count", "thousand"]


@dataclass(frozen=True, slots=True)
class Shading:
    """How a measure becomes colours: the reader's choice, kept as a setting.

    per: the count itself, or per 1,000 people who live there. classes: about equally many things in each ("quantile"), or
    the fixed starts in `steps` (ascending, above zero). palette: a key of PALETTES, "" for the measure's own.
    areas: on the street's map, committees or groups (片区).
    """

    per: Per = "count"
    classes: Literal["quantile", "fixed"] = "quantile"
    steps: tuple[float, ...] = ()
    palette: str = ""
    areas: Literal["committee", "group"] = "committee"


PLAIN = Shading()


@dataclass(frozen=True, slots=True)
class Class:
    """One class of the legend: figures low … high (inclusive; high None: no upper end). kind: range, none, few, unknown."""

    kind: str
    colour: str
    low: float = 0
    high: float | None = None


def steps_of(text: str) -> tuple[float, ...]:
    """Limits as people write them: `1, 5、10 50`. Raises UserError("map-steps") for none, too many, none that ascends."""
    parts = [part for part in re.split(r"[\s,，、;；]+", text.strip()) if part]
    if not all(re.fullmatch(r"\d{1,7}(\.\d{1,3})?", part, re.ASCII) for part in parts):
        raise UserError("map-steps", most=MOST_STEPS)
    steps = tuple(map(float, parts))
    if (
        not 0 < len(steps) <= MOST_STEPS
        or steps[0] <= 0
        or steps[-1] > HIGHEST
        or any(a >= b for a, b in pairwise(steps))
    ):
        raise UserError("map-steps", most=MOST_STEPS)
    return steps


def classes_for(figures: Iterable[float], palette: tuple[str, ...], shading: Shading = PLAIN) -> tuple[Class, ...]:
    """One class for zero, and behind it up to five: of about equally many things at round numbers, or as they were set.

    Limits lie on whole counts, of rates on tenths, so that no figure falls between two classes.
    """
    parts = 10 if shading.per == "thousand" else 1
    some = sorted(round(figure * parts) for figure in figures if figure > 0)
    none = Class("none", NOTHING, 0, 0)
    fixed = shading.classes == "fixed" and bool(shading.steps)
    if not some and not fixed:
        return (none,)
    starts = _set(shading.steps, parts) if fixed else _equal(some, len(palette))
    ends: list[int | None] = [after - 1 for _, after in pairwise(starts)]
    colours = [palette[shade] for shade in SHADES[len(starts)]]
    return (none, *(Class("range", colour, _figure(low, parts), None if high is None else _figure(high, parts))
                    for colour, low, high in zip(colours, starts, [*ends, None], strict=True)))  # fmt: skip


def _set(steps: Sequence[float], parts: int) -> list[int]:
    return sorted({1, *(math.ceil(round(step * parts, 6)) for step in steps[:MOST_STEPS])})


def _equal(some: Sequence[int], most: int) -> list[int]:
    wanted = min(most, len(set(some)))
    return sorted({1, *(_round(some[len(some) * part // wanted]) for part in range(1, wanted))})


def _figure(value: int, parts: int) -> float:
    return value if parts == 1 else value / parts


def _round(value: int) -> int:
    """Down to one figure and a half: 1 … 10, 12, 15, 20, 25 … so that a legend reads easily."""
    if value <= 10:
        return value
    size = 10 ** (len(str(value)) - 1)
    return max(int(size * step) for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if size * step <= value)


def class_with(figure: float, classes: Sequence[Class]) -> Class:
    """The class that a figure falls into."""
    for each in classes:
        if each.kind in ("range", "none") and each.low <= figure and (each.high is None or figure <= each.high):
            return each
    raise ValueError(figure)


def rate(value: int, lived: int) -> float:
    """Per 1,000 who live there, one decimal."""
    return round(value * PER / lived, 1)
