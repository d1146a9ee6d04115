"""The survey sheet: what a volunteer carries to the doors of a building, and where on the paper each tick box lies.

Only what the visit needs is on it: who is thought to live here, and phones already masked. No document number, birth
date, care group or note on a person has a place in these shapes. The note of a household has: it is what the next
visitor should know about the door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import category

from app import paper, paths
from app.domain import addresses
from app.domain.fields import DWELLING_STATES, HOUSEHOLD_KINDS, LIVING_HERE, RESIDENT, VISIT_RESULTS
from app.sheets import codes

PERSON_FIELDS = ("name", "relation", "sex", "birth_year", "residence_kind", "phone")
"""What is told of a person, in the order of the columns."""
PLACE_FIELDS = ("estate_id", "estate", "lane", "number")
ASKED_ABOUT = (*LIVING_HERE, "待核")
"""Nobody is asked at the door after someone who died, moved away, is in hospital or in prison."""
RESULTS = tuple(result for result in VISIT_RESULTS if result != "电话不通")
STATES = tuple(state for state in DWELLING_STATES if state != "未知")
STAY, PHONE_CHANGED = ("在住", "不住"), "电话变更"
ARRIVAL, OVERSEAS = ("无", "有"), ("境外",)
BLANK_LINES = 2
WHOLE_UP_TO = 24
"""Lines of people up to which a household's block is never split: more do not fit on one page."""
LONGEST, LONGEST_NOTE, LONGEST_BESIDE, LONGEST_ROOM = 80, 60, 24, 14
WORDY = 8
"""Letters of a room from which what stands beside the household needs the height of one more line."""
_NAME_LINE = 11
"""Letters that a line of the name column holds; a Chinese character is two."""
_SHORT_WORD, _WORD, _LONG_WORD = (re.compile(rf"[^\s\-·⺀-\U0003ffff]{{{n},}}") for n in (7, 12, 40))
"""Words of letters that a column of a code word, of names, and the line of a note do not hold."""
_UNSEEN = ("Cc", "Cf", "Cs")


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a household; phone as it may be read in the street (138****5678)."""

    id: str
    name: str = ""
    relation: str = ""
    sex: str = ""
    birth_year: str = ""
    residence_kind: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """One block: a household, or a door behind which none is known (household None).

    ordinal: 1, 2 … where several live behind the door, else 0.
    """

    dwelling: str
    household: str | None = None
    unit: str = ""
    room: str = ""
    floor: int | None = None
    floor_label: str = ""
    state: str = ""
    ordinal: int = 0
    label: str = ""
    kind: str = ""
    note: str = ""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Building:
    """One building's sheets, its doors in walking order."""

    id: str
    committee: str
    estate_id: str = ""
    estate: str = ""
    lane: str = ""
    number: str = ""
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What is printed at once. code: of this print; printed: ISO day; practice: made of a practice workspace."""

    code: str
    printed: str
    practice: bool
    buildings: tuple[Building, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A tick box on the paper: its page from 1, upper left corner and side in points. resident None: the household's."""

    dwelling: str
    household: str | None
    resident: str | None
    field: str
    value: str
    page: int
    x: float
    y: float
    size: float


# ---------------------------------------------------------------- the order of the walk


def walking_order(doors: Iterable[Door]) -> tuple[Door, ...]:
    """Stairs by stairs from the top floor down, then by room, then as the households were registered."""
    return tuple(
        sorted(
            doors,
            key=lambda door: (_number(door.unit), door.unit, -(door.floor or 0), _number(door.room), door.room, door.ordinal),
        )
    )  # fmt: skip


def building_order(buildings: Iterable[Building]) -> tuple[Building, ...]:
    """Estate by estate, by lane, then number."""
    return tuple(
        sorted(buildings, key=lambda each: (each.estate, _number(each.lane), each.lane, _number(each.number), each.number))
    )  # fmt: skip


def floor_of(floor: int | None, room: str) -> int | None:
    """The floor as recorded, else as the room's number tells."""
    return addresses.floor_of(room) if floor is None else floor


def _number(text: str) -> int:
    digits = re.search(r"\d{1,18}", text)
    return int(digits[0]) if digits else 0


# ---------------------------------------------------------------- the paper


def pdf(survey: Survey) -> bytes:
    return paper.pdf(_template(), data(survey))


def pictures(survey: Survey, ppi: float = 144) -> list[bytes]:
    """The pages as PNG."""
    return paper.compile_(_template(), data(survey), format="png", ppi=ppi)


def boxes(survey: Survey) -> tuple[Box, ...]:
    """Every tick box, from the template that prints them, in printing order."""
    found = paper.query(_template(), data(survey), "ticks", inputs={"positions": "yes"})
    return tuple(Box(**each) for each in found)


