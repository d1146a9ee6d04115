"""Where a roster row lives: estate, lane, number, unit and room out of whatever columns speak of the place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from app.domain import addresses
from app.domain.addresses import Place
from app.domain.values import AS_ABOVE, EMPTY_WORDS, plain

PLACE_KEYS = ("estate", "lane", "building", "unit", "room", "household_label")
COLUMNS = ("estate", "lane", "building", "unit", "room", "address")
"""The fields of ROSTER_FIELDS that are read here, in this order."""
_WHOLE = ("号", "弄", "单元", "幢", "栋", "#", "座")
_LOOSE = re.compile(r"\d{1,2}[A-Za-z]?\s*[.·,，、:：\\\s]\s*\d{3,4}[A-Za-z]?室?")
"""12.302 in a column of rooms: number and room, with whatever sign between."""
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TEXT_DATE = re.compile(rf"\d{{1,2}}[-\s]{_MONTH}|{_MONTH}[-\s]\d{{1,2}}|\d{{1,2}}月\d{{1,2}}日", re.IGNORECASE)
"""What becomes of 3-2 in a text file that a spreadsheet saved: 2-Mar, 3月2日."""
_JOINED = re.compile(r"(\d{3,4})室?\s*[-/、,，~～和]\s*(\d{3,4})室?")


class Door(NamedTuple):
    """values: by PLACE_KEYS. problem: (code, field key, what stood there), None if all is well."""

    values: dict[str, str]
    problem: tuple[str, str, str] | None = None
    written: str = ""


NOWHERE = Door({})


class Placing:
    """Reads the place cells of rows, each combination once and each cell of a column once.

    around: what the sheet's name or its title says for all rows that do not say it themselves.
    """

    def __init__(self, around: Mapping[str, str]) -> None:
        self.around = {key: text for key, text in around.items() if text}
        self._doors: dict[tuple[Any, ...], Door] = {}
        self._before: tuple[Any, ...] = ("",) * len(COLUMNS)
        self._estate = cache(lambda raw: addresses.estate(_said(raw)))
        self._lane = cache(lambda raw: addresses.lane(_said(raw)))
        self._building = cache(lambda raw: _building(_said(raw)))
        self._unit = cache(lambda raw: addresses.unit(_said(raw)))
        self._room = cache(lambda raw: _room(_said(raw)))

    def door(self, cells: tuple[Any, ...]) -> Door:
        """The place of a row, from its cells in the order of COLUMNS ("" where there is no such column)."""
        door = self._doors.get(cells)
        if door is None:
            if not AS_ABOVE.isdisjoint(cells):
                above = zip(cells, self._before, strict=True)
                return self.door(tuple(before if cell in AS_ABOVE else cell for cell, before in above))
            door = self._doors[cells] = self._read(*cells)
        if door.values:
            self._before = cells
        return door

    def _read(self, estate: Any, lane: Any, building: Any, unit: Any, room: Any, address: Any) -> Door:
        for key, raw in (("building", building), ("room", room), ("unit", unit)):
            if isinstance(raw, date) or (isinstance(raw, str) and _TEXT_DATE.fullmatch(raw.strip())):
                return Door({}, ("place-became-date", key, plain(raw)), plain(raw))
        named, inside, apart, problem = self._building(building), self._room(room), self._unit(unit), None
        if named.building and (joined := _joined(_said(room))):
            inside = Place(room=joined)
        if inside.building or inside.unit or address or named.unit:
            place = _filled(Place(self._estate(estate), self._lane(lane), "", apart), named)
            place, problem = _with_room(place, inside, _said(room))
            if text := _said(address):
                place, problem = _with_address(place, addresses.read(text), text, problem)
        else:  # the usual roster: one column for each part
            place = Place(
                self._estate(estate) or named.estate, self._lane(lane) or named.lane, named.building,
                apart, inside.room or named.room, inside.label or named.label,
            )  # fmt: skip
        return Door(self._values(place), problem, _written(estate, lane, building, unit, room, address))

    def _values(self, place: Place) -> dict[str, str]:
        values = {key: text for key, text in zip(PLACE_KEYS, place, strict=True) if text}
        if self.around and (place.room or place.building):
            values = {**self.around, **values}
        if "unit" in values and "building" in values:
            values["building"] = addresses.building(values["building"], values["unit"])
        return values


def _written(*cells: Any) -> str:
    """What stood in the place columns, to be shown where nothing could be made of it; "" for blank cells."""
    return "".join(cell if type(cell) is str else _said(cell) for cell in cells).strip()


def _said(raw: Any) -> str:
    if raw is None or raw == "":
        return ""
    text = plain(raw)
    return "" if text in EMPTY_WORDS else text


def _building(text: str) -> Place:
    """A column 楼号 may hold `丁香路901弄12号` or the whole `12号302`."""
    if not text:
        return Place()
    read = addresses.read(text)
    if read.building and (read.room or read.lane or read.unit):
        return read
    return Place(building=addresses.building(text))


def _room(text: str) -> Place:
    """A column 室号 may hold `302`, `12-302`, `3-2-301` or a whole address."""
    if not text:
        return Place()
    tidied = addresses.tidy(text).removesuffix("室").removesuffix("号房")
    if any(sign in tidied for sign in _WHOLE) or "-" in tidied or "/" in tidied or _LOOSE.fullmatch(text.strip()):
        read = addresses.read(text)
        if read.unit or (read.building and (read.room or read.lane)):
            return read
    room, label = addresses.room(text)
    return Place(room=room, label=label)


def _joined(text: str) -> str:
    """101-102 behind a number that has a column of its own: two flats of one floor made one, no number 101."""
    match = _JOINED.fullmatch(text)
    alike = match is not None and addresses.floor_of(match[1]) == addresses.floor_of(match[2])
    return f"{match[1]}-{match[2]}" if match is not None and alike else ""


def _with_room(place: Place, said: Place, text: str) -> tuple[Place, tuple[str, str, str] | None]:
    """Where both columns name a number: 3幢 + 12号302 is number 12; 12号 + 2-302 is unit 2; else they differ."""
    if not (place.building and said.building) or place.building == said.building:
        return _filled(place, said), None
    if place.building.endswith("幢") and "号" in text:
        return _filled(said, place), None
    if not any(sign in text for sign in _WHOLE) and not place.unit and not said.unit:
        return place._replace(unit=said.building.rstrip("号幢座"), room=said.room, label=said.label), None
    return _filled(place, said), ("place-differs", "room", text)


def _with_address(
    place: Place, said: Place, text: str, problem: tuple[str, str, str] | None
) -> tuple[Place, tuple[str, str, str] | None]:
    """The columns of their own go before the address; a 幢 or 号 that both name must be the same."""
    if place.building and said.building and place.building != said.building:
        return place, problem or ("place-differs", "address", text)
    if place.room and said.room and place.room != said.room:
        if not place.building:  # the room's column cannot be understood without one: the address is whole
            return _filled(said, place), problem or ("place-differs", "address", text)
        return place, problem or ("place-differs", "address", text)
    return _filled(place, said), problem


def _filled(place: Place, other: Place) -> Place:
    """What `place` leaves open, from the other."""
    return Place(*(own or others for own, others in zip(place, other, strict=True)))
