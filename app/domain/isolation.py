"""Home isolation as arithmetic: rules are data with validity, a case is a sequence of stages.

A case never ends by itself and never shows 15/14: past its last day it is 期满待解除 until a person closes
it (domain.md, isolation). Dates are whole days in Shanghai; the last day is inclusive. Longer than most files: stages,
states and owed checks are one calendar, and whoever changes one must see the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from app.domain import clock
from app.domain.checks import Answer as Answer
from app.domain.findings import UserError
from app.domain.steps import Steps


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
    """One stage of a rule. days: its length; test_days: 1 = its first day; ends: "days", "result" or "next-day"."""

    measure: str
    days: int
    place: str = "居家"
    test_days: tuple[int, ...] = ()
    ends: str = "days"


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to isolate. valid_from, valid_until: inclusive, None = open; settings add rules with dates.

    co_residents: whoever lives behind the same door isolates too. own_notice: the committee may issue the release notice.
    """

    code: str
    steps: tuple[Step, ...]
    count_from: CountFrom = CountFrom.START_DAY
    release_at: ReleaseAt = ReleaseAt.MIDNIGHT
    valid_from: date | None = None
    valid_until: date | None = None
    co_residents: bool = False
    own_notice: bool = False
    note: str = ""

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
# validity is set (7+7 came in July 2020), so that a case of any year can be keyed; a setting may narrow it.
BUILT_IN: tuple[Rule, ...] = (
    Rule("7", (Step("居家隔离", 7),)),
    Rule("14", (Step("居家隔离", 14),)),
    Rule("14+7", (Step("集中隔离", 14, "集中点"), Step("居家健康监测", 7))),
    Rule("7+3", (Step("集中隔离", 7, "集中点"), Step("居家健康监测", 3, test_days=(3,)))),
    Rule("7+7", (Step("集中隔离", 7, "集中点", test_days=(5,)), Step("居家隔离", 7)), co_residents=True),
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
        if step is rule.steps[-1]:
            ends = {ReleaseAt.AFTER_RESULT: RESULT, ReleaseAt.NEXT_DAY: NEXT_DAY}.get(rule.release_at, ends)
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


def at_home(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages that concern whoever lives behind the same door: those not spent in a hotel."""
    return tuple(stage for stage in stages if slots_of(stage.measure))


def release_from(stages: Sequence[Stage]) -> date:
    """The first day on which a case may end without anybody's leave; "24:00" is said on the last day itself."""
    return day_after(stages[-1].end) if stages[-1].ends == NEXT_DAY else stages[-1].end


def day_after(day: date) -> date:
    """The next day; of the last one there is, itself: an entry from elsewhere may name any."""
    return day + timedelta(days=1) if day < date.max else day


def is_early(stages: Sequence[Stage], checks: Iterable[Mapping[str, Any]], on: date) -> bool:
    """Would ending on that day be earlier than the rule says: before the last day, before the last result is in, or while one is awaited?"""
    last, told = stages[-1], list(checks)
    return (
        on < release_from(stages) or (last.ends == RESULT and not _result_is_in(last, told))
        or bool(tests_on(stages, told, on).awaited)
    )  # fmt: skip


# ---------------------------------------------------------------- states

RESULT, NEXT_DAY = "result", "next-day"
"""How a last stage ends, where not by its days alone."""
ACTIVE = ("待接", "在管", "待结果", "期满待解除")
"""While one of these, a person has no second case."""
ENDED = ("已解除", "转集中", "转院", "转出")

UNDER_WAY = ("在管", "待结果", "期满待解除")
"""While one of these, checks are owed."""

STEPS = Steps("isolation-step", {
    "待接": ("在管", "已解除", "转集中", "转院", "转出"),
    "在管": ("待结果", "期满待解除", "已解除", "转集中", "转院", "转出"),
    "待结果": ("在管", "期满待解除", "已解除", "转集中", "转院", "转出"),
    "期满待解除": ("待结果", "已解除", "转集中", "转院", "转出"),
    "转集中": ("在管", "转院", "已解除"),
    "转院": ("在管", "转集中", "已解除"),
    "转出": ("在管",),  # the receiving committee did not take the person: the duty stays here
    "已解除": (),
}, {"已解除": "isolation-ended-why", "转出": "isolation-left-why"})  # fmt: skip
"""The case machine. Nothing here happens by itself: each step is a person's act."""
REOPENING = Steps("isolation-reopen", dict.fromkeys(ENDED, ("在管",)))
"""Taking back an end that was keyed by mistake; says why, and is no step of the work."""


def state_on(stages: Sequence[Stage], state: str, checks: Iterable[Mapping[str, Any]], on: date) -> str:
    """The state to show on a day: past the last day 期满待解除, or 待结果 while a result is owed."""
    if state not in ("在管", "待结果") or on <= stages[-1].end:
        return state
    return "待结果" if stages[-1].ends == "result" and not _result_is_in(stages[-1], checks) else "期满待解除"


def _result_is_in(stage: Stage, checks: Iterable[Mapping[str, Any]]) -> bool:
    since = (stage.tests[-1] if stage.tests else stage.start).isoformat()
    return any(has_result(check) and str(check.get("on")) >= since for check in checks)


def has_result(check: Mapping[str, Any]) -> bool:
    """Is there a result? Which one is level 3, and need not be open for this."""
    return check.get("result_in") is True or check.get("test") in ("阴性", "阳性", "negative", "positive")


def state_as_of(state: str, closed_on: date | None, on: date) -> str:
    """What was recorded of the case as seen on an earlier day: before its end it was under way."""
    return "在管" if state in ENDED and closed_on is not None and on < closed_on else state


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


def slots_of(measure: str) -> tuple[str, ...]:
    """The checks of a day; of a measure that another version of the program made, both: nobody is forgotten for a word."""
    return SLOTS.get(measure, ("am", "pm"))


def keyed_late(on: date, keyed_on: date) -> bool:
    """补录: written down a day or more after the check; normal, and shown. Raises check-in-future."""
    if on > keyed_on:
        raise UserError("check-in-future", date=on.isoformat(), today=keyed_on.isoformat())
    return on < keyed_on


def require_in_case(stages: Sequence[Stage], on: date) -> None:
    """A check before the first day belongs to no case; after the last it may, until the release."""
    if on < stages[0].start:
        raise UserError("check-before-case", date=on.isoformat(), start=stages[0].start.isoformat())


def require_begun(stages: Sequence[Stage], state: str, at: datetime) -> None:
    """Nobody is handed over before the case began; who never came may be. Raises UserError("handed-before-case")."""
    if stages and state != "待接" and at.date() < stages[0].start:
        raise UserError("handed-before-case", at=clock.written(at)[:16], start=stages[0].start.isoformat())


Owed = tuple[date, str]
"""Day and slot of a check."""


def owed_by(now: datetime) -> Owed:
    """(day, slot) of the latest health check that is owed by now: the morning's by noon, the evening's by eight [mem]."""
    now = now.astimezone(clock.SHANGHAI)
    if now.hour >= 20:
        return now.date(), "pm"
    return (now.date(), "am") if now.hour >= 12 else (now.date() - timedelta(days=1), "pm")


def owed_at(owed: Owed) -> datetime:
    """When a check that is not there yet counts as missing."""
    return datetime.combine(owed[0], time(12 if owed[1] == "am" else 20), clock.SHANGHAI)


def owed_checks(
    stages: Sequence[Stage], on: date, slot: str = "pm", *, since: date | None = None
) -> tuple[Owed, ...]:  # fmt: skip
    """(day, slot) of the checks that the stages want until then, the oldest first.

    slot: the latest owed on `on`. since: the committee took the case over that day, and owes nothing from before.
    """
    owed = []
    for stage in stages:
        slots, day = slots_of(stage.measure), max(stage.start, since or stage.start)
        for each in range(max(0, (min(on, stage.end) - day).days + 1) if slots else 0):
            at = day + timedelta(days=each)
            owed += [(at, s) for s in slots if at < on or s <= slot]
    return tuple(owed)


def missing_checks(
    stages: Sequence[Stage], state: str, checks: Iterable[Mapping[str, Any]], on: date, slot: str = "pm",
    *, since: date | None = None,
) -> tuple[Owed, ...]:  # fmt: skip
    """(day, slot) of the checks owed and not there, the oldest first; as `owed_checks` and `lacking`."""
    return lacking(owed_checks(stages, on, slot, since=since), checks) if state in UNDER_WAY else ()


def lacking(owed: Iterable[Owed], checks: Iterable[Mapping[str, Any]]) -> tuple[Owed, ...]:
    """Those of the owed checks that are not there; one that was tried in vain (`reached` is False) is still owed."""
    there = {(str(check.get("on")), check.get("slot")) for check in checks if check.get("reached") is not False}
    return tuple(each for each in owed if (each[0].isoformat(), each[1]) not in there)


def is_missing_twice(
    owed: Sequence[Owed], missing: Iterable[Owed], escalated: datetime | None = None, now: datetime | None = None
) -> bool:
    """Are the two latest owed checks both missing, and nobody told since? Then somebody above must know.

    escalated: when it was last said; two further ones ask again. One that lies after now says nothing: some clock was wrong.
    """
    not_there, count = set(missing), 0
    if escalated is not None and now is not None and escalated.date() > now.date():
        escalated = None
    for each in reversed(owed):
        if each not in not_there or (escalated is not None and owed_at(each) <= escalated):
            break
        count += 1
    return count >= 2


@dataclass(frozen=True, slots=True)
class Tests:
    """Of a case's samples: days on which one was to be taken and nobody said so; days of samples without a result."""

    untaken: tuple[date, ...]
    awaited: tuple[str, ...]


def tests_on(
    stages: Sequence[Stage], checks: Iterable[Mapping[str, Any]], on: date, since: date | None = None
) -> Tests:
    """What stands out about tests on a day; of stages in a hotel nothing, and nothing before the case was taken over."""
    told = [check for check in checks if check.get("sampled") is True or has_result(check)]
    days = sorted({str(check.get("on")) for check in told})
    planned = [day for stage in at_home(stages) for day in stage.tests if (since or day) <= day <= on]
    spans = pairwise([*planned, date.max])
    untaken = tuple(day for day, end in spans if not any(day.isoformat() <= each < end.isoformat() for each in days))
    awaited = tuple(sorted(str(check.get("on")) for check in told if not has_result(check)))
    results = [str(check.get("on")) for check in told if has_result(check)]
    return Tests(untaken, tuple(day for day in awaited if not any(day <= each for each in results)))


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


def stages_of(values: Mapping[str, Any]) -> tuple[Stage, ...]:
    """The stages of a case's row; () where an entry from elsewhere, or an erasing, left none that can be read."""
    return from_json(values["stages"]) if is_stages(values.get("stages")) else ()


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
