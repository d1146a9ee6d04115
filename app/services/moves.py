"""迁移: a person moves from one committee of the street to another (ledger-and-bundles.md §3).

The old committee offers, the centre carries, the new committee accepts or says no, the centre closes: each by an entry in
a chain of its own, so it works with sticks that come late, twice or never. Nobody is lost in between: the old row, and
whoever isolates with a duty on it, stays open until the acceptance is back (services/carrying.py). Longer than most files:
both sides of a move, and leaving the street altogether, are one set of questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from app.db import history, present, transfers
from app.db.connection import Connection
from app.db.rows import Reader
from app.domain import clock, fields, ids, isolation, moves
from app.domain.findings import UserError
from app.domain.values import parse
from app.domain.versions import open_versions
from app.services import carrying, case_rows, committees, enrolment, places
from app.services.due import MOVED_WITHIN
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, presented

MOVE = "move"
CASE = "isolation_case"


# ---------------------------------------------------------------- the old committee


def offer(session: Session, resident: str, to: str) -> Values:
    """Offer a person to another committee of the street (its code, name or id): {id, offer, to, batch}.

    A running isolation case goes along; until the acceptance is back the duty stays here.
    Raises UserError: path-unknown, committee-unknown, move-already, move-only-committee, not-enrolled; Refused.
    """
    session.require("moves.offer")
    done = offer_many(session, [resident], to)
    return {**done["moved"][0], "to": done["to"], "batch": done["batch"]}


def offer_many(session: Session, residents: Sequence[str], to: str) -> Values:
    """Offer several at once, a whole household: {moved: [{id, offer}], to, batch}, one batch for all of them.

    Raises as `offer`, and then nobody is offered; move-nobody for an empty list.
    """
    session.require("moves.offer")
    _only_committee(session)
    with session.db.reading() as connection:
        rows = [places.resolve_in(connection, session, each, "resident")[1] for each in dict.fromkeys(residents)]
        target = enrolment.committee_named(connection, to)
        if target == session.committee_id:
            raise UserError("committee-unknown", name=to)
        for row in rows:
            values = present.one(connection, session.committee_id, "resident", row) or {}
            if moves.state_of(values) in (moves.OFFERED, moves.CLOSED) or _is_closed(connection, session, row):
                raise UserError("move-already", name=values.get("name", ""))
    if not rows:
        raise UserError("move-nobody")
    at = clock.written(session.now())
    made = {row: str(ids.new_id()) for row in rows}
    with session.writing("change") as writing:
        for row, each in made.items():
            writing.change("resident", row, {MOVE: moves.offered(each, target, at)})
    return {"moved": [{"id": row, "offer": each} for row, each in made.items()], "to": target, "batch": writing.batch}


def household_of(session: Session, household: str) -> list[str]:
    """Ids of those of a household (id or path) who live here and are not moving yet: whom `offer_many` would take."""
    session.require("moves.read")
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, household, "household")
        people = present.where(
            connection, session.committee_of(connection, "household", row), "resident", household=row
        )
    return [
        each["id"] for each in people
        if str(each.get("status") or "在住") in fields.LIVING_HERE and moves.state_of(each) not in (moves.OFFERED, moves.CLOSED)
    ]  # fmt: skip


def isolates(session: Session, resident: str) -> bool:
    """Would a running case go along with this person (id)?"""
    session.require("moves.read")
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "resident", resident)
        return bool(moves.running(transfers.cases_of(connection, committee, resident)))


def cancel(session: Session, resident: str) -> Change:
    """Take an offer back, or put one aside that was refused. If the other side has accepted meanwhile, both are told by a
    conflict; if nobody was taken in yet, the centre withdraws what it carried.

    Raises UserError: path-unknown, move-none, move-already (the other side has accepted).
    """
    session.require("moves.offer")
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        values = present.one(connection, session.committee_id, "resident", row) or {}
        if _is_closed(connection, session, row):
            raise UserError("move-already", name=values.get("name", ""))
    if not (moves.state_of(values) == moves.OFFERED or _is_returned(values)):
        raise UserError("move-none", name=values.get("name", ""))
    with session.writing("change") as writing:
        writing.change("resident", row, {MOVE: None})
    return Change(row, (MOVE,), writing.batch)


def _is_returned(values: Mapping[str, Any]) -> bool:
    """Is this the old row of somebody whom the other committee would not take?"""
    return moves.state_of(values) == moves.REFUSED and "to" in values[MOVE]


def _is_closed(connection: Connection, session: Session, row: str) -> bool:
    """Does a closing stand, perhaps beside something else? The person lives at the other committee then."""
    standing = open_versions(Reader(connection, session.committee_id).members(row), MOVE)
    return any(moves.state_of({MOVE: write.value}) == moves.CLOSED for write in standing.values())


def _only_committee(session: Session) -> None:
    if session.role != "committee":
        raise UserError("move-only-committee")


def leave_street(
    session: Session, resident: str, *, status: str = "迁出", whereabouts: str, receiver_unit: str = "",
    receiver_name: str = "", receiver_phone: str = "", handed_over_at: str = "", on: date | None = None,
) -> Values:  # fmt: skip
    """Somebody leaves the street: status (迁出 or 暂离) with whereabouts, and a running case ends 转出, in one batch.

    Of whoever isolates, unit, person, telephone and time of the hand-over are compulsory. handed_over_at: ISO 8601.
    Returns id, cases (ids that ended), batch. Raises UserError as `leave_many`; Refused.
    """
    session.require("isolation.write")
    done = leave_many(
        session, [resident], status=status, whereabouts=whereabouts, receiver_unit=receiver_unit,
        receiver_name=receiver_name, receiver_phone=receiver_phone, handed_over_at=handed_over_at, on=on,
    )  # fmt: skip
    return {"id": done["left"][0], "cases": done["cases"], "batch": done["batch"]}


def leave_many(
    session: Session, residents: Sequence[str], *, status: str = "迁出", whereabouts: str, receiver_unit: str = "",
    receiver_name: str = "", receiver_phone: str = "", handed_over_at: str = "", on: date | None = None,
) -> Values:  # fmt: skip
    """Several leave the street together, to one place and into one receiver's hands: {left: ids, cases, batch}, one batch.

    Raises, and then nobody leaves, UserError: path-unknown, move-nobody, move-committees (of two committees), leave-status,
    leave-whereabouts, leave-future, receiver-needed, receiver-time, isolation-time-future, handed-before-case,
    isolation-phone, move-already (somebody is offered to another committee), isolation-step; Refused.
    """
    session.require("isolation.write")
    if status not in moves.LEAVING:
        raise UserError("leave-status", value=status)
    if not whereabouts.strip():
        raise UserError("leave-whereabouts")
    now = session.now()
    if on is not None and on > now.date():
        raise UserError("leave-future", date=on.isoformat(), today=now.date().isoformat())
    day = (on or now.date()).isoformat()
    receiver = {
        "receiver_unit": receiver_unit, "receiver_name": receiver_name, "receiver_phone": receiver_phone,
        "handed_over_at": handed_over_at,
    }  # fmt: skip
    with session.db.reading() as connection:
        rows, committee = _who_leaves(session, connection, residents)
        running = [case for row in rows for case in moves.running(transfers.cases_of(connection, committee, row))]
    if running:
        moves.require_receiver(receiver)
        receiver |= _handed_over(handed_over_at, receiver_phone, running, on, now)
    with session.writing("change", committee) as writing:
        for row in rows:
            writing.change("resident", row, {"status": status, "status_since": day, "whereabouts": whereabouts.strip()})
        for case in running:
            state = isolation.STEPS.to(str(case["state"]), "转出")
            writing.change(CASE, str(case["id"]), {
                **receiver, "state": state, "closed_on": day, "close_reason": whereabouts.strip(),
                "closed_by": session.account,
                **({"alert_done_at": case_rows.handled_at(case, now)} if case_rows.has_alert(case) else {}),
            })  # fmt: skip
    return {"left": rows, "cases": [each["id"] for each in running], "batch": writing.batch}


def _who_leaves(session: Session, connection: Connection, residents: Sequence[str]) -> tuple[list[str], str]:
    """(ids, their committee). Raises UserError: path-unknown, move-nobody, move-committees, move-already."""
    asked = [places.resolve_in(connection, session, each, "resident")[1] for each in residents]
    rows = list(dict.fromkeys(asked))
    found = {session.committee_of(connection, "resident", row) for row in rows}
    if not found:
        raise UserError("move-nobody")
    if len(found) > 1:
        raise UserError("move-committees")
    (committee,) = found
    for row in rows:
        values = present.one(connection, committee, "resident", row) or {}
        if moves.state_of(values) == moves.OFFERED:
            raise UserError("move-already", name=values.get("name", ""))
    return rows, committee


def _handed_over(
    text: str, phone: str, running: Sequence[Mapping[str, Any]], on: date | None, now: datetime
) -> dict[str, str]:
    """Time and telephone of a hand-over as they are kept. Raises UserError: isolation-time-future, handed-before-case,
    isolation-phone."""
    moment, field = clock.moment(text), fields.ISOLATION_CASE["receiver_phone"]
    assert moment is not None  # asked by require_receiver
    if moment > now + timedelta(minutes=5):  # another clock on the wall
        raise UserError("isolation-time-future", at=clock.written(moment)[:16], now=clock.written(now)[:16])
    for case in running:
        left = moment if on is None or on >= moment.date() else datetime.combine(on, time(), clock.SHANGHAI)
        isolation.require_begun(isolation.stages_of(case), str(case["state"]), left)
    read = parse(field, phone)
    if read.problem or not read.value:
        raise UserError("isolation-phone", field=field.title, value=phone)
    return {"handed_over_at": clock.written(moment), "receiver_phone": str(read.value)}


# ---------------------------------------------------------------- the new committee


def accept(session: Session, resident: str, household: str) -> Change:
    """Take in a person whom the centre brought: household is a path or an id here. The duty of a running case begins today.

    Raises UserError: path-unknown, path-ambiguous, move-none.
    """
    session.require("moves.accept")
    return accept_many(session, [resident], household)


def accept_many(session: Session, residents: Sequence[str], household: str) -> Change:
    """The same of several who move together into one household, in one batch; `id` is the first one's. Raises as `accept`."""
    session.require("moves.accept")
    _only_committee(session)
    with session.db.reading() as connection:
        people = [_arrived(session, connection, each) for each in dict.fromkeys(residents)]
        _, home = places.resolve_in(connection, session, household, "household")
        taken = {row["id"]: _to_take(connection, session.committee_id, row["id"]) for row in people}
    if not people:
        raise UserError("move-nobody")
    for row in people:
        if moves.state_of(row) != moves.ARRIVED and not taken[row["id"]]:
            raise UserError("move-none", name=row.get("name", ""))
    today = session.now().date().isoformat()
    with session.writing("change") as writing:
        for row in people:
            if moves.state_of(row) == moves.ARRIVED:
                told = {"household": home, "status": "在住", MOVE: moves.accepted(row[MOVE])}
                writing.change("resident", row["id"], told)
            for case in taken[row["id"]]:
                state = isolation.STEPS.to(str(case["state"]), "在管")
                writing.change(CASE, str(case["id"]), {"state": state, "duty_since": today})
    return Change(people[0]["id"], ("household", MOVE), writing.batch)


