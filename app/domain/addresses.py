"""Doors as rosters spell them, in Shanghai (弄-号-室) and in the north (幢-单元-室), read to one spelling.

`12号302`, `12-302`, `12#302室`, `丁香路901弄12号302`, `3栋2单元301`, `3-2-301` … The normal forms are `丁香路901弄`,
`12号` (`12号甲`), unit `2`, room `302`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from app.domain import numerals
from app.domain.names import fold_width

_LONGEST = 120
_HAN = r"\u4e00-\u9fff"
_PREFIX = re.compile(
    rf"(?:中国)?(?:上海市|上海(?=浦东新区))?(?:市辖区)?(?:浦东新区)?(?:(?:浦东)?[{_HAN}]{{2,4}}(?:街道|镇(?=[{_HAN}]{{2}})))?(?:办事处)?"
)
_ROADS = "路|街|大道|公路|巷|支路"
_CHINESE_NUMBER = re.compile(rf"[{numerals.CHARACTERS}]+(?=[号弄室幢栋座层单户]|支弄)")
_ZERO_AMONG_CHINESE = re.compile("(?<=[一二三四五六七八九])0(?=[一二三四五六七八九])")
_BARE_FLOOR = re.compile(rf"(?<=[号幢栋座#])([{numerals.CHARACTERS}]+)楼|^([{numerals.CHARACTERS}]+)楼(?=\d*室?$)")
_LANE = re.compile(
    rf"(?P<road>[{_HAN}A-Za-z]{{1,12}}?(?:{_ROADS}|道))?(?P<lanes>\d+(?:支弄|弄)(?:(?:\d+|[甲乙丙丁])(?:支弄|弄))*)"
)
_ROAD = re.compile(rf"(?P<road>[{_HAN}]{{1,10}}(?:{_ROADS}))(?=[甲乙丙丁]?\d+号)")
_BUILDING = re.compile(
    r"(?P<ahead>[甲乙丙丁])?(?P<n>[A-Za-z]?\d+[A-Za-z]?|[A-Za-z](?=[幢栋座楼号]))(?P<before>[甲乙丙丁])?"
    r"(?P<kind>号楼|号|幢|栋|座|#|门洞|门(?=\d{3})|楼)(?P<suffix>[甲乙丙丁](?!单元|室))?(?:门洞|门牌|门(?!面)|楼栋|楼)?"
)
_ONLY_A_DOOR = re.compile(r"(\d)门洞?")
_BLOCK = re.compile(r"\d+(?:幢|栋|#)(?=\d+号)")
_MANY = re.compile(r"\d+[-、/]\d+号")
_UNIT = re.compile(r"(?P<unit>[\dA-Za-z]+|[甲乙丙丁])(?:单元|门(?=\d{3}))")
_PIECE = r"[A-Za-z]?\d+[A-Za-z]?"
_DASHED = re.compile(rf"([甲乙丙丁]?{_PIECE}[甲乙丙丁]?)(?:[-/_]|#[-/]?)({_PIECE}|B\d+)(?:[-/_]({_PIECE}))?")
_LOOSE = re.compile(rf"(?<!\d)({_PIECE})[.,·、:;\\](?:({_PIECE})[.,·、:;\\])?(\d{{3,4}}[A-Za-z]?室?)$")
"""12.302, 12、302: the signs of other things, so only before a whole room number at the end."""
_BLANKS = re.compile(r"(?<=[\dA-Za-z])\s+(?=\d{1,4}[A-Za-z]?(?:室|单元|\s|$))")
_WITH_FLOOR = re.compile(rf"({_PIECE}-{_PIECE})-(\d{{1,2}})-(\2\d{{2}})")
_UNIT_AFTER_DASH = re.compile(rf"^({_PIECE})-(?=(?:[\dA-Za-z]+|[甲乙丙丁])单元)")
_FLOOR_AND_ROOM = re.compile(r"(\d{1,2})(?:楼|层)(\1\d{2}[A-Za-z]?)室?")
_ORDINAL = re.compile(r"第(?=\d+(?:号|幢|栋|座|弄|#|单元))|门牌号?(?=[甲乙丙丁]?\d+号)")
_AFTER_NAME = re.compile(rf"([{_HAN}]{{2,}}?)(?={_PIECE}[-/_#]{_PIECE}(?:[-/_]{_PIECE})?$)")
_NO_ROOM = frozenset((
    "别墅", "商铺", "店铺", "门面", "门面房", "底商", "沿街商铺", "街面房", "整栋", "整幢", "全幢", "楼", "沿街", "临街",
))  # fmt: skip
_ESTATE_BEFORE_ROAD = re.compile(
    r"(?P<estate>.{2,20}?(?:花园|新村|小区|公寓|家园|大厦|广场|别墅|苑|园|城|湾|坊|里|庭|邸|府|墅|村))"
    rf"(?=[{_HAN}]{{1,8}}?(?:{_ROADS})\d)"
)
_FLOOR_WORDS = {"底层": 1, "地下室": -1, "半地下室": -1, "地下一层": -1, "地下1层": -1, "地下2层": -2}
_ROOM_WORDS = {"底楼": "底层", "顶楼阁楼": "阁楼"}
_FLOOR = re.compile(r"(?P<below>地下|负|-)?(?P<n>\d{1,2})(?:层|楼)")
_BASEMENT = re.compile(r"B(\d)(?:层|楼)")
_ON_A_FLOOR = re.compile(r"^(?:\d{1,2}|底)(?:层|楼)(?=\d{3})")
_PLACES_IN_A_HOUSE = (
    "底层", "底楼", "阁楼", "夹层", "夹楼", "亭子间", "前楼", "后楼", "客堂", "灶间", "地下", "半地下室", "顶层", "前厢房", "后厢房",
    "东厢房", "西厢房", "灶披间", "晒台",
)  # fmt: skip
_TOWER = re.compile(rf"(?P<estate>[{_HAN}]{{2,10}}?)?(?P<tower>[A-Za-z\d]{{1,2}}(?:号楼|座|幢|栋))")
_NO_ESTATE = _NO_ROOM | {"车库", "门牌", "门牌号"}
_ROOM = re.compile(r"([A-Za-z]?\d+[A-Za-z]?)(?:室|号房|房间|房|号|户)?")
_PART = re.compile(
    rf"([A-Za-z]?\d{{3,5}}[A-Za-z]?)(?:室|号房|房间|房)?(?:[-/](\d{{1,2}}|[A-Za-z])|\(([^()]{{1,6}})\)|([A-Za-z\d{_HAN}]{{1,3}}间|[甲乙丙丁])|之([{numerals.CHARACTERS}\d]))室?"
)


class Place(NamedTuple):
    """A door as read; empty text where the roster says nothing. label: a part of the dwelling (`302-1`)."""

    estate: str = ""
    lane: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    label: str = ""


@lru_cache(maxsize=1 << 15)
def _tidied(text: str) -> str:
    text = re.sub(r"\s+", "", fold_width(text[:_LONGEST]))
    text = re.sub("[-—–~‐−ー﹣]+", "-", text).replace("＃", "#")
    text = re.sub(r"(?<=\d)\.0$", "", text)
    if text.isascii():
        return text
    text = _ZERO_AMONG_CHINESE.sub("〇", text)
    if len(text) > 1 and all(character in numerals.CHARACTERS for character in text):
        return numerals.as_digits(text)
    text = _CHINESE_NUMBER.sub(lambda match: str(numerals.number(match[0])), text)
    return _BARE_FLOOR.sub(lambda match: f"{numerals.number(match[1] or match[2])}楼", text)


def tidy(raw: Any) -> str:
    """Half-width text of a cell, without blanks; Excel's 302.0 is 302; Chinese numerals before 号 are digits."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return _tidied(str(raw)) if raw is not None else ""


