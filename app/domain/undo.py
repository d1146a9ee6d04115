"""What undoing a batch voids and what it must keep: a pure decision over rows, following the ledger's rules.

Undo writes no values: it marks, per field, the versions of the batch as void; undoing the undo lifts the
marks. It keeps, and says so, what was edited since, rows that live references use and what was erased
(ledger-and-bundles.md §1, `_undo_void` of the model).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.versions import (
    DELETED,
    Ref,
    Row,
    Version,
    open_versions,
    shown,
    unreplaced,
)

EDITED, IN_USE, ERASED = "edited", "in-use", "erased"


class Rows(Protocol):
    """What the decision needs to know of other rows."""

    def members(self, row: str) -> list[Row]:
        """The row with all it is merged with, smallest id first."""

    def row(self, row: str) -> Row:
        """The row alone."""

    def references(self, row: str) -> Iterable[tuple[str, str, Version]]:
        """Standing references to it: (row, key, version); an alias that is on counts as one."""

    def exists(self, key: str, version: Version) -> bool:
        """Is this replaced version still there (not erased, not void)?"""

    def is_reference(self, row: str, key: str) -> bool:
        """Does this key of the row hold references?"""

    def is_alias(self, row: str) -> bool: ...


@dataclass(slots=True)
class Batch:
    """What a batch wrote that still counts."""

    writes: dict[tuple[str, str], dict[Version, frozenset[Version]]] = field(default_factory=dict)
    """(row, key) -> version -> what it replaced."""
    offs: dict[tuple[str, str, Ref], set[Version]] = field(default_factory=dict)
    """(row, key, target entry) -> versions of the mark, where the batch itself is an undo."""
    erased: list[tuple[str, str]] = field(default_factory=list)
    """(row, retention class or erase id) that is gone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """To write: this version of this row is void (or, for a redo, no longer void)."""

    row: str
    key: str
    target: Ref
    on: bool
    replaces: frozenset[Version]


@dataclass(slots=True)
class Undoing:
    marks: list[Mark] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    """(row, key, reason)"""


def undo(batch: Batch, rows: Rows, *, whole_rows: bool = True) -> Undoing:
    """Decide the undo (or, if the batch is an undo, the redo) of a batch.

    whole_rows: a row that the batch created and that stays keeps everything the batch said of it, because a
    person without a name helps nobody; without it only its references stay, as in the model.
    """
    result = Undoing(kept=[(row, what, ERASED) for row, what in batch.erased])
    for voided_row, key, target in sorted(batch.offs):
        _flip(batch, rows, voided_row, key, target, result)
    kept = _kept(batch, rows, whole_rows)
    for (row_id, key), written in sorted(batch.writes.items()):
        if reason := kept.get((row_id, key)):
            result.kept.append((row_id, key, reason))
            continue
        row = rows.row(row_id)
        for version in sorted(v for v in written if not row.is_off(key, v)):
            marks = row.offs.get((key, version[1:]), {})
            replaces = frozenset(unreplaced(marks)) if marks else frozenset()
            result.marks.append(Mark(row_id, key, version[1:], on=True, replaces=replaces))
    return result


def _kept(batch: Batch, rows: Rows, whole_rows: bool) -> dict[tuple[str, str], str]:
    """Which of the batch's writes stay, and why.

    A row that the batch created goes only if nothing standing refers to it; references that go with the
    same undo do not hold it. A created row that stays keeps at least the references it came with (a
    household does not lose its door), which may hold further rows: hence the loop.
    """
    kept = {at: reason for at in batch.writes if (reason := _reason(batch, rows, *at))}
    created = [row for row, key in batch.writes if key == DELETED and _creates(batch, row)]
    grew = True
    while grew:
        grew = False
        for row in created:
            if (row, DELETED) not in kept and _held(batch, rows, row, kept):
                kept[row, DELETED] = IN_USE
                grew = True
            if (row, DELETED) in kept:
                for at in batch.writes:
                    if at[0] == row and at not in kept and (whole_rows or rows.is_reference(*at)):
                        kept[at] = kept[row, DELETED]
                        grew = True
    return kept


def _creates(batch: Batch, row: str) -> bool:
    written = batch.writes[row, DELETED]
    return not frozenset().union(*written.values()) - set(written)


def _held(batch: Batch, rows: Rows, row: str, kept: dict[tuple[str, str], str]) -> bool:
    return any(
        version not in batch.writes.get((by, key), ()) or (by, key) in kept for by, key, version in rows.references(row)
    )


def _reason(batch: Batch, rows: Rows, row_id: str, key: str) -> str | None:
    written = batch.writes[row_id, key]
    row = rows.row(row_id)
    standing = set(open_versions(rows.members(row_id), key))
    if not standing or not standing <= set(written) or all(row.is_off(key, v) for v in written):
        return EDITED
    deletes = (row_id, DELETED) in batch.writes
    if key != DELETED and not deletes and shown((row,), DELETED) is not False and not rows.is_alias(row_id):
        return EDITED
    if key == DELETED and _creates(batch, row_id):
        for other in row.keys:
            if set(open_versions((row,), other)) - set(batch.writes.get((row_id, other), ())):
                return EDITED
    replaced = frozenset().union(*written.values()) - set(written)
    return None if all(rows.exists(key, version) for version in replaced) else ERASED


def _flip(batch: Batch, rows: Rows, row_id: str, key: str, target: Ref, result: Undoing) -> None:
    """Redo, or undo of a redo: turn the mark round, unless the field moved on."""
    row = rows.row(row_id)
    marks = row.offs.get((key, target), {})
    standing = unreplaced(marks) if marks else []
    if not standing or not set(standing) <= batch.offs[row_id, key, target]:
        result.kept.append((row_id, key, EDITED))
        return
    versions = row.keys.get(key, {})
    voided = next((version for version in versions if version[1:] == target), None)
    if voided is None:
        result.kept.append((row_id, key, ERASED))
        return
    on = not marks[max(standing)].on
    targets = {other for _, other_key, other in batch.offs if other_key == key}
    together = {version for version in versions if version[1:] in targets}
    base = frozenset().union(versions[voided].replaces, *(versions[v].replaces for v in together))
    now = set(open_versions(rows.members(row_id), key))
    if (not on and now - base) or (on and any(version[1:] not in targets for version in now)):
        result.kept.append((row_id, key, EDITED))
        return
    result.marks.append(Mark(row_id, key, target, on, frozenset(standing)))
