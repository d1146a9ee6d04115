"""The time slider in the real window: the map, its list and its words follow the day, and today comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.domain import clock
from app.domain.findings import UserError
from app.domain.maps import Drawing
from app.services import places, records, replay, rosters, search
from app.services.session import Session
from app.ui import replay_bar, theme
from app.ui.day_track import EDGE, FOOT, DayTrack
from app.ui.frame import Frame
from app.ui.map_desk import MapDesk
from tests.ui.pages import asked, becomes

FIRST, SECOND = date(2020, 5, 25), date(2020, 5, 26)
PAST = "document.getElementById('past')?.hidden === false && document.getElementById('past').textContent"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def grown(session: Session, roster: Path) -> Session:
    """Two days: on the second one more party member."""
    rosters.apply(session, rosters.preview(session, roster))
    session.clock = clock.frozen("2020-05-26T09:00")
    party(session, "张三")
    return session


def party(session: Session, name: str) -> None:
    records.change(session, "resident", str(search.find(session, name)[0]["id"]), {"party_member": True})


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, grown: Session) -> Iterator[Frame]:
    theme.apply(qapp)
    frame = Frame(grown)
    qtbot.addWidget(frame)
    frame.resize(1366, 740)
    with qtbot.waitExposed(frame):
        frame.show()
    frame.activateWindow()
    yield frame
    frame.close_session()


@pytest.fixture
def desk(qtbot: QtBot, window: Frame) -> MapDesk:
    """The map of party members with the slider open, read."""
    window.go("map", colour="party")
    found = window.desks["map"]
    assert isinstance(found, MapDesk)
    qtbot.waitUntil(lambda: found.view.ready and found.shown is not None and not window.tasks.busy, timeout=20_000)
    found.replay.toggle()
    read(qtbot, found)
    return found


def read(qtbot: QtBot, desk: MapDesk) -> None:
    qtbot.waitUntil(lambda: desk.replay.series is not None, timeout=10_000)


def values(desk: MapDesk) -> dict[str, Any]:
    return {row["name"]: row["value"] for row in desk.things.rows_model.rows}


def shown_day(desk: MapDesk) -> str:
    assert isinstance(desk.shown, Drawing)
    return desk.shown.day


def test_map_list_and_words_follow_the_day_and_today_comes_back(qtbot: QtBot, desk: MapDesk) -> None:
    bar, page = desk.replay, desk.view.page
    assert bar.marker.text() == "今天 5月26日 周二" and bar.total.text() == "合计 2 人"
    becomes(qtbot, page, "map_page.getBounds().contains(loutu.map.bounds)", True)  # the bar took some of its height
    assert values(desk) == {"培花新村 12号": 2, "培花新村 13号": 0}
    qtbot.mouseClick(bar.before, LEFT)
    assert bar.marker.text() == "5月25日 周一 24:00" and bar.total.text() == "合计 1 人"
    assert values(desk) == {"培花新村 12号": 1, "培花新村 13号": 0}
    becomes(qtbot, page, PAST, "回看 5月25日 24:00")
    lines = "loutu.map.lines([...loutu.map.things.values()][0])[0]"
    assert asked(qtbot, page, lines) == "5月25日的党员：1 人"
    qtbot.mouseClick(bar.before, LEFT)
    assert bar.total.text() == "还没有数据"
    assert asked(qtbot, page, lines) == "5月24日还没有数据"
    qtbot.mouseClick(bar.close_button, LEFT)
    becomes(qtbot, page, PAST, False)
    assert bar.isHidden() and shown_day(desk) == ""
    assert values(desk) == {"培花新村 12号": 2, "培花新村 13号": 0}
    assert asked(qtbot, page, lines) == "党员：2 人"


def test_everything_by_keyboard(qtbot: QtBot, window: Frame, desk: MapDesk) -> None:
    bar = desk.replay
    qtbot.waitUntil(lambda: bar.track.hasFocus())
    days = [SECOND - timedelta(59), SECOND, FIRST, SECOND]
    for key, day in zip((Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right), days, strict=True):
        qtbot.keyClick(bar.track, key)
        assert shown_day(desk) == ("" if day == SECOND else day.isoformat())
    qtbot.keyClick(bar.track, Qt.Key.Key_Space)
    assert bar.timer.isActive() and bar.play.text() == "暂停" and shown_day(desk) == FIRST.isoformat()
    qtbot.keyClick(bar.track, Qt.Key.Key_Space)
    assert not bar.timer.isActive() and bar.play.text() == "播放"
    qtbot.keyClick(bar.play, Qt.Key.Key_Left)
    assert shown_day(desk) == (FIRST - timedelta(1)).isoformat()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert bar.isHidden() and shown_day(desk) == ""


def test_it_plays_from_the_first_known_day_to_today_and_stops(
    qtbot: QtBot, desk: MapDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_bar, "SPEEDS", dict.fromkeys(replay_bar.SPEEDS, 1))
    days: list[str] = []
    desk.replay.track.valueChanged.connect(lambda _: days.append(shown_day(desk)))
    qtbot.mouseClick(desk.replay.play, LEFT)
    qtbot.waitUntil(lambda: not desk.replay.timer.isActive())
    assert days == ["2020-05-25", ""]


def test_whoever_writes_is_back_at_today(qtbot: QtBot, desk: MapDesk) -> None:
    bar, before = desk.replay, desk.replay.series
    bar.track.setValue(bar.track.value() - 1)
    party(desk.desk.session, "李秀英")
    qtbot.waitUntil(lambda: bar.series is not None and bar.series is not before, timeout=10_000)
    assert shown_day(desk) == "" and bar.total.text() == "合计 3 人"
    becomes(qtbot, desk.view.page, PAST, False)


def test_another_measure_is_read_for_the_same_day_and_a_building_closes_it(qtbot: QtBot, desk: MapDesk) -> None:
    bar = desk.replay
    bar.track.setValue(bar.track.value() - 1)
    desk.colour.setCurrentIndex(desk.colour.findData("residents"))
    qtbot.waitUntil(lambda: bar.series is not None and bar.series.colour == "residents", timeout=10_000)
    assert shown_day(desk) == "2020-05-25"
    desk.show_level("building", places.resolve(desk.desk.session, "培花新村/12号", "building")[1])
    qtbot.waitUntil(lambda: bar.isHidden(), timeout=10_000)
    assert bar.series is None


def test_a_span_is_chosen_and_remembered(qtbot: QtBot, desk: MapDesk) -> None:
    bar = desk.replay
    bar.span.setCurrentIndex(bar.span.findData(14))
    qtbot.waitUntil(lambda: bar.series is not None and len(bar.series.days) == 14, timeout=10_000)
    assert desk.desk.settings.get(replay_bar.SPAN) == 14
    bar.track.setValue(0)
    assert shown_day(desk) == (SECOND - timedelta(13)).isoformat()


def test_reading_that_was_cancelled_closes_the_bar(
    qtbot: QtBot, window: Frame, desk: MapDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise UserError("cancelled")

    monkeypatch.setattr(replay, "series", stopped)
    desk.replay.span.setCurrentIndex(desk.replay.span.findData(90))
    qtbot.waitUntil(lambda: desk.replay.isHidden(), timeout=10_000)
    assert shown_day(desk) == "" and not window.tasks.busy


def test_a_click_on_the_curve_is_a_day(qtbot: QtBot) -> None:
    track = DayTrack()
    qtbot.addWidget(track)
    track.resize(2 * EDGE + 100, 60)
    track.show_days(FIRST, [None, None, 3, 0, 4771, 4774, None, 4, 5, 6, 7], str)
    for x, day in ((EDGE, 0), (EDGE + 52, 5), (EDGE + 100, 10), (1, 0)):
        qtbot.mouseClick(track, LEFT, pos=QPoint(x, 20))
        assert track.value() == day
    dark = track.grab().toImage().pixelColor(EDGE, track.height() - FOOT)
    assert dark.name().upper() == theme.ACCENT  # the handle stands on the first day
