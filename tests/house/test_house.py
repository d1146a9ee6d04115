"""The rules of the house that no linter knows: who writes, what is said, how long a file is."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from app import words

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
WRITERS = {
    "app/db/ledger.py", "app/db/fresh.py", "app/db/making.py", "app/db/merging.py", "app/db/forking.py",  # the one door
    "app/db/projection.py", "app/db/search.py", "app/db/checking.py",  # what it shows, made anew from entries
    "app/db/local.py", "app/db/ground.py",  # secrets of this PC and what lies under its maps, never in a bundle
}  # fmt: skip
WRITES = re.compile(r"\s*(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|REPLACE\s+INTO|DROP|ALTER)\b")
LONGEST = 350
RAISING = {"UserError", "UsageError", "Refused", "NotTrusted", "say", "Finding"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Module:
    """What the rules ask of a module: parsing and walking 500 of them takes seconds, so both are done once."""

    text: str
    said: list[str]
    """Every string that is not a docstring."""
    raised: list[str]
    """Codes of errors and sentences."""
    explained: bool
    """Begins with a docstring."""
    formats: bool
    """Holds an f-string."""


@cache
def read(path: Path) -> Module:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    said, raised, formats, waiting = [], [], False, [cast(ast.AST, tree)]
    while waiting:
        node = waiting.pop()
        inside = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Constant):
            said += [node.value] if isinstance(node.value, str) else []
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            if node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
                inside.remove(node.body[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING and node.args:
            raised += [each.value for each in node.args[:1]
                       if isinstance(each, ast.Constant) and isinstance(each.value, str)]  # fmt: skip
        formats |= isinstance(node, ast.JoinedStr)
        waiting += inside
    return Module(text, said, raised, ast.get_docstring(tree) is not None, formats)


def test_only_the_ledger_writes() -> None:
    found = {name(path) for path in SOURCES
             if "migrations" not in path.parts and any(map(WRITES.match, read(path).said))}  # fmt: skip
    assert found <= WRITERS
    assert "app/db/ledger.py" in found


def test_nothing_else_holds_sqlalchemys_own_writing_words() -> None:
    wrong = re.compile(r"\bsqlalchemy\b.*\b(insert|update|delete)\b")
    assert [name(path) for path in SOURCES if wrong.search(read(path).text)] == []


def test_every_code_that_is_raised_has_words() -> None:
    assert [(name(path), code) for path in SOURCES for code in read(path).raised if not words.knows(code)] == []


def test_words_are_templates_and_never_say_english_errors() -> None:
    for path in (ROOT / "app" / "words").glob("[a-z]*.py"):
        assert not read(path).formats, path.name
    for code, text in words._catalogue().items():
        assert re.search("[\u4e00-\u9fff：，。]", text), code


def test_a_missing_detail_never_breaks_a_message() -> None:
    for code in words._catalogue():
        assert words.say(code)


def says_why(head: str) -> bool:
    return "longer than" in head.lower() or "one long" in head


def test_a_long_file_says_why() -> None:
    texts = {name(path): read(path).text.splitlines() for path in SOURCES}
    assert [path for path, lines in texts.items() if len(lines) > LONGEST and not says_why("\n".join(lines[:10]))] == []


def test_no_machine_path_and_no_package_host() -> None:
    wrong = re.compile(r"(/(?:root|home)/|index[-]url|https?://(?!schemas\.|purl\.|www\.w3))")
    tracked = [*SOURCES, *(ROOT / "installer").glob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "pyproject.toml"]
    assert [name(path) for path in tracked if wrong.search(path.read_text("utf-8"))] == []


def test_every_module_says_why_it_exists() -> None:
    silent = [name(path) for path in SOURCES if read(path).text and not read(path).explained]
    assert silent == []
