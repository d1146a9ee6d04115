"""Outlines are read strictly, and the little arithmetic holds for any of them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import geometry
from app.domain.geometry import GeometryError, Plane

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
RING = {
    "type": "Polygon",
    "coordinates": [SQUARE["coordinates"][0], [[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5], [0.5, 0.5]]],
}
TWO = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]}


def polygon(ring: Any) -> Any:
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize("value", [SQUARE, RING, TWO, {"type": "Point", "coordinates": [121.5, 31.2]}])
def test_what_is_a_geometry_is_kept(value: Any) -> None:
    assert geometry.read(value)["type"] == value["type"]


def test_an_open_ring_is_closed_and_further_members_are_dropped() -> None:
    kept = geometry.read({**polygon([[0, 0, 9], [1, 0], [1, 1]]), "note": "<script>"})
    assert kept == {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


@pytest.mark.parametrize(
    "value",
    [
        None, "Polygon", {}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": []}, polygon([[0, 0], [1, 1]]),
        polygon([[0, 0], [1, "1"], [1, 1], [0, 0]]), polygon([[0, 0], [1, True], [1, 1]]), polygon([[0, 0], [181, 0], [1, 1]]),
        polygon([[0, 0], [1, 91], [1, 1]]), polygon([[0, 0], [float("nan"), 0], [1, 1]]), polygon([[0], [1, 1], [2, 2]]),
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, {"type": "MultiPolygon", "coordinates": []},
        polygon([[0.0, 0.0]] * (geometry.MOST_POINTS + 1)),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(value: Any) -> None:
    with pytest.raises(GeometryError):
        geometry.read(value)


def test_inside_a_ring_is_outside() -> None:
    assert geometry.contains(SQUARE, 1, 1)
    assert not geometry.contains(RING, 1, 1)
    assert geometry.contains(RING, 0.2, 0.2)
    assert not geometry.contains(SQUARE, 3, 1)


def test_the_middle_of_several_parts_is_in_the_largest() -> None:
    assert geometry.middle(TWO) == pytest.approx((1, 1))


places = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


@given(places, st.floats(5, 400), st.floats(5, 400))
def test_a_rectangle_has_the_size_that_was_asked_for(place: tuple[float, float], width: float, height: float) -> None:
    made = Plane(*place).rectangle(0, 0, width, height)
    there = geometry.box([made])
    assert there is not None
    wide, high = there.size
    assert math.isclose(wide, width, rel_tol=0.01, abs_tol=0.2)
    assert math.isclose(high, height, rel_tol=0.01, abs_tol=0.2)
    assert geometry.contains(made, *geometry.middle(made))
    assert geometry.read(made) == made
