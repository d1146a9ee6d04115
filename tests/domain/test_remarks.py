"""Remarks beside names, taken apart from them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import remarks


@pytest.mark.parametrize(
    ("written", "name", "details"),
    [
        ("(故)赵六", "赵六", {"status": "去世"}),
        ("【亡】孙八", "孙八", {"status": "去世"}),
        ("赵六[故]", "赵六", {"status": "去世"}),
        ("王阿婆已去世", "王阿婆", {"status": "去世"}),
        ("王五去世", "王五", {"status": "去世"}),
        ("已故王五", "王五", {"status": "去世"}),
        ("赵十(去世2019.3)", "赵十", {"status": "去世", "status_since": "2019-03"}),
        ("赵十(2019年3月5日病故)", "赵十", {"status": "去世", "status_since": "2019-03-05"}),
        ("赵十2019年去世", "赵十", {"status": "去世", "status_since": "2019"}),
        ("钱七†", "钱七", {"status": "去世"}),
        ("李四(已迁出)", "李四", {"status": "迁出"}),
        ("李四(迁出至浦东)", "李四", {"status": "迁出", "note": "迁出至浦东"}),
        ("李四,已搬走", "李四", {"status": "迁出"}),
        ("周五(当兵)", "周五", {"status": "参军"}),
        ("周小五当兵", "周小五", {"status": "参军"}),
        ("买买提·艾力(亡)", "买买提·艾力", {"status": "去世"}),
    ],
)
def test_a_remark_is_a_status(written: str, name: str, details: dict[str, Any]) -> None:
    assert remarks.read(written) == (name, details)


@pytest.mark.parametrize(
    "name",
    [
        "王参军",
        "欧阳参军",
        "李四参军",
        "张出国",
        "周已故",
        "李世故",
        "张建亡",
        "已小明",
        "上官去世",
        "王五(小王)",
        "李四(2019.3)",
        "去世",
    ],
)
def test_what_only_looks_like_a_remark_stays_in_the_name(name: str) -> None:
    assert remarks.read(name) == (name, {})


@given(st.text(st.sampled_from("()【】†故亡去世已迁出当兵王张三2019.3年月,·"), max_size=14))
def test_reading_never_breaks_nor_leaves_a_blank_name(text: str) -> None:
    read = remarks.read(text)
    assert read.name or not text
    assert bool(read.details) == (read.name != text)
