"""Doors as rosters spell them, in Shanghai (弄-号-室) and in the north (幢-单元-室), read to one spelling.

`12号302`, `12-302`, `12#302室`, `丁香路901弄12号302`, `3栋2单元301`, `3-2-301` … The normal forms are `丁香路901弄`,
`12号` (`12号甲`), unit `2`, room `302`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.domain.names import fold_width

_PREFIX = re.compile(
    r"^(?:中国)?(?:上海市?)?(?:市辖区)?(?:浦东新区|浦东)?(?:[\u4e00-\u9fff]{2,4}(?:街道|镇))?(?:办事处)?"
)
_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_NUMBER = re.compile(r"[〇零一二三四五六七八九十百]+(?=[号弄室幢栋座层单])")
_LANE = re.compile(
    r"(?P<road>[\u4e00-\u9fffA-Za-z]{1,12}?(?:路|街|大道|公路|巷|道|支路))?(?P<lanes>(?:\d+(?:支弄|弄))+)"
)
_ROAD = re.compile(r"(?P<road>[\u4e00-\u9fff]{1,10}(?:路|街|大道|公路))(?=\d+号)")
_BUILDING = re.compile(
    r"(?P<n>[A-Za-z]?\d+[A-Za-z]?)(?P<before>[甲乙丙丁])?(?P<kind>号楼|号|幢|栋|座|#|楼)(?P<suffix>[甲乙丙丁])?楼?"
)
_UNIT = re.compile(r"(?P<unit>[\dA-Za-z]+|[甲乙丙丁])单元")
_DASHED = re.compile(r"^([A-Za-z]?\d+[A-Za-z]?)[-/_]([A-Za-z]?\d+[A-Za-z]?|B\d+)(?:[-/_]([A-Za-z]?\d+[A-Za-z]?))?$")
_NO_ROOM = ("别墅", "商铺", "店铺", "门面", "整栋", "全幢", "楼")
_ESTATE_BEFORE_ROAD = re.compile(
    r"(?P<estate>.{2,}?(?:花园|新村|小区|公寓|家园|大厦|广场|别墅|苑|园|城|湾|坊|里|庭|邸|府|墅|村))(?=[\u4e00-\u9fff]{1,8}?(?:路|街|大道|公路|巷)\d)"
)
_FLOOR_WORDS = {"底层": 1, "地下室": -1, "半地下室": -1}


@dataclass(frozen=True, slots=True)
class Place:
    """A door as read; empty text where the roster says nothing. label: a part of the dwelling (`302-1`)."""

    estate: str = ""
    lane: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    label: str = ""


def tidy(raw: Any) -> str:
    """Half-width text of a cell, without blanks; Excel's 302.0 is 302; Chinese numerals before 号 are digits."""
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw if raw is not None else "")
    text = re.sub(r"\s+", "", fold_width(text)).replace("—", "-").replace("–", "-").replace("~", "-")
    text = re.sub(r"(?<=\d)\.0$", "", text)
    return _CHINESE_NUMBER.sub(lambda match: str(_numeral(match[0])), text)


def _numeral(text: str) -> int:
    if "十" not in text and "百" not in text:
        return int("".join(str(_NUMERALS[c]) for c in text))
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _NUMERALS[character]
    return total + digit


@lru_cache(maxsize=65_536)
def lane(text: str) -> str:
    """`丁香路901弄`: 路 and 弄 as written, a bare number is a 弄."""
    text = _PREFIX.sub("", tidy(text), count=1) or tidy(text)
    return f"{text}弄" if text.isdigit() else text


@lru_cache(maxsize=65_536)
def building(text: str, unit: str = "") -> str:
    """`12号` for 12, 12.0, 12#, 12号楼, 十二号; `12号甲`; `3幢` for 3栋 (but `3号` where a unit is named)."""
    text = tidy(text)
    if re.fullmatch(r"[A-Za-z]?\d+[A-Za-z]?", text):
        return f"{_number(text)}号"
    match = _BUILDING.fullmatch(text)
    if not match:
        return text
    kind = "号" if unit or match["kind"] in ("号", "号楼", "#", "楼") else "座" if match["kind"] == "座" else "幢"
    return f"{_number(match['n'])}{kind}{match['before'] or match['suffix'] or ''}"


def _number(text: str) -> str:
    return (text.lstrip("0") or "0").upper()


@lru_cache(maxsize=65_536)
def unit(text: str) -> str:
    """`2` for 2单元."""
    return _number(tidy(text).removesuffix("单元")) if tidy(text) else ""


