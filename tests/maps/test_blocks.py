"""Several 号 in one footprint: each its own part in the order of their numbers, whatever the map knew of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.footprints import area
from app.domain.geometry import Geometry, Plane, middle
from app.maps import blocks
from app.maps.blocks import Block, House

GROUND = Plane(121.53, 31.23)
LONG, OTHER = GROUND.rectangle(0, 0, 90, 12), GROUND.rectangle(0, 60, 40, 12)


def west(shape: Geometry) -> float:
    return middle(shape)[0]


@given(st.integers(2, 12))
def test_a_block_s_outline_is_cut_in_the_order_of_the_numbers(count: int) -> None:
    houses = [House(str(n), None, "b") for n in range(count)]
    shared = blocks.share(houses, [Block("b", "3幢", LONG)])
    parts = [shared.outlines[house.id] for house in houses]
    assert [west(part) for part in parts] == sorted(west(part) for part in parts)
    assert sum(map(area, parts)) == pytest.approx(area(LONG), rel=0.01)
    assert [block.label for block in shared.blocks] == ["3幢"]


def test_houses_that_were_given_one_outline_share_it_and_a_line_is_drawn_round_them() -> None:
    shared = blocks.share([House("1", LONG), House("2", LONG), House("3", OTHER)], [])
    assert west(shared.outlines["1"]) < west(shared.outlines["2"])
    assert "3" not in shared.outlines
    assert [(block.label, block.geometry) for block in shared.blocks] == [("", LONG)]


def test_a_house_with_an_outline_of_its_own_keeps_it_inside_its_block() -> None:
    shared = blocks.share([House("1", OTHER, "b"), House("2", None, "b")], [Block("b", "1幢", LONG)])
    assert set(shared.outlines) == {"2"}


def test_a_block_that_somebody_drew_is_there_before_any_house_is_said_to_stand_in_it() -> None:
    drawn = Block("b", "1幢", OTHER)
    assert blocks.share([House("1", LONG, "")], [drawn]) == blocks.Shared({}, (drawn,))


@pytest.mark.parametrize("shape", [{"type": "Point", "coordinates": [121.5, 31.2]}, GROUND.rectangle(0, 0, 0, 0)])
def test_what_cannot_be_cut_is_shared_as_it_is(shape: Geometry) -> None:
    shared = blocks.share([House("1", None, "b"), House("2", None, "b")], [Block("b", "1幢", shape)])
    assert shared.outlines == {"1": shape, "2": shape}


def test_two_houses_at_one_point_stay_there() -> None:
    point = {"type": "Point", "coordinates": [121.5, 31.2]}
    assert blocks.share([House("1", point), House("2", point)], []) == blocks.Shared({}, ())


@pytest.mark.parametrize(("text", "label"), [("3", "3幢"), ("B", "B幢"), ("3幢", "3幢"), ("东楼", "东楼"), ("", "")])
def test_a_bare_number_is_called_a_block(text: str, label: str) -> None:
    assert blocks.label_of(text) == label
