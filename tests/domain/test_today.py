"""今日: nothing is left out of the lines, the most urgent stands first, and 120 households are not 120 lines."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import notice_times, today
from app.domain.clock import SHANGHAI
from app.domain.findings import UserError
from app.domain.today import KINDS, Item

EVENING = datetime(2020, 5, 25, 21, 0, tzinfo=SHANGHAI)
TODAY = "2020-05-25"


def check(number: int, *missing: tuple[str, str], kind: str = "check", household: str = "") -> Item:
    """A case that lacks these checks; its household has the number unless another is named."""
    return Item(
        kind, "isolation_case", f"case-{number}", household=household or f"home-{number}", name=f"居民{number}",
        overdue=True, due="2020-05-25T20:00:00+08:00", code="today-check", said={"missing": missing},
        now=(TODAY, "pm") in missing,
    )  # fmt: skip


PM, AM, BEFORE = (TODAY, "pm"), (TODAY, "am"), ("2020-05-24", "pm")


def test_a_hundred_households_without_the_evening_check_are_one_line_that_opens_the_round() -> None:
    found = today.lines([check(n, PM) for n in range(120)], EVENING)
    assert [(line.code, line.count) for line in found] == [("today-round-now-pm", 120)]
    assert found[0].where == ("isolation", {"page": "round", "on": TODAY, "slot": "pm"}) and found[0].overdue


def test_of_a_household_with_two_people_the_line_counts_one() -> None:
    (line,) = today.lines([check(1, PM, household="home"), check(2, PM, household="home")], EVENING)
    assert line.count == 1 and line.said["people"] == 2


def test_who_lacks_two_in_a_row_stands_singly_above_and_still_counts_in_the_round() -> None:
    items = [check(n, PM) for n in range(87)] + [check(99, AM, PM, kind="check-twice")]
    found = today.lines(items, EVENING)
    assert [line.first.id for line in found if line.count == 1 and not line.code] == ["case-99"]
    assert found[0].first.kind == "check-twice"
    assert next(line.count for line in found if line.code == "today-round-now-pm") == 88


def test_earlier_gaps_have_lines_of_their_own_and_the_oldest_share_one() -> None:
    missing = [(f"2020-05-{day:02d}", slot) for day in range(20, 25) for slot in ("am", "pm")]
    found = today.lines([check(1, *missing)], EVENING)
    codes = ["today-round-earlier-am", "today-round-earlier-pm", "today-many-check"]
    assert [line.code for line in found] == codes
    assert sum(line.code.startswith("today-round-earlier") for line in found) == today.EARLIER


def test_before_its_hour_the_evening_check_is_due_and_not_late() -> None:
    (line,) = today.lines([check(1, PM)], EVENING.replace(hour=16))
    assert (line.overdue, line.first.due) == (False, "2020-05-25T20:00:00+08:00")


ITEMS = st.lists(
    st.builds(
        lambda kind, number, home, overdue, missing: Item(
            kind, "case", f"{number}", household=f"h{home}", overdue=overdue, code="today-check",
            said={"missing": missing} if kind.startswith("check") and missing else {},
            now=kind.startswith("check") and PM in missing,
        ),
        st.sampled_from(sorted(KINDS)), st.integers(0, 10_000), st.integers(0, 40), st.booleans(),
        st.lists(st.sampled_from([PM, AM, BEFORE, ("2020-05-20", "am")]), max_size=4, unique=True),
    ),
    max_size=120, unique_by=lambda item: (item.kind, item.id),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(ITEMS)
def test_nothing_is_forgotten_and_the_order_is_that_of_urgency(items: list[Item]) -> None:
    found = today.lines(items, EVENING)
    told = {(each.kind, each.id) for line in found for each in line.items}
    assert told == {(each.kind, each.id) for each in items}
    assert [line.urgency for line in found] == sorted(line.urgency for line in found)
    assert all(line.where[0] for line in found)


@given(ITEMS, st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_does_not_depend_on_how_it_was_read(items: list[Item], random: object) -> None:
    mixed = list(items)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert today.sorted_(mixed) == today.sorted_(items)


def test_a_late_incident_comes_before_a_late_release_and_both_before_what_is_merely_due() -> None:
    kinds = [
        ("stale", False),
        ("release", True),
        ("care", False),
        ("incident", True),
        ("alert", True),
        ("check", False),
    ]
    found = today.sorted_(Item(kind, id=kind, overdue=overdue) for kind, overdue in kinds)
    assert [each.kind for each in found] == ["alert", "incident", "release", "check", "care", "stale"]


@pytest.mark.parametrize(
    ("item", "mine"),
    [
        (Item("check", building="b1", household="h"), True),
        (Item("check", building="b2", household="h"), False),
        (Item("check", building="b2", household="h", workers=("李社工",)), True),
        (Item("care", household="h", workers=("别人",)), False),
        (Item("incident", workers=("别人",)), False),
        (Item("bundle"), True),
    ],
)
def test_mine_is_what_lies_in_my_buildings_or_carries_my_name_or_is_everybodys(item: Item, mine: bool) -> None:
    assert today.is_mine(item, frozenset({"b1"}), "李社工") is mine


def test_behind_counts_households_of_checks_and_only_what_is_overdue() -> None:
    items = [
        check(1, AM, household="home"), check(2, AM, household="home"), check(3, AM, BEFORE, kind="check-twice"),
        Item("release", id="a", overdue=True), Item("release", id="b"), Item("incident-urgent", id="c", overdue=True),
    ]  # fmt: skip
    assert today.behind(items) == {"check-twice": 1, "check": 2, "release": 1, "incident": 1}


def test_a_reader_of_totals_gets_counts_without_anybody() -> None:
    items = [Item("release", id=f"{n}", name="王建国", resident="r", path="p") for n in range(7)]
    (only,) = today.counted(items, lambda count: count)
    assert (only.said["count"], only.name, only.resident, only.path, only.id) == (7, "", "", "", "")


def test_each_count_that_a_reader_of_totals_is_told_stands_by_itself_and_is_not_counted_again() -> None:
    items = [check(n, PM) for n in range(3)] + [check(9, AM, PM, kind="check-twice")]
    told = today.counted(items, lambda count: None)
    lines = today.lines(told, EVENING)
    assert sorted((line.first.code, line.code, line.count) for line in lines) == [
        ("today-count-check", "", 1), ("today-count-check-twice", "", 1)
    ]  # fmt: skip
    assert all(line.said["count"] is None for line in lines)


def test_another_day_is_looked_at_from_its_end() -> None:
    assert today.moment_of(EVENING.date(), EVENING) == EVENING
    assert today.moment_of(EVENING.date() - timedelta(days=1), EVENING).isoformat() == "2020-05-24T23:59:00+08:00"


# ---------------------------------------------------------------- notice times


def test_times_are_read_as_people_write_them() -> None:
    assert notice_times.read(" 20：00，8:30、11.30 ") == ("08:30", "11:30", "20:00")
    assert notice_times.read("  ") == ()


@pytest.mark.parametrize("text", ["25:00", "8:60", "八点", "08:30 晚上", "8"])
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(UserError, match="notice-times-wrong"):
        notice_times.read(text)


@pytest.mark.parametrize(
    ("since", "now", "told"),
    [
        ((8, 29), (8, 30), True), ((8, 30), (8, 31), False), ((7, 0), (21, 0), True), ((8, 31), (11, 29), False),
    ],
)  # fmt: skip
def test_a_time_speaks_once_when_it_comes(since: tuple[int, int], now: tuple[int, int], told: bool) -> None:
    at = EVENING.replace(hour=since[0], minute=since[1])
    assert notice_times.passed(("08:30", "11:30"), at, EVENING.replace(hour=now[0], minute=now[1])) is told


def test_what_somebody_wrote_into_the_settings_by_hand_breaks_nothing() -> None:
    assert notice_times.passed(("bald", "08:30"), EVENING.replace(hour=8, minute=0), EVENING) is True
