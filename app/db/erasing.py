"""What erasing asks of the file: whose purpose may have ended, what a row still holds, which erases stand.

Reading only; `ledger.erase` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from app.db.entries import load, unpack
from app.db.history import trace
from app.db.ledger import ERASES_STAND, OF_ERASES, TRACE
from app.db.rows import REFERRERS, SEQ_BITS, Reader
from app.domain.fields import CORE, ENTITIES, GONE
from app.domain.versions import DELETED

Values = dict[str, Any]
_MASK = (1 << SEQ_BITS) - 1


class Erase(NamedTuple):
    """One erase of one row, as the signed list has it."""

    committee: str
    entity: str
    row: str
    retention: str
    erase: str


def _rows(connection: Connection, sql: str, *parameters: Any) -> list[Any]:
    return list(connection.exec_driver_sql(sql, parameters).fetchall())


def _dicts(connection: Connection, columns: Sequence[str], rest: str, *parameters: Any) -> list[Values]:
    named = ", ".join(f'"{column}"' for column in columns)
    return [dict(zip(columns, row, strict=True)) for row in _rows(connection, f"SELECT {named} {rest}", *parameters)]


# ---------------------------------------------------------------- whose purpose may have ended


def gone_residents(connection: Connection, committee: str) -> list[Values]:
    """Who left or died: id, status, status_since."""
    rest = f"FROM resident WHERE committee_id = ? AND status IN {GONE}"
    return _dicts(connection, ("id", "status", "status_since"), rest, committee)


def cases(connection: Connection, committee: str) -> list[Values]:
    """All isolation cases: id, resident, state, closed_on."""
    rest = "FROM isolation_case WHERE committee_id = ?"
    return _dicts(connection, ("id", "resident", "state", "closed_on"), rest, committee)


def arrivals(connection: Connection, committee: str) -> list[Values]:
    rest = "FROM arrival WHERE committee_id = ?"
    return _dicts(connection, ("id", "resident", "arrived_on", "state"), rest, committee)


def with_health(connection: Connection, committee: str) -> dict[str, list[str]]:
    """case id -> its checks that say anything of health."""
    found: dict[str, list[str]] = {}
    for check, case in _rows(
        connection, "SELECT id, isolation_case FROM isolation_check WHERE committee_id = ?"
        " AND coalesce(temperature, symptoms, test) IS NOT NULL", committee,
    ):  # fmt: skip
        found.setdefault(case, []).append(check)
    return found


def visits_until(connection: Connection, committee: str, day: str) -> list[Values]:
    return _dicts(connection, ("id", "on"), 'FROM visit WHERE committee_id = ? AND "on" <= ?', committee, day)


def contacts_until(connection: Connection, committee: str, day: str) -> list[Values]:
    rest = 'FROM care_contact WHERE committee_id = ? AND "on" <= ?'
    return _dicts(connection, ("id", "on"), rest, committee, day)


def notes_done(connection: Connection, committee: str) -> list[Values]:
    """Notes for the next shift that somebody has dealt with."""
    rest = "FROM shift_note WHERE committee_id = ? AND done_at IS NOT NULL"
    return _dicts(connection, ("id", "done_at"), rest, committee)


def papers_alone(connection: Connection, committee: str) -> list[Values]:
    """Papers that belong to no isolation case."""
    rest = "FROM notice WHERE committee_id = ? AND isolation_case IS NULL"
    return _dicts(connection, ("id", "made_at"), rest, committee)


def contacts_of(connection: Connection, committee: str, resident: str) -> list[str]:
    """Contacts for care of a person that hold a sensitive note."""
    rows = _rows(
        connection, "SELECT id FROM care_contact WHERE committee_id = ? AND resident = ? AND note_sensitive IS NOT NULL",
        committee, resident,
    )  # fmt: skip
    return [row for (row,) in rows]


def closed(connection: Connection, committee: str, entity: str, states: Iterable[str]) -> list[Values]:
    """Tasks, incidents or plans in one of these states: id, state (and when a task was done, until when a plan ran)."""
    states = tuple(states)
    columns = {"task": ("id", "state", "done_on"), "care_plan": ("id", "state", "until")}.get(entity, ("id", "state"))
    rest = f'FROM "{entity}" WHERE committee_id = ? AND state IN ({", ".join("?" * len(states))})'
    return _dicts(connection, columns, rest, committee, *states)


def decided(connection: Connection, committee: str) -> list[Values]:
    rest = "FROM doubtful WHERE committee_id = ? AND decision IS NOT NULL"
    return _dicts(connection, ("id", "decision"), rest, committee)


def old_acts(connection: Connection, committee: str, day: str) -> list[tuple[str, str]]:
    """(batch id, when) of the acts up to a day that still say something in words: imports, sources, exports."""
    rows = _rows(
        connection, "SELECT e.entity_id, b.at, e.parts FROM entry e JOIN batch b ON b.n = e.batch WHERE e.entity = 'batch'"
        " AND e.action NOT IN ('create', 'change', 'undo', 'erase') AND b.committee_id = ? AND b.at <= ?",
        committee, day,
    )  # fmt: skip
    return [(row, at) for row, at, parts in rows if trace(parts)]


def last_written(connection: Connection, committee: str, rows: Sequence[str]) -> dict[str, str]:
    """When a row's values were last written."""
    found: dict[str, str] = {}
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        rows_of = _rows(
            connection, "SELECT e.entity_id, max(b.at) FROM entry e JOIN batch b ON b.n = e.batch WHERE b.committee_id = ?"
            f" AND e.action IN ('create', 'change') AND e.entity_id IN ({', '.join('?' * len(some))}) GROUP BY e.entity_id",
            committee, *some,
        )  # fmt: skip
        found |= {str(row): str(at) for row, at in rows_of}
    return found


