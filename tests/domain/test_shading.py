"""Classes for counts and for rates: each figure in exactly one, limits that people set, and no word more than is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import maps, shading
from app.domain.findings import UserError
from app.domain.maps import ORANGE_RED, Drawing, Shading, Thing
from app.domain.suppression import FEW, OPEN

SHAPE = {"type": "Point", "coordinates": [121.5, 31.2]}
RATED = Shading(per="thousand")
limits = st.lists(
    st.integers(1, 100_000).map(lambda n: n / 100), min_size=1, max_size=shading.MOST_STEPS, unique=True
).map(lambda some: tuple(sorted(some)))
"""Up to four, with two decimals: more than a figure has."""
people = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 900)), min_size=1, max_size=9)
"""(of the measure, who live there) of each thing."""


def things(values: list[tuple[int | None, int]], *, until: str = "2020-05-25T09:00:00+08:00") -> list[Thing]:
    return [Thing(str(n), "building", f"{n}号", SHAPE, value=value, people=lived, until=until, lived=lived)
            for n, (value, lived) in enumerate(values)]  # fmt: skip


def drawing(some: list[Thing], asked: Shading = maps.PLAIN, **more: object) -> Drawing:
    made = Drawing("committee", "c", "居委", maps.measure("isolation"), (), (), (), None, "", shading=asked)
    return replace(made, **more).with_things(some)  # type: ignore[arg-type]


# ---------------------------------------------------------------- limits that people set


@given(limits, st.sampled_from([", ", "，", "、", " ", "; "]))
def test_limits_are_read_as_people_write_them(steps: tuple[float, ...], between: str) -> None:
    assert maps.steps_of(between.join(f"{step:g}" for step in steps)) == pytest.approx(steps, rel=1e-4)


@pytest.mark.parametrize("text", ["", "0", "5, 1", "3, 3", "1,2,3,4,5", "-1", "一", "1e3", "10000001", "1.2345", "１"])
def test_what_is_no_row_of_limits_is_said(text: str) -> None:
    with pytest.raises(UserError) as refused:
        maps.steps_of(text)
    assert refused.value.code == "map-steps"


@given(st.text(max_size=40))
def test_any_text_is_limits_or_a_refusal(text: str) -> None:
    try:
        steps = maps.steps_of(text)
    except UserError:
        return
    assert all(0 < a < b for a, b in pairwise((*steps, 2 * shading.HIGHEST))) and len(steps) <= shading.MOST_STEPS


# ---------------------------------------------------------------- every figure in one class


@given(limits, st.lists(st.integers(0, 2_000_000).map(lambda n: n / 10)))
def test_a_rate_falls_into_exactly_one_of_the_classes_that_were_set(
    steps: tuple[float, ...], rates: list[float]
) -> None:
    classes = maps.classes_for(rates, ORANGE_RED, Shading("thousand", "fixed", steps))
    for rate in rates:
        assert sum(each.low <= rate and (each.high is None or rate <= each.high) for each in classes) == 1
    for step in steps:  # what lies at a limit or above is never in the class below it
        assert all(each.high is None or each.high < step or each.low >= step for each in classes)
    assert len({each.colour for each in classes}) == len(classes)


@given(st.lists(st.integers(0, 20_000).map(lambda n: n / 10)))
def test_a_rate_falls_into_exactly_one_of_the_equal_classes(rates: list[float]) -> None:
    classes = maps.classes_for(rates, ORANGE_RED, RATED)
    for rate in rates:
        assert sum(each.low <= rate and (each.high is None or rate <= each.high) for each in classes) == 1


def test_limits_with_decimals_are_whole_for_counts_and_tenths_for_rates() -> None:
    steps = (2.5, 7.25)
    counts = maps.classes_for([1, 9], ORANGE_RED, Shading("count", "fixed", steps))
    rates = maps.classes_for([1, 9], ORANGE_RED, Shading("thousand", "fixed", steps))
    assert [(each.low, each.high) for each in counts] == [(0, 0), (1, 2), (3, 7), (8, None)]
    assert [(each.low, each.high) for each in rates] == [(0, 0), (0.1, 2.4), (2.5, 7.2), (7.3, None)]


def test_classes_that_were_set_stand_there_also_when_nothing_is_in_them() -> None:
    made = drawing(things([(0, 10), (3, 10)]), Shading(classes="fixed", steps=(2, 5, 10)))
    assert [(line.cls.low, line.count) for line in made.legend] == [(0, 1), (1, 0), (2, 1), (5, 0), (10, 0)]


def test_old_data_stays_old_in_a_class_that_was_set_and_unknown_is_never_zero() -> None:
    some = [replace(each, old=True) for each in things([(3, 10), (None, 10)])]
    made = drawing(some, Shading(classes="fixed", steps=(2,)))
    assert [thing.old for thing in made.things] == [True, True]
    assert maps.class_of(made.things[1], made.classes).kind == "unknown"


def test_a_palette_that_nobody_knows_is_refused_and_none_is_the_measure_s_own() -> None:
    with pytest.raises(UserError, match="map-palette"):
        maps.shading_for(maps.measure("isolation"), Shading(palette="rainbow"))
    assert maps.palette_of(maps.measure("overseas"), maps.PLAIN) == maps.PURPLES
    assert maps.palette_of(maps.measure("overseas"), Shading(palette="blue")) == maps.YELLOW_BLUE


# ---------------------------------------------------------------- rates


def test_of_who_lives_there_nothing_is_said_per_thousand() -> None:
    assert maps.shading_for(maps.measure("residents"), RATED).per == "count"


def test_where_nobody_lives_the_rate_is_unknown() -> None:
    some = maps.rated(things([(0, 0), (2, 0), (1, 80)]), {"0": 0, "1": 0, "2": 80})
    made = drawing(list(some), RATED)
    assert [thing.rate for thing in made.things] == [None, None, 12.5]
    assert [maps.class_of(thing, made.classes, "thousand").kind for thing in made.things] == [
        "unknown",
        "unknown",
        "range",
    ]
    assert made.total == 3


# ---------------------------------------------------------------- readers of totals


@given(people)
def test_the_map_of_rates_can_be_worked_out_from_the_two_maps_of_counts(values: list[tuple[int, int]]) -> None:
    """So it tells a reader of totals nothing that those two did not: whatever is combined, there are only two maps."""
    some = things(list(values))
    counted = maps.withheld(some)
    lived = maps.withheld([replace(each, value=each.lived) for each in some])
    expected = [
        None if a.value is None or not b.value else shading.rate(a.value, b.value)
        for a, b in zip(counted, lived, strict=True)
    ]
    shown = maps.rated_withheld(some, {each.id: each.lived for each in some})
    assert [thing.rate for thing in shown] == expected
    assert all(thing.few == (a.few or b.few) for thing, a, b in zip(shown, counted, lived, strict=True))
    assert all(thing.people is None and thing.lived is None for thing in shown)


@given(people, st.booleans(), st.booleans())
def test_a_map_for_outside_is_the_one_that_such_a_reader_would_get(
    values: list[tuple[int, int]], rated: bool, only: bool
) -> None:
    some, asked = things(list(values)), RATED if rated else maps.PLAIN
    exact = maps.rated(some, {each.id: each.lived for each in some}) if rated else tuple(some)
    shown, aside = maps.having(exact) if only else (exact, ())
    order = tuple(each.id for each in some) if only else ()
    given_out = maps.for_outside(
        drawing(list(shown), asked, aside=aside, only=only, order=order, elsewhere=3, rate=1.0)
    )
    own = maps.rated_withheld(some, {each.id: each.lived for each in some}) if rated else maps.withheld(some)
    seen = {thing.id: thing for thing in (*given_out.things, *given_out.aside)}
    assert [seen[thing.id] for thing in own] == list(own)
    assert (given_out.elsewhere, given_out.rate) == (0, None)
    small = {each.id for each in some if 0 < (each.value or 0) < FEW}
    assert small <= {thing.id for thing in given_out.things if thing.few}, "also a filter does not tell them apart"


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4), min_size=1, max_size=4))
def test_groups_do_not_tell_a_small_count_of_their_committees(groups: list[list[int]]) -> None:
    """Whoever has the map of the committees and that of the groups: every small count may still be one of three."""
    flat = [value for group in groups for value in group]
    committees = list(maps.withheld(things([(value, 500) for value in flat])))
    above = maps.withheld([
        maps.united(things([(value, 500) for value in group]), str(n), "片区", SHAPE) for n, group in enumerate(groups)
    ])  # fmt: skip
    for group, told in zip(groups, above, strict=True):
        own, committees = committees[: len(group)], committees[len(group) :]
        few = [at for at, thing in enumerate(own) if thing.few]
        if told.value is None or not few:
            continue
        shown = [_between(thing.value) for thing in own if thing.value is not None]
        low, high = _between(told.value)
        least, most = low - sum(each[1] for each in shown), high - sum(each[0] for each in shown)
        for at in few:
            possible = [count for count in range(max(0, most) + 1) if len(few) > 1 or count >= least]
            assert group[at] in possible and len(possible) >= OPEN


def _between(told: int) -> tuple[int, int]:
    """What a figure that was told may have been: rounded to fives; nothing is told of one to four."""
    return (0, 0) if told == 0 else (max(FEW, told - 2), told + 2)


# ---------------------------------------------------------------- groups, filters


def test_a_group_is_as_old_as_its_oldest_and_never_looks_complete_when_somebody_is_silent() -> None:
    fresh, silent = things([(3, 100), (None, 0)])
    older = replace(fresh, until="2020-05-20T09:00:00+08:00", old=True, placed=False)
    silent = replace(silent, until="", people=None)
    group = maps.united([fresh, older, silent], "g", "片区", SHAPE)
    assert (group.value, group.people, group.until, group.old) == (6, 200, older.until, True)
    assert (group.members, group.missing, group.placed) == (3, 1, False)
    half = maps.united([fresh, silent], "g", "片区", SHAPE)
    assert (half.old, half.missing) == (True, 1)
    assert maps.united([silent], "g", "片区", SHAPE).value is None


def test_a_filter_keeps_what_is_not_known_to_have_none() -> None:
    some = [*things([(0, 10), (2, 10), (None, 10)]), replace(things([(None, 1)])[0], id="few", few=True)]
    shown, aside = maps.having(some)
    assert [thing.id for thing in shown] == ["1", "2", "few"]
    assert [thing.id for thing in aside] == ["0"]
