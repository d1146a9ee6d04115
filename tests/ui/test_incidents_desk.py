"""事件: recorded with a handful of keys, stepped with one button, with a telephone code at the centre, and photos put in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.db import history
from app.domain import contact_codes, pictures
from app.domain.findings import UserError
from app.services import incident_links, incidents, photos, records, stubs
from app.services.session import Session
from app.ui import errors, theme
from app.ui.incident_dialogs import HearDialog
from app.ui.incident_pictures import PhotoDialog, encoded, read
from app.ui.incidents_desk import DETAIL, FORM, IncidentsDesk
from tests.conftest import NOW
from tests.street import Street
from tests.ui.test_sheets_desk import Window

LEFT, ENTER, DOWN, ESC = Qt.MouseButton.LeftButton, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Escape
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def shared(kept_session: Session) -> Session:
    """A committee with one family and the leader of its building; made once, it takes most of the time."""
    session = kept_session
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    records.add(session, "resident", {"household": home.id, "name": "王建国", "phone": "13812345678"})
    records.change(session, "building", "培花新村/12号", {"leader_name": "孙阿姨", "leader_phone": "58005678"})
    return session


@pytest.fixture
def window(shared: Session) -> Iterator[Window]:
    """The same workspace with nothing open."""
    for row in incidents.list_(shared):
        if row["state"] == "已办结":
            incidents.step(shared, row["id"], "已回访")
        else:
            incidents.withdraw(shared, row["id"], why="清场")
    roles = shared.roles
    yield Window(shared)
    shared.roles = roles
    shared.on_change.clear()


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, window: Window) -> Iterator[IncidentsDesk]:
    yield shown(qtbot, qapp, window)


def shown(qtbot: QtBot, qapp: Any, window: Window) -> IncidentsDesk:
    theme.apply(qapp)
    made = IncidentsDesk(window.desk)
    window.desk.session.on_change.append(made.refresh)  # as the window does
    qtbot.addWidget(made)
    made.resize(1186, 640)
    made.show()
    made.activateWindow()
    made.go()
    return made


class Keys:
    """A person at the keyboard: every press goes to whatever has the focus, and is counted."""

    def __init__(self, qtbot: QtBot, desk: IncidentsDesk) -> None:
        self.qtbot, self.desk, self.pressed = qtbot, desk, 0

    @property
    def focus(self) -> Any:
        return self.desk.focusWidget() or self.desk

    def press(self, key: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.focus, key, modifier)
        self.pressed += 1

    def type(self, text: str) -> None:
        for each in text:
            self.press(each)


def labels(widget: Any) -> str:
    QApplication.processEvents()  # what was put into a layout shows with the next event
    return "\n".join(label.text() for label in widget.findChildren(theme.QLabel) if label.isVisibleTo(widget))


def button(widget: Any, text: str) -> QPushButton:
    QApplication.processEvents()
    return next(each for each in widget.findChildren(QPushButton) if each.text() == text and each.isVisibleTo(widget))


# ---------------------------------------------------------------- ten seconds


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """What a test put there must not outlive the application: Qt falls over it at its end."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


def test_who_where_what_and_how_urgent_in_ten_presses(qtbot: QtBot, desk: IncidentsDesk, window: Window) -> None:
    keys = Keys(qtbot, desk)
    desk.new.setFocus()
    keys.press(Qt.Key.Key_N, CTRL)
    keys.press("1")
    keys.type("wjg")
    keys.press(ENTER)  # the person that was found, before the pause is over
    keys.press(ENTER)
    assert keys.pressed == 7
    (row,) = incidents.list_(window.desk.session)
    assert (row["kind"], row["name"], row["urgency"], row["path"]) == (
        "老人跌倒",
        "王建国",
        "特急",
        "培花新村/12号/302",
    )
    assert row["assigned_to"] == "楼组长 孙阿姨" and "楼组长 孙阿姨 58005678" in window.said[-1]
    assert desk.right.currentIndex() == DETAIL and desk.list.current()["id"] == row["id"]  # type: ignore[index]


def test_words_for_a_place_need_no_choice(qtbot: QtBot, desk: IncidentsDesk, window: Window) -> None:
    keys = Keys(qtbot, desk)
    desk.begin()
    keys.press("-")
    desk.form.place.setText("东门垃圾房")
    for _ in range(2):
        keys.press(ENTER)
    assert incidents.list_(window.desk.session)[0]["where"] == "东门垃圾房"


