"""What a map shows: measures, what stands on it, how old the data is, and what a reader may see of few.

Pure: a service hands in values, `app.maps` draws what comes out. Classes and colours: `app.domain.shading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain import shading as shades
from app.domain.findings import UserError
from app.domain.shading import (
    NOTHING,
    ORANGE_RED,
    PALETTES,
    PER,
    PLAIN,
    PURPLES,
    UNKNOWN,
    YELLOW_BLUE,
    Class,
    Per,
    Shading,
    classes_for,
    steps_of,
)
from app.domain.suppression import hidden_cells, told

__all__ = [
    "NOTHING", "ORANGE_RED", "PALETTES", "PER", "PLAIN", "PURPLES", "UNKNOWN", "YELLOW_BLUE", "Class", "Shading",
    "classes_for", "steps_of",
]  # fmt: skip

Geometry = dict[str, Any]
"""A GeoJSON geometry (RFC 7946): Polygon, MultiPolygon or Point, longitude before latitude, WGS 84."""

LEVELS = ("street", "group", "committee", "estate", "building")

OLD_AFTER = timedelta(hours=48)
"""Data older than this is hatched on the street's map; a setting later [mem]."""

DAYS = (7, 30, 90, 180)
"""After how many days without a confirmation a household may be called stale: what is offered."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a map shades by. unit: what the value counts, "people", "households" or "incidents".

    rated: does it say anything per 1,000 people? Of who lives there it is always 1,000.
    """

    key: str
    unit: str = "people"
    palette: tuple[str, ...] = ORANGE_RED
    rated: bool = True


MEASURES: tuple[Measure, ...] = (
    Measure("residents", palette=YELLOW_BLUE, rated=False),
    Measure("returnees"),
    Measure("overseas", palette=PURPLES),
    Measure("isolation"),
    Measure("elderly-alone", palette=PURPLES),
    Measure("party"),
    Measure("unvisited", "households"),
    Measure("stale", "households"),
    Measure("incidents", "incidents"),
)
"""In the order of the window's list; keys are those of cli.md. `db.measures.COUNTED` says how each is counted."""


def measure(key: str) -> Measure:
    """Raises UserError("measure-unknown")."""
    for each in MEASURES:
        if each.key == key:
            return each
    raise UserError("measure-unknown", key=key, known=[each.key for each in MEASURES])


def shading_for(measure: Measure, asked: Shading) -> Shading:
    """The reader's choice, as far as it says anything of this measure. Raises UserError("map-palette")."""
    if asked.palette and asked.palette not in PALETTES:
        raise UserError("map-palette", palette=asked.palette, known=list(PALETTES))
    return asked if measure.rated else replace(asked, per="count")


# ---------------------------------------------------------------- what is drawn


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing on a map.

    entity: group, committee, estate, block or building. value: of the measure; None: no data, or not told (`few`): it is
    small, or would tell one that is. rate: per 1,000 who live there, where the map is shaded by it; None: unknown.
    people: who live there, None where that is not told. until: time of its data (ISO); old: hatched.
    placed: False where the outline is a schematic stand-in. label: the name where it stands in the thing itself.
    members, missing: of a group, how many committees it has, and how many of them have sent nothing.
    lived: what its rate is made of, where it was asked for; only whoever has level 2 is told.
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
    rate: float | None = None
    members: int = 0
    missing: int = 0
    lived: int | None = None


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
    blocks: outlines of 幢 that several buildings share. only: things without any of the measure are left out; they stand
    in `aside` and are drawn faint; order: the ids of both as they stood. rate: of all things together. days: after which a household is stale.
    day: the past day (ISO) at whose 24:00 it was so; "": now.
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
    shading: Shading = PLAIN
    blocks: tuple[Thing, ...] = ()
    aside: tuple[Thing, ...] = ()
    only: bool = False
    order: tuple[str, ...] = ()
    rate: float | None = None
    days: int = 0
    day: str = ""

    @property
    def schematic(self) -> bool:
        """Does anything stand on a stand-in place?"""
        return any(not thing.placed for thing in (*self.things, *self.aside))

    def with_things(self, things: Sequence[Thing]) -> Drawing:
        """The same map with other values in its things: classes, legend and total as for those."""
        classes, lines = legend(things, palette_of(self.measure, self.shading), self.shading)
        whole = total(things)
        return replace(
            self, things=tuple(things), classes=classes, legend=lines, rate=None,
            total=None if whole is None else whole + self.elsewhere,
        )  # fmt: skip


def for_outside(drawing: Drawing) -> Drawing:
    """The same map for somebody who may know totals only, of one that was made for a reader with level 2."""
    by_id = {thing.id: thing for thing in (*drawing.things, *drawing.aside)}
    things = [by_id[each] for each in drawing.order or by_id]
    thousand = drawing.shading.per == "thousand"
    seen = rated_withheld(things, {each.id: each.lived for each in things}) if thousand else withheld(things)
    shown, aside = having(seen) if drawing.only else (seen, ())
    return replace(drawing, elsewhere=0, aside=aside).with_things(shown)


def palette_of(measure: Measure, shading: Shading) -> tuple[str, ...]:
    return PALETTES[shading.palette] if shading.palette else measure.palette


