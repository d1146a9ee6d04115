"""When somebody on a care plan is due: after how many days, in which season, before which holiday, and who drops out.

Pure. A contact or a plan that came from elsewhere may hold anything; it never makes a person be forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.domain import moves
from app.domain.care_groups import RULES as RULES
from app.domain.care_groups import Register as Register
from app.domain.clock import day
from app.domain.fields import PLAN_STATES
from app.domain.holidays import holidays_of
from app.domain.steps import Steps

Values = Mapping[str, Any]

RUNNING, PAUSED, ENDED = PLAN_STATES
PLAN = Steps("care-step", {RUNNING: (PAUSED, ENDED), PAUSED: (RUNNING, ENDED), ENDED: ()}, {ENDED: "care-ended-stays"})
DONE, MISSED, FOLLOW = "已完成", "未联系上", "需跟进"
CALL, VISIT, HEAT, HOLIDAY = "每周电话", "每月上门", "高温慰问", "节日走访"
LONGEST = 366
"""Days: no plan waits longer between contacts, and no beginning lies further ahead."""
PAUSE = 30
"""Days after which a paused plan asks whether it goes on, where nobody said a day [mem]."""
BEFORE, AFTER = 7, 7
"""Days before a holiday from which its visit is due, and after it until which it may still be made up for [mem]."""
ROW_OF_MISSES = 2
"""As often in a row nobody was reached: it stands out."""
OUT = ("去世", "迁出", "参军", "服刑羁押", "住养老院", "住院", "出国")
"""Whoever is in one of these states is not due; 失联 stays due on purpose."""
_RANKS = {"上门": 3, "电话": 2, "微信": 2, "楼组长代报": 1, "邻居或物业反映": 1, "门卫": 1}


@dataclass(frozen=True, slots=True)
class Kind:
    """every: days between contacts; mode: how, unless told otherwise. season, holidays: only then."""

    every: int
    mode: str
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    holidays: bool = False


KINDS: dict[str, Kind] = {
    CALL: Kind(7, "电话"),
    VISIT: Kind(30, "上门"),
    HEAT: Kind(14, "上门", season=((7, 1), (8, 31))),  # every two weeks in July and August [mem]
    HOLIDAY: Kind(LONGEST, "上门", holidays=True),
}
"""Plans that are offered; any other kind is the committee's own and says how many days lie between its contacts."""


@dataclass(frozen=True, slots=True)
class Due:
    """on: the day from which it is due; by: the last day that is not late; code: why, `care-due-<code>` in words."""

    on: date
    by: date
    code: str


def due_of(plan: Values, contacts: Iterable[Values], on: date) -> Due | None:
    """When a plan is due next, as known on a day; None for one that has ended.

    contacts: of the person, oldest first; those of later days do not count. A paused plan is due on the day on which it
    is to be taken up again, one past its last day for being ended or prolonged: nothing lies unseen.
    """
    state = plan.get("state")
    if state == ENDED:
        return None
    if state == PAUSED:
        return _at(_near(plan.get("resume_on"), on) or _after_pause(plan, on), "resume")
    reached = [each for each in _told(plan, contacts, on) if each[1].get("result") in (DONE, FOLLOW)]
    last, contact = reached[-1] if reached else (None, {})
    due = _regular(plan, last, on)
    if last is not None and contact.get("result") == FOLLOW:
        due = min(due, _at(_follow_up(contact, last), "follow-up"), key=lambda each: each.on)
    until = day(plan.get("until"))
    return _at(until, "until") if until is not None and due.on > until else due


def next_due(plan: Values, contacts: Iterable[Values], on: date) -> date | None:
    """The day from which a plan is due; None once it has ended."""
    due = due_of(plan, contacts, on)
    return due.on if due else None


def is_overdue(plan: Values, contacts: Iterable[Values], on: date) -> bool:
    due = due_of(plan, contacts, on)
    return due is not None and due.by < on


def misses(plan: Values, contacts: Iterable[Values], on: date) -> int:
    """How often in a row nobody was reached, up to a day."""
    count = 0
    for _, contact in reversed(_told(plan, contacts, on)):
        if contact.get("result") != MISSED:
            break
        count += 1
    return count


def out_of(resident: Values | None) -> str:
    """Why a person is not due although a plan is under way: a status, 迁出 for one handed over; "" for one who is.

    None: the row is not there any more ("已删除").
    """
    if resident is None:
        return "已删除"
    if moves.state_of(resident) == moves.CLOSED:
        return "迁出"
    status = str(resident.get("status") or "")
    return status if status in OUT else ""


