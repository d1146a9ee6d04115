"""What the wall screen counts by days, and that a day without data is never a day without anything."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain import access, wall
from app.domain.supervision import Day, days
from app.domain.wall import Run

TODAY = date(2020, 5, 25)
SPAN = days(TODAY)


def told(count: int) -> int | None:
    return access.told(count, {"leader"})


def run(resident: str, start: int, end: int | None = None, state: str = "") -> Run:
    """Days before today."""
    closed = "" if end is None else (TODAY - timedelta(days=end)).isoformat()
    return Run(
        resident, state or ("在管" if end is None else "已解除"), (TODAY - timedelta(days=start)).isoformat(), closed
    )


def test_a_case_is_in_charge_from_its_beginning_until_the_day_before_its_end() -> None:
    assert wall.in_charge([run("a", 4, 2)], SPAN)[-6:] == [0, 1, 1, 0, 0, 0]
    assert wall.in_charge([run("a", 4)], SPAN)[-6:] == [0, 1, 1, 1, 1, 1]


def test_somebody_with_two_cases_is_one_person() -> None:
    assert wall.in_charge([run("a", 4), run("a", 2), run("b", 1)], SPAN)[-4:] == [1, 1, 2, 2]


def test_who_has_not_arrived_or_whose_end_has_no_day_is_not_in_charge() -> None:
    assert sum(wall.in_charge([run("a", 4, state="待接"), Run("b", "已解除", TODAY.isoformat(), "")], SPAN)) == 0


def test_a_day_beyond_all_data_is_unknown_and_one_beyond_some_is_marked() -> None:
    reach = wall.reach(
        ["2020-05-25T09:00:00+08:00", "2020-05-24T09:00:00+08:00", ""], [*SPAN, TODAY + timedelta(days=1)]
    )
    assert reach.any[-3:] == (True, True, False)
    assert reach.all[-3:] == (True, False, False)
    made = wall.trend("arrived", [0] * 12 + [7, 0, 0], reach, told)
    assert made.values[-3:] == (5, 0, None)
    assert not any(made.few)


def test_nobody_sent_anything() -> None:
    assert not any(wall.reach([], SPAN).any)


def test_completion_is_unknown_where_none_was_owed() -> None:
    span = [Day(on, owed, done) for on, owed, done in zip(SPAN, [None, 0, 8] * 5, [0, 0, 6] * 5, strict=False)]
    reach = wall.reach([TODAY.isoformat()], SPAN)
    assert wall.completion(span, reach).values[:3] == (None, None, 75)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 20), st.none() | st.integers(0, 20))))
def test_a_chart_tells_no_small_count(cases: list[tuple[str, int, int | None]]) -> None:
    counts = wall.in_charge([run(*each) for each in cases], SPAN)
    made = wall.trend("in-charge", counts, wall.reach([TODAY.isoformat()], SPAN), told)
    for count, value, few in zip(counts, made.values, made.few, strict=True):
        assert few == (0 < count < 5)
        assert value in (None, 0) or (value % 5 == 0 and abs(value - count) <= 2)
