"""Where in its building a door lies, read from its number and what is recorded of it: floor, line of doors, whether a shop.

Pure. Numbers are read as people give them: 302, 3A, 3-2, 1203甲, A301, several flats made one (301-302), rooms counted
through the house (1…72), 底商3, 夹层, 阁楼, 亭子间. What tells nothing keeps no line and stands where there is room.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from app.domain.addresses import floor_of, tidy

Line = tuple[int, str]
"""Which door of a floor: (2, "") for 302, (500, "A") for 3A; doors of one line stand above each other."""
LETTERED = 500


class Kind(Enum):
    FLAT = "flat"
    SHOP = "shop"
    GARAGE = "garage"
    UNNUMBERED = "unnumbered"
    """No room number: a villa, or a door of which nobody knows more."""


class Part(Enum):
    """Of a storey, from below: the storey itself, what lies between it and the next, what lies under the roof."""

    STOREY, MEZZANINE, ATTIC = range(3)


class Door(Protocol):
    """What is recorded of a door; floor None where nobody said."""

    @property
    def room(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def floor(self) -> int | None: ...
    @property
    def floor_label(self) -> str: ...
    @property
    def use(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """first, last: lines of a door that spans several (301-302); None where the number tells no line.

    order: the number itself, by which doors without a line are sorted. block: a letter before the number (A301).
    """

    kind: Kind
    floor: int | None = None
    part: Part = Part.STOREY
    block: str = ""
    first: Line | None = None
    last: Line | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class _Number:
    """A room number taken apart: A301甲 is block A, digits 301, suffix 甲; also: what follows in a merged one."""

    block: str
    digits: str
    suffix: str
    also: str = ""


_GARAGE = re.compile("车库|车位|车棚|车房")
_SHOP = re.compile("商铺|底商|店铺|店面|门面|街面|铺面|沿街|临街|铺(?=\\d|号|$)|(?<=\\d)铺")
_BETWEEN = re.compile("夹层|夹楼|亭子间|夹(?=\\d)|(?<=\\d)夹")
_UNDER_ROOF = re.compile("阁|晒台|天台|屋顶")
_BELOW = re.compile(r"(?:B|地下|负|-)(\d)(?!\d{3})(?:层|楼)?(\d{2})?")
_NUMBER = re.compile(r"([A-Z])?-?(\d{1,5})([A-Z甲乙丙丁])?(?![\d层楼F])")
_SEVERAL = re.compile(r"[-~至/、,;+&和.](\d{2,4})[A-Z]?(?=$|[-~至/、,;+&和.室()])")
_FLOOR_AND_ROOM = re.compile(r"(\d{1,2})-(\d{1,2})")
_STOREY = re.compile(r"(\d{1,2})(?:层|楼|F)")
_LANE_HOUSE = {"客堂": 1, "灶间": 1, "灶披间": 1, "天井": 1, "前楼": 2, "后楼": 2}
"""Rooms of the old lane houses, which have names instead of numbers, and their storeys."""


def spots(doors: Sequence[Door]) -> list[Spot]:
    """The spot of each door, in the order given; how numbers are to be read is told by all doors of the building."""
    texts = [tidy(door.room).upper().rstrip("室") for door in doors]
    lettered = any(re.fullmatch(r"[AC-Z]\d{3,4}", text) for text in texts)  # then B301 is no third basement
    read = [_read(text, door, lettered) for text, door in zip(texts, doors, strict=True)]
    found = [spot for spot, _ in read]
    groups: dict[tuple[str, str, int, Part], list[int]] = defaultdict(list)
    for at, (door, (spot, number)) in enumerate(zip(doors, read, strict=True)):
        if number is not None and spot.floor is not None and spot.kind is not Kind.GARAGE and spot.first is None:
            groups[door.unit, spot.block, spot.floor, spot.part].append(at)
    for (*_, floor, _part), members in groups.items():
        numbers = {at: number for at in members if (number := read[at][1]) is not None}
        for at, (first, last) in _lines(numbers, floor).items():
            found[at] = replace(found[at], first=first, last=last)
    return found


def _read(text: str, door: Door, lettered: bool) -> tuple[Spot, _Number | None]:
    """What one door tells by itself; its line is settled together with its neighbours."""
    kind = _kind(text, door)
    part = _part(text, door)
    bare = _SHOP.sub("", text) if kind is Kind.SHOP else text
    number = _number(bare, lettered)
    floor = door.floor
    if floor is None or (floor < 0 and lettered and number is not None and number.block == "B"):
        floor = _floor(bare, number, lettered)
    if floor is None and kind is Kind.SHOP:
        floor = 1
    if floor is None and part is Part.MEZZANINE:
        floor = 1
    spot = Spot(kind, floor, part, number.block if number else "", order=int(number.digits) if number else _any(text))
    if match := _FLOOR_AND_ROOM.fullmatch(bare):
        if floor in (None, int(match[1])):
            line = (int(match[2]), "")
            return replace(spot, floor=int(match[1]), first=line, last=line, order=int(match[2])), None
    return spot, number if number and not (kind is Kind.SHOP and len(number.digits) < 3) else None


def _kind(text: str, door: Door) -> Kind:
    if door.use == "车库" or _GARAGE.search(text):
        return Kind.GARAGE
    if door.use == "商铺" or _SHOP.search(text):
        return Kind.SHOP
    return Kind.FLAT if text else Kind.UNNUMBERED


def _part(text: str, door: Door) -> Part:
    if _BETWEEN.search(door.floor_label) or _BETWEEN.search(text):
        return Part.MEZZANINE
    return Part.ATTIC if _UNDER_ROOF.search(door.floor_label) or _UNDER_ROOF.search(text) else Part.STOREY


def _number(text: str, lettered: bool) -> _Number | None:
    below = _BELOW.match(text)
    if below and not (lettered and text[:1] == "B"):
        return _Number("", below[1] + below[2], "") if below[2] else None
    match = _NUMBER.search(text)
    if match is None:
        return None
    several = _SEVERAL.findall(text, match.end())
    return _Number(match[1] or "", match[2], match[3] or "", several[-1] if several and len(match[2]) > 2 else "")


def _floor(text: str, number: _Number | None, lettered: bool) -> int | None:
    """The floor that the text tells, where none is recorded."""
    below = _BELOW.match(text)
    if below and not (lettered and text[:1] == "B"):
        return -int(below[1])
    if text in _LANE_HOUSE:
        return _LANE_HOUSE[text]
    if (match := _STOREY.search(text)) and int(match[1]):
        return int(match[1])
    if number is None:
        return floor_of(text)
    if len(number.digits) <= 2:
        return int(number.digits) or None if "A" <= number.suffix <= "Z" else None
    return floor_of(number.digits)


def _lines(numbers: dict[int, _Number], floor: int) -> dict[int, tuple[Line, Line]]:
    """Lines of the numbered doors of one floor: what follows the floor in their numbers, else their rank."""
    head = str(abs(floor))
    told = {at: _told(number, head) for at, number in numbers.items()}
    if 2 * sum(line is not None for line in told.values()) < len(numbers):  # counted through the house
        ranks = {digits: rank for rank, digits in enumerate(sorted({int(each.digits) for each in numbers.values()}), 1)}
        return {at: ((ranks[int(each.digits)], ""),) * 2 for at, each in numbers.items()}
    found: dict[int, tuple[Line, Line]] = {}
    for at, number in numbers.items():
        first = told[at] or (int(number.digits[-2:]), "")
        last = _last(number, head) or first
        found[at] = (first, last) if first <= last else (last, first)
    return found


def _told(number: _Number, head: str) -> Line | None:
    """(2, "") of 302 on the third floor, (500, "A") of 3A; None of a number that does not begin with its floor."""
    rest = number.digits[len(head) :]
    if not number.digits.startswith(head):
        return None
    if not rest:
        return (LETTERED, number.suffix) if "A" <= number.suffix <= "Z" else None
    return int(rest), ""


def _last(number: _Number, head: str) -> Line | None:
    """The last line of 301-302 or 301/02; None where the door spans one, or other floors."""
    if not number.also:
        return None
    if len(number.also) == 2:
        return int(number.also), ""
    return _told(_Number("", number.also, ""), head)


def _any(text: str) -> int:
    digits = re.search(r"\d{1,9}", text)
    return int(digits[0]) if digits else 0
