"""ID numbers: none that may be right is refused, each slip is told by its own code."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from app.domain import documents
from app.domain.documents import check_digit, comparable, read_document

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "idcard"
SHANGHAI = tuple(f"310{each}" for each in (*range(101, 121), 151, *range(221, 231)))
"""Codes of the city's districts and counties, with those that are gone: 南市 102, 卢湾 103, 南汇 119/225, 川沙 224 …"""


def card(region: str, born: str, order: str = "123") -> str:
    return region + born + order + check_digit(region + born + order)


def shanghai_codes() -> list[str]:
    path = DATA / "gb2260_shanghai_all_revisions.csv"
    if not path.exists():
        return SHANGHAI
    with path.open(encoding="utf-8") as file:
        return sorted({row["code"] for row in csv.DictReader(file) if not row["code"].endswith("00")} | set(SHANGHAI))


def test_no_birth_of_1930_to_2020_under_any_code_of_shanghai_is_refused() -> None:
    days = random.Random(1)
    for code in shanghai_codes():
        for year in range(1930, 2021):
            born = f"{year}{days.randrange(1, 13):02d}{days.randrange(1, 29):02d}"
            read = read_document(card(code, born))
            assert (read.type, read.problem) == ("身份证", None), (code, born)
            assert read.birth_date == f"{born[:4]}-{born[4:6]}-{born[6:]}"


def test_vectors_of_other_libraries() -> None:
    path = DATA / "id_vectors.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here: the vectors are public data that is not part of the project")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        read = read_document(row["id"], "身份证")
        if row["expected_valid_by_source"] == "1" or (row["check_digit_ok"] == "1" and row["id"][6:14] != "19911301"):
            assert read.problem is None, row
        elif row["expected_valid_by_source"] == "0":
            region_only = "region" in row["note"] and row["check_digit_ok"] == "1"
            assert (read.problem is None) == region_only, row


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_the_check_digit_is_that_of_iso_7064(first17: str) -> None:
    assert check_digit(first17) == mod_11_2.calc_check_digit(first17)


@given(st.sampled_from(SHANGHAI), st.dates(), st.integers(0, 999))
def test_a_number_says_sex_and_birth(region: str, day: object, order: int) -> None:
    born = f"{day:%Y%m%d}".zfill(8)
    read = read_document(card(region, born, f"{order:03d}"))
    assert read.sex == ("男" if order % 2 else "女")
    assert read.problem in (None, "id-date")
    assert (read.birth_date or "").replace("-", "") == (born if read.problem is None else "")


GOOD = card("310115", "19580312")


@pytest.mark.parametrize(
    "text",
    [
        GOOD, GOOD.lower(), f" {GOOD} ", f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}", f"{GOOD[:6]}-{GOOD[6:14]}-{GOOD[14:]}",
        f"'{GOOD}", f"{GOOD}(妻)", f"身份证：{GOOD}", f"‘{GOOD}", f"\u200b{GOOD[:9]}\u202c{GOOD[9:]}", f"{GOOD}\u00a0\t", "".join(chr(ord(c) + 0xFEE0) for c in GOOD),
    ],
)  # fmt: skip
def test_a_number_in_all_its_spellings(text: str) -> None:
    assert read_document(text) == ("身份证", GOOD, "1958-03-12", "男", None)


def test_an_x_in_all_its_spellings() -> None:
    number = next(n for order in range(1000) if (n := card("310115", "19580312", f"{order:03d}")).endswith("X"))
    for x in "xXＸ×*＊":
        assert read_document(number[:17] + x) == read_document(number)
    assert read_document(number).problem is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD[:17] + ("1" if GOOD[17] != "1" else "2"), "id-check-digit"),
        (GOOD[:15] + "000", "id-rounded"),
        (GOOD[:17], "id-length"),
        (GOOD + "0", "id-length"),
        (GOOD[:15], "id-length"),
        (GOOD[:8] + "O" + GOOD[9:], "id-letters"),
        (card("310115", "19580230"), "id-date"),
        (card("310115", "29580312"), "id-date"),
        ("军字第123456", "document-unknown"),
        ("看不清", "id-not-whole"),
        ("310115********0010", "id-not-whole"),
        ("1" * 200, "id-length"),
    ],
)
def test_each_slip_is_told(text: str, problem: str) -> None:
    assert read_document(text).problem == problem


