"""What is seen in a workbook's bytes and told: which formulas have no value, which cells hold an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from app.exchange.noticing import Noticed
from app.exchange.tables import open_book
from tests.exchange.rawbooks import package


def cells_seen(xml: str) -> tuple[set[bytes], set[bytes]]:
    noticed = Noticed()
    noticed.sheet("a", xml.encode())
    return noticed.unvalued.get("a", set()), noticed.errors.get("a", set())


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><f>A1+1</f></c>', '<c r="B2"><f>A1+1</f><v></v></c>', '<c r="B2"><f>A1+1</f><v/></c>',
        '<c r="B2" s="3"><f ca="1">NOW()</f><v /></c>', '<c s="3" r="B2"><f>A1</f></c>', '<c r="B2">\n <f>A1</f>\n</c>',
        '<c r="A1"><f t="shared" ref="A1:B2" si="0">C1</f><v>1</v></c><c r="B2"><f t="shared" si="0"/></c>',
    ],
)  # fmt: skip
def test_a_formula_without_a_value(cell: str) -> None:
    assert cells_seen(cell) == ({b"B2"}, set())


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><f>A1+1</f><v>0</v></c>', '<c r="B2" t="str"><f>IF(A1="","",A1)</f><v></v></c>', '<c r="B2"><v></v></c>',
        '<c r="B2" t="str"><f>A1</f></c>', '<c r="B2"/>', '<c r="B2" t="inlineStr"><is><t>&lt;f&gt;A1&lt;/f&gt;</t></is></c>',
    ],
)  # fmt: skip
def test_what_is_none(cell: str) -> None:
    assert cells_seen(cell) == (set(), set())


def test_a_piece_seen_twice_counts_once() -> None:
    noticed = Noticed()
    for _ in range(2):
        noticed.sheet("a", b'<c r="B2" t="e"><v>#N/A</v></c><c t="e" r="C2"><f>1/0</f><v>#DIV/0!</v></c>')
    assert noticed.errors == {"a": {b"B2", b"C2"}} and not noticed.unvalued


def test_each_sheet_is_told_by_its_title_and_its_first_cell(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "一"
    other = book.create_sheet("二")
    for cell in ("C10", "AA2", "D2"):
        other[cell] = "=1+1"
    book.save(tmp_path / "a.xlsx")
    (told,) = open_book(tmp_path / "a.xlsx").told
    assert (told.code, told.sheet, told.details) == ("formulas-not-calculated", "二", {"count": 3, "cell": "D2"})


def test_a_strict_workbook_is_told_by_its_title(tmp_path: Path) -> None:
    package(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><f>B1</f></c></row>', strict=True)
    assert [told.sheet for told in open_book(tmp_path / "a.xlsx").told] == ["花名册"]


def test_an_ordinary_workbook_has_nothing_to_tell(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["姓名", 1, None])
    book.save(tmp_path / "a.xlsx")
    assert open_book(tmp_path / "a.xlsx").told == ()
