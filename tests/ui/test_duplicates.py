"""疑似重复 by clicks and keys: searched when the tab is opened, compared, merged, undone, kept apart, put off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain import ids
from app.services import conflicts, duplicates, records
from app.services.session import Session
from app.services.values import Values
from app.ui import errors, theme
from app.ui.decisions_desk import PAGES, DecisionsDesk
from app.ui.duplicates_page import LIST, NONE, SEARCHING, UNSEARCHED, DuplicatesPage
from app.ui.frame import Frame

LEFT = Qt.MouseButton.LeftButton
CARDS = ("310115195803120010", "310115196505050026", "310115197001010019")
NAMES = ("王建国", "李秀英", "张三")
AT = PAGES.index("duplicates")


class Window:
    """A frame with 待核 open."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
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
        self.page: DuplicatesPage = desk.duplicates
        self.done()

    def done(self) -> None:
        self.qtbot.waitUntil(lambda: not self.frame.tasks.busy, timeout=20_000)

    def open(self) -> None:
        """Click on the tab."""
        bar = self.desk.tabs.tabBar()
        self.qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(AT).center())
        self.done()

    def click(self, button: Any) -> None:
        assert button.isVisible() and button.isEnabled()
        self.qtbot.mouseClick(button, LEFT)
        self.done()

    def choose(self, name: str) -> None:
        assert self.page.list.choose("who", name)

    def names(self) -> list[str]:
        return [row["who"] for row in self.page.list.rows_model.rows]

    def pick(self, field: str, side: str) -> None:
        pick = self.page.both.picks[field][side]
        pick.text.resize(pick.text.sizeHint())
        self.qtbot.mouseClick(pick, LEFT, pos=pick.text.geometry().center())

    def undo(self) -> None:
        self.click(self.frame.notice.undo_button)


def no_box(parent: Any, error: Exception) -> None:
    """Only of what a person stopped himself no box tells."""
    if getattr(error, "code", "") != "cancelled":
        pytest.fail(f"a box: {error!r}")


@pytest.fixture(autouse=True)
def look(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theme.apply(qapp)
    monkeypatch.setattr(errors, "present", no_box)


@pytest.fixture
def open_(qtbot: QtBot) -> Iterator[Any]:
    made: list[Window] = []

    def opened(session: Session) -> Window:
        made.append(Window(qtbot, session))
        return made[-1]

    yield opened
    for each in made:
        each.frame.close_session()


def home(session: Session, room: str) -> str:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room})
    return records.add(session, "household", {"dwelling": door.id}).id


@pytest.fixture
def people(session: Session) -> dict[str, tuple[str, str]]:
    """Three people, each of whom stands in the register twice."""
    found = {}
    for number, (name, card) in enumerate(zip(NAMES, CARDS, strict=True)):
        common: Values = {"name": name, "documents": [{"type": "身份证", "number": card}], "status": "在住"}
        rows = [
            records.add(session, "resident", {"household": home(session, f"{number + 1}0{at}"), **common, **more}).id
            for at, more in enumerate(({"occupation": "教师"}, {"occupation": "会计", "workplace": "培花小学"}), 1)
        ]
        records.add(session, "arrival", {"resident": rows[1], "origin": "武汉"})
        found[name] = (rows[0], rows[1])
    return found


def person(session: Session, row: str) -> Values:
    return records.show(session, "resident", row)


