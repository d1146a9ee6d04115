"""今日 shows the head what one person took alone and who waits for level 3; the form and 报表 ask why one looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.db import history
from app.domain import access, clock
from app.services import accounts, records, reports, reviews, rosters, search, summaries, workspaces
from app.services.session import Session
from app.ui import errors, fill_page, theme
from app.ui.fill_page import FillPage
from app.ui.record_form import RecordForm
from app.ui.second_dialog import SecondDialog
from app.ui.today_desk import TodayDesk
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.seconds import SECOND, SECOND_PASSWORD, give_second
from tests.services.test_shares import another, book
from tests.ui.test_sheets_desk import Window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def known(session: Session, roster: Path, tmp_path: Path) -> Session:
    """The roster is in; a list of numbers was taken."""
    rosters.apply(session, rosters.preview(session, roster))
    session.purpose = "care"
    form = book(tmp_path / "表.xlsx", ["姓名", "证件"], ["{{name}}", "{{id_number}}"])
    reports.fill(session, form, tmp_path / "证件名单.xlsx")
    session.purpose = None
    return session


@pytest.fixture
def window(known: Session) -> Window:
    return Window(known)


def today(qtbot: QtBot, qapp: Any, window: Window) -> TodayDesk:
    theme.apply(qapp)
    made = TodayDesk(window.desk)
    qtbot.addWidget(made)
    made.resize(1150, 640)
    made.show()
    return made


def buttons(desk: TodayDesk) -> list[QPushButton]:
    return [each for each in desk.reviews.findChildren(QPushButton) if each.text() == "已阅" and each.isVisible()]


def test_the_head_reads_it_and_a_click_takes_it_away(qtbot: QtBot, qapp: Any, window: Window) -> None:
    session = window.desk.session
    desk = today(qtbot, qapp, window)
    assert desk.reviews.isVisible() and summaries.due(session)["reviews"] == 1
    said = " ".join(label.text() for label in desk.reviews.findChildren(theme.QLabel))
    assert all(word in said for word in ("证件名单.xlsx", "4 人", "证件号码", "关爱服务", "24 小时"))
    qtbot.mouseClick(buttons(desk)[0], LEFT)
    assert reviews.pending(session) == [] and not desk.reviews.isVisible()
    assert "已阅" in window.said[-1] and summaries.due(session)["reviews"] == 0


def test_what_is_late_says_so(qtbot: QtBot, qapp: Any, window: Window) -> None:
    window.desk.session.clock = clock.frozen("2020-05-27T09:00")
    desk = today(qtbot, qapp, window)
    assert any(
        label.text() == "已超过 24 小时" and label.isVisible() for label in desk.reviews.findChildren(theme.QLabel)
    )


def test_one_s_own_waits_for_another_head(qtbot: QtBot, qapp: Any, window: Window) -> None:
    another(window.desk.session, "王主任", "head")
    desk = today(qtbot, qapp, window)
    (seen,) = buttons(desk)
    assert not seen.isEnabled() and "另一位" in seen.toolTip()


@pytest.mark.parametrize("role", ["worker", "group_head", "leader", "administrator", "auditor"])
def test_nobody_else_is_shown_it_and_the_page_opens(qtbot: QtBot, qapp: Any, window: Window, role: str) -> None:
    session = window.desk.session
    session.roles = frozenset({role})
    if not access.holds_ring({role}):
        session.ring = None
    desk = today(qtbot, qapp, window)
    assert not desk.reviews.isVisible()
    told = desk.figures["residents"].text()
    assert told == ("4" if role in ("worker", "group_head") else "—")
    with session.db.reading() as connection:
        assert history.acts(connection, session.office, actions=("refused",)) == []


# ---------------------------------------------------------------- an account waits for level 3

ADMIN, ADMIN_PASSWORD = "王管理", "guanli-1234"


@pytest.fixture
def owing(known: Session, folder: Path) -> Iterator[Window]:
    """The head's window, after an administrator without level 3 has made a further head."""
    accounts.add(known, ADMIN, ADMIN_PASSWORD, ["administrator"])
    workspaces.lock(known)
    administrator = workspaces.unlock(folder, ADMIN, ADMIN_PASSWORD, clock=NOW)
    accounts.add(administrator, "新书记", "xinshuji-1", ["head"])
    workspaces.lock(administrator)
    head = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    yield Window(head)
    workspaces.lock(head)


