"""画图与修改 as a person does it: real mouse and keys on the page, real files below, one 撤销 for each act."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain import footprints, geometry
from app.domain.findings import UserError
from app.domain.geometry import Geometry, Plane
from app.domain.ground import Layer, Shape
from app.maps import ground
from app.services import outlines, places, records
from app.services.session import Session
from app.ui import errors, theme
from app.ui.frame import Frame
from app.ui.map_desk import MAP, NOTHING, MapDesk
from tests.street import Street
from tests.ui.pages import asked, becomes

GROUND = Plane(121.53, 31.23)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
HOUSE = GROUND.rectangle(0, 0, 60, 12)
WHERE = "[map_page.getCenter().lat.toFixed(5), map_page.getCenter().lng.toFixed(5), map_page.getZoom()].join()"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def known(kept_session: Session, frame: Frame) -> Session:
    """培花新村 with an outline; 12号 drawn in its south-west, 13号 and 14号 without an outline."""
    frame.desks["map"].drawing.close_bar() if "map" in frame.desks else None  # type: ignore[attr-defined]
    for number in ("12号", "13号", "14号"):
        try:
            row(kept_session, number)
        except UserError:
            records.add(kept_session, "building", {"estate": "培花新村", "number": number})
    home = estate(kept_session)
    outlines.save(kept_session, "estate", home, GROUND.rectangle(-20, -20, 200, 140))
    outlines.save(kept_session, "building", row(kept_session, "12号"), HOUSE)
    for each in outlines.targets(kept_session, "estate", home):
        if each["name"] in ("13号", "14号"):
            outlines.clear(kept_session, "building", [each["id"]])
        elif each["name"] not in ("12号", "培花新村"):
            records.remove(kept_session, each["entity"], each["id"])
    return kept_session


def estate(session: Session) -> str:
    return places.resolve(session, "培花新村", "estate")[1]


def row(session: Session, number: str) -> str:
    return places.resolve(session, f"培花新村/{number}", "building")[1]


def shape(session: Session, number: str) -> Geometry | None:
    found: Geometry | None = records.show(session, "building", row(session, number)).get("geometry")
    return found


def middle(session: Session, number: str) -> tuple[float, float]:
    found = shape(session, number)
    assert found is not None
    return GROUND.metres(*geometry.middle(found))


@contextmanager
def opened(session: Session) -> Iterator[Frame]:
    """A window of its own, gone at the end before its page's profile is."""
    made = Frame(session)
    made.resize(1366, 740)
    made.show()
    made.activateWindow()
    try:
        yield made
    finally:
        made.close_session()
        made.close()
        made.deleteLater()
        QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def frame(qapp: Any, kept_session: Session) -> Iterator[Frame]:
    """One window for all tests that put back what they change: making one with its page costs a second."""
    theme.apply(qapp)
    with opened(kept_session) as made:
        yield made


