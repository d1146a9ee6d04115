"""What the centre does of moves after each bundle (ledger-and-bundles.md §3), and what a committee settles of its own.

The rule behind all of it: a person who isolates is never without duty. The old committee's case is closed only after the
new committee took its own over, an acceptance that counts outweighs a withdrawal it had not heard of, and where an
acceptance turns out not to count the duty goes back. All that is written follows from what the committees said, in
whatever order and however often it comes: ids and values are the same when a centre does it twice. Longer than most
files: carrying, closing and taking back are one rule, and whoever changes one must see the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from app.db import history, ledger, present, transfers
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import Reader
from app.db.seal import is_sealed
from app.db.transfers import MOVE
from app.domain import contact_codes, ids, isolation, moves
from app.domain.findings import NotTrusted
from app.domain.versions import DELETED, open_versions
from app.services import enrolment
from app.services.session import Session
from app.services.values import Values, opened, stored
from app.words import say

CASE = "isolation_case"
WAITING, RUNNING, LEFT = "待接", "在管", "转出"


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody who came to a committee: the new row, how far it got, and where the old one lies."""

    to: str
    row: Values
    move: moves.Move
    state: str

    @property
    def of(self) -> str:
        return str(self.move["of"])

    @property
    def old(self) -> str:
        return str(self.row.get("moved_from") or "")

    @property
    def offer(self) -> str:
        return str(self.move["offer"])

    @property
    def id(self) -> str:
        return str(self.row["id"])


def once(session: Session) -> list[Values]:
    """One round at the centre: {act, id, committee} of what was done. Asked again until nothing is left to do."""
    with session.db.reading() as connection:
        committees = session.scope(connection)
        rows = [
            (committee, row) for committee in committees for row in present.moving(connection, committee)
            if moves.is_move(row[MOVE])
        ]  # fmt: skip
        waiting = transfers.isolating(connection) | transfers.unsettled(connection)
        shown = {row["id"]: row[MOVE] for _, row in rows}
        people = []
        for committee, row in rows:
            if row.get("moved_from") and not _is_done(row, shown, waiting):
                move, state = transfers.came(connection, committee, row["id"])
                people += [Moved(committee, row, move, state)] if move is not None else []
    done = [each for moved in people for each in _follow(session, moved)]
    for committee, values in rows:
        if moves.state_of(values) == moves.OFFERED:
            done += _open(session, committee, values)
    return done


def _is_done(row: Values, shown: dict[str, Any], waiting: set[str]) -> bool:
    """Accepted and closed, nothing running on either side, nothing erased or in doubt: most of all moves ever made."""
    move, old = row[MOVE], str(row["moved_from"])
    return (
        move["state"] == moves.ACCEPTED and moves.closes(shown.get(old), move["offer"])
        and not {row["id"], old} & waiting
    )  # fmt: skip


def _follow(session: Session, moved: Moved) -> list[Values]:
    """What is owed of somebody who came to a committee."""
    done = _repeat_erasures(session, "resident", moved.to, moved.of, moved.id, moved.old)
    with session.db.reading() as connection:
        honest = (
            moved.id == ids.moved_id(moved.offer) and _is_neighbour(session, connection, moved.to, moved.of)
            and transfers.was_offered(connection, moved.of, moved.old, moved.offer, moved.to)
        )  # fmt: skip
    if not honest:
        return done  # an acceptance of what nobody offered says nothing
    if moved.state == moves.ACCEPTED:
        done += settle(session, moved.to, moved.row)
        done += _close(session, moved)
    else:
        done += _take_back(session, moved)
        done += _withdraw(session, moved) if moved.state == moves.ARRIVED else []
        done += _return(session, moved) if moved.state == moves.REFUSED else []
    return done + _cases(session, moved)


def _is_neighbour(session: Session, connection: Connection, committee: str, to: str) -> bool:
    """Another committee of the street, and one that this account is given."""
    found = enrolment.held(connection)
    known = found is not None and bool(found[1].active("committee", to))
    return known and to != committee and session.is_given(connection, to)


def _name(connection: Connection, committee: str) -> str:
    found = enrolment.held(connection)
    return next((each.name for each in found[1].members if each.committee == committee), "") if found else ""


