"""待核冲突: fields with two or more unreplaced versions, shown with their origin and decided by a person, one or many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.db import history, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import Reader
from app.db.seal import is_sealed
from app.domain import deciding, moves
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.domain.versions import DELETED, Version, open_versions
from app.services import looking, undoing
from app.services.conflict_telling import Named, Telling, members_of, versions_of
from app.services.records import Change
from app.services.session import Session
from app.services.values import SEALED, Values, number_index, opened


def ids(session: Session) -> list[str]:
    """The ids of all conflicts, without a word about them."""
    session.require("conflicts.read")
    with session.db.reading() as connection:
        return list(_all(session, connection))


def pending(session: Session, only: Collection[str] | None = None) -> list[Values]:
    """All conflicts (or those of these ids that still are), at a centre those of every committee.

    id, kind (domain.deciding), entity, row, committee, committee_name, path, name, field, title, level, values:
    [{version, value, text, same (equal values share it), at, account, device (its registered name), of (own, centre or
    ""), source, shown (now)}], lowest version first.
    """
    session.require("conflicts.read")
    with session.db.reading() as connection:
        telling, wanted = Telling(session, connection), None if only is None else frozenset(only)
        return [
            telling.case(*named)
            for conflict, named in _all(session, connection).items()
            if wanted is None or conflict in wanted
        ]


def reveal(session: Session, conflict: str) -> Values:
    """One conflict with its level-3 values opened; the look is an entry. Raises UserError("conflict-unknown"), Refused."""
    session.require("records.reveal")
    session.require("conflicts.read")
    with session.db.reading() as connection:
        named = _find(session, connection, conflict)
        looking.need(session, connection, "records.reveal", *named[:3])
        case = Telling(session, connection, sensitive=True).case(*named)
    looking.look(session, named[1], named[2], sensitive=True)
    return case


def decide(session: Session, conflict: str, version: str) -> Change:
    """Keep one version's value: an entry that replaces them all, on the member whose value it keeps.

    A deleted row that is still referred to is taken back. Raises UserError: conflict-unknown, version-unknown.
    """
    session.require("conflicts.decide")
    with session.db.reading() as connection:
        named = _find(session, connection, conflict)
    with session.writing("decide", named[0]) as writing:
        changed = _decide(session, writing, named, version)
        if changed is None:
            raise UserError("version-unknown", id=conflict, version=version)
    return Change(named[2], changed, writing.batch)


def decide_many(
    session: Session, versions: Mapping[str, str], progress: Progress = quiet, cancelled: Cancelled = never
) -> Values:
    """Decide many at once: {conflict id: version}, one batch per committee.

    Returns batches, decided (how many), skipped [{id, code}] (decided meanwhile, or the version is gone), and stopped:
    cancelled before the end; what was decided until then stands.
    """
    session.require("conflicts.decide")
    skipped: list[Values] = []
    with session.db.reading() as connection:
        known = _all(session, connection)
        by_committee: dict[str, list[tuple[Named, str]]] = {}
        for conflict, version in versions.items():
            if conflict not in known:
                skipped.append({"id": conflict, "code": "conflict-unknown"})
            elif not _stands(Reader(connection, known[conflict][0]), known[conflict], version):
                skipped.append({"id": conflict, "code": "version-unknown"})
            else:
                by_committee.setdefault(known[conflict][0], []).append((known[conflict], version))
    batches, decided, total = [], 0, len(versions) - len(skipped)
    for committee, cases in by_committee.items():
        if cancelled():
            break
        with session.writing("decide", committee) as writing:
            for named, version in cases:
                _decide(session, writing, named, version)
                decided += 1
                progress(decided, total, "conflict-deciding")
                if cancelled():
                    break
        batches.append(writing.batch)
    return {"batches": batches, "decided": decided, "skipped": skipped, "stopped": decided < total}


def settle_alike(session: Session) -> int:
    """Decide those whose sealed versions say the same once they are opened; returns how many.

    Two PCs that united the same two records, each under its own ring, mean one thing: nobody need be asked. Every PC keeps
    the highest version, so what they write of it is alike. Left to others where a ring or the right is wanting.
    """
    if session.ring is None or not session.may("conflicts.decide"):
        return 0
    found: dict[str, str] = {}
    with session.db.reading() as connection:
        for conflict, named in _all(session, connection).items():
            if named[3] in SEALED.get(named[1], ()):
                versions = _versions(session, connection, named)
                if _are_alike([means for _, _, means in versions]):
                    found[conflict] = history.version_text(versions[-1][0])
    return int(decide_many(session, found)["decided"]) if found else 0


def _versions(session: Session, connection: Connection, named: Named) -> list[tuple[Version, Values, Any]]:
    members = deciding.alive(Reader(connection, named[0]).members(named[2]))
    return versions_of(session, named[1], members, named[3])


def _are_alike(values: list[Any]) -> bool:
    return not any(map(is_sealed, values)) and all(value == values[0] for value in values)


def undo_many(session: Session, batches: list[str]) -> Values:
    """Undo what `decide_many` wrote, in every committee: {undone, kept}; a batch that is undone already is left."""
    session.require("undo")
    done: Values = {"undone": 0, "kept": 0}
    for batch in batches:
        try:
            one = undoing.undo(session, batch)
        except UserError as error:
            if error.code != "already-undone":
                raise
            continue
        done = {"undone": done["undone"] + one["undone"], "kept": done["kept"] + len(one["kept"])}
    return done


# ---------------------------------------------------------------- which


def _all(session: Session, connection: Connection) -> dict[str, Named]:
    """Every conflict by its id; those of accounts only for who may change accounts."""
    return {
        f"{row}:{of}": (committee, entity, row, of)
        for committee in session.scope(connection)
        for entity, row, of in history.conflicts(connection, committee)
        if entity != "account" or session.may("accounts.change")
    }


def _find(session: Session, connection: Connection, conflict: str) -> Named:
    row, _, of = conflict.rpartition(":")
    for committee in session.scope(connection):
        entity = history.conflict_entity(connection, committee, row, of)
        if entity is not None and (entity != "account" or session.may("accounts.change")):
            return committee, entity, row, of
    raise UserError("conflict-unknown", id=conflict)


def _kind(named: Named) -> str:
    return deciding.kind_of(named[1], named[3])


# ---------------------------------------------------------------- deciding


def _stands(reader: Reader, named: Named, version: str) -> bool:
    _, _, row, of = named
    if _kind(named) in (deciding.DELETED, deciding.IN_USE) and version in (deciding.KEEP, deciding.DELETE):
        return True
    key = DELETED if of == deciding.IN_USE else of
    return history.version_from(version) in open_versions(deciding.alive(reader.members(row)), key)


def _decide(session: Session, writing: Writing, named: Named, version: str) -> tuple[str, ...] | None:
    """Write one decision; the keys that changed, or None if there is no such version."""
    _, entity, row, of = named
    kind = _kind(named)
    if kind == deciding.IN_USE:
        writing.set_deleted(entity, row, False)
        return (DELETED,)
    members = writing.reader.members(row)
    known = history.version_from(version)
    if kind == deciding.DELETED:
        standing = open_versions(members, DELETED)
        if version not in (deciding.KEEP, deciding.DELETE) and known not in standing:
            return None
        gone = version == deciding.DELETE or (known in standing and bool(standing[known].value))
        for member in deciding.deleted_in_doubt(members):
            writing.set_deleted(entity, member.id, gone)
        return (DELETED,)
    open_now = open_versions(deciding.alive(members), of)
    if known not in open_now:
        return None
    value = open_now[known].value
    if kind == deciding.MOVE and not _is_closed(value) and any(_is_closed(write.value) for write in open_now.values()):
        raise UserError("move-already", name="")  # the person lives at the other committee: only that can stand
    member_id = next(each.id for each in members if known in each.keys.get(of, ()))
    values = dict(value) if deciding.is_group(entity, of) else {of: value}
    if kind == deciding.MOVE and _is_closed(value):
        values |= _gone_to(session, writing, named, value)
    writing.change(entity, member_id, values)
    if (entity, of) == ("resident", "documents"):
        papers = opened(session, entity, {"id": member_id, of: value})[of]
        writing.index_numbers(row, number_index(session, papers))
    return tuple(values)


def _is_closed(value: object) -> bool:
    return isinstance(value, dict) and value.get("state") == moves.CLOSED


def _gone_to(session: Session, writing: Writing, named: Named, move: Values) -> Values:
    """Whoever is decided to have moved away has left: what the centre writes when nobody cancelled."""
    now = present.one(writing.connection, named[0], "resident", named[2]) or {}
    if now.get("status") == "迁出":
        return {}
    names = {member.committee: member.name for member in members_of(writing.connection).values()}
    since = session.now().date().isoformat()
    return {"status": "迁出", "status_since": since, "whereabouts": names.get(str(move.get("to")), "")}
