"""待核 by clicks and keys: conflicts one at a time and many at once, people who move in and out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.domain import clock, ids
from app.services import conflicts, moves, records, rosters, search
from app.services.session import Session
from app.ui import errors, theme
from app.ui.conflict_cards import ValueCard
from app.ui.conflicts_page import ConflictsPage
from app.ui.decisions_desk import DecisionsDesk
from app.ui.frame import Frame
from app.ui.moves_dialogs import OfferDialog
from app.ui.residents_desk import ResidentsDesk
from app.ui.rule_dialog import RuleDialog
from tests.conftest import ACCOUNT
from tests.elsewhere import Elsewhere
from tests.street import Street

LEFT = Qt.MouseButton.LeftButton
NAMES = ("王建国", "李秀英", "张三")


class Window:
    """A frame with 待核 open."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot = qtbot
        self.frame = Frame(session)
        self.frame.resize(1366, 740)
        qtbot.addWidget(self.frame)
        self.frame.show()
        with qtbot.waitActive(self.frame):  # or no key reaches a shortcut
            self.frame.activateWindow()
        self.frame.go("decisions")
        desk = self.frame.desks["decisions"]
        assert isinstance(desk, DecisionsDesk)
        self.desk = desk
        self.page: ConflictsPage = desk.conflicts
        self.done()

    def done(self) -> None:
        self.qtbot.waitUntil(lambda: not self.frame.tasks.busy, timeout=20_000)

    def click(self, button: Any) -> None:
        self.qtbot.mouseClick(button, LEFT)
        self.done()

    def cards(self) -> dict[str, ValueCard]:
        return {card.value["text"]: card for card in self.page.cards}

    def choose(self, **said: Any) -> None:
        ((key, value),) = said.items()
        assert self.page.list.choose(key, value)

    def tick(self, row: int) -> None:
        """Click on the box before a line."""
        place = self.page.list.visualRect(self.page.list.model().index(row, 0)).center()
        self.qtbot.mouseClick(self.page.list.viewport(), LEFT, pos=QPoint(place.x(), place.y()))

    def rule(self) -> RuleDialog:
        self.click(self.page.many)
        (dialog,) = (each for each in self.page.findChildren(RuleDialog) if each.isVisible())
        return dialog

    def undo(self) -> None:
        self.click(self.frame.notice.undo_button)
        self.done()


@pytest.fixture(autouse=True)
def look(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theme.apply(qapp)
    monkeypatch.setattr(errors, "present", lambda parent, error: pytest.fail(f"a box: {error!r}"))


@pytest.fixture
def open_(qtbot: QtBot) -> Iterator[Any]:
    made: list[Window] = []

    def opened(session: Session) -> Window:
        made.append(Window(qtbot, session))
        return made[-1]

    yield opened
    for each in made:
        each.frame.close_session()


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    """A committee and its centre wrote different things of three people, and of one person's phones."""
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    street.bring(street.centre, street.send(made))
    for name in NAMES:
        records.change(
            street.centre, "resident", person(street.centre, name), {"occupation": "会计"}, source="条线名单.xlsx"
        )
        records.change(made, "resident", person(made, name), {"occupation": "教师"})
    records.change(street.centre, "resident", person(made), {"phones": [{"number": "13900001234", "kind": "手机"}]})
    records.change(made, "resident", person(made), {"phone": "13700001234", "note_sensitive": "需要轮椅"})
    street.bring(made, street.send(street.centre))
    return made


# ---------------------------------------------------------------- one at a time


def test_a_conflict_shows_each_value_with_its_author_and_a_click_keeps_one(ours: Session, open_: Any) -> None:
    window = open_(ours)
    assert window.desk.tabs.currentIndex() == 1 and window.desk.tabs.tabText(1) == "冲突 4"
    window.choose(title="职业")
    row = window.page.list.current()
    assert row is not None and {"教师", "会计"} == window.cards().keys()
    said = window.cards()["会计"].accessibleName()
    assert "花木街道" in said and "条线名单.xlsx" in said and ACCOUNT in window.cards()["教师"].accessibleName()
    assert "现：" in row["sides"]
    window.click(window.cards()["教师"])
    assert records.show(ours, "resident", row["row"])["occupation"] == "教师"
    assert len(conflicts.pending(ours)) == 3 and window.desk.tabs.tabText(1) == "冲突 3"
    window.undo()
    window.qtbot.waitUntil(lambda: window.page.list.model().rowCount() == 4)


def test_a_number_keeps_a_value_and_the_next_conflict_comes_up(ours: Session, open_: Any) -> None:
    window = open_(ours)
    window.page.list.selectRow(1)
    before, after = (window.page.list.rows_model.rows[at]["id"] for at in (1, 2))
    kept = window.page.cards[1].value["text"]
    window.page.list.setFocus()
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_2)
    current = window.page.list.current()
    assert current is not None and current["id"] == after
    assert before not in conflicts.ids(ours) and kept in window.frame.notice.text.text()


