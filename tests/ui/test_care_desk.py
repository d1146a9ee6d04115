"""关爱 as a person uses it: two presses for who was met, one for who was not, marks and plans for a group in one act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain import clock
from app.services import care, records, workspaces
from app.services.session import Session
from app.ui import theme
from app.ui.care_compare_page import THEIRS
from app.ui.care_desk import PAGES, CareDesk
from app.ui.care_dialogs import DoneDialog, PlanDialog, WhyDialog
from app.ui.sections import BY_KEY
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.ui.isolating import copied
from tests.ui.test_sheets_desk import Window

ENTER = Qt.Key.Key_Return


def three_alone(session: Session) -> None:
    """Three who live alone, two of them on a weekly call that is late; one has something sensitive marked."""
    session.clock = NOW
    for room, name, born, more in (
        ("101", "王独", 1938, {"care_groups_sensitive": ["低保"]}), ("102", "李独", 1950, {}), ("103", "赵独", 1945, {}),
    ):  # fmt: skip
        door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room})
        home = records.add(session, "household", {"dwelling": door.id})
        records.add(session, "resident", {
            "household": home.id, "name": name, "birth_year": born, "phone": "13812345678", **more,
        })  # fmt: skip
    care.plan(session, ["12号/101/王独", "12号/102/李独"], kind="每周电话", start=date(2020, 5, 10))


@pytest.fixture
def known(new_workspace: Path, tmp_path: Path) -> Iterator[Session]:
    folder = copied("care-desk", three_alone, new_workspace, tmp_path / "workspace")
    session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    yield session
    workspaces.lock(session)


@pytest.fixture
def window(known: Session) -> Window:
    return Window(known)


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, window: Window) -> CareDesk:
    theme.apply(qapp)
    made = CareDesk(window.desk)
    qtbot.addWidget(made)
    made.resize(1180, 640)
    made.show()
    window.desk.session.on_change.append(made.refresh)
    made.go()
    return made


def show(desk: CareDesk, page: str) -> None:
    desk.tabs.setCurrentIndex(PAGES.index(page))


def test_the_section_is_there_for_whoever_reads_care() -> None:
    assert BY_KEY["care"].make is CareDesk and BY_KEY["care"].act == "care.read"


def test_enter_twice_is_done_and_the_next_person_is_chosen(qtbot: QtBot, desk: CareDesk, known: Session) -> None:
    table = desk.due.table
    assert desk.tabs.tabText(0) == "到期 2" and table.current()["name"] == "王独"  # type: ignore[index]
    qtbot.keyClick(table, ENTER)
    dialog = desk.due.findChild(DoneDialog)
    qtbot.keyClick(dialog.act, ENTER)
    assert [row["name"] for row in care.due(known)] == ["李独"]
    assert table.current()["name"] == "李独" and desk.due.card.told["name"] == "李独"  # type: ignore[index]
    (told,) = care.last_contacts(known, "12号/101/王独")
    assert (told["on"], told["mode"], told["result"], told["by"]) == ("2020-05-25", "电话", "已完成", "张书记")


def test_n_is_not_reached_and_keeps_the_person(qtbot: QtBot, desk: CareDesk, known: Session, window: Window) -> None:
    desk.due.table.setFocus()
    qtbot.keyClick(desk.due.table, Qt.Key.Key_N)
    assert len(care.due(known)) == 2 and desk.due.table.current()["name"] == "李独"  # type: ignore[index]
    assert window.said[-1] == "王独：已登记“未联系上”"
    desk.due.table.selectRow(0)
    qtbot.keyClick(desk.due.table, Qt.Key.Key_N)
    assert "连续2次未联系上" in desk.due.table.model().index(0, 2).data()


def test_what_is_wrong_in_the_form_is_said_there(desk: CareDesk) -> None:
    desk.due.record()
    dialog = desk.due.findChild(DoneDialog)
    dialog.on.setText("昨天")
    dialog.act.click()
    assert dialog.isVisible() and "昨天" in dialog.message.text()


def test_a_person_who_is_not_due_stands_on_the_card(desk: CareDesk, known: Session) -> None:
    resident = next(row["id"] for row in care.groups(known, only=["独居"])[0]["members"] if row["name"] == "赵独")
    desk.go(resident=resident)
    card = desk.due.card
    assert card.heading.text().startswith("赵独") and "本户现住1人" in card.groups.text()
    assert "138****5678" in card.people.text()
    card.open_phones()
    assert "13812345678" in card.people.text() and card.phones.isHidden()


def test_sensitive_groups_open_on_the_card_by_a_press(qtbot: QtBot, desk: CareDesk) -> None:
    card = desk.due.card
    assert "低保" not in card.groups.text() and card.hidden_row.isVisible()
    qtbot.mouseClick(card.reveal, Qt.MouseButton.LeftButton)
    assert "低保" in card.groups.text() and not card.hidden_row.isVisible()


def test_one_press_adopts_what_the_rules_say(desk: CareDesk, known: Session, window: Window) -> None:
    show(desk, "groups")
    page = desk.groups
    page.groups.choose("group", "独居")
    page.filter.setCurrentIndex(1)
    assert page.adopt.text() == "采用：标注 3 人" and page.adopt.isVisible()
    page.adopt.click()
    assert not [row for row in care.differences(known) if row["group"] == "独居"]
    assert window.said[-1] == "已标注 3 人" and page.people.rows_model.rowCount() == 3


def test_a_sensitive_group_is_a_count_until_it_is_opened(desk: CareDesk) -> None:
    show(desk, "groups")
    page = desk.groups
    page.groups.choose("group", "低保")
    assert page.open.isVisible() and not page.people.isVisible() and "1 人" in page.closed.text()
    page.open.click()
    assert page.people.isVisible() and page.people.rows_model.rows[0]["name"] == "王独"


def test_a_plan_for_a_group_says_for_whom_not(desk: CareDesk, known: Session, window: Window) -> None:
    show(desk, "groups")
    desk.groups.groups.choose("group", "独居")
    desk.groups.plan.click()
    dialog = desk.groups.findChild(PlanDialog)
    assert dialog.act.text() == "为 3 人制定计划" and dialog.every.text() == "7"
    dialog.act.click()
    assert len(care.plans(known)) == 3 and window.said[-1].startswith("已为 1 人制定“每周电话”；另有 2 人已有")


def test_a_plan_rests_with_a_reason(desk: CareDesk, known: Session) -> None:
    show(desk, "plans")
    desk.plans.table.choose("name", "李独")
    desk.plans.pause.click()
    dialog = desk.plans.findChild(WhyDialog)
    dialog.act.click()
    assert dialog.isVisible() and "原因" in dialog.message.text()
    dialog.why.setPlainText("去女儿家")
    dialog.act.click()
    assert {row["name"]: row["state"] for row in care.plans(known)} == {"王独": "执行中", "李独": "已暂停"}


def test_a_plan_past_its_last_day_opens_where_it_is_prolonged(desk: CareDesk, known: Session, window: Window) -> None:
    care.prolong(known, care.due(known)[0]["id"], date(2020, 5, 25))
    care.done(known, care.due(known)[0]["id"])
    known.clock = clock.frozen("2020-05-26T09:00")
    desk.due.refresh()
    assert (
        desk.due.table.choose("code", "until")
        and desk.due.done.text() == "处理计划…"
        and not desk.due.missed.isEnabled()
    )
    desk.due.record()
    assert window.went == ["care"]
    desk.go(page="plans", plan=desk.due.table.current()["id"])  # type: ignore[index]
    desk.plans.longer.click()
    desk.plans.findChild(WhyDialog).act.click()
    assert desk.plans.table.current()["until"] is None  # type: ignore[index]


def test_a_list_is_compared_and_goes_back(desk: CareDesk, tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ["独居老人名单"],
        ["序", "姓名", "地址"],
        [1, "王独", "培花新村12号101室"],
        [2, "无此人", "培花新村12号101室"],
    ):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    desk.go(file=tmp_path / "名单.xlsx")
    page = desk.compare
    assert "两边一致 1 人" in page.counts.text() and "系统算出、名单没有 2 人" in page.counts.text()
    page.filter.setCurrentIndex(page.filter.findData(THEIRS))
    assert [row["listed"] for row in page.table.rows_model.rows] == ["无此人"]
    page.export_to(tmp_path / "比对.xlsx")
    assert load_workbook(tmp_path / "比对.xlsx").active.title == "比对结果"


@pytest.mark.parametrize("sheet", [False, True])
def test_what_a_list_hides_is_offered(desk: CareDesk, tmp_path: Path, sheet: bool) -> None:
    book = Workbook()
    for row in (
        ["独居老人名单"],
        ["序", "姓名", "地址"],
        [1, "王独", "培花新村12号101室"],
        [2, "李独", "培花新村12号101室"],
    ):
        book.active.append(row)
    if sheet:
        book.active.sheet_state = "hidden"
        book.create_sheet("说明").append(["请核对"])
    else:
        book.active.row_dimensions[4].hidden = True
    book.save(tmp_path / "名单.xlsx")
    desk.go(file=tmp_path / "名单.xlsx")
    page = desk.compare
    assert page.pages.currentIndex() == 1 and not page.hidden_row.isHidden() and not page.hidden.isChecked()
    assert "李独" not in {row["listed"] for row in page.table.rows_model.rows}
    page.hidden.click()
    assert "李独" in {row["listed"] for row in page.table.rows_model.rows} and page.left_out.text() == ""


def test_a_list_that_does_not_say_whose_it_is_lets_one_choose(desk: CareDesk, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["序", "姓名", "地址"], [1, "王独", "培花新村12号101室"]):
        book.active.append(row)
    book.save(tmp_path / "表.xlsx")
    desk.go(file=tmp_path / "表.xlsx")
    assert "请在右上方选一类" in desk.compare.counts.text() and not desk.compare.save.isEnabled()
    desk.compare.group.setCurrentIndex(desk.compare.group.findData("高龄"))
    desk.compare.look()
    assert desk.compare.save.isEnabled() and "两边一致 1 人" in desk.compare.counts.text()


def test_who_only_reads_is_offered_nothing_to_write(qtbot: QtBot, qapp: Any, window: Window) -> None:
    window.desk.session.roles, window.desk.session.ring = frozenset({"group_head"}), None
    desk = CareDesk(window.desk)
    qtbot.addWidget(desk)
    desk.show()
    desk.go()
    assert not desk.due.done.isEnabled() and not desk.due.missed.isEnabled()
    show(desk, "groups")
    assert desk.groups.groups.choose("group", "敏感人群") and not desk.groups.open.isVisible()
    assert not desk.groups.plan.isVisible()


def test_the_empty_list_says_what_to_do_first(qtbot: QtBot, qapp: Any, session: Session) -> None:
    desk = CareDesk(Window(session).desk)
    qtbot.addWidget(desk)
    desk.show()
    desk.go()
    assert desk.due.currentIndex() == 1
    desk.due.groups_wanted.emit()
    assert desk.tabs.currentIndex() == PAGES.index("groups")
