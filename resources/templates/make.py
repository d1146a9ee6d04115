"""Makes the form 居民名册.xlsx that comes with the program: run it after changing it, and commit the result."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

COLUMNS = [
    ("序号", "{{index}}", 6), ("姓名", "{{name}}", 11), ("性别", "{{sex}}", 6), ("出生年份", "{{birth_year}}", 9),
    ("地址", "{{path}}", 38), ("联系电话", "{{phone}}", 15), ("与户主关系", "{{relation}}", 11), ("居住类型", "{{residence_kind}}", 9),
    ("人户情况", "{{situation}}", 12), ("党员", "{{party_member}}", 6), ("备注", "{{note}}", 18),
]  # fmt: skip


def make(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "居民名册"
    last = len(COLUMNS)
    thin = Side(style="thin", color="B7BFC8")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=last)
    sheet["A1"] = "{{committee.name}}居民名册"
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=last)
    sheet["A2"] = "共 {{count}} 人　填表人：{{maker}}　填表日期：{{today}}"
    for column, (title, mark, wide) in enumerate(COLUMNS, 1):
        head, cell = sheet.cell(3, column, title), sheet.cell(4, column, mark)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E3F0FA")
        for each in (head, cell):
            each.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            each.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[head.column_letter].width = wide
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.save(path)


if __name__ == "__main__":
    make(Path(__file__).with_name("居民名册.xlsx"))
