"""Runs our scripts' own tests: those of pure functions in Qt's engine, the others in the real page; one pytest case for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtQml import QJSEngine

from app.maps import page

HERE = Path(__file__).parent
HARNESS = (HERE / "harness.js").read_text("utf-8")
_NAME = re.compile(r'^test\("([^"]+)"', re.MULTILINE)

Ask = Callable[[str], object]
"""Evaluates an expression where the scripts live."""


def names(source: str) -> list[str]:
    return _NAME.findall(source)


def cases(*files: str) -> list[tuple[str, str]]:
    """(file, name of a test) of all tests in these files."""
    return [(file, name) for file in files for name in names((HERE / file).read_text("utf-8"))]


def run(ask: Ask, name: str) -> None:
    """Raises AssertionError with what the test said."""
    said = ask(f"harness.run({json.dumps(name)})")
    assert said == "", said


def pure(*scripts: str, tests: str) -> Ask:
    """Qt's engine with some of our scripts and these tests in it. Raises AssertionError for a script that cannot be read."""
    engine = QJSEngine()

    def ask(script: str) -> object:
        found = engine.evaluate(script)
        assert not found.isError(), f"{found.toString()}, line {found.property('lineNumber').toInt()}"
        return found.toVariant()

    ask("\n".join((*map(page.ours, scripts), HARNESS, tests, "this.harness = harness; 1")))  # one scope for all
    return ask
