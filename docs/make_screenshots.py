"""Pictures of every screen for the README and the guide, from a practice workspace made on the spot.

Run: QT_QPA_PLATFORM=offscreen python docs/make_screenshots.py [folder [width height]]; as an ordinary user, or with the
flags of tests/conftest.py, since the map's sandbox is not to be had as root; it takes some minutes, most of them for a
second, larger street. The maps: map_pictures.py. Longer than most files: the pictures are taken in the order in which one
walks through the program.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import map_pictures  # noqa: E402 -- the folders must be on the path first

from app.domain import clock  # noqa: E402
from app.services import demos, enrolment, incidents, isolation, search, sync, today, workspaces  # noqa: E402
from app.services.session import Session  # noqa: E402
from app.ui import map_view, theme  # noqa: E402
from app.ui.care_desk import CareDesk  # noqa: E402
from app.ui.decisions_desk import DecisionsDesk  # noqa: E402
from app.ui.first_run import FirstRun  # noqa: E402
from app.ui.frame import Frame  # noqa: E402
from app.ui.history_popup import HistoryPopup  # noqa: E402
from app.ui.import_desk import ImportDesk  # noqa: E402
from app.ui.incidents_desk import IncidentsDesk  # noqa: E402
from app.ui.isolation_desk import IsolationDesk  # noqa: E402
from app.ui.login import Login  # noqa: E402
from app.ui.map_desk import MapDesk  # noqa: E402
from app.ui.open_case_dialog import OpenCaseDialog  # noqa: E402
from app.ui.paper_dialog import PaperDialog  # noqa: E402
from app.ui.report_desk import ReportDesk  # noqa: E402
from app.ui.residents_desk import ResidentsDesk  # noqa: E402
from app.ui.timeline_view import TimelineDialog  # noqa: E402
from app.ui.today_desk import TodayDesk  # noqa: E402

SIZE, WIDE = (1366, 740), (1920, 1052)
"""Of the window on a screen of 1366×768 and of 1920×1080."""
NOW = "2020-05-25T16:00"
SILENT = 7
"""Which committee of the larger street sent nothing."""
Picture = Callable[[str, QWidget], None]


def settle(milliseconds: int = 200) -> None:
    """Let Qt draw."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def work_done(frame: Frame) -> None:
    """Wait for the worker."""
    until = time.monotonic() + 60
    settle(50)
    while frame.tasks.busy and time.monotonic() < until:
        settle(50)
    settle(600)  # a page draws in its own process


def main(out: Path, size: tuple[int, int] = SIZE) -> None:
    out.mkdir(parents=True, exist_ok=True)
    map_view.register()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app)

    def picture(name: str, widget: QWidget) -> None:
        settle()
        widget.grab().save(str(out / f"{name}.png"))

    def keep(name: str, image: QImage) -> None:
        image.save(str(out / f"{name}.png"))

    with tempfile.TemporaryDirectory() as scratch:
        made = demos.build(Path(scratch) / "demo", committees=3, residents=6_000)
        data = Path(made["committees"][0]["data"])
        _entrance(Path(scratch), data, size, picture)
        session = workspaces.unlock(data, made["account"], made["password"], clock=clock.frozen(NOW))
        frame = _window(session, size)
        _work(frame, made["committees"][0], Path(scratch), picture)
        _maps(frame, picture, "")
        map_pictures.committee(frame, Path(made["committees"][0]["map"]), Path(scratch), picture, keep)
        frame.close()
        workspaces.lock(session)
        busy = Path(made["committees"][-1]["data"])
        session = workspaces.unlock(busy, made["account"], made["password"], clock=clock.frozen(NOW))
        frame = _window(session, size)
        _people(frame, picture)
        frame.close()
        workspaces.lock(session)
        _centre(Path(scratch), made, size, picture)
        _street(Path(scratch), size, picture, keep)
        app.processEvents()


def _window(session: Session, size: tuple[int, int]) -> Frame:
    frame = Frame(session)
    frame.resize(*size)
    frame.show()
    return frame