def test_the_search_begins_when_the_tab_is_opened_and_says_why(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    assert window.desk.tabs.tabText(AT) == "疑似重复" and window.page.couples is None
    window.open()
    assert window.desk.tabs.tabText(AT) == "疑似重复 3" and sorted(window.names()) == sorted(NAMES)
    row = window.page.list.current()
    assert row is not None and "证件号一致" in row["reasons"] and "同名" in row["reasons"]
    assert "证件号一致" in window.page.why.text() and f"{row['score']}%" in window.page.why.text()
    assert set(window.page.both.picks) == {"occupation", "household"}
    assert "返沪登记 1 次" in window.page.both.cards["other"].findChildren(type(window.page.why))[-1].text() or (
        "返沪登记 1 次" in window.page.both.cards["one"].findChildren(type(window.page.why))[-1].text()
    )


def test_what_differs_is_marked_by_a_word_and_level_3_is_masked_until_it_is_opened(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    window.choose("王建国")
    said = [label.text() for label in window.page.both.findChildren(type(window.page.why)) if label.isVisible()]
    assert (
        "≠ 不同：请各选一个" in said and "≠ 职业" in said and "＝ 相同" in said and any("只有" in text for text in said)
    )
    assert CARDS[0] not in str(said) and "310115********0010" in str(said)
    window.click(window.page.reveal)
    said = [label.text() for label in window.page.both.findChildren(type(window.page.why)) if label.isVisible()]
    assert CARDS[0] in str(said) and not window.page.reveal.isVisible()


def test_a_merge_by_clicks_takes_what_was_picked_and_is_undone_in_the_notice(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    window.choose("王建国")
    row = window.page.list.current()
    accountant = next(s for s in ("one", "other") if person(session, row[s]["id"]).get("occupation") == "会计")
    window.pick("occupation", accountant)
    stays = window.page.both.stays
    assert ("左边" if stays == "one" else "右边") in window.page.merge.text()
    window.click(window.page.merge)
    one = person(session, row[stays]["id"])
    assert one["occupation"] == "会计" and one["workplace"] == "培花小学" and conflicts.pending(session) == []
    assert one["path"] == row[stays]["path"]
    assert "王建国" not in window.names() and window.desk.tabs.tabText(AT) == "疑似重复 2"
    assert "已合并为一人：王建国" in window.frame.notice.text.text()
    window.undo()
    window.qtbot.waitUntil(lambda: "王建国" in window.names(), timeout=5_000)
    assert person(session, people["王建国"][0])["id"] != person(session, people["王建国"][1])["id"]


def test_the_other_one_stays_when_its_card_says_so_and_what_nobody_picked_follows(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    window.choose("李秀英")
    row = window.page.list.current()
    window.click(window.page.both.cards["other"].stays)
    assert window.page.both.side("occupation") == window.page.both.side("household") == "other"
    assert "右边" in window.page.merge.text()
    wanted = person(session, row["other"]["id"])
    window.click(window.page.merge)
    one = person(session, row["other"]["id"])
    assert (one["occupation"], one["path"]) == (wanted["occupation"], wanted["path"])


def test_three_records_of_one_person_are_merged_one_after_the_other(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    common: Values = {"name": "王建国", "documents": [{"type": "身份证", "number": CARDS[0]}]}
    third = records.add(session, "resident", {"household": home(session, "801"), **common}).id
    window = open_(session)
    window.open()
    assert window.names().count("王建国") == 3
    window.choose("王建国")
    window.click(window.page.merge)
    assert window.names().count("王建国") == 1, "of the two that are left, one pair"
    window.choose("王建国")
    window.click(window.page.merge)
    assert "王建国" not in window.names()
    assert len({person(session, row)["id"] for row in (third, *people["王建国"])}) == 1
    assert conflicts.pending(session) == []
    window.undo()
    window.qtbot.waitUntil(lambda: window.names().count("王建国") == 1, timeout=5_000)


def test_by_keys_alone_a_pair_is_kept_apart_and_another_merged(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    window.qtbot.waitUntil(window.page.list.hasFocus)
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_Down)
    second = window.page.list.current()
    window.qtbot.keyClick(window.page.list, "2")
    window.done()
    assert second["who"] not in window.names() and "不是同一人" in window.frame.notice.text.text()
    assert duplicates.again(session, [(second["one"]["id"], second["other"]["id"])]) == []
    first = window.page.list.current()
    window.qtbot.keyClick(window.page.list, Qt.Key.Key_Return)
    picked = window.page.both.picks[next(iter(window.page.both.picks))][window.page.both.stays]
    assert picked.radio.hasFocus()
    window.page.merge.setFocus()
    window.qtbot.keyClick(window.page.merge, Qt.Key.Key_Return)
    window.done()
    assert window.names() != [] and first["who"] not in window.names()
    assert len({person(session, row)["id"] for row in people[first["who"]]}) == 1
    window.undo()
    window.qtbot.waitUntil(lambda: first["who"] in window.names(), timeout=5_000)


def test_who_is_put_off_goes_to_the_end_and_nothing_is_written(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    window.page.list.selectRow(0)
    first, *rest = window.names()
    window.click(window.page.later)
    assert window.names() == [*rest, first] and window.page.list.current()["who"] == rest[0]
    assert len(duplicates.pending(session)) == 3
    window.click(window.page.again)
    assert window.names()[0] == first


def test_without_a_pair_the_desk_says_so_and_after_the_last_decision_too(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    for _ in NAMES:
        assert window.page.currentIndex() == LIST
        window.click(window.page.apart)
    assert window.page.currentIndex() == NONE and window.desk.tabs.tabText(AT) == "疑似重复"
    window.undo()
    window.qtbot.waitUntil(lambda: len(window.names()) == 1 and window.page.currentIndex() == LIST, timeout=5_000)


def test_a_pair_that_somebody_settled_meanwhile_is_told_and_goes(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    window.open()
    window.choose("张三")
    listen, session.on_change[:] = list(session.on_change), []  # as at another window
    duplicates.merge(session, *people["张三"])
    session.on_change[:] = listen
    window.click(window.page.merge)
    assert "刚被处理" in window.frame.notice.text.text()
    window.qtbot.waitUntil(lambda: "张三" not in window.names(), timeout=5_000)


def test_a_refusal_says_what_to_do_first(
    session: Session, people: dict[str, tuple[str, str]], open_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in people["张三"]:
        records.add(session, "isolation_case", {"resident": row, "state": "在管", "start": "2020-05-20"})
    told: list[Exception] = []
    monkeypatch.setattr(errors, "present", lambda parent, error: told.append(error))
    window = open_(session)
    window.open()
    window.choose("张三")
    window.click(window.page.merge)
    assert [error.code for error in told] == ["duplicate-two-cases"] and "张三" in window.names()


def test_two_thousand_pairs_are_looked_for_in_the_background(session: Session, open_: Any) -> None:
    household = home(session, "101")
    with session.writing("create") as writing:
        writing.create("resident", (
            (ids.new_id(), {
                "household": household, "name": f"王{chr(0x4E00 + number)}", "birth_year": 1960, "sex": "男",
                "phones": [{"number": f"138{number:08d}"}],
            })
            for number in range(2_000) for _ in range(2)
        ))  # fmt: skip
    window = open_(session)
    window.desk.tabs.setCurrentIndex(AT)
    assert window.frame.tasks.busy and window.page.couples is None, "the window goes on meanwhile"
    assert window.page.currentIndex() == SEARCHING
    stop = window.page.currentWidget().findChildren(theme.Button)[0]
    window.qtbot.mouseClick(stop, LEFT)
    window.done()
    assert window.page.currentIndex() == UNSEARCHED and window.page.couples is None
    window.click(window.page.currentWidget().findChildren(theme.Button)[0])
    assert len(window.names()) >= 2_000 and window.desk.tabs.tabText(AT) == f"疑似重复 {len(window.names())}"
    gone = window.page.list.current()
    window.qtbot.mouseClick(window.page.apart, LEFT)
    assert window.page.list.current()["key"] != gone["key"], "before anything was read anew"
    window.done()
    assert gone["key"] not in {row["key"] for row in window.page.list.rows_model.rows}


def test_today_tells_of_them_once_somebody_looked_and_leads_there(
    session: Session, people: dict[str, tuple[str, str]], open_: Any
) -> None:
    window = open_(session)
    today = window.frame.desks["today"]
    window.frame.go("today")
    line, said = today.waits["duplicates"]
    assert line.isHidden() and window.page.couples is None, "nobody looked"
    window.frame.go("decisions")
    window.open()
    window.frame.go("today")
    assert line.isVisible() and said.text().startswith("3 对")
    (button,) = line.findChildren(QPushButton)
    window.click(button)
    assert window.desk.tabs.currentIndex() == AT
    for _ in range(3):
        window.click(window.page.apart)
    window.frame.go("today")
    assert line.isHidden()


def test_two_households_behind_one_door_are_made_one_where_it_is_ticked(session: Session, open_: Any) -> None:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"}).id
    one, other = (records.add(session, "household", {"dwelling": door}).id for _ in range(2))
    common = {"name": "王建国", "documents": [{"type": "身份证", "number": CARDS[0]}]}
    for household in (one, other):
        records.add(session, "resident", {"household": household, **common})
    daughter = records.add(session, "resident", {"household": other, "name": "王小美"}).id
    window = open_(session)
    window.open()
    box = window.page.one_home
    assert box.isVisible() and not box.isChecked() and "1 人" in box.text()
    (pair,) = window.page.list.rows_model.rows
    window.page.both.cards["one" if "户1" in pair["one"]["path"] else "other"].stays.click()
    window.click(box)
    window.click(window.page.merge)
    assert person(session, daughter)["household"] == one
    window.undo()
    assert person(session, daughter)["household"] == other
