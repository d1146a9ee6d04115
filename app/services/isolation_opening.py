"""Opening isolation cases: a person or a whole household in one act, by the rule that holds on that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from app.db import isolating, present
from app.db.connection import Connection
from app.domain import ids, people
from app.domain import isolation as cases
from app.domain.fields import GONE, ISOLATION_CASE
from app.domain.findings import UserError
from app.domain.isolation import Rule
from app.domain.values import parse
from app.services import case_rows, isolation_rules, places
from app.services.session import Session
from app.services.values import Values

OFFICERS = ("officer_name", "officer_phone", "police_name", "police_phone", "doctor_name", "doctor_phone")
AHEAD = timedelta(days=366)
"""A case may be keyed for a day to come or gone, but hardly for one so far: a slip of the key."""


def open_(
    session: Session, *, resident: str = "", household: str = "", rule: str, start: date, arrival: str = "",
    co_residents: bool = True, officers: Mapping[str, str] | None = None, source: str = "", only: Sequence[str] = (),
) -> Values:  # fmt: skip
    """Open the case of a person, or of everybody who lives in a household, in one act (ids or paths).

    start: the day that the rule counts from. co_residents: where the rule says so, whoever lives behind the same door
    isolates too, from the first day at home. only: ids of those of the household whose cases open, whatever the rule says.
    officers: the three responsible and their phones. Returns cases (rows),
    batch, running and away (ids of people whose case runs already, who are not there).
    Raises UserError: path-unknown, path-ambiguous, isolation-whom, isolation-rule-unknown, isolation-rule-not-valid,
    isolation-active, isolation-nobody, isolation-gone, isolation-start-far, field-unknown, isolation-phone; Refused.
    """
    session.require("isolation.write")
    if bool(resident) is bool(household):
        raise UserError("isolation-whom")
    if abs(start - session.now().date()) > AHEAD:
        raise UserError("isolation-start-far", date=start.isoformat())
    named = officers_of(session, officers or {})
    with session.db.reading() as connection:
        kind, ref = ("resident", resident) if resident else ("household", household)
        _, row = places.resolve_in(connection, session, ref, kind)
        committee = session.committee_of(connection, kind, row)
        found = isolation_rules.rule_for(session, connection, committee, rule, start)
        others = bool(only) or (co_residents and found.co_residents)
        chosen = _whom(connection, committee, kind, row, with_others=others, only=only)
        of = places.resolve_in(connection, session, arrival, "arrival")[1] if arrival else ""
        came = present.one(connection, committee, "arrival", of) or {} if of else {}
    first = str(came.get("resident") or row)
    values = _opened(session, found, start, first, chosen, named, of)
    with session.writing("create", committee) as writing:
        if source:
            writing.act("source", "batch", writing.batch, {"source": source})
        writing.create("isolation_case", values)
    return {
        "cases": _rows(session, committee, [case for case, _ in values]), "batch": writing.batch,
        "running": [*chosen.running], "away": [*chosen.away],
    }  # fmt: skip


def _rows(session: Session, committee: str, named: Sequence[str]) -> list[Values]:
    at = case_rows.seen(session.now())
    with session.db.reading() as connection:
        rows = [case_rows.told(row, (), at, committee) for row in isolating.cases_named(connection, committee, named)]
    return [case_rows.public(row) for row in rows if row is not None]


def officers_of(session: Session, said: Mapping[str, str]) -> Values:
    """The responsible, read as their fields; a worker is responsible for what it opens unless it names another."""
    named: Values = {}
    for key, text in said.items():
        if key not in OFFICERS:
            raise UserError("field-unknown", field=key, entity=ISOLATION_CASE.title)
        read = parse(ISOLATION_CASE[key], text)
        if read.problem and text.strip():
            raise UserError("isolation-phone", field=ISOLATION_CASE[key].title, value=text)
        if read.value:
            named[key] = read.value
    if not named.get("officer_name") and "worker" in session.roles:
        named["officer_name"] = session.account
    return named


def _whom(
    connection: Connection, committee: str, kind: str, row: str, *, with_others: bool, only: Sequence[str]
) -> cases.WholeHousehold:  # fmt: skip
    """Whose cases open. A person asked for alone must be free; of a household whoever is there and free."""
    person = present.one(connection, committee, "resident", row) if kind == "resident" else None
    if person is not None:
        if person.get("status") in GONE:
            raise UserError("isolation-gone", name=person.get("name", ""), status=person["status"])
        states = isolating.states_of(connection, committee, [row]).get(row, [])
        cases.require_none_active(states, str(person.get("name", "")))
        if not with_others or not person.get("household"):
            return cases.WholeHousehold((row,), (), ())
    home = row if person is None else str(person["household"])
    members = [
        each for each in present.where(connection, committee, "resident", household=home)
        if not only or each["id"] in (row, *only)
    ]  # fmt: skip
    of = isolating.states_of(connection, committee, [each["id"] for each in members])
    return cases.whole_household(
        (each["id"], each["id"] == row or people.lives_here(each), of.get(each["id"], ())) for each in members
    )


def _opened(
    session: Session, rule: Rule, start: date, first: str, chosen: cases.WholeHousehold, named: Values, arrival: str
) -> list[tuple[str, Values]]:
    """The rows of new cases. first: whom it is about, where it is one person; others beside it came by the rule."""
    stages, today = cases.open_case(rule, start), session.now().date()
    at_home = cases.at_home(stages)
    made = []
    for resident in chosen.opens:
        beside = rule.co_residents and first in chosen.opens and resident != first
        own = at_home if beside else stages
        if not own:
            continue
        begins = own[0].start if beside else start
        made.append((str(ids.new_id()), {
            **named, "resident": resident, "rule": rule.code, "start": begins.isoformat(), "stages": cases.to_json(own),
            "state": "在管" if begins <= today else "待接", **({"co_resident": True} if beside else {}),
            **({"arrival": arrival} if arrival and (resident == first or first not in chosen.opens) else {}),
        }))  # fmt: skip
    return made
