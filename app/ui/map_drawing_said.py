"""What the page's drawing board says to the program: a handful of shapes, and nothing else is understood."""

from __future__ import annotations

from typing import Any

import msgspec


class State(msgspec.Struct, tag="state", tag_field="act"):
    """How far a drawing is: corners set, what is in hand, what can be taken back; are there grey houses below?"""

    mode: str
    id: str = ""
    corners: int = 0
    choosing: bool = False
    undo: bool = False
    redo: bool = False
    crosses: bool = False
    shadows: bool = False
    length: float = 0
    width: float = 0
    area: float = 0


class Picked(msgspec.Struct, tag="picked", tag_field="act"):
    id: str


class Done(msgspec.Struct, tag="done", tag_field="act"):
    """An outline is ready: of a thing that was corrected, or ("") of whatever comes next. Its geometry is not yet read."""

    mode: str
    geometry: dict[str, Any]
    id: str = ""


class Crossing(msgspec.Struct, tag="crossing", tag_field="act"):
    pass


class Enter(msgspec.Struct, tag="enter", tag_field="act"):
    pass


class Uncut(msgspec.Struct, tag="uncut", tag_field="act"):
    pass


class Off(msgspec.Struct, tag="off", tag_field="act"):
    pass


Said = State | Picked | Done | Crossing | Enter | Uncut | Off


def understood(said: dict[str, Any]) -> Said | None:
    """What the page said, if it is one of these; it is not trusted."""
    try:
        read: Said = msgspec.convert(said, Said)
    except msgspec.ValidationError:
        return None
    return read
