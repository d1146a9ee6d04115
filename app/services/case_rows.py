"""Isolation cases as everybody shows them: the day, what is owed, where; read in a service's connection.

Nothing here opens a seal: what a case asks for is known from fields of level 2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.db import isolating
from app.db.connection import Connection
from app.domain import clock, isolation, moves
from app.domain.fields import ISOLATION_STATES
from app.domain.findings import UserError
from app.domain.isolation import Owed
from app.services import committees
from app.services.session import Session
from app.services.values import Values

PLACE = ("estate", "lane", "number", "unit", "room")
_LATER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Seen:
    """From when one looks. on: the day shown; owed: the latest check that counts; current: whether `on` is no past day."""

    on: date
    owed: Owed
    current: bool
    now: datetime


def seen(now: datetime, on: date | None = None) -> Seen:
    """Today as it stands now, a past day as a whole, a day to come with what is owed by now."""
    day = on or now.date()
    return Seen(day, min(isolation.owed_by(now), (day, "pm")), day >= now.date(), now)


def need(session: Session, connection: Connection, row: str) -> tuple[str, Values]:
    """The committee of a case and the case with its door. Raises UserError("case-unknown")."""
    committee = session.committee_of(connection, "isolation_case", row.strip())
    found = isolating.cases_named(connection, committee, [row.strip()]) if committee else []
    if not found:
        raise UserError("case-unknown", id=row)
    return committee, found[0]


def together(session: Session, connection: Connection, named: Sequence[str]) -> tuple[str, dict[str, Values]]:
    """The committee of several cases, and each by its id. Raises UserError: case-unknown, cases-apart."""
    committee = need(session, connection, named[0])[0]
    found = {case["id"]: case for case in isolating.cases_named(connection, committee, named)}
    if missing := [each for each in named if each not in found]:
        elsewhere = session.committee_of(connection, "isolation_case", missing[0])
        raise UserError("cases-apart" if elsewhere and elsewhere != committee else "case-unknown", id=missing[0])
    return committee, found


def rows(
    session: Session, connection: Connection, at: Seen, *, ended: bool = False, mine: bool = False
) -> list[Values]:
    """The cases of every committee in the scope, in walking order. mine: of this account's name or buildings."""
    on, of_street = None if at.current else at.on.isoformat(), session.role == "centre"
    found = []
    for committee in session.scope(connection):
        checks = isolating.checks(connection, committee, on=on, ended=ended)
        for case in isolating.cases(connection, committee, on=on, ended=ended):
            if mine and not is_mine(session, connection, case):
                continue
            row = told(case, checks.get(case["id"], ()), at, committee)
            if row is not None:
                found.append(row)
    running = Counter(row["resident"] for row in found if row["state"] not in isolation.ENDED and row["resident"])
    names = {each["id"]: each.get("name") for each in committees.known(session, connection)} if of_street else {}
    for row in found:
        row["twice"] = running[row["resident"]] > 1
        if name := names.get(row["committee"]):
            row["committee_name"] = name
    return sorted(found, key=walking)


def is_mine(session: Session, connection: Connection, case: Mapping[str, Any]) -> bool:
    """Does the case carry this account's name, or lie in one of its buildings?"""
    return case.get("officer_name") == session.account or case.get("building") in session.given(connection).buildings


def told(case: Values, checks: Iterable[Values], at: Seen, committee: str) -> Values | None:
    """One case on a day; None on a past day on which it had not begun.

    Keys: of cli.md, and what the list must say of it; a case whose stages cannot be read stays in the list, without days.
    """
    stages, closed = isolation.stages_of(case), clock.day(case.get("closed_on"))
    if stages and not at.current and at.on < stages[0].start:
        return None
    state = isolation.state_as_of(recorded(case), closed, at.on)
    row = _known(case, committee) | {"state": state}
    if not stages:
        return row | {"broken": True}
    on = at.on.isoformat()
    done = [check for check in checks if str(check.get("on")) <= on]
    ended = state in isolation.ENDED
    standing = isolation.progress(stages, state, done, at.on, closed if ended else None)
    row |= {
        "stage": standing.stage, "measure": standing.measure, "place": standing.place,
        "start": standing.start.isoformat(), "end": standing.end.isoformat(), "state": standing.state,
        "stage_start": standing.stage_start.isoformat(), "stage_end": standing.stage_end.isoformat(),
        "day": standing.day, "days": standing.days, "total_day": standing.total_day, "total_days": standing.total_days,
        "due": None if ended else isolation.release_from(stages).isoformat(),
        "late": state == "待接" and stages[0].start < at.on,
    }  # fmt: skip
    return row | _owed(case, stages, standing.state, done, at)


