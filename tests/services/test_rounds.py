"""The round of a day and slot: one line a household in walking order, and what is done stays done."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.findings import UserError
from app.domain.isolation import Answer
from app.services import isolation, records, rounds
from app.services.session import Session
from tests.services.isolating import TODAY, at, day, household


def test_households_come_in_walking_order_with_all_their_cases(session: Session) -> None:
    for building, room, names in (
        ("12号", "1201", ("赵六",)), ("2号", "302", ("王建国", "李秀英")), ("12号", "302", ("张三",)), ("12号", "401", ("钱七",)),
    ):  # fmt: skip
        home, _ = household(session, room, *names, building=building)
        isolation.open_(session, household=home, rule="14", start=day(24))
    found = rounds.round_(session, TODAY, "am")
    assert [row.path for row in found.rows] == [
        "培花新村/2号/302", "培花新村/12号/302", "培花新村/12号/401", "培花新村/12号/1201",
    ]  # fmt: skip
    first = found.rows[0]
    assert [(each.name, each.day, each.days, each.done) for each in first.cases] == [
        ("王建国", 2, 14, False), ("李秀英", 2, 14, False),
    ]  # fmt: skip
    assert (first.head, first.phone, first.missed_before, first.escalate) == ("王建国", "138****0678", 4, True)
    assert [(name, count) for _, name, count in found.buildings] == [("2号", 1), ("12号", 3)]
    only = rounds.round_(session, TODAY, "am", building=found.rows[1].building)
    assert len(only.rows) == 3 and only.buildings == found.buildings


def test_what_was_keyed_is_done_and_what_was_tried_in_vain_is_not(session: Session) -> None:
    home, _ = household(session, "302", "王建国", "李秀英", "王强")
    isolation.open_(session, household=home, rule="14", start=TODAY)
    one, two, three = (each.id for each in rounds.round_(session, TODAY, "am").rows[0].cases)
    rounds.save(session, [Answer(one, temperature="36.5"), Answer(two, reached=False)], on=TODAY, slot="am")
    found = rounds.round_(session, TODAY, "am")
    assert [(each.done, each.tried) for each in found.rows[0].cases] == [(True, True), (False, True), (False, False)]
    assert found.done == 0
    rounds.save(session, [Answer(two, symptoms="无"), Answer(three, symptoms="无")], on=TODAY, slot="am")
    assert rounds.round_(session, TODAY, "am").done == 1
    assert rounds.round_(session, TODAY, "pm").done == 0


def test_only_those_who_owe_a_check_are_in_it(session: Session) -> None:
    hotel, monitored, over, ended, coming = (
        household(session, room, name)[1][0]
        for room, name in (("101", "甲"), ("102", "乙"), ("103", "丙"), ("104", "丁"), ("105", "戊"))
    )
    isolation.add_rule(session, code="管理", steps="社区健康管理7")
    isolation.open_(session, resident=hotel, rule="14+7", start=TODAY)
    isolation.open_(session, resident=monitored, rule="管理", start=TODAY)
    isolation.open_(session, resident=over, rule="7", start=day(10))
    case = isolation.open_(session, resident=ended, rule="14", start=day(20))["cases"][0]
    isolation.close(session, case["id"], reason="误登记", approved_by="周主任")
    isolation.open_(session, resident=coming, rule="14", start=day(26))
    assert [row.head for row in rounds.round_(session, TODAY, "am").rows] == ["乙"]
    assert rounds.round_(session, TODAY, "pm").rows == ()
    assert [row.head for row in rounds.round_(session, day(24), "pm").rows] == ["丁"], "it still ran that evening"
    at(session, "2020-05-26T18:00")
    (row,) = rounds.round_(session, day(26), "pm").rows
    assert row.head == "戊" and row.cases[0].waiting


def test_yesterdays_round_is_keyed_today_and_says_so(session: Session) -> None:
    home, _ = household(session)
    isolation.open_(session, household=home, rule="14", start=day(24))
    late = rounds.round_(session, day(24), "pm")
    assert late.late and not rounds.round_(session, TODAY, "am").late
    rounds.save(session, [Answer(late.rows[0].cases[0].id, symptoms="无")], on=day(24), slot="pm")
    assert rounds.round_(session, TODAY, "am").rows[0].missed_before == 1


def test_tomorrows_round_can_be_printed_and_not_keyed(session: Session) -> None:
    home, _ = household(session)
    isolation.open_(session, household=home, rule="14", start=TODAY)
    ahead = rounds.round_(session, date(2020, 5, 26), "am")
    assert (ahead.rows[0].cases[0].day, ahead.late) == (2, False)
    with pytest.raises(UserError, match="check-in-future"):
        rounds.save(session, [Answer(ahead.rows[0].cases[0].id, symptoms="无")], on=date(2020, 5, 26), slot="am")


def test_a_slot_that_is_none_is_refused(session: Session) -> None:
    with pytest.raises(UserError, match="check-slot"):
        rounds.round_(session, TODAY, "noon")


def test_ones_own_round_is_of_ones_buildings_and_cases(session: Session) -> None:
    for room, officer in (("302", "李梅"), ("401", session.account)):
        resident = household(session, room, f"住{room}")[1][0]
        isolation.open_(session, resident=resident, rule="14", start=TODAY, officers={"officer_name": officer})
    assert [row.room for row in rounds.round_(session, TODAY, "am", mine=True).rows] == ["401"]


def test_two_households_behind_one_door_are_two_lines(session: Session) -> None:
    home, _ = household(session)
    door = records.show(session, "household", home)["dwelling"]
    other = records.add(session, "household", {"dwelling": door, "label": "B间"}).id
    records.add(session, "resident", {"household": other, "name": "陈静"})
    for each in (home, other):
        isolation.open_(session, household=each, rule="14", start=TODAY)
    assert [row.path for row in rounds.round_(session, TODAY, "am").rows] == [
        "培花新村/12号/302/户1",
        "培花新村/12号/302/户2",
    ]
