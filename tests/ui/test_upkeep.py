"""备份 and 清除 by clicks: on their pages, by itself after unlocking, and before there is a workspace at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.domain import clock
from app.main import Shell
from app.services import backups, erasures, records, restoring, rosters, search, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.ui.backups_page import BackupsPage
from app.ui.desk import Desk
from app.ui.erasures_page import ErasuresPage, PersonDialog
from app.ui.first_run import FirstRun
from app.ui.frame import Frame
from app.ui.login import Login
from app.ui.manage_desk import ManageDesk
from app.ui.restore_dialog import RestoreDialog
from app.ui.second_dialog import SecondDialog
from app.ui.tasks import InlineTasks
from app.ui.today_desk import TodayDesk
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.seconds import SECOND, SECOND_PASSWORD, give_second
from tests.street import Street

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
    qtbot.mouseClick(page.restore, LEFT)
    dialog = page.findChild(RestoreDialog)
    assert dialog is not None and dialog.file.path == Path(page.list.rows_model.rows[0]["file"])
    dialog.password.setText("wrong-password")
    qtbot.mouseClick(dialog.act, LEFT)
    assert "密码不对" in dialog.message.text() and dialog.act.isEnabled() and dialog.isVisible()
    dialog.password.setText(PASSWORD)
    into = dialog.into.path
    qtbot.mouseClick(dialog.act, LEFT)
    assert "已恢复到" in heard.said[-1] and into is not None
    back = workspaces.unlock(into, ACCOUNT, PASSWORD, clock=known.clock)
    assert person(back) == person(known)
    workspaces.lock(back)


# ---------------------------------------------------------------- before there is a workspace, and when it is broken


@pytest.fixture
def backup(known: Session, tmp_path: Path) -> Path:
    """A backup on a stick; the workspace is locked again."""
    stick = tmp_path / "stick"
    stick.mkdir()
    made = backups.make(known, stick)
    workspaces.lock(known)
    return Path(made["file"])


def a_shell(qtbot: QtBot, qapp: Any, folder: Path) -> Shell:
    theme.apply(qapp)
    made = Shell(folder, Settings(), NOW)
    qtbot.addWidget(made)
    made.show()
    return made


def unlocked_by_hand(qtbot: QtBot, shell: Shell) -> Frame:
    login = shell.centralWidget()
    assert isinstance(login, Login)
    qtbot.keyClicks(login.password, PASSWORD)
    qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert shell.frame is not None, login.message.text()
    return shell.frame


def test_the_first_start_brings_back_a_backup(qtbot: QtBot, qapp: Any, backup: Path, tmp_path: Path) -> None:
    shell = a_shell(qtbot, qapp, tmp_path / "new" / "data")
    first = shell.centralWidget()
    assert isinstance(first, FirstRun)
    qtbot.mouseClick(first.restore, LEFT)
    dialog = first.findChild(RestoreDialog)
    assert dialog is not None and dialog.into.path == tmp_path / "new" / "data"
    qtbot.mouseClick(dialog.act, LEFT)
    assert "备份文件" in dialog.message.text()
    dialog.file.line.setText(str(backup))
    qtbot.mouseClick(dialog.act, LEFT)
    assert "账号" in dialog.message.text()
    dialog.account.setText(ACCOUNT)
    dialog.password.setText("wrong-password")
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "密码不对" in dialog.message.text(), timeout=10_000)
    assert not (tmp_path / "new" / "data").exists()
    dialog.password.setText(PASSWORD)
    qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login), timeout=10_000)
    frame = unlocked_by_hand(qtbot, shell)
    assert person(frame.session)
    shell.close()


def test_a_broken_workspace_is_replaced_from_the_log_in_and_kept_aside(
    qtbot: QtBot, qapp: Any, backup: Path, folder: Path
) -> None:
    (folder / "loutu.db").write_bytes(b"nothing of a database" * 500)
    shell = a_shell(qtbot, qapp, folder)
    login = shell.centralWidget()
    assert isinstance(login, Login) and login.restore.isHidden()
    qtbot.keyClicks(login.password, PASSWORD)
    qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert login.restore.isVisible()
    qtbot.mouseClick(login.restore, LEFT)
    dialog = login.findChild(RestoreDialog)
    assert dialog is not None and (dialog.into.path, dialog.account.text()) == (folder, ACCOUNT)
    dialog.file.line.setText(str(backup))
    dialog.password.setText(PASSWORD)
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: shell.centralWidget() is not login, timeout=10_000)
    assert list(folder.parent.glob("*-before-restore-*"))
    assert person(unlocked_by_hand(qtbot, shell).session)
    shell.close()


# ---------------------------------------------------------------- every day, by itself


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, known: Session, folder: Path) -> Iterator[Shell]:
    """The window at the log-in of a workspace with people in it."""
    workspaces.lock(known)
    made = a_shell(qtbot, qapp, folder)
    yield made
    made.close()


def test_after_unlocking_a_backup_is_made_beside_the_work(qtbot: QtBot, window: Shell, folder: Path) -> None:
    frame = unlocked_by_hand(qtbot, window)
    assert not frame.tasks.busy and frame.desks["today"].isVisible()  # it holds up nothing
    qtbot.waitUntil(lambda: "备份于 5月25日09:00" in frame.state.text(), timeout=10_000)
    assert len(list((folder.parent / "backups").glob("*.ltk"))) == 1 and not frame.notice.isVisible()
    window.lock()
    frame = unlocked_by_hand(qtbot, window)
    assert not frame.daily.busy and "备份于" in frame.state.text()


def test_locking_gives_up_a_backup_under_way(qtbot: QtBot, window: Shell, folder: Path) -> None:
    frame = unlocked_by_hand(qtbot, window)
    assert frame.daily.busy and "正在备份" in frame.state.text()
    window.lock()  # asks nothing
    assert isinstance(window.centralWidget(), Login) and not list(folder.glob(".backup-*"))
    again = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    assert search.find(again, "王建国")
    workspaces.lock(again)


def test_one_that_fails_is_one_notice_and_a_line_on_today_until_it_goes_well(
    qtbot: QtBot, window: Shell, folder: Path
) -> None:
    (folder.parent / "backups").write_text("a file where the folder should be")
    frame = unlocked_by_hand(qtbot, window)
    qtbot.waitUntil(lambda: frame.notice.isVisible(), timeout=10_000)
    assert "自动备份没有成功" in frame.notice.text.text()
    today = frame.desks["today"]
    assert isinstance(today, TodayDesk) and today.upkeep.count == 1 and "自动备份" in words_of(today)
    assert not today.nothing.isVisible()
    (folder.parent / "backups").unlink()
    frame.daily.begin()
    qtbot.waitUntil(lambda: today.upkeep.count == 0, timeout=10_000)
    assert today.nothing.isVisible() == (not today.waits["doubtful"][0].isVisible())


def words_of(page: Any) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_today_says_that_backups_stopped_and_leads_there(qtbot: QtBot, heard: Heard, known: Session) -> None:
    went: list[Any] = []
    heard.desk.go = lambda key, /, **where: went.append((key, where))  # type: ignore[method-assign]
    backups.daily(known)
    page: TodayDesk = shown(qtbot, TodayDesk(heard.desk))
    assert page.upkeep.count == 0
    known.clock = clock.frozen("2020-05-28T09:00")
    page.refresh({"all"})
    assert "2020-05-25 09:00" in words_of(page.upkeep)
    qtbot.mouseClick(next(each for each in page.upkeep.findChildren(QPushButton) if each.isVisible()), LEFT)
    assert went == [("manage", {"page": "backups"})]
    known.roles = frozenset({"worker"})
    page.refresh({"all"})
    assert page.upkeep.count == 0, "who cannot do anything about it is not told"


def test_the_status_bar_says_what_is_awaited_since_a_restore(
    qtbot: QtBot, qapp: Any, street: Street, tmp_path: Path
) -> None:
    theme.apply(qapp)
    committee = street.committee(1)
    (tmp_path / "stick").mkdir()
    made = backups.make(committee, tmp_path / "stick")
    restoring.restore(Path(made["file"]), tmp_path / "again", ACCOUNT, PASSWORD, clock=NOW)
    session = workspaces.unlock(tmp_path / "again", ACCOUNT, PASSWORD, clock=NOW)
    frame = Frame(session)
    qtbot.addWidget(frame)
    assert "已从备份恢复，等街道" in frame.state.text()
    frame.close_session()


def test_backups_and_erasures_are_tabs_of_those_who_may(qtbot: QtBot, heard: Heard, known: Session) -> None:
    page: ManageDesk = shown(qtbot, ManageDesk(heard.desk))
    page.go("erasures")
    assert page.tabs.currentWidget() is page.pages["erasures"] and page.pages["erasures"].nothing.isVisible()  # type: ignore[attr-defined]
    page.go("backups")
    assert page.pages["backups"].empty.isVisible()  # type: ignore[attr-defined]
    known.roles = frozenset({"administrator"})
    assert list(ManageDesk(heard.desk).pages) == ["accounts", "backups", "ledger"]


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
    qtbot.mouseClick(page.act, LEFT)
    dialog = page.findChild(SecondDialog)
    assert dialog is not None
    dialog.password.setText("wrong-password")
    qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    assert "密码不对" in dialog.message.text() and dialog.isVisible()
    assert len(page.due.ticked) == 2 and search.find(known, "王建国")


def test_what_is_written_meanwhile_unticks_nothing(qtbot: QtBot, heard: Heard, known: Session) -> None:
    gone(known)
    page: ErasuresPage = shown(qtbot, ErasuresPage(heard.desk))
    qtbot.mouseClick(page.all, LEFT)
    page.refresh({"resident"})
    assert len(page.due.ticked) == 2


def test_today_counts_what_waits_for_two_people(qtbot: QtBot, heard: Heard, known: Session) -> None:
    page: TodayDesk = shown(qtbot, TodayDesk(heard.desk))
    assert page.upkeep.count == 0
    gone(known)
    page.refresh({"resident"})
    assert "2 项内容已过保存期限" in words_of(page.upkeep)


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
