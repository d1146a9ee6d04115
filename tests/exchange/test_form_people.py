"""Whom a superior's form still holds beside its list: said before it is kept, and not kept with it."""

from __future__ import annotations

import html
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from app.exchange.emptying import emptied
from app.exchange.form_people import Held, held
from app.exchange.package import opened
from tests.exchange import test_emptying

ID, PHONE = "310115195803120010", "13711112222"


def book(tmp_path: Path, hidden: list[list[Any]] | None = None, drop: str = "", name: str = "") -> Path:
    """A list with nothing in it; hidden: lines of a sheet 底册; drop: formula of a drop-down; name: what 选项 refers to."""
    made = Workbook()
    sheet = made.active
    sheet.title = "名单"
    sheet.append(["姓名", "联系电话"])
    for line in hidden or ():
        if "底册" not in made.sheetnames:
            made.create_sheet("底册").sheet_state = "hidden"
        made["底册"].append(line)
    if drop:
        sheet.add_data_validation(DataValidation("list", drop, sqref="A2:A9"))
    if name:
        made.defined_names["选项"] = DefinedName("选项", attr_text=name)
    made.save(tmp_path / "表.xlsx")
    return tmp_path / "表.xlsx"


def texts(workbook: bytes) -> str:
    """openpyxl writes characters as their numbers."""
    return html.unescape(test_emptying.texts(workbook))


def found(path: Path) -> list[Held]:
    with opened(path) as package:
        return held(package)


@pytest.mark.parametrize(
    "line",
    [["王建国", PHONE], ["王建国", int(PHONE)], ["李秀英", ID], ["", f"王建国 {PHONE}"], ["", "+86 137-1111-2222"]],
)
def test_a_hidden_sheet_that_lists_people_is_emptied_and_said(tmp_path: Path, line: list[Any]) -> None:
    path = book(tmp_path, [["姓名", "电话"], line])
    assert found(path) == [Held("底册", "form-note-hidden-people")]
    kept = emptied(path.read_bytes())
    rows = list(load_workbook(io.BytesIO(kept))["底册"].iter_rows(values_only=True))
    assert not any(value for row in rows for value in row)
    for secret in ("王建国", "李秀英", PHONE, ID, "1111-2222"):
        assert secret not in texts(kept)


def test_names_alone_below_their_title_are_people_too(tmp_path: Path) -> None:
    path = book(tmp_path, [["序号", "姓名"], [1, "王建国"]])
    assert found(path) == [Held("底册", "form-note-hidden-people")]
    assert "王建国" not in texts(emptied(path.read_bytes()))


def test_whoever_wants_it_keeps_the_sheet_without_numbers(tmp_path: Path) -> None:
    kept = texts(emptied(book(tmp_path, [["王建国", PHONE]]).read_bytes(), frozenset({"底册"})))
    assert "王建国" in kept and PHONE not in kept


@pytest.mark.parametrize(("drop", "name"), [("底册!$A$1:$A$2", ""), ("选项", "底册!$A$1:$A$2")])
def test_a_hidden_sheet_that_drop_downs_need_stays(tmp_path: Path, drop: str, name: str) -> None:
    path = book(tmp_path, [["王建国", PHONE], ["李秀英", ""]], drop, name)
    assert found(path) == [Held("底册", "form-note-hidden-needed")]
    kept = texts(emptied(path.read_bytes()))
    assert "王建国" in kept and "李秀英" in kept and PHONE not in kept


def test_a_hidden_sheet_of_choices_is_nobodys(tmp_path: Path) -> None:
    path = book(tmp_path, [["户籍居民"], ["外省市来沪"], ["13812345"], ["310115195803120011"]])
    assert found(path) == [] and "外省市来沪" in texts(emptied(path.read_bytes()))


def test_a_line_that_nobody_took_for_a_list(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = load_workbook(path)
    made["名单"]["H20"], made["名单"]["I20"], made["名单"]["J20"] = "王建国", int(PHONE), "联系电话"
    made.save(path)
    assert found(path) == [Held("名单", "form-note-people", ("H20", "I20"))]
    sheet = load_workbook(io.BytesIO(emptied(path.read_bytes())))["名单"]
    assert [sheet[cell].value for cell in ("A1", "H20", "I20", "J20")] == ["姓名", None, None, "联系电话"]


def test_of_a_longer_text_the_number_goes(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = load_workbook(path)
    made["名单"]["A20"] = f"请于每周五前报送，问街道电话{PHONE}"
    made.save(path)
    sheet = load_workbook(io.BytesIO(emptied(path.read_bytes())))["名单"]
    assert sheet["A20"].value == "请于每周五前报送，问街道电话"


def test_a_comment_with_a_number_is_emptied_and_another_stays(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = load_workbook(path)
    made["名单"]["A1"].comment = Comment(f"王建国 {PHONE} 已核", "街道")
    made["名单"]["B1"].comment = Comment("请填手机号", "街道")
    made.save(path)
    assert found(path) == [Held("名单", "form-note-comment-people", ("A1",))]
    kept = texts(emptied(path.read_bytes()))
    assert "王建国" not in kept and PHONE not in kept and "请填手机号" in kept


def test_a_mark_that_asks_for_a_number_is_left(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = load_workbook(path)
    made["名单"]["A20"] = "{{实有人口:电话=" + PHONE + "}}"
    made.save(path)
    assert found(path) == [] and PHONE in texts(emptied(path.read_bytes()))
