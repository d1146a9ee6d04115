"""What a map shows: measures, classes and their colours, how old the data is, and what a reader may see of few.

Pure: a service hands in values, `app.maps` draws what comes out. Colours: ui.md (ColorBrewer, no red–green pairs).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from app.domain.findings import UserError
from app.domain.suppression import hidden_cells, told

Geometry = dict[str, Any]
"""A GeoJSON geometry (RFC 7946): Polygon, MultiPolygon or Point, longitude before latitude, WGS 84."""

LEVELS = ("street", "group", "committee", "estate", "building")

ORANGE_RED = ("#FEF0D9", "#FDCC8A", "#FC8D59", "#E34A33", "#B30000")
YELLOW_BLUE = ("#FFFFCC", "#A1DAB4", "#41B6C4", "#2C7FB8", "#253494")
PURPLES = ("#F2F0F7", "#CBC9E2", "#9E9AC8", "#756BB1", "#54278F")
NOTHING, UNKNOWN = "#FFFFFF", "#E6E9ED"
"""Nobody of the kind here; and: no data at all."""

SHADES = {1: (3,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
"""How many classes -> which of a palette's five shades, so that neighbours can be told apart."""

OLD_AFTER = timedelta(hours=48)
"""Data older than this is hatched on the street's map; a setting later [mem]."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a map shades by. unit: what the value counts, "people", "households" or "incidents"."""

    key: str
    unit: str = "people"
    palette: tuple[str, ...] = ORANGE_RED


MEASURES: tuple[Measure, ...] = (
    Measure("residents", palette=YELLOW_BLUE),
    Measure("returnees"),
    Measure("overseas", palette=PURPLES),
    Measure("isolation"),
    Measure("elderly-alone", palette=PURPLES),
    Measure("party"),
    Measure("unvisited", "households"),
    Measure("stale", "households"),
    Measure("incidents", "incidents"),
)
"""In the order of the window's list; keys are those of cli.md."""


def measure(key: str) -> Measure:
    """Raises UserError("measure-unknown")."""
    for each in MEASURES:
        if each.key == key:
            return each
    raise UserError("measure-unknown", key=key, known=[each.key for each in MEASURES])


PALETTES = {"orange": ORANGE_RED, "blue": YELLOW_BLUE, "purple": PURPLES}


@dataclass(frozen=True, slots=True)
class Shading:
    """How a measure becomes colours: the reader's choice, kept as a setting.

    per: the count itself, or per 1,000 people who live there. classes: about equally many things in each ("quantile"), or
    the fixed starts in `steps` (ascending, above zero). palette: a key of PALETTES, "" for the measure's own.
    areas: on the street's map, committees or groups (片区).
    """

    per: Literal["count", "thousand"] = "count"
    classes: Literal["quantile", "fixed"] = "quantile"
    steps: tuple[float, ...] = ()
    palette: str = ""
    areas: Literal["committee", "group"] = "committee"


PLAIN = Shading()

# ---------------------------------------------------------------- what is drawn