def test_a_wrong_number_is_kept() -> None:
    assert read_document(GOOD[:17]).number == GOOD[:17]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("310115580312123", "身份证"), ("E12345678", "护照"), ("EA1234567", "护照"), ("G12345678", "护照"), ("P1234567", "护照"),
        ("H12345678", "港澳通行证"), ("M1234567801", "港澳通行证"), ("C12345678", "港澳通行证"), ("CA1234567", "港澳通行证"),
        ("12345678", "台胞证"), ("1234567890", "台胞证"), ("USA123456789012", "外国人永居证"), ("T310009931", "出生证明"),
        (card("911124", "19810803"), "外国人永居证"), (card("810000", "19940823"), "港澳台居住证"),
        (card("820000", "19940823"), "港澳台居住证"), (card("830000", "19940823"), "港澳台居住证"),
    ],
)  # fmt: skip
def test_other_papers_are_told_by_their_shape(text: str, kind: str) -> None:
    assert read_document(text)[::4] == (kind, None)


def test_the_rosters_own_word_goes_before_the_shape() -> None:
    assert read_document("12345678", "护照")[::4] == ("护照", None)
    assert read_document("AB-12/345 方", "护照").problem is None


def test_old_numbers_say_birth_and_sex() -> None:
    assert read_document("310115580312124")[2:4] == ("1958-03-12", "女")


def test_a_number_that_became_a_quantity_is_not_kept() -> None:
    for text in ("3.10115E+17", " 3.10115E+17", "3.10115e17", "３．１０１１５Ｅ＋１７", "3.101151958031E+17", "3E+17"):
        assert read_document(text) == ("身份证", "", None, None, "id-float-damaged")
        assert read_document(text, "身份证").problem == "id-float-damaged"
    assert read_document("3.10115195803121E+17").birth_date == "1958-03-12"
    assert read_document("E12345678").number == "E12345678"


@pytest.mark.parametrize(
    ("raw", "born"),
    [
        (310115195803120000.0, "1958-03-12"), ("3.10115195803121E+17", "1958-03-12"), ("3.10115195803121E17", "1958-03-12"),
        ("3.10115E+17", None), (3.10115e17, None), ("3.101151958031E+17", None), ("1e999", None), ("E+17", None), (float("nan"), None),
    ],
)  # fmt: skip
def test_a_birth_date_is_left_where_all_its_digits_are(raw: object, born: str | None) -> None:
    assert documents.birth_date_left(raw) == born


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (GOOD, f"310115********{GOOD[-4:]}"),
        ("310115580312123", "310115*****2123"),
        ("E12345678", "E1*****78"),
        ("123", "****"),
    ],
)
def test_a_mask_keeps_the_edges(number: str, masked: str) -> None:
    assert documents.mask(number) == masked


@given(st.text(max_size=40))
def test_nothing_breaks_it_and_reading_again_changes_nothing(text: str) -> None:
    read = read_document(text)
    assert read_document(read.number, read.type).number == read.number


@pytest.mark.parametrize("text", ["待补", "未带", "310115********0010", "E1****67"])
def test_what_is_no_number_is_not_kept_as_one(text: str) -> None:
    """Of two people it would make one."""
    assert read_document(text).number == "" and read_document(text, "身份证").number == ""


def test_an_old_number_is_the_new_one() -> None:
    new = card("310115", "19580312")
    assert comparable(new[:6] + new[8:17]) == new == comparable(new)
    assert comparable("E12345678") == "E12345678"
