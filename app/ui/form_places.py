"""Places of a form that a person pointed at, beside those that were understood."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Added:
    """A place that a person pointed at; as the slots of a proposal."""

    cell: str
    title: str
    text: str
    kind: str
    confidence: float = 1.0


def place_of(cell: str) -> tuple[int, int]:
    """(row, column) from 0 of a cell's name."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
