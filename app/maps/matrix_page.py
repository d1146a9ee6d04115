"""From the matrix of a building to what the page, a picture and paper show of it. A map's own page never loads it."""

from __future__ import annotations

from typing import Any

from app.maps.doors import counts_text, row_of
from app.maps.layers import moment, stamps
from app.maps.matrix import COLOURS, Matrix, with_incidents
from app.words import say

Payload = dict[str, Any]


def told_states(matrix: Matrix) -> list[Payload]:
    """The same for a building: doors and people by state."""
    return [
        {"label": say(f"state-{state}"), "colour": COLOURS[state], "count": doors, "people": people}
        for state, doors, people in matrix.legend
    ]


def of_matrix(matrix: Matrix) -> Payload:
    """A whole building: what the page's `show` takes. The same shape is repainted cell by cell."""
    return {
        "kind": "matrix", "id": matrix.id, "title": matrix_title(matrix),
        "said": [counts_text(matrix), say("map-until", until=moment(matrix.until))], "stamps": stamps(matrix.rehearsal),
        "columns": list(matrix.columns), "floors": [row_of(floor, matrix) for floor in matrix.floors],
        "shape": "/".join(",".join(f"{cell.id}*{cell.span}" if cell else "" for cell in floor.cells) for floor in matrix.floors),
        "legend": {
            "title": say(f"measure-{matrix.measure}") if matrix.measure else say("matrix-legend"),
            "said": _matrix_said(matrix),
            "lines": [
                {"label": say(f"state-{state}"), "colour": COLOURS[state], "count": say("state-counted", doors=doors),
                 "hatched": False}
                for state, doors, _ in matrix.legend
            ],
        },
    }  # fmt: skip


def _matrix_said(matrix: Matrix) -> list[str]:
    """What stands behind the states: that no door was meant, what `!` means, and incidents that are at no door."""
    doors = with_incidents(matrix.cells)
    return [
        *([say("matrix-none-asked")] if matrix.none_asked and not (matrix.measure == "incidents" and matrix.elsewhere) else []),
        *([say("matrix-incidents", doors=doors)] if doors else []),
        *([say("matrix-incidents-elsewhere", count=matrix.elsewhere)] if matrix.elsewhere else []),
    ]  # fmt: skip


def matrix_title(matrix: Matrix) -> str:
    """The building, and by what its doors were picked out."""
    measure = say(f"measure-{matrix.measure}") if matrix.measure else ""
    only = say("matrix-only", marks="、".join(say(f"mark-{key}-short") for key in matrix.only)) if matrix.only else ""
    return "　".join(filter(None, (matrix.name, measure, only)))