def every_of(plan: Values) -> int:
    """Days between two contacts; what is none (an entry from elsewhere) is as the kind has it, else a month."""
    every = plan.get("every_days")
    if isinstance(every, int) and not isinstance(every, bool) and 1 <= every <= LONGEST:
        return every
    kind = KINDS.get(str(plan.get("kind")))
    return kind.every if kind else KINDS[VISIT].every


def counts(plan: Values, contact: Values) -> bool:
    """Does a contact stand for this plan: its own, or one for another plan in which the person was met as closely?

    A visit at the door covers the weekly call; a call covers no visit. 高温慰问 and 节日走访 want a contact of their own.
    """
    if contact.get("plan") and contact.get("plan") == plan.get("id"):
        return True
    kind = KINDS.get(str(plan.get("kind")))
    if kind is not None and (kind.season or kind.holidays):
        return False
    asked = _RANKS.get(str(plan.get("mode")), _RANKS["上门"])
    return contact.get("result") != MISSED and _RANKS.get(str(contact.get("mode")), 0) >= asked


def _told(plan: Values, contacts: Iterable[Values], on: date) -> list[tuple[date, Values]]:
    """The contacts that count, by day; a day that is none, or not yet there, tells nothing."""
    found = [(at, each) for each in contacts if (at := day(each.get("on"))) is not None and at <= on]
    return sorted(((at, each) for at, each in found if counts(plan, each)), key=lambda pair: pair[0])


def _at(on: date, code: str) -> Due:
    return Due(on, on, code)


def _near(value: object, on: date) -> date | None:
    """A day that is one and lies no further ahead than a year."""
    at = day(value)
    return at if at is not None and (at - on).days <= LONGEST else None


def _after_pause(plan: Values, on: date) -> date:
    since = day(plan.get("state_on"))
    return later(since, PAUSE) if since is not None and since <= on else on


def later(at: date, days: int) -> date:
    """So many days on; the calendar's last day where it would end."""
    return at + timedelta(days=days) if (date.max - at).days >= days else date.max


def _follow_up(contact: Values, last: date) -> date:
    asked = day(contact.get("follow_up"))
    return asked if asked is not None and asked > last else later(last, 1)


def _regular(plan: Values, last: date | None, on: date) -> Due:
    start, every = _near(plan.get("start"), on), every_of(plan)
    kind = KINDS.get(str(plan.get("kind")))
    if kind is not None and kind.season:
        return _in_season(kind.season, every, start, last, on)
    if kind is not None and kind.holidays:
        return _at_holiday(start, last, on)
    if last is None:
        return _at(start or on, "first")
    return _at(max(later(last, every), start or last), "regular")


def _in_season(
    season: tuple[tuple[int, int], tuple[int, int]], every: int, start: date | None, last: date | None, on: date
) -> Due:
    """A season that went by is over: what was not done in it is due in the next one."""
    for year in _years(on.year, on.year + 2):
        first, end = date(year, *season[0]), date(year, *season[1])
        due = max(first, start or first)
        if last is not None and last >= first:
            due = max(due, later(last, every))
        if end >= on and due <= end:
            return _at(due, "season")
    return _at(on, "season")


def _at_holiday(start: date | None, last: date | None, on: date) -> Due:
    for name, at in (each for year in _years(on.year - 1, on.year + 2) for each in holidays_of(year)):
        first = at - timedelta(days=BEFORE)
        gone = at + timedelta(days=AFTER) < on or (start is not None and at < start)
        if not gone and (last is None or last < first):
            return Due(max(first, start or first), at, f"holiday-{name}")
    return _at(on, "holiday")


def _years(first: int, last: int) -> range:
    """Without the calendar's ends, where a week earlier or later is no day any more."""
    return range(max(first, date.min.year + 1), min(last, date.max.year - 1) + 1)


def by_person(due: Iterable[tuple[str, Due, Values]]) -> dict[str, list[tuple[Due, Values]]]:
    """One entry a person, however many plans are due: resident id -> its dues, the oldest first."""
    found: dict[str, list[tuple[Due, Values]]] = defaultdict(list)
    for resident, each, plan in due:
        found[resident].append((each, plan))
    return {resident: sorted(each, key=lambda pair: (pair[0].by, pair[0].on)) for resident, each in found.items()}
