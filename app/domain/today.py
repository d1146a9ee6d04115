"""What is due: the kinds of things that wait, how urgent each is, and how many single things become few lines.

Nobody may be forgotten, and 120 households that want an evening check must not be 120 lines: what is ordinary is
folded into one line that opens the place where it is done, what is late or alarming stands by itself (ui.md, 今日).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from app.domain.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Kind:
    """section: beside which section of the window it counts. late, soon: urgency when overdue and before; lower is sooner.

    single: how many of it stand by themselves before the rest is one line; 0: always one line.
    """

    section: str
    late: int
    soon: int
    single: int = 8


KINDS: dict[str, Kind] = {
    # The order is assumed from what a forgotten one costs: a life, a law, a neighbour's patience, a figure [mem].
    "alert": Kind("isolation", 0, 0),
    "incident-urgent": Kind("incidents", 2, 6),
    "check-twice": Kind("isolation", 4, 4),
    "arrival": Kind("isolation", 8, 44, 6),
    "incident": Kind("incidents", 10, 30),
    "stub": Kind("isolation", 12, 40, 6),
    "release": Kind("isolation", 14, 24, 8),
    "check": Kind("isolation", 16, 22, 0),
    "test": Kind("isolation", 18, 26, 4),
    "result": Kind("isolation", 20, 46, 4),
    "move-out": Kind("decisions", 28, 52, 6),
    "move-in": Kind("decisions", 28, 50, 6),
    "errand": Kind("isolation", 32, 42, 4),
    "task": Kind("today", 33, 43, 4),
    "care": Kind("care", 34, 48, 4),
    "behind": Kind("today", 9, 36, 60),
    "old": Kind("sync", 38, 41, 6),
    "shift-note": Kind("today", 45, 45),
    "review": Kind("today", 39, 54, 3),
    "bundle": Kind("sync", 56, 64, 3),
    "conflict": Kind("decisions", 70, 70, 0),
    "doubtful": Kind("decisions", 72, 72, 0),
    "ending": Kind("isolation", 80, 80, 2),
    "stale": Kind("visits", 90, 90, 0),
}
"""kind -> how it counts."""
BESIDE = frozenset({"doubtful", "conflict", "review", "shift-note"})
"""Kinds that have a place of their own beside the list of the page, and are no lines of it."""

AM_BY, PM_BY, PM_FROM = time(12), time(20), time(12)
"""By when the two checks of a day are owed, and from when the evening's is asked for [mem]; `owed_by` says the same."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. due: when it should be done by (ISO day or moment, "" if it has no time).

    said: what its sentence needs. where: section of the window and what its desk is handed. workers: names of those
    whose it is. now: of a check, whether the one that is asked for at this hour is missing.
    """

    kind: str
    entity: str = ""
    id: str = ""
    committee: str = ""
    resident: str = ""
    household: str = ""
    building: str = ""
    name: str = ""
    path: str = ""
    state: str = ""
    due: str = ""
    overdue: bool = False
    what: str = ""
    code: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    where: tuple[str, Mapping[str, Any]] = ("today", {})
    workers: tuple[str, ...] = ()
    now: bool = False

    @property
    def section(self) -> str:
        return KINDS[self.kind].section

    @property
    def urgency(self) -> int:
        return urgency(self.kind, self.overdue)


def urgency(kind: str, overdue: bool) -> int:
    """How soon something of a kind must be done; lower is sooner."""
    return KINDS[kind].late if overdue else KINDS[kind].soon


def order(item: Item) -> tuple[Any, ...]:
    """The most urgent first, then what was due first, then by place; of things without a time, last."""
    return item.urgency, item.due or "9999", item.path, item.name, item.id


def sorted_(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=order)


def is_mine(item: Item, buildings: frozenset[str], worker: str) -> bool:
    """Is it in one of the worker's buildings or under its name? What lies nowhere and is nobody's is everybody's."""
    if worker in item.workers or item.building in buildings:
        return True
    return not item.building and not item.household and not any(item.workers)


# ---------------------------------------------------------------- checks


def asked_slot(now: datetime) -> str:
    """Which check of the day is asked for at this hour."""
    return "pm" if now.astimezone(SHANGHAI).time() >= PM_FROM else "am"


def due_at(day: date, slot: str) -> datetime:
    """By when a check is owed."""
    return datetime.combine(day, PM_BY if slot == "pm" else AM_BY, SHANGHAI)


def moment_of(on: date, now: datetime) -> datetime:
    """The moment a day is looked at: this one today, the day's end on another day."""
    here = now.astimezone(SHANGHAI)
    return here if on == here.date() else datetime.combine(on, time(23, 59), SHANGHAI)


