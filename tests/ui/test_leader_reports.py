"""Whoever reads totals alone reaches 报表: forms of figures, and nothing that names anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from pytestqt.qtbot import QtBot

from app.services import records
from app.services.session import Session
from app.settings import Settings
from app.ui import theme
from app.ui.frame import Frame
from app.ui.report_desk import ReportDesk
from app.ui.tasks import InlineTasks


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, session: Session) -> Iterator[ReportDesk]:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    for number in range(12):
        records.add(session, "resident", {"household": home.id, "name": f"居民{number}", "status": "在住"})
    session.roles, session.ring = frozenset({"leader"}), None
    theme.apply(qapp)
    frame = Frame(session, Settings(), InlineTasks)
    qtbot.addWidget(frame)
    frame.show()
    frame.go("reports")
    found = frame.desks["reports"]
    assert isinstance(found, ReportDesk)
    yield found
    frame.close_session()


def template(tmp_path: Path, *marks: str) -> Path:
    book = Workbook()
    book.active.append(list(marks))
    book.save(tmp_path / "表.xlsx")
    return tmp_path / "表.xlsx"


def test_a_leader_fills_figures_and_sees_no_lists(qtbot: QtBot, desk: ReportDesk, tmp_path: Path) -> None:
    assert [desk.tabs.isTabVisible(number) for number in range(3)] == [True, False, False]
    page = desk.fill_page
    assert not page.teach.isVisible() and not page.forget.isVisible()
    page.use_template(template(tmp_path, "{{实有人口}}"))
    page.show_preview()
    assert page.preview.shown.sheets[0]["grid"] == [["10"]] and not page.preview.who.isVisible()  # twelve, rounded
    page.fill_to(tmp_path / "填好.xlsx")
    assert load_workbook(tmp_path / "填好.xlsx").active["A1"].value == 10


def test_a_form_that_names_people_is_refused_on_the_page(qtbot: QtBot, desk: ReportDesk, tmp_path: Path) -> None:
    page = desk.fill_page
    page.use_template(template(tmp_path, "{{name}}"))
    page.show_preview()
    assert page.message.isVisible() and page.message.text() and page.preview.shown is None
    page.fill_to(tmp_path / "填好.xlsx")
    assert not (tmp_path / "填好.xlsx").exists()
