"""A map of 5,000 buildings until it is drawn, beside a Leaflet page written by hand with the same GeoJSON, and QGIS.

All sides are processes of their own, timed from their start until two frames after the last building was added.
Repainting in other colours and a building's matrix of 40 floors are measured inside ours.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

TITLE = "map page, 5,000 buildings until drawn"
HOLD = "≤ 1.2; below QGIS; recolour < 100 ms; matrix 40 × 12 repaint < 50 ms"
ROUNDS = 11
BUILDINGS, ACROSS = 5_000, 90
WORK = Path(__file__).parents[1] / "made"
PLAIN, DRAWING, GEOJSON = WORK / "plain.html", WORK / "drawing.json", WORK / "buildings.geojson"
QGIS_SIDE = Path(__file__).parent / "qgis_side.py"
FRAMES = "requestAnimationFrame(() => requestAnimationFrame(() => { document.title = 'drawn'; }));"


def run() -> dict[str, Any]:
    WORK.mkdir(parents=True, exist_ok=True)
    PLAIN.write_text(_plain(), "utf-8")
    DRAWING.write_bytes(msgspec.json.encode(_drawing()))
    GEOJSON.write_text(json.dumps(_features()), "utf-8")
    ours, plain, qgis, repaint, matrix = [], [], [], [], []
    other = _python_of_qgis()
    for _ in range(ROUNDS):
        seconds, told = _in_a_process("ours")
        ours.append(seconds)
        repaint.append(told["repaint"])
        matrix.append(told["matrix"])
        plain.append(_in_a_process("plain")[0])
        if other:
            qgis.append(_timed_process([other, str(QGIS_SIDE), str(GEOJSON)])[0])
    return {
        "against": f"hand-written Leaflet page, same GeoJSON (QGIS: {'beside it' if qgis else 'absent'})",
        "ratio": round(statistics.median(ours) / statistics.median(plain), 2),
        "figures": {
            "ours": f"{statistics.median(ours):.2f} s", "plain": f"{statistics.median(plain):.2f} s",
            "QGIS": f"{statistics.median(qgis):.2f} s" if qgis else "absent",
            "recolour": f"{statistics.median(repaint):.0f} ms", "matrix": f"{statistics.median(matrix):.0f} ms",
        },
    }  # fmt: skip


def _python_of_qgis() -> str:
    """The system's Python, if it has QGIS; "" if not."""
    python = shutil.which("python3", path=os.defpath)
    if python and subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0:
        return python
    return ""


def _in_a_process(side: str) -> tuple[float, dict[str, float]]:
    """Seconds from start to drawn, as seen from outside, and what the process measured itself."""
    seconds, told = _timed_process([sys.executable, "-m", __name__, side])
    return seconds, json.loads(told)


def _timed_process(command: list[str]) -> tuple[float, str]:
    """Seconds until its first line, and its second one."""
    env = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        env["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu"
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "drawn\n", command
        seconds = time.perf_counter() - began
        told = child.stdout.readline()
        child.wait()
    return seconds, told


def _drawing() -> Any:
    from app.domain import maps
    from app.domain.geometry import Plane
    from app.domain.maps import Drawing, Thing

    ground = Plane(121.53, 31.23)
    things = tuple(
        Thing(f"t{n}", "building", f"{n}号", ground.rectangle(44 * (n % ACROSS), -34 * (n // ACROSS), 30, 18), f"{n}号",
              n * 7 % 61, n * 7 % 61 + 20)
        for n in range(BUILDINGS)
    )  # fmt: skip
    classes, legend = maps.legend(things, maps.ORANGE_RED)
    return Drawing("committee", "c", "街道", maps.measure("isolation"), things, (), legend, maps.total(things),
                   "2020-05-25T16:00:00+08:00", True, classes)  # fmt: skip


def _features() -> dict[str, Any]:
    from app.domain.maps import class_of

    drawing = _drawing()
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": thing.geometry,
         "properties": {"name": thing.name, "value": thing.value, "colour": class_of(thing, drawing.classes).colour}}
        for thing in drawing.things
    ]}  # fmt: skip