def _template() -> Path:
    return paths.resources() / "sheets" / "survey.typ"


def data(survey: Survey) -> dict[str, Any]:
    """What the template reads."""
    return {
        "code": survey.code, "printed": survey.printed, "practice": survey.practice, "modules": codes.MODULES,
        "titles": [RESIDENT[key].title for key in PERSON_FIELDS],
        "stay": STAY, "phone": PHONE_CHANGED, "results": RESULTS, "arrival": ARRIVAL, "overseas": OVERSEAS, "states": STATES,
        "buildings": [_building(building, survey.code) for building in survey.buildings],
    }  # fmt: skip


def _building(building: Building, code: str) -> dict[str, Any]:
    place = (building.estate, building.lane, building.number)
    return {
        "title": " ".join(filter(None, map(_cut, place))),
        "committee": _cut(building.committee, LONGEST // 2),
        "households": sum(door.household is not None for door in building.doors),
        "people": sum(len(door.people) for door in building.doors),
        "doors": [_door(door, code) for door in building.doors],
    }


def _door(door: Door, code: str) -> dict[str, Any]:
    room, beside = room_text(door), _cut(beside_text(door), LONGEST_BESIDE)
    kind, row = ("H", door.household) if door.household else ("D", door.dwelling)
    return {
        "dwelling": door.dwelling, "household": door.household, "qr": codes.path(f"LT1:{kind}:{row}:{code}"),
        "room": room, "beside": _narrow(beside, _WORD), "state": _cut(door.state, LONGEST_ROOM) or None,
        "note": _narrow(door.note, _LONG_WORD, LONGEST_NOTE), "long": _lines(door.people) > WHOLE_UP_TO,
        "blank": BLANK_LINES + (len(room) > WORDY or len(beside) > 2 * WORDY),
        "people": [{"id": each.id, "cells": _cells(each)} for each in door.people],
    }  # fmt: skip


def _cells(person: Person) -> list[str | list[str]]:
    name, *rest = (getattr(person, key) for key in PERSON_FIELDS)
    return [_narrow(name, _WORD), *(_narrow(each, _SHORT_WORD) for each in rest)]


def _lines(people: Iterable[Person]) -> int:
    """How many lines the names take, rather one too many."""
    wide = (sum(1 + (ord(letter) > 0xFF) for letter in person.name[:LONGEST]) for person in people)
    return sum(1 + each // (_NAME_LINE + 1) for each in wide)


def room_text(door: Door) -> str:
    """`302室`, `2-302室`, `底层`; 整栋 for a house without rooms."""
    room = _plain(door.room or door.floor_label) or "整栋"
    whole = f"{_plain(door.unit)}-{room}" if door.unit else room
    whole = whole[:LONGEST_ROOM]
    return f"{whole}室" if whole[-1].isdigit() else whole


def beside_text(door: Door) -> str:
    """What helps to find the right household: `6层 户2 A间 合租`."""
    said = [_floor(door), f"户{door.ordinal}" if door.ordinal else "", door.label]
    said.append("" if door.kind in ("", HOUSEHOLD_KINDS[0]) else door.kind)
    if door.household is None:
        said.append("无登记户")
    return " ".join(filter(None, map(_cut, said)))


def _floor(door: Door) -> str:
    if door.floor_label or door.floor is None:
        return door.floor_label if door.room else ""
    return f"{door.floor}层" if door.floor > 0 else f"地下{-door.floor}层" if door.floor else ""


def _plain(text: Any) -> str:
    """One line, without control and direction marks, which would turn a sheet around. A character that the font does
    not have stays: an empty frame on the paper tells that something stands there."""
    line = " ".join(str(text).split())
    return line if line.isprintable() else "".join(each for each in line if category(each) not in _UNSEEN)


def _cut(text: str, longest: int = LONGEST) -> str:
    """One line, ended where it is endless."""
    line = _plain(text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _narrow(text: str, word: re.Pattern[str], longest: int = LONGEST) -> str | list[str]:
    """The same for a narrow column: a word too long for its line comes letter by letter, to be broken anywhere."""
    line = _cut(text, longest)
    if not word.search(line):
        return line
    pieces: list[str] = []
    for piece in re.split(f"({word.pattern})", line):
        pieces += list(piece) if word.fullmatch(piece) else [piece]
    return pieces


def count(buildings: Sequence[Building]) -> tuple[int, int]:
    """(households, persons) of some buildings."""
    doors = [door for building in buildings for door in building.doors]
    return sum(door.household is not None for door in doors), sum(len(door.people) for door in doors)
