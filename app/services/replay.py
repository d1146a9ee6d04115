"""时间轴: a measure of the map on every day of a span, as the ledger knew it at 24:00 (for today: now), and a map of one day.

What was known goes by when it was written, wherever that was. What stands on the map are today's places: of a building
that nobody had written of yet nothing was known, and of a committee before its first data neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from app.db import present, replaying
from app.db.connection import Connection
from app.domain import maps as words
from app.domain import replay as counting
from app.domain import shading as shades
from app.domain.access import level_of
from app.domain.clock import SHANGHAI
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.maps import PLAIN, Class, Drawing, Line, Shading, Thing
from app.domain.replay import MOST_DAYS, Told
from app.domain.visits import STALE_AFTER
from app.services import committees
from app.services.session import Session
from app.services.values import Values

NOTHING: Told = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a series. things: by id, without names and outlines. total, rate: of all; None where that is not told.

    until: time of the data of a committee's map. elsewhere: counted, but in no building of the map.
    """

    things: Mapping[str, Thing]
    total: int | None
    rate: float | None = None
    elsewhere: int = 0
    until: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A measure over a span; classes: the same on every day, so that colours can be compared. id: as the map's own."""

    level: str
    id: str
    colour: str
    first: date
    days: tuple[Day, ...]
    classes: tuple[Class, ...]
    shading: Shading = PLAIN
    today: date = date.max

    @property
    def last(self) -> date:
        return self.first + timedelta(len(self.days) - 1)

    @property
    def totals(self) -> tuple[int | None, ...]:
        """For the curve over the span."""
        return tuple(day.total for day in self.days)

    def of(self, day: date) -> Day:
        """Raises UserError("replay-outside")."""
        if not self.first <= day <= self.last:
            raise UserError(
                "replay-outside", day=day.isoformat(), first=self.first.isoformat(), last=self.last.isoformat()
            )
        return self.days[(day - self.first).days]


@dataclass(slots=True)
class _Span:
    """What is asked for: of which days, and how long the work may go on."""

    session: Session
    connection: Connection
    colour: str
    first: date
    last: date
    days: int
    cancelled: Cancelled = never
    dates: list[date] = field(init=False)

    def __post_init__(self) -> None:
        self.dates = [self.first + timedelta(number) for number in range((self.last - self.first).days + 1)]

    def end_of(self, day: date) -> datetime:
        """24:00 of a day; of today, now."""
        return min(self.session.now(), datetime.combine(day + timedelta(1), time(), SHANGHAI))


def series(
    session: Session, level: str, ref: str, colour: str, *, first: date, last: date, days: int = STALE_AFTER,
    shading: Shading = PLAIN, progress: Progress = quiet, cancelled: Cancelled = never,
) -> Series:  # fmt: skip
    """The measure of every thing of a map on every day, both ends included. ref: the id that the map itself bears.

    Raises UserError: replay-span, replay-future, measure-unknown, map-level, path-unknown, committee-unknown, cancelled;
    Refused.
    """
    session.require("maps.read")
    measure = words.measure(colour)
    shading = words.shading_for(measure, shading)
    today = session.now().date()
    if last > today:
        raise UserError("replay-future", day=last.isoformat(), today=today.isoformat())
    if not 0 <= (last - first).days < MOST_DAYS:
        raise UserError("replay-span", first=first.isoformat(), last=last.isoformat(), most=MOST_DAYS)
    with session.db.reading() as connection:
        span = _Span(session, connection, colour, first, last, days, cancelled)
        if level in ("street", "group"):
            made = _street(span, ref if level == "group" else "", shading, progress)
        elif level in ("committee", "estate"):
            made = _estates(span, level, ref)
        else:
            raise UserError("map-level", level=level)
    exact = [things for things, *_ in made]
    told = _told(session, exact, [lived for _, lived, *_ in made], shading)
    every = [thing for things in told for thing in things]
    classes = words.legend(every, words.palette_of(measure, shading), shading)[0]
    kept = tuple(_day(session, things, each, shading) for things, each in zip(told, made, strict=True))
    return Series(level, ref, colour, first, kept, classes, shading, today)


_Made = tuple[list[Thing], dict[str, int | None], int, str]
"""Of a day: things, who live in them, how much is elsewhere, until."""


