"""Doors in the spellings of Shanghai and of the north."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import addresses
from app.domain.addresses import Place


@pytest.mark.parametrize(
    "text",
    [
        "12号302", "12号302室", "12-302", "12/302", "12#302", "12－302", "12—302", "12号楼302", "12号楼302室", "12 号 302 室",
        "十二号302", "十二号三〇二室", "12号0302", "12号3楼302室", "12号-302", "12号302号", "１２号３０２室", "012号302", "12号门302",
    ],
)  # fmt: skip
def test_one_door_in_all_its_spellings(text: str) -> None:
    assert addresses.read(text) == Place(building="12号", room="302")


@pytest.mark.parametrize(
    "text", ["3幢2单元301", "3栋2单元301室", "3-2-301", "3号楼2单元301", "3号2-301", "三幢二单元三〇一"]
)
def test_a_unit_of_the_north(text: str) -> None:
    assert addresses.read(text) == Place(building="3号", unit="2", room="301")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("丁香路901弄12号302室", Place("", "丁香路901弄", "12号", "", "302")),
        ("上海市浦东新区花木街道丁香路901弄12号302室", Place("", "丁香路901弄", "12号", "", "302")),
        ("901弄12号甲302", Place("", "901弄", "12号甲", "", "302")),
        ("901弄甲12号302", Place("", "901弄", "12号甲", "", "302")),
        ("花木路101弄3支弄5号201室", Place("", "花木路101弄3支弄", "5号", "", "201")),
        ("培花新村12号302室", Place("培花新村", "", "12号", "", "302")),
        ("培花新村12-302", Place("培花新村", "", "12号", "", "302")),
        ("浦东新区花木街道培花新村12号302", Place("培花新村", "", "12号", "", "302")),
        ("联洋花园丁香路901弄12号302室", Place("联洋花园", "丁香路901弄", "12号", "", "302")),
        ("丁香路901弄联洋花园12号302室", Place("联洋花园", "丁香路901弄", "12号", "", "302")),
        ("锦绣路1089弄(联洋新苑)12号302室", Place("联洋新苑", "锦绣路1089弄", "12号", "", "302")),
        ("由由一村3幢12号302室", Place("由由一村", "", "12号", "", "302")),
        ("101弄12-302", Place("", "101弄", "12号", "", "302")),
        ("杨高中路2108号", Place("", "杨高中路", "2108号")),
        ("浦东大道1号", Place("", "浦东大道", "1号")),
        ("芳甸路77弄1-20号", Place("", "芳甸路77弄", "1-20号")),
        ("A座1203", Place("", "", "A座", "", "1203")),
        ("1#2", Place("", "", "1号", "", "2")),
        ("12号底层", Place("", "", "12号", "", "底层")),
        ("12号底楼", Place("", "", "12号", "", "底层")),
        ("12号B1", Place("", "", "12号", "", "B1")),
        ("12号阁楼", Place("", "", "12号", "", "阁楼")),
        ("12号商铺", Place("", "", "12号")),
        ("8号", Place("", "", "8号")),
        ("12号302A", Place("", "", "12号", "", "302A")),
        ("12号302-1", Place("", "", "12号", "", "302", "1")),
        ("12号302室A间", Place("", "", "12号", "", "302", "A间")),
        ("12号302(东间)", Place("", "", "12号", "", "302", "东间")),
        ("12号101-102", Place("", "", "12号", "", "101-102")),
        ("302-1", Place("", "", "", "", "302", "1")),
        ("302室", Place("", "", "", "", "302")),
        ("2单元301", Place("", "", "", "2", "301")),
        ("阁楼", Place("", "", "", "", "阁楼")),
        ("培花新村", Place("培花新村")),
        ("上海市浦东新区芳甸路", Place("", "芳甸路")),
        ("", Place()),
    ],
)
def test_addresses(text: str, place: Place) -> None:
    assert addresses.read(text) == place


@pytest.mark.parametrize(
    ("raw", "room"),
    [
        ("302", ("302", "")), ("302室", ("302", "")), (302.0, ("302", "")), ("302.0", ("302", "")), ("0302", ("302", "")),
        ("三〇二", ("302", "")), ("302房", ("302", "")), ("302a", ("302A", "")), ("302-1", ("302", "1")), ("302(1)", ("302", "1")),
        ("302东间", ("302", "东间")), ("302甲", ("302", "甲")), ("底楼", ("底层", "")), ("B1", ("B1", "")), ("阁楼", ("阁楼", "")),
        ("地下室", ("地下室", "")), ("别墅", ("", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_rooms(raw: Any, room: tuple[str, str]) -> None:
    assert addresses.room(addresses.tidy(raw)) == room


@pytest.mark.parametrize(
    ("raw", "building"),
    [
        ("12", "12号"), (12.0, "12号"), ("12号", "12号"), ("12#", "12号"), ("12号楼", "12号"), ("十二", "12号"), ("二十一号", "21号"),
        ("012", "12号"), ("12号甲", "12号甲"), ("甲12号", "12号甲"), ("12甲", "12号甲"), ("3栋", "3幢"), ("A座", "A座"), ("a座", "A座"),
        ("12-14号", "12-14号"), ("东楼", "东楼"), ("", ""),
    ],
)  # fmt: skip
def test_buildings(raw: Any, building: str) -> None:
    assert addresses.building(addresses.tidy(raw)) == building


@pytest.mark.parametrize(
    ("text", "lane"), [("901", "901弄"), ("901弄", "901弄"), ("丁香路901弄", "丁香路901弄"), ("", "")]
)
def test_lanes(text: str, lane: str) -> None:
    assert addresses.lane(text) == lane


@pytest.mark.parametrize(
    ("room", "floor"),
    [
        ("302", 3), ("1203", 12), ("3001", 30), ("101", 1), ("302A", 3), ("A302", 3), ("B1", -1), ("B201", -2), ("底层", 1),
        ("地下室", -1), ("3楼", 3), ("阁楼", None), ("2", None), ("12", None), ("", None), ("002", None),
    ],
)  # fmt: skip
def test_floors(room: str, floor: int | None) -> None:
    assert addresses.floor_of(room) == floor


PLACES = st.builds(
    Place,
    estate=st.sampled_from(["", "培花新村", "联洋花园", "由由一村"]),
    lane=st.sampled_from(["", "丁香路901弄", "花木路101弄3支弄", "901弄"]),
    building=st.integers(1, 300).map(lambda n: f"{n}号") | st.integers(1, 99).map(lambda n: f"{n}号甲"),
    unit=st.sampled_from(["", "1", "2", "12"]),
    label=st.just(""),
    room=st.integers(101, 4010).map(str) | st.sampled_from(["302A", "底层", "阁楼", "B1", "A12"]),
)


@given(PLACES)
def test_a_door_as_it_is_spoken_is_read_back(place: Place) -> None:
    assert addresses.read(addresses.spoken(place)) == place


@given(PLACES, st.sampled_from(["1", "A", "东间"]))
def test_a_part_of_a_door_is_read_back(place: Place, label: str) -> None:
    if place.room.isdigit():
        part = place._replace(label=label)
        assert addresses.read(addresses.spoken(part)) == part


@given(st.text(st.sampled_from("培花新村路弄号室幢栋单元甲乙座层楼底0123456789AB-/#()一二十百 "), max_size=16))
def test_reading_never_breaks_and_its_parts_are_normal(text: str) -> None:
    place = addresses.read(text)
    assert addresses.building(place.building, place.unit) == place.building
    assert addresses.room(addresses.room(text)[0])[0] == addresses.room(text)[0]
    assert addresses.lane(addresses.lane(text)) == addresses.lane(text)


def test_a_very_long_text_is_cut() -> None:
    assert len(addresses.read("新村" * 5_000).estate) < 200