# ---------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: a single thing, or several folded. count: things, or households of checks.

    code: of its sentence, with `said`; "" where the item's own `what` is said.
    """

    items: tuple[Item, ...]
    urgency: int
    overdue: bool
    count: int
    where: tuple[str, Mapping[str, Any]]
    code: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> Item:
        return self.items[0]


def lines(items: Sequence[Item], now: datetime) -> list[Line]:
    """The lines of a page: ordinary things folded by kind, late and alarming ones by themselves, in order."""
    found: list[Line] = []
    by_kind: dict[tuple[str, bool], list[Item]] = {}
    found += [_told(each) for each in items if each.code.startswith(COUNTED)]
    items = [each for each in items if not each.code.startswith(COUNTED)]  # a count that is told: nothing to fold
    for item in items:
        if item.kind != "check" or not item.said.get("missing"):
            by_kind.setdefault((item.kind, item.overdue), []).append(item)
    for (kind, overdue), those in by_kind.items():
        single, homes = KINDS[kind].single, _by_household(kind, those)
        keep = len(homes) if len(homes) <= single + 1 and single else single
        found += [_single(each) for each in homes[:keep]]
        if rest := [each for home in homes[keep:] for each in home]:
            found.append(_folded(kind, overdue, rest, more=keep > 0))
    found += _check_lines([each for each in items if each.kind in ("check", "check-twice")], now)
    return sorted(found, key=lambda line: (line.urgency, line.first.due or "9999", line.first.path))


def listed(items: Sequence[Item], now: datetime) -> list[Line]:
    """The lines of the page's list: what has no place of its own beside it. The window's numbers count these."""
    return [line for line in lines(items, now) if line.first.kind not in BESIDE]


FILTERS = {
    "alert": "alert",
    "check": "alert",
    "check-twice": "alert",
    "release": "due",
    "result": "result",
    "ending": "today",
}
"""Kinds of cases -> the filter of the list of cases that shows them."""
TOGETHER = frozenset({"check-twice", "release", "ending", "test", "result"})
"""Kinds of which a household is one line."""


def _by_household(kind: str, items: list[Item]) -> list[list[Item]]:
    found: dict[str, list[Item]] = {}
    for each in items:
        key = each.household if kind in TOGETHER and each.household else f"{each.entity}/{each.id}/{len(found)}"
        found.setdefault(key, []).append(each)
    return list(found.values())


def _told(item: Item) -> Line:
    """A count, with its own sentence."""
    return Line((item,), item.urgency, item.overdue, 1, item.where, "", item.said)


def _single(items: list[Item]) -> Line:
    """One thing, or one household."""
    first = items[0]
    said = {**first.said, "name": first.name, "count": len(items)}
    code = f"today-home-{first.kind}" if len(items) > 1 else ""
    return Line(tuple(items), first.urgency, first.overdue, 1, first.where, code, said)


def _folded(kind: str, overdue: bool, items: list[Item], *, more: bool) -> Line:
    first = items[0]
    page = {key: value for key, value in first.where[1].items() if key == "page"}
    where = (first.where[0], page | ({"only": FILTERS[kind]} if kind in FILTERS else {}))
    said = {"count": len(items), "more": "另有 " if more else ""}
    return Line(tuple(items), urgency(kind, overdue), overdue, len(items), where, f"today-many-{kind}", said)


def _check_lines(items: list[Item], now: datetime) -> list[Line]:
    """One line for the check that is asked for now, one for each earlier one with gaps, whoever they are."""
    slot, today = asked_slot(now), now.astimezone(SHANGHAI).date()
    asked = [each for each in items if each.now]
    found = []
    if asked:
        found.append(_round(asked, today, slot, overdue=now >= due_at(today, slot), earlier=False))
    before: dict[tuple[str, str], list[Item]] = {}
    for each in items:
        for day, of in each.said.get("missing", ()):
            if (day, of) != (today.isoformat(), slot):
                before.setdefault((day, of), []).append(each)
    recent = sorted(before, reverse=True)[:EARLIER]
    found += [_round(before[key], date.fromisoformat(key[0]), key[1], overdue=True, earlier=True) for key in recent]
    if rest := {each.id: each for key in before if key not in recent for each in before[key]}:
        oldest = _folded("check", True, list(rest.values()), more=False)
        found.append(replace(oldest, urgency=oldest.urgency + 2))  # below the rounds that can be keyed at once
    return found


EARLIER = 2
"""How many earlier rounds with gaps have a line each; still earlier ones share one."""


def _round(items: list[Item], day: date, slot: str, *, overdue: bool, earlier: bool) -> Line:
    households = len({each.household or each.id for each in items})
    where = ("isolation", {"page": "round", "on": day.isoformat(), "slot": slot})
    first = replace(items[0], due=due_at(day, slot).isoformat(timespec="seconds"))
    level = urgency("check", overdue) + (1 if earlier else 0)
    code = f"today-round-{'earlier' if earlier else 'now'}-{slot}"
    said = {"count": households, "day": day.isoformat(), "people": len(items)}
    return Line((first, *items[1:]), level, overdue, households, where, code, said)


# ---------------------------------------------------------------- for who sees no person, and for the street


COUNTED = "today-count-"
"""How the codes of items begin that are a count of people, told to whoever sees none of them."""


def counted(items: Iterable[Item], few: Callable[[int], int | None]) -> list[Item]:
    """The same as counts that name nobody: one item a kind. few: a count as this reader is told it."""
    by_kind: dict[tuple[str, bool], int] = Counter((each.kind, each.overdue) for each in items)
    return [
        Item(kind, overdue=overdue, code=COUNTED + kind, said={"count": few(count)},
             where=("today", {"page": "supervision"}))
        for (kind, overdue), count in by_kind.items()
    ]  # fmt: skip


BEHIND = ("alert", "check-twice", "check", "release", "arrival", "test", "result", "incident", "errand", "care", "stub")
"""What a committee may be behind with, in the order in which it is told; urgent incidents count as incidents."""


def behind(items: Iterable[Item]) -> dict[str, int]:
    """How many overdue things of each kind; of checks the households that lack one, those that lack two among them."""
    found: Counter[str] = Counter()
    homes: set[str] = set()
    for each in items:
        if not each.overdue:
            continue
        kind = "incident" if each.kind == "incident-urgent" else each.kind
        if kind in ("check", "check-twice"):
            homes.add(each.household or each.id)
        if kind != "check" and kind in BEHIND:
            found[kind] += 1
    if homes:
        found["check"] = len(homes)
    return {kind: found[kind] for kind in BEHIND if found[kind]}
