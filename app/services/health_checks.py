"""Health checks and test results of isolating people: keyed one by one or for a whole round, and what they set off.

A second keying of the same case, day and slot corrects the first, also if only how or by whom it was made differs. What was measured is sealed; that somebody must look
at once, that a sample was taken and that a result is in stand beside it at level 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.db import history, isolating, present
from app.db.connection import Connection
from app.db.rows import Reader
from app.domain import checks, clock, deciding, ids, isolation, strict
from app.domain.checks import Answer, Said
from app.domain.fields import CHECK_MODES, CHECK_SLOTS, ISOLATION_CHECK
from app.domain.findings import NotTrusted, UserError
from app.domain.versions import open_versions
from app.services import case_rows
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, opened, stored
from app.words import say

POSITIVE, NEGATIVE, AWAITED = "阳性", "阴性", "待出"
RESULTS = {
    "positive": POSITIVE, "negative": NEGATIVE, "awaited": AWAITED,
    POSITIVE: POSITIVE, NEGATIVE: NEGATIVE, AWAITED: AWAITED,
}  # fmt: skip


@dataclass(slots=True)
class _Writes:
    """What one keying writes. fresh: new checks; corrected: (id, values); cases: case → values."""

    fresh: list[tuple[str, Values]]
    corrected: list[tuple[str, Values]]
    cases: dict[str, Values]
    same: list[str]


def check(
    session: Session, id: str, *, on: date, slot: str, mode: str = "", by: str = "", temperature: str = "",
    symptoms: str = "", reached: bool = True, sampled: bool = False, contact_only: bool = False,
) -> Change:  # fmt: skip
    """One check of a case; the second of the same day and slot corrects the first. by: this account if "".

    contact_only: that there was contact (a door magnet, a word at the door) and nothing about health, which stays unknown.

    Raises UserError: case-unknown, temperature-invalid, check-says-nothing, check-not-reached, check-in-future,
    check-before-case, check-after-close, check-slot, check-mode; Refused.
    """
    session.require("isolation.write")
    done = _keyed(session, [Answer(id, reached, temperature, symptoms, sampled, contact_only)], on, slot, mode, by)
    return Change(done["ids"][0], tuple(done["changed"]), done["batch"])


def check_many(
    session: Session, answers: Sequence[Answer], *, on: date, slot: str, mode: str = "", by: str = ""
) -> Values:
    """A round in one batch: {batch, written, already, ids, alerts}. already: cases that had said the same; alerts: cases that
    ask for somebody at once. A case that has a check for the slot is corrected, but nobody who was reached becomes
    unreached. Raises UserError as `check`, with `case`.
    """
    session.require("isolation.write")
    if not answers:
        return {"batch": "", "written": 0, "already": [], "ids": [], "alerts": []}
    return _keyed(session, answers, on, slot, mode, by)


def _keyed(session: Session, answers: Sequence[Answer], on: date, slot: str, mode: str, by: str) -> Values:
    if slot not in CHECK_SLOTS:
        raise UserError("check-slot", value=slot)
    if mode and mode not in CHECK_MODES:
        raise UserError("check-mode", value=mode, known="、".join(CHECK_MODES))
    isolation.keyed_late(on, session.now().date())
    said = {answer.case: _read(answer) for answer in answers}
    with session.db.reading() as connection:
        committee, cases = case_rows.together(session, connection, [*said])
        told = {key: value for key, value in (("mode", mode), ("by", by.strip())) if value}
        writes = _decided(session, connection, committee, cases, said, (on, slot, told))
    return _written(session, committee, writes, {"by": session.account, **told}, [*said])


def _read(answer: Answer) -> Said:
    """An answer, read, and short enough to be sent. Raises UserError as `checks.said`; value-refused."""
    said = checks.said(answer)
    if why := strict.value_problem(ISOLATION_CHECK["symptoms"], said.symptoms):
        raise UserError("value-refused", field=ISOLATION_CHECK["symptoms"].title, reason=why, case=answer.case)
    return said


def _decided(
    session: Session, connection: Connection, committee: str, cases: dict[str, Values], said: dict[str, Said],
    keyed: tuple[date, str, Values],
) -> _Writes:  # fmt: skip
    """keyed: day, slot, and how and by whom the checks were made, as far as somebody said so. A round says it of all its
    people at once, so it corrects what another check said there and fills in nothing."""
    on, slot, told = keyed
    there = isolating.checks_of(connection, committee, [*said], on=on.isoformat())
    writes, now = _Writes([], [], {}, []), clock.written(session.now())
    for row, one in said.items():
        case = cases[row]
        _must_take(case, on)
        values: Values = {"reached": one.reached, **{
            key: text for key, text in (("temperature", one.temperature), ("symptoms", one.symptoms)) if text
        }, **({"sampled": True} if one.sampled else {})}  # fmt: skip
        first = next((each for each in reversed(there.get(row, ())) if each["slot"] == slot), None)
        if first is None:
            whole = {"isolation_case": row, "on": on.isoformat(), "slot": slot, **values}
            writes.fresh.append((str(ids.new_id()), whole))
        else:
            before = _open(session, connection, committee, first["id"])
            if not one.reached and before.get("reached") is not False:
                writes.same.append(row)  # somebody did reach the person: trying once more in vain changes nothing
                continue
            different = {key: value for key, value in values.items() if before.get(key) != value}
            if not different:
                said_too = told if len(said) == 1 else {key: told[key] for key in told if before.get(key)}
                again = {key: value for key, value in said_too.items() if before.get(key) != value}
                if again:  # how or by whom was wrong: the person is as well or ill as before, nothing is set off anew
                    writes.corrected.append((first["id"], again))
                else:
                    writes.same.append(row)
                continue
            writes.corrected.append((first["id"], different))
        writes.cases |= _set_off(case, one, now)
    return writes


def _open(session: Session, connection: Connection, committee: str, check: str) -> Values:
    """A check as it stands; what another PC sealed wrongly is as if it were not there, and is written over."""
    row = present.one(connection, committee, "isolation_check", check) or {"id": check}
    try:
        return opened(session, "isolation_check", row)
    except NotTrusted:
        return {key: value for key, value in row.items() if key == "id" or not ISOLATION_CHECK[key].sealed}


def _must_take(case: Values, on: date) -> None:
    """May a check of that day be keyed? Raises UserError: check-before-case, check-after-close."""
    stages, closed = isolation.stages_of(case), clock.day(case.get("closed_on"))
    if stages:
        isolation.require_in_case(stages, on)
    if case_rows.recorded(case) in isolation.ENDED and (closed is None or on > closed):
        raise UserError("check-after-close", date=on.isoformat(), state=case["state"], name=case["name"])


def _set_off(case: Values, one: Said, now: str) -> dict[str, Values]:
    """What a check changes of its case: somebody who was reached has been received; something abnormal asks for help."""
    changed: Values = {}
    if one.reached and case_rows.recorded(case) == "待接" and not case_rows.is_carried(case):
        changed["state"] = isolation.STEPS.to("待接", "在管")
    if one.abnormal:
        changed |= {"alert_at": now, "alert_done_at": None}
    return {one.case: changed} if changed else {}


def _written(session: Session, committee: str, writes: _Writes, shared: Values, named: list[str]) -> Values:
    """Everything in one batch, sealed where it must be."""
    total = len(writes.fresh) + len(writes.corrected)
    if not total:
        return {"batch": "", "written": 0, "already": writes.same, "ids": named, "changed": (), "alerts": []}
    with session.writing("create" if writes.fresh else "change", committee) as writing:
        writing.create("isolation_check", [
            (row, stored(session, "isolation_check", row, {**values, **shared}, committee))
            for row, values in writes.fresh
        ])  # fmt: skip
        for row, values in writes.corrected:
            # who mends a slip of the pen did not measure
            more = {} if values.keys() <= {"mode", "by"} else shared
            kept = stored(session, "isolation_check", row, {**values, **more}, committee)
            writing.change("isolation_check", row, kept)
        for row, values in writes.cases.items():
            writing.change("isolation_case", row, values)
    rows = [row for row, _ in (*writes.fresh, *writes.corrected)]
    changed = (writes.fresh or writes.corrected)[0][1]
    alerts = [row for row, values in writes.cases.items() if values.get("alert_at")]
    return {
        "batch": writing.batch, "written": total, "already": writes.same, "ids": rows, "changed": tuple(changed),
        "alerts": alerts,
    }  # fmt: skip


# ---------------------------------------------------------------- tests


def result(session: Session, id: str, *, test: str, on: date, by: str = "") -> Change:
    """The result of a test (negative, positive), or that a sample was taken and its result is awaited (待出).

    on: of the result, or of the sample. A result joins the sample of that day, else the one that waits longest, so that
    no later one is taken for answered. A positive one asks for somebody at once. Raises UserError: case-unknown, check-test, check-in-future, check-before-case; Refused.
    """
    session.require("isolation.write")
    if (found := RESULTS.get(test.strip())) is None:
        raise UserError("check-test", value=test, known="阴性、阳性、待出")
    now = session.now()
    isolation.keyed_late(on, now.date())
    with session.db.reading() as connection:
        committee, case = case_rows.need(session, connection, id)
        if stages := isolation.stages_of(case):
            isolation.require_in_case(stages, on)
        before = isolating.checks_of(connection, committee, [case["id"]]).get(case["id"], [])
        joined = _joined(before, found, on)
        was = _open(session, connection, committee, joined) if joined else {}
    values = _result(found, was)
    different = {key: value for key, value in values.items() if was.get(key) != value}
    if joined and not different:
        return Change(joined, (), "")
    row = joined or str(ids.new_id())
    if not joined:
        different |= {"isolation_case": case["id"], "on": on.isoformat(), "by": by.strip() or session.account}
    with session.writing("change" if joined else "create", committee) as writing:
        writing.change("isolation_check", row, stored(session, "isolation_check", row, different, committee))
        if found == POSITIVE:
            writing.change("isolation_case", case["id"], {"alert_at": clock.written(now), "alert_done_at": None})
    return Change(row, tuple(different), writing.batch)


def _result(test: str, was: Values) -> Values:
    if test == AWAITED:
        return {"sampled": True} if was.get("result_in") else {"sampled": True, "test": AWAITED}
    return {"result_in": True, "test": test}


def _joined(before: list[Values], test: str, on: date) -> str:
    """The check that a result belongs to: a sample without one, or the same day's own line; "" for none."""
    day = on.isoformat()
    told = [each for each in before if each["sampled"] is True or each["result_in"]]  # not what was said of an alert
    lines = [each for each in told if str(each["on"]) == day and not each["slot"]]
    samples = [each for each in before if each["sampled"] is True and not each["result_in"] and str(each["on"]) <= day]
    if test == AWAITED:
        return str(lines[-1]["id"]) if lines else ""
    own = [each for each in samples if str(each["on"]) == day]
    if own or samples:
        return str((own or sorted(samples, key=lambda each: str(each["on"])))[0]["id"])
    return str(lines[-1]["id"]) if lines else ""


