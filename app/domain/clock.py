"""Time as the committee reads it. Clocks are shown, never trusted: no rule of the ledger asks them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one offset without summer time, so a fixed offset needs no time-zone database on Windows."""

Clock = Callable[[], datetime]


def now() -> datetime:
    """The wall time of this PC, with its offset."""
    return datetime.now(SHANGHAI)


FIRST_YEAR, LAST_YEAR = 1900, 9000  # assumed: beyond, days and years around a practice day cannot be counted


def frozen(text: str) -> Clock:
    """A clock that stands still at an ISO 8601 time (`--now` of practice workspaces). Without offset: Shanghai.

    Raises ValueError for what is no time, or one about which nothing can be counted.
    """
    here = _practice(text)
    return lambda: here


def starting(text: str, wall: Clock = now) -> Clock:
    """A clock that shows this time now and goes on from there: a practice window on another day."""
    ahead = _practice(text) - wall()
    return lambda: wall() + ahead


def _practice(text: str) -> datetime:
    moment = _moment(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(text)
    return moment.astimezone(SHANGHAI)  # whatever offset it was given in, days are counted here


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def moment(value: object) -> datetime | None:
    """A stored time, in Shanghai; None for what is none: an entry that came from elsewhere may say anything."""
    try:
        return _moment(value).astimezone(SHANGHAI) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def day(value: object) -> date | None:
    """A stored day that is a whole date; None for a year, a month, or what is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def written(at: datetime) -> str:
    """How a time is stored: ISO 8601 to the second, with its offset."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
