"""Two spellings of one estate are one; two estates that share a name's beginning stay two."""

from __future__ import annotations

import pytest

from app.domain import map_names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("培花四小区", "培花新村四居委会"), ("培花四小区", "培花新村第四居委会"), ("培花小区", "培花新村"), ("花木", "花木街道"),
        ("金色维也纳", "金樽花园/金色维也纳"), ("四季雅苑", "四季雅苑小区"), ("花木街道牡丹第十二居委会", "牡丹十二居委"),
        ("上海市浦东新区联洋花园", "联洋花园"), ("罗山一村", "罗山1村"),
    ],
)  # fmt: skip
def test_the_same_place(one: str, other: str) -> None:
    assert map_names.alike(one, other) and map_names.alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("培花花园", "培花新村"), ("联洋新苑", "联洋花园"), ("联洋", "联洋花园"), ("罗山一村", "罗山二村"), ("培花四小区", "培花新村五居委会"),
        ("", "培花新村"), ("", ""), ("小区", "社区"),
    ],
)  # fmt: skip
def test_not_the_same(one: str, other: str) -> None:
    assert not map_names.alike(one, other)
