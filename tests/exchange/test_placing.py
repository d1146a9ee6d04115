"""The place of a row out of whatever columns speak of it: whole, in parts, twice, or filled from around the table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.exchange.placing import COLUMNS, Placing


def door(around: dict[str, str] | None = None, **cells: Any) -> Any:
    return Placing(around or {}).door(tuple(cells.get(key, "") for key in COLUMNS))


TWELVE = {"building": "12号", "room": "302"}


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"building": "12", "room": "302"}, TWELVE),
        ({"building": 12.0, "room": 302.0}, TWELVE),
        ({"building": "十二号", "room": "三〇二室"}, TWELVE),
        ({"building": "１２＃", "room": "３０２"}, TWELVE),
        ({"building": "12号302"}, TWELVE),
        ({"room": "12-302"}, TWELVE),
        ({"room": "12.302"}, TWELVE),
        ({"room": "12、302室"}, TWELVE),
        ({"room": "12 302"}, TWELVE),
        ({"building": "12号", "room": "12-302"}, TWELVE),
        ({"building": "12号", "room": "3楼302"}, TWELVE),
        ({"building": "12门", "room": "302户"}, TWELVE),
        ({"building": "3幢", "room": "12号302"}, TWELVE),  # one number, whatever its block
        ({"building": "5幢", "room": "12号302"}, TWELVE),
        ({"building": "12号", "address": "丁香路901弄12号302室"}, TWELVE | {"lane": "丁香路901弄"}),
        ({"lane": "901", "building": "12", "room": "302"}, TWELVE | {"lane": "901弄"}),
        ({"building": "12号", "room": "一层"}, {"building": "12号", "room": "底层"}),
        ({"building": "12号", "room": "底楼"}, {"building": "12号", "room": "底层"}),
        ({"building": "12甲", "room": "302"}, {"building": "12号甲", "room": "302"}),
        ({"building": "12号", "room": "302甲"}, TWELVE | {"household_label": "甲"}),
        ({"building": "12号", "room": "101-102"}, {"building": "12号", "room": "101-102"}),
        ({"building": "12号", "room": "101、102室"}, {"building": "12号", "room": "101-102"}),
        ({"building": "12号", "room": "2-302"}, TWELVE | {"unit": "2"}),
        ({"building": "3幢", "unit": "2单元", "room": "301"}, {"building": "3号", "unit": "2", "room": "301"}),
        ({"estate": "上海市浦东新区培花新村", "building": "12", "room": "302"}, TWELVE | {"estate": "培花新村"}),
        ({"address": "培花新村十二号302"}, TWELVE | {"estate": "培花新村"}),
    ],
)
def test_the_door_of_a_row(cells: dict[str, Any], values: dict[str, str]) -> None:
    found = door(**cells)
    assert found.problem is None
    assert found.values == values


def test_what_stands_around_the_table_fills_what_a_row_leaves_open() -> None:
    around = {"estate": "联洋花园", "lane": "丁香路901弄", "building": "12号", "unit": ""}
    assert door(around, room="302").values == TWELVE | {"estate": "联洋花园", "lane": "丁香路901弄"}
    assert door(around, building="13", room="302").values["building"] == "13号"
    assert door(around).values == {}


@pytest.mark.parametrize(
    ("cells", "code", "key"),
    [
        ({"building": "12号", "room": "13号302"}, "place-differs", "room"),
        ({"building": "12号", "room": "302", "address": "13号302"}, "place-differs", "address"),
        ({"building": "12号", "room": "302", "address": "12号303"}, "place-differs", "address"),
        ({"building": date(2020, 3, 2), "room": "302"}, "place-became-date", "building"),
        ({"building": "12号", "room": date(2020, 12, 1)}, "place-became-date", "room"),
    ],
)
def test_what_cannot_be_both_is_said(cells: dict[str, Any], code: str, key: str) -> None:
    problem = door(**cells).problem
    assert problem is not None and problem[:2] == (code, key)


def test_ditto_signs_mean_the_row_above() -> None:
    placing = Placing({})
    rows = [("12号", "101"), ("〃", "〃"), ("同上", "102"), ("", ""), ("同上", "103")]
    found = [placing.door(("", "", number, "", room, "")).values for number, room in rows]
    assert [each.get("building") for each in found] == ["12号", "12号", "12号", None, "12号"]
    assert [each.get("room") for each in found] == ["101", "101", "102", None, "103"]
    assert Placing({}).door(("", "", "", "", "", "同上")).values == {}


def test_an_ordinal_is_the_number() -> None:
    assert door(building="第十二号", room="101").values == {"building": "12号", "room": "101"}


def test_an_address_that_is_whole_goes_before_a_room_without_a_number() -> None:
    found = door(room="PH1", address="丁香路901弄12号302")
    assert found.values == {"lane": "丁香路901弄", "building": "12号", "room": "302"}
    assert found.problem is not None and found.problem[0] == "place-differs"
