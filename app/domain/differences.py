"""What a roster row would change of a person we know: never a blank over a value, nothing lost from a list.

Equal after normalisation is no change, so that the same file read twice writes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from app.domain.fields import ENTITIES, RESIDENT, Entity, Field, Type

Values = Mapping[str, Any]


class Policy(StrEnum):
    """Whose value stands where both have one and they differ: the roster's, or ours."""

    TAKE = "take"
    KEEP = "keep"


def changes(
    known: Values, row: Values, policy: Policy | str = Policy.TAKE, entity: Entity = RESIDENT
) -> dict[str, Any]:
    """The stored fields of `entity` that a row changes, with their new values; empty: nothing to write.

    known: present values, lists whole (`phones`, `documents`). row: values of a roster, which may use
    the single view of a list (`phone`, `id_number`). An empty cell changes nothing; lists only grow.
    """
    new: dict[str, Any] = {}
    lists: dict[str, dict[str, Any]] = {}
    fields = _writable(entity.key)
    for key, value in row.items():
        field = fields.get(key)
        if field is None or is_empty(value):
            continue
        if field.part_of is not None:
            whole, part = field.part_of
            lists.setdefault(whole, {})[part] = value
            continue
        before = known.get(key)
        if before == value:
            continue
        after = _merged(field, before, value, policy)
        if after is not None:
            new[key] = after
    for whole, entry in lists.items():
        before = new.get(whole, known.get(whole))
        after = merge_entry(whole, before or (), entry)
        if after is not None:
            new[whole] = after
    return new


@cache
def _writable(entity: str) -> dict[str, Field]:
    """A row's columns that are the entity's own; references are the caller's."""
    return {field.key: field for field in ENTITIES[entity] if field.type is not Type.REFERENCE}


def says_otherwise(earlier: Values, later: Values) -> bool:
    """Does a second row of one file say anything that the first did not? Place columns are not compared."""
    return any(
        not is_empty(later.get(key)) and not same(field, earlier.get(key), later[key])
        for key, field in _writable(RESIDENT.key).items()
    )


def is_empty(value: Any) -> bool:
    """An empty cell: nothing, blanks, an empty list. False and 0 are values."""
    return value is None or value == [] or value == () or (isinstance(value, str) and not value.strip())


def _merged(field: Field, before: Any, value: Any, policy: Policy | str) -> Any:
    """The new value of a field, None if it stays."""
    if field.type is Type.RECORDS:
        merged: list[dict[str, Any]] = [dict(entry) for entry in before or ()]
        grown = False
        for entry in reversed(list(value)):  # each is put in front, so the first ends first
            after = merge_entry(field.key, merged, entry)
            if after is not None:
                merged, grown = after, True
        return merged if grown else None
    if field.key in OTHERS:
        return _with_columns(before or {}, value, policy)
    if field.type is Type.CHOICES:
        union = list(before or ()) + [word for word in value if word not in (before or ())]
        return union if len(union) > len(before or ()) else None
    if same(field, before, value) or (policy == Policy.KEEP and not is_empty(before)):
        return None
    return value


OTHERS = frozenset({"extra", "extra_sensitive"})
"""{title: text} of columns that have no field: each title is a value of its own."""


def _with_columns(before: Values, said: Values, policy: Policy | str) -> dict[str, Any] | None:
    """What was said in other columns stays; of a title that both have the newer text stands, or ours."""
    told = {
        title: text
        for title, text in said.items()
        if not is_empty(text)
        and (title not in before or (policy != Policy.KEEP and text_key(str(before[title])) != text_key(str(text))))
    }
    return {**before, **told} if told else None


