"""Home isolation as arithmetic: rules are data with validity, a case is a sequence of stages.

A case never ends by itself and never shows 15/14: past its last day it is 期满待解除 until a person closes
it (domain.md, isolation). Dates are whole days in Shanghai; the last day is inclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from app.domain.findings import UserError


class CountFrom(StrEnum):
    """Which day is day 1: the given day itself, or (NEXT_DAY) the one after it."""

    START_DAY = "start-day"
    ARRIVAL_DAY = "arrival-day"
    NEXT_DAY = "next-day"
    LAST_CONTACT = "last-contact"
    SAMPLING = "sampling"


class ReleaseAt(StrEnum):
    """When the last day is over: at 24:00, in the morning after, or when the last result is in."""

    MIDNIGHT = "24:00"
    NEXT_DAY = "next-day"
    AFTER_RESULT = "after-result"


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a rule. days: its length; test_days: 1 = its first day; ends: "days" or "result"."""

    measure: str
    days: int
    place: str = "居家"
    test_days: tuple[int, ...] = ()
    ends: str = "days"


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to isolate. valid_from, valid_until: inclusive, None = open; settings add rules with dates."""

    code: str
    steps: tuple[Step, ...]
    count_from: CountFrom = CountFrom.START_DAY
    release_at: ReleaseAt = ReleaseAt.MIDNIGHT
    valid_from: date | None = None
    valid_until: date | None = None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a case, laid on the calendar. start and end are inclusive; tests are dates."""

    measure: str
    place: str
    start: date
    end: date
    tests: tuple[date, ...] = ()
    ends: str = "days"

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


