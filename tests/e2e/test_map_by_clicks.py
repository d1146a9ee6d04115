"""With the map in hand, by clicks and keys in the real window: street → committee → building → door → edit → repaint."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.maps.matrix import Matrix
from app.services import places, records, rosters, sync
from app.services.session import Session
from app.ui import theme
from app.ui.frame import Frame
from app.ui.map_desk import DOOR, LIST, NOTHING, MapDesk
from app.ui.map_import_page import MapImportPage
from tests.street import Street
from tests.ui.pages import asked, becomes

LEFT = Qt.MouseButton.LeftButton
CLICK = ".dispatchEvent(new MouseEvent('click', {{bubbles: true}})); 1"
SHAPE = "[...loutu.map.layers.values()][{n}].getElement()" + CLICK
CELL = "[...document.querySelectorAll('.cell')].find(c => c.querySelector('.room').textContent === '{room}')"


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    rosters.apply(session, rosters.preview(session, roster))
    return session


def opened(qtbot: QtBot, qapp: Any, session: Session) -> Frame:
    theme.apply(qapp)
    frame = Frame(session)
    qtbot.addWidget(frame)
    frame.resize(1366, 740)
    with qtbot.waitExposed(frame):
        frame.show()
    frame.activateWindow()
    return frame


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, known: Session) -> Iterator[Frame]:
    frame = opened(qtbot, qapp, known)
    yield frame
    frame.close_session()


def map_desk(qtbot: QtBot, window: Frame) -> MapDesk:
    """Ctrl+2, and the map is there."""
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    desk = window.desks["map"]
    assert isinstance(desk, MapDesk)
    qtbot.waitUntil(lambda: desk.view.ready and desk.shown is not None, timeout=20_000)
    return desk


def path(window: Frame) -> list[str]:
    widgets = (window.crumbs.itemAt(n).widget() for n in range(window.crumbs.count()))
    return [text for widget in widgets if (text := widget.text()) != "›"]  # type: ignore[union-attr, attr-defined]


def down(qtbot: QtBot, desk: MapDesk, script: str, level: str) -> None:
    asked(qtbot, desk.view.page, script)
    qtbot.waitUntil(lambda: desk.level == level and desk.shown is not None and desk.shown.id == desk.id)


def test_from_the_map_to_a_mended_value_and_back_up(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    down(qtbot, desk, SHAPE.format(n=0), "building")
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.cell').length", 2)
    assert path(window) == [desk.desk.session.name, "培花新村", "12号"]
    asked(qtbot, desk.view.page, CELL.format(room="302") + CLICK.format())
    qtbot.waitUntil(lambda: desk.side.currentIndex() == DOOR and desk.door is not None)
    assert path(window)[-1] == "302"
    assert [row["name"] for row in desk.people.people.rows_model.rows] == ["王建国", "李秀英"]
    name = desk.people.form.grid.editors["name"].input
    assert isinstance(name, QLineEdit)
    name.selectAll()
    qtbot.keyClicks(name, "WANG DA")  # QTest types Latin letters only
    qtbot.keyClick(name, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    becomes(qtbot, desk.view.page, CELL.format(room="302") + ".querySelector('.name').textContent", "WANG DA")
    assert desk.people.people.rows_model.rows[0]["name"] == "WANG DA"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    becomes(qtbot, desk.view.page, CELL.format(room="302") + ".querySelector('.name').textContent", "王建国")
    link = window.crumbs.itemAt(0).widget()  # type: ignore[union-attr]
    qtbot.mouseClick(link, LEFT)
    qtbot.waitUntil(lambda: desk.level == "committee" and desk.side.currentIndex() == LIST)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)


def test_what_happens_elsewhere_repaints_the_map(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    desk.colour.setCurrentIndex(desk.colour.findData("unvisited"))
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()][0].text", "2")
    household = places.resolve(desk.desk.session, "培花新村/12号/302", "household")[1]
    records.add(
        desk.desk.session, "visit", {"household": household, "on": "2020-05-25", "mode": "上门", "result": "登记"}
    )
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()][0].text", "1")


def test_list_and_map_choose_together_and_enter_goes_down(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    desk.things.setFocus()
    thing = desk.shown.things[0]  # type: ignore[union-attr]
    assert desk.things.choose("name", "培花新村 12号")
    becomes(qtbot, desk.view.page, "loutu.map.chosen", thing.id)
    qtbot.keyClick(desk.things, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(desk.shown, Matrix))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desk.level == "estate")


def test_an_unsaved_form_is_asked_for_before_another_door(
    qtbot: QtBot, window: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.ui import household_view

    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    down(qtbot, desk, SHAPE.format(n=0), "building")
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.cell').length", 2)
    asked(qtbot, desk.view.page, CELL.format(room="302") + CLICK.format())
    qtbot.waitUntil(lambda: desk.door is not None)
    occupation = desk.people.form.grid.editors["occupation"].input
    assert isinstance(occupation, QLineEdit)
    qtbot.keyClicks(occupation, "teacher")
    answers: list[str] = []
    monkeypatch.setattr(household_view.errors, "ask", lambda *_, **__: answers.append("asked") or "返回")
    asked(qtbot, desk.view.page, CELL.format(room="401") + CLICK.format())
    qtbot.waitUntil(lambda: answers == ["asked"])
    assert desk.door is not None and desk.door["room"] == "302"
    assert occupation.text() == "teacher"
    monkeypatch.setattr(household_view.errors, "ask", lambda *_, **__: "不保存")


def press(qtbot: QtBot, desk: MapDesk, *keys: Qt.Key) -> None:
    """Real keys to the widget into which the page draws, as the system would send them."""
    target = desk.view.view.focusProxy() or desk.view.view
    for key in keys:
        qtbot.keyClick(target, key)


def test_real_keys_lead_down_to_a_door_and_up_again(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    first = desk.shown.things[0].id  # type: ignore[union-attr]
    becomes(qtbot, desk.view.page, "document.activeElement === map_page.getContainer()", True)
    press(qtbot, desk, Qt.Key.Key_Right)
    becomes(qtbot, desk.view.page, "loutu.map.chosen", first)
    press(qtbot, desk, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(desk.shown, Matrix))
    becomes(qtbot, desk.view.page, "document.activeElement.querySelector('.room')?.textContent", "401")
    press(qtbot, desk, Qt.Key.Key_3)
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.cell.faded').length", 1)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.cell.faded').length", 0)
    assert desk.level == "building"
    press(qtbot, desk, Qt.Key.Key_Down, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.door is not None)
    assert desk.door is not None and desk.door["room"] == "302"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desk.level == "estate")
    becomes(qtbot, desk.view.page, "loutu.map.chosen", first)


def test_a_page_whose_process_died_comes_back(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    os.kill(desk.view.page.renderProcessPid(), signal.SIGKILL)
    qtbot.waitUntil(lambda: not desk.view.ready, timeout=10_000)
    qtbot.waitUntil(lambda: desk.view.ready, timeout=20_000)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)


def test_an_estate_opens_from_its_ground(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    estate = desk.shown.around[0].id  # type: ignore[union-attr]
    desk.view.opened.emit(estate)
    qtbot.waitUntil(lambda: desk.level == "estate" and desk.shown is not None and desk.shown.id == estate)


def test_marks_on_request(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    assert not desk.marks.isVisible()
    down(qtbot, desk, SHAPE.format(n=0), "building")
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.mark.party').length", 0)
    desk.mark_actions["party"].trigger()
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.mark.party').length", 1)


def test_outlines_come_in_and_can_be_undone(
    qtbot: QtBot, window: Frame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = {"type": "Polygon", "coordinates": [[[121.5, 31.2], [121.501, 31.2], [121.501, 31.201], [121.5, 31.2]]]}
    told = [{"type": "Feature", "properties": {"number": number}, "geometry": square} for number in ("12", "77")]
    file = tmp_path / "图.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": told}), "utf-8")
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()][0].placed", False)
    menu = desk.making.menu()
    desk.tools.fill(menu)
    next(act for act in menu.actions() if act.text() == "导入地图…").trigger()
    page = desk.whole.currentWidget()
    assert isinstance(page, MapImportPage)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    (choose,) = [button for button in page.findChildren(QPushButton) if button.text() == "选择地图文件…"]
    qtbot.mouseClick(choose, LEFT)
    qtbot.waitUntil(lambda: page.write.isVisible() and page.write.isEnabled())
    assert page.write.text() == "写入 1 个轮廓"
    assert page.rows.told["rest"] == 1
    qtbot.mouseClick(page.write, LEFT)
    qtbot.waitUntil(lambda: "对上 1 个" in window.notice.text.text())
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()][0].placed !== false", True)
    qtbot.mouseClick(window.notice.undo_button, LEFT)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()][0].placed", False)


def test_the_map_as_a_file_from_the_window(qtbot: QtBot, window: Frame, tmp_path: Path) -> None:
    desk = map_desk(qtbot, window)
    assert desk.shown is not None
    desk.files.write(desk.shown, tmp_path / "图.html")
    qtbot.waitUntil(lambda: "图.html" in window.notice.text.text())
    assert "内部工作示意图" in (tmp_path / "图.html").read_text("utf-8")


def test_an_empty_workspace_says_what_to_do_first(qtbot: QtBot, qapp: Any, session: Session) -> None:
    window = opened(qtbot, qapp, session)
    desk = map_desk(qtbot, window)
    qtbot.waitUntil(lambda: desk.whole.currentIndex() == NOTHING)
    window.close_session()


def test_an_id_that_is_not_on_the_map_opens_nothing(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    for name in ("", "../x", "0" * 64):
        desk.view.opened.emit(name)
    assert desk.level == "committee"


def test_the_centre_sees_what_a_bundle_brought(qtbot: QtBot, qapp: Any, tmp_path: Path, roster: Path) -> None:
    street = Street(tmp_path)
    committee = street.committee(1)
    street.committee(2)
    rosters.apply(committee, rosters.preview(committee, roster))
    window = opened(qtbot, qapp, street.centre)
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()].map(t => t.text).join('/')", "/")
    asked(qtbot, desk.view.page, SHAPE.format(n=0))
    qtbot.waitUntil(lambda: "还没有收到第1居委会的数据" in window.notice.text.text())
    files = [Path(each["file"]) for each in sync.export(committee, street.stick())]
    window.go("sync", files=files)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    window.go("map")
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()].map(t => t.text).join('/')", "4/")
    down(qtbot, desk, SHAPE.format(n=0), "committee")
    becomes(qtbot, desk.view.page, "loutu.map.drawn.level", "committee")
    down(qtbot, desk, SHAPE.format(n=0), "building")
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.cell').length", 2)
    window.close_session()
    street.committees.clear()
    from app.services import workspaces

    workspaces.lock(committee)


def test_the_buttons_of_the_map_rest_while_a_page_lies_over_it(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    desk.tools.bring_in()
    assert not any(button.isEnabled() for button in desk.bar.row)
    desk.back()
    assert all(button.isEnabled() for button in desk.bar.row)