def named(desk: TodayDesk, text: str) -> QPushButton:
    (found,) = (each for each in desk.upkeep.findChildren(QPushButton) if each.text() == text and each.isVisible())
    return found


def told(desk: TodayDesk) -> str:
    return "\n".join(label.text() for label in desk.upkeep.findChildren(theme.QLabel) if label.isVisible())


def test_a_holder_admits_an_account_by_a_click(qtbot: QtBot, qapp: Any, owing: Window, folder: Path) -> None:
    desk = today(qtbot, qapp, owing)
    assert "“新书记”的账号等您开通敏感信息权限" in told(desk) and ADMIN in told(desk) and "书记/主任" in told(desk)
    assert not desk.nothing.isVisible()
    qtbot.mouseClick(named(desk, "开通"), LEFT)
    assert desk.upkeep.count == 0 and "已为“新书记”开通" in owing.said[-1]
    made = workspaces.vouch(folder, "新书记", "xinshuji-1")
    assert {row["id"]: row["ring"] for row in accounts.list_(owing.desk.session)}[made] == "held"


def test_a_holder_refuses_an_account_after_a_question(
    qtbot: QtBot, qapp: Any, owing: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = today(qtbot, qapp, owing)
    asked: list[str] = []
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: asked.append(text) or answers[-1])
    qtbot.mouseClick(named(desk, "不开通"), LEFT)
    assert "不能登录" in asked[0] and desk.upkeep.count == 1
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[0])
    qtbot.mouseClick(named(desk, "不开通"), LEFT)
    assert desk.upkeep.count == 0 and "没有为“新书记”开通" in owing.said[-1]
    assert accounts.list_(owing.desk.session)[-1]["roles"] == []


def test_who_cannot_decide_is_told_and_offered_nothing(qtbot: QtBot, qapp: Any, owing: Window) -> None:
    session = owing.desk.session
    session.roles, session.ring = frozenset({"administrator"}), None
    desk = today(qtbot, qapp, owing)
    assert "新书记" in told(desk) and desk.upkeep.findChildren(QPushButton) == []


# ---------------------------------------------------------------- the resident's form


@pytest.fixture
def form(qtbot: QtBot, qapp: Any, window: Window) -> Iterator[RecordForm]:
    theme.apply(qapp)
    made = RecordForm(window.desk, "resident")
    qtbot.addWidget(made)
    made.resize(900, 640)
    made.show()
    made.show_record(search.find(window.desk.session, "王建国")[0]["id"])
    yield made


def test_why_is_asked_once_and_stands_in_the_entry(qtbot: QtBot, form: RecordForm, window: Window) -> None:
    session = window.desk.session
    form.why.setCurrentIndex(form.why.findData("isolation"))
    qtbot.mouseClick(form.reveal, LEFT)
    assert form.editors["id_number"].input.text() == "310115195803120010"  # type: ignore[union-attr]
    assert form.seen.isVisible() and not form.why.isVisible()
    with session.db.reading() as connection:
        assert history.acts(connection, session.office, actions=("view",), limit=1)[0]["purpose"] == "isolation"
    form.show_record(search.find(session, "李秀英")[0]["id"])
    assert form.why.currentData() == "isolation" and session.purpose is None


def test_a_worker_is_told_whom_to_ask(qtbot: QtBot, form: RecordForm, window: Window) -> None:
    window.desk.session.roles = frozenset({"worker"})
    qtbot.mouseClick(form.reveal, LEFT)
    assert "书记" in form.message.text() and form.message.isVisible() and not form.revealed


