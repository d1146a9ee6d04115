"""Count marks and their conditions as they are read, and who belongs to which population."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import figures, report_marks
from app.domain.findings import UserError
from app.domain.report_marks import Condition, holds, parse, units
from app.domain.sorting import natural, sorted_rows

TODAY = date(2020, 5, 25)
DOOR = {"estate": "培花新村", "building": "12号", "room": "302"}


# ---------------------------------------------------------------- marks


@pytest.mark.parametrize(
    ("mark", "name", "conditions"),
    [
        ("实有人口", "实有人口", []),
        ("实有人口:性别=女,年龄>=60", "实有人口", [("sex", "=", ("女",)), ("age", ">=", (60,))]),
        ("实有人口：性别＝女，年龄≥60", "实有人口", [("sex", "=", ("女",)), ("age", ">=", (60,))]),
        ("户籍人口:党员=是", "户籍人口", [("party_member", "=", (True,))]),
        ("常住人口:sex=男", "常住人口", [("sex", "=", ("男",))]),
        ("户数:小区=培花新村", "户数", [("estate", "=", ("培花新村",))]),
        ("实有人口:人群分类=独居|孤老", "实有人口", [("care_groups", "=", (["独居"], ["孤老"]))]),
        ("实有人口:姓名含王", "实有人口", [("name", "含", ("王",))]),
        ("新增:措施=居家隔离", "今日新增", [("measure", "=", ("居家隔离",))]),
        ("今日抵沪:境外=是", "今日抵沪", [("overseas", "=", (True,))]),
        ("实有人口:年龄!=60", "实有人口", [("age", "!=", (60,))]),
    ],
)
def test_a_count_is_read_with_its_conditions(mark: str, name: str, conditions: list[Any]) -> None:
    found = parse(mark)
    assert found is not None and found.name == name
    assert [(each.field, each.operator, each.values) for each in found.conditions] == conditions


@pytest.mark.parametrize("mark", ["name", "姓名", "today", "committee.name", "实有人", ":性别=女", ""])
def test_other_marks_are_no_counts(mark: str) -> None:
    assert parse(mark) is None


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("实有人口:姓别=女", "condition-unknown"),
        ("实有人口:性别", "condition-invalid"),
        ("实有人口:=女", "condition-invalid"),
    ],
)
def test_a_condition_that_cannot_be_read_says_so(mark: str, code: str) -> None:
    with pytest.raises(UserError) as error:
        parse(mark)
    assert error.value.code == code


def test_the_nearest_field_is_named() -> None:
    with pytest.raises(UserError) as error:
        parse("实有人口:年岭>=60")
    assert error.value.details["near"] == "年龄"


@given(st.text(max_size=30))
def test_whatever_stands_between_the_braces_is_read_or_refused(text: str) -> None:
    for mark in (text, f"实有人口:{text}"):
        try:
            found = parse(mark)
        except UserError as error:
            assert error.code in ("condition-unknown", "condition-invalid")
        else:
            assert found is None or found.name in report_marks.COUNTS


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        ([{"index", "name", "phone"}], "resident"),
        ([{"index", "姓名", "start", "day"}], "isolation_case"),
        ([{"name", "arrived_on"}], "arrival"),
        ([{"head", "persons"}], "household"),
        ([{"path", "昨日在管", "今日在管"}], "building"),
        ([{"name", "code", "实有人口"}], "committee"),
        ([{"实有人口"}], "resident"),
        ([{"count", "maker"}], "resident"),
        ([{"wechat_group", "path"}], "building"),
    ],
)
def test_whose_rows_a_sheet_has_is_told_by_its_marks(lines: list[set[str]], unit: str) -> None:
    assert report_marks.guess(lines).key == unit


# ---------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("=", "女", "女", True), ("=", "女", None, False), ("!=", "女", None, True), ("!=", "女", "女", False),
        (">=", 60, 60, True), (">=", 60, 59, False), ("<", 60, 59, True), ("<", 60, None, False),
        (">", "2020-05-01", "2020-05-02", True), ("<=", "2020-05-01", "2020-05-02", False),
        (">", "2号", "12号", True), ("含", "王", "王建国", True), ("含", "残疾", ["独居", "残疾"], True),
        ("=", "独居", ["独居", "残疾"], True), ("=", "孤老", ["独居"], False), ("=", True, None, False),
        ("=", False, None, True),
    ],
)  # fmt: skip
def test_conditions(operator: str, wanted: Any, value: Any, expected: bool) -> None:
    assert holds({"f": value}, Condition("f", operator, (wanted,))) is expected


def test_alternatives_are_any_of_them_and_none_of_them() -> None:
    assert holds({"f": "乙"}, Condition("f", "=", ("甲", "乙")))
    assert not holds({"f": "乙"}, Condition("f", "!=", ("甲", "乙")))


# ---------------------------------------------------------------- populations


@pytest.mark.parametrize(
    ("person", "residences", "expected"),
    [
        # a dweller whose hukou is at this very door
        ({"hukou_address": "上海市浦东新区培花新村12号302室", "person_class": "户籍居民"}, [], "实有 户籍 常住"),
        # hukou elsewhere in Shanghai
        ({"hukou_address": "上海市黄浦区南京东路1号", "person_class": "户籍居民"}, [], "实有 常住"),
        ({"person_class": "外省市来沪"}, [], "实有 常住"),
        ({"person_class": "外省市来沪"}, [{"kind": "实住", "since": "2020-04-01"}], "实有"),
        ({"person_class": "外籍"}, [], "实有"),
        ({"residence_kind": "户籍"}, [], "户籍"),
        ({"residence_kind": "产权"}, [], ""),
        ({"status": "暂离"}, [], "实有 户籍 常住"),
        ({"status": "去世", "residence_kind": "户籍"}, [], ""),
        ({"status": "住养老院", "person_class": "户籍居民", "residence_kind": "户籍"}, [], "户籍"),
    ],
)
def test_who_belongs_to_which_population(person: dict[str, Any], residences: list[Any], expected: str) -> None:
    person = {"person_class": "户籍居民", **DOOR, **person}
    found = [
        name[:2] for name in ("实有人口", "户籍人口", "常住人口") if figures.belongs(name, person, residences, TODAY)
    ]
    assert " ".join(found) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"care_groups": ["独居"], "birth_year": 1950}, True), ({"care_groups": ["孤老"]}, True),
        ({"care_groups": ["独居"], "birth_year": 1990}, False), ({"care_groups": ["残疾"], "birth_year": 1950}, False),
        ({"care_groups": ["独居"], "birth_year": 1950, "status": "住养老院"}, False), ({"birth_year": 1930}, False),
    ],
)  # fmt: skip
def test_elderly_alone(person: dict[str, Any], expected: bool) -> None:
    assert figures.elderly_alone(person, TODAY) is expected


def test_every_count_says_its_population_or_rule() -> None:
    assert set(figures.BASIS) == set(report_marks.COUNTS)
    for name in ("实有人口", "户籍人口", "常住人口"):
        assert figures.BASIS[name].startswith(name)
    assert "性别=女" in figures.of("实有人口", ["性别=女"])


def test_forms_of_totals_name_nobody() -> None:
    for key, plain in report_marks.PLAIN.items():
        assert plain <= set(units()[key].columns)
        assert not any("phone" in each or "leader" in each or "head" in each for each in plain)


# ---------------------------------------------------------------- order


def test_numbers_in_texts_are_numbers() -> None:
    assert sorted(["12号", "2号", "12号甲", "甲号"], key=natural) == ["2号", "12号", "12号甲", "甲号"]
    assert sorted(["107弄", "89弄", "1089弄"], key=natural) == ["89弄", "107弄", "1089弄"]
    assert sorted([3, -1, 10], key=natural) == [-1, 3, 10]


def test_sorting_by_several_fields_keeps_what_says_nothing_at_the_end() -> None:
    rows = [{"a": 1, "b": "2号"}, {"a": None, "b": "1号"}, {"a": 2, "b": "12号"}, {"a": 2, "b": "3号"}]
    assert [row["b"] for row in sorted_rows(rows, ["-a", "b"])] == ["3号", "12号", "2号", "1号"]
    assert [row["b"] for row in sorted_rows(rows, ["a"])] == ["2号", "12号", "3号", "1号"]
