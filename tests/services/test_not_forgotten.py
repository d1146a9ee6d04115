"""Ways in which somebody could be forgotten all the same: wrong clocks, late results, two PCs, values nobody typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.domain import ids
from app.domain.findings import UserError
from app.exchange.pasted import Pasted
from app.services import (
    arrivals,
    errands,
    isolation,
    ledgers,
    maps,
    matrix,
    moves,
    records,
    rounds,
    search,
    stubs,
    today,
    workspaces,
)
from app.services.session import Session
from app.services.values import Values, stored
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.bending import down, of, sibling, up
from tests.services.isolating import TODAY, at, day, household, opened, shown
from tests.services.moving_people import arrived, home_of, isolating_street, neighbours
from tests.street import Street


def written(session: Session, entity: str, values: Values) -> str:
    """A row as an entry of another PC may make it."""
    row = str(ids.new_id())
    with session.writing("create") as writing:
        writing.create(entity, [(row, values)])
    return row


def course(start: str, end: str, measure: str = "居家隔离", ends: str = "days") -> Values:
    stage = {"measure": measure, "place": "居家", "ends": ends, "start": start, "end": end, "tests": []}
    return {"start": start, "stages": [stage], "state": "在管"}


# ---------------------------------------------------------------- alerts


def test_a_result_that_comes_after_the_release_still_asks_for_somebody(session: Session) -> None:
    case = opened(session, start=day(10))["id"]
    isolation.result(session, case, test="awaited", on=day(23))
    isolation.close(session, case, reason="期满", approved_by="周主任")
    assert isolation.list_(session) == []
    isolation.result(session, case, test="positive", on=TODAY)
    assert (shown(session)["state"], shown(session)["alert"]) == ("已解除", True)
    assert [item.kind for item in today.items(session).items] == ["alert"]
    isolation.alert_done(session, case, note="已送医")
    assert isolation.list_(session) == [] and today.items(session).items == ()


def test_an_alert_raised_while_the_clock_was_ahead_can_be_seen_to(session: Session) -> None:
    case = opened(session)["id"]
    at(session, "2021-05-25T09:00")
    isolation.check(session, case, on=TODAY, slot="am", temperature="38")
    at(session, "2020-05-25T10:00")
    isolation.alert_done(session, case)
    assert shown(session)["alert"] is False


def test_a_call_upwards_from_a_day_to_come_silences_nothing(session: Session) -> None:
    case = opened(session, start=day(20))["id"]
    at(session, "2021-05-25T09:00")
    isolation.escalate(session, case, to="周主任")
    at(session, "2020-05-25T13:00")
    assert shown(session)["escalate"] is True
    assert rounds.round_(session, TODAY, "pm").rows[0].escalate is True
    assert "check-twice" in {item.kind for item in today.items(session).items}


def _two_pcs(street: Street) -> tuple[Session, Session, str]:
    first, second = street.committee(1), sibling(street)
    case = opened(first, start=day(20))["id"]
    _swap(street, first, second)
    return first, second, case


def _swap(street: Street, *pcs: Session) -> None:
    for _ in range(2):
        for each in pcs:
            for file in of(street.send(each), street.centre):
                street.bring(street.centre, [file])
        down(street, *pcs)


def test_whoever_saw_to_one_fever_did_not_see_to_the_other_pcs(street: Street) -> None:
    first, second, case = _two_pcs(street)
    at(second, "2020-05-25T12:30")
    isolation.check(second, case, on=TODAY, slot="am", temperature="39")
    at(first, "2020-05-25T12:31")
    isolation.check(first, case, on=day(24), slot="am", temperature="38")
    at(first, "2020-05-25T12:40")
    isolation.alert_done(first, case)
    _swap(street, first, second)
    assert [shown(each)["alert"] for each in (first, second, street.centre)] == [True] * 3
    isolation.alert_done(first, case)
    _swap(street, first, second)
    assert [shown(each)["alert"] for each in (first, second, street.centre)] == [False] * 3


# ---------------------------------------------------------------- results


def test_of_two_samples_one_result_answers_one(session: Session) -> None:
    case = opened(session, start=day(10))["id"]
    for on in (18, 20):
        isolation.result(session, case, test="awaited", on=day(on))
    isolation.result(session, case, test="negative", on=day(21))
    assert shown(session)["awaited"] == ["2020-05-20"]
    isolation.result(session, case, test="negative", on=day(22))
    assert shown(session)["awaited"] == []


def test_a_result_told_with_the_day_of_its_sample_joins_that_one(session: Session) -> None:
    case = opened(session, start=day(10))["id"]
    for on in (18, 20):
        isolation.result(session, case, test="awaited", on=day(on))
    isolation.result(session, case, test="positive", on=day(20))
    found = isolation.case(session, case, reveal=True)["checks"]
    assert [(each["on"], each["test"]) for each in found] == [("2020-05-18", "待出"), ("2020-05-20", "阳性")]


def test_nobody_is_released_while_a_result_is_awaited(session: Session) -> None:
    case = opened(session, start=day(10))["id"]
    isolation.result(session, case, test="awaited", on=day(23))
    with pytest.raises(UserError, match="isolation-no-result"):
        isolation.close(session, case, reason="期满")


# ---------------------------------------------------------------- days that cannot be


def test_nobody_is_handed_over_before_the_case_began(session: Session) -> None:
    case = opened(session)["id"]
    with pytest.raises(UserError, match="handed-before-case"):
        isolation.transfer(session, case, state="转院", receiver_unit="东方医院", handed_over_at="2010-01-01T08:00")


RECEIVER = {"receiver_unit": "昆山市玉山镇", "receiver_name": "钱明", "receiver_phone": "13812345678"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"handed_over_at": "2031-01-01T08:00"}, "isolation-time-future"),
        ({"handed_over_at": "1999-01-01T08:00"}, "handed-before-case"),
        ({"handed_over_at": "2020-05-25T08:00", "on": date(2031, 1, 1)}, "leave-future"),
        ({"handed_over_at": "2020-05-25T08:00", "on": date(1999, 1, 1)}, "handed-before-case"),
        ({"handed_over_at": "2020-05-25T08:00", "receiver_phone": "12"}, "isolation-phone"),
    ],
)
def test_nobody_leaves_the_street_on_a_day_that_cannot_be(session: Session, said: Values, code: str) -> None:
    person = opened(session)["resident"]
    with pytest.raises(UserError, match=code):
        moves.leave_street(session, person, whereabouts="江苏昆山", **{**RECEIVER, **said})
    assert shown(session)["state"] == "在管"


def test_whoever_leaves_the_street_takes_the_alert_along(session: Session) -> None:
    case = opened(session)
    isolation.check(session, case["id"], on=TODAY, slot="am", temperature="39")
    moves.leave_street(session, case["resident"], whereabouts="江苏", handed_over_at="2020-05-25T08:59", **RECEIVER)
    assert isolation.list_(session) == []


def test_a_start_of_another_century_is_a_slip_of_the_key(session: Session) -> None:
    with pytest.raises(UserError, match="isolation-start-far"):
        opened(session, start=date(1020, 5, 25))


def test_a_case_is_not_over_before_its_last_day_because_somebody_says_so(session: Session) -> None:
    case = opened(session, start=day(20))["id"]
    with pytest.raises(UserError, match="isolation-early"):
        isolation.step(session, case, "期满待解除")


def test_days_are_counted_in_shanghai_whatever_offset_the_clock_has(session: Session) -> None:
    case = opened(session)["id"]
    at(session, "2020-05-25T20:00:00+00:00")
    assert shown(session)["day"] == 2
    isolation.check(session, case, on=day(26), slot="am", temperature="36.5")


def test_symptoms_too_long_to_be_sent_are_refused(session: Session) -> None:
    case = opened(session)["id"]
    with pytest.raises(UserError, match="value-refused"):
        isolation.check(session, case, on=TODAY, slot="am", symptoms="咳" * 60_000)


# ---------------------------------------------------------------- values nobody typed


@pytest.mark.parametrize(
    "values",
    [
        course("9999-12-25", "9999-12-31", ends="next-day"),
        course("9999-12-25", "9999-12-31") | {"state": "期满待解除"},
        course("0001-01-01", "0001-01-07", ends="next-day"),
        course("2020-05-20", "2020-06-02") | {"state": "胡说", "escalated_at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_case_at_the_end_of_time_stops_no_list(session: Session, values: Values) -> None:
    person = household(session)[1][0]
    case = written(session, "isolation_case", {"resident": person, **values})
    assert shown(session)["id"] == isolation.case(session, case)["id"] == case
    today.items(session)
    rounds.round_(session, TODAY, "pm")


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01"])
def test_a_sample_of_an_impossible_day_stops_nothing_and_hides_no_other(session: Session, on: str) -> None:
    case = opened(session, start=day(20))["id"]
    isolation.result(session, case, test="awaited", on=day(24))
    written(session, "isolation_check", {"isolation_case": case, "on": on, "sampled": True})
    written(session, "isolation_check", {"isolation_case": case, "on": "9999-12-31", "result_in": True})
    assert "2020-05-24" in shown(session)["awaited"]
    assert "result" in {item.kind for item in today.items(session).items}


def test_a_house_number_of_five_thousand_digits_stops_no_list(session: Session) -> None:
    estate = records.add(session, "estate", {"name": "培花新村"}).id
    building = written(session, "building", {"estate": estate, "number": "1" * 5000, "lane": "9" * 6000})
    door = written(session, "dwelling", {"building": building, "room": "9" * 5000, "unit": "8" * 5000})
    home = written(session, "household", {"dwelling": door})
    person = written(session, "resident", {"household": home, "name": "王建国"})
    written(session, "isolation_case", {"resident": person, **course("2020-05-20", "2020-06-02")})
    errands.add(session, household=home, kind="买菜购物")
    assert len(isolation.list_(session)) == len(errands.list_(session)) == 1
    assert len(rounds.round_(session, TODAY, "am").rows) == 1
    assert len(search.find(session, "王建国")) == len(matrix.of(session, building).cells) == 1
    maps.draw(session, "committee")


def test_a_measure_of_another_version_wants_its_checks(session: Session) -> None:
    person = household(session)[1][0]
    written(session, "isolation_case", {"resident": person, **course("2020-05-24", "2020-06-02", "居家医学观察")})
    assert shown(session)["missing"] == [["2020-05-24", "am"], ["2020-05-24", "pm"]]
    assert len(rounds.round_(session, TODAY, "am").rows) == 1


# ---------------------------------------------------------------- people who come


def why(session: Session, values: Values) -> str:
    row = written(session, "arrival", {"person_name": "赵六", **values})
    return str(arrivals.one(session, row)["why"])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "已接", "picked_up_at": "2021-05-25T09:00:00+08:00"}, "long-way"),
        ({"state": "已交接", "handed_over_at": "9999-12-31T23:59:59+08:00"}, "not-home"),
        ({"state": "待接", "arrived_on": "2021-05-25"}, "far-day"),
        ({"state": "待接", "expected_at": "9999-12-31T00:00:00+08:00"}, "far-day"),
    ],
)
def test_a_time_to_come_makes_nobody_wait_unseen(session: Session, values: Values, code: str) -> None:
    assert why(session, values) == code


def test_a_stub_from_a_day_to_come_is_late(session: Session) -> None:
    stub = written(session, "arrival", {"heard_at": "2021-05-25T09:00:00+08:00", "contact_code": "D4RZ7G"})
    assert arrivals.one(session, stub)["why"] == "stub-waiting" and stubs.waiting(session)[0]["late"] is True


def test_a_step_keyed_while_the_clock_was_ahead_does_not_bar_the_next(session: Session) -> None:
    row = arrivals.add(session, {"person_name": "赵六", "arrived_on": "2020-05-25"}).id
    at(session, "2020-05-27T09:00")
    arrivals.step(session, row, "picked-up")
    at(session, "2020-05-25T12:00")
    arrivals.step(session, row, "home")
    assert arrivals.list_(session) == []


@pytest.mark.parametrize("values", [{"arrived_on": "2020-02-30"}, {"expected_at": "下午3点"}])
def test_a_day_that_there_is_not_is_not_waited_for(session: Session, values: Values) -> None:
    with pytest.raises(UserError, match="arrival-when-unread"):
        arrivals.add(session, {"person_name": "赵六", **values})


def test_a_telephone_is_shown_when_it_is_opened_and_that_is_an_entry(session: Session) -> None:
    row = arrivals.add(session, {"person_name": "赵六", "person_phone": "13900001111"}).id
    assert arrivals.one(session, row)["person_phone"] == "139****1111"
    before = _looks(session)
    assert arrivals.one(session, row, phones=True)["person_phone"] == "13900001111"
    assert _looks(session) == before + 1


def _looks(session: Session) -> int:
    return sum(entry["action"] == "view" for entry in ledgers.show(session))


def test_one_person_sealed_wrongly_does_not_stop_a_list(session: Session) -> None:
    home, _ = household(session)
    elsewhere = stored(session, "resident", str(ids.new_id()), {"birth_date": "1958-03-12"})
    written(session, "resident", {"household": home, "name": "李秀英", **elsewhere})
    plan = arrivals.preview(session, Pasted("姓名\t抵沪日期\t拟住地址\n王建国\t5月25日\t培花新村12号302\n"))
    assert plan.rows[0].values["household"] == home


# ---------------------------------------------------------------- people who move


@pytest.fixture
def carried(tmp_path: Path) -> Any:
    """The two committees, the person's id at the new one, and a trip of all sticks."""
    made = isolating_street(tmp_path)
    first, second, (old,) = neighbours(made)
    moves.offer(first, old, second.code)
    up(made, first)
    down(made, second)
    (new,) = arrived(second)
    yield first, second, new, lambda: (up(made, second), down(made, first))
    made.close()


