"""The holidays on which people are looked in on: two by our calendar, four by the old one.

The days of the old calendar are from memory [mem] and reach to 2030; later years take a usual day instead, marked by being
in USUAL. A wrong day shifts a friendly visit and nothing else.
"""

from __future__ import annotations

from datetime import date
from functools import cache

FIXED = (("元旦", 1, 1), ("国庆", 10, 1))
USUAL = (("春节", 2, 3), ("端午", 6, 10), ("中秋", 9, 21), ("重阳", 10, 14))
"""Where the table ends: about the middle of where these days fall."""
OLD_CALENDAR: dict[int, tuple[tuple[int, int], ...]] = {
    2019: ((2, 5), (6, 7), (9, 13), (10, 7)), 2020: ((1, 25), (6, 25), (10, 1), (10, 25)),
    2021: ((2, 12), (6, 14), (9, 21), (10, 14)), 2022: ((2, 1), (6, 3), (9, 10), (10, 4)),
    2023: ((1, 22), (6, 22), (9, 29), (10, 23)), 2024: ((2, 10), (6, 10), (9, 17), (10, 11)),
    2025: ((1, 29), (5, 31), (10, 6), (10, 29)), 2026: ((2, 17), (6, 19), (9, 25), (10, 18)),
    2027: ((2, 6), (6, 9), (9, 15), (10, 8)), 2028: ((1, 26), (5, 28), (10, 3), (10, 26)),
    2029: ((2, 13), (6, 16), (9, 22), (10, 16)), 2030: ((2, 3), (6, 5), (9, 12), (10, 5)),
}  # fmt: skip
"""Year -> 春节, 端午, 中秋, 重阳."""


@cache
def holidays_of(year: int) -> tuple[tuple[str, date], ...]:
    """Name and day of a year's holidays in their order; those of one day count once."""
    names = tuple(name for name, _, _ in USUAL)
    moving = OLD_CALENDAR.get(year) or tuple((month, on) for _, month, on in USUAL)
    found = {date(year, month, on): name for name, month, on in FIXED}
    found |= {date(year, *at): name for name, at in zip(names, moving, strict=True)}
    return tuple(sorted(((name, at) for at, name in found.items()), key=lambda pair: pair[1]))
