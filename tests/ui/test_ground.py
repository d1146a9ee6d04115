"""What lies under a map, in a real page and through real widgets: drawn, clicked, laid, switched, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.findings import UserError
from app.domain.geometry import Plane
from app.maps import layers
from app.services import backgrounds, ground, plans
from app.services.session import Session
from app.ui import errors, scans, theme
from app.ui.desk import Desk
from app.ui.ground_page import GroundPage
from app.ui.map_ground import MapGround, Pictures
from app.ui.map_pictures import Pictures as Answers
from app.ui.map_view import MapView
from app.ui.plan_page import PlanPage
from app.ui.tasks import InlineTasks
from app.ui.tile_painter import SIZE, painted
from tests.exchange.test_tiles import PNG, mbtiles, vector
from tests.ui.pages import asked, becomes
from tests.ui.test_map_view import drawing, things_drawn

PLANE = Plane(121.53, 31.23)


def road(*points: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {
        "geometry": {"type": "LineString", "coordinates": [PLANE.at(*each) for each in points]},
        "class": "primary",
        **more,
    }


def lake(west: float, south: float, wide: float, high: float) -> dict[str, Any]:
    return {"geometry": PLANE.rectangle(west, south, wide, high), "class": "lake", "name": ""}


def scan(file: Path, wide: int = 600, high: int = 400, **words: str) -> Path:
    picture = QImage(wide, high, QImage.Format.Format_RGB32)
    picture.fill(QColor("#BFE3FF"))
    for key, value in words.items():
        picture.setText(key, value)
    assert picture.save(str(file))
    return file


@pytest.fixture
def view(qtbot: QtBot) -> MapView:
    made = MapView()
    faults: list[str] = []
    made.faulted.connect(faults.append)
    made.faults = faults  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitUntil(lambda: made.ready, timeout=20_000)
    return made


@pytest.fixture
def inline_desk(qapp: Any, session: Session) -> Desk:
    theme.apply(qapp)

    def wrong(error: Exception) -> None:
        raise error

    return Desk(
        session, InlineTasks(wrong), lambda text, batch="", act="", /: None, lambda *_, **__: None, wrong, lambda: None,
        lambda _: None,
    )  # fmt: skip


def pixel(qtbot: QtBot, view: MapView, east: float, north: float) -> str:
    """The colour on the ground's canvas at a place, "" where nothing is drawn."""
    lon, lat = PLANE.at(east, north)
    script = f"""(() => {{
      const canvas = document.querySelector('canvas.ground'); if (!canvas) return 'none';
      const at = map_page.latLngToLayerPoint([{lat}, {lon}]).subtract(L.DomUtil.getPosition(canvas)).multiplyBy(devicePixelRatio);
      const [r, g, b, a] = canvas.getContext('2d').getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data;
      return a < 250 ? '' : '#' + [r, g, b].map((each) => each.toString(16).padStart(2, '0').toUpperCase()).join('');
    }})()"""
    return str(asked(qtbot, view.page, script))


# ---------------------------------------------------------------- the page