def mine(session: Session, person: str) -> Values:
    return next(row for row in isolation.list_(session) if row["resident"] == person)


def test_a_check_by_the_new_committee_does_not_take_over(carried: tuple[Session, Session, str, Any]) -> None:
    first, second, new, sticks = carried
    isolation.check(second, mine(second, new)["id"], on=TODAY, slot="am", temperature="36.5")
    assert mine(second, new)["state"] == "待接"
    moves.accept(second, new, home_of(second))
    taken = mine(second, new)
    assert (taken["state"], taken["duty_since"], taken["missing"]) == ("在管", "2020-05-25", [])
    sticks()
    assert "王建国" not in {row["name"] for row in isolation.list_(first)}


@pytest.mark.parametrize(
    "act",
    [
        lambda session, case: isolation.close(session, case, reason="没有来"),
        lambda session, case: isolation.step(session, case, "在管"),
        lambda session, case: isolation.transfer(session, case, state="转院", receiver_unit="东方医院"),
    ],
)
def test_what_came_with_somebody_is_taken_over_by_taking_the_person_in(
    carried: tuple[Session, Session, str, Any], act: Callable[[Session, str], Any]
) -> None:
    _, second, new, _ = carried
    with pytest.raises(UserError, match="case-not-taken"):
        act(second, mine(second, new)["id"])


