"""Rules of isolation as they hold here: what comes with the program, the street's, and the committee's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.db import isolating
from app.db.connection import Connection
from app.domain import clock, ids
from app.domain import isolation as cases
from app.domain import isolation_rules as settings
from app.domain.findings import UserError
from app.domain.isolation import CountFrom, ReleaseAt, Rule, Step
from app.services import enrolment
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values


def rules_for(session: Session, connection: Connection, committee: str) -> tuple[Rule, ...]:
    """The rules that hold in a committee, in the order in which they are looked for; those that cannot be read are not
    among them."""
    street = _street(session, connection)
    own, above = (
        [rule for row in isolating.rules(connection, of) if (rule := settings.rule_of(row)) is not None]
        for of in (committee if committee != street else "", street)
    )
    return settings.layered(own, above)


def _street(session: Session, connection: Connection) -> str:
    """Under which id the street's own rows lie here; "" before a committee joined it."""
    if session.role == "centre":
        return session.committee_id
    found = enrolment.held(connection)
    return found[1].street if found else ""


def rules(session: Session, on: date | None = None) -> list[Values]:
    """Every rule: id ("" for one that comes with the program), whose (own, street, built-in), code, steps (as settings
    keep them), stages (in words), count_from, release_at, valid_from, valid_until, co_residents, own_notice, note, valid
    (on the day, today by default), readable."""
    session.require("isolation.read")
    day = on or session.now().date()
    with session.db.reading() as connection:
        street = _street(session, connection)
        layers = (
            [("street", street)] if session.role == "centre" else [("own", session.committee_id), ("street", street)]
        )
        written = [(whose, row) for whose, of in layers for row in isolating.rules(connection, of)]
    found = [_told(settings.rule_of(row), row["id"], whose, day, str(row.get("code") or "")) for whose, row in written]
    return found + [_told(rule, "", "built-in", day, rule.code) for rule in cases.BUILT_IN]


def _told(rule: Rule | None, row: str, whose: str, day: date, code: str) -> Values:
    if rule is None:  # an entry from elsewhere made it; it is shown, and never used
        return {"id": row, "whose": whose, "code": code, "readable": False, "valid": False, "stages": "", "steps": []}
    return {
        "id": row, "whose": whose, "code": rule.code, "readable": True, "valid": rule.valid_on(day),
        "steps": settings.steps_json(rule.steps), "stages": settings.spoken(rule.steps),
        "total_days": sum(step.days for step in rule.steps), "count_from": rule.count_from.value,
        "release_at": rule.release_at.value, "valid_from": _iso(rule.valid_from), "valid_until": _iso(rule.valid_until),
        "co_residents": rule.co_residents, "own_notice": rule.own_notice, "note": rule.note,
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def add_rule(
    session: Session, *, code: str, steps: str | Sequence[Step], count_from: str = "start-day",
    release_at: str = "24:00", valid_from: date | None = None, valid_until: date | None = None,
    co_residents: bool = False, own_notice: bool = False, note: str = "",
) -> Change:  # fmt: skip
    """A rule with dates: a committee's own, or at a centre the street's, which travels to every committee.

    steps: stages, or their words (`集中隔离7@5 + 居家隔离7`). Raises UserError: rule-steps, rule-code, rule-dates,
    rule-overlap, rule-count-from, rule-release-at; Refused.
    """
    session.require("isolation.rules")
    stages = settings.read_steps(steps) if isinstance(steps, str) else tuple(steps)
    if count_from not in tuple(CountFrom):
        raise UserError("rule-count-from", value=count_from, known="、".join(CountFrom))
    if release_at not in tuple(ReleaseAt):
        raise UserError("rule-release-at", value=release_at, known="、".join(ReleaseAt))
    rule = Rule(
        code.strip().replace("＋", "+"), stages, CountFrom(count_from), ReleaseAt(release_at), valid_from, valid_until,
        co_residents, own_notice, note.strip(),
    )  # fmt: skip
    with session.db.reading() as connection:
        rows = isolating.rules(connection, session.committee_id)
    settings.require_valid(rule, [each for row in rows if (each := settings.rule_of(row)) is not None])
    values = {
        "code": rule.code, "steps": settings.steps_json(stages), "count_from": count_from, "release_at": release_at,
        "valid_from": _iso(valid_from), "valid_until": _iso(valid_until), "co_residents": co_residents,
        "own_notice": own_notice, "note": rule.note or None,
    }  # fmt: skip
    row = str(ids.new_id())
    with session.writing("create") as writing:
        writing.create("isolation_rule", [(row, {key: value for key, value in values.items() if value is not None})])
    return Change(row, tuple(values), writing.batch)


def end_rule(session: Session, row: str, until: date) -> Change:
    """Let a rule that was written here end with that day; cases that began under it go on as they are.

    Raises UserError: rule-unknown, rule-dates; Refused.
    """
    session.require("isolation.rules")
    with session.db.reading() as connection:
        found = next((each for each in isolating.rules(connection, session.committee_id) if each["id"] == row), None)
    if found is None:
        raise UserError("rule-unknown", id=row)
    if (since := clock.day(found.get("valid_from"))) and until < since - timedelta(days=1):
        raise UserError("rule-dates", rule=found.get("code", ""))
    with session.writing("change") as writing:
        writing.change("isolation_rule", row, {"valid_until": until.isoformat()})
    return Change(row, ("valid_until",), writing.batch)


def own_notice(session: Session, connection: Connection, committee: str, code: str, on: date) -> bool:
    """May the committee itself issue the release notice of a case under this rule?"""
    try:
        return cases.rule_named(code, on, rules_for(session, connection, committee)).own_notice
    except UserError:
        return False


def rule_for(session: Session, connection: Connection, committee: str, code: str, on: date) -> Rule:
    """The rule of that code that holds in a committee on a day. Raises UserError isolation-rule-unknown, -not-valid."""
    return cases.rule_named(code, on, rules_for(session, connection, committee))
