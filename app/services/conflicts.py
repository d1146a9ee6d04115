"""待核冲突: fields with two or more unreplaced versions, shown with their origin and decided by a person."""

from __future__ import annotations

from app.db import history, present
from app.db.connection import Connection
from app.db.rows import Reader
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.versions import DELETED, open_versions
from app.services import places
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, presented

IN_USE = "in-use"


def pending(session: Session) -> list[Values]:
    """All conflicts, at a centre those of every committee: id, entity, row, path, field, title, values.

    values: [{version, value, at, account, source}].
    """
    session.require("conflicts.read")
    with session.db.reading() as connection:
        names: Values = {}
        for committee in session.scope(connection):
            names |= present.account_names(connection, committee)
        return [
            _described(session, connection, names, committee, *each)
            for committee in session.scope(connection)
            for each in history.conflicts(connection, committee)
        ]


def _described(
    session: Session, connection: Connection, names: Values, committee: str, entity: str, row: str, field: str
) -> Values:
    reader = Reader(connection, committee)
    key = DELETED if field == IN_USE else field
    values = []
    members = reader.members(row)
    for version, write in sorted(open_versions(members, key).items()):
        said = history.origin(reader, version)
        shown = write.value
        if key in ENTITIES[entity]:  # sealed for the member that it was written of
            of = next(member.id for member in members if version in member.keys.get(key, ()))
            shown = presented(session, entity, {"id": of, key: shown}, sensitive=False, phones=True).get(key)
        values.append({
            "version": history.version_text(version), "value": shown, "at": said["at"],
            "account": names.get(said["account"], said["account"]), "source": said["source"],
        })  # fmt: skip
    title = ENTITIES[entity][key].title if key in ENTITIES[entity] else "已删除"
    return {
        "id": f"{row}:{field}", "entity": entity, "row": row, "field": field, "title": title, "values": values,
        "path": places.path_of(connection, committee, entity, row),
    }  # fmt: skip


def decide(session: Session, conflict: str, version: str) -> Change:
    """Keep one version's value: an entry that replaces them all, on the member whose value it keeps.

    A deleted row that is still referred to is taken back. Raises UserError: conflict-unknown, version-unknown.
    """
    session.require("conflicts.decide")
    row, _, field = conflict.partition(":")
    with session.db.reading() as connection:
        committee, entity = _whose(session, connection, conflict)
    with session.writing("decide", committee) as writing:
        if field == IN_USE:
            writing.set_deleted(entity, row, False)
            return Change(row, (DELETED,), writing.batch)
        chosen = history.version_from(version)
        for member in writing.reader.members(row):
            write = member.keys.get(field, {}).get(chosen) if chosen else None
            if write is not None:
                value = write.value
                writing.change(entity, member.id, value if isinstance(value, dict) else {field: value})
                return Change(row, (field,), writing.batch)
        raise UserError("version-unknown", id=conflict, version=version)


def _whose(session: Session, connection: Connection, conflict: str) -> tuple[str, str]:
    """(committee, entity) of a conflict."""
    row, _, field = conflict.partition(":")
    for committee in session.scope(connection):
        entity = history.conflict_entity(connection, committee, row, field)
        if entity is not None:
            return committee, entity
    raise UserError("conflict-unknown", id=conflict)
