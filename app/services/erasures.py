"""清除: what is due is proposed, two people confirm, and then it is gone everywhere (ledger-and-bundles.md §5).

A proposal's id is `<row>:<class>`; nothing is kept of it until somebody confirms. Whoever works alone asks the centre:
the request travels, and the centre erases in its own chain. Longer than most files: proposing, deciding what goes
together, erasing and telling afterwards are one act, and a reader of the law wants it in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.db import devices, erasing, ledger, present, search
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import Reader
from app.domain import access, ids, retention
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.retention import Due, Fact
from app.domain.versions import DELETED, shown
from app.services import erasure_lists, places, rotation
from app.services.session import Session
from app.services.values import Values, opened

PROPOSED, CONFIRMED = "erase-proposed", "erase-confirmed"
ERASABLE = frozenset(retention.WHOLE) | {"batch"}
REQUEST, ASKED, MERGED = "erase-request", "erase-asked", "erase-merged"
TOLD = 500
OWN_PROPOSALS = ("arrival", "incident", "task", "care_plan", "care_contact")
"""What is kept of a person in rows of its own, each of which is proposed when the person asks."""


@dataclass(slots=True)
class Plan:
    """What one proposal takes: erases (entity, row, class), rows that go, references that are cleared."""

    erases: list[tuple[str, str, str]]
    rows: list[tuple[str, str]]
    cleared: list[tuple[str, str, str]]


# ---------------------------------------------------------------- proposing


def propose(session: Session, on: date | None = None) -> list[Values]:
    """What is due on a day (today), and what others asked for.

    Per proposal: id, committee, entity, row, class, title, why (a code), since (a date), path (the name masked), fields
    (titles), purpose, basis, state ("due", "asked": a committee waits for this centre, "waiting": for the centre).
    """
    session.require("erase.propose")
    today = on or session.now().date()
    with session.db.reading() as connection:
        found = [each for committee in session.scope(connection) for each in _of(session, connection, committee, today)]
        return [_described(session, connection, *each) for each in found]


def propose_for(session: Session, ref: str) -> list[Values]:
    """What is held of one resident who asked to be erased (PIPL article 47), class by class; not while a case is open.

    Raises UserError: path-unknown, path-ambiguous, erase-case-open; Refused.
    """
    session.require("erase.propose")
    with session.db.reading() as connection:
        _, resident = places.resolve_in(connection, session, ref, "resident")
        committee = session.committee_of(connection, "resident", resident)
        reader = Reader(connection, committee)
        _must_be_closed(connection, committee, resident)
        today = session.now().date()
        found = [("resident", resident, each) for each in erasing.held(reader, resident)]
        for entity, row, _ in erasing.referring(reader, "resident", resident):
            if entity in OWN_PROPOSALS:
                found.append((entity, row, retention.WHOLE[entity]))
            elif entity == "isolation_case":
                found += [(entity, row, "isolation")]
                found += [(entity, row, "health")] if _checks(reader, row) else []
        return [
            _described(session, connection, committee, Due(*each, REQUEST, today), "due")
            for each in found
            if _holds(reader, *each)
        ]


def _must_be_closed(connection: Connection, committee: str, resident: str) -> None:
    cases = [each for each in erasing.cases(connection, committee) if each["resident"] == resident]
    if any(each["state"] not in retention.CLOSED_CASES for each in cases):
        raise UserError("erase-case-open")


def _of(session: Session, connection: Connection, committee: str, today: date) -> list[tuple[str, Due, str]]:
    """(committee, what, state) of one committee: what was asked for, merged rows that were left over, what is due."""
    reader = Reader(connection, committee)
    found: dict[tuple[str, str], tuple[str, Due, str]] = {}
    for each in erasing.asked(connection, committee, PROPOSED):
        state = "waiting" if each["device"] == session.device else "asked"
        since = retention.day(each["at"]) or today
        found[each["row"], each["class"]] = (
            committee, Due(each["entity"], each["row"], each["class"], each["why"], since), state
        )  # fmt: skip
    for left in erasing.uncovered(connection, committee):
        what = Due(left.entity, left.row, left.retention, MERGED, today)
        found.setdefault((left.row, left.retention), (committee, what, "due"))
    for due in retention.due(_facts(connection, committee, today), today):
        found.setdefault((due.row, due.retention), (committee, due, "due"))
    return [each for each in found.values() if _holds(reader, each[1].entity, each[1].row, each[1].retention)]


def _facts(connection: Connection, committee: str, today: date) -> Iterable[Fact]:
    """What is held, and when its purpose ended, from the rows that stand."""
    cases = erasing.cases(connection, committee)
    written = erasing.last_written(connection, committee, [case["id"] for case in cases])
    of: dict[str, list[Values]] = {}
    for case in cases:
        case["written"] = written.get(case["id"], "")
        of.setdefault(str(case["resident"]), []).append(case)
    health = erasing.with_health(connection, committee)
    for case in cases:
        ended = retention.ended_case(case, case["written"])
        yield Fact("isolation_case", case["id"], "isolation", ended)
        if case["id"] in health:
            yield Fact("isolation_case", case["id"], "health", ended)
    arrivals = erasing.arrivals(connection, committee)
    never = [each["id"] for each in arrivals if each["state"] in retention.NEVER_CAME]
    written = erasing.last_written(connection, committee, never)
    for each in arrivals:
        ended = retention.ended_arrival(each, of.get(str(each["resident"]), ()), written.get(each["id"], ""))
        yield Fact("arrival", each["id"], "arrival", ended)
    gone = erasing.gone_residents(connection, committee)
    written = erasing.last_written(connection, committee, [each["id"] for each in gone])
    for each in gone:
        open_case = any(retention.ended_case(case, case["written"]) is None for case in of.get(each["id"], ()))
        ended = retention.ended_resident(each, written.get(each["id"], ""), open_case=open_case)
        for name in retention.PERSON:
            yield Fact("resident", each["id"], name, ended)
    yield from _work_facts(connection, committee, today)


def _work_facts(connection: Connection, committee: str, today: date) -> Iterable[Fact]:
    visited = retention.SPAN["visit", "base"].days
    for each in erasing.visits_until(connection, committee, (today - timedelta(days=visited)).isoformat()):
        yield Fact("visit", each["id"], "base", retention.ended_visit(each))
    cared = retention.SPAN["care_contact", "base"].days
    for each in erasing.contacts_until(connection, committee, (today - timedelta(days=cared)).isoformat()):
        yield Fact("care_contact", each["id"], "base", retention.ended_visit(each))
    for each in erasing.notes_done(connection, committee):
        yield Fact("shift_note", each["id"], "base", retention.ended_note(each))
    for each in erasing.papers_alone(connection, committee):
        yield Fact("notice", each["id"], "isolation", retention.ended_paper(each))
    for entity, states, ended in (
        ("task", retention.CLOSED_TASKS, retention.ended_task),
        ("incident", retention.CLOSED_INCIDENTS, retention.ended_incident),
        ("care_plan", (retention.CLOSED_PLAN,), retention.ended_plan),
    ):
        rows = erasing.closed(connection, committee, entity, states)
        written = erasing.last_written(connection, committee, [each["id"] for each in rows])
        for each in rows:
            yield Fact(entity, each["id"], retention.WHOLE[entity], ended(each, written.get(each["id"], "")))
    rows = erasing.decided(connection, committee)
    written = erasing.last_written(connection, committee, [each["id"] for each in rows])
    for each in rows:
        yield Fact("doubtful", each["id"], "base", retention.ended_doubtful(each, written.get(each["id"], "")))
    traced = retention.SPAN["batch", "trace"].days
    for row, at in erasing.old_acts(connection, committee, (today - timedelta(days=traced - 1)).isoformat()):
        yield Fact("batch", row, "trace", retention.day(at))


def _holds(reader: Reader, entity: str, row: str, name: str) -> bool:
    if (entity, name) == ("isolation_case", "health"):
        return any("health" in erasing.held(reader, check) for check in _checks(reader, row))
    return name in erasing.held(reader, row)


def _checks(reader: Reader, case: str) -> list[str]:
    return [row for entity, row, _ in erasing.referring(reader, "isolation_case", case) if entity == "isolation_check"]


def _described(session: Session, connection: Connection, committee: str, due: Due, state: str) -> Values:
    reader = Reader(connection, committee)
    fields = erasing.held(reader, due.row).get(due.retention, [])
    if (due.entity, due.retention) == ("isolation_case", "health"):
        fields = sorted(
            {field for each in _checks(reader, due.row) for field in erasing.held(reader, each).get("health", ())}
        )
        known = ENTITIES["isolation_check"]
    else:
        known = ENTITIES.get(due.entity, ENTITIES["resident"])
    purpose = retention.PURPOSES[due.retention]
    return {
        "id": f"{due.row}:{due.retention}", "committee": committee, "entity": due.entity, "row": due.row,
        "class": due.retention, "title": purpose.title, "why": due.why, "since": due.since.isoformat(),
        "path": masked_path(connection, committee, due.entity, due.row),
        "fields": [known[field].title if field in known else field for field in fields],
        "purpose": purpose.purpose, "basis": purpose.basis, "state": state,
    }  # fmt: skip


def masked_path(connection: Connection, committee: str, entity: str, row: str) -> str:
    """Where it lies; of a name only the first character."""
    if entity == "batch":
        return ""
    values = present.one(connection, committee, entity, row) or {} if entity in ENTITIES else {}
    of = row if entity == "resident" else str(values.get("resident") or "")
    path = places.path_of(connection, committee, entity, row)
    if of and path:
        person = present.one(connection, committee, "resident", of) or {}
        name = str(person.get("name") or "")
        if name and path.endswith(name):
            return path.removesuffix(name) + name[:1] + "*" * (len(name) - 1)
    return path


# ---------------------------------------------------------------- confirming


def confirm(session: Session, proposals: Sequence[str], second: str | None = None) -> Values:
    """Erase these proposals; or, where only one account exists, ask the centre to.

    second: the id of another account whose password was checked (`workspaces.vouch`). Returns id (the first), ids,
    state ("erased" or "proposed"), batch, erased [{id, committee, entity, row, class, erase}], rows: how many rows lost
    something. What one account asked of the centre, the centre's confirms alone: that is the second person.
    Raises UserError: erase-unknown, erase-case-open; Refused: not-allowed, erase-second-needed, erase-second-not-allowed.
    """
    session.require("erase.confirm")
    today = session.now().date()
    with session.db.reading() as connection:
        chosen = [_chosen(session, connection, each, today) for each in dict.fromkeys(proposals)]
        alone = _decides_alone(session, connection, chosen, second)
    by: dict[str, list[Due]] = {}
    for committee, due, _ in chosen:
        by.setdefault(committee, []).append(due)
    done: Values = {
        "id": proposals[0] if proposals else "",
        "ids": list(proposals),
        "erased": [],
        "rows": 0,
        "batch": "",
    }
    if alone == "ask":
        for committee, dues in by.items():
            done["batch"] = _ask(session, committee, dues)
        return {**done, "state": "proposed"}
    for committee, dues in by.items():
        batch, erased, rows = _erase(session, committee, dues, second)
        done["batch"], done["rows"] = batch, done["rows"] + rows
        done["erased"] += erased
    erasure_lists.settle(session)
    return {**done, "state": "erased"}


def second_needed(session: Session, proposals: Sequence[str]) -> str:
    """What confirming these takes: "second" (another account), "ask" (the centre is the second), "none"."""
    session.require("erase.confirm")
    today = session.now().date()
    with session.db.reading() as connection:
        chosen = [_chosen(session, connection, each, today) for each in dict.fromkeys(proposals)]
        if session.role == "centre" and all(state == "asked" for _, _, state in chosen):
            return "none"
        return "second" if session.role == "centre" or _able(session, connection)[1] else "ask"


def _able(session: Session, connection: Connection) -> tuple[dict[str, str], set[str]]:
    """The other accounts of this PC (id → name), and which of them may be the second person."""
    others = {row: each for row, each in rotation.known(connection).items() if row != session.account_id}
    able = {row for row, each in others.items() if access.may(each.roles, "records.show")}
    return {row: each.name for row, each in others.items()}, able


def _chosen(session: Session, connection: Connection, proposal: str, today: date) -> tuple[str, Due, str]:
    row, _, name = proposal.rpartition(":")
    for committee in session.scope(connection):
        entity = Reader(connection, committee).entity(row)
        if entity not in ERASABLE or name not in retention.PURPOSES:
            continue
        for found in _of(session, connection, committee, today):
            if (found[1].row, found[1].retention) == (row, name):
                return found
        if not _holds(Reader(connection, committee), entity, row, name):
            continue
        if entity == "resident":
            _must_be_closed(connection, committee, row)
        return committee, Due(entity, row, name, REQUEST, today), "due"
    raise UserError("erase-unknown", id=proposal)


def _decides_alone(session: Session, connection: Connection, chosen: list[Any], second: str | None) -> str:
    """ "erase", or "ask" where the second person can only be the centre."""
    if session.role == "centre" and all(state == "asked" for _, _, state in chosen):
        return "erase"
    others, able = _able(session, connection)
    if second in able:
        return "erase"
    if second is not None and second != session.account_id:
        raise session.refusal("erase-second-not-allowed", "erase.confirm", name=others.get(second, ""))
    if session.role == "committee" and not able:
        return "ask"
    raise session.refusal("erase-second-needed", "erase.confirm")


def _ask(session: Session, committee: str, dues: list[Due]) -> str:
    with session.writing(PROPOSED, committee) as writing:
        for due in dues:
            writing.act(PROPOSED, due.entity, due.row, {"class": due.retention, "why": due.why})
    return writing.batch


def _erase(session: Session, committee: str, dues: list[Due], second: str | None) -> tuple[str, list[Values], int]:
    """In one transaction: what refers to it lets go, then a batch of nothing but erases, then who confirmed."""
    author = replace(session.author, committee_id=committee)
    purpose = "request" if any(due.why == REQUEST for due in dues) else session.purpose_code
    with session.db.transaction() as connection:
        if not session.is_given(connection, committee):
            raise UserError("committee-unknown", name=committee)
        session.must_count(connection)
        reader = Reader(connection, committee)
        plans = [(due, plan(session, reader, due)) for due in dues]
        changed = let_go(connection, author, [each for _, each in plans], purpose=purpose)
        taken: dict[tuple[str, str, str], str] = {}
        left = {(each.row, each.retention): each.erase for each in erasing.uncovered(connection, committee)}
        erased = []
        with Writing(connection, author, "erase", purpose=purpose) as writing:
            for due, what in plans:
                erase_id = left.get((due.row, due.retention)) or str(ids.new_id())
                for each in what.erases:
                    if each not in taken:
                        taken[each] = ledger.erase_group(
                            writing, *each, erase_id=erase_id, here_only=due.why != REQUEST
                        )
                erased.append({
                    "id": f"{due.row}:{due.retention}", "committee": committee, "entity": due.entity, "row": due.row,
                    "class": due.retention, "erase": taken[what.erases[0]] if what.erases else erase_id,
                })  # fmt: skip
        search.optimize(connection)
        office = replace(session.author, committee_id=session.office)
        with Writing(connection, office, CONFIRMED, purpose=purpose) as noting:
            noting.act(CONFIRMED, "batch", writing.batch, {"second": second or "", "erases": len(taken)})
    session.happened(changed | writing.changed)
    return writing.batch, erased, len({row for _, row, _ in taken})


def let_go(connection: Connection, author: Any, plans: Iterable[Plan], *, purpose: str = "") -> set[str]:
    """Delete the rows that go and clear what refers to them: a batch of its own, since erases stand alone in theirs."""
    plans = list(plans)
    if not any(each.rows or each.cleared for each in plans):
        return set()
    with Writing(connection, author, "clear", purpose=purpose) as writing:
        going = dict.fromkeys(each for one in plans for each in one.rows)
        for entity, row, column in dict.fromkeys(each for one in plans for each in one.cleared):
            if (entity, row) not in going:
                writing.change(entity, row, {column: None})
        for entity, row in going:
            for member in writing.reader.group(row):
                if shown((writing.reader.row(member),), DELETED) is False:
                    writing.set_deleted(entity, member, True)
    return writing.changed


# ---------------------------------------------------------------- what goes together


def plan(session: Session, reader: Reader, due: Due) -> Plan:
    """What one proposal takes with it."""
    made = Plan([], [], [])
    if (due.entity, due.retention) == ("isolation_case", "health"):
        made.erases = [("isolation_check", row, "health") for row in _checks(reader, due.row)]
    elif retention.WHOLE.get(due.entity) == due.retention:
        _take(session, reader, due.entity, due.row, made)
    else:
        made.erases = [(due.entity, due.row, due.retention)]
        if (due.entity, due.retention) == ("resident", "identity"):
            made.erases += [("doubtful", row, "identity") for row in _doubtful(session, reader, due.row)]
        if (due.entity, due.retention) == ("resident", "care"):  # the same kind of words, written at a contact
            contacts = erasing.contacts_of(reader.connection, reader.committee_id, due.row)
            made.erases += [("care_contact", row, "care") for row in contacts]
    return made


def _take(session: Session, reader: Reader, entity: str, row: str, made: Plan) -> None:
    """A whole row with what belongs to it; other rows only lose the reference. A person's traces stay: they name nobody."""
    if (entity, row) in made.rows:
        return
    made.rows.append((entity, row))
    classes = erasing.held(reader, row)
    made.erases += [(entity, row, each) for each in classes if entity != "resident" or each != "trace"]
    for by, of, column in erasing.referring(reader, entity, row):
        if by in retention.WITH.get(entity, ()):
            _take(session, reader, by, of, made)
        else:
            made.cleared.append((by, of, column))
    if entity == "resident":
        for of in _doubtful(session, reader, row):
            _take(session, reader, "doubtful", of, made)


