"""What has no outline stands on a tidy grid: inside its estate, never on another, the same every time."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import geometry
from app.domain.geometry import Geometry, Plane
from app.maps import schematic
from app.maps.schematic import Estate, Place

GROUND = Plane(121.53, 31.23)


def buildings(count: int, name: str = "b", known: int = 0) -> list[Place]:
    made = [Place(f"{name}{number}", row=f"{number // 25}弄") for number in range(count)]
    for number, place in enumerate(made[:known]):
        place.geometry = GROUND.rectangle(20 + 40 * (number % 5), 20 + 30 * (number // 5), 28, 12)
    return made


def inside(outline: Geometry, shape: Geometry) -> bool:
    return geometry.contains(outline, *geometry.middle(shape))


def apart(one: Geometry, other: Geometry) -> bool:
    a, b = geometry.box([one]), geometry.box([other])
    assert a and b
    slack = 1e-7
    return (
        a.west >= b.east - slack or b.west >= a.east - slack or a.south >= b.north - slack or b.south >= a.north - slack
    )


@settings(deadline=None)
@given(st.lists(st.integers(0, 45), min_size=1, max_size=5))
def test_estates_without_a_map_lie_side_by_side_with_their_buildings_in_them(sizes: list[int]) -> None:
    estates = [Estate(f"e{number}", None, buildings(size, f"e{number}-")) for number, size in enumerate(sizes)]
    placed = schematic.estates(estates)
    for estate in estates:
        outline = placed.geometries[estate.id]
        assert all(inside(outline, placed.geometries[each.id]) for each in estate.buildings)
        assert all(
            apart(placed.geometries[a.id], placed.geometries[b.id]) for a, b in combinations(estate.buildings, 2)
        )
    outlines = [placed.geometries[estate.id] for estate in estates]
    assert all(apart(a, b) for a, b in combinations(outlines, 2))
    assert schematic.estates(estates) == placed


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(0, 10))
def test_inside_a_known_estate_stand_ins_lie_in_it_and_off_the_known_houses(count: int, known: int) -> None:
    outline = GROUND.rectangle(0, 0, 260, 200)
    placed = schematic.estates([Estate("e", outline, buildings(count, known=min(known, count)))])
    own = [f"b{number}" for number in range(min(known, count))]
    rest = [f"b{number}" for number in range(min(known, count), count)]
    assert placed.stand_ins == frozenset(rest)
    assert placed.geometries["e"] == outline
    assert all(inside(outline, placed.geometries[each]) for each in rest)
    assert all(apart(placed.geometries[a], placed.geometries[b]) for a in own for b in rest)


def test_an_estate_known_by_some_of_its_houses_lies_round_all_of_them() -> None:
    placed = schematic.estates([Estate("e", None, buildings(14, known=6))])
    outline = placed.geometries["e"]
    assert all(inside(outline, placed.geometries[f"b{number}"]) for number in range(14))
    assert "e" in placed.stand_ins


def test_an_outline_too_small_for_its_houses_still_shows_every_one() -> None:
    tiny = GROUND.rectangle(0, 0, 3, 3)
    placed = schematic.estates([Estate("e", tiny, buildings(30))])
    assert all(f"b{number}" in placed.geometries for number in range(30))


def test_committees_without_an_outline_lie_below_the_others_and_apart() -> None:
    known = GROUND.rectangle(0, 0, 600, 500)
    placed = schematic.committees([("a", known), *[(str(number), None) for number in range(9)]])
    assert placed.geometries["a"] == known
    assert placed.stand_ins == frozenset(str(number) for number in range(9))
    assert all(apart(a, b) for a, b in combinations(placed.geometries.values(), 2))


def test_an_outline_as_large_as_a_province_ends_too() -> None:
    """A slip of its maker; looked at in at most MOST_ACROSS² places."""
    huge = {"type": "Polygon", "coordinates": [[[0, 0], [120, 0], [120, 31], [121, 31.2], [0, 0]]]}
    placed = schematic.estates([Estate("e", huge, buildings(40))])
    assert len({str(placed.geometries[f"b{number}"]) for number in range(40)}) > 1
