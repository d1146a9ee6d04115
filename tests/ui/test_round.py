"""每日登记 by keys: the evening round of 120 households, what is taken back, what is never assumed, what cannot get lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.db import present
from app.domain import clock
from app.services import isolation, rounds, workspaces
from app.services.session import Session
from app.ui import errors, theme
from app.ui.round_page import RoundPage
from app.ui.round_sheet import DONE, OWED, TRIED, Line
from tests.conftest import ACCOUNT, PASSWORD
from tests.ui.isolating import EVENING, HOUSEHOLDS, a_committee_in_may, bare_desk, copied

TODAY, YESTERDAY = date(2020, 5, 25), date(2020, 5, 24)
Key = Qt.Key


class Presses(QObject):
    """Every key that reaches the list, by the household that was meant."""

    def __init__(self, page: RoundPage) -> None:
        super().__init__(page)
        self.page = page
        self.of: Counter[str] = Counter()
        page.table.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.page.table.line:
            self.of[self.page.table.line.household] += 1
        return False


class Round:
    """The page, shown, with the keyboard in its list."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        desk, self.said = bare_desk(session)
        self.page = RoundPage(desk)
        qtbot.addWidget(self.page)
        self.page.resize(1180, 620)
        self.page.show()
        self.page.go()

    def key(self, *keys: Any) -> None:
        """Into whatever has the keyboard, as a person's hand does."""
        for key in (one for each in keys for one in (each if isinstance(each, str) else [each])):
            self.qtbot.keyClick(QApplication.focusWidget() or self.page.table, key)

    @property
    def line(self) -> Line:
        assert self.page.table.line is not None
        return self.page.table.line

    def checks(self, line: Line, *, reveal: bool = False) -> list[dict[str, Any]]:
        """The evening checks of a household's members."""
        rows = [isolation.case(self.session, each.case, reveal=reveal) for each in line.members]
        return [check for row in rows for check in row["checks"] if check["slot"] == "pm"]


@pytest.fixture
def folder(new_workspace: Path, tmp_path: Path) -> Path:
    return copied("round", a_committee_in_may, new_workspace, tmp_path / "workspace")


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    opened = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=clock.frozen(EVENING))
    yield opened
    workspaces.lock(opened)


@pytest.fixture
def round_(qtbot: QtBot, qapp: Any, session: Session) -> Iterator[Round]:
    theme.apply(qapp)
    made = Round(qtbot, session)
    yield made
    made.page.hide()


def test_the_evening_round_of_120_households(round_: Round, session: Session) -> None:
    page, lines = round_.page, round_.page.sheet.lines
    assert len(lines) == HOUSEHOLDS and page.head.slot == "pm" and page.head.on == TODAY
    page.head.by.setText("王芳")
    presses, untouched, ill, in_vain = Presses(page), lines[30], lines[60], lines[90]
    for line in lines:
        assert round_.line is line
        if line is untouched:
            round_.key(Key.Key_Down)
        elif line is ill:
            round_.key("37.8", Key.Key_Return, *"1" * (len(line.members) > 1))
        elif line is in_vain:
            round_.key("0")
        else:
            round_.key("1")
    plain = [line for line in lines if line not in (untouched, ill, in_vain)]
    assert max(presses.of[line.household] for line in plain) <= 2
    assert sum(presses.of[line.household] for line in plain) == len(plain)  # one press each, in fact
    found = {row.household: row for row in rounds.round_(session, TODAY, "pm").rows}
    assert all(found[line.household].done for line in [*plain, ill])
    assert sum(row.done for row in found.values()) == HOUSEHOLDS - 2
    with session.db.reading() as connection:
        whole = present.where(connection, session.committee_id, "isolation_check", slot="pm")
    of = {check["isolation_case"]: check for check in whole}
    keyed = [of[member.case] for line in plain for member in line.members]
    assert len(keyed) == sum(len(line.members) for line in plain)
    assert {(each["by"], each["mode"], each["reached"], each["on"]) for each in keyed} == {
        ("王芳", "电话", True, "2020-05-25")
    }
    assert not any(member.case in of for member in untouched.members)
    assert [(each["reached"], each.get("temperature")) for each in round_.checks(in_vain, reveal=True)] == (
        [(False, None)] * len(in_vain.members)
    )
    alerts = [row for row in isolation.list_(session) if row["alert"]]
    assert [row["id"] for row in alerts] == [ill.members[0].case]
    assert round_.checks(ill, reveal=True)[0]["temperature"] == "37.8"
    assert page.said.text().startswith("已登记 118/120 户　未联系上 1 户") and "Home" in page.said.text()
    assert page.progress.value() == 118