def _maps(frame: Frame, picture: Picture, before: str) -> None:
    """From the top down to the people behind a door, and the sheets of that building."""
    frame.go("map", colour="isolation")
    desk = frame.desks["map"]
    assert isinstance(desk, MapDesk)
    while not desk.view.ready:
        settle(100)
    work_done(frame)
    if desk.level != "street":
        picture(f"{before}map-{desk.level}", frame)
    if desk.level == "street":
        desk.open(desk.shown.things[2].id)  # type: ignore[union-attr]
        work_done(frame)
        picture(f"{before}map-committee", frame)
    busy = max(desk.shown.things, key=lambda thing: thing.value or 0)  # type: ignore[union-attr]
    desk.colour.setCurrentIndex(0)
    work_done(frame)
    desk.open(busy.id)
    work_done(frame)
    picture(f"{before}map-building", frame)
    ring = next(cell for cell in desk.shown.cells if cell.state == "isolation")  # type: ignore[union-attr]
    desk.view.page.runJavaScript(f"loutu.matrix.open(loutu.matrix.cells.get('{ring.id}'))")
    work_done(frame)
    picture(f"{before}map-door", frame)
    if not before:
        frame.go("visits", building=busy.id)
        work_done(frame)
        picture("sheets", frame)


def _centre(scratch: Path, made: dict[str, Any], size: tuple[int, int], picture: Picture) -> None:
    """What the bundles of two of three committees bring to the centre."""
    frame = _received(made, scratch / "stick", made["committees"][1:], size)
    picture("sync", frame)
    _street_work(frame, made, picture)
    frame.go("map", colour="isolation")
    work_done(frame)
    frame.resize(*WIDE)
    _maps(frame, picture, "wide-")
    frame.close()
    workspaces.lock(frame.session)


def _street(scratch: Path, size: tuple[int, int], picture: Picture, keep: map_pictures.Keep) -> None:
    """A street of twelve committees, one of which sent nothing yet: its maps, its atlas, the wall's screen."""
    made = demos.build(scratch / "street", committees=12, residents=9_000)
    senders = [each for number, each in enumerate(made["committees"]) if number != SILENT]
    frame = _received(made, scratch / "sticks", senders, size)
    map_pictures.centre(frame, picture, keep, WIDE, size)
    frame.close()
    workspaces.lock(frame.session)


def _received(made: dict[str, Any], stick: Path, senders: list[dict[str, Any]], size: tuple[int, int]) -> Frame:
    """The centre's window, after these committees' bundles were merged."""
    stick.mkdir()
    for committee in senders:
        session = workspaces.unlock(
            Path(committee["data"]), made["account"], made["password"], clock=clock.frozen("2020-05-25T15:00")
        )
        sync.export(session, stick)
        workspaces.lock(session)
    session = workspaces.unlock(Path(made["centre"]), made["account"], made["password"], clock=clock.frozen(NOW))
    frame = _window(session, size)
    frame.go("sync", files=sorted(stick.glob("*.ltb")))
    work_done(frame)
    return frame


def _entrance(scratch: Path, data: Path, size: tuple[int, int], picture: Picture) -> None:
    first = FirstRun(scratch / "new")
    first.place.setText("D:\\楼图数据")
    for name, widget in (("first-run", first), ("login", Login(data))):
        widget.resize(*size)
        widget.show()
        picture(name, widget)
        widget.close()


def _work(frame: Frame, committee: dict[str, Any], scratch: Path, picture: Picture) -> None:
    hit = search.find(frame.session, "王")[0]
    frame.go("residents", building=hit["building_id"], household=hit["household"], resident=hit["id"])
    picture("residents", frame)
    frame.search.setFocus()
    frame.search.setText("wang")
    frame.popup.search()
    picture("search", frame)
    frame.popup.hide()
    frame.search.clear()
    _import(frame, committee, picture)
    _history(frame, picture)
    _lists(frame, Path(committee["names_list"]), scratch, picture)
    _reports(frame, Path(committee["form"]), picture)
    frame.go("manage")
    picture("manage", frame)
    manage: Any = frame.desks["manage"]
    manage.tabs.setCurrentIndex(2)
    work_done(frame)
    picture("rules", frame)
    frame.toggle_curtain()
    picture("curtain", frame)
    frame.toggle_curtain()


