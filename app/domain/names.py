"""Names as people have them: one spelling for storing and comparing, pinyin for finding and sorting.

Characters outside the basic plane and private-use ones from old Excel files are kept as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

DOT = "·"
_DOTS = re.compile("[•・‧∙⋅●﹒･᛫⸱ꞏ]")
_SPACES = re.compile(r"\s+")
_USUAL = re.compile(r"[\u4e00-\u9fff]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, *range(9), *range(14, 28)])
"""Characters that copying from web pages and chats leaves behind."""
_NARROW: dict[int, int | None] = {**_FULL_WIDTH, **_UNSEEN}
_EDGES = " ,，;；'\""
_QUOTES = str.maketrans("‘’ʼ`´", "'''''")
"""Signs that stand for an apostrophe: O’Brien is O'Brien."""
_LETTERS = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_LATIN = re.compile(rf"[{_LETTERS}\W\d]*")
_WORD = re.compile(rf"[{_LETTERS}]+|[^\W\d_{_LETTERS}]")
_NATIVE_DOT = re.compile(r"(?<=[^\W\d_a-zA-Z])\.(?=[^\W\d_a-zA-Z])")
_SEVERAL = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[、,;/／，；\n]\s*[\u4e00-\u9fff]{2,4})+")

SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "员": "yun", "秘": "bi", "种": "chong", "缪": "miao", "乐": "yue", "翟": "zhai", "折": "she", "覃": "qin",
    "晟": "cheng", "召": "shao", "黑": "he", "繁": "po", "逄": "pang", "么": "yao", "祭": "zhai", "藏": "zang",
    "能": "nai", "句": "gou", "宓": "fu", "郇": "xun", "阚": "kan", "粘": "nian", "郄": "qie", "乜": "nie",
    "行": "xing", "长": "zhang", "过": "guo", "哈": "ha", "尹": "yin", "重": "chong", "隗": "wei", "薄": "bo",
}  # fmt: skip
"""How these characters are read as a surname, where that is not their first reading."""
LONG_SURNAMES = {
    "万俟": ("mo", "qi"), "单于": ("chan", "yu"), "尉迟": ("yu", "chi"), "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"), "鲜于": ("xian", "yu"), "呼延": ("hu", "yan"), "宰父": ("zai", "fu"),
}  # fmt: skip
"""Surnames of two characters whose reading is not that of the characters."""
TWO_CHARACTER_SURNAMES = frozenset((
    "欧阳", "司马", "上官", "诸葛", "东方", "夏侯", "皇甫", "公孙", "慕容", "司徒", "令狐", "端木", "南宫", "太史",
    "申屠", "闻人", "轩辕", "宇文", "钟离", "司空", "西门", "东郭", "百里", "独孤"
))  # fmt: skip
"""Those that are read as their characters are."""
POLYPHONES = frozenset("乐行重朝晟长调传还盛种曲强曾单解茜娜婧颉莘")
"""Characters of given names that people look for under two readings."""


def fold_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones; marks that nobody sees are gone."""
    return text if text.isascii() else text.translate(_NARROW)


def _is_han(character: str) -> bool:
    return unicodedata.category(character) in ("Lo", "Co")


def normalise(text: str) -> str:
    """One spelling: half-width, one kind of middle dot, no blanks between Chinese characters, single blanks else."""
    return text if _USUAL.fullmatch(text) else _normalised(text)


@lru_cache(maxsize=1 << 14)
def _normalised(text: str) -> str:
    bare = unicodedata.normalize("NFC", text).translate(_UNSEEN)
    name = _SPACES.sub(" ", _DOTS.sub(DOT, fold_width(bare))).strip(_EDGES)
    if any(map(_is_han, name)):
        name = _NATIVE_DOT.sub(DOT, name.replace(" ", ""))
    elif _LATIN.fullmatch(name):
        name = name.translate(_QUOTES).strip(_EDGES).upper()
    return name


def several(text: str) -> bool:
    """Does a cell seem to name more than one person: 张三、李四?"""
    return bool(_SEVERAL.fullmatch(text.strip()))


@cache
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # loads a dictionary of 40,000 readings: only where names are looked at

    found = pinyin(character, style=Style.NORMAL, heteronym=character in POLYPHONES, errors="ignore", strict=False)
    return tuple(dict.fromkeys(found[0][:2])) if found else ()


@lru_cache(maxsize=1 << 14)
def pinyin(name: str) -> tuple[tuple[str, ...], ...]:
    """The readings of a name, each a tuple of syllables; the usual one first, at most four.

    Latin words are syllables of their own, in lower case and without accents.
    """
    if _USUAL.fullmatch(name) and name[:2] not in LONG_SURNAMES:
        return _usual(name)
    name = fold_width(name)
    syllables: list[tuple[str, ...]] = [(syllable,) for syllable in LONG_SURNAMES.get(name[:2], ())]
    for word in _WORD.findall(name[len(syllables) :]):
        if _LATIN.fullmatch(word):
            syllables.append((_without_accents(word),))
        elif readings := _readings(word):
            if not syllables and (surname := SURNAME_READINGS.get(word)):
                readings = (surname, *(reading for reading in readings[:1] if reading != surname))
            syllables.append(readings)
    return tuple(islice(product(*syllables), 4)) if syllables else ()


def _usual(name: str) -> tuple[tuple[str, ...], ...]:
    """The same of Chinese characters alone: nearly all names."""
    syllables: list[tuple[str, ...]] = []
    for character in name:
        if readings := _readings(character):
            if not syllables and (surname := SURNAME_READINGS.get(character)):
                readings = (surname, *(reading for reading in readings[:1] if reading != surname))
            syllables.append(readings)
    return tuple(islice(product(*syllables), 4)) if syllables else ()


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).lower()


def sort_key(name: str) -> tuple[str, str]:
    """Names in the order of their pinyin."""
    readings = pinyin(name)
    return (" ".join(readings[0]) if readings else "", name)