def test_the_resident_s_own_paper_by_a_click(
    qtbot: QtBot, form: RecordForm, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.ui import record_form

    monkeypatch.setattr(record_form.QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "本人"), ""))
    qtbot.mouseClick(form.disclose_button, LEFT)
    assert (tmp_path / "本人.pdf").read_bytes().startswith(b"%PDF") and "本人.pdf" in window.said[-1]


def test_no_button_without_the_keys(form: RecordForm, window: Window) -> None:
    window.desk.session.ring = None
    assert form.record is not None
    form.show_record(form.record["id"])
    assert not form.disclose_button.isVisible()


# ---------------------------------------------------------------- what may be written and not read


@pytest.fixture
def unread(qtbot: QtBot, qapp: Any, window: Window) -> Iterator[RecordForm]:
    """The form of somebody whose level 3 this account may not open."""
    theme.apply(qapp)
    session = window.desk.session
    person = search.find(session, "王建国")[0]["id"]
    records.change(session, "resident", person, {"note_sensitive": "要送药"})
    session.roles = frozenset({"worker"})
    made = RecordForm(window.desk, "resident")
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    made.show_record(person)
    yield made


def test_a_field_that_cannot_be_read_can_be_written_over(qtbot: QtBot, unread: RecordForm, window: Window) -> None:
    session, editor = window.desk.session, unread.editors["note_sensitive"]
    line = editor.input
    assert line.text() == "已填写（不可查看）" and line.isReadOnly() and not unread.dirty  # type: ignore[union-attr]
    assert unread.cannot.isVisible() and not unread.reveal.isVisible()
    assert unread.editors["id_number"].input.text() == "已填写（不可查看）"  # type: ignore[union-attr]
    qtbot.mouseClick(editor.rewrite, LEFT)
    assert line.text() == "" and not line.isReadOnly() and not unread.dirty  # type: ignore[union-attr]
    line.setText("改送到楼下")  # type: ignore[union-attr]
    line.textEdited.emit("改送到楼下")  # type: ignore[union-attr]
    assert unread.dirty and unread.save()
    assert unread.record is not None
    unread.show_record(unread.record["id"])
    assert line.text() == "已填写（不可查看）"  # type: ignore[union-attr]  # what one wrote oneself is closed again, too
    session.roles = frozenset({"head"})
    shown = records.show(session, "resident", unread.record["id"], reveal=True)
    assert shown["note_sensitive"] == "改送到楼下" and shown["id_number"] == "310115195803120010"


def test_an_empty_editor_changes_nothing_and_a_new_number_replaces_the_old(
    qtbot: QtBot, unread: RecordForm, window: Window
) -> None:
    assert unread.record is not None
    qtbot.mouseClick(unread.editors["note_sensitive"].rewrite, LEFT)
    number = unread.editors["id_number"]
    qtbot.mouseClick(number.rewrite, LEFT)
    number.input.setText("310115195803120028")  # type: ignore[union-attr]
    assert unread.save()
    session = window.desk.session
    session.roles = frozenset({"head"})
    shown = records.show(session, "resident", unread.record["id"], reveal=True)
    assert (shown["note_sensitive"], shown["id_number"]) == ("要送药", "310115195803120028")


def test_a_list_that_cannot_be_read_shows_no_false_choice(unread: RecordForm, window: Window) -> None:
    assert unread.record is not None
    records.change(window.desk.session, "resident", unread.record["id"], {"care_groups_sensitive": ["严重精神障碍"]})
    unread.show_record(unread.record["id"])
    many = unread.editors["care_groups_sensitive"].input
    assert many.text() == "已填写（不可查看）" and "已填写（不可查看）" not in many.ticks  # type: ignore[union-attr]


@pytest.mark.parametrize("role", ["group_head", "head"])
def test_who_may_not_write_or_may_read_is_offered_no_rewriting(unread: RecordForm, window: Window, role: str) -> None:
    window.desk.session.roles = frozenset({role})
    assert unread.record is not None
    unread.show_record(unread.record["id"])
    assert not any(editor.rewrite.isVisible() for editor in unread.editors.values())


# ---------------------------------------------------------------- 报表: why, and who signs


