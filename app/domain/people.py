"""Who counts as what: a person's 人户 situation, the three populations, age, and the order in a household.

Every statistic says which population it means, 户籍, 常住 or 实有人口, so each is one predicate here
(domain.md, People). Everything works on field values as they travel: `dict[field key, JSON value]`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from app.domain.fields import GONE, LIVING_HERE, RELATIONS

Values = Mapping[str, Any]

LIVING_KINDS = ("实住", "承租")
"""Residence kinds of somebody who sleeps here; 户籍, 产权 and 工作 alone do not make a dweller."""

SITUATIONS = ("人户一致", "人在户不在", "户在人不在", "外省市来沪", "港澳台", "外籍")
HALF_A_YEAR = 183
"""Days after which somebody registered elsewhere counts as 常住 (census: half a year)."""

_HERE = ("上海", "沪")
_CHINA = ("中国", "中华人民共和国", "中国大陆", "CHN", "CN", "CHINA")
_HMT = ("香港", "澳门", "台湾", "中国香港", "中国澳门", "中国台湾", "HKG", "MAC", "TWN")
_PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建",
    "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南",
    "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆",
)  # fmt: skip


def household_situation(
    resident: Values, residences: Iterable[Values] = (), hukou_at_home: bool | None = None
) -> str | None:
    """One of SITUATIONS, or None where nothing on record decides it (or the person is dead or gone).

    residences: the person's further residence rows (kind, household, since, until); a row with `until`
    is over and ignored. hukou_at_home: what `is_home` says of the hukou address, None if nobody asked.
    A tenant with a Shanghai hukou and no word on where it lies is taken as 人在户不在.
    """
    if resident.get("status") in GONE:
        return None
    origin = person_class(resident)
    if origin in ("外籍", "港澳台"):
        return origin
    if origin == "外省市来沪":
        return origin
    rows = tuple(residences)
    living = _living_household(resident, rows) is not None
    registered = _hukou_is_here(resident, rows, hukou_at_home)
    if registered and living:
        return "人户一致"
    if registered:
        return "户在人不在"
    return "人在户不在" if living and registered is False else None


def person_class(resident: Values) -> str | None:
    """户籍居民, 外省市来沪, 港澳台 or 外籍: as recorded, else as nationality and hukou address tell."""
    known = resident.get("person_class")
    if known:
        return str(known)
    nationality = str(resident.get("nationality") or "").strip().upper()
    if nationality in _HMT:
        return "港澳台"
    if nationality and nationality not in _CHINA:
        return "外籍"
    address = str(resident.get("hukou_address") or "").strip()
    if address.startswith(_PROVINCES):
        return "外省市来沪"
    return "户籍居民" if address.startswith(_HERE) else None


def lives_here(resident: Values, residences: Iterable[Values] = ()) -> bool:
    """实有人口, the `residents` of `status`: 在住 or 暂离, and living here whatever the hukou.

    A roster that has no column for status or residence kind lists dwellers, so absent means 在住 and 实住.
    """
    status = resident.get("status") or LIVING_HERE[0]
    return status in LIVING_HERE and _living_household(resident, tuple(residences)) is not None


def registered_here(resident: Values, residences: Iterable[Values] = (), hukou_at_home: bool | None = None) -> bool:
    """户籍人口: the hukou lies at a door of this committee, wherever the person sleeps."""
    if resident.get("status") in GONE or person_class(resident) in ("外籍", "港澳台", "外省市来沪"):
        return False
    rows = tuple(residences)
    return "户籍" in _kinds(resident, rows) or _hukou_is_here(resident, rows, hukou_at_home) is True


def usual_resident(
    resident: Values, on: date, residences: Iterable[Values] = (), hukou_at_home: bool | None = None
) -> bool:
    """常住人口: lives here and either has the hukou here or has lived here for half a year.

    As the seventh census counts; it counts 港澳台 and 外籍 in a table of their own, and so do we (False).
    An unknown beginning counts as long ago.
    """
    rows = tuple(residences)
    if not lives_here(resident, rows) or person_class(resident) in ("外籍", "港澳台"):
        return False
    if registered_here(resident, rows, hukou_at_home):
        return True
    begun = [str(row["since"]) for row in rows if row.get("kind") in LIVING_KINDS and row.get("since")]
    return not begun or (on - date.fromisoformat(min(begun))).days >= HALF_A_YEAR


def is_home(address: str, *, estate: str, lane: str, building: str, room: str) -> bool:
    """Does a hukou address mean this door? Estate or lane, and the building and room, must stand in it."""
    text = unicodedata.normalize("NFKC", address).replace(" ", "")

    def stands(part: str) -> bool:
        whole = re.escape(part) + ("(?![0-9A-Za-z])" if part[-1].isascii() else "")
        return re.search(rf"(?<![0-9A-Za-z]){whole}", text) is not None

    area = [part for part in (estate, lane) if part]
    return any(part in text for part in area) and all(stands(part) for part in (building, room) if part)


def age_on(day: date, *, birth_date: str | None = None, birth_year: int | None = None) -> int | None:
    """Whole years on a day. With the year alone: the age reached in that calendar year.

    birth_date: ISO; it needs the ring, so "80+" by an account without it goes by the year. Somebody
    born on 29 February completes a year on 1 March of a common year.
    """
    if birth_date:
        born = date.fromisoformat(birth_date)
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    elif birth_year:
        years = day.year - int(birth_year)
    else:
        return None
    return years if years >= 0 else None


def derived_birth_date(papers: Iterable[Values]) -> str | None:
    """The ISO birth date that a Chinese ID number among the documents holds; the one in force first."""
    papers = list(papers)
    for paper in papers if len(papers) == 1 else sorted(papers, key=lambda each: bool(each.get("former"))):
        number = paper.get("number")
        if not number:
            continue
        born = birth_in(str(number))
        if born:
            return born
    return None


def birth_in(number: str) -> str | None:
    """The ISO birth date of an 18- or 15-digit Chinese ID number (GB 11643); None where it holds none."""
    text = number if number.isascii() else unicodedata.normalize("NFKC", number)
    text = text.strip()
    if len(text) == 18 and text[:17].isdecimal() and text[17] in "0123456789Xx":
        digits = text[6:14]
    elif len(text) == 15 and text.isdecimal():
        digits = "19" + text[6:12]
    else:
        return None
    return _day(digits)


@lru_cache(maxsize=1 << 16)
def _day(digits: str) -> str | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None


_RANK = {relation: rank for rank, relation in enumerate(RELATIONS)}


def household_order(resident: Values) -> tuple[int, int, str]:
    """Sort key for the people of one household: 户主 first, then by relation, then the oldest."""
    rank = _RANK.get(str(resident.get("relation") or ""), len(RELATIONS))
    return rank, int(resident.get("birth_year") or 9999), str(resident.get("name") or "")


def _open(rows: tuple[Values, ...]) -> list[Values]:
    return [row for row in rows if not row.get("until")]


def _kinds(resident: Values, rows: tuple[Values, ...]) -> set[str]:
    return {_main_kind(resident), *(str(row.get("kind")) for row in _open(rows))}


def _main_kind(resident: Values) -> str:
    return str(resident.get("residence_kind") or "实住")


def _living_household(resident: Values, rows: tuple[Values, ...]) -> str | None:
    """The household where the person sleeps; "" where the values name none."""
    if _main_kind(resident) in LIVING_KINDS:
        return str(resident.get("household") or "")
    for row in _open(rows):
        if row.get("kind") in LIVING_KINDS:
            return str(row.get("household") or "")
    return None


def _hukou_is_here(resident: Values, rows: tuple[Values, ...], at_home: bool | None) -> bool | None:
    """True: at the door where the person lives (for someone living elsewhere: at a door here).

    None: nothing on record decides it.
    """
    main = str(resident.get("household") or "")
    homes = {str(row.get("household") or main) for row in _open(rows) if row.get("kind") == "户籍"}
    if _main_kind(resident) == "户籍":
        homes.add(main)
    living = _living_household(resident, rows)
    if homes:
        return living is None or living in homes
    if living is None or person_class(resident) != "户籍居民":
        return None
    if at_home is None and not resident.get("hukou_address"):
        return _main_kind(resident) != "承租"
    return at_home
