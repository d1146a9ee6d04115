"""Isolation cases day by day: never 15 of 14, never ended by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import checks, clock, isolation, isolation_rules
from app.domain.fields import ISOLATION_STATES, MEASURES
from app.domain.findings import UserError

START = date(2020, 5, 1)


def stages(code: str, start: date = START) -> tuple[isolation.Stage, ...]:
    return isolation.open_case(isolation.rule_named(code, start), start)


def on(code: str, day: int, state: str = "在管") -> isolation.Progress:
    """Progress on the n-th of May."""
    return isolation.progress(stages(code), state, [], START + timedelta(days=day - 1))


@pytest.mark.parametrize(
    ("code", "days"), [("7", [7]), ("14", [14]), ("14+7", [14, 7]), ("7+3", [7, 3]), ("7+7", [7, 7])]
)
def test_built_in_rules(code: str, days: list[int]) -> None:
    case = stages(code)
    assert [stage.days for stage in case] == days
    assert case[0].start == START
    assert case[-1].end == START + timedelta(days=sum(days) - 1)
    assert all(stage.measure in MEASURES for stage in case)


def test_the_last_day_is_inclusive() -> None:
    first, last = on("14", 1), on("14", 14)
    assert (first.day, first.days, first.end) == (1, 14, date(2020, 5, 14))
    assert (last.day, last.days, last.state) == (14, 14, "在管")


def test_never_day_fifteen_of_fourteen() -> None:
    late = on("14", 15)
    assert (late.day, late.days, late.state) == (14, 14, "期满待解除")
    assert on("14", 300).state == "期满待解除"


def test_before_it_begins_it_is_day_nought() -> None:
    early = isolation.progress(stages("14"), "待接", [], START - timedelta(days=3))
    assert (early.day, early.total_day, early.state) == (0, 0, "待接")


def test_day_counts_the_stage_and_total_day_the_case() -> None:
    at = on("14+7", 16)
    assert (at.stage, at.measure, at.day, at.days) == (2, "居家健康监测", 2, 7)
    assert (at.total_day, at.total_days) == (16, 21)
    assert (at.start, at.end) == (START, date(2020, 5, 21))
    assert (at.stage_start, at.stage_end) == (date(2020, 5, 15), date(2020, 5, 21))


def test_seven_plus_seven_is_tested_on_day_five() -> None:
    assert stages("7+7")[0].tests == (date(2020, 5, 5),)


@given(
    st.sampled_from([rule.code for rule in isolation.BUILT_IN]),
    st.integers(-40, 400),
    st.sampled_from(ISOLATION_STATES),
)
def test_no_day_is_ever_above_its_days(code: str, offset: int, state: str) -> None:
    at = isolation.progress(stages(code), state, [], START + timedelta(days=offset))
    assert 0 <= at.day <= at.days
    assert at.day <= at.total_day <= at.total_days
    assert (at.state == "期满待解除") == (
        state == "期满待解除" or (state in ("在管", "待结果") and offset >= at.total_days)
    )


def test_a_closed_case_stands_still() -> None:
    at = isolation.progress(stages("14"), "转院", [], date(2020, 6, 30), closed_on=date(2020, 5, 6))
    assert (at.day, at.days, at.state) == (6, 14, "转院")


def test_next_day_counting_begins_tomorrow() -> None:
    rule = replace(isolation.rule_named("14", START), count_from=isolation.CountFrom.NEXT_DAY)
    case = isolation.open_case(rule, START)
    assert (case[0].start, case[0].end) == (date(2020, 5, 2), date(2020, 5, 15))


@pytest.mark.parametrize(
    ("checks", "state"),
    [
        ([], "待结果"),
        ([{"on": "2020-05-13", "test": "阴性"}], "待结果"),
        ([{"on": "2020-05-14", "test": "待出"}], "待结果"),
        ([{"on": "2020-05-15", "test": "阴性"}], "期满待解除"),
    ],
)
def test_release_after_the_result_waits_for_it(checks: list[dict], state: str) -> None:
    rule = isolation.Rule(
        "14r", (isolation.Step("居家隔离", 14, test_days=(14,)),), release_at=isolation.ReleaseAt.AFTER_RESULT
    )
    case = isolation.open_case(rule, START)
    assert isolation.progress(case, "在管", checks, date(2020, 5, 15)).state == state


def test_an_unknown_rule_names_those_there_are() -> None:
    with pytest.raises(UserError) as error:
        isolation.rule_named("21", START)
    assert error.value.code == "isolation-rule-unknown"
    assert "14+7" in error.value.details["known"]


def test_a_rule_outside_its_dates_is_refused_and_a_later_one_found() -> None:
    old = isolation.Rule("14", (isolation.Step("居家隔离", 14),), valid_until=date(2022, 6, 27))
    new = isolation.Rule("14", (isolation.Step("居家隔离", 10),), valid_from=date(2022, 6, 28))
    assert isolation.rule_named("14", date(2022, 6, 27), (old, new)) is old
    assert isolation.rule_named("14", date(2022, 6, 28), (old, new)) is new
    with pytest.raises(UserError, match="isolation-rule-not-valid"):
        isolation.rule_named("14", date(2022, 6, 28), (old,))


@pytest.mark.parametrize(
    ("state", "new"),
    [("待接", "在管"), ("在管", "待结果"), ("待结果", "期满待解除"), ("期满待解除", "已解除"),
     ("在管", "转集中"), ("转集中", "在管"), ("在管", "转院"), ("转出", "在管")],
)  # fmt: skip
def test_allowed_steps(state: str, new: str) -> None:
    assert isolation.STEPS.to(state, new) == new


@pytest.mark.parametrize(("state", "new"), [("已解除", "在管"), ("待接", "待结果"), ("转出", "已解除")])
def test_steps_that_are_not(state: str, new: str) -> None:
    with pytest.raises(UserError, match="isolation-step"):
        isolation.STEPS.to(state, new)


def test_every_state_is_either_active_or_ended() -> None:
    assert sorted(isolation.ACTIVE + isolation.ENDED) == sorted(ISOLATION_STATES)


def test_a_second_active_case_is_refused() -> None:
    isolation.require_none_active(["已解除", "转出"])
    with pytest.raises(UserError, match="isolation-active"):
        isolation.require_none_active(["已解除", "期满待解除"], "王建国")


def test_a_whole_household_in_one_act() -> None:
    found = isolation.whole_household(
        [("father", True, []), ("mother", True, ["在管"]), ("son", False, []), ("nan", True, ["已解除"])]
    )
    assert found == isolation.WholeHousehold(("father", "nan"), ("mother",), ("son",))


def test_a_household_where_nobody_can_be_opened() -> None:
    with pytest.raises(UserError, match="isolation-nobody"):
        isolation.whole_household([("son", False, []), ("mother", True, ["在管"])])


def test_keyed_a_day_later_is_normal_and_marked() -> None:
    assert isolation.keyed_late(date(2020, 5, 3), date(2020, 5, 4)) is True
    assert isolation.keyed_late(date(2020, 5, 4), date(2020, 5, 4)) is False


def test_a_check_of_tomorrow_is_refused() -> None:
    with pytest.raises(UserError, match="check-in-future"):
        isolation.keyed_late(date(2020, 5, 5), date(2020, 5, 4))


def test_a_check_before_the_case_is_refused_and_one_after_it_taken() -> None:
    isolation.require_in_case(stages("14"), date(2020, 5, 16))
    with pytest.raises(UserError, match="check-before-case"):
        isolation.require_in_case(stages("14"), date(2020, 4, 30))


def test_missing_checks_are_named_by_day_and_slot() -> None:
    checks = [{"on": "2020-05-01", "slot": "am"}, {"on": "2020-05-02", "slot": "pm"}]
    missing = isolation.missing_checks(stages("14"), "在管", checks, date(2020, 5, 3), slot="am")
    assert missing == ((date(2020, 5, 1), "pm"), (date(2020, 5, 2), "am"), (date(2020, 5, 3), "am"))


def test_no_checks_are_owed_in_the_hotel_or_after_the_end() -> None:
    assert isolation.missing_checks(stages("14+7"), "在管", [], date(2020, 5, 10)) == ()
    owed = isolation.missing_checks(stages("7"), "期满待解除", [], date(2020, 5, 30))
    assert max(day for day, _ in owed) == date(2020, 5, 7)
    assert isolation.missing_checks(stages("7"), "已解除", [], date(2020, 5, 30)) == ()


def test_stages_survive_as_a_field_value() -> None:
    assert isolation.from_json(isolation.to_json(stages("7+7"))) == stages("7+7")


# ---------------------------------------------------------------- the calendar


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-02-16", "2020-02-29"),
        ("2019-02-16", "2019-03-01"),
        ("2020-12-25", "2021-01-07"),
        ("2020-01-19", "2020-02-01"),
    ],
)
def test_fourteen_days_over_leap_days_year_ends_and_holidays(start: str, end: str) -> None:
    case = stages("14", date.fromisoformat(start))
    assert case[-1].end == date.fromisoformat(end)
    assert isolation.progress(case, "在管", [], case[-1].end).total_day == 14


def test_a_rule_that_releases_the_day_after_says_so_of_the_case() -> None:
    rule = replace(isolation.rule_named("7", START), release_at=isolation.ReleaseAt.NEXT_DAY)
    case = isolation.open_case(rule, START)
    assert isolation.release_from(case) == date(2020, 5, 8) and isolation.release_from(stages("7")) == date(2020, 5, 7)
    assert isolation.is_early(case, [], date(2020, 5, 7)) and not isolation.is_early(case, [], date(2020, 5, 8))


def test_before_the_last_result_is_in_a_release_is_early() -> None:
    rule = isolation.Rule(
        "14r", (isolation.Step("居家隔离", 14, test_days=(14,)),), release_at=isolation.ReleaseAt.AFTER_RESULT
    )
    case = isolation.open_case(rule, START)
    assert isolation.is_early(case, [{"on": "2020-05-14", "sampled": True}], date(2020, 5, 20))
    assert not isolation.is_early(case, [{"on": "2020-05-14", "result_in": True}], date(2020, 5, 20))


def test_co_residents_isolate_from_the_first_day_at_home() -> None:
    (only,) = isolation.at_home(stages("7+7"))
    assert (only.start, only.end) == (date(2020, 5, 8), date(2020, 5, 14))


def test_a_result_is_known_without_opening_it() -> None:
    case = isolation.open_case(
        isolation.Rule(
            "r", (isolation.Step("居家隔离", 3, test_days=(3,)),), release_at=isolation.ReleaseAt.AFTER_RESULT
        ),
        START,
    )
    sealed = [{"on": "2020-05-03", "test": "sealed:x:y", "result_in": None}]
    assert isolation.state_on(case, "在管", sealed, date(2020, 5, 4)) == "待结果"
    assert isolation.state_on(case, "在管", [sealed[0] | {"result_in": True}], date(2020, 5, 4)) == "期满待解除"


# ---------------------------------------------------------------- owed


@pytest.mark.parametrize(
    ("at", "owed"),
    [("2020-05-25T11:59", ("2020-05-24", "pm")), ("2020-05-25T12:00", ("2020-05-25", "am")),
     ("2020-05-25T20:00", ("2020-05-25", "pm")), ("2020-01-01T08:00", ("2019-12-31", "pm"))],
)  # fmt: skip
def test_what_is_owed_by_now(at: str, owed: tuple[str, str]) -> None:
    day, slot = isolation.owed_by(clock.frozen(at)())
    assert (day.isoformat(), slot) == owed


def test_who_was_not_reached_is_still_owed() -> None:
    tried = [{"on": "2020-05-01", "slot": "am", "reached": False}]
    assert isolation.missing_checks(stages("14"), "在管", tried, START, "am") == ((START, "am"),)
    assert isolation.missing_checks(stages("14"), "在管", [tried[0] | {"reached": None}], START, "am") == ()


def test_nothing_is_owed_from_before_the_case_was_taken_over() -> None:
    missing = isolation.missing_checks(stages("14"), "在管", [], date(2020, 5, 4), since=date(2020, 5, 4))
    assert missing == ((date(2020, 5, 4), "am"), (date(2020, 5, 4), "pm"))


@pytest.mark.parametrize(
    ("done", "escalated", "twice"),
    [
        ([], None, True),
        (["2020-05-02 pm"], None, False),
        (["2020-05-02 am"], None, False),
        (["2020-05-01 am", "2020-05-01 pm"], None, True),
        ([], "2020-05-02T21:00", False),
        ([], "2020-05-02T13:00", False),
        ([], "2020-05-02T09:00", True),
    ],
)
def test_missing_twice_in_a_row_is_said_once(done: list[str], escalated: str | None, twice: bool) -> None:
    there = [{"on": each[:10], "slot": each[11:]} for each in done]
    owed = isolation.owed_checks(stages("14"), date(2020, 5, 2))
    missing = isolation.lacking(owed, there)
    assert isolation.is_missing_twice(owed, missing, clock.moment(escalated)) is twice


def test_tests_that_were_not_taken_and_results_that_wait() -> None:
    case = stages("7+3")
    assert isolation.tests_on(case, [], date(2020, 5, 9)) == isolation.Tests((), ())
    assert isolation.tests_on(case, [], date(2020, 5, 10)).untaken == (date(2020, 5, 10),)
    taken = [{"on": "2020-05-10", "sampled": True}]
    assert isolation.tests_on(case, taken, date(2020, 5, 11)) == isolation.Tests((), ("2020-05-10",))
    assert isolation.tests_on(case, [*taken, {"on": "2020-05-11", "result_in": True}], date(2020, 5, 11)).awaited == ()
    assert isolation.tests_on(stages("7+7"), [], date(2020, 5, 6)).untaken == ()  # day 5 is the hotel's


# ---------------------------------------------------------------- the machine


@pytest.mark.parametrize("state", ISOLATION_STATES)
def test_every_case_can_be_ended_by_steps_of_the_table(state: str) -> None:
    reached, waiting = {state}, [state]
    while waiting:
        for new in isolation.STEPS.possible(waiting.pop()):
            assert new in ISOLATION_STATES
            if new not in reached:
                reached.add(new)
                waiting.append(new)
    assert "已解除" in reached


@given(
    st.sampled_from([rule.code for rule in isolation.BUILT_IN]), st.integers(0, 60), st.sampled_from(ISOLATION_STATES)
)
def test_what_is_shown_is_a_step_of_the_table_and_never_an_end(code: str, days: int, state: str) -> None:
    shown = isolation.state_on(stages(code), state, [], START + timedelta(days=days))
    assert shown == state or shown in isolation.STEPS.possible(state)
    assert (shown in isolation.ENDED) == (state in isolation.ENDED)


@given(
    st.sampled_from([rule.code for rule in isolation.BUILT_IN]),
    st.dates(date(2019, 12, 1), date(2021, 3, 5)),
    st.integers(0, 50),
    st.sets(st.tuples(st.integers(0, 30), st.sampled_from(("am", "pm")))),
)
def test_a_missed_check_is_missing_on_every_later_day(
    code: str, start: date, later: int, done: set[tuple[int, str]]
) -> None:
    case = stages(code, start)
    there = [{"on": (start + timedelta(days=day)).isoformat(), "slot": slot} for day, slot in done]
    first = isolation.missing_checks(case, "在管", there, case[-1].end)
    wanted = sum(2 * stage.days for stage in isolation.at_home(case))
    kept = {(start + timedelta(days=day), slot) for day, slot in done}
    assert len(first) == wanted - len(kept & {*isolation.owed_checks(case, case[-1].end)})
    assert isolation.missing_checks(case, "期满待解除", there, case[-1].end + timedelta(days=later)) == first


def test_reopening_is_no_step_of_the_work() -> None:
    assert isolation.REOPENING.to("已解除", "在管") == "在管"
    with pytest.raises(UserError, match="isolation-reopen"):
        isolation.REOPENING.to("在管", "在管")


def test_a_refused_step_says_why() -> None:
    with pytest.raises(UserError) as refused:
        isolation.STEPS.to("已解除", "待结果")
    assert refused.value.details["why"] == "isolation-ended-why"


# ---------------------------------------------------------------- what checks say


@given(
    st.integers(340, 430),
    st.sampled_from(("{d}.{p}", "{d}．{p}", "{d}。{p}", " {d}.{p} ℃", "{d}度{p}", "{d}{p}", "{d},{p}")),
)
def test_a_temperature_is_read_however_it_was_keyed(tenths: int, form: str) -> None:
    degrees, part = divmod(tenths, 10)
    assert checks.temperature(form.format(d=degrees, p=part)) == f"{degrees}.{part}"


def test_full_width_digits_and_whole_degrees() -> None:
    assert checks.temperature("３６.５℃") == "36.5"
    assert checks.temperature("37") == "37.0" and checks.temperature("") == ""


@pytest.mark.parametrize("text", ["33.9", "43.1", "3.65", "3650", "正常", "36.5.5", "-36.5", "366.5", "٣٦.٥"])
def test_what_is_no_body_temperature_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="temperature-invalid"):
        checks.temperature(text)


@pytest.mark.parametrize(
    ("degrees", "symptoms", "abnormal"),
    [("37.2", "", False), ("37.3", "", True), ("", "无", False), ("", "正常，无不适", False), ("36.5", "咳嗽", True),
     ("", "无力", True), ("", "无发热，有咳嗽", True), ("", "无嗅觉", True), ("38.0", "无", True)],
)  # fmt: skip
def test_fever_or_any_symptom_asks_for_somebody(degrees: str, symptoms: str, abnormal: bool) -> None:
    assert checks.is_abnormal(degrees, symptoms) is abnormal


def test_normal_is_never_assumed() -> None:
    with pytest.raises(UserError) as silent:
        checks.said(checks.Answer("c"))
    assert (silent.value.code, silent.value.details["case"]) == ("check-says-nothing", "c")
    with pytest.raises(UserError, match="check-not-reached"):
        checks.said(checks.Answer("c", reached=False, temperature="36.5"))


# ---------------------------------------------------------------- rules as settings


def test_stages_are_read_as_they_are_spoken() -> None:
    steps = isolation_rules.read_steps("集中隔离7天@5 + 居家隔离７＠2@7出结果")
    assert [(step.measure, step.days, step.test_days, step.ends, step.place) for step in steps] == [
        ("集中隔离", 7, (5,), "days", "集中点"), ("居家隔离", 7, (2, 7), "result", "居家"),
    ]  # fmt: skip
    assert isolation_rules.read_steps(isolation_rules.spoken(steps)) == steps


@pytest.mark.parametrize("text", ["", "居家隔离", "居家隔离0", "居家隔离7@8", "在家7", "居家隔离999"])
def test_stages_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="rule-steps"):
        isolation_rules.read_steps(text)


@pytest.mark.parametrize(
    "wrong",
    [{"code": None}, {"code": 7}, {"steps": "7"}, {"steps": []}, {"count_from": "one day"}, {"release_at": "noon"},
     {"valid_from": "2020-13-01"}],
)  # fmt: skip
def test_a_rule_from_elsewhere_that_cannot_be_read_is_none(wrong: dict) -> None:
    good = {"code": "14", "steps": isolation_rules.steps_json(isolation_rules.read_steps("居家隔离14"))}
    assert isolation_rules.rule_of(good) is not None
    assert isolation_rules.rule_of(good | wrong) is None


def test_the_own_rule_stands_over_the_streets_and_that_over_the_built_in() -> None:
    ten, twenty = (
        isolation.Rule("14", (isolation.Step("居家隔离", days),), valid_from=date(2020, 5, 10)) for days in (10, 20)
    )
    layers = isolation_rules.layered([ten], [twenty])
    assert isolation.rule_named("14", date(2020, 5, 10), layers) is ten
    assert isolation.rule_named("14", date(2020, 5, 9), layers) is isolation.BUILT_IN[1]
    assert isolation.rule_named("14", date(2020, 5, 10), isolation_rules.layered([], [twenty])) is twenty


def test_two_rules_of_one_name_do_not_overlap() -> None:
    old = isolation.Rule("14", (isolation.Step("居家隔离", 14),), valid_until=date(2020, 6, 27))
    isolation_rules.require_valid(replace(old, valid_from=date(2020, 6, 28), valid_until=None), [old])
    with pytest.raises(UserError, match="rule-overlap"):
        isolation_rules.require_valid(replace(old, valid_from=date(2020, 6, 27), valid_until=None), [old])
    with pytest.raises(UserError, match="rule-dates"):
        isolation_rules.require_valid(replace(old, valid_from=date(2020, 6, 28)), [])


@given(st.dates(date(2019, 12, 31), date(2021, 1, 2)), st.times())
def test_what_is_owed_by_now_was_owed_before_it(day: date, at: time) -> None:
    now = datetime.combine(day, at, clock.SHANGHAI)
    assert isolation.owed_at(isolation.owed_by(now)) <= now
