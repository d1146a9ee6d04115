"""How sheets are cut into tables: headers of several lines, tables below and beside one another, what is hidden."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app import words
from app.domain.findings import UserError
from app.exchange import biff, pasted, rosters
from app.exchange.pasted import Pasted
from app.exchange.rosters import Roster
from app.exchange.tables import open_book

TITLES = ["小区", "楼号", "室号", "姓名"]
Make = Callable[..., Path]
SOFFICE = shutil.which("soffice")


@pytest.fixture
def book(tmp_path: Path) -> Make:
    """Writes sheets: book(花名册=rows, merge=["A1:D1"], touch=lambda sheets: …)."""

    def make(
        *, merge: Sequence[str] = (), touch: Callable[[dict[str, Worksheet]], None] = lambda _: None, **sheets: Any
    ) -> Path:
        made = Workbook()
        made.remove(made.worksheets[0])
        for title, rows in sheets.items():
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append(row)
            for cells in merge:
                sheet.merge_cells(cells)
        touch({sheet.title: sheet for sheet in made.worksheets})
        path = tmp_path / "花名册.xlsx"
        made.save(path)
        return path

    return make


def codes(roster: Roster) -> list[str]:
    return [finding.code for finding in roster.findings]


def doors(roster: Roster) -> list[tuple[str, str, str]]:
    return [(row.values["name"], row.values["building"], row.values.get("room", "")) for row in roster.rows]


def said(roster: Roster) -> None:
    """Every finding has words that need nothing it does not have."""
    for f in roster.findings:
        text = words.say(f.code, row=f.row, column=f.column, value=f.value, sheet=f.sheet, **f.details)
        assert "None" not in text and "{" not in text


# ---------------------------------------------------------------- headers of several lines


def test_a_header_of_three_lines_with_merged_titles(book: Make) -> None:
    rows = [["居民情况表"],
            ["序号", "基本情况", "", "", "联系", "", "", "疫苗", ""],
            ["", "姓名", "住址", "", "本人", "紧急联系人", "", "第一针", "第二针"],
            ["", "", "楼号", "室号", "手机", "姓名", "电话", "", ""],
            [1, "张三", 12, 302, 13812345678, "李四", 13912345678, "已打", ""]]  # fmt: skip
    merge = ["A1:I1", "A2:A4", "B2:D2", "E2:G2", "H2:I2", "B3:B4", "C3:D3", "F3:G3", "H3:H4", "I3:I4"]
    roster = rosters.read(book(花名册=rows, merge=merge))
    (row,) = roster.rows
    assert (roster.header_row, row.row) == (4, 5)
    assert (row.values["name"], row.values["building"], row.values["room"]) == ("张三", "12号", "302")
    assert [phone["number"] for phone in row.values["phones"]] == ["13812345678"]
    assert row.values["emergency_contacts"] == [{"name": "李四", "phone": "13912345678"}]
    assert row.values["extra_sensitive"] == {"疫苗第一针": "已打"}


def test_a_second_line_of_titles_nobody_knows(book: Make) -> None:
    """The line is no person called 姓名 in room 室号."""
    rows = [["姓名", "楼号", "室号", "志愿服务", ""], ["", "", "", "意愿", "时段"], ["张三", 1, 101, "愿意", "周末"]]
    merged = rosters.read(book(花名册=rows, merge=["A1:A2", "B1:B2", "C1:C2", "D1:E1"]))
    plain = rosters.read(book(花名册=rows))
    assert [(doors(roster), roster.header_row) for roster in (merged, plain)] == [([("张三", "1号", "101")], 2)] * 2
    assert merged.rows[0].values["extra"] == {"志愿服务意愿": "愿意", "志愿服务时段": "周末"}
    assert set(plain.rows[0].values["extra"].values()) == {"愿意", "周末"}


@pytest.mark.parametrize(
    "line", [[1, 2, 3, 4], ["(1)", "(2)", "(3)", "(4)"], ["A", "B", "C", "D"], ["甲", "乙", 1, 2], ["①", "②", "③", "④"]]
)
def test_a_line_that_numbers_the_columns(book: Make, line: list[Any]) -> None:
    assert doors(rosters.read(book(花名册=[TITLES, line, ["培花", 1, 101, "张三"]]))) == [("张三", "1号", "101")]


def test_the_header_may_stand_far_down(book: Make) -> None:
    above = [
        ["关于报送居民信息的通知"],
        ["一、请各居委会于本周五前报送"],
        ["联系人：王某", "", "电话：58881234"],
        [],
        ["小区居民花名册"],
    ]
    roster = rosters.read(book(花名册=[*above, TITLES, ["培花", 1, 101, "张三"]]))
    assert (roster.header_row, doors(roster)) == (6, [("张三", "1号", "101")])


# ---------------------------------------------------------------- one below the other


def test_a_line_between_rows_says_the_building(book: Make) -> None:
    rows = [
        ["室号", "姓名"],
        ["13号楼", ""],
        ["101", "张三"],
        ["102", "李四"],
        ["丁香路901弄14号居民名单"],
        ["室号", "姓名"],
        ["101", "王五"],
    ]
    roster = rosters.read(book(花名册=rows))
    assert doors(roster) == [("张三", "13号", "101"), ("李四", "13号", "102"), ("王五", "14号", "101")]
    assert [row.values.get("lane") for row in roster.rows] == [None, None, "丁香路901弄"]
    assert [row.row for row in roster.rows] == [3, 4, 7] and roster.rejected == 0


def test_a_row_with_a_building_of_its_own_is_not_moved(book: Make) -> None:
    rows = [["楼号", "室号", "姓名"], ["13号楼", "", ""], ["", "101", "张三"], ["15号", "101", "李四"]]
    assert doors(rosters.read(book(花名册=rows))) == [("张三", "13号", "101"), ("李四", "15号", "101")]


def test_a_second_table_with_another_header(book: Make) -> None:
    first = [["住户名单"], ["楼号", "室号", "姓名"], [1, 101, "张三"], [1, 102, "李四"]]
    second = [[], ["商户名单"], ["姓名", "住址", "联系电话", "备注"], ["王五", "培花新村8号101", 13812345678, "水果店"]]
    path = book(花名册=[*first, *second])
    whole = rosters.read(path)
    assert [(seen.number, seen.header_row, seen.rows, seen.titles[0]) for seen in whole.tables] == [
        (1, 2, 2, "楼号"),
        (2, 7, 1, "姓名"),
    ]
    assert doors(whole) == [("王五", "8号", "101")] and codes(whole) == ["tables-left-out"]
    assert doors(rosters.read(path, table=1)) == [("张三", "1号", "101"), ("李四", "1号", "102")]
    with pytest.raises(UserError) as caught:
        rosters.read(path, table=3)
    assert caught.value.code == "table-unknown" and words.say(caught.value.code, **caught.value.details)
    said(whole)


# ---------------------------------------------------------------- side by side


def test_the_same_titles_again_to_the_right(book: Make) -> None:
    rows = [
        ["12号楼"],
        ["序号", "姓名", "室号", "", "序号", "姓名", "室号"],
        [1, "张三", 101, "", 3, "王五", 201],
        [2, "李四", 102],
    ]
    roster = rosters.read(book(花名册=rows))
    assert doors(roster) == [("张三", "12号", "101"), ("李四", "12号", "102"), ("王五", "12号", "201")]
    assert [row.row for row in roster.rows] == [3, 4, 3] and codes(roster) == []
    assert all("extra" not in row.values for row in roster.rows)


def test_two_people_of_a_line_are_no_two_tables(book: Make) -> None:
    rows = [["户主", "", "配偶", "", "住址", ""], ["姓名", "电话", "姓名", "电话", "楼号", "室号"],
            ["张三", 13812345678, "李四", 13912345678, 1, 101]]  # fmt: skip
    (row,) = rosters.read(book(花名册=rows, merge=["A1:B1", "C1:D1", "E1:F1"])).rows
    assert (row.values["name"], row.values["room"]) == ("张三", "101")
    assert row.values["extra"]["配偶姓名"] == "李四"


# ---------------------------------------------------------------- lines that are no rows


@pytest.mark.parametrize("line", [["填表人：王某", "", "审核：李某"], ["审核人", "李某"], ["制表日期：2020年3月5日"], ["负责人签字：", "", "", ""],
                                  ["", "", "填报单位（盖章）："], ["单位负责人：某某"]])  # fmt: skip
def test_signatures_are_dropped_and_told_once(book: Make, line: list[str]) -> None:
    roster = rosters.read(book(花名册=[TITLES, ["培花", 1, 101, "张三"], line, ["制表：某某"]]))
    assert doors(roster) == [("张三", "1号", "101")] and codes(roster) == ["row-signature"]
    said(roster)


def test_people_whose_names_begin_like_other_lines(book: Make) -> None:
    names = ["单于某", "合小妹", "经某", "盖某", "小王", "共某", "登某", "本某"]
    rows = [["姓名", "楼号", "室号"], *([name, 1, 101] for name in names)]
    assert [row.values["name"] for row in rosters.read(book(花名册=rows)).rows] == names


# ---------------------------------------------------------------- what is hidden


def _hide(sheets: dict[str, Worksheet]) -> None:
    sheet = sheets["花名册"]
    for row in (3, 4, 9):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["E"].hidden = True


HIDDEN = [[*TITLES, "联系电话"], *(["培花", 1, 100 + n, f"张{n}", 13812345670 + n] for n in range(1, 5))]


def test_hidden_rows_are_named_and_left_out(book: Make) -> None:
    path = book(花名册=HIDDEN, touch=_hide)
    roster = rosters.read(path)
    assert [row.values["room"] for row in roster.rows] == ["101", "104"]
    (rows,) = [f for f in roster.findings if f.code == "rows-hidden"]
    (columns,) = [f for f in roster.findings if f.code == "columns-hidden"]
    assert (rows.details, columns.details) == ({"count": 2, "rows": "3-4"}, {"count": 1, "columns": "联系电话"})
    assert roster.rows[0].values["phones"] and [row.row for row in roster.rows] == [2, 5]
    assert len(rosters.read(path, hidden=True).rows) == 4
    said(roster)


def test_rows_that_say_they_are_shown(book: Make, tmp_path: Path) -> None:
    """LibreOffice writes hidden="false" for each."""
    path = book(花名册=HIDDEN)
    shown = tmp_path / "shown.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(shown, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<row ", b'<row hidden="false" '))
    assert len(rosters.read(shown).rows) == 4


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_named_and_left_out(book: Make, state: str) -> None:
    def touch(sheets: dict[str, Worksheet]) -> None:
        sheets["旧名册"].sheet_state = sheets["字典"].sheet_state = state

    rows = [TITLES, ["培花", 1, 101, "张三"]]
    path = book(
        花名册=rows, 旧名册=[[*TITLES, "性别"], ["培花", 2, 101, "李四", "女"]], 字典=[["男"], ["女"]], touch=touch
    )
    roster = rosters.read(path)
    assert doors(roster) == [("张三", "1号", "101")] and roster.sheets == ("花名册",)
    assert [(f.code, f.details) for f in roster.findings] == [("sheets-hidden", {"sheets": "旧名册"})]
    assert [seen.hidden for seen in roster.tables] == [False, True]
    assert doors(rosters.read(path, sheet="旧名册")) == [("李四", "2号", "101")]
    assert {row.sheet for row in rosters.read(path, hidden=True, all_sheets=True).rows} == {"花名册", "旧名册"}
    said(roster)


def test_a_file_whose_only_roster_is_hidden(book: Make) -> None:
    def touch(sheets: dict[str, Worksheet]) -> None:
        sheets["旧名册"].sheet_state = "hidden"

    path = book(说明=[["填表须知"]], 旧名册=[TITLES, ["培花", 1, 101, "张三"]], touch=touch)
    with pytest.raises(UserError) as caught:
        rosters.read(path)
    assert caught.value.code == "sheet-only-hidden" and "旧名册" in words.say(caught.value.code, **caught.value.details)
    assert len(rosters.read(path, hidden=True).rows) == 1


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not here")
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_other_kinds_of_workbooks_merge_and_hide(book: Make, tmp_path: Path, suffix: str) -> None:
    rows = [TITLES, ["培花", 1, 101, "张三"], ["", "", "", "李四"], ["培花", 1, 102, "王五"], ["培花", 1, 103, "赵六"]]

    def touch(sheets: dict[str, Worksheet]) -> None:
        sheets["花名册"].row_dimensions[5].hidden = True

    path = book(花名册=rows, merge=["A2:A3", "B2:B3", "C2:C3"], touch=touch)
    assert SOFFICE is not None
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", suffix, "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    roster = rosters.read(path.with_suffix(f".{suffix}"))
    assert doors(roster) == [("张三", "1号", "101"), ("李四", "1号", "101"), ("王五", "1号", "102")]
    assert codes(roster) == ["rows-hidden"]


# ---------------------------------------------------------------- several sheets


def test_a_sheet_for_each_building_is_one_roster(book: Make) -> None:
    sheets = {f"{n}号楼": [["室号", "姓名"], ["101", f"张{n}"]] for n in (1, 2, 3)}
    path = book(**sheets, 汇总=[["楼号", "户数"], [1, 30]])
    roster = rosters.read(path, all_sheets=True)
    assert doors(roster) == [("张1", "1号", "101"), ("张2", "2号", "101"), ("张3", "3号", "101")]
    assert [row.sheet for row in roster.rows] == ["1号楼", "2号楼", "3号楼"]
    alone = rosters.read(path)
    assert doors(alone) == [("张1", "1号", "101")] and codes(alone) == ["sheets-left-out"]


def test_a_list_of_names_without_places(book: Make) -> None:
    path = book(名单=[["姓名", "联系电话"], ["张三", 13812345678], ["李四", ""], ["", 13912345678]])
    roster = rosters.read(path, need_place=False)
    assert [row.values.get("name") for row in roster.rows] == ["张三", "李四", None] and roster.rejected == 0
    with pytest.raises(UserError, match="sheet-no-people"):
        rosters.read(path)


# ---------------------------------------------------------------- pasted


ROWS = [
    ["小区", "楼号", "室号", "姓名", "备注"],
    ["培花", "1", "101", "张三", '说"好"\n再来'],
    ["培花", "1", "102", "李四", "　"],
]


def _tsv(rows: Sequence[Sequence[str]]) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if "\n" in text or "\t" in text else text

    return "".join("\t".join(map(cell, row)) + "\r\n" for row in rows)


def test_cells_pasted_from_a_spreadsheet() -> None:
    roster = rosters.read(Pasted(_tsv(ROWS)))
    assert doors(roster) == [("张三", "1号", "101"), ("李四", "1号", "102")]
    assert roster.rows[0].values["note"] == '说"好" 再来' and roster.path.name == "粘贴的内容"


def test_a_quote_that_is_none() -> None:
    """A spreadsheet quotes only cells with line ends or tabs."""
    roster = rosters.read(
        Pasted('姓名\t楼号\t室号\t备注\n张三\t1\t101\t"小张"的母亲\n李四\t1\t102\t"未完\n王五\t1\t103\t\n')
    )
    assert [row.values.get("note") for row in roster.rows] == ['"小张"的母亲', '"未完', None]


def test_a_selection_without_its_header() -> None:
    roster = rosters.read(Pasted("12-302\t张三\t13812345678\n12-303\t李四\t13912345678\n12-304\t王五\t13712345678\n"))
    assert doors(roster) == [("张三", "12号", "302"), ("李四", "12号", "303"), ("王五", "12号", "304")]
    assert (roster.header_row, roster.mapping) == (0, {"A": "room", "B": "name", "C": "phone"})


MARKUP = """Version:1.0
StartHTML:0001
<html><body><table><tr style='display: none'><td colspan=4>隐藏</td></tr>
<tr><td>楼号</td><td>室号</td><td>姓名</td><td>备注</td></tr>
<tr><td rowspan=2>1</td><td rowspan=2>101</td><td>张三</td><td>甲<br>乙<table><tr><td>内</td></tr></table></td></tr>
<tr><td>李四</td></tr></table></body></html>"""


def test_a_table_pasted_as_markup() -> None:
    roster = rosters.read(Pasted(MARKUP))
    assert doors(roster) == [("张三", "1号", "101"), ("李四", "1号", "101")]


@pytest.mark.parametrize("text", ["", " \r\n\t", "<html><body>没有表</body></html>"])
def test_nothing_was_pasted(text: str) -> None:
    with pytest.raises(UserError) as caught:
        rosters.read(Pasted(text))
    assert caught.value.code == "paste-empty" and words.say("paste-empty")


def test_a_span_that_never_ends() -> None:
    row = "<tr>" + "<td rowspan=999 colspan=999>x</td>" * 5 + "</tr>"
    with pytest.raises(UserError, match="file-too-large"):
        rosters.read(Pasted("<table>" + row * 1_000 + "</table>"))


# ---------------------------------------------------------------- Word


def test_tables_of_a_word_document(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("各居民区：现将名单下发")
    small = document.add_table(rows=1, cols=2)
    small.cell(0, 0).text = "联系人"
    table = document.add_table(rows=4, cols=4)
    for index, row in enumerate(
        [["楼号", "室号", "姓名", "情况"], ["1", "101", "张三", "甲"], ["", "", "李四", ""], ["2", "201", "王五", "乙"]]
    ):
        for column, text in enumerate(row):
            table.cell(index, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 1).merge(table.cell(2, 1))
    inner = table.cell(3, 3).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "表中表"
    path = tmp_path / "名单.docx"
    document.save(str(path))
    roster = rosters.read(path)
    assert (roster.sheet, roster.sheets) == ("表2", ("表1", "表2"))
    assert doors(roster) == [("张三", "1号", "101"), ("李四", "1号", "101"), ("王五", "2号", "201")]
    assert [row.values.get("extra") for row in roster.rows] == [{"情况": "甲"}, None, {"情况": "乙"}]


def test_merged_titles_in_word(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=4)
    for index, row in enumerate(
        [["姓名", "住址", "", "电话"], ["", "楼号", "室号", ""], ["张三", "1", "101", "13812345678"]]
    ):
        for column, text in enumerate(row):
            if text:
                table.cell(index, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 3).merge(table.cell(1, 3))
    path = tmp_path / "名单.docx"
    document.save(str(path))
    assert doors(rosters.read(path)) == [("张三", "1号", "101")]


def test_a_word_document_without_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("没有表格")
    document.save(str(tmp_path / "通知.docx"))
    with pytest.raises(UserError) as caught:
        open_book(tmp_path / "通知.docx")
    assert caught.value.code == "document-no-tables" and "通知" in words.say(caught.value.code, **caught.value.details)


def test_a_document_that_swells(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    with pytest.raises(UserError, match="file-too-large"):
        open_book(path)


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=6), min_size=2, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_any_pasted_cells_come_back(rows: list[list[str]]) -> None:
    """As spreadsheets write them: cells with line ends, tabs or quotes are quoted."""
    text = "\r\n".join("\t".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    grid = pasted.of_text(text)
    while rows and not any(rows[-1]):
        rows.pop()
    assert grid == rows


@pytest.mark.parametrize("cut", range(1, 12))
def test_an_old_workbook_cut_short_hides_nothing(cut: int) -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\x00\x06\x00" + bytes(range(1, 256)) * 8
    assert biff.layouts(head[: len(head) * cut // 12]) == {}


@pytest.mark.parametrize(
    ("headline", "lane"),
    [
        ("丁香路901弄居民名册", "丁香路901弄"),
        ("联洋花园（丁香路901弄）居民名册", "丁香路901弄"),
        ("丁香路901弄、999弄居民名册", None),
        ("由由居委丁香路901弄返沪人员", None),
    ],
)
def test_a_headline_says_the_lane_of_rows_that_do_not(book: Make, headline: str, lane: str | None) -> None:
    rows = [[headline], ["楼号", "室号", "姓名"], ["12号", "101", "王建国"], ["丁香路88弄3号", "101", "李秀英"]]
    found = rosters.read(book(花名册=rows)).rows
    assert [each.values.get("lane") for each in found] == [lane, "丁香路88弄"]


def test_a_line_with_a_unit_is_of_the_building_above_it(book: Make) -> None:
    rows = [
        ["室号", "姓名"],
        ["12号楼", ""],
        ["101", "王建国"],
        ["二单元", ""],
        ["101", "李秀英"],
        ["13号楼", ""],
        ["101", "张三"],
    ]
    found = [each.values for each in rosters.read(book(花名册=rows)).rows]
    assert [(each["building"], each.get("unit")) for each in found] == [("12号", None), ("12号", "2"), ("13号", None)]


def test_the_headline_of_a_further_page_is_no_row(book: Make) -> None:
    rows = [["培花新村花名册第1页"], TITLES, ["培花新村", "12号", "101", "王建国"], ["培花新村花名册 第2页"], TITLES,
            ["培花新村", "12号", "102", "李秀英"]]  # fmt: skip
    roster = rosters.read(book(花名册=rows))
    assert [each.values["room"] for each in roster.rows] == ["101", "102"] and roster.rejected == 0


def test_a_number_merged_over_a_household_is_its_first_lines(book: Make) -> None:
    number = "310115195803120010"
    rows = [
        [*TITLES, "身份证号", "电话"],
        ["培花新村", "12号", "101", "王建国", number, "13812345678"],
        ["", "", "", "李秀英", "", ""],
    ]
    merge = ["A2:A3", "B2:B3", "C2:C3", "E2:E3", "F2:F3"]
    first, second = (each.values for each in rosters.read(book(花名册=rows, merge=merge)).rows)
    assert first["documents"][0]["number"] == number and second["building"] == "12号"
    assert not {"documents", "birth_date", "sex"} & second.keys() and second["phones"] == first["phones"]
