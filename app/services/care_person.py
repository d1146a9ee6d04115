"""One person on one page of care: why in which groups, which plans, who was there last, whom to call, who has the key."""

from __future__ import annotations

from app.db import present
from app.db.connection import Connection
from app.domain import care, clock
from app.domain.care_groups import RULES
from app.domain.fields import CARE_GROUPS, CARE_GROUPS_SENSITIVE
from app.services import looking, places
from app.services.care_register import Everyone, groups_in, marked_when, words
from app.services.session import Session
from app.services.values import Values, opened, presented
from app.words import say

LAST = 5


def person(session: Session, resident: str, *, reveal: bool = False) -> Values:
    """A person (id or path): id, name, sex, birth_year, status, path, household, building, committee, groups
    ([{group, why, sensitive}]), hidden (is something sensitive marked and not shown?), plans, last (contacts), people
    (whom to reach: who, relation, phone masked), due.

    reveal: sensitive groups and notes too; that is a look and leaves an entry. Raises UserError: path-unknown,
    path-ambiguous; Refused: not-allowed, ring-needed, not-assigned.
    """
    session.require("care.read")
    if reveal:
        session.require("care.reveal")
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        committee = session.committee_of(connection, "resident", row)
        if reveal:
            looking.need(session, connection, "care.reveal", committee, "resident", row)
        values = present.one(connection, committee, "resident", row) or {}
        here = Everyone(session, connection, committee, session.now().date(), around=row)
        told = here.said(row) | {
            "status": str(values.get("status") or ""), "out": care.out_of(values),
            "groups": _groups(session, connection, here, row, values, reveal),
            "hidden": not reveal and values.get("care_groups_sensitive") is not None,
            "plans": _plans(session, connection, committee, row),
            "last": _last(session, connection, committee, row, LAST, reveal),
            "people": _people(session, connection, committee, values, phones=False),
        }  # fmt: skip
    dues = [each["due"] for each in told["plans"] if each["due"] and not told["out"]]
    told["due"] = min(dues, default=None)
    if reveal:
        looking.look(session, "resident", row, sensitive=True)
    return told


def numbers(session: Session, resident: str) -> list[Values]:
    """Whom to call about a person: who, relation, phone in full. Opening them is an entry. Raises as `person`."""
    session.require("care.read")
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        committee = session.committee_of(connection, "resident", row)
        values = present.one(connection, committee, "resident", row) or {}
        found = _people(session, connection, committee, values, phones=True)
    looking.look(session, "resident", row, sensitive=False)
    return found


def last_contacts(session: Session, resident: str, limit: int = LAST) -> list[Values]:
    """The newest contacts with a person first: id, on, mode, result, by, kind, note, follow_up, sensitive (is there a
    sealed note?). Raises UserError: path-unknown; Refused."""
    session.require("care.read")
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        committee = session.committee_of(connection, "resident", row)
        return _last(session, connection, committee, row, limit, False)


def _groups(
    session: Session, connection: Connection, here: Everyone, row: str, values: Values, reveal: bool
) -> list[Values]:
    marks = groups_in(values.get("care_groups"))
    since = marked_when(session, connection, here.committee, row) if marks else {}
    found = []
    for group in CARE_GROUPS:
        belongs, why = here.register.told(row, group) if group in RULES else (False, None)
        lines = [words(why)] if belongs and why else []
        if group in marks:
            mark = since.get(group)
            code = "care-marked" if mark is None else "care-marked-list" if mark["source"] else "care-marked-by"
            lines.append(say(code, **(mark or {})))
            if why is not None and not belongs:
                lines.append(say("care-rule-says", why=words(why)))
        elif belongs:
            lines.append(say("care-not-marked"))
        if lines:
            found.append({"group": group, "why": "；".join(lines), "sensitive": False})
    if reveal:
        held = groups_in(opened(session, "resident", values).get("care_groups_sensitive"))
        found += [
            {"group": group, "why": say("care-marked"), "sensitive": True} for group in CARE_GROUPS_SENSITIVE if group in held
        ]  # fmt: skip
    return found


def _plans(session: Session, connection: Connection, committee: str, row: str) -> list[Values]:
    day = session.now().date()
    contacts = present.where(connection, committee, "care_contact", resident=row)
    found = []
    for plan in present.where(connection, committee, "care_plan", resident=row):
        due = care.due_of(plan, contacts, day)
        found.append({
            "id": plan["id"], "kind": str(plan.get("kind", "")), "mode": str(plan.get("mode", "")),
            "every": care.every_of(plan), "state": str(plan.get("state") or care.RUNNING),
            "why": str(plan.get("state_why", "")), "worker": str(plan.get("worker", "")),
            "resume_on": plan.get("resume_on"),
            "due": due.by.isoformat() if due else None, "overdue": due is not None and due.by < day,
            "missed": care.misses(plan, contacts, day),
        })  # fmt: skip
    return sorted(found, key=lambda each: (each["due"] is None, each["due"] or ""))


def _last(
    session: Session, connection: Connection, committee: str, row: str, limit: int, reveal: bool
) -> list[Values]:  # fmt: skip
    kinds = {
        each["id"]: str(each.get("kind", ""))
        for each in present.where(connection, committee, "care_plan", resident=row)
    }
    found = present.where(connection, committee, "care_contact", resident=row)
    newest = sorted((each for each in found if clock.day(each.get("on"))), key=lambda each: str(each["on"]))[::-1][
        :limit
    ]
    told = []
    for each in newest:
        shown = presented(session, "care_contact", each, sensitive=reveal, phones=False)
        told.append({
            **{key: str(shown.get(key) or "") for key in ("id", "on", "mode", "result", "by", "note", "follow_up")},
            "kind": kinds.get(str(each.get("plan")), ""), "sensitive": each.get("note_sensitive") is not None,
            "note_sensitive": str(shown.get("note_sensitive") or "") if reveal else "",
        })  # fmt: skip
    return told


def _people(session: Session, connection: Connection, committee: str, values: Values, *, phones: bool) -> list[Values]:
    """The person, the emergency contacts, the household's key holder and the others who live there."""
    shown = presented(session, "resident", values, sensitive=False, phones=phones)
    found = [_reach("own", shown.get("name"), say("care-own"), shown.get("phone"))]
    for each in shown.get("emergency_contacts") or ():
        if isinstance(each, dict):
            found.append(_reach("emergency", each.get("name"), each.get("relation"), each.get("phone")))
    household = str(values.get("household") or "")
    home = present.one(connection, committee, "household", household) if household else None
    if home is not None:
        told = presented(session, "household", home, sensitive=False, phones=phones)
        if told.get("key_holder_name") or told.get("key_holder_phone"):
            found.append(_reach("key", told.get("key_holder_name"), say("care-key"), told.get("key_holder_phone")))
    return found


def _reach(role: str, who: object, relation: object, phone: object) -> Values:
    return {"role": role, "who": str(who or ""), "relation": str(relation or ""), "phone": str(phone or "")}