def _counted(span: _Span, committee: str) -> Iterator[tuple[dict[counting.Place, Told], frozenset[str], str]]:
    """For each day: what every building counts, which buildings were known, and until when the committee had written."""
    session = span.session
    today = session.now().date()
    but = session.device if session.role == "centre" else ""
    heard = replaying.heard(span.connection, committee, but=but)
    rows = replaying.days(
        span.connection, committee, counting.columns(span.colour), span.first, today, cancelled=span.cancelled
    )
    state = counting.Counting(span.colour, span.days)
    for day in span.dates:
        check(span.cancelled)
        state.take(rows.pop(day, ()))
        until = max((at for on, at in heard if on <= day.isoformat() or day == today), default="")
        yield state.on(day), frozenset(state.buildings), until


# ---------------------------------------------------------------- the street


def _street(span: _Span, group: str, shading: Shading, progress: Progress) -> list[_Made]:
    session, connection = span.session, span.connection
    known = committees.known(session, connection)
    if group:
        known = [row for row in known if row.get("group") == group]
    made: list[_Made] = [([], {}, 0, "") for _ in span.dates]
    for number, row in enumerate(known):
        progress(number, len(known), "replay-reading")
        for (things, lived, *_), thing, people in zip(made, *_committee(span, row), strict=True):
            things.append(thing)
            lived[thing.id] = people
    if shading.areas == "committee" or group:
        return made
    groups = {row["id"] for row in present.where(connection, session.committee_id, "group")}
    of = {row["id"]: str(row.get("group")) for row in known if row.get("group") in groups}
    return [(*_united(things, lived, of), 0, "") for things, lived, *_ in made]


def _united(
    things: Sequence[Thing], lived: Mapping[str, int | None], of: Mapping[str, str]
) -> tuple[list[Thing], dict[str, int | None]]:
    """The committees of each group as one, as the street's map puts them together. of: committee -> its group."""
    made, people = [thing for thing in things if thing.id not in of], dict(lived)
    for group in dict.fromkeys(of.values()):
        some = [thing for thing in things if of.get(thing.id) == group]
        made.append(words.united(some, group, "", {}))
        told = [count for thing in some if (count := lived[thing.id]) is not None]
        people[group] = sum(told) if told else None
    return made, people


def _committee(span: _Span, row: Values) -> tuple[list[Thing], list[int | None]]:
    """A committee on every day, and who lived there."""
    things: list[Thing] = []
    lived: list[int | None] = []
    for day, (counts, _, until) in zip(span.dates, _counted(span, row["id"]), strict=True):
        known = bool(until) or (span.colour == "incidents" and any(told[0] for told in counts.values()))
        value, people, here = (sum(each) for each in zip(NOTHING, *counts.values(), strict=True))
        things.append(Thing(
            row["id"], "committee", "", {}, value=value if known else None, people=people if until else None,
            until=until, old=words.is_old(until, span.end_of(day)),
        ))  # fmt: skip
        lived.append(here if until else None)
    return things, lived


# ---------------------------------------------------------------- estates and their buildings


def _estates(span: _Span, level: str, ref: str) -> list[_Made]:
    committee = _committee_of(span, level, ref)
    here = [
        row["id"] for row in present.outlines(span.connection, committee) if level == "committee" or row["estate"] == ref
    ]  # fmt: skip
    made: list[_Made] = []
    for day, (counts, known, until) in zip(span.dates, _counted(span, committee), strict=True):
        old = words.is_old(until, span.end_of(day))
        things = [_building(row, counts.pop(row, NOTHING) if until and row in known else None, until if old else "")
                  for row in here]  # fmt: skip
        lived = {thing.id: told[2] if told else None for thing, told in things}
        counting_more = level == "committee" and (until or span.colour == "incidents")
        elsewhere = sum(told[0] for told in counts.values()) if counting_more else 0
        made.append(([thing for thing, _ in things], lived, elsewhere, until))
    return made


def _building(row: str, told: Told | None, until: str) -> tuple[Thing, Told | None]:
    if told is None:
        return Thing(row, "building", "", {}), None
    return Thing(row, "building", "", {}, value=told[0], people=told[1], until=until, old=bool(until)), told


