"""来沪返沪: who comes, from a list or one by one; each step to the door; and to which committee somebody goes.

At a centre every arrival belongs to a committee, or waits in the centre's office until its address is known. Longer than
most files: every step to the door asks the same questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.db import arriving, present
from app.db.connection import Connection
from app.domain import arrivals, clock, contact_codes, ids, strict
from app.domain.fields import ARRIVAL
from app.domain.findings import UserError
from app.domain.likeness import name_key
from app.services import arrival_rows, enrolment, looking, places
from app.services.arrival_lists import apply, at_the_address, preview
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, stored

__all__ = [
    "add", "apply", "decline", "find", "list_", "match", "notified", "one", "preview", "reassign", "register", "step",
]  # fmt: skip

ENDED = tuple(state for state in arrivals.ORDER if state not in arrivals.OPEN)
TOLD = ("by", "to", "vehicle", "why", "expected")
ADDED = (*arrivals.CARRIED, "resident", "household")


# ---------------------------------------------------------------- reading


def list_(session: Session, *, open_only: bool = True, on: date | None = None) -> list[Values]:
    """Arrivals, those that stand out first: id, committee, committee_name, household, resident, state, due (ISO or ""),
    overdue, why (a code of `domain.arrivals.STANDS_OUT`, or ""), name, path, stub, waits (at the centre), and the fields.

    on: only those of this day. Without open_only also those that have ended, and mere records of rosters (state "").
    """
    session.require("arrivals.read")
    with session.db.reading() as connection:
        telling, found = arrival_rows.Telling(session, connection), []
        for committee in arrival_rows.scope(session, connection):
            rows = (
                arriving.under_way(connection, committee, ENDED)
                if open_only
                else arriving.all_of(connection, committee)
            )
            found += [telling.row(committee, row) for row in rows if on is None or arrivals.day_of(row) == on]
    found.sort(key=lambda row: row["sort"])
    for row in found:
        del row["sort"]
    return found


def one(session: Session, arrival: str, *, phones: bool = False) -> Values:
    """One arrival as in `list_`, and `steps`: the states that may follow. phones: its telephone is opened, which is an entry.

    Raises UserError("arrival-unknown").
    """
    session.require("arrivals.read")
    with session.db.reading() as connection:
        committee, values = arrival_rows.one(session, connection, arrival)
        telling = arrival_rows.Telling(session, connection)
        shown = telling.row(committee, values, phones=phones)
        shown["to_name"] = telling.names.get(str(values.get("reassigned_to") or ""), "")
    del shown["sort"]
    if phones and values.get("person_phone"):
        looking.look(session, "arrival", str(values["id"]), sensitive=False)
    return shown | {"steps": list(arrivals.STEPS.possible(shown["state"] or arrivals.WAITED))}


def find(session: Session, ref: str) -> str:
    """The id of an arrival by itself, or by the path of whoever comes, or of the door: the one under way, else the ended.

    Raises UserError: path-unknown; path-ambiguous with `candidates`; arrival-unknown; Refused.
    """
    session.require("arrivals.read")
    ref = ref.strip()
    with session.db.reading() as connection:
        if ids.is_id(ref) and arriving.committees_of(connection, ref):
            return ref
        door, _, name = ref.replace("／", "/").rpartition("/")
        try:
            kind, row = places.person_or_home(connection, session, ref)
            name = ""
        except UserError as error:
            if error.code != "path-unknown" or not door:
                raise UserError("arrival-unknown", id=ref) if ids.is_id(ref) else error from None
            kind, row = places.resolve_in(
                connection, session, door, "household"
            )  # not on the books: by name, at the door
    found = [
        each for each in list_(session, open_only=False)
        if each["state"] and each[kind] == row and (not name or name_key(each["name"]) == name_key(name))
    ]  # fmt: skip
    meant = [each for each in found if arrivals.is_open(each)] or found
    if not meant:
        raise UserError("arrival-unknown", id=ref)
    if len(meant) > 1:
        paths = [f"{each['path']}/{each['name']}" for each in meant]
        candidates = paths if len(set(paths)) == len(paths) else [each["id"] for each in meant]
        raise UserError("path-ambiguous", path=ref, candidates=candidates)
    return str(meant[0]["id"])


# ---------------------------------------------------------------- one more


def add(session: Session, values: Mapping[str, Any], committee: str = "") -> Change:
    """Somebody who comes, one by one. committee (at a centre): for whom; "": waits at the centre.

    Raises UserError: field-needed, field-unknown, value-refused, arrival-when-unread, committee-unknown,
    arrival-other-committee.
    """
    session.require("arrivals.write")
    wrong = [key for key in values if key not in ADDED]
    if wrong:
        raise UserError("field-unknown", field=wrong[0], entity=ARRIVAL.title)
    known = {key: value for key, value in values.items() if value not in (None, "")}
    if not known.get("person_name"):
        raise UserError("field-needed", field=ARRIVAL["person_name"].title, key="person_name")
    _must_be_receivable(
        {key: value for key, value in known.items() if key not in ("household", "resident")}
    )  # may be paths
    known |= _whole(known)
    with session.db.reading() as connection:
        to = _committee(session, connection, committee)
        if known.get("household"):
            known["household"] = _household(session, connection, to, str(known["household"]))[0]
        if known.get("resident"):
            known["resident"] = _resident(session, connection, to, str(known["resident"]))
        row, made = arrival_rows.new_row(session, connection, to)
    with session.writing("create", to) as writing:
        writing.change("arrival", row, {"state": arrivals.WAITED, **known, **made})
    return Change(row, tuple(known), writing.batch)


def _must_be_receivable(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if reason := strict.value_problem(ARRIVAL[key], value):
            raise UserError("value-refused", field=ARRIVAL[key].title, reason=reason)


def _whole(values: Mapping[str, Any]) -> Values:
    """When somebody comes, as it is stored: a day and a time that there are, or nobody knows until when to wait."""
    on, at = clock.day(values.get("arrived_on")), clock.moment(values.get("expected_at"))
    found = {"arrived_on": on.isoformat() if on else "", "expected_at": clock.written(at) if at else ""}
    for key, text in found.items():
        if key in values and not text:
            raise UserError("arrival-when-unread", field=ARRIVAL[key].title, value=values[key])
    return {key: text for key, text in found.items() if key in values}


def _resident(session: Session, connection: Connection, committee: str, ref: str) -> str:
    _, row = places.resolve_in(connection, session, ref, "resident")
    if session.committee_of(connection, "resident", row) != committee:
        raise UserError("arrival-other-committee", path=ref)
    return row


def _committee(session: Session, connection: Connection, named: str) -> str:
    """At a centre the committee of this name, the office for ""; at a committee its own."""
    if session.role == "committee":
        return session.committee_id
    return enrolment.committee_named(connection, named) if named else session.office


# ---------------------------------------------------------------- steps


def step(session: Session, arrival: str, state: str, *, at: datetime | None = None, **details: str) -> Change:
    """One step on the way. state: one of the catalogue's, or its name on the command line (`domain.arrivals.NAMES`).

    at: when it was, now if None; it may be keyed later. details: by, to, vehicle, why, expected (ISO).
    Raises UserError: arrival-unknown, arrival-step, arrival-state-unknown, time-future, time-too-early, time-before-step,
    arrival-not-yet, arrival-use-reassign.
    """
    session.require("arrivals.write")
    state = arrivals.NAMES.get(state, state)
    if state == arrivals.REASSIGNED:
        raise UserError("arrival-use-reassign")
    if state not in arrivals.PLACES:
        raise UserError("arrival-state-unknown", state=state, possible="、".join(arrivals.NAMES))
    now = session.now()
    with session.db.reading() as connection:
        committee, values = arrival_rows.one(session, connection, arrival)
    written = arrivals.step(values, state, at or now, now) | _details(session, state, details)
    with session.writing("change", committee) as writing:
        writing.change("arrival", arrival, {key: value for key, value in written.items() if values.get(key) != value})
    return Change(arrival, tuple(written), writing.batch)


def _details(session: Session, state: str, details: Mapping[str, str]) -> Values:
    """What is told with a step, under its fields. Who brought somebody home is this account if nobody is named."""
    if wrong := [key for key in details if key not in TOLD]:
        raise UserError("field-unknown", field=wrong[0], entity=ARRIVAL.title)
    where = arrivals.PLACES[state]
    told = {where[key]: text.strip() for key, text in details.items() if key in where and text and text.strip()}
    if "expected_at" in told:
        if (expected := clock.moment(told["expected_at"])) is None:
            raise UserError("value-refused", field=ARRIVAL["expected_at"].title, reason="field-type")
        told["expected_at"] = clock.written(expected)
    if state == arrivals.HOME:
        told.setdefault("home_by", session.account)
    _must_be_receivable(told)
    return told


def notified(session: Session, arrival: str, *, to: str, by: str = "", at: datetime | None = None) -> Change:
    """已电话通知: the centre told a committee by telephone, to whom and when; it is the step that is timed.

    Raises UserError: arrival-unknown, arrival-centre-only, arrival-without-committee, field-needed, time-future.
    """
    session.require("arrivals.write")
    if session.role != "centre":
        raise UserError("arrival-centre-only")
    if not to.strip():
        raise UserError("field-needed", field=ARRIVAL["notified_to"].title, key="notified_to")
    now = session.now()
    if at is not None and at > now:
        raise UserError("time-future", at=clock.written(at)[:16].replace("T", " "), now=clock.written(now)[:16])
    with session.db.reading() as connection:
        committee, _ = arrival_rows.one(session, connection, arrival)
    if committee == session.office:
        raise UserError("arrival-without-committee")
    values = {
        "notified_at": clock.written(at or now), "notified_to": to.strip(), "notified_by": by.strip() or session.account,
    }  # fmt: skip
    _must_be_receivable(values)
    with session.writing("change", committee) as writing:
        writing.change("arrival", arrival, values)
    return Change(arrival, tuple(values), writing.batch)


# ---------------------------------------------------------------- to which door


def match(session: Session, arrival: str, household: str) -> Change:
    """Say at which household somebody will stay: a path or an id; a door without a household gets one.

    Whoever is called so there is the person. Raises UserError: arrival-unknown, path-unknown, path-ambiguous,
    arrival-other-committee, arrival-ended.
    """
    session.require("arrivals.write")
    with session.db.reading() as connection:
        committee, values = arrival_rows.one(session, connection, arrival)
        if arrivals.state_of(values) in (arrivals.REASSIGNED, arrivals.CANCELLED):
            raise UserError("arrival-ended", state=arrivals.state_of(values))
        home, dwelling = _household(session, connection, committee, household)
        known = str(values.get("resident") or "")
        name = str(values.get("person_name") or "")
        resident = arrival_rows.in_household(connection, committee, home, name) if home else ""
        lives = (present.one(connection, committee, "resident", known) or {}).get("household") if known else None
    with session.writing("change", committee) as writing:
        if not home:
            home = str(ids.new_id())
            writing.change("household", home, {"dwelling": dwelling})
        kept = known if lives == home else resident  # whom a list had found at another door is not whoever stays here
        written = {"household": home, "resident": kept or None}
        writing.change("arrival", arrival, {key: value for key, value in written.items() if values.get(key) != value})
    return Change(arrival, ("household", "resident"), writing.batch)


def _household(session: Session, connection: Connection, committee: str, ref: str) -> tuple[str, str]:
    """(household, dwelling): household "" for a door that has none yet."""
    try:
        _, row = places.resolve_in(connection, session, ref, "household")
        entity, dwelling = "household", ""
    except UserError as error:
        if error.code != "path-unknown":
            raise
        entity, dwelling = places.resolve_in(connection, session, ref, "dwelling")
        row = ""
    if session.committee_of(connection, entity, row or dwelling) != committee:
        raise UserError("arrival-other-committee", path=ref)
    return row, dwelling


def register(session: Session, arrival: str) -> Change:
    """Make a resident of somebody who is not on the books: name and phone, in the household that was matched.

    If somebody there is called so already, that is the person. Raises UserError: arrival-unknown, arrival-no-household.
    """
    session.require("arrivals.write")
    with session.db.reading() as connection:
        committee, values = arrival_rows.one(session, connection, arrival)
        household, name = str(values.get("household") or ""), str(values.get("person_name") or "")
        if not household or not name:
            raise UserError("arrival-no-household")
        resident = str(values.get("resident") or "")
        resident = resident or arrival_rows.in_household(connection, committee, household, name)
        row = resident or str(ids.new_id())
    person: Values = {"household": household, "name": name, "status": "在住"}
    if phone := values.get("person_phone"):
        person["phones"] = [{"number": phone}]
    with session.writing("create", committee) as writing:
        if not resident:
            writing.change("resident", row, stored(session, "resident", row, person, committee))
        if values.get("resident") != row:
            writing.change("arrival", arrival, {"resident": row})
    return Change(row, ("resident",), writing.batch)


# ---------------------------------------------------------------- to which committee


def reassign(session: Session, arrival: str, committee: str, why: str = "") -> Values:
    """To another committee. The centre makes a new row there, with a code of its own, and closes the old one (已改派).

    A committee only asks: it stays responsible until the centre has decided; its row says to whom and why. committee: a
    name, code or id; "": back to the centre, where it waits for an address. Returns id (of the new row, at a committee of
    the old one), committee and batches, in the order in which they are undone.
    Raises UserError: arrival-unknown, arrival-step, committee-unknown, arrival-same-committee, not-enrolled, field-needed.
    """
    session.require("arrivals.write")
    with session.db.reading() as connection:
        old, values = arrival_rows.one(session, connection, arrival)
        arrivals.STEPS.to(arrivals.state_of(values) or arrivals.WAITED, arrivals.REASSIGNED)
        street = enrolment.need(connection)[1].street
        to = enrolment.committee_named(connection, committee) if committee else ""
        if session.role == "committee":
            if not why.strip():
                raise UserError("field-needed", field=ARRIVAL["state_why"].title, key="state_why")
            asked: Values = {"reassigned_to": to or street, "state_why": why.strip()}
        else:
            to = to or session.office
            row, made = arrival_rows.new_row(session, connection, to)
    if to == old:
        raise UserError("arrival-same-committee")
    if session.role == "committee":
        _must_be_receivable(asked)
        with session.writing("change") as writing:
            writing.change("arrival", arrival, asked)
        return {"id": arrival, "committee": old, "batches": [writing.batch]}
    return _to_other(session, arrival, values, (old, to), (row, made), why.strip())


def _to_other(
    session: Session, arrival: str, values: Values, between: tuple[str, str], new: tuple[str, Values], why: str
) -> Values:
    """First the new row, then the end of the old one: cut short between the two, somebody stands twice and is not lost."""
    (old, to), (row, made) = between, new
    carried = {key: values[key] for key in arrivals.CARRIED if values.get(key) is not None}
    carried |= at_the_address(session, to, carried)
    state = arrivals.PICKED_UP if values.get("picked_up_at") else arrivals.WAITED
    with session.writing("create", to) as writing:
        writing.change("arrival", row, {"state": state, **carried, **made, "reassigned_from": old})
    made_in = writing.batch
    closed = {"state": arrivals.REASSIGNED, "reassigned_to": to} | ({"state_why": why} if why else {})
    _must_be_receivable(closed)
    with session.writing("change", old) as writing:
        writing.change("arrival", arrival, closed)
    return {"id": row, "committee": to, "batches": [writing.batch, made_in]}


def decline(session: Session, arrival: str, why: str) -> Change:
    """The centre leaves somebody with the committee that asked to be relieved of it, and says why.

    Raises UserError: arrival-unknown, arrival-centre-only, arrival-not-asked, field-needed.
    """
    session.require("arrivals.write")
    if session.role != "centre":
        raise UserError("arrival-centre-only")
    if not why.strip():
        raise UserError("field-needed", field=ARRIVAL["state_why"].title, key="state_why")
    with session.db.reading() as connection:
        committee, values = arrival_rows.one(session, connection, arrival)
    if not arrivals.is_open(values) or not values.get("reassigned_to"):
        raise UserError("arrival-not-asked")
    with session.writing("change", committee) as writing:
        writing.change("arrival", arrival, {"reassigned_to": None, "state_why": why.strip()})
    return Change(arrival, ("reassigned_to", "state_why"), writing.batch)


def spoken_code(values: Mapping[str, Any]) -> str:
    """The contact code in two groups, to be read out; "" where there is none."""
    code = values.get("contact_code")
    return contact_codes.spoken(str(code)) if code else ""
