"""Places of a form that a person pointed at, beside those that were understood."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QInputDialog, QWidget

from app.words import say

OWN = ("（自己写标记…）", "own")
"""The last choice of a place: a count with a condition, which no list can hold."""


@dataclass(frozen=True, slots=True)
class Added:
    """A place that a person pointed at; as the slots of a proposal."""

    cell: str
    title: str
    text: str
    kind: str
    confidence: float = 1.0


def own_mark(parent: QWidget, before: str) -> str | None:
    """What a person writes for a place, with braces around it; None if nothing was said."""
    bare = before.removeprefix("{{").removesuffix("}}")
    said, given = QInputDialog.getText(parent, "自己写标记", say("form-own-mark"), text=bare)
    said = said.strip()
    if not given or not said:
        return None
    return said if "{{" in said or "｛｛" in said else "{{" + said + "}}"


def place_of(cell: str) -> tuple[int, int]:
    """(row, column) from 0 of a cell's name."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