def _doubtful(session: Session, reader: Reader, resident: str) -> list[str]:
    """Rows put aside that hold this person's values: as the one they may be, or by name and number, phone or door."""
    connection, committee = reader.connection, reader.committee_id
    person = _opened(session, "resident", present.one(connection, committee, "resident", resident) or {"id": resident})
    path = places.path_of(connection, committee, "resident", resident).split("/")
    phones = {str(each.get("number")) for each in person.get("phones") or () if isinstance(each, dict)}
    papers = person.get("documents")
    numbers = (
        {str(each.get("number")) for each in papers if isinstance(each, dict)} if isinstance(papers, list) else set()
    )
    found = []
    for row in present.where(connection, committee, "doubtful"):
        said = _opened(session, "doubtful", row)
        values, sensitive = said.get("values"), said.get("values_sensitive")
        held = {**(values if isinstance(values, dict) else {}), **(sensitive if isinstance(sensitive, dict) else {})}
        theirs = {str(each.get("number")) for each in held.get("phones") or () if isinstance(each, dict)}
        papers = {str(each.get("number")) for each in held.get("documents") or () if isinstance(each, dict)}
        beside = bool(held.get("room")) and str(held.get("room")) in path
        same = held.get("name") == person.get("name") and bool(phones & theirs or beside)
        if row.get("candidate") == resident or numbers & papers or same:
            found.append(str(row["id"]))
    return found


