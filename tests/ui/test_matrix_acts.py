"""Several doors chosen in the matrix, by keys and by mouse, and what the bar under it does with them.

Longer than most files: the page and the bar are two halves of one act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.maps import matrix, matrix_page
from app.maps.matrix import Cell, Mark, Matrix
from app.services import matrix as matrices
from app.services import places, records
from app.services.session import Session
from app.settings import Settings
from app.ui import theme
from app.ui.desk import Desk
from app.ui.map_view import MapView
from app.ui.matrix_acts import MatrixActs
from app.ui.matrix_filter import MatrixFilter
from app.ui.tasks import InlineTasks
from tests.ui.pages import asked, becomes

HOUSE = "培花新村/12号"


def building(wide: int = 4, high: int = 4, marks: tuple[Mark, ...] = ()) -> Matrix:
    rooms = [f"{floor}{room:02d}" for floor in range(1, high + 1) for room in range(1, wide + 1)]
    cells = [Cell(room, room, "", int(room[:-2]), heads=("王建国",), people=3, marks=marks) for room in rooms]
    return Matrix("b", "12号", *matrix.arrange(cells), len(cells), 3 * len(cells), matrix.counted(cells))


# ---------------------------------------------------------------- in the page


@pytest.fixture(scope="module")
def kept_view(qapp: Any) -> Iterator[MapView]:
    """One page for all tests of choosing; each shows its own matrix anew."""
    made = MapView()
    made.resize(1280, 600)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    qapp.sendPostedEvents(made, QEvent.Type.DeferredDelete)


@pytest.fixture
def view(qtbot: QtBot, kept_view: MapView) -> MapView:
    qtbot.waitUntil(lambda: kept_view.ready, timeout=20_000)
    other = Matrix("other", "13号", *matrix.arrange([Cell("x", "101", "", 1)]), 0, 0)
    kept_view.call("show", matrix_page.of_matrix(other))
    kept_view.call("show", matrix_page.of_matrix(building()))
    becomes(qtbot, kept_view.page, "document.querySelectorAll('.cell').length", 16)
    asked(qtbot, kept_view.page, "loutu.matrix.current.focus(); 1")
    return kept_view


def chosen(qtbot: QtBot, view: MapView) -> str:
    return str(asked(qtbot, view.page, "[...loutu.matrix.chosen].map(c => c.dataset.id).sort().join(' ')"))


def key(qtbot: QtBot, view: MapView, name: str, **held: bool) -> None:
    options = ", ".join(f"{each}: true" for each in held)
    asked(
        qtbot, view.page,
        f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{key: {name!r}, bubbles: true, {options}}})); 1",
    )  # fmt: skip


def mouse(qtbot: QtBot, view: MapView, what: str, on: str, **held: Any) -> None:
    """on: the room of a cell, or the selector of something else."""
    target = f"loutu.matrix.cells.get({on!r})" if on.isdigit() else f"document.querySelector({on!r})"
    options = ", ".join(f"{each}: {str(value).lower()}" for each, value in held.items())
    asked(qtbot, view.page, f"{target}.dispatchEvent(new MouseEvent({what!r}, {{bubbles: true, {options}}})); 1")


def test_space_chooses_and_lets_go(qtbot: QtBot, view: MapView) -> None:
    with qtbot.waitSignal(view.selected) as told:
        key(qtbot, view, " ")
    assert told.args == [["401"]]
    key(qtbot, view, "ArrowRight")
    key(qtbot, view, " ")
    assert chosen(qtbot, view) == "401 402"
    with qtbot.waitSignal(view.selected) as told:
        key(qtbot, view, " ")
    assert told.args == [["401"]]


def test_shift_and_arrows_choose_a_rectangle(qtbot: QtBot, view: MapView) -> None:
    key(qtbot, view, "ArrowDown")
    for name in ("ArrowRight", "ArrowDown"):
        key(qtbot, view, name, shiftKey=True)
    assert chosen(qtbot, view) == "201 202 301 302"
    key(qtbot, view, "ArrowLeft", shiftKey=True)
    assert chosen(qtbot, view) == "201 301"


def test_ctrl_click_adds_one_and_shift_click_all_between(qtbot: QtBot, view: MapView) -> None:
    mouse(qtbot, view, "click", "402", ctrlKey=True)
    mouse(qtbot, view, "click", "204", ctrlKey=True)
    assert chosen(qtbot, view) == "204 402"
    mouse(qtbot, view, "click", "103", shiftKey=True)
    assert chosen(qtbot, view) == "103 104 203 204"


def test_dragging_chooses_and_opens_nothing(qtbot: QtBot, view: MapView) -> None:
    opened: list[str] = []
    view.opened.connect(opened.append)
    mouse(qtbot, view, "mousedown", "402", button=0)
    for room in ("402", "403", "303"):
        mouse(qtbot, view, "mouseover", room, buttons=1)
    with qtbot.waitSignal(view.selected) as told:
        asked(
            qtbot, view.page,
            "window.dispatchEvent(new MouseEvent('mouseup'));"
            " loutu.matrix.cells.get('303').dispatchEvent(new MouseEvent('click', {bubbles: true})); 1",
        )  # fmt: skip
    assert sorted(told.args[0]) == ["302", "303", "402", "403"]
    view.opened.disconnect(opened.append)
    assert opened == []


def test_a_plain_click_opens_a_door_and_lets_the_choice_go(qtbot: QtBot, view: MapView) -> None:
    key(qtbot, view, " ")
    with qtbot.waitSignal(view.opened) as told:
        mouse(qtbot, view, "mousedown", "302", button=0)
        asked(qtbot, view.page, "window.dispatchEvent(new MouseEvent('mouseup')); 1")
        mouse(qtbot, view, "click", "302")
    assert (told.args, chosen(qtbot, view)) == (["302"], "")


def test_a_floor_a_column_and_everything(qtbot: QtBot, view: MapView) -> None:
    mouse(qtbot, view, "click", "[data-row='1']")
    assert chosen(qtbot, view) == "301 302 303 304"
    mouse(qtbot, view, "click", "[data-column='3']", ctrlKey=True)
    assert chosen(qtbot, view) == "104 204 301 302 303 304 404"
    key(qtbot, view, "a", ctrlKey=True)
    assert len(chosen(qtbot, view).split()) == 16
    for letter in "30":
        key(qtbot, view, letter)
    key(qtbot, view, "a", ctrlKey=True)
    assert chosen(qtbot, view) == "301 302 303 304"


def test_escape_lets_go_the_choice_then_the_filter_then_goes_up(qtbot: QtBot, view: MapView) -> None:
    key(qtbot, view, "3")
    key(qtbot, view, " ")
    with qtbot.waitSignal(view.selected) as told:
        key(qtbot, view, "Escape")
    assert told.args == [[]]
    key(qtbot, view, "Escape")
    assert asked(qtbot, view.page, "loutu.matrix.filter") == ""
    with qtbot.waitSignal(view.up):
        key(qtbot, view, "Escape")


def test_the_program_chooses_and_ids_it_does_not_know_are_none(qtbot: QtBot, view: MapView) -> None:
    view.call("select", ["202", "<img src=x>", "909"])
    becomes(qtbot, view.page, "[...loutu.matrix.chosen].map(c => c.dataset.id).join()", "202")


def test_the_choice_outlives_an_edit_and_ends_with_the_building(qtbot: QtBot, view: MapView) -> None:
    key(qtbot, view, "a", ctrlKey=True)
    view.call("show", matrix_page.of_matrix(building(marks=(Mark("returned"),))))
    becomes(qtbot, view.page, "document.querySelectorAll('.cell[aria-selected=true] .mark').length", 16)
    with qtbot.waitSignal(view.selected) as told:
        view.call("show", matrix_page.of_matrix(building(3, 3)))
    assert told.args == [[]]


def test_a_wide_door_is_one_stop_and_part_of_each_of_its_columns(qtbot: QtBot, view: MapView) -> None:
    rooms = ("301", "302", "303", "201-202", "203", "101", "102", "103")
    cells = [Cell(room, room, "", int(room[0])) for room in rooms]
    view.call("show", matrix_page.of_matrix(Matrix("w", "9号", *matrix.arrange(cells), 0, 0)))
    becomes(qtbot, view.page, "document.querySelectorAll('.cell').length", 8)
    mouse(qtbot, view, "click", "[data-column='1']")
    assert chosen(qtbot, view) == "102 201-202 302"
    asked(qtbot, view.page, "loutu.matrix.focusOn(loutu.matrix.cells.get('201-202')); 1")
    key(qtbot, view, "ArrowRight")
    assert asked(qtbot, view.page, "document.activeElement.dataset.id") == "203"
    wide, one = (
        asked(qtbot, view.page, f"loutu.matrix.cells.get('{room}').offsetWidth") for room in ("201-202", "203")
    )
    assert wide == 2 * one + 4


WHOLE = """[...document.querySelectorAll('.mark.isolation')].filter((mark) => {
  const own = mark.getBoundingClientRect(), cell = mark.closest('.cell').getBoundingClientRect();
  const late = mark.closest('.cell').querySelector('.mark.incident').getBoundingClientRect();
  return mark.textContent === '12/14' && own.right <= late.left && late.right <= cell.right && own.bottom <= cell.bottom
    && document.elementFromPoint(own.right - 3, own.top + own.height / 2) === mark;
}).length"""


@pytest.mark.parametrize("wide", [5, 12])
def test_the_day_of_an_isolation_is_read_whatever_else_is_marked(qtbot: QtBot, view: MapView, wide: int) -> None:
    marks = (
        Mark("returned"),
        Mark("isolation", 12, 14, True),
        Mark("disabled"),
        Mark("incident", count=2, missing=True),
    )
    view.call("show", matrix_page.of_matrix(building(wide, 2, marks)))
    becomes(qtbot, view.page, WHOLE, 2 * wide)


# ---------------------------------------------------------------- the bar


@dataclass
class Around:
    """What the map's page is to the bar, and what the bar asked of the window."""

    desk: Desk
    said: list[tuple[str, str]] = field(default_factory=list)
    went: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    called: list[tuple[str, Any]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


@pytest.fixture
def around(qtbot: QtBot, qapp: Any, session: Session) -> Around:
    for room in ("101", "102", "201"):
        records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room})
    for room, name in (("101", "甲"), ("102", "乙"), ("102", "<b>丙</b>")):
        home = records.add(session, "household", {"dwelling": f"{HOUSE}/{room}"}).id
        records.add(session, "resident", {"household": home, "name": name, "relation": "户主"})
    theme.apply(qapp)
    made = Around(None)  # type: ignore[arg-type]
    made.desk = Desk(
        session, InlineTasks(made.errors.append), lambda text, batch="", _="", /: made.said.append((text, batch)),
        lambda section, /, **where: made.went.append((section, where)), made.errors.append, lambda: None, lambda steps: None,
        Settings(),
    )  # fmt: skip
    return made


