"""A plan is laid by three clicks: exactly, whatever turn and size, and never by clicks that cannot tell."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.findings import UserError
from app.domain.geometry import Plane
from app.domain.georeference import Pair, solve, upright

PLANE = Plane(121.53, 31.23)
SIZE = (3000, 2000)
CORNERS = ((200, 150), (2800, 300), (900, 1800))


def pair(x: float, y: float, *, turn: float = 0.0, metres: float = 0.1, east: float = 0.0, north: float = 0.0) -> Pair:
    """A point and where it lies on a plan of so many metres a pixel, turned against the north."""
    dx, dy = x * metres, -y * metres
    lon, lat = PLANE.at(
        east + dx * math.cos(turn) - dy * math.sin(turn), north + dx * math.sin(turn) + dy * math.cos(turn)
    )
    return Pair(x, y, lon, lat)


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.dist(PLANE.metres(*one), PLANE.metres(*other))


@given(
    turn=st.floats(-math.pi, math.pi),
    metres=st.floats(0.02, 2.0),
    east=st.floats(-500, 500),
    north=st.floats(-500, 500),
)
def test_three_pairs_lay_every_corner_where_it_belongs(turn: float, metres: float, east: float, north: float) -> None:
    laid = {"turn": turn, "metres": metres, "east": east, "north": north}
    found = solve([pair(x, y, **laid) for x, y in CORNERS], SIZE)
    for corner, (x, y) in zip(found.corners, ((0, 0), (3000, 0), (0, 2000)), strict=True):
        wanted = pair(x, y, **laid)
        assert apart(corner, (wanted.lon, wanted.lat)) < 0.25  # a seventh digit of a degree is a centimetre
    assert found.error == 0.0 and found.worst == -1
    assert found.metres == pytest.approx(metres, rel=0.01)


@given(st.permutations(CORNERS))
def test_the_order_of_the_clicks_does_not_matter(points: list[tuple[int, int]]) -> None:
    found = solve([pair(x, y) for x, y in points], SIZE)
    first = solve([pair(x, y) for x, y in CORNERS], SIZE)
    assert all(apart(a, b) < 0.02 for a, b in zip(found.corners, first.corners, strict=True))


def test_a_fourth_pair_is_balanced_and_the_worst_one_named() -> None:
    points = [pair(x, y) for x, y in (*CORNERS, (2700, 1900))]
    exact = solve(points, SIZE)
    assert exact.error < 0.02
    off = replace(points[3], lon=points[3].lon + 0.0001)  # 9.5 m
    found = solve([*points[:3], off], SIZE)
    assert 1.0 < found.error < 9.5
    assert found.worst in range(4)
    many = [pair(x, y) for x in range(100, 3000, 700) for y in range(100, 2000, 800)]
    many[5] = replace(many[5], lat=many[5].lat + 0.0003)
    assert solve(many, SIZE).worst == 5


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([(100, 100), (900, 900)], "plan-few"),
        ([(100, 100), (900, 900), (905, 905)], "plan-near"),
        ([(100, 100), (900, 900), (1700, 1700)], "plan-line"),
        ([(100, 100), (900, 905), (1700, 1700), (2500, 1800 + 680)], "plan-line"),
    ],
    ids=["two", "one twice", "a line", "four on a line"],
)
def test_points_that_tell_nothing_are_refused(points: list[tuple[int, int]], code: str) -> None:
    with pytest.raises(UserError) as refused:
        solve([pair(x, y) for x, y in points], SIZE)
    assert refused.value.code == code


def test_points_on_one_place_of_the_map_are_refused() -> None:
    points = [replace(pair(x, y), lon=121.53, lat=31.23) for x, y in CORNERS]
    with pytest.raises(UserError) as refused:
        solve(points, SIZE)
    assert (refused.value.code, refused.value.details) == ("plan-near", {"one": 1, "other": 2})


def test_one_wrong_click_that_draws_the_picture_out_is_refused() -> None:
    points = [pair(x, y) for x, y in CORNERS]
    with pytest.raises(UserError) as refused:
        solve([*points[:2], replace(points[2], lat=points[2].lat - 0.02)], SIZE)
    assert refused.value.code == "plan-stretched"


def test_a_plan_without_a_map_lies_upright_in_the_middle_and_is_not_stretched() -> None:
    (west, south), (east, north) = PLANE.at(-100, -100), PLANE.at(100, 100)
    found = upright((2000, 1000), west, south, east, north)
    left, right, below = found.corners
    assert apart(left, right) == pytest.approx(200, rel=0.01)
    assert apart(left, below) == pytest.approx(100, rel=0.01)
    assert left[1] == right[1] and left[0] == below[0]
    assert found.metres == pytest.approx(0.1, rel=0.01)
