"""A round: every household whose health check of one day and slot is owed, in walking order, with what is done already.

One line a household, because one call or one knock asks after all who live there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.db import isolating
from app.db.connection import Connection
from app.domain import clock, isolation, phones
from app.domain.checks import Answer
from app.domain.fields import CHECK_SLOTS
from app.domain.findings import UserError
from app.services import case_rows, health_checks
from app.services.session import Session
from app.services.values import Values


@dataclass(frozen=True, slots=True)
class Member:
    """One case of a household on that day. done: somebody was reached for this slot; tried: it was tried in vain.

    waiting: 待接, though the case has begun. day, days: of the whole case.
    """

    id: str
    resident: str
    name: str
    day: int
    days: int
    done: bool
    tried: bool = False
    alert: bool = False
    moving: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One household. household: its id, or the case's of somebody who has none; phone: masked; missed_before: checks owed before this slot and not there; escalate: somebody above
    should be told."""

    household: str
    path: str
    building: str
    building_name: str
    room: str
    head: str
    phone: str
    cases: tuple[Member, ...]
    missed_before: int
    officer: str
    committee: str
    escalate: bool = False

    @property
    def done(self) -> bool:
        return all(each.done for each in self.cases)


@dataclass(frozen=True, slots=True)
class Round:
    """on, slot: whose checks; late: keyed on a later day (补录); rows in walking order."""

    on: date
    slot: str
    rows: tuple[Row, ...]
    late: bool = False
    buildings: tuple[tuple[str, str, int], ...] = field(default=())
    """(id, name, households) of the buildings there are rows in, whatever building was asked for."""

    @property
    def done(self) -> int:
        """Households of which everybody is done."""
        return sum(row.done for row in self.rows)


def round_(session: Session, on: date, slot: str, *, building: str = "", mine: bool = False) -> Round:
    """Whose check of a day and slot is owed; of a day to come it can be printed, not keyed.

    building: an id; mine: of this account's name or buildings. Raises UserError("check-slot"); Refused.
    """
    session.require("isolation.read")
    if slot not in CHECK_SLOTS:
        raise UserError("check-slot", value=slot)
    with session.db.reading() as connection:
        found: dict[tuple[str, str], list[tuple[Values, Member, list[isolation.Owed], bool]]] = {}
        for committee in session.scope(connection):
            _collect(session, connection, committee, on, slot, mine, found)
        people = {
            committee: isolating.people_in(connection, committee, [home for of, home in found if of == committee])
            for committee in {of for of, _ in found}
        }
    rows = [_row(of, members, people[of].get(home, [])) for (of, home), members in found.items()]
    ordered = sorted(rows, key=lambda pair: pair[0])
    within: dict[tuple[str, str], int] = {}
    for _, row in ordered:
        within[row.building, row.building_name] = within.get((row.building, row.building_name), 0) + 1
    return Round(
        on, slot, tuple(row for _, row in ordered if building in ("", row.building)), on < session.now().date(),
        tuple((*known, count) for known, count in within.items()),
    )  # fmt: skip


def _collect(
    session: Session, connection: Connection, committee: str, on: date, slot: str, mine: bool,
    found: dict[tuple[str, str], list[tuple[Values, Member, list[isolation.Owed], bool]]],
) -> None:  # fmt: skip
    checks = isolating.checks(connection, committee, on=on.isoformat())
    for case in isolating.cases(connection, committee, on=on.isoformat()):
        if mine and not case_rows.is_mine(session, connection, case):
            continue
        done = checks.get(case["id"], [])
        if (member := _member(case, done, on, slot)) is not None:
            owed = isolation.owed_checks(isolation.stages_of(case), on, slot, since=clock.day(case.get("duty_since")))
            before = [each for each in owed if each != (on, slot)] if not member.waiting else []
            missing = isolation.lacking(before, done)
            told = clock.moment(case.get("escalated_at"))
            escalate = isolation.is_missing_twice(before, missing, told, session.now())
            home = str(case["household"] or case["id"])
            found.setdefault((committee, home), []).append((case, member, [*missing], escalate))


def _member(case: Values, checks: list[Values], on: date, slot: str) -> Member | None:
    """A case in the round; None if it owes no check of that slot."""
    stages, closed = isolation.stages_of(case), clock.day(case.get("closed_on"))
    since = clock.day(case.get("duty_since"))
    state = isolation.state_as_of(case_rows.recorded(case), closed, on)
    if not stages or state in isolation.ENDED or (since is not None and on < since):
        return None
    stage = next((each for each in stages if each.start <= on <= each.end), None)
    if stage is None or slot not in isolation.slots_of(stage.measure):
        return None
    at = isolation.progress(stages, state, (), on)
    there = [each for each in checks if str(each["on"]) == on.isoformat() and each["slot"] == slot]
    return Member(
        case["id"], str(case.get("resident") or ""), case["name"], at.total_day, at.total_days, any(each["reached"] is not False for each in there),
        bool(there), case_rows.has_alert(case), case_rows.is_moving(case), state == "待接",
    )  # fmt: skip


def _row(
    committee: str, members: list[tuple[Values, Member, list[isolation.Owed], bool]], people: list[Values]
) -> tuple[tuple[object, ...], Row]:
    case = members[0][0]
    named = [member.name for _, member, _, _ in members]
    phone = _phone(people, {str(case.get("resident")) for case, _, _, _ in members})
    return case_rows.order(case), Row(
        str(case["household"] or case["id"]), case_rows.path_of(case), str(case["building"] or ""),
        f"{case.get('lane') or ''}{case.get('number') or ''}", str(case["room"] or ""),
        people[0]["name"] if people else named[0], phone, tuple(member for _, member, _, _ in members),
        sum(len(missing) for _, _, missing, _ in members),
        next((str(each["officer_name"]) for each, *_ in members if each.get("officer_name")), ""), committee,
        any(escalate for *_, escalate in members),
    )  # fmt: skip


def _phone(people: list[Values], isolating_: set[str]) -> str:
    """The household's number to call, masked: of somebody who isolates, else of whoever has one."""
    for person in sorted(people, key=lambda each: each["id"] not in isolating_):
        for each in person["phones"] if isinstance(person["phones"], list) else ():
            if isinstance(each, dict) and each.get("number") and not each.get("former"):
                return phones.mask(str(each["number"]))
    return ""


def save(
    session: Session, answers: Sequence[Answer], *, on: date, slot: str, mode: str = "", by: str = ""
) -> Values:  # fmt: skip
    """Key the answers of a round in one batch: as `isolation.check_many`. Raises UserError as it; Refused."""
    session.require("isolation.write")
    return health_checks.check_many(session, answers, on=on, slot=slot, mode=mode, by=by)