def _without_prefix(text: str) -> str:
    """Without province, district and 街道, which are the same for every door here."""
    match = _PREFIX.match(text)
    rest = text[match.end() :] if match else text
    return rest if len(rest) > 1 or rest.isdigit() else text


def _number(text: str) -> str:
    """012 is 12, 12a is 12A."""
    return (text.lstrip("0") or "0").upper()


def estate(text: str) -> str:
    """`培花新村` for 上海市浦东新区花木街道培花新村."""
    return _without_prefix(tidy(text)).strip("()")


@lru_cache(maxsize=1 << 14)
def lane(text: str) -> str:
    """`丁香路901弄`: 路 and 弄 as written, a bare number is a 弄."""
    text = _without_prefix(tidy(text))
    return f"{_number(text)}弄" if text.isdigit() else text


@lru_cache(maxsize=1 << 14)
def building(text: str, unit: str = "") -> str:
    """`12号` for 12, 12.0, 12#, 12号楼, 十二号; `12号甲`; `3幢` for 3栋 (but `3号` where a unit is named)."""
    text = _ORDINAL.sub("", tidy(text))
    if re.fullmatch(_PIECE, text):
        return f"{_number(text)}号"
    if match := re.fullmatch(r"([甲乙丙丁]?)(\d+)([甲乙丙丁]?)", text):
        return f"{_number(match[2])}号{match[1] or match[3]}"
    match = _BUILDING.fullmatch(_ONLY_A_DOOR.sub(r"\1号", text))
    if not match:
        return text
    kind = (
        "号" if unit or match["kind"] in ("号", "号楼", "#", "楼", "门洞") else "座" if match["kind"] == "座" else "幢"
    )
    return f"{_number(match['n'])}{kind}{match['ahead'] or match['before'] or match['suffix'] or ''}"


