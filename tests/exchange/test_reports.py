"""Forms as superiors send them, filled and opened again, compared cell by cell."""

from __future__ import annotations

import re
import zipfile
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from app.domain.findings import UserError
from app.exchange import package, reports
from app.exchange.report_rows import safe_text
from app.exchange.shifting import Insertion, repeated
from app.words import knows, say

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "reports"
FIELDS = {"name", "sex", "birth_date", "birth_year", "id_number", "phone", "room", "note", "temperature"}
ONCE = {"today": "2020-05-20", "maker": "王书记", "committee.name": "培花第一居委会"}
THIN = Side(style="thin")


def people(count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"居民{n}", "sex": "男" if n % 2 else "女", "birth_year": 1930 + n % 90, "room": f"0{n}",
            "birth_date": "1949-10-01", "id_number": "310115194910010018", "phone": "02158881234",
        }
        for n in range(1, count + 1)
    ]  # fmt: skip


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A typical form: merged title, header, one row of marks, a total, a signature, print settings."""
    book = Workbook()
    sheet = book.active
    sheet.title = "花 名册"
    sheet["A1"] = "{{committee.name}}返沪人员花名册({{today}})"
    sheet["A1"].font = Font(name="方正小标宋", size=18, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.merge_cells("A1:G1")
    sheet.row_dimensions[1].height = 40
    for column, title in enumerate(["序号", "姓名", "性别", "出生日期", "证件号码", "住址", "年份"], 1):
        sheet.cell(3, column, title).fill = PatternFill("solid", fgColor="FFDDEEFF")
    texts = ["{{index}}", "{{name}}", "{{sex}}", "{{birth_date}}", "{{id_number}}",
             "12号{{room}}室({{name}})", "{{birth_year}}"]  # fmt: skip
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(5, column, text)
        cell.border = Border(THIN, THIN, THIN, THIN)
        cell.font = Font(name="仿宋", size=10 + column)
    sheet["D5"].number_format = "yyyy/m/d"
    sheet["H5"] = "=G5+B$8-H$4"
    sheet["I5"] = "固定"
    sheet.merge_cells("I5:J5")
    sheet.row_dimensions[5].height = 22.5
    sheet["F6"] = "合计"
    sheet["G6"] = "=SUM(G5:G5)"
    sheet["H6"] = '=COUNTIF(C$5:C5,"男")+G6+Other!A1'
    sheet["A8"] = "制表:{{maker}}  共{{count}}人"
    sheet.merge_cells("A8:C8")
    sheet.row_dimensions[8].height = 33
    sheet["B9"] = "{{count}}"
    sheet.print_area = "A1:J9"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_margins.left = 0.3
    sheet.oddFooter.center.text = "第&P页 {{maker}}"
    sheet.freeze_panes = "A4"
    sheet.column_dimensions["E"].width = 25
    sheet.conditional_formatting.add("G5:G5", FormulaRule(formula=["$G5<1950"], font=Font(bold=True)))
    sheet.conditional_formatting.add("G6", FormulaRule(formula=["$G6>0"], font=Font(italic=True)))
    check = DataValidation(type="list", formula1="$L$9:$L$10")
    check.add("C5")
    sheet.add_data_validation(check)
    sheet.row_breaks.append(Break(id=6))
    other = book.create_sheet("Other")
    other["A1"] = "='花 名册'!G6"
    other["A2"] = "=SUM('花 名册'!G5:G5)"
    book.defined_names["合计"] = DefinedName("合计", attr_text="'花 名册'!$G$5:$G$6")
    path = tmp_path / "form.xlsx"
    book.save(path)
    return path


def filled(form: Path, rows: list[dict[str, Any]], **kwargs: Any) -> tuple[Any, reports.Filled]:
    out = form.parent / "out.xlsx"
    result = reports.fill(form, out, once=ONCE, rows=rows, fields=FIELDS, **kwargs)
    return load_workbook(out), result


def test_every_record_has_its_row(form: Path) -> None:
    book, result = filled(form, people(100))
    sheet = book["花 名册"]
    assert result == reports.Filled(100, 7 * 100 + 4)
    for n in (1, 2, 57, 100):
        row = [cell.value for cell in sheet[4 + n][:7]]
        assert row == [
            n, f"居民{n}", "男" if n % 2 else "女", datetime(1949, 10, 1), "310115194910010018",  # noqa: DTZ001 -- as openpyxl reads a date
            f"12号0{n}室(居民{n})", 1930 + n % 90,
        ]  # fmt: skip
        assert sheet.cell(4 + n, 9).value == "固定"


def test_styles_and_heights_repeat(form: Path) -> None:
    template = load_workbook(form)["花 名册"]
    sheet = filled(form, people(30))[0]["花 名册"]
    for row in (5, 20, 34):
        assert sheet.row_dimensions[row].height == 22.5
        for column in range(1, 9):
            model, cell = template.cell(5, column), sheet.cell(row, column)
            assert copy(cell.font) == copy(model.font)
            assert copy(cell.border) == copy(model.border)
            assert cell.number_format == model.number_format
    assert sheet.row_dimensions[37].height == 33
    assert sheet.row_dimensions[1].height == 40
    assert sheet.row_dimensions[35].height is None


def test_what_stands_below_moves_down(form: Path) -> None:
    sheet = filled(form, people(100))[0]["花 名册"]
    assert sheet["F105"].value == "合计"
    assert sheet["A107"].value == "制表:王书记  共100人"
    assert sheet["B108"].value == 100
    assert sheet["A1"].value == "培花第一居委会返沪人员花名册(2020-05-20)"
    assert sheet["A1"].font.name == "方正小标宋"
    assert sheet.max_row == 108


def test_merged_cells_move_and_repeat(form: Path) -> None:
    sheet = filled(form, people(3))[0]["花 名册"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert merged == {"A1:G1", "I5:J5", "I6:J6", "I7:J7", "A10:C10"}


def test_sums_grow_with_the_rows(form: Path) -> None:
    book, _ = filled(form, people(100))
    sheet = book["花 名册"]
    assert sheet["G105"].value == "=SUM(G5:G104)"
    assert sheet["H105"].value == '=COUNTIF(C$5:C104,"男")+G105+Other!A1'
    assert sheet["H5"].value == "=G5+B$107-H$4"
    assert sheet["H77"].value == "=G77+B$107-H$4"
    assert book["Other"]["A1"].value == "='花 名册'!G105"
    assert book["Other"]["A2"].value == "=SUM('花 名册'!G5:G104)"
    assert book.defined_names["合计"].value == "'花 名册'!$G$5:$G$105"


def test_print_settings_stay_and_the_area_grows(form: Path) -> None:
    sheet = filled(form, people(100))[0]["花 名册"]
    assert sheet.print_area == "'花 名册'!$A$1:$J$108"
    assert sheet.print_title_rows == "$1:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_margins.left == 0.3
    assert sheet.oddFooter.center.text == "第&P页 王书记"
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["E"].width == 25
    assert [line.id for line in sheet.row_breaks.brk] == [105]


def test_conditional_formats_and_validations_follow(form: Path) -> None:
    sheet = filled(form, people(100))[0]["花 名册"]
    rules = {str(each.sqref): each.rules[0].formula for each in sheet.conditional_formatting}
    assert rules == {"G5:G104": ["$G5<1950"], "G105": ["$G105>0"]}
    check = sheet.data_validations.dataValidation[0]
    assert (str(check.sqref), check.formula1) == ("C5:C104", "$L$108:$L$109")


def test_no_record_leaves_one_empty_row(form: Path) -> None:
    book, result = filled(form, [])
    sheet = book["花 名册"]
    assert result == reports.Filled(0, 4)
    assert [cell.value for cell in sheet[5][:5]] == [None] * 5
    assert sheet["F5"].value == "12号室()"
    assert sheet["A5"].border.left.style == "thin"
    assert sheet["G6"].value == "=SUM(G5:G5)"
    assert sheet["A8"].value == "制表:王书记  共0人"


def test_one_record_moves_nothing(form: Path) -> None:
    sheet = filled(form, people(1))[0]["花 名册"]
    assert (sheet["B5"].value, sheet["F6"].value, sheet["G6"].value) == ("居民1", "合计", "=SUM(G5:G5)")


def test_a_missing_value_is_an_empty_cell(form: Path) -> None:
    sheet = filled(form, [{"name": "王建国"}])[0]["花 名册"]
    assert sheet["B5"].value == "王建国"
    assert sheet["E5"].value is None
    assert sheet["E5"].border.left.style == "thin"


# ---------------------------------------------------------------- values


def simple(tmp_path: Path, *texts: str, **styles: str) -> Path:
    book = Workbook()
    for column, text in enumerate(texts, 1):
        book.active.cell(2, column, text).number_format = styles.get("number_format", "General")
    path = tmp_path / "simple.xlsx"
    book.save(path)
    return path


def one_cell(tmp_path: Path, value: Any, **styles: str) -> Any:
    template = simple(tmp_path, "{{note}}", **styles)
    out = tmp_path / "out.xlsx"
    reports.fill(template, out, once={}, rows=[{"note": value}], fields=FIELDS)
    return load_workbook(out).active["A2"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+8613800000000", "-1", "@SUM(A1)", "\t=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)",
     '=HYPERLINK("http://x","y")', "=cmd|'/c calc'!A1", " =1+1", "\n=1"],
)  # fmt: skip
def test_no_value_becomes_a_formula_even_when_saved_again(tmp_path: Path, text: str) -> None:
    cell = one_cell(tmp_path, text)
    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.quotePrefix
    with zipfile.ZipFile(tmp_path / "out.xlsx") as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="inlineStr"' in sheet


@pytest.mark.parametrize("text", ["=1+1", "＝1+1"])
def test_no_value_filled_once_becomes_a_formula(tmp_path: Path, text: str) -> None:
    template = simple(tmp_path, "{{maker}}")
    out = tmp_path / "out.xlsx"
    reports.fill(template, out, once={"maker": text}, rows=[], fields=FIELDS)
    cell = load_workbook(out).active["A2"]
    assert (cell.data_type, cell.value, bool(cell.quotePrefix)) == ("s", text, True)


@pytest.mark.parametrize(
    "text", ["007", "310115194910010018", "31011519491001001X", "1E5", "1/2", "2020-05-20", "TRUE", " 空 格 "]
)
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    cell = one_cell(tmp_path, text)
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "是"), (False, "否"), (["独居", "残疾"], "独居、残疾"),
     (310115194910010018, "310115194910010018"),
     (0, 0), (-1, -1), (36.6, 36.6), (float("nan"), "nan"), ("a\x00b\x0bc", "abc"), ("甲\r\n乙", "甲\n乙"),
     ("<b>&amp;", "<b>&amp;"), ("𠮷田", "𠮷田"), ("买买提·艾力", "买买提·艾力"), ("\ud800", None)],
)  # fmt: skip
def test_values_of_every_kind(tmp_path: Path, value: Any, shown: Any) -> None:
    assert one_cell(tmp_path, value).value == shown


def test_an_iso_date_is_a_date_only_where_the_form_shows_dates(tmp_path: Path) -> None:
    assert one_cell(tmp_path, "2020-05-20", number_format="yyyy年m月d日").value == datetime(2020, 5, 20)  # noqa: DTZ001 -- as openpyxl reads a date
    assert one_cell(tmp_path, "2020-05-20").value == "2020-05-20"
    assert one_cell(tmp_path, "2020-13-40", number_format="yyyy-mm-dd").value == "2020-13-40"


def test_a_long_text_is_cut_where_excel_ends(tmp_path: Path) -> None:
    assert len(one_cell(tmp_path, "长" * 40000).value) == 32767


@given(st.text(max_size=40))
def test_any_text_is_writable(text: str) -> None:
    safe_text(text).encode()


# ---------------------------------------------------------------- marks


def test_scan_names_each_cell(form: Path) -> None:
    found = reports.scan(form)
    assert found.marks[0] == reports.Mark("花 名册", "A1", ("committee.name", "today"))
    assert reports.Mark("花 名册", "F5", ("room", "name")) in found.marks
    assert reports.Mark("花 名册", "页脚", ("maker",)) in found.marks
    assert {"count", "index", "id_number"} <= found.names


def test_an_unknown_mark_names_its_cell_and_writes_nothing(tmp_path: Path) -> None:
    template = simple(tmp_path, "{{name}}", "{{religion}}")
    with pytest.raises(UserError) as error:
        reports.fill(template, tmp_path / "out.xlsx", once={}, rows=people(1), fields=FIELDS)
    assert error.value.code == "mark-unknown"
    assert (error.value.details["sheet"], error.value.details["cell"], error.value.details["mark"]) == (
        "Sheet",
        "B2",
        "religion",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["simple.xlsx"]


def test_a_page_footer_belongs_to_no_record(form: Path) -> None:
    book = load_workbook(form)
    book["花 名册"].oddFooter.left.text = "{{name}}"
    book.save(form)
    with pytest.raises(UserError) as error:
        filled(form, people(1))
    assert (error.value.code, error.value.details["cell"]) == ("mark-unknown", "页脚")


def test_every_error_has_words_that_read_as_meant() -> None:
    text = say("template-no-marks", file="表.xlsx")
    assert "{{name}}" in text
    assert "{.字段}" in text
    assert "B2" in say("mark-unknown", sheet="表", cell="B2", mark="x")


@pytest.mark.parametrize("text", ["{{name", "{{na me}}", "{{}}", "{{name}} {{"])
def test_a_broken_mark_is_unknown(tmp_path: Path, text: str) -> None:
    template = simple(tmp_path, "{{name}}", text)
    with pytest.raises(UserError, match="mark-unknown"):
        reports.fill(template, tmp_path / "out.xlsx", once={}, rows=people(1), fields=FIELDS)


@pytest.mark.parametrize("text", ["｛｛name｝｝", "{{ name }}", "{{name}}"])
def test_braces_as_people_type_them(tmp_path: Path, text: str) -> None:
    out = tmp_path / "out.xlsx"
    reports.fill(simple(tmp_path, text), out, once={}, rows=people(2), fields=FIELDS)
    assert [cell.value for cell in load_workbook(out).active["A"]] == [None, "居民1", "居民2"]


def test_a_mark_in_a_formula_is_refused(tmp_path: Path) -> None:
    template = simple(tmp_path, '="共"&"{{count}}"')
    with pytest.raises(UserError, match="mark-in-formula"):
        reports.scan(template)


def test_a_form_with_marks_filled_once_only(tmp_path: Path) -> None:
    template = simple(tmp_path, "{{committee.name}}", "{{count}}")
    out = tmp_path / "out.xlsx"
    result = reports.fill(template, out, once=ONCE, rows=people(7), fields=FIELDS)
    assert result == reports.Filled(0, 2)
    assert [cell.value for cell in load_workbook(out).active[2]] == ["培花第一居委会", 7]


def test_a_record_of_two_lines_and_two_blocks_in_a_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A2"], sheet["B2"], sheet["B3"] = "{{name}}", "{{phone}}", "{{room}}"
    sheet.merge_cells("A2:A3")
    sheet["A4"] = "=COUNTA(B2:B3)"
    sheet["A6"] = "{{note}}"
    sheet["A7"] = "=A6&B3"
    template, out = tmp_path / "two.xlsx", tmp_path / "out.xlsx"
    book.save(template)
    rows = [{"name": n, "phone": f"p{n}", "room": f"r{n}", "note": f"n{n}"} for n in "甲乙丙"]
    reports.fill(template, out, once={}, rows=rows, fields=FIELDS)
    sheet = load_workbook(out).active
    assert [sheet.cell(row, 1).value for row in (2, 4, 6)] == ["甲", "乙", "丙"]
    assert [sheet.cell(row, 2).value for row in range(2, 8)] == ["p甲", "r甲", "p乙", "r乙", "p丙", "r丙"]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A2:A3", "A4:A5", "A6:A7"}
    assert sheet["A8"].value == "=COUNTA(B2:B7)"
    assert [sheet.cell(row, 1).value for row in (10, 11, 12)] == ["n甲", "n乙", "n丙"]
    assert sheet["A13"].value == "=A10&B3"


def test_a_title_column_merged_over_the_block_grows(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["B2"] = "培花", "{{name}}"
    sheet.merge_cells("A1:A3")
    template, out = tmp_path / "side.xlsx", tmp_path / "out.xlsx"
    book.save(template)
    reports.fill(template, out, once={}, rows=people(5), fields=FIELDS)
    assert {str(area) for area in load_workbook(out).active.merged_cells.ranges} == {"A1:A7"}


def test_comments_links_filters_and_tables_follow(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for column, title in enumerate(["姓名", "电话"], 1):
        sheet.cell(1, column, title)
    sheet["A2"], sheet["B2"] = "{{name}}", "{{phone}}"
    sheet["A2"].comment = Comment("填姓名", "街道")
    sheet["A4"] = "说明"
    sheet["A4"].hyperlink = "https://example.org/"
    sheet["B4"].comment = Comment("以户籍为准", "街道")
    sheet.add_table(Table(displayName="名册", ref="A1:B2"))
    second = book.create_sheet("筛选")
    second["A1"], second["A2"] = "姓名", "{{name}}"
    second.auto_filter.ref = "A1:A2"
    template, out = tmp_path / "rich.xlsx", tmp_path / "out.xlsx"
    book.save(template)
    reports.fill(template, out, once={}, rows=people(4), fields=FIELDS)
    sheet = load_workbook(out)["Sheet"]
    assert sheet["A2"].comment.text == "填姓名"
    assert sheet["B7"].comment.text == "以户籍为准"
    assert (sheet["A7"].value, sheet["A7"].hyperlink.target) == ("说明", "https://example.org/")
    assert sheet.tables["名册"].ref == "A1:B5"
    assert load_workbook(out)["筛选"].auto_filter.ref == "A1:A5"


def test_the_size_written_in_the_sheet_holds_all_rows(form: Path) -> None:
    filled(form, people(50))
    out = form.parent / "out.xlsx"
    book = load_workbook(out, read_only=True)
    assert book["花 名册"].calculate_dimension() == "A1:J58"
    book.close()


def test_a_sheet_without_marks_is_as_it_was(form: Path) -> None:
    book = load_workbook(form)
    extra = book.create_sheet("说明")
    extra["B2"] = "填表说明"
    extra["B2"].fill = PatternFill("solid", fgColor="FFFF0000")
    extra.merge_cells("B2:D4")
    extra.sheet_state = "hidden"
    extra.protection.sheet = True
    book.save(form)
    before = {c.coordinate: (c.value, copy(c.fill)) for row in book["说明"] for c in row}
    after = filled(form, people(20))[0]["说明"]
    assert {c.coordinate: (c.value, copy(c.fill)) for row in after for c in row} == before
    assert (after.sheet_state, after.protection.sheet) == ("hidden", True)


# ---------------------------------------------------------------- files


def test_other_programs_marks_are_not_ours() -> None:
    if not DATA.is_dir():
        pytest.skip("the shared sample forms are not beside the project")
    for template in sorted(DATA.glob("*.xlsx")):
        with pytest.raises(UserError) as error:
            reports.scan(template)
        assert error.value.code == "template-no-marks"


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "template-missing"), (b"", "template-damaged"),
     (b"\xd0\xcf\x11\xe0" + b"0" * 600, "template-type"),
     ("姓名,电话\n".encode(), "template-type"), (b"PK\x03\x04" + b"0" * 600, "template-damaged")],
)  # fmt: skip
def test_files_that_are_no_form(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "form.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        reports.scan(path)
    assert error.value.code == code
    assert knows(code)


def test_a_truncated_form_is_damaged(form: Path) -> None:
    form.write_bytes(form.read_bytes()[:-2000])
    with pytest.raises(UserError, match="template-damaged"):
        reports.scan(form)


def rewritten(form: Path, change: dict[str, bytes]) -> None:
    with zipfile.ZipFile(form) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(form, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**parts, **change}.items():
            package.writestr(name, content)


def test_a_sheet_that_is_no_xml_is_damaged(form: Path) -> None:
    rewritten(form, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"})
    with pytest.raises(UserError, match="template-damaged"):
        reports.scan(form)


def test_an_entity_bomb_is_refused(form: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    rewritten(form, {"xl/worksheets/sheet1.xml": bomb})
    with pytest.raises(UserError, match="template-damaged"):
        reports.scan(form)


def test_a_zip_bomb_is_refused_unopened(form: Path) -> None:
    rewritten(form, {"xl/worksheets/sheet1.xml": b" " * (package.LARGEST_XML + 1)})
    with pytest.raises(UserError, match="template-too-large"):
        reports.scan(form)


def test_a_macro_workbook_is_not_taken(form: Path) -> None:
    with zipfile.ZipFile(form) as package:
        types = package.read("[Content_Types].xml")
    plain, macros = b"openxmlformats-officedocument.spreadsheetml.sheet", b"ms-excel.sheet.macroEnabled"
    rewritten(form, {"[Content_Types].xml": types.replace(plain, macros)})
    with pytest.raises(UserError, match="template-type"):
        reports.scan(form)


def test_the_template_is_never_written_over(form: Path) -> None:
    before = form.read_bytes()
    with pytest.raises(UserError, match="report-over-template"):
        reports.fill(form, form, once=ONCE, rows=people(1), fields=FIELDS)
    assert form.read_bytes() == before


def test_a_cancelled_report_leaves_the_old_one(form: Path) -> None:
    out = form.parent / "out.xlsx"
    out.write_bytes(b"the report of yesterday")
    with pytest.raises(UserError, match="cancelled"):
        reports.fill(form, out, once=ONCE, rows=people(3), fields=FIELDS, cancelled=lambda: True)
    assert out.read_bytes() == b"the report of yesterday"
    assert sorted(path.name for path in form.parent.iterdir()) == ["form.xlsx", "out.xlsx"]


def test_a_folder_that_is_not_there_is_said_so(form: Path) -> None:
    out = form.parent / "missing" / "out.xlsx"
    with pytest.raises(UserError, match="report-unwritable"):
        reports.fill(form, out, once=ONCE, rows=people(1), fields=FIELDS)


def test_progress_ends_with_everything_done(form: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    filled(form, people(1200), progress=lambda *step: seen.append(step))
    assert seen[-1] == (1200, 1200, "report-filling")
    assert knows("report-filling")


# ---------------------------------------------------------------- references


@pytest.mark.parametrize(
    ("before", "after"),
    [("=SUM(B5:B5)", "=SUM(B5:B104)"), ("=SUM(B$4:B$6)", "=SUM(B$4:B$105)"), ("=B6", "=B105"), ("=B5", "=B5"),
     ("=SUM(B:B)", "=SUM(B:B)"), ("=SUM(5:5)", "=SUM(5:104)"), ('=IF(B6,"B6",b7)', '=IF(B105,"B6",b106)'),
     ("=S!B6+'S'!B6+T!B6", "=S!B105+'S'!B105+T!B6"), ("=SUM(B1:B4)", "=SUM(B1:B4)"),
     ("=LOG10(B6)", "=LOG10(B105)"),
     ("=SUM(B5)", "=SUM(B5:B104)"), ("=SUM(B5,B6)", "=SUM(B5,B105)"), ("=SUM(B4)", "=SUM(B4)")],
)  # fmt: skip
def test_references_below_a_block(before: str, after: str) -> None:
    assert Insertion("S", 5, 5, 99).formula(before, "S", 6) == after


def test_a_record_s_own_formula_moves_with_it() -> None:
    def at(offset: int, formula: str) -> str:
        pieces = repeated(Insertion("S", 5, 5, 99).formula(formula, "S", 5), "S", 5)
        return "".join(piece if isinstance(piece, str) else str(piece + offset) for piece in pieces)

    assert at(10, "=SUM(C5:F5)") == "=SUM(C15:F15)"
    assert at(10, "=A4+1") == "=A14+1"
    assert at(10, "=C5/C6") == "=C15/C105"
    assert at(10, "=SUM(C$5:C5)") == "=SUM(C$5:C15)"
    assert at(10, "=C5/SUM(C$5:C$5)") == "=C15/SUM(C$5:C$104)"
    assert at(10, "=T!A5") == "=T!A5"


def test_a_chart_of_the_form_is_still_there(form: Path) -> None:
    book = load_workbook(form)
    sheet = book["花 名册"]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=7, min_row=5, max_row=5))
    sheet.add_chart(chart, "A12")
    book.save(form)
    charts = filled(form, people(100))[0]["花 名册"]._charts
    assert len(charts) == 1
    assert charts[0].anchor._from.row == 11 + 99
    assert charts[0].series[0].val.numRef.f == "'花 名册'!$G$5:$G$104"


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)
ANCHORS = """<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">
<xdr:twoCellAnchor editAs="oneCell"><xdr:from><xdr:col>0</xdr:col><xdr:row>0</xdr:row></xdr:from><xdr:to>
<xdr:col>1</xdr:col><xdr:row>1</xdr:row></xdr:to><xdr:sp/></xdr:twoCellAnchor>
<xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>7</xdr:row></xdr:from><xdr:to>
<xdr:col>1</xdr:col><xdr:row>9</xdr:row></xdr:to><xdr:pic/></xdr:twoCellAnchor></xdr:wsDr>"""


def test_pictures_and_shapes_are_carried_over_and_moved(form: Path) -> None:
    with zipfile.ZipFile(form) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        types = package.read("[Content_Types].xml").decode()
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"

    def related(what: str, target: str) -> bytes:
        return (
            f'<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{office}/{what}" '
            f'Target="{target}"/></Relationships>'
        ).encode()

    drawing = f'<drawing xmlns:r="{office}" r:id="rId1"/></worksheet>'
    rewritten(
        form,
        {
            "xl/worksheets/sheet1.xml": sheet.replace("</worksheet>", drawing).encode(),
            "xl/worksheets/_rels/sheet1.xml.rels": related("drawing", "../drawings/drawing1.xml"),
            "xl/drawings/drawing1.xml": ANCHORS.encode(),
            "xl/drawings/_rels/drawing1.xml.rels": related("image", "../media/seal.wmfx"),
            "xl/media/seal.wmfx": PIXEL,
            "[Content_Types].xml": types.replace(
                "</Types>",
                f'<Default Extension="wmfx" ContentType="image/x-wmf"/>'
                f'<Override PartName="/xl/drawings/drawing1.xml" ContentType="{kind}"/></Types>',
            ).encode(),
        },
    )
    out = form.parent / "out.xlsx"
    reports.fill(form, out, once=ONCE, rows=people(100), fields=FIELDS)
    with zipfile.ZipFile(out) as package:
        assert package.read("xl/media/seal.wmfx") == PIXEL
        assert re.findall(r"row>(\d+)", package.read("xl/drawings/drawing1.xml").decode()) == [
            "0", "1", "106", "108",
        ]  # fmt: skip
        target = package.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
        assert 'Target="../drawings/drawing1.xml"' in target
        types = package.read("[Content_Types].xml").decode()
        assert f'PartName="/xl/drawings/drawing1.xml" ContentType="{kind}"' in types
        assert 'Extension="wmfx" ContentType="image/x-wmf"' in types
        assert "<drawing" in package.read("xl/worksheets/sheet1.xml").decode()
        assert package.testzip() is None
