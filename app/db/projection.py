"""The ledger's present state in tables: folded rows, conflicts, merged groups, and what search needs.

Called by `ledger.py` inside its transaction and by nothing else; everything here can be thrown away and
made again from the entries (`ledger rebuild`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from app.db import search
from app.db.entries import GROUP_FIELDS
from app.db.rows import ALIAS, REFERENCE_FIELDS, REFERRERS, Reader, referred_to, targets_of
from app.db.seal import is_sealed, shown_elsewhere
from app.db.tables import PRESENT
from app.domain.fields import ENTITIES
from app.domain.versions import DELETED, State, differ, fold, open_versions

IN_USE = "in-use"
"""The conflict of a deleted row that something alive refers to."""
PLACES = ("estate", "building", "dwelling", "household")

COLUMNS: dict[str, tuple[str, ...]] = {
    key: tuple(field.key for field in entity.stored) for key, entity in ENTITIES.items()
}
INSERT: dict[str, str] = {
    key: f'INSERT INTO "{key}" (committee_id, id, {", ".join(f"{c!r}".replace(chr(39), chr(34)) for c in columns)})'
    f" VALUES ({', '.join('?' * (len(columns) + 2))})"
    for key, columns in COLUMNS.items()
}
UPSERT: dict[str, str] = {
    key: f"{INSERT[key]} ON CONFLICT (committee_id, id) DO UPDATE SET "
    + ", ".join(f'"{column}" = excluded."{column}"' for column in columns)
    for key, columns in COLUMNS.items()
}
_json = msgspec.json.Encoder()


def cell(value: Any) -> Any:
    """A value as a table column holds it: lists and structures as JSON text, booleans as 0 and 1."""
    if isinstance(value, bool):
        return int(value)
    return _json.encode(value).decode() if isinstance(value, list | dict) else value


def flat(entity: str, values: dict[str, Any]) -> dict[str, Any]:
    """Values by field from values by key: a group's dict is opened."""
    groups = GROUP_FIELDS.get(entity, {})
    result: dict[str, Any] = {}
    for key, value in values.items():
        if key in groups:
            result.update(value)
        elif key != DELETED:
            result[key] = value
    return result


def values_of(state: State, entity: str, leader: str) -> dict[str, Any]:
    """What a table shows of a folded row, by field; a sealed value names the merged member that it was sealed for."""
    values = {
        key: shown_elsewhere(value, by)
        if is_sealed(value) and (by := state.written_as.get(key, leader)) != leader else value
        for key, value in state.values.items()
    }  # fmt: skip
    return flat(entity, values)


def project(reader: Reader, rows: Iterable[str]) -> set[str]:
    """Show these rows as the ledger says now. Returns the entities that changed."""
    touched = set(rows)
    if any(reader.entity(row) == ALIAS for row in touched):
        touched |= _regroup(reader)
    for row in [row for row in touched if len(reader.group(row)) > 1]:
        touched |= _referrers_shown(reader, reader.group(row))  # the group's leader may have changed
    changed: set[str] = set()
    targets: set[str] = set()
    residents: set[str] = set()
    for row in sorted(touched):
        if reader.entity(row) in PRESENT and not reader.known(row):
            _never_was(reader, row, reader.entity(row))
    for leader in sorted({showing(reader, row) for row in touched}):
        entity = reader.entity(leader)
        if entity == ALIAS:
            _alias(reader, leader)
            changed |= PRESENT.keys() & {reader.entity(leader.partition("|")[0])}  # whoever shows pairs looks again
        elif entity in PRESENT:
            targets |= _show(reader, leader, entity, residents)
            changed.add(entity)
    for target in targets:
        _in_use(reader, reader.leader(target))
    search.index(reader.connection, reader.committee_id, residents)
    return changed


def _show(reader: Reader, leader: str, entity: str, residents: set[str]) -> set[str]:
    """One merged group into its table; returns the ids whose being in use may have changed."""
    members = reader.group(leader)
    state = fold([reader.row(member) for member in members])
    before = {target for member in members for target in _references_shown(reader, member, entity)}
    _forget_merged(reader, leader, members, entity)
    if state.deleted:
        _vanish(reader, leader, entity)
    else:
        values = values_of(state, entity, leader)
        for field in REFERENCE_FIELDS[entity]:
            if values.get(field):
                values[field] = reader.leader(values[field])
        row = (reader.committee_id, leader, *(cell(values.get(column)) for column in COLUMNS[entity]))
        if entity == "resident":  # whoever wrote the new ones indexes them, or services.numbers does
            papers = cell(values.get("documents"))
            search.forget_other_numbers(reader.connection, reader.committee_id, leader, papers)
        reader.connection.exec_driver_sql(UPSERT[entity], row)
    if entity == "resident":
        residents.add(leader)
    elif entity in PLACES:
        residents |= search.residents_below(reader.connection, reader.committee_id, entity, leader)
    _conflicts(reader, leader, members, entity, state)
    _standing(reader, members, entity, state)
    return before | _references_shown(reader, leader, entity) | {leader}


def _references_shown(reader: Reader, row: str, entity: str) -> set[str]:
    fields = REFERENCE_FIELDS[entity]
    if not fields:
        return set()
    columns = ", ".join(f'"{field}"' for field in fields)
    found = reader.sql(
        f'SELECT {columns} FROM "{entity}" WHERE committee_id = ? AND id = ?', (reader.committee_id, row)
    )
    return {target for target in found[0] if target} if found else set()


def _vanish(reader: Reader, row: str, entity: str) -> None:
    if entity == "resident":
        search.forget(reader.connection, reader.committee_id, row)
    reader.connection.exec_driver_sql(
        f'DELETE FROM "{entity}" WHERE committee_id = ? AND id = ?', (reader.committee_id, row)
    )


