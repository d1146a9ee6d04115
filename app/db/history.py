"""The past as the ledger tells it: the values of a row, the acts of people, the state of the chains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import GROUP_FIELDS, unpack
from app.db.ledger import ERASES_STAND, OF_ERASES
from app.db.rows import Reader
from app.domain.versions import DELETED, open_versions

Values = dict[str, Any]
TRACES = (
    "view", "login", "login-failed", "export", "print", "share", "receive", "search", "epoch", "refused", "reviewed",
    "backup", "erase-confirmed",
)  # fmt: skip
"""Acts that change nobody's data. They make no bundle of their own and no data newer."""


def of_row(connection: Connection, committee: str, entity: str, row: str) -> list[Values]:
    """Every version of every field of a row (and of those merged into it), newest first.

    Keys: row, field, value, version, at, account, source, batch, action, current, void.
    """
    reader = Reader(connection, committee)
    members = reader.members(row)
    found: list[tuple[int, Values]] = []
    for member in members:
        for key, versions in member.keys.items():
            standing = open_versions(members, key)
            current = max(standing, default=None)
            for version, write in versions.items():
                number, said = _of_entry(reader, version[1:])
                said |= {
                    "row": member.id, "version": version_text(version), "current": version == current,
                    "void": member.is_off(key, version),
                }  # fmt: skip
                for field, value in _fields(entity, key, write.value):
                    found.append((number, {"field": field, "value": value, **said}))
    found.sort(key=lambda each: each[0], reverse=True)
    return [values for _, values in found if values["field"] != DELETED]


def _fields(entity: str, key: str, value: Any) -> list[tuple[str, Any]]:
    if key in GROUP_FIELDS.get(entity, {}):
        return list(value.items())
    return [(key, value)]


def _of_entry(reader: Reader, ref: tuple[str, str, int], sources: dict[int, str] | None = None) -> tuple[int, Values]:
    device, epoch, seq = ref
    found = reader.sql(
        "SELECT b.n, b.at, b.account, b.id, b.action FROM chain c JOIN entry e ON e.id = (c.n << 40) | ?"
        " JOIN batch b ON b.n = e.batch WHERE c.committee_id = ? AND c.device = ? AND c.epoch = ?",
        (seq, reader.committee_id, device, epoch),
    )
    n, at, account, batch, action = found[0]
    known = {} if sources is None else sources
    if n not in known:
        known[n] = source_of(reader, n, action)
    return n, {"at": at, "account": account, "batch": batch, "action": action, "source": known[n]}


def source_of(reader: Reader, batch_n: int, action: str) -> str:
    """Where a batch came from in words, if it says so: a file's name, a note."""
    for (parts,) in reader.sql(
        "SELECT parts FROM entry WHERE batch = ? AND action IN ('import', 'source') AND entity = 'batch'"
        " AND action NOT IN ('create', 'change')",
        (batch_n,),
    ):
        said = trace(parts)
        return str(said.get("file") or said.get("source") or "")
    return ""


def trace(parts: bytes) -> Values:
    """What an act says in words; empty once erased."""
    for part in unpack(parts):
        if part.retention == "trace" and part.patch is not None:
            said: Values = msgspec.json.decode(part.patch).get("t", {})
            return said
    return {}


def version_text(version: tuple[int, str, str, int]) -> str:
    n, device, epoch, seq = version
    return f"{n}.{seq}.{device}.{epoch}"


def version_from(text: str) -> tuple[int, str, str, int] | None:
    n, seq, device, epoch = (text.split(".", 3) + [""] * 4)[:4]
    return (int(n), device, epoch, int(seq)) if n.isdigit() and seq.isdigit() else None


def acts(
    connection: Connection,
    committee: str | None,
    *,
    actions: tuple[str, ...] = (),
    entity: str | None = None,
    row: str | None = None,
    limit: int | None = None,
) -> list[Values]:
    """Entries newest first: device, epoch, seq, at, account, action, purpose, entity, id, batch, said."""
    conditions, parameters = ["1 = 1"], []
    for column, value in (("b.committee_id", committee), ("e.entity", entity), ("e.entity_id", row)):
        if value:
            conditions.append(f"{column} = ?")
            parameters.append(value)
    if actions:
        conditions.append(f"e.action IN ({', '.join('?' * len(actions))}) AND e.action NOT IN ('create', 'change')")
        parameters += actions
    sql = (
        "SELECT c.device, c.epoch, c.committee_id, e.id & ((1 << 40) - 1), b.at, b.account, e.action, b.purpose,"
        " e.entity, e.entity_id, b.id, b.refused, e.parts FROM entry e JOIN batch b ON b.n = e.batch"
        f" JOIN chain c ON c.n = b.chain WHERE {' AND '.join(conditions)} ORDER BY e.batch DESC, e.id DESC LIMIT ?"
    )
    names = (
        "device",
        "epoch",
        "committee",
        "seq",
        "at",
        "account",
        "action",
        "purpose",
        "entity",
        "id",
        "batch",
        "refused",
    )
    rows = connection.exec_driver_sql(sql, (*parameters, -1 if limit is None else limit)).fetchall()
    return [dict(zip(names, row, strict=False)) | {"said": trace(row[-1])} for row in rows]