# ---------------------------------------------------------------- carrying


def _open(session: Session, committee: str, values: Values) -> list[Values]:
    """A new resident, and the running case, in one batch: neither comes without the other."""
    move = values[MOVE]
    row, to = ids.moved_id(move["offer"]), str(move["to"])
    with session.db.reading() as connection:
        if not _is_neighbour(session, connection, committee, to) or Reader(connection, to).known(row):
            return []
        erased = history.erases_of(connection, committee, values["id"])
        cases = moves.running(transfers.cases_of(connection, committee, values["id"]))
    try:
        now = opened(session, "resident", {key: values[key] for key in ("id", *moves.CARRIED) if key in values})
    except NotTrusted:
        return []  # a sealed value of this person is broken: nobody else waits for it
    told = {key: value for key, value in now.items() if key in moves.CARRIED}
    if session.sealing_ring(to) is None or any(map(is_sealed, told.values())):
        return []  # a ring has not come yet: the next bundle tries again
    kept = stored(session, "resident", row, told, to)
    kept |= {
        "moved_from": values["id"],
        MOVE: moves.arrived(move["offer"], committee, move.get("at", "")),
        DELETED: False,
    }
    seen = [ids.repeated_id(erase) for erase, _, _ in erased]
    with session.writing("create", to) as writing:
        writing.write("resident", row, kept, {}, erases=seen)
        for case in cases:
            _create_case(writing, row, move["offer"], case)
    return [{"act": "opened", "id": row, "committee": to}]


def _create_case(writing: Writing, resident: str, offer: str, case: Any) -> None:
    row = ids.moved_case_id(offer, str(case["id"]))
    told = {key: case[key] for key in moves.CARRIED_CASE if key in case}
    code = contact_codes.make(Random(row))  # the same when a restored centre carries it again
    writing.write(CASE, row, {
        **told, "resident": resident, "state": WAITING, "moved_from": case["id"], "contact_code": code, DELETED: False,
    }, {})  # fmt: skip


def _cases(session: Session, moved: Moved) -> list[Values]:
    """Case by case: carried late, kept up to date until it is taken over, and closed at the old committee after that."""
    with session.db.reading() as connection:
        theirs = transfers.cases_of(connection, moved.of, moved.old)
        here = {each["id"]: each for each in transfers.cases_of(connection, moved.to, moved.id)}
        reader = Reader(connection, moved.to)
        known = {row for case in theirs if reader.known(row := ids.moved_case_id(moved.offer, case["id"]))}
    done: list[Values] = []
    for case in theirs:
        row = ids.moved_case_id(moved.offer, case["id"])
        mine = here.get(row)
        if mine is not None:
            done += _repeat_erasures(session, CASE, moved.to, moved.of, row, str(case["id"]))
        if mine is None:
            if (
                row not in known
                and case.get("state") in isolation.ACTIVE
                and moved.state in (moves.ARRIVED, moves.ACCEPTED)
            ):
                with session.writing("create", moved.to) as writing:
                    _create_case(writing, moved.id, moved.offer, case)
                done.append({"act": "case", "id": row, "committee": moved.to})
        elif mine.get("state") == WAITING and moved.state in (moves.REFUSED, moves.WITHDRAWN):
            with session.writing("change", moved.to) as writing:  # carried while they were saying no
                give_up(writing, moved.row, moved.move, [mine], session.now().date().isoformat())
        elif mine.get("state") == WAITING:
            done += _refresh(session, moved.to, mine, case)
        elif moved.state == moves.ACCEPTED and case.get("state") in isolation.ACTIVE:
            done += _close_case(session, moved, mine, case)
    return done


def _refresh(session: Session, to: str, mine: Values, case: Values) -> list[Values]:
    """What the old committee did while nobody here had taken over: its duty, so its word."""
    ended = ("state", "closed_on", "close_reason") if case.get("state") in isolation.ENDED else ()
    keys = (*moves.CARRIED_CASE, *ended)
    different = {key: case.get(key) for key in keys if case.get(key) != mine.get(key)}
    if not different:
        return []
    with session.writing("change", to) as writing:
        writing.change(CASE, mine["id"], different)
    return [{"act": "case", "id": mine["id"], "committee": to}]