def refuse(session: Session, resident: str, why: str) -> Change:
    """Say no to a person whom the centre brought. The old committee is told why; its duty never ended.

    Raises UserError: path-unknown, move-none, move-why.
    """
    session.require("moves.accept")
    _only_committee(session)
    if not why.strip():
        raise UserError("move-why")
    with session.db.reading() as connection:
        row = _arrived(session, connection, resident)
        cases = transfers.cases_of(connection, session.committee_id, row["id"])
    if moves.state_of(row) != moves.ARRIVED:
        raise UserError("move-none", name=row.get("name", ""))
    with session.writing("change") as writing:
        told = moves.refused(row[MOVE], why.strip())
        carrying.give_up(writing, row, told, cases, session.now().date().isoformat())
    return Change(row["id"], (MOVE,), writing.batch)


def _arrived(session: Session, connection: Connection, resident: str) -> Values:
    _, row = places.resolve_in(connection, session, resident, "resident")
    return present.one(connection, session.committee_id, "resident", row) or {"id": row}


def _to_take(connection: Connection, committee: str, resident: str) -> list[Values]:
    """Carried cases that nobody here has taken over yet."""
    return [
        each for each in transfers.cases_of(connection, committee, resident)
        if each.get("moved_from") and each.get("state") == carrying.WAITING
    ]  # fmt: skip