# ---------------------------------------------------------------- what a row holds


def held(reader: Reader, row: str) -> dict[str, list[str]]:
    """class -> the fields of which something is still written of a row, or of one merged with it; not CORE.

    Also what undo or a refusal put out of sight: it lies in the file all the same.
    """
    found: dict[str, set[str]] = {}
    for member in reader.group(row):
        for (parts,) in reader.sql(
            "SELECT e.parts FROM entry e JOIN batch b ON b.n = e.batch WHERE e.entity_id = ? AND b.committee_id = ?",
            (member, reader.committee_id),
        ):
            for part in unpack(parts):
                if part.patch is not None and part.retention != CORE:
                    found.setdefault(part.retention, set()).update(load(part.patch).get("v", ()))
    return {retention: sorted(fields - {DELETED}) for retention, fields in found.items()}


def referring(reader: Reader, entity: str, row: str) -> list[tuple[str, str, str]]:
    """(entity, row, column) of everything shown that refers to a row."""
    return [
        (table, by, column)
        for table, column in REFERRERS.get(entity, ())
        for (by,) in reader.sql(
            f'SELECT id FROM "{table}" WHERE "{column}" = ? AND committee_id = ?', (row, reader.committee_id)
        )
    ]  # fmt: skip


def uncovered(connection: Connection, committee: str) -> list[Erase]:
    """Merged rows of which another member was erased while they were not: to be erased too, with the same id."""
    found: list[Erase] = []
    members: dict[str, list[str]] = {}
    for leader, member in _rows(connection, "SELECT leader, member FROM merged WHERE committee_id = ?", committee):
        members.setdefault(leader, []).append(member)
    if not members:
        return found
    erased: dict[str, set[tuple[str, str, str]]] = {}
    for each in standing(connection, committee):
        erased.setdefault(each.row, set()).add((each.entity, each.retention, each.erase))
    reader = Reader(connection, committee)
    for group in members.values():
        whole = set().union(*(erased.get(member, set()) for member in group))
        for member in group:
            for entity, retention, erase in sorted(whole - erased.get(member, set())):
                if reader.known(member) and retention in _alone(reader, member):
                    found.append(Erase(committee, entity, member, retention, erase))
    return found


def _alone(reader: Reader, row: str) -> set[str]:
    return {
        part.retention
        for (parts,) in reader.sql(
            "SELECT e.parts FROM entry e JOIN batch b ON b.n = e.batch WHERE e.entity_id = ? AND b.committee_id = ?",
            (row, reader.committee_id),
        )
        for part in unpack(parts)
        if part.patch is not None
    }


# ---------------------------------------------------------------- erases


