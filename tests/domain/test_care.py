"""Who belongs to a care group by rule and why not; when a plan is due, and that nobody on one is ever forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import care, holidays
from app.domain.care import DONE, ENDED, FOLLOW, MISSED, PAUSED, RUNNING
from app.domain.care_groups import Person, Register, groups_named
from app.domain.fields import CARE_RESULTS, VISIT_MODES
from app.domain.findings import UserError

ON = date(2020, 5, 25)


def person(id_: str, born: int | None = None, **more: Any) -> Person:
    return Person(id_, more.pop("household", "户"), more.pop("name", id_), born, more.pop("here", True), **more)


# ---------------------------------------------------------------- groups


def test_eighty_counts_by_the_year_and_says_so() -> None:
    people = Register([person("甲", 1940), person("乙", 1941), person("丙")], ON)
    assert set(people.computed("高龄")) == {"甲"}
    assert people.computed("高龄")["甲"].details["age"] == 80
    assert people.told("乙", "高龄")[1].code == "care-not-age"
    assert people.told("丙", "高龄")[1].code == "care-not-born"


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ([person("甲", 1940)], "care-why-alone"),
        ([person("甲")], "care-why-alone"),  # not known to be younger, as on the map
        ([person("甲", 1940), person("乙", 1980, here=False, status="住院")], "care-why-alone-others"),
        ([person("甲", 1940), person("乙", 1980)], "care-not-alone"),
        ([person("甲", 1961)], "care-not-elderly"),
        ([person("甲", 1940, kind="集体户")], "care-not-family"),
        ([person("甲", 1940, here=False, status="住院")], "care-not-here"),
        ([person("甲", 1940, here=False)], "care-not-living"),
        ([person("甲", 1940, household="")], "care-not-household"),
    ],
)  # fmt: skip
def test_living_alone_and_why_not(people: list[Person], why: str) -> None:
    belongs, reason = Register(people, ON).told("甲", "独居")
    assert reason.code == why and belongs is why.startswith("care-why")


@pytest.mark.parametrize(
    ("born", "why"),
    [
        ((1940, 1960), "care-why-all-old"), ((1940, 1961), "care-not-all-old"), ((1940, None), "care-not-all-born"),
        ((1940,), "care-not-two"),
    ],
)  # fmt: skip
def test_a_household_of_old_people_only(born: tuple[int | None, ...], why: str) -> None:
    people = [person(str(n), year) for n, year in enumerate(born)]
    assert Register(people, ON).told("0", "纯老家庭")[1].code == why


def test_a_mark_counts_only_of_whoever_lives_here() -> None:
    marked = frozenset({"残疾"})
    people = Register([person("甲", groups=marked), person("乙", groups=marked, here=False, status="去世")], ON)
    assert set(people.members("残疾")) == {"甲"} and people.computed("残疾") == {}


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("80岁以上独居老人名单", ("独居", "高龄")), ("日间独居老人", ("日间独居",)), ("持证残疾人", ("残疾",)),
        ("享受低保家庭", ("低保",)), ("花名册", ()),
    ],
)  # fmt: skip
def test_a_list_says_whose_it_is(text: str, groups: tuple[str, ...]) -> None:
    assert groups_named(text) == groups


# ---------------------------------------------------------------- plans


def weekly(**more: Any) -> dict[str, Any]:
    return {
        "id": "计划",
        "kind": care.CALL,
        "every_days": 7,
        "mode": "电话",
        "start": "2020-05-01",
        "state": RUNNING,
        **more,
    }


def contact(on: str, result: str = DONE, **more: Any) -> dict[str, Any]:
    return {"plan": "计划", "on": on, "mode": "电话", "result": result, **more}


def test_due_from_the_beginning_then_from_the_last_contact() -> None:
    assert care.next_due(weekly(), [], ON) == date(2020, 5, 1)
    assert care.next_due(weekly(), [contact("2020-05-20")], ON) == date(2020, 5, 27)
    assert care.is_overdue(weekly(), [contact("2020-05-10")], ON)


def test_days_run_over_leap_days_and_month_ends() -> None:
    plan = weekly(kind=care.VISIT, every_days=30, mode="上门", start="2020-01-01")
    assert care.next_due(plan, [contact("2020-01-31")], date(2020, 2, 1)) == date(2020, 3, 1)
    assert care.next_due(weekly(start="2020-01-01"), [contact("2020-02-29")], date(2020, 3, 1)) == date(2020, 3, 7)


def test_not_reached_keeps_it_due_and_twice_in_a_row_stands_out() -> None:
    tried = [contact("2020-05-10"), contact("2020-05-17", MISSED), contact("2020-05-24", MISSED)]
    assert care.next_due(weekly(), tried, ON) == date(2020, 5, 17)
    assert care.misses(weekly(), tried, ON) == 2
    assert care.misses(weekly(), [*tried, contact("2020-05-25")], ON) == 0


@pytest.mark.parametrize(
    ("follow_up", "due"),
    [("2020-05-23", 23), (None, 21), ("2020-05-19", 21), ("昨天", 21), ("2022-01-01", 27)],
)
def test_a_follow_up_comes_sooner_and_never_later_than_the_plan(follow_up: str | None, due: int) -> None:
    told = [contact("2020-05-20", FOLLOW, follow_up=follow_up)]
    assert care.next_due(weekly(), told, ON) == date(2020, 5, due)


def test_a_contact_of_a_later_day_tells_nothing() -> None:
    assert care.next_due(weekly(), [contact("2099-01-01")], ON) == date(2020, 5, 1)


def test_a_visit_covers_the_weekly_call_and_a_call_no_visit() -> None:
    other = contact("2020-05-20", plan="别的", mode="上门")
    assert care.next_due(weekly(), [other], ON) == date(2020, 5, 27)
    visit = weekly(kind=care.VISIT, mode="上门", every_days=30)
    assert care.next_due(visit, [contact("2020-05-20", plan="别的")], ON) == date(2020, 5, 1)


def test_a_missed_visit_of_another_plan_is_no_miss_of_this_one() -> None:
    assert care.misses(weekly(), [contact("2020-05-20", MISSED, plan="别的", mode="上门")], ON) == 0


@pytest.mark.parametrize(
    ("on", "last", "due"),
    [
        ("2020-05-25", None, "2020-07-01"), ("2020-07-10", None, "2020-07-01"), ("2020-07-20", "2020-07-10", "2020-07-24"),
        ("2020-08-31", "2020-08-20", "2021-07-01"), ("2020-09-01", "2020-07-10", "2021-07-01"),
    ],
)  # fmt: skip
def test_the_heat_of_summer(on: str, last: str | None, due: str) -> None:
    plan = {"id": "计划", "kind": care.HEAT, "every_days": 14, "mode": "上门", "start": "2020-05-25", "state": RUNNING}
    told = [contact(last, mode="上门")] if last else []
    assert care.next_due(plan, told, date.fromisoformat(on)) == date.fromisoformat(due)


def test_holidays_want_a_visit_of_their_own() -> None:
    plan = {"id": "计划", "kind": care.HOLIDAY, "mode": "上门", "start": "2020-05-25", "state": RUNNING}
    due = care.due_of(plan, [], ON)
    assert due is not None and (due.on, due.by) == (date(2020, 6, 18), date(2020, 6, 25))
    by_the_way = contact("2020-06-20", plan="别的", mode="上门")
    assert care.next_due(plan, [by_the_way], date(2020, 6, 21)) == date(2020, 6, 18)
    assert care.next_due(plan, [contact("2020-06-20")], date(2020, 6, 21)) == date(2020, 9, 24)
    assert care.is_overdue(plan, [], date(2020, 6, 26)) and not care.is_overdue(plan, [], date(2020, 6, 25))


def test_holidays_come_in_order_also_where_the_table_ends() -> None:
    for year in (2020, 2030, 2031):
        days = [at for _, at in holidays.holidays_of(year)]
        assert days == sorted(set(days)) and len(days) >= 5


def test_a_pause_ends_by_asking_and_the_last_day_asks_too() -> None:
    paused = weekly(state=PAUSED, state_on="2020-05-01", resume_on="2020-06-10")
    assert care.next_due(paused, [], ON) == date(2020, 6, 10)
    assert care.next_due(weekly(state=PAUSED, state_on="2020-05-01"), [], ON) == date(2020, 5, 31)
    due = care.due_of(weekly(until="2020-05-22"), [contact("2020-05-20")], ON)
    assert due is not None and (due.on, due.code) == (date(2020, 5, 22), "until")


@pytest.mark.parametrize(
    ("values", "out"),
    [
        ({"status": "住院"}, "住院"), ({"status": "去世"}, "去世"), ({"status": "失联"}, ""), ({"status": "暂离"}, ""), ({}, ""),
        ({"move": {"state": "closed"}}, "迁出"), (None, "已删除"),
    ],
)  # fmt: skip
def test_who_drops_out_and_the_word_why(values: dict[str, Any] | None, out: str) -> None:
    assert care.out_of(values) == out


@pytest.mark.parametrize(
    ("state", "new"), [(ENDED, RUNNING), (ENDED, PAUSED), (RUNNING, RUNNING), (PAUSED, PAUSED), ("乱写", ENDED)]
)
def test_a_refused_step_says_what_is_possible(state: str, new: str) -> None:
    with pytest.raises(UserError) as refused:
        care.PLAN.to(state, new)
    assert refused.value.details["possible"]


# ---------------------------------------------------------------- whatever stands there

DAYS = st.dates(date(2019, 1, 1), date(2021, 12, 31))
BROKEN = st.sampled_from(
    [None, "", "昨天", "2020-13-45", "9999-99-99", 7, True, ["2020-05-01"], "9999-12-31", "0001-01-01"]
)
TEXTS = st.one_of(DAYS.map(date.isoformat), BROKEN)
CONTACTS = st.lists(
    st.fixed_dictionaries({
        "plan": st.sampled_from(["计划", "别的", None]), "on": TEXTS, "follow_up": TEXTS,
        "mode": st.sampled_from([*VISIT_MODES, "飞鸽", None]), "result": st.sampled_from([*CARE_RESULTS, "好", None]),
    }),
    max_size=8,
)  # fmt: skip
PLANS = st.fixed_dictionaries({
    "id": st.just("计划"), "kind": st.sampled_from([*care.KINDS, "助浴", None]), "start": TEXTS, "until": TEXTS,
    "every_days": st.sampled_from([1, 7, 30, 366, 0, -3, 10**9, True, "七", None]), "resume_on": TEXTS, "state_on": TEXTS,
    "mode": st.sampled_from([*VISIT_MODES, None]), "state": st.sampled_from([RUNNING, PAUSED, None, "乱写"]),
})  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(PLANS, CONTACTS, DAYS)
def test_a_plan_that_has_not_ended_is_never_forgotten(plan: Any, contacts: Any, on: date) -> None:
    due = care.due_of(plan, contacts, on)
    assert due is not None
    last = max((at for at, each in care._told(plan, contacts, on) if each["result"] in (DONE, FOLLOW)), default=None)
    latest = [on + timedelta(days=care.LONGEST)]
    kind = care.KINDS.get(plan["kind"])
    start = care._near(plan["start"], on)
    if plan["state"] != PAUSED and not (kind and (kind.season or kind.holidays)):
        latest = [max(last + timedelta(days=care.every_of(plan)), start or last) if last else start or on]
    elif plan["state"] != PAUSED:
        latest = [on + timedelta(days=2 * care.LONGEST)]  # the next season, or the one after a beginning far ahead
    assert due.on <= latest[0] and due.on <= due.by


@settings(max_examples=60, deadline=None)
@given(CONTACTS, st.integers(1, 60), DAYS)
def test_as_days_pass_without_a_contact_it_becomes_late_and_stays_so(contacts: Any, every: int, on: date) -> None:
    plan = weekly(every_days=every, start=on.isoformat())
    known = [each for each in contacts if isinstance(each["on"], str) and each["on"] <= on.isoformat()]
    late = [care.is_overdue(plan, known, on + timedelta(days=days)) for days in range(2 * every + 3)]
    assert late[-1] and late == sorted(late)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), DAYS, st.text(max_size=3)), max_size=20))
def test_one_row_a_person_however_many_plans(dues: Any) -> None:
    rows = care.by_person((who, care.Due(on, on, "regular"), {"id": id_}) for who, on, id_ in dues)
    assert set(rows) == {who for who, _, _ in dues}
    assert sum(map(len, rows.values())) == len(dues)
    assert all(each[0][0].by == min(due.by for due, _ in each) for each in rows.values())
