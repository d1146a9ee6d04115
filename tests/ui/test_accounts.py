"""Accounts by clicks: adding, removing, waiting, recovering, switching, and the window that locks itself."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.db import keyslots
from app.domain.findings import Refused
from app.main import Shell
from app.services import accounts, rosters, search, workspaces
from app.services.session import Session
from app.settings import Settings
from app.sheets import recovery as paper
from app.ui import errors, theme
from app.ui.account_dialogs import AccountDialog, PasswordDialog, RecoverDialog, RemoveDialog, SheetDialog
from app.ui.accounts_page import AccountsPage
from app.ui.frame import Frame
from app.ui.idle import Idle
from app.ui.login import Login
from app.ui.manage_desk import TABS, ManageDesk
from app.ui.residents_desk import ResidentsDesk
from tests.conftest import ACCOUNT, NOW, PASSWORD

LEFT = Qt.MouseButton.LeftButton
WORKER, WORKER_PASSWORD = "李社工", "shegong-123"
SECONDS = 5
D = TypeVar("D", bound=QDialog)


@pytest.fixture
def shell(qtbot: QtBot, qapp: Any, folder: Path) -> Iterator[Shell]:
    """The whole window at the log-in of a workspace with a head and a worker."""
    theme.apply(qapp)
    session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    accounts.add(session, WORKER, WORKER_PASSWORD, ["worker"])
    workspaces.lock(session)
    made = Shell(folder, Settings(), NOW)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.asleep = None if made.asleep is None else _closed(made.asleep)
    made.close()


def _closed(frame: Frame) -> None:
    frame.close_session()
    frame.deleteLater()


def enter(qtbot: QtBot, shell: Shell, account: str = ACCOUNT, password: str = PASSWORD) -> Frame:
    login = shell.centralWidget()
    assert isinstance(login, Login)
    login.account.setCurrentText(account)
    login.password.clear()
    qtbot.keyClicks(login.password, password)
    qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert shell.frame is not None, login.message.text()
    return shell.frame


def page_of(frame: Frame) -> AccountsPage:
    frame.go("manage", page="accounts")
    desk = frame.desks["manage"]
    assert isinstance(desk, ManageDesk)
    page = desk.pages["accounts"]
    assert isinstance(page, AccountsPage)
    return page


def shown(page: QObject, kind: type[D]) -> D:
    (found,) = (each for each in page.findChildren(kind) if each.isVisible())
    return found


def idle_for(frame: Frame, seconds: int) -> None:
    """Nobody touched anything for so long, whatever time the test itself has taken."""
    since = frame.idle._clocks()
    frame.idle._since = (since[0] - seconds, since[1] - seconds)
    frame.idle.look()


def open_files(folder: Path) -> list[str]:
    """What this process holds open of the workspace's database."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them is gone already
            found.append(str(each.readlink()))
    return [each for each in found if each.startswith(str(folder / "loutu.db"))]


# ---------------------------------------------------------------- the accounts page


def test_a_worker_is_added_by_clicks_and_can_enter(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    page = page_of(enter(qtbot, shell))
    qtbot.mouseClick(page.add, LEFT)
    dialog = shown(page, AccountDialog)
    dialog.name.setText("陈社工")
    dialog.password.setText("chen-12345")
    dialog.again.setText("chen-12346")
    qtbot.mouseClick(dialog.act, LEFT)
    assert "不一样" in dialog.message.text()
    dialog.again.setText("chen-12345")
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "角色" in dialog.message.text())
    dialog.roles.boxes["worker"].click()
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "陈社工" in [row["account"] for row in page.table.rows_model.rows])
    qtbot.waitUntil(lambda: (page.table.current() or {})["account"] == "陈社工")
    shell.lock()
    assert enter(qtbot, shell, "陈社工", "chen-12345").session.roles == {"worker"}


def test_roles_are_changed_by_clicks(qtbot: QtBot, shell: Shell) -> None:
    page = page_of(enter(qtbot, shell))
    assert page.table.choose("account", WORKER)
    qtbot.mouseClick(page.change, LEFT)
    dialog = shown(page, AccountDialog)
    assert dialog.roles.chosen == ["worker"]
    dialog.roles.boxes["auditor"].click()
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: page.table.rows_model.rows[1]["roles"] == ["worker", "auditor"])


