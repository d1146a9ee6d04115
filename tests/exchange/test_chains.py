"""A pasted chain as a roster."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.findings import UserError
from app.exchange.chains import LONGEST_TEXT, read_chain

TODAY = date(2020, 3, 10)
TEXT = """#接龙
12号楼返沪统计
1. 302 王某 4人 已返沪3.1
2、13号501 李四 2人 13812345678
3. 王建、李秀英 401
4.
5. 收到
6. 302 王某 3人 在沪
7. 12-303 空
8. 12-304
"""


def test_rows_findings_and_rejections() -> None:
    roster = read_chain(TEXT, estate="培花新村", today=TODAY)
    about = {"estate": "培花新村", "building": "12号"}
    assert [(row.row, row.values) for row in roster.rows] == [
        (4, {"name": "李四", "estate": "培花新村", "building": "13号", "room": "501", "note": "2人",
             "phones": [{"number": "13812345678", "kind": "手机"}], "extra": {"人数": "2"}}),
        (5, {"name": "王建", **about, "room": "401"}),
        (5, {"name": "李秀英", **about, "room": "401"}),
        (8, {"name": "王某", **about, "room": "302", "note": "3人 在沪", "extra": {"人数": "3"}}),
        (9, {**about, "room": "303", "note": "空", "state": "空置"}),
    ]  # fmt: skip
    assert [(found.code, found.row) for found in roster.findings] == [
        ("chain-twice", 3), ("chain-empty", 6), ("chain-unread", 7), ("row-no-name", 10),
    ]  # fmt: skip
    assert roster.findings[0].details == {"later": 8}
    assert roster.rejected == 1
    assert (roster.path.name, roster.sheet) == ("接龙", "接龙")


def test_the_return_of_two_people_is_told_of_both() -> None:
    roster = read_chain("1. 12-302 王某、李某 3月1日武汉返沪 2人", today=TODAY)
    assert [(row.values["arrived_on"], row.values["origin"]) for row in roster.rows] == [("2020-03-01", "武汉")] * 2
    assert ["extra" in row.values for row in roster.rows] == [True, False]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "paste-empty"),
        (" \n\n", "paste-empty"),
        ("#接龙\n1. 收到\n2.", "chain-no-people"),
        ("字" * (LONGEST_TEXT + 1), "file-too-large"),
    ],
)
def test_what_is_no_chain_is_refused(text: str, code: str) -> None:
    with pytest.raises(UserError) as refused:
        read_chain(text, today=TODAY)
    assert refused.value.code == code


def test_an_id_number_in_a_line_is_sealed_not_a_note() -> None:
    lines = (
        "1. 12-301 关羽 正常 身份证310115195803120010\n2. 12-308 曹操 310115195803120011\n3. 收到 310115195803120010"
    )
    roster = read_chain(lines, today=TODAY)
    first, second = (row.values for row in roster.rows)
    assert first["documents"] == [{"type": "身份证", "number": "310115195803120010"}]
    assert first["note"] == "正常"
    assert second["extra_sensitive"] == {"接龙中的证件号码": "310115195803120011"} and "note" not in second
    assert [found.value for found in roster.findings] == ["3. 收到 310***********0010"]


def test_a_phone_behind_a_further_name_is_not_the_first_ones() -> None:
    roster = read_chain(
        "1. 12-305 周瑜：13712345678，孙权：13712345679\n2. 12-306 黄盖 13712345670 手机13712345671", today=TODAY
    )
    zhou, huang = (row.values for row in roster.rows)
    assert [phone["number"] for phone in zhou["phones"]] == ["13712345678"]
    assert "13712345679" in zhou["note"]
    assert [phone["number"] for phone in huang["phones"]] == ["13712345670", "13712345671"]


def test_what_became_of_somebody_is_told_beside_the_name() -> None:
    lines = "1. 12-301 (故)赵六\n2. 12-302 王阿婆已去世2019.3\n3. 12-303 李四（已迁出） 2人\n4. 12-304 王参军 2人\n5. 12-305 王某、李某(已故)"
    roster = read_chain(lines, today=TODAY)
    assert [(row.values["name"], row.values.get("status"), row.values.get("status_since")) for row in roster.rows] == [
        ("赵六", "去世", None), ("王阿婆", "去世", "2019-03"), ("李四", "迁出", None), ("王参军", None, None),
        ("王某", None, None), ("李某", None, None),
    ]  # fmt: skip


def test_illness_in_a_line_is_sealed() -> None:
    ill, well = read_chain("1. 12-301 关羽 阳性\n2. 12-302 张飞 身体健康", today=TODAY).rows
    assert ill.values["note_sensitive"] == "阳性" and "note" not in ill.values
    assert well.values["note"] == "身体健康" and "note_sensitive" not in well.values


def test_a_room_behind_a_room_is_kept() -> None:
    (row,) = read_chain("1. 12-1204-2 王某 2人", today=TODAY).rows
    assert (row.values["building"], row.values["room"], row.values["household_label"]) == ("12号", "1204", "2")
