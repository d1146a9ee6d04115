"""Lists with many people of one name: the same answers as looking at each pair, without looking at each pair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import arrival_plan, arrivals
from app.domain.arrival_plan import Earlier, Known, pair
from app.domain.differences import phone_key
from app.domain.likeness import name_key

Row = dict[str, Any]


def said(
    name: str = "旅客", day: str | None = None, phone: str = "", flight: str = "", address: str = "", who: str = ""
) -> Row:
    told = {"person_phone": phone, "transport_no": flight, "address": address, "resident": who, "arrived_on": day}
    return {"person_name": name, **{key: value for key, value in told.items() if value}}


ROWS = st.builds(
    said, st.sampled_from(["旅客", "旅 客", "王建国"]), st.sampled_from([None, "2020-05-25", "2020-05-26", "2020-05-28"]),
    st.sampled_from(["", "13900000001", "+86 139-0000-0001", "13900000002"]), st.sampled_from(["", "MU1", "mu 1", "MU2"]),
    st.sampled_from(["", "甲路1号", "甲路2号"]), st.sampled_from(["", "r1", "r2"]),
)  # fmt: skip
KNOWN = st.tuples(ROWS, st.sampled_from([arrivals.WAITED, arrivals.REASSIGNED]), st.integers(0, 40))


# ---------------------------------------------------------------- each with each, as it was meant


def parts(row: Row) -> tuple[str, ...]:
    phone, flight = row.get("person_phone"), str(row.get("transport_no") or "").upper().replace(" ", "")
    return phone_key(phone) if phone else "", flight, row.get("address", ""), row.get("resident", "")


def apart(row: Row, known: Row) -> int | None:
    days = [date.fromisoformat(each["arrived_on"]) for each in (row, known) if "arrived_on" in each]
    return abs((days[0] - days[1]).days) if len(days) == 2 else None


def score(row: Row, known: Row) -> int:
    days = apart(row, known)
    if days is not None and days > 2:
        return -9
    total = 0 if days is None else -1 if days else 1
    for one, other, same, different in zip(parts(row), parts(known), (2, 1, 2, 2), (-2, -1, -1, -2), strict=True):
        if one and other:
            total += same if one == other else different
    return total


def each_with_each(rows: Sequence[Row], known: Sequence[Known]) -> list[Known | None]:
    ranked = sorted(
        (-score(row, dict(one.values)), one.values.get("state") == arrivals.REASSIGNED, place, number)
        for place, row in enumerate(rows) for number, one in enumerate(known)
        if name_key(row["person_name"]) == name_key(one.values["person_name"])
    )  # fmt: skip
    found: list[Known | None] = [None] * len(rows)
    taken: set[str] = set()
    for worse, _, place, number in ranked:
        if worse <= -1 and found[place] is None and known[number].id not in taken:
            found[place] = known[number]
            taken.add(known[number].id)
    return found


def gainsaid(row: Row, earlier: Row) -> bool:
    told = zip(parts(row), parts(earlier), strict=True)
    return bool(apart(row, earlier)) or any(one and other and one != other for one, other in told)


def first_alike(rows: Sequence[Row], place: int) -> int | None:
    return next(
        (
            number for number, each in enumerate(rows[:place])
            if name_key(each["person_name"]) == name_key(rows[place]["person_name"]) and not gainsaid(rows[place], each)
        ),
        None,
    )  # fmt: skip


@pytest.mark.parametrize("few", [0, 10_000])
@settings(max_examples=100, deadline=None)
@given(rows=st.lists(ROWS, max_size=25), known=st.lists(KNOWN, max_size=25))
def test_pairs_are_those_of_looking_at_each_with_each(
    few: int, rows: list[Row], known: list[tuple[Row, str, int]]
) -> None:
    there = [Known("here", {**row, "state": state, "id": str(number)}) for row, state, number in known]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrival_plan, "FEW", few)
        assert pair(rows, there) == each_with_each(rows, there)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(ROWS, max_size=30))
def test_the_first_earlier_row_of_a_person_is_found(rows: list[Row]) -> None:
    earlier = Earlier()
    assert [earlier.met(row) for row in rows] == [first_alike(rows, place) for place in range(len(rows))]


def test_a_thousand_people_of_one_name_are_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [said("旅客", "2020-05-25", f"139{number:08}", "MU501", f"甲路{number}号") for number in range(1000)]
    there = [Known("here", {**row, "id": str(number)}) for number, row in enumerate(reversed(rows))]
    looked: list[None] = []
    monkeypatch.setattr(arrival_plan, "likeness", lambda *_: looked.append(None))
    found = pair(rows, there)
    assert [one is not None and one.id for one in found] == [str(999 - place) for place in range(1000)]
    assert looked == []