def test_pressing_on_at_the_end_says_so_once(round_: Round) -> None:
    page = round_.page
    assert page.table.choose(lambda line: line is page.sheet.lines[-1])
    round_.key("1")
    said, width = page.said.text(), page.minimumSizeHint().width()
    assert said.count("后面没有未登记的户了") == 1
    round_.key("1" * 20)
    assert (page.said.text(), page.minimumSizeHint().width()) == (said, width)


def test_nobody_is_well_by_looking_at_them(round_: Round, session: Session) -> None:
    round_.key(*[Key.Key_Down] * 40, Key.Key_PageDown, Key.Key_End, Key.Key_Home, Key.Key_Right, Key.Key_Left)
    assert rounds.round_(session, TODAY, "pm").done == 0 and round_.said.notices == []


def test_a_press_is_in_the_file_before_the_next_one(round_: Round, folder: Path, tmp_path: Path) -> None:
    first = round_.line
    round_.key("1")
    copy = Path(shutil.copytree(folder, tmp_path / "switched-off", ignore=shutil.ignore_patterns("*.lock")))
    other = workspaces.unlock(copy, ACCOUNT, PASSWORD, clock=clock.frozen(EVENING))
    rows = {row.household: row.done for row in rounds.round_(other, TODAY, "pm").rows}
    workspaces.lock(other)
    assert rows[first.household] and sum(rows.values()) == 1


def test_backspace_takes_back_the_household_it_is_pressed_on(round_: Round, session: Session) -> None:
    first = round_.line
    round_.key("1", "1", Key.Key_Up, Key.Key_Up)
    assert round_.line is first and first.state == DONE
    round_.key(Key.Key_Backspace)
    assert first.state == OWED and round_.checks(first) == []
    assert rounds.round_(session, TODAY, "pm").done == 1
    round_.key(Key.Key_Backspace)
    assert "无可撤回" in round_.said.last


def test_a_household_is_keyed_person_by_person(round_: Round) -> None:
    line = next(each for each in round_.page.sheet.lines if len(each.members) == 3)
    assert round_.page.table.choose(lambda each: each is line)
    round_.key("368", Key.Key_Return)
    assert [each.state for each in line.members] == [DONE, OWED, OWED] and round_.page.table.member == 1
    round_.key(Key.Key_Right, "36.5", Key.Key_Return, Key.Key_Down)
    assert [each.state for each in line.members] == [DONE, OWED, DONE]
    assert sorted(each["temperature"] for each in round_.checks(line, reveal=True)) == ["36.5", "36.8"]
    assert [each.said for each in line.members] == ["36.8℃", "", "36.5℃"]


def test_a_temperature_that_is_none_is_said_and_nothing_is_written(round_: Round) -> None:
    line = round_.line
    round_.key("3888", Key.Key_Return)
    editor = round_.page.editor
    assert editor.isVisible() and editor.temperature.text() == "3888" and "3888" in editor.message.text()
    assert round_.checks(line) == []
    round_.key(Key.Key_Escape)
    assert editor.isHidden() and round_.page.table.hasFocus()


def test_symptoms_ask_for_somebody_at_once(round_: Round, session: Session) -> None:
    line = round_.line
    round_.key("2")
    round_.page.editor.usual[1].click()
    round_.page.editor.commit()
    assert isolation.case(session, line.members[0].case)["alert"] and line.members[0].urgent
    assert "需处置" in round_.said.last and "咳嗽" in round_.said.last


