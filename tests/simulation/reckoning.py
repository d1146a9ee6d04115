"""What must come out of a plan, counted once more by hand: plain loops over plain lists, nothing of the program."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from tests.simulation.plan import BEGIN, SLOTS, STAGES, STICKS, Case, Committee, Incident, Plan

ENDED = {"期满": "已解除", "提前": "已解除", "转院": "转院", "转集中": "转集中", "转出": "转出"}


@dataclass(slots=True)
class Duty:
    """One case as one committee has it: a move makes two of one, and between the two sticks both have the duty."""

    case: Case
    committee: int
    since: date
    until: date | None
    state: str
    """What it ends in."""
    counted: date | None = None
    """Until before which day checks are told of this committee, once it is known that another one took over before."""

    def open_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(slots=True)
class Count:
    """Of one committee on the evening of one day."""

    open: int = 0
    over: int = 0
    missing: int = 0
    alerts: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    done: int = 0
    arrivals: Counter[str] = field(default_factory=Counter)
    incidents: Counter[str] = field(default_factory=Counter)
    visits: int = 0
    calls: int = 0
    due: int = 0


def duties(made: Plan) -> list[Duty]:
    """Who has which case, and from when to when."""
    found = []
    for committee in made.committees:
        for case in committee.cases:
            first, then = handed_over(case, made)
            if first is None:
                found.append(Duty(case, committee.number, case.start, case.closed, ENDED.get(case.how, "")))
                continue
            assert case.moved_to is not None
            ended = "转出" if then else ""
            found.append(Duty(case, committee.number, case.start, then, ended, first if then else None))
            found.append(Duty(case, case.moved_to, first, case.closed, ENDED.get(case.how, "")))
    return found


def handed_over(case: Case, made: Plan) -> tuple[date | None, date | None]:
    """The stick with which a move is accepted, and the one that closes the old committee's case."""
    if case.offered is None:
        return None, None
    later = [day for day in sticks(made) if day > case.offered]
    return (later[0] if later else None), (later[1] if len(later) > 1 else None)


def sticks(made: Plan) -> list[date]:
    """The mornings on which sticks go both ways."""
    return [BEGIN + timedelta(days=number) for number in range(STICKS, made.days, STICKS)]


def evening(made: Plan, day: date) -> dict[int, Count]:
    """Everything of every committee when the evening's round of that day is keyed."""
    counts = {committee.number: Count() for committee in made.committees}
    for duty in duties(made):
        count = counts[duty.committee]
        if duty.since > day:
            continue
        mine = {
            (check.on, check.slot): check for check in duty.case.checks
            if check.keyed <= day and check.on >= duty.since and (duty.until is None or check.keyed < duty.until)
        }  # fmt: skip
        reached = {at for at, check in mine.items() if check.reached}
        count.done += len(reached)
        if not duty.open_on(day):
            count.ended[duty.state] += 1
            continue
        count.open += 1
        count.over += day > duty.case.end
        count.alerts += any(check.hot and check.reached and check.keyed == day for check in mine.values())
        last = min(day, duty.case.end)
        owed = [
            (duty.since + timedelta(days=number), slot)
            for number in range((last - duty.since).days + 1) for slot in SLOTS
            if duty.case.owed(duty.since + timedelta(days=number))
        ]  # fmt: skip
        count.missing += sum(at not in reached for at in owed)
    for committee in made.committees:
        _rest(committee, counts[committee.number], day)
    return counts


def _rest(committee: Committee, count: Count, day: date) -> None:
    night = datetime.combine(day, datetime.max.time())
    for arrival in committee.arrivals:
        if arrival.day <= day:
            steps = [state for state, at in arrival.steps.items() if at <= night]
            count.arrivals["未到" if arrival.missed else (steps or ["待接"])[-1]] += 1
    for one in committee.incidents:
        if one.at <= night:
            count.incidents[state_of(one, night)] += 1
    count.visits = sum(on <= day for _, on, _ in committee.visits)
    count.calls = sum(on <= day for _, on in committee.calls)
    for number in range(20):
        mine = [on for plan, on in committee.calls if plan == number and on <= day]
        first = BEGIN + timedelta(days=number % 7)
        count.due += first <= day and (not mine or max(mine) + timedelta(days=7) <= day)


def state_of(one: Incident, night: datetime) -> str:
    reached = [state for state in STAGES if state in one.steps and one.steps[state] <= night]
    return (reached or ["已接报"])[-1]


def minutes(committees: list[Committee], stage: str) -> list[float]:
    """How long each incident took to come to this stage from the one before, in minutes, the shortest first."""
    before = {now: then for then, now in zip(("已接报", *STAGES), STAGES, strict=False)}
    found = []
    for committee in committees:
        for one in committee.incidents:
            if stage in one.steps:
                began = one.at if before[stage] == "已接报" else one.steps[before[stage]]
                found.append((one.steps[stage] - began).total_seconds() / 60)
    return sorted(found)


def checks(made: Plan, committee: int) -> dict[date, tuple[int, int]]:
    """day -> (checks owed, checks done) of one committee, when everything is keyed."""
    found = {}
    for offset in range(made.days):
        day, owed, done = BEGIN + timedelta(days=offset), 0, 0
        for duty in duties(made):
            told = duty.counted is None or day < duty.counted
            if duty.committee == committee and duty.open_on(day) and told and duty.case.owed(day):
                owed += len(SLOTS)
                done += sum(
                    check.on == day and check.reached and (duty.until is None or check.keyed < duty.until)
                    for check in duty.case.checks
                )  # fmt: skip
        found[day] = (owed, done)
    return found


def ranked(numbers: list[float], share: float) -> int | None:
    """The nearest rank of sorted numbers, in whole minutes."""
    return round(numbers[max(0, ceil(share * len(numbers)) - 1)]) if numbers else None


def biggest_day(made: Plan) -> date:
    """The day on which most people isolate."""
    days = [BEGIN + timedelta(days=number) for number in range(made.days)]
    every = duties(made)
    return max(days, key=lambda day: sum(duty.open_on(day) for duty in every))