def standing(connection: Connection, committee: str | None = None) -> list[Erase]:
    """Every erase that acts, each once."""
    rows = _rows(
        connection, f"SELECT b.committee_id, e.entity, e.entity_id, e.detail {OF_ERASES}"
        f" AND {ERASES_STAND} AND (? IS NULL OR b.committee_id = ?) ORDER BY e.id",
        committee, committee,
    )  # fmt: skip
    found: dict[Erase, None] = {}
    for of, entity, row, detail in rows:
        said = msgspec.json.decode(detail)
        found[Erase(of, entity, row, said["class"], said["erase"])] = None
    return list(found)


def count(connection: Connection) -> int:
    """How many erase entries act here: whether something came since the last look."""
    rows = _rows(
        connection, f"SELECT count(*) {OF_ERASES} AND {ERASES_STAND}",
    )  # fmt: skip
    return int(rows[0][0])


def told(connection: Connection, committees: Sequence[str], limit: int = -1) -> list[Values]:
    """The erases as people read them, newest first: id, committee, entity, row, class, at, account, device, epoch, seq."""
    holders = ", ".join("?" * len(committees))
    rows = _rows(
        connection, "SELECT e.id, e.entity, e.entity_id, e.detail, b.committee_id, b.at, b.account, b.id, c.device, c.epoch"
        f" {OF_ERASES.replace(' WHERE', ' JOIN chain c ON c.n = b.chain WHERE')}"
        f" AND {ERASES_STAND} AND b.committee_id IN ({holders}) ORDER BY b.n DESC, e.id DESC LIMIT ?",
        *committees, limit,
    )  # fmt: skip
    found = []
    for number, entity, row, detail, committee, at, account, batch, device, epoch in rows:
        said = msgspec.json.decode(detail)
        found.append({
            "id": said["erase"], "committee": committee, "entity": entity, "row": row, "class": said["class"], "at": at,
            "account": account, "batch": batch, "device": device, "epoch": epoch, "seq": number & _MASK,
        })  # fmt: skip
    return found


def asked(connection: Connection, committee: str, action: str) -> list[Values]:
    """What a committee with one account only asked the centre to confirm: entity, row, class, why, at, account, device."""
    rows = _rows(
        connection, "SELECT e.entity, e.entity_id, e.parts, b.at, b.account, c.device FROM entry e JOIN batch b"
        " ON b.n = e.batch JOIN chain c ON c.n = b.chain WHERE e.action = ? AND e.action NOT IN ('create', 'change')"
        " AND b.refused IS NULL AND b.committee_id = ? ORDER BY e.id", action, committee,
    )  # fmt: skip
    return [
        {"entity": entity, "row": row, "class": str(said.get("class")), "why": str(said.get("why")), "at": at,
         "account": account, "device": device}
        for entity, row, parts, at, account, device in rows
        if entity in ENTITIES and (said := trace(parts))
    ]  # fmt: skip


def marks(reader: Reader, row: str) -> list[Values]:
    """What of a row's history was erased, newest first: class, at, account, batch, action. Never a value."""
    found = []
    for member in reader.group(row):
        for n, at, account, batch, action, parts in reader.sql(
            "SELECT b.n, b.at, b.account, b.id, b.action, e.parts FROM entry e JOIN batch b ON b.n = e.batch"
            " WHERE e.entity_id = ? AND b.committee_id = ?", (member, reader.committee_id),
        ):  # fmt: skip
            found += [
                (n, {"class": part.retention, "at": at, "account": account, "batch": batch, "action": action})
                for part in unpack(parts)
                if part.patch is None and part.retention != TRACE
            ]
    return [values for _, values in sorted(found, key=lambda each: -each[0])]


def overtaken(connection: Connection, device: str, committees: Sequence[str]) -> list[Values]:
    """What this device wrote after an erase it had not seen yet, and that the erase therefore took: never a value."""
    found = []
    for each in told(connection, committees):
        if each["device"] == device:
            continue
        rows = _rows(
            connection, "SELECT b.at, e.parts FROM entry e JOIN batch b ON b.n = e.batch JOIN chain c ON c.n = b.chain"
            " WHERE e.entity_id = ? AND c.device = ? AND b.at > ?", each["row"], device, each["at"],
        )  # fmt: skip
        for at, parts in rows:
            if any(part.patch is None and part.retention == each["class"] for part in unpack(parts)):
                found.append({"entity": each["entity"], "row": each["row"], "class": each["class"], "at": at})
    return found
