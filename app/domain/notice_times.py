"""When 今日 speaks up by itself: a few times of the day, and which of them has just gone by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time

from app.domain.clock import SHANGHAI
from app.domain.findings import UserError

DEFAULT = ("08:30", "11:30", "17:30", "20:00")
"""Before the office opens, before noon's checks are owed, before the day is handed over, when the evening's are owed [mem]."""
MOST = 12
_TIME = re.compile(r"(\d{1,2})[:：.](\d{2})")


def read(text: str) -> tuple[str, ...]:
    """Times as they are kept, in order: "8:30，20：00" -> ("08:30", "20:00"); () for none.

    Raises UserError("notice-times-wrong") naming the first part that is no time.
    """
    found = set()
    for part in re.split(r"[,，、;；\s]+", text.strip()):
        if not part:
            continue
        parts = _TIME.fullmatch(part)
        if parts is None or int(parts[1]) > 23 or int(parts[2]) > 59:
            raise UserError("notice-times-wrong", text=part[:20])
        found.add(f"{int(parts[1]):02d}:{parts[2]}")
    return tuple(sorted(found))[:MOST]


def passed(times: Iterable[str], since: datetime, now: datetime) -> bool:
    """Has one of the times come since it was last looked, on this day? A PC that slept says it once, late."""
    then, here = since.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    for text in times:
        try:
            at = datetime.combine(here.date(), time.fromisoformat(text), SHANGHAI)
        except ValueError:
            continue  # a setting that somebody wrote by hand
        if then < at <= here:
            return True
    return False