@lru_cache(maxsize=1 << 12)
def unit(text: str) -> str:
    """`2` for 2单元."""
    text = numerals.as_digits(tidy(text)).removesuffix("单元")
    return _number(text) if text else ""


@lru_cache(maxsize=1 << 15)
def room(text: str) -> tuple[str, str]:
    """(room, label): `302` for 302室, 302.0, 0302; `302-1`, `302(1)` and `302A间` are parts of 302."""
    text = _ON_A_FLOOR.sub("", tidy(text))
    if text.rstrip("室") in _NO_ROOM:
        return "", ""
    if match := _ROOM.fullmatch(text):
        return _number(match[1]), ""
    if match := _PART.fullmatch(text):
        return _number(match[1]), match[2] or match[3] or match[4] or numerals.as_digits(match[5])
    if text.rstrip("室") not in ("地下", "半地下"):
        text = text.rstrip("室")
    return _ROOM_WORDS.get(text) or _floor(text), ""


def _floor(text: str) -> str:
    """`底层` for 一层 and 1楼, `3层` for 三楼, `地下1层` for 负一层; other words as they are."""
    if match := _FLOOR.fullmatch(text):
        number = _number(match["n"])
        return f"地下{number}层" if match["below"] else "底层" if number == "1" else f"{number}层"
    match = _BASEMENT.fullmatch(text)
    return f"B{match[1]}" if match else text


@lru_cache(maxsize=1 << 15)
def read(raw: str) -> Place:
    """A whole address or a combined door such as `12-302`; parts that are not there stay empty."""
    text = _without_prefix(_evened(raw))
    if dashed := _DASHED.fullmatch(text.removesuffix("室")):
        return _dashed(*dashed.groups())
    if match := _FLOOR_AND_ROOM.fullmatch(text):
        return Place(room=_number(match[2]))
    name = road = ""
    if match := _ESTATE_BEFORE_ROAD.match(text):
        name, text = match["estate"], text[match.end() :]
    if match := _LANE.search(text) or _ROAD.search(text):
        between, road, text = _around(text, match.start(), match.end(), match[0])
        name = name or between
    name, text = _named_before_dashes(name, text)
    if dashed := _DASHED.fullmatch(text.removesuffix("室")):
        return _dashed(*dashed.groups())._replace(estate=name, lane=road)
    text = _BLOCK.sub("", text, count=1)
    if many := _MANY.match(text):
        return Place(name, road, many[0], "", *room(text[many.end() :]))
    found = _BUILDING.search(text)
    if not found or text[: found.start()].startswith(_PLACES_IN_A_HOUSE):
        return _without_building(text, name, road)
    name = name or text[: found.start()].strip("()-,、")
    rest = text[found.end() :]
    if road and not road.endswith("弄") and (tower := _TOWER.match(rest)):  # 民生路1518号金鹰大厦A座1203
        return _behind(
            name or tower["estate"] or "", f"{road}{building(found[0])}", tower["tower"], rest[tower.end() :]
        )
    return _behind("" if name in _NO_ESTATE else name, road, found[0], rest)


