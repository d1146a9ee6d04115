"""Times and days as people type them: `14:05` is today, `5-24 14:05` of this year, an ISO time is itself."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from app.domain import clock
from app.domain.findings import UserError
from app.domain.names import fold_width

_TYPED = re.compile(r"(?:(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?[ T]*)?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_DAYS = {"今天": 0, "昨天": -1, "前天": -2, "明天": 1, "后天": 2}


def read(text: str, now: datetime) -> datetime:
    """The time that was meant, in Shanghai. Raises UserError("moment-invalid")."""
    said = fold_width(text).strip()
    exact = clock.moment(said) if _ISO.fullmatch(said) else None
    if exact is not None:
        return exact
    day = now.astimezone(clock.SHANGHAI)
    for word, days in _DAYS.items():
        if said.startswith(word):
            day, said = day + timedelta(days=days), said.removeprefix(word).strip()
            break
    found = _TYPED.fullmatch(said)
    if not said or found is None or found[4] is None:
        raise UserError("moment-invalid", value=text)
    year, month, date, hour, minute, second = found.groups()
    try:
        return day.replace(
            year=int(year or day.year), month=int(month or day.month), day=int(date or day.day), hour=int(hour),
            minute=int(minute), second=int(second or 0), microsecond=0,
        )  # fmt: skip
    except ValueError:
        raise UserError("moment-invalid", value=text) from None


def deadline(text: str, now: datetime) -> datetime:
    """The same of a limit, where a day alone (`5-30`, 明天) lasts to its end. Raises UserError("moment-invalid")."""
    said = fold_width(text).strip()
    try:
        return read(said if ":" in said else f"{said} 23:59:59", now)
    except UserError:
        raise UserError("moment-invalid", value=text) from None


def day(text: str, now: datetime) -> date:
    """The day that was meant: `2020-05-25`, `2020/5/25`, `5月25日` of this year, `昨天`. Raises UserError("day-invalid")."""
    said, today = fold_width(text).strip(), now.astimezone(clock.SHANGHAI).date()
    if said in _DAYS:
        return today + timedelta(days=_DAYS[said])
    found = _DAY.fullmatch(said)
    if found is None:
        raise UserError("day-invalid", value=text)
    year, month, on = found.groups()
    try:
        return date(int(year or today.year), int(month), int(on))
    except ValueError:
        raise UserError("day-invalid", value=text) from None
