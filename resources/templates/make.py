"""Makes the forms that come with the program: run it after changing it, and commit the result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

Column = tuple[str, str, float]
"""Title, text of the cell below it, width in characters."""

PEOPLE: list[Column] = [
    ("序号", "{{index}}", 6), ("姓名", "{{name}}", 11), ("性别", "{{sex}}", 6), ("出生年份", "{{birth_year}}", 9),
    ("地址", "{{path}}", 38), ("联系电话", "{{phone}}", 15), ("与户主关系", "{{relation}}", 11), ("居住类型", "{{residence_kind}}", 9),
    ("人户情况", "{{situation}}", 12), ("党员", "{{party_member}}", 6), ("备注", "{{note}}", 18),
]  # fmt: skip
BALANCE: list[Column] = [
    ("序号", "{{index}}", 6), ("居委会／楼号", "{{path}}", 44), ("昨日在管", "{{昨日在管}}", 12), ("今日新增", "{{今日新增}}", 12),
    ("今日解除", "{{解除}}", 12), ("今日转出", "{{转出}}", 12), ("今日在管", "{{今日在管}}", 12),
    ("核对", '=IF(C{row}+D{row}-E{row}-F{row}=G{row},"平","不平")', 10),
]  # fmt: skip
CASES: list[Column] = [
    ("序号", "{{index}}", 6), ("姓名", "{{name}}", 10), ("性别", "{{sex}}", 6), ("年龄", "{{age}}", 6), ("地址", "{{path}}", 36),
    ("联系电话", "{{phone}}", 14), ("措施", "{{measure}}", 10), ("开始日期", "{{start}}", 12), ("期满日期", "{{end}}", 12),
    ("第几天", "{{total_day}}", 7), ("总天数", "{{total_days}}", 7), ("状态", "{{state}}", 12), ("居委责任人", "{{officer_name}}", 11),
    ("社区民警", "{{police_name}}", 10), ("社区医生", "{{doctor_name}}", 10),
]  # fmt: skip
ARRIVALS: list[Column] = [
    ("序号", "{{index}}", 6), ("姓名", "{{name}}", 10), ("性别", "{{sex}}", 6), ("年龄", "{{age}}", 6), ("人员类别", "{{class}}", 11),
    ("联系电话", "{{phone}}", 14), ("在沪地址", "{{path}}", 36), ("来源地", "{{origin}}", 14), ("境外", "{{overseas}}", 6),
    ("抵沪日期", "{{arrived_on}}", 12), ("交通方式", "{{transport}}", 9), ("航班车次", "{{transport_no}}", 11),
    ("接转状态", "{{state}}", 10), ("备注", "", 14),
]  # fmt: skip
ALONE: list[Column] = [
    ("序号", "{{index}}", 6), ("姓名", "{{name}}", 11), ("性别", "{{sex}}", 6), ("年龄", "{{age}}", 6), ("地址", "{{path}}", 38),
    ("联系电话", "{{phone}}", 15), ("人群分类", "{{care_groups}}", 18), ("紧急联系人", "{{emergency_name}}", 12),
    ("紧急联系电话", "{{emergency_phone}}", 15), ("备注", "{{note}}", 22),
]  # fmt: skip
_LINE = Side(style="thin", color="B7BFC8")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_MIDDLE = Alignment(vertical="center", wrap_text=True)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
_NARROW = 12.0
"""Columns up to this width hold short words and numbers, which stand in the middle."""
_BOLD = Font(name="Calibri", bold=True)
_SHADE = PatternFill("solid", fgColor="E3F0FA")


def _sheet(book: Workbook, name: str, title: str, below: str, columns: Sequence[Column]) -> Any:
    """A sheet with title, a line below it, header and one line of marks; A4 across, the header on every page."""
    sheet = book.create_sheet(name)
    last = len(columns)
    for row, text in ((1, title), (2, below)):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        sheet.cell(row, 1, text)
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    for column, (head, mark, wide) in enumerate(columns, 1):
        top, cell = sheet.cell(3, column, head), sheet.cell(4, column, mark.replace("{row}", "4") or None)
        top.font = _BOLD
        top.fill = _SHADE
        for each in (top, cell):
            each.border, each.alignment = _GRID, _CENTRED if wide <= _NARROW else _MIDDLE
        sheet.column_dimensions[top.column_letter].width = wide
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return sheet


def _totals(sheet: Any, columns: Sequence[Column], summed: range) -> None:
    """A line of totals under the marks; it moves down with them."""
    for column, (_, mark, wide) in enumerate(columns, 1):
        letter = get_column_letter(column)
        cell = sheet.cell(5, column, f"=SUM({letter}4:{letter}4)" if column in summed else None)
        if mark.startswith("="):
            cell.value = mark.replace("{row}", "5")
        cell.font, cell.border, cell.fill = _BOLD, _GRID, _SHADE
        cell.alignment = _CENTRED if wide <= _NARROW else _MIDDLE
    sheet["B5"] = "合计"


def _paged(sheet: Any) -> None:
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def residents(path: Path) -> None:
    book = Workbook()
    book.remove(book.active)
    _sheet(
        book,
        "居民名册",
        "{{committee.name}}居民名册",
        "共 {{count}} 人　填表人：{{maker}}　填表日期：{{today}}",
        PEOPLE,
    )
    book.save(path)


def isolation(path: Path) -> None:
    """The daily report of home isolation: the balance by building (at the centre by committee), and the cases."""
    book = Workbook()
    book.remove(book.active)
    said = "统计时点：{{统计时点}}　数据截至：{{数据截至}}　填表人：{{maker}}　{{零报告}}"
    report = _sheet(book, "日报", "{{committee.name}}居家隔离健康观察日报{{更正}}", said, BALANCE)
    _totals(report, BALANCE, range(3, 8))
    report.merge_cells("A6:H6")
    report["A6"] = (
        "口径：在管为截至统计时点已登记的在管、待结果、期满待解除人员，不含待接；昨日在管为前一日同一时点的数字。"
        "昨日在管＋今日新增－今日解除－今日转出＝今日在管。转出含转集中、转院。"
    )
    report["A6"].alignment, report["A6"].font = _MIDDLE, Font(size=9, color="5A6672")
    report.row_dimensions[6].height = 30
    _paged(report)
    _paged(_sheet(book, "明细", "{{committee.name}}居家隔离健康观察明细", said, CASES))
    book.save(path)


def arrivals(path: Path) -> None:
    book = Workbook()
    book.remove(book.active)
    said = "共 {{count}} 人次，其中今日抵沪 {{今日抵沪}} 人次　统计时点：{{统计时点}}　填表人：{{maker}}　{{零报告}}"
    _paged(_sheet(book, "来沪返沪", "{{committee.name}}来沪返沪人员台账{{更正}}", said, ARRIVALS))
    book.save(path)


def elderly_alone(path: Path) -> None:
    book = Workbook()
    book.remove(book.active)
    said = (
        "共 {{count}} 人，其中 80 岁及以上 {{实有人口:独居老人=是,年龄>=80}} 人　口径：实有人口中独居、孤老，60 岁及以上或年龄不详"
        "　填表人：{{maker}}　填表日期：{{today}}　{{零报告}}"
    )
    _paged(_sheet(book, "独居老人", "{{committee.name}}独居老人台账", said, ALONE))
    book.save(path)


FORMS = {"居民名册": residents, "居家隔离日报": isolation, "来沪返沪台账": arrivals, "独居老人台账": elderly_alone}

if __name__ == "__main__":
    for name, make in FORMS.items():
        make(Path(__file__).with_name(f"{name}.xlsx"))
