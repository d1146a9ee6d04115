"""What several columns of a roster say of one row, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.documents import Document
from app.domain.fields import Field
from app.domain.values import plain
from app.exchange import notes
from app.exchange.columns import Column
from app.exchange.meaning import is_sensitive


def with_further(values: dict[str, Any], further: Mapping[str, Any], paper: Document | None) -> Document | None:
    """Add to a row what its cells say of other columns; its paper, which may stand in a note."""
    merge(values, further)
    noted = values.pop("noted", None)
    if noted is not None:
        paper, note = notes.placed(noted, paper, values)
        merge(values, note)
    return paper


def merge(values: dict[str, Any], details: Mapping[str, Any]) -> None:
    """Add details to values: lists and titles are joined, notes put behind one another, all else stays as it is."""
    for key, value in details.items():
        if isinstance(value, list):
            values[key] = [*values.get(key, ()), *(each for each in value if each not in values.get(key, ()))]
        elif isinstance(value, dict):
            values[key] = {**value, **values.get(key, {})}
        elif key in ("note", "note_sensitive"):
            values[key] = more_text(values.get(key), value)
        else:
            values.setdefault(key, value)


def as_it_stands(of: Field, title: str, text: str) -> dict[str, dict[str, str]]:
    """A word that is none of its field's, kept as a column without a field is."""
    sealed = of.level >= 3 or is_sensitive(title, [text]) or notes.is_grave(text)
    return {"extra_sensitive" if sealed else "extra": {title: text}}


def contact(values: dict[str, Any]) -> None:
    name, numbers = values.pop("emergency_name", None), values.pop("emergency_phone", None)
    contact = {"name": name, "phone": numbers[0]["number"] if numbers else None}
    values["emergency_contacts"] = [{key: value for key, value in contact.items() if value}]


def joined(read: list[Column]) -> list[Column]:
    """Several columns of phones are one list, several of notes one text; the others have one column each."""
    joined: dict[str, Column] = {}
    for column in read:
        if column.key == "phone":
            column.key = "phones"
        first = joined.setdefault(column.key, column)
        if first is column:
            continue
        merge = more_phones if column.key == "phones" else more_text
        first.values = [merge(one, more) for one, more in zip(first.values, column.values, strict=True)]
    return list(joined.values())


class Texts(dict[Any, str]):
    """{cell: its text}, "" where it says nothing."""

    def __missing__(self, raw: Any) -> str:
        text = "" if raw is None or raw != raw else plain(raw)
        self[raw] = text = "" if text in _BLANK else text
        return text


_BLANK = frozenset(
    ("", "/", "\\", "-", "--", "—", "——", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
)


def more_phones(one: Any, more: Any) -> Any:
    if not one or not more:
        return one or more
    known = {phone["number"] for phone in one}
    return [*one, *(phone for phone in more if phone["number"] not in known)]


def more_text(one: Any, more: Any) -> Any:
    return f"{one}；{more}" if one and more and one != more else one or more
