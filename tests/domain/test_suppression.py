"""Small cells and what would give them away."""

from __future__ import annotations

from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.suppression import FEW, OPEN, hidden_cells, told

TABLES = st.integers(1, 6).flatmap(
    lambda wide: st.lists(st.lists(st.integers(0, 30), min_size=wide, max_size=wide), min_size=1, max_size=8)
)


def derivable(table: list[list[int]], hidden: frozenset[tuple[int, int]]) -> set[tuple[int, int]]:
    """What somebody finds who knows all totals, and subtracts as often as it helps."""
    unknown, found = set(hidden), set()
    lines = [[(r, c) for c in range(len(table[0]))] for r in range(len(table))]
    lines += [[(r, c) for r in range(len(table))] for c in range(len(table[0]))]
    while line := next((line for line in lines if len(line) > 1 and len(unknown & set(line)) == 1), None):
        cell = (unknown & set(line)).pop()
        unknown.discard(cell)
        found.add(cell)
    return found


@given(TABLES)
def test_no_hidden_cell_follows_from_what_is_shown(table: list[list[int]]) -> None:
    hidden = hidden_cells(table)
    assert not derivable(table, hidden)
    for r, row in enumerate(table):
        for c, count in enumerate(row):
            assert (r, c) in hidden or not 0 < count < FEW


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5))
@example([3, 4, 4, 4, 4, 4])
@example([1, 1, 0, 7])
@example([4, 4, 20])
def test_who_knows_a_lines_total_and_which_are_small_is_left_three_numbers(line: list[int]) -> None:
    """All ways to fill the hidden cells are tried; only where the whole line is hidden nothing more can be done."""
    hidden = {c for _, c in hidden_cells([line])}
    small = [c for c in hidden if 0 < line[c] < FEW]
    if len(hidden) == len(line):
        return
    rest = sum(line[c] for c in hidden)
    ways = [range(1, FEW) if c in small else range(rest + 1) for c in hidden]
    fitting = [way for way in product(*ways) if sum(way) == rest]
    for at, c in enumerate(hidden):
        if c in small:
            assert len({way[at] for way in fitting}) >= OPEN


@given(st.lists(st.lists(st.sampled_from([0, 5, 8, 30]), min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_table_without_small_cells_is_shown_whole(table: list[list[int]]) -> None:
    assert not hidden_cells(table)


def test_the_second_cell_is_the_smallest_that_is_not_zero() -> None:
    assert hidden_cells([[3, 0, 20, 9]]) == {(0, 0), (0, 3)}
    assert hidden_cells([[3, 0]]) == {(0, 0), (0, 1)}


def test_two_that_only_can_be_four_and_four_are_not_left_alone() -> None:
    assert hidden_cells([[4, 4, 20, 9]]) == {(0, 0), (0, 1), (0, 3)}
    assert hidden_cells([[3, 3, 20, 9]]) == {(0, 0), (0, 1)}


def test_a_single_cell_stands_alone_and_gaps_are_no_cells() -> None:
    assert hidden_cells([[3]]) == {(0, 0)}
    assert hidden_cells([[3, None], [None, 7]]) == {(0, 0)}
    assert hidden_cells([]) == frozenset()


def test_what_is_shown_is_rounded() -> None:
    assert [told(count) for count in (0, 5, 7, 8, 123)] == [0, 5, 5, 10, 125]