def _import(frame: Frame, committee: dict[str, Any], picture: Picture) -> None:
    frame.go("import", file=Path(committee["next_roster"]))
    work_done(frame)
    picture("import", frame)
    desk = frame.desks["import"]
    assert isinstance(desk, ImportDesk)
    desk.tabs.setCurrentIndex(1)
    desk.sample.scrollToBottom()  # those who are known already, with the reasons
    picture("import-rows", frame)
    desk.apply()
    work_done(frame)
    picture("import-done", frame)
    frame.notice.hide()
    frame.go("import")
    picture("import-start", frame)
    QGuiApplication.clipboard().setText(Path(committee["chain"]).read_text("utf-8"))
    desk.start.ways["chain"].click()
    desk.paste.read.click()
    work_done(frame)
    desk.tabs.setCurrentIndex(1)
    picture("import-chain", frame)
    _decisions(frame, picture)


def _decisions(frame: Frame, picture: Picture) -> None:
    frame.go("decisions", page="doubtful")
    decisions = frame.desks["decisions"]
    assert isinstance(decisions, DecisionsDesk)
    decisions.list.selectRow(2)
    picture("decisions", frame)
    frame.go("decisions", page="duplicates")
    work_done(frame)
    picture("duplicates", frame)


def _lists(frame: Frame, names: Path, scratch: Path, picture: Picture) -> None:
    """A list that came down, looked through; a list for volunteers, filled in by one and read back."""
    frame.go("reports", page="namelist", file=names)
    work_done(frame)
    desk = frame.desks["reports"]
    assert isinstance(desk, ReportDesk)
    desk.namelist.people.selectRow(7)
    picture("namelist", frame)
    frame.go("reports", page="volunteers")
    page, out = desk.volunteers, scratch / "志愿者名单（18号）.xlsx"
    page.tree.topLevelItem(0).child(17).setCheckState(0, Qt.CheckState.Checked)  # type: ignore[union-attr]  # a street's
    page.make_to(out)
    work_done(frame)
    frame.notice.hide()
    _volunteer_fills(out)
    page.open(out)
    work_done(frame)
    page.tree.scrollToItem(page.tree.topLevelItem(0).child(17))  # type: ignore[union-attr]
    picture("volunteers", frame)


def _volunteer_fills(path: Path) -> None:
    """As somebody at the doors would: a new telephone, a remark, somebody who is not on the list."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    titles = next(row for row in sheet.iter_rows() if any(cell.value == "编号" for cell in row))
    column = {str(cell.value): cell.column for cell in titles}
    first = titles[0].row + 1
    sheet.cell(first, column["联系电话"]).value = "13900002468"
    sheet.cell(first + 2, column["人员状态"]).value = "暂离"
    sheet.cell(first + 3, column["备注"]).value = "周末在家"
    book.save(path)


def _reports(frame: Frame, form: Path, picture: Picture) -> None:
    """A superior's form is learned; a ready-made one is previewed, with the people behind one figure."""
    frame.go("reports", page="fill")
    desk = frame.desks["reports"]
    assert isinstance(desk, ReportDesk)
    page = desk.fill_page
    page.pages.setCurrentWidget(page.learn)
    page.learn.open(form)
    work_done(frame)
    page.learn.places.selectRow(4)
    picture("learn", frame)
    page.learn.keep.click()
    work_done(frame)
    frame.notice.hide()
    page.show_preview()
    work_done(frame)
    picture("reports", frame)
    page.template.setCurrentIndex(page.template.findText("随附：居家隔离日报"))
    page.show_preview()
    work_done(frame)
    grid = page.preview.shown.sheets[0]["grid"]
    busy = next(row for row, line in enumerate(grid, 1) if line[2].isdigit() and int(line[2]))
    page.preview.grid.look_at(f"C{busy}")
    page.preview.asked.emit(page.preview.sheet.currentText(), f"C{busy}")
    work_done(frame)
    picture("report-preview", frame)


def _people(frame: Frame, picture: Picture) -> None:
    """The work with people, in the committee in which more than a hundred households isolate."""
    work_done(frame)
    picture("today", frame)
    items = today.items(frame.session).items
    running = {each["resident"] for each in isolation.list_(frame.session)}
    free = next(each["id"] for each in search.find(frame.session, "王", 200) if each["id"] not in running)
    _isolation(frame, next(each.id for each in items if each.kind == "alert"), free, picture)
    _papers(frame, picture)
    _care(frame, picture)
    _incidents(frame, picture)
    frame.go("decisions", page="moves")
    picture("moves", frame)


