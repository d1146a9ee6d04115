"""How times, limits and lateness of incidents read on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.domain import clock
from app.ui import theme
from app.words import say

HOUR, DAY = 60, 1440


def minutes(count: int) -> str:
    """A length of time in words: minutes, hours, days, never more than two of them."""
    if count < HOUR:
        return say("minutes", count=count)
    if count < DAY:
        hours, rest = divmod(count, HOUR)
        return say("hours-minutes", hours=hours, minutes=rest) if rest else say("hours", count=hours)
    days, hours = divmod(count // HOUR, 24)
    return say("days-hours", days=days, hours=hours) if hours else say("days", count=days)


def roughly(count: int) -> str:
    """The same by its largest part, where there is little room."""
    return minutes(count if count < HOUR else count // HOUR * HOUR if count < DAY else count // DAY * DAY)


def lateness(row: dict[str, Any], now: Any, said: Callable[[int], str] = minutes) -> str:
    """已超时 12 分, 还有 40 分; "" where nothing is owed."""
    if not row["open"]:
        return ""
    at = clock.moment(row["due"])
    if at is None:
        return say("incident-due-unknown")
    if row["overdue"]:
        return say("incident-late", time=said(row["late"]))
    return say("incident-left", time=said(int((at - now).total_seconds() // 60)))


def tone(row: dict[str, Any]) -> str:
    """The colour beside the words: late, or most urgent."""
    return theme.DANGER if row["overdue"] else theme.ATTENTION if row["open"] and row["urgency"] == "特急" else ""


def short(value: Any, now: Any) -> str:
    """A time: of today the hour alone, else with its day."""
    at = clock.moment(value)
    if at is None:
        return ""
    return at.strftime("%H:%M") if at.date() == now.astimezone(clock.SHANGHAI).date() else at.strftime("%m-%d %H:%M")
