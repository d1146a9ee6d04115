"""Values into single cells: everything else of the workbook stays byte for byte."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Font, Protection, Side

from app.domain.findings import UserError
from app.exchange import filling
from app.words import say
from tests.exchange import richbook
from tests.exchange.richbook import SHEET, Parts


@pytest.fixture
def given_list(tmp_path: Path) -> Path:
    """A list that came down: two people, an empty column for answers with a format, a sum beside it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    for row, cells in enumerate(
        [["姓名", "证件", "核查结果"], ["甲", "310115194910010018", None], ["乙", "007", None]], 1
    ):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column, value).border = Border(bottom=Side(style="thin"))
    sheet["C2"].font = sheet["C3"].font = Font(color="FFFF0000")
    sheet["C3"].number_format = "yyyy-mm-dd"
    sheet["E1"] = "=COUNTA(C2:C3)"
    sheet.column_dimensions["D"].font = Font(bold=True)
    book.create_sheet("说明")["A1"] = "请今晚回"
    book.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def filled(file: Path, cells: dict[str, Any], sheet: str = "名单") -> Any:
    out = file.parent / "out.xlsx"
    assert filling.fill_cells(file, out, {sheet: cells}) == len(cells)
    return load_workbook(out)[sheet]


def refusal(file: Path, cells: dict[str, Any], sheet: str = "名单") -> str:
    with pytest.raises(UserError) as error:
        filling.fill_cells(file, file.parent / "out.xlsx", {sheet: cells})
    assert say(error.value.code, **error.value.details)
    assert not (file.parent / "out.xlsx").exists()
    return error.value.code


def test_an_empty_cell_is_filled_and_keeps_its_format(given_list: Path) -> None:
    cell = filled(given_list, {"C2": "在册实住"})["C2"]
    assert (cell.value, cell.font.color.rgb, cell.border.bottom.style) == ("在册实住", "FFFF0000", "thin")


def test_every_byte_of_the_sheet_around_the_cells_stays(given_list: Path) -> None:
    before = Parts.of(given_list)[SHEET]
    filled(given_list, {"C2": "在册实住"})
    after = Parts.of(given_list.parent / "out.xlsx")[SHEET]
    start, stop = re.search(rb'<c r="C2".*?(?=<c |</row>)', before).span()  # type: ignore[union-attr]
    assert after.startswith(before[:start])
    assert after.endswith(before[stop:])


def test_only_the_sheet_and_the_workbook_change(given_list: Path) -> None:
    before = Parts.of(given_list)
    filled(given_list, {"C2": "在册实住", "C3": "=1"})
    after = Parts.of(given_list.parent / "out.xlsx")
    assert {name for name in before if before[name] != after[name]} == {SHEET, "xl/workbook.xml", "xl/styles.xml"}


def test_nothing_of_a_rich_workbook_is_lost(tmp_path: Path) -> None:
    form = richbook.rich(tmp_path / "form.xlsx")
    filling.fill_cells(form, tmp_path / "out.xlsx", {"名册": {"B5": "甲"}})
    before, after = Parts.of(form), Parts.of(tmp_path / "out.xlsx")
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {SHEET, "xl/workbook.xml"}


@pytest.mark.parametrize(
    ("cell", "value", "shown"),
    [("C2", 12, 12), ("C2", 36.6, 36.6), ("C2", True, "是"), ("C2", ["独居", "残疾"], "独居、残疾"), ("C2", None, None), ("A2", "", None),
     ("C2", 310115194910010018, "310115194910010018"), ("C2", "007", "007"), ("C2", "2020-05-20", "2020-05-20"),
     ("C3", "2020-05-20", datetime(2020, 5, 20)), ("C3", date(2020, 5, 20), datetime(2020, 5, 20)),  # noqa: DTZ001 -- as openpyxl reads a date
     ("C2", "<b>&\n 尾 ", "<b>&\n 尾 "), ("C2", "_x0041_", "_x005F_x0041_"), ("C2", "a\x00\ud800b", "ab")],
)  # fmt: skip
def test_values_of_every_kind(given_list: Path, cell: str, value: Any, shown: Any) -> None:
    assert filled(given_list, {cell: value})[cell].value == shown


