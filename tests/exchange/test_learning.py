"""A superior's form as it comes, and what each of its places is taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Border, Protection, Side

from app.domain import form_titles
from app.exchange import learning
from app.exchange.learning import FormSheet

THIN = Side(style="thin")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
Row = Sequence[Any]


def form(*rows: Row, merge: Sequence[str] = (), framed: str = "", protected: str = "") -> FormSheet:
    """The only sheet of a form of these rows. framed: cells with a border; protected: cells that may be written."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    for line in sheet[framed] if framed else ():
        for cell in line:
            cell.border = FRAME
    if protected:
        sheet.protection.sheet = True
        for line in sheet[protected]:
            for cell in line:
                cell.protection = Protection(locked=False)
    (found,) = learning.recognise(book, "培花新村第九居委会")
    return found


def texts(found: FormSheet) -> dict[str, str]:
    return {slot.cell: slot.text for slot in found.slots if slot.text}


def test_a_list_of_people_with_a_title_block_and_a_signature() -> None:
    found = form(
        ["花木街道来沪人员登记表"], ["填报单位：", None, "填表日期：    年  月  日"],
        ["序号", "姓 名", "身份证号码", "联系电话(手机)", "现住址"], [], [], [],
        ["填表人：", None, "审核人："],
        merge=["A1:E1"], framed="A3:E6",
    )  # fmt: skip
    assert (found.unit, found.header, found.body) == ("resident", (3, 3), (4, 6))
    assert texts(found) == {
        "A2": "填报单位：{{committee.name}}", "C2": "填表日期：{{today}}", "A4": "{{index}}", "B4": "{{name}}",
        "C4": "{{id_number}}", "D4": "{{phone}}", "E4": "{{path}}", "A7": "填表人：{{maker}}",
    }  # fmt: skip


def test_last_weeks_people_are_emptied_and_never_kept() -> None:
    found = form(["序号", "姓名", "电话"], [1, "王小明", "13800000000"], [2, "李芳", "13900000000"], framed="A1:C3")
    assert found.body == (2, 3)
    assert found.changes == {
        "A2": "{{index}}", "B2": "{{name}}", "C2": "{{phone}}", "B3": None, "C3": None,
    }  # fmt: skip


def test_a_formula_in_the_body_stays() -> None:
    found = form(["楼号", "户籍人数", "常住人数", "相差"], ["", None, None, "=B2-C2"], framed="A1:D2")
    assert found.unit == "building"
    assert "D2" not in found.changes
    assert texts(found)["B2"] == "{{户籍人口}}"


@pytest.mark.parametrize("below", ["合计", "小计", "总数", "计", "人数"])
@pytest.mark.parametrize("above", ["实有人口", "户籍人口", "常住人口"])
def test_the_sum_below_a_population_is_that_population(above: str, below: str) -> None:
    found = form(
        ["楼号", above, None, "户数"], [None, below, "男", None], [], merge=["B1:C1", "A1:A2", "D1:D2"], framed="A1:D3"
    )
    assert (texts(found)["B3"], texts(found)["C3"]) == ("{{" + above + "}}", "{{" + above + ":性别=男}}")


def test_two_line_headers_and_categories_as_columns() -> None:
    found = form(
        ["楼号", "户数", "性别", None, "60岁以上老人", "党员"], [None, None, "男", "女", None, None], [], ["合计"],
        merge=["A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2"], framed="A1:F4",
    )  # fmt: skip
    assert (found.unit, found.header, found.body) == ("building", (1, 2), (3, 3))
    assert texts(found) == {
        "A3": "{{building}}", "B3": "{{户数}}", "C3": "{{实有人口:性别=男}}", "D3": "{{实有人口:性别=女}}",
        "E3": "{{实有人口:年龄>=60}}", "F3": "{{实有人口:党员=是}}", "B4": "{{户数}}", "C4": "{{实有人口:性别=男}}",
        "D4": "{{实有人口:性别=女}}", "E4": "{{实有人口:年龄>=60}}", "F4": "{{实有人口:党员=是}}",
    }  # fmt: skip


def test_lines_that_the_superior_named_are_filled_where_they_stand() -> None:
    found = form(
        ["人员类别", "男", "女"],
        ["独居老人", None, None],
        ["残疾人", 3, 4],
        ["合计", "=SUM(B2:B3)", None],
        framed="A1:C4",
    )
    assert texts(found) == {
        "B2": "{{实有人口:性别=男,人群分类=独居}}", "C2": "{{实有人口:性别=女,人群分类=独居}}",
        "B3": "{{实有人口:性别=男,人群分类=残疾}}", "C3": "{{实有人口:性别=女,人群分类=残疾}}",
        "C4": "{{实有人口:性别=女}}",
    }  # fmt: skip
    assert found.emptied == ("B3", "C3")


