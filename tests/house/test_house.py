"""The rules of the house that no linter knows: who writes, what is said, how long a file is."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from app import words

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
WRITERS = {
    "app/db/ledger.py", "app/db/fresh.py", "app/db/making.py", "app/db/merging.py", "app/db/forking.py",  # the one door
    "app/db/projection.py", "app/db/search.py", "app/db/checking.py",  # what it shows, made anew from entries
    "app/db/local.py",  # secrets of this PC, never in a bundle
}  # fmt: skip
WRITES = re.compile(r"\s*(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|REPLACE\s+INTO|DROP|ALTER)\b")
LONGEST = 350


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def texts(path: Path) -> list[str]:
    """Every string of a module that is not a docstring."""
    tree = tree_of(path)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return [node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs]  # fmt: skip


def test_only_the_ledger_writes() -> None:
    found = {name(path) for path in SOURCES if "migrations" not in path.parts and any(map(WRITES.match, texts(path)))}
    assert found <= WRITERS
    assert "app/db/ledger.py" in found


def test_nothing_else_holds_sqlalchemys_own_writing_words() -> None:
    wrong = re.compile(r"\bsqlalchemy\b.*\b(insert|update|delete)\b")
    assert [name(path) for path in SOURCES if wrong.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_code_that_is_raised_has_words(path: Path) -> None:
    raised = [
        node.args[0].value
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id in ("UserError", "UsageError", "Refused", "NotTrusted", "say", "Finding")
        and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    ]  # fmt: skip
    assert [code for code in raised if not words.knows(code)] == []


def test_words_are_templates_and_never_say_english_errors() -> None:
    for path in (ROOT / "app" / "words").glob("[a-z]*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree)), path.name
    for code, text in words._catalogue().items():
        assert re.search("[\u4e00-\u9fff：，。]", text), code


def test_a_missing_detail_never_breaks_a_message() -> None:
    for code in words._catalogue():
        assert words.say(code)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_long_file_says_why(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert (
        len(lines) <= LONGEST or "longer than" in "\n".join(lines[:10]).lower() or "one long" in "\n".join(lines[:10])
    )


def test_no_machine_path_and_no_package_host() -> None:
    wrong = re.compile(r"(/(?:root|home)/|index[-]url|https?://(?!schemas\.|purl\.|www\.w3))")
    tracked = [*SOURCES, *(ROOT / "installer").glob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "pyproject.toml"]
    assert [name(path) for path in tracked if wrong.search(path.read_text("utf-8"))] == []


def test_every_module_says_why_it_exists() -> None:
    silent = [name(path) for path in SOURCES if path.stat().st_size and not ast.get_docstring(tree_of(path))]
    assert silent == []