# ---------------------------------------------------------------- who waits


def pending(session: Session) -> list[Values]:
    """Moves under way, at a centre those of every committee, longest waiting first.

    id and resident (both the person), household, due (until when it should be settled), offer, name, state (offered,
    arrived; refused: the other committee would not take the person, the offer's why is in `why`), committee, path, other (the other committee's name), together (ids of others of the same act), since (ISO) and
    days: how long it waits. isolating: whether a case runs; of it case, stage_day, stage_days (of the present stage),
    case_day, case_days (of the whole), case_state, contact_code.
    """
    session.require("moves.read")
    now = session.now()
    with session.db.reading() as connection:
        names = _names(session, connection)
        found = [
            each for committee in session.scope(connection) for each in _of(session, connection, committee, names, now)
        ]  # fmt: skip
    for each in found:
        each["together"] = [
            other["id"] for other in found
            if other is not each and each["_act"] and other["_act"] == each["_act"]
        ]  # fmt: skip
    for each in found:
        del each["_act"]
    return sorted(found, key=lambda each: str(each["since"]))


def _of(
    session: Session, connection: Connection, committee: str, names: Mapping[str, str], now: datetime
) -> Iterable[Values]:
    reader = Reader(connection, committee)
    running = transfers.isolating(connection, [committee])
    for row in present.moving(connection, committee):
        if not moves.is_move(move := row[MOVE]):
            continue
        cases = transfers.cases_of(connection, committee, row["id"]) if row["id"] in running else []
        late = move["state"] == moves.ACCEPTED and any(
            each.get("moved_from") and each.get("state") == carrying.WAITING for each in cases
        )  # a case that was opened elsewhere after the person had been taken in here
        if not (late or move["state"] in (moves.OFFERED, moves.ARRIVED) or _is_returned(row)):
            continue
        shown = presented(session, "resident", row, sensitive=False, phones=False)
        since = move.get("at") or str(
            history.origin(reader, max(transfers.standing(connection, committee, row["id"])))["at"]
        )
        yield {
            "id": row["id"], "resident": row["id"], "household": row.get("household"), "due": _due(since),
            "name": shown.get("name", ""), "state": moves.ARRIVED if late else move["state"],
            "committee": committee, "path": places.path_of(connection, committee, "resident", row["id"]),
            "other": names.get(str(move.get("to") or move.get("of")), ""), "offer": move["offer"],
            "since": since, "days": _days(since, now), "why": move.get("why", ""),
            "_act": (committee, move["state"], move.get("of") or move.get("to"), move["at"]) if "at" in move else None,
            **_isolating(moves.running(cases), now.date()),
        }  # fmt: skip


