"""Incidents as a state machine: no step out of turn, no time that runs backwards, none that anybody forgets."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import clock, incident_times, incidents, moments
from app.domain.fields import INCIDENT, URGENCIES
from app.domain.findings import UserError
from app.domain.incidents import COURSE, ENDED, KINDS, LEFT, STEPS, TIMES

NOW = clock.frozen("2020-05-25T09:00")()
ODD: Any = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(INCIDENT["state"].choices),
    st.sampled_from(["2020-05-25T08:00:00+08:00", "9999-12-31T23:59:59+08:00", "0001-01-01T00:00:00", "2020-05-25", "昨天"]),
)  # fmt: skip


def at(minutes: int) -> str:
    return clock.written(NOW + timedelta(minutes=minutes))


# ---------------------------------------------------------------- the table


def test_the_table_speaks_of_every_state_and_only_of_those() -> None:
    assert (
        set(STEPS.allowed)
        == set(INCIDENT["state"].choices)
        == {each for to in STEPS.allowed.values() for each in to} | {"已接报"}
    )
    assert {each for each in STEPS.allowed if STEPS.ended(each)} == set(ENDED)


def test_every_kind_has_a_key_of_its_own_and_somebody_who_acts() -> None:
    assert len({kind.key for kind in KINDS}) == len({kind.name for kind in KINDS}) == len(KINDS) == 12
    assert all(kind.first and kind.urgency in URGENCIES for kind in KINDS)


def test_what_is_urgent_is_given_less_time_and_never_none() -> None:
    for kind in KINDS:
        for step in COURSE[1:5]:
            limits = [incidents.limit({"kind": kind.name, "urgency": each}, step) for each in URGENCIES]
            assert limits == sorted(limits, reverse=True) and limits[-1] >= 5


def test_a_refused_step_says_what_is_possible() -> None:
    with pytest.raises(UserError) as error:
        STEPS.to("已到场", "已回访")
    assert (
        error.value.details["possible"] == "已办结、已改派、已撤销"
        and error.value.details["why"] == "incident-why-order"
    )


class Course:
    """An incident as a person would key it: only steps that are offered, at times that move on."""

    def __init__(self, centre: bool) -> None:
        self.now = NOW
        self.values: dict[str, Any] = {
            "kind": "老人跌倒",
            "state": "已接报",
            "reported_at": at(0),
            "reporter_name": "李",
        }
        if centre:
            self.values["contact_code"] = "ABCDEF"

    def key(self, state: str, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        STEPS.to(incidents.state_of(self.values), state)
        if state in TIMES:
            self.values[TIMES[state]] = clock.written(incidents.checked_time(self.values, self.now, self.now))
        self.values["state"] = state


@settings(max_examples=100, deadline=None)
@given(st.booleans(), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5000)), max_size=8))
def test_whatever_is_keyed_stays_in_the_table_and_is_never_forgotten(
    centre: bool, choices: list[tuple[int, int]]
) -> None:
    course = Course(centre)
    for choice, minutes in choices:
        state = incidents.state_of(course.values)
        possible = STEPS.possible(state)
        due = incidents.due(course.values, course.now)
        if not possible:
            assert due is None
            break
        assert due is not None and due.next_state in possible and due.at is not None
        assert due.overdue == (due.at < course.now) and (due.late == 0 or due.overdue)
        course.key(possible[choice % len(possible)], minutes)
        times = [moment for each in COURSE if (moment := incidents.time_of(course.values, each))]
        assert times == sorted(times)
        assert incidents.state_of(course.values) == course.values["state"]
    end = incidents.due(course.values, course.now + timedelta(days=400))
    assert (end is None) == (incidents.state_of(course.values) in ENDED) and (end is None or end.overdue)


@settings(max_examples=50, deadline=None)
@given(st.booleans(), st.integers(0, 6))
def test_every_incident_can_be_brought_to_an_end_by_the_step_that_is_due(centre: bool, done: int) -> None:
    course = Course(centre)
    for _ in range(len(COURSE)):
        due = incidents.due(course.values, course.now)
        if due is None:
            break
        course.key(due.next_state, done)
    assert incidents.state_of(course.values) == "已回访"


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([field.key for field in INCIDENT.fields]), ODD))
def test_whatever_came_from_elsewhere_is_read_and_its_next_step_can_be_keyed(values: dict[str, Any]) -> None:
    state, due = incidents.state_of(values), incidents.due(values, NOW)
    assert state in INCIDENT["state"].choices and incidents.urgency_of(values) in URGENCIES
    assert (due is None) == (not incidents.is_open(values))
    incident_times.durations(values)
    incidents.is_likely_repeat(values, {"id": "x", **values})
    if due is not None:
        assert due.next_state in STEPS.possible(state) and (due.at is not None or due.overdue)
        assert incidents.checked_time(values, NOW, NOW) == NOW


# ---------------------------------------------------------------- one thing at a time


def test_one_s_own_needs_no_call_and_the_centre_s_does() -> None:
    assert incidents.next_of({"state": "已接报"}) == "处置中"
    assert incidents.next_of({"state": "已接报", "contact_code": "ABCDEF"}) == "已通知"


def test_what_was_heard_on_the_telephone_is_told_and_urgent_until_more_is_known() -> None:
    stub = {"contact_code": "ABCDEF", "heard_at": at(-10), "heard": "老人摔倒"}
    due = incidents.due(stub, NOW)
    assert incidents.state_of(stub) == "已通知" and incidents.urgency_of(stub) == "紧急"
    assert due is not None and due.next_state == "处置中" and due.at == NOW + timedelta(minutes=50)


def test_of_two_states_written_at_once_the_times_tell_the_furthest() -> None:
    assert incidents.state_of({"state": "已通知", "under_way_at": at(-5), "on_site_at": at(-1)}) == "已到场"


def test_nobody_to_call_back_ends_with_the_closing() -> None:
    closed = {"state": "已办结", "closed_at": at(-5)}
    assert incidents.due(closed, NOW) is None
    due = incidents.due({**closed, "reporter_phone": "13812345678"}, NOW)
    assert due is not None and due.next_state == "已回访"


def test_an_outer_deadline_counts_where_it_is_sooner() -> None:
    values = {"kind": "邻里纠纷", "reported_at": at(-10), "external_due_at": at(20)}
    due = incidents.due(values, NOW)
    assert due is not None and due.external and due.at == NOW + timedelta(minutes=20)
    day = incidents.due({"kind": "邻里纠纷", "reported_at": at(-10), "external_due": "2020-05-24"}, NOW)
    assert day is not None and day.external and day.overdue
    later = incidents.due({**values, "external_due_at": at(500)}, NOW)
    assert later is not None and not later.external


def test_how_late_is_said_in_minutes() -> None:
    due = incidents.due({"kind": "老人跌倒", "reported_at": at(-17)}, NOW)
    assert due is not None and due.overdue and due.late == 12  # five minutes for 特急


def test_a_step_is_never_in_the_future() -> None:
    with pytest.raises(UserError, match="incident-future"):
        incidents.checked_time({}, NOW + timedelta(minutes=1), NOW)


def test_a_step_is_never_before_the_one_before() -> None:
    with pytest.raises(UserError, match="incident-before"):
        incidents.checked_time({"reported_at": at(-10)}, NOW - timedelta(minutes=11), NOW)


def test_a_broken_time_to_come_does_not_hold_an_incident_up() -> None:
    values = {"state": "已接报", "reported_at": "2999-01-01T00:00:00+08:00"}
    assert incidents.checked_time(values, NOW, NOW) == NOW


def test_reopened_it_stands_where_it_stood_with_its_true_times() -> None:
    values = {
        "state": "已回访",
        "reported_at": at(-90),
        "under_way_at": at(-80),
        "on_site_at": at(-60),
        "closed_at": at(-5),
    }
    told = incidents.reopened(values)
    assert told["state"] == "已到场" and told["closed_at"] is None
    assert incidents.state_of({**values, **told}) == "已到场"
    assert incidents.reopened({"state": "已撤销", "reported_at": at(-5)})["state"] == "已接报"


@pytest.mark.parametrize("state", ["处置中", "已改派"])
def test_only_what_was_closed_here_is_reopened(state: str) -> None:
    with pytest.raises(UserError, match="incident-not-ended"):
        incidents.reopened({"state": state})


# ---------------------------------------------------------------- repeats

FALL = {"id": "a", "kind": "老人跌倒", "reported_at": at(-60), "household": "h1", "building": "b1"}


@pytest.mark.parametrize(
    ("other", "likely"),
    [
        ({"household": "h1"}, True),
        ({"household": "h2", "building": "b1"}, False),
        ({"household": "h2", "resident": "r", "building": "b1"}, False),
        ({"building": "b1"}, True),
        ({"household": "h1", "kind": "突发疾病"}, False),
        ({"household": "h1", "reported_at": at(-60 - 25 * 60)}, False),
        ({"household": "h1", "state": "已撤销"}, False),
        ({"household": "h1", "id": "a"}, False),
        ({}, False),
    ],
)
def test_what_may_be_the_same(other: dict[str, str], likely: bool) -> None:
    assert incidents.is_likely_repeat(FALL, {"id": "b", "kind": "老人跌倒", "reported_at": at(0), **other}) == likely


def test_the_same_words_for_a_place_are_the_same_place() -> None:
    one = {"id": "a", "kind": "环境卫生", "place": "东门 垃圾房", "reported_at": at(0)}
    assert incidents.is_likely_repeat(one, {**one, "id": "b", "place": "东门垃圾房"})


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), max_size=6))
def test_joined_in_a_ring_one_of_them_still_stands_for_all(joined: dict[str, str]) -> None:
    firsts = {incidents.first_of(each, joined) for each in "abcdef"}
    assert all(incidents.first_of(each, joined) == each for each in firsts)


# ---------------------------------------------------------------- figures


@given(st.lists(st.integers(0, 500), min_size=1, max_size=40), st.integers(1, 100))
def test_the_nearest_rank_against_a_naive_count(values: list[int], percent: int) -> None:
    enough = math.ceil(percent * len(values) / 100)
    naive = min(value for value in values if sum(each <= value for each in values) >= enough)
    assert incident_times.nearest_rank(values, percent) == naive


def test_nothing_has_no_median() -> None:
    assert incident_times.nearest_rank([], 50) is None


def test_the_stages_of_one_incident_in_minutes() -> None:
    values = {
        "reported_at": at(0), "under_way_at": at(10), "on_site_at": at(25), "closed_at": at(85), "called_back_at": at(90),
    }  # fmt: skip
    assert incident_times.durations(values) == {
        "under_way": 10, "on_site": 15, "closed": 60, "called_back": 5, "whole": 85,
    }  # fmt: skip
    assert incident_times.durations({**values, "notified_at": at(4)})["under_way"] == 6


def test_what_runs_backwards_is_no_duration() -> None:
    assert incident_times.durations({"reported_at": at(0), "under_way_at": at(-10), "closed_at": at(-20)}) == {}


# ---------------------------------------------------------------- times as people type them


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14:05", "2020-05-25T14:05:00+08:00"),
        ("8：30", "2020-05-25T08:30:00+08:00"),
        ("昨天 14:05", "2020-05-24T14:05:00+08:00"),
        ("5-24 9:07", "2020-05-24T09:07:00+08:00"),
        ("5月24日 9:07", "2020-05-24T09:07:00+08:00"),
        ("2020-05-24 09:07:30", "2020-05-24T09:07:30+08:00"),
        ("2020-05-24T09:07:30+00:00", "2020-05-24T17:07:30+08:00"),
    ],
)
def test_a_time_is_read_as_it_is_written(text: str, meant: str) -> None:
    assert clock.written(moments.read(text, NOW)) == meant


@pytest.mark.parametrize("text", ["", "25:00", "2-30 10:00", "马上", "5-24", "14.05"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="moment-invalid"):
        moments.read(text, NOW)


def test_left_states_owe_nothing_whatever_else_they_say() -> None:
    assert all(incidents.due({"state": state, "reported_at": at(-999)}, NOW) is None for state in LEFT)
    assert isinstance(NOW, datetime)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5-30", "2020-05-30T23:59:59+08:00"), ("2020年6月1日", "2020-06-01T23:59:59+08:00"),
        ("明天", "2020-05-26T23:59:59+08:00"), ("5-30 17:00", "2020-05-30T17:00:00+08:00"),
        ("17：30", "2020-05-25T17:30:00+08:00"),
    ],
)  # fmt: skip
def test_a_limit_that_is_a_day_lasts_to_its_end(typed: str, meant: str) -> None:
    assert clock.written(moments.deadline(typed, clock.frozen("2020-05-25T09:00")())) == meant


def test_a_limit_that_is_no_day_is_named_as_it_was_typed() -> None:
    with pytest.raises(UserError) as wrong:
        moments.deadline("2-30", clock.frozen("2020-05-25T09:00")())
    assert wrong.value.details["value"] == "2-30"