def batches(
    connection: Connection, committees: Sequence[str], actions: tuple[str, ...], limit: int, account: str | None = None
) -> list[Values]:
    """The last batches of these actions (and this account), newest first: batch, committee, at, account, action."""
    conditions = f"committee_id IN ({_holders(committees)}) AND action IN ({_holders(actions)})"
    asked = (*committees, *actions)
    if account is not None:
        conditions, asked = f"{conditions} AND account = ?", (*asked, account)
    rows = connection.exec_driver_sql(
        f"SELECT id, committee_id, at, account, action FROM batch WHERE {conditions} ORDER BY n DESC LIMIT ?",
        (*asked, limit),
    ).fetchall()
    return [dict(zip(("batch", "committee", "at", "account", "action"), row, strict=True)) for row in rows]


def writes_of(connection: Connection, committee: str, batch: str) -> tuple[set[str], set[str], str]:
    """What a batch writes (or, as an undo, voids): entities, fields or groups; and the device that wrote it."""
    reader = Reader(connection, committee)
    wrote = reader.batch(batch)
    touched = {*wrote.writes, *((row, key) for row, key, _ in wrote.offs)}
    device = connection.exec_driver_sql(
        "SELECT c.device FROM batch b JOIN chain c ON c.n = b.chain WHERE b.committee_id = ? AND b.id = ?",
        (committee, batch),
    ).scalar()
    return {reader.entity(row) for row, _ in touched}, {key for _, key in touched}, str(device or "")


def is_clearing(connection: Connection, committee: str, batch: str) -> bool:
    """Does a batch delete rows whose values were erased? Undone, it would put up empty people."""
    found = connection.exec_driver_sql(
        "SELECT 1 FROM batch b JOIN entry e ON e.batch = b.n JOIN entry x ON x.entity_id = e.entity_id"
        " JOIN batch xb ON xb.n = x.batch AND xb.committee_id = b.committee_id"
        " WHERE b.committee_id = ? AND b.id = ? AND x.action = 'erase' AND e.action = 'change' AND e.id < x.id"
        " AND NOT EXISTS (SELECT 1 FROM resident r WHERE r.id = e.entity_id AND r.committee_id = b.committee_id"
        " UNION ALL SELECT 1 FROM isolation_case c WHERE c.id = e.entity_id AND c.committee_id = b.committee_id) LIMIT 1",
        (committee, batch),
    )
    return found.first() is not None


def committee_of_batch(connection: Connection, batch: str) -> str | None:
    found = connection.exec_driver_sql("SELECT committee_id FROM batch WHERE id = ?", (batch,)).fetchone()
    return str(found[0]) if found else None