def test_tried_in_vain_is_still_owed_and_reached_later(round_: Round) -> None:
    line = round_.line
    round_.key("0")
    assert line.state == TRIED and "未登记" in round_.page.table.rows.index(0, 0).data()
    round_.key(Key.Key_Home, "1")
    assert line.state == DONE and {each["reached"] for each in round_.checks(line)} == {True}


def test_a_full_width_digit_is_the_digit(round_: Round) -> None:
    line = round_.line
    event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "１")
    QApplication.sendEvent(round_.page.table, event)
    assert line.state == DONE


def test_another_key_says_what_the_keys_are(round_: Round) -> None:
    round_.key("7")
    assert "7" in round_.said.last and round_.checks(round_.line) == []


def test_yesterdays_evening_is_keyed_today(round_: Round, session: Session) -> None:
    with session.writing("change") as writing:  # one household isolates since yesterday
        case = round_.line.members[0].case
        stages = [{**isolation.case(session, case)["stages"][0], "start": "2020-05-24", "end": "2020-06-06"}]
        writing.change("isolation_case", case, {"start": "2020-05-24", "stages": stages})
    round_.page.go(on=YESTERDAY, slot="pm")
    assert "补录" in round_.page.head.when.currentText() and len(round_.page.sheet.lines) == 1
    round_.key("1")
    assert [each["on"] for each in isolation.case(session, case)["checks"] if each["slot"] == "pm"] == ["2020-05-24"]


def test_only_what_is_owed_stays_in_sight_when_asked(round_: Round) -> None:
    first = round_.line
    round_.key("1")
    page = round_.page
    page.head.only_owed.setChecked(True)
    assert first not in page.table.rows.rows
    second = round_.line
    round_.key("1")
    assert second in page.table.rows.rows  # it can still be taken back
    page.head.where.setCurrentIndex(2)
    assert {line.building for line in page.table.rows.rows} == {page.head.building}


def test_how_and_by_whom_are_remembered(round_: Round, qtbot: QtBot) -> None:
    head = round_.page.head
    head.by.setText("李伟")
    head.by.editingFinished.emit()
    head.mode.setCurrentText("门磁")
    head.mode.activated.emit(3)
    again = RoundPage(round_.page.desk)
    qtbot.addWidget(again)
    assert (again.head.by.text(), again.head.mode.currentText()) == ("李伟", "门磁")


@pytest.mark.parametrize(("answer", "left", "written"), [("登记", True, 1), ("不登记", True, 0), ("返回", False, 0)])
def test_leaving_asks_for_what_is_being_typed(
    round_: Round, monkeypatch: pytest.MonkeyPatch, answer: str, left: bool, written: int
) -> None:
    monkeypatch.setattr(errors, "ask", lambda *_, **__: answer)
    line = next(each for each in round_.page.sheet.lines if len(each.members) == 1)
    assert round_.page.table.choose(lambda each: each is line)
    round_.key("36.9")
    assert round_.page.unsaved and round_.page.leave() is left
    assert len(round_.checks(line)) == written


def test_what_another_pc_wrote_is_read_and_what_was_keyed_here_stays_said(round_: Round, session: Session) -> None:
    first = round_.line
    round_.key("36.6", Key.Key_Return, *"1" * (len(first.members) > 1))
    other = round_.line
    isolation.check(session, other.members[0].case, on=TODAY, slot="pm", symptoms="无")
    round_.page.refresh({"isolation_check"})
    now = {line.household: line for line in round_.page.sheet.lines}
    assert now[other.household].members[0].state == DONE and now[first.household].members[0].said == "36.6℃"
    assert round_.line.household == other.household


def test_a_click_means_the_person_under_it(round_: Round, qtbot: QtBot) -> None:
    table = round_.page.table
    assert table.choose(lambda line: len(line.members) == 3)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.chip_centre(2))
    assert table.member == 2
