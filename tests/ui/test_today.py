"""今日 in the window: a digit goes to the deed, a note is read, notices name nobody, old data is said in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain import clock
from app.domain.supervision import Day, Unit
from app.services import isolation_opening, records, shift, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import theme
from app.ui.day_notices import TIMES, DayNotices, NoticeTimesDialog, words
from app.ui.desk import Desk
from app.ui.frame import Frame
from app.ui.supervision_page import row_of, until_words
from app.ui.tasks import InlineTasks
from app.ui.today_desk import TodayDesk
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street
from tests.ui.isolating import copied

LEFT = Qt.MouseButton.LeftButton


class Heard:
    """A desk that writes down what it was asked."""

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        self.said: list[Any] = []
        self.went: list[tuple[str, dict[str, Any]]] = []
        self.desk = Desk(
            session, InlineTasks(self.said.append), lambda *said: self.said.append(said),
            lambda key, /, **where: self.went.append((key, where)), self.said.append, lambda: None, lambda _: None,
            settings or Settings(),
        )  # fmt: skip


def unheard(session: Session) -> None:
    """Three households in isolation since the day before, of which nobody has heard; the evening of 25 May."""
    session.clock = clock.frozen("2020-05-24T09:00")
    for room, name in (("301", "王建国"), ("302", "李秀英"), ("303", "赵六")):
        door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room}).id
        home = records.add(session, "household", {"dwelling": door}).id
        records.add(session, "resident", {"household": home, "name": name})
        isolation_opening.open_(session, household=home, rule="14", start=date(2020, 5, 24))


@pytest.fixture
def cased(new_workspace: Path, tmp_path: Path) -> Iterator[Session]:
    folder = copied("today", unheard, new_workspace, tmp_path / "workspace")
    session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=clock.frozen("2020-05-25T20:30"))
    yield session
    workspaces.lock(session)


@pytest.fixture
def heard(qapp: Any, cased: Session) -> Heard:
    theme.apply(qapp)
    return Heard(cased)


def shown(qtbot: QtBot, heard: Heard) -> TodayDesk:
    made = TodayDesk(heard.desk)
    qtbot.addWidget(made)
    made.resize(1190, 600)
    made.show()
    made.go()
    return made


def test_the_most_urgent_line_stands_first_and_its_digit_goes_to_the_deed(qtbot: QtBot, heard: Heard) -> None:
    page = shown(qtbot, heard)
    rows = page.list.rows_model.rows
    assert [row["digit"] for row in rows[:4]] == ["1", "2", "3", "4"]
    assert [row["mark"] for row in rows[:3]] == ["逾期"] * 3 and "王建国" in rows[0]["what"]
    assert rows[0]["place"].endswith("301") and rows[3]["what"] == "晚间登记还差 3 户"
    qtbot.keyClick(page.list, Qt.Key.Key_4)
    assert heard.went == [("isolation", {"page": "round", "on": "2020-05-25", "slot": "pm"})]
    page.list.selectRow(0)
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert heard.went[-1][1]["case"] == rows[0]["line"].first.id


def test_a_digit_beyond_the_list_goes_nowhere(qtbot: QtBot, heard: Heard) -> None:
    page = shown(qtbot, heard)
    qtbot.keyClick(page.list, Qt.Key.Key_9)
    assert heard.went == [] and len(page.list.rows_model.rows) < 9


def test_with_nothing_due_it_is_calm(qtbot: QtBot, qapp: Any, session: Session) -> None:
    theme.apply(qapp)
    page = shown(qtbot, Heard(session))
    assert page.nothing.isVisible() and page.why.isVisible() and not page.list.isVisible()
    assert not page.waiting.isVisible() and not page.heading.isVisible()


def test_a_note_is_left_and_read_by_clicks(qtbot: QtBot, heard: Heard) -> None:
    page = shown(qtbot, heard)
    assert page.shift is not None
    page.shift.text.setText("302 的药明早送")
    qtbot.mouseClick(page.shift.leave, LEFT)
    assert page.shift.count == 1 and page.shift.text.text() == "" and heard.said[-1][1], "it can be undone"
    (seen,) = (each for each in page.shift.findChildren(QPushButton) if each.text() == "已阅" and not each.isHidden())
    seen.click()
    assert shift.notes(heard.desk.session) == [] and page.shift.count == 0


def test_an_empty_note_is_refused_and_nothing_is_written(qtbot: QtBot, heard: Heard) -> None:
    page = shown(qtbot, heard)
    assert page.shift is not None
    qtbot.mouseClick(page.shift.leave, LEFT)
    assert heard.said[-1].code == "shift-empty" and shift.notes(heard.desk.session) == []


def test_a_worker_begins_with_its_own_buildings_and_the_choice_is_kept(qtbot: QtBot, heard: Heard) -> None:
    session = heard.desk.session
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "13号", "room": "101"}).id
    building = records.show(session, "dwelling", door)["building"]
    with session.noting("grant") as writing:
        writing.change("account", session.account_id, {"buildings": [building]})
    session.roles = frozenset({"worker"})
    page = shown(qtbot, heard)
    assert page.mine.isChecked() and page.list.rows_model.rows == [] and "您的块区" in page.why.text()
    page.mine.setChecked(False)
    assert len(page.list.rows_model.rows) >= 4
    assert not shown(qtbot, heard).mine.isChecked()


def test_what_is_written_elsewhere_shows_when_the_page_is_opened(qtbot: QtBot, qapp: Any, cased: Session) -> None:
    theme.apply(qapp)
    frame = Frame(cased)
    qtbot.addWidget(frame)
    frame.show()
    frame.go("residents")
    shift.write(cased, "门磁坏了")
    today = frame.desks["today"]
    assert isinstance(today, TodayDesk) and today.shift is not None and today.shift.count == 0
    frame.go("today")
    assert today.shift.count == 1
    assert frame.side.buttons["isolation"].badge.text() == frame.side.buttons["today"].badge.text() == "7"
    assert "7 件事" in today.heading.text() and len(today.list.rows_model.rows) == 7
    frame.close_session()


# ---------------------------------------------------------------- notices


class Told:
    """Notices with a timer that a test winds."""

    def __init__(self, heard: Heard) -> None:
        self.shown: list[str] = []
        self.timer = QTimer()
        self.notices = DayNotices(
            heard.desk, self.timer, show=lambda title, text: self.shown.append(f"{title} {text}"), timer=self.timer
        )

    def at(self, session: Session, moment: str) -> None:
        session.clock = clock.frozen(moment)
        self.timer.timeout.emit()


@pytest.fixture
def told(heard: Heard) -> Iterator[Told]:
    heard.desk.session.clock = clock.frozen("2020-05-25T11:00")
    made = Told(heard)
    yield made
    made.notices.stop()


def test_at_its_time_a_notice_says_how_many_and_names_nobody(heard: Heard, told: Told) -> None:
    told.at(heard.desk.session, "2020-05-25T11:29")
    assert told.shown == []
    told.at(heard.desk.session, "2020-05-25T11:30")
    told.at(heard.desk.session, "2020-05-25T11:31")
    (said,) = told.shown
    assert "件" in said and "隔离" in said and not {"王建国", "李秀英", "赵六", "培花", "30"} & set(said.split())
    assert "王建国" not in said and "12号" not in said


def test_after_locking_nothing_is_said_and_after_waking_what_went_by_is_not_made_up_for(
    heard: Heard, told: Told
) -> None:
    told.notices.stop()
    told.at(heard.desk.session, "2020-05-25T17:30")
    assert told.shown == []
    told.notices.begin()
    told.at(heard.desk.session, "2020-05-25T17:40")
    assert told.shown == []
    told.at(heard.desk.session, "2020-05-25T20:00")
    assert len(told.shown) == 1


def test_with_nothing_due_it_stays_quiet(qapp: Any, session: Session) -> None:
    session.clock = clock.frozen("2020-05-25T11:00")
    made = Told(Heard(session))
    made.at(session, "2020-05-25T11:30")
    made.notices.stop()
    assert made.shown == []


def test_the_times_are_a_setting(qtbot: QtBot, heard: Heard, told: Told) -> None:
    page = shown(qtbot, heard)
    assert "08:30" in page.notices.text()
    qtbot.mouseClick(page.notices, LEFT)
    dialog = page.findChild(NoticeTimesDialog)
    assert dialog is not None
    dialog.text.setText("八点半")
    dialog.keep()
    assert "八点半" in dialog.message.text() and heard.desk.settings.get(TIMES) is None
    dialog.text.setText("12：15")
    dialog.keep()
    assert heard.desk.settings.get(TIMES) == ["12:15"] and "12:15" in page.notices.text()
    told.at(heard.desk.session, "2020-05-25T12:15")
    assert len(told.shown) == 1


def test_locking_the_window_stops_them(qtbot: QtBot, qapp: Any, cased: Session) -> None:
    theme.apply(qapp)
    frame = Frame(cased)
    qtbot.addWidget(frame)
    frame.close_session()
    frame.notices.look()  # reading would fail: the workspace is locked
    assert not frame.notices._timer.isActive()


# ---------------------------------------------------------------- supervision

NOW = clock.moment("2020-05-29T09:00")


def test_old_and_silent_committees_are_said_in_words_and_hatched() -> None:
    assert NOW is not None
    old = row_of(Unit("a", "甲", until="2020-05-25T08:00:00+08:00", old=True, residents=10, isolating=0), NOW)
    silent = row_of(Unit("b", "乙"), NOW)
    assert old["hatched"] and "4 天前" in old["until"] and old["isolating"] == 0
    assert silent["hatched"] and {silent[key] for key in ("until", "residents", "completion", "overdue")} == {"未报"}


def test_a_figure_that_may_not_be_told_is_not_shown_as_nothing() -> None:
    assert NOW is not None
    row = row_of(Unit("a", "甲", until="2020-05-29T08:00:00+08:00", small=True, hidden=True), NOW)
    assert row["overdue"] == "不足 5" and row["isolating"] == "不足 5" and row["completion"] is None
    assert until_words(Unit("a", "甲", until="2020-05-29T08:00:00+08:00"), NOW) == "5月29日 08:00"


def test_the_second_tab_draws_bars_and_says_them_in_words(qtbot: QtBot, heard: Heard) -> None:
    page = shown(qtbot, heard)
    page.go(page="supervision")
    assert page.supervision is not None
    (row,) = page.supervision.table.rows_model.rows
    assert row["name"].endswith("12号") and row["isolating"] == 3 and row["completion"] == 0.0
    assert "5月25日：0/6（0%）" in row["days"]
    page.supervision.grab()  # the bars are drawn
    assert Day(date(2020, 5, 25)).share is None


def test_at_the_centre_no_sheet_of_the_day_is_offered(qtbot: QtBot, qapp: Any, tmp_path: Any) -> None:
    theme.apply(qapp)
    street = Street(tmp_path)
    page = shown(qtbot, Heard(street.centre))
    assert page.sheet not in page.actions_row and page.handover in page.actions_row
    page.close()
    street.close()


def test_a_leader_reads_totals_under_a_heading_that_asks_nothing_of_it(qtbot: QtBot, heard: Heard) -> None:
    heard.desk.session.roles = frozenset({"leader"})
    page = shown(qtbot, heard)
    assert page.list.rows_model.rows and "要做" not in page.heading.text()
    assert words(heard.desk.session) is None, "no notice calls for what others do"
