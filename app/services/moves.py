"""迁移: a person moves from one committee of the street to another (ledger-and-bundles.md §3).

The old committee offers, the centre carries, the new committee accepts, the centre closes: each by an entry in a chain
of its own, so it works with sticks that come late, twice or never. Nobody is lost in between: the old row stays open
until the acceptance is back.
"""

from __future__ import annotations

from app.db import history, ledger, present
from app.db.connection import Connection
from app.db.rows import Reader
from app.db.seal import is_sealed
from app.domain import ids, moves
from app.domain.findings import NotTrusted, UserError
from app.domain.isolation import ACTIVE
from app.domain.versions import DELETED, Version, open_versions
from app.services import committees, enrolment, places
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, opened, presented, stored

MOVE = "move"


# ---------------------------------------------------------------- the old committee


def offer(session: Session, resident: str, to: str) -> Values:
    """Offer a person to another committee of the street (its code, name or id): {id, offer, to, batch}.

    Raises UserError: path-unknown, committee-unknown, move-already, move-in-isolation, move-only-committee,
    not-enrolled; Refused.
    """
    session.require("moves.offer")
    _only_committee(session)
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        target = enrolment.committee_named(connection, to)
        if target == session.committee_id:
            raise UserError("committee-unknown", name=to)
        values = present.one(connection, session.committee_id, "resident", row) or {}
        if moves.state_of(values) in (moves.OFFERED, moves.CLOSED) or _is_closed(connection, session, row):
            raise UserError("move-already", name=values.get("name", ""))
        cases = present.where(connection, session.committee_id, "isolation_case", resident=row)
        if any(each.get("state") in ACTIVE for each in cases):
            raise UserError("move-in-isolation", name=values.get("name", ""))
    made = str(ids.new_id())
    with session.writing("change") as writing:
        writing.change("resident", row, {MOVE: moves.offered(made, target)})
    return {"id": row, "offer": made, "to": target, "batch": writing.batch}


def cancel(session: Session, resident: str) -> Change:
    """Take an offer back. If the other side has accepted meanwhile, both are told by a conflict.

    Raises UserError: path-unknown, move-none, move-already (the other side has accepted).
    """
    session.require("moves.offer")
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        values = present.one(connection, session.committee_id, "resident", row) or {}
        if _is_closed(connection, session, row):
            raise UserError("move-already", name=values.get("name", ""))
    if moves.state_of(values) != moves.OFFERED:
        raise UserError("move-none", name=values.get("name", ""))
    with session.writing("change") as writing:
        writing.change("resident", row, {MOVE: None})
    return Change(row, (MOVE,), writing.batch)


def _is_closed(connection: Connection, session: Session, row: str) -> bool:
    """Does a closing stand, perhaps beside something else? The person lives at the other committee then."""
    standing = open_versions(Reader(connection, session.committee_id).members(row), MOVE)
    return any(moves.state_of({MOVE: write.value}) == moves.CLOSED for write in standing.values())


def _only_committee(session: Session) -> None:
    if session.role != "committee":
        raise UserError("move-only-committee")


# ---------------------------------------------------------------- the new committee


def accept(session: Session, resident: str, household: str) -> Change:
    """Take in a person whom the centre brought: household is a path or an id here.

    Raises UserError: path-unknown, path-ambiguous, move-none.
    """
    session.require("moves.accept")
    _only_committee(session)
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        _, home = places.resolve_in(connection, session, household, "household")
        values = present.one(connection, session.committee_id, "resident", row) or {}
    if moves.state_of(values) != moves.ARRIVED:
        raise UserError("move-none", name=values.get("name", ""))
    with session.writing("change") as writing:
        writing.change("resident", row, {"household": home, MOVE: moves.accepted(values[MOVE])})
    return Change(row, ("household", MOVE), writing.batch)


def pending(session: Session) -> list[Values]:
    """Moves under way, at a centre those of every committee: id, name, state, path, committee, offer, other (the
    other committee's name)."""
    session.require("moves.read")
    with session.db.reading() as connection:
        names = _names(session, connection)
        found = []
        for committee in session.scope(connection):
            for row in present.moving(connection, committee):
                state, move = moves.state_of(row), row[MOVE]
                if state not in (moves.OFFERED, moves.ARRIVED):
                    continue
                shown = presented(session, "resident", row, sensitive=False, phones=False)
                found.append({
                    "id": row["id"], "name": shown.get("name", ""), "state": state, "committee": committee,
                    "path": places.path_of(connection, committee, "resident", row["id"]),
                    "other": names.get(str(move.get("to") or move.get("of")), ""), "offer": move["offer"],
                })  # fmt: skip
    return found


def _names(session: Session, connection: Connection) -> dict[str, str]:
    registry = enrolment.held(connection)
    names = {member.committee: member.name for member in registry[1].members} if registry else {}
    return names | {row["id"]: str(row.get("name", "")) for row in committees.known(session, connection)}


# ---------------------------------------------------------------- the centre, after each bundle


