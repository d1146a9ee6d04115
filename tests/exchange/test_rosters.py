"""Rosters as they really come, each as a file that is written, read and compared row by row."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app import words
from app.domain.documents import check_digit
from app.domain.fields import ROSTER_FIELDS
from app.domain.findings import UserError
from app.exchange import rosters
from app.exchange.rosters import Roster

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "rosters"
TITLES = ["小区", "楼号", "室号", "姓名"]
KEYS = {*ROSTER_FIELDS, "phones", "documents", "emergency_contacts"}
Make = Callable[..., Path]


def card(first17: str) -> str:
    return first17 + check_digit(first17)


GOOD = card("31011519580312001")


@pytest.fixture
def book(tmp_path: Path) -> Make:
    """Writes rows to a workbook: book(rows, merge=["A1:D1"], title="花名册")."""

    def make(*sheets: Sequence[Sequence[Any]], merge: Sequence[str] = (), titles: Sequence[str] = ("花名册",)) -> Path:
        made = Workbook()
        made.remove(made.worksheets[0])
        for title, rows in zip([*titles, *map(str, range(len(sheets)))], sheets, strict=False):
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append(row)
            for cells in merge:
                sheet.merge_cells(cells)
        path = tmp_path / "花名册.xlsx"
        made.save(path)
        return path

    return make


def people(roster: Roster) -> list[str]:
    return [row.values.get("name", "") for row in roster.rows]


def codes(roster: Roster) -> list[tuple[str, int | None, str | None]]:
    return [(finding.code, finding.row, finding.column) for finding in roster.findings]


def one(path: Path, **options: Any) -> dict[str, Any]:
    """The values of the only row of a file that has nothing wrong with it."""
    roster = rosters.read(path, **options)
    assert codes(roster) == [] and len(roster.rows) == 1
    return roster.rows[0].values


# ---------------------------------------------------------------- a whole row


def test_a_row_is_typed_and_normalised(book: Make) -> None:
    titles = ["小区", "路弄", "楼号", "室号", "姓名", "性别", "身份证号", "联系电话", "与户主关系", "居住类型", "户籍地址", "是否党员", "备注"]  # fmt: skip
    row = [
        "培花新村",
        "101",
        12,
        "302室",
        "张 三",
        "1",
        GOOD,
        13812345678,
        "本人",
        "人户一致",
        " 花木路 101弄 ",
        "√",
        "/",
    ]
    assert one(book([titles, row])) == {
        "estate": "培花新村", "lane": "101弄", "building": "12号", "room": "302", "name": "张三", "sex": "男",
        "documents": [{"type": "身份证", "number": GOOD}], "birth_date": "1958-03-12", "birth_year": 1958,
        "phones": [{"number": "13812345678", "kind": "手机"}], "relation": "户主", "residence_kind": "实住",
        "hukou_address": "花木路 101弄", "party_member": True,
    }  # fmt: skip


def test_a_row_has_the_number_that_excel_shows(book: Make) -> None:
    roster = rosters.read(
        book(
            [
                [],
                [None, "花名册"],
                [],
                [None, *TITLES],
                [],
                [None, "培花", 1, 101, "张三"],
                [None, "培花", 1, 102, "李四"],
            ]
        )
    )
    assert [row.row for row in roster.rows] == [6, 7]
    assert (roster.header_row, roster.titles) == (4, ("", *TITLES))
    assert roster.mapping == {"小区": "estate", "楼号": "building", "室号": "room", "姓名": "name"}


def test_several_phone_and_note_columns_are_joined(book: Make) -> None:
    titles = [*TITLES, "手机", "固定电话", "备注", "说明"]
    values = one(book([titles, ["培花", 1, 101, "张三", "13812345678/58881234", "58881234、13912345678", "甲", "乙"]]))
    assert [phone["number"] for phone in values["phones"]] == ["13812345678", "58881234", "13912345678"]
    assert values["note"] == "甲；乙"


def test_an_emergency_contact_is_one_record(book: Make) -> None:
    values = one(book([[*TITLES, "紧急联系人", "紧急联系人电话"], ["培花", 1, 101, "张三", "李四", 13812345678]]))
    assert values["emergency_contacts"] == [{"name": "李四", "phone": "13812345678"}]


def test_a_remark_behind_the_name(book: Make) -> None:
    roster = rosters.read(
        book([TITLES, ["培花", 1, 101, "张三（亡）"], ["培花", 1, 101, "李四(租客)"], ["培花", 1, 101, "王五(小王)"]])
    )
    assert [(row.values["name"], row.values.get("status"), row.values.get("relation")) for row in roster.rows] == [
        ("张三", "去世", None), ("李四", None, "承租人"), ("王五(小王)", None, None)]  # fmt: skip


def test_a_sensitive_group_leaves_the_open_column(book: Make) -> None:
    values = one(book([[*TITLES, "人群分类", "敏感人群分类"], ["培花", 1, 101, "张三", "独居、低保", "透析"]]))
    assert (values["care_groups"], values["care_groups_sensitive"]) == (["独居"], ["透析", "低保"])


def test_an_arrival_without_a_year(book: Make) -> None:
    path = book([[*TITLES, "返沪日期", "出发地"], ["培花", 1, 101, "张三", "3月5日", "武汉"]])
    assert one(path, today=date(2020, 5, 25))["arrived_on"] == "2020-03-05"
    assert one(path, today=date(2020, 3, 1))["arrived_on"] == "2019-03-05"


# ---------------------------------------------------------------- papers


@pytest.mark.parametrize(
    ("titles", "cells", "told"),
    [
        (["出生日期"], ["1958-3-12"], []),
        (["出生日期"], ["1958"], []),
        (["出生日期"], ["1958-3-13"], [("birth-differs", 2, "出生日期")]),
        (["出生年份"], [1959], [("birth-differs", 2, "出生年份")]),
        (["性别"], ["女"], [("sex-differs", 2, "性别")]),
        (["性别"], ["男"], []),
    ],
)
def test_what_contradicts_the_number_is_told_and_kept(
    book: Make, titles: list[str], cells: list[Any], told: list[Any]
) -> None:
    roster = rosters.read(book([[*TITLES, "身份证号", *titles], ["培花", 1, 101, "张三", GOOD, *cells]]))
    values = roster.rows[0].values
    assert codes(roster) == told
    assert values["documents"] == [{"type": "身份证", "number": GOOD}]
    if not told:
        assert (values["birth_date"], values["birth_year"], values["sex"]) == ("1958-03-12", 1958, "男")


def test_a_wrong_last_digit_is_kept_and_told_masked(book: Make) -> None:
    wrong = GOOD[:17] + ("1" if GOOD[17] != "1" else "2")
    roster = rosters.read(book([[*TITLES, "身份证号"], ["培花", 1, 101, "张三", wrong]]))
    (finding,) = roster.findings
    assert (finding.code, finding.value, finding.sheet) == ("id-check-digit", f"310115********{wrong[14:]}", "花名册")
    assert roster.rows[0].values["documents"][0]["number"] == wrong
    assert roster.rows[0].values["birth_date"] == "1958-03-12" and "sex" not in roster.rows[0].values


def test_a_number_that_excel_cut_leaves_the_birth_date(book: Make) -> None:
    roster = rosters.read(book([[*TITLES, "身份证号"], ["培花", 1, 101, "张三", 310115195803120012.0]]))
    assert codes(roster) == [("id-float-damaged", 2, "身份证号")]
    assert roster.rows[0].values["birth_date"] == "1958-03-12" and "documents" not in roster.rows[0].values


def test_the_kind_of_paper_decides_what_a_number_may_be(book: Make) -> None:
    path = book([[*TITLES, "证件类型", "证件号码"], ["培花", 1, 101, "SMITH", "护照", "AB/1"], ["培花", 1, 101, "张三", "无", ""],
                 ["培花", 1, 101, "李四", "护照", ""], ["培花", 1, 101, "王五", "身份证", "E12345678"]])  # fmt: skip
    roster = rosters.read(path)
    assert [row.values.get("documents") for row in roster.rows] == [
        [{"type": "护照", "number": "AB/1"}], None, [{"type": "护照"}], [{"type": "身份证", "number": "E12345678"}]]  # fmt: skip
    assert codes(roster) == [("id-length", 5, "证件号码")]


# ---------------------------------------------------------------- places


DOOR = {"estate": "培花新村", "building": "12号", "room": "302"}


@pytest.mark.parametrize(
    ("titles", "cells"),
    [
        (["小区", "楼号", "室号"], ["培花新村", "12号", "302"]),
        (["小区", "楼号", "室号"], ["培花新村", 12.0, 302.0]),
        (["小区", "楼号", "室号"], ["上海市浦东新区花木街道培花新村", "十二号", "302室"]),
        (["小区", "室号"], ["培花新村", "12-302"]),
        (["小区", "室号"], ["培花新村", "12#302室"]),
        (["小区", "楼号"], ["培花新村", "12号302"]),
        (["小区", "楼号", "室号"], ["培花新村", "12", "12号302"]),
        (["小区", "楼号", "室号"], ["培花新村", "3幢", "12号302"]),
        (["住址"], ["培花新村12号302室"]),
        (["小区", "住址"], ["培花新村", "12号302室"]),
        (["小区", "楼号", "室号", "住址"], ["培花新村", "12", "302", "培花新村12号302室"]),
        (["小区", "楼号", "室号", "住址"], ["培花新村", "12", "302", "江苏省海门市某镇"]),
    ],
)
def test_one_door_out_of_different_columns(book: Make, titles: list[str], cells: list[Any]) -> None:
    values = one(book([[*titles, "姓名"], [*cells, "张三"]]))
    assert {key: values[key] for key in values if key != "name"} == DOOR


def test_a_unit_in_its_own_column_or_in_the_room(book: Make) -> None:
    north = {"building": "3号", "unit": "2", "room": "301", "name": "张三"}
    for titles, cells in (
        (["楼号", "单元", "室号"], ["3幢", "2单元", 301]), (["楼号", "室号"], ["3", "2-301"]), (["楼号", "室号"], ["3号楼", "2单元301"]),
        (["室号", "备注"], ["3-2-301", ""]), (["室号", "备注"], ["3幢2单元301", ""]),
    ):  # fmt: skip
        assert one(book([[*titles, "姓名"], [*cells, "张三"]])) == north, cells


def test_doors_that_differ_are_told(book: Make) -> None:
    roster = rosters.read(
        book([[*TITLES, "住址"], ["培花", 12, 302, "张三", "13号302室"], ["培花", 12, 302, "李四", "12号303室"]])
    )
    assert codes(roster) == [("place-differs", 2, "住址"), ("place-differs", 3, "住址")]
    assert [row.values["building"] + row.values["room"] for row in roster.rows] == ["12号302", "12号302"]


def test_a_room_that_excel_made_a_date_of_is_told_and_not_guessed(book: Make) -> None:
    roster = rosters.read(book([TITLES, ["培花", 1, 101, "李四"], ["培花", "", date(2020, 3, 2), "张三"]]))
    assert codes(roster) == [("place-became-date", 3, "室号"), ("row-no-place", 3, None)]
    assert people(roster) == ["李四"]


def test_an_estate_for_rows_that_name_none(book: Make) -> None:
    path = book([["小区", "楼号", "室号", "姓名"], ["", 1, 101, "张三"], ["由由", 1, 101, "李四"]])
    assert [row.values["estate"] for row in rosters.read(path, estate="培花新村").rows] == ["培花新村", "由由"]


def test_a_sheet_for_each_number(book: Make) -> None:
    assert one(book([["室号", "姓名"], ["302", "张三"]], titles=["12号楼"]))["building"] == "12号"
    above = [["丁香路901弄12号居民花名册"], ["室号", "姓名"], ["302", "张三"]]
    assert one(book(above)) == {"lane": "丁香路901弄", "building": "12号", "room": "302", "name": "张三"}


def test_a_family_below_its_head(book: Make) -> None:
    rows = [
        ["培花", 1, 101, "张三", "户主"],
        ["", "", "", "李四", "妻"],
        ["", "", "", "张小三", "子"],
        ["", "", "", "王五", "租客"],
    ]
    roster = rosters.read(book([[*TITLES, "与户主关系"], *rows]))
    assert [(row.values["name"], row.values["building"], row.values["room"]) for row in roster.rows] == [
        ("张三", "1号", "101"), ("李四", "1号", "101"), ("张小三", "1号", "101")]  # fmt: skip
    assert codes(roster) == [("place-from-above", 3, None), ("place-from-above", 4, None), ("row-no-place", 5, None)]


def test_merged_cells_speak_for_all_their_rows(book: Make) -> None:
    path = book([TITLES, ["培花", 1, 101, "张三"], [None, None, None, "李四"], ["培花", 1, 102, "王五"]],
                merge=["A2:A3", "B2:B3", "C2:C3"])  # fmt: skip
    roster = rosters.read(path)
    assert [(row.values["name"], row.values["room"]) for row in roster.rows] == [
        ("张三", "101"),
        ("李四", "101"),
        ("王五", "102"),
    ]
    assert codes(roster) == []


# ---------------------------------------------------------------- rows without people


def test_doors_without_people(book: Make) -> None:
    titles = [*TITLES, "房屋状态", "房屋用途"]
    rows = [
        ["培花", 1, 101, "", "空关", ""],
        ["培花", 8, "", "", "", "店铺"],
        ["培花", 1, "", "", "", ""],
        ["培花", "", "", "", "", ""],
    ]
    roster = rosters.read(book([titles, *rows]))
    assert [row.values for row in roster.rows] == [
        {"estate": "培花", "building": "1号", "room": "101", "state": "空置"},
        {"estate": "培花", "building": "8号", "use": "商铺"},
    ]
    assert codes(roster) == [("row-no-name", 4, None)] and roster.rejected == 1


def test_totals_examples_and_repeated_headers_are_no_rows(book: Make) -> None:
    headline, header = ["培花新村居民花名册"], ["序号", *TITLES, "性别"]
    rows = [["示例", "培花", 1, 101, "某某", "男"], [1, "培花", 1, 101, "张三", "男"], ["小计", 1], headline, header,
            [2, "培花", 1, 102, "李四", "女"], ["合  计", "", "", "", 2], ["填表人：王五"]]  # fmt: skip
    roster = rosters.read(book([headline, header, [1, 2, 3, 4, 5, 6], *rows]))
    assert people(roster) == ["张三", "李四"]
    assert codes(roster) == [
        ("row-example", 4, None), ("row-total", 6, None), ("row-total", 10, None), ("row-signature", 11, None)]  # fmt: skip
    assert roster.rejected == 0


def test_notes_beside_and_below_do_no_harm(book: Make) -> None:
    rows = [
        ["培花", 1, 101, "张三", "", "说明：本表一式两份"],
        [],
        ["注：1. 请如实填写", "", "", ""],
        ["", "", "", "", "", "楼号"],
    ]
    roster = rosters.read(book([TITLES, *rows]))
    assert people(roster) == ["张三"] and roster.rejected == 0 and codes(roster) == [("row-footnote", 4, None)]
    assert roster.rows[0].values["extra"] == {"F": "说明：本表一式两份"}


def test_a_row_that_cannot_be_placed_shows_what_stood_there(book: Make) -> None:
    roster = rosters.read(book([["姓名", "住址"], ["张三", "培花新村1号101"], ["李四", "江苏省海门市"], ["王五", ""]]))
    assert [(f.code, f.row, f.value) for f in roster.findings] == [
        ("row-no-place", 3, "江苏省海门市"), ("row-no-place", 4, "王五")]  # fmt: skip
    assert roster.rejected == 2


def test_a_bad_cell_leaves_its_row(book: Make) -> None:
    titles = [*TITLES, "性别", "联系电话", "出生日期", "是否党员", "与户主关系"]
    roster = rosters.read(book([titles, ["培花", 1, 101, "张三", "中", "1381234", "2月30日", "也许", "岳母"]]))
    assert [(f.code, f.column, f.value) for f in roster.findings] == [
        ("choice-unknown", "性别", "中"), ("phone-invalid", "联系电话", "***1234"), ("date-invalid", "出生日期", "*月**日"),
        ("boolean-invalid", "是否党员", "也许"), ("choice-other", "与户主关系", "岳母")]  # fmt: skip
    assert roster.rows[0].values == {
        "estate": "培花",
        "building": "1号",
        "room": "101",
        "name": "张三",
        "relation": "其他",
        "extra": {"性别": "中", "是否党员": "也许", "与户主关系": "岳母"},
    }


# ---------------------------------------------------------------- headers


@pytest.mark.parametrize(
    "title",
    [
        "身份证号",
        "* 身份证号 ",
        "身份证\n号码",
        "身份证号（必填）",
        "身份证号码(18位)",
        "3、身份证号",
        "公民身份号码",
        "身 份 证",
    ],
)
def test_a_title_in_its_spellings(book: Make, title: str) -> None:
    assert one(book([[*TITLES, title], ["培花", 1, 101, "张三", GOOD]]))["documents"][0]["number"] == GOOD


def test_a_header_of_two_lines(book: Make) -> None:
    rows = [["居民花名册"], ["序号", "姓名", "住址", "", "", "紧急联系人", "", "证件号码"], ["", "", "小区", "楼号", "室号", "姓名", "电话", ""],
            [1, "张三", "培花", 1, 101, "李四", 13812345678, GOOD]]  # fmt: skip
    roster = rosters.read(book(rows, merge=["A1:H1", "C2:E2", "F2:G2"]))
    assert (roster.header_row, roster.mapping["紧急联系人姓名"]) == (3, "emergency_name")
    values = roster.rows[0].values
    assert (values["name"], values["emergency_contacts"]) == ("张三", [{"name": "李四", "phone": "13812345678"}])
    assert values["documents"][0]["number"] == GOOD


def test_the_better_of_two_titles_wins(book: Make) -> None:
    assert one(book([["户主姓名", "姓名", "楼号", "室号"], ["张三", "李四", 1, 101]]))["name"] == "李四"


def test_a_mapping_goes_before_the_titles(book: Make) -> None:
    path = book([["户主姓名", "姓名", "楼号", "室号", "代码", ""], ["张三", "李四", 1, 101, "男", "空"]])
    roster = rosters.read(
        path, mapping={"户主姓名": "name", "姓名": "note", "代码": "sex", "F": "whereabouts", "没有的列": "note"}
    )
    values = roster.rows[0].values
    assert (values["name"], values["note"], values["sex"]) == ("张三", "李四", "男")
    assert roster.mapping["代码"] == "sex"
    left_out = rosters.read(path, mapping={"室号": ""}).rows[0].values
    assert "room" not in left_out


def test_a_column_without_a_title_is_named_by_its_letter(book: Make) -> None:
    path = book([[*TITLES, None], ["培花", 1, 101, "张三", "1381234"]])
    assert codes(rosters.read(path, mapping={"E": "phone"})) == [("phone-invalid", 2, "E")]


def test_a_mapping_to_a_field_that_is_none(book: Make) -> None:
    with pytest.raises(UserError, match="mapping-unknown"):
        rosters.read(book([TITLES]), mapping={"姓名": "nome"})


# ---------------------------------------------------------------- sheets


def test_the_sheet_with_most_titles_is_read_and_the_others_are_named(book: Make) -> None:
    few, more = [["姓名", "住址"], ["张三", "培花1号101"]], [[*TITLES, "性别"], ["培花", 1, 102, "李四", "女"]]
    path = book([["说明", "填表须知"]], few, more, titles=["须知", "旧表", "新表"])
    roster = rosters.read(path)
    assert (roster.sheet, roster.sheets, people(roster)) == ("新表", ("须知", "旧表", "新表"), ["李四"])
    assert [(f.code, f.details) for f in roster.findings] == [("sheets-left-out", {"sheets": "旧表"})]
    assert people(rosters.read(path, sheet="旧表")) == ["张三"]
    assert rosters.sheets(path) == ("须知", "旧表", "新表")


def test_a_sheet_that_is_not_there(book: Make) -> None:
    with pytest.raises(UserError) as caught:
        rosters.read(book([TITLES]), sheet="没有")
    assert (caught.value.code, caught.value.details["sheets"]) == ("sheet-unknown", "花名册")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "sheet-empty"),
        ([["", ""], ["", " "]], "sheet-empty"),
        ([["车牌", "金额"], ["沪A12345", 3]], "sheet-no-header"),
        ([["姓名", "年纪"], ["张三", 20]], "sheet-no-people"),
        ([["小区", "备注"], ["培花", "好"]], "sheet-no-people"),
        ([TITLES], "sheet-no-people"),
    ],
)
def test_a_sheet_without_people(book: Make, rows: list[list[Any]], code: str) -> None:
    with pytest.raises(UserError) as caught:
        rosters.read(book(rows))
    assert caught.value.code == code
    assert words.say(code, **caught.value.details)


# ---------------------------------------------------------------- the work


def test_it_tells_its_progress_and_stops_when_asked(book: Make) -> None:
    path = book([TITLES, ["培花", 1, 101, "张三"]])
    told: list[tuple[int, int, str]] = []
    rosters.read(path, progress=lambda *each: told.append(each))
    assert {what for *_, what in told} == {"roster-open", "roster-read"}
    assert all(words.knows(what) and done <= max(total, done) for done, total, what in told)
    with pytest.raises(UserError, match="cancelled"):
        rosters.read(path, cancelled=lambda: True)


def test_every_finding_has_words(book: Make) -> None:
    titles = [*TITLES, "性别", "联系电话", "身份证号", "备注"]
    rows = [["培花", 1, 101, "张三、李四", "中", "1", "1"], ["", "", "", "王五"], ["合计"], ["培花", 1, 101, "赵六", "", "同上"],
            ["培花", 1, 102, "待核"], ["培花", 1, 103, "空置", "", "", "", "原住户乙肝"]]  # fmt: skip
    roster = rosters.read(book([titles, *rows]))
    assert len(roster.findings) == 9
    for f in roster.findings:
        said = words.say(f.code, row=f.row, column=f.column, value=f.value, sheet=f.sheet, **f.details)
        assert said.startswith(f"第 {f.row} 行：") and "None" not in said


def test_rows_do_not_share_their_lists(book: Make) -> None:
    titles = [*TITLES, "联系电话", "人群分类", "身份证号"]
    first, second = rosters.read(book([titles, *([["培花", 1, 101, "张三", "021-58881234", "独居", GOOD]] * 2)])).rows
    for key in ("phones", "documents"):
        assert first.values[key] == second.values[key] and first.values[key] is not second.values[key]


ALIASES = [title for field in ROSTER_FIELDS.values() for title in (field.title, *field.aliases)]
CELLS = st.sampled_from(
    [
        "",
        "张三",
        "12号302",
        "12-302",
        "1.3812345678E10",
        GOOD,
        GOOD[:15],
        "2月30日",
        "3-2",
        "合计",
        "姓名",
        "无",
        "√",
        "1e999",
        "nan",
    ]
) | st.text(max_size=12)


@given(st.lists(st.sampled_from(ALIASES), min_size=2, max_size=6), st.lists(st.lists(CELLS, max_size=7), max_size=5))
def test_no_text_breaks_a_reading(titles: list[str], cells: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([titles, *cells])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text(text.getvalue(), "utf-8", errors="replace", newline="")
        try:
            roster = rosters.read(path)
        except UserError as error:
            assert words.knows(error.code)
            return
    for row in roster.rows:
        assert row.values["building"] and (row.values.get("name") or len(row.values) > 1)
        assert all(key in KEYS and value not in (None, "", []) for key, value in row.values.items())
        assert cells[row.row - 2]


FILES = sorted(path for path in DATA.rglob("*") if path.suffix in (".xlsx", ".xls", ".ods", ".csv"))
REFUSED = {
    "pass_protected.xlsx": "file-encrypted", "errors.xlsx": "sheet-empty", "no_bom.csv": "sheet-no-people",
    "office_bom.csv": "sheet-no-people",
}  # fmt: skip


@pytest.mark.skipif(not FILES, reason=f"{DATA} is not here: odd workbooks that are not part of the project")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_that_nobody_here_made(path: Path) -> None:
    """People, or a refusal that says what to do."""
    if path.name == "importRoom.xlsx":
        (row,) = rosters.read(path).rows
        assert (row.row, row.values["name"], row.values["building"], row.values["unit"]) == (2, "张三0", "1号", "1")
        return
    with pytest.raises(UserError) as caught:
        rosters.read(path)
    assert caught.value.code == REFUSED.get(path.name, "sheet-no-header")
    assert path.stem in words.say(caught.value.code, **caught.value.details)
