"""Are two names one person's? Width, case, blanks, dots and the order of passport words do not matter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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
    return len(one) == len(other) and not one.isascii() and _sound(one) == _sound(other)


@lru_cache(maxsize=1 << 12)
def _sound(name: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # slow to load, and only rows that nearly match need it

    return tuple(lazy_pinyin(name))
