"""Does the ledger prove itself, and do the tables say what it says? Reading; `rebuild` shows everything anew."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import NO_DIGEST, Chain, Head, digest, kept, unpack
from app.db.projection import COLUMNS, cell, project, showing, values_of
from app.db.rows import ALIAS, REFERENCE_FIELDS, SEQ_BITS, Reader
from app.db.tables import PRESENT
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.versions import fold

Values = dict[str, Any]
_STEP = 5_000


def verify(connection: Connection, progress: Progress = quiet, cancelled: Cancelled = never) -> list[Values]:
    """Faults of the chains, empty if all is well: {device, seq, fault} with fault gap | digest | commitment | head."""
    faults: list[Values] = []
    total = connection.exec_driver_sql("SELECT count(*) FROM entry").scalar() or 0
    done = 0
    chains = connection.exec_driver_sql(
        "SELECT n, device, epoch, committee_id, seq, head FROM chain ORDER BY n"
    ).fetchall()
    for n, device, epoch, committee, length, head in chains:
        previous, seq = NO_DIGEST, 0
        chain = Chain(device, epoch, committee)
        for row in connection.exec_driver_sql(
            "SELECT e.id, b.at, b.account, e.action, b.purpose, e.entity, e.entity_id, b.id, b.format, e.erases, e.detail,"
            " e.parts, e.digest FROM entry e JOIN batch b ON b.n = e.batch WHERE e.id > ? AND e.id < ? ORDER BY e.id",
            (n << SEQ_BITS, (n + 1) << SEQ_BITS),
        ):
            seq += 1
            done += 1
            if done % _STEP == 0:
                progress(done, total, "ledger-verify")
                check(cancelled)
            previous, found = _verify(chain, seq, previous, row)
            faults += [{"device": device, "epoch": epoch, "seq": seq, "fault": fault} for fault in found]
        if (seq, previous) != (length, bytes(head)):
            faults.append({"device": device, "epoch": epoch, "seq": length, "fault": "head"})
    return faults


def _verify(chain: Chain, seq: int, previous: bytes, row: Any) -> tuple[bytes, list[str]]:
    number, at, account, action, purpose, entity, row_id, batch, format_, erases, detail, parts, said = row
    faults = [] if number & ((1 << SEQ_BITS) - 1) == seq else ["gap"]
    unpacked = unpack(parts)
    if not all(map(kept, unpacked)):
        faults.append("commitment")
    head = Head(*chain, seq, at, account, action, purpose, entity, row_id, batch, format_,
                msgspec.json.decode(erases) if erases else [], msgspec.json.decode(detail) if detail else {})  # fmt: skip
    made = digest(previous, head, unpacked)
    if made != bytes(said):
        faults.append("digest")
    return made, faults


def _committees(connection: Connection) -> list[str]:
    return [
        committee for (committee,) in connection.exec_driver_sql("SELECT DISTINCT committee_id FROM chain").fetchall()
    ]


def _written(connection: Connection, committee: str) -> list[tuple[str, str]]:
    """(entity, id) of every row the ledger speaks of."""
    return [
        (entity, row)
        for entity, row in connection.exec_driver_sql(
            "SELECT DISTINCT e.entity, e.entity_id FROM entry e JOIN batch b ON b.n = e.batch WHERE b.committee_id = ?",
            (committee,),
        ).fetchall()
    ]


def differences(connection: Connection, progress: Progress = quiet, cancelled: Cancelled = never) -> list[Values]:
    """Rows whose tables differ from what the entries say: {entity, id, fields}; `fields` empty: there or not there."""
    found: list[Values] = []
    for committee in _committees(connection):
        reader = Reader(connection, committee)
        expected: dict[str, set[str]] = {entity: set() for entity in PRESENT}
        written = _written(connection, committee)
        for index, (entity, row) in enumerate(written):
            if index % _STEP == 0:
                progress(index, len(written), "ledger-compare")
                check(cancelled)
                reader.forget_all()
            if entity not in PRESENT or showing(reader, row) != row:
                continue
            state = fold(reader.members(row))
            shown = _shown(connection, committee, entity, row)
            if state.deleted:
                if shown is not None:
                    found.append({"entity": entity, "id": row, "fields": []})
                continue
            expected[entity].add(row)
            values = values_of(state, entity, row)
            for field in REFERENCE_FIELDS[entity]:
                if values.get(field):
                    values[field] = reader.leader(values[field])
            wanted = {column: cell(values.get(column)) for column in COLUMNS[entity]}
            if shown != wanted:
                fields = sorted(c for c in wanted if shown is not None and shown[c] != wanted[c])
                found.append({"entity": entity, "id": row, "fields": fields})
        found += _strangers(connection, committee, expected)
    return found


def _shown(connection: Connection, committee: str, entity: str, row: str) -> Values | None:
    columns = ", ".join(f'"{column}"' for column in COLUMNS[entity])
    found = connection.exec_driver_sql(
        f'SELECT {columns} FROM "{entity}" WHERE committee_id = ? AND id = ?', (committee, row)
    ).fetchone()
    return dict(zip(COLUMNS[entity], found, strict=True)) if found else None


def _strangers(connection: Connection, committee: str, expected: dict[str, set[str]]) -> list[Values]:
    """Rows in the tables of which the ledger knows nothing."""
    return [
        {"entity": entity, "id": row, "fields": []}
        for entity, rows in expected.items()
        for (row,) in connection.exec_driver_sql(
            f'SELECT id FROM "{entity}" WHERE committee_id = ?', (committee,)
        ).fetchall()
        if row not in rows
    ]


def rebuild(connection: Connection, progress: Progress = quiet, cancelled: Cancelled = never) -> int:
    """Show every row the ledger speaks of anew; returns how many. Strangers in the tables are removed."""
    count = 0
    for committee in _committees(connection):
        reader = Reader(connection, committee)
        written = _written(connection, committee)
        known = {row for _, row in written}
        for entity in PRESENT:
            for (row,) in connection.exec_driver_sql(
                f'SELECT id FROM "{entity}" WHERE committee_id = ?', (committee,)
            ).fetchall():
                if row not in known:
                    connection.exec_driver_sql(
                        f'DELETE FROM "{entity}" WHERE committee_id = ? AND id = ?', (committee, row)
                    )
        rows = [row for entity, row in written if entity in PRESENT or entity == ALIAS]
        for start in range(0, len(rows), _STEP):
            progress(start, len(rows), "ledger-rebuild")
            check(cancelled)
            project(reader, rows[start : start + _STEP])
            reader.forget_all()
        count += len(rows)
    return count