def _holders(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def heads(connection: Connection) -> list[Values]:
    """Every chain: device, epoch, committee, seq, head (hex)."""
    rows = connection.exec_driver_sql("SELECT device, epoch, committee_id, seq, head FROM chain ORDER BY n").fetchall()
    return [{"device": d, "epoch": e, "committee": c, "seq": s, "head": bytes(h).hex()} for d, e, c, s, h in rows]


def origin(reader: Reader, version: tuple[int, str, str, int], sources: dict[int, str] | None = None) -> Values:
    """When, by whom and from what a version came: at, account, batch, action, source.

    sources: what is known of batches already, for whoever asks about many versions.
    """
    return _of_entry(reader, version[1:], sources)[1]


def conflicts(connection: Connection, committee: str) -> list[tuple[str, str, str]]:
    """(entity, row, field or group) of every conflict."""
    rows = connection.exec_driver_sql(
        'SELECT entity, "row", field FROM "conflict" WHERE committee_id = ? ORDER BY entity, "row", field', (committee,)
    ).fetchall()
    return [(entity, row, field) for entity, row, field in rows]


def entry_count(connection: Connection) -> int:
    """How many entries lie here, of everybody: it grows with whatever is written or comes."""
    return int(connection.exec_driver_sql("SELECT coalesce(sum(seq), 0) FROM chain").scalar() or 0)


def conflict_count(connection: Connection) -> int:
    """Of all committees that lie here."""
    return int(connection.exec_driver_sql('SELECT count(*) FROM "conflict"').scalar() or 0)


def conflict_entity(connection: Connection, committee: str, row: str, field: str) -> str | None:
    for entity, at, of in conflicts(connection, committee):
        if (at, of) == (row, field):
            return entity
    return None


def shown_source(doubtful: Values) -> str:
    """Where a doubtful row came from, as a batch says it: file, sheet and row."""
    return f"{doubtful.get('file', '')} {doubtful.get('sheet', '')} {doubtful.get('row', '')}".strip()


def twins(connection: Connection, epochs: Sequence[str]) -> list[Values]:
    """Of these epochs, those that begin where another one of the same device does: restored twice from one backup."""
    begun: dict[str, list[Values]] = {}
    rows = connection.exec_driver_sql(
        "SELECT c.device, c.epoch, c.committee_id, e.detail FROM entry e JOIN chain c ON c.n = e.id >> 40"
        " WHERE e.action = 'epoch' AND e.action NOT IN ('create', 'change')"
    ).fetchall()
    for device, epoch, committee, detail in rows:
        if parent := msgspec.json.decode(detail)["parent"]:
            one = {"code": "epoch-twice", "device": device, "epoch": epoch, "committee": committee}
            begun.setdefault(f"{device}|{committee}|{parent}", []).append(one)
    return [each for found in begun.values() if len(found) > 1 for each in found if each["epoch"] in epochs]


def erased(connection: Connection, committees: Sequence[str]) -> list[str]:
    """Ids of the erasures that were carried out here, of these committees."""
    rows = connection.exec_driver_sql(
        f"SELECT e.detail {OF_ERASES} AND b.committee_id IN ({_holders(committees)}) ORDER BY e.id",
        tuple(committees),
    ).fetchall()
    return sorted({msgspec.json.decode(detail)["erase"] for (detail,) in rows})


def erases_of(connection: Connection, committee: str, row: str) -> list[tuple[str, str, list[str]]]:
    """(erase id, class, erasures that its head names as seen) of the erasures that act on a row."""
    rows = connection.exec_driver_sql(
        "SELECT e.detail, e.erases FROM entry e JOIN batch b ON b.n = e.batch WHERE e.entity_id = ?"
        f" AND e.action = 'erase' AND b.committee_id = ? AND {ERASES_STAND} ORDER BY e.id",
        (row, committee),
    ).fetchall()
    return [
        (detail["erase"], detail["class"], msgspec.json.decode(seen) if seen else [])
        for text, seen in rows
        if (detail := msgspec.json.decode(text))
    ]


def created_with(connection: Connection, committee: str, row: str) -> tuple[set[str], set[str]]:
    """Of the entry that created a row: the erasures its writer had seen, and the classes in which it still says something."""
    seen: set[str] = set()
    classes: set[str] = set()
    for erases, parts in connection.exec_driver_sql(
        "SELECT e.erases, e.parts FROM entry e JOIN batch b ON b.n = e.batch WHERE e.entity_id = ? AND b.committee_id = ?"
        " AND e.action = 'create'",
        (row, committee),
    ).fetchall():
        seen |= set(msgspec.json.decode(erases)) if erases else set()
        classes |= {part.retention for part in unpack(parts) if part.patch is not None}
    return seen, classes


def last_change(connection: Connection, committee: str, *, but: str = "") -> str | None:
    """When the committee's data was last written (traces of looking do not count).

    but: a device whose writing does not count: at a centre its own corrections make nobody's data newer.
    """
    found = connection.exec_driver_sql(
        "SELECT max(b.at) FROM batch b JOIN chain c ON c.n = b.chain"
        f" WHERE b.committee_id = ? AND c.device <> ? AND b.action NOT IN {TRACES}",
        (committee, but),
    ).scalar()
    return str(found) if found else None


def last_batch(connection: Connection, committee: str, *, but: int = 0) -> int | None:
    """The newest batch that changed something, another than `but`: what a plan stands on."""
    found = connection.exec_driver_sql(
        f"SELECT max(n) FROM batch WHERE committee_id = ? AND n <> ? AND action NOT IN {TRACES}", (committee, but)
    ).scalar()
    return int(found) if found is not None else None
