"""Pictures of the maps for `make_screenshots`: shading, selection, replay, drawing, importing, what lies below, wall, atlas.

Longer than most files: like the other pictures they are taken in the order in which one walks through the program.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QEventLoop,
    QIODevice,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication, QWidget

from app.domain import geometry, shading
from app.domain.geometry import Plane
from app.domain.maps import Drawing, Shading, Thing
from app.maps.matrix import Matrix
from app.services import atlas, outlines, plans, records
from app.services.atlas import Asked
from app.services.session import Session
from app.ui import scans
from app.ui.about_dialog import AboutDialog
from app.ui.atlas_dialog import AtlasDialog
from app.ui.frame import Frame
from app.ui.generator_dialog import GeneratorDialog
from app.ui.ground_page import GroundPage
from app.ui.map_desk import SIZES, MapDesk
from app.ui.map_import_page import MapImportPage
from app.ui.map_out_dialog import MapOutDialog
from app.ui.map_view import MapView
from app.ui.plan_page import PlanPage
from app.ui.wall_window import WallWindow

Picture = Callable[[str, QWidget], None]
Keep = Callable[[str, QImage], Any]
"""Writes a picture that is no widget's."""
WALL = QSize(1920, 1080)
PAGE_WIDE = {"a4": 900, "a3": 1_100}
"""Pixels of a page of the atlas as a picture."""
CLOSE = 18.75
"""Zoom at which a house of 30 m is looked at while one draws."""
SCAN = ("#5B6B7A", "#F4F1E6")
"""Ink and paper of the drawn plan."""


def settle(milliseconds: int = 200) -> None:
    """Let Qt draw."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(reached: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for the worker or the page. Raises TimeoutError: a picture of what is not there yet is worth nothing."""
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            raise TimeoutError
        settle(50)