def test_layers_are_drawn_under_the_map_where_they_lie(qtbot: QtBot, view: MapView, session: Session) -> None:
    ground.keep(session, "water", "水系", "© 测绘", [lake(-300, -100, 100, 100)])
    ground.keep(session, "roads", "道路", "© OpenStreetMap contributors", [road((-400, 200), (400, 200))])
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    view.lay(ground.shown(session))
    becomes(qtbot, view.page, "document.querySelectorAll('canvas.ground').length", 1)
    asked(qtbot, view.page, "map_page.setView([31.23, 121.53], 16, {animate: false}); 1")
    assert pixel(qtbot, view, -250, -50) == "#DCE9F2"
    assert pixel(qtbot, view, 0, 200) == "#FFFFFF"
    assert pixel(qtbot, view, 0, -200) == ""
    asked(qtbot, view.page, "map_page.setView([31.2305, 121.531], 17, {animate: false}); 1")
    assert pixel(qtbot, view, -250, -50) == "#DCE9F2"
    lies = "['tiles', 'ground', 'plan', 'overlayPane'].map((name) => getComputedStyle(map_page.getPane(name)).zIndex).join()"
    order = [int(each) for each in asked(qtbot, view.page, lies).split(",")]
    assert order == sorted(set(order))
    assert (
        asked(qtbot, view.page, "document.getElementById('credit').textContent")
        == "© 测绘　© OpenStreetMap contributors"
    )
    assert asked(qtbot, view.page, "document.querySelectorAll('.leaflet-control-attribution').length") == 0
    view.lay({"layers": [], "plans": [], "tiles": [], "source": ""})
    becomes(qtbot, view.page, "document.querySelectorAll('canvas.ground').length", 0)
    assert asked(qtbot, view.page, "document.getElementById('credit').hidden")
    assert view.faults == []  # type: ignore[attr-defined]


def test_a_ground_that_comes_before_the_first_map_is_not_lost(qtbot: QtBot, session: Session) -> None:
    ground.keep(session, "water", "水系", "", [lake(-300, -100, 600, 600)])
    early = MapView()
    qtbot.addWidget(early)
    early.lay(ground.shown(session))
    early.call("show", layers.of_drawing(drawing()))
    early.resize(600, 400)
    early.show()
    becomes(qtbot, early.page, "document.querySelectorAll('canvas.ground').length", 1)


def filled(qtbot: QtBot, view: MapView, which: str) -> float:
    return float(asked(qtbot, view.page, f"loutu.map.{which}.options.fillOpacity"))


def test_what_lies_below_shows_through_and_only_as_long_as_it_lies_there(
    qtbot: QtBot, view: MapView, session: Session
) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    alone = [filled(qtbot, view, which) for which in ("layers.get('t1')", "outlines[0]")]
    ground.keep(session, "water", "水系", "", [lake(-300, -100, 600, 600)])
    view.lay(ground.shown(session))
    becomes(qtbot, view.page, "document.querySelectorAll('canvas.ground').length", 1)
    below = [filled(qtbot, view, which) for which in ("layers.get('t1')", "outlines[0]")]
    assert below[0] < alone[0] and below[1] < alone[1]
    view.call("pick", {"marks": [], "plan": None})
    becomes(qtbot, view.page, "loutu.map.layers.get('t1').options.fillOpacity < 0.5", True)
    view.call("pick", "")
    view.lay({"layers": [], "plans": [], "tiles": [], "source": ""})
    becomes(qtbot, view.page, "document.querySelectorAll('canvas.ground').length", 0)
    assert [filled(qtbot, view, which) for which in ("layers.get('t1')", "outlines[0]")] == alone


def test_over_a_street_s_areas_the_great_roads_are_seen(qtbot: QtBot, view: MapView, session: Session) -> None:
    ground.keep(session, "roads", "道路", "", [road((-400, 200), (400, 200))])
    view.lay(ground.shown(session))
    view.call("show", {**layers.of_drawing(drawing()), "level": "street", "id": "s"})
    becomes(qtbot, view.page, "document.querySelectorAll('canvas.over-ground').length", 1)
    view.call("show", layers.of_drawing(drawing()))
    becomes(qtbot, view.page, "document.querySelectorAll('canvas.over-ground').length", 0)
    assert asked(qtbot, view.page, "document.querySelectorAll('canvas.ground').length") == 1


def test_hostile_names_and_sources_are_text(qtbot: QtBot, view: MapView, session: Session) -> None:
    hostile = "<img src=x onerror='window.hit=1'>"
    ground.keep(session, "water", "水系", hostile, [lake(-300, -100, 600, 600) | {"name": hostile}])
    view.call("show", layers.of_drawing(drawing()))
    view.lay(ground.shown(session))
    becomes(qtbot, view.page, "document.getElementById('credit').textContent", hostile)
    assert asked(qtbot, view.page, "document.querySelectorAll('#stage img').length") == 0
    assert asked(qtbot, view.page, "window.hit === undefined")


