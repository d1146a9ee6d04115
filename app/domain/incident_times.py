"""How long the steps of incidents took: median and 90th percentile by nearest rank, never interpolated.

The nearest rank is a time that really occurred: the smallest one that at least so many per cent do not exceed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.incidents import CALLED_BACK, CLOSED, COURSE, NOTIFIED, ON_SITE, REPORTED, UNDER_WAY, time_of
from app.domain.suppression import FEW

NOTICE, START, ARRIVAL, CLOSING, CALLING, WHOLE = STAGES = (
    "notified", "under_way", "on_site", "closed", "called_back", "whole",
)  # fmt: skip
"""Each step from the one before it that has a time; `whole` from the report to the end."""
_ENDS = {NOTIFIED: NOTICE, UNDER_WAY: START, ON_SITE: ARRIVAL, CLOSED: CLOSING, CALLED_BACK: CALLING}
METHOD = "nearest-rank"


@dataclass(frozen=True, slots=True)
class Spread:
    """minutes; few: so small a group that its figures say little, and perhaps whom they speak of."""

    stage: str
    count: int
    median: int | None
    p90: int | None

    @property
    def few(self) -> bool:
        return 0 < self.count < FEW


def nearest_rank(values: Iterable[float], percent: int) -> float | None:
    """The value of rank ⌈percent/100 × n⌉ in order; None of nothing. percent: 1…100."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[-(-percent * len(ordered) // 100) - 1]


def durations(values: Mapping[str, Any]) -> dict[str, float]:
    """Minutes of each stage that this incident tells of; what would run backwards is left out."""
    found: dict[str, float] = {}
    before: datetime | None = None
    for state in COURSE:
        at = time_of(values, state)
        if at is None:
            continue
        if before is not None and state in _ENDS and at >= before:
            found[_ENDS[state]] = (at - before).total_seconds() / 60
        before = at
    first, last = time_of(values, REPORTED), time_of(values, CLOSED)
    if first is not None and last is not None and last >= first:
        found[WHOLE] = (last - first).total_seconds() / 60
    return found


def spreads(incidents: Sequence[Mapping[str, Any]]) -> list[Spread]:
    """Count, median and 90th percentile of every stage, in whole minutes."""
    found: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for each in incidents:
        for stage, minutes in durations(each).items():
            found[stage].append(minutes)
    return [
        Spread(stage, len(times), _whole(nearest_rank(times, 50)), _whole(nearest_rank(times, 90)))
        for stage, times in found.items()
    ]


def _whole(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes)
