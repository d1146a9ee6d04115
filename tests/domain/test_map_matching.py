"""Outlines find their places by name, number and where they lie; in any order the same, and no place gets two."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.map_matching import Found, Shape, Target, match


def square(west: float, south: float = 31.2, size: float = 0.001) -> dict[str, Any]:
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def building(row: int, *numbers: str, west: float = 121.5, size: float = 0.0002, **names: str) -> Shape:
    return Shape(row, square(west, size=size), number=numbers[0] if numbers else "", numbers=numbers, **names)


def one(shape: Shape, targets: list[Target], entity: str = "building") -> Found:
    (found,) = match([shape], targets, entity)
    return found


HERE = [
    Target("a12", "c", estate="甲苑", lane="丁香路901弄", number="12号"),
    Target("a13", "c", estate="甲苑", lane="丁香路901弄", number="13号"),
    Target("a14", "c", estate="甲苑", lane="丁香路901弄", number="14号"),
    Target("b12", "c", estate="乙苑", number="12号"),
]


# ---------------------------------------------------------------- buildings


@pytest.mark.parametrize(
    ("shape", "target", "why"),
    [
        (building(1, "13号"), "a13", "match-number"), (building(1, "12号", estate="乙苑"), "b12", "match-estate"),
        (building(1, "13号", lane="丁香路901弄"), "a13", "match-lane"), (building(1, "13号", lane="901弄"), "a13", "match-alike"),
        (building(1, "12号", estate="乙苑小区"), "b12", "match-alike"), (building(1, "12号", lane="丁香路901弄"), "a12", "match-lane"),
    ],
)  # fmt: skip
def test_a_building_by_what_is_said_of_it(shape: Shape, target: str, why: str) -> None:
    found = one(shape, HERE)
    assert (found.targets, found.why) == ((target,), why)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (building(1, "12号"), "map-several"), (building(1, "99号"), "map-not-found"), (building(1), "map-no-name"),
        (building(1, "13号", lane="丁香路999弄"), "map-not-found"), (building(1, "13号", estate="丙苑"), "map-not-found"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_not_guessed(shape: Shape, problem: str) -> None:
    found = one(shape, HERE)
    assert (found.targets, found.problem) == ((), problem)


def test_a_doubt_comes_with_whom_it_may_mean() -> None:
    found = one(building(1, "12号"), HERE)
    assert [each.target for each in found.proposals[:2]] == ["b12", "a12"]
    assert {each.why for each in found.proposals[:2]} == {"match-names"}


def test_one_outline_of_several_doors_is_every_door_s() -> None:
    assert one(building(1, "12-14号", estate="甲苑"), HERE).targets == ()
    shape = Shape(1, square(121.5), estate="甲苑", number="12-14号", numbers=("12号", "13号", "14号"))
    assert one(shape, HERE).targets == ("a12", "a13", "a14")


def test_a_door_that_has_an_outline_of_its_own_keeps_it() -> None:
    shared = Shape(1, square(121.5), estate="甲苑", number="12-14号", numbers=("12号", "13号", "14号"))
    alone = building(2, "13号", estate="甲苑")
    assert [found.targets for found in match([shared, alone], HERE, "building")] == [("a12", "a14"), ("a13",)]


def test_a_place_known_under_the_whole_text_is_that_place() -> None:
    known = [*HERE, Target("a12-14", "c", estate="甲苑", number="12-14号")]
    shape = Shape(1, square(121.5), estate="甲苑", number="12-14号", numbers=("12号", "13号", "14号"))
    assert one(shape, known).targets == ("a12-14",)


def test_an_estate_s_outline_says_which_of_two_numbers_is_meant() -> None:
    known = [
        Target("a1", "c", estate="甲苑", number="1号", within=square(121.5)),
        Target("b1", "c", estate="乙苑", number="1号", within=square(121.6)),
    ]
    found = one(building(1, "1号", west=121.6003), known)
    assert (found.targets, found.why) == (("b1",), "match-inside")


def test_a_number_far_from_its_estate_is_another_s() -> None:
    known = [Target("a1", "c", estate="甲苑", number="1号", within=square(121.5))]
    found = one(building(1, "1号", west=121.52), known)
    assert (found.targets, found.problem, found.proposals[0].target) == ((), "map-elsewhere", "a1")


def test_what_lies_where_a_building_stands_is_proposed() -> None:
    known = [Target("a1", "c", estate="甲苑", number="1号", geometry=square(121.5))]
    found = one(building(1, west=121.5001, size=0.0008), known)
    assert [(each.target, each.why) for each in found.proposals] == [("a1", "match-place")]


def test_a_house_in_an_estate_is_not_proposed_as_the_estate() -> None:
    known = [Target("p", "c", "培花新村", geometry=square(121.5))]
    assert one(building(1, "7号", west=121.5003), known, "estate").proposals == ()


def test_of_two_outlines_of_one_door_the_larger_is_taken() -> None:
    small, large = building(1, "13号"), building(2, "13号", size=0.0004)
    first, second = match([small, large], HERE, "building")
    assert (first.targets, first.problem, second.targets) == ((), "map-twice", ("a13",))


def test_a_number_on_a_road_is_not_an_estate_s_unless_it_lies_there() -> None:
    far = [Target("x", "c", estate="甲苑", number="13号")]
    found = one(building(1, "13号", lane="中山东一路"), far)
    assert (found.targets, found.problem, found.proposals[0].target) == ((), "map-lane", "x")
    there = [Target("x", "c", estate="甲苑", number="13号", within=square(121.4995, 31.1995))]
    assert one(building(1, "13号", lane="中山东一路"), there).targets == ("x",)


def test_two_roads_with_one_number_do_not_draw_lots() -> None:
    known = [Target("x", "c", estate="甲苑", number="1号", within=square(121.4995, 31.1995))]
    shapes = [building(1, "1号", lane="东路"), building(2, "1号", lane="西路", size=0.0004)]
    assert [found.problem for found in match(shapes, known, "building")] == ["map-rivals", "map-rivals"]


def test_of_two_outlines_the_one_that_says_more_is_taken() -> None:
    named, bare = building(1, "13号", estate="甲苑"), building(2, "13号", size=0.0004)
    assert [found.targets for found in match([bare, named], HERE, "building")] == [(), ("a13",)]


# ---------------------------------------------------------------- estates, committees, blocks

ESTATES = [
    Target("p", "c", "培花新村", lanes=frozenset({"培花路20弄"})), Target("q", "c", "培花花园"),
    Target("m", "c", "金樽花园/金色维也纳", lanes=frozenset({"锦绣路333弄"})),
]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "target", "why"),
    [
        ({"name": "培花新村"}, "p", "match-name"), ({"name": "浦东新区培花新村"}, "p", "match-name"), ({"name": "金色维也纳"}, "m", "match-alike"),
        ({"name": "某苑", "lane": "锦绣路333弄"}, "m", "match-lane"), ({"lane": "333弄"}, "m", "match-lane"),
    ],
)  # fmt: skip
def test_an_estate_by_name_or_lane(names: dict[str, str], target: str, why: str) -> None:
    found = one(Shape(1, square(121.5), **names), ESTATES, "estate")  # type: ignore[arg-type]  # names only
    assert (found.targets, found.why) == ((target,), why)


def test_a_name_that_two_estates_may_bear_is_left_to_a_person() -> None:
    found = one(Shape(1, square(121.5), name="培花小区"), ESTATES, "estate")
    assert (found.targets, found.problem) == ((), "map-several")
    assert [each.target for each in found.proposals][:2] == ["p", "q"] or {each.target for each in found.proposals} >= {
        "p",
        "q",
    }


def test_a_slip_in_a_name_is_proposed_and_never_taken() -> None:
    found = one(Shape(1, square(121.5), name="培化新村"), ESTATES, "estate")
    assert (found.targets, found.proposals[0].target, found.proposals[0].why) == ((), "p", "match-like")


def test_of_two_estates_of_one_name_the_one_whose_committee_holds_it() -> None:
    known = [
        Target("x", "1", "甲苑", within=square(121.5, size=0.01)),
        Target("y", "2", "甲苑", within=square(121.6, size=0.01)),
    ]
    assert one(Shape(1, square(121.605), name="甲苑"), known, "estate").targets == ("y",)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({"code": "310115016009"}, "match-code"),
        ({"name": "培花新村第九居委会"}, "match-name"),
        ({"name": "培花九居委"}, "match-alike"),
    ],
)
def test_a_committee_by_code_or_name(names: dict[str, str], why: str) -> None:
    known = [
        Target("c9", "c9", "培花新村第九居委会", "310115016009"),
        Target("c8", "c8", "培花新村第八居委会", "310115016008"),
    ]
    found = one(Shape(1, square(121.5), **names), known, "committee")  # type: ignore[arg-type]  # names only
    assert (found.targets, found.why) == (("c9",), why)


def test_a_block_by_its_label_in_its_estate() -> None:
    known = [Target("b", "c", "3幢", estate="甲苑"), Target("d", "c", "3栋", estate="乙苑")]
    assert one(building(1, "3幢", estate="乙苑"), known, "block").targets == ("d",)
    assert one(building(1, "3幢"), known, "block").problem == "map-several"


# ---------------------------------------------------------------- whatever comes

shapes = st.lists(
    st.builds(
        lambda number, lane, estate, west, size: (number, lane, estate, west, size),
        st.sampled_from(["", "1号", "2号", "3号", "1-3号", "9号"]), st.sampled_from(["", "901弄", "丁香路901弄", "芳甸路77弄"]),
        st.sampled_from(["", "甲苑", "甲苑小区", "乙苑"]), st.sampled_from([121.5, 121.5003, 121.6, 121.9]), st.sampled_from([0.0002, 0.0004]),
    ),
    max_size=10,
)  # fmt: skip
KNOWN = [
    Target(f"{estate}{number}", "c", estate=estate, lane=lane, number=f"{number}号", within=square(west), geometry=square(west, size=0.0001))
    for estate, lane, west in (("甲苑", "丁香路901弄", 121.5), ("乙苑", "", 121.6)) for number in (1, 2, 3)
]  # fmt: skip


def made(told: list[tuple[str, str, str, float, float]]) -> list[Shape]:
    return [
        Shape(row, square(west, size=size), estate=estate, lane=lane, number=number,
              numbers=("1号", "2号", "3号") if "-" in number else tuple(filter(None, [number])))
        for row, (number, lane, estate, west, size) in enumerate(told, 1)
    ]  # fmt: skip


@given(shapes, st.randoms())
def test_the_order_of_outlines_changes_nothing(told: list[Any], random: Any) -> None:
    whole = made(told)
    shuffled = [*whole]
    random.shuffle(shuffled)
    targets = [*KNOWN]
    random.shuffle(targets)
    key = lambda found: found.row  # noqa: E731 -- a key
    assert sorted(match(whole, KNOWN, "building"), key=key) == sorted(match(shuffled, targets, "building"), key=key)


@given(shapes)
def test_no_place_gets_two_outlines_and_every_outline_gets_an_answer(told: list[Any]) -> None:
    found = match(made(told), KNOWN, "building")
    taken = [target for each in found for target in each.targets]
    assert len(taken) == len(set(taken))
    assert [each.row for each in found] == list(range(1, len(told) + 1))
    assert all(bool(each.targets) != bool(each.problem) for each in found)