@pytest.mark.parametrize("text", ["=1+1", "+86138", "-1", "@SUM(A1)", "＝1", " =1"])
def test_text_never_becomes_a_formula(given_list: Path, text: str) -> None:
    cell = filled(given_list, {"C2": text})["C2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)
    assert cell.font.color.rgb == "FFFF0000"


def test_what_only_looks_like_a_cell_is_none(given_list: Path) -> None:
    """In a comment, in CDATA, in a text or an attribute: the cell that is meant is the one of the sheet."""
    odd = (
        b'<row r="2" spans="1:3" x="/>"><!-- <c r="C2"/></row> --><c r="A2" t="str"><v> r="C2"</v></c>'
        b'<c r="B2" t="str"><v><![CDATA[<c r="C2"></c></row>]]></v></c><c s="1" r=\'C2\'/></row>'
    )
    parts = Parts.of(given_list)
    sheet = re.sub(rb'<row r="2".*?</row>', lambda _: odd, parts[SHEET])
    file = given_list.parent / "odd.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        for name in parts:
            archive.writestr(name, sheet if name == SHEET else parts[name])
    filling.fill_cells(file, given_list.parent / "out.xlsx", {"名单": {"C2": "在册实住", "D2": "后"}})
    after = Parts.of(given_list.parent / "out.xlsx")[SHEET]
    start = sheet.index(b"<c s=\"1\" r='C2'/>")
    assert after.startswith(sheet[:start])
    assert after[start:].startswith(b'<c r="C2" s="1" t="inlineStr"><is><t>')
    assert re.search(rb'</c><c r="D2".*?</c></row>', after[start:])


def test_a_cell_that_is_not_there_takes_its_column_s_format(given_list: Path) -> None:
    sheet = filled(given_list, {"D2": "新", "F2": "后", "B2": "x"})
    assert [cell.value for cell in sheet[2]] == ["甲", "x", None, "新", None, "后"]
    assert sheet["D2"].font.bold


def test_rows_that_are_not_there_are_made(given_list: Path) -> None:
    sheet = filled(given_list, {"A9": "尾", "A5": "中", "B5": "间", "A7": "后"})
    assert [sheet[f"A{row}"].value for row in (3, 5, 7, 9)] == ["乙", "中", "后", "尾"]
    assert sheet["B5"].value == "间"
    assert 'dimension ref="A1:E9"' in Parts.of(given_list.parent / "out.xlsx").text(SHEET)


def test_a_row_between_others_is_made(given_list: Path) -> None:
    parts = Parts.of(given_list)
    parts[SHEET] = parts[SHEET].replace(b'<row r="3"', b'<row r="30"').replace(b'3" s', b'30" s')
    parts.save(given_list)
    sheet = filled(given_list, {"A3": "丙", "A4": "丁", "A30": "乙二"})
    assert [sheet[f"A{row}"].value for row in (2, 3, 4, 30)] == ["甲", "丙", "丁", "乙二"]


@pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData></sheetData>", '<sheetData><row r="2"/></sheetData>'])
def test_a_sheet_with_hardly_anything(given_list: Path, data: str) -> None:
    parts = Parts.of(given_list)
    parts[SHEET] = re.sub(rb"<sheetData>.*</sheetData>", data.encode(), parts[SHEET], flags=re.DOTALL)
    parts.save(given_list)
    sheet = filled(given_list, {"A2": "甲", "B2": 2, "A4": "丁"})
    assert [sheet[place].value for place in ("A2", "B2", "A4")] == ["甲", 2, "丁"]


def test_several_sheets_into_an_open_file(given_list: Path) -> None:
    out = io.BytesIO()
    done = filling.fill_cells(given_list.read_bytes(), out, {"名单": {"C2": "甲"}, "说明": {"A2": "乙", "A3": "丙"}})
    book = load_workbook(out)
    assert (done, book["名单"]["C2"].value, book["说明"]["A3"].value) == (3, "甲", "丙")


def test_filling_again_fills_the_rest(given_list: Path) -> None:
    filled(given_list, {"C2": "=甲"})
    again = given_list.parent / "out.xlsx"
    filling.fill_cells(again, given_list.parent / "again.xlsx", {"名单": {"C3": "乙"}})
    sheet = load_workbook(given_list.parent / "again.xlsx")["名单"]
    assert (sheet["C2"].value, sheet["C2"].data_type, sheet["C3"].value) == ("=甲", "s", "乙")


def test_no_style_is_added_twice(given_list: Path) -> None:
    filled(given_list, {"C2": "=甲"})
    once = Parts.of(given_list.parent / "out.xlsx")["xl/styles.xml"]
    filling.fill_cells(given_list.parent / "out.xlsx", given_list.parent / "again.xlsx", {"名单": {"C2": "=乙"}})
    assert Parts.of(given_list.parent / "again.xlsx")["xl/styles.xml"] == once


# ---------------------------------------------------------------- refused before anything is written


def protect(file: Path, *open_cells: str) -> Path:
    book = load_workbook(file)
    sheet = book["名单"]
    sheet.protection.sheet = True
    for place in open_cells:
        sheet[place].protection = Protection(locked=False)
    book.save(file)
    return file


def test_a_locked_cell_is_refused(given_list: Path) -> None:
    assert refusal(protect(given_list, "C2"), {"C2": "甲", "C3": "乙"}) == "cell-locked"


def test_an_open_cell_of_a_protected_sheet_is_filled(given_list: Path) -> None:
    before = re.search("<sheetProtection.*?/>", Parts.of(protect(given_list, "C2")).text(SHEET))
    assert filled(given_list, {"C2": "甲"})["C2"].value == "甲"
    assert before is not None
    assert before[0] in Parts.of(given_list.parent / "out.xlsx").text(SHEET)


def test_a_range_that_may_be_edited_is_open(given_list: Path) -> None:
    parts = Parts.of(protect(given_list))
    parts[SHEET] = re.sub(
        rb"(<sheetProtection.*?(?:/>|</sheetProtection>))", rb'\1<protectedRanges><protectedRange name="x" sqref="C2:C3"/></protectedRanges>', parts[SHEET]
    )  # fmt: skip
    parts.save(given_list)
    assert filled(given_list, {"C3": "甲"})["C3"].value == "甲"


def test_a_range_behind_a_password_is_not(given_list: Path) -> None:
    parts = Parts.of(protect(given_list))
    parts[SHEET] = re.sub(
        rb"(<sheetProtection.*?(?:/>|</sheetProtection>))",
        rb'\1<protectedRanges><protectedRange name="x" password="CC1A" sqref="C2:C3"/></protectedRanges>', parts[SHEET],
    )  # fmt: skip
    assert refusal(parts.save(given_list), {"C3": "甲"}) == "cell-locked"


def test_a_formula_is_not_written_over(given_list: Path) -> None:
    assert refusal(given_list, {"E1": 3}) == "cell-formula"


def test_a_cell_hidden_by_merged_ones_is_refused(given_list: Path) -> None:
    book = load_workbook(given_list)
    book["名单"].merge_cells("C2:C3")
    book.save(given_list)
    assert refusal(given_list, {"C3": "甲"}) == "cell-merged"
    assert filled(given_list, {"C2": "甲"})["C2"].value == "甲"


def test_an_unknown_sheet_is_refused(given_list: Path) -> None:
    assert refusal(given_list, {"A1": "甲"}, "名 单") == "sheet-unknown"


def test_a_sheet_that_is_no_xml_is_refused(given_list: Path) -> None:
    parts = Parts.of(given_list)
    parts[SHEET] = parts[SHEET][:-30]
    assert refusal(parts.save(given_list), {"A1": "甲"}) == "template-damaged"


def test_entities_are_refused_wherever_they_are_declared(given_list: Path) -> None:
    parts = Parts.of(given_list)
    late = b"<!--" + b" " * 5000 + b'--><!DOCTYPE x [<!ENTITY a "a">]>'
    parts[SHEET] = late + parts[SHEET]
    assert refusal(parts.save(given_list), {"A1": "甲"}) == "template-damaged"


def test_a_signed_list_is_refused(given_list: Path) -> None:
    parts = Parts.of(given_list)
    parts.add("_xmlsignatures/sig1.xml", "<Signature/>")
    assert refusal(parts.save(given_list), {"A1": "甲"}) == "report-signed"


def test_the_list_itself_is_never_written_over(given_list: Path) -> None:
    before = given_list.read_bytes()
    with pytest.raises(UserError, match="report-over-template"):
        filling.fill_cells(given_list, given_list, {"名单": {"C2": "甲"}})
    assert given_list.read_bytes() == before


def test_a_cancelled_filling_leaves_nothing(given_list: Path) -> None:
    with pytest.raises(UserError, match="cancelled"):
        filling.fill_cells(given_list, given_list.parent / "out.xlsx", {"名单": {"C2": "甲"}}, cancelled=lambda: True)
    assert [path.name for path in given_list.parent.iterdir()] == ["list.xlsx"]


def test_no_changes_give_the_same_workbook(given_list: Path) -> None:
    assert filling.fill_cells(given_list, given_list.parent / "out.xlsx", {}) == 0
    assert Parts.of(given_list.parent / "out.xlsx") == Parts.of(given_list)


# ---------------------------------------------------------------- any cells


PLACES = st.tuples(st.sampled_from("ABCDEFGZ"), st.integers(1, 9)).map(lambda place: f"{place[0]}{place[1]}")


@settings(max_examples=40, deadline=None)
@given(
    there=st.dictionaries(PLACES, st.integers(0, 99), max_size=12),
    wanted=st.dictionaries(
        PLACES, st.one_of(st.integers(-9, 9), st.text("甲=<&'\" \n", min_size=1, max_size=4)), max_size=12
    ),
)
def test_what_is_filled_is_read_and_the_rest_stays(there: dict[str, int], wanted: dict[str, Any]) -> None:
    book, made, out = Workbook(), io.BytesIO(), io.BytesIO()
    for place, value in there.items():
        book.active[place] = value
    book.save(made)
    filling.fill_cells(made.getvalue(), out, {"Sheet": wanted})
    sheet = load_workbook(out).active
    found = {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert found == {**there, **wanted}
    places = re.findall(r'<c r="([A-Z]+)(\d+)"', zipfile.ZipFile(out).read(SHEET).decode())
    order = [(int(row), len(column), column) for column, row in places]
    assert order == sorted(order)