def test_a_removal_says_what_it_means_is_confirmed_and_done(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    page = page_of(enter(qtbot, shell))
    page.table.choose("account", WORKER)
    qtbot.mouseClick(page.remove, LEFT)
    dialog = shown(page, RemoveDialog)
    qtbot.mouseClick(dialog.act, LEFT)
    assert not dialog.message.isHidden() and WORKER in keyslots.read(folder).accounts
    dialog.sure.click()
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: len(page.table.rows_model.rows) == 1)
    assert keyslots.read(folder).accounts == (ACCOUNT,) and "再添一个" in page.said.text()


def test_the_last_who_admits_is_kept_and_that_is_said(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    page = page_of(enter(qtbot, shell))
    page.table.choose("account", ACCOUNT)
    qtbot.mouseClick(page.remove, LEFT)
    dialog = shown(page, RemoveDialog)
    dialog.sure.click()
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "最后一个" in dialog.message.text())
    dialog.reject()
    assert keyslots.read(folder).accounts == (ACCOUNT, WORKER)


def test_who_removes_himself_is_locked_out_at_once(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    frame = enter(qtbot, shell)
    accounts.add(frame.session, "王管理", "guanli-1234", ["administrator"])
    page = page_of(frame)
    page.table.choose("account", ACCOUNT)
    qtbot.mouseClick(page.remove, LEFT)
    dialog = shown(page, RemoveDialog)
    dialog.sure.click()
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login))
    login = shell.centralWidget()
    assert isinstance(login, Login) and login.account.findText(ACCOUNT) == -1


def test_a_worker_changes_the_own_password_from_the_menu(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    frame = enter(qtbot, shell, WORKER, WORKER_PASSWORD)
    frame.top.password.emit()
    dialog = shown(frame, PasswordDialog)
    dialog.old.setText("guess-123")
    dialog.new.setText("new-mima-1")
    dialog.again.setText("new-mima-1")
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "密码不对" in dialog.message.text())
    dialog.old.setText(WORKER_PASSWORD)
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "密码已改" in frame.notice.text.text())
    assert workspaces.vouch(folder, WORKER, "new-mima-1")


def test_each_sees_only_the_pages_they_may(qtbot: QtBot, shell: Shell) -> None:
    frame = enter(qtbot, shell, WORKER, WORKER_PASSWORD)
    frame.go("manage")
    desk = frame.desks["manage"]
    assert isinstance(desk, ManageDesk)
    assert list(desk.pages) == [tab.key for tab in TABS if any(map(frame.session.may, tab.acts))]
    assert "accounts" not in desk.pages and "imports" in desk.pages


# ---------------------------------------------------------------- the recovery sheet


def test_a_new_workspace_offers_the_recovery_sheet(qtbot: QtBot, qapp: Any, folder: Path, tmp_path: Path) -> None:
    theme.apply(qapp)
    shell = Shell(tmp_path / "none-yet", Settings(), NOW)
    qtbot.addWidget(shell)
    shell.show()
    shell._created(folder, ACCOUNT, PASSWORD)
    assert shell.frame is not None
    dialog = shown(shell.frame, SheetDialog)
    dialog.out.line.setText(str(tmp_path / "恢复卡.pdf"))
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: not shell.frame.tasks.busy and (tmp_path / "恢复卡.pdf").exists())  # type: ignore[union-attr]
    assert keyslots.read(folder).sheet is not None
    shell.close()


