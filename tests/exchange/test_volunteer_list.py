"""The volunteers' workbook out and back, whatever the cells hold and whichever program saved it last."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.domain.fields import RESIDENT
from app.domain.findings import UserError
from app.exchange import volunteer_list
from app.exchange.volunteer_list import Listed, Paper

FIELDS = tuple(RESIDENT[key] for key in ("phone", "status_since", "note"))
TITLES = {
    "number": "编号",
    "by": "填写人",
    "building": "楼号",
    "name": "姓名",
    **{each.key: each.title for each in FIELDS},
}
HEAD = 4


def paper(*rows: Listed) -> Paper:
    return Paper("l1", "c1", "核对表", "请填", TITLES, ("building", "name"), FIELDS, rows)


PEOPLE = (
    Listed("p1", ("12号", "王建国"), ("13812345678", "2020-05-01", "")),
    Listed("p2", ("12号", "=李秀英"), ("", "1958-03", "+86 58881234\n两行")),
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "名单.xlsx"


def test_what_is_written_comes_back(out: Path) -> None:
    digest = volunteer_list.write(paper(*PEOPLE), out)
    filled = volunteer_list.read(out)
    assert (filled.list, filled.committee, filled.digest, filled.listed) == ("l1", "c1", digest, PEOPLE)
    assert [row.number for row in filled.rows] == [1, 2] and filled.extra == {} and filled.by == ""
    assert filled.rows[1].cells["name"] == "=李秀英"


def test_a_program_that_writes_strings_its_own_way_changes_nothing(out: Path) -> None:
    """Shared strings, the hidden sheet only hidden, protection dropped, sheets in another order."""
    digest = volunteer_list.write(paper(*PEOPLE), out)
    book = load_workbook(out)
    book["登记"].protection.sheet = False
    book["loutu"].sheet_state = "hidden"
    book.move_sheet("loutu", -1)
    book.save(out)
    filled = volunteer_list.read(out)
    assert filled.digest == digest and filled.sheet == "登记" and len(filled.rows) == 2


def test_who_filled_it_is_read_beside_its_label(out: Path) -> None:
    volunteer_list.write(paper(*PEOPLE), out)
    book = load_workbook(out)
    book["登记"]["C3"] = "志愿者甲"
    book.save(out)
    assert volunteer_list.read(out).by == "志愿者甲"


def test_no_text_is_a_formula(out: Path) -> None:
    volunteer_list.write(paper(*PEOPLE), out)
    with zipfile.ZipFile(out) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist() if "worksheets/" in name)


def test_long_lists_of_choices_stand_in_the_hidden_sheet(out: Path) -> None:
    wide = RESIDENT["relation"]
    field = type(wide)(wide.key, wide.title, wide.type, choices=tuple(f"选择{number:03d}" for number in range(60)))
    titles = {**TITLES, "relation": wide.title}
    volunteer_list.write(
        Paper("l1", "c1", "表", "", titles, ("building", "name"), (field,), (Listed("p1", ("12号", "王"), ("",)),)), out
    )
    (rule,) = load_workbook(out)["登记"].data_validations.dataValidation
    assert rule.formula1 == "'loutu'!$C$1:$C$60"
    assert volunteer_list.read(out).listed[0].id == "p1"


def test_a_number_typed_as_text_or_with_a_point_is_the_number(out: Path) -> None:
    volunteer_list.write(paper(*PEOPLE), out)
    book = load_workbook(out)
    book["登记"].cell(HEAD + 1, 1).value = 1.0
    book["登记"].cell(HEAD + 2, 1).value = "甲"
    book.save(out)
    assert [row.number for row in volunteer_list.read(out).rows] == [1, None]


@pytest.mark.parametrize("name", ["名单.xls", "名单.csv", "名单.et"])
def test_other_kinds_of_files_are_refused_with_how_to_save_them(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UserError, match="list-type"):
        volunteer_list.read(tmp_path / name)


@pytest.mark.parametrize("line", ["", "{}", "[1]", "甲", '{"format":2}'])
def test_a_first_line_that_is_none_of_ours_is_refused(out: Path, line: str) -> None:
    volunteer_list.write(paper(*PEOPLE), out)
    book = load_workbook(out)
    book["loutu"]["A1"] = line or None
    book.save(out)
    with pytest.raises(UserError, match="list-tampered"):
        volunteer_list.read(out)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=4))
def test_whatever_people_wrote_the_list_reads_back_as_it_was_printed(
    out: Path, rows: list[tuple[str, str, str]]
) -> None:
    listed = tuple(
        Listed(f"p{number}", ("12号", name), (phone, "", note)) for number, (name, phone, note) in enumerate(rows)
    )
    digest = volunteer_list.write(paper(*listed), out)
    filled = volunteer_list.read(out)
    assert filled.digest == digest and filled.listed == listed
    for row in filled.rows:
        if row.number is not None:
            assert same(row.cells.get("note"), listed[row.number - 1].values[2])


def same(cell: Any, printed: str) -> bool:
    return " ".join(str(cell or "").split()) == " ".join(printed.split())
