"""导入 by hand: what a column means is overruled, places and sheets are chosen, text is pasted, an import is undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.services import mappings, places, rosters, search
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, import_desk, theme
from app.ui.frame import Frame
from app.ui.import_desk import ALL_SHEETS, PASTE, PLACES, PREVIEW, RESULT, START, ImportDesk
from app.ui.tasks import InlineTasks

LEFT = Qt.MouseButton.LeftButton
Rows = Sequence[Sequence[Any]]
CHAIN = "#接龙\n1. 12-302 王小明 4人 已返沪3.1\n2、12号501 李四 2人 在沪\n3. \n"


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, session: Session, tmp_path: Path) -> Iterator[ImportDesk]:
    theme.apply(qapp)
    frame = Frame(session, Settings(), InlineTasks)
    qtbot.addWidget(frame)
    frame.show()
    frame.go("import")
    made = frame.desks["import"]
    assert isinstance(made, ImportDesk)
    yield made
    frame.close_session()


@pytest.fixture
def by_hand(qtbot: QtBot) -> Any:
    def press(widget: QWidget) -> None:
        assert widget.isVisible() and widget.isEnabled()
        qtbot.mouseClick(widget, LEFT)

    return press


def book(file: Path, sheets: dict[str, Rows], hidden: Sequence[int] = ()) -> Path:
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for row in hidden:
        made.worksheets[0].row_dimensions[row].hidden = True
    made.save(file)
    return file


def choose(box: theme.Choice, data: Any) -> None:
    """As a person chooses from an open list."""
    index = box.findData(data) if box.findData(data) >= 0 else box.findText(str(data))
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)
    box.textActivated.emit(box.itemText(index))


def sureness(desk: ImportDesk) -> dict[str, str]:
    table = desk.mapping
    return {table.item(row, 0).text(): table.item(row, 3).text() for row in range(table.rowCount())}


ODD = [["小区", "楼号", "室号", "性名", "物业费"], ["培花新村", "12号", "302", "王建国", "已缴"]]


def test_a_misspelt_title_is_proposed_and_an_unknown_column_is_kept(desk: ImportDesk, tmp_path: Path) -> None:
    desk.open(book(tmp_path / "册.xlsx", {"一": ODD}))
    assert desk.pages.currentIndex() == PREVIEW
    said = sureness(desk)
    assert said["室号"] == "有把握" and "请核对" in said["性名"] and said["物业费"] == "没认出"
    assert desk.mapping.choices["物业费"].currentText() == "（原样保留）"


def test_what_the_person_says_of_a_column_stands_and_is_remembered(
    desk: ImportDesk, tmp_path: Path, by_hand: Any
) -> None:
    desk.open(book(tmp_path / "册.xlsx", {"一": ODD}))
    choose(desk.mapping.choices["物业费"], "note")
    assert desk.plan is not None and desk.plan.mapping["物业费"] == "note"
    assert sureness(desk)["物业费"] == "您选的"
    by_hand(desk.write)
    assert desk.pages.currentIndex() == RESULT
    assert mappings.remembered(desk.desk.session) == {"物业费": "note"}
    desk.open(book(tmp_path / "又一册.xlsx", {"一": [*ODD, ["培花新村", "12号", "401", "李四", "欠"]]}))
    assert sureness(desk)["物业费"] == "上次这样选的"


def test_all_sheets_at_once_or_another_one(desk: ImportDesk, tmp_path: Path) -> None:
    head = ["楼号", "室号", "姓名"]
    file = book(tmp_path / "册.xlsx", {"12号": [head, ["12号", "1", "甲乙"]], "13号": [head, ["13号", "1", "丙丁"]]})
    desk.open(file)
    assert desk.plan is not None and desk.plan.rows == 1 and desk.sheet.isVisible()
    choose(desk.sheet, ALL_SHEETS)
    assert desk.plan.rows == 2 and desk.sheet.currentText() == ALL_SHEETS
    choose(desk.sheet, "13号")
    assert desk.plan.rows == 1 and desk.plan.sheet == "13号"


def test_hidden_rows_are_left_out_until_somebody_asks(desk: ImportDesk, tmp_path: Path, by_hand: Any) -> None:
    head = ["小区", "楼号", "室号", "姓名"]
    rows = [head, ["培花新村", "12号", "1", "看得见"], ["培花新村", "12号", "2", "看不见"]]
    desk.open(book(tmp_path / "册.xlsx", {"一": rows}, hidden=[3]))
    assert desk.plan is not None and desk.plan.rows == 1
    by_hand(desk.hidden)
    assert desk.plan.rows == 2 and desk.hidden.isVisible()


def test_places_nobody_knew_are_shown_and_refused_at_a_word(desk: ImportDesk, tmp_path: Path, by_hand: Any) -> None:
    head = ["小区", "楼号", "室号", "姓名"]
    desk.open(book(tmp_path / "册.xlsx", {"一": [head, ["培花新村", "12号", "302", "王建国"]]}))
    by_hand(desk.write)
    desk.open(
        book(
            tmp_path / "又.xlsx",
            {"一": [head, ["培花新村", "99号", "302", "李四"], ["培花新村", "12号", "302", "王建国"]]},
        )
    )
    assert desk.tabs.isTabVisible(PLACES) and desk.unknown.rows_model.rows[0]["place"].startswith("培花新村99号")
    choose(desk.places, "reject")
    assert desk.plan is not None and (desk.plan.new, desk.plan.rejected) == (0, 1)
    assert places.estates(desk.desk.session)[0]["name"] == "培花新村"


def test_a_chain_is_pasted_looked_over_and_imported(desk: ImportDesk, qtbot: QtBot, qapp: Any, by_hand: Any) -> None:
    QGuiApplication.clipboard().setText(CHAIN)
    by_hand(desk.start.ways["chain"])
    assert desk.pages.currentIndex() == PASTE and "王小明" in desk.paste.text.toPlainText()
    by_hand(desk.paste.read)
    assert desk.pages.currentIndex() == PREVIEW and desk.name.text() == "接龙"
    assert {row["name"] for row in desk.sample.rows_model.rows} == {"王小明", "李四"}
    by_hand(desk.write)
    assert search.find(desk.desk.session, "王小明")[0]["building"] == "12号"


def test_a_table_is_pasted(desk: ImportDesk, by_hand: Any) -> None:
    QGuiApplication.clipboard().setText("小区\t楼号\t室号\t姓名\n培花新村\t12号\t302\t王建国\n")
    by_hand(desk.start.ways["table"])
    by_hand(desk.paste.read)
    assert desk.plan is not None and desk.plan.new == 1


def test_text_that_says_nothing_is_kept_in_its_field(
    desk: ImportDesk, by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Exception] = []
    monkeypatch.setattr(errors, "present", lambda parent, error: shown.append(error))
    QGuiApplication.clipboard().setText("大家晚上好")
    by_hand(desk.start.ways["chain"])
    by_hand(desk.paste.read)
    assert shown and desk.pages.currentIndex() == PASTE and desk.paste.text.toPlainText() == "大家晚上好"


def test_the_list_says_what_each_import_did_and_undoes_it(
    desk: ImportDesk, tmp_path: Path, by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(book(tmp_path / "册.xlsx", {"一": ODD}))
    by_hand(desk.write)
    by_hand(desk.result.more)
    assert desk.pages.currentIndex() == START
    (row,) = desk.start.list.imports.rows_model.rows
    assert (row["file"], row["rows"], row["new"], row["state"]) == ("册.xlsx", 1, 1, "有效")
    desk.start.list.imports.selectRow(0)
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[0])
    by_hand(desk.start.list.undo)
    (row,) = desk.start.list.imports.rows_model.rows
    assert row["undone"] and "撤销" in row["state"]
    assert rosters.imports(desk.desk.session)[0]["undone"]


def test_a_file_is_chosen(desk: ImportDesk, tmp_path: Path, by_hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = book(tmp_path / "册.xlsx", {"一": ODD})
    monkeypatch.setattr(import_desk.QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    by_hand(desk.start.ways["file"])
    assert desk.name.text() == "册.xlsx" and desk.write.text() == "导入 1 人"


def test_columns_that_want_a_look_are_counted_and_tinted(desk: ImportDesk, tmp_path: Path) -> None:
    desk.open(book(tmp_path / "册.xlsx", {"表": ODD}))
    looked = [
        row
        for row in range(desk.mapping.rowCount())
        if desk.mapping.item(row, 0).background().color().name() == "#fdf1df"
    ]
    assert len(looked) == desk.mapping.to_check
    if looked:
        assert f"{len(looked)} 列请核对" in desk.columns_said.text()
    assert "5 列" in desk.columns_said.text()


def test_what_was_left_out_is_named_and_long_sentences_are_whole(desk: ImportDesk, tmp_path: Path) -> None:
    whole = [["小区", "楼号", "室号", "姓名"], ["培花新村", "12号", "302", "王建国"]]
    desk.open(book(tmp_path / "册.xlsx", {"甲": [*whole, ["培花新村", "12号", "303", "李芳"]], "乙": whole}))
    said = [row["words"] for row in desk.findings.rows_model.rows]
    assert any("“甲”" in words and "乙" in words for words in said)
    desk.findings.set_rows(
        [{"row": 1, "column": "", "words": "很长的一句话" * 40}, {"row": 2, "column": "", "words": "短"}]
    )
    assert desk.findings.rowHeight(0) > 2 * desk.findings.rowHeight(1)


def test_after_people_were_added_twins_may_be_looked_for(desk: ImportDesk, by_hand: Any, tmp_path: Path) -> None:
    desk.open(
        book(tmp_path / "册.xlsx", {"表": [["小区", "楼号", "室号", "姓名"], ["培花新村", "12号", "302", "王建国"]]})
    )
    by_hand(desk.write)
    assert "批号" not in desk.result.said.text()
    by_hand(desk.result.twins)
    frame = desk.window()
    assert isinstance(frame, Frame) and frame.open_key == "decisions"


def test_the_notice_covers_no_button(desk: ImportDesk, by_hand: Any, tmp_path: Path) -> None:
    desk.open(
        book(tmp_path / "册.xlsx", {"表": [["小区", "楼号", "室号", "姓名"], ["培花新村", "12号", "302", "王建国"]]})
    )
    frame = desk.window()
    assert isinstance(frame, Frame)
    frame.resize(1366, 740)
    by_hand(desk.write)
    whole = frame.centralWidget()
    lies = frame.notice.geometry()
    assert frame.notice.isVisible()
    for each in desk.findChildren(QPushButton):
        assert not each.isVisible() or not lies.intersects(QRect(each.mapTo(whole, QPoint(0, 0)), each.size()))
