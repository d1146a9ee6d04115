"""The map coloured, filtered and chosen from, by clicks and keys in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.maps import Shading
from app.services import rosters, sync, workspaces
from app.settings import Settings
from app.ui.fill_page import FillPage
from app.ui.frame import Frame
from app.ui.map_bar import DAYS_KEPT, SHADING, _kept
from app.ui.map_desk import MapDesk
from app.ui.report_desk import ReportDesk
from app.ui.sheets_desk import SheetsDesk
from tests.e2e.test_map_by_clicks import CELL, CLICK, LEFT, SHAPE, known, map_desk, opened, path, press, window
from tests.street import Street
from tests.ui.pages import asked, becomes

__all__ = ["known", "window"]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CTRL_CLICK = "[...loutu.map.layers.values()][{n}].getElement().dispatchEvent(new MouseEvent('click', {{bubbles: true, ctrlKey: true}})); 1"
WHERE = "[map_page.getZoom(), map_page.getCenter().lat.toFixed(5), map_page.getCenter().lng.toFixed(5)].join()"
CHOSEN = "[...loutu.map.selection.ids].length"


def ready(qtbot: QtBot, window: Frame) -> MapDesk:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    return desk


@pytest.fixture
def desk(qtbot: QtBot, window: Frame) -> Iterator[MapDesk]:
    yield ready(qtbot, window)


# ---------------------------------------------------------------- 色阶


def test_the_scale_is_chosen_in_its_popup_and_kept(qtbot: QtBot, window: Frame, desk: MapDesk) -> None:
    desk.colour.setCurrentIndex(desk.colour.findData("party"))
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()].map(t => t.text).join()", "1,0")
    qtbot.mouseClick(desk.bar.scale, LEFT)
    popup = desk.bar.popup
    assert popup.isVisible() and not popup.areas.isVisible() and not popup.steps.isVisible()
    qtbot.mouseClick(popup.per.buttons["thousand"], LEFT)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()].map(t => t.text).join()", "333.3,0")
    assert "每千人" in asked(qtbot, desk.view.page, "document.querySelector('#legend .title').textContent")
    assert not desk.things.isColumnHidden(2)
    qtbot.mouseClick(popup.palette_.buttons["purple"], LEFT)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()][0].colour", "#756BB1")
    qtbot.mouseClick(popup.classes.buttons["fixed"], LEFT)
    assert popup.steps.isVisible()
    qtbot.keyClicks(popup.steps, "5,2")
    assert "分界" in popup.wrong.text() and popup.wrong.isVisible()
    assert desk.bar.shading.steps == (5.0,), "limits that cannot be read change nothing"
    popup.steps.selectAll()
    qtbot.keyClicks(popup.steps, "100, 200.5")
    becomes(qtbot, desk.view.page, "[...document.querySelectorAll('#legend .line')].length", 4)
    assert "100.0–200.4" in asked(qtbot, desk.view.page, "document.getElementById('legend').innerText")
    assert not popup.wrong.isVisible()
    assert _kept(desk.desk.settings) == (Shading("thousand", "fixed", (100.0, 200.5), "purple"), 90)
    qtbot.mouseClick(popup.plain, LEFT)
    becomes(qtbot, desk.view.page, "[...loutu.map.things.values()].map(t => t.text).join()", "1,0")
    assert desk.bar.shading == Shading()
    desk.colour.setCurrentIndex(desk.colour.findData("stale"))
    qtbot.mouseClick(popup.days.buttons["30"], LEFT)
    becomes(qtbot, desk.view.page, "document.getElementById('legend').innerText.includes('30 天以上没有核实')", True)
    popup.hide()


@pytest.mark.parametrize(
    "kept",
    ["x", {"per": "x", "steps": [3, 1]}, {"palette": "rainbow"}, {"steps": "1"}, {"steps": [None]}, {"steps": [1e9]}],
)
def test_a_damaged_setting_is_as_at_the_beginning(kept: Any) -> None:
    settings = Settings()
    settings.put(SHADING, kept)
    settings.put(DAYS_KEPT, 5)
    assert _kept(settings) == (Shading(), 90)


# ---------------------------------------------------------------- 仅看


def test_only_what_has_any_stays_on_map_and_list(qtbot: QtBot, desk: MapDesk) -> None:
    desk.colour.setCurrentIndex(desk.colour.findData("party"))
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    asked(qtbot, desk.view.page, "map_page.zoomIn(1, {animate: false}); 1")
    where = asked(qtbot, desk.view.page, WHERE)
    qtbot.mouseClick(desk.bar.only, LEFT)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 1)
    assert len(desk.things.rows_model.rows) == 1
    assert "仅看有党员的 1 栋" in asked(qtbot, desk.view.page, "document.getElementById('legend').innerText")
    assert asked(qtbot, desk.view.page, "loutu.map.drawn.aside.length") == 1
    assert asked(qtbot, desk.view.page, WHERE) == where
    desk.colour.setCurrentIndex(desk.colour.findData("isolation"))
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 0)
    assert desk.whole.currentIndex() == 0, "nobody is in isolation: the map stays, faint, and says so"
    assert "仅看有居家隔离的 0 栋" in asked(qtbot, desk.view.page, "document.getElementById('legend').innerText")
    qtbot.mouseClick(desk.bar.only, LEFT)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)


# ---------------------------------------------------------------- several at once


def test_ctrl_and_a_click_chooses_on_the_map_and_the_list_follows(qtbot: QtBot, window: Frame, desk: MapDesk) -> None:
    asked(qtbot, desk.view.page, CTRL_CLICK.format(n=0))
    qtbot.waitUntil(lambda: desk.selection.isVisible() and "已选 1 栋" in desk.selection.said.text())
    asked(qtbot, desk.view.page, CTRL_CLICK.format(n=1))
    qtbot.waitUntil(lambda: desk.selection.said.text() == "已选 2 栋 · 3 户 · 4 人")
    assert desk.level == "committee", "nothing was opened"
    assert sorted(desk.things.ids()) == sorted(desk.selection.ids)
    desk.view.chosen.emit(desk.selection.ids[1])  # the pointer wanders over the map
    assert len(desk.things.ids()) == len(desk.selection.ids) == 2
    desk.view.selected.emit([*desk.selection.ids, "../x", "", "0" * 64])
    assert len(desk.selection.ids) == 2, "nobody chooses what is not on the map"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    becomes(qtbot, desk.view.page, CHOSEN, 0)
    assert desk.selection.isHidden() and desk.things.ids() == []
    assert desk.level == "committee"


def test_rows_and_the_space_bar_choose_and_going_down_lets_the_choice_go(qtbot: QtBot, desk: MapDesk) -> None:
    becomes(qtbot, desk.view.page, "document.activeElement === map_page.getContainer()", True)
    press(qtbot, desk, Qt.Key.Key_Right, Qt.Key.Key_Space)
    becomes(qtbot, desk.view.page, CHOSEN, 1)
    qtbot.waitUntil(lambda: len(desk.selection.ids) == 1)
    press(qtbot, desk, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desk.selection.isHidden())
    desk.things.setFocus()
    desk.things.selectRow(0)
    becomes(qtbot, desk.view.page, CHOSEN, 0)
    qtbot.keyClick(desk.things, Qt.Key.Key_Down, SHIFT)
    becomes(qtbot, desk.view.page, CHOSEN, 2)
    assert desk.selection.isVisible() and len(desk.selection.ids) == 2
    qtbot.keyClick(desk.things, Qt.Key.Key_Up)
    becomes(qtbot, desk.view.page, CHOSEN, 0)
    assert desk.selection.isHidden()
    desk.selection.choose([thing.id for thing in desk.shown.things])  # type: ignore[union-attr]
    asked(qtbot, desk.view.page, SHAPE.format(n=0))
    qtbot.waitUntil(lambda: desk.level == "building")
    qtbot.waitUntil(lambda: desk.selection.isHidden() and desk.selection.ids == [])


def test_a_rectangle_with_shift_chooses_what_lies_in_it_and_opens_nothing(qtbot: QtBot, desk: MapDesk) -> None:
    target = desk.view.view.focusProxy() or desk.view.view
    first, last = QPoint(6, 6), QPoint(target.width() - 60, target.height() - 120)
    centre = asked(qtbot, desk.view.page, "map_page.getCenter().toString()")
    QTest.mousePress(target, LEFT, SHIFT, first)
    for at in (QPoint(200, 120), last):
        QTest.mouseMove(target, at)
        qtbot.wait(30)
    QTest.mouseRelease(target, LEFT, SHIFT, last)
    becomes(qtbot, desk.view.page, CHOSEN, 2)
    qtbot.waitUntil(lambda: len(desk.selection.ids) == 2)
    assert asked(qtbot, desk.view.page, "map_page.getCenter().toString()") == centre, "the map was not pulled"
    assert desk.level == "committee"


def test_what_was_chosen_goes_to_sheets_list_and_report(qtbot: QtBot, window: Frame, desk: MapDesk) -> None:
    ids = [thing.id for thing in desk.shown.things if thing.label == "12号"]  # type: ignore[union-attr]
    desk.selection.choose(ids)
    qtbot.waitUntil(lambda: "户" in desk.selection.said.text())
    qtbot.mouseClick(desk.selection.print, LEFT)
    sheets = window.desks["visits"]
    assert isinstance(sheets, SheetsDesk)
    qtbot.waitUntil(lambda: sheets.sheets is not None)
    assert sheets.sheets is not None and list(sheets.sheets.chosen) == ids
    window.go("map")
    qtbot.mouseClick(desk.selection.list, LEFT)
    reports = window.desks["reports"]
    assert isinstance(reports, ReportDesk)
    assert reports.volunteers.buildings() == ids
    window.go("map")
    qtbot.mouseClick(desk.selection.report, LEFT)
    assert isinstance(reports.page, FillPage)
    assert reports.page.where.said() == [("estate", "培花新村"), ("building", "12号")]


# ---------------------------------------------------------------- the whole way


def test_from_the_street_down_to_a_mended_value_over_the_group(
    qtbot: QtBot, qapp: Any, tmp_path: Path, roster: Path
) -> None:
    """Street → group → committee → estate → building → door → edit → repaint, and up again."""
    street = Street(tmp_path)
    committee = street.committee(1)
    rosters.apply(committee, rosters.preview(committee, roster))
    sync.merge(street.centre, [Path(each["file"]) for each in sync.export(committee, street.stick())])
    with street.centre.writing("create") as writing:
        writing.create("group", [("g1", {"name": "培花片区"})])
        writing.create(
            "committee", [(committee.committee_id, {"name": committee.name, "code": committee.code, "group": "g1"})]
        )
    window = opened(qtbot, qapp, street.centre)
    desk = map_desk(qtbot, window)
    page = desk.view.page
    becomes(qtbot, page, "loutu.map.things.size", 1)
    qtbot.mouseClick(desk.bar.scale, LEFT)
    assert desk.bar.popup.areas.isVisible()
    qtbot.mouseClick(desk.bar.popup.areas.buttons["group"], LEFT)
    desk.bar.popup.hide()
    window.activateWindow()
    becomes(qtbot, page, "[...loutu.map.things.values()][0].name", "培花片区")
    for level in ("group", "committee"):
        asked(qtbot, page, SHAPE.format(n=0))
        qtbot.waitUntil(
            lambda level=level: desk.level == level and desk.shown is not None and desk.shown.level == level
        )  # type: ignore[union-attr, misc]
        becomes(qtbot, page, "loutu.map.drawn.level", level)
    estate = desk.shown.around[0].id  # type: ignore[union-attr]
    asked(qtbot, page, "loutu.map.group.getLayers()[0].getElement()" + CLICK.format())
    qtbot.waitUntil(lambda: desk.level == "estate" and desk.id == estate)
    becomes(qtbot, page, "loutu.map.drawn.level", "estate")
    assert path(window) == [street.centre.name, "培花片区", "第1居委会", "培花新村"]
    asked(qtbot, page, SHAPE.format(n=0))
    qtbot.waitUntil(lambda: desk.level == "building")
    becomes(qtbot, page, "document.querySelectorAll('.cell').length", 2)
    asked(qtbot, page, CELL.format(room="302") + CLICK.format())
    qtbot.waitUntil(lambda: desk.door is not None)
    name = desk.people.form.grid.editors["name"].input
    assert isinstance(name, QLineEdit)
    name.selectAll()
    qtbot.keyClicks(name, "WANG DA")
    qtbot.keyClick(name, Qt.Key.Key_S, CTRL)
    becomes(qtbot, page, CELL.format(room="302") + ".querySelector('.name').textContent", "WANG DA")
    levels = ["estate", "committee", "group", "street"]
    for level in levels:
        desk.up()
        qtbot.waitUntil(lambda level=level: desk.level == level)  # type: ignore[misc]
        qtbot.waitUntil(lambda: not window.tasks.busy)
    window.close_session()
    street.committees.clear()
    workspaces.lock(committee)
