"""督查: completion, timeliness and backlog per committee and group, each with 数据截至; at a committee per building.

Nobody is named here. What a committee's data does not reach is not counted against it, and not as nothing either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.db import due as rows
from app.db import supervision as read
from app.db.connection import Connection
from app.domain import access, clock, today
from app.domain import supervision as figures_of
from app.domain.isolation import ENDED
from app.domain.maps import OLD_AFTER
from app.domain.supervision import Day, Unit
from app.domain.today import Item
from app.services import committees, due
from app.services.session import Session


@dataclass(frozen=True, slots=True)
class Supervision:
    """units: committees (at a committee: buildings), the furthest behind first; groups of committees; whole: all of them.

    at: now (ISO). by: what a unit is, "committee" or "building".
    """

    units: tuple[Unit, ...]
    groups: tuple[Unit, ...]
    whole: Unit
    at: str
    by: str


def figures(session: Session) -> Supervision:
    """Of the last `domain.supervision.DAYS` days. Readers without level 2 are told no small counts. Raises Refused."""
    session.require("supervision.read")
    now = session.now().astimezone(clock.SHANGHAI)
    with session.db.reading() as connection:
        if session.role == "centre":
            units = _committees(session, connection, now)
            groups = _groups(session, connection, units)
        else:
            units, groups = _buildings(session, connection, now), []
    whole = figures_of.together("", session.name, units)
    if access.level_of(session.roles) < 2:
        units, groups, (whole,) = _told(session, units), _told(session, groups), _told(session, [whole])
    by = "committee" if session.role == "centre" else "building"
    return Supervision(
        tuple(figures_of.in_order(units)), tuple(figures_of.in_order(groups)), whole, clock.written(now), by
    )


def _told(session: Session, units: Iterable[Unit]) -> list[Unit]:
    return [figures_of.suppressed(each, lambda count: access.told(count, session.roles)) for each in units]


# ---------------------------------------------------------------- a street


def _committees(session: Session, connection: Connection, now: datetime) -> list[Unit]:
    known = committees.known(session, connection)
    scope = [row["id"] for row in known]
    told = {each: committees.until(session, connection, each) for each in scope}
    until = {each: min(now, clock.moment(at) or now) for each, at in told.items() if at}
    span = figures_of.days(now.date())
    checks = _Checks(span)
    for case in read.cases(connection, scope, span[0].isoformat()):
        if case.committee in until:
            checks.add(case.committee, case, until[case.committee])
    keyed = read.keyed(connection, scope, span[0].isoformat())
    people = read.residents(connection, [each for each in scope if each in until])
    backlog = _backlog(connection, scope, lambda of: until.get(of, now), now, lambda item: item.committee)
    return [
        Unit(
            row["id"], str(row.get("name", "")), str(row.get("group", "")), told[row["id"]],
            row["id"] in until and now - until[row["id"]] > OLD_AFTER, people.get(row["id"]),
            checks.running[row["id"]] if row["id"] in until else None, *keyed.get(row["id"], (0, 0)),
            backlog.get(row["id"], {}), checks.trend(row["id"], until.get(row["id"])),
        )
        for row in known
    ]  # fmt: skip


def _groups(session: Session, connection: Connection, units: list[Unit]) -> list[Unit]:
    """片区, as far as committees say to which they belong."""
    names = rows.group_names(connection, [session.committee_id])
    found = sorted({each.group for each in units if each.group})
    return [
        figures_of.together(group, names.get(group, group), [each for each in units if each.group == group])
        for group in found
    ]


# ---------------------------------------------------------------- a committee


def _buildings(session: Session, connection: Connection, now: datetime) -> list[Unit]:
    """The same of one committee's buildings, where somebody isolates or something lies overdue."""
    scope, span = [session.committee_id], figures_of.days(now.date())
    found = read.cases(connection, scope, span[0].isoformat())
    homes = rows.homes(connection, (case.household for case in found))
    checks = _Checks(span)
    for case in found:
        home = homes.get(case.household)
        checks.add(home.building if home else "", case, now)
    work = list(_work(connection, scope, lambda _: now, now))
    homes |= rows.homes(connection, (each.household for each in work))
    backlog = _by(work, lambda item: homes[item.household].building if item.household in homes else item.building)
    named = read.residents_by_building(connection, session.committee_id)
    until = committees.until(session, connection, session.committee_id)
    return [
        Unit(building, named.get(building, ("其他", 0))[0], "", until, False, named.get(building, ("", 0))[1],
             checks.running[building], 0, 0, backlog.get(building, {}), checks.trend(building, now))
        for building in {*checks.units, *backlog}
    ]  # fmt: skip


# ---------------------------------------------------------------- counting


class _Checks:
    """Checks owed and done, by unit and day, and whose case runs."""

    def __init__(self, span: list[date]) -> None:
        self.span, self.first = span, span[0].isoformat()
        self.owed: Counter[tuple[str, str]] = Counter()
        self.done: Counter[tuple[str, str]] = Counter()
        self.running: Counter[str] = Counter()
        self.units: set[str] = set()

    def add(self, unit: str, case: read.Case, until: datetime) -> None:
        """One case: what it owed until its end and as far as the data reaches, and what of that was done."""
        self.units.add(unit)
        self.running[unit] += case.state not in ENDED
        course = due.course(case.stages, case.duty_since)
        if course is None or case.state == "待接":
            return
        done = set(case.checks.split(","))
        for key, (day, slot) in course.owed.items():
            if key < self.first or (case.closed_on and key[:10] >= case.closed_on):
                continue
            if today.due_at(day, slot) > until:
                break
            self.owed[unit, key[:10]] += 1
            self.done[unit, key[:10]] += key in done

    def trend(self, unit: str, until: datetime | None) -> tuple[Day, ...]:
        """Day by day; beyond the data nothing is known."""
        days = []
        for on in self.span:
            key = (unit, on.isoformat())
            known = until is not None and on <= until.date()
            days.append(Day(on, self.owed[key] if known else None, self.done[key]))
        return tuple(days)


def _work(connection: Connection, scope: list[str], until: due.At, now: datetime) -> Iterable[Item]:
    yield from due.isolating(connection, scope, until)
    yield from due.arriving(connection, scope, now)
    yield from due.happened(connection, scope, until, now)
    yield from due.cared(connection, scope, until)
    yield from due.asked(connection, scope, until)


def _backlog(
    connection: Connection, scope: list[str], until: due.At, now: datetime, of: Callable[[Item], str]
) -> dict[str, dict[str, int]]:
    return _by(_work(connection, scope, until, now), of)


def _by(work: Iterable[Item], of: Callable[[Item], str]) -> dict[str, dict[str, int]]:
    found: dict[str, list[Item]] = {}
    for each in work:
        if each.overdue:
            found.setdefault(of(each), []).append(each)
    return {unit: today.behind(items) for unit, items in found.items()}
