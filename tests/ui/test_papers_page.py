"""文书: a kind, the people, the paper; what was made, what came back; the day's sheet and the hand-over list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.domain import notices as kinds
from app.services import notices, paper_settings, workspaces
from app.services.session import Session
from app.ui import theme
from app.ui.paper_dialog import PaperDialog
from app.ui.papers_dialogs import HandedDialog, PaperSettingsDialog
from app.ui.papers_page import MADE, PREVIEW, PapersPage, print_day_sheet, print_handover
from tests import papers as made
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.sheets import reading
from tests.ui.isolating import copied
from tests.ui.test_sheets_desk import Window

ON = Qt.CheckState.Checked


def nine_people(session: Session) -> None:
    session.clock = NOW
    homes = made.houses(session, 8)
    made.cases(session, homes[:3], persons=2)
    made.ended(session, homes[4:7])


@pytest.fixture
def known(new_workspace: Path, tmp_path: Path) -> Iterator[Session]:
    folder = copied("papers", nine_people, new_workspace, tmp_path / "workspace")
    session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    yield session
    workspaces.lock(session)


@pytest.fixture
def window(known: Session) -> Window:
    return Window(known)


@pytest.fixture
def page(qtbot: QtBot, qapp: Any, window: Window) -> Iterator[PapersPage]:
    theme.apply(qapp)
    page = PapersPage(window.desk)
    qtbot.addWidget(page)
    window.desk.session.on_change.append(page.refresh)
    page.resize(1150, 600)
    page.show()
    yield page
    window.desk.session.on_change.remove(page.refresh)


def choose(page: PapersPage, kind: str) -> None:
    page.kind.setCurrentIndex(page.kind.findData(kind))


def test_the_people_are_those_of_whom_the_paper_may_be_made(page: PapersPage) -> None:
    assert len(page.people._items()) == 9, "those whose term is over are still told, until they are released"
    choose(page, kinds.REQUEST)
    assert {item.text(3) for item in page.people._items()} == {"期满待解除"}


def test_ticked_with_the_keyboard_made_and_looked_at(qtbot: QtBot, page: PapersPage, window: Window) -> None:
    page.go()
    page.people.list.setCurrentItem(page.people._items()[0])
    qtbot.keyClick(page.people.list, Qt.Key.Key_Space)
    assert page.make.text() == "生成告知书（1 人）" and page.make.isEnabled()
    page.make.setFocus()
    qtbot.keyClick(page.make, Qt.Key.Key_Return)
    assert page.papers is not None and page.pdf.document.pageCount() == 1
    assert "居家隔离健康观察告知书" in reading.text(page.pdf.data)
    assert "告知书 1 份" in window.said[-1] and window.errors == []
    assert page.table.rows_model.rowCount() == 1 and page.people._items()[0].text(4) == "已印"


def test_nothing_ticked_makes_nothing(page: PapersPage) -> None:
    assert not page.make.isEnabled() and not page.print.isEnabled() and not page.save.isEnabled()


def test_a_case_that_another_page_names_is_the_only_one_ticked(page: PapersPage, known: Session) -> None:
    over = next(row for row in notices.people(known) if row["state"] == "期满待解除")
    page.go(case=over["id"])
    assert page.people.chosen() == [over["id"]] and page.kind.currentData() == kinds.REQUEST


def test_filters_leave_out_and_ticks_of_another_kind_are_forgotten(page: PapersPage) -> None:
    page.people.all.click()
    page.make.click()
    page.people.filter.setCurrentIndex(page.people.filter.findData("new"))
    page.people.filter.activated.emit(0)
    assert page.people._items() == [] and not page.make.isEnabled()
    choose(page, kinds.DOOR)
    assert len(page.people._items()) == 9 and page.people.chosen() == []


def test_print_and_save(page: PapersPage, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page.people.all.click()
    page.make.click()
    assert page.print.text() == "打印 9 份…"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "告知书"), ""))
    page.save.click()
    assert (tmp_path / "告知书.pdf").read_bytes() == page.pdf.data and "告知书.pdf" in window.said[-1]
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(1, 2)
    page._printing().print_to(printer)
    document = QPdfDocument()
    document.load(str(tmp_path / "printed.pdf"))
    assert document.pageCount() == 2 and "共 2 页" in window.said[-1]
    document.close()


def test_what_came_back_is_keyed_for_all_on_a_list(page: PapersPage, known: Session, window: Window) -> None:
    paper_settings.change(known, {"issuer": "花木社区卫生服务中心"})
    choose(page, kinds.REQUEST)
    page.people.all.click()
    page.make.click()
    page.tabs.setCurrentIndex(MADE)
    page.table.selectRow(0)
    page.hand.click()
    dialog = page.findChild(HandedDialog)
    assert isinstance(dialog, HandedDialog) and dialog.issuer.text() == "花木社区卫生服务中心"
    assert dialog.table.item(0, 3).text() == "", "nobody has signed before it is said"
    dialog.table.item(1, 2).setText("浦卫解〔2020〕8号")
    dialog.act.click()
    rows = [row for row in notices.people(known) if row["state"] == "期满待解除"]
    assert [row["notice_number"] for row in rows] == ["", "浦卫解〔2020〕8号", ""]
    assert all(row["notice_handed_at"] for row in rows) and "3 人" in window.said[-1]
    assert page.table.current()["handed_words"] == "3/3 已送达"  # type: ignore[index]  # a row is chosen


def test_a_mistake_in_what_came_back_stays_in_the_dialog(page: PapersPage, known: Session) -> None:
    choose(page, kinds.REQUEST)
    page.people.all.click()
    page.make.click()
    page.table.selectRow(0)
    page.hand.click()
    dialog = page.findChild(HandedDialog)
    assert dialog is not None
    dialog.at.setDateTime(dialog.at.dateTime().addDays(1))
    dialog.table.item(0, 2).setText("8号")
    dialog.act.click()
    assert dialog.isVisible() and "还没有到" in dialog.message.text() and dialog.table.item(0, 2).text() == "8号"
    assert not any(row["notice_number"] for row in notices.people(known))
    dialog.reject()


def test_a_notice_to_a_building(page: PapersPage) -> None:
    choose(page, kinds.GENERAL)
    page.general.template.setCurrentIndex(page.general.template.findData("clean"))
    page.general._fill()
    page.make.click()
    assert page.papers is not None and (page.papers.doors, page.papers.pages) == (8, 4)
    page.general.text.clear()
    assert not page.make.isEnabled()


def test_settings_are_kept_and_what_is_wrong_is_said(page: PapersPage, known: Session) -> None:
    page.settings.click()
    dialog = page.findChild(PaperSettingsDialog)
    assert dialog is not None
    dialog.lines["phone"].setText("没有")
    dialog.act.click()
    assert dialog.isVisible() and "居委会电话" in dialog.message.text()
    dialog.lines["phone"].setText("021-58881234")
    dialog.act.click()
    assert paper_settings.read(known).phone == "021-58881234"


def test_an_empty_committee_is_told_what_to_do_first(qtbot: QtBot, session: Session) -> None:
    page = PapersPage(Window(session).desk)
    qtbot.addWidget(page)
    assert page.people.shown.currentIndex() == 1 and "新开个案" in page.people.said.text()


def test_who_may_not_print_sees_no_papers(qtbot: QtBot, known: Session) -> None:
    known.roles = frozenset({"group_head"})
    page = PapersPage(Window(known).desk)
    qtbot.addWidget(page)
    assert page.whole.currentIndex() == 1


def test_the_day_s_sheet_and_the_hand_over_list_open_over_the_desk(page: PapersPage, window: Window) -> None:
    print_day_sheet(window.desk, page)
    sheet = page.findChild(PaperDialog)
    assert sheet is not None and "今日单" in reading.text(sheet.pdf.data)
    sheet.reject()
    print_handover(window.desk, "shift", page)
    lists = [each for each in page.findChildren(PaperDialog) if each.isVisible()]
    assert "交班清单" in reading.text(lists[0].pdf.data)
    lists[0].also.click()
    lists = [each for each in page.findChildren(PaperDialog) if each.isVisible()]
    assert "人员交接清单" in reading.text(lists[0].pdf.data) and window.errors == []
    lists[0].reject()
    assert page.tabs.currentIndex() == PREVIEW
