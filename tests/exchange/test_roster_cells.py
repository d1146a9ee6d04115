"""Cells that say something else than their column: 同上, a word in place of a name, an ID number in a note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app.domain.documents import check_digit
from app.domain.values import hide_numbers
from app.exchange import rosters
from app.exchange.rosters import Roster

TITLES = ("楼号", "室号", "姓名")
Cells = list[Any]


def card(first17: str) -> str:
    return first17 + check_digit(first17)


HIS, HERS = card("31011519580312001"), card("31011519600405002")


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """read(["备注"], ["张三", "…"], …): rows of 1号101 and further columns, read."""

    def reading(titles: Cells, *rows: Cells) -> Roster:
        book = Workbook()
        book.active.append([*TITLES, *titles])
        for row in rows:
            book.active.append([1, 101, *row] if row else [])
        for column in book.active.columns:
            for cell in column:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        path = tmp_path / "花名册.xlsx"
        book.save(path)
        return rosters.read(path)

    return reading


def told(roster: Roster) -> list[tuple[str, int | None]]:
    return [(found.code, found.row) for found in roster.findings]


def values(roster: Roster, key: str) -> list[Any]:
    return [row.values.get(key) for row in roster.rows]


# ---------------------------------------------------------------- 同上


@pytest.mark.parametrize("sign", ["同上", "〃", '"', "..", "同前"])
@pytest.mark.parametrize(
    ("title", "key", "cell"),
    [("出发地", "origin", "武汉"), ("工作单位", "workplace", "某厂"), ("户籍地址", "hukou_address", "海门市"), ("备注", "note", "租来的")],
)  # fmt: skip
def test_as_above_is_the_cell_above(read: Any, sign: str, title: str, key: str, cell: str) -> None:
    roster = read([title], ["张三", cell], ["李四", sign], ["王五", sign])
    assert values(roster, key) == [cell] * 3 and told(roster) == []


@pytest.mark.parametrize("sign", ["同上", '"', "〃"])
def test_phones_as_above_are_lists_of_their_own(read: Any, sign: str) -> None:
    roster = read(["联系电话"], ["张三", "13812345678"], ["李四", sign])
    first, second = values(roster, "phones")
    assert first == second == [{"number": "13812345678", "kind": "手机"}] and first is not second and told(roster) == []


def test_a_choice_a_day_and_an_unknown_column_as_above(read: Any) -> None:
    roster = read(
        ["人员状态", "返沪日期", "包干人"], ["张三", "迁出", "2020-03-05", "小李"], ["李四", "同上", "同上", "同上"]
    )
    assert values(roster, "status") == ["迁出"] * 2 and values(roster, "arrived_on") == ["2020-03-05"] * 2
    assert values(roster, "extra") == [{"包干人": "小李"}] * 2 and told(roster) == []


@pytest.mark.parametrize("above", [[], ["空置", "海门市"]])
def test_nobody_above_is_not_copied(read: Any, above: Cells) -> None:
    roster = read(["户籍地址"], ["张三", "武汉"], above, ["李四", "同上"])
    assert values(roster, "hukou_address")[-1] is None and told(roster) == [("as-above-unclear", 4)]


def test_names_and_numbers_are_never_as_above(read: Any) -> None:
    roster = read(["身份证号", "出生日期"], ["张三", HIS, ""], ["李四", "同上", "同上"], ["同上", "", ""])
    assert values(roster, "documents") == [[{"type": "身份证", "number": HIS}], None, None]
    assert values(roster, "name") == ["张三", "李四", None] and values(roster, "birth_date")[1:] == [None, None]
    assert told(roster) == [("as-above-unclear", 3), ("as-above-unclear", 3), ("as-above-unclear", 4)]


# ---------------------------------------------------------------- notes


def test_a_whole_number_in_a_note_is_the_rows_paper(read: Any) -> None:
    roster = read(["备注"], ["张三", f"身份证号：{HIS} 有门铃"])
    (row,) = roster.rows
    assert row.values["documents"] == [{"type": "身份证", "number": HIS}] and row.values["note"] == "有门铃"
    assert row.values["birth_date"] == "1958-03-12" and "note_sensitive" not in row.values and told(roster) == []


def test_the_same_number_twice_is_one_paper(read: Any) -> None:
    (row,) = read(["身份证号", "备注"], ["张三", HIS, HIS]).rows
    assert row.values["documents"] == [{"type": "身份证", "number": HIS}] and "note" not in row.values


@pytest.mark.parametrize(
    ("titles", "cells", "note"),
    [
        (["身份证号"], [HIS], HERS),
        (["出生日期"], ["1958-03-12"], HERS),
        (["性别"], ["男"], HERS),
        (["性别"], ["男"], f"妻{HERS}"),
        (["性别"], ["男"], HIS[:-1] + ("1" if HIS[-1] != "1" else "2")),
        (["性别"], ["男"], f"{HIS} {HERS}"),
        (["性别"], ["男"], "工资卡6222021234567890123"),
    ],
)
def test_a_number_that_may_be_anybodys_is_sealed(read: Any, titles: Cells, cells: Cells, note: str) -> None:
    (row,) = read([*titles, "备注"], ["张三", *cells, note]).rows
    assert row.values["note_sensitive"] == note and "note" not in row.values
    assert [paper["number"] for paper in row.values.get("documents", ())] == [c for c in cells if c == HIS]


@pytest.mark.parametrize(
    "note",
    ["HIV", "核酸阳性", "精神分裂", "肿瘤术后", "每周三透析", "乙肝", "艾滋", "吸毒人员", "社区矫正", "身体健康，乙肝"],
)
def test_a_note_about_illness_is_sealed(read: Any, note: str) -> None:
    ill, well = read(["备注"], ["张三", note], ["李四", "有门铃"]).rows
    assert ill.values["note_sensitive"] == note and "note" not in ill.values
    assert well.values["note"] == "有门铃" and "note_sensitive" not in well.values


@pytest.mark.parametrize("note", ["身体健康", "养狗", "电话13812345678", "2020年3月5日来过", "家中有人"])
def test_other_notes_stay_open(read: Any, note: str) -> None:
    (row,) = read(["备注"], ["张三", note]).rows
    assert row.values["note"] == note


def test_two_columns_of_notes_of_which_one_is_sealed(read: Any) -> None:
    (row,) = read(["备注", "说明"], ["张三", "乙肝", "有门铃"]).rows
    assert (row.values["note"], row.values["note_sensitive"]) == ("有门铃", "乙肝")


def test_a_sealed_note_of_nobody_is_told(read: Any) -> None:
    roster = read(["备注"], ["空置", "原住户乙肝"])
    assert roster.rows[0].values == {"building": "1号", "room": "101", "state": "空置"}
    assert told(roster) == [("note-of-nobody", 2)]


def test_numbers_are_hidden_where_a_cell_is_shown(read: Any) -> None:
    roster = read(["人员状态"], ["张三", f"隔离{HIS}"])
    (found,) = roster.findings
    assert found.value == f"隔离{HIS[:3]}****{HIS[-4:]}"
    assert hide_numbers("找儿子13812345678") == "找儿子138****5678"


# ---------------------------------------------------------------- names that are none


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("空置", {"state": "空置"}),
        ("（空关）", {"state": "空置"}),
        ("无人居住", {"state": "空置"}),
        ("无人", {"state": "空置"}),
        ("出租", {"state": "出租"}),
        ("租客", {"state": "出租"}),
        ("外地租客3人", {"state": "出租", "note": "外地租客3人"}),
        ("租客13812345678", {"state": "出租", "note": "租客13812345678"}),
    ],
)
def test_a_word_of_the_door_is_nobodys_name(read: Any, written: str, said: dict[str, str]) -> None:
    roster = read([], ["张三"], [written])
    assert [row.values for row in roster.rows[1:]] == [{"building": "1号", "room": "101", **said}]
    assert told(roster) == [] and roster.rejected == 0


@pytest.mark.parametrize("written", ["待核", "空挂", "空挂户", "未登记"])
def test_a_word_for_nobody_is_no_person(read: Any, written: str) -> None:
    roster = read([], ["张三"], [written])
    assert values(roster, "name") == ["张三", None] and told(roster) == [("name-is-none", 3)]


@pytest.mark.parametrize("written", ["无", "不详"])
def test_a_word_for_nothing_is_no_person(read: Any, written: str) -> None:
    assert values(read([], ["张三"], [written]), "name") == ["张三", None]


def test_nobody_nowhere_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    path.write_text("楼号,室号,姓名\n1,101,张三\n1,,待核\n", "utf-8")
    roster = rosters.read(path)
    assert told(roster) == [("name-is-none", 3)] and values(roster, "name") == ["张三"] and roster.rejected == 1


# ---------------------------------------------------------------- remarks and several names


def test_remarks_of_every_spelling(read: Any) -> None:
    names = [
        "(故)赵六",
        "【亡】孙八",
        "王阿婆已去世",
        "赵十（去世2019.3）",
        "钱七†",
        "李四（已迁出）",
        "周五(当兵)",
        "王参军",
        "李四 已去世",
    ]
    roster = read([], *([name] for name in names))
    assert [(row.values["name"], row.values.get("status"), row.values.get("status_since")) for row in roster.rows] == [
        ("赵六", "去世", None), ("孙八", "去世", None), ("王阿婆", "去世", None), ("赵十", "去世", "2019-03"),
        ("钱七", "去世", None), ("李四", "迁出", None), ("周五", "参军", None), ("王参军", None, None), ("李四", "去世", None),
    ]  # fmt: skip
    assert told(roster) == []


SEVERAL = ["王建国 李秀英", "王建国、李秀英", "王建国/李秀英", "王建国\n李秀英", "王建国，李秀英"]


@pytest.mark.parametrize("written", SEVERAL)
def test_two_names_are_two_rows_of_a_household(read: Any, written: str) -> None:
    roster = read(["房屋状态", "备注"], [written, "出租", "有门铃"])
    assert [row.values for row in roster.rows] == [
        {"building": "1号", "room": "101", "name": name, "state": "出租", "note": "有门铃"}
        for name in ("王建国", "李秀英")
    ]
    assert told(roster) == [("name-several", 2)] and roster.rejected == 0


@pytest.mark.parametrize("written", SEVERAL)
@pytest.mark.parametrize(
    ("title", "cell"), [("身份证号", HIS), ("联系电话", "13812345678"), ("性别", "男"), ("出生日期", "1958-03-12")]
)
def test_whose_would_the_number_be(read: Any, written: str, title: str, cell: str) -> None:
    roster = read([title], ["张三", ""], [written, cell])
    assert values(roster, "name") == ["张三"] and told(roster) == [("name-several", 3)] and roster.rejected == 1


@pytest.mark.parametrize(
    ("written", "name"),
    [("张 三", "张三"), ("欧阳 修", "欧阳修"), ("欧阳 文华", "欧阳文华"), ("买买提 艾力", "买买提艾力"), ("买买提·艾力", "买买提·艾力"),
     ("JOHN SMITH", "JOHN SMITH")],
)  # fmt: skip
def test_a_name_of_two_parts_is_one_name(read: Any, written: str, name: str) -> None:
    roster = read([], [written])
    assert values(roster, "name") == [name] and told(roster) == []


# ---------------------------------------------------------------- words that are none of the choices


@pytest.mark.parametrize(
    ("title", "written", "key"),
    [("状态", "隔离中", "extra"), ("户口类型", "非农", "extra"), ("与户主关系", "岳母", "extra"), ("是否党员", "也许", "extra"),
     ("人群分类", "乙肝", "extra_sensitive"), ("敏感人群分类", "其他情形", "extra_sensitive"), ("证件类型", "军官证", "extra_sensitive")],
)  # fmt: skip
def test_a_word_that_is_no_choice_is_told_and_kept(read: Any, title: str, written: str, key: str) -> None:
    roster = read([title, "包干人"], ["张三", written, "小李"], ["李四", "", "小李"])
    first, second = roster.rows
    kept = {"包干人": "小李"}
    assert first.values[key] == ({title: written} | (kept if key == "extra" else {}))
    assert second.values["extra"] == kept and len(roster.findings) == 1


def test_a_table_of_building_leaders_speaks_of_buildings(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["楼号", "楼组长姓名", "楼组长电话"], ["12号", "王五", "13812345678"]):
        book.active.append(row)
    book.save(tmp_path / "楼组长.xlsx")
    (row,) = rosters.read(tmp_path / "楼组长.xlsx", need_place=False).rows
    assert row.values == {"building": "12号", "leader_name": "王五", "leader_phone": "13812345678"}
