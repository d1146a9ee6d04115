"""Numbers of papers: no two PCs of a committee, and no restore, give one twice."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import isolation, notices, walks
from app.domain.findings import UserError

DEVICES = st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), min_size=1, max_size=8, unique=True)


@given(DEVICES)
@settings(max_examples=100, deadline=None)
def test_pcs_that_join_one_after_the_other_never_share_a_series(devices: list[str]) -> None:
    """Each knows those that were there when it joined, and keeps its mark however many come later."""
    marks = [notices.mark(device, devices[: place + 1], enrolled=True) for place, device in enumerate(devices)]
    assert marks[0] == "" and len(set(marks)) == len(marks)


@given(DEVICES, st.integers(1, 40), st.integers(1, 12_000))
@settings(max_examples=100, deadline=None)
def test_numbers_differ_between_kinds_years_series_and_counts(devices: list[str], epochs: int, count: int) -> None:
    marks = {notices.mark(device, devices[: place + 1], enrolled=True) for place, device in enumerate(devices)}
    wanted = [
        (kind, year, series, each)
        for kind in notices.OF.values() for year in (2020, 2021)
        for series in {notices.series(mark, epoch, f"chain-{epoch}") for mark in marks for epoch in (1, epochs)}
        for each in (count, count + 1)
    ]  # fmt: skip
    made = {notices.number("花木居", *each) for each in wanted}
    assert len(made) == len(set(wanted))


def test_marks_do_not_collide_when_two_letters_are_the_same() -> None:
    first = "0" * 32
    same = next(
        device for n in range(10_000)
        if notices._letters(device := f"{n:032x}")[:2] == notices._letters(first)[:2] and device != first
    )  # fmt: skip
    assert len(notices.mark(same, ["f" * 32, first, same], enrolled=True)) == 3


def test_one_backup_restored_twice_begins_two_series() -> None:
    assert notices.series("KD", 1, "one") == notices.series("KD", 1, "other") == "KD"
    assert notices.series("KD", 2, "one") != notices.series("KD", 2, "other")


def test_a_number_as_it_is_written() -> None:
    told = notices.OF[notices.TOLD]
    assert notices.number("花木居", told, 2020, "", 12) == "花木居隔告〔2020〕第0012号"
    assert notices.number("花木居", told, 2020, "KD2", 12) == "花木居隔告〔2020〕第KD2-0012号"


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("培花新村第九居委会", "培花新村第九居"),
        ("由由一居民区", "由由一居"),
        ("联洋社区", "联洋居"),
        ("社区", "社区居"),
    ],
)
def test_what_begins_the_numbers_of_a_committee(name: str, prefix: str) -> None:
    assert notices.prefix_of(name) == prefix


def test_a_request_before_the_term_has_ended_is_refused_with_what_is_possible() -> None:
    with pytest.raises(UserError) as wrong:
        notices.must_fit(notices.OF[notices.REQUEST], "在管", "王建国")
    assert wrong.value.code == "notice-state" and wrong.value.details["states"] == "期满待解除"


@pytest.mark.parametrize("stages", [None, "明天", [], [{"measure": "居家隔离"}]])
def test_a_case_from_elsewhere_without_readable_stages_has_no_term(stages: object) -> None:
    assert notices.term({"stages": stages}) is None and notices.said({"stages": stages}) == ""


def test_an_early_end_ends_the_term() -> None:
    laid = isolation.to_json(isolation.open_case(isolation.BUILT_IN[1], date(2020, 5, 15)))
    assert notices.term({"stages": laid}) == (date(2020, 5, 15), date(2020, 5, 28))
    assert notices.term({"stages": laid, "closed_on": "2020-05-20"}) == (date(2020, 5, 15), date(2020, 5, 20))


def test_doors_lie_as_the_round_is_walked() -> None:
    doors = [
        {"estate": "甲", "number": n, "room": r}
        for n, r in (("12号", "301"), ("2号", "1001"), ("2号", "202"), ("12号", "102"))
    ]
    found = [(each["number"], each["room"]) for each in sorted(doors, key=walks.key)]
    assert found == [("2号", "202"), ("2号", "1001"), ("12号", "102"), ("12号", "301")]
