"""隔离 by clicks and keys: a case is opened, looked at, released and handed over; errands; what is refused says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.db import history
from app.domain import clock
from app.services import errands, isolation, records, undoing, workspaces
from app.services.session import Session
from app.ui import errors, theme
from app.ui.act_dialog import ActDialog, read_moment
from app.ui.frame import Frame
from app.ui.isolation_desk import IsolationDesk
from app.ui.open_case_dialog import OpenCaseDialog
from app.ui.residents_desk import ResidentsDesk
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street
from tests.ui.isolating import EVENING, Said, bare_desk, copied, isolated, people_at

LEFT = Qt.MouseButton.LeftButton
TODAY = date(2020, 5, 25)
HOMES = (
    ("1号", "101", ["王建国", "李秀英", "王强"]), ("1号", "102", ["张三"]), ("2号", "201", ["李四"]), ("2号", "202", ["赵六", "钱七"]),
)  # fmt: skip


def a_few_households(session: Session) -> None:
    """101 free, 王强 away; 102 due; 201 on the second of 14 days and behind; 202 free."""
    (_, first), (_, due), (_, behind), _ = people_at(session, [*HOMES])
    records.change(session, "resident", first[2], {"status": "住院"})
    (over,) = isolated(session, due, date(2020, 5, 11))
    isolation.check(session, over, on=date(2020, 5, 24), slot="pm", symptoms="无")
    (case,) = isolated(session, behind, date(2020, 5, 23))
    isolation.check(session, case, on=date(2020, 5, 23), slot="am", temperature="36.4", mode="电话", by="王芳")


@pytest.fixture
def folder(new_workspace: Path, tmp_path: Path) -> Path:
    return copied("isolation-desk", a_few_households, new_workspace, tmp_path / "workspace")


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    opened = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=clock.frozen(EVENING))
    yield opened
    workspaces.lock(opened)


class Window:
    """The desk, shown, with its list of cases open."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        desk, self.said = bare_desk(session)
        self.desk = IsolationDesk(desk)
        session.on_change.append(self.desk.refresh)
        qtbot.addWidget(self.desk)
        self.desk.resize(1180, 640)
        self.desk.show()
        self.desk.go("cases")
        self.cases, self.view = self.desk.cases, self.desk.cases.view

    def open(self, name: str) -> None:
        self.desk.go("cases", case=self.row(name)["id"])

    def row(self, name: str) -> dict[str, Any]:
        return next(row for row in isolation.list_(self.session, ended=True) if row["name"] == name)

    def names(self) -> list[str]:
        return [row["name"] for row in self.cases.table.rows_model.rows]

    def act(self, key: str, **texts: str) -> ActDialog:
        """A step that asks, filled in and pressed; the dialog, whether it closed or not."""
        self.view.acts.run(key)
        dialog = self.desk.findChildren(ActDialog)[-1]
        for name, text in texts.items():
            given = dialog.inputs[name]
            given.setCurrentText(text) if hasattr(given, "setCurrentText") else given.setText(text)
        self.qtbot.mouseClick(dialog.act, LEFT)
        return dialog

    def new(self, **where: Any) -> OpenCaseDialog:
        self.desk.go("open", **where)
        return self.desk.findChildren(OpenCaseDialog)[-1]


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, session: Session) -> Iterator[Window]:
    theme.apply(qapp)
    made = Window(qtbot, session)
    yield made
    session.on_change.clear()
    made.desk.hide()


def resident(session: Session, name: str) -> dict[str, Any]:
    return records.show(
        session, "resident", next(f"培花新村/{b}/{r}/{n}" for b, r, names in HOMES for n in names if n == name)
    )


# ---------------------------------------------------------------- the list


