"""Which version a rule keeps in a conflict: pure, so that many can be counted before anything is written.

No rule asks a clock: whoever wrote last by the clock of his PC need not know better (ledger-and-bundles.md §1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain.fields import ENTITIES
from app.domain.versions import DELETED as DELETED_KEY
from app.domain.versions import Row, differ, is_dead, open_versions, unseen

OWN, CENTRE, SHOWN, FILE, RESTORE = "own", "centre", "shown", "file", "restore"
"""The committee's own; the street's; what shows now; what came from a named file; take deleted rows back."""
KEEP, DELETE = "restore", "delete"
"""What stands for a version where a row was deleted on one side: take it back, or leave it deleted."""
VALUE, DELETED, IN_USE, MOVE, MERGE = "value", "deleted", "in-use", "move", "merge"
"""Kinds of conflict."""

Case = dict[str, Any]


def chosen(case: Case, rule: str, file: str = "") -> str | None:
    """The version that the rule keeps, or None where it cannot tell: nobody fits, or two that differ do.

    A move is never decided by a rule: somebody has moved or has not, and a telephone call tells.
    """
    if case["kind"] == MOVE:
        return None
    if rule == RESTORE:
        return KEEP if case["kind"] in (DELETED, IN_USE) else None
    if case["kind"] == IN_USE:
        return None
    fitting = [each for each in case["values"] if _fits(each, rule, file)]
    if not fitting or len({each["same"] for each in fitting}) > 1:
        return None
    return str(fitting[-1]["version"])


def _fits(value: Case, rule: str, file: str) -> bool:
    if rule == SHOWN:
        return bool(value["shown"])
    return bool(value["source"] == file if rule == FILE else value["of"] == rule)


def choices(cases: Iterable[Case], rule: str, file: str = "") -> dict[str, str]:
    """{conflict id: version} of those that the rule can decide."""
    found = ((case["id"], chosen(case, rule, file)) for case in cases)
    return {conflict: version for conflict, version in found if version is not None}


def files(cases: Iterable[Case]) -> list[str]:
    """The files and notes that values of these conflicts came from, the commonest first."""
    counted: dict[str, int] = {}
    for case in cases:
        for source in {each["source"] for each in case["values"] if each["source"]}:
            counted[source] = counted.get(source, 0) + 1
    return sorted(counted, key=lambda source: (-counted[source], source))


# ---------------------------------------------------------------- what a conflict is about


def kind_of(entity: str, field: str) -> str:
    """What kind of conflict a field's is; pairs of merged rows are no entity of the catalogue."""
    if entity not in ENTITIES:
        return MERGE
    return field if field in (DELETED, IN_USE, MOVE) else VALUE


def is_group(entity: str, key: str) -> bool:
    """Does the key stand for several fields that share a version?"""
    return entity in ENTITIES and any(each.group == key for each in ENTITIES[entity].fields)


def alive(members: list[Row]) -> list[Row]:
    """The members whose values show: a deleted one contributes nothing beside one that lives."""
    return [each for each in members if not is_dead(each)] or members


def deleted_in_doubt(members: list[Row]) -> list[Row]:
    """The members of which one side deleted what the other went on writing."""
    found = [
        each for each in members
        if differ(open_versions((each,), DELETED_KEY)) or (is_dead(each) and unseen(each))
    ]  # fmt: skip
    return found or members