def showing(reader: Reader, row: str) -> str:
    """The row in which this one shows: the first of its group of which anything counts."""
    return next((member for member in reader.group(row) if reader.known(member)), row)


def _never_was(reader: Reader, row: str, entity: str) -> None:
    """Nothing that counts was written of a row any more: no group may go on showing it, nor its conflicts."""
    _vanish(reader, row, entity)
    for table in ('"conflict"', "standing"):
        reader.connection.exec_driver_sql(
            f'DELETE FROM {table} WHERE committee_id = ? AND "row" = ?', (reader.committee_id, row)
        )


def _forget_merged(reader: Reader, leader: str, members: tuple[str, ...], entity: str) -> None:
    for member in members:
        if member != leader:
            _vanish(reader, member, entity)


def _conflicts(reader: Reader, leader: str, members: tuple[str, ...], entity: str, state: State) -> None:
    for member in members:
        reader.connection.exec_driver_sql(
            'DELETE FROM "conflict" WHERE committee_id = ? AND "row" = ? AND field <> ?',
            (reader.committee_id, member, IN_USE),
        )
        if member != leader:
            _set_in_use(reader, member, entity, used=False)
    for key in sorted(state.conflicts):
        reader.connection.exec_driver_sql(
            'INSERT INTO "conflict" VALUES (?, ?, ?, ?)', (reader.committee_id, entity, leader, key)
        )


def _standing(reader: Reader, members: tuple[str, ...], entity: str, state: State) -> None:
    """Note the references that stand but do not show (see tables.standing)."""
    shows = {t for key, value in state.values.items() if not state.deleted for t in targets_of(value, entity, key)}
    for member in members:
        row = reader.row(member)
        hidden = {
            target
            for key in row.keys
            for write in open_versions((row,), key).values()
            for target in targets_of(write.value, entity, key)
        } - shows
        reader.connection.exec_driver_sql(
            'DELETE FROM standing WHERE committee_id = ? AND "row" = ?', (reader.committee_id, member)
        )
        for target in sorted(hidden):
            reader.connection.exec_driver_sql(
                "INSERT INTO standing VALUES (?, ?, ?)", (reader.committee_id, member, target)
            )


def check_in_use(reader: Reader, targets: set[str], entity: str, field: str) -> None:
    """New rows refer to these: whichever of them was deleted is now in conflict."""
    of = ENTITIES[entity][field].refers_to
    there = referred_to(reader.connection, reader.committee_id, of, "id", sorted(targets)) if of in PRESENT else set()
    for target in sorted(targets - there):
        _in_use(reader, reader.leader(target))


def _in_use(reader: Reader, row: str) -> None:
    """A deleted row to which something alive refers is in conflict."""
    entity = reader.entity(row)
    if entity not in PRESENT or not reader.known(row):
        return
    gone = not reader.sql(f'SELECT 1 FROM "{entity}" WHERE committee_id = ? AND id = ?', (reader.committee_id, row))
    used = gone and any(
        reader.sql(
            f'SELECT 1 FROM "{table}" WHERE "{column}" = ? AND committee_id = ? LIMIT 1', (row, reader.committee_id)
        )
        for table, column in REFERRERS.get(entity, ())
    )
    _set_in_use(reader, row, entity, used=used)


def _set_in_use(reader: Reader, row: str, entity: str, *, used: bool) -> None:
    if used:
        reader.connection.exec_driver_sql(
            'INSERT OR IGNORE INTO "conflict" VALUES (?, ?, ?, ?)', (reader.committee_id, entity, row, IN_USE)
        )
    else:
        reader.connection.exec_driver_sql(
            'DELETE FROM "conflict" WHERE committee_id = ? AND "row" = ? AND field = ?',
            (reader.committee_id, row, IN_USE),
        )


def _alias(reader: Reader, alias: str) -> None:
    """An alias has no life of its own; only its on/off may be in conflict."""
    reader.connection.exec_driver_sql(
        'DELETE FROM "conflict" WHERE committee_id = ? AND "row" = ?', (reader.committee_id, alias)
    )
    if differ(open_versions((reader.row(alias),), "on")):
        reader.connection.exec_driver_sql(
            'INSERT INTO "conflict" VALUES (?, ?, ?, ?)', (reader.committee_id, ALIAS, alias, "on")
        )


def _regroup(reader: Reader) -> set[str]:
    """Bring `merged` up to the aliases; returns the rows whose group or whose targets' group changed."""
    before = dict(reader.sql("SELECT member, leader FROM merged WHERE committee_id = ?", (reader.committee_id,)))
    now = {member: group[0] for member, group in reader.groups_now().items()}
    different = {row for row in before.keys() | now.keys() if before.get(row) != now.get(row)}
    touched = different | {groups[row] for groups in (before, now) for row in different if row in groups}
    touched |= _referrers_shown(reader, touched)
    for row in different:
        reader.connection.exec_driver_sql(
            "DELETE FROM merged WHERE committee_id = ? AND member = ?", (reader.committee_id, row)
        )
        if row in now:
            reader.connection.exec_driver_sql(
                "INSERT INTO merged VALUES (?, ?, ?)", (reader.committee_id, row, now[row])
            )
    return touched


def _referrers_shown(reader: Reader, rows: Iterable[str]) -> set[str]:
    """The rows whose tables show a reference to one of these."""
    return {
        by
        for row in list(rows)
        for table, column in REFERRERS.get(reader.entity(row), ())
        for (by,) in reader.sql(
            f'SELECT id FROM "{table}" WHERE "{column}" = ? AND committee_id = ?', (row, reader.committee_id)
        )
    }
