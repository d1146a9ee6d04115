"""Outlines cut, turned, moved and mended: the parts make the whole, in the order in which one walks along them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import footprints, geometry
from app.domain.geometry import Geometry, GeometryError, Plane

GROUND = Plane(121.53, 31.23)
SLAB = GROUND.rectangle(0, 0, 60, 12)
L_SHAPE = {"type": "Polygon", "coordinates": [[GROUND.at(*each) for each in
           ((0, 0), (60, 0), (60, 40), (48, 40), (48, 12), (0, 12), (0, 0))]]}  # fmt: skip
BOW_TIE = {
    "type": "Polygon", "coordinates": [[GROUND.at(*each) for each in ((0, 0), (20, 20), (20, 0), (0, 20), (0, 0))]]
}  # fmt: skip
TWO = {"type": "MultiPolygon", "coordinates": [GROUND.rectangle(0, 0, 30, 12)["coordinates"],
                                               GROUND.rectangle(50, 0, 30, 12)["coordinates"]]}  # fmt: skip
WITH_COURT = {
    "type": "Polygon", "coordinates": [SLAB["coordinates"][0], GROUND.rectangle(10, 4, 40, 4)["coordinates"][0]]
}  # fmt: skip


def middles(parts: list[Geometry]) -> list[tuple[float, float]]:
    return [GROUND.metres(*geometry.middle(each)) for each in parts]


def assert_makes_up(parts: list[Geometry], whole: Geometry) -> None:
    """Together as large as the whole, each inside it, none over another."""
    size = footprints.area(whole)
    assert sum(map(footprints.area, parts)) == pytest.approx(size, rel=0.002, abs=0.5)
    for each in parts:
        assert geometry.read(each) == each
        assert footprints.shared(each, whole) > 0.98
    for one in range(len(parts)):
        for other in range(one + 1, len(parts)):
            assert footprints.shared(parts[one], parts[other]) < 0.01


# ---------------------------------------------------------------- cutting


def test_a_slab_is_cut_into_equal_parts_from_the_west() -> None:
    parts = footprints.split(SLAB, 3)
    assert [footprints.area(each) for each in parts] == pytest.approx([240] * 3, rel=0.01)
    assert [x for x, _ in middles(parts)] == pytest.approx([10, 30, 50], abs=0.1)


def test_a_house_that_stands_to_the_north_is_cut_from_the_north() -> None:
    parts = footprints.split(GROUND.rectangle(0, 0, 12, 60), 3)
    assert [y for _, y in middles(parts)] == pytest.approx([50, 30, 10], abs=0.1)


def test_a_square_is_cut_from_the_west() -> None:
    xs = [x for x, _ in middles(footprints.split(GROUND.rectangle(0, 0, 20, 20), 2))]
    assert xs == pytest.approx([5, 15], abs=0.1)


def test_the_drawing_direction_of_a_ring_changes_nothing() -> None:
    turned = {"type": "Polygon", "coordinates": [SLAB["coordinates"][0][::-1]]}
    assert sum(middles(footprints.split(turned, 4)), ()) == pytest.approx(sum(middles(footprints.split(SLAB, 4)), ()))


@pytest.mark.parametrize("shape", [L_SHAPE, WITH_COURT, TWO], ids=["L", "court", "two"])
@pytest.mark.parametrize("parts", [2, 3, 5])
def test_what_is_no_rectangle_is_cut_too(shape: Geometry, parts: int) -> None:
    assert_makes_up(footprints.split(shape, parts), shape)


def test_two_polygons_are_cut_without_counting_the_gap() -> None:
    parts = footprints.split(TWO, 4)
    assert [footprints.area(each) for each in parts] == pytest.approx([180] * 4, rel=0.01)


def test_a_point_is_where_each_part_stands() -> None:
    point = {"type": "Point", "coordinates": [121.5, 31.2]}
    assert footprints.split(point, 3) == [point] * 3


def test_what_encloses_nothing_is_given_to_each_part() -> None:
    line = {"type": "Polygon", "coordinates": [[[121.5, 31.2], [121.501, 31.2], [121.5, 31.2], [121.5, 31.2]]]}
    assert footprints.split(line, 2) == [line] * 2


def test_one_part_is_the_whole() -> None:
    assert footprints.split(L_SHAPE, 1) == [L_SHAPE]


@pytest.mark.parametrize("parts", [0, -1, footprints.MOST_PARTS + 1])
def test_a_number_of_parts_that_cannot_be(parts: int) -> None:
    with pytest.raises(ValueError, match=str(parts)):
        footprints.split(SLAB, parts)


@settings(max_examples=60, deadline=None)
@given(
    width=st.floats(8, 200), depth=st.floats(8, 40), degrees=st.floats(-180, 180), parts=st.integers(2, 8),
    notch=st.booleans(),
)  # fmt: skip
def test_parts_make_the_whole_however_the_house_stands(
    width: float, depth: float, degrees: float, parts: int, notch: bool
) -> None:
    corners = [(0, 0), (width, 0), (width, depth), (0, depth), (0, 0)]
    if notch:
        corners[2:3] = [(width, depth / 2), (width / 2, depth / 2), (width / 2, depth)]
    house = {"type": "Polygon", "coordinates": [[GROUND.at(*each) for each in corners]]}
    turned = footprints.rotated(house, degrees)
    pieces = footprints.split(turned, parts)
    assert len(pieces) == parts
    assert_makes_up(pieces, turned)
    there = middles(pieces)
    if not notch and max(width, depth) > 1.2 * min(width, depth):  # in one direction all along
        (x1, y1), (x2, y2) = there[0], there[-1]
        assert x1 < x2 if abs(x2 - x1) > 1.1 * abs(y2 - y1) else True
        assert y1 > y2 if abs(y2 - y1) > 1.1 * abs(x2 - x1) else True
        steps = [math.dist(one, other) for one, other in pairwise(there)]
        assert max(steps) - min(steps) < 0.5


# ---------------------------------------------------------------- moving, measuring, mending


@settings(max_examples=60, deadline=None)
@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(-360, 360))
def test_moved_and_turned_there_and_back(east: float, north: float, degrees: float) -> None:
    there = footprints.rotated(footprints.moved(L_SHAPE, east, north), degrees)
    assert footprints.area(there) == pytest.approx(footprints.area(L_SHAPE), rel=0.005)
    back = footprints.moved(footprints.rotated(there, -degrees), -east, -north)
    for one, other in zip(back["coordinates"][0], L_SHAPE["coordinates"][0], strict=True):
        assert math.dist(GROUND.metres(*one), GROUND.metres(*other)) < 0.1


def test_a_turn_to_the_left() -> None:
    low, high = footprints.rotated(SLAB, 90), SLAB
    assert geometry.middle(low) == pytest.approx(geometry.middle(high))
    box = geometry.box([low])
    assert box is not None and box.size == pytest.approx((12, 60), rel=0.01)
    first = GROUND.metres(*low["coordinates"][0][0])
    assert first == pytest.approx((36, -24), abs=0.1)  # the south-west corner went to the south-east


def test_areas_in_square_metres() -> None:
    assert footprints.area(SLAB) == pytest.approx(720, rel=0.002)
    assert footprints.area(WITH_COURT) == pytest.approx(560, rel=0.002)
    assert footprints.area({"type": "Point", "coordinates": [121.5, 31.2]}) == 0


def test_an_outline_that_crosses_itself_is_mended() -> None:
    assert not footprints.is_sound(BOW_TIE)
    assert footprints.is_sound(footprints.mended(BOW_TIE))
    assert footprints.area(footprints.mended(BOW_TIE)) == pytest.approx(200, rel=0.01)
    assert footprints.mended(SLAB) is SLAB


def test_what_encloses_nothing_cannot_be_mended() -> None:
    line = {"type": "Polygon", "coordinates": [[[121.5, 31.2], [121.501, 31.2], [121.5, 31.2], [121.5, 31.2]]]}
    with pytest.raises(GeometryError):
        footprints.mended(line)


def test_how_much_of_one_lies_in_another() -> None:
    half = footprints.moved(SLAB, 30, 0)
    assert footprints.shared(SLAB, half) == pytest.approx(0.5, abs=0.01)
    assert footprints.shared(SLAB, footprints.moved(SLAB, 90, 0)) == 0
    assert footprints.shared({"type": "Point", "coordinates": GROUND.at(5, 5)}, SLAB) == 1
