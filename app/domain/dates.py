"""Dates as they stand in rosters, thirteen ways and more, read to ISO text of the precision that was given."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from app.domain import clock, numerals
from app.domain.names import fold_width

EARLIEST, LATEST = 1870, 2100
"""Years of births and of all that follows; before 1900 a spreadsheet has no dates, but people write them."""
_EXCEL_BEGINS = 1900
_LONGEST = 80
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL = (4_000, 73_416)  # Excel's day numbers of 1910 to 2100
_PARTS = re.compile(r"(\d{4}|\d{2})[-/.年](\d{1,2})(?!\d)(?:[-/.月](\d{1,2})(?!\d)|(?![-/.]\d)).*", re.S)
_YEAR = re.compile(r"(\d{4})(?:年|年?生)?|(\d{2})年")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})(?!\d)[日号]?(?![-/.]\d).*", re.S)
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})(?!\d).*", re.S)
_EIGHT = re.compile(r"(\d{8})[\sT日号晚早上下中午夜]+.*", re.S)
_MONTHS = {m: i for i, m in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_ENGLISH = re.compile(r"(\d{1,2})[-\s]([A-Za-z]{3})[a-z]*[-\s,.]+(\d{2}|\d{4})(?!\d).*", re.S)
_AMERICAN = re.compile(r"([A-Za-z]{3})[a-z]*[\s.]+(\d{1,2})[\s,.]+(\d{4})(?!\d).*", re.S)
_DASHES = str.maketrans(
    {"—": "-", "–": "-", "−": "-", "‐": "-", "、": ".", ",": ".", "。": ".", "·": ".", "・": ".", "•": "."}
)
_AROUND = re.compile(r"\s*([-/.年月])\s*")


def read(raw: Any, *, year: int | None = None, pivot: int | None = None) -> str | None:
    """ISO text `1958-03-12`, or `1958-03` / `1958` where no more is said; None if it is no date.

    raw: a cell (date, datetime, number, text). year: what to assume for `3月5日`, which is no date
    without it. pivot: the last year that two digits may mean in this century (None: the present one),
    so that 58 is 1958 and 20 is 2020.
    """
    if isinstance(raw, date):
        return raw.isoformat()[:10] if _EXCEL_BEGINS <= raw.year <= LATEST else None
    if isinstance(raw, bool) or raw is None or (isinstance(raw, str) and len(raw) > _LONGEST):
        return None
    pivot = pivot or clock.now().year
    if isinstance(raw, int | float):
        return _number(raw, pivot)
    return _text(str(raw), year, pivot) if isinstance(raw, str) else None


def _number(raw: float, pivot: int) -> str | None:
    if not 0 < raw < 1e9:  # NaN, infinity and long numbers too
        return None
    whole = int(raw)
    if EARLIEST <= whole <= LATEST:
        return str(whole) if whole == raw else _year_and_month(repr(float(raw)))
    if _SERIAL[0] < raw < _SERIAL[1]:
        return (_EXCEL_EPOCH + timedelta(days=whole)).isoformat()
    return _digits(str(whole), pivot) if whole == raw else None


def _year_and_month(text: str) -> str | None:
    """1958.03 typed as a number is March; 1958.1 may have been October, so only the year is sure."""
    year, month = text.split(".")
    if month == "1":
        return year
    return _checked(int(year), month, None) if len(month) <= 2 else None


@lru_cache(maxsize=1 << 16)
def _text(raw: str, year: int | None, pivot: int) -> str | None:
    text = fold_width(raw).strip().strip("'\"").removesuffix(".0").removeprefix("公历").removeprefix("阳历")
    if text.isdecimal() and text.isascii():
        return _digits(text, pivot)
    if match := _ENGLISH.fullmatch(text):
        return _named(match[1], match[2], match[3], pivot)
    if match := _AMERICAN.fullmatch(text):
        return _named(match[2], match[1], match[3], pivot)
    if match := _EIGHT.fullmatch(text):
        return _digits(match[1], pivot)
    text = _AROUND.sub(r"\1", numerals.as_digits(text).translate(_DASHES))
    text = re.sub(r"(?<=\d)\s+(?=\d{1,2}\b)(?!\d+:)", "-", text)
    return _parts(text, year, pivot)


def _parts(text: str, year: int | None, pivot: int) -> str | None:
    if match := _DAY_FIRST.fullmatch(text):
        day, month = (match[1], match[3]) if match[2] != "/" or int(match[1]) > 12 else (match[3], match[1])
        return _checked(int(match[4]), month, day)
    if year and not text[:4].isdecimal() and (match := _MONTH_DAY.fullmatch(text)):
        return _checked(year, match[1], match[2])
    if match := _PARTS.fullmatch(text):
        return _checked(_century(match[1], pivot), match[2], match[3])
    if match := _YEAR.fullmatch(text):
        return _checked(_century(match[1] or match[2], pivot), None, None)
    return None


def _named(day: str, month: str, year: str, pivot: int) -> str | None:
    number = _MONTHS.get(month.lower())
    return _checked(_century(year, pivot), str(number), day) if number else None


def _digits(text: str, pivot: int) -> str | None:
    if len(text) == 8:
        return _checked(int(text[:4]), text[4:6], text[6:])
    if len(text) == 6 and EARLIEST <= int(text[:4]) <= LATEST and 1 <= int(text[4:]) <= 12:
        return _checked(int(text[:4]), text[4:], None)
    if len(text) == 6:
        return _checked(_century(text[:2], pivot), text[2:4], text[4:])
    if len(text) == 4:
        return _checked(int(text), None, None)
    if len(text) == 5 and _SERIAL[0] < int(text) < _SERIAL[1]:
        return (_EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    return None


def _century(year: str, pivot: int) -> int:
    if len(year) == 4:
        return int(year)
    century = pivot // 100 * 100
    return int(year) + (century if int(year) <= pivot % 100 else century - 100)


def _checked(year: int, month: str | None, day: str | None) -> str | None:
    """00 for a month or day that nobody knows leaves the precision that is known."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        if month is None or int(month) == 0:
            return f"{year:04d}" if day is None or int(day) == 0 else None
        if day is None or int(day) == 0:
            return date(year, int(month), 1).isoformat()[:7]
        return date(year, int(month), int(day)).isoformat()
    except ValueError:
        return None