def test_a_number_with_no_value_does_nothing(ours: Session, open_: Any) -> None:
    window = open_(ours)
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_7)
    assert len(conflicts.ids(ours)) == 4


def test_digits_in_the_filter_are_typed_and_decide_nothing(ours: Session, open_: Any) -> None:
    window = open_(ours)
    window.page.filters.words.setFocus()
    window.qtbot.keyClicks(window.page.filters.words, "1390")
    assert window.page.filters.words.text() == "1390" and len(conflicts.ids(ours)) == 4
    (row,) = window.page.list.rows_model.rows
    assert row["title"] == "电话" and "13900001234" in row["sides"]


def test_what_was_decided_elsewhere_meanwhile_is_said_and_goes(ours: Session, open_: Any) -> None:
    window = open_(ours)
    row = window.page.list.current()
    assert row is not None
    window.frame.session.on_change.clear()  # another window of the same file
    conflicts.decide(ours, row["id"], row["values"][0]["version"])
    window.page.decide(1)
    assert "刚刚已处理" in window.frame.notice.text.text() and window.page.list.model().rowCount() == 3


def test_sensitive_values_are_opened_on_the_cards_alone(street: Street, ours: Session, open_: Any) -> None:
    row = person(ours, "李秀英")
    records.change(street.centre, "resident", row, {"note_sensitive": "听力不好"})
    records.change(ours, "resident", row, {"note_sensitive": "独自在家"})
    street.bring(ours, street.send(street.centre))
    window = open_(ours)
    window.choose(title="敏感备注")
    assert [card.value["text"] for card in window.page.cards] == ["●●●", "●●●"]
    window.click(window.page.reveal)
    assert window.cards().keys() == {"听力不好", "独自在家"} and window.page.reveal.isHidden()
    assert all("听力" not in each["sides"] for each in window.page.list.rows_model.rows)
    window.click(window.cards()["听力不好"])
    assert records.show(ours, "resident", row, reveal=True)["note_sensitive"] == "听力不好"


def test_a_person_deleted_on_one_side_is_taken_back_by_a_click(street: Street, ours: Session, open_: Any) -> None:
    row = person(ours, "张三")
    records.change(street.centre, "resident", row, {"workplace": "花木中学"})
    records.remove(ours, "resident", row)
    street.bring(ours, street.send(street.centre))
    window = open_(ours)
    window.choose(kind="deleted")
    assert window.page.heading.text() == "张三" and "删除了这条记录，另一边又改过" in window.page.why.text()
    window.click(window.cards()["恢复这条记录"])
    assert len(search.find(ours, "张三")) == 1


# ---------------------------------------------------------------- many at once


def test_ticked_conflicts_are_decided_by_a_rule_with_one_undo(ours: Session, open_: Any) -> None:
    window = open_(ours)
    filters = window.page.filters
    filters.field.setCurrentText("职业")
    assert window.page.list.model().rowCount() == 3 and not window.page.many.isEnabled()
    window.qtbot.mouseClick(window.page.all, LEFT)
    assert window.page.many.text() == "批量处理 3 处…"
    window.tick(0)
    assert window.page.many.text() == "批量处理 2 处…"
    dialog = window.rule()
    dialog.rules["own"].setChecked(True)
    assert dialog.counts["file"].text() == "可处理 2 处，留下 0 处" and dialog.act.text() == "处理 2 处"
    assert not dialog.rules["restore"].isEnabled(), "nothing was deleted"
    window.click(dialog.act)
    assert "已处理 2 处" in window.frame.notice.text.text() and len(conflicts.ids(ours)) == 2
    assert {records.show(ours, "resident", person(ours, name))["occupation"] for name in NAMES[1:]} <= {"教师", "会计"}
    window.undo()
    window.qtbot.waitUntil(lambda: len(conflicts.ids(ours)) == 4)