# ---------------------------------------------------------------- the command line


def told(
    session: Session, capsys: pytest.CaptureFixture[str], *words: str, now: str = "2020-05-25T09:00"
) -> tuple[int, Any]:
    secret = session.folder.parent / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    base = ["--data", str(session.folder), "--account", ACCOUNT, "--password-file", str(secret)]
    workspaces.lock(session)
    code = cli.main([*base, "--now", now, "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_a_case_is_not_ended_by_setting_a_field(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(session, capsys, "set", "isolation_case", opened(session)["id"], "state=已解除")
    assert (code, said["error"]["code"]) == (1, "field-by-step")


@pytest.mark.parametrize(
    "typed",
    [
        ("isolation_case", "state=已解除"), ("isolation_case", "closed_on=2020-05-24"),
        ("isolation_check", "temperature=38.5"), ("arrival", "state=已到家"), ("arrival", "home_at=2020-05-24T09:00"),
        ("incident", "what=漏水", "state=已办结"), ("incident", "what=漏水", "closed_at=2020-05-24T09:00"),
        ("task", "what=买药", "state=已完成"), ("care_plan", "state=已结束"),
    ],
)  # fmt: skip
def test_nothing_is_added_that_only_a_step_writes(
    session: Session, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...]
) -> None:
    entity, *fields = typed
    case = opened(session)
    if entity == "isolation_check":
        fields.append(f"isolation_case={case['id']}")
    elif entity != "incident" and entity != "task":
        fields.append(f"resident={case['resident']}")
    code, said = told(session, capsys, "add", entity, *fields)
    assert (code, said["error"]["code"]) == (1, "field-by-step")


@pytest.mark.parametrize(
    "typed",
    [
        ("isolation_case", "start=2020-05-25", "state=待接"), ("arrival", "origin=武汉", "state=待接"),
        ("arrival", "origin=武汉"), ("incident", "what=漏水", "state=已接报"), ("task", "what=买药", "kind=买菜"),
    ],
)  # fmt: skip
def test_what_begins_may_be_added(session: Session, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...]) -> None:
    entity, *fields = typed
    code, said = told(session, capsys, "add", entity, *fields, f"resident={opened(session)['resident']}")
    assert code == 0 and said["id"], said


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "昨天"])
def test_a_practice_time_about_which_nothing_can_be_counted_is_none(
    session: Session, capsys: pytest.CaptureFixture[str], when: str
) -> None:
    code, said = told(session, capsys, "today", now=when)
    assert (code, said["error"]["code"]) == (2, "now-invalid")


def test_without_a_purpose_health_values_stay_masked(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    case = opened(session)["id"]
    isolation.check(session, case, on=TODAY, slot="am", temperature="37.1")
    assert told(session, capsys, "isolation", "show", case, "--reveal")[1]["checks"][0]["temperature"] == "●●●"


def test_with_a_purpose_they_are_opened(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    case = opened(session)["id"]
    isolation.check(session, case, on=TODAY, slot="am", temperature="37.1")
    found = told(session, capsys, "--purpose", "疫情防控与居家隔离", "isolation", "show", case, "--reveal")[1]
    assert found["checks"][0]["temperature"] == "37.1"


@pytest.mark.parametrize("start", ["", "2020-13-01"])
def test_a_day_that_is_none_is_said_to_be_none(
    session: Session, capsys: pytest.CaptureFixture[str], start: str
) -> None:
    person = household(session)[1][0]
    code, said = told(session, capsys, "isolation", "open", "--resident", person, "--rule", "14", "--start", start)
    assert (code, said["error"]["code"]) == (2, "day-invalid")
