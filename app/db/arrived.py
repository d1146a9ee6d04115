"""Rows that nothing here knew before: what one arriving entry created is shown without folding.

Most of a first bundle is such; the rest goes the long way through `projection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.fresh import CODED, show_fresh
from app.db.projection import check_in_use
from app.db.rows import ALIAS, REFERENCE_FIELDS, REFERRERS, Reader, referred_to
from app.db.tables import PRESENT
from app.db.travelling import Record
from app.domain.fields import ENTITIES, FORMAT
from app.domain.versions import DELETED

_unjson = msgspec.json.Decoder()


def plain_rows(
    connection: Connection, committee: str, rows: Mapping[str, list[Record]], known: set[str]
) -> dict[str, Record]:
    """The rows that one entry created, of which this file knew nothing: they can be shown without folding.

    Not where rows were merged (references then show a leader), and not rows that something here refers to.
    """
    if connection.exec_driver_sql("SELECT 1 FROM merged WHERE committee_id = ? LIMIT 1", (committee,)).first():
        return {}
    if any(record["entity"] == ALIAS for records in rows.values() for record in records):
        return {}
    found = {
        row: records[0]
        for row, records in rows.items()
        if row not in known and len(records) == 1 and _is_plain(records[0])
    }
    for row in _referred(connection, committee, found):
        del found[row]
    return found


def _is_plain(record: Record) -> bool:
    return (
        record["action"] == "create" and record["entity"] in PRESENT and record["format"] == FORMAT
        and not record["erases"] and _is_simple(record)
    )  # fmt: skip


def _is_simple(record: Record) -> bool:
    """Only values, of the kinds that the catalogue has for them, and said to be alive: nothing that wants folding."""
    entity, alive = ENTITIES[record["entity"]], False
    for _, patch, _, _ in record["parts"]:
        said = _unjson.decode(patch) if patch else None
        if not isinstance(said, dict) or set(said) != {"v"} or not isinstance(said["v"], dict):
            return False
        alive |= said["v"].get(DELETED) is False
        for key, value in said["v"].items():
            if isinstance(value, dict | list) and (key not in entity or entity[key].type not in CODED):
                return False
    return alive


def _referred(connection: Connection, committee: str, rows: Mapping[str, Record]) -> set[str]:
    by_entity: dict[str, list[str]] = {}
    for row, record in rows.items():
        by_entity.setdefault(record["entity"], []).append(row)
    return {
        row
        for entity, ids in by_entity.items()
        for table, column in REFERRERS.get(entity, ())
        for row in referred_to(connection, committee, table, column, ids)
    }


def show(connection: Connection, committee: str, rows: Mapping[str, Record]) -> set[str]:
    by_entity: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for row, record in rows.items():
        values = {key: value for _, patch, _, _ in record["parts"] for key, value in _unjson.decode(patch)["v"].items()}
        if values.pop(DELETED, False):
            continue
        by_entity.setdefault(record["entity"], []).append((row, values))
    for entity in ENTITIES:  # places before the people in them: their tokens say where they live
        if entity in by_entity:
            show_fresh(connection, committee, entity, by_entity[entity])
    reader = Reader(connection, committee)
    for entity, shown in by_entity.items():
        for key in REFERENCE_FIELDS[entity]:
            check_in_use(reader, {values[key] for _, values in shown if values.get(key)}, entity, key)
    return set(by_entity)
