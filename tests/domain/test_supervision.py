"""督查: shares and rates that compare fairly, and what is not known is never counted as nothing."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import access, supervision
from app.domain.supervision import Day, Unit

ON = date(2020, 5, 25)


def unit(name: str = "甲", **more: object) -> Unit:
    said = {
        "until": "2020-05-25T08:00:00+08:00",
        "residents": 4000,
        "isolating": 40,
        "trend": (Day(ON, 80, 72),),
    } | more
    return Unit(name, name, **said)  # type: ignore[arg-type]  # given by name


def test_completion_is_what_was_done_of_what_was_owed() -> None:
    assert unit().completion == 0.9
    assert unit(trend=(Day(ON, 0, 0),)).completion is None, "nothing was owed: no share"


def test_days_that_the_data_does_not_reach_count_neither_for_nor_against() -> None:
    assert unit(trend=(Day(ON, 80, 80), Day(date(2020, 5, 26), None, 0))).completion == 1.0


def test_a_small_committee_with_as_much_overdue_is_further_behind() -> None:
    small, large = (
        unit("小", residents=1000, backlog={"release": 4}),
        unit("大", residents=4000, backlog={"release": 4}),
    )
    assert (small.per_thousand, large.per_thousand) == (4.0, 1.0)
    assert [each.name for each in supervision.in_order([large, small])] == ["小", "大"]


def test_who_never_sent_has_no_figures_and_stands_last() -> None:
    silent = unit("默", until="", backlog={})
    assert (silent.never, silent.overdue, silent.completion, silent.per_thousand) == (True, None, None, None)
    assert [each.name for each in supervision.in_order([silent, unit()])] == ["甲", "默"]


def test_those_who_lack_two_checks_are_not_counted_twice() -> None:
    assert unit(backlog={"check": 5, "check-twice": 2, "release": 1}).overdue == 6


def test_together_is_no_newer_than_its_oldest_part_and_leaves_the_silent_out() -> None:
    found = supervision.together("", "全部", [
        unit("甲"), unit("乙", until="2020-05-20T08:00:00+08:00", old=True, residents=1000, trend=(Day(ON, None, 0),)),
        unit("默", until="", residents=None, trend=(Day(ON, None, 0),)),
    ])  # fmt: skip
    assert (found.until[:10], found.old, found.residents) == ("2020-05-20", True, 5000)
    assert (found.owed, found.done, found.completion) == (80, 72, 0.9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 9000)), min_size=1, max_size=12))
def test_sums_over_committees_are_those_of_the_parts(figures: list[tuple[int, int, int]]) -> None:
    units = [
        unit(str(n), residents=people, backlog={"release": late}, trend=(Day(ON, owed, min(owed, late)),))
        for n, (owed, late, people) in enumerate(figures)
    ]
    whole = supervision.together("", "全部", units)
    assert whole.overdue == sum(each.overdue or 0 for each in units)
    assert whole.owed == sum(each.owed for each in units) and whole.done <= whole.owed
    assert whole.completion is None or 0 <= whole.completion <= 1


def test_a_reader_of_totals_is_told_no_small_count_and_no_share_of_few() -> None:
    found = supervision.suppressed(
        unit(isolating=3, backlog={"release": 2}, trend=(Day(ON, 6, 5),)), lambda count: access.told(count, {"leader"})
    )
    assert (found.isolating, found.completion, found.overdue, dict(found.backlog)) == (None, None, None, {})
    assert found.trend[0].owed is None
    many = supervision.suppressed(unit(backlog={"release": 12}), lambda count: access.told(count, {"leader"}))
    assert (many.overdue, many.completion) == (10, 0.9)