def test_what_asks_for_a_person_is_first_and_counted(window: Window, session: Session) -> None:
    assert window.names() == ["李四", "张三"]  # lacks checks twice; may be released
    assert [row["state_words"] for row in window.cases.rows] == ["应上报", "期满待解除"]
    assert window.desk.tabs.tabText(1) == "个案 2"
    isolation.check(session, window.row("张三")["id"], on=TODAY, slot="pm", temperature="38.1")
    window.desk.refresh({"isolation_case"})
    assert window.names() == ["张三", "李四"] and "需处置" in window.cases.rows[0]["state_words"]


def test_filters_show_what_they_count(window: Window) -> None:
    combo = window.cases.filter
    told = {combo.itemData(at): combo.itemText(at).split("　")[-1] for at in range(combo.count())}
    assert (told["active"], told["due"], told["new"], told["ended"]) == ("2", "1", "1", "0")
    combo.setCurrentIndex(combo.findData("due"))
    assert window.names() == ["张三"] and window.view.heading.text() == "张三"
    combo.setCurrentIndex(combo.findData("ended"))
    assert window.names() == [] and window.cases.none_here.isVisible() and window.view.case_id == ""


def test_several_are_released_in_one_go_and_only_those_who_are_due(
    window: Window, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: asked.append(text) or answers[0])
    window.cases.table.selectAll()
    assert window.cases.release.text() == "解除所选 1 人"
    window.qtbot.mouseClick(window.cases.release, LEFT)
    assert "张三" in asked[0] and "李四" not in asked[0]
    assert (window.row("张三")["state"], window.row("李四")["state"]) == ("已解除", "在管")
    undoing.undo(session, window.said.batch)
    assert window.row("张三")["state"] == "期满待解除"


# ---------------------------------------------------------------- one case


def test_checks_are_marked_and_what_they_were_is_a_look(window: Window, session: Session) -> None:
    window.open("李四")
    cells = window.view.grid.cells
    marks = {key: made.text() for key, made in cells.items()}
    assert (marks["2020-05-23", "am"], marks["2020-05-23", "pm"], marks["2020-05-26", "am"]) == ("●", "○", "·")
    assert "王芳" in cells["2020-05-23", "am"].toolTip() and "36.4" not in cells["2020-05-23", "am"].toolTip()
    with session.db.reading() as connection:
        before = len(list(history.acts(connection, None, actions=("view",))))
    window.qtbot.mouseClick(window.view.see, LEFT)
    assert window.view.grid.cells["2020-05-23", "am"].text() == "36.4" and window.view.seen.isVisible()
    with session.db.reading() as connection:
        assert len(list(history.acts(connection, None, actions=("view",)))) == before + 1
    window.open("张三")
    assert not window.view.revealed


def test_a_missing_check_is_keyed_from_its_mark(window: Window) -> None:
    window.open("李四")
    window.qtbot.mouseClick(window.view.grid.cells["2020-05-24", "am"], LEFT)
    dialog = window.desk.findChildren(ActDialog)[-1]
    assert (dialog.inputs["on"].text(), dialog.inputs["slot"].currentText()) == ("2020-05-24", "上午")
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert dialog.isVisible() and dialog.message.text()  # reached, and not a word of how the person is
    dialog.inputs["symptoms"].setText("无")
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert window.view.grid.cells["2020-05-24", "am"].text() == "●"


def test_steps_that_may_not_follow_say_why(window: Window) -> None:
    window.open("李四")
    assert not window.view.buttons.buttons["close"].isVisible()
    line = window.view.buttons.lines["close"]
    assert not line.isEnabled() and "2020-06-05 才期满" in line.text()
    window.open("张三")
    assert window.view.buttons.buttons["close"].isVisible() and not window.view.buttons.lines["early"].isEnabled()


def test_an_early_end_names_whoever_allowed_it(window: Window, session: Session) -> None:
    window.open("李四")
    dialog = window.act("early", reason="误开")
    assert dialog.isVisible() and "批准人" in dialog.message.text() and dialog.inputs["reason"].text() == "误开"
    dialog.inputs["approved_by"].setText("刘主任")
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert window.row("李四")["state"] == "已解除"
    undoing.undo(session, window.said.batch)
    assert window.row("李四")["state"] == "在管"


