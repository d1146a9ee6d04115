"""The one door through which anything is written: entries, and in the same transaction the tables they show.

Whoever understands this module understands the application: a batch is opened (`Writing`), rows are
created, changed or removed in it, and `finish` shows them. Undo, erasing and merging other devices'
entries are further ways of appending. The rules: ledger-and-bundles.md §1. All functions run inside the
caller's transaction (`Database.transaction()`), which rolls back unless it ends well. Longer than most files: writing,
undoing and erasing are three ways through one door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db import search
from app.db.entries import NO_DIGEST, Chain, Head, Part, commit, digest, key_of, pack, short_ref, short_version, unpack
from app.db.fresh import PUT_NUMBER, append_fresh, run
from app.db.projection import project
from app.db.rows import ALIAS, SEQ_BITS, Reader
from app.db.seal import Ring
from app.domain import strict
from app.domain import undo as undoing
from app.domain.fields import CORE, ENTITIES, FORMAT
from app.domain.findings import UserError
from app.domain.ids import new_id, repeated_id
from app.domain.versions import DELETED, Version, open_versions, shown

_json = msgspec.json.Encoder()

ERASES_STAND = "(b.refused IS NULL OR b.refused = 'device-revoked')"
"""Of which batches the erases act, in SQL."""
OF_ERASES = (
    "FROM entry e INDEXED BY entry_acts CROSS JOIN batch b ON b.n = e.batch"
    " WHERE e.action = 'erase' AND e.action NOT IN ('create', 'change')"
)
"""All erase entries with their batches, through the index that leaves out creates and changes."""
NUMBERS, TRACE = "identity", "trace"
"""The classes in which document numbers lie, and what acts say in words."""

RETENTION: dict[str, dict[str, str]] = {
    entity.key: {field.key: field.retention for field in entity.stored} for entity in ENTITIES.values()
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: device, committee, account, and the wall time (ISO 8601), which is shown but decides nothing."""

    device: str
    committee_id: str
    account: str
    at: str


@dataclass(frozen=True, slots=True)
class Undone:
    """`marks`: how many field versions were voided (or put back); `kept`: (row, field, reason)."""

    batch: str
    marks: int
    kept: tuple[tuple[str, str, str], ...]


def retention_of(entity: str, field_key: str) -> str:
    """The retention class of a field; `deleted` and aliases belong to none."""
    return RETENTION.get(entity, {}).get(field_key, CORE)


def current_chain(connection: Connection, device: str, committee_id: str) -> tuple[int, Chain, int, bytes] | None:
    """(n, chain, seq, head) of the chain this device now writes for a committee, or None before its first entry."""
    found = connection.exec_driver_sql(
        "SELECT n, epoch, seq, head FROM chain WHERE device = ? AND committee_id = ? AND current = 1",
        (device, committee_id),
    ).fetchone()
    return (found[0], Chain(device, found[1], committee_id), found[2], bytes(found[3])) if found else None


def begin_epoch(
    connection: Connection, author: Author, *, parent: list[Any] | None = None, epoch: str | None = None
) -> None:
    """Begin a chain of this device: at its first entry, and after a restore (parent = [epoch, seq, digest hex])."""
    connection.exec_driver_sql(
        "UPDATE chain SET current = 0 WHERE device = ? AND committee_id = ?", (author.device, author.committee_id)
    )
    epoch = epoch or new_id()
    connection.exec_driver_sql(
        "INSERT INTO chain (device, epoch, committee_id, seq, head, current) VALUES (?, ?, ?, 0, ?, 1)",
        (author.device, epoch, author.committee_id, NO_DIGEST),
    )
    with Writing(connection, author, "epoch") as writing:
        writing.append("epoch", "chain", epoch, (), detail={"parent": parent})


