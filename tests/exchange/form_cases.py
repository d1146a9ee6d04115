"""Forms as committees get them from their street, district or bureau, and what each place of them is to be taken for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation

THIN = Side(style="thin")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
OWN = "培花新村第九居委会"
Row = Sequence[Any]


@dataclass(frozen=True)
class Case:
    """rows: of the first sheet. marks: {cell: text}, all that is put in. emptied: cells; notes: codes. open: cells that a
    protected sheet lets people write in, "" for a sheet without protection."""

    name: str
    rows: Sequence[Row]
    marks: dict[str, str]
    unit: str = "resident"
    body: tuple[int, int] | None = None
    merge: Sequence[str] = ()
    framed: Sequence[str] = ()
    emptied: Sequence[str] | None = None
    notes: Sequence[str] = ()
    unknown: Sequence[str] = ()
    open: str = ""
    dates: Sequence[str] = ()
    title: str = "Sheet1"
    committees: Sequence[str] = ()
    more: dict[str, Sequence[Row]] = field(default_factory=dict)

    def book(self) -> Workbook:
        book = Workbook()
        sheet = book.active
        sheet.title = self.title
        for row in self.rows:
            sheet.append(row)
        for area in self.merge:
            sheet.merge_cells(area)
        for area in self.framed:
            for line in sheet[area]:
                for cell in line:
                    cell.border = FRAME
        for cell in self.dates:
            sheet[cell].number_format = "yyyy-mm-dd"
        if self.open:
            sheet.protection.sheet = True
            for line in sheet[self.open]:
                for cell in line:
                    cell.protection = Protection(locked=False)
        for title, rows in self.more.items():
            other = book.create_sheet(title)
            for row in rows:
                other.append(row)
        return book


def lively(case: Case) -> Workbook:
    """The form with a drop-down, a conditional format and a hidden sheet, as bureaus like them."""
    book = case.book()
    sheet = book.worksheets[0]
    choice = DataValidation(type="list", formula1='"男,女"', allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add("C4:C23")
    red = PatternFill(start_color="FFFFC7CE", end_color="FFFFC7CE", fill_type="solid")
    sheet.conditional_formatting.add("D4:D23", CellIsRule(operator="greaterThan", formula=["80"], fill=red))
    hidden = book.create_sheet("代码")
    hidden["A1"], hidden["A2"] = "姓名", "电话"
    hidden.sheet_state = "hidden"
    return book


NUMBERED = Case(
    "二十个带序号的空行，多行抬头",
    [
        ["花木街道办事处"], ["重点人员情况登记表"], ["序号", "姓名", "性别", "年龄", "身份证号", "联系电话", "居住地址", "备注"],
        *[[number] for number in range(1, 21)], ["填表人：", None, None, "审核人：", None, "填表日期：  年  月  日"],
    ],
    {"A4": "{{index}}", "B4": "{{name}}", "C4": "{{sex}}", "D4": "{{age}}", "E4": "{{id_number}}", "F4": "{{phone}}", "G4": "{{path}}",
     "H4": "{{note}}", "A24": "填表人：{{maker}}", "F24": "填表日期：{{today}}"},
    body=(4, 23), merge=["A1:H1", "A2:H2"], framed=["A3:H23"], emptied=["A4"],
)  # fmt: skip

CASES = (
    NUMBERED,
    Case(
        "总数表在名单上面",
        [
            ["人口情况汇总"], ["人员类别", "合计", "男", "女"], ["60岁以上老人", None, None, None], ["残疾人", None, None, None],
            ["人员名单"], ["序号", "姓名", "性别", "联系电话"], [1, "去年的人", "男", "13711112222"], [2],
        ],
        {"B3": "{{实有人口:年龄>=60}}", "C3": "{{实有人口:性别=男,年龄>=60}}", "D3": "{{实有人口:性别=女,年龄>=60}}",
         "B4": "{{实有人口:人群分类=残疾}}", "C4": "{{实有人口:性别=男,人群分类=残疾}}", "D4": "{{实有人口:性别=女,人群分类=残疾}}",
         "A7": "{{index}}", "B7": "{{name}}", "C7": "{{sex}}", "D7": "{{phone}}"},
        body=(7, 8), merge=["A1:D1", "A5:D5"], framed=["A2:D4", "A6:D8"], emptied=["A7", "B7", "C7", "D7"],
    ),
    Case(
        "一张表两份不同的名单",
        [
            ["一、楼组情况"], ["楼号", "楼组长姓名", "户数"], [], [], ["二、居民名单"], ["姓名", "性别", "身份证号", "联系电话", "居住地址"], [], [],
        ],
        {"A7": "{{name}}", "B7": "{{sex}}", "C7": "{{id_number}}", "D7": "{{phone}}", "E7": "{{path}}"},
        body=(7, 8), merge=["A1:E1", "A5:E5"], framed=["A2:C4", "A6:E8"], notes=["form-note-second-list"],
    ),
    Case(
        "每页重复表头",
        [
            ["序号", "姓名", "联系电话"], [1], [2], [3], ["序号", "姓名", "联系电话"], [4, "去年的人", "13711112222"], [5],
        ],
        {"A2": "{{index}}", "B2": "{{name}}", "C2": "{{phone}}"},
        body=(2, 4), framed=["A1:C7"], emptied=["A2", "A6", "B6", "C6"], notes=["form-note-page"],
    ),
    Case(
        "合计在第一行",
        [["楼号", "户数", "户籍人口", "常住人口"], ["合计", 10, 20, 30], [], []],
        {"A3": "{{building}}", "B3": "{{户数}}", "C3": "{{户籍人口}}", "D3": "{{常住人口}}", "B2": "{{户数}}", "C2": "{{户籍人口}}",
         "D2": "{{常住人口}}"},
        unit="building", body=(3, 4), framed=["A1:D4"],
    ),
    Case(
        "上级按楼号列好的行",
        [["楼号", "户数", "实有人口", "其中：", None], [None, None, None, "男", "女"], ["1号"], ["2号"], ["3号"], ["合计", "=SUM(B3:B5)"]],
        {"B3": "{{户数:楼号=1号}}", "C3": "{{实有人口:楼号=1号}}", "D3": "{{实有人口:性别=男,楼号=1号}}", "E3": "{{实有人口:性别=女,楼号=1号}}",
         "B4": "{{户数:楼号=2号}}", "C4": "{{实有人口:楼号=2号}}", "D4": "{{实有人口:性别=男,楼号=2号}}", "E4": "{{实有人口:性别=女,楼号=2号}}",
         "B5": "{{户数:楼号=3号}}", "C5": "{{实有人口:楼号=3号}}", "D5": "{{实有人口:性别=男,楼号=3号}}", "E5": "{{实有人口:性别=女,楼号=3号}}",
         "C6": "{{实有人口}}", "D6": "{{实有人口:性别=男}}", "E6": "{{实有人口:性别=女}}"},
        unit="building", body=(3, 5), merge=["A1:A2", "B1:B2", "C1:C2", "D1:E1"], framed=["A1:E6"],
    ),
    Case(
        "老年人口分段，带小计和占比",
        [
            ["楼号", "60岁以上老人", None, None, "占比"], [None, "小计", "男", "女", None], [], ["合计", None, None, None, "35%"],
        ],
        {"A3": "{{building}}", "B3": "{{实有人口:年龄>=60}}", "C3": "{{实有人口:年龄>=60,性别=男}}", "D3": "{{实有人口:年龄>=60,性别=女}}",
         "B4": "{{实有人口:年龄>=60}}", "C4": "{{实有人口:年龄>=60,性别=男}}", "D4": "{{实有人口:年龄>=60,性别=女}}"},
        unit="building", body=(3, 3), merge=["A1:A2", "B1:D1", "E1:E2"], framed=["A1:E4"], emptied=["E4"], unknown=["E3"],
    ),
    Case(
        "看不懂的大类下面的男女不能当作全部人口",
        [["楼号", "户数", "低保户", None], [None, None, "男", "女"], []],
        {"A3": "{{building}}", "B3": "{{户数}}"},
        unit="building", body=(3, 3), merge=["A1:A2", "B1:B2", "C1:D1"], framed=["A1:D3"], unknown=["C3", "D3"],
    ),
    Case(
        "同比环比不动",
        [["居委会", "今日在管", "同比", "较昨日增长"], ["由由一居委会", None, "3%", 2], ["钦洋二居委会", None, None, None]],
        {"B2": "{{今日在管:居委会=由由一居委会}}", "B3": "{{今日在管:居委会=钦洋二居委会}}"},
        unit="committee", body=(2, 3), framed=["A1:D3"], emptied=[], unknown=["C2", "D2", "C3", "D3"],
    ),
    Case(
        "指标一行一个",
        [["指标", "人数"], ["一、实有人口", None], ["其中：男", None], ["二、户籍人口", None], ["三、户数", None], ["四、文明城区得分", None]],
        {"B2": "{{实有人口}}", "B3": "{{实有人口:性别=男}}", "B4": "{{户籍人口}}", "B5": "{{户数}}"},
        unit="resident", body=(2, 6), framed=["A1:B6"], unknown=["B6"],
    ),
    Case(
        "只有一行数",
        [["户数", "实有人口", "户籍人口", "党员"], [10, 25, 30, 4], ["说明：按实际居住填写"]],
        {"A2": "{{户数}}", "B2": "{{实有人口}}", "C2": "{{户籍人口}}", "D2": "{{实有人口:党员=是}}"},
        unit="building", body=(2, 2), merge=["A3:D3"], framed=["A1:D2"], emptied=["A2", "B2", "C2", "D2"],
    ),
    Case(
        "隔离日报，统计时点和填表人在抬头",
        [
            ["居家隔离日报表"], ["统计时点：", None, None, "填表人：", None], ["居委会", "昨日在管", "今日新增", "今日解除", "今日在管"], [OWN],
        ],
        {"A2": "统计时点：{{统计时点}}", "D2": "填表人：{{maker}}", "A4": "{{committee.name}}", "B4": "{{昨日在管}}", "C4": "{{今日新增}}",
         "D4": "{{解除}}", "E4": "{{今日在管}}"},
        unit="committee", body=(4, 4), merge=["A1:E1"], framed=["A3:E4"],
    ),
    Case(
        "隔离名单的日期列",
        [["姓名", "隔离开始日期", "期满日期", "隔离方式"], []],
        {"A2": "{{name}}", "B2": "{{start}}", "C2": "{{end}}", "D2": "{{measure}}"},
        unit="isolation_case", body=(2, 2), framed=["A1:D2"], dates=["B2", "C2"],
    ),
    Case(
        "来沪返沪登记",
        [["序号", "姓名", "联系电话", "出发地", "抵沪日期", "交通方式"], [1], [2], [3]],
        {"A2": "{{index}}", "B2": "{{name}}", "C2": "{{phone}}", "D2": "{{origin}}", "E2": "{{arrived_on}}", "F2": "{{transport}}"},
        unit="arrival", body=(2, 4), framed=["A1:F4"],
    ),
    Case(
        "每户一行",
        [["序号", "详细地址", "户主", "户主电话", "人数"], [], []],
        {"A2": "{{index}}", "B2": "{{path}}", "C2": "{{head}}", "D2": "{{head_phone}}", "E2": "{{persons}}"},
        unit="household", body=(2, 3), framed=["A1:E3"],
    ),
    Case(
        "两行表头：基本信息和联系方式",
        [["序号", "基本信息", None, None, "联系方式", None], [None, "姓名", "性别", "出生日期", "手机", "地址"], [], []],
        {"A3": "{{index}}", "B3": "{{name}}", "C3": "{{sex}}", "D3": "{{birth_date}}", "E3": "{{phone}}", "F3": "{{path}}"},
        body=(3, 4), merge=["A1:A2", "B1:D1", "E1:F1"], framed=["A1:F4"],
    ),
    Case(
        "栏号行和说明",
        [["姓名", "性别", "民族", "文化程度"], ["甲", 1, 2, 3], [], ["备注：本表一式两份"]],
        {"A3": "{{name}}", "B3": "{{sex}}", "C3": "{{ethnicity}}", "D3": "{{education}}"},
        body=(3, 3), merge=["A4:D4"], framed=["A1:D3"], emptied=[],
    ),
    Case(
        "表身没有锁的保护表",
        [["填表人", None], ["姓名", "联系电话"], []],
        {"A3": "{{name}}", "B3": "{{phone}}"},
        body=(3, 3), framed=["A2:B3"], open="A3:B3",
    ),
    Case(
        "表身锁住的保护表",
        [["填表人", None], ["姓名", "联系电话"], ["去年的人", None]],
        {"B1": "{{maker}}"},
        body=(3, 3), framed=["A2:B3"], open="A1:B1", emptied=[], notes=["form-note-locked"],
    ),
    Case(
        "别的居委会的一页", [["姓名", "联系电话"], []], {}, unit="", framed=["A1:B2"], title="由由一居委会",
        notes=["form-note-other-committee"],
    ),
    Case(
        "街道的表，每个居委会一页",
        [["人员类别", "男", "女"], ["残疾人", None, None], ["合计", None, "=SUM(C2)"]],
        {"B2": "{{实有人口:性别=男,人群分类=残疾,居委会=由由一居委会}}", "C2": "{{实有人口:性别=女,人群分类=残疾,居委会=由由一居委会}}",
         "B3": "{{实有人口:性别=男,居委会=由由一居委会}}"},
        unit="building", body=(2, 2), framed=["A1:C3"], title="由由一居委", committees=["由由一居委会", "钦洋二居委会"],
    ),
    Case(
        "街道的表，每个居委会一行",
        [["居委会", "昨日在管", "今日在管"], [], [], ["合计", "=SUM(B2:B3)", "=SUM(C2:C3)"]],
        {"A2": "{{name}}", "B2": "{{昨日在管}}", "C2": "{{今日在管}}"},
        unit="committee", body=(2, 3), framed=["A1:C4"], committees=["由由一居委会", "钦洋二居委会"],
    ),
    Case(
        "一行看不懂的数不填",
        [["人员类别", "男", "女"], ["低保户", None, None]], {},
        unit="building", body=(2, 2), framed=["A1:C2"], emptied=[], unknown=["B2", "C2"],
    ),
    Case(
        "别的软件的标记",
        [["统计"], [None, None, "时间：{date}"], ["姓名", "数字", "性别"], ["{.name}", "{.number}", "{.sex}"], [None, None, "统计:{total}"]],
        {"C2": "时间：{{today}}", "A4": "{{name}}", "C4": "{{sex}}", "C5": "统计:{{count}}"},
        body=(4, 4), merge=["A1:C1"], emptied=["B4"], unknown=["B4"],
    ),
    Case(
        "说明栏里的话不动",
        [["楼号", "实有人口"], [], ["备注：", "数据以实地走访为准"], ["说明：实有人口不含寄挂户口"]],
        {"A2": "{{building}}", "B2": "{{实有人口}}"},
        unit="building", body=(2, 2), framed=["A1:B2"], merge=["A4:B4"], emptied=[],
    ),
)  # fmt: skip
