"""Incidents as everybody shows them: where, how far, what is owed by when; read in a service's connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.db import incidents as kept
from app.db import present
from app.db.connection import Connection
from app.domain import clock, contact_codes, incidents, strict
from app.domain.fields import INCIDENT, URGENCIES
from app.domain.findings import UserError
from app.domain.isolation import ACTIVE
from app.services import places
from app.services.session import Session
from app.services.values import Values, presented
from app.words import say

PLACE = ("estate", "lane", "number", "unit", "room")
LAST = datetime.max.replace(tzinfo=clock.SHANGHAI)


def need(session: Session, connection: Connection, row: str) -> tuple[str, Values]:
    """The committee of an incident and what is known of it. Raises UserError("incident-unknown")."""
    committee = session.committee_of(connection, "incident", row.strip())
    values = kept.one(connection, committee, row.strip()) if committee else None
    if values is None:
        raise UserError("incident-unknown", id=row)
    return committee, values


def of_committee(
    session: Session, connection: Connection, committee: str, *, open_only: bool = False, names: Mapping[str, str] | None = None
) -> list[Values]:  # fmt: skip
    """All of one committee, the most urgent first. open_only: what still waits for somebody, each once."""
    now, joined = session.now(), kept.joined(connection, committee)
    firsts = {row: incidents.first_of(row, joined) for row in joined}
    repeats = Counter(first for row, first in firsts.items() if row != first)
    rows = []
    for values in kept.all_of(connection, committee, open_only=open_only):
        row = shown(session, values, committee, now, first=firsts.get(values["id"], ""))
        row["repeats"] = repeats[values["id"]]
        row["committee_name"] = (names or {}).get(committee, "")
        if not open_only or (row["open"] and not row["first"]):
            rows.append(row)
    return rows


def counted(connection: Connection, committee: str, now: datetime) -> list[Values]:
    """All of one committee as figures need them, by the thousand: state, kind, first, open and overdue beside the fields."""
    joined, rows = kept.joined(connection, committee), []
    for values in present.where(connection, committee, "incident"):
        first = incidents.first_of(values["id"], joined) if values["id"] in joined else values["id"]
        due = incidents.due(values, now) if first == values["id"] else None
        values |= {
            "kind": str(values.get("kind") or incidents.OTHER.name), "state": incidents.state_of(values), "committee": committee,
            "first": "" if first == values["id"] else first, "open": due is not None, "overdue": due is not None and due.overdue,
        }  # fmt: skip
        rows.append(values)
    return rows


def shown(
    session: Session, values: Values, committee: str, now: datetime, *, first: str = "", phones: bool = False
) -> Values:
    """One incident. first: under which other one it is shown (itself: under none); then nothing is owed of it alone."""
    row = presented(session, "incident", values, sensitive=False, phones=phones)
    joined = first not in ("", values["id"])
    due = None if joined else incidents.due(values, now)
    path = "/".join(str(values[key]) for key in PLACE if values.get(key))
    return row | {
        "household": values.get("at_household") or values.get("household") or None, "resident": values.get("resident") or None,
        "building": values.get("at_building") or values.get("building") or None, "state": incidents.state_of(values),
        "kind": str(values.get("kind") or incidents.OTHER.name), "urgency": incidents.urgency_of(values),
        "name": values.get("name", ""), "path": path, "where": str(values.get("place") or path.replace("/", " ")),
        "committee": committee, "first": first if joined else "", "open": due is not None,
        "next": due.next_state if due else None, "due": clock.written(due.at) if due and due.at else None,
        "overdue": due is not None and due.overdue, "late": due.late if due else 0, "external": due is not None and due.external,
        "escalate": due is not None and due.overdue and not values.get("escalated_at"),
        "stub": contact_codes.is_stub("incident", values), "photos": values.get("photos", 0),
        "repeats": 0, "committee_name": "",
    }  # fmt: skip


def in_order(rows: Iterable[Values]) -> list[Values]:
    """What is open first: 特急 before all others, late or not; then what is late, then the more urgent, then what is owed soonest;
    the ended newest first."""
    return sorted(rows, key=_order)


def _order(row: Values) -> tuple[bool, bool, bool, int, float]:
    at = clock.moment(row["due"]) or (LAST if row["open"] else clock.moment(row.get("reported_at")))
    moment = at.timestamp() if at is not None else 0.0
    last = moment if row["open"] else -moment
    pressing = (
        row["open"] and row["urgency"] == incidents.MOST_URGENT
    )  # minutes left of it, and a life may hang on them
    return not row["open"], not pressing, not row["overdue"], -URGENCIES.index(row["urgency"]), last


# ---------------------------------------------------------------- where it is


def located(session: Session, connection: Connection, text: str, committee: str) -> Values:
    """What `incidents.where` says."""
    if not text:
        return {}
    try:
        entity, row = places.resolve_in(connection, session, text)
    except UserError as error:
        if error.code == "path-ambiguous" and not committee:
            raise
        return {"place": text}
    of = session.committee_of(connection, entity, row)
    if committee not in ("", of) or entity not in places.DEPTH:
        return {"place": text}
    above = _above(connection, of, entity, row)
    return {"committee": of, **above, "place": _door(connection, of, entity, row)}


def _door(connection: Connection, committee: str, entity: str, row: str) -> str:
    """The place as people say it, down to the door: who lives behind it stands elsewhere."""
    values = present.one(connection, committee, entity, row) or {}
    above = {"resident": "household", "household": "dwelling"}.get(entity, "")
    if above and values.get(above):
        return _door(connection, committee, above, str(values[above]))
    return places.path_of(connection, committee, entity, row).replace("/", " ")


def _above(connection: Connection, committee: str, entity: str, row: str) -> Values:
    """A place and what it lies in, as an incident refers to it; a door stands for its only household."""
    values = present.one(connection, committee, entity, row) or {}
    if entity == "estate":
        return {}
    if entity == "building":
        return {"building": row}
    if entity == "dwelling":
        behind = present.where(connection, committee, "household", dwelling=row)
        only = {"household": behind[0]["id"]} if len(behind) == 1 else {}
        return only | ({"building": values["building"]} if values.get("building") else {})
    parent = {"household": "dwelling", "resident": "household"}[entity]
    above = _above(connection, committee, parent, str(values[parent])) if values.get(parent) else {}
    return {**above, entity: row}


# ---------------------------------------------------------------- whom to call


def contacts(connection: Connection, committee: str, kind: str, values: Values) -> list[Values]:
    """Who acts, in the order of the kind: who, name, phone; those of whom nothing is known only as a word."""
    building = str(values.get("at_building") or values.get("building") or "")
    known = _known(kept.responsible(connection, committee, building) if building else {})
    if resident := values.get("resident"):
        known |= _of_case(present.where(connection, committee, "isolation_case", resident=resident))
    first = incidents.kind_of({"kind": kind}).first
    others = [who for who in known if who not in first]
    return [{"who": who, "name": "", "phone": "", **known.get(who, {})} for who in (*first, *others)]


def _known(of: Values) -> dict[str, Values]:
    people = {incidents.WORKER: ("worker_name", "worker_phone"), incidents.LEADER: ("leader_name", "leader_phone")}
    return {
        who: {"name": of.get(name, ""), "phone": of.get(phone, "")}
        for who, (name, phone) in people.items()
        if of.get(name) or of.get(phone)
    }


def _of_case(cases: Sequence[Values]) -> dict[str, Values]:
    """The three who answer for somebody who isolates."""
    active = next((case for case in cases if case.get("state") in ACTIVE), None)
    of = {incidents.POLICE: "police", incidents.DOCTOR: "doctor", "居委责任人": "officer"}
    return {
        who: {"name": active.get(f"{key}_name", ""), "phone": active.get(f"{key}_phone", "")}
        for who, key in of.items()
        if active and (active.get(f"{key}_name") or active.get(f"{key}_phone"))
    }


def assignee(found: Sequence[Values]) -> tuple[str, str]:
    """Of those who act: the first who can be called, else the first; as assigned_to and assigned_phone."""
    chosen = next((each for each in found if each["phone"]), found[0])
    return f"{chosen['who']} {chosen['name']}".strip(), str(chosen["phone"])


# ---------------------------------------------------------------- what may be written


def must_follow(values: Values, new: str) -> None:
    """May this step be keyed now? Raises UserError("incident-step") with state, new, possible, and why in words."""
    try:
        incidents.STEPS.to(incidents.state_of(values), new)
    except UserError as refused:
        details = {**refused.details, "why": say(refused.details["why"])}
        raise UserError("incident-step", **details) from None


def receivable(values: Mapping[str, object]) -> None:
    """What is written must be such that others may receive it. Raises UserError("value-refused")."""
    for key, value in values.items():
        if reason := strict.value_problem(INCIDENT[key], value):
            raise UserError("value-refused", field=INCIDENT[key].title, reason=reason)


def in_committee(connection: Connection, committee: str, row: str) -> str:
    """The incident under which one is shown; itself where it stands alone."""
    return incidents.first_of(row, kept.joined(connection, committee))


def joined_to(connection: Connection, committee: str, row: str) -> list[str]:
    """Ids of the incidents that were joined to this very one."""
    return [str(each["id"]) for each in present.where(connection, committee, "incident", same_as=row)]
