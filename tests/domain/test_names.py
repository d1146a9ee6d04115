"""Names: one spelling, no character lost, read as surnames are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三", "张三"), ("张 三", "张三"), ("张　三", "张三"), (" 欧阳 娜娜 ", "欧阳娜娜"), ("\u200b张三\ufeff", "张三"),
        ("买买提·艾力", "买买提·艾力"), ("买买提•艾力", "买买提·艾力"), ("买买提・艾力", "买买提·艾力"), ("买买提‧艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"), ("买买提．艾力", "买买提·艾力"), ("ＪＯＨＮ　smith", "JOHN SMITH"), ("JOHN  SMITH", "JOHN SMITH"),
        ("Müller", "MÜLLER"), ("Nguyễn Văn A", "NGUYỄN VĂN A"), ("O'Brien", "O'BRIEN"), ("𠮷田", "𠮷田"), ("\ue000某", "\ue000某"),
        ("张*", "张*"), ("李A", "李A"), ("田中さくら", "田中さくら"), ("", ""),
    ],
)  # fmt: skip
def test_one_spelling(text: str, name: str) -> None:
    assert names.normalise(text) == name


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = names.normalise(text)
    assert names.normalise(once) == once


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("张三", "zhang san"), ("单立人", "shan li ren"), ("曾志伟", "zeng zhi wei"), ("解晓东", "xie xiao dong"), ("仇和", "qiu he"),
        ("查良镛", "zha liang yong"), ("区志伟", "ou zhi wei"), ("朴树", "piao shu"), ("尉迟恭", "yu chi gong"), ("尉健", "wei jian"),
        ("万俟卨", "mo qi xie"), ("单于", "chan yu"), ("长孙无忌", "zhang sun wu ji"), ("盖中", "ge zhong"), ("吕布", "lv bu"),
        ("买买提·艾力", "mai mai ti ai li"), ("MÜLLER", "muller"), ("JOHN SMITH", "john smith"), ("曾单", "zeng dan"),
    ],
)  # fmt: skip
def test_the_usual_reading(name: str, reading: str) -> None:
    assert " ".join(names.pinyin(name)[0]) == reading


def test_a_polyphone_is_found_under_both_readings() -> None:
    assert {"zhong", "chong"} <= {reading[2] for reading in names.pinyin("金贤重")}
    assert ("dan", "li") in names.pinyin("单立")


def test_readings_do_not_multiply_without_end() -> None:
    assert len(names.pinyin("乐乐乐乐乐乐乐乐")) <= 4


def test_a_name_of_unknown_characters_still_sorts() -> None:
    assert names.sort_key("\ue000") == ("", "\ue000")
    assert sorted(["张三", "李四", "阿卜杜拉"], key=names.sort_key) == ["阿卜杜拉", "李四", "张三"]


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("张三、李四", True),
        ("张三\n李四", True),
        ("张三/李四", True),
        ("张三", False),
        ("SMITH, JOHN", False),
        ("买买提·艾力", False),
    ],
)
def test_two_people_in_one_cell(text: str, several: bool) -> None:
    assert names.several(text) is several