def test_a_forgotten_password_is_mended_with_the_sheet(
    qtbot: QtBot, shell: Shell, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[paper.Sheet] = []
    real = paper.pdf
    monkeypatch.setattr(paper, "pdf", lambda sheet: printed.append(sheet) or real(sheet))
    accounts.recovery_sheet(enter(qtbot, shell).session, tmp_path / "恢复卡.pdf")
    shell.lock()
    login = shell.centralWidget()
    assert isinstance(login, Login)
    qtbot.mouseClick(login.forgot, LEFT)
    dialog = shown(login, RecoverDialog)
    code = printed[0].code
    wrong = ("3" if code[0] == "2" else "2") + code[1:]
    dialog.code.setText(wrong)
    dialog.new.setText("new-mima-1")
    dialog.again.setText("new-mima-1")
    qtbot.mouseClick(dialog.act, LEFT)
    assert "第 1 组" in dialog.message.text()
    dialog.code.setText(code.lower())
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil(lambda: "已作废" in login.message.text())
    enter(qtbot, shell, password="new-mima-1")


def test_the_code_as_it_stands_on_the_paper_opens_the_workspace_again(
    qtbot: QtBot, shell: Shell, folder: Path, tmp_path: Path
) -> None:
    """By clicks from the button to the new password; the code is read from the file itself."""
    page = page_of(enter(qtbot, shell))
    qtbot.mouseClick(page.sheet, LEFT)
    dialog = shown(page, SheetDialog)
    out = tmp_path / "恢复卡.pdf"
    dialog.out.line.setText(str(out))
    monkey_opened = QDesktopServices.openUrl
    QDesktopServices.openUrl = lambda _: True  # type: ignore[method-assign]  # no viewer here
    try:
        qtbot.mouseClick(dialog.act, LEFT)
        qtbot.waitUntil(lambda: out.exists() and "已印好恢复卡" in shell.frame.notice.text.text())  # type: ignore[union-attr]
    finally:
        QDesktopServices.openUrl = monkey_opened  # type: ignore[method-assign]
    paper_text = QPdfDocument()
    paper_text.load(str(out))
    text = "".join(paper_text.getAllText(number).text() for number in range(paper_text.pageCount()))
    groups = re.findall(r"\b[2-9A-Y]{4}\b", text)
    assert len(groups) == 8, text
    shell.lock()
    login = shell.centralWidget()
    assert isinstance(login, Login)
    qtbot.mouseClick(login.forgot, LEFT)
    recover = shown(login, RecoverDialog)
    recover.code.setText(" ".join(groups))
    recover.new.setText("new-mima-1")
    recover.again.setText("new-mima-1")
    qtbot.keyClick(recover.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "已作废" in login.message.text())
    assert enter(qtbot, shell, password="new-mima-1").session.ring is not None


# ---------------------------------------------------------------- waiting


def test_the_log_in_counts_the_wait_down_and_opens_again(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    login = shell.centralWidget()
    assert isinstance(login, Login)
    login.account.setCurrentText(ACCOUNT)
    for _ in range(3):
        login.password.setText("guess-123")
        qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert "请等" in login.message.text() and not login.enter.isEnabled()
    login.password.setText(PASSWORD)
    qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert shell.frame is None  # also who knows it waits
    login.account.setCurrentText(WORKER)
    assert login.enter.isEnabled()  # the others need not
    login.account.setCurrentText(ACCOUNT)
    said = login.message.text()
    qtbot.waitUntil(lambda: login.message.text() != said, timeout=3_000)
    (folder / "attempts").write_text(
        "".join(
            f'{{"at": "x", "slot": "{keyslots.read(folder).slot(ACCOUNT).id}", "wall": {time.time() - 60}}}\n'
            for _ in range(3)
        )
    )
    qtbot.waitUntil(login.enter.isEnabled, timeout=3_000)
    enter(qtbot, shell)


# ---------------------------------------------------------------- locking, switching


def test_another_account_works_within_five_seconds(qtbot: QtBot, shell: Shell) -> None:
    frame = enter(qtbot, shell)
    begun = time.monotonic()
    menu = frame.top.account.menu()
    next(each for each in menu.actions() if WORKER in each.text()).trigger()
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login))
    login = shell.centralWidget()
    assert isinstance(login, Login) and login.account.currentText() == WORKER
    qtbot.keyClicks(login.password, WORKER_PASSWORD)
    qtbot.keyClick(login.password, Qt.Key.Key_Return)
    assert shell.frame is not None and shell.frame.session.account == WORKER
    assert time.monotonic() - begun < SECONDS


def test_a_key_locks(qtbot: QtBot, shell: Shell) -> None:
    frame = enter(qtbot, shell)
    shell.activateWindow()
    frame.search.setFocus()
    qtbot.keyClick(frame.search, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_window_left_alone_warns_locks_and_leaves_no_connection(qtbot: QtBot, shell: Shell, folder: Path) -> None:
    frame = enter(qtbot, shell)
    page_of(frame)
    assert open_files(folder)
    idle_for(frame, 9 * 60 + 35)
    assert "25 秒" in frame.notice.text.text() and frame.notice.isVisible()
    frame.idle.stir()
    assert not frame.notice.isVisible()
    page = page_of(frame)
    qtbot.mouseClick(page.remove, LEFT)
    dialog = shown(page, RemoveDialog)
    idle_for(frame, 10 * 60)
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login))
    assert shell.frame is None and open_files(folder) == []
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    with pytest.raises(RuntimeError, match="deleted"):  # the pages and what they showed are gone
        qtbot.wait(1)
        dialog.isVisible()
    assert workspaces.vouch(folder, ACCOUNT, PASSWORD)
    again = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)  # and the workspace is free
    workspaces.lock(again)


