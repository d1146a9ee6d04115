"""关爱计划: plans made for a group in one act, who is due, what was done, and everything about one person in reach.

A contact says that the person was met; the household's visit, which confirms who lives there, stays its own record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.db import caring, present
from app.db.connection import Connection
from app.domain import care, clock, ids
from app.domain.care import DONE, ENDED, FOLLOW, RUNNING, Due
from app.domain.care_groups import wanted_of
from app.domain.fields import CARE_GROUPS, CARE_GROUPS_SENSITIVE, CARE_RESULTS, VISIT_MODES
from app.domain.findings import UserError
from app.services import looking, places
from app.services.care_groups import adopt as adopt
from app.services.care_groups import differences as differences
from app.services.care_groups import everyone, need_ring, note_looks
from app.services.care_groups import groups as groups
from app.services.care_lists import compare as compare
from app.services.care_lists import export_comparison as export_comparison
from app.services.care_person import last_contacts as last_contacts
from app.services.care_person import numbers as numbers
from app.services.care_person import person as person
from app.services.care_register import short_door
from app.services.care_steps import end as end
from app.services.care_steps import pause as pause
from app.services.care_steps import plan_of
from app.services.care_steps import prolong as prolong
from app.services.care_steps import resume as resume
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, stored
from app.words import knows, say

SINCE = timedelta(days=care.LONGEST + care.PAUSE)
"""How far back contacts are read: whoever was last met before that is due in any case."""
LONGEST_KIND = 20


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan with when it is due, why its person drops out ("" if not), and the contacts that count for the person."""

    committee: str
    plan: Values
    due: Due | None
    out: str
    resident: Values
    contacts: Sequence[Values]
    misses: int

    @property
    def last(self) -> Values | None:
        met = [each for each in self.contacts if each.get("result") in (DONE, FOLLOW)]
        return met[-1] if met else None


# ---------------------------------------------------------------- who is due


def due(session: Session, on: date | None = None, mine: bool = False, *, ahead: int = 0) -> list[Values]:
    """Everybody who is due by a day (default today), one row a person however many plans: the latest ones first.

    id (of the most urgent plan), resident, household, name, path, building, committee, kind, kinds, mode, worker, state,
    due (last day that is not late), since (from when), overdue, days (late), what, last, last_by, missed (in a row), plans.
    mine: of this account's buildings, or plans that name it. ahead: days beyond. Raises Refused.
    """
    session.require("care.read")
    day = on or session.now().date()
    with session.db.reading() as connection:
        planned = [
            each for each in _planned(session, connection, day, mine)
            if each.due is not None and not each.out and (each.due.on - day).days <= ahead
        ]  # fmt: skip
    grouped = care.by_person((str(each.plan["resident"]), each.due, {"of": each}) for each in planned if each.due)
    rows = [_due_row([held["of"] for _, held in dues], day) for dues in grouped.values()]
    return sorted(rows, key=lambda row: (not row["overdue"], -row["days"], row["due"], row["path"], row["name"]))


def _due_row(planned: Sequence[_Planned], day: date) -> Values:
    row = _row(planned[0], day)
    met = max((each.last for each in planned if each.last), key=lambda each: str(each["on"]), default=None)
    return row | {
        "kinds": [str(each.plan.get("kind", "")) for each in planned],
        "last": str(met["on"]) if met else "", "last_by": str(met.get("by", "")) if met else "",
        "missed": max(each.misses for each in planned),
        "plans": [
            {key: told[key] for key in ("id", "kind", "mode", "due", "overdue", "what")}
            for told in (_row(each, day) for each in planned)
        ],
    }  # fmt: skip


def plans(session: Session, *, ended: bool = False, mine: bool = False) -> list[Values]:
    """Every plan with its person: rows as `due` has them, with start, until, every, note, why (of its state), out (why
    the person is not due), and due None where nothing is. Raises Refused."""
    session.require("care.read")
    day = session.now().date()
    with session.db.reading() as connection:
        return [_row(each, day) for each in _planned(session, connection, day, mine, ended=ended)]


def _planned(
    session: Session, connection: Connection, day: date, mine: bool, *, ended: bool = False
) -> list[_Planned]:  # fmt: skip
    found, given = [], session.given(connection).buildings
    for committee in session.scope(connection):
        people = caring.residents_of_plans(connection, committee)
        met: dict[str, list[Values]] = defaultdict(list)
        for contact in caring.contacts(
            connection, committee, (day - SINCE).isoformat() if day - date.min > SINCE else ""
        ):
            met[str(contact.get("resident"))].append(contact)
        for plan in caring.plans(connection, committee, ended=ended):
            resident = people.get(str(plan.get("resident")))
            if mine and not _is_mine(session, plan, resident, given):
                continue
            contacts = _until(met[str(plan.get("resident"))], day)
            found.append(_Planned(
                committee, plan, care.due_of(plan, contacts, day), care.out_of(resident), resident or {}, contacts,
                care.misses(plan, contacts, day),
            ))  # fmt: skip
    return found