def test_a_house_number_offers_the_building_first(qtbot: QtBot, desk: IncidentsDesk, window: Window) -> None:
    desk.begin()
    qtbot.keyClick(desk.form.kinds.buttons["老人跌倒"], "6")
    desk.form.place.setText("12号")
    desk.form.place.search()
    assert desk.form.place.list.item(0).text() == "培花新村 12号（整栋）"
    qtbot.keyClick(desk.form.place, ENTER)
    assert "孙阿姨" in desk.form.calls.text()
    qtbot.keyClick(desk.form.lines["what"], ENTER)
    row = incidents.list_(window.desk.session)[0]
    assert row["building"] and not row["resident"] and row["kind"] == "漏水停电"


def test_the_words_themselves_are_the_last_line_of_what_was_found(qtbot: QtBot, desk: IncidentsDesk) -> None:
    desk.begin()
    line = desk.form.place
    line.setText("王")
    line.search()
    for _ in range(20):
        qtbot.keyClick(line, DOWN)
    qtbot.keyClick(line, ENTER)
    assert line.text() == "王" and line.where == {}


def test_without_kind_and_words_it_asks_and_keeps_what_was_typed(
    qtbot: QtBot, desk: IncidentsDesk, window: Window
) -> None:
    desk.begin()
    desk.form.place.setText("中心花园")
    qtbot.mouseClick(desk.form.save, LEFT)
    assert "类别" in desk.form.message.text() and desk.form.place.text() == "中心花园"
    assert incidents.list_(window.desk.session) == []


def test_a_time_that_is_none_is_said_and_nothing_lost(desk: IncidentsDesk, window: Window) -> None:
    desk.begin()
    desk.form.kinds.choose("求助", said=True)
    desk.form.due.setText("尽快")
    desk.form.write()
    assert "尽快" in desk.form.message.text() and incidents.list_(window.desk.session) == []


