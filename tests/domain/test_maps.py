"""Classes and legends hold every thing once; who may not know small counts cannot work them out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain import maps
from app.domain.findings import UserError
from app.domain.maps import ORANGE_RED, Thing
from app.domain.suppression import FEW, OPEN
from tests.conftest import NOW

SHAPE = {"type": "Point", "coordinates": [121.5, 31.2]}
counts = st.lists(st.integers(0, 4_000), max_size=80)


def things(values: list[int | None]) -> tuple[Thing, ...]:
    return tuple(
        Thing(str(number), "building", f"{number}号", SHAPE, value=value, people=None if value is None else value + 3)
        for number, value in enumerate(values)
    )


@given(counts)
def test_every_value_falls_into_exactly_one_class(values: list[int]) -> None:
    classes = maps.classes_for(values, ORANGE_RED)
    for value in values:
        fits = [c for c in classes if c.low <= value and (c.high is None or value <= c.high)]
        assert len(fits) == 1
    assert len(classes) <= 1 + len(ORANGE_RED)
    assert len({c.colour for c in classes}) == len(classes)


@given(counts)
def test_the_legend_counts_every_thing_and_person_once(values: list[int]) -> None:
    shown = things([*values, None])
    _, lines = maps.legend(shown, ORANGE_RED)
    assert sum(line.count for line in lines) == len(shown)
    told = [line.people for line in lines if line.cls.kind != "unknown"]
    assert sum(filter(None, told)) == sum(value + 3 for value in values)


@given(counts, st.integers(1, FEW - 1))
def test_small_counts_are_neither_told_nor_to_be_worked_out(others: list[int], small: int) -> None:
    values = [*others, small]
    hidden = maps.withheld(things(list(values)))
    assert all(thing.value is None or thing.value == 0 or thing.value >= FEW for thing in hidden)
    assert all(thing.people is None for thing in hidden)
    assert maps.total(hidden) is None
    _, lines = maps.legend(hidden, ORANGE_RED)
    assert all(line.people is None for line in lines)
    few = [line for line in lines if line.cls.kind == "few"]
    assert [line.count for line in few] == [sum(thing.few for thing in hidden)], "what covers them looks like them"
    assert all(hidden[at].few for at, value in enumerate(values) if 0 < value < FEW)
    assert (few[0].cls.low, few[0].cls.high) == (0, None), "the class does not say that all in it are small"


def test_numbers_in_a_legend_are_round() -> None:
    classes = maps.classes_for([22, 25, 26, 213], ORANGE_RED)
    assert [(c.low, c.high) for c in classes] == [(0, 0), (1, 24), (25, 199), (200, None)]


def test_incidents_are_counted_one_by_one_and_are_no_people() -> None:
    assert maps.measure("incidents").unit == "incidents"
    (hidden,) = maps.withheld(things([2]))
    assert (hidden.value, hidden.people, hidden.few) == (None, None, True)


def test_a_map_without_anybody_has_one_class() -> None:
    assert [c.kind for c in maps.classes_for([0, 0], ORANGE_RED)] == ["none"]


def test_data_gets_old_after_two_days_and_no_data_is_not_old() -> None:
    now = NOW()
    assert not maps.is_old((now - timedelta(hours=47)).isoformat(), now)
    assert maps.is_old((now - timedelta(hours=49)).isoformat(), now)
    assert not maps.is_old("", now)


def test_an_unknown_measure_names_those_that_there_are() -> None:
    with pytest.raises(UserError) as refused:
        maps.measure("happiness")
    assert refused.value.code == "measure-unknown"
    assert "isolation" in refused.value.details["known"]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
@example([3, 4, 4, 4, 4, 4])
@example([4, 4])
@example([1, 8, 8])
def test_a_leader_cannot_work_out_a_small_count_from_the_map_above(values: list[int]) -> None:
    """The sum above and all others here leave every small count open within at least three values.

    Rounded figures are two off at most, noughts not at all; of what is hidden a map does not say that it is small.
    """
    below = maps.withheld(things(list(values)))
    (above,) = maps.withheld(things([sum(values)]))
    few = [at for at, thing in enumerate(below) if thing.few]
    if above.value is None or not few:
        return
    shown = [thing.value for thing in below if thing.value is not None]
    off = 2 + 2 * sum(value > 0 for value in shown)
    least, most = above.value - sum(shown) - off, above.value - sum(shown) + off
    for at in few:
        possible = [count for count in range(most + 1) if len(few) > 1 or count >= least]
        assert values[at] in possible and len(possible) >= OPEN
