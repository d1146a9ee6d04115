"""Names as people have them: one spelling for storing and comparing, pinyin for finding and sorting.

Characters outside the basic plane and private-use ones from old Excel files are kept as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

DOT = "·"
_DOTS = re.compile("[•・‧∙⋅●﹒]")
_SPACES = re.compile(r"\s+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "任": "ren",
    "华": "hua", "盖": "ge", "员": "yun", "秘": "bi", "种": "chong", "缪": "miao", "乐": "yue", "翟": "zhai",
    "折": "she", "冼": "xian", "覃": "qin", "尉": "yu", "万": "wan", "牟": "mu", "晟": "cheng", "宁": "ning",
    "石": "shi", "车": "che", "贾": "jia", "纪": "ji", "曲": "qu", "盛": "sheng", "燕": "yan", "应": "ying",
}  # fmt: skip
"""How these characters are read as a surname, where that is not their first reading."""
POLYPHONES = frozenset("乐行重朝晟长调传还盛种曲强曾单解茜娜婧颉莘")
"""Characters of given names that people look for under two readings."""


def fold_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones."""
    return text.translate(_FULL_WIDTH)


def _is_han(character: str) -> bool:
    return unicodedata.category(character) in ("Lo", "Co")


@lru_cache(maxsize=100_000)
def normalise(text: str) -> str:
    """One spelling: half-width, one kind of middle dot, no blanks between Chinese characters, single blanks else."""
    name = _SPACES.sub(" ", _DOTS.sub(DOT, fold_width(unicodedata.normalize("NFC", text)))).strip(" ,，;；")
    if any(map(_is_han, name)):
        name = name.replace(" ", "")
        if any(_is_han(c) for c in name[:1]) and re.search(r"[^\W\d_a-zA-Z]\.[^\W\d_a-zA-Z]", name):
            name = name.replace(".", DOT)
    elif name.isascii():
        name = name.upper()
    return name


@cache
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # loads a dictionary of 40,000 readings: only where names are looked at

    found = pinyin(character, style=Style.NORMAL, heteronym=character in POLYPHONES, errors="ignore", strict=False)
    return tuple(dict.fromkeys(found[0][:2])) if found else ()


@lru_cache(maxsize=200_000)
def pinyin(name: str) -> tuple[tuple[str, ...], ...]:
    """The readings of a name, each a tuple of syllables; the usual one first, at most four.

    Latin words are syllables of their own, in lower case.
    """
    syllables: list[tuple[str, ...]] = []
    for word in re.findall(r"[A-Za-z]+|[^\W\d_A-Za-z]", fold_width(name)):
        if word.isascii():
            syllables.append((word.lower(),))
        elif readings := _readings(word):
            if not syllables and (surname := SURNAME_READINGS.get(word)):
                readings = (surname, *(reading for reading in readings[:1] if reading != surname))
            syllables.append(readings)
    return tuple(islice(product(*syllables), 4)) if syllables else ()


def sort_key(name: str) -> tuple[str, str]:
    """Names in the order of their pinyin."""
    readings = pinyin(name)
    return (" ".join(readings[0]) if readings else "", name)
