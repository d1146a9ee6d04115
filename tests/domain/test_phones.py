"""Phones as they stand in cells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import phones

MOBILE = {"number": "13812345678", "kind": "手机"}
OTHER = {"number": "13912345678", "kind": "手机"}
LAND = {"number": "58881234", "kind": "固话"}


@pytest.mark.parametrize(
    "raw",
    [
        "13812345678", 13812345678.0, 13812345678, "13812345678.0", "138 1234 5678", "138-1234-5678", "+86 13812345678",
        "8613812345678", "0086-13812345678", "１３８１２３４５６７８", "电话：13812345678", "手机13812345678", "13812345678,",
        "13812345678(机主)", "13812345678（本人）", "13812345678_x000D_", "(+86)13812345678", "\u202d13812345678\u202c", "138\u200b12345678", "1.3812345678E+10", "13812345678 13812345678",
    ],
)  # fmt: skip
def test_a_mobile_in_all_its_spellings(raw: Any) -> None:
    assert phones.read(raw) == ([MOBILE], [])


@pytest.mark.parametrize(
    "raw",
    ["58881234", 58881234.0, "021-58881234", "02158881234", "(021)58881234", "021 58881234", "5888-1234", "5888 1234"],
)
def test_a_landline_in_all_its_spellings(raw: Any) -> None:
    assert phones.read(raw) == ([LAND], [])


@pytest.mark.parametrize(
    ("raw", "number", "kind"),
    [
        ("58881234转801", "58881234转801", "固话"), ("021-58881234-801", "58881234转801", "固话"),
        ("58881234#801", "58881234转801", "固话"), ("58881234 分机801", "58881234转801", "固话"),
        ("58881234（转801）", "58881234转801", "固话"), ("021-58881234 ext. 801", "58881234转801", "固话"), ("0513-88123456", "051388123456", "固话"), ("400-812-3456", "4008123456", "固话"),
        ("+1 415 555 0100", "+14155550100", "境外"), ("0081-90-1234-5678", "+819012345678", "境外"),
        ("+852 9123 4567", "+85291234567", "境外"),
    ],
)  # fmt: skip
def test_other_kinds(raw: str, number: str, kind: str) -> None:
    assert phones.read(raw) == ([{"number": number, "kind": kind}], [])


@pytest.mark.parametrize("sign", ["/", "、", "，", ",", ";", "；", " ", "  ", "\n", " / "])
def test_several_in_one_cell(sign: str) -> None:
    assert phones.read(f"13812345678{sign}13912345678{sign}58881234") == ([MOBILE, OTHER, LAND], [])


def test_two_mobiles_without_a_sign_between_them() -> None:
    assert phones.read("1381234567813912345678") == ([MOBILE, OTHER], [])
    assert phones.read("138123456781391234567") == ([], ["138123456781391234567"])


@pytest.mark.parametrize(
    ("raw", "more"),
    [
        ("13812345678（张三）", {"owner": "张三"}), ("张三13812345678", {"owner": "张三"}), ("13812345678 张三", {"owner": "张三"}),
        ("13812345678（儿子）", {"relation": "儿子"}), ("儿子：13812345678", {"relation": "儿子"}),
        ("13812345678(女儿 李四)", {"relation": "女儿", "owner": "李四"}),
    ],
)  # fmt: skip
def test_whose_it_is(raw: str, more: dict[str, str]) -> None:
    assert phones.read(raw) == ([MOBILE | more], [])


@pytest.mark.parametrize(
    "raw",
    [
        "1381234567",
        "138123456789",
        "12345678",
        "同上",
        "110",
        float("nan"),
        1e300,
        "1" * 1000,
        "++",
        "1.38123E+10",
        "1.381234567E+10",
    ],
)
def test_what_is_no_phone_is_given_back(raw: Any) -> None:
    found, wrong = phones.read(raw)
    assert found == [] and len(wrong) == 1


def test_one_wrong_piece_does_not_lose_the_others() -> None:
    assert phones.read("13812345678、1391234") == ([MOBILE], ["1391234"])


def test_each_reader_has_a_list_of_its_own() -> None:
    phones.read("021-58881234")[0][0]["owner"] = "张三"
    assert phones.read("021-58881234")[0] == [LAND]


@pytest.mark.parametrize(("number", "masked"), [("13812345678", "138****5678"), ("58881234", "****1234"), ("1", "1")])
def test_masks(number: str, masked: str) -> None:
    assert phones.mask(number) == masked


@given(st.text(max_size=60))
def test_nothing_breaks_it_and_a_number_read_again_is_the_same(text: str) -> None:
    for phone in phones.read(text)[0]:
        assert phones.normalise(phone["number"]) == (phone["number"], phone["kind"])


@pytest.mark.parametrize(
    ("raw", "number"),
    [("021-58881234转8", "58881234转8"), ("021-58881234-8", "58881234转8"), ("'13800000002", "13800000002")],
)
def test_an_extension_or_a_sign_is_no_digit_of_the_number(raw: str, number: str) -> None:
    found, wrong = phones.read(raw)
    assert [(phone["number"], phone.get("owner")) for phone in found] == [(number, None)] and not wrong