def test_a_rule_for_one_file_leaves_what_came_from_elsewhere(ours: Session, open_: Any) -> None:
    window = open_(ours)
    window.qtbot.mouseClick(window.page.all, LEFT)
    dialog = window.rule()
    dialog.rules["file"].setChecked(True)
    assert dialog.file.currentText() == "条线名单.xlsx" and dialog.act.text() == "处理 3 处"
    preview = {row["title"]: (row["done"], row["left"]) for row in dialog.preview.rows_model.rows}
    assert preview == {"职业": (3, 0), "电话": (0, 1)}
    window.click(dialog.act)
    (left,) = conflicts.pending(ours)
    assert left["field"] == "phones"
    assert {records.show(ours, "resident", person(ours, name))["occupation"] for name in NAMES} == {"会计"}


def test_the_space_bar_ticks_what_is_selected(ours: Session, open_: Any) -> None:
    window = open_(ours)
    window.page.list.selectAll()
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_Space)
    assert len(window.page.ticked) == 4 and window.page.all.isChecked()
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_Space)
    assert not window.page.ticked


def test_a_centre_decides_for_all_its_committees_and_takes_it_back_together(
    street: Street, ours: Session, roster: Path, open_: Any
) -> None:
    other = street.committee(2)
    rosters.apply(other, rosters.preview(other, roster))
    street.bring(street.centre, street.send(other))
    row = person(other)
    records.change(street.centre, "resident", row, {"occupation": "会计"})
    records.change(other, "resident", row, {"occupation": "教师"})
    for each in (other, ours):
        street.bring(street.centre, street.send(each))
    window = open_(street.centre)
    window.page.filters.committee.setCurrentText("第2居委会")
    assert window.page.list.model().rowCount() == 1
    window.page.filters.committee.setCurrentIndex(0)
    window.qtbot.mouseClick(window.page.all, LEFT)
    dialog = window.rule()
    dialog.rules["own"].setChecked(True)
    window.click(dialog.act)
    assert conflicts.ids(street.centre) == [] and "2 个居委会的 5 处" in window.page.done_text.text()
    assert window.page.done_line.isVisible()
    window.click(window.page.undo_all)
    window.qtbot.waitUntil(lambda: len(conflicts.ids(street.centre)) == 5)


def test_two_thousand_conflicts_stay_usable(session: Session, tmp_path: Path, open_: Any) -> None:
    people = [str(ids.new_id()) for _ in range(1000)]
    with session.writing("create") as writing:
        for number, row in enumerate(people):
            writing.change("resident", row, {"name": f"王{number}"})
    elsewhere = Elsewhere(session, tmp_path)
    with session.writing("change") as writing:
        for row in people:
            writing.change("resident", row, {"occupation": "教师", "education": "大学"})

    def there(writing: Any) -> None:
        for row in people:
            writing.change("resident", row, {"occupation": "会计", "education": "高中"})

    elsewhere.write(there)
    elsewhere.send()
    window = open_(session)
    window.qtbot.waitUntil(lambda: window.page.list.model().rowCount() == 2000, timeout=30_000)
    assert len(window.page.cards) == 2, "widgets for the chosen one only"
    window.page.list.setFocus()
    window.qtbot.waitUntil(window.page.list.hasFocus)
    started = time.monotonic()
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_1)
    window.page.filters.words.setText("王999")
    window.page.filters.words.clear()
    assert time.monotonic() - started < 3, "a decision does not read all of them again"
    assert window.page.list.model().rowCount() == 1999


def test_an_empty_desk_says_what_will_come_here(session: Session, open_: Any) -> None:
    window = open_(session)
    assert [page.currentIndex() for page in (window.desk.doubtful, window.page, window.desk.moves)] == [1, 1, 1]


# ---------------------------------------------------------------- moving


@pytest.fixture
def two(street: Street, ours: Session) -> tuple[Session, Session]:
    """Two committees that know of each other; the second has one door with a household and one without."""
    second = street.committee(2)
    records.add(second, "dwelling", {"estate": "由由新村", "building": "3号", "room": "101"})
    records.add(second, "household", {"dwelling": "由由新村/3号/101"})
    records.add(second, "dwelling", {"estate": "由由新村", "building": "3号", "room": "102"})
    for each in (ours, second):
        street.bring(street.centre, street.send(each))
    down(street, ours, second)
    return ours, second


