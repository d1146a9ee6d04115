"""Cells of a column of names: one name, several, a name with a remark, or a word that is nobody's name."""

from __future__ import annotations

import re
from typing import Any

from app.domain import names, remarks
from app.domain.fields import RESIDENT
from app.domain.names import TWO_CHARACTER_SURNAMES
from app.domain.remarks import ENDS
from app.domain.values import EMPTY_WORDS, NOTHING, Parsed, choice, parse, plain
from app.exchange.meaning import is_name

_USUAL = re.compile(r"(?!已)[\u4e00-\u9fff]{2,4}")
_BRACKET = re.compile(r"(.+)\(([^()]+)\)")
_TITLES = frozenset(("先生", "女士", "太太", "小姐", "夫人"))
_SIGNS = re.compile(r"[、,，;；/／&+]")
_AROUND = str.maketrans("", "", "()[]【】*?。.!~ -—")
_NUMBER = re.compile(r"(?:电话|手机)?:?\d{7,}")
_COUNT = r"(?:若干|一家|们|(?:共|约)?[\d一二两三四五六七八九十几多]{1,3}(?:多|余)?(?:人|名|个|户|位|口)(?:人)?)"
_EMPTY = re.compile(
    r"(?:目前|现|暂时?|长期|一直|已|此?房屋?)?(?:空置|空关|空房|空屋|空户|空着|空|(?:无|没|没有)人(?:居住|住|在家)?|无住户|未入住)"
    r"(?:房屋?|户|中|屋)?"
)
_LET = re.compile(
    rf"(?:目前|现|已|房屋|整套|此房)?(?:出租|外租|已租|群租)(?:给?外地人|房屋?|屋|户|中|出去)?{_COUNT}?"
    rf"|(?:外地|外来|外省市?)?(?:租客|租户|房客|租房者|租房人|承租人|承租户|租房户){_COUNT}?"
)
_NOBODY = frozenset((
    "空挂", "空挂户", "户籍空挂", "户口空挂", "挂户", "待核", "待核实", "待查", "待补", "待定", "待登记", "待确认",
    "待完善", "未知", "未登记", "不详", "不明", "姓名不详", "姓名未知", "拒访", "拒绝登记", "拒绝", "联系不上", "无法联系",
    "已去世", "已故", "去世", "死亡", "已迁出", "迁出", "已搬走", "搬走", "已搬离", "户主", "业主", "本人", "外地人",
    "商铺", "店铺", "仓库"
))  # fmt: skip
"""Words that are no names and say nothing of the door."""
_OF_DOORS = frozenset((
    "空置", "空关", "空房", "空屋", "空户", "空着", "无人", "无人居住", "无人住", "没人", "没人住", "无住户", "未入住",
    "空置房", "空关房", "现空置", "已空置", "目前空置", "空置中", "出租", "出租房", "出租屋", "出租户", "出租中", "已出租",
    "已租", "外租", "群租", "群租房", "租客", "租户", "房客", "承租人", "承租户", "租房人", "租房者", "租客一家",
    "租户一家", "租客若干", "外地租客", "外来租客", "外地租户", "外来租户", "外地房客"
))  # fmt: skip
"""The usual ones of those that do; `_EMPTY` and `_LET` know more."""
_NO_NAMES = EMPTY_WORDS | _NOBODY | _OF_DOORS


def is_usual(raw: Any) -> bool:
    """Is a cell its own value: two to four Chinese characters that say nothing else? Most are."""
    return type(raw) is str and _USUAL.fullmatch(raw) is not None and raw[-2:] not in ENDS and raw not in _NO_NAMES


def read(raw: Any) -> Parsed:
    """The name; details: what the cell says besides. `several`: the names in it; `nobody`: what stood in place of one."""
    name = parse(RESIDENT["name"], raw).value
    if name is None:
        return NOTHING
    if (door := _of_nobody(name)) is not None:
        return Parsed(None, None, {"nobody": name, **door})
    remarked = remarks.read(name)
    if remarked.details and not names.several(remarked.name):
        return Parsed(remarked.name, None, remarked.details)
    if found := _several(raw):
        return Parsed(None, "name-several", {"several": found})
    match = _BRACKET.fullmatch(name)
    if match and match[2] not in _TITLES:
        for key in ("relation", "status"):
            if word := choice(RESIDENT[key], match[2]):
                return Parsed(match[1], None, {key: word})
    return Parsed(name)


def _of_nobody(name: str) -> dict[str, str] | None:
    """What a word that is no name says of the door; None for a name."""
    bare = _NUMBER.sub("", name.translate(_AROUND))
    if _EMPTY.fullmatch(bare):
        return {"state": "空置"}
    if _LET.fullmatch(bare):
        return {"state": "出租", **({"note": name} if re.search(r"\d", name) or re.search(_COUNT, bare) else {})}
    return {} if bare in _NOBODY or not bare else None


def _several(raw: Any) -> tuple[str, ...]:
    """The names in a cell that names more than one person; () for one, also of two parts: 欧阳 修文, 买买提 艾力.

    Between blanks only what begins with common surnames counts as names.
    """
    if not isinstance(raw, str):
        return ()
    if names.several(plain(raw)):
        return tuple(filter(None, (names.normalise(part) for part in _SIGNS.split(plain(raw)))))
    parts = tuple(map(names.normalise, raw.replace("_x000D_", " ").split()))
    alike = len(parts) > 1 and all(map(is_name, parts)) and parts[0] not in TWO_CHARACTER_SURNAMES
    return parts if alike else ()
