"""Identity papers: what a number says and whether it can be right.

Chinese ID number: length, digits, date, check digit (ISO 7064 mod 11-2, GB 11643). Region against birth year
is never an error: numbers keep the code of the day they were given, and old codes of 川沙 and 南汇 live on.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from app.domain import clock
from app.domain.names import fold_width

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DASHES = re.compile(r"[\s\-–—'‘’\"“”`.·]")
_REMARK = re.compile(r"^[\u4e00-\u9fff]+[:：]?(?=[\dA-Z])|\([^()]*[\u4e00-\u9fff][^()]*\)$")

_LONGEST = 80
_SCIENTIFIC = re.compile(r"'?\d(?:\.\d+)?[eE]\s?\+\s?\d+|'?\d\.\d+[eE]\d+")
"""3.10115E+17, and 3.10115195803121E17 as other programs write it."""

_SHAPES = (
    ("外国人永居证", re.compile(r"[A-Z]{3}\d{12}")),
    ("港澳通行证", re.compile(r"[HM]\d{8}(\d{2})?|C[A-Z0-9]\d{7}|W\d{8}")),
    ("台胞证", re.compile(r"\d{8}|\d{10}[A-Z]?|T\d{8}")),
    ("出生证明", re.compile(r"[A-Z]\d{9}")),
    ("护照", re.compile(r"(?=[A-Z0-9]*\d)[A-Z0-9]{6,12}")),
)
"""Shapes of numbers; where several fit, the first is taken. The roster's own word goes before."""


class Document(NamedTuple):
    """A number as read. problem: None, or a code of `app.words.findings` (the number is kept all the same)."""

    type: str | None
    number: str
    birth_date: str | None = None
    sex: str | None = None
    problem: str | None = None


def check_digit(first17: str) -> str:
    """The 18th character of a Chinese ID number."""
    return _CHECK[(_region(first17[:6]) + _day(first17[6:14])[1] + _order(first17[14:])) % 11]


# A number's three parts come again and again, so each part's share of the check sum is worked out once.


@lru_cache(maxsize=1 << 16)
def _region(digits: str) -> int:
    return _weight(digits, 0)


@lru_cache(maxsize=1 << 16)
def _day(digits: str) -> tuple[str | None, int]:
    return birth_date(digits), _weight(digits, 6)


@lru_cache(maxsize=1000)
def _order(digits: str) -> int:
    return _weight(digits, 14)


def _weight(digits: str, offset: int) -> int:
    return sum(int(digit) * _WEIGHTS[offset + place] for place, digit in enumerate(digits))


def tidy(text: str) -> str:
    """A number without blanks, dashes and quotes, half-width, upper case (× and ＊ at the end read as X)."""
    number = _DASHES.sub("", fold_width(text).strip().removesuffix(".0")).upper().replace("×", "X")
    return number[:17] + "X" if len(number) == 18 and number[17] == "*" else number


def read_document(text: str, type: str | None = None) -> Document:
    """What a document number says. type: the paper's kind where the roster names it."""
    if type is None and len(text) == 18 and text.isascii() and text[:17].isdigit() and text[17] in "0123456789X":
        return _resident_card(text, None)
    if _SCIENTIFIC.fullmatch(fold_width(text[:_LONGEST]).strip()):
        return Document("身份证", "", birth_date_left(text), None, "id-float-damaged")
    number = tidy(text[:_LONGEST])
    if len(bare := _REMARK.sub("", number)) in (15, 18):
        number = bare
    if "*" in number or not any(map(str.isdigit, number)):  # hidden digits, 待补, 看不清: of many people, so of nobody
        return Document(type, "", problem="id-not-whole")
    if type in (None, "身份证", "港澳台居住证") or (type == "外国人永居证" and number.isdigit()):
        if len(number) == 18 and number.isascii() and number[:17].isdigit() and number[17] in "0123456789X":
            return _resident_card(number, type)
        if len(number) == 15 and number.isascii() and number.isdigit():
            return _old_card(number)
        if type in ("身份证", "港澳台居住证") or (type is None and number[:6].isdigit() and len(number) > 11):
            problem = "id-letters" if len(number) in (15, 18) else "id-length"
            return Document(type or "身份证", number, problem=problem)
    for kind, shape in _SHAPES:
        if (type is None or type == kind) and shape.fullmatch(number):
            return Document(type or kind, number)
    return Document(type, number, problem=None if type not in (None, "无") else "document-unknown")


def comparable(number: str) -> str:
    """By what two numbers are compared: one of 15 digits is the one of 18 that its owner was given since."""
    if len(number) == 15 and number.isascii() and number.isdigit():
        first17 = f"{number[:6]}19{number[6:]}"
        return first17 + check_digit(first17)
    return number


def _resident_card(number: str, type: str | None) -> Document:
    if type is None:
        start = number[:2]
        type = _CARDS[start] if start in _CARDS else _CARDS.get(start[0], "身份证")
    born, share = _day(number[6:14])
    sex = "男" if number[16] in "13579" else "女"
    problem = None
    if born is None:
        problem = "id-date"
    elif number[17] != _CHECK[(_region(number[:6]) + share + _order(number[14:17])) % 11]:
        problem = "id-rounded" if number.endswith("000") else "id-check-digit"
    return Document(type, number, born, sex, problem)


_CARDS = {"9": "外国人永居证", "81": "港澳台居住证", "82": "港澳台居住证", "83": "港澳台居住证"}
"""How an 18-digit number begins that is none of an ID card."""


def _old_card(number: str) -> Document:
    """The 15-digit numbers of before 1999: still on old lists, legal, without a check digit."""
    born = birth_date("19" + number[6:12])
    if born is None and (written := birth_date(number[6:14])):  # a new number that lost its end
        return Document("身份证", number, written, None, "id-length")
    sex = "男" if int(number[14]) % 2 else "女"
    return Document("身份证", number, born, sex, None if born else "id-date")


@lru_cache(maxsize=1 << 16)
def birth_date(digits: str) -> str | None:
    """ISO date of eight digits; None if there is no such day, or nobody now alive was born on it."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return born.isoformat() if 1870 <= born.year <= clock.now().year else None


def birth_date_left(raw: Any) -> str | None:
    """The birth date in an ID number that a spreadsheet took for a quantity: region and date are its first 14 digits.

    raw: the number, or its text such as 3.10115195803121E+17. None where fewer than all 15 digits that a spreadsheet
    keeps are written: a day may have been rounded, and is not guessed.
    """
    if isinstance(raw, str) and len(re.sub(r"\D", "", re.split("[eE]", raw)[0])) < 15:
        return None
    try:
        digits = str(int(float(raw.strip("' ") if isinstance(raw, str) else raw)))
    except (ValueError, OverflowError):
        return None
    return birth_date(digits[6:14]) if len(digits) == 18 else None


def mask(number: str) -> str:
    """Enough to recognise one's own, not enough to use: first six and last four of a card, edges of others."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:2]}{'*' * max(len(number) - 4, 2)}{number[-2:]}" if len(number) > 4 else "****"
