"""What a column's title says, in whatever spelling: blanks, units and hints left aside; sound and small slips forgiven.

Rosters and a superior's forms ask the same question, so it has one answer. Titles only: what stands in the column is
`exchange.meaning`'s affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from app.domain.names import fold_width

LONGEST = 40
EXACT, ALIAS, HINTED, SOUNDS, SLIP, ALIKE = 1.0, 0.95, 0.9, 0.75, 0.65, 0.5
"""How sure a title makes: the field's own, another it goes by, one with hints around it, one that sounds the same,
one with a letter too many, too few or two changed over, one that differs in a character."""
SURE = 0.6
"""From here a meaning is used unasked; below it is only proposed."""
_AROUND = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*:?＊※★·.、,。;；'\"“”]+|_x000d_", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[{【<《〔].*?[)\]}】>》〕]")
_OPEN_END = re.compile(r"[(\[{【<《〔].*$")
_NUMBERED = re.compile(r"^(?:[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)](?=.)|\d{1,2}(?=[^\d])|[①-⑳])")
_OF_DOORS = frozenset(("号", "室", "弄", "栋", "幢", "座", "楼", "层", "单元", "户", "门", "门洞", "村", "组"))
_HINT = re.compile(r"必填项?$|选填$|可选$|下拉选择$|^必填|(?:yyyy|年)[-/年]?mm[-/月]?dd日?$|[12]$")
_UNLIKE = frozenset("非原前未不无旧离曾没他她夫妻父母子女的")
"""Characters that make another thing of a title: 原工作单位 is no slip for 工作单位."""


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A title without blanks, line breaks, stars and colons, half-width, lower case; "" for what is too long for one."""
    return _AROUND.sub("", fold_width(text)).lower() if len(text) <= LONGEST else ""


@lru_cache(maxsize=4096)
def spellings(text: str) -> tuple[str, ...]:
    """The plain title, then what is left of it without brackets, numbering and hints, the fullest first."""
    whole = plain(text) or plain(_OPEN_END.sub("", fold_width(text)))
    bare = _BRACKETS.sub("", whole)
    short = _HINT.sub("", _unnumbered(_OPEN_END.sub("", bare)))
    several = whole, bare, _unnumbered(whole), _unnumbered(bare), short
    return tuple(dict.fromkeys(each for each in several if each))


def _unnumbered(title: str) -> str:
    """`姓名` for (1)姓名 and 1.姓名; 12号 and 2单元 are doors and no titles."""
    rest = _NUMBERED.sub("", title)
    return title if rest in _OF_DOORS else rest


def nearest(title: str, candidates: Mapping[str, Iterable[str]]) -> tuple[str, float, str] | None:
    """(key, confidence, how) of the candidate that a title names best; how: title or near. None if none is near.

    candidates: {key: its titles, its own first}. Below `SURE` it is a proposal.
    """
    known: dict[str, tuple[str, float]] = {}
    for key, titles in candidates.items():
        for rank, each in enumerate(titles):
            sure = ALIAS if rank else EXACT
            if (name := plain(each)) and (name not in known or known[name][1] < sure):
                known[name] = (key, sure)
    for rank, spelling in enumerate(spellings(title)):
        if found := known.get(spelling):
            return found[0], found[1] if rank == 0 else min(found[1], HINTED), "title"
    return near(title, {name: key for name, (key, _) in known.items()})


def near(title: str, known: Mapping[str, str]) -> tuple[str, float, str] | None:
    """The same for a title that is none of those known. known: {plain title: key}."""
    best: tuple[float, int, str] | None = None
    for spelling in spellings(title):
        if len(spelling) < 2 or spelling.isascii():
            continue
        for name, key in known.items():
            if abs(len(name) - len(spelling)) > 1 or len(name) < 2:
                continue
            sure = _alike(spelling, name)
            if sure and (best is None or (sure, len(name)) > best[:2]):
                best = sure, len(name), key
    return (best[2], best[0], "near") if best else None


def _alike(title: str, name: str) -> float:
    """How surely one is meant by the other; 0 for two different titles."""
    from rapidfuzz.distance import OSA  # titles that nobody knows are few: not loaded before one is there

    if len(title) == len(name) and _sound(title) == _sound(name):
        return SOUNDS
    if len(name) < 3 or OSA.distance(title, name, score_cutoff=1) > 1:
        return 0.0
    if len(title) == len(name):
        if sorted(title) == sorted(name):
            return SLIP
        return ALIKE if len(name) > 3 and not _differing(title, name) & _UNLIKE else 0.0
    if len(name) < 4 or _differing(title, name) & _UNLIKE:
        return 0.0
    longer = len(title) > len(name)
    return ALIKE if longer and not _twice(title, name) else SLIP


def _twice(title: str, name: str) -> bool:
    """Is the one character too many written twice: 联系电话话?"""
    return any(title[: at + 1] + title[at + 2 :] == name and title[at] == title[at + 1] for at in range(len(title) - 1))


def _differing(one: str, other: str) -> set[str]:
    return set(one) ^ set(other)


@lru_cache(maxsize=4096)
def _sound(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # slow to load, and most rosters have no title that needs it

    return tuple(lazy_pinyin(text))