def test_who_leaves_the_street_is_handed_to_somebody(window: Window) -> None:
    window.open("李四")
    dialog = window.act("transfer", state="转出", receiver_unit="塘桥街道")
    assert dialog.isVisible() and "接收人" in dialog.message.text() and window.row("李四")["state"] == "在管"
    dialog.inputs["receiver_name"].setText("周进")
    dialog.inputs["receiver_phone"].setText("58881234")
    dialog.inputs["handed_over_at"].setText("18:05")
    window.qtbot.mouseClick(dialog.act, LEFT)
    shown = isolation.case(window.session, window.row("李四")["id"])
    assert (shown["state"], shown["handed_over_at"]) == ("转出", "2020-05-25T18:05:00+08:00")


def test_the_other_steps_are_done_and_said(window: Window, session: Session) -> None:
    window.open("李四")
    window.act("escalate", to="街道防控办")
    assert "街道防控办" in window.said.last and not window.row("李四")["escalate"]
    window.act("result", test="阳性")
    assert window.row("李四")["alert"] and window.view.alerts.isVisible()
    window.act("alert", note="120 已接走")
    assert not window.row("李四")["alert"]
    window.act("breach", what="18:00 在小区门口取快递")
    window.act(
        "notice",
        notice_number="花卫2020-031",
        notice_issuer="花木社区卫生服务中心",
        notice_handed_at="2020-05-25 18:20",
    )
    shown = isolation.case(session, window.view.case_id)
    assert (shown["notice_number"], shown["notice_handed_to"]) == ("花卫2020-031", "李四")
    assert shown["notice_handed_at"] == "2020-05-25T18:20:00+08:00"
    window.act("early", reason="转入错误", approved_by="刘主任")
    window.act("reopen", why="误操作")
    assert window.row("李四")["state"] == "在管" and window.said.errors == []


def test_contacts_are_mended_in_place_and_asked_for_when_left(
    window: Window, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open("李四")
    window.view.contacts.inputs["police_name"].setText("孙警官")
    window.view.contacts.edited.emit()
    assert window.view.save.isEnabled() and window.desk.unsaved
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[0])
    window.open("张三")
    assert isolation.case(session, window.row("李四")["id"])["police_name"] == "孙警官"
    window.open("李四")
    window.view.contacts.inputs["doctor_phone"].setText("12")
    assert window.view.save_contacts() is False and window.view.contacts.inputs["doctor_phone"].text() == "12"


# ---------------------------------------------------------------- a new one


def ticks(dialog: OpenCaseDialog) -> list[str]:
    return [tick.text().split("　")[0] for tick in dialog.ticks.values() if tick.isChecked()]


def test_a_household_is_opened_in_one_act_and_undone_in_one(window: Window, session: Session) -> None:
    dialog = window.new(household=resident(session, "王建国")["household"])
    assert sorted(ticks(dialog)) == ["李秀英", "王建国"]
    said = [label.text() for label in dialog.members.findChildren(QLabel)]
    assert len(said) == 1 and "王强" in said[0] and "住院" in said[0]
    assert "2020-06-07" in dialog.ends.text() and dialog.act.text() == "新开 2 人的个案"
    dialog.start.setText("5月24日")
    dialog.start.textEdited.emit("5月24日")
    assert "2020-06-06" in dialog.ends.text()
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert [row["state"] for row in isolation.list_(session) if row["name"] in ("王建国", "李秀英")] == ["在管"] * 2
    assert window.view.heading.text() in ("王建国", "李秀英") and window.view.others.isVisible()
    undoing.undo(session, window.said.batch)
    assert len(isolation.list_(session)) == 2


def test_a_person_is_found_by_initials_and_opened_alone(window: Window, session: Session) -> None:
    dialog = window.new()
    window.qtbot.keyClicks(dialog.wanted, "zl")
    window.qtbot.keyClick(dialog.wanted, Qt.Key.Key_Return)
    assert ticks(dialog) == ["赵六"] and dialog.focusWidget() is dialog.start
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert window.row("赵六")["state"] == "在管" and not [r for r in isolation.list_(session) if r["name"] == "钱七"]


