"""In which order somebody walks: estate by estate, along the lane, stairs by stairs from the ground up, as the evening's
round is keyed in; and how a door is written on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain import addresses

Key = tuple[str, int, str, int, str, str, int, int, str, int]


def key(door: Mapping[str, Any]) -> Key:
    """Of values with estate, lane, number, unit, floor, room, ordinal: doors sorted by it lie as the round is walked."""
    estate, lane, number, unit, room = (
        str(door.get(each) or "") for each in ("estate", "lane", "number", "unit", "room")
    )
    floor = door.get("floor") if isinstance(door.get("floor"), int) else addresses.floor_of(room)
    ordinal = door.get("ordinal")
    return (
        estate, _first(lane), lane, _first(number), number, unit, floor or 0, _first(room), room,
        ordinal if isinstance(ordinal, int) else 0,
    )  # fmt: skip


def building_text(door: Mapping[str, Any]) -> str:
    """`培花新村 丁香路901弄 12号`."""
    return " ".join(filter(None, (str(door.get(each) or "") for each in ("estate", "lane", "number"))))


def room_text(door: Mapping[str, Any]) -> str:
    """`302室`, `2单元302室`, `A间`; "" for a house without rooms."""
    unit, room, label = (str(door.get(each) or "") for each in ("unit", "room", "label"))
    whole = f"{unit}{'单元' if unit[-1:].isdigit() else ''}{room}"
    return f"{whole}{'室' if whole[-1:].isdigit() else ''}{label}"


def door_text(door: Mapping[str, Any]) -> str:
    """`培花新村 12号 302室`."""
    return " ".join(filter(None, (building_text(door), room_text(door))))


def short_text(door: Mapping[str, Any]) -> str:
    """`12号 302室`, without the estate: for narrow columns."""
    return " ".join(filter(None, (*(str(door.get(each) or "") for each in ("lane", "number")), room_text(door))))


def _first(text: str) -> int:
    digits = re.search(r"\d{1,18}", text)
    return int(digits[0]) if digits else 0
