"""走访摸排: buildings are ticked, their sheets appear, are turned, printed and saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.domain.findings import UserError
from app.services import ledgers, places, records, rosters
from app.services.session import Session
from app.settings import Settings
from app.ui import theme
from app.ui.desk import Desk
from app.ui.sheets_desk import SheetsDesk
from app.ui.tasks import InlineTasks
from tests.sheets import reading

LEFT = Qt.MouseButton.LeftButton
ON, OFF, PARTLY = Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked


class Window:
    """What a desk asks of the window, kept to be looked at."""

    def __init__(self, session: Session) -> None:
        self.said: list[str] = []
        self.went: list[str] = []
        self.errors: list[Exception] = []
        self.desk = Desk(
            session, InlineTasks(self.errors.append), lambda text, batch="", /: self.said.append(text),
            lambda key, /, **where: self.went.append(key), self.errors.append, lambda: None, lambda steps: None,
            Settings(),
        )  # fmt: skip


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    rosters.apply(session, rosters.preview(session, roster))
    records.add(session, "dwelling", {"building": "培花新村/12号", "room": "501", "state": "空置"})
    return session


@pytest.fixture
def window(known: Session) -> Window:
    return Window(known)


@pytest.fixture
def page(qtbot: QtBot, qapp: Any, window: Window) -> Iterator[SheetsDesk]:
    yield shown(qtbot, qapp, window)


def shown(qtbot: QtBot, qapp: Any, window: Window) -> SheetsDesk:
    theme.apply(qapp)
    made = SheetsDesk(window.desk)
    qtbot.addWidget(made)
    made.resize(1150, 640)
    made.show()
    made.go()
    return made


def building(session: Session, number: str) -> str:
    (estate,) = places.estates(session)
    return next(row["id"] for row in places.buildings(session, estate["id"]) if row["number"] == number)


def prints(session: Session) -> int:
    return sum(act["action"] == "print" for act in ledgers.show(session))


# ---------------------------------------------------------------- ticking


def test_at_first_nothing_is_ticked_and_the_desk_says_what_to_do(page: SheetsDesk) -> None:
    assert page.tree.chosen() == [] and not page.make.isEnabled()
    assert page.right.currentWidget() is not page.pdf
    assert not page.print.isEnabled() and not page.save.isEnabled()


def test_an_estate_s_box_ticks_all_its_buildings_and_shows_some(page: SheetsDesk, known: Session) -> None:
    estate = page.tree.topLevelItem(0)
    assert estate is not None
    estate.setCheckState(0, ON)
    assert len(page.tree.chosen()) == 2 and page.make.text() == "生成登记表（2 个楼号）"
    first = estate.child(0)
    assert first is not None
    first.setCheckState(0, OFF)
    assert estate.checkState(0) == PARTLY and page.tree.chosen() == [building(known, "13号")]
    page.tree.tick_none()
    assert page.tree.chosen() == [] and page.make.text() == "生成登记表"


def test_a_closed_estate_is_filled_when_it_is_ticked(qtbot: QtBot, qapp: Any, known: Session, window: Window) -> None:
    records.add(known, "dwelling", {"estate": "别的小区", "building": "1号", "room": "101"})
    page = shown(qtbot, qapp, window)
    estates = [page.tree.topLevelItem(number) for number in range(page.tree.topLevelItemCount())]
    closed = next(item for item in estates if item and item.text(0).startswith("别的小区"))
    assert closed.childCount() == 0
    closed.setCheckState(0, ON)
    assert len(page.tree.chosen()) == 1


def test_what_is_ticked_stays_when_places_are_read_anew(page: SheetsDesk, known: Session) -> None:
    page.tree.tick(building(known, "12号"))
    page.refresh({"resident"})
    assert page.tree.chosen() == [building(known, "12号")]


def test_space_ticks_and_enter_makes_the_sheets(qtbot: QtBot, page: SheetsDesk, known: Session) -> None:
    page.tree.choose(building(known, "12号"))
    qtbot.keyClick(page.tree, Qt.Key.Key_Space)
    assert page.tree.chosen() == [building(known, "12号")]
    qtbot.keyClick(page.tree, Qt.Key.Key_Return)
    assert page.sheets is not None and page.sheets.households == 2


# ---------------------------------------------------------------- sheets


def test_the_sheets_appear_in_the_window(qtbot: QtBot, page: SheetsDesk, window: Window, known: Session) -> None:
    page.tree.tick_estate(places.estates(known)[0]["id"])
    qtbot.mouseClick(page.make, LEFT)
    assert page.right.currentWidget() is page.pdf and page.pdf.document.pageCount() == 2
    assert page.pdf.page.text() == "第 1 / 2 页" and not page.pdf.before.isEnabled()
    qtbot.mouseClick(page.pdf.after, LEFT)
    assert page.pdf.page.text() == "第 2 / 2 页" and not page.pdf.after.isEnabled()
    assert "3 户 4 人" in window.said[0] and "1 间" in window.said[0] and window.errors == []
    assert page.print.isEnabled() and page.save.isEnabled() and page.make.isEnabled()


def test_zoom_keeps_what_is_in_sight(qtbot: QtBot, page: SheetsDesk, known: Session) -> None:
    page.go(estate=places.estates(known)[0]["id"])
    page.pdf.turn_to(1)
    wide = page.pdf._factor()
    qtbot.mouseClick(page.pdf.larger, LEFT)
    assert page.pdf._factor() == pytest.approx(wide * 1.25) and page.pdf.page.text().startswith("第 2")
    qtbot.mouseClick(page.pdf.fit, LEFT)
    assert page.pdf._factor() == pytest.approx(wide)


def test_another_desk_may_ask_for_a_building_and_asks_only_once(page: SheetsDesk, known: Session) -> None:
    for _ in range(2):
        page.go(building=building(known, "13号"))
    assert page.sheets is not None and page.sheets.buildings == 1 and prints(known) == 1
    page.go(building=building(known, "12号"))
    assert page.tree.chosen() == [building(known, "12号")] and prints(known) == 2


def test_an_error_leaves_the_desk_ready(
    qtbot: QtBot, page: SheetsDesk, window: Window, known: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise UserError("sheets-nothing")

    monkeypatch.setattr("app.services.sheets.make", fail)
    page.tree.tick(building(known, "12号"))
    qtbot.mouseClick(page.make, LEFT)
    assert [str(error) for error in window.errors] == ["sheets-nothing"]
    assert page.make.isEnabled() and page.sheets is None


# ---------------------------------------------------------------- to paper and to a file


def test_printed_pages_hold_the_codes_at_their_size(
    page: SheetsDesk, window: Window, known: Session, tmp_path: Path
) -> None:
    page.go(building=building(known, "12号"))
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    page.print_to(printer)
    assert window.errors == [] and "共 1 页" in window.said[-1]
    document = QPdfDocument()
    document.load(str(tmp_path / "printed.pdf"))
    assert document.pageCount() == 1
    picture = document.render(0, QSize(1654, 2339))
    picture.save(str(tmp_path / "printed.png"))
    found = reading.codes((tmp_path / "printed.png").read_bytes())
    assert len(found) == 3 and all(code.startswith("LT1:") and code.endswith(page.sheets.code) for code in found)  # type: ignore[union-attr]  # made above
    document.close()


def test_only_the_pages_that_were_asked_for_are_printed(
    page: SheetsDesk, window: Window, known: Session, tmp_path: Path
) -> None:
    page.go(estate=places.estates(known)[0]["id"])
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 2)
    page.print_to(printer)
    assert "共 1 页" in window.said[-1]


def test_a_printer_that_takes_nothing_is_said(page: SheetsDesk, window: Window, known: Session, tmp_path: Path) -> None:
    page.go(building=building(known, "12号"))
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "nowhere" / "printed.pdf"))
    page.print_to(printer)
    assert [str(error) for error in window.errors] == ["sheets-printer"] and page.print.isEnabled()


def test_ctrl_p_asks_for_the_printer(
    qtbot: QtBot, page: SheetsDesk, known: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.go(building=building(known, "12号"))
    asked: list[QPrintDialog] = []
    monkeypatch.setattr(QPrintDialog, "exec", lambda dialog: asked.append(dialog) or QPrintDialog.DialogCode.Rejected)
    page.activateWindow()
    page.tree.setFocus()
    qtbot.waitUntil(page.tree.hasFocus)
    qtbot.keyClick(page.tree, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) == 1


def test_the_sheets_are_saved_where_the_person_says(
    qtbot: QtBot, page: SheetsDesk, window: Window, known: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.go(building=building(known, "12号"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "登记表"), ""))
    page.save.click()
    assert (tmp_path / "登记表.pdf").read_bytes() == page.pdf.data and "登记表.pdf" in window.said[-1]


# ---------------------------------------------------------------- without data, without rights


def test_an_empty_workspace_says_to_import_first(qtbot: QtBot, qapp: Any, session: Session) -> None:
    window = Window(session)
    page = shown(qtbot, qapp, window)
    assert page.whole.currentIndex() == 1
    page.whole.currentWidget().findChild(type(page.make)).click()  # type: ignore[union-attr]  # it is there
    assert window.went == ["import"]


def test_who_may_not_print_sees_no_button_for_it(qtbot: QtBot, qapp: Any, known: Session, window: Window) -> None:
    known.roles = frozenset({"group_head"})
    page = shown(qtbot, qapp, window)
    assert not page.make.isVisible() and page.actions_row == []
    page.go(building=building(known, "12号"))
    assert page.sheets is None and window.errors == []
