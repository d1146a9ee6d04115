"""Each desk does its job by clicks: beginning, unlocking, adding, deciding, filling, copying."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.main import Shell
from app.services import records, rosters, search, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.ui.add_dialog import AddDialog
from app.ui.first_run import FirstRun
from app.ui.frame import Frame
from app.ui.import_desk import ImportDesk
from app.ui.login import Login
from app.ui.report_desk import ReportDesk
from app.ui.residents_desk import ResidentsDesk
from tests.conftest import ACCOUNT, CODE, NAME, PASSWORD

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    """A session whose workspace holds the messy roster."""
    rosters.apply(session, rosters.preview(session, roster))
    return session


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, known: Session) -> Iterator[Frame]:
    theme.apply(qapp)
    frame = Frame(known)
    qtbot.addWidget(frame)
    frame.show()
    yield frame
    frame.close_session()


# ---------------------------------------------------------------- beginning, unlocking


def answered(qtbot: QtBot, folder: Path, **texts: str) -> FirstRun:
    first = FirstRun(folder)
    qtbot.addWidget(first)
    given = {"name": NAME, "code": CODE, "account": ACCOUNT, "password": PASSWORD, "again": PASSWORD, **texts}
    for field, text in given.items():
        getattr(first, field).setText(text)  # QTest types Latin letters only
    return first


def test_three_answers_make_a_workspace(qtbot: QtBot, tmp_path: Path) -> None:
    first = answered(qtbot, tmp_path / "data")
    with qtbot.waitSignal(first.created) as made:
        qtbot.mouseClick(first.make, LEFT)
    folder, account, password = made.args or ()
    opened = workspaces.unlock(folder, account, password)
    assert (opened.name, opened.account) == (NAME, ACCOUNT)
    workspaces.lock(opened)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"again": "other"}, "两次"), ({"password": "1", "again": "1"}, "8"), ({"code": "12"}, "12 位")]
)
def test_what_is_missing_is_said_and_nothing_is_made(
    qtbot: QtBot, tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    first = answered(qtbot, tmp_path / "data", **wrong)
    qtbot.mouseClick(first.make, LEFT)
    assert said in first.message.text() and not workspaces.exists(tmp_path / "data")


def test_a_wrong_password_is_said_and_the_right_one_opens(qtbot: QtBot, folder: Path) -> None:
    login = Login(folder, Settings())
    qtbot.addWidget(login)
    qtbot.keyClicks(login.password, "wrong-one")
    qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert "密码" in login.message.text() and not login.message.isHidden()
    login.password.clear()
    qtbot.keyClicks(login.password, PASSWORD)
    with qtbot.waitSignal(login.unlocked) as opened:
        qtbot.keyClick(login.password, Qt.Key.Key_Return)
    (session,) = opened.args or ()
    assert session.account == ACCOUNT and login.password.text() == ""
    workspaces.lock(session)


def test_keys_work_at_once_after_unlocking_and_after_locking(qtbot: QtBot, folder: Path, qapp: Any) -> None:
    shell = Shell(folder, Settings())
    qtbot.addWidget(shell)
    shell.show()
    for _ in range(2):
        login = shell.centralWidget()
        assert isinstance(login, Login)
        qtbot.waitUntil(lambda: qapp.focusWidget() is login.password)  # noqa: B023 -- asked within the round
        qtbot.keyClicks(login.password, PASSWORD)
        qtbot.keyClick(login.password, Qt.Key.Key_Return)
        frame = shell.frame
        assert frame is not None
        qtbot.waitUntil(lambda: qapp.focusWidget() is frame.search)  # noqa: B023 -- asked within the round
        shell.lock()


# ---------------------------------------------------------------- residents


def behind_a_door(window: Frame, qtbot: QtBot, initials: str = "wjg") -> ResidentsDesk:
    qtbot.keyClicks(window.search, initials)
    qtbot.waitUntil(lambda: window.popup.isVisible())
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    desk = window.desks["residents"]
    assert isinstance(desk, ResidentsDesk)
    return desk


def test_a_person_is_added_behind_a_door_and_undone(qtbot: QtBot, window: Frame, known: Session) -> None:
    desk = behind_a_door(window, qtbot)
    qtbot.mouseClick(desk.view.add, LEFT)
    dialog = desk.findChild(AddDialog)
    assert dialog is not None
    dialog.grid.editors["name"].input.setText("王小宝")  # type: ignore[union-attr]  # a line
    qtbot.mouseClick(dialog.add, LEFT)
    qtbot.waitUntil(lambda: desk.view.form.heading.text() == "王小宝")
    assert search.find(known, "王小宝")[0]["path"] == search.find(known, "王建国")[0]["path"]
    qtbot.mouseClick(window.notice.undo_button, LEFT)
    qtbot.waitUntil(lambda: search.find(known, "王小宝") == [])


def test_unsaved_work_is_asked_for_before_leaving(
    qtbot: QtBot, window: Frame, known: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = behind_a_door(window, qtbot)
    desk.view.form.grid.editors["occupation"].input.setText("教师")  # type: ignore[union-attr]  # a line
    asked: list[str] = []
    monkeypatch.setattr(errors, "ask", lambda parent, text, *answers, **_: asked.append(text) or answers[-1])
    window.go("reports")
    assert window.open_key == "residents" and "王建国" in asked[0] and desk.view.form.dirty
    monkeypatch.setattr(errors, "ask", lambda parent, text, *answers, **_: answers[0])
    window.go("reports")
    assert window.open_key == "reports"
    person = search.find(known, "王建国")[0]["id"]
    assert records.show(known, "resident", person)["occupation"] == "教师"


def test_a_deleted_person_comes_back_by_undo(
    qtbot: QtBot, window: Frame, known: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = behind_a_door(window, qtbot)
    monkeypatch.setattr(errors, "ask", lambda parent, text, *answers, **_: answers[0])
    qtbot.mouseClick(desk.view.form.remove_button, LEFT)
    assert search.find(known, "王建国") == []
    qtbot.mouseClick(window.notice.undo_button, LEFT)
    qtbot.waitUntil(lambda: len(search.find(known, "王建国")) == 1)


def test_chosen_rows_are_copied_as_a_table_in_the_order_that_is_shown(qtbot: QtBot, window: Frame) -> None:
    people = behind_a_door(window, qtbot).view.people
    people.selectRow(0)
    people.horizontalHeader().moveSection(0, 1)
    people.setColumnHidden(3, True)
    people.copy()
    relation, name, *rest = QGuiApplication.clipboard().text().split("\t")
    assert (relation, name) == ("户主", "王建国") and "1958" not in rest


# ---------------------------------------------------------------- deciding, importing, reporting


def test_a_file_that_is_no_roster_is_said_on_the_desk(qtbot: QtBot, window: Frame, tmp_path: Path) -> None:
    broken = tmp_path / "坏的.xlsx"
    broken.write_bytes(b"no workbook at all")
    window.go("import", file=broken)
    desk = window.desks["import"]
    assert isinstance(desk, ImportDesk)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert desk.plan is None


def test_a_form_is_filled_and_saved(qtbot: QtBot, window: Frame, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["{{index}}", "{{name}}", "{{sex}}"])
    book.save(tmp_path / "表.xlsx")
    window.go("reports")
    tabs = window.desks["reports"]
    assert isinstance(tabs, ReportDesk)
    desk = tabs.fill_page
    desk.use_template(tmp_path / "表.xlsx")
    condition = desk.conditions[0]
    condition.field.setCurrentIndex(condition.field.findData("sex"))
    condition.value.setCurrentText("男")
    desk.fill_to(tmp_path / "好了.xlsx")
    qtbot.waitUntil(lambda: desk.show_out.isVisible())
    rows = list(load_workbook(tmp_path / "好了.xlsx").active.iter_rows(values_only=True))
    assert rows and all(row[2] == "男" for row in rows) and "王建国" in {row[1] for row in rows}


def test_a_form_with_an_unknown_mark_is_refused_with_its_place(
    qtbot: QtBot, window: Frame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Workbook()
    book.active.append(["{{nosuch}}"])
    book.save(tmp_path / "表.xlsx")
    shown: list[Exception] = []
    monkeypatch.setattr(errors, "present", lambda parent, error: shown.append(error))
    window.go("reports")
    tabs = window.desks["reports"]
    assert isinstance(tabs, ReportDesk)
    desk = tabs.fill_page
    desk.use_template(tmp_path / "表.xlsx")
    desk.fill_to(tmp_path / "好了.xlsx")
    qtbot.waitUntil(lambda: bool(desk.message.text()))
    assert "nosuch" in desk.message.text() and desk.fill.isEnabled() and not (tmp_path / "好了.xlsx").exists()


def test_a_fault_in_a_slot_is_shown_even_if_no_window_is_active(
    qtbot: QtBot, window: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    errors.catch(lambda: window)
    fault = RuntimeError("a resident's name")
    sys.excepthook(RuntimeError, fault, None)
    box = window.findChild(QMessageBox)
    assert box is not None and box.isVisible() and "a resident" not in box.text()
    box.close()
