"""What is due in the work with people, thing by thing: running cases, arrivals, incidents, care, errands, people who move.

Read in the connection of `today`, `supervision` or `summaries`; what is decided is decided by the domain.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from app.db import due as rows
from app.db import present
from app.db.connection import Connection
from app.domain import arrivals, care, clock, incidents, isolation, moves, today
from app.domain.contact_codes import is_stub
from app.domain.fields import ERRANDS
from app.domain.isolation import Stage
from app.domain.today import Item
from app.services import case_rows
from app.services.values import Values

At = Callable[[str], datetime]
"""committee -> the moment until which is known what was done there: now, at a centre the time of its data."""
SOON = timedelta(hours=24)
"""So long before its time an arrival is said [mem]."""
RESULT_WITHIN = timedelta(days=2)
"""A result is late after so long [mem]."""
MOVED_WITHIN = timedelta(days=3)
"""So long may an acceptance take before somebody should telephone [mem]."""


@dataclass(frozen=True, slots=True)
class Course:
    """A case laid on the calendar. owed: every check it will ever want, "2020-05-25am" -> (day, slot), in order."""

    stages: tuple[Stage, ...]
    owed: Mapping[str, isolation.Owed]
    since: date | None
    keys: tuple[str, ...]

    def until(self, last: str) -> tuple[str, ...]:
        """The checks owed up to this one."""
        return self.keys[: bisect_right(self.keys, last)]


@lru_cache(maxsize=8192)
def course(stages: str, duty_since: str) -> Course | None:
    """The course of a case from its row; None where an entry from elsewhere left none that can be read."""
    laid = isolation.stages_of({"stages": present.structure(stages)}) if stages else ()
    if not laid:
        return None
    since = clock.day(duty_since)
    owed = isolation.owed_checks(laid, laid[-1].end, since=since)
    keyed = {f"{day.isoformat()}{slot}": (day, slot) for day, slot in owed}
    return Course(laid, keyed, since, tuple(keyed))


@lru_cache(maxsize=512)
def _limits(at: datetime) -> tuple[str, str]:
    """The check that is asked for at this hour, and the latest one that is owed by it."""
    day, slot = isolation.owed_by(at)
    return f"{at.date().isoformat()}{today.asked_slot(at)}", f"{day.isoformat()}{slot}"


# ---------------------------------------------------------------- isolation

NOT_DONE = rows.Done(frozenset(), (), ())


def isolating(connection: Connection, committees: Sequence[str], at: At) -> Iterator[Item]:
    """Checks, tests, results, releases and alerts of the cases that run."""
    done = rows.checks(connection, committees)
    for case in rows.cases(connection, committees):
        laid = course(case.stages, case.duty_since)
        if case.state not in isolation.ACTIVE:
            case = case._replace(state=case_rows.recorded({"state": case.state}))
        made = _Case(case, laid, done.get(case.id, NOT_DONE), at(case.committee))
        if case_rows.has_alert({"alert_at": case.alert_at, "alert_done_at": case.alert_done_at}):
            yield made.item("alert", "today-alert", case.alert_at, overdue=True)
        if case.state in isolation.ENDED:  # it waits for nothing but that somebody sees to the alert
            continue
        if laid is None:
            yield made.item("release", "today-no-course", "", overdue=True)
        elif case.state == "待接":
            yield from made.waiting(laid)
        else:
            yield from made.due(laid)


@dataclass(frozen=True, slots=True)
class _Case:
    case: rows.Case
    laid: Course | None
    done: rows.Done
    at: datetime

    def item(self, kind: str, code: str, due: str, *, overdue: bool, now: bool = False, **said: Any) -> Item:
        case = self.case
        where = ("isolation", {"page": "cases", "case": case.id})
        return Item(
            kind, "isolation_case", case.id, case.committee, case.resident, case.household, "", case.name, "", case.state, due,
            overdue, "", code, said, where, (case.officer,), now,
        )  # fmt: skip

    def waiting(self, laid: Course) -> Iterator[Item]:
        """Somebody is expected at home; from the first day there on it is said."""
        home = isolation.at_home(laid.stages) or laid.stages
        start, on = home[0].start, self.at.date()
        if start <= on:
            yield self.item("arrival", "today-awaited", start.isoformat(), overdue=start < on, days=(on - start).days)

    def due(self, laid: Course) -> Iterator[Item]:
        yield from self._checks(laid)
        on, end = self.at.date(), laid.stages[-1].end
        told = [{"on": day, "sampled": True} for day in self.done.sampled if day <= on.isoformat()]
        told += [{"on": day, "result_in": True} for day in self.done.results if day <= on.isoformat()]
        yield from self._tests(laid, told)
        state = isolation.state_on(laid.stages, self.case.state, told, on)
        if state == "期满待解除":
            first = max(isolation.release_from(laid.stages), isolation.day_after(end))
            code = "today-release-asked" if self.case.notice_asked_at else "today-release"
            yield self.item("release", code, first.isoformat(), overdue=on > first, days=(on - first).days)
        elif state == "待结果" and on > end and not isolation.tests_on(laid.stages, told, on, laid.since).awaited:
            yield self.item("result", "today-last-result", end.isoformat(), overdue=on - end > RESULT_WITHIN)
        elif end == on:
            yield self.item("ending", "today-ending", end.isoformat(), overdue=False)

    def _checks(self, laid: Course) -> Iterator[Item]:
        asked, by = _limits(self.at)
        missing = [key for key in laid.until(max(asked, by)) if key not in self.done.slots]
        if not missing:
            return
        overdue, owed = missing[0] <= by, laid.until(by)
        twice = overdue and owed[-1] in missing and self._is_twice(laid, owed, missing)
        yield self.item(
            "check-twice" if twice else "check", "today-check-twice" if twice else "today-check",
            clock.written(today.due_at(*laid.owed[missing[0]])), overdue=overdue, now=asked in missing,
            missing=tuple((key[:-2], key[-2:]) for key in missing), count=len(missing),
        )  # fmt: skip

    def _is_twice(self, laid: Course, owed: Sequence[str], missing: Sequence[str]) -> bool:
        lacking = [laid.owed[key] for key in missing if key <= owed[-1]]
        return isolation.is_missing_twice(
            [laid.owed[key] for key in owed], lacking, clock.moment(self.case.escalated_at), self.at
        )

    def _tests(self, laid: Course, told: list[Values]) -> Iterator[Item]:
        if not any(stage.tests for stage in laid.stages) and not told:
            return
        on = self.at.date()
        found = isolation.tests_on(laid.stages, told, on, laid.since)
        for day in found.untaken[-1:]:
            yield self.item("test", "today-test", day.isoformat(), overdue=day < on)
        for text in found.awaited[-1:]:
            sampled = clock.day(text)
            late = sampled is None or on - sampled > RESULT_WITHIN
            yield self.item("result", "today-result", text, overdue=late, day=text)


# ---------------------------------------------------------------- arrivals, incidents


def arriving(
    connection: Connection, committees: Sequence[str], at: datetime, *, centre: bool = False, unassigned: str = ""
) -> Iterator[Item]:
    """Those who have not come, who are soon at the door, who have no address; and stubs without their bundle.

    unassigned: under which id the centre keeps those that no committee has yet.
    """
    for row in rows.arrivals(connection, committees):
        if not arrivals.is_open(row):
            continue
        why = arrivals.stands_out(row, at, at_centre=centre, waits_at_centre=row["committee"] == unassigned)
        due = arrivals.due(row)
        if why is None and (due is None or due - at > SOON):
            continue
        stub = is_stub("arrival", row)
        code = f"arrival-{why}" if why else "today-arrival-soon"
        yield Item(
            "stub" if stub else "arrival", "arrival", row["id"], row["committee"], _text(row, "resident"),
            _text(row, "household"), "", _text(row, "person_name") or _text(row, "heard"), "", arrivals.state_of(row),
            clock.written(due) if due else "", bool(why and (due is None or due < at)), "", code,
            {"transport": _text(row, "transport_no"), "state_why": _text(row, "state_why")}, ("isolation", {"page": "arrivals", "arrival": row["id"]}),
        )  # fmt: skip


def happened(connection: Connection, committees: Sequence[str], at: At, now: datetime) -> Iterator[Item]:
    """Incidents that wait for their next step. The telephone call is the centre's own step and measured by this hour."""
    for row in rows.incidents(connection, committees):
        call = incidents.next_of(row) == incidents.NOTIFIED
        owed = incidents.due(row, now if call else at(row["committee"]))
        if owed is None:
            continue
        urgent = incidents.urgency_of(row) != "一般"
        yield Item(
            "incident-urgent" if urgent else "incident", "incident", row["id"], row["committee"], _text(row, "resident"),
            _text(row, "household"), _text(row, "building"), _text(row, "what") or _text(row, "heard"), _text(row, "place"),
            incidents.state_of(row), clock.written(owed.at) if owed.at else "", owed.overdue, "",
            "today-incident-late" if owed.overdue else "today-incident",
            {"kind": incidents.kind_of(row).name, "urgency": incidents.urgency_of(row), "next": owed.next_state,
             "late": spoken_minutes(owed.late)},
            ("incidents", {"incident": row["id"]}), (_text(row, "assigned_to"),),
        )  # fmt: skip


