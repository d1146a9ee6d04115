"""Phone numbers as rosters write them: mobile, landline, foreign, several in one cell."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from app.domain.names import fold_width

_LONGEST = 300
MOBILE = re.compile(r"1[3-9]\d{9}")
_SEPARATORS = re.compile(
    r"[/、,，;；\n|]+|\s{2,}|(?<=\d{8})\s+(?=\d{8})|(?<=\d{11})\s+(?=\d)"
    r"|(?<=\d{8})\s+(?=[\u4e00-\u9fff]+[:：]?\s*\d{8})|(?<=(?<!\d)1[3-9]\d{9})(?=1[3-9]\d{9}(?!\d))"
)
_BRACKET = re.compile(r"[（(]\s*([^()（）]*?[^()（）\d\s+-][^()（）]*?)\s*[)）]")
_LABELLED = re.compile(r"([^\d+(#*]*?)[:\s]*([+\d(].*?)[\s:]*([^\d\s)#*+-]*)", re.S)
_EXTENSION = re.compile(r"([\d\-() ]{7,14}?)\s*(?:转|#|x|X|\*|-)\s*(\d{1,5})")
_EXTENSION_WORDS = re.compile(r"[\s(,]*(?:转|分机|[eE][xX][tT]\.?)[\s号:-]*(\d{1,5})(?!\d)\s*\)?")
_WITH_AREA = re.compile(r"0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}")
_FORMERLY = re.compile(r"(\+|00)\s*86")
_OWN = frozenset(
    [
        "电话",
        "手机",
        "座机",
        "固话",
        "联系电话",
        "移动电话",
        "宅电",
        "家",
        "家里",
        "家中",
        "家庭",
        "单位",
        "办公",
        "机主",
        "本人",
        "自己",
        "tel",
        "电",
        "手",
        "号码",
        "微信同号",
        "同微信",
    ]
)
_RELATIVES = frozenset(
    [
        "儿子",
        "女儿",
        "儿",
        "女",
        "子",
        "配偶",
        "妻子",
        "妻",
        "丈夫",
        "夫",
        "老公",
        "老婆",
        "爱人",
        "父亲",
        "父",
        "母亲",
        "母",
        "爸爸",
        "爸",
        "妈妈",
        "妈",
        "儿媳",
        "媳妇",
        "女婿",
        "孙子",
        "孙女",
        "外孙",
        "亲戚",
        "家属",
        "朋友",
        "保姆",
        "房东",
        "中介",
        "邻居",
        "同事",
        "哥哥",
        "弟弟",
        "姐姐",
        "妹妹",
        "监护人",
        "二房东",
        "租客",
    ]
)
_AROUND = " \t\r\n'’‘`\"“”"
"""The sign before a number that a spreadsheet takes as text may come along."""
Phone = dict[str, Any]


def read(raw: Any) -> tuple[list[Phone], list[str]]:
    """Phones in a cell, each {number, kind[, owner][, relation]}, and the pieces that are none.

    A piece that cannot be a phone is returned to be shown; nothing is guessed.
    """
    if isinstance(raw, bool) or raw is None:
        return [], []
    if not isinstance(raw, str | int | float):
        return [], [str(raw)]
    text = raw if isinstance(raw, str) else _digits(raw)
    if len(text) == 11 and text.isdigit() and text.isascii() and text[0] == "1" and text[1] > "2":
        return [{"number": text, "kind": "手机"}], []
    if len(text) > _LONGEST:
        return [], [text[:_LONGEST]]
    phones, wrong = _read(text)
    return [dict(phone) for phone in phones], list(wrong)


def _digits(raw: Any) -> str:
    """Excel keeps a phone as the number 13812345678.0."""
    if isinstance(raw, float) and math.isfinite(raw) and abs(raw) < 1e15:
        return str(int(raw)) if raw.is_integer() else str(raw)
    return str(raw)


@lru_cache(maxsize=1 << 14)
def _read(text: str) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    phones: list[Phone] = []
    wrong: list[str] = []
    for piece in filter(None, map(str.strip, _SEPARATORS.split(_plain(text)))):
        phone = _phone(piece)
        if phone is None:
            wrong.append(piece)
        elif phone not in phones:
            phones.append(phone)
    return tuple(phones), tuple(wrong)


def _plain(text: str) -> str:
    text = fold_width(text.replace("_x000D_", "\n")).strip(_AROUND)
    if re.fullmatch(r"\d\.\d{10}[eE]\+?10", text):  # a mobile number as a spreadsheet shows it, all of it
        return _digits(float(text))
    return _EXTENSION_WORDS.sub(r"转\1", text)


def _phone(piece: str) -> Phone | None:
    said = _BRACKET.findall(piece)
    match = _LABELLED.fullmatch(_BRACKET.sub("", piece).strip())
    if not match:
        return None
    number, kind = normalise(match[2])
    if kind is None:
        return None
    phone: Phone = {"number": number, "kind": kind}
    for word in (word for label in (match[1], *said, match[3]) for word in label.replace(":", " ").split()):
        if word in _RELATIVES:
            phone["relation"] = word
        elif word.lower() not in _OWN:
            phone["owner"] = word
    return phone


def normalise(text: str) -> tuple[str, str | None]:
    """One number's spelling and its kind 手机 / 固话 / 境外; kind None if it is no phone."""
    text = fold_width(text).strip().removesuffix(".0")
    digits = re.sub(r"[^0-9]", "", text)
    if text.startswith(("+", "00")) and not _FORMERLY.match(text):
        abroad = digits.removeprefix("00")
        return (f"+{abroad}", "境外") if 7 <= len(abroad) <= 15 else (text, None)
    if re.search(r"[^0-9\s\-+()转#xX*.]", text):
        return text, None
    local = re.sub(r"^(0086|86)(?=\d{10,12}$)", "", digits)
    if MOBILE.fullmatch(local):
        return local, "手机"
    if "转" not in text and (land := _landline(local)):
        return land, "固话"
    if match := _EXTENSION.fullmatch(text):
        land = _landline(re.sub(r"[^0-9]", "", match[1]))
        return (f"{land}转{match[2]}", "固话") if land else (text, None)
    return text, None


def _landline(digits: str) -> str | None:
    """A landline as it is dialled from Shanghai: eight digits here, with the area code elsewhere."""
    land = re.sub(r"^0?21(?=\d{8}$)", "", digits)
    if len(land) == 8 and land[0] in "2345678":
        return land
    return digits if _WITH_AREA.fullmatch(digits) or _SERVICE.fullmatch(digits) else None


def mask(number: str) -> str:
    """138****1234; a landline keeps its last four."""
    if len(number) >= 11:
        return f"{number[:3]}****{number[-4:]}"
    return f"{'*' * max(len(number) - 4, 0)}{number[-4:]}"