def test_committees_in_the_superiors_order() -> None:
    found = form(
        ["居委会", "昨日在管", "今日新增", "今日解除", "在管人数"], ["由由一居委会", *[None] * 4], ["钦洋二居委会", *[None] * 4],
        framed="A1:E3",
    )  # fmt: skip
    assert texts(found)["C3"] == "{{今日新增:居委会=钦洋二居委会}}"
    assert texts(found)["E2"] == "{{今日在管:居委会=由由一居委会}}"


def test_labels_with_their_values_beside_them_and_our_own_name_in_the_title() -> None:
    found = form(
        ["培花新村第九居委会居家隔离日报"], ["统计时点", None, "填表人", "张三"],
        ["姓名", "隔离开始日期", "期满日期"], [], merge=["A1:D1"], framed="A3:C4",
    )  # fmt: skip
    assert found.unit == "isolation_case"
    assert texts(found) == {
        "A1": "{{committee.name}}居家隔离日报", "B2": "{{统计时点}}", "D2": "{{maker}}",
        "A4": "{{name}}", "B4": "{{start}}", "C4": "{{end}}",
    }  # fmt: skip


def test_labels_and_values_side_by_side_are_no_table() -> None:
    found = form(
        ["居委会基本情况表"], ["居委会名称", None, "总户数", None], ["实有人口", 120, "户籍人口", None],
        ["其中：60岁以上", None, "其中：80岁以上", None], ["独居老人", None, "楼栋数", None], ["填表人", None, "填表日期", None],
        merge=["A1:D1"], framed="A2:D6",
    )  # fmt: skip
    assert (found.header, found.body) == (None, None)
    assert texts(found) == {
        "B2": "{{committee.name}}", "D2": "{{户数}}", "B3": "{{实有人口}}", "D3": "{{户籍人口}}",
        "B4": "{{实有人口:年龄>=60}}", "D4": "{{户籍人口:年龄>=80}}", "B5": "{{实有人口:人群分类=独居}}",
        "B6": "{{maker}}", "D6": "{{today}}",
    }  # fmt: skip


def test_a_numbering_line_below_the_header_is_no_body() -> None:
    found = form(["姓名", "性别", "电话"], [1, 2, 3], [], framed="A1:C3")
    assert found.body == (3, 3)


def test_locked_cells_of_a_protected_sheet_get_no_marks() -> None:
    found = form(["填表人", None], ["姓名", "电话"], [], framed="A2:B3", protected="A3:B3")
    assert found.locked == ("B1",)
    assert found.changes == {"A3": "{{name}}", "B3": "{{phone}}"}


def test_what_nobody_understands_is_left_empty_and_shown() -> None:
    found = form(["姓名", "电话", "物业费缴纳情况"], [], framed="A1:C2")
    (unknown,) = [slot for slot in found.slots if not slot.text]
    assert (unknown.cell, unknown.title, unknown.confidence) == ("C2", "物业费缴纳情况", 0.0)


def test_a_sheet_with_marks_is_left_as_it_is() -> None:
    assert form(["姓名"], ["{{name}}"]).changes == {}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("60岁以上老人", "其中：男"), "实有人口:年龄>=60,性别=男"), (("户籍人口", "小计"), "户籍人口"), (("性别", "女"), "实有人口:性别=女"),
        (("常住人口", "14岁以下儿童"), "常住人口:年龄<14"), (("（一）户数",), "户数"), (("低保户", "男"), None), (("人数",), None),
        (("户籍人口", "常住人口"), None), (("14岁以下", "60岁以上"), "实有人口:年龄<14,年龄>=60"),
    ],
)  # fmt: skip
def test_words_over_and_beside_a_cell_say_together_what_it_counts(words: Sequence[str], expected: str | None) -> None:
    assert form_titles.counted(words) == expected


@pytest.mark.parametrize("title", ["占比", "同比", "较昨日增长", "入住率", "上周在管", "比上月增长%", "应登记人数"])
def test_columns_that_compare_are_nobodys(title: str) -> None:
    assert form_titles.column(title, "building") is None


@pytest.mark.parametrize(
    ("label", "title", "expected"),
    [
        ("女", "性别", "性别=女"), ("60周岁及以上", "年龄", "年龄>=60"), ("14岁以下", "", "年龄<14"), ("60-79岁", "", "年龄>=60,年龄<=79"),
        ("80岁以上独居老人", "", "年龄>=80,人群分类=独居"), ("12", "楼号", "楼号=12号"), ("培花新村", "小区", "小区=培花新村"),
        ("外省市来沪", "", "人员类别=外省市来沪"), ("今天天气", "", None), ("合计", "", None), ("", "", None),
    ],
)  # fmt: skip
def test_whom_a_line_counts(label: str, title: str, expected: str | None) -> None:
    assert form_titles.condition(label, title) == expected