# ---------------------------------------------------------------- an acceptance is back


def _close(session: Session, moved: Moved) -> list[Values]:
    """Close the old row at an acceptance: over the offer alone, so that a cancelling stands beside it as a conflict."""
    with session.db.reading() as connection:
        base = transfers.unclosed(connection, moved.of, moved.old, moved.offer, moved.to)
        if not base:
            return []
        row = Reader(connection, moved.of).row(moved.old)
        offered = row.keys[MOVE][max(base)].value
        name, since = _name(connection, moved.to), _accepted_on(connection, session, moved)
    with session.writing("change", moved.of) as writing:
        writing.write("resident", moved.old, {MOVE: moves.closed(offered)}, {MOVE: base})
        left = transfers.standing(writing.connection, moved.of, moved.old)
        if all(moves.closes(write.value, moved.offer) for write in left.values()):
            writing.change("resident", moved.old, {"status": "迁出", "status_since": since, "whereabouts": name})
    return [{"act": "closed", "id": moved.old, "committee": moved.of}]


def _accepted_on(connection: Connection, session: Session, moved: Moved) -> str:
    """The day on which the person was taken in, as that committee's ledger has it."""
    reader = Reader(connection, moved.to)
    for version, write in sorted(reader.row(moved.id).counting(MOVE).items()):
        if isinstance(write.value, dict) and write.value.get("state") == moves.ACCEPTED:
            return str(history.origin(reader, version)["at"])[:10]
    return session.now().date().isoformat()


def _close_case(session: Session, moved: Moved, mine: Values, case: Values) -> list[Values]:
    """The old case ends 转出 over what is seen of it: a step in between stands beside it, for a person.

    Written over by somebody who went on working there, it is closed again as long as the new committee looks after the
    person. Not while the move itself is in doubt: both do until somebody has asked.
    """
    row = str(case["id"])
    with session.db.reading() as connection:
        left = transfers.standing(connection, moved.of, moved.old)
        sure = bool(left) and all(moves.closes(write.value, moved.offer) for write in left.values())
        stands, answered = transfers.wrote(connection, moved.of, row, "state", LEFT, session.device)
        name = _name(connection, moved.to)
    if not sure or stands or (answered and mine.get("state") not in isolation.UNDER_WAY):
        return []
    told = {
        "state": LEFT, "closed_on": mine.get("duty_since"), "close_reason": say("move-case-closed", name=name),
        "receiver_unit": name, "receiver_name": mine.get("officer_name"), "receiver_phone": mine.get("officer_phone"),
    }  # fmt: skip
    with session.writing("change", moved.of) as writing:
        writing.change(CASE, row, {key: value for key, value in told.items() if value is not None})
    return [{"act": "case-closed", "id": row, "committee": moved.of}]


def settle(session: Session, committee: str, values: Values) -> list[Values]:
    """Taken in here, withdrawn or refused elsewhere at the same time: whoever was taken in is here, and so is the duty."""
    with session.db.reading() as connection:
        left = [write.value for write in transfers.standing(connection, committee, values["id"]).values()]
        accepted = next((each for each in left if moves.state_of({MOVE: each}) == moves.ACCEPTED), None)
        if accepted is None or not any(
            moves.state_of({MOVE: each}) in (moves.REFUSED, moves.WITHDRAWN) for each in left
        ):
            return []
        cases = [each for each in transfers.cases_of(connection, committee, values["id"]) if each.get("moved_from")]
        taken = {str(each["id"]): _taken(Reader(connection, committee), str(each["id"])) for each in cases}
    with session.writing("change", committee) as writing:
        writing.change("resident", values["id"], {MOVE: accepted, "status": "在住"})
        for row, state in taken.items():
            if state:
                writing.change(CASE, row, {"state": state, "closed_on": None, "close_reason": None})
    return [{"act": "settled", "id": values["id"], "committee": committee}]


def _taken(reader: Reader, row: str) -> str:
    """The state of a case that was taken over here and given up elsewhere at the same time; "" for any other."""
    states = [write.value for write in open_versions(reader.members(row), "state").values()]
    ours = [str(each) for each in states if each not in (LEFT, WAITING)]
    return ours[-1] if ours and LEFT in states else ""


