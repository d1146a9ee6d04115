"""核查结果: each answer from its reason, and never an answer where it is doubtful."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fields import RESIDENCE_KINDS, STATUSES
from app.domain.matching import NEW, Known, Match
from app.domain.verdicts import MATCHED, KnownDoors, Namesakes, Verdict, judge, working_answers

KNOWN = Match("known", "r1")
DOORS = (
    ("e1", "联洋花园", "丁香路901弄", "b1", "12号", "d1", "", "302"),
    ("e1", "联洋花园", "丁香路999弄", "b2", "12号", "d2", "", "302"),
    ("e1", "联洋花园", "丁香路999弄", "b2", "12号", "d3", "2", "101"),
    ("e2", "培花新村", "", "b3", "3号", None, None, None),
)


@pytest.mark.parametrize(
    ("person", "verdict", "reason"),
    [
        ({}, Verdict.HERE, "here"),
        ({"status": "暂离"}, Verdict.HERE, "here"),
        ({"residence_kind": "承租", "person_class": "外省市来沪"}, Verdict.HERE, "here"),
        ({"residence_kind": "户籍"}, Verdict.APART, "not-living"),
        ({"residence_kind": "产权"}, Verdict.APART, "not-living"),
        ({"status": "出国"}, Verdict.APART, "status"),
        ({"status": "住养老院"}, Verdict.APART, "status"),
        ({"status": "迁出"}, Verdict.MOVED, "gone"),
        ({"status": "去世"}, Verdict.DEAD, "dead"),
        ({"status": "待核"}, Verdict.DOUBTFUL, "status-open"),
    ],
)
def test_somebody_found_is_answered_by_what_is_on_record(person: dict[str, Any], verdict: Verdict, reason: str) -> None:
    judged = judge(KNOWN, person, place="known")
    assert (judged.verdict, judged.reason, judged.resident) == (verdict, reason, "r1")


def test_a_hukou_in_another_place_of_the_city_is_人户分离() -> None:
    person = {"hukou_address": "上海市黄浦区人民路1号", "residence_kind": "实住"}
    assert judge(KNOWN, person, place="known", hukou_at_home=False).reason == "hukou-elsewhere"
    assert judge(KNOWN, person, place="known", hukou_at_home=True).verdict is Verdict.HERE


@pytest.mark.parametrize(
    ("reason", "person", "verdict"),
    [("dead", {"status": "去世"}, Verdict.DEAD), ("gone", {"status": "迁出"}, Verdict.MOVED), ("moved", {}, Verdict.HERE),
     ("twice", {}, Verdict.HERE)],
)  # fmt: skip
def test_a_row_put_aside_for_what_it_would_write_is_still_of_somebody(
    reason: str, person: dict[str, Any], verdict: Verdict
) -> None:
    assert judge(Match("doubtful", "r1", reason), person, place="known").verdict is verdict


@pytest.mark.parametrize("reason", ["same-id-other-name", "differs", "similar", "several", "something-new"])
def test_a_doubtful_match_is_named_and_never_answered(reason: str) -> None:
    judged = judge(Match("doubtful", "r1", reason), {}, place="known", first_row=3)
    assert judged.verdict is Verdict.DOUBTFUL and judged.resident == "r1" and judged.details == {"why": reason}


@pytest.mark.parametrize(
    ("why", "verdict"),
    [
        (("same-name", "same-door"), Verdict.DEAD),
        (("same-number", "name-shape"), Verdict.DEAD),
        (("same-name", "birth", "other-door"), Verdict.DEAD),
        (("same-name", "same-door", "birth-near"), Verdict.DOUBTFUL),
        (("same-name", "birth", "other-number"), Verdict.DOUBTFUL),
        (("name-sounds", "same-door", "birth"), Verdict.DOUBTFUL),
        (("same-name", "birth-year"), Verdict.DOUBTFUL),
    ],
)
def test_nobody_is_told_dead_who_is_only_likely_the_one(why: tuple[str, ...], verdict: Verdict) -> None:
    assert judge(Match("doubtful", "r1", "dead", 0.9, why), {"status": "去世"}, place="known").verdict is verdict


def test_the_same_person_a_second_time_is_重复() -> None:
    judged = judge(KNOWN, {"status": "迁出"}, place="known", first_row=5)
    assert judged.verdict is Verdict.TWICE and judged.details == {"row": 5}


@pytest.mark.parametrize(
    ("place", "verdict", "reason"),
    [("known", Verdict.NOBODY, "nobody-here"), ("none", Verdict.NOBODY, "nobody"),
     ("unknown", Verdict.NO_ADDRESS, "place-unknown"), ("no-room", Verdict.NO_ADDRESS, "place-no-room")],
)  # fmt: skip
def test_nobody_is_not_the_same_as_an_address_that_is_not_to_be_found(
    place: str, verdict: Verdict, reason: str
) -> None:
    judged = judge(NEW, None, place=place)
    assert (judged.verdict, judged.reason, judged.matched) == (verdict, reason, False)


def test_while_somebody_is_called_so_nobody_is_said_to_be_unknown() -> None:
    judged = judge(NEW, None, place="none", named=[Known("r9", None, None, "王建国")])
    assert judged.verdict is Verdict.DOUBTFUL and judged.resident == "r9" and judged.details == {"count": 1}


@given(st.sampled_from([None, *STATUSES]), st.sampled_from([None, *RESIDENCE_KINDS]), st.booleans())
def test_whoever_is_found_gets_one_verdict_and_consistent_answers(
    status: str | None, kind: str | None, twice: bool
) -> None:
    person = {key: value for key, value in (("status", status), ("residence_kind", kind)) if value}
    judged = judge(KNOWN, person, place="known", first_row=2 if twice else None)
    assert judged.matched == (judged.verdict in MATCHED) == (status != "待核" or twice)
    told = working_answers(judged, living=judged.verdict is Verdict.HERE)
    assert (told.get("here") == "是") == (judged.verdict is Verdict.HERE)
    assert not (judged.verdict in (Verdict.MOVED, Verdict.DEAD) and told.get("in_city"))


# ---------------------------------------------------------------- namesakes, doors


@pytest.mark.parametrize(
    ("row", "number", "found"),
    [
        ({"name": "王建国"}, None, ["r1", "r2"]),
        ({"name": "王建国", "sex": "女"}, None, []),
        ({"name": "王建国", "birth_year": 1958}, None, ["r1"]),
        ({"name": "王建国", "birth_date": "1990-02-03"}, None, ["r2"]),
        ({"name": "王建国"}, b"other", ["r2"]),
        ({"name": "王健国"}, None, []),
        ({}, None, []),
    ],
)
def test_namesakes_are_those_whom_nothing_gainsays(row: dict[str, Any], number: bytes | None, found: list[str]) -> None:
    people = Namesakes([
        Known("r2", None, None, "王建国", birth_year=1990, sex="男", status="迁出"),
        Known("r1", None, None, "王建国", birth_year=1958, sex="男", id_index=b"one"),
    ])  # fmt: skip
    assert [each.id for each in people.of(row, number)] == found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"estate": "联洋花园", "lane": "丁香路901弄", "building": "12号", "room": "302"}, ("known", "d1")),
        ({"lane": "901弄", "building": "12号", "room": "302"}, ("known", "d1")),
        ({"estate": "联洋", "lane": "花园丁香路901弄", "building": "12号", "room": "302"}, ("known", "d1")),
        ({"estate": "联洋", "lane": "丁香路901弄", "building": "12号", "room": "302"}, ("unknown", None)),
        ({"building": "12号", "room": "302"}, ("unknown", None)),
        ({"building": "12号", "unit": "2", "room": "101"}, ("known", "d3")),
        ({"lane": "999弄", "building": "12号", "room": "999"}, ("no-room", None)),
        ({"building": "3号"}, ("known", None)),
        ({"building": "4号"}, ("unknown", None)),
        ({"estate": "牡丹", "building": "3号"}, ("unknown", None)),
        ({}, ("none", None)),
    ],
)
def test_an_address_is_looked_up_and_nothing_is_made(row: dict[str, str], found: tuple[str, str | None]) -> None:
    assert KnownDoors(DOORS).find(row) == found
