"""Lines of a group chat chain, taken apart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import addresses, chains
from app.domain.chains import Entry

TODAY = date(2020, 3, 10)


def line(text: str) -> Entry:
    (entry,) = chains.read(text, TODAY).entries
    return entry


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3. 12-302 王某 4人 已返沪3.1",
         {"door": "12-302", "names": ("王某",), "note": "4人 已返沪3.1", "people": 4, "arrived_on": "2020-03-01"}),
        ("4、12号501 李四 2人 在沪", {"door": "12号501", "names": ("李四",), "note": "2人 在沪", "people": 2, "arrived_on": None}),
        ("5）13/602李阿姨 1大1小 3月5日湖北返回",
         {"door": "13/602", "names": ("李阿姨",), "people": 2, "arrived_on": "2020-03-05", "origin": "湖北"}),
        ("6. 王某、李某 302", {"door": "302", "names": ("王某", "李某"), "note": ""}),
        ("5．12-302 王某", {"door": "12-302", "names": ("王某",)}),
        ("⑩ 12#203 周先生", {"door": "12#203", "names": ("周先生",)}),
        ("7️⃣ 12-203 周先生", {"door": "12-203", "names": ("周先生",)}),
        ("(19) 302室 冯某 1人", {"door": "302室", "names": ("冯某",), "people": 1}),
        ("【20】12号底楼 褚老伯 独居", {"door": "12号底楼", "names": ("褚老伯",), "note": "独居"}),
        ("14.12-601王某4人已返沪3.1", {"door": "12-601", "names": ("王某",), "people": 4, "arrived_on": "2020-03-01"}),
        ("7 12号101 张三 从武汉返沪 2月28日", {"names": ("张三",), "arrived_on": "2020-02-28", "origin": "武汉"}),
        ("8. 丁香路901弄12号302室 赵六 三口 未返沪",
         {"door": "丁香路901弄12号302室", "names": ("赵六",), "people": 3, "arrived_on": None}),
        ("9. 培花新村12号302 钱七 13812345678 计划3月20日返沪",
         {"door": "培花新村12号302", "phones": ("13812345678",), "arrived_on": None}),
        ("11. 12号3单元401 吴女士一家 无异常", {"door": "12号3单元401", "names": ("吴女士",)}),
        ("15. 郑十 12号602 2020-03-05 江苏南通返沪 2人",
         {"door": "12号602", "names": ("郑十",), "arrived_on": "2020-03-05", "origin": "江苏南通"}),
        ("16. 买买提·艾力 12-701 2人", {"names": ("买买提·艾力",), "door": "12-701"}),
        ("17. 12 302 王某", {"door": "12 302", "names": ("王某",)}),
        ("21. 12-803 卫某 12月28日返沪", {"arrived_on": "2019-12-28"}),
        ("22. 12-804 蒋某和沈某 2人", {"names": ("蒋某", "沈某"), "people": 2}),
        ("23. 12-805 Tom Smith 1人", {"names": ("Tom Smith",)}),
        ("24. 901弄12-302 韩某 3月1日自驾从浙江温州返沪", {"door": "901弄12-302", "origin": "浙江温州"}),
        ("26、12号302室杨先生全家4口人均在沪", {"names": ("杨先生",), "people": 4, "door": "12号302室"}),
        ("28. 12-505 孙某 2.10返沪（安徽合肥）", {"arrived_on": "2020-02-10", "origin": "安徽合肥"}),
        ("29. 12-506 孙某 3月30日返沪", {"arrived_on": None}),  # a day to come is a plan
        ("12-505 孙某某 2人", {"door": "12-505", "names": ("孙某某",)}),
        ("30. 12-1204-2 王某 2人", {"door": "12-1204-2", "names": ("王某",), "people": 2}),
        ("31. 12-302 王某 收到,谢谢居委", {"door": "12-302", "names": ("王某",)}),
        ("25. 12-302 空", {"names": (), "state": "空置", "door": "12-302"}),
        ("18. 12幢302 陈家 出租", {"names": (), "state": "出租"}),
    ],
)  # fmt: skip
def test_a_line(text: str, said: dict[str, Any]) -> None:
    entry = line(text)
    assert {key: getattr(entry, key) for key in said} == said


@pytest.mark.parametrize(
    "text",
    [
        "12. 收到",
        "13. 在沪健康",
        "14. 3月5日返沪",
        "好的谢谢",
        "请大家3月5号前填好",
        "收到,谢谢居委",
        "5. 收到,谢谢居委",
        "好的",
        "谢谢王书记",
    ],
)
def test_a_line_that_names_nobody_is_handed_back(text: str) -> None:
    read = chains.read(f"1. 12-302 王某\n{text}", TODAY)
    assert [entry.row for entry in read.entries] == [1]
    assert read.said == ((2, text),)


def test_heading_notices_and_empty_numbers() -> None:
    read = chains.read(
        "#接龙\n12号楼居民返沪情况统计，3月5号前填好\n例 12-302 王某\n\n1. 302 张三\n2.\n3、\n4 \n5. 401 李四\n", TODAY
    )
    assert read.around == "12号楼"
    assert [(entry.row, entry.door, entry.names) for entry in read.entries] == [
        (5, "302", ("张三",)),
        (9, "401", ("李四",)),
    ]
    assert read.empty == (6, 7, 8)
    assert read.said == ()


@given(
    st.integers(1, 200), st.sampled_from([". ", "、", "）", ") ", "．", ": "]), st.integers(1, 99), st.integers(1, 6),
    st.sampled_from(["-", "号", "/", "#", "号楼", "幢"]), st.sampled_from(["王某", "李阿姨", "欧阳锋", "周先生"]),
    st.sampled_from([" ", "", "  "]), st.integers(1, 9),
)  # fmt: skip
def test_whatever_the_signs_the_line_says_the_same(
    number: int, sign: str, building: int, floor: int, between: str, name: str, blank: str, people: int
) -> None:
    entry = line(f"{number}{sign}{building}{between}{floor}02{blank}{name}{blank or ' '}{people}人 在沪")
    place = addresses.read(entry.door)
    assert (place.building.rstrip("号幢"), place.room) == (str(building), f"{floor}02")
    assert (entry.names, entry.people, entry.arrived_on) == ((name,), people, None)


@given(st.text(st.sampled_from("0123456789.、-号室人王李返沪月日 \n#接龙大小口从"), max_size=200))
def test_reading_never_breaks_and_loses_no_line(text: str) -> None:
    read = chains.read(text, TODAY)
    rows = [entry.row for entry in read.entries] + list(read.empty) + [row for row, _ in read.said]
    assert len(rows) == len(set(rows))
    assert all(1 <= row <= text.count("\n") + 1 for row in rows)
