"""From cell to value and back to the screen, by the field's type."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words
from app.domain.fields import ARRIVAL, DWELLING, ENTITIES, HOUSEHOLD, RESIDENT, ROSTER_FIELDS, Type
from app.domain.synonyms import SYNONYMS
from app.domain.values import HIDDEN, Parsed, mask, mask_text, parse, plain, show

TODAY = date(2020, 5, 25)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("sex", "男性", "男"), ("sex", "2", "女"), ("sex", 1.0, "男"), ("sex", "F", "女"), ("sex", " 女 ", "女"), ("sex", "2-女", "女"), ("sex", "1.男", "男"), ("name", "O’Brien", "O'BRIEN"), ("name", "阿不都᛫热合曼", "阿不都·热合曼"),
        ("party_member", "是", True), ("party_member", "√", True), ("party_member", "群众", False), ("party_member", "无", False),
        ("party_member", "中共党员", True), ("party_member", "预备党员", True), ("party_member", "共青团员", False),
        ("party_member", True, True), ("party_member", 0.0, False), ("party_member", "Ｙ", True), ("party_member", "", None),
        ("residence_kind", "人户一致", "实住"), ("residence_kind", "空挂户", "户籍"), ("residence_kind", "租客", "承租"),
        ("residence_kind", "业主", "产权"), ("residence_kind", "房东", "产权"), ("relation", "本人", "户主"), ("relation", "妻", "配偶"),
        ("relation", "长子", "子"), ("relation", "孙子", "孙辈"), ("relation", "租客", "承租人"), ("relation", "之妻", "配偶"),
        ("status", "死亡", "去世"), ("status", "搬走", "迁出"), ("person_class", "香港", "港澳台"),
        ("name", "张 三", "张三"), ("note", "  a \n b_x000D_", "a b"), ("note", 12.0, "12"), ("note", "a\x07b", "ab"),
        ("note", "无", None), ("occupation", "/", None), ("birth_year", "1958年", 1958), ("birth_year", 1958.0, 1958),
        ("birth_date", datetime.fromisoformat("1958-03-12T01:02"), "1958-03-12"), ("birth_date", "1958", "1958"),
        ("phone", 13812345678.0, "13812345678"), ("care_groups", "独居老人、残疾人", ["独居", "残疾"]), ("care_groups", "无", None),
        ("phones", "58881234", [{"number": "58881234", "kind": "固话"}]), ("id_type", "居民身份证", "身份证"), ("id_type", "无", "无"),
    ],
)  # fmt: skip
def test_values_of_a_resident(key: str, raw: Any, value: Any) -> None:
    assert parse(RESIDENT[key], raw, today=TODAY) == Parsed(value)


@pytest.mark.parametrize(
    ("raw", "floor"),
    [(3.0, 3), ("3楼", 3), ("第3层", 3), ("B1", -1), ("地下1层", -1), ("-2", -2), ("三", 3), ("12F", 12)],
)
def test_floors(raw: Any, floor: int) -> None:
    assert parse(DWELLING["floor"], raw) == Parsed(floor)


def test_words_of_other_entities() -> None:
    assert parse(DWELLING["state"], "空关房").value == "空置"
    assert parse(DWELLING["state"], "未知").value == "未知"
    assert parse(HOUSEHOLD["kind"], "集体").value == "集体户"
    assert parse(ENTITIES["residence"]["kind"], "租客").value == "承租"


@pytest.mark.parametrize(
    ("key", "raw", "problem"),
    [
        ("sex", "中", "choice-unknown"), ("party_member", "也许", "boolean-invalid"), ("birth_date", "2月30日", "date-invalid"),
        ("birth_date", "2020-05-26", "date-invalid"), ("phone", "1381234", "phone-invalid"), ("birth_year", "老", "date-invalid"),
        ("id_number", 3.10115195803121e17, "id-float-damaged"), ("id_number", "3.10115E+17", "id-float-damaged"),
        ("id_number", "３．１０１１５Ｅ＋１７", "id-float-damaged"), ("id_number", "3.10115195803121E17", "id-float-damaged"),
        ("care_groups", "什么", "choice-unknown"), ("documents", "3.10115E+17", "id-float-damaged"), ("documents", 3.10115e17, "id-float-damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so(key: str, raw: Any, problem: str) -> None:
    assert parse(RESIDENT[key], raw, today=TODAY) == Parsed(None, problem)
    assert words.knows(problem)


@pytest.mark.parametrize("raw", ["三层半", 3.5, float("inf"), "1e999"])
def test_what_is_no_whole_number_says_so(raw: Any) -> None:
    assert parse(DWELLING["floor"], raw) == Parsed(None, "number-invalid")


def test_an_unknown_relative_is_another_one() -> None:
    assert parse(RESIDENT["relation"], "岳母") == Parsed("其他", "choice-other")


def test_two_names_in_a_cell_are_kept_and_told() -> None:
    assert parse(RESIDENT["name"], "张三、李四") == Parsed("张三、李四", "name-several")


def test_a_sensitive_group_goes_to_its_own_field() -> None:
    assert parse(RESIDENT["care_groups"], "独居，低保") == Parsed(["独居"], None, {"care_groups_sensitive": ["低保"]})


@pytest.mark.parametrize(
    ("raw", "day"), [("3月5日", "2020-03-05"), ("12月30日", "2019-12-30"), ("2020.3.5晚", "2020-03-05")]
)
def test_an_arrival_without_a_year_was_lately(raw: str, day: str) -> None:
    assert parse(ARRIVAL["arrived_on"], raw, today=TODAY) == Parsed(day)


def test_a_birth_without_a_year_is_no_date() -> None:
    assert parse(RESIDENT["birth_date"], "3月5日", today=TODAY).problem == "date-invalid"


CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.sampled_from(sorted(ROSTER_FIELDS)), CELLS)
def test_no_cell_breaks_a_field(key: str, raw: Any) -> None:
    field = ROSTER_FIELDS[key]
    parsed = parse(field, raw)
    assert parsed.problem is None or words.knows(parsed.problem)
    if parsed.value is not None and field.type is not Type.ID_NUMBER:
        assert parse(field, parsed.value).value == parsed.value
    assert isinstance(show(field, parsed.value), str)
    mask(field, parsed.value)
    mask_text(field, plain(raw))


def test_synonyms_lead_to_words_of_the_catalogue() -> None:
    for key, synonyms in SYNONYMS.items():
        known = {c for entity in ENTITIES.values() for f in entity if f.key == key for c in f.choices}
        assert set(synonyms.values()) <= known, key


# ---------------------------------------------------------------- the screen


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("party_member", True, "是"), ("party_member", False, "否"), ("sex", "男", "男"), ("birth_date", "1958-03-12", "1958-03-12"),
        ("care_groups", ["独居", "残疾"], "独居、残疾"), ("name", None, ""), ("note_sensitive", HIDDEN, HIDDEN), ("documents", HIDDEN, HIDDEN),
        ("phones", [{"number": "58881234", "kind": "固话"}, {"number": "13812345678", "owner": "张三"}], "58881234、13812345678（张三）"),
        ("emergency_contacts", [{"name": "张三", "phone": "58881234", "relation": "子"}], "张三（58881234，子）"),
        ("documents", [{"type": "护照", "number": "E1", "former": True}], "E1（护照，已停用）"),
    ],
)  # fmt: skip
def test_what_the_screen_shows(key: str, value: Any, shown: str) -> None:
    assert show(RESIDENT[key], value) == shown


@pytest.mark.parametrize(
    ("key", "value", "masked"),
    [
        ("name", "张三", "张三"), ("birth_date", "1958-03-12", "1958-**-**"), ("phone", "13812345678", "138****5678"),
        ("id_number", "310115195803121234", "310115********1234"), ("note_sensitive", "低保", HIDDEN), ("note", "无事", "无事"),
        ("care_groups_sensitive", ["低保"], HIDDEN), ("id_type", "护照", "护照"), ("documents", HIDDEN, HIDDEN), ("name", None, None),
        ("phones", [{"number": "13812345678", "kind": "手机"}], [{"number": "138****5678", "kind": "手机"}]),
        ("documents", [{"type": "护照", "number": "E12345678"}], [{"type": "护照", "number": "E1*****78"}]),
        ("emergency_contacts", [{"name": "张三", "phone": "58881234"}], [{"name": "张三", "phone": "****1234"}]),
    ],
)  # fmt: skip
def test_masks(key: str, value: Any, masked: Any) -> None:
    assert mask(RESIDENT[key], value) == masked


@pytest.mark.parametrize(
    ("key", "text", "masked"),
    [
        ("birth_date", "2月30日", "*月**日"), ("birth_date", "1958-2-30", "1958-*-**"), ("birth_date", "五八年三月", "**年*月"),
        ("id_number", "31011519580312", "31**********12"), ("phone", "1381234", "***1234"), ("note_sensitive", "病", HIDDEN),
        ("sex", "中", "中"), ("id_type", "军官证", "军官证"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_masked_too(key: str, text: str, masked: str) -> None:
    assert mask_text(RESIDENT[key], text) == masked


def test_phones_in_columns_without_a_field_are_masked() -> None:
    said = {"子女电话": "13812345678", "家里": "老王58881234", "办理": "20200305", "宠物": "狗"}
    assert mask(RESIDENT["extra"], said) == {
        "子女电话": "138****5678", "家里": "老王****1234", "办理": "20200305", "宠物": "狗"
    }  # fmt: skip
