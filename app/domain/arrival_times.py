"""When somebody is expected, as lists write it: `14:30`, `晚上9点`, `5月25日 14:30`, `次日01:20`, `25日22时`, Excel's 0.604."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from app.domain import clock, dates
from app.domain.names import fold_width

_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*(?::|时|点)\s*(\d{1,2})?\s*(?::\s*\d{1,2})?\s*分?(半)?")
_FOUR = re.compile(r"(?<!\d)([01]\d|2[0-4])([0-5]\d)(?!\d)")
_AFTERNOON = re.compile("下午|傍晚|晚上?|夜里?|pm", re.IGNORECASE)
_NOON = re.compile("中午")
_NEXT_DAY = re.compile(r"次日|第二天|翌日|[(+＋]\s*1\s*\)?(?:天|日)?$")
_ONLY_DAY = re.compile(r"(?<![\d月./-])(\d{1,2})[日号]")
_LONGEST = 60


def read(raw: str, on: date | None, today: date) -> datetime | None:
    """The expected time in Shanghai; None where the text gives no time of day, or no day is known.

    on: the day of arrival, where the list has one. today: what a day without year is near to.
    """
    text = fold_width(raw)[:_LONGEST].strip()
    found = _time(text)
    if found is None:
        return None
    clock_time, whole_day = found
    day = day_in(text, today) or _day_of_month(text, on or today) or on
    if day is None:
        return None
    try:
        if _NEXT_DAY.search(text) and day == on:
            day += timedelta(days=1)
        return datetime.combine(day, clock_time, clock.SHANGHAI) + timedelta(days=whole_day)
    except OverflowError:
        return None


def day_in(text: str, today: date) -> date | None:
    """The whole date that a text begins with, near to today where it names no year."""
    said = dates.read(text.strip(), year=today.year)
    if said is None or len(said) != 10:
        return None
    day = date.fromisoformat(said)
    if re.match(r"\s*(?:\d{4}|\d{2})\s*[-/.年]\s*\d{1,2}\s*[-/.月]", text):
        return day
    return min((day, *_other_years(day)), key=lambda each: abs(each - today))


def _other_years(day: date) -> list[date]:
    """The same day a year before and after: a list of New Year's Eve names January."""
    found = []
    for year in (day.year - 1, day.year + 1):
        try:
            found.append(day.replace(year=year))
        except ValueError:  # 29 February
            continue
    return found


def _time(text: str) -> tuple[time, int] | None:
    """(time of day, days to add: 24:00 is the next day's 0:00)."""
    if re.fullmatch(r"0?\.\d+", text):  # a time that Excel gave as a part of a day
        minutes = round(float(text) * 24 * 60)
        return (time(minutes // 60, minutes % 60), 0) if minutes < 24 * 60 else None
    match = _CLOCK.search(text) or _FOUR.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match.re is _CLOCK and match[3]:
        minute = 30
    if hour == 12 and not minute and re.search("[晚夜]", text):
        hour = 24
    if (_AFTERNOON.search(text) and hour < 12) or (_NOON.search(text) and hour < 3):
        hour += 12
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return (time(0), 1) if hour == 24 else (time(hour, minute), 0)


def _day_of_month(text: str, near: date) -> date | None:
    """25日22时: the 25th of the month at hand."""
    match = _ONLY_DAY.search(text)
    if match is None:
        return None
    try:
        return near.replace(day=int(match[1]))
    except ValueError:
        return None