# ---------------------------------------------------------------- what checks ask for


def alert_done(session: Session, id: str, *, note: str = "") -> Change:
    """Say that somebody saw to what a check or result asked for. note: how; it may tell of an illness, so it is sealed.

    Raises UserError: case-unknown, alert-none, value-refused; Refused: not-allowed, ring-needed (a note without it).
    """
    session.require("isolation.write")
    with session.db.reading() as connection:
        committee, case = case_rows.need(session, connection, id)
    if not case_rows.has_alert(case):
        raise UserError("alert-none", name=case["name"])
    done: Values = {"alert_done_at": case_rows.handled_at(case, session.now())}
    if not note.strip():
        return change_case(session, committee, case, done)
    row = str(ids.new_id())
    said = stored(session, "isolation_check", row, _handled(session, case, note.strip()), committee)
    with session.writing("change", committee) as writing:
        writing.create("isolation_check", [(row, said)])
        writing.change("isolation_case", case["id"], done)
    return Change(case["id"], tuple(done), writing.batch)


def _handled(session: Session, case: Values, note: str) -> Values:
    """A line beside the checks, without a slot: it is no check. Raises UserError("value-refused")."""
    told = say("alert-handled", note=note)
    if why := strict.value_problem(ISOLATION_CHECK["symptoms"], told):
        raise UserError("value-refused", field=ISOLATION_CHECK["symptoms"].title, reason=why)
    on = session.now().date().isoformat()
    return {"isolation_case": case["id"], "on": on, "by": session.account, "symptoms": told}


