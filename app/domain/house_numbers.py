"""What maps write where a house number stands: `12-14号`, `12、14号`, `901弄12号`, or a bare 12; one outline may be several 号."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.domain import addresses

MOST = 40
"""Doors of one outline; what names more is a door and its room (12-302), or no range at all."""
_LANE = re.compile(r"(?P<lane>.*?(?:支弄|弄))(?P<rest>.*)")
_APART = re.compile(r"[、,;/&和及]")
_RANGE = re.compile(r"(?P<first>\d{1,4})号?[-~至到](?P<last>\d{1,4})(?P<kind>号楼?|幢|栋|座)?")
_KIND = re.compile(r"(号楼|号|幢|栋|座)[甲乙丙丁]?$")
_BARE = re.compile(r"[甲乙丙丁]?[A-Za-z]?\d+[A-Za-z]?[甲乙丙丁]?(?:[-~至到]\d+)?")


class Numbers(NamedTuple):
    """lane: what stood before the number. written: the number in one spelling, as one. each: every 号 it may name."""

    lane: str = ""
    written: str = ""
    each: tuple[str, ...] = ()


def read(text: str, street: str = "") -> Numbers:
    """A house number as a map has it; street: the road or lane from the column beside it.

    Along a road the numbers of one side go by twos, within a lane by ones.
    """
    tidied = addresses.tidy(text).replace("～", "~")
    lane = addresses.lane(street)
    if match := _LANE.fullmatch(tidied):
        inner = addresses.lane(match["lane"])
        lane = inner if not lane or inner.startswith(lane) or not inner[:1].isdigit() else _joined(lane, inner)
        tidied = match["rest"]
    if not tidied:
        return Numbers(lane)
    in_lane = lane.endswith("弄") or not lane
    kind = match[1] if (match := _KIND.search(tidied)) else "号"
    parts = [part for part in _APART.split(tidied) if part]
    found = [each for part in parts for each in _one(part + kind * bool(_BARE.fullmatch(part)), in_lane=in_lane)]
    if not found or len(found) > MOST:
        return Numbers(lane, addresses.building(tidied), (addresses.building(tidied),))
    whole = tuple(dict.fromkeys(found))
    return Numbers(lane, whole[0] if len(whole) == 1 else _written(tidied, kind), whole)


def _joined(road: str, lane: str) -> str:
    """张杨路 and 628弄; a road that ends in the same lane has it already."""
    return road if road.endswith(lane) else f"{road}{lane}" if not road.endswith("弄") else road


def _one(part: str, *, in_lane: bool) -> list[str]:
    match = _RANGE.fullmatch(part)
    if not match:
        return [addresses.building(part)]
    first, last = int(match["first"]), int(match["last"])
    step = 1 if in_lane or (last - first) % 2 else 2
    if not first < last or (last - first) // step >= MOST:
        return [addresses.building(part.removesuffix("号") if match else part)]
    return [addresses.building(f"{number}{match['kind'] or '号'}") for number in range(first, last + 1, step)]


def _written(text: str, kind: str) -> str:
    """`12-14号`, `12、14号`: how rosters name one footprint with several doors."""
    text = re.sub(r"[~至到]", "-", _APART.sub("、", text))
    return text if _KIND.search(text) or not _BARE.fullmatch(text.split("、")[-1]) else text + kind
