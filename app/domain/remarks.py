"""What people write beside a name of somebody who is no longer here: (故)赵六, 李四（已迁出）, 王阿婆已去世, 钱七†."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from app.domain import dates
from app.domain.fields import RESIDENT
from app.domain.names import LONG_SURNAMES, TWO_CHARACTER_SURNAMES
from app.domain.values import choice

_HAN = r"\u4e00-\u9fff"
DAY = r"(?:(?:19|20)\d{2}(?:[年./-]\d{1,2}(?:[月./-]\d{1,2}日?)?月?|年|(?:\d{4}))?)"
"""A day, a month or a year."""
_OPEN, _CLOSE = r"(\[【〔〖《<{", r")\]】〕〗》>}"
_BEFORE = re.compile(rf"[{_OPEN}]([^{_OPEN}{_CLOSE}]+)[{_CLOSE}](.+)")
_BEHIND = re.compile(rf"(.+?)[{_OPEN}]([^{_OPEN}{_CLOSE}]+)[{_CLOSE}]")
_SIGNS = "†✝✞☨⚰"
_MORE = {
    word: status
    for status, words in {
        "去世": "故 殁 歿 卒 逝世 已逝 已逝世 离世 已离世 辞世 已辞世 身故 已身故 已亡故 已病故 已亡 不在了 已不在",
        "迁出": "迁 已迁 外迁 已外迁 户口迁出 户口已迁 户口已迁出 已迁走 迁离 已迁离 搬出 已搬出 已搬迁 已搬家",
        "参军": "已当兵 已参军 已入伍 已服役 在部队 部队服役",
        "出国": "已出国 出国了",
    }.items()
    for word in words.split()
}
"""What remarks say besides the words of a column of states."""
_PLAIN = "去世|过世|病故|亡故|身故|死亡|逝世|离世|辞世|迁出|迁走|迁离|外迁|搬走|搬离|搬迁|搬出|服役"
_NAMELIKE = "当兵|参军|入伍|出国"
"""Words that a given name may be, too."""
BARE = rf"(?:已经?(?:{_PLAIN}|{_NAMELIKE}|故|亡|逝|迁)|{_PLAIN}|{_NAMELIKE})"
"""A remark that stands in no bracket."""
_BARE = re.compile(rf"(?P<name>[{_HAN}·]{{2,}}?)(?P<apart>[,、:;.\-—]*)(?P<said>{DAY}?{BARE}(?:于?{DAY})?)")
_AHEAD = re.compile(rf"已故[,、:;]?([{_HAN}]{{2,4}})")
ENDS = frozenset((*_PLAIN.split("|"), *_NAMELIKE.split("|"), "已故", "已亡", "已逝", "已迁"))
"""How names end that want a look."""
_LONG = TWO_CHARACTER_SURNAMES | LONG_SURNAMES.keys()


class Remarked(NamedTuple):
    """name: without the remark. details: what it says, by field key: status, status_since, note; {} if it is none."""

    name: str
    details: dict[str, Any]


def read(name: str) -> Remarked:
    """Take a normalised name and a remark on what became of its owner apart; any other bracket stays in the name."""
    bare = name.strip(_SIGNS)
    if bare and bare != name:
        inner = read(bare)
        return Remarked(inner.name, {"status": "去世", **inner.details})
    if match := _BEFORE.fullmatch(name):
        return _if_said(name, match[2], match[1])
    if match := _BEHIND.fullmatch(name):
        return _if_said(name, match[1], match[2])
    if match := _AHEAD.fullmatch(name):
        return Remarked(match[1], {"status": "去世"})
    match = _BARE.fullmatch(name)
    if match is None or match["name"] in _LONG:
        return Remarked(name, {})
    if len(match["name"]) < 3 and not match["apart"] and match["said"] in _NAMELIKE.split("|"):
        return Remarked(name, {})
    return _if_said(name, match["name"], match["said"])


def _if_said(whole: str, name: str, remark: str) -> Remarked:
    details = said(remark)
    name = name.strip(" ,、:;-—")
    return Remarked(name, details) if details and name else Remarked(whole, {})


def said(remark: str) -> dict[str, Any]:
    """The status that a remark tells, with its date where there is one; {} if it speaks of something else."""
    if remark in _SIGNS:
        return {"status": "去世"}
    day = re.search(DAY, remark)
    word = (remark.replace(day[0], "", 1) if day else remark).strip(" ,、.:;于-—")
    status = _status(word)
    details: dict[str, Any] = {}
    if status is None and (match := re.match(rf"已?(?:{_PLAIN})", word)):
        status = _status(match[0])
        details["note"] = remark  # 迁出至浦东 says more than a status
    if status is None:
        return {}
    since = dates.read(day[0]) if day else None
    return {"status": status, **({"status_since": since} if since else {}), **details}


def _status(word: str) -> str | None:
    return _MORE.get(word) or choice(RESIDENT["status"], word)