class Hand:
    """Mouse and keys over the map; places are metres from the corner of 12号."""

    def __init__(self, qtbot: QtBot, frame: Frame) -> None:
        self.qtbot, self.frame = qtbot, frame
        frame.go("map")
        desk = frame.desks["map"]
        assert isinstance(desk, MapDesk)
        self.desk, self.page, self.bar = desk, desk.view.page, desk.drawing
        qtbot.waitUntil(lambda: desk.view.ready and desk.shown is not None, timeout=20_000)
        self.target = desk.view.view.focusProxy() or desk.view.view

    def start(self, level: str, id_: str, tool: str) -> None:
        self.desk.show_level(level, id_)
        self.settled()
        self.until(lambda: self.desk.shown is not None and self.desk.shown.id == id_)
        self.bar.start()
        self.take(tool)
        becomes(
            self.qtbot, self.page, "innerWidth + 'x' + innerHeight", f"{self.target.width()}x{self.target.height()}"
        )
        becomes(self.qtbot, self.page, "map_page.getSize().x", self.target.width())
        asked(
            self.qtbot,
            self.page,
            "loutu.board.sheet.fit = null; map_page.setView([31.2304, 121.5308], 18, {animate: false}); 1",
        )

    def take(self, tool: str) -> None:
        """By its button, unless it is in hand."""
        if self.bar.tool != tool:
            self.qtbot.mouseClick(self.bar.tools[tool], LEFT)
        becomes(self.qtbot, self.page, "loutu.board.mode", tool)

    def until(self, reached: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(reached, timeout=15_000)

    def next_is(self, key: str) -> None:
        """Choose for whom the next outline is, as from the list."""
        choice = self.bar.targets.choice
        choice.setCurrentIndex(choice.findData(key))
        choice.activated.emit(choice.currentIndex())

    def settled(self) -> None:
        self.until(lambda: not self.desk.desk.tasks.busy)

    def at(self, x: float, y: float) -> QPoint:
        place = json.dumps(GROUND.at(x, y))
        script = f"(() => {{ const b = loutu.board.sheet.box.getBoundingClientRect(), p = loutu.board.sheet.pixel({place}); return `${{b.left + p[0]}} ${{b.top + p[1]}}` }})()"
        left, top = map(float, asked(self.qtbot, self.page, script).split())
        return QPoint(round(left), round(top))

    def _mouse(self, kind: QEvent.Type, at: QPoint, held: Qt.MouseButton) -> None:
        button = NONE if kind == QEvent.Type.MouseMove else LEFT
        event = QMouseEvent(
            kind, QPointF(at), QPointF(self.target.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.target, event)
        asked(self.qtbot, self.page, "1")  # it was heard

    def click(self, *spots: tuple[float, float]) -> None:
        for spot in spots:
            at = self.at(*spot)
            self._mouse(QEvent.Type.MouseMove, at, NONE)
            self._mouse(QEvent.Type.MouseButtonPress, at, LEFT)
            self._mouse(QEvent.Type.MouseButtonRelease, at, NONE)

    def drag(self, start: QPoint, end: QPoint) -> None:
        self._mouse(QEvent.Type.MouseMove, start, NONE)
        self._mouse(QEvent.Type.MouseButtonPress, start, LEFT)
        for part in (0.4, 1.0):
            self._mouse(QEvent.Type.MouseMove, start + (end - start) * part, LEFT)
        self._mouse(QEvent.Type.MouseButtonRelease, end, NONE)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.target, key, modifier)
        asked(self.qtbot, self.page, "1")

    def corners(self, count: int) -> None:
        self.until(lambda: self.bar.state.corners == count)

    def chosen(self) -> None:
        self.until(lambda: self.bar.state.id != "")


@pytest.fixture
def hand(qtbot: QtBot, frame: Frame, known: Session) -> Hand:
    made = Hand(qtbot, frame)
    made.settled()
    frame.notice.hide()
    return made


def undo(hand: Hand) -> None:
    """撤销 beside the sentence that says what was done."""
    hand.qtbot.mouseClick(hand.frame.notice.undo_button, LEFT)
    hand.settled()


# ---------------------------------------------------------------- drawing


def test_three_clicks_are_a_house_and_the_next_number_is_proposed(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rectangle")
    assert hand.bar.targets.choice.currentText() == "13号"
    assert "点一面墙的一头" in hand.bar.status.text()
    where = asked(hand.qtbot, hand.page, WHERE)
    hand.click((0, 40), (60, 40))
    hand.corners(2)
    assert "进深" in hand.bar.status.text()
    hand.click((60, 52))
    hand.until(lambda: shape(known, "13号") is not None)
    hand.until(lambda: hand.bar.targets.choice.currentText() == "14号")
    assert middle(known, "13号") == pytest.approx((30, 46), abs=1.5)
    becomes(hand.qtbot, hand.page, f"loutu.map.things.get('{row(known, '13号')}').placed !== false", True)
    assert asked(hand.qtbot, hand.page, WHERE) == where  # no jump
    assert "13号的轮廓已保存" in hand.frame.notice.text.text()
    undo(hand)
    assert shape(known, "13号") is None
    hand.until(lambda: hand.bar.targets.choice.currentText() == "13号")


def test_two_houses_drawn_faster_than_they_are_written_go_to_two_numbers(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rectangle")
    square = {"act": "done", "mode": "rectangle", "id": "", "geometry": GROUND.rectangle(0, 40, 60, 12)}
    hand.bar.heard(square)
    hand.bar.heard({**square, "geometry": GROUND.rectangle(0, 80, 60, 12)})
    hand.settled()
    assert middle(known, "13号") == pytest.approx((30, 46), abs=0.5)
    assert middle(known, "14号") == pytest.approx((30, 86), abs=0.5)


def test_ctrl_z_takes_back_a_corner_first_and_then_what_was_written(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "polygon")
    hand.click((0, 40), (60, 40), (60, 60))
    hand.corners(3)
    hand.qtbot.keyClick(hand.frame, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand.corners(2)
    hand.qtbot.keyClick(hand.frame, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    hand.corners(3)
    hand.key(Qt.Key.Key_Return)
    hand.until(lambda: shape(known, "13号") is not None)
    hand.settled()
    hand.corners(0)
    hand.qtbot.keyClick(hand.frame, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand.settled()
    hand.until(lambda: shape(known, "13号") is None)


def test_escape_gives_up_the_drawing_then_the_tool_then_the_bar(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "polygon")
    hand.click((0, 40), (60, 40))
    hand.corners(2)
    hand.qtbot.keyClick(hand.frame, Qt.Key.Key_Escape)
    hand.corners(0)
    hand.qtbot.keyClick(hand.frame, Qt.Key.Key_Escape)
    hand.until(lambda: hand.bar.tool == "")
    assert (hand.bar.isVisible(), hand.desk.level) == (True, "estate")
    hand.qtbot.keyClick(hand.frame, Qt.Key.Key_Escape)
    hand.until(lambda: hand.bar.isHidden() and hand.desk.side.isVisible())
    assert hand.desk.level == "estate"


def test_a_new_number_after_the_last(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rectangle")
    hand.next_is("new:building")
    assert hand.bar.targets.name.text() == "15号"
    hand.click((0, 40), (60, 40), (60, 52))
    hand.until(lambda: hand.bar.targets.name.text() == "16号")
    hand.settled()
    assert middle(known, "15号") == pytest.approx((30, 46), abs=1.5)
    undo(hand)
    assert "15号" not in [each["name"] for each in hand.bar.rows]


def test_a_new_house_for_three_numbers_at_once(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rectangle")
    hand.next_is("new:building")
    hand.bar.targets.name.setText("14-16号")
    hand.click((0, 40), (60, 40), (60, 52))
    hand.until(lambda: hand.bar.cut is not None)
    becomes(hand.qtbot, hand.page, "loutu.board.parts.map(p => p.label).join()", "14号,15号,16号")
    hand.qtbot.mouseClick(hand.bar.numbers.turn, LEFT)
    becomes(hand.qtbot, hand.page, "loutu.board.parts.map(p => p.label).join()", "16号,15号,14号")
    hand.qtbot.keyClick(hand.bar.numbers.field, Qt.Key.Key_Return)
    hand.settled()
    assert [round(middle(known, number)[0] / 10) for number in ("16号", "15号", "14号")] == [1, 3, 5]
    undo(hand)
    assert shape(known, "14号") is None


def test_without_a_name_a_new_house_is_asked_for_one(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rectangle")
    hand.next_is("new:building")
    hand.bar.targets.name.clear()
    hand.click((0, 40), (60, 40), (60, 52))
    hand.until(lambda: "请先写" in hand.frame.notice.text.text())
    becomes(hand.qtbot, hand.page, "loutu.board.kept.length", 0)


# ---------------------------------------------------------------- correcting


def test_one_outline_is_split_into_three_numbers(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "split")
    hand.click((30, 6))
    hand.until(lambda: hand.bar.numbers.field.text() == "12号、13号")
    hand.bar.numbers.field.setText("12号、13号、14号")
    becomes(hand.qtbot, hand.page, "document.querySelectorAll('.sheet .part').length", 3)
    hand.qtbot.mouseClick(hand.bar.ready, LEFT)
    hand.until(lambda: shape(known, "14号") is not None)
    hand.settled()
    assert [round(middle(known, number)[0]) for number in ("12号", "13号", "14号")] == [10, 30, 50]
    assert "已拆成 3 个号" in hand.frame.notice.text.text()
    undo(hand)
    assert footprints.area(shape(known, "12号") or {}) == pytest.approx(720, rel=0.01)
    assert (shape(known, "13号"), shape(known, "14号")) == (None, None)


def test_a_house_is_moved_and_snaps_to_its_neighbour(hand: Hand, known: Session) -> None:
    outlines.save(known, "building", row(known, "13号"), GROUND.rectangle(0, 60, 60, 12))
    hand.settled()
    hand.start("estate", estate(known), "move")
    hand.click((30, 6))
    hand.chosen()
    hand.drag(hand.at(30, 6), hand.at(32, 53))
    hand.until(lambda: hand.bar.state.undo)
    hand.key(Qt.Key.Key_Return)
    hand.until(lambda: middle(known, "12号")[1] > 40)
    hand.settled()
    assert middle(known, "12号") == pytest.approx((30, 54), abs=0.1)  # under 13号, corner to corner
    undo(hand)
    assert middle(known, "12号") == pytest.approx((30, 6), abs=0.1)


def test_a_house_is_turned_and_the_turn_taken_back_inside(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rotate")
    hand.click((30, 6))
    hand.chosen()
    left, top = asked(
        hand.qtbot, hand.page,
        "(() => { const s = loutu.board.sheet, p = s.pixel(loutu.board.plane.degrees(loutu.board.grip.handle())), b = s.box.getBoundingClientRect(); return `${b.left + p[0]} ${b.top + p[1]}` })()",
    ).split()  # fmt: skip
    hand.drag(QPoint(round(float(left)), round(float(top))), hand.at(90, 6))
    hand.until(lambda: hand.bar.state.undo)
    hand.qtbot.mouseClick(hand.bar.undo, LEFT)
    hand.until(lambda: hand.bar.state.redo and not hand.bar.state.undo)
    hand.qtbot.mouseClick(hand.bar.redo, LEFT)
    hand.until(lambda: hand.bar.ready.isEnabled())
    hand.qtbot.mouseClick(hand.bar.ready, LEFT)
    hand.settled()
    hand.until(lambda: shape(known, "12号") != HOUSE)
    hand.settled()
    box = geometry.box([shape(known, "12号") or {}])
    assert box is not None and box.size[1] > 50 > 20 > box.size[0]  # it stands upright now


def test_a_corner_is_dragged(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "edit")
    hand.click((30, 6))
    hand.chosen()
    hand.drag(hand.at(60, 12), hand.at(60, 40))
    hand.until(lambda: hand.bar.state.undo)
    hand.qtbot.mouseClick(hand.bar.ready, LEFT)
    hand.until(lambda: shape(known, "12号") != HOUSE)
    assert footprints.area(shape(known, "12号") or {}) == pytest.approx(720 + 60 * 28 / 2, rel=0.05)


def test_the_same_house_again_twice(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "copy")
    hand.click((30, 6))
    hand.chosen()
    hand.click((30, 46))
    hand.until(lambda: shape(known, "13号") is not None)
    hand.settled()
    hand.key(Qt.Key.Key_Return)
    hand.until(lambda: shape(known, "14号") is not None)
    (x, first), (_, second) = middle(known, "13号"), middle(known, "14号")
    assert (x, first - 6) == pytest.approx((30, second - first), abs=0.3)


def test_an_outline_is_taken_away(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "clear")
    hand.click((30, 6))
    hand.until(lambda: shape(known, "12号") is None)
    hand.settled()
    undo(hand)
    assert shape(known, "12号") == HOUSE


def test_a_grey_house_of_the_base_map_is_taken_for_a_number(hand: Hand, known: Session) -> None:
    grey, layer = Shape(GROUND.rectangle(0, 60, 40, 20)), Layer("l", "footprints", "楼影", "测绘")
    hand.desk.view.call("ground", ground.payload([]))
    hand.start("estate", estate(known), "adopt")
    assert "底图上还没有楼影" in hand.bar.status.text()
    hand.desk.view.call("ground", ground.payload([(layer, [grey])]))
    becomes(hand.qtbot, hand.page, "loutu.ground.drawn.layers.length", 1)
    hand.take("rectangle")
    hand.take("adopt")
    hand.until(lambda: "灰色楼影" in hand.bar.status.text())
    hand.click((90, 70))
    hand.click((20, 70))
    hand.until(lambda: shape(known, "13号") is not None)
    assert middle(known, "13号") == pytest.approx((20, 70), abs=1)
    hand.settled()
    hand.desk.view.call("ground", ground.payload([]))


def test_unfinished_work_asks_before_it_is_left(hand: Hand, known: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.start("estate", estate(known), "polygon")
    hand.click((0, 40), (60, 40))
    hand.corners(2)
    asked_: list[str] = []
    monkeypatch.setattr(errors, "ask", lambda _, text, *answers: asked_.append(text) or answers[-1])
    hand.frame.go("today")
    assert len(asked_) == 1 and hand.frame.open_key == "map"
    monkeypatch.setattr(errors, "ask", lambda *_: "放弃")
    hand.frame.go("today")
    assert hand.frame.open_key == "today"


# ---------------------------------------------------------------- nonsense, and what anybody wrote


@pytest.mark.parametrize("said", [
    {"act": "done", "mode": "rectangle", "geometry": {"type": "Polygon", "coordinates": [[["x", 1]]]}},
    {"act": "done", "mode": "rectangle", "geometry": {"type": "Polygon", "coordinates": [[[1e9, 1], [2, 2], [3, 1]]]}},
    {"act": "done", "mode": "rectangle", "geometry": {"type": "GeometryCollection"}},
], ids=["letters", "off the earth", "another kind"])  # fmt: skip
def test_a_geometry_that_is_none_is_refused_and_nothing_is_written(
    hand: Hand, known: Session, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(errors, "present", lambda _, error: shown.append(errors.words(error)))
    hand.start("estate", estate(known), "rectangle")
    asked(hand.qtbot, hand.page, f"loutu.told.drawn({json.dumps(json.dumps(said))}); 1")
    hand.until(lambda: bool(shown))
    assert "轮廓读不了" in shown[0]
    assert shape(known, "13号") is None


@pytest.mark.parametrize("said", [
    {"act": "done", "mode": "move", "id": "__proto__", "geometry": GROUND.rectangle(0, 0, 9, 9)},
    {"act": "done", "mode": "nothing", "geometry": GROUND.rectangle(0, 0, 9, 9)},
    {"act": "done", "mode": "move", "id": ["x"], "geometry": "x"}, {"act": "picked", "id": "../12号"}, {"act": "erase"}, {},
], ids=["no thing of the map", "no tool", "no shape", "no id", "no act", "nothing"])  # fmt: skip
def test_a_message_that_is_none_does_nothing(hand: Hand, known: Session, said: dict[str, Any]) -> None:
    hand.start("estate", estate(known), "split")
    asked(hand.qtbot, hand.page, f"loutu.told.drawn({json.dumps(json.dumps(said))}); 1")
    hand.settled()
    assert shape(known, "12号") == HOUSE
    assert (shape(known, "13号"), hand.bar.cut) == (None, None)


def test_a_hostile_number_is_text_wherever_it_is_seen(hand: Hand, known: Session) -> None:
    hand.start("estate", estate(known), "rectangle")
    hand.next_is("new:building")
    hand.bar.targets.name.setText(HOSTILE)
    hand.click((0, 40), (60, 40), (60, 52))
    becomes(hand.qtbot, hand.page, "loutu.map.things.size", 4)
    hand.settled()
    assert "onerror" in hand.frame.notice.text.text()
    assert hand.frame.notice.text.textFormat() == Qt.TextFormat.PlainText
    assert asked(hand.qtbot, hand.page, "document.querySelectorAll('#stage img').length") == 0


# ---------------------------------------------------------------- who, and at which level


def test_a_page_that_draws_unasked_is_not_heard(hand: Hand, known: Session) -> None:
    hand.desk.show_level("estate", estate(known))
    hand.settled()
    hand.desk.view.drawn.emit({"act": "done", "mode": "rectangle", "geometry": GROUND.rectangle(0, 40, 60, 12)})
    hand.settled()
    assert shape(known, "13号") is None


def test_who_may_only_read_has_no_tools(hand: Hand, known: Session) -> None:
    before, known.roles = known.roles, frozenset({"leader"})
    try:
        hand.bar.start()
        assert hand.bar.isHidden()
    finally:
        known.roles = before


def test_the_estates_of_a_committee(hand: Hand, known: Session) -> None:
    hand.start("committee", known.committee_id, "polygon")
    assert hand.bar.tools["split"].isHidden()
    hand.next_is("new:estate")
    hand.bar.targets.name.setText("联洋花园")
    hand.click((0, 40), (60, 40), (60, 80))
    hand.corners(3)
    hand.key(Qt.Key.Key_Return)
    hand.until(lambda: len(places.estates(known)) == 2)
    hand.settled()
    assert hand.bar.targets.name.text() == ""
    undo(hand)
    assert len(places.estates(known)) == 1


def test_the_first_map_of_an_empty_workspace(qtbot: QtBot, session: Session) -> None:
    with opened(session) as frame:
        hand = Hand(qtbot, frame)
        qtbot.waitUntil(lambda: hand.desk.whole.currentIndex() == NOTHING)
        hand.bar.start()
        assert hand.desk.whole.currentIndex() == MAP
        becomes(qtbot, hand.page, "loutu.board.mode", "polygon")
        hand.bar.targets.name.setText("培花新村")
        becomes(qtbot, hand.page, "map_page.getZoom() > 15", True)
        spots = [QPoint(200, 150), QPoint(500, 150), QPoint(500, 350)]
        for at in spots:
            for kind, held in (
                (QEvent.Type.MouseMove, NONE),
                (QEvent.Type.MouseButtonPress, LEFT),
                (QEvent.Type.MouseButtonRelease, NONE),
            ):
                hand._mouse(kind, at, held)
        hand.corners(3)
        hand.key(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: [each["name"] for each in places.estates(session)] == ["培花新村"])
        hand.settled()
        assert "还没有真实的地图位置" in frame.notice.text.text()


def test_the_street_draws_the_boundaries_of_its_committees(qtbot: QtBot, street: Street) -> None:
    committee = street.committee(1)
    with opened(street.centre) as frame:
        hand = Hand(qtbot, frame)
        hand.bar.start()
        becomes(qtbot, hand.page, "loutu.board.mode", "polygon")
        assert [hand.bar.targets.choice.itemData(n) for n in range(hand.bar.targets.choice.count())] == [
            "",
            committee.committee_id,
        ]
        hand.bar.heard({"act": "done", "mode": "polygon", "geometry": GROUND.rectangle(0, 0, 600, 400)})
        hand.settled()
        becomes(qtbot, hand.page, f"loutu.map.things.get('{committee.committee_id}').placed !== false", True)
    street.centre = street.committees.pop()  # it was locked with its window
