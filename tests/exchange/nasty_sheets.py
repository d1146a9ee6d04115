"""Nasty layouts: where the header stands, what is merged, hidden, repeated, left out or of another kind.

Longer than most files: it is a list of cases, one nasty thing each.
"""

from __future__ import annotations

from pathlib import Path

import docx
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from tests.exchange.nasty_case import GOOD, HEAD, PAPERS, mobile, nasty, people, save, sheet_of, who

A, B = (1, 101, "张三"), (1, 102, "李四")
BOTH = (who(), who("李四", "102"))


# ---------------------------------------------------------------- headers


@nasty(rows=BOTH)
def header_in_row_seven_below_notes(path: Path) -> None:
    notes = [
        ["居民花名册"],
        ["填表须知：姓名请按户口簿填写"],
        ["填报单位", "居委会"],
        [],
        ["日期", "2020年3月1日"],
        ["一式两份"],
    ]
    save(sheet_of([*notes, HEAD, A, B]), path)


@nasty(rows=[who(emergency_contacts=[{"name": "李四", "phone": "13812345678"}])])
def header_of_two_lines(path: Path) -> None:
    sheet = sheet_of(
        [["楼号", "室号", "姓名", "紧急联系人", ""], ["", "", "", "姓名", "电话"], [*A, "李四", 13812345678]]
    )
    sheet.merge_cells("D1:E1")
    save(sheet, path)


