"""The window around the desks: none of them flashes up beside it, a dialog cuts nothing, numbers wait for no key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain import clock
from app.domain.findings import UserError
from app.services import errands, summaries, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import act_dialog, theme
from app.ui.act_dialog import Ask
from app.ui.frame import Frame
from app.ui.isolation_desk import IsolationDesk
from app.ui.sections import BY_KEY
from app.ui.tasks import InlineTasks
from tests.conftest import ACCOUNT, PASSWORD
from tests.ui.isolating import EVENING, copied, isolated, people_at


def one_household(session: Session) -> None:
    ((_, people),) = people_at(session, [("1号", "101", ["王建国", "李秀英"])])
    isolated(session, people, date(2020, 5, 20))


@pytest.fixture
def frame(qtbot: QtBot, qapp: Any, new_workspace: Path, tmp_path: Path) -> Iterator[Frame]:
    theme.apply(qapp)
    folder = copied("window", one_household, new_workspace, tmp_path / "workspace")
    session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=clock.frozen(EVENING))
    made = Frame(session, Settings(), InlineTasks)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close_session()


class Strays(QObject):
    """Whatever is shown as a window of its own."""

    def __init__(self, qapp: Any) -> None:
        super().__init__()
        self.found: list[str] = []
        qapp.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.found.append(f"{type(watched).__name__} {getattr(watched, 'text', str)()}")
        return False


def test_opening_a_desk_opens_no_other_window(frame: Frame, qapp: Any) -> None:
    strays = Strays(qapp)
    for key, section in BY_KEY.items():
        if key != "map" and frame.allowed(section):
            frame.go(key)
    isolation = frame.desks["isolation"]
    assert isinstance(isolation, IsolationDesk)
    for page in isolation.keys:
        frame.go("isolation", page=page)
    qapp.removeEventFilter(strays)
    assert strays.found == []


def test_numbers_are_counted_once_after_several_writes(
    frame: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame.go("care")  # 今日 itself reads the same figures while it is looked at
    counted: list[int] = []
    real = summaries.standing
    monkeypatch.setattr(summaries, "standing", lambda *given, **named: counted.append(1) or real(*given, **named))
    home = "培花新村/1号/101"
    for kind in ("买菜购物", "收运垃圾", "配药送药"):
        errands.add(frame.session, household=home, kind=kind)
    assert counted == []
    qtbot.waitUntil(lambda: bool(counted), timeout=5_000)
    qtbot.wait(2 * frame._counting.interval())
    assert len(counted) == 1
    errands.add(frame.session, household=home, kind="买菜购物")
    frame.go("incidents")
    assert len(counted) == 2 and not frame._counting.isActive()  # a section that is opened has its number


def test_a_dialog_is_as_tall_as_what_lies_in_it(frame: Frame) -> None:
    """Also when a sentence comes in on top, and on a screen of which Qt would take no more than two thirds."""

    def refuse(_: Any) -> None:
        raise UserError("isolation-time-future", at="2020-05-26T18:00", now="2020-05-25T18:00")

    asks = [Ask(f"key{number}", f"第 {number} 项", "写好的") for number in range(9)]
    dialog = act_dialog.ask(frame, "登记", "一句话。" * 12, asks, "登记", refuse, lambda _: None, frame.session.now())
    assert dialog.height() >= dialog.body.totalHeightForWidth(dialog.width())
    dialog.write()
    assert dialog.message.isVisible() and dialog.height() >= dialog.body.totalHeightForWidth(dialog.width())
    dialog.reject()
