"""What will happen on a simulated street, from a seed: who comes back, isolates, is asked, falls, moves.

Nothing here knows the program: days are plain arithmetic, lengths of rules are written out a second time, and what is to be
counted is counted by `tests.simulation.reckoning` from these plans alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

BEGIN = date(2020, 2, 15)
"""The street's first day; 29 February lies within."""
HOME: dict[str, tuple[int, tuple[int, int]]] = {
    "7": (7, (0, 7)), "14": (14, (0, 14)), "14+7": (21, (14, 21)), "7+3": (10, (7, 10)), "7+7": (14, (7, 14)),
}  # fmt: skip
"""rule -> days in all, and from which day on until before which one two checks a day are owed at home."""
STAGES = ("已通知", "处置中", "已到场", "已办结", "已回访")
SLOTS = ("am", "pm")
STICKS = 4
"""Days from one exchange of sticks to the next."""
EACH_DAY = 0.42
"""Households that come back to a committee on a day, on average: 59 committees have about 1,159 people isolating then."""


@dataclass(slots=True)
class Check:
    on: date
    slot: str
    keyed: date
    reached: bool = True
    hot: bool = False


@dataclass(slots=True)
class Case:
    """One person's isolation. `closed`: the day of a person's act, None to the end; `how` the act."""

    key: str
    committee: int
    household: int
    member: int
    rule: str
    start: date
    closed: date | None = None
    how: str = ""
    checks: list[Check] = field(default_factory=list)
    moved_to: int | None = None
    offered: date | None = None

    @property
    def end(self) -> date:
        return self.start + timedelta(days=HOME[self.rule][0] - 1)

    def owed(self, day: date) -> bool:
        """Two checks on this day?"""
        first, after = HOME[self.rule][1]
        return self.start + timedelta(days=first) <= day < self.start + timedelta(days=after)


@dataclass(slots=True)
class Arrival:
    """`steps`: state -> when; one that never came has none but the first day. `case`: who isolates afterwards."""

    key: str
    committee: int
    household: int
    day: date
    overseas: bool
    steps: dict[str, datetime] = field(default_factory=dict)
    missed: bool = False


@dataclass(slots=True)
class Incident:
    key: str
    committee: int
    household: int
    kind: str
    urgency: str
    at: datetime
    steps: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Committee:
    number: int
    arrivals: list[Arrival] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    visits: list[tuple[int, date, str]] = field(default_factory=list)
    calls: list[tuple[int, date]] = field(default_factory=list)
    """(number of the plan, day) of every care contact done."""


@dataclass(slots=True)
class Plan:
    days: int
    committees: list[Committee]

    @property
    def last(self) -> date:
        return BEGIN + timedelta(days=self.days - 1)


def plan(committees: int, days: int, households: list[list[int]], seed: int = 1, *, crowded: int = 2) -> Plan:
    """households: of each committee, how many people live in each. crowded: the committee with over a hundred at once."""
    made = Plan(days, [Committee(number) for number in range(committees)])
    for committee in made.committees:
        random = Random(f"{seed}/days/{committee.number}")
        busy = 9 if committee.number == crowded else 1
        _isolation(committee, random, households[committee.number], days, busy)
        _incidents(committee, random, len(households[committee.number]), days)
        _rounds(committee, random, len(households[committee.number]), days)
    _moves(made, Random(f"{seed}/moves"))
    for committee in made.committees:
        random = Random(f"{seed}/checks/{committee.number}")
        for case in committee.cases:
            case.checks = _checks(case, random, days)
    return made


def _at(day: date, random: Random, first: int, last: int) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=random.randint(first * 60, last * 60 - 1))


def _isolation(made: Committee, random: Random, households: list[int], days: int, busy: int) -> None:
    """Who comes back, most by the middle of the time; whole households isolate."""
    free = [number for number, people in enumerate(households) if people]
    random.shuffle(free)
    for number in range(days):
        wave = 1.6 - abs(number - days * 0.6) / (days * 0.6)  # rises to the middle, then ebbs
        if number == int(days * 0.55):
            wave *= 3  # the day on which 166 came
        for _ in range(_count(random, busy * wave * EACH_DAY)):
            if not free:
                return
            household, day = free.pop(), BEGIN + timedelta(days=number)
            arrival = Arrival(
                f"{made.number}-a{len(made.arrivals)}", made.number, household, day, random.random() < 0.3
            )
            made.arrivals.append(arrival)
            if random.random() < 0.03:
                arrival.missed = True
                continue
            moment = _at(day, random, 8, 12)
            for state in ("已接", "已交接", "已到家"):
                arrival.steps[state] = moment
                moment += timedelta(minutes=random.randint(20, 90))
            rule = random.choices(("14", "14+7", "7+3", "7+7", "7"), (70, 12, 6, 6, 6))[0]
            for member in range(min(households[household], 1 if random.random() < 0.4 else 3)):
                case = Case(f"{made.number}-c{len(made.cases)}", made.number, household, member, rule, day)
                _end(case, random, days)
                made.cases.append(case)