def down(street: Street, *sessions: Session) -> None:
    files = street.send(street.centre)
    for session in sessions:
        street.bring(session, [file for file in files if session.code in file.name])


def form_of(window: Window, session: Session, name: str) -> Any:
    hit = search.find(session, name)[0]
    window.frame.go("residents", building=hit["building_id"], household=hit["household"], resident=hit["id"])
    desk = window.frame.desks["residents"]
    assert isinstance(desk, ResidentsDesk)
    return desk.view.form


def test_a_person_is_offered_from_the_form_and_taken_in_at_a_new_household(
    street: Street, two: tuple[Session, Session], open_: Any
) -> None:
    first, second = two
    window = open_(first)
    form = form_of(window, first, "李秀英")
    window.click(form.move_acts.button)
    (dialog,) = form.findChildren(OfferDialog)
    window.click(dialog.act)
    assert "请选择迁往哪个居委会" in dialog.message.text() and moves.pending(first) == []
    said = " ".join(label.text() for label in dialog.findChildren(theme.QLabel))
    assert "证件" in said and "备注" in said
    assert [dialog.to.itemText(at) for at in range(1, dialog.to.count())] == ["第2居委会（310115016002）"]
    dialog.to.setCurrentIndex(1)
    window.click(dialog.act)
    assert [each["name"] for each in moves.pending(first)] == ["李秀英"]
    assert form.move_acts.button.text() == "撤回迁移" and "已等 0 天" in form.move_acts.line.text()
    street.bring(street.centre, street.send(first))
    down(street, second)
    second.clock = clock.frozen("2020-05-28T16:00")
    theirs = open_(second)
    page = theirs.desk.moves
    assert theirs.desk.tabs.currentIndex() == 2 and theirs.desk.tabs.tabText(2) == "迁移 1"
    assert page.heading.text() == "李秀英" and "已等 3 天" in page.said.text()
    theirs.click(page.take)
    assert "落在哪一户" in page.message.text()
    page.home.building.setCurrentIndex(1)
    page.home.door.setCurrentIndex(page.home.door.findText("102"))
    assert page.home.household.currentText() == "新立一户"
    theirs.click(page.take)
    assert moves.pending(second) == [] and "由由新村 3号 102" in theirs.frame.notice.text.text()
    assert search.find(second, "李秀英")[0]["household"]


def test_an_offer_is_taken_back_in_the_form_and_on_the_page(
    street: Street, two: tuple[Session, Session], open_: Any
) -> None:
    first, second = two
    for name in NAMES[:2]:
        moves.offer(first, person(first, name), second.code)
    window = open_(first)
    window.click(form_of(window, first, "王建国").move_acts.button)
    assert [each["name"] for each in moves.pending(first)] == ["李秀英"]
    window.frame.go("decisions", page="moves")
    page = window.desk.moves
    assert page.heading.text() == "李秀英" and not page.take.isVisible()
    window.click(page.cancel)
    assert moves.pending(first) == [] and page.currentIndex() == 1


def test_the_centre_sees_who_waits_where_and_can_do_nothing_there(
    street: Street, two: tuple[Session, Session], open_: Any
) -> None:
    first, second = two
    moves.offer(first, person(first), second.code)
    street.bring(street.centre, street.send(first))
    window = open_(street.centre)
    (row,) = window.desk.moves.arrived.rows_model.rows
    assert (row["name"], row["of"], row["to"], row["state_words"]) == ("王建国", "第1居委会", "第2居委会", "等对方接收")
    assert not hasattr(window.desk.moves, "take")


def test_without_another_committee_a_person_can_only_leave_the_street(street: Street, open_: Any, roster: Path) -> None:
    alone = street.committee()
    rosters.apply(alone, rosters.preview(alone, roster))
    window = open_(alone)
    form = form_of(window, alone, "王建国")
    window.click(form.move_acts.button)
    (dialog,) = form.findChildren(OfferDialog)
    assert not dialog.inside.isEnabled() and dialog.outside.isChecked() and not dialog.there.isVisible()
    window.click(dialog.act)
    assert dialog.isVisible() and "去向" in dialog.message.text()
    dialog.away.fields["whereabouts"].setText("江苏省南通市")
    window.click(dialog.act)
    found = records.show(alone, "resident", person(alone))
    assert (found["status"], found["whereabouts"]) == ("迁出", "江苏省南通市")
    assert "江苏省南通市" in window.frame.notice.text.text()
