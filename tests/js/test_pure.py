"""Tests of functions that need no page, each reported as a case of its own; and that a failing one is reported at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.js import running

SCRIPTS = {"shapes.test.js": ("shapes.js", "steps.js")}
"""Tests -> the scripts they need."""


@pytest.fixture(scope="module")
def engines(qapp: Any) -> dict[str, running.Ask]:
    return {
        file: running.pure(*scripts, tests=(running.HERE / file).read_text("utf-8"))
        for file, scripts in SCRIPTS.items()
    }


@pytest.mark.parametrize(("file", "name"), running.cases(*SCRIPTS))
def test_script(engines: dict[str, running.Ask], file: str, name: str) -> None:
    running.run(engines[file], name)


# ---------------------------------------------------------------- the runner itself

FAULTY = """
test("what is right", () => same(1 + 1, 2));
test("what is wrong", () => same([1, 2], [1, 3]));
test("what is far", () => near([1, 2.5], [1, 2], 0.1));
test("what is not a number", () => near(NaN, 1));
test("what does not hold", () => holds(false, "the door is shut"));
test("what breaks", () => nothing.there());
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [("what is wrong", r"\[1,2\] is not \[1,3\]"), ("what is far", "not near"), ("what is not a number", "not near"),
     ("what does not hold", "the door is shut"), ("what breaks", "nothing is not defined"), ("what nobody wrote", "no test")],
)  # fmt: skip
def test_a_failing_test_is_reported_with_what_it_said(qapp: Any, name: str, said: str) -> None:
    ask = running.pure(tests=FAULTY)
    running.run(ask, "what is right")
    with pytest.raises(AssertionError, match=said):
        running.run(ask, name)


def test_a_script_that_cannot_be_read_is_an_error(qapp: Any) -> None:
    with pytest.raises(AssertionError, match="SyntaxError"):
        running.pure(tests="test(")


def test_every_test_of_a_file_is_a_case(engines: dict[str, running.Ask]) -> None:
    """None is written in a way that the runner overlooks."""
    for file, ask in engines.items():
        assert ask("[...harness.tests.keys()].length") == len(running.names((running.HERE / file).read_text("utf-8")))