def test_what_was_begun_is_not_thrown_away_in_passing(
    desk: IncidentsDesk, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begin()
    assert desk.leave() and desk.right.currentIndex() != FORM
    desk.begin()
    desk.form.kinds.choose("求助", said=True)
    monkeypatch.setattr(errors, "ask", lambda *_, **__: "继续填写")
    assert not desk.leave() and desk.right.currentIndex() == FORM
    monkeypatch.setattr(errors, "ask", lambda *_, **__: "保存")
    assert desk.leave() and incidents.list_(window.desk.session)[0]["kind"] == "求助"


# ---------------------------------------------------------------- steps


@pytest.fixture
def fall(desk: IncidentsDesk, window: Window) -> str:
    made = incidents.add(
        window.desk.session, kind="老人跌倒", place="培花新村/12号/302", reporter_name="李", reporter_phone="13812345678",
        at=window.desk.session.now() - timedelta(minutes=17),
    )  # fmt: skip
    desk.show_one(made["id"])
    return str(made["id"])


def test_late_is_said_in_words_and_asks_to_be_told_on(
    qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window
) -> None:
    assert desk.list.current()["late_words"] == "已超时 12 分"  # type: ignore[index]
    assert desk.view.late.text() == "已超时 12 分" and desk.view.up.isVisible()
    assert desk.counts.text() == "未结 1 件，其中超时 1 件"
    qtbot.mouseClick(desk.view.up, LEFT)
    dialog = next(each for each in desk.view.findChildren(QDialog) if each.isVisible())
    dialog.lines["to"].setText("街道 王主任")  # type: ignore[attr-defined]
    qtbot.mouseClick(button(dialog, "登记上报"), LEFT)
    assert not desk.view.up.isVisible() and "已上报街道 王主任" in desk.view.notes.text()


def test_the_one_button_goes_from_step_to_step(qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window) -> None:
    view = desk.view
    assert view.step.text() == "登记“处置中”" and not view.other.isVisible() and "13812345678" in labels(view)
    view.at.setText("8:50")
    view.who.setText("社区医生")
    qtbot.mouseClick(view.step, LEFT)
    assert view.step.text() == "登记“已到场”" and view.other.text() == "登记“已办结”" and view.at.text() == ""
    assert "08:50" in labels(view.steps) and "社区医生" in labels(view.steps)
    view.outcome.setText("扶起，送医")
    qtbot.mouseClick(view.other, LEFT)
    assert view.step.text() == "登记“已回访”" and "扶起，送医" in view.notes.text()
    qtbot.mouseClick(view.step, LEFT)
    assert incidents.list_(window.desk.session) == [] and "已登记“已回访”" in window.said[-1]


def test_an_impossible_time_is_said_beside_the_button(qtbot: QtBot, desk: IncidentsDesk, fall: str) -> None:
    desk.view.at.setText("8:30")
    qtbot.mouseClick(desk.view.step, LEFT)
    assert "早于上一步" in desk.view.wrong.text() and desk.view.wrong.isVisible() and desk.view.at.text() == "8:30"


def test_one_is_corrected_in_the_same_form(qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window) -> None:
    qtbot.mouseClick(desk.view.change, LEFT)
    desk.form.lines["what"].setText("浴室滑倒")
    desk.form.due.setText("5-26 18:00")
    qtbot.mouseClick(desk.form.save, LEFT)
    row = incidents.one(window.desk.session, fall)
    assert row["what"] == "浴室滑倒" and row["external_due_at"] == "2020-05-26T18:00:00+08:00" and row["household"]
    assert desk.right.currentIndex() == DETAIL


def test_a_likely_repeat_is_one_click_and_can_be_taken_apart(
    qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window
) -> None:
    session = window.desk.session
    again = incidents.add(session, kind="老人跌倒", place="培花新村/12号/302")["id"]
    desk.show_one(fall)
    qtbot.mouseClick(button(desk.view.same, "并入这一件"), LEFT)
    assert [row["id"] for row in incidents.list_(session)] == [fall]
    assert "（2 起）" in desk.list.current()["where"]  # type: ignore[index]
    qtbot.mouseClick(button(desk.view.same, "分开"), LEFT)
    assert {row["id"] for row in incidents.list_(session)} == {fall, again}
    assert incident_links.repeats(session, fall)["joined"] == []


def test_the_menu_offers_only_what_is_possible(desk: IncidentsDesk, fall: str, window: Window) -> None:
    def offered() -> list[str]:
        return [each.text() for each in desk.view.more.menu().actions()]

    assert offered() == ["上报…", "撤销这件事件…"]
    incidents.withdraw(window.desk.session, fall, why="误报")
    desk.show_one(fall)
    assert offered() == ["重新打开…"] and desk.list.current()["late_words"] == ""  # type: ignore[index]


def test_who_only_reads_is_offered_no_deed(qtbot: QtBot, qapp: Any, window: Window) -> None:
    incidents.add(window.desk.session, kind="求助")
    window.desk.session.roles = frozenset({"group_head"})
    desk = shown(qtbot, qapp, window)
    assert not desk.view.step.isVisible() and not desk.view.change.isVisible() and not desk.view.photos.put.isVisible()
    assert desk.new not in desk.actions_row


def test_nothing_to_do_says_how_to_begin(qtbot: QtBot, desk: IncidentsDesk) -> None:
    page = desk.pages.currentWidget()
    assert "Ctrl+N" in labels(page)
    qtbot.mouseClick(desk.new, LEFT)
    assert desk.right.currentIndex() == FORM


def test_what_has_ended_is_found_though_nothing_is_open(
    qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window
) -> None:
    for state in ("处置中", "已办结", "已回访"):
        incidents.step(window.desk.session, fall, state)
    assert desk.list.rows_model.rows == [] and desk.which.isVisible() and desk.stats_button.isVisible()
    desk.which.setCurrentIndex(1)
    assert fall in [row["id"] for row in desk.list.rows_model.rows]


def test_the_figures_and_back(qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window) -> None:
    for state in ("处置中", "已办结"):
        incidents.step(window.desk.session, fall, state)
    qtbot.mouseClick(desk.stats_button, LEFT)
    row = next(each for each in desk.stats.table.rows_model.rows if each["name"] == "老人跌倒")
    assert row["whole"] == "17 分 / 17 分*" and "数据截至" in desk.stats.said.text()
    desk.back()
    assert desk.list.isVisible()


def test_a_minute_later_it_is_later_and_nobody_looked(desk: IncidentsDesk, fall: str, window: Window) -> None:
    session = window.desk.session
    with session.db.reading() as connection:
        before = len(history.acts(connection, session.office, actions=("view",)))
    session.clock = lambda: NOW() + timedelta(minutes=60)
    desk.tick()
    session.clock = NOW
    assert desk.view.late.text() == "已超时 1 小时 12 分" and desk.list.current()["late_words"] == "已超时 1 小时"  # type: ignore[index]
    with session.db.reading() as connection:
        assert len(history.acts(connection, session.office, actions=("view",))) == before


def test_what_nobody_sees_is_not_looked_at(desk: IncidentsDesk, fall: str, window: Window) -> None:
    session = window.desk.session
    desk.hide()
    with session.db.reading() as connection:
        before = len(history.acts(connection, session.office, actions=("view",)))
    incidents.step(session, fall, "处置中")
    with session.db.reading() as connection:
        assert len(history.acts(connection, session.office, actions=("view",))) == before
    desk.show()
    desk.go(incident=fall)
    assert desk.view.step.text() == "登记“已到场”"


# ---------------------------------------------------------------- the telephone


def test_the_centre_reads_out_a_code_and_keys_the_call(qtbot: QtBot, qapp: Any, street: Street) -> None:
    committee = street.committee(1)
    street.bring(street.centre, street.send(committee))
    window = Window(street.centre)
    desk = shown(qtbot, qapp, window)
    desk.begin()
    desk.form.kinds.choose("走失", said=True)
    desk.form.place.setText("世纪公园")
    desk.form.write()
    assert "居委会" in desk.form.message.text()
    desk.form.committee.setCurrentIndex(1)
    desk.form.write()
    (row,) = incidents.list_(street.centre)
    assert contact_codes.spoken(row["contact_code"]) in desk.view.code.text() and desk.view.code.isVisible()
    desk.view.who.setText("居委 张书记")
    qtbot.mouseClick(desk.view.step, LEFT)
    assert incidents.one(street.centre, row["id"])["notified_to"] == "居委 张书记" and not desk.view.code.isVisible()

    there = shown(qtbot, qapp, Window(committee))
    qtbot.mouseClick(there.hear, LEFT)
    (dialog,) = there.findChildren(HearDialog)
    dialog.lines["code"].setText(row["contact_code"][:5] + "X")
    dialog.lines["heard"].setText("老人走失，世纪公园")
    qtbot.mouseClick(dialog.act, LEFT)
    assert dialog.isVisible() and dialog.message.text()
    dialog.lines["code"].setText(row["contact_code"].lower())
    qtbot.mouseClick(dialog.act, LEFT)
    assert stubs.waiting(committee)[0]["id"] == row["id"] == there.view.row["id"]
    assert "老人走失" in there.view.notes.text() and there.view.step.text() == "登记“处置中”"


# ---------------------------------------------------------------- photos


def image(width: int = 3000, height: int = 2000) -> QImage:
    """Noise, which no picture compresses well."""
    across, down = width // 10, height // 10
    noise = QImage(Random(1).randbytes(across * down * 4), across, down, QImage.Format.Format_RGB32)
    return noise.scaled(width, height)


def test_a_large_picture_is_made_to_fit_and_stays_one() -> None:
    made = encoded(image())
    assert len(made) <= pictures.MOST and pictures.cleaned(made) == made
    back = QImage.fromData(made)
    assert abs(back.width() / back.height() - 1.5) < 0.01


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='file:///etc/logo.png'/></svg>"


@pytest.mark.parametrize("content", [b"MZ", SVG])
def test_a_file_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    """Neither is a drawing that calls itself one: it may name further files of this PC."""
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(UserError, match="photo-not-a-picture"):
        read(tmp_path / "x.jpg")


def test_a_picture_is_pasted_looked_at_and_taken_away(
    qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window, tmp_path: Path
) -> None:
    session = window.desk.session
    QGuiApplication.clipboard().setImage(image(300, 200))
    qtbot.mouseClick(desk.view.photos.paste, LEFT)
    (photo,) = photos.list_(session, fall)
    assert QImage.fromData(photos.open_(session, photo["id"])).width() == 300
    qtbot.mouseClick(button(desk.view.photos.shots, "查看（留痕）"), LEFT)
    (dialog,) = desk.view.findChildren(PhotoDialog)
    assert "留痕" in labels(dialog)
    dialog.accept()
    QApplication.processEvents()
    qtbot.mouseClick(button(desk.view.photos.shots, "删除"), LEFT)
    assert photos.list_(session, fall) == []


def test_a_picture_file_is_pasted_too(
    qtbot: QtBot, desk: IncidentsDesk, fall: str, window: Window, tmp_path: Path
) -> None:
    image(100, 80).save(str(tmp_path / "楼道.png"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "楼道.png"))])
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.mouseClick(desk.view.photos.paste, LEFT)
    assert len(photos.list_(window.desk.session, fall)) == 1