def _opened(session: Session, entity: str, row: Values) -> Values:
    """A row with what of it opens; a value that was sealed for a row merged into this one stays closed."""
    try:
        return opened(session, entity, row)
    except UserError:
        return row


# ---------------------------------------------------------------- telling


def done(session: Session, limit: int = TOLD) -> list[Values]:
    """The erases, newest first: id, entity, row, class, title, at, account, confirmed (when the other side said, signed,
    that it holds the erase; None: not yet)."""
    session.require("erase.propose")
    with session.db.reading() as connection:
        names = present.account_names(connection, session.office)
        found = erasing.told(connection, session.scope(connection), limit)
        said = [devices.announced(connection, peer) for peer in devices.heard_of(connection)]
        chains = {chain.key: chain for chain in devices.chains(connection)}
        for each in found:
            key = (each["device"], each["epoch"], each["committee"])
            each["confirmed"] = None
            for one in said:
                seq, digest = one.seq_of(key)
                if seq >= each["seq"] and digest and devices.digest_at(connection, chains[key], seq) == digest:
                    each["confirmed"] = max(filter(None, (each["confirmed"], one.at)), default=None)
            each["account"] = names.get(each["account"], "")
            each["title"] = retention.PURPOSES[each["class"]].title if each["class"] in retention.PURPOSES else ""
    return found


def marks(connection: Connection, committee: str, entity: str, row: str) -> list[Values]:
    """For a row's history: what was erased, class by class, in the shape of `history.of_row`, `erased` set, no value."""
    reader = Reader(connection, committee)
    return [
        {
            "row": row, "field": "", "title": retention.PURPOSES[each["class"]].title, "value": None, "erased": True,
            "at": each["at"], "account": each["account"], "source": "", "batch": each["batch"], "action": each["action"],
            "class": each["class"],
            "version": "", "current": False, "void": True,
        }
        for each in erasing.marks(reader, row)
        if each["class"] in retention.PURPOSES
    ]  # fmt: skip


def overtaken(session: Session) -> list[Values]:
    """What was written here after an erase that had not arrived yet, and that it therefore took: entity, row, class, at,
    path. Never a value."""
    session.require("erase.propose")
    with session.db.reading() as connection:
        found = erasing.overtaken(connection, session.device, session.scope(connection))
        for each in found:
            committee = session.committee_of(connection, each["entity"], each["row"])
            each["path"] = masked_path(connection, committee, each["entity"], each["row"])
    return found