@pytest.fixture
def bar(qtbot: QtBot, around: Around) -> MatrixActs:
    class Host(QWidget):
        desk = around.desk
        view = SimpleNamespace(call=lambda *told: around.called.append(told), setFocus=lambda: None)

    host = Host()
    qtbot.addWidget(host)
    made = MatrixActs(host)  # type: ignore[arg-type]  # what it asks of the map's page
    host.resize(1000, 60)
    host.show()
    made.shown(matrices.of(around.desk.session, HOUSE))
    return made


def ids(session: Session, *rooms: str) -> list[str]:
    return [places.resolve(session, f"{HOUSE}/{room}", "dwelling")[1] for room in rooms]


def test_the_bar_counts_and_hides_with_the_choice(bar: MatrixActs, around: Around) -> None:
    assert bar.isHidden()
    bar.choose([*ids(around.desk.session, "101", "102", "201"), "no door"])
    assert (bar.isVisible(), bar.said.text()) == (True, "已选 3 间 · 3户 3人")
    bar.choose([])
    assert bar.isHidden()


def test_one_visit_for_all_is_said_before_and_undone_after(qtbot: QtBot, bar: MatrixActs, around: Around) -> None:
    session = around.desk.session
    bar.choose(ids(session, "101", "102", "201"))
    bar.visit.click()
    dialog = bar.asking
    assert dialog.act.text() == "给 3 户登记走访"
    said = [each.text() for each in dialog.findChildren(type(dialog.message))]
    assert any("没有登记住户的 1 间不登记：201" in text for text in said)
    dialog.inputs["on"].setText("2020-05-26")  # type: ignore[union-attr]
    dialog.act.click()
    assert (dialog.isVisible(), "还没有到" in dialog.message.text()) == (True, True)
    dialog.inputs["on"].setText("5月24日")  # type: ignore[union-attr]
    dialog.act.click()
    text, batch = around.said[-1]
    assert text == "已给 3 户登记走访（登记），1 间没有住户没有登记"
    assert batch
    with session.db.reading() as connection:
        days = connection.exec_driver_sql('SELECT "on" FROM visit').fetchall()
    assert [tuple(day) for day in days] == [("2020-05-24",)] * 3


