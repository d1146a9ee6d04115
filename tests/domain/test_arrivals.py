"""Steps of arrivals, who stands out, when somebody is expected, whom a list speaks of, and codes told by telephone."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain import arrival_times, arrivals, clock, contact_codes
from app.domain.arrival_doors import StreetDoors
from app.domain.arrival_plan import Known, likeness, pair, traits
from app.domain.fields import ARRIVAL_STATES
from app.domain.findings import UserError

NOW = clock.frozen("2020-05-25T18:00")()
TODAY = date(2020, 5, 25)
CODE = contact_codes.make(Random(1))

# ---------------------------------------------------------------- steps


def test_the_table_and_the_order_know_every_state() -> None:
    assert set(arrivals.STEPS.allowed) == set(arrivals.ORDER) == set(ARRIVAL_STATES)
    assert all(set(after) <= set(ARRIVAL_STATES) for after in arrivals.STEPS.allowed.values())


@example([("已交接", -60), ("未到", 0), ("已接", -10)])
@example([("已接", -60), ("未到", 0), ("待接", 0)])
@given(st.lists(st.tuples(st.sampled_from(ARRIVAL_STATES), st.integers(-6000, 6000)), max_size=12))
def test_no_time_before_the_step_before_it_none_in_the_future_and_an_end_is_always_within_reach(
    tried: list[tuple[str, int]],
) -> None:
    values: dict[str, Any] = {"state": "待接", "person_name": "王", "arrived_on": "2020-05-24"}
    for state, minutes in tried:
        try:
            values |= arrivals.step(values, state, NOW + timedelta(minutes=minutes), NOW)
        except UserError as error:
            assert error.code in (
                "arrival-step", "time-future", "time-before-step", "time-too-early", "arrival-not-yet",
            )  # fmt: skip
    times = [at for key in arrivals.TIMES.values() if (at := clock.moment(values.get(key)))]
    assert all(at <= NOW for at in times)
    assert times == sorted(times) and (values["state"] != "待接" or not times)
    reachable = {values["state"]}
    for _ in ARRIVAL_STATES:
        reachable |= {after for state in reachable for after in arrivals.STEPS.possible(state)}
    assert reachable & arrivals.ENDED, "a person's act ends it"
    assert not arrivals.is_open(values) or arrivals.due(values) is not None, "and until then it is waited for"


def test_a_refused_step_says_what_is_possible_and_why() -> None:
    with pytest.raises(UserError) as wrong:
        arrivals.step({"state": "已到家"}, "已接", NOW, NOW)
    assert (wrong.value.details["possible"], wrong.value.details["why"]) == ("无", "arrival-why-home")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": "待接", "expected_at": "2020-05-25T17:59:00+08:00"}, "late"),
        ({"state": "待接", "expected_at": "2020-05-25T18:01:00+08:00", "household": "h"}, None),
        ({"state": "待接", "arrived_on": "2020-05-24"}, "late"),
        ({"state": "待接", "arrived_on": "2020-05-25", "household": "h"}, None),
        ({"state": "待接"}, "no-day"),
        ({"state": "已接", "picked_up_at": "2020-05-25T13:00:00+08:00"}, "long-way"),
        ({"state": "已交接", "handed_over_at": "2020-05-25T16:59:00+08:00"}, "not-home"),
        ({"state": "已交接", "handed_over_at": "昨天"}, "not-home"),
        ({"state": "未到"}, "missed"),
        ({"state": "待接", "arrived_on": "2020-05-25", "reassigned_to": "x"}, "asked"),
        ({"state": "待接", "arrived_on": "2020-05-25"}, "no-household"),
        ({"state": "已到家"}, None),
        ({"resident": "r", "arrived_on": "2020-03-01"}, None),
    ],
)
def test_who_stands_out(values: dict[str, Any], why: str | None) -> None:
    named = values if "resident" in values else {"person_name": "王", **values}
    assert arrivals.stands_out(named, NOW) == why


@given(
    st.dictionaries(
        st.sampled_from([*arrivals.TIMES.values(), "state", "expected_at", "arrived_on", "heard_at"]), st.text()
    )
)
def test_whatever_an_entry_says_nothing_falls_over(values: dict[str, Any]) -> None:
    why = arrivals.stands_out(values, NOW)
    arrivals.order(values, why)
    assert arrivals.state_of(values) in ("", *ARRIVAL_STATES)


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:30", "2020-05-25T14:30"), ("14：30", "2020-05-25T14:30"), ("晚上9点", "2020-05-25T21:00"),
        ("下午3点半", "2020-05-25T15:30"), ("晚上12点", "2020-05-26T00:00"), ("次日01:20", "2020-05-26T01:20"),
        ("01:20(+1)", "2020-05-26T01:20"), ("5月26日 14:30", "2020-05-26T14:30"), ("26日22时", "2020-05-26T22:00"),
        ("0.604", "2020-05-25T14:30"), ("2020-05-26 01:20", "2020-05-26T01:20"), ("24:00", "2020-05-26T00:00"),
        ("1430", "2020-05-25T14:30"), ("99:99", None), ("不详", None), ("2020-05-25", None),
    ],
)  # fmt: skip
def test_times_as_lists_write_them(text: str, expected: str | None) -> None:
    at = arrival_times.read(text, TODAY, TODAY)
    assert (clock.written(at)[:16] if at else None) == expected


def test_a_list_of_new_year_s_eve_names_january() -> None:
    at = arrival_times.read("1月1日 08:00", None, date(2020, 12, 31))
    assert at is not None and at.year == 2021


# ---------------------------------------------------------------- whom a list speaks of

WANG = {"person_name": "王伟", "arrived_on": "2020-05-25", "transport_no": "MU1"}


@pytest.mark.parametrize(
    ("row", "known", "same"),
    [
        (WANG, WANG, True),
        (WANG | {"transport_no": "mu 1"}, WANG, True),
        (WANG | {"person_phone": "1"}, WANG | {"person_phone": "2"}, False),
        (WANG | {"person_phone": "+86 13812345678"}, WANG | {"person_phone": "13812345678", "transport_no": "MU2"}, True),
        (WANG | {"address": "甲"}, WANG | {"address": "乙"}, True),
        (WANG | {"transport_no": "MU2"}, WANG, False),
        (WANG | {"arrived_on": "2020-05-26", "person_phone": "1"}, WANG | {"person_phone": "1"}, True),
        (WANG | {"arrived_on": "2020-05-29", "person_phone": "1"}, WANG | {"person_phone": "1"}, False),
    ],
)  # fmt: skip
def test_the_same_person_on_the_same_flight(row: dict[str, Any], known: dict[str, Any], same: bool) -> None:
    assert (likeness(traits(row), traits(known)) >= 1) is same
    assert (pair([row], [Known("c", {"id": "a", **known})])[0] is not None) is same


def test_two_rows_never_mean_one_arrival() -> None:
    known = [Known("c", {"id": "a", **WANG, "address": "甲"}), Known("c", {"id": "b", **WANG, "address": "乙"})]
    found = pair([WANG | {"address": "丙"}, WANG | {"address": "乙"}], known)
    assert [one.id if one else None for one in found] == ["a", "b"]


# ---------------------------------------------------------------- where


def test_an_address_finds_the_one_committee_that_has_the_door() -> None:
    doors = StreetDoors()
    doors.add("A", [("e", "联洋花园", "丁香路901弄", "b1", "12号", "d1", "", "302")])
    doors.add(
        "B", [("f", "由由新村", "", "b2", "12号", "d2", "", "302"), ("f", "由由新村", "", "b3", "5号", "d3", "", "")]
    )
    door = {"building": "12号", "room": "302"}
    assert doors.find(door | {"estate": "联洋花园", "lane": "901弄"}).dwelling == "d1"
    assert doors.find(door | {"estate": "由由新村"}).committee == "B"
    assert doors.find(door).doubt == "arrival-address-several"
    assert doors.find(door, "B").dwelling == "d2"
    assert doors.find(door | {"estate": "别的"}).doubt == "arrival-address-unknown"
    assert doors.find(door | {"estate": "由由新村", "room": "303"}).doubt == "arrival-room-unknown"
    assert doors.find({}).doubt == "arrival-no-address"


# ---------------------------------------------------------------- codes


@given(st.integers(0, 10**9), st.integers(0, 5), st.sampled_from(contact_codes.ALPHABET))
def test_every_wrong_character_and_every_two_changed_over_are_found(seed: int, at: int, other: str) -> None:
    code = contact_codes.make(Random(seed))
    assert contact_codes.read(code) == code
    wrong = code[:at] + other + code[at + 1 :]
    assert contact_codes.is_code(wrong) is (wrong == code)
    swapped = code[:at] + code[at : at + 2][::-1] + code[at + 2 :]
    assert contact_codes.is_code(swapped) is (swapped == code)


def test_a_code_is_read_however_it_is_typed() -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) for each in CODE.lower())
    for typed in (f" {CODE[:3]} {CODE[3:]} ", CODE.lower(), wide, "-".join(CODE)):
        assert contact_codes.read(typed) == CODE
