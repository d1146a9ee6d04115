"""Isolation cases day by day: never 15 of 14, never ended by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import isolation
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
    assert isolation.step_to(state, new) == new


@pytest.mark.parametrize(("state", "new"), [("已解除", "在管"), ("待接", "待结果"), ("转出", "已解除")])
def test_steps_that_are_not(state: str, new: str) -> None:
    with pytest.raises(UserError, match="isolation-step"):
        isolation.step_to(state, new)


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