def same(field: Field, one: Any, other: Any) -> bool:
    """Equal after normalisation: width, blanks, the kind of middle dot, phone and number spelling."""
    if one == other:
        return True
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if field.type is Type.PHONE:
        return phone_key(str(one)) == phone_key(str(other))
    if field.type is Type.ID_NUMBER:
        return number_key(str(one)) == number_key(str(other))
    if field.type is Type.CHOICES:
        return set(one) == set(other)
    if isinstance(one, str) and isinstance(other, str):
        return text_key(one) == text_key(other)
    return False


# ---------------------------------------------------------------- lists of small records

_KEYS = {"phones": "number", "documents": "number", "emergency_contacts": "phone"}
"""What makes two entries of a list the same one."""


def merge_entry(whole: str, before: Any, entry: Values) -> list[dict[str, Any]] | None:
    """The list with one entry taken in, None if it says nothing new.

    A new phone or contact goes first and the old ones stay: the latest number is the one to ring. A new
    paper goes first too, and an older one of its type is marked `former`; but no other paper pushes the
    resident's identity card from the first place. An entry that is there only has its gaps filled.
    """
    if any(all(each.get(part) == value for part, value in entry.items()) for each in before):
        return None
    entries = [dict(each) for each in before]
    named = {key: value for key, value in entry.items() if not is_empty(value)}
    key = _KEYS[whole]
    if key not in named:
        return _fill_first(entries, named)
    for each in entries:
        if _entry_key(whole, each.get(key)) == _entry_key(whole, named[key]):
            gaps = {part: value for part, value in named.items() if is_empty(each.get(part))}
            each.update(gaps)
            return entries if gaps else None
    if whole == "documents":
        return _with_paper(entries, named)
    if whole == "emergency_contacts" and (held := _unnumbered(entries, named)) is not None:
        held.update(named)
        return entries
    return [named, *entries]


def _fill_first(entries: list[dict[str, Any]], named: dict[str, Any]) -> list[dict[str, Any]] | None:
    """A part without its number (type alone, contact's name alone): fills the first entry's gaps."""
    if not named:
        return None
    if not entries:
        return [named]
    if any(all(each.get(part) == value for part, value in named.items()) for each in entries):
        return None
    gaps = {part: value for part, value in named.items() if is_empty(entries[0].get(part))}
    if gaps:
        entries[0].update(gaps)
        return entries
    return [*entries, named] if "name" in named else None


def _unnumbered(entries: list[dict[str, Any]], named: dict[str, Any]) -> dict[str, Any] | None:
    """A contact whose name was known before the number."""
    return next(
        (each for each in entries if is_empty(each.get("phone")) and each.get("name") == named.get("name")),
        None,
    )


def _with_paper(entries: list[dict[str, Any]], named: dict[str, Any]) -> list[dict[str, Any]]:
    kind = named.get("type")
    blank = next((each for each in entries if is_empty(each.get("number"))), None)
    if blank is not None and blank.get("type") in (kind, None, "无"):
        entries.remove(blank)
    for each in entries:
        if kind is not None and each.get("type") == kind:
            each["former"] = True
    card_first = entries and entries[0].get("type") == "身份证" and not entries[0].get("former")
    return [*entries, named] if card_first else [named, *entries]


def _entry_key(whole: str, number: Any) -> str:
    return number_key(str(number or "")) if whole == "documents" else phone_key(str(number or ""))


# ---------------------------------------------------------------- how things are compared


def phone_key(number: str) -> str:
    """Digits of a phone as compared: +86, 0086, Shanghai's 021 and any dash or blank do not matter."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", number))
    digits = re.sub(r"^(0086|86)(?=1\d{10}$|0?21\d{8}$)", "", digits)
    return re.sub(r"^0?21(?=\d{8}$)", "", digits)


def number_key(number: str) -> str:
    """A document number as compared: width, case, blanks and dashes do not matter."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number)).upper()


def text_key(text: str) -> str:
    """Words as compared: width, runs of blanks and the kind of middle dot do not matter."""
    plain = unicodedata.normalize("NFKC", re.sub("[·•・‧∙⋅]", "·", text))
    return " ".join(plain.split())
