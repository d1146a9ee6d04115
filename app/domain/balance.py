"""昨日在管 + 新增 − 解除 − 转出 = 今日在管, and the people who break it.

Yesterday's figure is what was known at yesterday's cut-off, today's what is known at today's; what was opened
and ended goes by the days that people wrote. So whatever is keyed late or changed afterwards shows as a break.
Persons are counted, not cases: who has two of them in charge is one, and is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime

IN_CHARGE = ("在管", "待结果", "期满待解除")
RELEASED = ("已解除",)
MOVED_OUT = ("转集中", "转院", "转出")


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a case at a moment. since: when it was first keyed; changed: when its state was last written.

    moved_in: the person came from another committee.
    """

    case: str
    resident: str
    start: date
    state: str
    since: datetime
    changed: datetime
    closed_on: date | None = None
    moved_in: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """Ids of cases on each side of the equation."""

    yesterday: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    moved_out: frozenset[str] = frozenset()
    today: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Balance:
    """figures: persons, by the names of COUNTS; holds: is the equation true? breakers: (id, reason code), also where they
    cancel. doubles: one case of each person who has several in charge."""

    figures: Mapping[str, int]
    holds: bool
    breakers: tuple[tuple[str, str], ...] = field(default=())
    doubles: tuple[str, ...] = ()


def balance(
    yesterday: Set[str], today: Set[str], opened: Set[str], released: Set[str], moved_out: Set[str],
    why: Mapping[str, str] | None = None,
) -> Balance:  # fmt: skip
    """Check the equation. why: id -> reason code for those who break it; "balance-other" where it says none."""
    figures = {
        "昨日在管": len(yesterday), "今日新增": len(opened), "解除": len(released), "转出": len(moved_out),
        "今日在管": len(today),
    }  # fmt: skip
    holds = len(yesterday) + len(opened) - len(released) - len(moved_out) == len(today)
    everybody = sorted({*yesterday, *today, *opened, *released, *moved_out})
    breakers = tuple(
        (each, (why or {}).get(each, "balance-other"))
        for each in everybody
        if (each in yesterday) + (each in opened) - (each in released) - (each in moved_out) != (each in today)
    )
    return Balance(figures, holds, breakers)


def sides(before: Mapping[str, Known], now: Mapping[str, Known], cutoff: datetime, previous: datetime) -> Sides:
    """Where each case stands. before, now: what was known at the previous cut-off and at this one, by case."""
    day, day_before = cutoff.date(), previous.date()
    yesterday = frozenset(case for case, known in before.items() if _in_charge(known, day_before))
    today = frozenset(case for case, known in now.items() if _in_charge(known, day))
    opened: set[str] = set()
    released: set[str] = set()
    moved_out: set[str] = set()
    for case, known in now.items():
        if case not in yesterday and _opens(known, before.get(case), day, previous):
            opened.add(case)
        if known.state in (*RELEASED, *MOVED_OUT) and _ends(known, before.get(case), day, previous):
            (released if known.state in RELEASED else moved_out).add(case)
    return Sides(yesterday, frozenset(opened), frozenset(released), frozenset(moved_out), today)


def by_person(found: Sides, resident: Mapping[str, str]) -> Sides:
    """The sides with each person's cases seen as one. resident: whose a case is.

    A second case that opens while the first runs is nobody new, and one of two that ends releases nobody.
    """
    mine: dict[str, set[str]] = {}
    for case in sorted({*found.yesterday, *found.opened, *found.released, *found.moved_out, *found.today}):
        mine.setdefault(resident[case], set()).add(case)
    dropped: dict[str, set[str]] = {"opened": set(), "released": set(), "moved_out": set()}
    for cases in mine.values():
        if len(cases) < 2:
            continue
        was, is_now = not cases.isdisjoint(found.yesterday), not cases.isdisjoint(found.today)
        opens = not cases.isdisjoint(found.opened)
        ends = not (cases.isdisjoint(found.released) and cases.isdisjoint(found.moved_out))
        both = opens and ends
        if was and not (is_now and both):
            dropped["opened"] |= cases
        if is_now and not (was and both):
            dropped["released"] |= cases
            dropped["moved_out"] |= cases
        if was and is_now and not both:
            dropped["opened"] |= cases
        if not cases.isdisjoint(found.released):
            dropped["moved_out"] |= cases  # one person leaves once
    return Sides(
        found.yesterday, found.opened - dropped["opened"], found.released - dropped["released"],
        found.moved_out - dropped["moved_out"], found.today,
    )  # fmt: skip


