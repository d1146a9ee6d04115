"""Every nasty workbook is read, or refused, as it says beside the function that writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import words
from app.domain.findings import UserError
from app.exchange import rosters
from tests.exchange.nasty import CASES, Nasty, write_all
from tests.exchange.nasty_case import TODAY


def read(case: Nasty, folder: Path) -> rosters.Roster:
    path = folder / case.file
    case.write(path)
    source = rosters.Pasted(path.read_bytes().decode("utf-8")) if case.pasted else path
    return rosters.read(source, today=TODAY, **case.options)


READABLE = [case for case in CASES if not case.refused]
REFUSED = [case for case in CASES if case.refused]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_what_comes_of_it(case: Nasty, tmp_path: Path) -> None:
    roster = read(case, tmp_path)
    assert [row.values for row in roster.rows] == list(case.rows)
    assert sorted(finding.code for finding in roster.findings) == list(case.findings)
    for found in roster.findings:
        said = words.say(
            found.code, row=found.row, column=found.column, value=found.value, sheet=found.sheet, **found.details
        )
        assert said and "None" not in said


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_why_it_is_refused(case: Nasty, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(case, tmp_path)
    assert caught.value.code == case.refused
    said = words.say(caught.value.code, **caught.value.details)
    assert case.name in said and said.endswith("。")


def test_each_nasty_thing_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert len({case.file for case in CASES}) == len(CASES) > 100
    assert all(path.exists() for path in write_all(tmp_path, [case for case in CASES if case.suffix == ".csv"]))
