"""备份 and 清除 by clicks: what a head of a committee does on these pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.services import backups, erasures, records, rosters, search, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.ui.backups_page import BackupsPage, RestoreDialog
from app.ui.desk import Desk
from app.ui.erasures_page import ErasuresPage, PersonDialog, SecondDialog
from app.ui.tasks import InlineTasks
from tests.conftest import ACCOUNT, PASSWORD
from tests.seconds import SECOND, SECOND_PASSWORD, give_second

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    rosters.apply(session, rosters.preview(session, roster))
    return session


class Heard:
    """What the pages told the person."""

    def __init__(self, session: Session) -> None:
        self.said: list[Any] = []
        self.desk = Desk(
            session, InlineTasks(self.said.append), lambda *said: self.said.append(said[0]), lambda *_, **__: None,
            self.said.append, lambda: None, lambda _: None, Settings(),
        )  # fmt: skip


@pytest.fixture
def heard(qapp: Any, known: Session) -> Heard:
    theme.apply(qapp)
    return Heard(known)


def person(session: Session) -> str:
    return str(search.find(session, "王建国")[0]["id"])


def gone(session: Session) -> str:
    records.change(session, "resident", person(session), {"status": "去世", "status_since": "2015-01-01"})
    return person(session)


# ---------------------------------------------------------------- 备份


def shown(qtbot: QtBot, page: Any) -> Any:
    qtbot.addWidget(page)
    page.resize(1100, 620)
    page.show()
    page.go()
    return page


def test_now_makes_one_and_shows_it(qtbot: QtBot, heard: Heard, known: Session) -> None:
    page: BackupsPage = shown(qtbot, BackupsPage(heard.desk))
    assert "还没有备份" in page.last.text() and page.empty.isVisible()
    qtbot.mouseClick(page.now, LEFT)
    assert "2020-05-25 09:00" in page.last.text() and len(page.list.rows_model.rows) == 1
    assert page.list.rows_model.rows[0]["verified"] and "已备份并核对" in heard.said[-1]
    assert backups.due(known) is False


def test_a_second_place_is_chosen_and_given_up(
    qtbot: QtBot, heard: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    page: BackupsPage = shown(qtbot, BackupsPage(heard.desk))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(stick))
    qtbot.mouseClick(page.choose, LEFT)
    assert str(stick) in page.second.text()
    stick.joinpath(next(iter(stick.iterdir())).name).unlink()
    stick.rmdir()
    page.go()
    assert "现在不在" in page.second.text()
    qtbot.mouseClick(page.none, LEFT)
    assert "还没有第二存放处" in page.second.text()


def test_a_full_place_is_said_and_the_button_comes_back(
    qtbot: QtBot, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    page: BackupsPage = shown(qtbot, BackupsPage(heard.desk))
    monkeypatch.setattr("app.exchange.backupfile.read_back", lambda file: (_ for _ in ()).throw(OSError(28, "full")))
    qtbot.mouseClick(page.now, LEFT)
    assert heard.said[-1].code == "backup-unwritable" and page.now.isEnabled() and page.empty.isVisible()


def test_a_backup_is_restored_beside_the_open_workspace(qtbot: QtBot, heard: Heard, known: Session) -> None:
    page: BackupsPage = shown(qtbot, BackupsPage(heard.desk))
    qtbot.mouseClick(page.now, LEFT)
    page.list.selectRow(0)
    dialog = RestoreDialog(page, heard.desk, page.list.current())
    dialog.open()
    assert dialog.file.path == Path(page.list.rows_model.rows[0]["file"])
    dialog.password.setText("wrong-password")
    qtbot.mouseClick(dialog.act, LEFT)
    assert heard.said[-1].code == "password-wrong" and dialog.act.isEnabled()
    dialog.password.setText(PASSWORD)
    into = dialog.into.path
    qtbot.mouseClick(dialog.act, LEFT)
    assert "已恢复到" in heard.said[-1] and into is not None
    back = workspaces.unlock(into, ACCOUNT, PASSWORD, clock=known.clock)
    assert person(back) == person(known)
    workspaces.lock(back)


# ---------------------------------------------------------------- 清除


def test_two_people_erase_by_clicks(qtbot: QtBot, heard: Heard, known: Session) -> None:
    give_second(known)
    gone(known)
    page: ErasuresPage = shown(qtbot, ErasuresPage(heard.desk))
    assert len(page.due.rows_model.rows) == 2 and not page.act.isEnabled() and page.none_done.isVisible()
    qtbot.mouseClick(page.all, LEFT)
    assert page.act.isEnabled() and "2" in page.count.text()
    qtbot.mouseClick(page.act, LEFT)
    dialog = page.findChild(SecondDialog)
    assert dialog is not None and dialog.account.currentText() == SECOND
    dialog.password.setText(SECOND_PASSWORD)
    qtbot.mouseClick(dialog.act, LEFT)
    assert page.nothing.isVisible() and len(page.done.rows_model.rows) >= 2
    assert search.find(known, "王建国") == [] and "已清除" in heard.said[-1]


def test_a_wrong_second_password_erases_nothing(qtbot: QtBot, heard: Heard, known: Session) -> None:
    give_second(known)
    gone(known)
    page: ErasuresPage = shown(qtbot, ErasuresPage(heard.desk))
    qtbot.mouseClick(page.all, LEFT)
    page.confirm((SECOND, "wrong-password"))
    assert heard.said[-1].code == "password-wrong" and len(page.due.ticked) == 2 and search.find(known, "王建国")


def test_the_space_bar_and_the_box_tick(qtbot: QtBot, heard: Heard, known: Session) -> None:
    gone(known)
    page: ErasuresPage = shown(qtbot, ErasuresPage(heard.desk))
    page.due.selectRow(0)
    qtbot.keyClick(page.due, Qt.Key.Key_Space)
    assert len(page.due.ticked) == 1
    qtbot.keyClick(page.due, Qt.Key.Key_Space)
    assert page.due.ticked == []
    at = page.due.visualRect(page.due.model().index(1, 0)).center()
    qtbot.mouseClick(page.due.viewport(), LEFT, pos=at)
    assert len(page.due.ticked) == 1


def test_alone_the_centre_is_asked(qtbot: QtBot, heard: Heard, known: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    gone(known)
    page: ErasuresPage = shown(qtbot, ErasuresPage(heard.desk))
    qtbot.mouseClick(page.all, LEFT)
    asked: list[str] = []
    monkeypatch.setattr(errors, "ask", lambda _, text, act, *__, **___: asked.append(text) or act)
    qtbot.mouseClick(page.act, LEFT)
    assert "街道" in asked[0] and "提请街道" in heard.said[-1] and search.find(known, "王建国")
    assert {row["state"] for row in page.due.rows_model.rows} == {"waiting"}
    qtbot.mouseClick(page.all, LEFT)
    assert page.due.ticked == [], "what waits for the centre cannot be ticked again"


def test_a_resident_asks(qtbot: QtBot, heard: Heard, known: Session) -> None:
    page: ErasuresPage = shown(qtbot, ErasuresPage(heard.desk))
    dialog = PersonDialog(page, page)
    dialog.open()
    dialog.ref.setText("培花新村/12号/302/户1/谁")
    qtbot.mouseClick(dialog.act, LEFT)
    assert heard.said[-1].code == "path-unknown"
    dialog = PersonDialog(page, page)
    dialog.ref.setText("培花新村/12号/302/户1/王建国")
    dialog._run()
    assert {row["class"] for row in page.due.ticked} >= {"base", "identity"}
    assert erasures.propose(known) == []