@nasty(rows=[who(emergency_contacts=[{"name": "李四", "phone": "13812345678"}])])
def header_of_three_lines(path: Path) -> None:
    lines = [["住址", "", "人员情况", "", ""], ["楼号", "室号", "姓名", "紧急联系人", ""], ["", "", "", "姓名", "电话"]]
    sheet = sheet_of([*lines, [*A, "李四", 13812345678]])
    for cells in ("A1:B1", "C1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        sheet.merge_cells(cells)
    save(sheet, path)


@nasty(rows=[who()])
def header_merged_downwards(path: Path) -> None:
    sheet = sheet_of([HEAD, [], A])
    for cells in ("A1:A2", "B1:B2", "C1:C2"):
        sheet.merge_cells(cells)
    save(sheet, path)


@nasty(rows=[who()])
def header_merged_sideways(path: Path) -> None:
    sheet = sheet_of([["楼号", "室号", "姓名", ""], A])
    sheet.merge_cells("C1:D1")
    save(sheet, path)


@nasty(rows=[who(phones=[mobile()])])
def title_with_a_hint_in_brackets(path: Path) -> None:
    save(sheet_of([["楼号(如12号)", "室号【必填】", "姓名（必填）", "电话(手机)"], [*A, "13812345678"]]), path)


@nasty(rows=[who(phones=[mobile()])])
def title_with_line_breaks(path: Path) -> None:
    save(sheet_of([["楼\n号", "室号\n", "姓 名", "电话\n(手机)"], [*A, "13812345678"]]), path)


@nasty(rows=[who(phones=[mobile()])])
def title_with_stars(path: Path) -> None:
    save(sheet_of([["*楼号", "室号*", "★姓名", "※ 联系电话："], [*A, "13812345678"]]), path)


@nasty(rows=[who()])
def title_with_a_unit(path: Path) -> None:
    save(sheet_of([["楼号（号）", "室号(室)", "姓名"], A]), path)


@nasty(rows=[who()])
def title_with_zero_width_characters(path: Path) -> None:
    save(sheet_of([["楼\u200b号", "\ufeff室号", "姓\u00a0名"], A]), path)


@nasty(rows=BOTH)
def header_repeated_on_each_printed_page(path: Path) -> None:
    save(sheet_of([["居民花名册"], HEAD, A, ["居民花名册"], HEAD, B]), path)


@nasty(rows=[who()])
def columns_numbered_below_the_header(path: Path) -> None:
    save(sheet_of([HEAD, [1, 2, 3], A]), path)


@nasty(rows=[who(phones=[mobile(), mobile("13912345678")])])
def duplicated_titles(path: Path) -> None:
    people(path, ["电话", "电话"], [13812345678, 13912345678])


@nasty(rows=[who()])
def title_misspelt(path: Path) -> None:
    save(sheet_of([["楼号", "室号", "性名"], A]), path)


@nasty(rows=[who(**PAPERS), who(**PAPERS), who(**PAPERS)])
def content_under_no_title(path: Path) -> None:
    people(path, [""], [GOOD], [GOOD], [GOOD])


@nasty(rows=[who(extra={"爱好": "书法", "接龙群": "甲"}), who(extra={"爱好": "篮球"})])
def columns_that_nobody_knows(path: Path) -> None:
    people(path, ["爱好", "接龙群"], ["书法", "甲"], ["篮球", ""])


@nasty(rows=[who(extra_sensitive={"精神病史": "有过"})])
def sensitive_column_that_nobody_knows(path: Path) -> None:
    people(path, ["精神病史"], ["有过"])


@nasty(".csv", rows=[who()])
def twenty_thousand_columns(path: Path) -> None:
    path.write_text(
        ",".join([*HEAD, *(f"列{n}" for n in range(20_000))]) + "\n1,101,张三" + "," * 20_000 + "\n", "utf-8"
    )


@nasty(".csv", refused="file-too-large")
def three_million_columns(path: Path) -> None:
    path.write_text(",".join([*HEAD, *[""] * 3_000_000]) + "\n1,101,张三\n", "utf-8")


@nasty(rows=[who()])
def last_column_of_the_sheet_used(path: Path) -> None:
    sheet = sheet_of([HEAD, A])
    sheet["XFD1"] = "备注"
    save(sheet, path)


# ---------------------------------------------------------------- tables and merged cells


@nasty(rows=[who(phones=[mobile()])], findings=["tables-left-out"])
def two_tables_stacked(path: Path) -> None:
    save(
        sheet_of([[*HEAD, "电话"], [*A, 13812345678], [], ["来访登记"], ["室号", "姓名", "楼号"], [102, "李四", 1]]),
        path,
    )


@nasty(rows=[who("李四", "102", phones=[mobile()])], findings=["tables-left-out"])
def richer_table_below_a_poorer_one(path: Path) -> None:
    save(sheet_of([HEAD, A, [], ["来访登记"], ["室号", "姓名", "楼号", "电话"], [102, "李四", 1, 13812345678]]), path)


@nasty(rows=[who("李四", "102")], findings=["tables-left-out"], options={"table": 2})
def second_of_two_stacked_tables_asked_for(path: Path) -> None:
    two_tables_stacked(path)


@nasty(rows=BOTH)
def two_tables_side_by_side(path: Path) -> None:
    save(sheet_of([[*HEAD, "", *HEAD], [*A, "", *B]]), path)


@nasty(rows=BOTH)
def two_tables_stacked_with_one_kind_of_header(path: Path) -> None:
    save(sheet_of([["居民花名册"], HEAD, A, [], ["居民花名册（续）"], HEAD, B]), path)


@nasty(rows=[who(), who("李四", "102"), who("王五", "103")])
def building_cells_merged(path: Path) -> None:
    sheet = sheet_of([HEAD, A, ["", 102, "李四"], ["", 103, "王五"]])
    sheet.merge_cells("A2:A4")
    save(sheet, path)


@nasty(rows=[who(), who("李四"), who("王五", "102")])
def household_cells_merged(path: Path) -> None:
    sheet = sheet_of([HEAD, A, ["", "", "李四"], [1, 102, "王五"]])
    for cells in ("A2:A3", "B2:B3"):
        sheet.merge_cells(cells)
    save(sheet, path)


@nasty(rows=BOTH, findings=["row-total"])
def totals_row(path: Path) -> None:
    save(sheet_of([["序号", *HEAD], [1, *A], [2, *B], ["合　计", "", "", "2人"]]), path)


@nasty(rows=BOTH, findings=["row-signature"])
def signature_row(path: Path) -> None:
    save(sheet_of([HEAD, A, B, [], ["填表人：王某", "", "审核人：李某"], ["", "", "2020年3月1日"]]), path)


@nasty(rows=BOTH, findings=["row-footnote"])
def footnote_row(path: Path) -> None:
    save(sheet_of([HEAD, A, B, ["注：1. 本表一式两份。2. 姓名按户口簿填写。"]]), path)


@nasty(rows=[who()], findings=["row-example"])
def example_row(path: Path) -> None:
    save(sheet_of([["序号", *HEAD], ["示例", 12, 302, "某某"], [1, *A]]), path)


@nasty(rows=BOTH)
def blank_rows_in_between(path: Path) -> None:
    save(sheet_of([HEAD, [], A, [], [], ["", " ", ""], B]), path)


# ---------------------------------------------------------------- hidden things


def _hidden_row(path: Path) -> None:
    sheet = sheet_of([HEAD, A, B])
    sheet.row_dimensions[3].hidden = True
    save(sheet, path)


@nasty(rows=[who()], findings=["rows-hidden"])
def hidden_row(path: Path) -> None:
    _hidden_row(path)


@nasty(rows=BOTH, options={"hidden": True})
def hidden_row_asked_for(path: Path) -> None:
    _hidden_row(path)


@nasty(rows=[who()], findings=["rows-hidden"])
def row_filtered_away(path: Path) -> None:
    sheet = sheet_of([HEAD, A, B])
    sheet.auto_filter.ref = "A1:C3"
    sheet.auto_filter.add_filter_column(2, ["张三"])
    sheet.row_dimensions[3].hidden = True
    save(sheet, path)


@nasty(rows=[who(phones=[mobile()])], findings=["columns-hidden"])
def hidden_column(path: Path) -> None:
    sheet = sheet_of([[*HEAD, "电话"], [*A, 13812345678]])
    sheet.column_dimensions["D"].hidden = True
    save(sheet, path)


def _second_sheet(path: Path, state: str) -> None:
    sheet = sheet_of([HEAD, A])
    sheet_of([HEAD, B], title="旧表", into=sheet.parent).sheet_state = state
    save(sheet, path)


@nasty(rows=[who()], findings=["sheets-hidden"])
def hidden_sheet(path: Path) -> None:
    _second_sheet(path, "hidden")


@nasty(rows=[who("李四", "102")], options={"hidden": True, "sheet": "旧表"})
def hidden_sheet_asked_for(path: Path) -> None:
    _second_sheet(path, "hidden")


@nasty(rows=[who()], findings=["sheets-hidden"])
def very_hidden_sheet(path: Path) -> None:
    _second_sheet(path, "veryHidden")


# ---------------------------------------------------------------- sheets


@nasty(rows=[who()], findings=["sheets-left-out"])
def twin_sheets(path: Path) -> None:
    _second_sheet(path, "visible")


@nasty(rows=BOTH, options={"all_sheets": True})
def twin_sheets_read_as_one(path: Path) -> None:
    _second_sheet(path, "visible")


@nasty(rows=[who(building="12号")])
def sheet_named_after_a_building(path: Path) -> None:
    save(sheet_of([["室号", "姓名"], [101, "张三"]], title="12号楼"), path)


@nasty(rows=[who()])
def sheet_name_with_quotes(path: Path) -> None:
    save(sheet_of([HEAD, A], title="王'五\"家 & <册>"), path)


@nasty(refused="sheet-empty")
def empty_workbook(path: Path) -> None:
    Workbook().save(path)


@nasty(refused="sheet-no-people")
def header_only(path: Path) -> None:
    save(sheet_of([HEAD]), path)


@nasty(refused="sheet-no-header")
def table_of_something_else(path: Path) -> None:
    save(sheet_of([["车牌", "金额"], ["沪A12345", 3]]), path)


@nasty(refused="sheet-empty")
def chart_sheet_only(path: Path) -> None:
    book = Workbook()
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=2))
    book.create_chartsheet("图").add_chart(chart)
    book.remove(book["Sheet"])
    book.save(path)


