"""The three populations and the 人户 situations, told as the people domain.md speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain import people
from app.domain.fields import STATUSES

HOME, ELSEWHERE = "household-1", "household-2"


def person(**values: object) -> dict[str, object]:
    return {"household": HOME, "status": "在住", "residence_kind": "实住", **values}


LOCAL = person(person_class="户籍居民")


@pytest.mark.parametrize(
    ("resident", "residences", "situation"),
    [
        (LOCAL, [], "人户一致"),
        (LOCAL, [{"kind": "户籍", "household": HOME}], "人户一致"),
        (LOCAL, [{"kind": "户籍", "household": ELSEWHERE}], "人在户不在"),
        (LOCAL | {"residence_kind": "承租"}, [], "人在户不在"),
        (person(residence_kind="户籍", person_class="户籍居民"), [], "户在人不在"),
        (person(residence_kind="户籍"), [{"kind": "实住", "household": ELSEWHERE}], "人在户不在"),
        (person(residence_kind="户籍"), [{"kind": "实住", "household": HOME}], "人户一致"),
        (person(residence_kind="产权"), [{"kind": "户籍", "household": HOME}], "户在人不在"),
        (person(residence_kind="产权", person_class="户籍居民"), [], None),
        (person(hukou_address="安徽省六安市"), [], "外省市来沪"),
        (person(person_class="外省市来沪"), [], "外省市来沪"),
        (person(nationality="中国香港"), [], "港澳台"),
        (person(nationality="日本"), [], "外籍"),
        (person(person_class="外籍", nationality="日本"), [], "外籍"),
        (person(nationality="中国", hukou_address="上海市黄浦区"), [], None),
        (person(), [], None),
        (LOCAL | {"status": "去世"}, [], None),
        (LOCAL | {"status": "迁出"}, [], None),
    ],
)
def test_situation(resident: dict, residences: list[dict], situation: str | None) -> None:
    assert people.household_situation(resident, residences) == situation
    assert situation is None or situation in people.SITUATIONS


def test_a_hukou_row_that_is_over_counts_no_more() -> None:
    rows = [{"kind": "户籍", "household": ELSEWHERE, "until": "2019-05-01"}]
    assert people.household_situation(LOCAL, rows) == "人户一致"


@pytest.mark.parametrize(("at_home", "situation"), [(True, "人户一致"), (False, "人在户不在"), (None, None)])
def test_the_hukou_address_decides_where_somebody_compared_it(at_home: bool | None, situation: str | None) -> None:
    resident = LOCAL | {"hukou_address": "上海市浦东新区丁香路901弄12号302室"}
    assert people.household_situation(resident, hukou_at_home=at_home) == situation
    assert people.registered_here(resident, hukou_at_home=at_home) is (at_home is True)


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("上海市浦东新区丁香路901弄12号302室", True),
        ("上海市丁香路901弄12号302", True),
        ("联洋花园 12号 302室", True),
        ("丁香路901弄12号１３０２室", False),
        ("丁香路901弄112号302室", False),
        ("牡丹路12号302室", False),
        ("", False),
    ],
)
def test_a_hukou_address_is_this_door_only_if_number_and_room_are_whole(address: str, home: bool) -> None:
    door = {"estate": "联洋花园", "lane": "丁香路901弄", "building": "12号", "room": "302"}
    assert people.is_home(address, **door) is home


@pytest.mark.parametrize("status", STATUSES)
def test_only_those_present_or_briefly_away_are_the_actual_population(status: str) -> None:
    assert people.lives_here(person(status=status)) is (status in ("在住", "暂离"))


@pytest.mark.parametrize(
    ("kind", "lives"),
    [("实住", True), ("承租", True), ("户籍", False), ("产权", False), ("工作", False), (None, True)],
)
def test_a_hukou_a_deed_or_a_job_is_no_dwelling(kind: str | None, lives: bool) -> None:
    assert people.lives_here({"residence_kind": kind} if kind else {}) is lives


def test_registered_people_count_wherever_they_sleep_but_not_after_death() -> None:
    empty_hukou = person(residence_kind="户籍", person_class="户籍居民", status="出国")
    assert people.registered_here(empty_hukou)
    assert not people.lives_here(empty_hukou)
    assert not people.registered_here(empty_hukou | {"status": "去世"})
    assert not people.registered_here(person(person_class="外省市来沪"))


@pytest.mark.parametrize(("since", "usual"), [("2020-01-01", True), ("2020-04-01", False), (None, True)])
def test_a_newcomer_is_a_usual_resident_after_half_a_year(since: str | None, usual: bool) -> None:
    resident = person(person_class="外省市来沪")
    rows = [{"kind": "实住", "household": HOME, "since": since}]
    assert people.usual_resident(resident, date(2020, 7, 15), rows) is usual


def test_the_three_populations_are_three_numbers() -> None:
    foreigner = person(person_class="外籍")
    assert people.lives_here(foreigner)
    assert not people.usual_resident(foreigner, date(2020, 5, 1))
    assert not people.registered_here(foreigner)
    assert people.usual_resident(LOCAL, date(2020, 5, 1))


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2020, 5, 19), 79), (date(2020, 5, 20), 80), (date(2020, 12, 31), 80)],
)
def test_age_by_the_day(day: date, age: int) -> None:
    assert people.age_on(day, birth_date="1940-05-20") == age


def test_age_by_the_year_alone_is_the_age_reached_in_it() -> None:
    assert people.age_on(date(2020, 1, 1), birth_year=1940) == 80


def test_born_on_leap_day() -> None:
    assert people.age_on(date(2021, 2, 28), birth_date="2000-02-29") == 20
    assert people.age_on(date(2021, 3, 1), birth_date="2000-02-29") == 21


def test_age_unknown_or_impossible() -> None:
    assert people.age_on(date(2020, 1, 1)) is None
    assert people.age_on(date(2020, 1, 1), birth_year=2022) is None


def test_the_birth_date_stands_in_the_number_in_force() -> None:
    papers = [
        {"type": "身份证", "number": "310115195001010018", "former": True},
        {"type": "护照", "number": "E12345678"},
        {"type": "身份证", "number": "310105194912310024"},
    ]
    assert people.derived_birth_date(papers) == "1949-12-31"
    assert people.derived_birth_date([{"type": "身份证", "number": "310105491231002"}]) == "1949-12-31"
    assert people.derived_birth_date([{"type": "护照", "number": "E12345678"}]) is None
    assert people.derived_birth_date([]) is None


def test_the_head_stands_first_then_the_relations_then_the_oldest() -> None:
    family = [
        {"name": "小妹", "relation": "女", "birth_year": 2010},
        {"name": "保姆", "relation": "保姆", "birth_year": 1970},
        {"name": "大姐", "relation": "女", "birth_year": 2005},
        {"name": "不详", "birth_year": 1990},
        {"name": "母", "relation": "配偶", "birth_year": 1981},
        {"name": "父", "relation": "户主", "birth_year": 1980},
    ]
    ordered = [each["name"] for each in sorted(family, key=people.household_order)]
    assert ordered == ["父", "母", "大姐", "小妹", "保姆", "不详"]
