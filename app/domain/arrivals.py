"""来沪返沪: how somebody who comes gets home, step by step, and who must not be forgotten on the way.

Pure. The steps are one table; what stands out is decided from the row alone, so that the committee's page, the
centre's and 今日 agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from app.domain import clock, contact_codes
from app.domain.fields import ARRIVAL_STATES
from app.domain.findings import UserError
from app.domain.steps import Steps

WAITED, PICKED_UP, HANDED_OVER, HOME, MISSED, REASSIGNED, CANCELLED = ARRIVAL_STATES

STEPS = Steps(
    "arrival-step",
    {
        WAITED: (PICKED_UP, HANDED_OVER, HOME, MISSED, REASSIGNED, CANCELLED),
        PICKED_UP: (HANDED_OVER, HOME, MISSED, REASSIGNED, CANCELLED),
        HANDED_OVER: (HOME, MISSED, REASSIGNED, CANCELLED),
        MISSED: (WAITED, PICKED_UP, HANDED_OVER, HOME, REASSIGNED, CANCELLED),
        HOME: (),
        REASSIGNED: (),
        CANCELLED: (WAITED,),
    },
    {
        HOME: "arrival-why-home", REASSIGNED: "arrival-why-reassigned", CANCELLED: "arrival-why-cancelled",
        PICKED_UP: "arrival-why-picked-up", HANDED_OVER: "arrival-why-handed-over",
    },
)  # fmt: skip
"""Somebody may come to the door without having been met, so steps may be left out; none goes back but 未到 and 已取消."""

ORDER = (WAITED, MISSED, CANCELLED, PICKED_UP, HANDED_OVER, REASSIGNED, HOME)
"""Which of two states counts that were written without knowing of each other: the later one here.

