"""In the real window: doors chosen in the matrix take one visit, which is undone; an empty building gets its doors by a rule."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.maps.matrix import Matrix
from app.services import places, records
from app.ui.frame import Frame
from app.ui.generator_dialog import GeneratorDialog
from app.ui.map_desk import MAP, NOTHING
from tests.e2e.test_map_by_clicks import SHAPE, down, known, map_desk, window
from tests.ui.pages import asked, becomes

__all__ = ["known", "window"]  # fixtures

ALL = "loutu.matrix.current.focus(); document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', ctrlKey: true, bubbles: true})); 1"
UNVISITED = "document.querySelectorAll('.cell.unvisited').length"


def test_doors_are_chosen_visited_at_once_and_it_is_undone(qtbot: QtBot, window: Frame) -> None:
    desk = map_desk(qtbot, window)
    becomes(qtbot, desk.view.page, "loutu.map.things.size", 2)
    down(qtbot, desk, SHAPE.format(n=0), "building")
    becomes(qtbot, desk.view.page, UNVISITED, 2)
    asked(qtbot, desk.view.page, ALL)
    qtbot.waitUntil(lambda: desk.acts.isVisible())
    assert desk.acts.said.text() == "已选 2 间 · 2户 3人"
    qtbot.mouseClick(desk.acts.visit, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(desk.acts.asking.act, Qt.MouseButton.LeftButton)
    becomes(qtbot, desk.view.page, UNVISITED, 0)
    assert desk.acts.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    becomes(qtbot, desk.view.page, UNVISITED, 2)
    window.notice.hide()  # the first Esc would
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desk.acts.isHidden())
    assert desk.level == "building"


def test_an_empty_building_says_what_to_do_and_gets_its_doors(qtbot: QtBot, window: Frame) -> None:
    session = window.session
    records.add(session, "building", {"estate": "培花新村", "number": "99号"})
    desk = map_desk(qtbot, window)
    desk.show_level("building", places.resolve(session, "培花新村/99号", "building")[1])
    qtbot.waitUntil(lambda: isinstance(desk.shown, Matrix) and desk.whole.currentIndex() == NOTHING)
    desk.tools.generate()
    dialog = desk.findChild(GeneratorDialog)
    assert dialog is not None
    dialog.fields["floors"].setText("1-3")
    dialog.fields["rooms"].setText("2")
    dialog.look()
    qtbot.mouseClick(dialog.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.whole.currentIndex() == MAP)
    becomes(qtbot, desk.view.page, "document.querySelectorAll('.cell').length", 6)