def _due(since: str) -> str | None:
    """Until when a move should be settled."""
    moment = clock.moment(since)
    return clock.written(moment + MOVED_WITHIN) if moment else None


def _days(since: str, now: datetime) -> int:
    """Whole days by the calendar: offered yesterday evening is one day."""
    moment = clock.moment(since)
    return max(0, (now.date() - moment.date()).days) if moment else 0


def _isolating(running: Sequence[Mapping[str, Any]], on: date) -> Values:
    if not running:
        return {"isolating": False}
    case = running[0]
    told: Values = {
        "isolating": True, "case": case["id"], "case_state": case.get("state"), "contact_code": case.get("contact_code", ""),
    }  # fmt: skip
    if stages := isolation.stages_of(case):
        at = isolation.progress(stages, str(case["state"]), (), on)
        told |= {
            "stage_day": at.day, "stage_days": at.days, "case_day": at.total_day, "case_days": at.total_days,
            "measure": at.measure,
        }  # fmt: skip
    return told


def _names(session: Session, connection: Connection) -> dict[str, str]:
    registry = enrolment.held(connection)
    names = {member.committee: member.name for member in registry[1].members} if registry else {}
    return names | {row["id"]: str(row.get("name", "")) for row in committees.known(session, connection)}


# ---------------------------------------------------------------- after each bundle


def carry(session: Session) -> list[Values]:
    """After every bundle. At the centre: open offered people and their running cases at the new committee, close those
    accepted, tell of refusals, withdraw what is not offered any more, repeat erasures. At a committee: whoever was taken in
    here while it was withdrawn elsewhere stays taken in.

    Returns what was done: {act, id, committee}; what must wait for a ring is left for later.
    """
    session.require("bundles.merge")
    done: list[Values] = []
    if session.role != "centre":
        with session.db.reading() as connection:
            doubtful = transfers.unsettled(connection)
            rows = [each for each in present.moving(connection, session.committee_id) if each["id"] in doubtful]
        return [each for row in rows for each in carrying.settle(session, session.committee_id, row)]
    while now := carrying.once(session):  # whoever moves on at once is closed here and opened there
        done += now
    return done
