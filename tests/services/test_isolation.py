"""Isolation through the services: opened, checked, handed over and ended by people only, and nobody forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import cli
from app.db import history, present
from app.domain import clock
from app.domain import isolation as domain
from app.domain.fields import ISOLATION_STATES
from app.domain.findings import Refused, UserError
from app.domain.isolation import Answer
from app.services import case_rows, conflicts, errands, isolation, matrix, records, undoing
from app.services.session import Session
from app.services.values import Values
from app.words import say
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.isolating import TODAY, at, day, household, opened, shown
from tests.street import Street

# ---------------------------------------------------------------- opening


def test_a_whole_household_in_one_act_and_one_undo(session: Session) -> None:
    home, (man, woman, son) = household(session, "302", "王建国", "李秀英", "王强")
    records.change(session, "resident", son, {"status": "参军"})
    done = isolation.open_(session, household=home, rule="14", start=day(20))
    assert [case["resident"] for case in done["cases"]] == [man, woman] and done["away"] == [son]
    assert {(c["state"], c["day"], c["days"], c["end"]) for c in done["cases"]} == {("在管", 6, 14, "2020-06-02")}
    with pytest.raises(UserError, match="isolation-nobody"):
        isolation.open_(session, household=home, rule="14", start=TODAY)
    undoing.undo(session, done["batch"])
    assert isolation.list_(session) == []


def test_a_second_active_case_of_one_person_is_refused(session: Session) -> None:
    case = opened(session)
    with pytest.raises(UserError) as refused:
        isolation.open_(session, resident=case["resident"], rule="7", start=TODAY)
    assert (refused.value.code, refused.value.details["name"]) == ("isolation-active", "王建国")


def test_who_is_dead_is_not_isolated(session: Session) -> None:
    resident = household(session, status="去世")[1][0]
    with pytest.raises(UserError, match="isolation-gone"):
        isolation.open_(session, resident=resident, rule="14", start=TODAY)


def test_by_seven_and_seven_co_residents_isolate_from_the_first_day_at_home(session: Session) -> None:
    _, (man, woman) = household(session, "302", "王建国", "李秀英")
    one, other = isolation.open_(session, resident=man, rule="7+7", start=day(20))["cases"]
    assert (one["co_resident"], one["measure"], one["day"], one["total_days"]) == (False, "集中隔离", 6, 14)
    assert (other["resident"], other["co_resident"], other["state"]) == (woman, True, "待接")
    assert (other["start"], other["end"], other["total_day"]) == ("2020-05-27", "2020-06-02", 0)


def test_co_residents_stay_out_of_it_where_that_is_said(session: Session) -> None:
    _, (man, _) = household(session, "302", "王建国", "李秀英")
    assert len(isolation.open_(session, resident=man, rule="7+7", start=TODAY, co_residents=False)["cases"]) == 1


def test_some_of_a_household_in_one_act(session: Session) -> None:
    home, (man, woman, _) = household(session, "302", "王建国", "李秀英", "王强")
    done = isolation.open_(session, household=home, rule="14", start=TODAY, only=[man, woman])
    assert [case["resident"] for case in done["cases"]] == [man, woman]
    undoing.undo(session, done["batch"])
    done = isolation.open_(session, resident=man, rule="7+7", start=day(20), only=[woman])
    assert [(case["resident"], case["co_resident"]) for case in done["cases"]] == [(man, False), (woman, True)]


def test_the_arrival_belongs_to_whoever_arrived(session: Session) -> None:
    home, (man, _) = household(session, "302", "王建国", "李秀英")
    arrival = records.add(session, "arrival", {"resident": man, "origin": "武汉"}).id
    one, other = isolation.open_(session, household=home, rule="7+7", start=day(10), arrival=arrival)["cases"]
    assert (one["arrival"], one["total_days"]) == (arrival, 14)
    assert (other["arrival"], other["total_days"], other["co_resident"]) == (None, 7, True)


def test_a_case_to_come_waits_and_whoever_does_not_come_stands_out(session: Session) -> None:
    case = opened(session, start=day(27))
    assert (case["state"], case["day"], case["late"]) == ("待接", 0, False)
    at(session, "2020-05-28T09:00")
    assert (shown(session)["state"], shown(session)["late"], shown(session)["missing"]) == ("待接", True, [])
    isolation.check(session, case["id"], on=day(28), slot="am", temperature="36.5")
    assert shown(session)["state"] == "在管", "somebody who was reached has come"
    assert shown(session)["missing"] == [["2020-05-27", "am"], ["2020-05-27", "pm"]]


def test_a_start_that_is_a_slip_of_the_key_is_refused(session: Session) -> None:
    with pytest.raises(UserError, match="isolation-start-far"):
        opened(session, start=date(2022, 5, 25))


def test_the_worker_who_opens_a_case_is_responsible_for_it(session: Session) -> None:
    session.roles = frozenset({"worker"})
    assert opened(session)["officer_name"] == ACCOUNT
    assert len(isolation.list_(session, mine=True)) == 1


def test_a_telephone_that_is_none_is_refused_and_nothing_written(session: Session) -> None:
    with pytest.raises(UserError, match="isolation-phone"):
        opened(session, officers={"doctor_phone": "12"})
    assert isolation.list_(session) == []


# ---------------------------------------------------------------- the list


def test_the_list_of_a_past_day_shows_that_day(session: Session) -> None:
    case = opened(session, start=day(10))
    isolation.close(session, case["id"], reason="期满", on=day(24))
    assert isolation.list_(session) == []
    assert (shown(session, day(12))["day"], shown(session, day(12))["state"]) == (3, "在管")
    assert isolation.list_(session, day(9)) == [] and isolation.list_(session, day(24)) == []
    assert (shown(session, ended=True)["day"], shown(session, ended=True)["state"]) == (14, "已解除")


def test_a_day_to_come_is_foretold_without_checks_that_nobody_owes_yet(session: Session) -> None:
    opened(session, start=day(24))
    ahead = shown(session, date(2020, 6, 10))
    assert (ahead["state"], ahead["day"], ahead["missing"]) == (
        "期满待解除",
        14,
        [["2020-05-24", "am"], ["2020-05-24", "pm"]],
    )


def test_a_case_that_nobody_can_read_stays_in_the_list(session: Session) -> None:
    case = opened(session)
    with session.writing("change") as writing:
        writing.change("isolation_case", case["id"], {"stages": [{"measure": 7}], "state": "不知道"})
    row = shown(session)
    assert (row["broken"], row["state"], row["id"]) == (True, "在管", case["id"])
    assert isolation.case(session, case["id"])["checks"] == []


def told(values: Values, checks: list[Values], on: date) -> Values:
    row = case_rows.told(values, checks, case_rows.seen(clock.frozen(f"{on}T23:00")(), on), "c")
    assert row is not None
    return row


@given(
    st.sampled_from([rule.code for rule in domain.BUILT_IN]), st.dates(date(2019, 12, 20), date(2020, 3, 10)),
    st.sampled_from(domain.ACTIVE), st.sets(st.tuples(st.integers(0, 25), st.sampled_from(("am", "pm")), st.booleans())),
    st.integers(0, 60), st.integers(0, 60),
)  # fmt: skip
def test_nobody_is_forgotten_on_any_later_day(
    code: str, start: date, state: str, keyed: set[tuple[int, str, bool]], first: int, later: int
) -> None:
    stages = domain.open_case(domain.rule_named(code, start), start)
    case = {
        "id": "x",
        "name": "",
        "rule": code,
        "state": state,
        "stages": domain.to_json(stages),
        "start": start.isoformat(),
    }
    checks = [
        {"on": (start + timedelta(days=number)).isoformat(), "slot": slot, "reached": reached}
        for number, slot, reached in keyed
    ]
    one, two = start + timedelta(days=first), start + timedelta(days=first + later)
    before, after = told(case, checks, one), told(case, checks, two)
    done = {(each["on"], each["slot"]) for each in checks if each["reached"]}
    assert all(each in after["missing"] for each in before["missing"]), "a missed check was forgotten"
    assert all((on, slot) not in done for on, slot in before["missing"])
    if two > stages[-1].end:
        assert after["state"] in ("期满待解除", "待结果") or after["late"], "past its end and nobody sees it"
    assert after["state"] not in domain.ENDED and 0 <= after["day"] <= after["days"]


# ---------------------------------------------------------------- checks


def test_a_check_is_keyed_sealed_and_corrected_by_the_next(session: Session) -> None:
    case = opened(session, start=day(24))
    first = isolation.check(session, case["id"], on=day(24), slot="am", mode="电话", by="李梅", temperature="３６.５℃")
    second = isolation.check(
        session, case["id"], on=day(24), slot="am", mode="上门", temperature="36．8", symptoms="无"
    )
    assert first.id == second.id and second.batch
    (check,) = isolation.case(session, case["id"], reveal=True)["checks"]
    assert (check["temperature"], check["symptoms"], check["mode"], check["late"]) == ("36.8", "无", "上门", True)
    (masked,) = isolation.case(session, case["id"])["checks"]
    assert masked["temperature"] == "●●●" and masked["reached"] is True
    assert shown(session)["missing"] == [["2020-05-24", "pm"]]
    with session.db.reading() as connection:
        assert present.one(connection, session.committee_id, "isolation_check", first.id)["temperature"].startswith(
            "sealed:"
        )  # type: ignore[index]  # it is there


def test_the_same_once_more_writes_nothing(session: Session) -> None:
    case = opened(session)
    isolation.check(session, case["id"], on=TODAY, slot="am", temperature="36.5")
    assert isolation.check(session, case["id"], on=TODAY, slot="am", temperature="36.50").batch == ""


@pytest.mark.parametrize(
    ("key", "first", "second"), [("mode", "电话", "上门"), ("by", "王楠", "李梅"), ("mode", "", "上门")]
)
def test_only_how_or_by_whom_is_corrected_too_and_sets_nothing_off(
    session: Session, key: str, first: str, second: str
) -> None:
    case = opened(session)["id"]
    made = isolation.check(session, case, on=TODAY, slot="am", temperature="38.2", **{key: first})
    isolation.alert_done(session, case)
    done = isolation.check(session, case, on=TODAY, slot="am", temperature="38.2", **{key: second})
    (check,) = [each for each in isolation.case(session, case)["checks"] if each["slot"]]
    assert (done.id, done.changed, check[key]) == (made.id, (key,), second)
    assert not shown(session)["alert"], "a fever that somebody saw to is not raised again"
    undoing.undo(session, done.batch)
    assert [each.get(key) for each in isolation.case(session, case)["checks"] if each["slot"]] == [first or None]


def test_a_round_with_another_mode_corrects_what_was_keyed(session: Session) -> None:
    home, _ = household(session, "302", "王建国", "李秀英")
    one, two = (c["id"] for c in isolation.open_(session, household=home, rule="14", start=TODAY)["cases"])
    isolation.check(session, one, on=TODAY, slot="am", temperature="36.5", mode="电话", by="王楠")
    answers = [Answer(one, temperature="36.5"), Answer(two, temperature="36.6")]
    done = isolation.check_many(session, answers, on=TODAY, slot="am", mode="上门")
    (check,) = isolation.case(session, one)["checks"]
    assert (done["written"], done["already"], check["mode"], check["by"]) == (2, [], "上门", "王楠")


def test_a_check_that_says_nothing_is_refused(session: Session) -> None:
    with pytest.raises(UserError, match="check-says-nothing"):
        isolation.check(session, opened(session)["id"], on=TODAY, slot="am", mode="电话")


def test_who_was_not_reached_stays_owed_and_once_reached_is_done(session: Session) -> None:
    case = opened(session, start=day(24))["id"]
    isolation.check(session, case, on=day(24), slot="am", reached=False)
    assert ["2020-05-24", "am"] in shown(session)["missing"]
    isolation.check(session, case, on=day(24), slot="am", symptoms="无")
    assert shown(session)["missing"] == [["2020-05-24", "pm"]]
    assert isolation.check(session, case, on=day(24), slot="am", reached=False).batch == ""
    assert shown(session)["missing"] == [["2020-05-24", "pm"]]


@pytest.mark.parametrize(("on", "code"), [(day(26), "check-in-future"), (day(19), "check-before-case")])
def test_no_check_on_an_impossible_day(session: Session, on: date, code: str) -> None:
    case = opened(session, start=day(20))
    with pytest.raises(UserError, match=code):
        isolation.check(session, case["id"], on=on, slot="am", temperature="36.5")


def test_after_the_end_only_what_was_before_it_may_be_keyed(session: Session) -> None:
    case = opened(session, start=day(10))["id"]
    isolation.close(session, case, reason="期满", on=day(24))
    assert isolation.check(session, case, on=day(23), slot="pm", temperature="36.5").batch
    with pytest.raises(UserError, match="check-after-close"):
        isolation.check(session, case, on=TODAY, slot="am", temperature="36.5")


def test_a_round_is_one_batch_and_says_who_was_there_already(session: Session) -> None:
    home, _ = household(session, "302", "王建国", "李秀英", "王强")
    one, two, three = (c["id"] for c in isolation.open_(session, household=home, rule="14", start=TODAY)["cases"])
    isolation.check(session, one, on=TODAY, slot="am", temperature="36.5")
    done = isolation.check_many(
        session, [Answer(one, temperature="36.5"), Answer(two, temperature="37.3"), Answer(three, reached=False)],
        on=TODAY, slot="am", mode="电话",
    )  # fmt: skip
    assert (done["written"], done["already"], done["alerts"]) == (2, [one], [two])
    assert [row["alert"] for row in isolation.list_(session)] == [False, True, False]
    undoing.undo(session, done["batch"])
    assert [row["alert"] for row in isolation.list_(session)] == [False, False, False]


def test_one_wrong_answer_of_a_round_is_named_and_nothing_is_written(session: Session) -> None:
    home, _ = household(session, "302", "王建国", "李秀英")
    one, two = (c["id"] for c in isolation.open_(session, household=home, rule="14", start=TODAY)["cases"])
    with pytest.raises(UserError) as wrong:
        isolation.check_many(
            session, [Answer(one, symptoms="无"), Answer(two, temperature="3.65")], on=TODAY, slot="am"
        )
    assert wrong.value.details["case"] == two
    assert isolation.case(session, one)["checks"] == []


def test_whoever_may_not_open_it_sees_that_it_is_there_and_no_more(session: Session) -> None:
    case = opened(session, officers={"officer_name": "李梅"})["id"]
    isolation.check(session, case, on=TODAY, slot="am", temperature="38.2")
    session.roles = frozenset({"worker"})
    assert isolation.case(session, case)["checks"][0]["temperature"] == "●●●"
    with pytest.raises(Refused, match="not-assigned"):
        isolation.case(session, case, reveal=True)


def test_a_look_at_what_was_measured_leaves_an_entry(session: Session) -> None:
    case = opened(session)["id"]
    isolation.case(session, case, reveal=True)
    with session.db.reading() as connection:
        look = history.acts(connection, session.office, actions=("view",), row=case, limit=1)[0]
    assert look["said"]["sensitive"] is True and look["purpose"]


# ---------------------------------------------------------------- tests and alerts


def test_a_sample_waits_for_its_result_and_the_result_joins_it(session: Session) -> None:
    case = opened(session, start=day(20))["id"]
    sample = isolation.check(session, case, on=day(24), slot="am", symptoms="无", sampled=True)
    assert shown(session)["awaited"] == ["2020-05-24"]
    result = isolation.result(session, case, test="negative", on=TODAY)
    assert result.id == sample.id and shown(session)["awaited"] == []
    (check,) = isolation.case(session, case)["checks"]
    assert (check["result_in"], check["test"]) == (True, "●●●")
    assert isolation.result(session, case, test="negative", on=TODAY).id != sample.id, "a second result is of its own"


def test_a_sample_alone_is_no_check(session: Session) -> None:
    case = opened(session, start=day(24))["id"]
    isolation.result(session, case, test="awaited", on=day(24))
    assert shown(session)["awaited"] == ["2020-05-24"] and len(shown(session)["missing"]) == 2


def test_a_positive_result_asks_for_somebody_and_no_release_passes_it(session: Session) -> None:
    case = opened(session, start=day(10))["id"]
    isolation.result(session, case, test="positive", on=TODAY)
    assert shown(session)["alert"] is True
    with pytest.raises(UserError, match="isolation-alert"):
        isolation.close(session, case, reason="期满")
    isolation.alert_done(session, case, note="复核为阴性")
    assert shown(session)["alert"] is False
    isolation.close(session, case, reason="期满")
    with pytest.raises(UserError, match="alert-none"):
        isolation.alert_done(session, case)


def test_a_further_fever_asks_again(session: Session) -> None:
    case = opened(session)["id"]
    isolation.check(session, case, on=TODAY, slot="am", temperature="38")
    isolation.alert_done(session, case)
    at(session, "2020-05-25T19:00")
    isolation.check(session, case, on=TODAY, slot="pm", temperature="38.1")
    assert shown(session)["alert"] is True


def test_missing_twice_asks_until_somebody_above_was_told(session: Session) -> None:
    case = opened(session, start=day(24))["id"]
    assert shown(session)["escalate"] is True
    isolation.escalate(session, case, to="街道城运中心 周主任")
    assert (shown(session)["escalate"], shown(session)["escalated_to"]) == (False, "街道城运中心 周主任")
    at(session, "2020-05-25T20:30")
    assert shown(session)["escalate"] is True, "two further ones"
    with pytest.raises(UserError, match="field-needed"):
        isolation.escalate(session, case, to=" ")


# ---------------------------------------------------------------- ending


def test_an_early_end_needs_whoever_allowed_it(session: Session) -> None:
    case = opened(session, start=day(20))["id"]
    with pytest.raises(UserError) as early:
        isolation.close(session, case, reason="转阴")
    assert (early.value.code, early.value.details["due"]) == ("isolation-early", "2020-06-02")
    isolation.close(session, case, reason="误登记", approved_by="周主任")
    assert isolation.case(session, case)["approved_by"] == "周主任"


@pytest.mark.parametrize(
    ("on", "code"), [(day(26), "close-future"), (day(9), "close-before-case"), (None, "field-needed")]
)
def test_no_case_ends_on_an_impossible_day_or_without_a_reason(session: Session, on: date | None, code: str) -> None:
    case = opened(session, start=day(10))["id"]
    with pytest.raises(UserError, match=code):
        isolation.close(session, case, reason="期满" if on else "", on=on, approved_by="周主任")


def test_a_mistaken_end_is_taken_back_with_its_reason(session: Session) -> None:
    case = opened(session, start=day(10))
    isolation.close(session, case["id"], reason="期满")
    with pytest.raises(UserError) as ended:
        isolation.step(session, case["id"], "在管")
    assert ended.value.code == "isolation-step" and "重新在管" in say("isolation-step", **ended.value.details)
    isolation.reopen(session, case["id"], why="点错了人")
    assert (shown(session)["state"], shown(session)["closed_on"]) == ("期满待解除", None)
    assert "点错了人" in {each["source"] for each in records.history(session, "isolation_case", case["id"])}
    with pytest.raises(UserError, match="isolation-reopen"):
        isolation.reopen(session, case["id"], why="又点了一次")


def test_nobody_is_reopened_beside_a_case_that_runs(session: Session) -> None:
    case = opened(session, start=day(1))
    isolation.close(session, case["id"], reason="期满")
    isolation.open_(session, resident=case["resident"], rule="7", start=TODAY)
    with pytest.raises(UserError, match="isolation-active"):
        isolation.reopen(session, case["id"], why="点错了人")


def test_leaving_the_street_names_unit_person_phone_and_time(session: Session) -> None:
    case = opened(session, start=day(20))["id"]
    with pytest.raises(UserError) as lacking:
        isolation.transfer(session, case, state="转出", receiver_unit="金杨街道")
    assert lacking.value.details["missing"] == "接收人、接收人电话、移交时间"
    isolation.transfer(
        session, case, state="转出", receiver_unit="金杨街道", receiver_name="周敏", receiver_phone="58881234",
        handed_over_at="2020-05-24T18:30",
    )  # fmt: skip
    gone = shown(session, ended=True)
    assert (gone["state"], gone["closed_on"], gone["day"]) == ("转出", "2020-05-24", 5)
    isolation.step(session, case, "在管")
    back = shown(session)
    assert (back["state"], back["duty_since"], back["missing"]) == ("在管", "2020-05-25", [])


@pytest.mark.parametrize(
    ("when", "code"), [("2020-05-25T10:00", "isolation-time-future"), ("昨天", "isolation-time-invalid")]
)
def test_nobody_is_handed_over_at_an_impossible_time(session: Session, when: str, code: str) -> None:
    case = opened(session)["id"]
    with pytest.raises(UserError, match=code):
        isolation.transfer(session, case, state="转院", receiver_unit="东方医院", handed_over_at=when)


def test_the_way_to_hospital_settles_the_alert(session: Session) -> None:
    case = opened(session)["id"]
    isolation.check(session, case, on=TODAY, slot="am", temperature="39")
    isolation.transfer(session, case, state="转院", receiver_unit="东方医院")
    assert (shown(session, ended=True)["state"], shown(session, ended=True)["alert"]) == ("转院", False)


def test_an_end_is_no_mere_step(session: Session) -> None:
    case = opened(session)["id"]
    with pytest.raises(UserError, match="isolation-step-end"):
        isolation.step(session, case, "已解除")


def test_somebody_who_never_came_is_closed_with_a_reason(session: Session) -> None:
    case = opened(session, start=day(28))["id"]
    isolation.close(session, case, reason="改签，不来沪")
    assert shown(session, ended=True)["state"] == "已解除"


def test_without_the_last_result_nobody_is_released_unless_somebody_allows_it(session: Session) -> None:
    isolation.add_rule(session, code="7检", steps="居家隔离7@7", release_at="after-result")
    case = opened(session, rule="7检", start=day(15))["id"]
    assert (shown(session)["state"], shown(session)["untaken"]) == ("待结果", ["2020-05-21"])
    with pytest.raises(UserError, match="isolation-no-result"):
        isolation.close(session, case, reason="期满")
    isolation.result(session, case, test="negative", on=day(22))
    assert shown(session)["state"] == "期满待解除"
    isolation.close(session, case, reason="期满")


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_the_state_follows_the_table_and_time_ends_nothing(session: Session, seed: int) -> None:
    random, case = Random(seed), opened(session, start=day(20))["id"]
    now = clock.frozen("2020-05-25T09:00")()
    acts: list[Callable[[], Any]] = [
        lambda: isolation.step(session, case, random.choice(ISOLATION_STATES)),
        lambda: isolation.close(session, case, reason="期满", approved_by=random.choice(["", "周主任"])),
        lambda: isolation.transfer(
            session,
            case,
            state=random.choice(isolation.TRANSFERS),
            receiver_unit="某单位",
            receiver_name="周敏",
            receiver_phone="58881234",
            handed_over_at=clock.written(now),
        ),
        lambda: isolation.reopen(session, case, why="点错"),
        lambda: isolation.check(session, case, on=now.date(), slot="pm", temperature=random.choice(["36.5", "38"])),
        lambda: isolation.alert_done(session, case),
        lambda: isolation.result(session, case, test=random.choice(["negative", "positive", "awaited"]), on=now.date()),
    ]
    seen = set()
    for _ in range(90):
        before = isolation.case(session, case)["recorded"]
        now += timedelta(hours=random.randint(0, 20))
        session.clock = partial(lambda at: at, now)
        assert isolation.case(session, case)["recorded"] == before, "time alone changed a case"
        act = random.choice(acts)
        try:
            act()
        except UserError:
            assert isolation.case(session, case)["recorded"] == before
        after = isolation.case(session, case)["recorded"]
        assert after == before or after in domain.STEPS.possible(before) or after in domain.REOPENING.possible(before)
        row = shown(session, ended=True)
        assert row["day"] <= row["days"] and row["total_day"] <= row["total_days"]
        assert (row["closed_on"] is None) == (after not in domain.ENDED)
        seen.add(after)
    assert {"在管", "已解除"} <= seen and len(seen) >= 4


def test_a_value_that_another_pc_sealed_wrongly_shuts_nothing_else(session: Session) -> None:
    case = opened(session)["id"]
    check = isolation.check(session, case, on=TODAY, slot="am", temperature="36.5", symptoms="无").id
    with session.db.reading() as connection:
        kept = present.one(connection, session.committee_id, "isolation_check", check) or {}
    with session.writing("change") as writing:
        writing.change("isolation_check", check, {"temperature": kept["symptoms"]})
    (told_,) = isolation.case(session, case, reveal=True)["checks"]
    assert told_["temperature"] == "●●●" and told_["on"] == "2020-05-25"
    isolation.check(session, case, on=TODAY, slot="am", temperature="36.6")
    assert isolation.case(session, case, reveal=True)["checks"][0]["temperature"] == "36.6"


def test_a_door_of_the_matrix_lacks_a_check_that_was_tried_in_vain(session: Session) -> None:
    case = opened(session)
    at(session, "2020-05-25T12:30")
    for reached, missing in ((False, True), (True, False)):
        isolation.check(session, case["id"], on=TODAY, slot="am", reached=reached, symptoms="无" if reached else "")
        (cell,) = matrix.of(session, case["building"]).floors[0].cells
        assert next(mark for mark in cell.marks if mark.key == "isolation").missing is missing


def test_a_breach_is_an_incident_of_the_case(session: Session) -> None:
    case = opened(session)
    done = isolation.breach(session, case["id"], what="门磁报警，人不在家")
    incident = records.show(session, "incident", done["id"])
    assert (incident["kind"], incident["isolation_case"], incident["resident"]) == (
        "违反隔离", case["id"], case["resident"],
    )  # fmt: skip


def test_a_move_under_way_shows_and_the_duty_stays(session: Session) -> None:
    case = opened(session, start=day(24))
    from app.domain import ids, moves

    with session.writing("change") as writing:
        writing.change("resident", case["resident"], {"move": moves.offered(ids.new_id(), ids.new_id())})
    assert shown(session)["moving"] is True
    assert isolation.check(session, case["id"], on=TODAY, slot="am", temperature="36.5").batch


# ---------------------------------------------------------------- rules


def test_a_rule_of_ones_own_holds_from_its_day_and_running_cases_stay(session: Session) -> None:
    before = opened(session, start=day(20))
    rule = isolation.add_rule(session, code="14", steps="居家隔离10@3", valid_from=TODAY, release_at="next-day")
    case = isolation.open_(session, resident=household(session, "401", "张三")[1][0], rule="14", start=TODAY)["cases"][
        0
    ]
    assert (case["days"], case["end"], case["due"]) == (10, "2020-06-03", "2020-06-04")
    assert next(row for row in isolation.list_(session) if row["id"] == before["id"])["days"] == 14
    isolation.end_rule(session, rule.id, day(24))
    again = isolation.open_(session, resident=household(session, "402", "李四")[1][0], rule="14", start=TODAY)["cases"][
        0
    ]
    assert again["days"] == 14
    assert [row["whose"] for row in isolation.rules(session)][:2] == ["own", "built-in"]


def test_a_worker_writes_no_rules_by_any_way(session: Session) -> None:
    session.roles = frozenset({"worker"})
    values = {"code": "3", "valid_from": "2020-05-01"}
    for act in (
        lambda: isolation.add_rule(session, code="3", steps="居家隔离3"),
        lambda: records.add(session, "isolation_rule", values),
    ):
        with pytest.raises(Refused, match="not-allowed"):
            act()


def test_a_rule_that_cannot_be_read_is_shown_and_never_used(session: Session) -> None:
    with session.writing("create") as writing:
        writing.change("isolation_rule", "0190a000-0000-7000-8000-000000000001", {"code": "14", "count_from": "never"})
    assert (isolation.rules(session)[0]["readable"], opened(session)["days"]) == (False, 14)


# ---------------------------------------------------------------- a street


def test_the_streets_rules_travel_and_the_centre_sees_and_helps(street: Street) -> None:
    committee = street.committee(1)
    isolation.add_rule(street.centre, code="14", steps="居家隔离21", valid_from=day(1), note="区防控办")
    street.bring(committee, street.send(street.centre))
    at(committee, "2020-05-25T09:00")
    case = opened(committee, start=day(20))
    assert case["days"] == 21
    assert isolation.rules(committee)[0]["whose"] == "street"
    street.bring(street.centre, street.send(committee))
    at(street.centre, "2020-05-25T12:30")
    assert (shown(street.centre)["committee"], len(shown(street.centre)["missing"])) == (committee.committee_id, 11)
    isolation.check_many(street.centre, [Answer(case["id"], temperature="37.5")], on=TODAY, slot="am", mode="电话")
    street.bring(committee, street.send(street.centre))
    assert shown(committee)["alert"] is True
    assert isolation.case(committee, case["id"], reveal=True)["checks"][0]["temperature"] == "37.5"
    isolation.transfer(
        street.centre, case["id"], state="转集中", receiver_unit="某集中点", handed_over_at="2020-05-25T09:30"
    )
    (again,) = isolation.open_(street.centre, resident=case["resident"], rule="7", start=TODAY)["cases"]
    street.bring(committee, street.send(street.centre))
    assert [(row["id"], row["state"]) for row in isolation.list_(committee)] == [(again["id"], "在管")]


def test_two_pcs_that_key_the_same_check_make_no_conflict(street: Street) -> None:
    committee = street.committee(1)
    case = opened(committee)["id"]
    street.bring(street.centre, street.send(committee))
    for session, temperature in ((committee, "36.5"), (street.centre, "36.7")):
        at(session, "2020-05-25T12:30")
        isolation.check(session, case, on=TODAY, slot="am", temperature=temperature, by=session.name)
    street.bring(street.centre, street.send(committee))
    assert conflicts.pending(street.centre) == []
    assert len(isolation.case(street.centre, case)["checks"]) == 2 and shown(street.centre)["missing"] == []


def test_several_are_released_in_one_act_and_one_undo(session: Session) -> None:
    home, people = household(session, "302", "王建国", "李秀英", "王强")
    rows = [case["id"] for case in isolation.open_(session, household=home, rule="14", start=day(11))["cases"]]
    done = isolation.close_many(session, [*rows, rows[0]], reason="期满", on=day(25))
    assert done["closed"] == rows and isolation.list_(session) == []
    undoing.undo(session, done["batch"])
    assert [case["state"] for case in isolation.list_(session)] == ["期满待解除"] * len(people)
    assert isolation.close_many(session, [], reason="期满") == {"batch": "", "closed": []}


def test_where_one_may_not_be_released_nobody_is_and_it_is_said_who(session: Session) -> None:
    _, (man, woman) = household(session, "302", "王建国", "李秀英")
    (due,) = isolation.open_(session, resident=man, rule="14", start=day(11))["cases"]
    (early,) = isolation.open_(session, resident=woman, rule="14", start=day(20))["cases"]
    with pytest.raises(UserError, match="isolation-close-many") as refused:
        isolation.close_many(session, [due["id"], early["id"]], reason="期满")
    words = say(refused.value.code, **refused.value.details)
    assert "李秀英（培花新村/12号/302）" in words and "2020-06-02 才能解除" in words and "2 人都没有解除" in words
    assert [case["state"] for case in isolation.list_(session)] == ["期满待解除", "在管"]


# ---------------------------------------------------------------- errands


def test_errands_are_asked_for_and_done(session: Session) -> None:
    case = opened(session)
    made = errands.add(session, kind="买菜购物", what="青菜、鸡蛋", due=day(26), case=case["id"])
    (row,) = errands.list_(session)
    assert (row["household"], row["state"], row["overdue"], row["path"]) == (
        case["household"],
        "待办",
        False,
        "培花新村/12号/302",
    )
    at(session, "2020-05-27T09:00")
    assert errands.list_(session)[0]["overdue"] is True
    errands.done(session, made.id, "李梅")
    assert errands.list_(session) == []
    assert [each["done_by"] for each in isolation.case(session, case["id"])["errands"]] == ["李梅"]
    with pytest.raises(UserError, match="errand-step"):
        errands.cancel(session, made.id, "不要了")


def test_several_errands_are_done_in_one_act_and_one_undo(session: Session) -> None:
    case = opened(session)
    made = [errands.add(session, kind=kind, case=case["id"]).id for kind in ("买菜购物", "收运垃圾")]
    done = errands.done_many(session, made, "李梅")
    assert errands.list_(session) == [] and done["done"] == made
    undoing.undo(session, done["batch"])
    assert [row["id"] for row in errands.list_(session)] == made


def test_where_one_errand_has_ended_none_is_done_and_it_is_said_which(session: Session) -> None:
    case = opened(session)
    made = [errands.add(session, kind="买菜购物", what=what, case=case["id"]).id for what in ("青菜", "鸡蛋")]
    errands.cancel(session, made[1], "不要了")
    with pytest.raises(UserError, match="errand-done-many") as refused:
        errands.done_many(session, made)
    assert "鸡蛋" in say(refused.value.code, **refused.value.details)
    assert [row["id"] for row in errands.list_(session)] == made[:1]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "遛狗"}, "errand-kind"),
        ({"kind": "买菜购物", "due": day(24)}, "errand-due"),
        ({"kind": "买菜购物"}, "errand-whom"),
    ],
)
def test_an_errand_that_nobody_can_do_is_refused(session: Session, more: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError, match=code):
        errands.add(session, **more)


# ---------------------------------------------------------------- by commands

Run = Callable[..., tuple[int, Any]]
KEYS = {
    "id", "household", "resident", "state", "due", "rule", "stage", "measure", "start", "end", "day", "days",
    "total_day", "total_days",
}  # fmt: skip


def test_the_way_of_a_case_by_commands(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)

    def run(*words: str, now: str = "2020-05-25T21:00") -> tuple[int, Any]:
        code = cli.main(["--data", str(folder), "--account", ACCOUNT, "--json", "--now", now, *words])
        return code, json.loads(capsys.readouterr().out)

    assert run("add", "dwelling", "estate=培花新村", "building=12号", "room=302")[0] == 0
    home = run("add", "household", "dwelling=培花新村/12号/302")[1]["id"]
    assert run("add", "resident", f"household={home}", "name=王建国")[0] == 0
    who = "培花新村/12号/302/户1/王建国"
    code, case = run("isolation", "open", "--resident", who, "--rule", "14+7", "--start", "2020-05-10")
    assert code == 0 and case.keys() >= KEYS
    assert (case["measure"], case["day"], case["days"], case["total_day"], case["total_days"]) == (
        "居家健康监测",
        2,
        7,
        16,
        21,
    )
    code, refused = run("isolation", "open", "--resident", who, "--rule", "7", "--start", "2020-05-25")
    assert (code, refused["error"]["code"]) == (1, "isolation-active")
    code, done = run(
        "isolation",
        "check",
        case["id"],
        "--date",
        "2020-05-25",
        "--slot",
        "pm",
        "--mode",
        "电话",
        "--by",
        "李梅",
        "--temperature",
        "36.5",
    )
    assert (
        code == 0
        and done.keys() >= KEYS
        and [*done["missing"]] == [["2020-05-24", "am"], ["2020-05-24", "pm"], ["2020-05-25", "am"]]
    )
    code, done = run("isolation", "check", who, "--slot", "am", "--mode", "门磁")
    assert code == 0 and ["2020-05-25", "am"] not in done["missing"]  # there was contact; of health nothing is known
    assert run("isolation", "result", case["id"], "--test", "negative", "--date", "2020-05-25")[0] == 0
    code, rows = run("isolation", "list", "--on", "2020-06-10")
    assert code == 0 and (rows[0]["state"], rows[0]["day"], rows[0]["total_day"]) == ("期满待解除", 7, 21)
    code, early = run("isolation", "close", case["id"], "--reason", "检测阴性，提前解除")
    assert code == 0 and early["state"] == "已解除"  # the head's own act is the approval
    assert run("isolation", "reopen", case["id"], "--why", "点错")[1]["state"] == "在管"
    code, closed = run("isolation", "close", case["id"], "--reason", "期满", now="2020-05-31T09:00")
    assert code == 0 and (closed["state"], "due" in closed) == ("已解除", False)
    assert run("isolation", "list", now="2020-05-31T09:00") == (0, [])
    assert run("isolation", "reopen", case["id"], "--why", "点错", now="2020-05-31T10:00")[1]["state"] == "期满待解除"
    assert run("isolation", "escalate", case["id"], "--to", "街道", now="2020-05-31T10:00")[0] == 0
    code, errand = run("errand", "add", "--household", "培花新村/12号/302", "--kind", "收运垃圾")
    assert code == 0 and run("errand", "list")[1] == [{key: value for key, value in errand.items() if key != "batch"}]
    assert run("errand", "done", errand["id"])[1]["state"] == "已完成"
    assert run("rules", "add", "5+5", "--steps", "集中隔离5 + 居家隔离5")[0] == 0
    assert "5+5" in {rule["code"] for rule in run("rules", "list")[1]}
    assert run("isolation", "check", case["id"], "--date", "廿五", "--slot", "am")[0] == 2
