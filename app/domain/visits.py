"""When was this household last confirmed? Modes and results of a visit, and how each counts for freshness.

A neighbour's word is worth noting but confirms nothing; a building group head's report holds for half as
long as seeing or speaking to the household (domain.md, visit).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

STALE_AFTER = 90
"""Days after which a household that nobody confirmed is stale (cli.md, colour keys)."""

SHARES: dict[str, float] = {
    "上门": 1.0,
    "电话": 1.0,
    "微信": 1.0,
    "楼组长代报": 0.5,
    "邻居或物业反映": 0.0,
    "门卫": 0.0,
}
"""Share of STALE_AFTER for which a visit of this mode holds; 0 = hearsay, confirms nothing [mem]."""

CONFIRMING = ("登记", "空置", "已搬离", "非本户")
"""Results that establish who lives there, even if the answer is nobody; 登记 alone makes it visited."""
FAILED = ("无人", "拒访", "电话不通")

Visits = Iterable[Mapping[str, Any]]


def confirms(visit: Mapping[str, Any]) -> bool:
    """Does this visit tell who lives there? A visit without a mode was paid at the door."""
    return visit.get("result") in CONFIRMING and SHARES.get(visit.get("mode") or "上门", 0.0) > 0


def last_confirmed(visits: Visits, on: date | None = None) -> date | None:
    """The day of the latest confirming visit, not later than `on`; None if nobody ever confirmed."""
    days = [date.fromisoformat(str(visit["on"])) for visit in visits if visit.get("on") and confirms(visit)]
    return max((day for day in days if on is None or day <= on), default=None)


def fresh_until(visits: Visits, days: int = STALE_AFTER, on: date | None = None) -> date | None:
    """The last day on which the household still counts as confirmed, each mode by its share."""
    ends = []
    for visit in visits:
        if not visit.get("on") or not confirms(visit):
            continue
        day = date.fromisoformat(str(visit["on"]))
        if on is None or day <= on:
            ends.append(day + timedelta(days=int(days * SHARES[visit.get("mode") or "上门"])))
    return max(ends, default=None)


def is_stale(visits: Visits, on: date, days: int = STALE_AFTER) -> bool:
    """Not confirmed for `days` days; never confirmed is stale. A visit dated after `on` does not count."""
    until = fresh_until(visits, days, on)
    return until is None or until < on


def is_visited(visits: Visits) -> bool:
    """Colour key `unvisited` is its opposite: no visit with 登记, by whatever mode."""
    return any(visit.get("result") == "登记" for visit in visits)