def test_a_rule_for_co_residents_ticks_them_and_they_begin_at_home(window: Window, session: Session) -> None:
    dialog = window.new(resident=resident(session, "赵六")["id"])
    dialog.rule.setCurrentIndex(next(n for n in range(dialog.rule.count()) if dialog.rule.itemData(n)["code"] == "7+7"))
    assert ticks(dialog) == ["赵六", "钱七"] and "检测日" in dialog.ends.text()
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert (window.row("赵六")["start"], window.row("钱七")["start"]) == ("2020-05-25", "2020-06-01")
    assert window.row("钱七")["co_resident"]


def test_who_has_a_case_is_not_offered_a_second(window: Window, session: Session) -> None:
    dialog = window.new(resident=resident(session, "李四")["id"])
    assert dialog.ticks == {} and not dialog.act.isEnabled() and dialog.message.text()


def test_only_those_who_are_ticked_are_opened(window: Window, session: Session) -> None:
    dialog = window.new(household=resident(session, "赵六")["household"])
    next(tick for tick in dialog.ticks.values() if tick.text().startswith("赵六")).setChecked(False)
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert {row["name"] for row in isolation.list_(session)} == {"张三", "李四", "钱七"}


def test_some_of_a_household_are_opened_in_one_act_and_undone_in_one(window: Window, session: Session) -> None:
    home = records.add(session, "resident", {"household": resident(session, "赵六")["household"], "name": "孙八"})
    dialog = window.new(household=resident(session, "赵六")["household"])
    dialog.ticks[home.id].setChecked(False)
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert {row["name"] for row in isolation.list_(session)} == {"张三", "李四", "赵六", "钱七"}
    undoing.undo(session, window.said.batch)
    assert {row["name"] for row in isolation.list_(session)} == {"张三", "李四"}


def test_where_one_cannot_be_released_nobody_is_and_it_is_said_who(
    window: Window, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = resident(session, "赵六")
    (case,) = isolated(session, [person["id"]], date(2020, 5, 11))
    window.desk.refresh({"isolation_case"})
    isolation.check(session, case, on=TODAY, slot="pm", temperature="38.5")  # behind the list's back
    window.cases.rows = [row | {"state": "期满待解除"} for row in window.cases.rows]
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers, **__: answers[0])
    window.cases.table.selectAll()
    window.cases.release_chosen()
    assert {row["state"] for row in isolation.list_(session) if row["name"] == "张三"} == {"期满待解除"}
    assert len(window.said.errors) == 1


def test_a_date_that_is_none_opens_nothing(window: Window, session: Session) -> None:
    dialog = window.new(resident=resident(session, "赵六")["id"])
    dialog.start.setText("2020-02-30")
    dialog.start.textEdited.emit("2020-02-30")
    assert not dialog.act.isEnabled() and len(isolation.list_(session)) == 2


def test_an_arrival_fills_it_in(window: Window, session: Session) -> None:
    person = resident(session, "赵六")
    arrival = records.add(
        session, "arrival", {"resident": person["id"], "origin": "武汉", "arrived_on": "2020-05-22"}
    ).id
    dialog = window.new(arrival=arrival)
    assert ticks(dialog) == ["赵六"] and dialog.start.text() == "2020-05-22"
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert window.row("赵六")["arrival"] == arrival


# ---------------------------------------------------------------- errands, tabs, ways in


def test_an_errand_is_noted_with_one_press_and_done(window: Window, session: Session) -> None:
    window.open("李四")
    window.qtbot.mouseClick(window.view.quick["买菜购物"], LEFT)
    window.desk.go("errands")
    page = window.desk.errands
    assert window.desk.tabs.tabText(3) == "代办 1" and page.done.text() == "办好 1 件"
    window.qtbot.mouseClick(page.done, LEFT)
    assert errands.list_(session) == [] and window.desk.tabs.tabText(3) == "代办"
    page.all.setChecked(True)
    assert [row["state"] for row in page.table.rows_model.rows] == ["已完成"]