def _plain() -> str:
    """What a programmer would write: Leaflet, the features, one style function."""
    from app.maps import page

    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><style>{page.leaflet('leaflet.css').decode()}"
        "html,body,#map{height:100%;margin:0}</style></head><body><div id='map'></div>"
        f"<script>{page.leaflet('leaflet.js').decode()}</script><script>"
        f"const data = {json.dumps(_features())};"
        "const map = L.map('map', {preferCanvas: true});"
        "const layer = L.geoJSON(data, {style: f => ({color: '#555', weight: 1, fillColor: f.properties.colour, fillOpacity: .9}),"
        " onEachFeature: (f, l) => l.bindTooltip(f.properties.name + ' ' + f.properties.value)}).addTo(map);"
        f"map.fitBounds(layer.getBounds()); {FRAMES}</script></body></html>"
    )


# ---------------------------------------------------------------- inside the processes


def _ours() -> None:
    from PySide6.QtWidgets import QApplication

    from app.maps import layers
    from app.ui.map_view import MapView, register

    register()
    app = QApplication([])
    view = MapView()
    view.resize(1100, 700)
    view.show()
    made: Future[Any] = ThreadPoolExecutor(1).submit(_drawn)  # as the desk does, while the page is loading
    _wait(app, made.done)
    drawing, payload = made.result()
    view.call("show", payload)
    view.page.runJavaScript(FRAMES) if view.ready else view.bridge.ready_.connect(
        lambda: view.page.runJavaScript(FRAMES)
    )
    _until_drawn(app, view.page)
    print("drawn", flush=True)
    from app.maps import matrix_page  # the map is drawn without it

    colours, matrix = layers.colours_of(drawing), matrix_page.of_matrix(_matrix())
    print(json.dumps({"repaint": _timed(app, view, "paint", colours), "matrix": _repaint_matrix(app, view, matrix)}))


def _drawn() -> tuple[Any, Any]:
    from app.domain.maps import Drawing
    from app.maps import layers

    drawing = msgspec.json.decode(DRAWING.read_bytes(), type=Drawing)
    return drawing, layers.of_drawing(drawing)


def _matrix() -> Any:
    from app.maps import matrix
    from app.maps.matrix import Cell, Mark, Matrix

    cells = [
        Cell(f"{floor}-{room}", f"{floor}{room:02d}", "", floor, heads=("王建国",), people=3, marks=(Mark("isolation", 9, 14),))
        for floor in range(1, 41) for room in range(1, 13)
    ]  # fmt: skip
    return Matrix("b", "12号", *matrix.arrange(cells), len(cells), 3 * len(cells), matrix.counted(cells))


def _repaint_matrix(app: Any, view: Any, shown: Any) -> float:
    """Every cell of the matrix changes."""
    _timed(app, view, "show", shown)
    for floor in shown["floors"]:
        for cell in floor["cells"]:
            cell["marks"], cell["colour"] = [], "#2E7D4F"
    return _timed(app, view, "show", shown)


def _timed(app: Any, view: Any, name: str, payload: Any) -> float:
    """Milliseconds in the page from the call until the next frame is ready to be shown."""
    answers: list[float] = []
    text = json.dumps(payload)
    script = (
        f"(() => {{ const payload = {text}; const began = performance.now(); loutu.call('{name}', payload);"
        " map_page.getContainer().offsetHeight; document.getElementById('floors').offsetHeight;"
        " requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => {"
        " document.title = 'took ' + (performance.now() - began); }; c.port2.postMessage(0); }); })()"
    )
    view.page.titleChanged.connect(lambda title: answers.append(float(title[5:])) if title.startswith("took") else None)
    view.page.runJavaScript(script)
    _wait(app, lambda: bool(answers))
    return answers[0]


def _plain_side() -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    view = QWebEngineView()
    view.resize(1100, 700)
    view.load(QUrl.fromLocalFile(str(PLAIN)))
    view.show()
    _until_drawn(app, view.page())
    print("drawn", flush=True)
    print("{}", flush=True)
    os._exit(0)


def _until_drawn(app: Any, page: Any) -> None:
    titles: list[str] = []
    page.titleChanged.connect(titles.append)
    _wait(app, lambda: "drawn" in titles)


def _wait(app: Any, done: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not done() and time.monotonic() < until:
        app.processEvents()
    assert done()


if __name__ == "__main__":
    _ours() if sys.argv[1] == "ours" else _plain_side()
    sys.stdout.flush()
    os._exit(0)
