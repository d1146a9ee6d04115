"""A building stands as people know it: top floor first, doors of one line above each other, every door once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses import floor_of
from app.maps import layers, matrix
from app.maps.matrix import Cell, Mark, Matrix


def cells(*rooms: str, unit: str = "") -> list[Cell]:
    return [Cell(f"{unit}/{room}", room, unit, floor_of(room)) for room in rooms]


def grid(*made: Cell) -> list[tuple[str, list[str]]]:
    _, floors = matrix.arrange(list(made))
    return [(floor.label, [cell.room if cell else "" for cell in floor.cells]) for floor in floors]


def test_floors_from_the_top_and_doors_of_one_line_above_each_other() -> None:
    assert grid(*cells("101", "103", "201", "202", "203", "301")) == [
        ("3F", ["301", "", ""]), ("2F", ["201", "202", "203"]), ("1F", ["101", "", "103"]),
    ]  # fmt: skip


def test_odd_numbering_leaves_no_empty_columns() -> None:
    assert grid(*cells("101", "103", "201", "203")) == [("2F", ["201", "203"]), ("1F", ["101", "103"])]


def test_a_skipped_floor_is_just_not_there() -> None:
    assert [label for label, _ in grid(*cells("1301", "1201", "1501"))] == ["15F", "13F", "12F"]


def test_two_doors_of_one_place_stand_below_each_other() -> None:
    assert grid(*cells("302", "302A", "301")) == [("3F", ["301", "302"]), ("", ["", "302A"])]


def test_units_stand_beside_each_other_under_their_names() -> None:
    columns, floors = matrix.arrange([*cells("101", "102", unit="1"), *cells("101", unit="2")])
    assert columns == ("1单元", "", "2单元")
    assert [cell.unit if cell else "" for cell in floors[0].cells] == ["1", "1", "2"]


def test_below_the_ground_and_doors_without_a_number() -> None:
    made = [*cells("101", "201"), Cell("b", "B101", "", -1), Cell("v", ""), Cell("a", "阁楼", floor_label="阁楼")]
    labels = [label for label, _ in grid(*made)]
    assert labels == ["2F", "1F", "B1", "", ""][: len(labels)]
    assert sorted(room for _, row in grid(*made) for room in row if room) == ["101", "201", "B101", "阁楼"]


rooms = st.lists(
    st.builds(lambda floor, door, more: f"{floor}{door:02d}{more}", st.integers(1, 40), st.integers(1, 12), st.sampled_from(["", "A", "甲"]))
    | st.sampled_from(["底层", "", "夹层", "B101", "商铺1"]),
    max_size=60,
)  # fmt: skip


@given(rooms)
def test_every_door_is_there_exactly_once_and_rows_are_equally_long(names: list[str]) -> None:
    made = [Cell(str(number), room, "", floor_of(room)) for number, room in enumerate(names)]
    columns, floors = matrix.arrange(made)
    there = [cell.id for floor in floors for cell in floor.cells if cell]
    assert sorted(there) == sorted(cell.id for cell in made)
    assert {len(floor.cells) for floor in floors} <= {len(columns)}
    levels = [
        floor.cells[0].floor for floor in floors if floor.cells and floor.cells[0] and floor.cells[0].floor is not None
    ]
    assert levels == sorted(levels, reverse=True)


def test_at_most_four_marks_in_their_order_and_party_only_on_request() -> None:
    all_ = [Mark(key, 3, 14) for key in reversed(matrix.MARKS) if key != "incident"]
    assert [mark.key for mark in matrix.shown(all_)] == ["returned", "overseas", "isolation", "alone"]
    assert "party" in [mark.key for mark in matrix.shown(all_, frozenset({"party"}))]


def test_an_open_incident_stands_last_and_is_never_left_out() -> None:
    crowded = [Mark(key, 3, 14) for key in ("isolation", "incident", "disabled", "unvisited", "returned", "alone")]
    assert [mark.key for mark in matrix.shown(crowded)] == ["returned", "isolation", "alone", "incident"]
    assert [mark.key for mark in matrix.shown([Mark("incident"), Mark("refused")])] == ["refused", "incident"]


@given(st.sets(st.sampled_from(matrix.MARKS)), st.sets(st.sampled_from(sorted(matrix.ON_REQUEST))))
def test_whatever_is_marked_four_at_most_stand_in_order(keys: set[str], also: set[str]) -> None:
    drawn = [mark.key for mark in matrix.shown([Mark(key) for key in keys], frozenset(also))]
    assert drawn == sorted(drawn, key=matrix.MARKS.index)
    assert len(drawn) <= matrix.MARK_LIMIT
    assert set(drawn) <= keys
    assert ("incident" in drawn) == ("incident" in keys)


def test_the_strongest_state_wins() -> None:
    assert matrix.state_of([Mark("unvisited"), Mark("isolation"), Mark("returned")]) == "isolation"
    assert matrix.state_of([Mark("alone")]) == "met"
    assert matrix.state_of([], households=0) == "nobody"


def test_a_cell_says_who_and_how_many() -> None:
    assert layers.who(Cell("1", "302", heads=("王某",), people=4)) == ("王某", "4人")
    assert layers.who(Cell("1", "302", heads=("王某",), people=1)) == ("王某", "")
    assert layers.who(Cell("1", "302", heads=("王某", "李某"), people=5)) == ("2户5人", "")
    assert layers.who(Cell("1", "302", state="vacant")) == ("空置", "")


def test_an_isolation_past_its_end_never_shows_more_days_than_it_has() -> None:
    assert layers.mark_text(Mark("isolation", 14, 14)) == "14/14"
    assert "期满" in layers.mark_lines(Mark("isolation", 14, 14))
    assert "没有登记" in layers.mark_lines(Mark("isolation", 9, 14, missing=True))


ONE = Mark("incident", count=1, kind="老人跌倒", urgency="特急", state="处置中")


@pytest.mark.parametrize(
    ("mark", "text", "line"),
    [
        (ONE, "!", "未结事件：老人跌倒（特急，处置中）"),
        (replace(ONE, missing=True, late=1), "!", "未结事件：老人跌倒（特急，处置中），已超时"),
        (replace(ONE, count=3), "!3", "未结事件 3 件，最急的是老人跌倒（特急，处置中）"),
        (replace(ONE, count=3, missing=True, late=2), "!3",
         "未结事件 3 件，2 件已超时，最急的是老人跌倒（特急，处置中）"),
    ],
)  # fmt: skip
def test_an_incident_says_in_words_how_it_presses(mark: Mark, text: str, line: str) -> None:
    assert (layers.mark_text(mark), layers.mark_lines(mark)) == (text, line)


def incident_building(*marks: Mark, elsewhere: int = 0, **more: Any) -> dict[str, Any]:
    made = [replace(cell, marks=marks) for cell in cells("101")]
    return layers.of_matrix(Matrix("b", "1号", *matrix.arrange(made), 1, 3, elsewhere=elsewhere, **more))


def test_the_legend_explains_the_mark_and_counts_what_is_at_no_door() -> None:
    assert incident_building(ONE)["legend"]["said"] == ["! 有未结事件 1 间（实底为已超时）"]
    assert incident_building(elsewhere=2)["legend"]["said"] == ["楼内另有 2 件未结事件，不在某一户"]
    assert incident_building()["legend"]["said"] == []


def test_a_building_with_an_incident_on_its_stairs_is_not_said_to_have_none() -> None:
    none: dict[str, Any] = {"measure": "incidents", "none_asked": True}
    assert incident_building(**none)["legend"]["said"] == ["这栋楼里没有"]
    assert incident_building(elsewhere=1, **none)["legend"]["said"] == ["楼内另有 1 件未结事件，不在某一户"]


def test_unvisited_leaves_its_place_to_the_others_since_the_frame_says_it() -> None:
    crowded = incident_building(Mark("alone"), Mark("disabled"), Mark("unvisited"), ONE)
    door = crowded["floors"][0]["cells"][0]
    assert [mark["key"] for mark in door["marks"]] == ["alone", "disabled", "incident"]
    assert "还没有走访登记" in door["lines"]


def test_the_same_doors_have_the_same_shape_so_that_only_cells_are_painted() -> None:
    one = Matrix("b", "1号", *matrix.arrange(cells("101", "201")), 2, 3)
    other = Matrix("b", "1号", *matrix.arrange([Cell("/101", "101", "", 1, state="vacant"), *cells("201")]), 2, 3)
    assert layers.of_matrix(one)["shape"] == layers.of_matrix(other)["shape"]
    assert layers.of_matrix(one) != layers.of_matrix(other)