def figure_of(thing: Thing, per: Per = "count") -> float | None:
    """What a thing is coloured by and what stands in it; None: unknown, or not told."""
    return thing.rate if per == "thousand" else thing.value


def class_of(thing: Thing, classes: Sequence[Class], per: Per = "count") -> Class:
    figure = figure_of(thing, per)
    if thing.few or figure is None:
        kind = "few" if thing.few else "unknown"
        return next(each for each in classes if each.kind == kind)
    return shades.class_with(figure, classes)


def legend(
    things: Sequence[Thing], palette: tuple[str, ...], shading: Shading = PLAIN
) -> tuple[tuple[Class, ...], tuple[Line, ...]]:
    """The classes for these things, and what falls into each; classes without a thing are left out, unless they were
    set: then two maps can be laid beside each other."""
    figures = [(each, figure_of(each, shading.per)) for each in things]
    classes = list(classes_for((figure for _, figure in figures if figure is not None), palette, shading))
    if any(each.few for each in things):
        classes.insert(1, Class("few", palette[0], 0, None))
    if any(figure is None and not each.few for each, figure in figures):
        classes.append(Class("unknown", UNKNOWN))
    into: dict[Class, list[Thing]] = {each: [] for each in classes}
    for thing in things:
        into[class_of(thing, classes, shading.per)].append(thing)
    fixed = shading.classes == "fixed"
    lines = tuple(
        Line(cls, len(some), _sum(each.people for each in some))
        for cls, some in into.items() if some or (fixed and cls.kind == "range")
    )  # fmt: skip
    return tuple(classes), lines


def _sum(people: Iterable[int | None]) -> int | None:
    told = list(people)
    return None if any(each is None for each in told) else sum(each for each in told if each is not None)


def united(some: Sequence[Thing], id_: str, name: str, geometry: Geometry) -> Thing:
    """The committees of a group as one thing: as old as the oldest, and old where one is old or has sent nothing.

    What is missing is counted, so that a group of which half is silent does not look complete.
    """
    known = [each for each in some if each.value is not None]
    silent = sum(not each.until for each in some)
    people = [each.people for each in known if each.people is not None]
    return Thing(
        id_, "group", name, geometry, name, sum(each.value or 0 for each in known) if known else None,
        sum(people) if people else None, until=min((each.until for each in some if each.until), default=""),
        old=bool(known) and (bool(silent) or any(each.old for each in some)), placed=all(each.placed for each in some),
        members=len(some), missing=silent,
    )  # fmt: skip


def having(things: Sequence[Thing]) -> tuple[tuple[Thing, ...], tuple[Thing, ...]]:
    """(those with any of the measure, those without). What is not told or not known may have some: it stays."""
    return tuple(each for each in things if each.value != 0), tuple(each for each in things if each.value == 0)


# ---------------------------------------------------------------- who may be told what, and how old it is


def withheld(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """The same things for a reader without level 2: no small count, and nothing from which one follows.

    What is hidden beside the small ones, so that the map above does not tell them, looks like them: small or not told.
    Every other count is rounded, here and on the map above. Groups are one more map above: their sums are made of the
    exact counts, withheld and rounded among themselves, as the street's and the committees' are.
    """
    hidden = {number for _, number in hidden_cells([[thing.value for thing in things]])}
    return tuple(
        replace(thing, people=None, lived=None, rate=None, value=None, few=True) if number in hidden
        else replace(thing, people=None, lived=None, rate=None, value=None if thing.value is None else told(thing.value))
        for number, thing in enumerate(things)
    )  # fmt: skip


def rated(things: Sequence[Thing], lived: Mapping[str, int | None]) -> tuple[Thing, ...]:
    """With their rates. lived: by id, who live there; where that is nobody, or not known, the rate is unknown."""
    return tuple(
        replace(thing, rate=shades.rate(thing.value, lived[thing.id] or 0))
        if thing.value is not None and lived.get(thing.id) else thing
        for thing in things
    )  # fmt: skip


def rated_withheld(things: Sequence[Thing], lived: Mapping[str, int | None]) -> tuple[Thing, ...]:
    """The same for a reader without level 2. things: not yet withheld.

    Such a reader can ask for the map of counts and the map of who lives there. A rate is made of the two figures that
    those maps tell, rounded and withheld as there, and is not told where one of them is not. So whoever lays the three
    maps beside each other has nothing that the first two did not say: the third can be worked out from them. Its classes
    come from its rates alone, so its colours say nothing more either.
    """
    counted = withheld(things)
    people = withheld([replace(each, value=lived.get(each.id), few=False) for each in things])
    small = {each.id for each in people if each.few}
    told_of = {each.id: each.value for each in people}
    return rated([replace(each, value=None, few=True) if each.id in small else each for each in counted], told_of)


def total(things: Sequence[Thing]) -> int | None:
    """Of all things; None where a small count is not told, since the sum would tell it."""
    if any(thing.few for thing in things):
        return None
    return sum(thing.value for thing in things if thing.value is not None)


def is_old(until: str | None, now: datetime, after: timedelta = OLD_AFTER) -> bool:
    """Is data of this time older than `after`? No data is not old: it is unknown."""
    return bool(until) and now - datetime.fromisoformat(str(until)) > after
