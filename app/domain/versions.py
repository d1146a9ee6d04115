"""What a row says, from the versions that were written of it: a pure fold, in whatever order they came.

A version is named by (n, device, epoch, seq) together with its field; n is one more than the highest
version it replaces, and no clock takes part. The rules are those of ledger-and-bundles.md §1; the
executable model in shared/model is their oracle (tests/db/test_oracle.py). Fields of one group share a
version: here a *key* is a field's key or its group's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Ref = tuple[str, str, int]
"""One entry: (device, epoch, seq). Together with a key it names one version."""
Version = tuple[int, str, str, int]
"""(n, device, epoch, seq); the highest unreplaced one is shown."""

DELETED = "deleted"
MOST = 1 << 53
"""No version counts higher: whoever once wrote an absurd number must not make the next honest one unreadable."""


@dataclass(frozen=True, slots=True)
class Write:
    """One version of one key: its value, all versions it replaces, and, for `deleted`, the entries seen."""

    value: Any
    replaces: frozenset[Version] = frozenset()
    seen: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class Off:
    """One version of the mark that voids another version: undo sets it, redo lifts it."""

    on: bool
    replaces: frozenset[Version] = frozenset()


@dataclass(slots=True)
class Row:
    """All that was written of one id and counts: refused, erased and voided writes are not in it."""

    id: str
    keys: dict[str, dict[Version, Write]] = field(default_factory=dict)
    offs: dict[tuple[str, Ref], dict[Version, Off]] = field(default_factory=dict)

    def is_off(self, key: str, version: Version) -> bool:
        """Is this version of mine voided by an undo?"""
        marks = self.offs.get((key, version[1:]))
        if not marks:
            return False
        standing = unreplaced(marks)
        return bool(standing) and marks[max(standing)].on

    def counting(self, key: str) -> dict[Version, Write]:
        """The versions of a key that no undo has voided."""
        versions = self.keys.get(key, {})
        if not self.offs:
            return versions
        return {version: write for version, write in versions.items() if not self.is_off(key, version)}

    @property
    def refs(self) -> frozenset[Ref]:
        """The entries that wrote fields of this row: what a delete says it has seen."""
        return frozenset(version[1:] for versions in self.keys.values() for version in versions)


@dataclass(frozen=True, slots=True)
class State:
    """What a row, or a group of merged rows, says now."""

    values: dict[str, Any]
    deleted: bool
    conflicts: frozenset[str]
    written_as: dict[str, str]
    """key → the merged member whose value shows, where there are several."""


def unreplaced(versions: Mapping[Version, Write] | Mapping[Version, Off]) -> list[Version]:
    """Those that no other of them replaces."""
    if len(versions) == 1:
        return list(versions)
    replaced: set[Version] = set()
    for write in versions.values():
        replaced |= write.replaces
    return [version for version in versions if version not in replaced]


def open_versions(rows: Iterable[Row], key: str) -> dict[Version, Write]:
    """The unreplaced versions of a key over merged rows: replacing counts while they are merged."""
    counting: dict[Version, Write] = {}
    for row in rows:
        counting.update(row.counting(key))
    return {version: counting[version] for version in unreplaced(counting)}


def shown(rows: Iterable[Row], key: str) -> Any:
    """The value of the highest unreplaced version, or None."""
    standing = open_versions(rows, key)
    return standing[max(standing)].value if standing else None


def differ(standing: Mapping[Version, Write]) -> bool:
    """Two or more unreplaced versions with different values: a conflict. Equal values are none."""
    values = [write.value for write in standing.values()]
    return any(value != values[0] or type(value) is not type(values[0]) for value in values[1:])


def next_n(replaced: Iterable[Version]) -> int:
    return min(MOST, 1 + max((version[0] for version in replaced), default=0))


def is_dead(row: Row) -> bool:
    """Deleted, or never (any more) created: an undone creation leaves no `deleted` version standing."""
    standing = open_versions((row,), DELETED)
    return not standing or bool(standing[max(standing)].value)


def fold(rows: Sequence[Row]) -> State:
    """What the rows of one merged group say together (a single row is a group of one).

    A deleted member contributes nothing; the group is deleted only when all members are. Conflicts: a key
    with differing open versions; DELETED where members disagree about it or where a delete did not know
    of a version that stands. (A live reference to a deleted row is found across rows, by the ledger.)
    """
    dead = [row for row in rows if is_dead(row)]
    using = rows if len(dead) == len(rows) else [row for row in rows if row not in dead]
    values: dict[str, Any] = {}
    written_as: dict[str, str] = {}
    conflicts: set[str] = set()
    for key in dict.fromkeys(key for row in using for key in row.keys):
        standing = open_versions(using, key)
        if not standing:
            continue
        if key != DELETED:
            if len(standing) > 1 and differ(standing):
                conflicts.add(key)
            version = max(standing)
            values[key] = standing[version].value
            if len(rows) > 1:
                written_as[key] = next(row.id for row in using if version in row.keys.get(key, ()))
    if any(differ(open_versions((row,), DELETED)) for row in rows) or any(map(unseen, dead)):
        conflicts.add(DELETED)
    return State(values, deleted=len(dead) == len(rows), conflicts=frozenset(conflicts), written_as=written_as)


def unseen(row: Row) -> bool:
    """Does something stand in this deleted row that its deletion had not seen?"""
    seen: set[Ref] = set()
    for write in open_versions((row,), DELETED).values():
        seen |= write.seen
    return any(version[1:] not in seen for key in row.keys if key != DELETED for version in open_versions((row,), key))


def groups(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Merged groups from the pairs that are on: id -> all its members, smallest (the group's id) first."""
    parent: dict[str, str] = {}

    def root(row: str) -> str:
        while parent.get(row, row) != row:
            row = parent[row]
        return row

    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        if low != high:
            parent[high] = low
    members: dict[str, list[str]] = {}
    for row in {*parent, *parent.values()}:
        members.setdefault(root(row), []).append(row)
    return {row: tuple(sorted(group)) for group in members.values() for row in group}
