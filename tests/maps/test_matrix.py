"""A building stands as people know it: top floor first, doors of one line above each other, every door once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses import floor_of
from app.maps import doors as page_doors
from app.maps import matrix, matrix_page
from app.maps.matrix import Cell, Mark, Matrix


def cells(*rooms: str, unit: str = "") -> list[Cell]:
    return [Cell(f"{unit}/{room}", room, unit, floor_of(room)) for room in rooms]


def grid(*made: Cell) -> list[tuple[str, list[str]]]:
    _, floors = matrix.arrange(list(made))
    return [(floor.label, [cell.room if cell else "" for cell in floor.cells]) for floor in floors]


def spread(*made: Cell) -> list[list[tuple[str, int] | None]]:
    _, floors = matrix.arrange(list(made))
    return [[(cell.room, cell.span) if cell else None for cell in floor.cells] for floor in floors]


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


def test_below_the_ground_under_the_roof_and_doors_without_a_number() -> None:
    made = [*cells("101", "201"), Cell("b", "B101", "", -1), Cell("v", ""), Cell("a", "阁楼", floor_label="阁楼")]
    assert grid(*made) == [("阁楼", ["阁楼"]), ("2F", ["201"]), ("1F", ["101"]), ("B1", ["B101"]), ("", [""])]


def test_a_house_without_numbers_is_one_cell() -> None:
    columns, floors = matrix.arrange([Cell("v", "")])
    assert (columns, [(floor.kind, len(floor.cells)) for floor in floors]) == (("",), [("loose", 1)])
    shown = matrix_page.of_matrix(Matrix("b", "8号", columns, floors, 1, 3))
    assert (shown["floors"][0]["cells"][0]["room"], shown["said"][0]) == ("整栋", "1 间　1 户 3 人")


@pytest.mark.parametrize("room", ["301-302", "301/302", "301、302", "301+302室", "301，302", "301/02"])
def test_flats_made_one_lie_over_both_columns(room: str) -> None:
    assert spread(*cells("201", "202", "203", room, "303")) == [
        [("201", 1), ("202", 1), ("203", 1)], [(room, 2), None, ("303", 1)],
    ][::-1]  # fmt: skip


def test_a_wide_door_and_one_of_its_columns_do_not_lie_on_each_other() -> None:
    assert spread(*cells("301-303", "302")) == [[("301-303", 3), None, None], [None, ("302", 1), None]]


def test_shops_are_a_row_on_their_floor_and_garages_come_last() -> None:
    made = [
        *cells("101", "102", "201", "202"),
        Cell("s2", "商铺2"),
        Cell("s1", "底商1", use="商铺"),
        Cell("g", "车库1", floor=1),
    ]
    assert [(floor.kind, floor.label, [cell.room for cell in floor.cells if cell]) for floor in matrix.arrange(made)[1]] == [
        ("storey", "2F", ["201", "202"]), ("storey", "1F", ["101", "102"]), ("shops", "1F", ["底商1", "商铺2"]), ("garages", "", ["车库1"]),
    ]  # fmt: skip


def test_a_shop_with_a_number_stands_under_the_flats_of_its_line() -> None:
    made = [*cells("201", "202", "203"), Cell("s", "102商铺"), Cell("t", "商铺9")]
    assert grid(*made)[1] == ("1F", ["商铺9", "102商铺", ""])


def test_a_mezzanine_lies_between_its_storey_and_the_next() -> None:
    made = [*cells("101", "201", "301"), Cell("m", "夹层1", "", 1, "夹层"), Cell("n", "2层夹层")]
    assert [floor.kind for floor in matrix.arrange(made)[1]] == ["storey", "mezzanine", "storey", "mezzanine", "storey"]
    assert [room for _, (room,) in grid(*made)] == ["301", "2层夹层", "201", "夹层1", "101"]


def test_a_floor_that_the_numbers_leave_out_is_counted() -> None:
    skipped = [(floor.label, floor.skipped) for floor in matrix.arrange(cells("301", "501", "1201", "B101", "101"))[1]]
    assert skipped == [("12F", 0), ("5F", 6), ("3F", 1), ("1F", 1), ("B1", 0)]


@pytest.mark.parametrize(
    ("rooms", "rows"),
    [
        (("1A", "1B", "2A", "2B"), [["2A", "2B"], ["1A", "1B"]]),
        (("3-1", "3-2", "2-2"), [["3-1", "3-2"], ["", "2-2"]]),
        (("1203", "1203甲", "1204"), [["1203", "1204"], ["1203甲", ""]]),
        (("A301", "A302", "B301", "B401"), [["", "", "B401"], ["A301", "A302", "B301"]]),
        (("1层", "2楼", "3层"), [["3层"], ["2楼"], ["1层"]]),
        (("客堂", "前楼", "亭子间"), [["前楼"], ["亭子间"], ["客堂"]]),
    ],
)  # fmt: skip
def test_numbers_as_people_give_them(rooms: tuple[str, ...], rows: list[list[str]]) -> None:
    made = [Cell(room, room, "", floor_of(room)) for room in rooms]
    assert [row for _, row in grid(*made)] == rows


def test_rooms_counted_through_the_house_stand_in_lines() -> None:
    made = [Cell(str(n), str(n), "", (n + 3) // 4) for n in range(1, 13)]
    assert grid(*made) == [("3F", ["9", "10", "11", "12"]), ("2F", ["5", "6", "7", "8"]), ("1F", ["1", "2", "3", "4"])]


def test_a_dormitory_of_many_rooms_keeps_its_lines() -> None:
    made = [Cell(f"{floor}{room:03d}", f"{floor}{room:03d}", "", floor) for floor in (1, 2) for room in range(1, 31)]
    assert [len(row) for _, row in grid(*made)] == [30, 30]


SOME = [
    "底层", "", "夹层", "B101", "商铺1", "102商铺", "301-302", "301/303", "101、102", "301+401", "阁楼", "车库1", "3A", "12C", "3-2",
    "A301", "B301", "1203甲", "亭子间", "三层阁", "整栋", "-101", "地下1层", "99-999", "0",
]  # fmt: skip
numbers = (
    st.builds(
        lambda floor, door, more: f"{floor}{door:02d}{more}",
        st.integers(1, 40),
        st.integers(1, 12),
        st.sampled_from(["", "A", "甲"]),
    )
    | st.sampled_from(SOME)
    | st.text("0123AB-/、甲夹商铺车库层阁", max_size=6)
)
doors = st.lists(
    st.tuples(
        numbers, st.sampled_from(["", "1", "2"]), st.none() | st.integers(-3, 40),
        st.sampled_from(["", "夹层", "底层", "阁楼"]), st.sampled_from(["", "商铺", "车库"]),
    ),
    max_size=60,
)  # fmt: skip


@given(doors)
def test_every_door_is_there_exactly_once_and_none_lies_on_another(
    told: list[tuple[str, str, int | None, str, str]],
) -> None:
    made = [
        Cell(str(n), room, unit, floor if floor is not None else floor_of(room), label, use=use)
        for n, (room, unit, floor, label, use) in enumerate(told)
    ]
    columns, floors = matrix.arrange(made)
    there = [cell.id for floor in floors for cell in floor.cells if cell]
    assert sorted(there) == sorted(cell.id for cell in made)
    for floor in floors:
        assert len(floor.cells) == len(columns)
        for at, cell in enumerate(floor.cells):
            if cell is not None:
                assert at + cell.span <= len(columns)
                assert floor.cells[at + 1 : at + cell.span] == (None,) * (cell.span - 1)
    storeys = [floor.storey for floor in floors if floor.storey is not None]
    assert storeys == sorted(storeys, reverse=True)


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


def test_what_found_no_room_is_said_in_words_and_what_nobody_asked_for_is_not() -> None:
    marks = [Mark(key, 3, 14) for key in matrix.MARKS if key != "incident"]
    drawn = matrix.shown(marks)
    assert [mark.key for mark in matrix.left_out(marks, drawn)] == ["disabled", "unvisited", "refused"]
    assert "party" in [mark.key for mark in matrix.left_out(marks, drawn, frozenset({"party"}))]
    cell = Cell(
        "1",
        "302",
        "2",
        heads=("王某", ""),
        people=5,
        marks=drawn,
        more=matrix.left_out(marks, drawn),
        homes=(("", 3), ("隔间", 2)),
    )
    said = page_doors.lines(cell)
    assert said[:3] == ["2单元　302　2户5人", "户1　王某　3 人", "隔间　（没有登记户主）　2 人"]
    assert {"有残疾人", "还没有走访登记", "上次拒访"} <= set(said)


def test_the_strongest_state_wins() -> None:
    assert matrix.state_of([Mark("unvisited"), Mark("isolation"), Mark("returned")]) == "isolation"
    assert matrix.state_of([Mark("alone")]) == "met"
    assert matrix.state_of([], households=0) == "nobody"


def test_a_cell_says_who_and_how_many() -> None:
    assert page_doors.who(Cell("1", "302", heads=("王某",), people=4)) == ("王某", "4人")
    assert page_doors.who(Cell("1", "302", heads=("王某",), people=1)) == ("王某", "")
    assert page_doors.who(Cell("1", "302", heads=("王某", "李某"), people=5)) == ("2户5人", "")
    assert page_doors.who(Cell("1", "302", state="vacant")) == ("空置", "")


def test_an_isolation_past_its_end_never_shows_more_days_than_it_has() -> None:
    assert page_doors.mark_text(Mark("isolation", 14, 14)) == "14/14"
    assert "期满" in page_doors.mark_lines(Mark("isolation", 14, 14))
    assert "没有登记" in page_doors.mark_lines(Mark("isolation", 9, 14, missing=True))


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
    assert (page_doors.mark_text(mark), page_doors.mark_lines(mark)) == (text, line)


def incident_building(*marks: Mark, elsewhere: int = 0, **more: Any) -> dict[str, Any]:
    made = [replace(cell, marks=marks) for cell in cells("101")]
    return matrix_page.of_matrix(Matrix("b", "1号", *matrix.arrange(made), 1, 3, elsewhere=elsewhere, **more))


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
    assert matrix_page.of_matrix(one)["shape"] == matrix_page.of_matrix(other)["shape"]
    assert matrix_page.of_matrix(one) != matrix_page.of_matrix(other)
