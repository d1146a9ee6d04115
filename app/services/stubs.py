"""电话登记: what a committee writes down at the telephone under a 联络码, before the centre's bundle is there.

The row's id follows from committee, entity and code, so the bundle joins it whichever comes first. What both sides wrote of
its state without knowing of each other is settled here after each bundle: the furthest step counts, on every PC alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.db import arriving, history, present
from app.db.connection import Connection
from app.db.rows import Reader
from app.domain import arrivals, clock, contact_codes, deciding, ids, incidents, strict
from app.domain.fields import ENTITIES, INCIDENT
from app.domain.findings import UserError
from app.domain.versions import Version, Write, open_versions
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values

WRITES = {"arrival": "arrivals.write", "incident": "incidents.write"}
ORDERS: Mapping[str, tuple[str, ...]] = {"arrival": arrivals.ORDER, "incident": INCIDENT["state"].choices}
"""entity -> its states, the furthest last."""
WAITS_WITH = ("id", "household", "resident", "contact_code", "heard", "heard_at", "heard_by")


def hear(
    session: Session, entity: str, code: str, *, heard: str = "", by: str = "", at: datetime | None = None
) -> Change:
    """Write down what the centre says on the telephone of an arrival or incident; a second time changes nothing.

    code: as it was typed. heard: who, where, what, in a few words. by: who took the call, this account if "".
    Raises UserError: contact-code-wrong, stub-only-committee, stub-unknown-kind, value-refused, time-future.
    """
    session.require(WRITES.get(entity, "arrivals.write"))
    if entity not in WRITES:
        raise UserError("stub-unknown-kind", entity=entity)
    if session.role != "committee":
        raise UserError("stub-only-committee")
    read, now = contact_codes.read(code), session.now()
    if at is not None and at > now:
        raise UserError("time-future", at=clock.written(at)[:16], now=clock.written(now)[:16])
    row = ids.stub_id(session.committee_id, entity, read)
    with session.db.reading() as connection:
        before = present.one(connection, session.committee_id, entity, row) or {}
    if before.get("heard_at"):
        return Change(row, (), "")
    values = {"contact_code": read, "heard_by": by.strip() or session.account, "heard_at": clock.written(at or now)}
    if heard.strip():
        values["heard"] = heard.strip()
    for key, value in values.items():
        if reason := strict.value_problem(ENTITIES[entity][key], value):
            raise UserError("value-refused", field=ENTITIES[entity][key].title, reason=reason)
    with session.writing("create") as writing:
        writing.change(entity, row, {key: value for key, value in values.items() if before.get(key) != value})
    return Change(row, tuple(values), writing.batch)


def waiting(session: Session) -> list[Values]:
    """Stubs whose bundle has not come, oldest first: id, household, resident, state, due (until when the bundle should be
    there), entity, committee, contact_code, heard, heard_at, heard_by, late."""
    session.require("arrivals.read")
    now, found = session.now(), []
    with session.db.reading() as connection:
        for committee in session.scope(connection):
            for entity in ORDERS:
                for row in arriving.stubs(connection, committee, entity):
                    told = {key: row.get(key) for key in WAITS_WITH}
                    since = contact_codes.waits_since(entity, row)
                    told |= {
                        "state": _state(entity, row),
                        "due": clock.written(since + contact_codes.WAITS) if since else None,
                    }
                    late = contact_codes.is_late(entity, row, now)
                    found.append({**told, "entity": entity, "committee": committee, "late": late})
    return sorted(found, key=lambda row: str(row["heard_at"] or ""))


def _state(entity: str, row: Values) -> str:
    if entity == "incident":
        return incidents.state_of(row)
    return arrivals.state_of(row) or arrivals.WAITED


def settle(session: Session) -> int:
    """Settle states that two PCs wrote without knowing of each other; returns how many.

    Only `state`: what else differs is a person's to decide. Every PC settles for itself and comes to the same value, and
    equal values are no conflict.
    """
    settled = 0
    with session.db.reading() as connection:
        found = {committee: _in_doubt(session, connection, committee) for committee in session.scope(connection)}
    for committee, rows in found.items():
        if not rows:
            continue
        with session.writing("decide", committee) as writing:
            for entity, row, state in rows:
                writing.change(entity, row, {"state": state})
                settled += 1
    return settled


def _in_doubt(session: Session, connection: Connection, committee: str) -> list[tuple[str, str, str]]:
    """(entity, row, the state that counts) of every conflict about a state that this account may settle."""
    reader, found = Reader(connection, committee), []
    for entity, row, of in history.conflicts(connection, committee):
        if of != "state" or entity not in ORDERS or not session.may(WRITES[entity]):
            continue
        members = deciding.alive(reader.members(row))
        standing = open_versions(members, of)
        written = {version: write for member in members for version, write in member.counting(of).items()}
        if standing and not any(_reopens(entity, write, written) for write in standing.values()):
            found.append((entity, row, _furthest(entity, [write.value for write in standing.values()])))
    return found


def _reopens(entity: str, write: Write, written: Mapping[Version, Write]) -> bool:
    """Did somebody take an incident up again that had ended? Then no step decides over it: a person does."""
    ended = (incidents.CLOSED, *incidents.ENDED)
    before = [each.value for version in write.replaces if (each := written.get(version)) is not None]
    return entity == "incident" and write.value not in ended and any(each in ended for each in before)


def _furthest(entity: str, states: list[object]) -> str:
    order = ORDERS[entity]
    known = [each for each in states if isinstance(each, str) and each in order]
    return max(known, key=order.index) if known else order[0]
