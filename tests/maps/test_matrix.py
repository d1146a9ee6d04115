"""A building stands as people know it: top floor first, doors of one line above each other, every door once."""

from __future__ import annotations

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
    all_ = [Mark(key, 3, 14) for key in reversed(matrix.MARKS)]
    assert [mark.key for mark in matrix.shown(all_)] == ["returned", "overseas", "isolation", "alone"]
    assert "party" in [mark.key for mark in matrix.shown(all_, frozenset({"party"}))]


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


def test_the_same_doors_have_the_same_shape_so_that_only_cells_are_painted() -> None:
    one = Matrix("b", "1号", *matrix.arrange(cells("101", "201")), 2, 3)
    other = Matrix("b", "1号", *matrix.arrange([Cell("/101", "101", "", 1, state="vacant"), *cells("201")]), 2, 3)
    assert layers.of_matrix(one)["shape"] == layers.of_matrix(other)["shape"]
    assert layers.of_matrix(one) != layers.of_matrix(other)
