"""Small cells of a table for readers of totals: hidden, and with them what would give them away.

access.md: k ≥ 5, with secondary suppression. Whoever knows a row's or a column's total finds a single hidden cell
by subtraction, so a line has no hidden cell or at least two.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.maps import FEW

HIDDEN = "*"
"""What stands in place of a count that is not told."""


def hidden_cells(table: Sequence[Sequence[int | None]], few: int = FEW) -> frozenset[tuple[int, int]]:
    """(row, column) of the cells that are not told; None in the table is no figure and stays out of it.

    First those from 1 to below `few`; then in each line with a single hidden cell one more, the smallest, one that
    is not zero before one that is. The totals of rows and columns may all be known.
    """
    hidden = {
        (r, c) for r, row in enumerate(table) for c, count in enumerate(row) if count is not None and 0 < count < few
    }
    lines = _lines(table)
    while line := next((line for line in lines if len(line) > 1 and len(hidden & set(line)) == 1), None):
        hidden.add(min((cell for cell in line if cell not in hidden), key=lambda cell: _cost(table, cell)))
    return frozenset(hidden)


def _lines(table: Sequence[Sequence[int | None]]) -> list[list[tuple[int, int]]]:
    cells = [(r, c) for r, row in enumerate(table) for c, count in enumerate(row) if count is not None]
    rows: dict[int, list[tuple[int, int]]] = {}
    columns: dict[int, list[tuple[int, int]]] = {}
    for cell in cells:
        rows.setdefault(cell[0], []).append(cell)
        columns.setdefault(cell[1], []).append(cell)
    return [*rows.values(), *columns.values()]


def _cost(table: Sequence[Sequence[int | None]], cell: tuple[int, int]) -> tuple[bool, int, tuple[int, int]]:
    count = table[cell[0]][cell[1]] or 0
    return count == 0, count, cell


def told(count: int, few: int = FEW) -> int:
    """A count that is shown to a reader of totals: rounded, so that two reports tell no difference between them."""
    return few * round(count / few)