def spoken_minutes(minutes: int) -> str:
    """How long, as a person says it."""
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


# ---------------------------------------------------------------- care


def cared(connection: Connection, committees: Sequence[str], at: At) -> Iterator[Item]:
    """Care contacts that are due, one for each person however many plans ask for it."""
    plans = rows.plans(connection, committees)
    if not plans:
        return
    people = rows.residents(connection, (_text(plan, "resident") for plan in plans))
    told = rows.contacts(connection, committees)
    due: list[tuple[str, care.Due, Values]] = []
    for plan in plans:
        resident, on = _text(plan, "resident"), at(plan["committee"]).date()
        if care.out_of(people.get(resident)):
            continue
        found = care.due_of(plan, told.get(resident, ()), on)
        if found is not None and found.on <= on:
            due.append((resident, found, plan))
    for resident, those in care.by_person(due).items():
        first, plan = those[0][0], dict(those[0][1])
        kinds = "、".join(dict.fromkeys(_text(dict(each), "kind") for _, each in those))
        yield Item(
            "care", "care_plan", plan["id"], plan["committee"], resident, _text(people[resident], "household"), "",
            _text(people[resident], "name"), "", _text(plan, "state"), first.by.isoformat(),
            first.by < at(plan["committee"]).date(), "", "today-care", {"kinds": kinds}, ("care", {"resident": resident}),
            tuple(_text(dict(each), "worker") for _, each in those),
        )  # fmt: skip


