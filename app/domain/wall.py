"""What a wall screen says: figures of a whole street, withheld as for a reader of totals, whoever is logged in.

The screen hangs where visitors, couriers and residents see it, for hours and with nobody beside it. So nothing here can
hold a person, a door or a count below 5: a Board is made of rounded figures and of names of committees only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.balance import IN_CHARGE
from app.domain.isolation import ENDED
from app.domain.maps import Drawing
from app.domain.supervision import Day, Unit

KEYS = ("isolation", "returnees", "overseas", "incidents", "unvisited", "residents")
"""Measures of `domain.maps` that the screen goes through, in this order: no care group is among them."""
WORST = 5
"""How many committees stand in the card of what lies overdue."""

Told = Callable[[int], int | None]
"""A count as a reader of totals is told it: rounded, None where it is small."""


class Run(NamedTuple):
    """An isolation case as the trend needs it: days as ISO text, "" where not known."""

    resident: str
    state: str
    start: str
    closed_on: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One small chart over the same days as the others. values: counts or whole percents; None: small, or not known.

    few: is the day's value withheld because it is small? whole: does the data of all committees that ever sent reach it?
    """

    key: str
    values: tuple[int | None, ...]
    few: tuple[bool, ...]
    whole: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies overdue at one committee: rounded counts by kind, as `domain.today.behind` names them."""

    id: str
    name: str
    overdue: int
    counts: Mapping[str, int]
    until: str
    old: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The figures beside every map of the screen; read once for all of them.

    at: when it was read (ISO). committees, sent, fresh: how many there are, ever sent something, and whose data is of today.
    totals, changes: figures by name, None where small. holds: is 昨日在管 + 新增 − 解除 − 转出 = 今日在管 true before
    rounding? behind: committees with something overdue, the furthest behind for its size first. silent: names of those
    whose data is old, never: of those that sent nothing. oldest, newest: 数据截至 (ISO).
    """

    name: str
    at: str
    rehearsal: bool
    committees: int
    sent: int
    fresh: int
    buildings: int
    totals: Mapping[str, int | None]
    changes: Mapping[str, int | None]
    holds: bool
    days: tuple[date, ...]
    trends: tuple[Trend, ...]
    behind: tuple[Behind, ...]
    silent: tuple[str, ...]
    never: tuple[str, ...]
    oldest: str = ""
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Slide:
    """One turn of the screen: the street's map by one measure, and the board."""

    key: str
    drawing: Drawing
    board: Board


# ---------------------------------------------------------------- counting days


def in_charge(runs: Iterable[Run], days: Sequence[date]) -> list[int]:
    """How many persons were in charge at the end of each day, by the days that people wrote.

    Who has two cases is one. An end without a day counts from its beginning on as ended: nobody knows better.
    """
    held: list[set[str]] = [set() for _ in days]
    for run in runs:
        if run.state not in (*IN_CHARGE, *ENDED) or not run.start:
            continue
        end = "9999" if run.state in IN_CHARGE else run.closed_on
        for number, day in enumerate(days):
            if run.start <= day.isoformat() < end:
                held[number].add(run.resident)
    return [len(each) for each in held]


def per_day(on: Iterable[str], days: Sequence[date]) -> list[int]:
    """How many of these days (ISO, or moments that begin so) fall on each."""
    found = Counter(each[:10] for each in on)
    return [found[day.isoformat()] for day in days]


class Reach(NamedTuple):
    """How far the data goes, day by day: of anybody, and of everybody who ever sent some."""

    any: tuple[bool, ...]
    all: tuple[bool, ...]


def reach(until: Iterable[str], days: Sequence[date]) -> Reach:
    """until: 数据截至 of the committees (ISO; "" for never)."""
    ends = [each[:10] for each in until if each]
    first, last = min(ends, default=""), max(ends, default="")
    return Reach(tuple(day.isoformat() <= last for day in days), tuple(day.isoformat() <= first for day in days))


def trend(key: str, counts: Sequence[int], reach: Reach, told: Told) -> Trend:
    """A chart of counts, as it may be shown. A day that no data reaches is unknown and never nothing."""
    said = [told(count) if known else None for count, known in zip(counts, reach.any, strict=True)]
    few = (value is None and known for value, known in zip(said, reach.any, strict=True))
    return Trend(key, tuple(said), tuple(few), reach.all)


def completion(days: Sequence[Day], reach: Reach) -> Trend:
    """Checks done of those owed, in whole percent; nothing where none was owed or the data does not reach."""
    shares = tuple(None if each.share is None else round(100 * each.share) for each in days)
    return Trend("checks", shares, (False,) * len(shares), reach.all)


def behind(units: Iterable[Unit]) -> tuple[Behind, ...]:
    """Committees of which something overdue may be told. units: suppressed, the furthest behind first."""
    return tuple(
        Behind(each.id, each.name, each.overdue, dict(each.backlog), each.until, each.old)
        for each in units
        if each.overdue
    )