def _evened(raw: str) -> str:
    """Tidied, with the signs between number, unit, floor and room made one."""
    text = tidy(_BLANKS.sub("-", raw[:_LONGEST]) if " " in raw or "\u3000" in raw else raw)
    text = _ORDINAL.sub("", text.lstrip("#")) if not text.isascii() else text.lstrip("#")
    if match := _LOOSE.search(text):
        text = text[: match.start()] + "-".join(filter(None, match.groups()))
    text = _UNIT_AFTER_DASH.sub(r"\1号", text)
    return _WITH_FLOOR.sub(r"\1-\3", text)


def _around(text: str, start: int, end: int, road: str) -> tuple[str, str, str]:
    """An estate's name may stand before the lane or between lane and number, also in brackets."""
    before, after = text[:start], text[end:]
    between = re.match(rf"\(?([{_HAN}·]{{2,}}?)\)?(?=[甲乙丙丁]?[A-Za-z]?\d)", after)
    if between and not between[1].startswith(_PLACES_IN_A_HOUSE):
        return between[1], road, after[between.end() :]
    return before.strip("()-,、"), road, after


def _named_before_dashes(name: str, text: str) -> tuple[str, str]:
    """`培花新村12-302`."""
    bare = text.removesuffix("室")
    match = _AFTER_NAME.match(bare)
    return (name or match[1], bare[match.end() :]) if match else (name, text)


def _behind(name: str, road: str, found: str, rest: str) -> Place:
    """What follows the building: 2单元301, 2-301, 302室A间."""
    unit_ = ""
    if match := _UNIT.search(rest):
        unit_, rest = unit(match["unit"]), rest[: match.start()] + rest[match.end() :]
    if not re.match(r"-\d{1,2}[层楼]$", rest):
        rest = rest.lstrip("-/#、,_")
    dashed = re.fullmatch(rf"(\d{{1,2}}|[A-Za-z])[-/]({_PIECE})室?", rest) if not unit_ else None
    if dashed and len(dashed[2]) >= 3:
        unit_, rest = unit(dashed[1]), dashed[2]
    room_, label = room(rest)
    return Place(name, road, building(found, unit_), unit_, room_, label)


def _dashed(first: str, second: str, third: str | None) -> Place:
    if third is None and len(first) >= 3 and len(second) <= 2 and second.isdigit():
        return Place(room=_number(first), label=second)
    if third is None:
        return Place(building=building(first), room=_number(second))
    if len(third) >= 3:
        return Place(building=building(first, second), unit=_number(second), room=_number(third))
    return Place(building=building(first), room=_number(second), label=third)


def _without_building(text: str, name: str, road: str) -> Place:
    """`培花新村302`, `底层`, or only the name of an estate or a road."""
    if text.startswith(_PLACES_IN_A_HOUSE) or _FLOOR.fullmatch(text):
        return Place(name, road, "", "", *room(text))
    if of_unit := _UNIT.match(text):
        return Place(name, road, "", unit(of_unit["unit"]), *room(text[of_unit.end() :]))
    match = re.search(rf"{_PIECE}(?:-\d+)?室?(?:\([^()]{{1,6}}\))?$", text)
    if match:
        return Place(name or text[: match.start()], road, "", "", *room(match[0]))
    if any(map(str.isdigit, text)):
        return Place(name, road)
    if not road and re.fullmatch(rf".+(?:{_ROADS})", text):
        return Place(name, text)
    return Place(name or text, road)


@lru_cache(maxsize=1 << 14)
def floor_of(room_: str) -> int | None:
    """The floor that a room number tells: 302 → 3, 1203 → 12, B1 → −1; None where it tells nothing."""
    if room_ in _FLOOR_WORDS:
        return _FLOOR_WORDS[room_]
    if match := re.fullmatch(r"(?:B|-)(\d)\d*", room_):
        return -int(match[1])
    if match := re.fullmatch(r"(\d{1,2})(?:层|楼)", room_):
        return int(match[1])
    match = re.fullmatch(r"[A-Za-z]?(\d{1,2})\d{2}[A-Za-z]?", room_)
    return int(match[1]) or None if match else None


def spoken(place: Place) -> str:
    """As people write it: 丁香路901弄12号302室; `read` takes it back."""
    unit_ = f"{place.unit}单元" if place.unit else ""
    room_ = f"{place.room}室" if place.room[-1:].isdigit() else place.room
    label = f"({place.label})" if place.label else ""
    return f"{place.estate}{place.lane}{place.building}{unit_}{room_}{label}"
