"""同步 by clicks: joining the street, bundles there and back, revoking; and how a street begins in the window.

Real windows on real encrypted workspaces, files in sticks of their own; one mistake per negative test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.db import devices
from app.domain import clock
from app.paths import DATABASE
from app.services import enrolment, moves, records, rosters, search, summaries, sync, sync_state, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, sticks, theme
from app.ui.enrol_dialogs import AcceptDialog, ApproveDialog, ReadOutDialog
from app.ui.first_run import FirstRun
from app.ui.frame import Frame
from app.ui.registry_dialogs import RenewDialog, RevokeDialog
from app.ui.sections import BY_KEY, Section
from app.ui.sync_desk import SyncDesk, merge_all
from app.ui.today_desk import TodayDesk
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import ROOT_PASSWORD, Street

LEFT = Qt.MouseButton.LeftButton
WRONG = "苹果 香蕉 葡萄 西瓜 桃子 橘子 草莓 樱桃"


class Window:
    """A frame with the desk open, and the few things a person does there."""

    def __init__(self, qtbot: QtBot, patch: pytest.MonkeyPatch, session: Session, settings: Settings | None) -> None:
        self.qtbot, self.patch = qtbot, patch
        self.frame = Frame(session, settings)
        qtbot.addWidget(self.frame)
        self.frame.show()
        self.frame.go("sync")
        desk = self.frame.desks["sync"]
        assert isinstance(desk, SyncDesk)
        self.desk = desk

    def choose(self, *paths: Path) -> None:
        """What the next file dialogs answer."""
        names = [str(each) for each in paths]
        self.patch.setattr(QFileDialog, "getExistingDirectory", lambda *_: names[0])
        self.patch.setattr(QFileDialog, "getOpenFileName", lambda *_: (names[0], ""))
        self.patch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (names, ""))

    def done(self) -> None:
        self.qtbot.waitUntil(lambda: not self.frame.tasks.busy)

    def click(self, button: Any) -> None:
        self.qtbot.mouseClick(button, LEFT)
        self.done()

    def dialog(self, kind: type[QDialog]) -> Any:
        (found,) = (each for each in self.desk.findChildren(kind) if each.isVisible())
        return found

    def export(self, stick: Path) -> list[Path]:
        self.choose(stick)
        self.click(self.desk.export)
        return sorted(stick.glob("*.ltb"))

    def receive(self, *files: Path) -> list[str]:
        """The words about each file."""
        self.choose(*files)
        self.click(self.desk.receive)
        assert self.desk.result.isVisible()
        return [row["words"] for row in self.desk.result.table.rows_model.rows]

    @property
    def status(self) -> str:
        return self.frame.state.text()


@pytest.fixture
def opened(qtbot: QtBot, qapp: Any, street: Street, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Window]]:
    """Opens windows; what would be a box is a failure unless a test says otherwise."""
    theme.apply(qapp)
    monkeypatch.setitem(BY_KEY, "sync", Section("sync", "同步", "usb-flash-drive-outline", SyncDesk, "bundles.export"))
    monkeypatch.setattr(errors, "present", lambda parent, error: pytest.fail(f"a box: {error!r}"))
    made: list[Window] = []

    def open_(session: Session, settings: Settings | None = None) -> Window:
        made.append(Window(qtbot, monkeypatch, session, settings))
        return made[-1]

    yield open_
    for each in made:
        each.frame.close_session()


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    """A committee that belongs to the street and knows its people."""
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    return made


def at(session: Session, time: str) -> None:
    session.clock = clock.frozen(time)


# ---------------------------------------------------------------- joining


def requested(window: Window, stick: Path) -> Path:
    window.choose(stick)
    window.click(window.desk.steps.ask)
    (file,) = stick.glob("*.ltq")
    return file


def approving(window: Window, street: Street, file: Path, words: str, password: str = ROOT_PASSWORD) -> ApproveDialog:
    """The dialog filled in and its button pressed."""
    window.choose(file)
    window.click(window.desk.street.approve)
    dialog: ApproveDialog = window.dialog(ApproveDialog)
    dialog.heard.line.setText(words)
    dialog.root.file.line.setText(str(street.folder / "root.key"))
    dialog.root.password.setText(password)
    window.click(dialog.act)
    return dialog


def accepting(window: Window, file: Path, words: str) -> None:
    window.choose(file)
    window.click(window.desk.steps.answer)
    dialog = window.dialog(AcceptDialog)
    dialog.heard.line.setText(words)
    window.click(dialog.act)


def test_a_committee_joins_the_street_by_clicks_and_two_readings(street: Street, opened: Callable[..., Window]) -> None:
    committee = street.committee(enrolled=False)
    theirs, ours = opened(street.centre), opened(committee)
    stick = street.stick()
    file = requested(ours, stick)
    words = ours.desk.steps.board.words
    assert words == enrolment.look(file)["fingerprint"] and ours.desk.steps.board.isVisible()
    approving(theirs, street, file, words.replace(" ", "，"))
    read_out: ReadOutDialog = theirs.dialog(ReadOutDialog)
    (answer,) = stick.glob("*.lta")
    accepting(ours, answer, read_out.board.words)
    assert enrolment.status(committee)["enrolled"]
    assert ours.desk.report.isVisible() and not ours.desk.steps.isVisible()
    assert "花木街道" in ours.desk.said.text() and "花木街道" in ours.desk.report.title.text()
    theirs.click(read_out.read)
    (row,) = theirs.desk.street.table.rows_model.rows
    assert (row["name"], row["state"], row["residents"]) == ("第1居委会", "从未报送", None)


def test_the_words_stay_when_the_desk_is_left_and_the_program_closed(
    street: Street, opened: Callable[..., Window], tmp_path: Path
) -> None:
    committee = street.committee(enrolled=False)
    first = opened(committee, Settings(tmp_path / "settings.json"))
    requested(first, street.stick())
    words = first.desk.steps.board.words
    first.frame.go("today")
    first.frame.go("sync")
    assert first.desk.steps.board.words == words and first.desk.steps.board.isVisible()
    first.frame.close_session()
    again = opened(
        workspaces.unlock(committee.folder, ACCOUNT, PASSWORD, clock=committee.clock),
        Settings(tmp_path / "settings.json"),
    )
    assert again.desk.steps.board.words == words


def test_wrong_words_of_a_request_approve_nothing(street: Street, opened: Callable[..., Window]) -> None:
    stick = street.stick()
    file = requested(opened(street.committee(enrolled=False)), stick)
    dialog = approving(opened(street.centre), street, file, WRONG)
    assert dialog.isVisible() and "没有批准" in dialog.message.text()
    assert list(stick.glob("*.lta")) == [] and len(enrolment.status(street.centre)["members"]) == 1


def test_wrong_words_of_the_root_trust_nothing(street: Street, opened: Callable[..., Window]) -> None:
    committee = street.committee(enrolled=False)
    window = opened(committee)
    file, answer = requested(window, street.stick()), street.folder / "answer"
    words = window.desk.steps.board.words
    enrolment.approve(street.centre, file, street.folder / "root.key", ROOT_PASSWORD, words, answer)
    accepting(window, answer, words)  # its own words instead of the street's
    dialog = window.dialog(AcceptDialog)
    assert "没有采用" in dialog.message.text() and not enrolment.status(committee)["enrolled"]
    assert window.desk.steps.isVisible()


def test_a_wrong_root_password_is_said_and_the_dialog_stays(street: Street, opened: Callable[..., Window]) -> None:
    ours = opened(street.committee(enrolled=False))
    file = requested(ours, street.stick())
    dialog = approving(opened(street.centre), street, file, ours.desk.steps.board.words, "another-one")
    assert dialog.isVisible() and "密码不对" in dialog.message.text()


def test_an_answer_that_cannot_be_written_is_said(street: Street, opened: Callable[..., Window]) -> None:
    ours, theirs = opened(street.committee(enrolled=False)), opened(street.centre)
    file = requested(ours, street.stick())
    theirs.choose(file)
    theirs.click(theirs.desk.street.approve)
    dialog: ApproveDialog = theirs.dialog(ApproveDialog)
    dialog.heard.line.setText(ours.desk.steps.board.words)
    dialog.root.file.line.setText(str(street.folder / "root.key"))
    dialog.root.password.setText(ROOT_PASSWORD)
    dialog.out.line.setText(str(street.folder / "pulled-out"))
    theirs.click(dialog.act)
    assert dialog.isVisible() and "可能已拔出" in dialog.message.text()


def test_a_word_that_is_in_no_list_is_said_while_typing(street: Street, opened: Callable[..., Window]) -> None:
    window = opened(street.committee(enrolled=False))
    window.choose(street.folder / "root.key")
    window.click(window.desk.steps.answer)
    heard = window.dialog(AcceptDialog).heard
    for text, said in (("苹果 香", "已输入 2"), ("苹果 平果", "平果"), (WRONG, "都齐了"), (WRONG + "石榴", "多了")):
        heard.line.setText(text)
        assert said in heard.hint.text()


def test_a_file_that_is_no_request_is_said_on_the_desk(
    street: Street, opened: Callable[..., Window], roster: Path
) -> None:
    window = opened(street.centre)
    window.choose(roster)
    window.click(window.desk.street.approve)
    assert "不是登记申请" in window.desk.said.text() and window.desk.said.isVisible()


def test_a_file_that_is_no_answer_is_said_in_the_dialog(
    street: Street, opened: Callable[..., Window], roster: Path
) -> None:
    window = opened(street.committee(enrolled=False))
    accepting(window, roster, WRONG)
    assert "不是街道的答复" in window.dialog(AcceptDialog).message.text()


# ---------------------------------------------------------------- there and back


def test_what_a_committee_exports_is_seen_at_the_centre_and_how_old_it_is(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    street.committee(2)
    theirs, window = opened(street.centre), opened(ours)
    assert "还没有导出" in window.desk.report.waits.text() and "还没有回执" in window.status
    at(ours, "2020-05-25T16:00")
    files = window.export(street.stick())
    assert "可以拔出" in window.desk.said.text() and "等街道回执" in window.desk.report.waits.text()
    at(street.centre, "2020-05-28T10:00")
    (said,) = theirs.receive(*files)
    assert "已收好" in said and "第1居委会" in said
    never, old = theirs.desk.street.table.rows_model.rows
    assert (never["name"], never["state"]) == ("第2居委会", "从未报送")
    assert (old["name"], old["state"], old["age"]) == ("第1居委会", "2 天没有报送", 73)
    assert old["residents"] == summaries.status(ours)["residents"] > 0
    assert "2 个居委会中 1 个已报送" in theirs.status and "数据截至 5月25日09:00" in theirs.status
    theirs.frame.go("today")
    today = theirs.frame.desks["today"]
    assert isinstance(today, TodayDesk) and today.figures["residents"].text() == str(old["residents"])


def test_when_the_receipt_is_back_nothing_waits_and_only_what_is_new_goes(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    theirs, window = opened(street.centre), opened(ours)
    at(ours, "2020-05-25T16:00")
    theirs.receive(*window.export(street.stick()))
    at(street.centre, "2020-05-26T10:00")
    back = theirs.export(street.stick())
    assert "回执" in theirs.desk.said.text()
    at(ours, "2020-05-27T11:00")
    (said,) = window.receive(*back)
    assert "回执已收到" in said
    assert "没有新内容" in window.desk.report.waits.text()
    assert window.desk.report.received.text() == "街道已收到 5月25日16:00前的数据，回执是 1 天前的。"
    assert "街道已收到 5月25日16:00前的数据" in window.status
    assert window.export(street.stick()) == [] and "没有新内容" in window.desk.said.text()
    records.change(ours, "resident", search.find(ours, "王建国")[0]["id"], {"occupation": "教师"})
    window.qtbot.waitUntil(lambda: "还没有导出" in window.desk.report.waits.text())
    assert "街道已收到 5月25日16:00前的数据" in window.status, "what was written since is not claimed"
    theirs.receive(*window.export(street.stick()))
    (row,) = theirs.desk.result.table.rows_model.rows
    assert row["duplicates"] == 0 < row["applied"]


def damaged(file: Path) -> Path:
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    made = file.with_name("damaged.ltb")
    made.write_bytes(data)
    return made


def foreign(file: Path) -> Path:
    made = file.with_name("foreign.ltb")
    made.write_bytes(b"PK\x03\x04 something else")
    return made


@pytest.mark.parametrize(("spoil", "words"), [(damaged, "已损坏"), (foreign, "不是楼图的数据包")])
def test_a_file_that_cannot_be_used_is_said_and_the_others_stay_merged(
    street: Street, ours: Session, opened: Callable[..., Window], spoil: Callable[[Path], Path], words: str
) -> None:
    (file,) = street.send(ours)
    window = opened(street.centre)
    wrong, good = window.receive(spoil(file), file)
    assert words in wrong and "已收好" in good
    assert "2 个文件中收下 1 个" in window.desk.result.title.text()
    assert search.find(street.centre, "王建国")


def test_a_file_for_somebody_else_is_said(street: Street, ours: Session, opened: Callable[..., Window]) -> None:
    (said,) = opened(street.committee(2)).receive(*street.send(ours))
    assert "不是给这台电脑的" in said


def test_a_part_put_aside_is_said_with_what_to_bring(
    street: Street, ours: Session, opened: Callable[..., Window], tmp_path: Path
) -> None:
    shutil.copytree(ours.folder, tmp_path / "copy")
    other = workspaces.unlock(tmp_path / "copy", ACCOUNT, PASSWORD, clock=ours.clock)
    street.committees.append(other)
    person = search.find(ours, "王建国")[0]["id"]
    records.change(ours, "resident", person, {"occupation": "教师"})
    records.change(other, "resident", person, {"occupation": "会计"})
    window = opened(street.centre)
    window.receive(*street.send(ours))
    (said,) = window.receive(*street.send(other))
    assert "整个复制过" in said


def test_a_conflict_leads_to_where_it_is_decided(street: Street, ours: Session, opened: Callable[..., Window]) -> None:
    street.bring(street.centre, street.send(ours))
    person = search.find(ours, "王建国")[0]["id"]
    records.change(street.centre, "resident", person, {"occupation": "会计"})
    records.change(ours, "resident", person, {"occupation": "教师"})
    window = opened(ours)
    (said,) = window.receive(*street.send(street.centre))
    assert "1 处两边都改过" in said and window.desk.result.decide.isVisible()
    window.click(window.desk.result.decide)
    assert window.frame.open_key == "decisions"


def test_without_enrolment_a_dropped_bundle_is_refused_in_words(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    files = street.send(ours)
    (said,) = _dropped(opened(street.committee(2, enrolled=False)), files)
    assert "还没有与街道登记" in said


def _dropped(window: Window, files: list[Path]) -> list[str]:
    """Drag files onto the window and let them fall."""
    window.frame.go("today")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(each)) for each in files])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    over, fallen = (QDropEvent(QPointF(9, 9), copy, data, LEFT, none) for _ in range(2))
    window.frame.dragEnterEvent(over)  # type: ignore[arg-type]  # its constructor differs between versions of Qt
    assert over.isAccepted()
    window.frame.dropEvent(fallen)
    window.qtbot.waitUntil(lambda: window.desk.result.isVisible())
    return [row["words"] for row in window.desk.result.table.rows_model.rows]


def test_a_bundle_dropped_on_the_window_is_merged_once(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    window = opened(street.centre)
    (said,) = _dropped(window, street.send(ours))
    assert "已收好" in said and window.frame.open_key == "sync"
    window.frame.go("today")
    window.desk.result.hide()
    window.frame.back()
    assert window.frame.open_key == "sync" and window.desk.result.isHidden(), "going back reads no file again"


def test_a_stick_that_is_gone_is_said_in_words(
    street: Street, ours: Session, opened: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Exception] = []
    monkeypatch.setattr(errors, "present", lambda parent, error: shown.append(error))
    window = opened(ours)
    assert window.export(street.folder / "pulled-out") == []
    assert "找不到文件夹" in window.desk.said.text() and window.desk.export.isEnabled() and len(shown) == 1


def test_before_enrolment_the_status_line_says_nothing_of_the_street(
    street: Street, opened: Callable[..., Window]
) -> None:
    assert "街道" not in opened(street.committee(enrolled=False)).status


def test_asking_what_waits_writes_nothing(street: Street, ours: Session) -> None:
    before = summaries.status(ours)["heads"]
    (state,) = sync_state.waiting(ours)
    assert state["entries"] == state["unsent"] > 4 and state["received_until"] is None
    assert summaries.status(ours)["heads"] == before


def test_what_was_taken_before_a_cancel_is_still_told(street: Street, ours: Session) -> None:
    files = street.send(ours) + street.send(street.committee(2))
    taken = merge_all(street.centre, files, lambda *_: None, lambda: bool(search.find(street.centre, "王建国")))
    assert [Path(each["file"]) for each in taken] == files[:1]


# ---------------------------------------------------------------- revoking


def revoking(window: Window, street: Street, device: str, *, sure: bool = True) -> RevokeDialog:
    pane = window.desk.street
    pane.tabs.setCurrentIndex(1)
    assert pane.members.choose("device", device)
    window.click(pane.revoke)
    dialog: RevokeDialog = window.dialog(RevokeDialog)
    dialog.root.file.line.setText(str(street.folder / "root.key"))
    dialog.root.password.setText(ROOT_PASSWORD)
    dialog.sure.setChecked(sure)
    return dialog


def test_a_revoked_pc_keeps_what_came_and_sends_no_more(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    street.bring(street.centre, street.send(ours))
    window = opened(street.centre)
    window.click(revoking(window, street, ours.device).act)
    assert "已停用" in window.frame.notice.text.text()
    member = next(each for each in sync_state.registered(street.centre) if each["device"] == ours.device)
    assert member["revoked"] and search.find(street.centre, "王建国")
    assert not window.desk.street.revoke.isEnabled()
    (row,) = window.desk.street.table.rows_model.rows
    assert (row["state"], row["residents"]) == ("未登记或已停用", 4), "what it sent is counted, so it is listed"
    records.change(ours, "resident", search.find(ours, "王建国")[0]["id"], {"occupation": "教师"})
    (said,) = window.receive(*street.send(ours))
    assert "已被街道停用" in said


def test_all_that_a_pc_wrote_is_void_if_that_is_chosen(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    street.bring(street.centre, street.send(ours))
    window = opened(street.centre)
    dialog = revoking(window, street, ours.device)
    dialog.all.setChecked(True)
    window.click(dialog.act)
    with street.centre.db.reading() as connection:
        void = devices.refused(connection, ours.committee_id)
        (batches,) = connection.exec_driver_sql(
            "SELECT count(*) FROM batch WHERE committee_id = ?", (ours.committee_id,)
        ).fetchone() or (0,)
    assert {code for _, _, code in void} == {"device-revoked"} and len(void) == batches > 1


def test_nothing_is_revoked_before_it_was_confirmed(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    window = opened(street.centre)
    dialog = revoking(window, street, ours.device, sure=False)
    window.click(dialog.act)
    assert dialog.isVisible() and "打勾" in dialog.message.text()
    assert not any(each["revoked"] for each in enrolment.status(street.centre)["members"])


def test_a_centre_cannot_revoke_itself(street: Street, opened: Callable[..., Window]) -> None:
    pane = opened(street.centre).desk.street
    assert pane.members.choose("device", street.centre.device) and not pane.revoke.isEnabled()


def test_a_centre_without_a_root_key_is_told_what_to_do(
    street: Street, opened: Callable[..., Window], tmp_path: Path
) -> None:
    workspaces.create(
        tmp_path / "rootless", role="centre", name="旧街道", code="310115017", account=ACCOUNT, password=PASSWORD
    )
    window = opened(workspaces.unlock(tmp_path / "rootless", ACCOUNT, PASSWORD))
    assert "没有根密钥" in window.desk.street.said.text() and not window.desk.street.approve.isEnabled()


def test_the_street_s_words_are_shown_on_demand_on_both_sides(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    words = enrolment.status(ours)["root_words"]
    theirs, window = opened(street.centre), opened(ours)
    theirs.click(theirs.desk.street.show_words)
    assert words in theirs.desk.said.text()
    assert not window.desk.report.words.isVisible()
    window.click(window.desk.report.show_words)
    assert window.desk.report.words.isVisible() and words in window.desk.report.words.text()


# ---------------------------------------------------------------- a street begins in the window


def first_run(qtbot: QtBot, folder: Path, key: Path, **texts: str) -> FirstRun:
    """A centre's answers, all right unless a test gives others."""
    first = FirstRun(folder)
    qtbot.addWidget(first)
    first.role.setCurrentText("街道中心")
    first.root.line.setText(str(key))
    given = {
        "name": "花木街道", "code": "310115016", "account": ACCOUNT, "password": PASSWORD, "again": PASSWORD,
        "root_password": ROOT_PASSWORD, "root_again": ROOT_PASSWORD, **texts,
    }  # fmt: skip
    for field, text in given.items():
        getattr(first, field).setText(text)
    return first