def _isolation(frame: Frame, case: str, free: str, picture: Picture) -> None:
    """The evening round half keyed, a case that asks for somebody, a new case, arrivals, errands, a timeline."""
    frame.go("isolation", page="round", on=NOW[:10], slot="pm")
    desk = frame.desks["isolation"]
    assert isinstance(desk, IsolationDesk)
    QTest.keyClicks(desk.round.table, "1101", delay=60)
    settle()
    frame.notice.hide()
    picture("round", frame)
    frame.go("isolation", case=case)
    picture("case", frame)
    row: Any = desk.cases.table.current()
    desk.open_case(resident=free)
    _dialog(frame, OpenCaseDialog, "open-case", picture)
    frame.go("isolation", page="arrivals")
    picture("arrivals", frame)
    frame.go("isolation", page="errands")
    picture("errands", frame)
    frame.go("residents", building=row["building"], household=row["household"], resident=row["resident"])
    residents = frame.desks["residents"]
    assert isinstance(residents, ResidentsDesk)
    residents.view.show_timeline()
    _dialog(frame, TimelineDialog, "timeline", picture)


def _papers(frame: Frame, picture: Picture) -> None:
    """Papers for those who still need one, and the two lists that 今日 prints."""
    frame.go("isolation", page="papers")
    desk = frame.desks["isolation"]
    assert isinstance(desk, IsolationDesk)
    page: Any = desk.page("papers")
    page.people.building.setCurrentIndex(1)
    page.people.building.activated.emit(1)
    page.people.all.click()
    page.make.click()
    work_done(frame)
    frame.notice.hide()
    picture("papers", frame)
    frame.go("today")
    home = frame.desks["today"]
    assert isinstance(home, TodayDesk)
    for name, button in (("day-sheet", home.sheet), ("handover", home.handover)):
        button.click()
        work_done(frame)
        _dialog(frame, PaperDialog, name, picture)


def _care(frame: Frame, picture: Picture) -> None:
    frame.go("care", page="due")
    desk = frame.desks["care"]
    assert isinstance(desk, CareDesk)
    desk.due.table.selectRow(0)
    picture("care", frame)
    frame.go("care", page="groups")
    work_done(frame)
    picture("care-groups", frame)


def _incidents(frame: Frame, picture: Picture) -> None:
    frame.go("incidents")
    desk = frame.desks["incidents"]
    assert isinstance(desk, IncidentsDesk)
    desk.list.selectRow(0)
    picture("incidents", frame)
    frame.go("incidents", new=True)
    desk.form.kinds.choose("漏水停电", said=True)
    picture("incident-new", frame)
    desk.form.begin()


def _street_work(frame: Frame, made: dict[str, Any], picture: Picture) -> None:
    """What the centre sees of its committees, and an incident that it tells one of them by telephone."""
    frame.go("today")
    work_done(frame)
    picture("today-street", frame)
    frame.go("today", page="supervision")
    work_done(frame)
    picture("supervision", frame)
    committee = enrolment.committee_of(frame.session, made["committees"][-1]["name"])
    done = incidents.add(
        frame.session, kind="老人跌倒", place="", what="三楼独居老人在家里跌倒，邻居来电", committee=committee
    )
    frame.go("incidents", incident=done["id"])
    picture("incident-code", frame)


def _dialog(frame: Frame, kind: type[QWidget], name: str, picture: Picture) -> None:
    """A dialog that is open over the window, by itself, and closed again."""
    settle(400)
    found = next(each for each in frame.findChildren(kind) if each.isVisible())
    picture(name, found)
    found.close()


def _history(frame: Frame, picture: Picture) -> None:
    residents = frame.desks["residents"]
    assert isinstance(residents, ResidentsDesk)
    frame.go("residents")
    form = residents.view.form
    form.editors["phone"].input.setText("13900001234")  # type: ignore[union-attr]  # a line
    form.save()
    picture("saved", frame)
    form.show_history("phone")
    settle()
    popup = frame.findChild(HistoryPopup)
    assert popup is not None
    picture("history", popup)
    popup.close()
    frame.notice.hide()


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens"
    main(chosen, (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else SIZE)
