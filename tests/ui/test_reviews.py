"""今日 shows the head what one person took alone; the form asks why one looks, and makes the resident's own paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.db import history
from app.domain import access, clock
from app.services import accounts, reports, reviews, rosters, search, summaries
from app.services.session import Session
from app.ui import theme
from app.ui.record_form import RecordForm
from app.ui.today_desk import TodayDesk
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
    assert "已阅" in window.said[-1] and summaries.due(session)["today"] == summaries.due(session)["doubtful"]


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


def test_keys_that_are_owed_are_said(qtbot: QtBot, qapp: Any, window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "owed", lambda _: [{"kind": "ring-admit", "account": "李社工"}])
    desk = today(qtbot, qapp, window)
    assert desk.owed.isVisible() and "李社工" in desk.owed.text() and not desk.nothing.isVisible()


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