def test_an_errand_is_added_and_cancelled_with_its_reason(window: Window, session: Session) -> None:
    window.desk.go("errands")
    window.desk.errands.ask_new()
    dialog = window.desk.findChildren(ActDialog)[-1]
    dialog.inputs["kind"].setCurrentText("配药送药")
    dialog.inputs["what"].setText("降压药")
    dialog.inputs["due"].setText("5月26日")
    window.qtbot.mouseClick(dialog.act, LEFT)
    (row,) = errands.list_(session)
    assert (row["kind"], row["what"], row["due"]) == ("配药送药", "降压药", "2020-05-26")
    window.desk.errands.ask_cancel()
    dialog = window.desk.findChildren(ActDialog)[-1]
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert dialog.isVisible() and errands.list_(session)
    dialog.inputs["why"].setText("家人已送")
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert errands.list_(session) == []


def test_each_page_is_reached_and_a_place_in_it(window: Window) -> None:
    assert window.desk.keys == ["round", "cases", "arrivals", "errands", "papers"]
    for page in window.desk.keys:
        window.desk.go(page)
        assert window.desk.key == page
    home = window.row("李四")["household"]
    window.desk.go("round", household=home, slot="pm")
    assert window.desk.round.table.line is not None and window.desk.round.table.line.household == home
    window.qtbot.keyClick(window.desk.round.table, Qt.Key.Key_Return)
    assert window.desk.key == "cases" and window.view.heading.text() == "李四"


def test_a_click_on_a_tab_asks_for_what_is_typed(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open("李四")
    window.view.contacts.inputs["officer_name"].setText("陈")
    monkeypatch.setattr(errors, "ask", lambda *_, **__: "返回")
    bar = window.desk.tabs.tabBar()
    window.qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(0).center())
    assert window.desk.key == "cases" and window.view.contacts.inputs["officer_name"].text() == "陈"


def test_the_centre_keys_no_rounds(qtbot: QtBot, street: Street) -> None:
    desk = IsolationDesk(bare_desk(street.centre)[0])
    qtbot.addWidget(desk)
    desk.go("round")
    assert "round" not in desk.keys and desk.key == "cases" and desk.new.isHidden()


def test_from_a_door_to_its_case(qtbot: QtBot, qapp: Any, session: Session) -> None:
    theme.apply(qapp)
    frame = Frame(session)
    qtbot.addWidget(frame)
    frame.show()
    person = resident(session, "李四")
    building = next(row for row in isolation.list_(session) if row["name"] == "李四")["building"]
    frame.go("residents", building=building, household=person["household"], resident=person["id"])
    residents = frame.desks["residents"]
    assert isinstance(residents, ResidentsDesk)
    qtbot.mouseClick(residents.view.isolation, LEFT)
    desk = frame.desks["isolation"]
    assert isinstance(desk, IsolationDesk) and frame.open_key == "isolation"
    assert desk.cases.view.heading.text() == "李四"
    frame.close_session()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("18:30", "2020-05-25T18:30:00+08:00"), ("5月24日 9：05", "2020-05-24T09:05:00+08:00"),
        ("2020/5/24", "2020-05-24T00:00:00+08:00"), ("24:30", None), ("昨天", None), ("", None),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(text: str, read: str | None) -> None:
    assert read_moment(text, TODAY) == read


def test_nobody_isolates_and_the_page_says_what_to_do(qtbot: QtBot, street: Street) -> None:
    said = Said()
    desk = IsolationDesk(bare_desk(street.committee())[0])
    qtbot.addWidget(desk)
    desk.show()
    desk.go()
    assert desk.round.stack.currentIndex() == 1 and desk.cases.whole.currentIndex() == 1 and said.errors == []
    desk.go("errands")
    assert desk.errands.stack.currentIndex() == 1
    desk.hide()
