"""The daily balance: who stands on which side, and why somebody breaks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import balance as balancing
from app.domain.balance import Balance, Known
from app.words import knows

CUTOFF = datetime.fromisoformat("2020-05-25T16:00+08:00")
PREVIOUS = CUTOFF - timedelta(days=1)
LONG_AGO = PREVIOUS - timedelta(days=5)
TODAY = CUTOFF.date()
EARLIER = date(2020, 5, 18)
RUNNING = Known("案一", "王建国", EARLIER, "在管", LONG_AGO, LONG_AGO)


def of(before: Known | None, now: Known | None) -> Balance:
    def known(each: Known | None) -> dict[str, Known]:
        return {} if each is None else {each.case: each}

    return balancing.of(known(before), known(now), CUTOFF, PREVIOUS)


def numbers(found: Balance) -> list[int]:
    return [found.figures[name] for name in ("昨日在管", "今日新增", "解除", "转出", "今日在管")]


def new(start: date, keyed: str, state: str = "在管", closed: date | None = None) -> Known:
    at = datetime.fromisoformat(keyed)
    return Known("案一", "王建国", start, state, at, at, closed)


def ended(state: str, on: date | None, keyed: str = "2020-05-25T10:00+08:00") -> Known:
    return replace(RUNNING, state=state, closed_on=on, changed=datetime.fromisoformat(keyed))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (RUNNING, RUNNING, [1, 0, 0, 0, 1]),
        (None, new(TODAY, "2020-05-25T10:00+08:00"), [0, 1, 0, 0, 1]),
        (RUNNING, ended("已解除", TODAY), [1, 0, 1, 0, 0]),
        (RUNNING, ended("已解除", None), [1, 0, 1, 0, 0]),
        (RUNNING, ended("转院", TODAY), [1, 0, 0, 1, 0]),
        (RUNNING, ended("转集中", TODAY), [1, 0, 0, 1, 0]),
        (ended("已解除", date(2020, 5, 20)), ended("已解除", date(2020, 5, 20)), [0, 0, 0, 0, 0]),
        # begun and ended within the day
        (None, new(TODAY, "2020-05-25T10:00+08:00", "转院", TODAY), [0, 1, 0, 1, 0]),
        # yesterday evening, after the cut-off, keyed the same evening: that is no late keying
        (None, new(PREVIOUS.date(), "2020-05-24T20:00+08:00"), [0, 1, 0, 0, 1]),
        (RUNNING, ended("已解除", PREVIOUS.date(), "2020-05-24T21:00+08:00"), [1, 0, 1, 0, 0]),
        # fetched from the airport today
        (replace(RUNNING, state="待接"), RUNNING, [0, 1, 0, 0, 1]),
        # waits for a result, or for its release: still in charge
        (RUNNING, replace(RUNNING, state="期满待解除"), [1, 0, 0, 0, 1]),
        # keyed yesterday for today, and today for tomorrow
        (new(TODAY, "2020-05-24T10:00+08:00"), new(TODAY, "2020-05-24T10:00+08:00"), [0, 1, 0, 0, 1]),
        (None, new(date(2020, 5, 26), "2020-05-25T10:00+08:00"), [0, 0, 0, 0, 0]),
    ],
)  # fmt: skip
def test_a_case_keyed_in_time_keeps_the_balance(before: Known | None, now: Known | None, expected: list[int]) -> None:
    found = of(before, now)
    assert numbers(found) == expected
    assert found.holds and not found.breakers


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (None, new(EARLIER, "2020-05-25T10:00+08:00"), "balance-late"),
        (None, new(PREVIOUS.date(), "2020-05-25T08:00+08:00"), "balance-late"),
        (None, replace(new(EARLIER, "2020-05-25T10:00+08:00"), moved_in=True), "balance-moved-in"),
        (RUNNING, None, "balance-deleted"),
        (RUNNING, replace(RUNNING, start=date(2020, 5, 27)), "balance-start-changed"),
        (replace(RUNNING, start=date(2020, 5, 27)), RUNNING, "balance-start-changed"),
        (ended("已解除", date(2020, 5, 20)), RUNNING, "balance-reopened"),
        (None, new(EARLIER, "2020-05-25T10:00+08:00", "已解除", TODAY), "balance-unseen"),
        (RUNNING, ended("已解除", date(2020, 5, 22)), "balance-late-end"),
    ],
)  # fmt: skip
def test_what_was_keyed_late_or_changed_breaks_it_and_says_why(
    before: Known | None, now: Known | None, reason: str
) -> None:
    found = of(before, now)
    assert not found.holds
    assert found.breakers == (("案一", reason),)
    assert knows(reason)


def test_two_who_cancel_each_other_are_named_though_the_figures_agree() -> None:
    late = replace(new(EARLIER, "2020-05-25T10:00+08:00"), case="案二", resident="李秀英")
    found = balancing.of({"案一": RUNNING}, {"案二": late}, CUTOFF, PREVIOUS)
    assert numbers(found) == [1, 0, 0, 0, 1] and found.holds
    assert found.breakers == (("案一", "balance-deleted"), ("案二", "balance-late"))


IDS = st.sets(st.sampled_from("甲乙丙丁戊己"))


@given(IDS, IDS, IDS, IDS, IDS)
def test_without_breakers_the_equation_always_holds(
    yesterday: set[str], today: set[str], opened: set[str], released: set[str], moved: set[str]
) -> None:
    found = balancing.balance(yesterday, today, opened, released, moved)
    amount = len(yesterday) + len(opened) - len(released) - len(moved) - len(today)
    assert found.holds is (amount == 0)
    assert found.holds or found.breakers
    fixed = balancing.balance(
        yesterday, (yesterday | opened) - released, opened - yesterday, released & (yesterday | opened), set()
    )
    assert fixed.holds and not fixed.breakers


def test_one_person_with_two_cases_counts_once_whatever_the_second_does() -> None:
    second = replace(new(TODAY, "2020-05-25T10:00+08:00"), case="案二")
    over = replace(ended("已解除", TODAY), case="案一")
    for before, now, expected in (
        ({"案一": RUNNING}, {"案一": RUNNING, "案二": second}, [1, 0, 0, 0, 1]),
        ({"案一": RUNNING}, {"案一": over, "案二": second}, [1, 1, 1, 0, 1]),  # released, and in charge again
        ({"案一": RUNNING, "案二": replace(RUNNING, case="案二")}, {"案一": over, "案二": replace(RUNNING, case="案二")}, [1, 0, 0, 0, 1]),
        ({"案一": RUNNING, "案二": replace(RUNNING, case="案二")}, {"案一": over, "案二": replace(ended("转院", TODAY), case="案二")}, [1, 0, 1, 0, 0]),
    ):  # fmt: skip
        found = balancing.of(before, now, CUTOFF, PREVIOUS)
        assert (numbers(found), found.holds, found.breakers) == (expected, True, ())
    found = balancing.of({"案一": RUNNING}, {"案一": RUNNING, "案二": second}, CUTOFF, PREVIOUS)
    assert found.doubles == ("案一",)


@given(IDS, IDS, IDS, st.lists(st.sampled_from("张李王"), min_size=6, max_size=6))
def test_cases_in_balance_are_persons_in_balance(
    running: set[str], opened: set[str], ended_: set[str], whose: list[str]
) -> None:
    resident = dict(zip("甲乙丙丁戊己", whose, strict=True))
    opened = opened - running
    ended_ &= running | opened
    cases = balancing.Sides(
        frozenset(running), frozenset(opened), frozenset(ended_), frozenset(), frozenset((running | opened) - ended_)
    )
    found = balancing.by_person(cases, resident)
    persons = [
        {resident[case] for case in side} for side in (found.yesterday, found.today, found.opened, found.released)
    ]
    checked = balancing.balance(*persons, set())
    assert checked.holds and not checked.breakers
