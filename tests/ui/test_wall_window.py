"""大屏: it goes through its slides for a day without growing, is moved by keys, outlives the lock and never asks anything.

`LOUTU_ALL` goes through a whole day of slides (24 h at 20 s) and looks at the memory of the page's process too.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app import faults
from app.domain import clock
from app.domain.findings import UserError
from app.domain.wall import KEYS, Behind
from app.main import Shell
from app.services import ground, records, wall, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import theme, wall_page, wall_window
from app.ui.desk import Desk
from app.ui.login import Login
from app.ui.map_tools import MapTools
from app.ui.tasks import InlineTasks
from app.ui.wall_window import WallWindow
from tests.conftest import ACCOUNT, PASSWORD, quickly
from tests.street import Street, copy_of, template
from tests.ui.isolating import bare_desk
from tests.ui.pages import asked, becomes

ALL = bool(os.environ.get("LOUTU_ALL"))
TURNS, READ_AFTER = 4_320 if ALL else 120, 15
"""Slides: a day of them at 20 s; and how many between two readings (5 min)."""
HOSTILE = "</script><img src=x onerror='window.hit=1'>&amp;第一居委会"
AT = clock.frozen("2020-05-25T16:00")
ESCAPE, SPACE, LEFT, RIGHT, UP, DOWN = (
    getattr(Qt.Key, f"Key_{name}") for name in ("Escape", "Space", "Left", "Right", "Up", "Down")
)
SMALL_OR_CUT = """(() => {
  const found = [];
  for (const each of document.querySelectorAll('#wall *, #legend *, .label *')) {
    if (each.children.length || !each.textContent.trim() || !each.getClientRects().length) continue;
    if (parseFloat(getComputedStyle(each).fontSize) < 13.34) found.push('small: ' + each.textContent);
    if (each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline') found.push('cut: ' + each.textContent);
  }
  for (const each of document.querySelectorAll('.wall-card, #legend')) {
    if (each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1) found.push('over: ' + each.textContent);
  }
  return found.join(' | ');
})()"""
"""13.34 px of 1280 are 20 px of 1920."""


def two_committees(street: Street) -> None:
    for number in (1, 2):
        session = street.committee(number)
        records.add(session, "estate", {"name": "培花新村"})
        street.bring(street.centre, street.send(session))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with quickly():
        return template(tmp_path_factory.mktemp("wall-street"), two_committees)


@dataclass
class Room:
    """A street and the wall in it: opened once, and again only after a test that ends it."""

    street: Street
    desk: Desk
    window: WallWindow | None = None


@pytest.fixture(scope="module")
def room(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with quickly():
        street = copy_of(made, tmp_path_factory.mktemp("wall"))
    street.centre.clock = AT
    yield Room(street, bare_desk(street.centre)[0])
    wall_window.close_all()
    QApplication.sendPostedEvents(None, 52)  # what is to be deleted, now: its page must go before the application
    street.close()


@pytest.fixture
def desk(room: Room) -> Desk:
    """At work, whatever the test before did."""
    room.desk.session.roles = frozenset({"data", "administrator"})
    return room.desk


@pytest.fixture
def shown(qtbot: QtBot, qapp: Any, room: Room, desk: Desk) -> WallWindow:
    """A wall that reads on the spot, with its first slide."""
    theme.apply(qapp)
    window = room.window
    if window is None or not isValid(window):
        window = room.window = WallWindow(desk, InlineTasks)
        window.resize(1280, 720)
        window.show()
    window.faults = []  # type: ignore[attr-defined]
    window.page.map.faulted.connect(window.faults.append)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: window.page.map.ready and window.page.shown is not None, timeout=20_000)
    window._clock = AT
    window.read()
    window.at = window.turn = 0
    window.draw()
    window._tick()
    window._say(hint="")
    return window


def ends(qtbot: QtBot, window: WallWindow) -> None:
    qtbot.waitUntil(lambda: not isValid(window))


def text(qtbot: QtBot, window: WallWindow, part: str) -> str:
    return str(asked(qtbot, window.page.map.page, f"document.querySelector('.wall-{part}').textContent"))


def says(qtbot: QtBot, window: WallWindow, part: str, wanted: str) -> None:
    becomes(qtbot, window.page.map.page, f"document.querySelector('.wall-{part}').textContent", wanted)


# ---------------------------------------------------------------- what it shows


def test_map_cards_and_clock(qtbot: QtBot, shown: WallWindow) -> None:
    says(qtbot, shown, "title", "花木街道")
    says(qtbot, shown, "clock", "5月25日 周一 16:00")
    assert text(qtbot, shown, "measure") == "居家隔离分布"
    assert text(qtbot, shown, "stamps") == "内部工作示意图演练"
    assert [asked(qtbot, shown.page.map.page, f"document.querySelectorAll('{each}').length") for each in (
        ".wall-totals .figure", ".wall-changes .figure", ".chart svg", ".dot", ".dot.here",
    )] == [8, 9, 4, len(KEYS), 1]  # fmt: skip
    becomes(qtbot, shown.page.map.page, "loutu.map.layers.size", 2)
    assert shown.faults == []  # type: ignore[attr-defined]


def test_roads_lie_under_it_and_come_again_with_a_new_page(qtbot: QtBot, shown: WallWindow, desk: Desk) -> None:
    [[x, y], *_] = shown.slides[0].drawing.things[0].geometry["coordinates"][0]
    road = {
        "geometry": {"type": "LineString", "coordinates": [[x, y], [x + 0.01, y]]},
        "name": "丁香路",
        "class": "primary",
    }
    layer = ground.keep(desk.session, "roads", "道路", "© 测绘院", [road])
    shown.read()
    says_credit = "document.getElementById('credit').hidden ? '' : document.getElementById('credit').textContent"
    becomes(qtbot, shown.page.map.page, says_credit, "© 测绘院")
    shown.page.map._ended()
    qtbot.waitUntil(lambda: shown.page.map.ready, timeout=20_000)
    becomes(qtbot, shown.page.map.page, says_credit, "© 测绘院")
    shown.page.map._losses = 0
    ground.remove(desk.session, layer.id)
    shown.read()
    becomes(qtbot, shown.page.map.page, says_credit, "")


def test_every_screen_shows_the_same_page_only_larger(qtbot: QtBot, shown: WallWindow) -> None:
    for size in ((1920, 1080), (3840, 2160), (1280, 720)):
        shown.resize(*size)
        becomes(
            qtbot,
            shown.page.map.page,
            "innerWidth + 'x' + innerHeight + '/' + devicePixelRatio",
            f"1280x720/{size[0] / 1280:g}",
        )
        becomes(qtbot, shown.page.map.page, SMALL_OR_CUT, "")


def test_what_committees_are_called_is_text_here_too(qtbot: QtBot, shown: WallWindow) -> None:
    slide = shown.slides[0]
    things = tuple(replace(each, name=HOSTILE, label=HOSTILE) for each in slide.drawing.things)
    board = replace(
        slide.board, name=HOSTILE, silent=(HOSTILE,), behind=(Behind("x", HOSTILE, 10, {"check": 10}, "", False),)
    )
    shown.page.shown = None
    shown._came((replace(slide, drawing=replace(slide.drawing, things=things), board=board),))
    says(qtbot, shown, "title", HOSTILE)
    assert HOSTILE in text(qtbot, shown, "ticker")
    assert HOSTILE in text(qtbot, shown, "behind")
    assert asked(qtbot, shown.page.map.page, "document.querySelectorAll('#stage img, #stage script').length") == 0
    assert asked(qtbot, shown.page.map.page, "window.hit === undefined")


def test_before_any_data_it_says_what_to_do_and_goes_on_by_itself(
    qtbot: QtBot, qapp: Any, new_centre: Path, tmp_path: Path
) -> None:
    street = copy_of(new_centre, tmp_path, kept=new_centre / "kept")
    desk, _ = bare_desk(street.centre)
    window = WallWindow(desk, InlineTasks)
    window.show()
    qtbot.waitUntil(lambda: window.page.map.ready, timeout=20_000)
    becomes(
        qtbot,
        window.page.map.page,
        "document.querySelector('.wall-empty').textContent.slice(0, 11)",
        "还没有居委会报送数据。",
    )
    two_committees(street)
    window.read()
    says(qtbot, window, "empty", "")
    becomes(qtbot, window.page.map.page, "loutu.map.layers.size", 2)
    window.close()
    street.close()


# ---------------------------------------------------------------- turns


def test_slides_take_turns_by_themselves(qtbot: QtBot, shown: WallWindow) -> None:
    assert shown.rotation.isActive()
    assert shown.rotation.interval() == 20_000
    seen = []
    for _ in KEYS:
        seen.append(shown.slides[shown.at].key)
        shown.rotation.timeout.emit()
    assert tuple(seen) == KEYS
    assert shown.at == 0
    shown.rotation.timeout.emit()
    says(qtbot, shown, "measure", "来沪返沪分布")


def test_keys_reach_the_window_and_not_the_page(qtbot: QtBot, shown: WallWindow) -> None:
    shown.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is shown)

    def press(key: Qt.Key) -> None:
        QTest.keyClick(shown.windowHandle(), key)

    press(RIGHT)
    assert shown.at == 1
    press(LEFT)
    press(LEFT)
    assert shown.at == len(KEYS) - 1
    press(SPACE)
    assert not shown.rotation.isActive()
    press(RIGHT)  # by hand one still turns
    assert (shown.at, shown.rotation.isActive()) == (0, False)
    press(SPACE)
    assert shown.rotation.isActive()
    press(ESCAPE)
    ends(qtbot, shown)
    assert wall_window._walls == []


def test_the_pace_is_kept_and_has_limits(shown: WallWindow, desk: Desk) -> None:
    QTest.keyClick(shown, UP)
    assert (shown.rotation.interval(), desk.settings.get(wall_window.SETTING)) == (30_000, 30)
    for _ in range(20):
        QTest.keyClick(shown, UP)
    assert shown.rotation.interval() == 120_000
    for _ in range(20):
        QTest.keyClick(shown, DOWN)
    assert shown.rotation.interval() == 10_000


def test_the_mouse_brings_the_keys_and_both_go_again(qtbot: QtBot, shown: WallWindow) -> None:
    shown._hide_mouse()
    assert shown.cursor().shape() == Qt.CursorShape.BlankCursor
    says(qtbot, shown, "hint", "")
    QTest.mouseMove(shown.windowHandle(), QPoint(40, 40))
    qtbot.waitUntil(lambda: shown.cursor().shape() == Qt.CursorShape.ArrowCursor)
    becomes(qtbot, shown.page.map.page, "document.querySelector('.wall-hint').textContent.includes('Esc 退出')", True)
    shown.still.timeout.emit()
    says(qtbot, shown, "hint", "")


def test_a_second_wall_takes_the_place_of_the_first(qtbot: QtBot, shown: WallWindow, desk: Desk) -> None:
    other = WallWindow(desk, InlineTasks)
    ends(qtbot, shown)
    assert wall_window._walls == [other]
    assert len(desk.on_lock) == 1


def test_it_opens_where_nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    desk_s, other = object(), object()
    screens = SimpleNamespace(screens=lambda: [desk_s, other], primaryScreen=lambda: desk_s)
    monkeypatch.setattr(wall_window, "QGuiApplication", screens)
    working: Any = SimpleNamespace(screen=lambda: desk_s)
    assert wall_window._screen_for(working) is other
    assert wall_window._screen_for(None) is other
    screens.screens = lambda: [desk_s]
    assert wall_window._screen_for(working) is desk_s


# ---------------------------------------------------------------- new figures


def test_what_is_written_is_shown_soon_and_writing_on_does_not_put_it_off(qtbot: QtBot, shown: WallWindow) -> None:
    assert shown.refreshing.interval() == wall_window.REFRESH
    records.add(shown.session, "estate", {"name": "联洋花园"})
    qtbot.waitUntil(lambda: shown.refreshing.interval() == wall_window.SOON)
    shown.refreshing.start(1_000)  # as later, when it is nearly time
    with qtbot.waitSignal(shown._changed):
        records.add(shown.session, "estate", {"name": "东城"})
    assert shown.refreshing.interval() <= 1_100
    shown.refreshing.timeout.emit()
    assert shown.refreshing.interval() == wall_window.REFRESH


def test_a_reading_that_takes_long_is_followed_by_another(shown: WallWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.refreshing.stop()
    monkeypatch.setattr(InlineTasks, "busy", True)
    shown.read()
    assert shown.refreshing.isActive()


def test_another_day_has_other_figures(shown: WallWindow) -> None:
    shown._clock = clock.frozen("2020-05-26T00:00")
    shown._tick()
    assert shown.refreshing.interval() == wall_window.SOON


def test_what_fails_leaves_the_last_slide_and_is_tried_again(
    qtbot: QtBot, shown: WallWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    slides = shown.slides
    for error in (UserError("database-busy"), RuntimeError("x")):
        with monkeypatch.context() as patch:
            patch.setattr(faults, "note", lambda *_: None)
            patch.setattr(wall, "slides", lambda *_, error=error: (_ for _ in ()).throw(error))
            shown.read()
        assert shown.slides is slides
        assert shown.refreshing.interval() == wall_window.AGAIN
        shown._say(hint="")
        says(qtbot, shown, "notice", "暂时读不到新数据，画面停在 5月25日 16:00，稍后自动再试")
        assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    shown.read()
    says(qtbot, shown, "notice", "")


def test_what_fails_at_first_is_tried_again_too(
    qtbot: QtBot, shown: WallWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.slides, shown.page.shown = (), None
    with monkeypatch.context() as patch:
        patch.setattr(wall, "slides", lambda *_: (_ for _ in ()).throw(UserError("database-busy")))
        shown.read()
    says(qtbot, shown, "empty", "暂时读不到数据，稍后自动再试。")
    shown.read()
    says(qtbot, shown, "empty", "")


def test_a_page_whose_process_died_comes_again_with_the_same_slide(qtbot: QtBot, shown: WallWindow) -> None:
    shown.step(3)
    shown.page.map._ended()
    assert not shown.page.map.ready
    shown.step(1)
    assert shown.page.map._waiting == []  # nothing piles up while there is no page
    qtbot.waitUntil(lambda: shown.page.map.ready, timeout=20_000)
    says(qtbot, shown, "measure", "未访户分布")
    becomes(qtbot, shown.page.map.page, "loutu.map.layers.size", 2)
    says(qtbot, shown, "clock", "5月25日 周一 16:00")


def test_a_page_that_was_given_up_is_made_anew(
    qtbot: QtBot, shown: WallWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_page, "AGAIN", 1)
    monkeypatch.setattr(faults, "note", lambda *_: None)
    before = shown.page.map
    shown.page.map._losses = 99
    shown.page.map._ended()
    qtbot.waitUntil(lambda: shown.page.map is not before and shown.page.map.ready, timeout=20_000)
    becomes(qtbot, shown.page.map.page, "loutu.map.layers.size", 2)


# ---------------------------------------------------------------- locked, and unlocked again


def locked(desk: Desk) -> None:
    """As the window does it."""
    for act in list(desk.on_lock):
        act()
    workspaces.lock(desk.session)


def test_a_locked_workspace_leaves_the_last_figures_with_their_time(
    qtbot: QtBot, shown: WallWindow, desk: Desk, room: Room
) -> None:
    session = desk.session
    locked(desk)
    shown._say(hint="")
    says(qtbot, shown, "notice", "电脑已锁定，数据停在 5月25日 16:00；解锁后自动更新")
    assert not hasattr(shown, "session")
    assert session.on_change == []
    assert desk.on_lock == []
    shown.rotation.timeout.emit()
    shown.read()
    shown._tick()
    assert not shown.refreshing.isActive()
    says(qtbot, shown, "measure", "来沪返沪分布")
    wall_window.resume(unlocked(room))


def unlocked(room: Room, at: str = "2020-05-25T18:30") -> Desk:
    room.street.centre = workspaces.unlock(room.street.folder / "centre", ACCOUNT, PASSWORD, clock=clock.frozen(at))
    room.desk = bare_desk(room.street.centre)[0]
    return room.desk


def test_a_log_in_wakes_it(qtbot: QtBot, shown: WallWindow, room: Room) -> None:
    locked(room.desk)
    wall_window.resume(unlocked(room))
    assert shown.slides[0].board.at.startswith("2020-05-25T18:30")
    shown._say(hint="")
    says(qtbot, shown, "notice", "")


def test_an_account_without_maps_ends_it(qtbot: QtBot, shown: WallWindow, room: Room) -> None:
    locked(room.desk)
    unlocked(room).session.roles = frozenset({"administrator"})
    wall_window.resume(room.desk)
    ends(qtbot, shown)


def test_another_workspace_ends_it(qtbot: QtBot, shown: WallWindow, session: Session) -> None:
    wall_window.resume(bare_desk(session)[0])
    ends(qtbot, shown)


def test_nobody_at_the_pc_locks_the_window_and_not_the_wall(qtbot: QtBot, qapp: Any, room: Room, desk: Desk) -> None:
    wall_window.close_all()
    locked(desk)
    shell = Shell(room.street.folder / "centre", Settings(), AT)
    shell.show()

    def log_in() -> None:
        login = shell.centralWidget()
        assert isinstance(login, Login)
        QTest.keyClicks(login.password, PASSWORD)
        QTest.keyClick(login.password, Qt.Key.Key_Return)

    log_in()
    assert shell.frame is not None
    window = WallWindow(shell.frame.desk)
    window.show()
    qtbot.waitUntil(lambda: bool(window.slides) and not shell.frame.tasks.busy, timeout=20_000)  # type: ignore[union-attr]
    shell.rest()
    assert shell.frame is None
    assert window.isVisible()
    assert window.locked
    log_in()
    assert not window.locked
    qtbot.waitUntil(lambda: not window.tasks.busy, timeout=20_000)
    shell.close()
    ends(qtbot, window)
    shell.deleteLater()
    unlocked(room)


def test_the_map_s_menu_opens_it_over_a_whole_screen(qtbot: QtBot, desk: Desk) -> None:
    page: Any = SimpleNamespace(desk=desk)
    tools = MapTools(page)
    tools.show_wall()
    assert tools.wall.isFullScreen()
    qtbot.waitUntil(lambda: bool(tools.wall.slides), timeout=20_000)
    tools.wall.close()
    ends(qtbot, tools.wall)


def test_a_fault_elsewhere_is_never_said_on_the_wall(shown: WallWindow, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    assert wall_window.beside(shown) is None
    assert wall_window.beside(other) is other


# ---------------------------------------------------------------- a day of it


def counted(qtbot: QtBot, window: WallWindow) -> dict[str, int]:
    """What would grow if anything were left behind; memory of the page's process in kB where it can be known."""
    page = window.page.map.page
    gc.collect()
    pages = Path(f"/proc/{page.renderProcessPid()}/statm")
    return {
        "elements": asked(qtbot, page, "document.getElementsByTagName('*').length"),
        "layers": asked(qtbot, page, "Object.keys(map_page._layers).length"),
        "panes": asked(qtbot, page, "Object.keys(map_page._panes).length"),
        "heard": asked(qtbot, page, "Object.values(map_page._events).flat().length"),
        "waiting": len(window.page.map._waiting),
        "objects": len(window.findChildren(QObject)),
        "python": len(gc.get_objects()),
        "windows": len(QApplication.topLevelWidgets()),
        "listening": len(window.session.on_change) + len(window.desk.on_lock),
        "heap": asked(qtbot, page, "performance.memory.usedJSHeapSize"),
        "memory": int(pages.read_text().split()[1]) * 4 if pages.exists() else 0,
    }


def day(qtbot: QtBot, window: WallWindow, turns: int) -> None:
    """The clock runs as fast as it can: slides, a minute's tick, readings, now and then a map that has to be drawn anew."""
    for turn in range(turns):
        window._clock = clock.frozen(f"2020-05-25T{16 + turn // 180 % 8:02d}:{turn // 3 % 60:02d}")
        window.rotation.timeout.emit()
        window.minute.timeout.emit()
        if turn % READ_AFTER == READ_AFTER - 1:
            window.refreshing.timeout.emit()
            if turn % (4 * READ_AFTER) == 4 * READ_AFTER - 1:
                window.page.shown = None
                window.draw()
            asked(qtbot, window.page.map.page, "1")  # the page has done what it was told


def test_a_day_of_slides_leaves_nothing_behind(qtbot: QtBot, shown: WallWindow) -> None:
    day(qtbot, shown, 60)  # whatever is made once
    before = counted(qtbot, shown)
    day(qtbot, shown, TURNS)
    after = counted(qtbot, shown)
    for name in ("elements", "layers", "panes", "heard", "waiting", "objects", "windows", "listening"):
        assert after[name] == before[name], name
    assert after["python"] < before["python"] + 500
    assert after["heap"] < 1.5 * before["heap"] + 8_000_000
    if ALL:
        assert after["memory"] < before["memory"] + 60_000
    assert shown.faults == []  # type: ignore[attr-defined]
