"""Small counts for readers of totals, in tables and on maps: hidden, and with them what would give them away.

access.md: k ≥ 5, with secondary suppression. Whoever knows a line's total finds a single hidden cell by subtraction, and
two that add up to eight are four and four. So further cells are hidden until each small one may be any of three numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

FEW = 5
"""Counts below this are not told to a reader without level 2 (access.md, k ≥ 5)."""
OPEN = 3
"""How many numbers a small count must still be able to be."""
HIDDEN = "*"
"""What stands in place of a count that is not told."""

Cell = tuple[int, int]
Table = Sequence[Sequence[int | None]]


def hidden_cells(table: Table, few: int = FEW) -> frozenset[Cell]:
    """(row, column) of the cells that are not told; None in the table is no figure and stays out of it.

    First those from 1 to below `few`; then, in each line that tells too much of them, one more after the other: the
    smallest, one that is not zero before one that is. The totals of rows and columns may all be known exactly, and which
    hidden cells are the small ones. Where a whole line is small nothing more can be hidden: so a hidden cell must not be
    shown as "small", but as small or not told.
    """
    small = {
        (r, c) for r, row in enumerate(table) for c, count in enumerate(row) if count is not None and 0 < count < few
    }
    hidden, lines = set(small), _lines(table)
    waiting = [line for line in lines.values() if not small.isdisjoint(line)]
    while waiting:
        line = waiting.pop()
        while _tells(table, line, small, hidden, few) and (shown := [cell for cell in line if cell not in hidden]):
            cell = min(shown, key=lambda cell: _cost(table, cell))
            hidden.add(cell)
            waiting += [lines[key] for key in _lines_of(cell) if lines.get(key, line) is not line]
    return frozenset(hidden)


def _tells(table: Table, line: Sequence[Cell], small: set[Cell], hidden: set[Cell], few: int) -> bool:
    """Does a line's total say too much of its hidden cells?"""
    unknown = [cell for cell in line if cell in hidden]
    smalls = sum(cell in small for cell in unknown)
    if len(unknown) == 1:
        return True
    if not smalls:
        return False
    rest = sum(_count(table, cell) for cell in unknown)
    most = min(few - 1, rest - (smalls - 1))  # the other small ones are one each, the rest nothing
    least = 1 if smalls < len(unknown) else max(1, rest - (few - 1) * (smalls - 1))
    return most - least + 1 < OPEN


def _lines(table: Table) -> dict[tuple[str, int], list[Cell]]:
    """Rows and columns of more than one figure."""
    lines: dict[tuple[str, int], list[Cell]] = {}
    for r, row in enumerate(table):
        for c, count in enumerate(row):
            for key in _lines_of((r, c)) if count is not None else ():
                lines.setdefault(key, []).append((r, c))
    return {key: line for key, line in lines.items() if len(line) > 1}


def _lines_of(cell: Cell) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("row", cell[0]), ("column", cell[1])


def _count(table: Table, cell: Cell) -> int:
    return table[cell[0]][cell[1]] or 0


def _cost(table: Table, cell: Cell) -> tuple[bool, int, Cell]:
    count = _count(table, cell)
    return count == 0, count, cell


def told(count: int, few: int = FEW) -> int:
    """A count that is shown to a reader of totals: rounded, so that two reports tell no difference between them."""
    return few * round(count / few)
