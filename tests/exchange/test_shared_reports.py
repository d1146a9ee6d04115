"""Every workbook among the shared samples: marks are put in where it has an empty place, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.domain.findings import UserError
from app.exchange import filling, reports
from app.words import say
from tests.exchange.richbook import Parts

DATA = Path(__file__).parents[2].parent / "shared" / "data"
FILES = sorted([*DATA.glob("reports/**/*.xlsx"), *DATA.glob("rosters/**/*.xlsx")])
NO_PACKAGE = {"pass_protected.xlsx": "template-type"}
"""Files that are no package we could write into, and what is said of them."""

pytestmark = pytest.mark.skipif(not FILES, reason="the shared samples are not beside the project")


def named(file: Path) -> str:
    return file.name


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_sample_has_no_marks_of_ours(file: Path) -> None:
    with pytest.raises(UserError) as error:
        reports.scan(file)
    assert error.value.code == NO_PACKAGE.get(file.name, "template-no-marks")
    assert say(error.value.code, **error.value.details)


@pytest.mark.parametrize("file", [file for file in FILES if file.name not in NO_PACKAGE], ids=named)
def test_a_sample_with_a_mark_is_filled_and_only_its_sheet_changes(file: Path, tmp_path: Path) -> None:
    book = load_workbook(file)
    sheet = book.worksheets[0]
    row = sheet.max_row + 2
    before = {
        cell.coordinate: cell.value
        for each in sheet.iter_rows()
        for cell in each
        if cell.value is not None and cell.data_type != "f"
    }
    marked, out = tmp_path / "marked.xlsx", tmp_path / "out.xlsx"
    filling.fill_cells(
        file, marked, {sheet.title: {f"A{row}": "{{name}}", f"B{row}": "{{index}}", f"A{row + 1}": "共{{count}}人"}}
    )
    people = [{"name": f"居民{number}"} for number in range(5)]
    assert reports.fill(marked, out, once={}, rows=people, fields={"name"}) == reports.Filled(5, 11)
    parts, after = Parts.of(file), Parts.of(out)
    changed = {name for name in parts if parts[name] != after.get(name)}
    sheets = {name for name in changed if name.startswith("xl/worksheets/")}
    assert changed - sheets <= {
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/calcChain.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    }
    filled = load_workbook(out)[sheet.title]
    assert {place: filled[place].value for place in before} == before
    assert [filled.cell(row + number, 1).value for number in range(6)] == [*(each["name"] for each in people), "共5人"]
