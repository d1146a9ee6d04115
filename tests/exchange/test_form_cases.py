"""Whatever form comes: its marks are where a person would put them, and what is not understood stays as it is."""

from __future__ import annotations

import pytest

from app.exchange import learning
from tests.exchange.form_cases import CASES, OWN, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_form_is_taken_for_what_it_is(case: Case) -> None:
    found, *_ = learning.recognise(case.book(), OWN, case.committees)
    marks = {slot.cell: slot.text for slot in found.slots if slot.text and slot.cell not in found.locked}
    assert marks == case.marks
    assert (found.unit, [note.code for note in found.notes]) == (case.unit, list(case.notes))
    if case.body is not None:
        assert found.body == case.body
    if case.emptied is not None:
        assert sorted(found.emptied) == sorted(case.emptied)
    for cell in case.unknown:
        assert [slot.text for slot in found.slots if slot.cell == cell] in ([""], []), cell
