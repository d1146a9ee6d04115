"""Isolation cases from opening to release: one act for a household, every step a person's, nobody forgotten.

A case never ends by itself; whoever ends one early says who allowed it, and whoever lets one leave says who took it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.db import isolating, present
from app.db.connection import Connection
from app.db.seal import is_sealed
from app.domain import clock, ids
from app.domain import isolation as cases
from app.domain.fields import ERRANDS, ISOLATION_CASE, ISOLATION_STATES, TASK_STATES
from app.domain.findings import NotTrusted, UserError
from app.domain.incidents import BREACH
from app.domain.isolation import Answer as Answer
from app.domain.isolation import Stage
from app.domain.values import HIDDEN, parse
from app.services import case_rows, errands, incidents, looking, places
from app.services.health_checks import alert_done as alert_done
from app.services.health_checks import change_case
from app.services.health_checks import check as check
from app.services.health_checks import check_many as check_many
from app.services.health_checks import escalate as escalate
from app.services.health_checks import result as result
from app.services.isolation_opening import OFFICERS, officers_of
from app.services.isolation_opening import open_ as open_
from app.services.isolation_rules import add_rule as add_rule
from app.services.isolation_rules import end_rule as end_rule
from app.services.isolation_rules import rules as rules
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, presented
from app.words import say

TRANSFERS = ("转集中", "转院", "转出")


# ---------------------------------------------------------------- looking


def list_(
    session: Session, on: date | None = None, *, state: str = "", mine: bool = False, ended: bool = False
) -> list[Values]:
    """Cases as of a day (today by default) in walking order; of a state; mine: of this account's name or buildings.

    ended: those that ended too. Rows: the keys of cli.md and resident, household, name, path, building (id),
    building_name, room, committee, missing [[day, slot]…], escalate, moving, alert, late (待接 although begun), untaken
    and awaited (days of tests), co_resident, officer_name, broken, twice (two PCs opened a case for one
    person). Raises UserError("isolation-state-unknown"); Refused.
    """
    session.require("isolation.read")
    if state and state not in ISOLATION_STATES:
        raise UserError("isolation-state-unknown", value=state, known="、".join(ISOLATION_STATES))
    at = case_rows.seen(session.now(), on)
    with session.db.reading() as connection:
        found = case_rows.rows(session, connection, at, ended=ended or state in cases.ENDED, mine=mine)
    return [case_rows.public(row) for row in found if not state or row["state"] == state]


def row(session: Session, id: str, on: date | None = None) -> Values:
    """One case as `list_` has it. Raises UserError("case-unknown"); Refused."""
    session.require("isolation.read")
    at = case_rows.seen(session.now(), on)
    with session.db.reading() as connection:
        committee, found = case_rows.need(session, connection, id)
        checks = isolating.checks_of(connection, committee, [found["id"]]).get(found["id"], ())
    return case_rows.public(case_rows.told(found, checks, at, committee) or {})


def find(session: Session, ref: str) -> str:
    """The id of a case by itself, or of the case of a person (id or path): the one that runs, else the latest. Of a
    household or door, if only one person's case there can be meant.

    Raises UserError: path-unknown, path-ambiguous, case-unknown; Refused.
    """
    session.require("isolation.read")
    with session.db.reading() as connection:
        if ids.is_id(ref.strip()) and session.committee_of(connection, "isolation_case", ref.strip()):
            return str(case_rows.need(session, connection, ref)[1]["id"])
        kind, row = places.person_or_home(connection, session, ref)
        committee = session.committee_of(connection, kind, row)
        people = [row] if kind == "resident" else [
            each["id"] for each in present.where(connection, committee, "resident", household=row)
        ]  # fmt: skip
        found = [
            each
            for person in people
            for each in present.where(connection, committee, "isolation_case", resident=person)
        ]
        running = [each for each in found if case_rows.recorded(each) not in cases.ENDED]
        meant = list(dict.fromkeys(str(each["resident"]) for each in running or found))
        paths = [places.path_of(connection, committee, "resident", person) for person in meant]
    if not found:
        raise UserError("case-unknown", id=ref)
    if len(meant) > 1:
        raise UserError("path-ambiguous", path=ref, candidates=paths)
    return str((running or found)[-1]["id"])


def case(session: Session, id: str, *, reveal: bool = False, on: date | None = None) -> Values:
    """One case: its row, every field, `checks` (with keyed_at and late: 补录), `tests` and open and done `errands`.

    What was measured is masked unless `reveal`, which leaves an entry. Raises UserError("case-unknown"); Refused.
    """
    session.require("isolation.read")
    if reveal:
        session.require("isolation.reveal")
    at = case_rows.seen(session.now(), on)
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
        if reveal:
            looking.need(session, connection, "isolation.reveal", committee, "resident", str(row.get("resident") or ""))
        found = present.where(connection, committee, "isolation_check", isolation_case=row["id"])
        keyed = isolating.keyed_at(connection, committee, [each["id"] for each in found])
        waiting = isolating.errands(connection, committee, ERRANDS, TASK_STATES)
        shown = case_rows.told(row, found, at, committee) or {}
    own = presented(session, "isolation_case", {key: row[key] for key in row if key in ISOLATION_CASE}, sensitive=False,
                    phones=True)  # fmt: skip
    told = [_check(session, each, keyed.get(each["id"], ""), reveal) for each in found]
    if reveal:
        looking.look(session, "isolation_case", row["id"], sensitive=True)
    kept = {key: shown[key] for key in ("state", "start") if shown.get(key)}
    return {
        **case_rows.public(shown), **own, **kept, "recorded": row.get("state"),
        "checks": sorted(told, key=lambda each: (str(each.get("on") or ""), each.get("slot") or "~", each["keyed_at"])),
        "tests": _tests(cases.stages_of(row), found, at.on, committee),
        "errands": [errands.brief(each) for each in waiting if row["household"] and each["household"] == row["household"]],
    }  # fmt: skip


def _check(session: Session, row: Values, keyed: str, reveal: bool) -> Values:
    try:
        told = presented(session, "isolation_check", row, sensitive=reveal, phones=False)
    except NotTrusted:  # another PC sealed it wrongly: that stays shut, and the rest is read
        told = {key: HIDDEN if is_sealed(value) else value for key, value in row.items()}
    at, on = clock.moment(keyed), clock.day(row.get("on"))
    return told | {"keyed_at": keyed, "late": at is not None and on is not None and on < at.date()}


def _tests(stages: Sequence[Stage], checks: Sequence[Values], on: date, committee: str) -> list[Values]:
    """Days of tests, in order: on, planned, state (ahead, untaken, awaited, in)."""
    lines = {
        str(each.get("on")): "in" if cases.has_result(each) else "awaited"
        for each in checks if each.get("sampled") is True or cases.has_result(each)
    }  # fmt: skip
    told = cases.tests_on(stages, checks, on)
    planned = {day.isoformat() for stage in stages for day in stage.tests}
    untaken = {day.isoformat() for day in told.untaken}
    states = lines | {day: "untaken" if day in untaken else "ahead" for day in planned - lines.keys()
                      if day in untaken or day > on.isoformat()}  # fmt: skip
    return [{"on": day, "planned": day in planned, "state": state} for day, state in sorted(states.items())]


# ---------------------------------------------------------------- ending


def close(session: Session, id: str, *, reason: str, on: date | None = None, approved_by: str = "") -> Change:
    """Release somebody (已解除) on a day, today by default. Earlier than the rule says only with `approved_by`; never while
    an alert stands. Raises UserError: case-unknown, isolation-step, field-needed, close-future, close-before-case,
    isolation-early, isolation-no-result, isolation-alert; Refused.
    """
    session.require("isolation.write")
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
        checks = isolating.checks_of(connection, committee, [row["id"]]).get(row["id"], [])
    return change_case(session, committee, row, _released(session, row, checks, reason, on, approved_by))


def close_many(
    session: Session, ids: Sequence[str], *, reason: str, on: date | None = None, approved_by: str = ""
) -> Values:
    """Release several of one committee in one batch: {batch, closed (ids)}. If one is refused nobody is released.

    Raises UserError: case-unknown, cases-apart, isolation-close-many (name, path, count, and why as `close` says); Refused.
    """
    session.require("isolation.write")
    named, values = [*dict.fromkeys(ids)], {}
    if not named:
        return {"batch": "", "closed": []}
    with session.db.reading() as connection:
        committee, found = case_rows.together(session, connection, named)
        checks = isolating.checks_of(connection, committee, named)
    for row in named:
        case = found[row]
        try:
            values[row] = _released(session, case, checks.get(row, ()), reason, on, approved_by)
        except UserError as error:
            why = say(error.code, **error.details)
            path = case_rows.path_of(case)
            raise UserError("isolation-close-many", name=case["name"], path=path, count=len(named), why=why) from error
    with session.writing("change", committee) as writing:
        for row, changed in values.items():
            writing.change("isolation_case", row, changed)
    return {"batch": writing.batch, "closed": named}


def _released(
    session: Session, row: Values, checks: Sequence[Values], reason: str, on: date | None, approved_by: str
) -> Values:
    """What a release writes, if it may be."""
    if not reason.strip():
        raise UserError("field-needed", field=ISOLATION_CASE["close_reason"].title, key="reason")
    today = session.now().date()
    day, before = on or today, case_rows.recorded(row)
    case_rows.must_be_taken(row)
    stages, state = cases.stages_of(row), cases.STEPS.to(before, "已解除")
    if day > today:
        raise UserError("close-future", date=day.isoformat(), today=today.isoformat())
    if stages and day < stages[0].start and before != "待接":
        raise UserError("close-before-case", date=day.isoformat(), start=stages[0].start.isoformat())
    if case_rows.has_alert(row):
        raise UserError("isolation-alert", name=row["name"])
    if stages and before != "待接" and cases.is_early(stages, checks, day) and not approved_by.strip():
        code = "isolation-early" if day < cases.release_from(stages) else "isolation-no-result"
        raise UserError(code, name=row["name"], due=cases.release_from(stages).isoformat())
    return {
        "state": state, "closed_on": day.isoformat(), "close_reason": reason.strip(), "closed_by": session.account,
        **({"approved_by": approved_by.strip()} if approved_by.strip() else {}),
    }  # fmt: skip


def transfer(
    session: Session, id: str, *, state: str, receiver_unit: str, receiver_name: str = "", receiver_phone: str = "",
    handed_over_at: str = "", reason: str = "",
) -> Change:  # fmt: skip
    """Hand somebody over: 转集中, 转院, or 转出 (leaving the street: unit, person, phone and time are compulsory).

    handed_over_at: ISO, now by default but for 转出. An alert is settled by it. Raises UserError: case-unknown,
    isolation-step, transfer-unknown, transfer-needed (what is missing), isolation-phone, isolation-time-invalid, isolation-time-future; Refused.
    """
    session.require("isolation.write")
    if state not in TRANSFERS:
        raise UserError("transfer-unknown", value=state, known="、".join(TRANSFERS))
    said = {"receiver_unit": receiver_unit, "receiver_name": receiver_name, "receiver_phone": receiver_phone,
            "handed_over_at": handed_over_at}  # fmt: skip
    values: Values = {key: text.strip() for key, text in said.items() if text.strip()}
    needed = said if state == "转出" else ("receiver_unit",)
    if lacking := [ISOLATION_CASE[key].title for key in needed if key not in values]:
        raise UserError("transfer-needed", state=state, missing="、".join(lacking))
    now = session.now()
    at = _time(values.get("handed_over_at"), now)
    if "receiver_phone" in values:
        read = parse(ISOLATION_CASE["receiver_phone"], values["receiver_phone"])
        if read.problem or not read.value:
            raise UserError("isolation-phone", field=ISOLATION_CASE["receiver_phone"].title, value=receiver_phone)
        values["receiver_phone"] = read.value
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
    case_rows.must_be_taken(row)
    cases.require_begun(cases.stages_of(row), case_rows.recorded(row), at)
    values |= {
        "state": cases.STEPS.to(case_rows.recorded(row), state), "handed_over_at": clock.written(at),
        "closed_on": at.date().isoformat(), "close_reason": reason.strip() or state, "closed_by": session.account,
        **({"alert_done_at": case_rows.handled_at(row, now)} if case_rows.has_alert(row) else {}),
    }  # fmt: skip
    return change_case(session, committee, row, values)


def _time(text: str | None, now: datetime) -> datetime:
    """When it happened. Raises UserError: isolation-time-invalid, isolation-time-future."""
    at = clock.moment(text) if text else now
    if at is None:
        raise UserError("isolation-time-invalid", value=text)
    if at > now + timedelta(minutes=5):  # another clock on the wall
        raise UserError("isolation-time-future", at=clock.written(at)[:16], now=clock.written(now)[:16])
    return at


# ---------------------------------------------------------------- further steps


def step(session: Session, id: str, state: str) -> Change:
    """Another step of a case that runs or comes back: 待接 → 在管, 在管 → 待结果, 转院 → 在管 …; ends have acts of their own.

    Whoever comes back owes checks from that day on. Raises UserError: case-unknown, isolation-step, isolation-step-end,
    isolation-active, isolation-early (not yet over); Refused.
    """
    session.require("isolation.write")
    if state in cases.ENDED:
        raise UserError("isolation-step-end", state=state)
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
        case_rows.must_be_taken(row)
        before = case_rows.recorded(row)
        values: Values = {"state": cases.STEPS.to(before, state)}
        stages, today = cases.stages_of(row), session.now().date()
        if state == "期满待解除" and stages and today < cases.release_from(stages):
            raise UserError("isolation-early", name=row["name"], due=cases.release_from(stages).isoformat())
        if before in cases.ENDED:
            _must_be_free(connection, committee, row)
            values |= {"closed_on": None, "close_reason": None, "duty_since": session.now().date().isoformat()}
    return change_case(session, committee, row, values)


def reopen(session: Session, id: str, *, why: str) -> Change:
    """Take back an end that was keyed by mistake: the case runs as if it had not ended.

    Raises UserError: case-unknown, field-needed, isolation-reopen (it runs), isolation-active; Refused.
    """
    session.require("isolation.write")
    if not why.strip():
        raise UserError("field-needed", field="重新在管的原因", key="why")
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
        values: Values = {"state": cases.REOPENING.to(case_rows.recorded(row), "在管")}
        _must_be_free(connection, committee, row)
    values |= dict.fromkeys(
        ("closed_on", "close_reason", "closed_by", "approved_by", "receiver_unit", "receiver_name", "receiver_phone",
         "handed_over_at")
    )  # fmt: skip
    return change_case(session, committee, row, values, why=why)


def _must_be_free(connection: Connection, committee: str, row: Values) -> None:
    """Raises UserError("isolation-active") if the person has another case that runs."""
    resident = str(row.get("resident") or "")
    states = isolating.states_of(connection, committee, [resident]).get(resident, []) if resident else []
    cases.require_none_active(states, row["name"])


def breach(session: Session, id: str, *, what: str, at: datetime | None = None) -> Values:
    """Somebody did not keep to it: an incident of its kind, tied to the case. Returns what `incidents.add` does.

    Raises UserError: case-unknown, field-needed, incident-future; Refused.
    """
    session.require("isolation.write")
    if not what.strip():
        raise UserError("field-needed", field="违反情况", key="what")
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
    return incidents.add(
        session, kind=BREACH, what=what, committee=committee, resident=str(row.get("resident") or ""),
        place=case_rows.path_of(row), isolation_case=row["id"], at=at,
    )  # fmt: skip


def assign(session: Session, id: str, officers: Mapping[str, str]) -> Change:
    """Name the three responsible for a case, or take a name away (""). Raises UserError as `open_`; Refused."""
    session.require("isolation.write")
    cleared = {key: None for key, text in officers.items() if key in OFFICERS and not text.strip()}
    named = officers_of(session, officers) if any(text.strip() for text in officers.values()) else {}
    with session.db.reading() as connection:
        committee, row = case_rows.need(session, connection, id)
    values: dict[str, Any] = {**named, **{key: None for key in cleared if key not in named}}
    return change_case(session, committee, row, values)
