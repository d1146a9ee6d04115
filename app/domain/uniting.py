"""What two records of one person say together: which fields agree, which must be chosen, and what stands afterwards.

Pure, so that a person sees it before anything is written. Nothing that only one of them says is lost; lists are united,
notes are joined; of two different values one is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from app.domain.differences import is_empty, number_key, phone_key, same
from app.domain.fields import RESIDENT, Field, Type
from app.domain.findings import UserError

Values = Mapping[str, Any]
KEEP, OTHER = "keep", "other"
"""The two sides: the record that stays, and the one that joins it."""
SIDES = (KEEP, OTHER)


class Agreement(StrEnum):
    """How a field stands between the two. UNITED: both lists or notes stay; DIFFERS: one is to be chosen."""

    SAME = "same"
    ONE = "one"
    OTHER = "other"
    UNITED = "united"
    DIFFERS = "differs"


FIELDS: dict[str, Field] = {field.key: field for field in RESIDENT.stored}
CHOSEN = frozenset(FIELDS) - {"move", "moved_from"}
"""What a person may choose of; moving house has pages of its own."""
JOINED = frozenset({"note", "note_sensitive"})
FOLLOWS = {
    "status_since": "status", "whereabouts": "status", "birth_year": "birth_date", "relation": "household",
}  # fmt: skip
"""Says something only together with another field: where that one differs, both come from one record."""
_PARTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "phones": ("number", phone_key), "documents": ("number", number_key), "emergency_contacts": ("phone", phone_key),
}  # fmt: skip
"""What makes two entries of a list the same one."""


def agreement(field: Field, keep: Any, other: Any) -> Agreement | None:
    """How the two stand to each other; None where neither says anything."""
    if is_empty(keep) and is_empty(other):
        return None
    if is_empty(other):
        return Agreement.ONE
    if is_empty(keep):
        return Agreement.OTHER
    if _agree(field, keep, other):
        return Agreement.SAME
    return Agreement.UNITED if _is_united(field) else Agreement.DIFFERS


def check_choices(choices: Mapping[str, str]) -> None:
    """Raises UserError("duplicate-choice") for a field that cannot be chosen, or a side that is none."""
    for key, side in choices.items():
        if key not in CHOSEN or side not in SIDES:
            raise UserError("duplicate-choice", field=key, side=side)


def side_of(key: str, keep: Values, other: Values, choices: Mapping[str, str]) -> str:
    """From which record a field comes; of what is united, whose part goes first."""
    if key in choices:
        return choices[key]
    leads = FOLLOWS.get(key)
    if leads and agreement(FIELDS[leads], keep.get(leads), other.get(leads)) is Agreement.DIFFERS:
        return side_of(leads, keep, other, choices)
    return OTHER if is_empty(keep.get(key)) and not is_empty(other.get(key)) else KEEP


def united(keep: Values, other: Values, choices: Mapping[str, str]) -> dict[str, Any]:
    """What the one person says: field → value, without the fields of which nothing is known.

    keep, other: opened values. choices: field → side, for what differs; KEEP where nothing was chosen.
    """
    result = {}
    for key, field in FIELDS.items():
        first, second = keep.get(key), other.get(key)
        if side_of(key, keep, other, choices) == OTHER:
            first, second = second, first
        value = _together(field, first, second) if _is_united(field) and key not in JOINED & choices.keys() else first
        if not is_empty(value):
            result[key] = value
    return result


def _is_united(field: Field) -> bool:
    if field.key in JOINED:
        return True
    return field.type in (Type.RECORDS, Type.CHOICES, Type.JSON) and field.key != "move"


def _agree(field: Field, one: Any, other: Any) -> bool:
    if field.type is Type.RECORDS:
        return _plain(_entries(field.key, one, other)) == _plain(one) and len(one) == len(other)
    return same(field, one, other)


def _plain(entries: Any) -> list[Any]:
    return [{key: value for key, value in entry.items() if not is_empty(value)} for entry in entries]


# ---------------------------------------------------------------- uniting


def _together(field: Field, first: Any, second: Any) -> Any:
    """Both, the first one's part in front."""
    if is_empty(first) or is_empty(second):
        return second if is_empty(first) else first
    if field.type is Type.RECORDS:
        return _entries(field.key, first, second)
    if field.type is Type.CHOICES:
        return [*first, *(word for word in second if word not in first)]
    if field.type is Type.JSON:
        return {**second, **first} if isinstance(first, dict) and isinstance(second, dict) else first
    if second in first or first in second:
        return max(first, second, key=len)
    return f"{first}；{second}"


def _entries(whole: str, first: Any, second: Any) -> list[dict[str, Any]]:
    """The first's entries, gaps filled, then those that only the second has; a further paper of one kind is a former one."""
    part, plain = _PARTS[whole]
    result = [dict(entry) for entry in first]
    for entry in second:
        number = plain(str(entry.get(part) or ""))
        known = next((each for each in result if number and plain(str(each.get(part) or "")) == number), None)
        if known is not None:
            known.update({key: value for key, value in entry.items() if is_empty(known.get(key))})
        elif entry not in result:
            result.append(dict(entry))
            if whole == "documents" and any(_in_force(each, entry) for each in first):
                result[-1]["former"] = True
    if whole == "documents" and any(entry.get("number") for entry in result):
        result = [entry for entry in result if entry.get("number")]  # 无 says nothing beside a paper
    return result


def _in_force(paper: Values, further: Values) -> bool:
    return bool(paper.get("number")) and paper.get("type") == further.get("type") and not paper.get("former")
