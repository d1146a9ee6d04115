"""Titles in every spelling; and which of them are near to one we know, and which are another thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import titles
from app.domain.titles import ALIAS, ALIKE, EXACT, HINTED, SLIP, SOUNDS, SURE

KNOWN = {
    "name": ("姓名", "居民姓名"), "phone": ("联系电话", "手机", "联系方式"), "room": ("室号",), "sex": ("性别",),
    "birth_date": ("出生日期",), "id_number": ("证件号码", "身份证号"), "party_member": ("党员", "是否党员"),
    "workplace": ("工作单位",), "arrived_on": ("抵沪日期", "返沪日期"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("姓名", ("name", EXACT, "title")), ("居民姓名", ("name", ALIAS, "title")), ("姓 名", ("name", EXACT, "title")),
        ("姓名(必填)", ("name", HINTED, "title")), ("*室号", ("room", EXACT, "title")), ("手机\n(本人)", ("phone", HINTED, "title")),
        ("出生日期(yyyy-mm-dd)", ("birth_date", HINTED, "title")), ("出生日期yyyy-mm-dd", ("birth_date", HINTED, "title")),
        ("2.性别", ("sex", HINTED, "title")), ("（3）性别", ("sex", HINTED, "title")), ("③性别", ("sex", HINTED, "title")),
        ("【必填】姓名", ("name", HINTED, "title")), ("姓名（如有曾用名请一并填写在括号内，外籍人员填写护照上的姓名，不要写小名）", ("name", HINTED, "title")),
        ("联系电话1", ("phone", HINTED, "title")), ("身份证号必填", ("id_number", HINTED, "title")),
        ("性名", ("name", SOUNDS, "near")), ("联系方试", ("phone", SOUNDS, "near")), ("身分证号", ("id_number", SOUNDS, "near")),
        ("联系电话话", ("phone", SLIP, "near")), ("身证号码", None), ("联系话", ("phone", SLIP, "near")), ("出日生期", ("birth_date", SLIP, "near")),
        ("出主日期", ("birth_date", ALIKE, "near")), ("是否团员", ("party_member", ALIKE, "near")),
        ("原工作单位", None), ("离沪日期", None), ("车牌", None), ("", None), ("备注", None),
    ],
)  # fmt: skip
def test_a_title(title: str, found: tuple[str, float, str] | None) -> None:
    assert titles.nearest(title, KNOWN) == found


def test_what_only_looks_alike_is_no_more_than_a_proposal() -> None:
    for title in ("是否团员", "出主日期", "户籍电话"):
        found = titles.nearest(title, KNOWN)
        assert found is None or found[1] < SURE


def test_a_long_sentence_is_no_title() -> None:
    assert (
        titles.plain(
            "请各居委会如实填写，不得漏报瞒报，填好以后于本周五下班以前送到街道办公室，逾期不候，后果自负，切切此布"
        )
        == ""
    )


@given(st.text(max_size=60))
def test_any_text_is_read_to_something_plain(text: str) -> None:
    for spelling in titles.spellings(text):
        assert spelling and spelling == titles.plain(spelling)
    found = titles.nearest(text, KNOWN)
    assert found is None or (found[0] in KNOWN and 0 < found[1] <= 1)
