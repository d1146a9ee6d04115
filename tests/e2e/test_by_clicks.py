"""The whole job by clicks and keys: import → find → edit → history → undo, in the real window on a real encrypted file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.services import workspaces
from app.services.session import Session
from app.ui import theme
from app.ui.decisions_desk import DecisionsDesk
from app.ui.frame import Frame
from app.ui.history_popup import HistoryPopup
from app.ui.import_desk import ImportDesk
from app.ui.residents_desk import ResidentsDesk
from tests.conftest import ACCOUNT, NOW, PASSWORD


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, folder: Path) -> Iterator[Frame]:
    theme.apply(qapp)
    session: Session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    frame = Frame(session)
    qtbot.addWidget(frame)
    frame.show()
    yield frame
    frame.close_session()


def import_roster(qtbot: QtBot, window: Frame, roster: Path) -> None:
    window.go("import", file=roster)
    desk = window.desks["import"]
    assert isinstance(desk, ImportDesk)
    qtbot.waitUntil(lambda: desk.plan is not None)
    assert desk.write.text() == "导入 4 人"
    assert desk.findings.rows_model.rowCount() == 5
    with qtbot.waitSignal(window.tasks.ended):
        qtbot.mouseClick(desk.write, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.notice.isVisible())


def find(qtbot: QtBot, window: Frame, text: str) -> ResidentsDesk:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    window.search.clear()
    qtbot.keyClicks(window.search, text)
    qtbot.waitUntil(lambda: window.popup.isVisible())
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    desk = window.desks["residents"]
    assert isinstance(desk, ResidentsDesk)
    return desk


def test_from_a_roster_to_a_mended_and_restored_value(qtbot: QtBot, window: Frame, roster: Path) -> None:
    import_roster(qtbot, window, roster)
    assert "新增 4" in window.notice.text.text()
    desk = find(qtbot, window, "wjg")
    form = desk.view.form
    assert (form.heading.text(), desk.doors.table.current()["said"]) == ("王建国", "王建国等2人")
    editor = form.grid.editors["phone"].input
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "13900001111")
    qtbot.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not form.dirty)
    assert "已更新" in window.notice.text.text()
    qtbot.mouseClick(form.grid.editors["phone"].clock, Qt.MouseButton.LeftButton)
    popup = form.findChild(HistoryPopup)
    assert popup is not None
    assert [row["value"][0]["number"] for row in popup.table.rows_model.rows] == ["13900001111", "13812345678"]
    assert popup.table.rows_model.rows[1]["source"] == roster.name
    popup.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.mouseClick(window.notice.undo_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: form.grid.editors["phone"].text == "13812345678")
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: form.grid.editors["phone"].text == "13900001111")


def test_an_import_is_undone_by_ctrl_z(qtbot: QtBot, window: Frame, roster: Path) -> None:
    import_roster(qtbot, window, roster)
    window.go("residents")
    residents = window.desks["residents"]
    assert isinstance(residents, ResidentsDesk)
    qtbot.waitUntil(lambda: residents.tree.topLevelItemCount() == 1)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: residents.tree.topLevelItemCount() == 0)
    assert residents.whole.currentIndex() == 1


def test_a_doubtful_row_is_decided_by_a_key(qtbot: QtBot, window: Frame, roster: Path) -> None:
    import_roster(qtbot, window, roster)
    form = find(qtbot, window, "wjg").view.form
    box = form.grid.editors["status"].input
    box.setCurrentText("去世")  # type: ignore[union-attr]  # a choice
    assert form.save()
    window.go("import", file=roster)
    desk = window.desks["import"]
    assert isinstance(desk, ImportDesk)
    qtbot.waitUntil(lambda: desk.plan is not None and desk.plan.doubtful == 1)
    with qtbot.waitSignal(window.tasks.ended):
        qtbot.mouseClick(desk.write, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.result.decide.isVisible())
    qtbot.mouseClick(desk.result.decide, Qt.MouseButton.LeftButton)
    decisions = window.desks["decisions"]
    assert isinstance(decisions, DecisionsDesk)
    qtbot.waitUntil(lambda: decisions.list.model().rowCount() == 1)
    assert "去世" in decisions.reason.text()
    qtbot.mouseClick(decisions.keep, Qt.MouseButton.LeftButton)
    assert decisions.list.model().rowCount() == 0


def test_level_3_is_masked_until_asked_for(qtbot: QtBot, window: Frame, roster: Path) -> None:
    import_roster(qtbot, window, roster)
    form = find(qtbot, window, "wjg").view.form
    number = form.grid.editors["id_number"]
    assert "****" in number.text and number.input.isReadOnly()  # type: ignore[union-attr]  # a line
    qtbot.mouseClick(form.reveal, Qt.MouseButton.LeftButton)
    assert number.text == "310115195803120010"


def test_what_cannot_be_read_is_said_and_nothing_is_lost(qtbot: QtBot, window: Frame, roster: Path) -> None:
    import_roster(qtbot, window, roster)
    form = find(qtbot, window, "wjg").view.form
    editor = form.grid.editors["phone"].input
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "123")
    assert not form.save()
    assert "不像电话号码" in form.message.text() and editor.text() == "123"


def test_f9_covers_the_window(qtbot: QtBot, window: Frame) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.curtain.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert not window.curtain.isVisible()


@pytest.mark.parametrize(
    ("key", "section"), [("1", "today"), ("2", "map"), ("3", "residents"), ("8", "reports"), ("-", "manage")]
)
def test_ctrl_and_a_number_opens_a_section(qtbot: QtBot, window: Frame, key: str, section: str) -> None:
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert window.open_key == section