def test_a_centre_made_in_the_window_has_its_root_key_and_a_street(qtbot: QtBot, tmp_path: Path) -> None:
    key = tmp_path / "stick-root.key"
    first = first_run(qtbot, tmp_path / "data", key)
    with qtbot.waitSignal(first.created) as made:
        qtbot.mouseClick(first.make, LEFT)
    session = workspaces.unlock(*(made.args or ()))
    known = enrolment.status(session)
    workspaces.lock(session)
    assert known["enrolled"] and [each["name"] for each in known["members"]] == ["花木街道"]
    assert enrolment.root_key(key, ROOT_PASSWORD)


def test_a_root_key_that_is_there_is_opened_and_not_overwritten(qtbot: QtBot, tmp_path: Path) -> None:
    key = tmp_path / "root.key"
    enrolment.root_key(key, ROOT_PASSWORD)
    before = key.read_bytes()
    first = first_run(qtbot, tmp_path / "data", key, root_again="")
    with qtbot.waitSignal(first.created):
        qtbot.mouseClick(first.make, LEFT)
    assert key.read_bytes() == before


def test_a_wrong_password_of_a_root_key_that_is_there_makes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    key = tmp_path / "root.key"
    enrolment.root_key(key, ROOT_PASSWORD)
    before = key.read_bytes()
    first = first_run(qtbot, tmp_path / "data", key, root_password="another-one")
    qtbot.mouseClick(first.make, LEFT)
    assert "根密钥的密码不对" in first.message.text()
    assert not (tmp_path / "data").exists() and key.read_bytes() == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"root_again": "other"}, "两次输入的根密钥"),
        ({"root_password": "1", "root_again": "1"}, "太短"),
        ({"code": "12"}, "12 位"),
        ({"password": "1", "again": "1"}, "太短"),
    ],
)
def test_a_wrong_answer_leaves_neither_workspace_nor_key(
    qtbot: QtBot, tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    first = first_run(qtbot, tmp_path / "data", tmp_path / "root.key", **wrong)
    qtbot.mouseClick(first.make, LEFT)
    assert said in first.message.text()
    assert not workspaces.exists(tmp_path / "data") and not (tmp_path / "root.key").exists()


@pytest.mark.parametrize(
    ("key", "said"), [("", "请选择根密钥文件"), ("data/root.key", "不要放在工作区"), ("no/root.key", "文件夹")]
)
def test_a_place_where_no_root_key_can_lie_is_said(qtbot: QtBot, tmp_path: Path, key: str, said: str) -> None:
    first = first_run(qtbot, tmp_path / "data", tmp_path / key)
    if not key:
        first.root.line.clear()
    qtbot.mouseClick(first.make, LEFT)
    assert said in first.message.text() and not workspaces.exists(tmp_path / "data")


def test_a_committee_is_not_asked_for_a_root_key(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstRun(tmp_path / "data")
    qtbot.addWidget(first)
    first.show()
    assert not first.root.isVisible()
    first.role.setCurrentText("街道中心")
    assert first.root.isVisible() and first.root_again.isVisible()


def test_what_came_from_an_entry_on_is_void_if_the_first_one_is_known(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    with ours.db.reading() as connection:
        first = next(chain.seq for chain in devices.chains(connection) if chain.device == ours.device) + 1
    records.change(ours, "resident", search.find(ours, "王建国")[0]["id"], {"occupation": "冒用后改的"})
    street.bring(street.centre, street.send(ours))
    window = opened(street.centre)
    dialog = revoking(window, street, ours.device)
    assert not dialog.where.isVisible()
    dialog.some.setChecked(True)
    (box,) = dialog.firsts
    assert dialog.where.isVisible() and box.value() == box.maximum() > first
    box.setValue(first)
    window.click(dialog.act)
    row = search.find(street.centre, "王建国")[0]["id"]
    assert "occupation" not in records.show(street.centre, "resident", row)
    text = " ".join(label.text() for label in window.desk.street.findChildren(theme.QLabel))
    assert "电脑被盗时" in text and "新电脑" in text


# ---------------------------------------------------------------- two PCs of one committee


@pytest.fixture
def second(street: Street, ours: Session) -> Session:
    """Another PC of the same committee; both know of it."""
    made = street._open("second", "committee", "第1居委会", "310115016001")
    street.committees.append(made)
    street.enrol(made)
    street.bring(street.centre, street.send(ours))
    for file in street.send(street.centre):
        if ours.device[:4] in file.name.rsplit("-", 1)[-1]:
            street.bring(ours, [file])
    return made


def swap(window: Window, stick: Path, time: str) -> str:
    """One press of 对拷; what the desk says then."""
    at(window.frame.session, time)
    window.choose(stick)
    window.click(window.desk.sibling.swap)
    return window.desk.said.text()


def test_one_stick_trip_there_and_back_makes_two_pcs_mean_the_same(
    street: Street, ours: Session, second: Session, opened: Callable[..., Window]
) -> None:
    records.add(second, "dwelling", {"estate": "由由新村", "building": "3号", "room": "501"})
    first, other = opened(ours), opened(second)
    assert first.desk.sibling.isVisible() and "还没有给另一台电脑" in first.desk.sibling.waits.text()
    stick = street.stick()
    assert "拿到另一台电脑" in swap(first, stick, "2020-05-26T09:00")
    assert "等它的回信" in first.desk.sibling.waits.text()
    said = swap(other, stick, "2020-05-26T10:00")
    assert "并写好回信" in said and "再点一次" in said
    assert "两台电脑一致了" in swap(first, stick, "2020-05-26T11:00")
    for key in ("residents", "dwellings", "estates"):
        assert summaries.status(ours)[key] == summaries.status(second)[key] > 0
    assert "一致" in first.desk.sibling.waits.text()
    assert "回信" in first.desk.sibling.waits.text()


def test_a_swap_says_why_a_bundle_was_not_taken(
    street: Street, ours: Session, second: Session, opened: Callable[..., Window]
) -> None:
    first, other = opened(ours), opened(second)
    stick = street.stick()
    swap(first, stick, "2020-05-26T09:00")
    enrolment.revoke(street.centre, ours.device, None, street.folder / "root.key", ROOT_PASSWORD)
    for file in street.send(street.centre):
        if second.device[:4] in file.name.rsplit("-", 1)[-1]:
            street.bring(second, [file])
    other.desk.refresh({"all"})
    assert not other.desk.sibling.isVisible(), "nobody is left to exchange with"


def test_an_only_pc_is_offered_no_swap(ours: Session, opened: Callable[..., Window]) -> None:
    assert not opened(ours).desk.sibling.isVisible()


# ---------------------------------------------------------------- sticks, what came


def test_a_stick_that_is_plugged_in_shows_its_bundles_for_this_pc(
    street: Street, ours: Session, opened: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = street.committee(2)
    stick = street.stick()
    for session in (ours, other):
        sync.export(session, stick)
    (stick / "notes.ltb").write_bytes(b"no bundle")
    window = opened(street.centre)
    pane = window.desk.on_stick
    assert not pane.isVisible()
    monkeypatch.setattr(sticks, "sticks", lambda: [("E:（U 盘）", stick)])
    window.desk.look_for_sticks()
    window.qtbot.waitUntil(pane.isVisible)
    assert "2 个新数据包" in pane.title.text() and "另有 1 个" in pane.list.text()
    window.click(pane.receive)
    assert "2 个文件中收下 2 个" in window.desk.result.title.text() and not pane.isVisible()
    window.desk.look_for_sticks()
    window.qtbot.waitUntil(pane.isVisible)
    assert "没有给本机的新数据包" in pane.title.text() and not pane.receive.isVisible()


def test_a_stick_gets_a_button_to_export_to(
    street: Street, ours: Session, opened: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = street.stick()
    monkeypatch.setattr(sticks, "sticks", lambda: [("E:（U 盘）", stick)])
    window = opened(ours)
    window.done()
    (button,) = window.desk.report.sticks.findChildren(QPushButton)
    window.click(button)
    assert len(list(stick.glob("*.ltb"))) == 1 and "可以拔出" in window.desk.said.text()
    monkeypatch.setattr(sticks, "sticks", list)
    window.desk.look_for_sticks()
    assert not window.desk.report.sticks.isVisible()


def test_what_came_is_listed_with_what_was_put_aside_and_why(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    files = street.send(ours)
    window = opened(street.centre)
    window.receive(foreign(files[0]), files[0])
    window.desk.street.tabs.setCurrentIndex(2)
    good, wrong = window.desk.street.came.rows_model.rows
    assert good["from"] == "第1居委会" and good["applied"] > 0 and "已收好" in good["words"]
    assert "不是楼图的数据包" in wrong["words"]


def test_a_pc_that_was_copied_is_told_that_its_entries_got_new_numbers(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    where = street.folder / "clone"
    shutil.copytree(ours.folder, where, ignore=shutil.ignore_patterns("*-wal", "*-shm", "*.lock"))
    ours.db.check()
    shutil.copy(ours.folder / DATABASE, where / DATABASE)
    clone = workspaces.unlock(where, ACCOUNT, PASSWORD, clock=ours.clock)
    street.committees.append(clone)
    row = search.find(ours, "王建国")[0]["id"]
    records.change(ours, "resident", row, {"occupation": "教师"})
    records.change(clone, "resident", row, {"workplace": "花木中学"})
    street.bring(street.centre, street.send(ours))
    centre = opened(street.centre)
    (said,) = centre.receive(*street.send(clone))
    assert "第1居委会" in said and ours.device not in said, "a PC is named, not numbered"
    (said,) = opened(clone).receive(*street.send(street.centre))
    assert "已重新编号" in said and "两边的内容都保留" in said


def test_people_carried_by_the_centre_are_told_on_both_sides(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    other = street.committee(2)
    for session in (ours, other):
        street.bring(street.centre, street.send(session))
    for file in street.send(street.centre):
        if ours.code in file.name:
            street.bring(ours, [file])
    moves.offer(ours, search.find(ours, "王建国")[0]["id"], other.code)
    (said,) = opened(street.centre).receive(*street.send(ours))
    assert "1 人已转给新居委会" in said
    window = opened(other)
    window.receive(*[file for file in street.send(street.centre) if other.code in file.name])
    assert "1 人等您接收" in window.desk.result.waits.text() and window.desk.result.welcome.isVisible()
    window.click(window.desk.result.welcome)
    assert window.frame.open_key == "decisions"
    assert window.frame.desks["decisions"].tabs.currentIndex() == 2  # type: ignore[attr-defined]


# ---------------------------------------------------------------- how long the registry counts


def test_both_sides_are_told_when_the_registry_ends_and_what_to_do(
    street: Street, ours: Session, opened: Callable[..., Window]
) -> None:
    theirs, window = opened(street.centre), opened(ours)
    for session in (street.centre, ours):
        at(session, "2021-05-20T09:00")
    for each, line, who in (
        (theirs, theirs.desk.street.registry, "点“延长有效期”"), (window, window.desk.report.registry, "请街道延长有效期"),
    ):  # fmt: skip
        each.frame.refresh()
        assert "还有 40 天" in line.text() and who in line.text()
    for session in (street.centre, ours):
        at(session, "2021-09-01T09:00")
    for each, line in ((theirs, theirs.desk.street.registry), (window, window.desk.report.registry)):
        each.frame.refresh()
        assert "已于 2021-06-29 到期" in line.text()


def test_the_registry_is_renewed_with_the_root_key(street: Street, opened: Callable[..., Window]) -> None:
    at(street.centre, "2021-05-20T09:00")
    window = opened(street.centre)
    window.desk.street.tabs.setCurrentIndex(1)
    for password, ended in (("another-one", False), (ROOT_PASSWORD, True)):
        window.click(window.desk.street.renew)
        dialog: RenewDialog = window.dialog(RenewDialog)
        dialog.root.file.line.setText(str(street.folder / "root.key"))
        dialog.root.password.setText(password)
        window.click(dialog.act)
        if not ended:
            assert "密码不对" in dialog.message.text()
            window.click(dialog.cancel)
    assert enrolment.status(street.centre)["until"] == "2022-06-24"
    assert "已延长到 2022-06-24" in window.desk.said.text()
    assert "有效期到 2022-06-24" in window.desk.street.registry.text()
