"""Committees become one area: roads between them close, what lies apart stays apart, nothing breaks on odd outlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.footprints import area
from app.domain.geometry import GeometryError, Plane
from app.maps import schematic
from app.maps.dissolving import dissolved

GROUND = Plane(121.53, 31.23)


def test_a_road_between_two_committees_is_closed() -> None:
    one, other = GROUND.rectangle(0, 0, 300, 200), GROUND.rectangle(320, 0, 300, 200)
    whole = dissolved([one, other])
    assert whole["type"] == "Polygon"
    assert area(whole) == pytest.approx(620 * 200, rel=0.01)


def test_what_lies_far_apart_stays_in_two_parts() -> None:
    whole = dissolved([GROUND.rectangle(0, 0, 300, 200), GROUND.rectangle(900, 0, 300, 200)])
    assert (whole["type"], len(whole["coordinates"])) == ("MultiPolygon", 2)


def test_stand_ins_beside_each_other_become_one() -> None:
    placed = schematic.committees([("a", None), ("b", None)])
    assert dissolved(list(placed.geometries.values()))["type"] == "Polygon"


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(60, 400)), min_size=1, max_size=6))
def test_nothing_of_any_committee_is_lost(squares: list[tuple[int, int, int]]) -> None:
    shapes = [GROUND.rectangle(x, y, size, size) for x, y, size in squares]
    assert area(dissolved(shapes)) >= max(map(area, shapes)) * 0.995


def test_an_outline_that_crosses_itself_is_taken_for_what_it_encloses() -> None:
    ring = [GROUND.at(x, y) for x, y in ((0, 0), (300, 300), (300, 0), (0, 300), (0, 0))]
    assert area(dissolved([{"type": "Polygon", "coordinates": [ring]}, GROUND.rectangle(310, 0, 100, 300)])) > 60_000


def test_points_alone_are_no_area() -> None:
    with pytest.raises(GeometryError):
        dissolved([{"type": "Point", "coordinates": [121.5, 31.2]}])