def _until(contacts: Iterable[Values], day: date) -> list[Values]:
    return [each for each in contacts if (at := clock.day(each.get("on"))) is not None and at <= day]


def _is_mine(session: Session, plan: Values, resident: Values | None, given: frozenset[str]) -> bool:
    return plan.get("worker") == session.account or (resident or {}).get("building") in given


def _row(planned: _Planned, day: date) -> Values:
    plan, due, last = planned.plan, planned.due if not planned.out else None, planned.last
    late = max(0, (day - due.by).days) if due else 0
    return {
        "id": plan["id"], "resident": str(plan.get("resident", "")), "household": planned.resident.get("household", ""),
        "name": planned.resident.get("name", ""), "path": planned.resident.get("path", ""), "door": short_door(*map(planned.resident.get, ("lane", "number", "unit", "room"))),
        "building": planned.resident.get("building", ""), "committee": planned.committee,
        "kind": str(plan.get("kind", "")), "mode": str(plan.get("mode", "")), "worker": str(plan.get("worker", "")),
        "every": care.every_of(plan), "start": plan.get("start"), "until": plan.get("until"),
        "note": str(plan.get("note", "")), "state": str(plan.get("state") or RUNNING), "why": str(plan.get("state_why", "")),
        "due": due.by.isoformat() if due else None, "since": due.on.isoformat() if due else None, "overdue": late > 0, "code": due.code if due else "",
        "days": late, "what": _what(planned, due, late), "last": str(last["on"]) if last else "",
        "last_by": str(last.get("by", "")) if last else "", "missed": planned.misses, "out": planned.out,
    }  # fmt: skip


def _what(planned: _Planned, due: Due | None, late: int) -> str:
    """What is to be done, in a few words."""
    if planned.out or due is None:
        return say("care-out", why=planned.out) if planned.out else say("care-over")
    holiday = due.code.removeprefix("holiday-") if due.code.startswith("holiday") else ""
    code = f"care-due-{'holiday' if holiday else due.code}"
    told = str(planned.plan.get("kind", "")) + (say(code, name=holiday) if knows(code) else "")
    told += say("care-missed", count=planned.misses) if planned.misses >= care.ROW_OF_MISSES else ""
    return told + (say("care-late", days=late) if late else "")


# ---------------------------------------------------------------- what was done


def done(
    session: Session, plan_id: str, *, result: str = DONE, on: date | None = None, mode: str = "", by: str = "",
    note: str = "", note_sensitive: str = "", follow_up: date | None = None,
) -> Change:  # fmt: skip
    """A contact under a plan: 已完成, 未联系上 (stays due) or 需跟进 (due again on follow_up, by default the next day).

    mode: default the plan's; by: default this account. Raises UserError: care-plan-unknown, care-plan-ended,
    care-result, care-mode, care-day, care-follow-up; Refused: not-allowed, ring-needed (a sensitive note without it).
    """
    session.require("care.write")
    today = session.now().date()
    at = on or today
    with session.db.reading() as connection:
        committee, plan = plan_of(session, connection, plan_id)
    if plan.get("state") == ENDED:
        raise UserError("care-plan-ended")
    values: Values = {
        "resident": plan.get("resident"), "plan": plan["id"], "on": at.isoformat(),
        "mode": mode or plan.get("mode") or VISIT_MODES[0], "result": result, "by": by or session.account,
    }  # fmt: skip
    if result not in CARE_RESULTS:
        raise UserError("care-result", result=result, possible="、".join(CARE_RESULTS))
    if values["mode"] not in VISIT_MODES:
        raise UserError("care-mode", mode=values["mode"], possible="、".join(VISIT_MODES))
    if not today - timedelta(days=care.LONGEST) <= at <= today:
        raise UserError("care-day", on=at.isoformat())
    if result == FOLLOW:
        values["follow_up"] = _follow_up(follow_up, at).isoformat()
    values |= {key: text for key, text in (("note", note.strip()), ("note_sensitive", note_sensitive.strip())) if text}
    if "note_sensitive" in values and session.sealing_ring(committee) is None:
        raise session.refusal("ring-needed", "care.write")
    row = ids.new_id()
    kept = stored(session, "care_contact", row, values, committee)
    with session.writing("create", committee) as writing:
        writing.create("care_contact", [(row, kept)])
    return Change(row, tuple(values), writing.batch)


def _follow_up(asked: date | None, at: date) -> date:
    if not at < (found := asked or care.later(at, 1)) <= care.later(at, care.LONGEST):
        raise UserError("care-follow-up", on=found.isoformat())
    return found