def a_form(qtbot: QtBot, frame: Frame, roster: Path) -> Any:
    rosters.apply(frame.session, rosters.preview(frame.session, roster))
    qtbot.keyClicks(frame.search, "wjg")
    qtbot.waitUntil(lambda: frame.popup.isVisible())
    qtbot.keyClick(frame.search, Qt.Key.Key_Return)
    desk = frame.desks["residents"]
    assert isinstance(desk, ResidentsDesk)
    desk.view.form.grid.editors["occupation"].input.setText("教师")  # type: ignore[union-attr]  # a line
    assert frame.unsaved
    return desk.view.form


def test_what_is_not_saved_waits_unseen_for_its_author(qtbot: QtBot, shell: Shell, folder: Path, roster: Path) -> None:
    frame = enter(qtbot, shell)
    form = a_form(qtbot, frame, roster)
    idle_for(frame, 10 * 60)
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login))
    login = shell.centralWidget()
    assert isinstance(login, Login) and login.account.currentText() == ACCOUNT
    assert open_files(folder) == [] and frame.session.ring is None and not frame.isVisible()
    other = enter(qtbot, shell, WORKER, WORKER_PASSWORD)
    assert other is not frame and not other.unsaved and not frame.isVisible()
    shell.lock()
    assert enter(qtbot, shell) is frame and frame.isVisible()
    assert form.dirty and form.save()
    person = search.find(frame.session, "王建国")[0]["id"]
    from app.services import records

    assert records.show(frame.session, "resident", person)["occupation"] == "教师"


def test_closing_the_window_asks_about_what_still_waits(
    qtbot: QtBot, shell: Shell, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = enter(qtbot, shell)
    a_form(qtbot, frame, roster)
    idle_for(frame, 10 * 60)
    qtbot.waitUntil(lambda: shell.asleep is frame)
    asked: list[str] = []
    monkeypatch.setattr(errors, "ask", lambda parent, text, *answers, **_: asked.append(text) or answers[-1])
    shell.close()
    assert ACCOUNT in asked[0] and shell.asleep is frame
    monkeypatch.setattr(errors, "ask", lambda parent, text, *answers, **_: answers[0])
    shell.close()
    assert shell.asleep is None


def test_work_under_way_is_covered_and_not_broken_off(qtbot: QtBot, shell: Shell) -> None:
    frame, going = enter(qtbot, shell), [True]

    def work(progress: Any, cancelled: Callable[[], bool]) -> bool:
        while going[0]:
            time.sleep(0.01)
        return cancelled()

    ended: list[bool] = []
    frame.tasks.run(work, ended.append, text="x")
    idle_for(frame, 10 * 60)
    qtbot.waitUntil(frame.curtain.isVisible)
    assert shell.frame is frame
    going[0] = False
    qtbot.waitUntil(lambda: ended == [False])
    frame.idle.look()
    qtbot.waitUntil(lambda: isinstance(shell.centralWidget(), Login))


class Clocks:
    def __init__(self) -> None:
        self.running, self.wall = 0.0, 0.0

    def __call__(self) -> tuple[float, float]:
        return self.running, self.wall


def test_idle_counts_from_the_last_movement_and_while_the_pc_sleeps(qtbot: QtBot) -> None:
    clocks, parent = Clocks(), QObject()
    idle = Idle(lambda: 60, parent, clocks)
    warned: list[int] = []
    idle.warned.connect(warned.append)
    clocks.running = clocks.wall = 29.0
    idle.look()
    clocks.running = clocks.wall = 31.0
    idle.look()
    assert warned == [29]
    with qtbot.waitSignal(idle.stirred):
        idle.stir()
    clocks.running = clocks.wall = 80.0
    idle.look()
    assert warned == [29, 11]
    clocks.wall += 3_600  # the lid was closed: only the wall's clock went on
    with qtbot.waitSignal(idle.expired):
        idle.look()
    idle.stop()


def test_a_key_at_the_window_stirs(qtbot: QtBot, shell: Shell) -> None:
    frame = enter(qtbot, shell)
    idle_for(frame, 9 * 60 + 40)
    from PySide6.QtTest import QTest

    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_A)  # type: ignore[call-overload]  # a window's overload
    assert not frame.notice.isVisible()
    frame.idle.look()
    assert shell.frame is frame


def test_the_wait_is_refused_to_a_second_person_as_well(folder: Path) -> None:
    for _ in range(3):
        with pytest.raises(Refused, match="password-wrong"):
            workspaces.vouch(folder, ACCOUNT, "guess-123")
    with pytest.raises(Refused, match="login-wait"):
        workspaces.vouch(folder, ACCOUNT, PASSWORD)


def test_a_session_given_to_the_page_without_the_right_lists_nothing(session: Session) -> None:
    session.roles = frozenset({"worker"})
    with pytest.raises(Refused, match="not-allowed"):
        accounts.list_(session)