# ---------------------------------------------------------------- Word and the clipboard


@nasty(".docx", rows=BOTH)
def word_table(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("居民花名册")
    table = document.add_table(0, 3)
    for row in (HEAD, A, B):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    document.save(str(path))


@nasty(".docx", rows=[who(), who("李四"), who("王五", "102")])
def word_table_with_merged_cells(path: Path) -> None:
    document = docx.Document()
    table = document.add_table(0, 3)
    for row in (HEAD, A, ("", "", "李四"), (1, 102, "王五")):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    for column in (0, 1):
        merged = table.cell(1, column).merge(table.cell(2, column))
        merged.text = merged.text.strip()
    document.save(str(path))


@nasty(".docx", refused="document-no-tables")
def word_document_without_a_table(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("通知：请各位居民于三月五日前登记。")
    document.save(str(path))


@nasty(".txt", rows=BOTH, pasted=True)
def pasted_from_excel(path: Path) -> None:
    path.write_bytes("楼号\t室号\t姓名\r\n1\t101\t张三\r\n1\t102\t李四\r\n".encode())


@nasty(".txt", rows=[who(note="一 二"), who("李四", "102")], pasted=True)
def pasted_cell_with_a_line_break(path: Path) -> None:
    path.write_bytes('楼号\t室号\t姓名\t备注\r\n1\t101\t张三\t"一\n二"\r\n1\t102\t李四\t\r\n'.encode())


@nasty(".txt", rows=[who(), who("李四")], pasted=True)
def pasted_as_html_with_merged_cells(path: Path) -> None:
    path.write_text(
        "<html><body><table><tr><td>楼号</td><td>室号</td><td>姓名</td></tr>"
        "<tr><td rowspan=2>1</td><td rowspan=2>101</td><td>张三</td></tr><tr><td>李四</td></tr></table></body></html>",
        "utf-8",
    )