# ---------------------------------------------------------------- plans


def plan(
    session: Session, residents: Iterable[str] = (), *, kind: str, group: str = "", every: int | None = None,
    mode: str = "", start: date | None = None, until: date | None = None, worker: str = "", note: str = "",
) -> Values:  # fmt: skip
    """One plan a person for these residents (ids or paths) and everybody in a group (独居, or 独居+高龄): in one batch.

    Whoever has such a plan under way keeps it; who died, moved or is away gets none. Returns made, batch, ids, already,
    left ([{name, why}]). Raises UserError: path-unknown, path-ambiguous, care-group-unknown, care-kind, care-every,
    care-mode, care-until, care-start, care-nobody; Refused.
    """
    session.require("care.write")
    values = _plan_values(session, kind.strip(), every, mode, start, until) | {"worker": worker, "note": note.strip()}
    made: dict[str, list[tuple[str, Values]]] = {}
    already, left = 0, []
    with session.db.reading() as connection:
        asked = _asked(session, connection, residents, group)
        for committee, rows in asked.items():
            have = {
                str(each.get("resident")) for each in caring.plans(connection, committee) if each.get("kind") == kind.strip()
            }  # fmt: skip
            for row in rows:
                person = present.one(connection, committee, "resident", row)
                if why := care.out_of(person):
                    left.append({"name": (person or {}).get("name", ""), "why": why})
                elif row in have:
                    already += 1
                else:
                    filled = {
                        key: value for key, value in {"resident": row, **values}.items() if value not in (None, "")
                    }
                    made.setdefault(committee, []).append((ids.new_id(), filled))
    if not any(asked.values()):
        raise UserError("care-nobody", group=group)
    if not frozenset(wanted_of(group)).isdisjoint(CARE_GROUPS_SENSITIVE):
        # their names stand in the plans from now on
        note_looks(session, (row for rows in asked.values() for row in rows))
    batches = []
    for committee, plans_ in made.items():
        with session.writing("create", committee) as writing:
            writing.create("care_plan", plans_)
        batches.append(writing.batch)
    return {
        "made": sum(map(len, made.values())), "already": already, "left": left, "batches": batches,
        "ids": [row for each in made.values() for row, _ in each], "batch": batches[-1] if batches else "",
    }  # fmt: skip


def _plan_values(
    session: Session, kind: str, every: int | None, mode: str, start: date | None, until: date | None
) -> Values:
    known, today = care.KINDS.get(kind), session.now().date()
    begins = start or today
    if not kind or len(kind) > LONGEST_KIND:
        raise UserError("care-kind", longest=LONGEST_KIND)
    days = every or (known.every if known else None)
    if days is None or not 1 <= days <= care.LONGEST:
        raise UserError("care-every", kind=kind, longest=care.LONGEST)
    how = mode or (known.mode if known else VISIT_MODES[0])
    if how not in VISIT_MODES:
        raise UserError("care-mode", mode=how, possible="、".join(VISIT_MODES))
    if abs((begins - today).days) > care.LONGEST:
        raise UserError("care-start", on=begins.isoformat())
    if until is not None and until < begins:
        raise UserError("care-until", on=until.isoformat())
    return {
        "kind": kind, "every_days": days, "mode": how, "start": begins.isoformat(),
        "until": until.isoformat() if until else None, "state": RUNNING, "state_on": today.isoformat(),
    }  # fmt: skip


def _asked(session: Session, connection: Connection, residents: Iterable[str], group: str) -> dict[str, list[str]]:
    """committee -> ids of the residents that are meant, each once."""
    found: dict[str, dict[str, None]] = {}
    for ref in residents:
        _, row = places.resolve_in(connection, session, ref, "resident")
        found.setdefault(session.committee_of(connection, "resident", row), {})[row] = None
    wanted = wanted_of(group)
    for each in wanted:
        if each not in (*CARE_GROUPS, *CARE_GROUPS_SENSITIVE):
            raise UserError("care-group-unknown", group=each)
    if wanted:
        mine = _may_name(session, connection, wanted)
        for here in everyone(session, connection):
            rows = [row for row in here.all_of(wanted) if mine is None or row in mine]
            found.setdefault(here.committee, {}).update(dict.fromkeys(rows))
    return {committee: list(rows) for committee, rows in found.items()}


def _may_name(session: Session, connection: Connection, groups_: Iterable[str]) -> set[str] | None:
    """Of a sensitive group only people whom this account may look at; None: everybody."""
    if frozenset(groups_).isdisjoint(CARE_GROUPS_SENSITIVE):
        return None
    need_ring(session)
    return None if looking.reads_all(session) else looking.assigned(session, connection, session.scope(connection))
