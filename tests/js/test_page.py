"""Tests that need the real page: one page for all of them, by pointers and keys of the page's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer

from app.maps import layers, matrix_page
from app.ui.map_view import MapView
from tests.js import running
from tests.ui import test_map_view as pages

FILES = (
    "draw.test.js", "ground.test.js", "labels.test.js", "map.test.js", "matrix.test.js", "selection.test.js",
)  # fmt: skip
WAIT = 20_000  # ms


def _ask(view: MapView, script: str) -> object:
    answers: list[object] = []
    loop = QEventLoop()
    view.page.runJavaScript(script, 0, lambda found: (answers.append(found), loop.quit()))
    QTimer.singleShot(WAIT, loop, loop.quit)
    loop.exec()
    assert answers, "the page does not answer"
    return answers[0]


@pytest.fixture(scope="module")
def page(qapp: Any) -> Iterator[MapView]:
    view = MapView()
    view.resize(900, 600)
    view.show()
    loop = QEventLoop()
    view.bridge.ready_.connect(loop.quit)
    QTimer.singleShot(WAIT, loop, loop.quit)
    loop.exec()
    assert view.ready
    yield view
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(view, QEvent.Type.DeferredDelete)  # or the page would outlive its profile


@pytest.fixture(scope="module")
def asks(page: MapView) -> dict[str, running.Ask]:
    """Each file with a scope, a harness and hands of its own."""
    shown = layers.of_drawing(pages.drawing())
    made = {"SHOWN": shown, "BUILDING": matrix_page.of_matrix(pages.building())}
    given = "".join(f"const {name} = {json.dumps(value)};" for name, value in made.items())
    hands = (running.HERE / "hands.js").read_text("utf-8")
    for number, file in enumerate(FILES):
        source = "\n".join((given, running.HARNESS, hands, (running.HERE / file).read_text("utf-8")))
        assert _ask(page, f"(() => {{ {source}\nwindow.harness{number} = {{ harness, hear }}; }})(); 1") == 1, file

    def ask(number: int) -> running.Ask:
        take = f"loutu.told = harness{number}.hear;"
        return lambda script: _ask(page, f"{take} {script.replace('harness.', f'harness{number}.harness.')}")

    return {file: ask(number) for number, file in enumerate(FILES)}


@pytest.mark.parametrize(("file", "name"), running.cases(*FILES))
def test_in_the_page(asks: dict[str, running.Ask], file: str, name: str) -> None:
    running.run(asks[file], name)


def test_a_failing_test_in_the_page_is_reported(page: MapView) -> None:
    faulty = 'test("a door", () => holds(document.querySelector(".cell") === 1, "the door is shut"));'
    _ask(page, f"(() => {{ {running.HARNESS}\n{faulty}\nwindow.faulty = harness; }})(); 1")
    with pytest.raises(AssertionError, match="the door is shut"):
        running.run(lambda script: _ask(page, script.replace("harness.", "faulty.")), "a door")


def test_every_test_of_a_file_is_a_case(asks: dict[str, running.Ask]) -> None:
    for file in FILES:
        assert asks[file]("harness.tests.size") == len(running.names((running.HERE / file).read_text("utf-8"))), file
