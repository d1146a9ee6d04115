"""Are two names one person's? Width, case, blanks, dots and the order of passport words do not matter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import permutations

from app.domain import variants

_DOTS = str.maketrans(dict.fromkeys("·•・‧∙⋅●．.", "·"))
_PLAIN = re.compile(r"[\u3400-\u9fff]+")


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> str:
    """A name as it is compared: width, case, blanks and the kind of middle dot do not matter.

    Blanks are dropped in Chinese names; the words of a passport name are sorted, because rosters
    write them in either order.
    """
    if _PLAIN.fullmatch(name):
        return name
    text = unicodedata.normalize("NFKC", name.translate(_DOTS)).casefold().strip(" ·")
    if text.isascii():
        return " ".join(sorted(re.findall(r"[^\s,·]+", text.replace("·", " "))))
    return re.sub(r"\s+", "", text)


def akin(one: str, other: str) -> bool:
    """May two name keys be one person's: equal, one the longer form of the other, or sounding the same?"""
    if one == other:
        return True
    if not one or not other:
        return True  # a row without a name does not gainsay its number
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and long.startswith(short) and "·" in long:
        return True
    if len(one) != len(other) or one.isascii():
        return False
    return _sound(one) == _sound(other) or variants.fold(one) == variants.fold(other)


_WRITTEN_OUT = re.compile("先生|女士|小姐|同志|某某?|[*＊x×○〇]{1,2}")
"""What stands for a part of a name in lists made for hanging out: 王某, 王**, 王先生."""
_HIDDEN = "\0"
_NEAR_ENOUGH, _MISSPELT = 0.8, 0.88
"""Jaro-Winkler likeness of two Latin words that may be one with slips of the pen; with a single one."""


def name_code(one: str, other: str) -> str:
    """How two name keys agree: the code `why-<code>`; "" where one of them is missing."""
    if one == other:
        return "same-name" if one else ""
    if not one or not other:
        return ""
    if one.isascii() or other.isascii():
        return _latin(one, other) if one.isascii() and other.isascii() else _spelled(one, other)
    return _chinese(one, other)


@lru_cache(maxsize=1 << 16)
def _chinese(one: str, other: str) -> str:
    if variants.fold(one) == variants.fold(other):
        return "name-variant"
    if len(one) == len(other):
        if one[0] != other[0] and one[-1] != other[-1] and one[0] not in other and other[0] not in one:
            return "name-sounds" if _all_sound(one, other) else "other-name"
        return _same_length(variants.fold(one), variants.fold(other))
    short, long = sorted((one, other), key=len)
    if "·" in long:
        return "name-part" if short in long.split("·") or long.startswith(short) else "other-name"
    if _fits(short, long):
        return "name-part"
    return "name-one-char" if len(short) > 1 and len(long) - len(short) == 1 and _subset(short, long) else "other-name"


def _same_length(one: str, other: str) -> str:
    if sorted(one) == sorted(other):
        return "name-order"
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if any(_HIDDEN in pair for pair in (_masked(one), _masked(other))):
        return "name-part" if _fits(one, other) or _fits(other, one) else "other-name"
    if all(variants.sound_alike(a, b) for a, b in pairs):
        return "name-sounds"
    if all(variants.look_alike(a, b) or variants.sound_alike(a, b) for a, b in pairs):
        return "name-shape"
    if len(pairs) > 1 or len(one) < 3:
        return "other-name"
    return "name-one-char" if one[0] == other[0] else "name-given"


def _all_sound(one: str, other: str) -> bool:
    return all(variants.sound_alike(a, b) for a, b in zip(one, other, strict=True))


def _masked(name: str) -> str:
    return _WRITTEN_OUT.sub(_HIDDEN, name)


def _fits(masked: str, name: str) -> bool:
    """王某, 王*国, 王先生: is what is not hidden the beginning and the end of the name?"""
    start, hidden, end = _masked(masked).partition(_HIDDEN)
    return bool(hidden and start) and len(name) > 1 and name.startswith(start) and name.endswith(end)


def _subset(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


@lru_cache(maxsize=1 << 14)
def _spelled(one: str, other: str) -> str:
    """A passport's letters beside Chinese characters: `wang xiaoming` and 王晓明."""
    from pypinyin import lazy_pinyin

    latin, han = (one, other) if one.isascii() else (other, one)
    spelled = "".join(lazy_pinyin(han))
    words = latin.split()
    orders = permutations(words) if len(words) < 4 else (tuple(words),)
    return "name-sounds" if any("".join(order) == spelled for order in orders) else "other-name"


@lru_cache(maxsize=1 << 16)
def _latin(one: str, other: str) -> str:
    """Word by word, because a passport roster drops, swaps or misspells single ones."""
    mine, theirs = one.split(), other.split()
    shared = [word for word in mine if word in theirs]
    if len(shared) == min(len(mine), len(theirs)) and shared:
        return "name-part"
    if one.replace(" ", "") == other.replace(" ", ""):
        return "name-variant"
    return _misspelt(mine, theirs)


_HARD = str.maketrans("kqzfyvbdg", "ccspibptc")


@lru_cache(maxsize=1 << 14)
def sound_code(word: str) -> str:
    """What is left of a Latin word when it is misheard: its first letter and three consonants, the like ones as one."""
    heard = "".join(letter for letter in word[1:].translate(_HARD) if letter not in "aeiouhwy")
    code = word[:1]
    for letter in heard:
        if code[-1:] != letter:
            code += letter
    return code[:4]


def _misspelt(mine: list[str], theirs: list[str]) -> str:
    from rapidfuzz.distance import JaroWinkler

    short, long = sorted((mine, theirs), key=len)
    if len(long) > 4:
        return "other-name"
    scores = [
        [JaroWinkler.similarity(a, b) for a, b in zip(short, order, strict=True)]
        for order in permutations(long, len(short))
    ]
    best = max(scores, key=lambda each: (max(each) == 1.0, sum(each)))
    if min(best) >= _NEAR_ENOUGH:
        return "name-misspelt" if min(best) >= _MISSPELT and len(best) > 1 else "name-near"
    return "name-one-word" if max(best) >= _MISSPELT and len(best) > 1 else "other-name"


@lru_cache(maxsize=1 << 12)
def _sound(name: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # slow to load, and only rows that nearly match need it

    return tuple(lazy_pinyin(name))
