"""报表 › 填报表 by hand: a superior's form is learned, corrected, looked at, and a figure says whom it counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import forms, records
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, fill_page, form_places, theme
from app.ui.fill_page import FILLING, LEARNED, LEARNING, FillPage
from app.ui.frame import Frame
from app.ui.report_desk import ReportDesk
from app.ui.tasks import InlineTasks

LEFT = Qt.MouseButton.LeftButton
THIN = Side(style="thin")


@pytest.fixture
def page(qtbot: QtBot, qapp: Any, session: Session) -> Iterator[FillPage]:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    for name, sex in (("王建国", "男"), ("李芳", "女"), ("王小明", "男")):
        said = {"household": home.id, "name": name, "sex": sex, "status": "在住", "residence_kind": "实住"}
        records.add(session, "resident", said)
    theme.apply(qapp)
    frame = Frame(session, Settings(), InlineTasks)
    qtbot.addWidget(frame)
    frame.show()
    frame.go("reports")
    desk = frame.desks["reports"]
    assert isinstance(desk, ReportDesk)
    yield desk.fill_page
    frame.close_session()


@pytest.fixture
def by_hand(qtbot: QtBot) -> Any:
    def press(widget: QWidget) -> None:
        assert widget.isVisible() and widget.isEnabled()
        qtbot.mouseClick(widget, LEFT)

    return press


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the file dialog gives: a form of counts with a place nobody understands."""
    book = Workbook()
    sheet = book.active
    sheet.title = "统计"
    for row in (["居民情况统计表"], ["填表人："], ["楼号", "男", "女", "物业费"], [None] * 4, ["合计", "=SUM(B4:B4)"]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    for line in sheet["A3:D5"]:
        for cell in line:
            cell.border = Border(THIN, THIN, THIN, THIN)
    path = tmp_path / "上级的表.xlsx"
    book.save(path)
    monkeypatch.setattr(fill_page.QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    return path


def learn(page: FillPage, by_hand: Any, name: str = "") -> None:
    by_hand(page.teach)
    assert page.pages.currentIndex() == LEARNING
    if name:
        page.learn.name.setText(name)
    by_hand(page.learn.keep)


def places(page: FillPage) -> dict[str, str]:
    table = page.learn.places
    return {table.item(row, 0).text(): table.item(row, 3).text() for row in range(table.rowCount())}


def test_a_form_is_understood_corrected_and_kept(page: FillPage, form: Path, by_hand: Any) -> None:
    by_hand(page.teach)
    assert places(page) == {
        "A4": "有把握", "B4": "请核对", "C4": "请核对", "D4": "没认出", "A2": "有把握", "C5": "请核对",
    }  # fmt: skip
    assert page.learn.unit.currentText() == "每号一行"
    box = page.learn.boxes["D4"]
    index = box.findData("{{户数}}")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    page.learn.name.setText("居民情况")
    by_hand(page.learn.keep)
    assert page.pages.currentIndex() == FILLING
    assert page.template.currentData() == LEARNED + "居民情况"
    assert "户数" in forms.saved(page.desk.session)[0]["marks"]


def test_a_place_chosen_in_the_picture_is_chosen_in_the_list(page: FillPage, form: Path, by_hand: Any) -> None:
    by_hand(page.teach)
    page.learn.grid.place.emit("C4")
    assert page.learn.places.item(page.learn.places.currentRow(), 0).text() == "C4"


def test_a_count_with_a_condition_is_written_by_hand(
    page: FillPage, form: Path, by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(page.teach)
    monkeypatch.setattr(form_places.QInputDialog, "getText", lambda *_, **__: ("实有人口:年龄>=80", True))
    box = page.learn.boxes["D4"]
    index = box.findData("own")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert box.currentData() == "{{实有人口:年龄>=80}}"
    by_hand(page.learn.keep)
    assert "实有人口:年龄>=80" in forms.saved(page.desk.session)[0]["marks"]


def test_a_bad_name_is_said_and_nothing_is_lost(page: FillPage, form: Path, by_hand: Any) -> None:
    learn(page, by_hand, "a/b")
    assert page.pages.currentIndex() == LEARNING and page.learn.message.isVisible()
    assert forms.saved(page.desk.session) == []


def test_it_is_looked_at_before_it_is_saved_and_a_figure_says_whom_it_counts(
    page: FillPage, form: Path, by_hand: Any, tmp_path: Path
) -> None:
    learn(page, by_hand, "居民情况")
    by_hand(page.look)
    sheet = page.preview.shown.sheets[0]
    assert sheet["grid"][3][:3] == ["12号", "2", "1"]
    page.preview.grid.place.emit("B4")
    by_hand(page.preview.who)
    assert {row["name"] for row in page.preview.people.rows_model.rows} == {"王建国", "王小明"}
    page.fill_to(tmp_path / "填好.xlsx")
    filled = load_workbook(tmp_path / "填好.xlsx")["统计"]
    assert [cell.value for cell in filled[4]][:3] == ["12号", 2, 1]
    assert filled["A2"].value == f"填表人：{page.desk.session.account}"


def test_what_was_looked_at_goes_when_something_else_is_asked(page: FillPage, form: Path, by_hand: Any) -> None:
    learn(page, by_hand, "居民情况")
    by_hand(page.look)
    page.until.setText("10:00")
    assert page.preview.shown is None and page.preview.start.isVisible()


def test_a_time_nobody_understands_is_said(page: FillPage, form: Path, by_hand: Any) -> None:
    learn(page, by_hand, "居民情况")
    page.until.setText("下午")
    by_hand(page.look)
    assert "下午" in page.message.text() and page.fill.isEnabled()


def test_a_form_is_forgotten_after_a_question(
    page: FillPage, form: Path, by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(page, by_hand, "居民情况")
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[1])
    by_hand(page.forget)
    assert forms.saved(page.desk.session)
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[0])
    by_hand(page.forget)
    assert forms.saved(page.desk.session) == [] and not page.forget.isVisible()


def test_the_ready_made_daily_report_is_a_zero_report_here(page: FillPage, by_hand: Any) -> None:
    at = next(n for n in range(page.template.count()) if "居家隔离日报" in page.template.itemText(n))
    page.template.setCurrentIndex(at)
    by_hand(page.look)
    assert page.preview.shown.zero and "零报告" in page.preview.said.text()


# ---------------------------------------------------------------- what is kept of a form beside its places


def test_conditions_order_and_time_of_a_form_are_kept_and_told(page: FillPage, form: Path, by_hand: Any) -> None:
    by_hand(page.teach)
    condition = page.learn.where.each[0]
    condition.field.setCurrentIndex(condition.field.findData("sex"))
    condition.value.setCurrentText("男")
    page.learn.sort.setCurrentIndex(page.learn.sort.findData("building"))
    page.learn.until.setText("23:59")
    page.learn.name.setText("男居民")
    by_hand(page.learn.keep)
    kept = forms.saved(page.desk.session)[0]
    assert (kept["where"], kept["sort"], kept["until"]) == ([["sex", "男"]], ["building"], "23:59")
    assert page.kept.isVisible()
    assert all(words in page.kept.text() for words in ("性别 是 男", "楼号", "23:59"))
    page.template.setCurrentIndex(page.template.findText("随附：居民名册"))
    assert not page.kept.isVisible()


def test_a_condition_may_compare(page: FillPage) -> None:
    condition = page.where.each[1]
    assert not condition.how.isVisible()
    condition.field.setCurrentIndex(condition.field.findData("age"))
    condition.how.setCurrentIndex(condition.how.findData(">="))
    condition.value.setEditText("60")
    assert page.where.said() == [("age", ">=", "60")]


def test_another_place_is_pointed_at_and_filled(page: FillPage, form: Path, by_hand: Any) -> None:
    by_hand(page.teach)
    page.learn.grid.other.emit("D5")
    assert places(page)["D5"] == "您加的"
    box = page.learn.boxes["D5"]
    index = box.findData("{{today}}")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    page.learn.name.setText("加了一处")
    by_hand(page.learn.keep)
    assert "today" in forms.saved(page.desk.session)[0]["marks"]


def test_a_place_with_a_text_may_stay_as_it_is(page: FillPage, form: Path, by_hand: Any, tmp_path: Path) -> None:
    by_hand(page.teach)
    box = page.learn.boxes["A2"]
    index = box.findText("（保持原样）")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    page.learn.name.setText("原样")
    by_hand(page.learn.keep)
    page.fill_to(tmp_path / "填好.xlsx")
    assert load_workbook(tmp_path / "填好.xlsx")["统计"]["A2"].value == "填表人："


def test_the_preview_shows_titles_whole_and_columns_as_wide_as_in_the_form(
    page: FillPage, form: Path, by_hand: Any
) -> None:
    learn(page, by_hand, "居民情况")
    by_hand(page.look)
    sheet = page.preview.shown.sheets[0]
    assert (0, 0, 1, 4) in sheet["spans"] and len(sheet["widths"]) == 4
    assert page.preview.grid.columnSpan(0, 0) == 4
    assert page.preview.grid.item(4, 1).text() == "（公式）"


def test_a_cell_filled_once_is_no_count(page: FillPage, form: Path, by_hand: Any) -> None:
    learn(page, by_hand, "居民情况")
    by_hand(page.look)
    page.preview.grid.place.emit("A2")
    by_hand(page.preview.who)
    assert "填表人" in page.preview.about.text() and "None" not in page.preview.about.text()


def test_a_form_dropped_on_the_page_is_learned(page: FillPage, form: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(form))])
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier))
    assert page.pages.currentIndex() == LEARNING and "上级的表" in page.learn.title.text()