@dataclass(frozen=True, slots=True)
class Class:
    """One class of the legend: values low … high (inclusive; high None: no upper end). kind: range, none, few, unknown."""

    kind: str
    colour: str
    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing on a map.

    entity: committee, estate or building. value: of the measure; None: no data, or not told (`few`): it is small, or
    would tell one that is.
    people: who live there, None where that is not told. until: time of its data (ISO); old: hatched.
    placed: False where the outline is a schematic stand-in. label: the name where it stands in the thing itself.
    """

    id: str
    entity: str
    name: str
    geometry: Geometry
    label: str = ""
    value: int | None = None
    people: int | None = None
    few: bool = False
    until: str = ""
    old: bool = False
    placed: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the legend: how many things are in a class, and how many people live in them."""

    cls: Class
    count: int
    people: int | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map ready to be drawn.

    around: outlines that are no things of their own (estates round their buildings). until, newest: the oldest and the
    newest time of the data shown. elsewhere: who is counted in the total but belongs to no building on the map.
    """

    level: str
    id: str
    name: str
    measure: Measure
    things: tuple[Thing, ...]
    around: tuple[Thing, ...]
    legend: tuple[Line, ...]
    total: int | None
    until: str
    rehearsal: bool = False
    classes: tuple[Class, ...] = field(default=())
    newest: str = ""
    elsewhere: int = 0

    @property
    def schematic(self) -> bool:
        """Does anything stand on a stand-in place?"""
        return any(not thing.placed for thing in self.things)


def class_of(thing: Thing, classes: Sequence[Class]) -> Class:
    if thing.few:
        return next(each for each in classes if each.kind == "few")
    if thing.value is None:
        return next(each for each in classes if each.kind == "unknown")
    for each in classes:
        if (
            each.kind in ("range", "none")
            and each.low <= thing.value
            and (each.high is None or thing.value <= each.high)
        ):
            return each
    raise ValueError(thing.value)


def classes_for(values: Iterable[int], palette: tuple[str, ...]) -> tuple[Class, ...]:
    """Up to five classes of about equally many things, at round numbers, and one for zero in front."""
    some = sorted(value for value in values if value > 0)
    none = Class("none", NOTHING, 0, 0)
    if not some:
        return (none,)
    wanted = min(len(palette), len(set(some)))
    starts = sorted({1, *(_round(some[len(some) * part // wanted]) for part in range(1, wanted))})
    ends: list[int | None] = [after - 1 for _, after in pairwise(starts)]
    colours = [palette[shade] for shade in SHADES[len(starts)]]
    return (none, *(Class("range", colour, low, high)
                    for colour, low, high in zip(colours, starts, [*ends, None], strict=True)))  # fmt: skip


def _round(value: int) -> int:
    """Down to one figure and a half: 1 … 10, 12, 15, 20, 25 … so that a legend reads easily."""
    if value <= 10:
        return value
    size = 10 ** (len(str(value)) - 1)
    return max(int(size * step) for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if size * step <= value)


def legend(things: Sequence[Thing], palette: tuple[str, ...]) -> tuple[tuple[Class, ...], tuple[Line, ...]]:
    """The classes for these things, and what falls into each; classes without a thing are left out."""
    classes = list(classes_for((each.value for each in things if each.value is not None), palette))
    if any(each.few for each in things):
        classes.insert(1, Class("few", palette[0], 0, None))
    if any(each.value is None and not each.few for each in things):
        classes.append(Class("unknown", UNKNOWN))
    into: dict[Class, list[Thing]] = {each: [] for each in classes}
    for thing in things:
        into[class_of(thing, classes)].append(thing)
    lines = tuple(Line(cls, len(some), _sum(each.people for each in some)) for cls, some in into.items() if some)
    return tuple(classes), lines


def _sum(people: Iterable[int | None]) -> int | None:
    told = list(people)
    return None if any(each is None for each in told) else sum(each for each in told if each is not None)


# ---------------------------------------------------------------- who may be told what, and how old it is


def withheld(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """The same things for a reader without level 2: no small count, and nothing from which one follows.

    What is hidden beside the small ones, so that the map above does not tell them, looks like them: small or not told.
    Every other count is rounded, here and on the map above.
    """
    hidden = {number for _, number in hidden_cells([[thing.value for thing in things]])}
    return tuple(
        replace(thing, people=None, value=None, few=True) if number in hidden
        else replace(thing, people=None, value=None if thing.value is None else told(thing.value))
        for number, thing in enumerate(things)
    )  # fmt: skip


def total(things: Sequence[Thing]) -> int | None:
    """Of all things; None where a small count is not told, since the sum would tell it."""
    if any(thing.few for thing in things):
        return None
    return sum(thing.value for thing in things if thing.value is not None)


def is_old(until: str | None, now: datetime, after: timedelta = OLD_AFTER) -> bool:
    """Is data of this time older than `after`? No data is not old: it is unknown."""
    return bool(until) and now - datetime.fromisoformat(str(until)) > after
