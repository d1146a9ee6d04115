"""From a door to what happened behind it, and away again where nothing is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain import clock
from app.services import incidents, places, records
from app.services.session import Session
from app.ui import theme
from app.ui.frame import Frame
from app.ui.incidents_desk import IncidentsDesk
from app.ui.residents_desk import ResidentsDesk

DOOR = "培花新村/12号/302"


@pytest.fixture
def window(qapp: QApplication, session: Session) -> Iterator[Frame]:
    records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    records.add(session, "household", {"dwelling": DOOR})
    theme.apply(qapp)
    frame = Frame(session)
    frame.resize(1366, 740)
    frame.show()
    yield frame
    frame.close()


def link_at(frame: Frame) -> Any:
    session = frame.session
    frame.go("residents", building=places.resolve(session, "培花新村/12号", "building")[1],
             household=places.resolve(session, DOOR, "household")[1])  # fmt: skip
    desk = frame.desks["residents"]
    assert isinstance(desk, ResidentsDesk)
    return desk.view.incident


def test_the_line_at_a_door_leads_to_the_incident_and_goes_with_it(window: Frame) -> None:
    session = window.session
    assert link_at(window).isHidden()
    row = incidents.add(session, kind="老人跌倒", place=DOOR)["id"]
    session.clock = clock.frozen("2020-05-25T18:00")
    link = link_at(window)
    assert link.isVisible() and link.text() == "! 未结事件：老人跌倒（特急，已接报），已超时"
    link.setFocus()
    QTest.keyClick(link, Qt.Key.Key_Return)
    desk = window.desks["incidents"]
    assert isinstance(desk, IncidentsDesk) and (desk.list.current() or {})["id"] == row
    incidents.withdraw(session, row, why="看错了")
    assert link_at(window).isHidden()