def click_at(x: int, y: int) -> str:
    return (
        "(() => { const box = map_page.getContainer(), own = box.getBoundingClientRect(); for (const kind of ['mousedown', 'mouseup', 'click'])"
        f" document.elementFromPoint(own.left + {x}, own.top + {y}).dispatchEvent(new MouseEvent(kind, {{bubbles: true, cancelable: true,"
        f" clientX: own.left + {x}, clientY: own.top + {y}}})); return map_page.containerPointToLatLng([{x}, {y}]).lng }})()"
    )


def test_a_click_that_was_asked_for_says_a_place_and_opens_nothing(qtbot: QtBot, view: MapView) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    opened: list[str] = []
    view.opened.connect(opened.append)
    script = "(() => { const p = map_page.latLngToContainerPoint(loutu.map.boundsOf('t2').getCenter()); return `${Math.round(p.x)},${Math.round(p.y)}` })()"
    x, y = map(int, asked(qtbot, view.page, script).split(","))
    view.call("pick", {"marks": [[121.53, 31.23, "1"]], "plan": None})
    becomes(qtbot, view.page, "document.querySelector('.place-mark').textContent", "1")
    with qtbot.waitSignal(view.clicked) as clicked:
        lon = asked(qtbot, view.page, click_at(x, y))
    assert clicked.args[0][0] == pytest.approx(lon)
    assert opened == []
    view.call("pick", "")
    becomes(qtbot, view.page, "document.querySelectorAll('.place-mark').length", 0)
    with qtbot.waitSignal(view.opened):
        asked(qtbot, view.page, click_at(x, y))


def test_by_keyboard_the_middle_of_the_map_is_picked(qtbot: QtBot, view: MapView) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    view.call("pick", {"marks": [], "plan": None})
    becomes(qtbot, view.page, "document.body.classList.contains('picking')", True)
    key = "map_page.getContainer().dispatchEvent(new KeyboardEvent('keydown', {{key: '{}', bubbles: true}})); map_page.getCenter().lng"
    before = asked(qtbot, view.page, "map_page.getCenter().lng")
    after = asked(qtbot, view.page, key.format("ArrowRight"))
    assert after > before
    with qtbot.waitSignal(view.clicked) as clicked:
        asked(qtbot, view.page, key.format("Enter"))
    assert clicked.args[0][0] == pytest.approx(after)


# ---------------------------------------------------------------- pictures: only what is registered


LOAD = (
    "window.loaded = {{}}; for (const a of {addresses}) {{ const i = new Image(); i.onload = () => loaded[a] = i.naturalWidth;"
    " i.onerror = () => loaded[a] = 0; i.src = a; }} 1"
)


