"""Typst as this house uses it: data and files in memory, one font, pictures a page each."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from app import paper
from tests.sheets import reading

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><path d="M0 0h40v40H0z"/></svg>'


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A page for each word of the data, with a picture that came along."""
    path = tmp_path / "words.typ"
    path.write_text(
        '#set page(width: 100pt, height: 100pt, margin: 10pt)\n#set text(font: "Noto Sans CJK SC")\n'
        '#let data = json("data.json")\n#image("square.svg")\n'
        "#for word in data { pagebreak(weak: true); word; [#metadata(word) <word>] }\n"
        "#context [#metadata(query(<word>).len()) <count>]\n",
        "utf-8",
    )
    return path


FILES = {"square.svg": PICTURE}


def test_data_and_files_come_from_memory(template: Path, qapp: object) -> None:
    made = paper.pdf(template, ["#eval(1)", "楼图"], files=FILES)
    assert [reading.packed(page) for page in reading.pages(made)] == ["", "#eval(1)", "楼图"]
    assert sorted(path.name for path in template.parent.iterdir()) == ["words.typ"]


def test_each_page_is_a_picture(template: Path) -> None:
    for count in (0, 2):
        drawn = paper.compile_(template, ["x"] * count, format="png", ppi=72, files=FILES)
        assert len(drawn) == count + 1 and reading.grey(drawn[0]).width() == 100
    assert paper.compile_(template, [], format="svg", files=FILES)[0].startswith(b"<svg")


def test_a_template_is_asked_for_what_it_knows(template: Path) -> None:
    assert paper.query(template, ["a", "b"], "count", files=FILES) == 2


def test_a_file_that_did_not_come_along_is_a_fault(template: Path) -> None:
    with pytest.raises(typst.TypstError):
        paper.pdf(template, [])
