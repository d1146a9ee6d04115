"""House numbers as maps write them: one door, several in one outline, the lane before them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import house_numbers


@pytest.mark.parametrize(
    ("text", "street", "lane", "written", "each"),
    [
        ("12", "", "", "12号", ["12号"]), ("12号楼", "", "", "12号", ["12号"]), ("12号甲", "", "", "12号甲", ["12号甲"]),
        ("3栋", "", "", "3幢", ["3幢"]), ("12-14号", "", "", "12-14号", ["12号", "13号", "14号"]),
        ("12、14号", "", "", "12、14号", ["12号", "14号"]), ("12号、14号", "", "", "12号、14号", ["12号", "14号"]),
        ("3、4幢", "", "", "3、4幢", ["3幢", "4幢"]), ("901弄12号", "", "901弄", "12号", ["12号"]),
        ("901弄12号", "丁香路", "丁香路901弄", "12号", ["12号"]), ("901弄12", "丁香路901弄", "丁香路901弄", "12号", ["12号"]),
        ("628弄4-7号", "张杨路", "张杨路628弄", "4-7号", ["4号", "5号", "6号", "7号"]),
        ("98~104", "南京东路", "南京东路", "98-104号", ["98号", "100号", "102号", "104号"]),
        ("901弄", "丁香路", "丁香路901弄", "", []), ("", "丁香路", "丁香路", "", []), ("A座", "", "", "A座", ["A座"]),
    ],
)  # fmt: skip
def test_what_a_map_writes(text: str, street: str, lane: str, written: str, each: list[str]) -> None:
    assert house_numbers.read(text, street) == (lane, written, tuple(each))


@pytest.mark.parametrize("text", ["12-302", "1-9999", "14-12", "3-3"])
def test_a_door_and_its_room_or_a_slip_is_no_range(text: str) -> None:
    assert len(house_numbers.read(text).each) == 1


@given(st.text("0123456789-~、,号弄幢甲A 路", max_size=20), st.sampled_from(["", "丁香路", "901弄"]))
def test_whatever_stands_there_names_few_doors(text: str, street: str) -> None:
    found = house_numbers.read(text, street)
    assert len(found.each) <= house_numbers.MOST
    assert len(set(found.each)) == len(found.each)
    assert bool(found.written) == bool(found.each)
