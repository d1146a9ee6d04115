"""What looks at rows that repeat, from beside and from other sheets, when rows go in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.exchange import reports

PEOPLE = [{"name": f"居民{n}", "number": n} for n in (1, 2, 3)]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book() -> Workbook:
    """A list in rows 3, with its total below, and a second sheet."""
    made = Workbook()
    sheet = made.active
    sheet.title = "名册"
    for place, text in {"A3": "{{name}}", "B3": "{{number}}", "A4": "合计", "B4": "=SUM(B3:B3)"}.items():
        sheet[place] = text
    made.create_sheet("汇总")
    return made


def changed(file: Path, part: str, change: Callable[[str], str]) -> None:
    """Another text of a part, as another program would have written it."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part].decode()
    parts[part] = change(before).encode()
    assert parts[part] != before.encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def filled(book: Workbook, folder: Path, change: Callable[[Path], None] = lambda file: None, **once: Any) -> Path:
    book.save(folder / "表.xlsx")
    change(folder / "表.xlsx")
    out = folder / "填好.xlsx"
    reports.fill(folder / "表.xlsx", out, once={"maker": "王", **once}, rows=PEOPLE, fields={"name", "number"})
    return out


def part(file: Path, name: str) -> str:
    with zipfile.ZipFile(file) as archive:
        return archive.read(name).decode()


def test_two_sheets_that_grow_and_look_at_each_other(book: Workbook, tmp_path: Path) -> None:
    first, second = book["名册"], book["汇总"]
    second["A1"], second["B1"], second["B2"] = "{{name}}", "{{number}}", "=SUM(B1:B1)"
    first["C3"], first["C4"] = "=B3/汇总!$B$2", "=汇总!B2"
    second["C1"], second["C2"] = "=B1/名册!$B$4", "=名册!B4"
    done = load_workbook(filled(book, tmp_path))
    assert [done["名册"].cell(row, 3).value for row in (3, 4, 5, 6)] == [
        "=B3/汇总!$B$4", "=B4/汇总!$B$4", "=B5/汇总!$B$4", "=汇总!B4",
    ]  # fmt: skip
    assert [done["汇总"].cell(row, 3).value for row in (1, 2, 3, 4)] == [
        "=B1/名册!$B$6", "=B2/名册!$B$6", "=B3/名册!$B$6", "=名册!B6",
    ]  # fmt: skip


def test_a_comment_in_the_xml_of_another_sheet(book: Workbook, tmp_path: Path) -> None:
    book["汇总"]["A1"] = "=名册!B4"
    out = filled(book, tmp_path, lambda file: changed(
        file, "xl/worksheets/sheet2.xml", lambda xml: xml.replace("<sheetData>", "<!-- 注 --><sheetData>")
    ))  # fmt: skip
    assert load_workbook(out)["汇总"]["A1"].value == "=名册!B6"


def test_what_reaches_to_the_end_of_the_sheet_reaches_no_further(book: Workbook, tmp_path: Path) -> None:
    sheet: Worksheet = book["名册"]
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("D2:D1048576")
    sheet.add_data_validation(rule)
    sheet["C1"] = '=COUNTIF(A2:A1048576,"居民*")'
    sheet.print_area = "A1:D1048576"
    done = load_workbook(filled(book, tmp_path))["名册"]
    assert [str(each.sqref) for each in done.data_validations.dataValidation] == ["D2:D1048576"]
    assert done["C1"].value == '=COUNTIF(A2:A1048576,"居民*")'
    assert done.print_area == "'名册'!$A$1:$D$1048576"


def test_whole_columns_and_rows_as_some_programs_write_them(book: Workbook, tmp_path: Path) -> None:
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("D3")
    book["名册"].add_data_validation(rule)
    out = filled(book, tmp_path, lambda file: changed(
        file, SHEET, lambda xml: xml.replace('sqref="D3"', 'sqref="D:D 1:2 4:5"')
    ))  # fmt: skip
    assert 'sqref="D:D 1:2 6:7"' in part(out, SHEET)


def test_functions_that_count_by_a_condition_mean_the_column_of_records(book: Workbook, tmp_path: Path) -> None:
    book["名册"]["C4"] = '=COUNTIF(A3,"居民1")'
    book["名册"]["D4"] = '=IF(A3="居民1",A3,"")'
    done = load_workbook(filled(book, tmp_path))["名册"]
    assert (done["C6"].value, done["D6"].value) == ('=COUNTIF(A3:A5,"居民1")', '=IF(A3="居民1",A3,"")')


def test_an_array_over_several_cells_of_a_record(book: Workbook, tmp_path: Path) -> None:
    array = '<c r="D3"><f t="array" ref="D3:F3">B3*{1,2,3}</f></c><c r="E3"/><c r="F3"/></row><row r="4"'
    out = filled(book, tmp_path, lambda file: changed(
        file, SHEET, lambda xml: re.sub(r'</row><row r="4"', array, xml)
    ))  # fmt: skip
    assert re.findall(r'ref="(D[^"]*)">([^<]*)', part(out, SHEET)) == [
        ("D3:F3", "B3*{1,2,3}"), ("D4:F4", "B4*{1,2,3}"), ("D5:F5", "B5*{1,2,3}"),
    ]  # fmt: skip


def test_a_number_after_a_size_in_a_page_header(book: Workbook, tmp_path: Path) -> None:
    book["名册"].oddHeader.left.text = "x"
    head = "<oddHeader>&amp;L&amp;10{{count}}人&amp;R&amp;12{{maker}}</oddHeader>"
    out = filled(book, tmp_path, lambda file: changed(
        file, SHEET, lambda xml: re.sub("<oddHeader>.*?</oddHeader>", head, xml)
    ))  # fmt: skip
    assert "<oddHeader>&amp;L&amp;10 3人&amp;R&amp;12王</oddHeader>" in part(out, SHEET)


def test_a_chart_forgets_what_its_cells_held(book: Workbook, tmp_path: Path) -> None:
    chart = BarChart()
    chart.add_data(Reference(book["汇总"], min_col=1, min_row=1, max_row=1))
    book["汇总"]["A1"] = "{{count}}"
    book["汇总"].add_chart(chart, "C3")
    remembered = '<numCache><ptCount val="1"/><pt idx="0"><v>777</v></pt></numCache></numRef>'
    out = filled(book, tmp_path, lambda file: changed(
        file, "xl/charts/chart1.xml", lambda xml: xml.replace("</numRef>", remembered)
    ))  # fmt: skip
    assert "777" not in part(out, "xl/charts/chart1.xml") and "$A$1" in part(out, "xl/charts/chart1.xml")


def test_rich_texts_without_a_prefix_in_a_sheet_that_has_one(tmp_path: Path) -> None:
    from tests.exchange.rawbooks import package

    shared = "<si><r><rPr><b/></rPr><t>姓{{na</t></r><r><t>me}}</t></r></si>"
    package(tmp_path / "表.xlsx", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', shared=shared)
    changed(
        tmp_path / "表.xlsx",
        SHEET,
        lambda xml: re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml).replace("xmlns=", "xmlns:x="),
    )
    reports.fill(tmp_path / "表.xlsx", tmp_path / "填好.xlsx", once={}, rows=PEOPLE, fields={"name"})
    cell = load_workbook(tmp_path / "填好.xlsx", rich_text=True).active["A1"].value
    assert str(cell) == "姓居民1" and cell[0].font.b