class Writing:
    """One open batch: what "undo" takes. Use as a context manager; the batch is shown when the block ends well."""

    def __init__(
        self, connection: Connection, author: Author, action: str, *, purpose: str = "", batch: str | None = None
    ) -> None:
        own = current_chain(connection, author.device, author.committee_id)
        if own is None:
            begin_epoch(connection, author)
            own = current_chain(connection, author.device, author.committee_id)
            assert own is not None
        self.connection = connection
        self.author = author
        self.purpose = purpose
        self.chain_n, self.chain, self.seq, self.head = own
        self.batch = batch or str(new_id())
        self.batch_n: int = connection.exec_driver_sql(
            "INSERT INTO batch (committee_id, id, chain, at, account, action, purpose, format)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (author.committee_id, self.batch, self.chain_n, author.at, author.account, action, purpose, FORMAT),
        ).lastrowid  # fmt: skip
        self.reader = Reader(connection, author.committee_id)
        self.changed: set[str] = set()
        self._touched: set[str] = set()
        self._numbers: dict[str, list[bytes]] = {}

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.finish()

    # ---------------------------------------------------------------- entries

    def append(
        self, action: str, entity: str, row: str, parts: Iterable[Part],
        *, erases: Iterable[str] = (), detail: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Append one entry as it is."""
        parts, seen, detail = list(parts), sorted(set(erases)), dict(detail or {})
        self.seq += 1
        author = self.author
        head = Head(*self.chain, self.seq, author.at, author.account, action, self.purpose, entity, row, self.batch,
                    FORMAT, seen, detail)  # fmt: skip
        self.head = digest(self.head, head, parts)
        self.connection.exec_driver_sql(
            "INSERT INTO entry (id, batch, action, entity, entity_id, erases, detail, digest, parts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.chain_n << SEQ_BITS | self.seq, self.batch_n, action, entity, row,
             _json.encode(seen).decode() if seen else None,
             _json.encode(detail).decode() if detail else None, self.head, pack(parts)),
        )  # fmt: skip
        self.reader.forget([row])
        self.reader.entity_of.setdefault(row, entity)

    def act(self, action: str, entity: str, row: str, said: Mapping[str, Any] | None = None) -> None:
        """Something happened that writes no value: an import, a view, an export. `said` is erasable."""
        parts = [commit(TRACE, {"t": dict(said)})] if said else []
        self.append(action, entity, row, parts, erases=self._erases(row, TRACE) if said else ())

    # ---------------------------------------------------------------- rows

    def create(self, entity: str, rows: Iterable[tuple[str, dict[str, Any]]], ring: Ring | None = None) -> None:
        """Create rows of which nothing was ever written (new ids), by the hundred thousand if need be.

        ring: under which the values of level 3 are sealed here; None: they are sealed already.
        """
        append_fresh(self, entity, rows, ring)
        self.changed.add(entity)

    def change(self, entity: str, row: str, values: Mapping[str, Any]) -> None:
        """Write new values over everything that stands for them, also on merged rows.

        Fields of a group are completed by what stands; a row that is deleted, or new, is (re)created.
        """
        members = self.reader.members(row)
        written = self._whole_groups(entity, row, values)
        alive = entity == ALIAS or shown((self.reader.row(row),), DELETED) is False
        if not alive and DELETED not in written:
            written[DELETED] = False
        replaced = {key: list(open_versions(members, key)) for key in {key_of(entity, f) for f in written}}
        self.write(entity, row, written, replaced)

    def set_deleted(self, entity: str, row: str, deleted: bool) -> None:
        """Delete a row, or take it back. A delete names every entry of the row that it has seen."""
        self.write(entity, row, {DELETED: deleted}, {DELETED: list(open_versions((self.reader.row(row),), DELETED))})

    def merge_rows(self, first: str, second: str) -> None:
        """Declare two rows to be one; undoing the batch takes it back and loses nothing."""
        low, high = sorted((first, second))
        self.change(ALIAS, f"{low}|{high}", {"on": True})

    def keep_apart(self, first: str, second: str) -> None:
        """Declare two rows never to be one: the same pair, off. Merged elsewhere meanwhile, it is a conflict."""
        low, high = sorted((first, second))
        self.change(ALIAS, f"{low}|{high}", {"on": False})

    def write(
        self, entity: str, row: str, values: Mapping[str, Any], replaced: Mapping[str, list[Version]],
        *, erases: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Append one entry with these values, replacing exactly these versions (by key).

        erases: further erasures that the writer has seen, beside those of this row.
        """
        patches: dict[str, dict[str, Any]] = {}
        for key, value in values.items():
            self._must_be_readable(entity, key, value)
            patches.setdefault(retention_of(entity, key), {"v": {}})["v"][key] = value
        for key, versions in replaced.items():
            if versions:
                of = next(retention_of(entity, f) for f in values if key_of(entity, f) == key)
                shorts = [short_version(version, self.chain) for version in sorted(versions)]
                patches[of].setdefault("r", {})[key] = shorts
        existing = self.reader.row(row)
        if DELETED in values and existing.keys:
            patches[CORE]["s"] = [short_ref(ref, self.chain) for ref in sorted(existing.refs)]
        action = "merge" if entity == ALIAS else "change" if existing.keys else "create"
        for patch in patches.values():
            patch["v"] = dict(sorted(patch["v"].items()))
        parts = [commit(retention, patches[retention]) for retention in sorted(patches)]
        seen = [erase for retention in patches for erase in self._erases(row, retention)]
        self.append(action, entity, row, parts, erases=[*seen, *erases])
        self._touched.add(row)

    def _must_be_readable(self, entity: str, key: str, value: Any) -> None:
        """What nobody else could read would shut this PC out of the exchange. Raises UserError("value-refused")."""
        field = ENTITIES[entity].by_key.get(key) if entity in ENTITIES else None
        if field is not None and isinstance(value, str | list | dict) and (why := strict.unsendable(field, value)):
            raise UserError("value-refused", field=field.title, reason=why)

    def _whole_groups(self, entity: str, row: str, values: Mapping[str, Any]) -> dict[str, Any]:
        whole = dict(values)
        for field_key in values:
            group = key_of(entity, field_key)
            if group != field_key:
                stands = shown(self.reader.members(row), group) or {}
                whole = {**stands, **whole}
        return whole

    def _erases(self, row: str, retention: str) -> list[str]:
        return [
            detail["erase"]
            for (text,) in self.reader.sql("SELECT detail FROM entry WHERE entity_id = ? AND action = 'erase'", (row,))
            if (detail := msgspec.json.decode(text))["class"] == retention
        ]

    def void(self, row: str, marks: list[undoing.Mark]) -> None:
        """Append one entry that sets (or lifts) the marks of one row."""
        entity = self.reader.entity(row)
        items: dict[tuple[Any, ...], dict[str, Any]] = {}
        for mark in marks:
            item = items.setdefault((mark.target, mark.on), {"keys": [], "r": {}})
            item["keys"].append(mark.key)
            if mark.replaces:
                item["r"][mark.key] = [short_version(version, self.chain) for version in sorted(mark.replaces)]
        offs = [[short_ref(target, self.chain), item["keys"], on, item["r"]] for (target, on), item in items.items()]
        self.append("undo", entity, row, [commit(CORE, {"o": offs})])
        self._touched.add(row)

    def index_numbers(self, resident: str, values: list[bytes]) -> None:
        """Remember these index values of a resident's document numbers (local to this PC, no entry)."""
        self._numbers[resident] = values

    def take_numbers(self, resident: str) -> list[bytes]:
        """The index values remembered for a resident, who is indexed right now."""
        return self._numbers.pop(resident, [])

    def touch(self, row: str) -> None:
        """Have this row shown anew at the end."""
        self._touched.add(row)

    def show(self) -> None:
        """Let the tables show what was written so far (later steps of the same batch may read it)."""
        if self._touched:
            self.changed |= project(self.reader, self._touched)
            self._touched.clear()

    def finish(self) -> None:
        """Show what was written and move the chain's head. Called once, by the context manager."""
        self.connection.exec_driver_sql(
            "UPDATE chain SET seq = ?, head = ? WHERE n = ?", (self.seq, self.head, self.chain_n)
        )
        self.show()
        if self._numbers:
            search.index_numbers(self.connection, self.author.committee_id, self._numbers)


def undo(connection: Connection, author: Author, batch_id: str, *, whole_rows: bool = True) -> tuple[Undone, set[str]]:
    """Undo a batch (of an undo: redo). Returns what was done and the entities that changed.

    whole_rows: see `app.domain.undo.undo`.

    Raises UserError: `batch-unknown`, `already-undone`, `undo-nothing` (all of it was kept; details say why).
    """
    reader = Reader(connection, author.committee_id)
    if not reader.sql("SELECT 1 FROM batch WHERE committee_id = ? AND id = ?", (author.committee_id, batch_id)):
        raise UserError("batch-unknown", batch=batch_id)
    decided = undoing.undo(reader.batch(batch_id), reader, whole_rows=whole_rows)
    if not decided.marks:
        undone = is_undone(connection, author.committee_id, batch_id)
        raise UserError("already-undone" if undone else "undo-nothing", batch=batch_id, kept=decided.kept)
    by_row: dict[str, list[undoing.Mark]] = {}
    for mark in decided.marks:
        by_row.setdefault(mark.row, []).append(mark)
    with Writing(connection, author, "undo") as writing:
        writing.append("undo", "batch", batch_id, ())
        for row, marks in by_row.items():
            writing.void(row, marks)
    return Undone(writing.batch, len(decided.marks), tuple(decided.kept)), writing.changed


def index_numbers_again(connection: Connection, committee_id: str, numbers: Mapping[str, list[bytes]]) -> None:
    """Put these index values in place of what stood for the residents' document numbers (local to this PC, no entry)."""
    search.forget_numbers(connection, committee_id, numbers)
    search.index_numbers(connection, committee_id, numbers)


def forget_all_numbers(connection: Connection) -> None:
    """Empty the index: its values were made otherwise than they are looked for now."""
    connection.exec_driver_sql("DELETE FROM id_index")


def fill_numbers(connection: Connection, numbers: Mapping[int, list[bytes]]) -> None:
    """The same for residents who have no index values yet, by row number; who has no number is noted as looked at."""
    rows = [(value, n) for n, values in numbers.items() for value in values or [search.NO_NUMBER]]
    run(connection.connection.driver_connection, [(PUT_NUMBER, sorted(rows))])


def is_undone(connection: Connection, committee_id: str, batch_id: str) -> bool:
    """Does an undo of this batch stand (and is not itself undone)?"""
    return any(
        not is_undone(connection, committee_id, by)
        for (by,) in connection.exec_driver_sql(
            "SELECT b.id FROM entry e JOIN batch b ON b.n = e.batch"
            " WHERE e.entity_id = ? AND e.action = 'undo' AND e.entity = 'batch' AND b.committee_id = ?",
            (batch_id, committee_id),
        ).fetchall()
    )


def is_redo(connection: Connection, committee_id: str, batch_id: str) -> bool:
    """Is this undo the undo of an undo?"""
    return bool(
        connection.exec_driver_sql(
            "SELECT 1 FROM batch b JOIN entry e ON e.batch = b.n AND e.entity = 'batch' AND e.action = 'undo'"
            " JOIN batch u ON u.id = e.entity_id AND u.committee_id = b.committee_id"
            " WHERE b.committee_id = ? AND b.id = ? AND u.action = 'undo'",
            (committee_id, batch_id),
        ).first()
    )


def entity_of(connection: Connection, committee_id: str, row: str) -> str:
    """What kind of row an id is, by the ledger."""
    return Reader(connection, committee_id).entity(row)


def erase(
    writing: Writing, entity: str, row: str, retention: str, *, erase_id: str | None = None, here_only: bool = False
) -> str:
    """Erase what was written of a row in one retention class, now and whenever it arrives. Returns the erase's id.

    Of one row: whoever erases a merged person erases every member, with the same id (`erase_group`).
    here_only: the centre shall not repeat it where the person has moved to, because only the purpose here has ended;
    its head says so by naming the repetition as seen.
    """
    erase_id = erase_id or str(new_id())
    seen = [repeated_id(erase_id)] if here_only else []
    writing.append("erase", entity, row, (), erases=seen, detail={"class": retention, "erase": erase_id})
    null_erased(writing.reader, row)
    writing.touch(row)
    return erase_id


def erase_group(
    writing: Writing, entity: str, row: str, retention: str, *, erase_id: str | None = None, here_only: bool = False
) -> str:
    """The same for a row and all that it is merged with: one id, one entry for each member."""
    erase_id = erase_id or str(new_id())
    for member in writing.reader.group(row):
        erase(writing, entity, member, retention, erase_id=erase_id, here_only=here_only)
    return erase_id


def standing_erases(connection: Connection, committee_id: str, row: str) -> list[tuple[str, str]]:
    """(class, id) of the erases that act on a row.

    Those of refused batches do not, but one of a device that was revoked later does: what it erased is gone already.
    """
    found = connection.exec_driver_sql(
        "SELECT e.detail FROM entry e JOIN batch b ON b.n = e.batch"
        f" WHERE e.entity_id = ? AND e.action = 'erase' AND b.committee_id = ? AND {ERASES_STAND}", (row, committee_id)
    ).fetchall()  # fmt: skip
    return [(said["class"], said["erase"]) for (detail,) in found if (said := msgspec.json.decode(detail))]


def null_erased(reader: Reader, row: str) -> set[str]:
    """Null the parts that an erase covers: those of its class whose head does not name it as seen.

    Only within the chains of the erase's committee. Returns the classes in which something went; document numbers
    leave the index with them.
    """
    erases = standing_erases(reader.connection, reader.committee_id, row)
    if not erases:
        return set()
    went: set[str] = set()
    for number, seen, data in reader.sql(
        "SELECT e.id, e.erases, e.parts FROM entry e JOIN batch b ON b.n = e.batch"
        " WHERE e.entity_id = ? AND b.committee_id = ?", (row, reader.committee_id),
    ):  # fmt: skip
        known = set(msgspec.json.decode(seen)) if seen else set()
        gone = {retention for retention, erase_id in erases if erase_id not in known}
        parts = unpack(data)
        lost = {part.retention for part in parts if part.retention in gone and part.patch is not None}
        if lost:
            left = [Part(p.retention, None, None, p.commitment) if p.retention in lost else p for p in parts]
            reader.connection.exec_driver_sql("UPDATE entry SET parts = ? WHERE id = ?", (pack(left), number))
            went |= lost
    if went:
        reader.forget([row])
    if NUMBERS in went:
        search.forget_numbers(reader.connection, reader.committee_id, reader.group(row))
    return went