Whoever was met, handed over or is at home is a fact somebody saw; that somebody did not come is what others had not seen
yet. A committee that was relieved of somebody who is on the way is relieved; of somebody who is at home it is not.
"""

OPEN = frozenset({WAITED, PICKED_UP, HANDED_OVER, MISSED})
"""States in which somebody is still waited for."""

ENDED = frozenset(ARRIVAL_STATES) - OPEN
"""States in which nobody is waited for any more."""

NAMES = {
    "waiting": WAITED, "picked-up": PICKED_UP, "handed-over": HANDED_OVER, "home": HOME, "missed": MISSED,
    "cancelled": CANCELLED,
}  # fmt: skip
"""What the command line calls the steps."""

TIMES = {PICKED_UP: "picked_up_at", HANDED_OVER: "handed_over_at", HOME: "home_at"}
"""state -> the field that says when it was reached, in their order."""
PLACES = {
    PICKED_UP: {"by": "picked_up_by", "vehicle": "vehicle"},
    HANDED_OVER: {"to": "handed_over_to", "by": "picked_up_by", "vehicle": "vehicle"},
    HOME: {"by": "home_by"},
    MISSED: {"why": "state_why"},
    CANCELLED: {"why": "state_why"},
    WAITED: {"why": "state_why", "expected": "expected_at"},
}  # fmt: skip
"""state -> where what is told with the step is kept."""

EARLY = timedelta(days=3)
"""How long before the day of arrival a step may be: an earlier time is a slip of the pen."""
ON_THE_WAY = timedelta(hours=4)  # assumed: from an airport to the street
AT_THE_DOOR = timedelta(hours=1)  # assumed: from the handing over to the door
FAR = timedelta(days=60)  # assumed: no list reaches further
"""Whoever is expected later than this is asked after: a slip in the year would keep somebody waiting for a year."""

STANDS_OUT = (
    "stub-waiting", "not-home", "missed", "late", "long-way", "no-address", "asked", "not-told", "no-day", "far-day",
    "no-household",
)  # fmt: skip
"""Codes of `stands_out`, the most urgent first; their words are `arrival-<code>`."""

CARRIED = (
    "person_name", "person_phone", "origin", "overseas", "arrived_on", "transport", "transport_no", "address",
    "expected_at", "picked_up_at", "picked_up_by", "vehicle", "note",
)  # fmt: skip
"""What goes along when somebody is reassigned to another committee."""


def state_of(values: Mapping[str, Any]) -> str:
    """The state; "" for a mere record (a roster said when somebody came), of whom nobody waits."""
    state = values.get("state")
    if isinstance(state, str) and state in ARRIVAL_STATES:
        return state
    waited = state is not None or values.get("heard_at") or values.get("person_name") or values.get("contact_code")
    return WAITED if waited else ""


def is_open(values: Mapping[str, Any]) -> bool:
    return state_of(values) in OPEN


def furthest(states: Iterable[object]) -> str:
    """Of several states the one that counts; what is none counts least."""
    known = [each for each in states if isinstance(each, str) and each in ORDER]
    return max(known, key=ORDER.index) if known else WAITED


# ---------------------------------------------------------------- times


def step(values: Mapping[str, Any], new: str, at: datetime, now: datetime) -> dict[str, Any]:
    """What a step writes: the state and, where it has one, its time; None for times that no longer hold.

    Raises UserError: arrival-step (not possible, and why), time-future, time-too-early, time-before-step (step, before),
    arrival-not-yet (somebody still expected is not missed).
    """
    before = state_of(values) or WAITED
    STEPS.to(before, new)
    if at > now:
        raise UserError("time-future", at=_shown(at), now=_shown(now))
    if (on := day_of(values)) is not None and at.date() < on - min(EARLY, on - date.min):
        raise UserError("time-too-early", at=_shown(at), on=on.isoformat())
    if new == MISSED and (expected := expected_by(values)) is not None and at < expected:
        raise UserError("arrival-not-yet", expected=_shown(expected))
    for state, key in TIMES.items():
        earlier = clock.moment(values.get(key))
        if state == new:
            break
        if (
            new in TIMES and earlier is not None and at < earlier <= now
        ):  # one to come was keyed while a clock was wrong
            raise UserError("time-before-step", at=_shown(at), step=state, before=_shown(earlier))
    written: dict[str, Any] = {"state": new}
    if new in TIMES:
        written[TIMES[new]] = clock.written(at)
    if new in TIMES or new == WAITED:  # whoever was missed begins anew
        later = [*TIMES][([*TIMES].index(new) + 1 if new in TIMES else 0) :]
        written |= {TIMES[state]: None for state in later if values.get(TIMES[state])}
    return written


def _shown(at: datetime) -> str:
    return clock.written(at)[:16].replace("T", " ")


def expected_by(values: Mapping[str, Any]) -> datetime | None:
    """When somebody should be here at the latest: the expected time, else the end of the day of arrival."""
    at = clock.moment(values.get("expected_at"))
    if at is not None:
        return at
    on = clock.day(values.get("arrived_on"))
    return datetime.combine(on, time(23, 59), clock.SHANGHAI) if on is not None else None


def due(values: Mapping[str, Any]) -> datetime | None:
    """Until when the next step is awaited; None for whoever is not waited for, or where nobody knows."""
    state = state_of(values)
    if state == WAITED and contact_codes.is_stub("arrival", values):
        return _later(contact_codes.waits_since("arrival", values), contact_codes.WAITS)
    if state in (WAITED, MISSED):
        return expected_by(values)
    if state == PICKED_UP:
        return _later(clock.moment(values.get("picked_up_at")), ON_THE_WAY)
    if state == HANDED_OVER:
        return _later(clock.moment(values.get("handed_over_at")), AT_THE_DOOR)
    return None


def _later(at: datetime | None, after: timedelta) -> datetime | None:
    try:
        return at + after if at is not None else None
    except OverflowError:  # a time that an entry from elsewhere made up
        return None


# ---------------------------------------------------------------- who must not be forgotten


def stands_out(
    values: Mapping[str, Any], now: datetime, *, at_centre: bool = False, waits_at_centre: bool = False
) -> str | None:
    """Why a row stands out, one of STANDS_OUT; None if nothing is amiss.

    at_centre: the centre looks, who has telephoned to do. waits_at_centre: the row belongs to no committee yet.
    """
    state = state_of(values)
    if state not in OPEN:
        return None
    if contact_codes.is_stub("arrival", values):
        return "stub-waiting" if contact_codes.is_late("arrival", values, now) else _on_the_way(values, state, now)
    found = _on_the_way(values, state, now)
    if found is not None:
        return found
    if waits_at_centre:
        return "no-address"
    if values.get("reassigned_to"):
        return "asked"
    if at_centre and not values.get("notified_at") and not values.get("heard_at"):
        return "not-told"
    if state == WAITED:
        expected = expected_by(values)
        if expected is None:
            return "no-day"
        if expected - now > FAR:
            return "far-day"
    return "no-household" if not at_centre and not values.get("household") else None


def _on_the_way(values: Mapping[str, Any], state: str, now: datetime) -> str | None:
    until = due(values)
    if state == MISSED:
        return "missed"
    if state in (PICKED_UP, HANDED_OVER):  # a time to come says nothing: some clock was wrong
        since, why = clock.moment(values.get(TIMES[state])), "long-way" if state == PICKED_UP else "not-home"
        known = since is not None and since - now < timedelta(days=1)
        return why if until is None or until < now or not known else None
    if contact_codes.is_stub("arrival", values):
        return None
    return "late" if until is not None and until < now else None


def order(values: Mapping[str, Any], why: str | None) -> tuple[int, str, str]:
    """How a list is sorted: those that stand out first, then by what is due, then by name."""
    urgent = STANDS_OUT.index(why) if why in STANDS_OUT else len(STANDS_OUT) + (not is_open(values))
    at = due(values)
    return urgent, clock.written(at) if at is not None else "9999", str(values.get("person_name") or "")


def day_of(values: Mapping[str, Any]) -> date | None:
    """The day of arrival, from the day or the expected time."""
    on = clock.day(values.get("arrived_on"))
    if on is None and (at := clock.moment(values.get("expected_at"))) is not None:
        return at.date()
    return on
