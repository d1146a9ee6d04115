"""What two records of one person say together: nothing lost, nothing made up, and what must be chosen is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import uniting
from app.domain.findings import UserError
from app.domain.uniting import KEEP, OTHER, Agreement

Values = dict[str, Any]
CARD, OTHER_CARD = "310115195803120010", "310115195803120029"


def card(number: str, **more: Any) -> Values:
    return {"type": "身份证", "number": number, **more}


@pytest.mark.parametrize(
    ("key", "keep", "other", "expected"),
    [
        ("occupation", None, "", None),
        ("occupation", "教师", None, Agreement.ONE),
        ("occupation", " ", "教师", Agreement.OTHER),
        ("occupation", "教师", "教师 ", Agreement.SAME),
        ("occupation", "教师", "会计", Agreement.DIFFERS),
        ("party_member", False, None, Agreement.ONE),
        ("party_member", False, True, Agreement.DIFFERS),
        ("phones", [{"number": "13812345678"}], [{"number": "138-1234-5678"}], Agreement.SAME),
        ("phones", [{"number": "13812345678"}], [{"number": "13812345678", "owner": "王某"}], Agreement.UNITED),
        ("care_groups", ["独居", "高龄"], ["高龄", "独居"], Agreement.SAME),
        ("care_groups", ["独居"], ["高龄"], Agreement.UNITED),
        ("note", "甲", "乙", Agreement.UNITED),
        ("extra", {"车牌": "沪A"}, {"宠物": "狗"}, Agreement.UNITED),
    ],
)
def test_how_a_field_stands(key: str, keep: Any, other: Any, expected: Agreement | None) -> None:
    assert uniting.agreement(uniting.FIELDS[key], keep, other) == expected


def test_of_two_cards_the_one_that_goes_first_is_in_force() -> None:
    keep, other = {"documents": [card(CARD)]}, {"documents": [card(OTHER_CARD)]}
    assert uniting.united(keep, other, {})["documents"] == [card(CARD), card(OTHER_CARD, former=True)]
    turned = uniting.united(keep, other, {"documents": OTHER})["documents"]
    assert turned == [card(OTHER_CARD), card(CARD, former=True)]


def test_another_kind_of_paper_stays_in_force_and_no_paper_says_nothing_beside_one() -> None:
    passport = {"type": "护照", "number": "E12345678"}
    said = uniting.united({"documents": [{"type": "无"}]}, {"documents": [card(CARD), passport]}, {})["documents"]
    assert said == [card(CARD), passport]


def test_columns_without_a_field_are_united_title_by_title() -> None:
    said = uniting.united({"extra": {"车牌": "沪A"}}, {"extra": {"车牌": "沪B", "宠物": "狗"}}, {})
    assert said["extra"] == {"车牌": "沪A", "宠物": "狗"}


def test_what_follows_another_field_goes_with_it_even_where_it_is_empty() -> None:
    keep, other = {"status": "在住"}, {"status": "暂离", "status_since": "2020-05-01", "whereabouts": "杭州"}
    assert uniting.united(keep, other, {}) == keep
    assert uniting.united(keep, other, {"status": OTHER}) == other
    assert uniting.united(keep, other, {"whereabouts": OTHER}) == {"status": "在住", "whereabouts": "杭州"}


def test_a_note_that_is_chosen_stands_alone() -> None:
    keep, other = {"note": "甲"}, {"note": "乙"}
    assert uniting.united(keep, other, {}) == {"note": "甲；乙"}
    assert uniting.united(keep, other, {"note": OTHER}) == other


@pytest.mark.parametrize("choices", [{"move": KEEP}, {"phone": KEEP}, {"name": "both"}])
def test_a_choice_that_is_none_is_refused(choices: dict[str, str]) -> None:
    with pytest.raises(UserError) as refused:
        uniting.check_choices(choices)
    assert refused.value.code == "duplicate-choice"


_WORD = st.sampled_from(["", "甲", "乙", "丙"])
_PHONES = st.lists(
    st.fixed_dictionaries({"number": st.sampled_from(["13800000001", "138-0000-0001", "58881234"])}), max_size=3
)
_PEOPLE = st.fixed_dictionaries({
    "name": _WORD, "occupation": _WORD, "note": _WORD, "phones": _PHONES,
    "care_groups": st.lists(st.sampled_from(["独居", "高龄", "残疾"]), unique=True),
    "status": _WORD, "status_since": st.sampled_from(["", "2020-05-01", "2020-05-02"]),
})  # fmt: skip


@given(_PEOPLE, _PEOPLE)
def test_nothing_is_lost_and_nothing_is_made_up(keep: Values, other: Values) -> None:
    one = uniting.united(keep, other, {})
    for key in ("name", "occupation", "status"):
        assert one.get(key, "") == (keep[key] or other[key])
    assert set(one.get("care_groups", ())) == {*keep["care_groups"], *other["care_groups"]}
    digits = {uniting.phone_key(each["number"]) for side in (keep, other) for each in side["phones"]}
    assert {uniting.phone_key(each["number"]) for each in one.get("phones", ())} == digits
    assert all(each["note"] in one.get("note", "") for each in (keep, other))
    assert one.get("status_since", "") in {keep["status_since"], other["status_since"]}


@given(_PEOPLE, _PEOPLE)
def test_a_person_united_with_what_came_of_it_says_nothing_new(keep: Values, other: Values) -> None:
    one = uniting.united(keep, other, {})
    assert uniting.united(one, other, {}) == one
    for key, field in uniting.FIELDS.items():
        stands = uniting.agreement(field, keep.get(key), keep.get(key))
        assert stands in (None, Agreement.SAME) or key == "phones"