def _owed(case: Values, stages: tuple[isolation.Stage, ...], state: str, done: list[Values], at: Seen) -> Values:
    """What is owed of a case: checks, tests, results."""
    if state not in isolation.UNDER_WAY:
        return {"missing": [], "escalate": False, "untaken": [], "awaited": []}
    since = clock.day(case.get("duty_since"))
    owed = isolation.owed_checks(stages, *at.owed, since=since)
    missing = isolation.lacking(owed, done)
    tests = isolation.tests_on(stages, done, at.on, since)
    return {
        "missing": [[day.isoformat(), slot] for day, slot in missing],
        "escalate": isolation.is_missing_twice(owed, missing, clock.moment(case.get("escalated_at")), at.now),
        "untaken": [day.isoformat() for day in tests.untaken], "awaited": [*tests.awaited],
    }  # fmt: skip


def _known(case: Values, committee: str) -> Values:
    """What a row says whatever the day."""
    kept = ("id", "household", "building", "room", "unit", "floor", "rule", "start", "alert_at", "escalated_at",
            "escalated_to", "closed_on", "close_reason", "arrival", "duty_since", "notice_asked_at", "notice_number",
            "notice_handed_at")  # fmt: skip
    return {key: case.get(key) for key in kept} | {
        "resident": case.get("resident"), "committee": committee, "name": case["name"], "path": path_of(case),
        "building_name": f"{case.get('lane') or ''}{case.get('number') or ''}", "estate": case.get("estate") or "",
        "stage": 0, "measure": "", "end": None, "day": 0, "days": 0, "total_day": 0, "total_days": 0, "due": None,
        "missing": [], "escalate": False, "untaken": [], "awaited": [], "late": False, "broken": False, "twice": False,
        "moving": is_moving(case), "alert": has_alert(case),
        "co_resident": case.get("co_resident") is True, "officer_name": case.get("officer_name") or "",
        "_order": order(case),
    }  # fmt: skip


def is_moving(case: Mapping[str, Any]) -> bool:
    """Is the person offered to another committee, whose acceptance is not back?"""
    return moves.state_of(case) == moves.OFFERED


def is_carried(case: Mapping[str, Any]) -> bool:
    """Did it come with somebody whom nobody here has taken in yet? Until then the old committee has the duty."""
    return bool(case.get("moved_from")) and recorded(case) == "待接"


def must_be_taken(case: Mapping[str, Any]) -> None:
    """Raises UserError("case-not-taken"): with a step here, and none there, nobody would have the duty."""
    if is_carried(case):
        raise UserError("case-not-taken", name=case["name"])


def recorded(case: Mapping[str, Any]) -> str:
    """The state as it was written; what is none (an entry from elsewhere) is 在管, so that nobody is forgotten."""
    return str(case["state"]) if case.get("state") in ISOLATION_STATES else "在管"


def has_alert(case: Mapping[str, Any]) -> bool:
    """Did a check or result ask for somebody at once, and nobody has said since that it was seen to?"""
    raised, done = case.get("alert_at"), case.get("alert_done_at")
    if not raised or not done:
        return bool(raised)
    at, handled = clock.moment(raised), clock.moment(done)
    return at is not None and handled is not None and handled < at


def handled_at(case: Mapping[str, Any], now: datetime) -> str:
    """The time to write of an alert that was seen to: never before it was raised, though a clock was wrong then."""
    return clock.written(max(now, clock.moment(case.get("alert_at")) or now))


def path_of(place: Mapping[str, Any]) -> str:
    """`培花新村/12号/302`, with /户2 where several households live behind the door."""
    parts = [str(place[key]) for key in PLACE if place.get(key)]
    several = (place.get("behind") or 0) > 1
    return "/".join([*parts, f"户{place['ordinal']}"] if several else parts)


def _number(text: object) -> int:
    found = _LATER.search(str(text or ""))
    return int(found[0]) if found else 0


def order(place: Mapping[str, Any]) -> tuple[Any, ...]:
    """Estate, lane, building, then from the ground up, as one walks."""
    door = [str(place.get(key) or "") for key in PLACE]
    return (
        door[0], _number(door[1]), door[1], _number(door[2]), door[2], door[3],
        place["floor"] if isinstance(place.get("floor"), int) else _number(door[4]) // 100, _number(door[4]), door[4],
        place.get("ordinal") or 0,
    )  # fmt: skip


def walking(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What rows are sorted by; taken out of them by `public`."""
    return tuple(row["_order"])


def public(row: Values) -> Values:
    """A row as it leaves the services."""
    return {key: value for key, value in row.items() if key[0] != "_"}