def settle_alerts(session: Session) -> int:
    """Of what two PCs said of one case's alert without knowing of each other, what is safe; returns of how many cases.

    Whoever saw to one fever knew nothing of the other: the alert stands again, unless each PC had seen to its own. Every PC
    settles for itself and comes to the same values, and equal values are no conflict.
    """
    settled = 0
    for committee, found in _doubted(session).items():
        with session.writing("decide", committee) as writing:
            for case, values in found.items():
                writing.change("isolation_case", case, values)
                settled += 1
    return settled


def _doubted(session: Session) -> dict[str, dict[str, Values]]:
    """committee → case → what counts, of cases whose alert is in conflict."""
    found: dict[str, dict[str, Values]] = {}
    if not session.may("isolation.write"):
        return found
    with session.db.reading() as connection:
        for committee in session.scope(connection):
            reader = Reader(connection, committee)
            for entity, row, of in history.conflicts(connection, committee):
                if entity == "isolation_case" and of in ("alert_at", "alert_done_at"):
                    members = deciding.alive(reader.members(row))
                    said = {key: [write.value for write in open_versions(members, key).values()]
                            for key in ("alert_at", "alert_done_at")}  # fmt: skip
                    found.setdefault(committee, {})[row] = _of_alerts(**said)
    return found