@pytest.fixture
def reporting(qtbot: QtBot, qapp: Any, window: Window, tmp_path: Path) -> FillPage:
    theme.apply(qapp)
    made = FillPage(window.desk)
    qtbot.addWidget(made)
    made.resize(1150, 640)
    made.show()
    made.use_template(book(tmp_path / "表.xlsx", ["姓名", "证件"], ["{{name}}", "{{id_number}}"]))
    return made


def saved_as(monkeypatch: pytest.MonkeyPatch, out: Path) -> list[str]:
    """Whoever is asked where to save says this; the questions before it are kept."""
    asked: list[str] = []
    monkeypatch.setattr(fill_page.QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: asked.append(text) or answers[0])
    return asked


def column(file: Path) -> list[Any]:
    return [row[1] for row in load_workbook(file).active.iter_rows(min_row=2, values_only=True)]


def test_without_a_purpose_it_stays_masked_and_that_is_said_before(
    qtbot: QtBot, reporting: FillPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "证件号码" in reporting.shows.text() and "掩码" in reporting.shows.text()
    asked = saved_as(monkeypatch, tmp_path / "好了.xlsx")
    qtbot.mouseClick(reporting.fill, LEFT)
    assert "掩码" in asked[0] and "310115********0010" in column(tmp_path / "好了.xlsx")
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[1])
    qtbot.mouseClick(reporting.fill, LEFT)
    assert reporting.fill.isEnabled()


def test_with_a_purpose_it_is_open_and_the_head_sees_it(
    qtbot: QtBot, reporting: FillPage, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting.purpose.setCurrentIndex(reporting.purpose.findData("report"))
    assert "今日" in reporting.shows.text()
    asked = saved_as(monkeypatch, tmp_path / "好了.xlsx")
    qtbot.mouseClick(reporting.fill, LEFT)
    assert asked == [] and "310115195803120010" in column(tmp_path / "好了.xlsx")
    assert [row["purpose"] for row in reviews.pending(window.desk.session)][-1] in ("按上级要求报送", "report")
    assert window.desk.session.purpose is None


def test_of_many_people_a_second_person_signs(
    qtbot: QtBot, reporting: FillPage, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "ALONE_UP_TO", 3)
    reporting.purpose.setCurrentIndex(reporting.purpose.findData("report"))
    saved_as(monkeypatch, tmp_path / "好了.xlsx")
    qtbot.mouseClick(reporting.fill, LEFT)
    assert "只有一个账号" in reporting.message.text()
    session = window.desk.session
    give_second(session)
    qtbot.mouseClick(reporting.fill, LEFT)
    dialog = reporting.findChild(SecondDialog)
    assert dialog is not None and dialog.account.currentText() == SECOND
    dialog.password.setText("wrong-password")
    qtbot.mouseClick(dialog.act, LEFT)
    assert "密码不对" in dialog.message.text() and not (tmp_path / "好了.xlsx").exists()
    dialog.password.setText(SECOND_PASSWORD)
    qtbot.mouseClick(dialog.act, LEFT)
    qtbot.waitUntil((tmp_path / "好了.xlsx").exists)
    assert len(reviews.pending(session)) == 1, "signed by two: nothing more to look through"
    with session.db.reading() as connection:
        assert history.acts(connection, session.office, actions=("refused",)) == []


def test_who_may_not_look_is_told_that_it_stays_masked(reporting: FillPage, window: Window) -> None:
    window.desk.session.ring = None
    reporting._look()
    assert not reporting.purpose.isEnabled() and "不能看" in reporting.shows.text()


def test_a_form_without_sensitive_columns_asks_for_nothing(
    qtbot: QtBot, reporting: FillPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting.use_template(book(tmp_path / "平.xlsx", ["姓名"], ["{{name}}"]))
    assert "没有敏感内容" in reporting.shows.text() and not reporting.purpose.isEnabled()
    asked = saved_as(monkeypatch, tmp_path / "好了.xlsx")
    qtbot.mouseClick(reporting.fill, LEFT)
    assert asked == [] and (tmp_path / "好了.xlsx").exists()
