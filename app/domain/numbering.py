"""How the doors of a new building are numbered: a rule that a person can say, and the doors that follow from it.

Pure. Rooms are spelled as `addresses.room` spells them, so that a roster that comes later finds the doors: 0302 is 302.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeVar

from app.domain import addresses
from app.domain.findings import UserError

HIGHEST, DEEPEST = 99, 5
"""Storeys above and below the ground; a room number tells no storey above the 99th."""
MOST_ROOMS, MOST_UNITS, MOST_SHOPS, MOST_DOORS = 60, 30, 60, 3_000
"""Rooms of one storey of one unit, units, shops, and doors altogether."""
LONGEST_LABEL = 10
Kind = TypeVar("Kind", bound=Enum)


class Style(Enum):
    """Named by what the second door of the third floor is called."""

    FLOOR_AND_TWO = "302"
    FLOOR_AND_ONE = "32"
    LETTERS = "3B"
    COUNTED = "counted"
    """Through the house: 1…72."""


class Which(Enum):
    ALL, ODD, EVEN = "all", "odd", "even"


class Door(NamedTuple):
    """As the catalogue spells it; unit "" in a building without units."""

    unit: str
    room: str
    floor: int
    floor_label: str = ""
    use: str = "住宅"


@dataclass(frozen=True, slots=True)
class Rule:
    """first, last: storeys by their numbers; below: basements B1…; skip: numbers that are not used (4, 13, 14).

    rooms: doors per storey of a unit, from the lowest storey up; the last one holds for all above it. labels: storey →
    what it is called. shops: on the ground floor, called 商铺1…. merged: pairs of rooms that are one dwelling.
    """

    first: int = 1
    last: int = 6
    rooms: tuple[int, ...] = (2,)
    skip: frozenset[int] = frozenset()
    below: int = 0
    units: int = 1
    style: Style = Style.FLOOR_AND_TWO
    which: Which = Which.ALL
    shops: int = 0
    shop_name: str = "商铺"
    labels: tuple[tuple[int, str], ...] = ()
    merged: tuple[tuple[str, str], ...] = field(default=())

    @property
    def storeys(self) -> list[int]:
        """From the lowest up: −1 is the first basement."""
        above = [floor for floor in range(self.first, self.last + 1) if floor not in self.skip]
        return [*range(-self.below, 0), *above]

    def rooms_on(self, nth: int) -> int:
        """Doors of a unit on the nth storey (from 0, the lowest)."""
        return self.rooms[min(nth, len(self.rooms) - 1)]


def check(rule: Rule) -> None:
    """Raises UserError: generator-floors, generator-nothing, generator-rooms, generator-units, generator-shops,
    generator-one-digit, generator-two-digits, generator-letters, generator-label, generator-many, generator-merged."""
    if not (1 <= rule.first <= rule.last <= HIGHEST and 0 <= rule.below <= DEEPEST):
        raise UserError("generator-floors", most=HIGHEST, deepest=DEEPEST)
    if not rule.rooms or not all(0 <= count <= MOST_ROOMS for count in rule.rooms):
        raise UserError("generator-rooms", most=MOST_ROOMS)
    if not 1 <= rule.units <= MOST_UNITS:
        raise UserError("generator-units", most=MOST_UNITS)
    if not 0 <= rule.shops <= MOST_SHOPS or (rule.shops and not _is_shop_name(rule.shop_name)):
        raise UserError("generator-shops", most=MOST_SHOPS)
    widest = max(rule.rooms_on(nth) for nth in range(len(rule.storeys))) if rule.storeys else 0
    furthest = _nth(widest - 1, rule.which) if widest else 0
    if rule.style is Style.FLOOR_AND_ONE and furthest > 9:
        raise UserError("generator-one-digit")
    if rule.style is Style.FLOOR_AND_TWO and furthest > 99:
        raise UserError("generator-two-digits")
    if rule.style is Style.LETTERS and (widest > 26 or rule.which is not Which.ALL):
        raise UserError("generator-letters")
    if any(not 0 < len(label) <= LONGEST_LABEL or floor not in rule.storeys for floor, label in rule.labels):
        raise UserError("generator-label", most=LONGEST_LABEL)
    count = rule.units * sum(rule.rooms_on(nth) for nth in range(len(rule.storeys))) + rule.shops
    if not count:
        raise UserError("generator-nothing")
    if count > MOST_DOORS:
        raise UserError("generator-many", count=count, most=MOST_DOORS)


def doors(rule: Rule) -> list[Door]:
    """Every door of a building by this rule, shops first, then unit by unit from the ground up. Raises as `check`."""
    check(rule)
    made = [Door("", f"{rule.shop_name}{number}", 1, use="商铺") for number in range(1, rule.shops + 1)]
    for unit in range(1, rule.units + 1):
        made += _merged(list(_unit(rule, str(unit) if rule.units > 1 else "")), rule.merged)
    return made


def _unit(rule: Rule, unit: str) -> Iterator[Door]:
    labels = dict(rule.labels)
    counted = 0
    for nth, floor in enumerate(rule.storeys):
        for order in range(rule.rooms_on(nth)):
            if rule.style is Style.COUNTED and floor > 0:
                room = str(_nth(counted, rule.which))
                counted += 1
            elif rule.style is Style.LETTERS and floor > 0:
                room = f"{floor}{chr(ord('A') + order)}"
            else:
                room = _room(floor, _nth(order, rule.which), rule.style)
            yield Door(unit, room, floor, labels.get(floor, ""))


def _room(floor: int, place: int, style: Style) -> str:
    if floor < 0:
        return f"B{-floor}{place:02d}"
    return f"{floor}{place}" if style is Style.FLOOR_AND_ONE else f"{floor}{place:02d}"


def _nth(order: int, which: Which) -> int:
    """1, 2, 3 … or only the odd or even ones; order from 0."""
    return order + 1 if which is Which.ALL else 2 * order + (1 if which is Which.ODD else 2)


def _merged(made: list[Door], pairs: tuple[tuple[str, str], ...]) -> list[Door]:
    """301 and 302 become 301-302, where the first of them stood. Raises UserError("generator-merged")."""
    rooms = {door.room: door for door in made}
    for one, other in pairs:
        if one == other or one not in rooms or other not in rooms or rooms[one].floor != rooms[other].floor:
            raise UserError("generator-merged", rooms=f"{one}-{other}")
        joined = rooms[one]._replace(room=f"{one}-{other}")
        made = [joined if door.room == one else door for door in made if door.room != other]
        del rooms[one], rooms[other]
    return made


def _is_shop_name(text: str) -> bool:
    """Is it a word that stays as it is when a number follows it?"""
    return 0 < len(text) <= LONGEST_LABEL and not text[-1].isdigit() and addresses.room(f"{text}1")[0] == f"{text}1"


# ---------------------------------------------------------------- what people type

_RANGE = re.compile(r"(B?\d{1,3})(?:[-~至到](B?\d{1,3}))?")
_SEPARATORS = re.compile(r"[,、;\s]+")


def read(
    *, floors: str, rooms: str, skip: str = "", units: str = "", style: str = "", which: str = "", shops: str = "",
    shop_name: str = "", labels: str = "", merged: str = "",
) -> Rule:  # fmt: skip
    """A rule from typed texts: floors `1-18` or `B2-18`, rooms `4` or `2,4`, skip `4,13,14`, labels `1=底层`, merged `301-302`.

    Raises UserError generator-read with the title of the field, and as `check`.
    """
    first, last, below = _range(floors)
    rule = Rule(
        first, last, tuple(_numbers(rooms, "rooms")), frozenset(_numbers(skip, "skip")), below, _number(units, "units", 1),
        _choice(Style, style, "style"), _choice(Which, which, "which"), _number(shops, "shops", 0),
        addresses.tidy(shop_name) or Rule().shop_name, tuple(_labels(labels)), tuple(_pairs(merged)),
    )  # fmt: skip
    check(rule)
    _merged([Door("", room, floor) for _, room, floor, *_ in _unit(rule, "")], rule.merged)
    return rule


def _range(text: str) -> tuple[int, int, int]:
    """(first, last, basements) of `1-18`, `18`, `B2-18`."""
    match = _RANGE.fullmatch(addresses.tidy(text).upper().replace("层", "").replace("楼", ""))
    if match is None or (match[2] or "").startswith("B") or (match[1].startswith("B") and match[2] is None):
        raise UserError("generator-read", why="generator-what-floors", value=text)
    if match[2] is None:
        return 1, int(match[1]), 0
    return (1, int(match[2]), int(match[1][1:])) if match[1].startswith("B") else (int(match[1]), int(match[2]), 0)


def _numbers(text: str, what: str) -> list[int]:
    parts = [part for part in _SEPARATORS.split(addresses.tidy(text.replace(" ", ",")).replace("层", "")) if part]
    if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        raise UserError("generator-read", why=f"generator-what-{what}", value=text)
    return [int(part) for part in parts]


def _number(text: str, what: str, default: int) -> int:
    found = _numbers(text, what) or [default]
    if len(found) > 1:
        raise UserError("generator-read", why=f"generator-what-{what}", value=text)
    return found[0]


def _choice(kind: type[Kind], text: str, what: str) -> Kind:
    if not text:
        return next(iter(kind))
    found = next((each for each in kind if text in (each.value, each.name.lower().replace("_", "-"))), None)
    if found is None:
        raise UserError("generator-read", why=f"generator-what-{what}", value=text)
    return found


def _labels(text: str) -> Iterator[tuple[int, str]]:
    for part in filter(None, _SEPARATORS.split(text.replace("，", ",").replace("＝", "="))):
        floor, equals, label = part.partition("=")
        if not equals or not label or not floor.isascii() or not floor.isdigit() or len(floor) > 2:
            raise UserError("generator-read", why="generator-what-labels", value=part)
        yield int(floor), label


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, _SEPARATORS.split(text.replace("，", ","))):
        rooms = [addresses.room(each)[0] for each in re.split(r"[-+/~和]", part)]
        if len(rooms) != 2 or not all(rooms):
            raise UserError("generator-read", why="generator-what-merged", value=part)
        yield rooms[0], rooms[1]
