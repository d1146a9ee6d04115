"""Identity papers: what a number says and whether it can be right.

Chinese ID number: length, digits, date, check digit (ISO 7064 mod 11-2, GB 11643). Region against birth year
is never an error: numbers keep the code of the day they were given, and old codes of 川沙 and 南汇 live on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.domain.names import fold_width

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DASHES = re.compile(r"[\s\-–—'\"`.·]")

_SHAPES = (
    ("外国人永居证", re.compile(r"[A-Z]{3}\d{12}")),
    ("港澳通行证", re.compile(r"[HM]\d{8}(\d{2})?|C[A-Z0-9]\d{7}|W\d{8}")),
    ("台胞证", re.compile(r"\d{8}|\d{10}[A-Z]?|T\d{8}")),
    ("护照", re.compile(r"(?=[A-Z0-9]*\d)[A-Z0-9]{6,12}")),
    ("出生证明", re.compile(r"[A-Z]\d{9}")),
)
_ID_SHAPED = ("身份证", "港澳台居住证", "外国人永居证")


@dataclass(frozen=True, slots=True)
class Document:
    """A number as read. problem: None, or a code of `app.words.findings` (the number is kept all the same)."""

    type: str | None
    number: str
    birth_date: str | None = None
    sex: str | None = None
    problem: str | None = None


def check_digit(first17: str) -> str:
    """The 18th character of a Chinese ID number."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def tidy(text: str) -> str:
    """A number without blanks, dashes and quotes, half-width, upper case (× and ＊ at the end read as X)."""
    return _DASHES.sub("", fold_width(text)).upper().replace("×", "X")


@lru_cache(maxsize=8192)
def read_document(text: str, type: str | None = None) -> Document:
    """What a document number says. type: the paper's kind where the roster names it."""
    number = tidy(text)
    if type in (None, "身份证", "港澳台居住证") or (type == "外国人永居证" and number.isdigit()):
        if len(number) == 18 and number[:17].isdigit():
            return _resident_card(number, type)
        if len(number) == 15 and number.isdigit():
            return _old_card(number)
        if type in ("身份证", "港澳台居住证") or (type is None and number[:6].isdigit() and len(number) > 11):
            problem = "id-letters" if len(number) in (15, 18) else "id-length"
            return Document(type or "身份证", number, problem=problem)
    for kind, shape in _SHAPES:
        if (type is None or type == kind) and shape.fullmatch(number):
            return Document(type or kind, number)
    return Document(type, number, problem=None if type not in (None, "无") else "document-unknown")


def _resident_card(number: str, type: str | None) -> Document:
    kind = (
        type
        or {"9": "外国人永居证"}.get(number[0])
        or ("港澳台居住证" if number[:2] in ("81", "82", "83") else "身份证")
    )
    born = birth_date(number[6:14])
    sex = "男" if int(number[16]) % 2 else "女"
    if born is None:
        return Document(kind, number, None, sex, "id-date")
    if number[17] != check_digit(number[:17]):
        return Document(kind, number, born, sex, "id-check-digit")
    return Document(kind, number, born, sex)


def _old_card(number: str) -> Document:
    """The 15-digit numbers of before 1999: still on old lists, legal, without a check digit."""
    born = birth_date("19" + number[6:12])
    sex = "男" if int(number[14]) % 2 else "女"
    return Document("身份证", number, born, sex, None if born else "id-date")


@lru_cache(maxsize=65_536)
def birth_date(digits: str) -> str | None:
    """ISO date of eight digits, None if there is no such day (or it is before 1870)."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return born.isoformat() if 1870 <= born.year <= 2100 else None


def mask(number: str) -> str:
    """Enough to recognise one's own, not enough to use: first six and last four of a card, edges of others."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:2]}{'*' * max(len(number) - 4, 2)}{number[-2:]}" if len(number) > 4 else "****"