@dataclass
class Hand:
    """The map's desk of a window, and a mouse over its page. keep: as its type says."""

    frame: Frame
    picture: Picture
    keep: Keep

    def __post_init__(self) -> None:
        if "map" not in self.frame.desks:
            self.frame.go("map")
        desk = self.frame.desks["map"]
        assert isinstance(desk, MapDesk)
        self.desk, self.view, self.bar = desk, desk.view, desk.drawing
        until(lambda: self.view.ready)

    @property
    def session(self) -> Session:
        return self.frame.session

    def done(self) -> None:
        until(lambda: not self.frame.tasks.busy)
        settle(700)  # a page draws in its own process

    def show(
        self, level: str, id_: str = "", *, colour: str = "", shading_: Shading | None = None, only: bool = False
    ) -> Any:
        """A map, and what it shows."""
        bar = self.desk.bar
        if colour:
            bar.colour.setCurrentIndex(bar.colour.findData(colour))
        bar.shading = shading_ or shading.PLAIN
        bar.only.setChecked(only)
        self.frame.go("map", level=level, id_=id_)
        self.done()
        self._send(QEvent.Type.MouseMove, QPoint(3, 3))  # nothing is pointed at
        self.desk.split.setSizes([*SIZES])
        self.desk.things.clearSelection()
        self.desk.things.scrollToTop()
        settle(200)
        self.js("if (loutu.map.drawn) { loutu.map.choose(null, false); loutu.map.whole(); } 1")
        settle(300)
        self.frame.notice.hide()
        return self.desk.shown

    def take(self, name: str, of: QWidget | None = None) -> None:
        self.picture(name, of or self.frame)

    def js(self, script: str) -> Any:
        return asked(self.view, script)

    # ---- the mouse over the page

    def at(self, place: Sequence[float]) -> QPoint:
        """Where a place (longitude, latitude) is in the page."""
        script = (
            "(() => { const b = loutu.board.sheet.box.getBoundingClientRect(), "
            f"p = loutu.board.sheet.pixel({json.dumps(list(place))}); return `${{b.left + p[0]}} ${{b.top + p[1]}}` }})()"
        )
        left, top = map(float, self.js(script).split())
        return QPoint(round(left), round(top))

    def click(self, *places: Sequence[float], last: Sequence[float] | None = None) -> None:
        """Click at places; at last the mouse stands over one more."""
        for place in places:
            at = self.at(place)
            for kind in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                self._send(kind, at)
            settle(120)
        if last is not None:
            self._send(QEvent.Type.MouseMove, self.at(last))
            settle(120)

    def _send(self, kind: QEvent.Type, at: QPoint) -> None:
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        target = self.view.view.focusProxy() or self.view.view
        button = none if kind == QEvent.Type.MouseMove else left
        held = left if kind == QEvent.Type.MouseButtonPress else none
        event = QMouseEvent(
            kind, QPointF(at), QPointF(target.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(target, event)
        self.js("1")  # it was heard


def asked(view: MapView, script: str) -> Any:
    """The value of an expression in the page."""
    answers: list[Any] = []
    view.page.runJavaScript(script, 0, answers.append)
    until(lambda: bool(answers))
    return answers[0]


# ---------------------------------------------------------------- a committee's maps


def committee(frame: Frame, outlines_file: Path, scratch: Path, picture: Picture, keep: Keep) -> None:
    """Everything that a committee does with its maps."""
    hand = Hand(frame, picture, keep)
    estate = _largest_estate(hand)
    _one_block(hand, estate)
    _estate(hand, estate)
    _chosen(hand, estate)
    _replay(hand, estate)
    _several_doors(hand, estate)
    _generator(hand, estate)
    _drawing(hand, estate)
    _import(hand, outlines_file, scratch)
    _ground(hand, estate, scratch)
    _files(hand, estate)
    _atlas(hand, estate, scratch)
    about = AboutDialog(frame)
    about.show()
    hand.take("about", about)
    about.close()


def _largest_estate(hand: Hand) -> str:
    drawing = hand.show("committee", hand.session.committee_id)
    found = [each for each in drawing.around if each.entity == "estate"]
    counted = {each.id: len(hand.show("estate", each.id).things) for each in found}
    return max(counted, key=lambda id_: counted[id_])


def _estate(hand: Hand, estate: str) -> None:
    """An estate with a block of three 号 on one footprint; per 1,000 people; only those with somebody who isolates."""
    hand.show("estate", estate, colour="elderly-alone", shading_=Shading("thousand", "quantile", (), "", "committee"))
    hand.take("map-estate")
    hand.show("estate", estate, colour="isolation", only=True)
    hand.take("map-only")
    hand.show(
        "estate", estate, colour="residents", shading_=Shading("count", "fixed", (20, 40, 60, 80), "blue", "committee")
    )
    bar = hand.desk.bar
    bar.show_popup()
    settle(400)
    _together(hand, bar.popup, bar.scale, "map-shading")
    bar.popup.hide()


def _one_block(hand: Hand, estate: str) -> None:
    """Two houses and the gap between them become one slab, which is cut into three 号 by hand; then a 幢 round it."""
    first, missing, last = _gap(hand.show("estate", estate))
    west, _, _, north = first.geometry["coordinates"][0][:4]
    _, east, upper, _ = last.geometry["coordinates"][0][:4]
    slab: geometry.Geometry = {"type": "Polygon", "coordinates": [[west, east, upper, north, west]]}
    outlines.save(hand.session, "building", first.id, slab)
    outlines.clear(hand.session, "building", [last.id])
    _draw_on(hand, geometry.middle(slab), "split")
    hand.click(geometry.middle(slab))
    hand.bar.numbers.field.setText("、".join(each.label for each in (first, missing, last)))
    settle(500)
    hand.take("map-split")
    hand.bar.ready.click()
    hand.done()
    hand.bar.close_bar()
    hand.done()
    block = outlines.create(hand.session, "block", {"estate": estate, "label": "7幢"}, slab)["ids"][0]
    for each in (first, missing, last):
        records.change(hand.session, "building", each.id, {"block": block})


def _gap(drawing: Drawing) -> tuple[Thing, Thing, Thing]:
    """The first 号 without an outline whose neighbours stand in one row, with them."""
    by_number = {int(each.label.removesuffix("号")): each for each in drawing.things}
    for number, thing in sorted(by_number.items()):
        one, other = by_number.get(number - 1), by_number.get(number + 1)
        if thing.placed or one is None or other is None or not (one.placed and other.placed):
            continue
        east, north = Plane(*geometry.middle(one.geometry)).metres(*geometry.middle(other.geometry))
        if east > 4 * abs(north):
            return one, thing, other
    raise LookupError


def _draw_on(hand: Hand, middle: Sequence[float], tool: str) -> None:
    """The drawing bar is open, the map looks closely at a place, and a tool is in hand."""
    hand.bar.start()
    hand.done()
    hand.js(
        f"loutu.board.sheet.fit = null; map_page.setView([{middle[1]}, {middle[0]}], {CLOSE}, {{animate: false}}); 1"
    )
    settle(300)
    hand.bar.choose("")
    hand.bar.tools[tool].click()
    settle(300)


def _together(hand: Hand, popup: QWidget, below: QWidget, name: str) -> None:
    """The window with what stands over it in a window of its own, under its button."""
    under, over = hand.frame.grab(), popup.grab()
    place = below.mapTo(hand.frame, QPoint(0, below.height() + 4))
    painter = QPainter(under)
    painter.drawPixmap(min(place.x(), under.width() - over.width() - 16), place.y(), over)
    painter.end()
    hand.keep(name, under.toImage())


def _chosen(hand: Hand, estate: str) -> None:
    """Five buildings for one act."""
    drawing = hand.show("estate", estate, colour="residents")
    hand.desk.selection.choose([each.id for each in drawing.things[4:9]])
    hand.done()
    hand.take("map-chosen")
    hand.desk.selection.choose([])


def _replay(hand: Hand, estate: str) -> None:
    """Two months of 居家隔离, three weeks ago."""
    hand.show("estate", estate, colour="isolation")
    hand.desk.replay.toggle()
    until(lambda: hand.desk.replay.series is not None)
    hand.done()
    hand.desk.replay.track.setValue(hand.desk.replay.track.maximum() - 9)
    settle(700)
    hand.take("map-replay")
    hand.desk.replay.close_replay()


def _several_doors(hand: Hand, estate: str) -> None:
    """Six doors of two floors chosen in a building's matrix."""
    drawing = hand.show("estate", estate, colour="isolation")
    busy = max(drawing.things, key=lambda each: each.value or 0)
    matrix = hand.show("building", busy.id, colour="residents")
    assert isinstance(matrix, Matrix)
    doors = [cell.id for floor in matrix.floors[1:3] for cell in floor.cells if cell][:6]
    hand.view.call("select", doors)
    hand.desk.acts.choose(doors)
    settle(500)
    hand.take("map-doors")
    hand.desk.acts.clear()


def _generator(hand: Hand, estate: str) -> None:
    """Six storeys of four, the fourth left out, shops below."""
    building = hand.show("estate", estate).things[5]
    dialog = GeneratorDialog(hand.desk, hand.desk.desk, building.id)
    said = {"floors": "1-12", "rooms": "4", "skip": "4", "shops": "3", "merged": "1201-1202"}
    for key, text in said.items():
        dialog.fields[key].setText(text)
    dialog.look()
    dialog.show()
    hand.take("generator", dialog)
    dialog.reject()


# ---------------------------------------------------------------- drawing and importing


def _drawing(hand: Hand, estate: str) -> None:
    """Two walls of a house are set, in the gap that another house left."""
    first, missing, last = _gap(hand.show("estate", estate, colour="residents"))
    quads = (each.geometry["coordinates"][0][:4] for each in (first, last))
    corners = [((x1 + x2) / 2, (y1 + y2) / 2) for (x1, y1), (x2, y2) in zip(*quads, strict=True)]
    _draw_on(hand, corners[1], "rectangle")
    choice = hand.bar.targets.choice
    choice.setCurrentIndex(choice.findData(missing.id))
    settle(200)
    hand.click(corners[0], corners[1], last=corners[2])
    hand.take("map-draw")
    hand.bar.choose("")
    hand.bar.close_bar()
    hand.done()


def _import(hand: Hand, outlines_file: Path, scratch: Path) -> None:
    """The demo's outlines as somebody else might call them: some names are wrong, some missing, one block has three 号."""
    start = MapImportPage(hand.desk.desk)
    hand.desk.open_page(start, "导入地图")
    settle(400)
    hand.take("map-import-start")
    told = json.loads(outlines_file.read_text("utf-8"))
    houses = [each for each in told["features"] if each["properties"]["layer"] == "buildings"]
    for number, each in enumerate(houses):
        said = each["properties"]
        del said["layer"]
        if number % 9 == 4:
            said["number"] = f"{900 + number}号"
        elif number % 13 == 6:
            said["estate"] = f"{said['estate'][:2]}小区"
        elif number % 17 == 8:
            said["number"] = ""
    file = scratch / "测绘院_楼栋.geojson"
    file.write_text(json.dumps(told | {"name": "楼栋", "features": houses}, ensure_ascii=False), "utf-8")
    start.open(file)
    until(lambda: start.plan is not None)
    hand.done()
    start.rows.tabs.setCurrentIndex(1)
    start.rows.table.selectRow(0)
    settle(300)
    hand.take("map-import")
    start.rows.choices.clear()
    hand.desk.close_page()
    hand.done()


# ---------------------------------------------------------------- what lies below


def _ground(hand: Hand, estate: str, scratch: Path) -> None:
    """A plan that somebody scanned askew, laid by three clicks; then the list of all that lies below."""
    drawing = hand.show("estate", estate)
    corners = _scan(drawing, scratch / "小区平面图.png")
    content, size = scans.read(scratch / "小区平面图.png")
    plan = plans.keep(hand.session, "小区平面图（2003年）", content, size, estate=estate, file="小区平面图.png")
    page = PlanPage(hand.desk.desk, plan, lambda: None)
    hand.desk.open_page(page, "平面图定位")
    until(lambda: page.view.ready and page.whole is not None)
    for x, y, place in corners:
        page.point_in_picture(x, y)
        page.point_on_map(*place)
    settle(1_500)
    hand.take("map-plan")
    page.keep()
    hand.frame.notice.hide()
    grounds = GroundPage(hand.desk.desk, hand.desk)
    hand.desk.open_page(grounds, "底图、背景与平面图")
    grounds.list.choose("id", plan.id)
    settle(400)
    hand.take("map-ground")
    hand.desk.close_page()
    hand.done()
    hand.show("estate", estate, colour="residents")
    settle(800)
    hand.take("map-over-plan")
    plans.ground.remove(hand.session, plan.id)


def _scan(drawing: Drawing, file: Path) -> list[tuple[float, float, tuple[float, float]]]:
    """An estate drawn by hand on yellowed paper, a few degrees askew; three of its houses in the picture and on the earth."""
    houses = [each for each in drawing.things if each.placed]
    box = geometry.box([each.geometry for each in houses])
    assert box is not None
    plane = Plane(*box.middle)
    image = QImage(1_500, 1_050, QImage.Format.Format_RGB32)
    image.fill(QColor(SCAN[1]))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(750, 525)
    painter.rotate(-6)
    (west, south), (east, north) = plane.metres(box.west, box.south), plane.metres(box.east, box.north)
    scale = min(1_250 / (east - west), 850 / (north - south))
    painter.setPen(QPen(QColor(SCAN[0]), 3))
    painter.setFont(QFont("Noto Sans CJK SC", 15))
    found: dict[str, tuple[float, float]] = {}
    for each in houses:
        ring = [plane.metres(*point) for point in each.geometry["coordinates"][0]]
        corners = QPolygonF([QPointF(x * scale, -y * scale) for x, y in ring])
        painter.drawPolygon(corners)
        painter.drawText(corners.boundingRect(), Qt.AlignmentFlag.AlignCenter, each.label or "")
        at = painter.transform().map(corners[0])
        found[each.id] = at.x(), at.y()
    painter.drawText(QRectF(-600, -500, 1_200, 60), Qt.AlignmentFlag.AlignCenter, f"{drawing.name}　总平面图")
    painter.end()
    image.save(str(file))
    east = {each.id: plane.metres(*each.geometry["coordinates"][0][0]) for each in houses}
    spread = [
        max(houses, key=lambda each: x * east[each.id][0] + y * east[each.id][1])
        for x, y in ((-1, -1), (1, -0.6), (0.2, 1))
    ]
    return [(*found[each.id], tuple(each.geometry["coordinates"][0][0])) for each in spread]


# ---------------------------------------------------------------- out


def _files(hand: Hand, estate: str) -> None:
    shown = hand.show("estate", estate, colour="elderly-alone")
    dialog = MapOutDialog(hand.desk, hand.desk.desk, shown, hand.desk.colour.currentText())
    dialog.readers.button(1).setChecked(True)
    dialog._follow()
    dialog.show()
    hand.take("map-out", dialog)
    dialog.reject()


def _atlas(hand: Hand, estate: str, scratch: Path) -> None:
    """The dialog, and pages: an estate, buildings on one sheet, a tall one."""
    hand.show("committee", hand.session.committee_id, colour="isolation")
    dialog = AtlasDialog(hand.desk, hand.desk.desk, "committee", hand.session.committee_id, colour="isolation")
    dialog.show()
    hand.take("atlas", dialog)
    dialog.reject()
    made = atlas.make(hand.session, Asked("committee", hand.session.committee_id, "isolation"))
    pages(hand, made.pdf, {"atlas-cover": 0, "atlas-committee": 1, "atlas-estate": 2, "atlas-doors": made.maps + 2})


def pages(hand: Hand, pdf: bytes, wanted: dict[str, int], wide: int = PAGE_WIDE["a4"]) -> None:
    """Pages of a paper as pictures."""
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    for name, number in wanted.items():
        size = document.pagePointSize(number)
        drawn = document.render(number, QSize(wide, round(wide * size.height() / size.width())))
        paper = QImage(drawn.size(), QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        painter = QPainter(paper)
        painter.drawImage(0, 0, drawn)
        painter.end()
        hand.keep(name, paper)
    document.close()


# ---------------------------------------------------------------- the centre


def centre(frame: Frame, picture: Picture, keep: Keep, wide: tuple[int, int], size: tuple[int, int]) -> None:
    """The street by committees and by groups, its atlas, and the wall's screen."""
    hand = Hand(frame, picture, keep)
    hand.show("street", colour="isolation")
    hand.take("map-street")
    hand.show("street", colour="elderly-alone", shading_=Shading("thousand", "quantile", (), "", "committee"))
    hand.take("map-street-rate")
    hand.show("street", colour="isolation", shading_=Shading("count", "quantile", (), "", "group"))
    hand.take("map-street-groups")
    frame.resize(*wide)
    hand.show("street", colour="isolation")
    hand.take("wide-map-street")
    frame.resize(*size)
    made = atlas.make(hand.session, Asked("street", colour="isolation", sheet="a3", buildings=False))
    pages(hand, made.pdf, {"atlas-street": 1}, PAGE_WIDE["a3"])
    _wall(hand)


def _wall(hand: Hand) -> None:
    """The slide of unvisited households."""
    wall = WallWindow(hand.desk.desk)
    wall.resize(WALL)
    wall.show()
    until(lambda: bool(wall.slides) and wall.page.map.ready)
    wall.step(next(number for number, each in enumerate(wall.slides) if each.key == "unvisited"))
    wall._hide_mouse()
    settle(2_500)
    hand.take("wall", wall)
    wall.close()
    settle(300)
