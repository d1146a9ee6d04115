"""Time as the committee reads it. Clocks are shown, never trusted: no rule of the ledger asks them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one offset without summer time, so a fixed offset needs no time-zone database on Windows."""

Clock = Callable[[], datetime]


def now() -> datetime:
    """The wall time of this PC, with its offset."""
    return datetime.now(SHANGHAI)


def frozen(text: str) -> Clock:
    """A clock that stands still at an ISO 8601 time (`--now` of practice workspaces). Without offset: Shanghai."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    return lambda: moment