def carry(session: Session) -> list[Values]:
    """What the centre does after every bundle: open offered people at their new committee, close those accepted, repeat
    erasures of the old row. Returns what was done: {act, id, committee}; what must wait for a ring is left for later.
    """
    session.require("bundles.merge")
    if session.role != "centre":
        return []
    done: list[Values] = []
    while now := _carry_once(session):  # whoever moves on at once is closed here and opened there
        done += now
    return done


def _carry_once(session: Session) -> list[Values]:
    with session.db.reading() as connection:
        rows = [
            (committee, row)
            for committee in session.scope(connection) for row in present.moving(connection, committee)
            if moves.is_move(row[MOVE])
        ]  # fmt: skip
        came = {row["id"]: _came(connection, committee, row) for committee, row in rows if row.get("moved_from")}
    done: list[Values] = []
    for committee, values in rows:
        move, accepted = came.get(values["id"], (None, False))
        if move is not None:
            done += _repeat_erasures(session, committee, str(move["of"]), values)
            done += _close(session, committee, move, str(values["moved_from"])) if accepted else []
        if moves.state_of(values) == moves.OFFERED:
            done += _open(session, committee, values)
    return done


def _came(connection: Connection, committee: str, values: Values) -> tuple[moves.Move | None, bool]:
    """How a person came to a committee, whatever was said of a further move since, and whether it was accepted."""
    versions = Reader(connection, committee).row(values["id"]).counting(MOVE).values()
    states = [write.value for write in versions if moves.is_move(write.value) and "of" in write.value]
    accepted = [each for each in states if each["state"] == moves.ACCEPTED]
    found = (accepted or states or [None])[0]
    return found, bool(accepted)


def _open(session: Session, committee: str, values: Values) -> list[Values]:
    move = values[MOVE]
    row, to = ids.moved_id(move["offer"]), str(move["to"])
    with session.db.reading() as connection:
        if not _is_neighbour(session, connection, committee, to) or Reader(connection, to).known(row):
            return []
        erased = history.erases_of(connection, committee, values["id"])
    try:
        now = opened(session, "resident", {key: values[key] for key in ("id", *moves.CARRIED) if key in values})
    except NotTrusted:
        return []  # a sealed value of this person is broken: nobody else waits for it
    told = {key: value for key, value in now.items() if key in moves.CARRIED}
    if session.sealing_ring(to) is None or any(map(is_sealed, told.values())):
        return []  # a ring has not come yet: the next bundle tries again
    kept = stored(session, "resident", row, told, to)
    kept |= {"moved_from": values["id"], MOVE: moves.arrived(move["offer"], committee), DELETED: False}
    seen = [ids.repeated_id(erase) for erase, _, _ in erased]
    with session.writing("create", to) as writing:
        writing.write("resident", row, kept, {}, erases=seen)
    return [{"act": "opened", "id": row, "committee": to}]


def _is_neighbour(session: Session, connection: Connection, committee: str, to: str) -> bool:
    """Another committee of the street, and one that this account is given."""
    found = enrolment.held(connection)
    known = found is not None and bool(found[1].active("committee", to))
    return known and to != committee and session.is_given(connection, to)


def _close(session: Session, to: str, move: moves.Move, old: str) -> list[Values]:
    """Close the old row at an acceptance: over the offer alone, so that a cancelling stands beside it as a conflict.

    Only where the old committee did offer that person to this one: an acceptance alone says nothing.
    """
    committee, offered = str(move["of"]), moves.offered(move["offer"], to)
    with session.db.reading() as connection:
        if not _is_neighbour(session, connection, to, committee):
            return []
        row = Reader(connection, committee).row(old)
        base: list[Version] = [v for v, write in row.keys.get(MOVE, {}).items() if write.value == offered]
        if not base or any(write.value == moves.closed(offered) for write in row.counting(MOVE).values()):
            return []
        name = _names(session, connection).get(to, "")
        shown = present.one(connection, committee, "resident", old) or {}
    with session.writing("change", committee) as writing:
        writing.write("resident", old, {MOVE: moves.closed(offered)}, {MOVE: base})
        if shown.get(MOVE) == offered:
            since = session.now().date().isoformat()
            writing.change("resident", old, {"status": "迁出", "status_since": since, "whereabouts": name})
    return [{"act": "closed", "id": old, "committee": committee}]


def _repeat_erasures(session: Session, committee: str, of: str, values: Values) -> list[Values]:
    """An erase of the old row covers what was carried of it, unless the carrying had seen it.

    One that says of itself that only the old committee's purpose has ended is not repeated: the person lives here.
    """
    with session.db.reading() as connection:
        row, old = str(values["id"]), str(values["moved_from"])
        here = {erase for erase, _, _ in history.erases_of(connection, committee, row)}
        seen, carried = history.created_with(connection, committee, row)
        owed = [
            (again, retention)
            for erase, retention, named in history.erases_of(connection, of, old)
            if (again := ids.repeated_id(erase)) not in here | seen | {*named} and retention in carried
        ]
    if not owed:
        return []
    with session.writing("erase", committee) as writing:
        for erase, retention in owed:
            ledger.erase(writing, "resident", row, retention, erase_id=erase)
    return [{"act": "erased", "id": row, "committee": committee}]