@pytest.fixture
def served(view: MapView, session: Session, tmp_path: Path) -> tuple[MapView, dict[str, str]]:
    tiles = {(1, 0, 0): PNG, (1, 1, 0): b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"}
    kept = {
        "raster": backgrounds.keep(session, mbtiles(tmp_path / "图.mbtiles", tiles)).id,
        "vector": backgrounds.keep(session, mbtiles(tmp_path / "量.mbtiles", {(1, 0, 0): vector()})).id,
        "plan": plans.keep(session, "图", PNG, (256, 256)).id,
        "roads": ground.keep(session, "roads", "路", "", [road((0, 0), (9, 9))]).id,
    }
    view.served.pictures.source = Pictures(session, backgrounds.shelf(session))
    return view, kept


def test_pictures_that_are_registered_are_served_and_no_others(
    qtbot: QtBot, served: tuple[MapView, dict[str, str]]
) -> None:
    view, kept = served
    raster, vector_, plan, roads = (kept[each] for each in ("raster", "vector", "plan", "roads"))
    good = {
        f"loutu://map/tiles/{raster}/1/0/0": 256, f"loutu://map/tiles/{vector_}/1/0/0": SIZE,
        f"loutu://map/tiles/{vector_}/3/2/1": SIZE, f"loutu://map/plan/{plan}?2": 256,
    }  # fmt: skip
    bad = [
        f"loutu://map/tiles/{raster}/1/1/0",  # SVG in the file
        f"loutu://map/tiles/{raster}/1/0/1",  # not in the file
        f"loutu://map/tiles/{raster}/1/2/0",  # beside the world
        f"loutu://map/tiles/{raster}/1/-1/0", f"loutu://map/tiles/{raster}/-1/0/0",
        f"loutu://map/tiles/{raster}/99/0/0", f"loutu://map/tiles/{raster}/999999999/0/0",
        f"loutu://map/tiles/{raster}/1/0/0/", f"loutu://map/tiles/{raster}/1/0/0.png", f"loutu://map/tiles/{raster}/1/0",
        f"loutu://map/tiles/{raster}/1/0/%D9%A0",  # a digit, but none of ours
        f"loutu://map/tiles/{roads}/1/0/0", f"loutu://map/tiles/{plan}/1/0/0", f"loutu://map/plan/{raster}",
        "loutu://map/tiles/00000000-0000-7000-8000-000000000000/1/0/0",
        "loutu://map/plan/00000000-0000-7000-8000-000000000000",
        f"loutu://map/tiles/..%2F{raster}/1/0/0", "loutu://map/tiles/%2e%2e/%2e%2e/loutu.db/1/0/0",
        "loutu://map/plan/..%2F..%2Fkeys.json", "loutu://map/tiles", "loutu://map/plan/",
        f"loutu://other/tiles/{raster}/1/0/0", f"loutu://map.evil/plan/{plan}", "file:///etc/hostname",
    ]  # fmt: skip
    asked(qtbot, view.page, LOAD.format(addresses=[*good, *bad]))
    becomes(qtbot, view.page, "Object.keys(loaded).length", len(good) + len(bad))
    answers = {address: asked(qtbot, view.page, f"loaded['{address}']") for address in good}
    assert answers == good
    served_ = asked(qtbot, view.page, "Object.keys(loaded).filter((each) => loaded[each]).length")
    assert served_ == len(good)


def test_without_a_workspace_there_are_no_pictures(qtbot: QtBot, served: tuple[MapView, dict[str, str]]) -> None:
    view, kept = served
    view.served.pictures.source = None
    asked(qtbot, view.page, LOAD.format(addresses=[f"loutu://map/plan/{kept['plan']}"]))
    becomes(qtbot, view.page, "Object.values(loaded).join()", "0")


def test_only_pictures_are_served_as_pictures(qtbot: QtBot, served: tuple[MapView, dict[str, str]]) -> None:
    """A tile is no script, whoever asks for it."""
    view, kept = served
    script = (
        "(() => { const s = document.createElement('script'); s.onload = () => window.ran = 1; s.onerror = () => window.ran = 0;"
        f" s.src = 'loutu://map/tiles/{kept['raster']}/1/0/0'; document.body.append(s) }})(); 1"
    )
    asked(qtbot, view.page, script)
    becomes(qtbot, view.page, "window.ran", 0)
    view.faults.clear()  # type: ignore[attr-defined]  # the refusal itself is said on the page's console


def test_what_was_made_lately_is_kept_and_not_without_end(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.map_pictures.KEPT", 100)
    asked_for: list[int] = []

    class Counted:
        def tile(self, id_: str, zoom: int, x: int, y: int) -> tuple[str, bytes]:
            asked_for.append(x)
            return "image/png", bytes(40)

        def plan(self, id_: str) -> tuple[str, bytes]:
            return "text/html", b"<script>"

    answers = Answers(None)  # type: ignore[arg-type]
    answers.source = Counted()  # type: ignore[assignment]
    got: list[Any] = []
    id_ = "00000000-0000-7000-8000-000000000000"
    for x in (1, 1, 2, 3, 3, 1):
        before = len(got)
        assert answers.ask(f"/tiles/{id_}/9/{x}/0", got.append)
        qtbot.waitUntil(lambda before=before: len(got) > before)
    assert asked_for == [1, 2, 3, 1]
    assert not answers.ask("/tiles/x/9/1/0", got.append)


def test_vector_tiles_are_painted_in_quiet_colours_also_beyond_their_last_zoom(
    session: Session, tmp_path: Path
) -> None:
    kept = backgrounds.keep(session, mbtiles(tmp_path / "a.mbtiles", {(3, 1, 1): vector()}))
    shelf = backgrounds.shelf(session)
    whole = QImage.fromData(painted(shelf.tile(kept.id, 3, 1, 1)))  # type: ignore[arg-type]
    assert whole.pixelColor(40, 400).name().upper() == "#DCE9F2"  # the water lies in the south-west
    assert whole.pixelColor(400, 100).alpha() == 255 or whole.pixelColor(256, 256).name() == "#ffffff"
    assert whole.pixelColor(300, 20).alpha() == 0
    near = QImage.fromData(painted(shelf.tile(kept.id, 4, 2, 3)))  # type: ignore[arg-type]
    assert near.pixelColor(300, 480).name().upper() == "#DCE9F2"
    assert shelf.tile(kept.id, 3 + backgrounds.OVER + 1, 0, 0) is None


# ---------------------------------------------------------------- a scan


def test_a_scan_is_drawn_anew_without_what_lay_beside_it(tmp_path: Path) -> None:
    file = scan(tmp_path / "图.png", 4000, 800, Author="王建国", Comment="31.23,121.53")
    assert "王建国".encode() in file.read_bytes() or b"Author" in file.read_bytes()
    content, size = scans.read(file)
    assert size == (3000, 600)
    assert content.startswith(b"\xff\xd8\xff") and b"Author" not in content and "王建国".encode() not in content
    assert QImage.fromData(content).textKeys() == []


def test_a_pdf_s_first_page_is_a_scan(tmp_path: Path) -> None:
    writer = QPdfWriter(str(tmp_path / "图.pdf"))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    painter = QPainter(writer)
    painter.fillRect(0, 0, 4000, 4000, QColor("#123456"))
    painter.end()
    content, (wide, high) = scans.read(tmp_path / "图.pdf")
    assert high == 3000 and 2000 < wide < 2300
    assert QImage.fromData(content).pixelColor(600, 600).blue() > 60


@pytest.mark.parametrize(
    "content", [b"", b"words", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", b"%PDF-1.4 broken"]
)
@pytest.mark.parametrize("ending", [".png", ".pdf"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes, ending: str) -> None:
    file = tmp_path / f"a{ending}"
    file.write_bytes(content)
    with pytest.raises(UserError) as refused:
        scans.read(file)
    assert refused.value.code == "plan-picture"


def test_a_picture_that_says_it_is_endless_is_refused(tmp_path: Path) -> None:
    content = bytearray(PNG)
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(UserError) as refused:
        scans.read(tmp_path / "a.png")
    assert refused.value.code in ("plan-large", "plan-picture")


# ---------------------------------------------------------------- the pages


class Closing:
    """Stands for the map's desk, of which the page needs little."""

    def __init__(self) -> None:
        self.level, self.id = "committee", ""
        self.pages: list[Any] = []
        self.tools = self
        self.asked = 0

    def open_page(self, page: Any, title: str) -> None:
        self.pages.append((page, title))

    def close_page(self) -> None:
        self.pages.append(None)

    def bring_in(self) -> None:
        self.asked += 1


@pytest.fixture
def page(qtbot: QtBot, session: Session, inline_desk: Any) -> Iterator[GroundPage]:
    made = GroundPage(inline_desk, Closing())  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1100, 500)
    made.show()
    yield made
    for each in made.map_desk.pages:  # type: ignore[attr-defined]
        if each is not None:
            each[0].deleteLater()
            QCoreApplication.sendPostedEvents(
                each[0], QEvent.Type.DeferredDelete
            )  # or the page would outlive its profile


def texts(page: GroundPage, column: str) -> list[Any]:
    return [row[column] for row in page.list.rows_model.rows]


def test_an_empty_ground_says_what_to_do_first(qtbot: QtBot, page: GroundPage) -> None:
    assert page.stack.currentIndex() == 0
    qtbot.mouseClick(page.base, Qt.MouseButton.LeftButton)
    assert page.map_desk.asked == 1  # type: ignore[attr-defined]


def test_a_layer_is_switched_renamed_credited_and_made_faint(qtbot: QtBot, session: Session, page: GroundPage) -> None:
    kept = ground.keep(session, "roads", "道路", "", [road((0, 0), (9, 9))])
    page.refresh()
    assert texts(page, "kind") == ["道路"] and page.on.isChecked()
    qtbot.mouseClick(page.on, Qt.MouseButton.LeftButton, pos=QPoint(8, page.on.height() // 2))
    assert not ground.one(session, kept.id).on and texts(page, "on") == ["不显示"]
    page.source.setText("© 街道测绘")
    QTest.keyClick(page.source, Qt.Key.Key_Return)
    page.title.setText("主要道路")
    QTest.keyClick(page.title, Qt.Key.Key_Return)
    page.faint.setFocus()
    QTest.keyClick(page.faint, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: ground.one(session, kept.id).opacity == 0.9)
    layer = ground.one(session, kept.id)
    assert (layer.title, layer.source) == ("主要道路", "© 街道测绘")


def test_removing_is_asked_before(
    qtbot: QtBot, session: Session, page: GroundPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.keep(session, "roads", "道路", "", [road((0, 0), (9, 9))])
    page.refresh()
    said: list[str] = []

    def answer(_: Any, text: str, *answers: str, danger: bool = False) -> str:
        said.append(text)
        return answers[-1 if len(said) == 1 else 0]

    monkeypatch.setattr(errors, "ask", answer)
    qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    assert len(ground.layers(session)) == 1 and "道路" in said[0]
    qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    assert ground.layers(session) == [] and page.stack.currentIndex() == 0


def test_a_background_comes_in(session: Session, page: GroundPage, tmp_path: Path) -> None:
    page.add_tiles(mbtiles(tmp_path / "影像.mbtiles", {(1, 0, 0): PNG}))
    assert texts(page, "title") == ["影像"]
    assert "第 1–1 级" in texts(page, "size")[0]
    for file in (session.folder / "tiles").iterdir():
        file.unlink()
    page.refresh()
    assert texts(page, "size") == ["文件不在本机了，请移除后重新加"]


def test_three_clicks_lay_a_plan(qtbot: QtBot, session: Session, page: GroundPage, tmp_path: Path) -> None:
    page.add_plan(scan(tmp_path / "培花新村.png"))
    laying, _ = page.map_desk.pages[0]  # type: ignore[attr-defined]
    assert isinstance(laying, PlanPage) and not laying.save.isEnabled()
    laying.resize(1000, 600)
    laying.show()
    picture = laying.picture
    for x, y in ((60, 40), (540, 60), (200, 360)):
        at = picture._to_screen(x, y)
        qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at.toPoint())
        assert laying.waiting is not None
        laying.view.clicked.emit(tuple(PLANE.at(laying.waiting[0] / 4, -laying.waiting[1] / 4)))
    assert [len(laying.pairs), laying.waiting] == [3, None]
    assert "三处已经对上" in laying.said.text()
    qtbot.mouseClick(laying.save, Qt.MouseButton.LeftButton)
    (shown,) = ground.shown(session)["plans"]
    assert shown["corners"][0] == pytest.approx(PLANE.at(0, 0), abs=2e-5)
    assert isinstance(page.map_desk.pages[1][0], GroundPage)  # type: ignore[attr-defined]


def test_a_wrong_click_is_said_and_only_it_is_lost(
    qtbot: QtBot, session: Session, page: GroundPage, tmp_path: Path
) -> None:
    page.add_plan(scan(tmp_path / "图.png"))
    laying: PlanPage = page.map_desk.pages[0][0]  # type: ignore[attr-defined]
    for x, y in ((60, 40), (540, 40)):
        laying.point_in_picture(x, y)
        laying.point_on_map(*PLANE.at(x / 4, -y / 4))
    laying.point_in_picture(300, 42)
    laying.point_on_map(*PLANE.at(300 / 4, -42 / 4))
    assert "一条直线" in laying.said.text()
    assert len(laying.pairs) == 2 and laying.waiting == (300, 42) and not laying.save.isEnabled()
    laying.take_back()
    assert (laying.waiting, len(laying.pairs)) == (None, 2)
    laying.take_back()
    assert len(laying.pairs) == 1
    laying.point_on_map(121.5, 31.2)  # nothing was chosen in the picture
    assert len(laying.pairs) == 1


def test_by_keyboard_a_place_in_the_plan_is_chosen(qtbot: QtBot, page: GroundPage, tmp_path: Path) -> None:
    page.add_plan(scan(tmp_path / "图.png"))
    laying: PlanPage = page.map_desk.pages[0][0]  # type: ignore[attr-defined]
    laying.resize(1000, 600)
    laying.show()
    QTest.keyClick(laying.picture, Qt.Key.Key_Return)
    assert laying.waiting is None  # no cross yet
    QTest.keyClick(laying.picture, Qt.Key.Key_Right)
    QTest.keyClick(laying.picture, Qt.Key.Key_Return)
    assert laying.waiting is not None
    middle = laying.picture._to_picture(QPointF(laying.picture.width() / 2, laying.picture.height() / 2))
    assert laying.waiting[0] > middle.x()


def test_without_a_map_the_plan_is_laid_in_the_middle(
    qtbot: QtBot, session: Session, page: GroundPage, tmp_path: Path
) -> None:
    page.add_plan(scan(tmp_path / "图.png"))
    laying: PlanPage = page.map_desk.pages[0][0]  # type: ignore[attr-defined]
    qtbot.mouseClick(laying.upright, Qt.MouseButton.LeftButton)
    (shown,) = ground.shown(session)["plans"]
    left, right, _ = shown["corners"]
    assert left[1] == right[1] and left[0] < right[0]


def test_the_desk_sends_the_ground_once_and_again_when_it_changes(
    qtbot: QtBot, session: Session, inline_desk: Any
) -> None:
    sent: list[Any] = []

    class View:
        class served:  # noqa: N801
            class pictures:  # noqa: N801
                source: Any = None

        def lay(self, shown: Any) -> None:
            sent.append(len(shown["layers"]))

    laid = MapGround(inline_desk, View())  # type: ignore[arg-type]
    session.on_change.append(lambda changed: laid.changed() if "ground" in changed else None)
    whole = [PLANE.rectangle(-500, -500, 1000, 1000)]
    laid.shown(whole)
    assert sent == []  # nothing lies there
    kept = ground.keep(session, "roads", "路", "", [road((0, 0), (9, 9))])
    laid.shown([PLANE.rectangle(0, 0, 50, 50)])  # down: it is there already
    assert sent == [1]
    laid.shown([PLANE.rectangle(-9000, -9000, 18_000, 18_000)])
    assert sent == [1, 1]
    ground.remove(session, kept.id)
    assert sent == [1, 1, 0]
