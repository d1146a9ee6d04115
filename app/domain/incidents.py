"""Incidents as a course of timed steps: who acts first, how long each step may take, and which step is owed now.

What came from another PC may hold any text, so everything here reads it as far as it says something and never loses an
incident over it. Minutes are whole and written for 一般; a more urgent one is given a part of them. All figures are
assumed [mem]: settings of the field, not law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from app.domain import clock
from app.domain.fields import URGENCIES
from app.domain.findings import UserError
from app.domain.steps import Steps

Values = Mapping[str, Any]

REPORTED, NOTIFIED, UNDER_WAY, ON_SITE, CLOSED, CALLED_BACK = COURSE = (
    "已接报", "已通知", "处置中", "已到场", "已办结", "已回访",
)  # fmt: skip
REASSIGNED, WITHDRAWN = LEFT = ("已改派", "已撤销")
ENDED = (CALLED_BACK, *LEFT)

STEPS = Steps(
    "incident-step",
    {
        REPORTED: (NOTIFIED, UNDER_WAY, *LEFT),
        NOTIFIED: (UNDER_WAY, *LEFT),
        UNDER_WAY: (ON_SITE, CLOSED, *LEFT),  # much is settled by telephone and nobody goes
        ON_SITE: (CLOSED, *LEFT),
        CLOSED: (CALLED_BACK,),
        CALLED_BACK: (),
        REASSIGNED: (),
        WITHDRAWN: (),
    },
    {
        CLOSED: "incident-why-closed", CALLED_BACK: "incident-why-called-back", REASSIGNED: "incident-why-reassigned",
        WITHDRAWN: "incident-why-withdrawn", REPORTED: "incident-why-order", NOTIFIED: "incident-why-order",
        UNDER_WAY: "incident-why-order", ON_SITE: "incident-why-order",
    },
)  # fmt: skip
REOPENABLE = (CLOSED, CALLED_BACK, WITHDRAWN)

TIMES = {
    REPORTED: "reported_at", NOTIFIED: "notified_at", UNDER_WAY: "under_way_at", ON_SITE: "on_site_at",
    CLOSED: "closed_at", CALLED_BACK: "called_back_at",
}  # fmt: skip
BY = {
    NOTIFIED: "notified_by", UNDER_WAY: "under_way_by", ON_SITE: "on_site_by", CLOSED: "closed_by",
    CALLED_BACK: "called_back_by",
}  # fmt: skip


# ---------------------------------------------------------------- kinds

COMMITTEE, PROPERTY, POLICE, DOCTOR, GRID = "居委", "物业", "社区民警", "社区医生", "网格员"
WORKER, LEADER = "责任社工", "楼组长"


@dataclass(frozen=True, slots=True)
class Kind:
    """key: the digit that chooses it; first: who acts, in this order; urgency: what it is unless somebody says otherwise.

    start, on_site, close: minutes for 一般 from one step to the next.
    """

    name: str
    key: str
    urgency: str
    first: tuple[str, ...]
    start: int
    on_site: int
    close: int


KINDS: tuple[Kind, ...] = (
    Kind("老人跌倒", "1", "特急", (WORKER, LEADER, DOCTOR), 20, 60, 720),
    Kind("突发疾病", "2", "特急", (DOCTOR, WORKER), 20, 60, 720),
    Kind("走失", "3", "特急", (POLICE, WORKER), 20, 60, 1440),
    Kind("违反隔离", "4", "特急", (POLICE, WORKER), 20, 60, 720),
    Kind("消防隐患", "5", "紧急", (PROPERTY, WORKER), 60, 120, 1440),
    Kind("漏水停电", "6", "紧急", (PROPERTY, LEADER), 30, 120, 1440),
    Kind("高空抛物", "7", "紧急", (PROPERTY, POLICE), 60, 240, 2880),
    Kind("邻里纠纷", "8", "一般", (WORKER, COMMITTEE), 120, 1440, 4320),
    Kind("噪音扰民", "9", "一般", (WORKER, PROPERTY), 60, 240, 1440),
    Kind("求助", "0", "一般", (WORKER, LEADER), 60, 240, 1440),
    Kind("环境卫生", "-", "一般", (PROPERTY, GRID), 120, 1440, 4320),
    Kind("其他", "=", "一般", (WORKER, COMMITTEE), 120, 1440, 4320),
)
"""What a committee is called for [mem], the most urgent first."""
BY_NAME = {kind.name: kind for kind in KINDS}
OTHER = BY_NAME["其他"]
BREACH = BY_NAME["违反隔离"].name

NOTIFY, CALL_BACK = 40, 1440
"""Minutes to the telephone call, and from the end to asking whoever reported it."""
USUAL, URGENT, MOST_URGENT = URGENCIES
SHARES = {USUAL: 1.0, URGENT: 0.5, MOST_URGENT: 0.25}
LEAST = 5
"""No step is asked for sooner than this many minutes: nobody could keep it."""


def kind_of(values: Values) -> Kind:
    """The kind; one that is not in the table counts as 其他."""
    return BY_NAME.get(str(values.get("kind")), OTHER)


def urgency_of(values: Values) -> str:
    """How urgent: what was said, else what its kind is; known by telephone only, it is taken for urgent."""
    said = values.get("urgency")
    if isinstance(said, str) and said in URGENCIES:
        return said
    return URGENT if values.get("heard_at") and not values.get("kind") else kind_of(values).urgency


def limit(values: Values, step: str) -> int:
    """Minutes within which this step follows the one before it."""
    kind = kind_of(values)
    if step == CALLED_BACK:
        return CALL_BACK
    whole = {NOTIFIED: NOTIFY, UNDER_WAY: kind.start, ON_SITE: kind.on_site, CLOSED: kind.close}[step]
    return max(LEAST, int(whole * SHARES[urgency_of(values)]))


# ---------------------------------------------------------------- where it stands


def time_of(values: Values, state: str) -> datetime | None:
    """When a step was done; what a committee wrote down at the telephone is when it was told."""
    found = clock.moment(values.get(TIMES[state]))
    return clock.moment(values.get("heard_at")) if found is None and state == NOTIFIED else found


def state_of(values: Values) -> str:
    """How far it came: the furthest step that a state or a time tells of.

    Two PCs that write at once leave one state of two; their times both stand, so nothing done is forgotten.
    """
    said = values.get("state")
    if said in LEFT:
        return str(said)
    reached = [state for state in COURSE if state == said or time_of(values, state) is not None]
    return reached[-1] if reached else REPORTED


def from_centre(values: Values) -> bool:
    """Did the centre make it for a committee, which must be told by telephone?"""
    return bool(values.get("contact_code"))


def has_caller(values: Values) -> bool:
    """Is there somebody to call back?"""
    return any(values.get(key) for key in ("reporter_name", "reporter_phone", "external_number", "resident"))


def next_of(values: Values) -> str | None:
    """The step that is owed; None when there is nothing more to do."""
    state = state_of(values)
    if state in ENDED or (state == CLOSED and not has_caller(values)):
        return None
    if state == REPORTED:
        return NOTIFIED if from_centre(values) else UNDER_WAY
    return COURSE[COURSE.index(state) + 1]


def is_open(values: Values) -> bool:
    return next_of(values) is not None


def possible(values: Values) -> tuple[str, ...]:
    """The further steps of its course that may be keyed now."""
    return tuple(state for state in STEPS.possible(state_of(values)) if state in COURSE)


@dataclass(frozen=True, slots=True)
class Due:
    """The step that is owed. at: by when, None where no time tells; overdue: that is past, or unknown.

    late: minutes past; external: the limit is the outer one (12345, 一网统管).
    """

    next_state: str
    at: datetime | None
    overdue: bool
    late: int = 0
    external: bool = False


def due(values: Values, now: datetime) -> Due | None:
    """What is owed of an incident, None for one that has ended."""
    following = next_of(values)
    if following is None:
        return None
    at, external = _after(since(values, now), limit(values, following)), external_due(values)
    outer = external is not None and following != CALLED_BACK and (at is None or external < at)
    at = external if outer else at
    if at is None:
        return Due(following, None, overdue=True)
    return Due(following, at, at < now, max(0, int((now - at).total_seconds() // 60)), outer)


def since(values: Values, now: datetime) -> datetime | None:
    """Since when the present state stands: the latest time that its steps tell of, one to come not counted."""
    course = COURSE[: COURSE.index(state) + 1] if (state := state_of(values)) in COURSE else COURSE
    told = [at for each in course if (at := time_of(values, each)) is not None and at <= now]
    return max(told, default=None)


def external_due(values: Values) -> datetime | None:
    """The outer deadline: a time, or the end of a day."""
    at = clock.moment(values.get("external_due_at"))
    if at is not None:
        return at
    day = clock.day(values.get("external_due"))
    return None if day is None else datetime.combine(day, time(23, 59, 59), clock.SHANGHAI)


def _after(at: datetime | None, minutes: int) -> datetime | None:
    try:
        return None if at is None else at + timedelta(minutes=minutes)
    except OverflowError:
        return None


def checked_time(values: Values, at: datetime, now: datetime) -> datetime:
    """The true time of the next step, perhaps keyed later (补录).

    Raises UserError: incident-future; incident-before (state and at of the step before).
    """
    if at > now:
        raise UserError("incident-future", at=spoken(at), now=spoken(now))
    before = since(values, now)
    if before is not None and at < before:
        raise UserError("incident-before", state=state_of(values), before=spoken(before), at=spoken(at))
    return at


def spoken(at: datetime) -> str:
    """A time as an error's words say it, to the second where there are any."""
    said = clock.written(at)[:19].replace("T", " ")
    return said.removesuffix(":00") if len(said) == 19 else said