def _in_charge(known: Known, day: date) -> bool:
    return known.state in IN_CHARGE and known.start <= day


def _opens(known: Known, was: Known | None, day: date, previous: datetime) -> bool:
    """Did it begin today, or yesterday after the cut-off and was keyed that same evening?"""
    if known.state == "待接" or known.start > day:
        return False
    if was is not None:
        return (was.state == "待接" and known.state in IN_CHARGE) or (was.state in IN_CHARGE and known.start == day)
    evening = known.start == previous.date() and known.since.date() == known.start
    return known.start == day or evening


def _ends(known: Known, was: Known | None, day: date, previous: datetime) -> bool:
    """Did it end today, or yesterday after the cut-off and was keyed that same evening?"""
    if was is not None and was.state == known.state and was.closed_on == known.closed_on:
        return False  # ended before
    ended = known.closed_on or known.changed.date()
    return ended >= day or (ended == previous.date() and known.changed.date() == ended)


def reasons(
    before: Mapping[str, Known], now: Mapping[str, Known], cutoff: datetime, previous: datetime
) -> Mapping[str, str]:
    """Why a case would break the equation: case -> code of `app.words`. Only those who do are asked for it."""
    return {case: _reason(before.get(case), now.get(case), cutoff.date(), previous.date()) for case in {*before, *now}}


def _reason(was: Known | None, known: Known | None, day: date, day_before: date) -> str:
    if known is None:
        return "balance-deleted"
    ended = known.state in (*RELEASED, *MOVED_OUT)
    if was is None:
        if known.moved_in:
            return "balance-moved-in"
        return "balance-unseen" if ended else "balance-late"
    if was.state in (*RELEASED, *MOVED_OUT) and not ended:
        return "balance-reopened"
    if was.start != known.start:
        return "balance-start-changed"
    if ended and _in_charge(was, day_before):
        return "balance-late-end"
    if ended:
        return "balance-unseen"
    return "balance-other"


def of(
    before: Mapping[str, Known], now: Mapping[str, Known], cutoff: datetime, previous: datetime,
    said: Mapping[str, str] | None = None,
) -> Balance:  # fmt: skip
    """The balance of the persons in the cases known at two cut-offs; its breakers and doubles are named by a case.

    said: case -> reason code where whoever calls knows better: a person who was removed, or left what is counted.
    """
    by_case = sides(before, now, cutoff, previous)
    resident = {case: known.resident for some in (before, now) for case, known in some.items()}
    why = {**reasons(before, now, cutoff, previous), **(said or {})}
    found = by_person(by_case, resident)
    yesterday, today, opened, released, moved_out = (
        frozenset(resident[case] for case in side)
        for side in (found.yesterday, found.today, found.opened, found.released, found.moved_out)
    )
    apart = balance(by_case.yesterday, by_case.today, by_case.opened, by_case.released, by_case.moved_out)
    case_of = {resident[case]: case for case in sorted(resident, reverse=True)}
    case_of |= {resident[case]: case for case, _ in reversed(apart.breakers)}
    reason = {person: why[case] for person, case in case_of.items()}
    made = balance(yesterday, today, opened, released, moved_out, reason)
    breakers = sorted((case_of[person], code) for person, code in made.breakers)
    doubles = {
        min(case for case in side if resident[case] == person)
        for side in (found.yesterday, found.today)
        for person, count in Counter(resident[case] for case in side).items() if count > 1
    }  # fmt: skip
    return Balance(made.figures, made.holds, tuple(breakers), tuple(sorted(doubles)))
