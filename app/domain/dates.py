"""Dates as they stand in rosters, thirteen ways and more, read to ISO text of the precision that was given."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from app.domain.names import fold_width

EARLIEST, LATEST = 1900, 2100
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL = (4_000, 75_000)  # Excel's day numbers of 1910 to 2105
_PARTS = re.compile(r"^(\d{4}|\d{2})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\D*(?:\d.*)?$")
_MONTH_DAY = re.compile(r"^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_MONTHS = {m: i for i, m in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_ENGLISH = re.compile(r"^(\d{1,2})[-\s]([A-Za-z]{3})[a-z]*[-\s,]+(\d{2}|\d{4})$")


def read(raw: Any, *, year: int | None = None, pivot: int = 2026) -> str | None:
    """ISO text `1958-03-12`, or `1958-03` / `1958` where no more is said; None if it is no date.

    raw: a cell (date, datetime, number, text). year: what to assume for `3月5日`. pivot: a two-digit year
    beyond it belongs to the century before.
    """
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, int | float):
        return _number(raw)
    return _text(str(raw), year, pivot)


def _number(raw: float) -> str | None:
    whole = int(raw)
    if whole != raw and not _SERIAL[0] < raw < _SERIAL[1]:
        return None
    if EARLIEST <= whole <= LATEST:
        return str(whole)
    if whole >= 190001:
        return _digits(str(whole), None)
    if _SERIAL[0] < whole < _SERIAL[1]:
        return (_EXCEL_EPOCH + timedelta(days=whole)).isoformat()
    return None


@lru_cache(maxsize=50_000)
def _text(text: str, year: int | None, pivot: int) -> str | None:
    text = fold_width(text).strip().strip("'\"").replace("—", "-").replace("–", "-").replace("、", ".")
    text = re.sub(r"\s*([-/.年月])\s*", r"\1", text).removesuffix("生").removesuffix("出")
    if not text:
        return None
    bare = text.removesuffix(".0")
    if bare.isdigit():
        return _digits(bare, pivot)
    if match := _PARTS.match(text):
        return _checked(_century(match[1], pivot), match[2], match[3])
    if match := re.match(r"^(\d{4})年?$", text):
        return _checked(int(match[1]), None, None)
    if match := _ENGLISH.match(text):
        month = _MONTHS.get(match[2].lower())
        return _checked(_century(match[3], pivot), str(month), match[1]) if month else None
    if match := re.match(r"^(\d{1,2})/(\d{1,2})/(\d{4})$", text):  # as American Excel shows it
        return _checked(int(match[3]), match[1], match[2])
    if year and (match := _MONTH_DAY.match(text)):
        return _checked(year, match[1], match[2])
    return None


def _digits(text: str, pivot: int | None) -> str | None:
    if len(text) == 8:
        return _checked(int(text[:4]), text[4:6], text[6:])
    if len(text) == 6 and EARLIEST <= int(text[:4]) <= LATEST and 1 <= int(text[4:]) <= 12:
        return _checked(int(text[:4]), text[4:], None)
    if len(text) == 6 and pivot:
        return _checked(_century(text[:2], pivot), text[2:4], text[4:])
    if len(text) == 4:
        return _checked(int(text), None, None)
    if len(text) == 5 and _SERIAL[0] < int(text) < _SERIAL[1]:
        return (_EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    return None


def _century(year: str, pivot: int) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) <= pivot % 100 else 1900)


def _checked(year: int, month: str | None, day: str | None) -> str | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        if month is None:
            return f"{year:04d}"
        if day is None:
            return date(year, int(month), 1).isoformat()[:7]
        return date(year, int(month), int(day)).isoformat()
    except ValueError:
        return None