def test_doors_without_anybody_offer_no_visit(bar: MatrixActs, around: Around) -> None:
    bar.choose(ids(around.desk.session, "201"))
    assert bar.said.text() == "已选 1 间 · 没有登记住户"
    assert not bar.visit.isEnabled()
    assert bar.isolate.isHidden()


def test_sheets_are_asked_for_exactly_these_doors(bar: MatrixActs, around: Around) -> None:
    wanted = ids(around.desk.session, "102", "201")
    bar.choose(wanted)
    bar.print.click()
    assert around.went == [("visits", {"doors": tuple(wanted)})]


def test_a_state_for_all_of_them(bar: MatrixActs, around: Around) -> None:
    session = around.desk.session
    bar.choose(ids(session, "101", "201"))
    menu = bar.state.menu()
    next(action for action in menu.actions() if action.text() == "标为空置").trigger()
    assert (around.said[-1][0], bool(around.said[-1][1])) == ("已把 2 间标为空置", True)
    assert [door.get("state") for door in places.dwellings(session, bar.matrix.id)] == ["空置", "空置", None]  # type: ignore[union-attr]


def test_an_isolation_is_opened_for_one_household_only(bar: MatrixActs, around: Around) -> None:
    session = around.desk.session
    bar.choose(ids(session, "102"))
    assert bar.isolate.isHidden()  # two live there
    bar.choose(ids(session, "101", "102"))
    assert bar.isolate.isHidden()
    bar.choose(ids(session, "101"))
    bar.isolate.click()
    section, where = around.went[-1]
    home = places.resolve(session, f"{HOUSE}/101", "household")[1]
    assert (section, where["page"], where["household"]) == ("isolation", "open", home)