def _committee_of(span: _Span, level: str, ref: str) -> str:
    if level == "committee":
        if ref in {row["id"] for row in committees.known(span.session, span.connection)}:
            return ref
        raise UserError("committee-unknown", name=ref)
    committee = span.session.committee_of(span.connection, "estate", ref)
    if present.one(span.connection, committee, "estate", ref) is None:
        raise UserError("path-unknown", path=ref)
    return committee


# ---------------------------------------------------------------- who is told what


def _told(
    session: Session, exact: Sequence[Sequence[Thing]], lived: Sequence[Mapping[str, int | None]], shading: Shading
) -> Sequence[Sequence[Thing]]:
    rated = shading.per == "thousand"
    if level_of(session.roles) >= 2:
        return [words.rated(things, people) if rated else things for things, people in zip(exact, lived, strict=True)]
    return counting.steadily(exact, [
        words.rated_withheld(things, people) if rated else words.withheld(things)
        for things, people in zip(exact, lived, strict=True)
    ])  # fmt: skip


def _day(
    session: Session, things: Sequence[Thing], made: _Made, shading: Shading
) -> Day:  # fmt: skip
    """things: as they are told; made: as they are."""
    exact, lived, elsewhere, until = made
    entitled = level_of(session.roles) >= 2
    whole = words.total(things) if any(thing.value is not None for thing in things) else None
    rate = _rate(exact, lived) if entitled and shading.per == "thousand" else None
    elsewhere = elsewhere if entitled else 0
    total = None if whole is None else whole + elsewhere
    return Day({thing.id: thing for thing in things}, total, rate, elsewhere, until)


def _rate(things: Sequence[Thing], lived: Mapping[str, int | None]) -> float | None:
    """Of all of which the figure and the people are known."""
    known = [(thing.value, people) for thing in things if thing.value is not None and (people := lived.get(thing.id))]
    return shades.rate(sum(value for value, _ in known), sum(people for _, people in known)) if known else None


# ---------------------------------------------------------------- the map of a day


def on(series: Series, drawing: Drawing, day: date) -> Drawing:
    """The same map with a day's figures; its classes and colours are those of the whole span, its legend counts that day.

    A thing that the series does not know of is unknown. Raises UserError("replay-outside").
    """
    then = series.of(day)
    things = tuple(_as_of(thing, then) for thing in (*drawing.things, *drawing.aside))
    shown, aside = words.having(things) if drawing.only else (things, ())
    classes, lines = _legend(things, shown, series)
    times = [each.until for each in things if each.until] if drawing.level in ("street", "group") else []
    return replace(
        drawing, things=shown, aside=aside, classes=classes, legend=lines, total=then.total, rate=then.rate,
        elsewhere=then.elsewhere, until=min(times, default=then.until), newest=max(times, default=then.until),
        shading=series.shading, day="" if day == series.today else day.isoformat(),
    )  # fmt: skip


def _as_of(thing: Thing, then: Day) -> Thing:
    held = then.things.get(thing.id)
    if held is None:
        return replace(thing, value=None, rate=None, people=None, few=False, until="", old=False)
    return replace(
        thing, value=held.value, rate=held.rate, people=held.people, few=held.few, until=held.until, old=held.old,
        members=held.members, missing=held.missing,
    )  # fmt: skip


def _legend(
    things: Sequence[Thing], shown: Sequence[Thing], series: Series
) -> tuple[tuple[Class, ...], tuple[Line, ...]]:
    """The span's classes, and what falls into each on a day. One that came after the series was read is unknown."""
    classes = series.classes
    if any(_is_unknown(each, series) for each in things) and not any(each.kind == "unknown" for each in classes):
        classes = (*classes, Class("unknown", shades.UNKNOWN))
    into: dict[Class, list[Thing]] = {each: [] for each in classes}
    for thing in shown:
        into[words.class_of(thing, classes, series.shading.per)].append(thing)
    return classes, tuple(Line(cls, len(some), _people(some)) for cls, some in into.items())


def _is_unknown(thing: Thing, series: Series) -> bool:
    return not thing.few and words.figure_of(thing, series.shading.per) is None


def _people(things: Sequence[Thing]) -> int | None:
    told = [thing.people for thing in things if thing.people is not None]
    return sum(told) if len(told) == len(things) else None