def _count(random: Random, mean: float) -> int:
    whole = int(max(0.0, mean))
    return whole + (random.random() < max(0.0, mean) - whole)


def _end(case: Case, random: Random, days: int) -> None:
    """Most are released in time, some late, some go elsewhere before, a few are forgotten until the time is over."""
    last, luck = BEGIN + timedelta(days=days - 1), random.random()
    if luck < 0.06:
        case.how = random.choice(("转院", "转集中", "转出", "提前"))
        case.closed = case.start + timedelta(days=random.randint(1, HOME[case.rule][0] - 2))
    elif luck < 0.97:
        case.how = "期满"
        case.closed = case.end + timedelta(days=random.choice((1, 1, 1, 2, 4)))
    if case.closed is not None and case.closed > last:
        case.closed, case.how = None, ""


def _checks(case: Case, random: Random, days: int) -> list[Check]:
    """What is keyed: nearly all in time, some a day late, some not at all, some in vain."""
    found, last = [], BEGIN + timedelta(days=days - 1)
    until = min(case.end, last, case.closed - timedelta(days=1) if case.closed else last)
    careless = random.random() < 0.1
    day = case.start
    while day <= until:
        for slot in SLOTS if case.owed(day) else ():
            luck = random.random() * (0.4 if careless else 1)
            if luck < 0.02:
                continue
            keyed = day if luck > 0.05 else day + timedelta(days=1)
            if keyed > last or (case.closed and keyed >= case.closed):
                continue
            found.append(Check(day, slot, keyed, reached=luck > 0.03, hot=random.random() < 0.002))
        day += timedelta(days=1)
    return found


def _incidents(made: Committee, random: Random, households: int, days: int) -> None:
    for number in range(days):
        for _ in range(_count(random, 0.7)):
            at = _at(BEGIN + timedelta(days=number), random, 6, 20)
            kind = random.choice(("老人跌倒", "邻里纠纷", "漏水停电", "突发疾病", "环境卫生"))
            urgency = random.choice(("一般", "一般", "紧急", "特急"))
            one = Incident(
                f"{made.number}-i{len(made.incidents)}", made.number, random.randrange(households), kind, urgency, at
            )
            moment, reached = at, random.choice((1, 2, 4, 5, 5, 5, 5, 5))
            for state in STAGES[:reached]:
                moment += timedelta(minutes=random.randint(1, 45))
                one.steps[state] = moment
            made.incidents.append(one)


def _rounds(made: Committee, random: Random, households: int, days: int) -> None:
    """Visits, and weekly calls to twenty people; some weeks are missed."""
    for number in range(days):
        for _ in range(_count(random, 3)):
            result = random.choice(("登记", "登记", "登记", "无人", "拒访"))
            made.visits.append((random.randrange(households), BEGIN + timedelta(days=number), result))
    for number in range(20):
        day = number % 7
        while day < days:
            if random.random() < 0.9:
                made.calls.append((number, BEGIN + timedelta(days=day)))
            day += 7


def _moves(made: Plan, random: Random) -> None:
    """A few move to the next committee while they isolate: offered in the middle of their time."""
    if len(made.committees) < 2:
        return
    for committee in made.committees:
        alone: dict[int, list[Case]] = {}
        for case in committee.cases:
            alone.setdefault(case.household, []).append(case)
        for members in alone.values():
            case = members[0]
            day = case.start + timedelta(days=3)
            known = day >= BEGIN + timedelta(
                days=STICKS
            )  # only the first stick tells a committee of those that joined later
            fits = known and case.rule == "14" and case.how in ("期满", "") and day < made.last - timedelta(days=14)
            if len(members) == 1 and fits and random.random() < 0.3:
                case.moved_to = (committee.number + 1) % len(made.committees)
                case.offered = day
                break