def test_the_list_is_copied_as_a_table_and_leads_to_a_person(qtbot: QtBot, bar: MatrixActs, around: Around) -> None:
    bar.choose(ids(around.desk.session, "102"))
    bar.names.click()
    bar.listed.copy.click()
    lines = QGuiApplication.clipboard().text().split("\n")
    QGuiApplication.clipboard().clear()
    assert lines[0].split("\t")[:3] == ["室号", "户", "姓名"]
    assert [line.split("\t")[:3] for line in lines[1:]] == [["102", "户1", "乙"], ["102", "户2", "<b>丙</b>"]]
    bar.names.click()
    bar.listed.open_.click()
    section, where = around.went[-1]
    assert (section, set(where)) == ("residents", {"building", "household", "resident"})


def test_whoever_only_reads_is_offered_only_the_list(bar: MatrixActs, around: Around) -> None:
    around.desk.session.roles = frozenset({"group_head"})
    bar.choose(ids(around.desk.session, "101"))
    shown = [each for each in (bar.visit, bar.print, bar.state, bar.names, bar.isolate) if not each.isHidden()]
    assert shown == [bar.names]


def test_letting_go_tells_the_page(bar: MatrixActs, around: Around) -> None:
    bar.choose(ids(around.desk.session, "101"))
    bar.none.click()
    assert bar.isHidden()
    assert ("select", []) in around.called


def test_only_some_marks_are_ticked_and_cleared_at_once(qtbot: QtBot, qapp: Any) -> None:
    made = MatrixFilter()
    qtbot.addWidget(made)
    made.ticks["isolation"].setChecked(True)
    made.ticks["unvisited"].setChecked(True)
    assert (made.keys, made.text()) == (["isolation", "unvisited"], "仅看 2 项")
    with qtbot.waitSignals([made.changed]):
        made.all.trigger()
    assert (made.keys, made.text()) == ([], "仅看")