# ---------------------------------------------------------------- it came to nothing


def _withdraw(session: Session, moved: Moved) -> list[Values]:
    """Nobody was taken in, and the old committee does not offer any more: nobody waits for the person here."""
    with session.db.reading() as connection:
        standing = [write.value for write in transfers.standing(connection, moved.of, moved.old).values()]
        if any(
            moves.is_offer_to(each, moved.offer, moved.to) or moves.closes(each, moved.offer) for each in standing
        ):  # fmt: skip
            return []
        cases = transfers.cases_of(connection, moved.to, moved.id)
    with session.writing("change", moved.to) as writing:
        give_up(writing, moved.row, moves.withdrawn(moved.move), cases, session.now().date().isoformat())
    return [{"act": "withdrawn", "id": moved.id, "committee": moved.to}]


def give_up(writing: Writing, resident: Values, move: moves.Move, cases: list[Values], on: str) -> None:
    """In one batch: the new row says that the person does not come, and nobody waits for the cases."""
    writing.change("resident", resident["id"], {MOVE: move, "status": "迁出", "status_since": on})
    for case in cases:
        if case.get("moved_from") and case.get("state") == WAITING:
            why = say(f"move-case-{move['state']}", why=move.get("why", ""))
            writing.change(CASE, case["id"], {"state": LEFT, "closed_on": on, "close_reason": why})


def _return(session: Session, moved: Moved) -> list[Values]:
    """Refused: the old committee is told why, unless it offers that no more; its duty never ended."""
    with session.db.reading() as connection:
        standing = transfers.standing(connection, moved.of, moved.old)
        base = {v: w.value for v, w in standing.items() if moves.is_offer_to(w.value, moved.offer, moved.to)}
    said = [write.value for write in standing.values()]
    if None in said and any(moves.state_of({MOVE: each}) == moves.REFUSED for each in said):
        with session.writing("change", moved.of) as writing:  # both say that the person stays: nobody need be asked
            writing.change("resident", moved.old, {MOVE: None})
        return [{"act": "refused", "id": moved.old, "committee": moved.of}]
    if not base:
        return []
    told = moves.refused(base[max(base)], str(moved.move.get("why", "")))
    with session.writing("change", moved.of) as writing:
        writing.write("resident", moved.old, {MOVE: told}, {MOVE: sorted(base)})
    return [{"act": "refused", "id": moved.old, "committee": moved.of}]


def _take_back(session: Session, moved: Moved) -> list[Values]:
    """Closed for an acceptance that does not count any more (its PC was revoked): the old committee has the duty again."""
    with session.db.reading() as connection:
        standing = transfers.standing(connection, moved.of, moved.old)
        closed = [write.value for write in standing.values() if moves.closes(write.value, moved.offer)]
        if not closed or len(closed) < len(standing):
            return []
        ours = [
            each for each in transfers.cases_of(connection, moved.of, moved.old)
            if each.get("state") == LEFT
            and transfers.wrote(connection, moved.of, str(each["id"]), "state", LEFT, session.device)[0]
        ]  # fmt: skip
    move = {key: each for key, each in closed[0].items() if key != "state"} | {"state": moves.OFFERED}
    with session.writing("change", moved.of) as writing:
        writing.change("resident", moved.old, {MOVE: move, "status": "在住", "status_since": None, "whereabouts": None})
        for case in ours:
            gone = dict.fromkeys(("closed_on", "close_reason", "receiver_unit", "receiver_name", "receiver_phone"))
            writing.change(CASE, str(case["id"]), {"state": RUNNING, **gone})
    return [{"act": "returned", "id": moved.old, "committee": moved.of}]


def _repeat_erasures(session: Session, entity: str, committee: str, of: str, row: str, old: str) -> list[Values]:
    """An erase of the old row covers what was carried of it, unless the carrying had seen it.

    One that says of itself that only the old committee's purpose has ended is not repeated: the person lives here.
    """
    with session.db.reading() as connection:
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
            ledger.erase(writing, entity, row, retention, erase_id=erase)
    return [{"act": "erased", "id": row, "committee": committee}]