def _of_alerts(alert_at: list[Any], alert_done_at: list[Any]) -> Values:
    raised, done = [each for each in alert_at if each], [each for each in alert_done_at if each]
    all_done = len(done) == len(alert_done_at) >= len(raised)
    return {"alert_at": max(raised, default=None), "alert_done_at": max(done) if done and all_done else None}


def escalate(session: Session, id: str, *, to: str, by: str = "", at: datetime | None = None) -> Change:
    """Note that somebody above was told of missed checks. to: who was told. Raises UserError: case-unknown, field-needed,
    time-future; Refused."""
    session.require("isolation.write")
    if not to.strip():
        raise UserError("field-needed", field="上报对象", key="to")
    now = session.now()
    if at is not None and at > now:
        raise UserError("isolation-time-future", at=clock.written(at)[:16], now=clock.written(now)[:16])
    with session.db.reading() as connection:
        committee, case = case_rows.need(session, connection, id)
    told = {
        "escalated_at": clock.written(at or now), "escalated_to": to.strip(),
        "escalated_by": by.strip() or session.account,
    }  # fmt: skip
    return change_case(session, committee, case, told)


def change_case(session: Session, committee: str, case: Values, values: dict[str, Any], *, why: str = "") -> Change:
    """New values of a case in one batch, with the reason, for services that asked already."""
    different = {key: value for key, value in values.items() if case.get(key) != value}
    if not different:
        return Change(case["id"], (), "")
    with session.writing("change", committee) as writing:
        if why.strip():
            writing.act("source", "batch", writing.batch, {"source": why.strip()})
        writing.change("isolation_case", case["id"], different)
    return Change(case["id"], tuple(different), writing.batch)
