"""How the work goes, in figures that can be compared: done of what was owed, how soon it was keyed, what lies overdue.

Committees differ in size, so what lies overdue is told per 1,000 residents (实有人口) as well. What is not known is None and
never nothing: a committee whose data stops on Monday has no figures for Tuesday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.suppression import FEW

DAYS = 14
"""Length of the trend and of the span that completion is counted over."""


@dataclass(frozen=True, slots=True)
class Day:
    """Checks of one day. owed: None where the data does not reach that day."""

    on: date
    owed: int | None = None
    done: int = 0

    @property
    def share(self) -> float | None:
        return share(self.done, self.owed)


@dataclass(frozen=True, slots=True)
class Unit:
    """Figures of a committee, a group, or a building.

    until: 数据截至 (ISO, "" for never). old: so old that it is marked. residents: 实有人口; isolating: people whose case
    runs. keyed, prompt: checks of which is known when they were keyed, and those keyed on their own day. backlog: overdue
    things by kind, as `domain.today.behind` counts them. hidden: so few isolate that no share is told; small: so little lies
    overdue that it is not told (readers without level 2).
    """

    id: str
    name: str
    group: str = ""
    until: str = ""
    old: bool = False
    residents: int | None = None
    isolating: int | None = None
    keyed: int = 0
    prompt: int = 0
    backlog: Mapping[str, int] = field(default_factory=dict)
    trend: tuple[Day, ...] = ()
    hidden: bool = False
    small: bool = False

    @property
    def never(self) -> bool:
        """Did it never send anything?"""
        return not self.until

    @property
    def owed(self) -> int:
        return sum(day.owed or 0 for day in self.trend)

    @property
    def done(self) -> int:
        return sum(day.done for day in self.trend if day.owed is not None)

    @property
    def completion(self) -> float | None:
        """Checks done of those owed; None where none was owed, or where it would tell of few people."""
        return None if self.hidden or self.never else share(self.done, self.owed)

    @property
    def promptness(self) -> float | None:
        """Of the checks whose keying is known, those keyed on their own day."""
        return None if self.hidden or self.never else share(self.prompt, self.keyed)

    @property
    def overdue(self) -> int | None:
        """All that lies overdue; those who lack two checks are counted among the households that lack one."""
        if self.never or self.small:
            return None
        return sum(count for kind, count in self.backlog.items() if kind != "check-twice")

    @property
    def per_thousand(self) -> float | None:
        """Overdue things per 1,000 residents (实有人口)."""
        return per_thousand(self.overdue, self.residents)


def share(part: int, whole: int | None) -> float | None:
    """Between 0 and 1; None of nothing."""
    return part / whole if whole else None


def per_thousand(count: int | None, residents: int | None) -> float | None:
    """None where either is not known or nobody lives there."""
    return None if count is None or not residents else 1000 * count / residents


def days(today: date, length: int = DAYS) -> list[date]:
    """The days of a trend, the oldest first, today the last."""
    return [today - timedelta(days=back) for back in range(length - 1, -1, -1)]


def together(id_: str, name: str, units: Iterable[Unit]) -> Unit:
    """The figures of several as those of one; committees that never sent are not counted as nothing: they are left out.

    until: of the one whose data is oldest, since a sum is no newer than its oldest part.
    """
    told = [each for each in units if not each.never]
    spans: dict[date, list[Day]] = {}
    backlog: dict[str, int] = {}
    for unit in told:
        for day in unit.trend:
            spans.setdefault(day.on, []).append(day)
        for kind, count in unit.backlog.items():
            backlog[kind] = backlog.get(kind, 0) + count
    trend = tuple(
        Day(on, sum(each.owed for each in those if each.owed is not None) if any(d.owed is not None for d in those) else None,
            sum(each.done for each in those if each.owed is not None))
        for on, those in sorted(spans.items())
    )  # fmt: skip
    return Unit(
        id_, name, "", min((each.until for each in told), default=""), any(each.old for each in told),
        _sum(each.residents for each in told), _sum(each.isolating for each in told), sum(each.keyed for each in told),
        sum(each.prompt for each in told), backlog, trend,
    )  # fmt: skip


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [each for each in counts if each is not None]
    return sum(known) if known else None


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """Who is furthest behind for its size comes first; those of whom nothing is known last, by name."""
    return sorted(units, key=lambda each: (each.never, -(each.per_thousand or 0.0), -(each.overdue or 0), each.name))


def suppressed(unit: Unit, told: Callable[[int], int | None]) -> Unit:
    """The same for a reader of totals: counts rounded, and shares of so few people not told at all."""
    few = unit.isolating is not None and 0 < unit.isolating < FEW
    trend = tuple(Day(day.on, None if few else day.owed, 0 if few else day.done) for day in unit.trend)
    return Unit(
        unit.id, unit.name, unit.group, unit.until, unit.old, _told(unit.residents, told), _told(unit.isolating, told),
        unit.keyed, unit.prompt, {kind: said for kind, count in unit.backlog.items() if (said := told(count)) is not None},
        trend, hidden=few, small=bool(unit.overdue) and told(unit.overdue or 0) is None,
    )  # fmt: skip


def _told(count: int | None, told: Callable[[int], int | None]) -> int | None:
    return None if count is None else told(count)
