"""A rule for a building's numbers says what people say, and never makes two doors of one name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import addresses
from app.domain.findings import UserError
from app.domain.numbering import Rule, Style, Which, doors, read


def rooms(**rule: Any) -> list[str]:
    return [door.room for door in doors(Rule(**rule))]


def test_floors_and_rooms() -> None:
    assert rooms(last=2, rooms=(3,)) == ["101", "102", "103", "201", "202", "203"]


def test_numbers_that_nobody_uses_are_skipped() -> None:
    storeys = {door.floor for door in doors(Rule(last=18, skip=frozenset({4, 13, 14})))}
    assert storeys == set(range(1, 19)) - {4, 13, 14}


def test_each_storey_may_have_its_own_count_and_the_last_holds_upwards() -> None:
    assert rooms(last=4, rooms=(1, 3, 2)) == ["101", "201", "202", "203", "301", "302", "401", "402"]


@pytest.mark.parametrize(
    ("style", "made"),
    [
        (Style.FLOOR_AND_TWO, ["101", "102", "201", "202"]),
        (Style.FLOOR_AND_ONE, ["11", "12", "21", "22"]),
        (Style.LETTERS, ["1A", "1B", "2A", "2B"]),
        (Style.COUNTED, ["1", "2", "3", "4"]),
    ],
)
def test_styles(style: Style, made: list[str]) -> None:
    assert rooms(last=2, rooms=(2,), style=style) == made


def test_only_odd_and_only_even_numbers() -> None:
    assert rooms(last=1, rooms=(3,), which=Which.ODD) == ["101", "103", "105"]
    assert rooms(last=1, rooms=(3,), which=Which.EVEN) == ["102", "104", "106"]
    assert rooms(last=2, rooms=(2,), which=Which.EVEN, style=Style.COUNTED) == ["2", "4", "6", "8"]


def test_units_have_the_same_rooms_and_a_building_of_one_unit_names_none() -> None:
    assert [(door.unit, door.room) for door in doors(Rule(last=1, units=2))] == [
        ("1", "101"), ("1", "102"), ("2", "101"), ("2", "102"),
    ]  # fmt: skip
    assert {door.unit for door in doors(Rule(last=1))} == {""}


def test_below_the_ground_rooms_keep_their_floor() -> None:
    made = doors(Rule(last=1, rooms=(2,), below=2))
    assert [(door.room, door.floor) for door in made][:4] == [("B201", -2), ("B202", -2), ("B101", -1), ("B102", -1)]


def test_shops_stand_on_the_ground_and_storeys_may_have_names() -> None:
    made = doors(Rule(first=2, last=3, rooms=(1,), shops=2, labels=((2, "夹层"), (3, "跃层"))))
    assert [(door.room, door.floor, door.floor_label, door.use) for door in made] == [
        ("商铺1", 1, "", "商铺"), ("商铺2", 1, "", "商铺"), ("201", 2, "夹层", "住宅"), ("301", 3, "跃层", "住宅"),
    ]  # fmt: skip


def test_two_rooms_made_one_take_the_place_of_the_first() -> None:
    assert rooms(last=1, rooms=(3,), merged=(("101", "102"),)) == ["101-102", "103"]


def test_what_people_type_is_read() -> None:
    typed = read(
        floors="B1－18层", rooms="2，4", skip="4、13 14", units="2", style="floor-and-two", which="odd", shops="3",
        shop_name="底商", labels="1=底层，18=跃层", merged="301-303",
    )  # fmt: skip
    assert typed == Rule(
        1, 18, (2, 4), frozenset({4, 13, 14}), 1, 2, Style.FLOOR_AND_TWO, Which.ODD, 3, "底商",
        ((1, "底层"), (18, "跃层")), (("301", "303"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"floors": "好多层"}, "generator-read"), ({"floors": "9-3"}, "generator-floors"), ({"floors": "100"}, "generator-floors"),
        ({"floors": "B9-6"}, "generator-floors"), ({"floors": "B2"}, "generator-read"), ({"rooms": "四户"}, "generator-read"),
        ({"rooms": "61"}, "generator-rooms"), ({"rooms": ""}, "generator-rooms"), ({"units": "31"}, "generator-units"),
        ({"units": "1,2"}, "generator-read"), ({"shops": "61"}, "generator-shops"), ({"shops": "2", "shop_name": "9"}, "generator-shops"),
        ({"rooms": "10", "style": "32"}, "generator-one-digit"), ({"rooms": "27", "style": "3B"}, "generator-letters"),
        ({"which": "odd", "style": "3B"}, "generator-letters"), ({"rooms": "51", "which": "odd"}, "generator-two-digits"),
        ({"labels": "底层"}, "generator-read"), ({"labels": "9=顶层"}, "generator-label"), ({"merged": "301"}, "generator-read"),
        ({"merged": "301-401"}, "generator-merged"), ({"merged": "301-309"}, "generator-merged"), ({"rooms": "0"}, "generator-nothing"),
        ({"floors": "1-99", "rooms": "40"}, "generator-many"), ({"floors": "4", "skip": "1,2,3,4"}, "generator-nothing"),
        ({"style": "罗马"}, "generator-read"), ({"floors": "1-" + "9" * 400}, "generator-read"), ({"rooms": "²"}, "generator-read"),
    ],
)  # fmt: skip
def test_what_makes_no_building_is_refused_with_a_reason(typed: dict[str, str], code: str) -> None:
    with pytest.raises(UserError) as wrong:
        read(**{"floors": "1-6", "rooms": "4", **typed})
    assert wrong.value.code == code


counts = st.lists(st.integers(0, 9), min_size=1, max_size=5).map(tuple)
rules = st.builds(
    lambda first, more, rooms, skip, below, units, style, which, shops: Rule(
        first, first + more, rooms, frozenset(skip), below, units, style,
        Which.ALL if style is Style.LETTERS else which, shops,
    ),
    st.integers(1, 40), st.integers(0, 40), counts, st.sets(st.integers(1, 80)), st.integers(0, 5), st.integers(1, 4),
    st.sampled_from(Style), st.sampled_from(Which), st.integers(0, 20),
)  # fmt: skip


@given(rules)
def test_no_two_doors_are_alike_and_none_is_missing(rule: Rule) -> None:
    try:
        made = doors(rule)
    except UserError as error:
        assert error.code in ("generator-nothing", "generator-one-digit", "generator-many")
        return
    assert len({(door.unit, door.room) for door in made}) == len(made)
    storeys = [floor for floor in range(rule.first, rule.last + 1) if floor not in rule.skip]
    wanted = [*range(-rule.below, 0), *storeys]
    assert len(made) == rule.shops + rule.units * sum(
        rule.rooms[min(n, len(rule.rooms) - 1)] for n in range(len(wanted))
    )


@given(rules)
def test_a_roster_that_comes_later_finds_every_door_and_its_floor(rule: Rule) -> None:
    try:
        made = doors(rule)
    except UserError:
        return
    for door in made:
        assert addresses.room(door.room) == (door.room, "")
        if door.use == "住宅" and (rule.style is Style.FLOOR_AND_TWO or door.floor < 0):
            assert addresses.floor_of(door.room) == door.floor