# Measures and test days of the built-in rules are assumed from the notices of 2020–2022 [mem]; no
# validity is set, so that a case of any year can be keyed; a setting may narrow it.
BUILT_IN: tuple[Rule, ...] = (
    Rule("7", (Step("居家隔离", 7),)),
    Rule("14", (Step("居家隔离", 14),)),
    Rule("14+7", (Step("集中隔离", 14, "集中点"), Step("居家健康监测", 7))),
    Rule("7+3", (Step("集中隔离", 7, "集中点"), Step("居家健康监测", 3, test_days=(3,)))),
    Rule("7+7", (Step("集中隔离", 7, "集中点", test_days=(5,)), Step("居家隔离", 7))),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a case stands on a day. stage: 1 = first. start, end: of the case, inclusive.

    day, days, stage_start, stage_end: of the present stage; total_day, total_days: of the case. A day
    is 0 before the case begins and never above its days.
    """

    stage: int
    measure: str
    place: str
    start: date
    end: date
    stage_start: date
    stage_end: date
    state: str
    day: int
    days: int
    total_day: int
    total_days: int


def rule_named(code: str, on: date, rules: Sequence[Rule] = BUILT_IN) -> Rule:
    """The rule of that code valid on a day. Raises UserError isolation-rule-unknown, -not-valid."""
    named = [rule for rule in rules if rule.code == code.strip().replace("＋", "+")]
    if not named:
        raise UserError("isolation-rule-unknown", rule=code, known="、".join(rule.code for rule in rules))
    for rule in named:
        if rule.valid_on(on):
            return rule
    raise UserError("isolation-rule-not-valid", rule=code, date=on.isoformat())


def open_case(rule: Rule, start: date) -> tuple[Stage, ...]:
    """The stages of a case. start: the day that `rule.count_from` speaks of (arrival, last contact …)."""
    first = start + timedelta(days=1) if rule.count_from is CountFrom.NEXT_DAY else start
    stages = []
    for step in rule.steps:
        last = first + timedelta(days=step.days - 1)
        tests = tuple(first + timedelta(days=day - 1) for day in step.test_days)
        ends = step.ends
        if step is rule.steps[-1] and rule.release_at is ReleaseAt.AFTER_RESULT:
            ends = "result"
        stages.append(Stage(step.measure, step.place, first, last, tests, ends))
        first = last + timedelta(days=1)
    return tuple(stages)


def progress(
    stages: Sequence[Stage],
    state: str,
    checks: Iterable[Mapping[str, Any]],
    on: date,
    closed_on: date | None = None,
) -> Progress:
    """Where the case stands on a day; a closed one stands still on the day it was closed.

    state: as recorded. checks: values of the case's health checks (on, slot, test).
    """
    day = min(on, closed_on) if closed_on else on
    start, end = stages[0].start, stages[-1].end
    number, stage = next(((n, each) for n, each in enumerate(stages, 1) if day <= each.end), (len(stages), stages[-1]))
    return Progress(
        number, stage.measure, stage.place, start, end, stage.start, stage.end,
        state_on(stages, state, checks, on),
        _counted(stage.start, stage.end, day), stage.days,
        _counted(start, end, day), (end - start).days + 1,
    )  # fmt: skip


def _counted(start: date, end: date, day: date) -> int:
    return max(0, (min(day, end) - start).days + 1)


# ---------------------------------------------------------------- states

ACTIVE = ("待接", "在管", "待结果", "期满待解除")
"""While one of these, a person has no second case."""
ENDED = ("已解除", "转集中", "转院", "转出")

_STEPS: dict[str, tuple[str, ...]] = {
    "待接": ("在管", "已解除", "转集中", "转院", "转出"),
    "在管": ("待结果", "期满待解除", "已解除", "转集中", "转院", "转出"),
    "待结果": ("在管", "期满待解除", "已解除", "转集中", "转院", "转出"),
    "期满待解除": ("待结果", "已解除", "转集中", "转院", "转出"),
    "转集中": ("在管", "转院", "已解除"),
    "转院": ("在管", "转集中", "已解除"),
    "转出": ("在管",),  # the receiving committee did not take the person: the duty stays here
    "已解除": (),
}


def state_on(stages: Sequence[Stage], state: str, checks: Iterable[Mapping[str, Any]], on: date) -> str:
    """The state to show on a day: past the last day 期满待解除, or 待结果 while a result is owed."""
    if state not in ("在管", "待结果") or on <= stages[-1].end:
        return state
    return "待结果" if stages[-1].ends == "result" and not _result_is_in(stages[-1], checks) else "期满待解除"


def _result_is_in(stage: Stage, checks: Iterable[Mapping[str, Any]]) -> bool:
    since = (stage.tests[-1] if stage.tests else stage.start).isoformat()
    return any(
        check.get("test") in ("阴性", "阳性", "negative", "positive") and str(check.get("on")) >= since
        for check in checks
    )


def step_to(state: str, new: str) -> str:
    """The new state if the step is allowed. Raises UserError isolation-step with what is possible."""
    if new not in _STEPS.get(state, ()):
        possible = "、".join(_STEPS.get(state, ())) or "无"
        raise UserError("isolation-step", state=state, new=new, possible=possible)
    return new


def require_none_active(states: Iterable[str], name: str = "") -> None:
    """Raises UserError isolation-active if one of the person's cases still runs."""
    for state in states:
        if state in ACTIVE:
            raise UserError("isolation-active", state=state, name=name)


@dataclass(frozen=True, slots=True)
class WholeHousehold:
    """One act for a household: whose case opens, who has one already, who is not there."""

    opens: tuple[str, ...]
    running: tuple[str, ...]
    away: tuple[str, ...]


def whole_household(members: Iterable[tuple[str, bool, Iterable[str]]]) -> WholeHousehold:
    """members: (resident id, lives here, states of the person's cases). Raises isolation-nobody."""
    opens: list[str] = []
    running: list[str] = []
    away: list[str] = []
    for resident, here, states in members:
        pile = away if not here else running if any(s in ACTIVE for s in states) else opens
        pile.append(resident)
    if not opens:
        raise UserError("isolation-nobody", running=len(running), away=len(away))
    return WholeHousehold(tuple(opens), tuple(running), tuple(away))


# ---------------------------------------------------------------- checks

SLOTS: dict[str, tuple[str, ...]] = {
    "集中隔离": (),  # the hotel's doctors measure there
    "居家隔离": ("am", "pm"),
    "居家健康监测": ("am", "pm"),
    "社区健康管理": ("am",),
}
"""Which checks a measure wants each day; a setting [mem]."""


def keyed_late(on: date, keyed_on: date) -> bool:
    """补录: written down a day or more after the check; normal, and shown. Raises check-in-future."""
    if on > keyed_on:
        raise UserError("check-in-future", date=on.isoformat(), today=keyed_on.isoformat())
    return on < keyed_on


def require_in_case(stages: Sequence[Stage], on: date) -> None:
    """A check before the first day belongs to no case; after the last it may, until the release."""
    if on < stages[0].start:
        raise UserError("check-before-case", date=on.isoformat(), start=stages[0].start.isoformat())


def missing_checks(
    stages: Sequence[Stage], state: str, checks: Iterable[Mapping[str, Any]], on: date, slot: str = "pm"
) -> tuple[tuple[date, str], ...]:
    """(day, slot) of the checks owed and not there, the oldest first; slot: the latest owed on `on`."""
    if state not in ("在管", "待结果", "期满待解除"):
        return ()
    there = {(str(check.get("on")), check.get("slot")) for check in checks}
    owed = []
    for stage in stages:
        for offset in range(max(0, (min(on, stage.end) - stage.start).days + 1)):
            day = stage.start + timedelta(days=offset)
            owed += [(day, s) for s in SLOTS.get(stage.measure, ()) if day < on or s <= slot]
    return tuple((day, s) for day, s in owed if (day.isoformat(), s) not in there)


# ---------------------------------------------------------------- as a field value


def to_json(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """The value of the case's field `stages`."""
    return [
        {"measure": stage.measure, "place": stage.place, "ends": stage.ends,
         "start": stage.start.isoformat(), "end": stage.end.isoformat(),
         "tests": [day.isoformat() for day in stage.tests]}
        for stage in stages
    ]  # fmt: skip


def from_json(value: Iterable[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """The stages of a case from its field `stages`."""
    return tuple(
        Stage(
            each["measure"],
            each["place"],
            date.fromisoformat(each["start"]),
            date.fromisoformat(each["end"]),
            tuple(date.fromisoformat(day) for day in each.get("tests", ())),
            each.get("ends", "days"),
        )
        for each in value
    )


def is_stages(value: object) -> bool:
    """Is it what `to_json` makes, whole dates in their order? An entry from elsewhere may say anything."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_STAGES:
        return False
    try:
        stages = from_json(value)
    except (TypeError, ValueError, KeyError, AttributeError):
        return False
    texts = [text for stage in stages for text in (stage.measure, stage.place, stage.ends)]
    return (
        to_json(stages) == value and all(isinstance(text, str) for text in texts)
        and all(1 <= stage.days <= LONGEST_STAGE and len(stage.tests) <= LONGEST_STAGE for stage in stages)
        and all(first.end < then.start for first, then in pairwise(stages))
    )  # fmt: skip


def is_steps(value: object) -> bool:
    """Is it the `steps` of a rule, as settings keep them?"""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_STAGES:
        return False
    return all(
        isinstance(each, dict) and set(each) == {"measure", "days", "place", "tests", "ends"}
        and each["measure"] in SLOTS and type(each["days"]) is int and 1 <= each["days"] <= LONGEST_STAGE
        and isinstance(each["place"], str) and each["ends"] in ("days", "result") and isinstance(each["tests"], list)
        and all(type(day) is int and 1 <= day <= each["days"] for day in each["tests"])
        for each in value
    )  # fmt: skip


MOST_STAGES, LONGEST_STAGE = 12, 366
"""How many stages a case may have, and how many days one may last: more is a mistake of the key."""