@lru_cache(maxsize=65_536)
def room(text: str) -> tuple[str, str]:
    """(room, label): `302` for 302室, 302.0, 0302; `302-1` and `302(1)` are parts of 302."""
    text = tidy(text).removesuffix("室").removesuffix("房")
    if text in _NO_ROOM:
        return "", ""
    match = re.fullmatch(r"([A-Za-z]?\d{3,5}[A-Za-z]?)(?:[-/](\d{1,2}|[A-Za-z])|\((\w{1,3})\))", text)
    if match:
        return _number(match[1]), match[2] or match[3]
    return (_number(text) if re.fullmatch(r"[A-Za-z]?\d+[A-Za-z]?", text) else text), ""


@lru_cache(maxsize=65_536)
def read(raw: str) -> Place:
    """A whole address or a combined door such as `12-302`; parts that are not there stay empty."""
    text = _PREFIX.sub("", tidy(raw), count=1)
    if dashed := _DASHED.match(text.removesuffix("室")):
        return _dashed(*dashed.groups())
    lane_ = estate = ahead = ""
    if match := _ESTATE_BEFORE_ROAD.match(text):
        ahead, text = match["estate"], text[match.end() :]
    if match := _LANE.search(text) or _ROAD.search(text):
        estate, lane_, text = _around(text, match.start(), match.end(), match[0])
    estate = ahead or estate
    if dashed := _DASHED.match(text.removesuffix("室")):
        place = _dashed(*dashed.groups())
        return Place(estate, lane_, place.building, place.unit, place.room, place.label)
    found = _BUILDING.search(text)
    if not found:
        return _without_building(text, estate, lane_)
    estate = estate or text[: found.start()]
    rest = text[found.end() :]
    unit_ = ""
    if match := _UNIT.search(rest):
        unit_, rest = unit(match["unit"]), rest[: match.start()] + rest[match.end() :]
    dashed = _DASHED.match(rest.removesuffix("室").lstrip("-/")) if not unit_ else None
    if dashed and len(dashed[2]) >= 3 and not dashed[3]:
        unit_, rest = unit(dashed[1]), dashed[2]
    room_, label = room(re.sub(r"^\d+(?:层|楼)(?=\d)", "", rest.lstrip("-/#、,")))
    return Place(estate, lane_, building(found[0], unit_), unit_, room_, label)


def _around(text: str, start: int, end: int, lane_: str) -> tuple[str, str, str]:
    """An estate's name may stand before the lane or between lane and number."""
    before, after = text[:start], text[end:]
    between = re.match(r"[\u4e00-\u9fff·]{2,}?(?=[A-Za-z]?\d)", after)
    if between:
        return between[0], lane_, after[between.end() :]
    return before, lane_, after


def _dashed(first: str, second: str, third: str | None) -> Place:
    if third is None and len(first) >= 3 and len(second) <= 2 and second.isdigit():
        return Place(room=_number(first), label=second)
    if third is None:
        return Place(building=building(first), room=_number(second))
    if len(third) >= 3:
        return Place(building=building(first), unit=_number(second), room=_number(third))
    return Place(building=building(first), room=_number(second), label=third)


def _without_building(text: str, estate: str, lane_: str) -> Place:
    """`培花新村302` or only an estate's name."""
    match = re.search(r"[A-Za-z]?\d+[A-Za-z]?(?:-\d+)?室?$", text)
    if not match:
        return Place(estate=estate or (text if not any(map(str.isdigit, text)) else ""), lane=lane_)
    room_, label = room(match[0])
    return Place(estate or text[: match.start()], lane_, "", "", room_, label)


@lru_cache(maxsize=65_536)
def floor_of(room_: str) -> int | None:
    """The floor that a room number tells: 302 → 3, 1203 → 12, B1 → −1; None where it tells nothing."""
    if room_ in _FLOOR_WORDS:
        return _FLOOR_WORDS[room_]
    if match := re.fullmatch(r"B(\d)\d*", room_):
        return -int(match[1])
    match = re.fullmatch(r"[A-Za-z]?(\d{1,2})\d{2}[A-Za-z]?", room_)
    return int(match[1]) or None if match else None


def spoken(place: Place) -> str:
    """As people write it: 丁香路901弄12号302室."""
    unit_ = f"{place.unit}单元" if place.unit else ""
    room_ = f"{place.room}室" if place.room[-1:].isdigit() else place.room
    return f"{place.estate}{place.lane}{place.building}{unit_}{room_}"