def reopened(values: Values) -> dict[str, Any]:
    """What to write when one was closed or withdrawn by mistake: it stands where it stood before, with its true times.

    Raises UserError("incident-not-ended").
    """
    if state_of(values) not in REOPENABLE:
        raise UserError("incident-not-ended", state=state_of(values))
    cleared = {"closed_at": None, "closed_by": None, "called_back_at": None, "called_back_by": None, "outcome": None}
    return {**cleared, "state": state_of({**values, **cleared, "state": None})}


# ---------------------------------------------------------------- repeats

REPEAT_WITHIN = timedelta(hours=24)


def is_likely_repeat(one: Values, other: Values) -> bool:
    """May the two speak of the same? The same kind within a day, of the same person or place."""
    if one.get("id") == other.get("id") or kind_of(one) != kind_of(other) or state_of(other) in LEFT:
        return False
    first, second = time_of(one, REPORTED), time_of(other, REPORTED)
    if first is None or second is None or abs(first - second) > REPEAT_WITHIN:
        return False
    return _is_same_place(one, other)


def _is_same_place(one: Values, other: Values) -> bool:
    """The same person; else the narrowest place that both name decides."""
    if (person := _plain(one.get("resident"))) and person == _plain(other.get("resident")):
        return True
    for key in ("household", "building", "place"):
        mine, theirs = _plain(one.get(key)), _plain(other.get(key))
        if mine and theirs:
            return mine == theirs
    return False


def _plain(text: object) -> str:
    return "".join(text.split()).casefold() if isinstance(text, str) else ""


def first_of(row: str, joined: Mapping[str, str]) -> str:
    """The incident under which one is shown; itself where it is joined to none, or the joining runs in a ring."""
    seen = [row]
    while (above := joined.get(seen[-1])) is not None:
        if above in seen:
            return min(seen[seen.index(above) :])
        seen.append(above)
    return seen[-1]
