"""时间线 beside the form, and people who move while they isolate, driven as people drive them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.domain import clock
from app.services import isolation, ledgers, moves, records, search, undoing
from app.services.session import Session
from app.ui import theme
from app.ui.decisions_desk import DecisionsDesk
from app.ui.frame import Frame
from app.ui.moves_dialogs import OfferDialog
from app.ui.residents_desk import ResidentsDesk
from app.ui.timeline_view import LINE, TimelineDialog
from tests.services.bending import down, up
from tests.services.moving_people import cases, home_of, isolating_street, neighbours
from tests.street import Street


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    made = isolating_street(tmp_path)
    yield made
    made.close()


@pytest.fixture
def open_(qapp: QApplication) -> Iterator[Any]:
    frames: list[Frame] = []

    def window(session: Session) -> Frame:
        theme.apply(qapp)
        frame = Frame(session)
        frame.resize(1366, 740)
        frame.show()
        frames.append(frame)
        return frame

    yield window
    for each in frames:
        each.close()


def form_of(frame: Frame, session: Session, name: str = "王建国") -> Any:
    hit = search.find(session, name)[0]
    frame.go("residents", building=hit["building_id"], household=hit["household"], resident=hit["id"])
    desk = frame.desks["residents"]
    assert isinstance(desk, ResidentsDesk)
    return desk.view


def lines(dialog: TimelineDialog) -> list[dict[str, Any]]:
    items = dialog.view.lines
    return [line for at in range(items.count()) if (line := items.item(at).data(LINE))]


def test_the_timeline_opens_over_the_form_and_a_line_opens_its_record(
    street: Street, open_: Any, monkeypatch: Any
) -> None:
    first, _, (person,) = neighbours(street)
    records.add(
        first,
        "incident",
        {
            "resident": person,
            "kind": "求助",
            "what": "<b>摔倒</b>",
            "state": "已接报",
            "reported_at": "2020-05-24T02:10:00+08:00",
        },
    )
    frame = open_(first)
    view = form_of(frame, first)
    assert view.timeline.isVisible()
    view.timeline.click()
    dialog = view.findChild(TimelineDialog)
    assert dialog is not None and {each["kind"] for each in lines(dialog)} == {"change", "isolation", "incident"}
    dialog.view.buttons["incident"].click()
    (line,) = lines(dialog)
    assert line["what"] == "求助：<b>摔倒</b>（已接报）" and dialog.view.buttons["incident"].text() == "事件 1"
    assert not dialog.view.buttons["visit"].isVisible(), "a kind of which there is nothing"
    gone: list[Any] = []
    monkeypatch.setattr(dialog, "desk", type("Desk", (), {"go": staticmethod(lambda *a, **k: gone.append((a, k)))}))
    QTest.keyClick(dialog.view.lines, Qt.Key.Key_Return)
    assert gone == [(("incidents",), {"incident": line["id"]})] and not dialog.isVisible()


def test_a_household_s_timeline_says_whose_each_line_is(street: Street, open_: Any) -> None:
    first, _, _ = neighbours(street)
    view = form_of(open_(first), first)
    view.tabs.button(1).click()
    view.timeline.click()
    dialog = view.findChild(TimelineDialog)
    assert dialog is not None
    assert {each["name"] for each in lines(dialog) if each["kind"] == "isolation"} == {
        "王建国",
        "李秀英",
        "张三",
        "赵六",
    }
    dialog.close_button.click()
    view.tabs.button(2).click()
    assert not view.timeline.isVisible(), "a door has none"


def test_a_family_is_offered_together_taken_in_together_and_the_duty_is_said(street: Street, open_: Any) -> None:
    first, second, people = neighbours(street, 4)
    frame = open_(first)
    view = form_of(frame, first)
    view.form.move_acts.button.click()
    (dialog,) = view.form.findChildren(OfferDialog)
    assert set(dialog.others) == set(people[1:])
    for each in people[1:3]:
        dialog.others[each].click()
    assert dialog.act.text() == "登记 3 人迁出"
    assert any("体温登记照常" in label.text() for label in dialog.findChildren(QLabel))
    dialog.to.setCurrentIndex(1)
    dialog.act.click()
    assert [each["id"] for each in moves.pending(first)] == people[:3] or len(moves.pending(first)) == 3
    up(street, first)
    down(street, second)
    second.clock = clock.frozen("2020-05-27T09:00")
    page = moves_of(open_(second))
    row = page.arrived.current()
    assert row is not None and row["course"] == "第 8/14 天" and row["days"] == 2
    assert "联络码" in page.duty.text() and page.take.text() == "接收 3 人"
    page.home.building.setCurrentIndex(1)
    page.home.door.setCurrentIndex(1)
    page.take.click()
    assert moves.pending(second) == []
    for each in ("王建国", "李秀英", "张三"):
        new = search.find(second, each)[0]["id"]
        assert cases(second, new)[0][1] == "在管"


def moves_of(frame: Frame) -> Any:
    frame.go("decisions", page="moves")
    desk = frame.desks["decisions"]
    assert isinstance(desk, DecisionsDesk)
    return desk.moves


def test_somebody_is_refused_with_a_reason_and_comes_back(street: Street, open_: Any) -> None:
    first, second, (person,) = neighbours(street)
    moves.offer(first, person, second.code)
    up(street, first)
    down(street, second)
    page = moves_of(open_(second))
    page.refuse.click()
    from app.ui.refuse_dialog import RefuseDialog

    dialog = page.findChild(RefuseDialog)
    assert dialog is not None
    dialog.act.click()
    assert "请写明" in dialog.message.text(), "without a reason nothing is written"
    dialog.why.setText("此人不住本小区")
    dialog.act.click()
    assert moves.pending(second) == [] and page.currentIndex() == 1
    up(street, second)
    down(street, first)
    page = moves_of(open_(first))
    assert "此人不住本小区" in page.said.text() and page.cancel.text() == "知道了"
    page.cancel.click()
    assert moves.pending(first) == [] and home_of(second)


def test_who_isolates_leaves_the_street_only_into_somebody_s_hands(street: Street, open_: Any) -> None:
    first, _, (person,) = neighbours(street)
    view = form_of(open_(first), first)
    view.form.move_acts.button.click()
    (dialog,) = view.form.findChildren(OfferDialog)
    dialog.outside.click()
    assert not dialog.there.isVisible() and "离开本街道" in dialog.act.text()
    dialog.away.fields["whereabouts"].setText("塘桥街道")
    dialog.away.fields["receiver_unit"].setText("塘桥第一居委会")
    dialog.act.click()
    assert dialog.isVisible() and "接收人" in dialog.message.text() and cases(first, person)[0][1] == "在管"
    dialog.away.fields["receiver_name"].setText("周进")
    dialog.away.fields["receiver_phone"].setText("58881234")
    dialog.act.click()
    assert cases(first, person)[0][1] == "转出"
    shown = records.show(first, "resident", person)
    assert (shown["status"], shown["whereabouts"]) == ("迁出", "塘桥街道")
    undoing.undo(first, dialog.batch)
    assert cases(first, person)[0][1] == "在管" and "status" not in records.show(first, "resident", person)


def test_a_household_leaves_the_street_together(street: Street, open_: Any) -> None:
    first, _, (person, other) = neighbours(street, 2)
    view = form_of(open_(first), first)
    view.form.move_acts.button.click()
    (dialog,) = view.form.findChildren(OfferDialog)
    dialog.outside.click()
    dialog.away.others[other].click()
    assert "2 人" in dialog.act.text() and "李秀英" in dialog.away.duty.text()
    for key, text in (("whereabouts", "塘桥街道"), ("receiver_unit", "塘桥第一居委会"), ("receiver_name", "周进"),
                      ("receiver_phone", "58881234")):  # fmt: skip
        dialog.away.fields[key].setText(text)
    dialog.act.click()
    assert [cases(first, each)[0][1] for each in (person, other)] == ["转出", "转出"]
    undoing.undo(first, dialog.batch)
    assert [cases(first, each)[0][1] for each in (person, other)] == ["在管", "在管"]


def test_who_isolates_not_leaves_without_being_asked_for_a_receiver(street: Street, open_: Any) -> None:
    first, _, (person, other) = neighbours(street, 2)
    isolation.close(first, cases(first, person)[0][0], reason="误开", approved_by="刘主任")
    view = form_of(open_(first), first)
    view.form.move_acts.button.click()
    (dialog,) = view.form.findChildren(OfferDialog)
    dialog.outside.click()
    assert dialog.away.fields["receiver_unit"].isHidden() and dialog.away.duty.isHidden()
    dialog.away.others[other].click()
    assert not dialog.away.fields["receiver_unit"].isHidden()
    dialog.away.others[other].click()
    dialog.away.fields["whereabouts"].setText("塘桥街道")
    dialog.act.click()
    assert records.show(first, "resident", person)["whereabouts"] == "塘桥街道"
    assert cases(first, other)[0][1] == "在管"


def test_telephones_of_who_moves_are_masked_until_asked_for_which_is_an_entry(street: Street, open_: Any) -> None:
    first, second, (person,) = neighbours(street)
    records.change(first, "resident", person, {"phone": "13700001234"})
    moves.offer(first, person, second.code)
    up(street, first)
    down(street, second)

    def looks() -> int:
        return sum(act["action"] == "view" for act in ledgers.show(second, "resident"))

    before = looks()
    page = moves_of(open_(second))
    told = {row["title"]: row["value"] for row in page.fields.rows_model.rows}
    assert told["联系电话"] == "137****1234" and looks() == before
    page.phones.click()
    told = {row["title"]: row["value"] for row in page.fields.rows_model.rows}
    assert told["联系电话"] == "13700001234" and looks() == before + 1 and not page.phones.isVisible()