# ---------------------------------------------------------------- errands, moves, notes


def asked(connection: Connection, committees: Sequence[str], at: At) -> Iterator[Item]:
    """Errands for those who may not leave the house, and other tasks."""
    for row in rows.tasks(connection, committees):
        on = at(row["committee"]).date()
        errand = row.get("kind") in ERRANDS
        day = clock.day(row.get("due"))
        if day is not None and day > on:
            continue
        where = ("isolation", {"page": "errands"}) if errand else ("today", {})
        yield Item(
            "errand" if errand else "task", "task", row["id"], row["committee"], _text(row, "resident"),
            _text(row, "household"), _text(row, "building"), _text(row, "what"), "", _text(row, "state") or "待办",
            day.isoformat() if day else "", day is not None and day < on, "", "today-errand" if errand else "today-task",
            {"kind": _text(row, "kind"), "what": _text(row, "what")}, where, (),
        )  # fmt: skip


def moving(connection: Connection, committees: Sequence[str], now: datetime) -> Iterator[Item]:
    """People on the move: 转出待接收 at the old committee, 待接收 at the new one."""
    for committee in committees:
        for row in present.moving(connection, committee):
            state = moves.state_of(row)
            if state not in (moves.OFFERED, moves.ARRIVED):
                continue
            kind = "move-out" if state == moves.OFFERED else "move-in"
            since = clock.moment(row["move"].get("at"))
            days = max(0, (now - since).days) if since else None
            yield Item(
                kind, "resident", row["id"], committee, row["id"], _text(row, "household"), "", _text(row, "name"), "",
                "转出待接收" if kind == "move-out" else "待接收", clock.written(since + MOVED_WITHIN) if since else "",
                days is not None and days >= MOVED_WITHIN.days, "", f"today-{kind}" if days is not None else f"today-{kind}-some",
                {"days": days}, ("decisions", {"page": "moves"}),
            )  # fmt: skip


def noted(connection: Connection, committees: Sequence[str]) -> Iterator[Item]:
    """Shift notes nobody has read."""
    for row in rows.notes(connection, committees):
        yield Item(
            "shift-note", "shift_note", row["id"], row["committee"], name=_text(row, "by"), due=_text(row, "at"),
            code="today-shift-note", said={"by": _text(row, "by"), "text": _text(row, "text")},
        )  # fmt: skip


def _text(row: Values, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
