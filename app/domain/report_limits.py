"""What a form's conditions give away: to a reader of totals, of level 3, and to whoever reads the ledger's entries.

Unions and free limits tell a reader of totals by subtraction what small counts hide (1号|2号 less 2号 is 1号). So for it
a condition has one value, ages have the limits of BANDS, and a count is narrowed by few conditions beyond its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.fields import Type
from app.domain.report_marks import PLAIN, Column, Condition, Count, Unit, parse_or_none, units

PLACES = frozenset({"committee", "estate", "lane", "building"})
BANDS = frozenset({(">=", 60), (">=", 65), (">=", 70), (">=", 80), (">=", 90), ("<", 14), ("<", 18)})
"""Ages that a reader of totals may ask for."""
NARROWED = 2
"""Conditions beyond the place that a count may have for a reader of totals."""
IN_ORDER = frozenset({"path", "name", "estate", "lane", "building", "committee", "code", "group_name"})
"""What a reader of totals may sort by: an order by persons would tell who has more of what is withheld."""
_WORDS = frozenset({"class", "situation", "elder_alone"})
_AMONG_MANY = (Type.CHOICE, Type.CHOICES, Type.BOOLEAN)
_TELLING = (Type.NAME, Type.PHONE, Type.TEXT, Type.ID_NUMBER, Type.RECORDS, Type.JSON)


def is_for_totals(asked: Sequence[Condition]) -> bool:
    """May a reader of totals narrow one count by all of these? Nothing that means one person, nothing to subtract."""
    places = [each.field for each in asked if each.field in PLACES]
    others = [each for each in asked if each.field not in PLACES]
    ages = sum(each.field == "age" for each in others)
    return len(places) == len(set(places)) and len(others) <= NARROWED and ages <= 1 and all(map(_means_many, asked))


def _means_many(asked: Condition) -> bool:
    if len(asked.values) != 1:
        return False
    if asked.field == "age":
        return (asked.operator, asked.values[0]) in BANDS
    if asked.operator != "=":
        return False
    if asked.field in PLACES or asked.field in _WORDS:
        return True
    return any(
        column.level < 3 and column.field is not None and column.field.type in _AMONG_MANY
        for column in _columns(asked.field)
    )


def is_order(unit: Unit, key: str) -> bool:
    """May a reader of totals sort rows of a unit by this?"""
    column = unit.named(key.removeprefix("-"))
    return column is None or (column.key in IN_ORDER and column.key in PLAIN.get(unit.key, ()))


def _columns(field: str) -> list[Column]:
    return [unit.columns[field] for unit in units().values() if field in unit.columns]


def is_secret(asked: Condition) -> bool:
    """Does comparing it open level 3 of everybody who is compared?"""
    return any(column.level >= 3 for column in _columns(asked.field))


def is_phone(asked: Condition) -> bool:
    return any(column.field is not None and column.field.type is Type.PHONE for column in _columns(asked.field))


def secrets(counts: Iterable[Count], where: Iterable[Iterable[Condition]]) -> list[Condition]:
    """The conditions on level 3, of counts and of the whole report."""
    return [each for each in _all(counts, where) if is_secret(each)]


def phones(counts: Iterable[Count], where: Iterable[Iterable[Condition]]) -> list[Condition]:
    """The conditions on phones."""
    return [each for each in _all(counts, where) if is_phone(each)]


def _all(counts: Iterable[Count], where: Iterable[Iterable[Condition]]) -> list[Condition]:
    return [each for count in counts for each in count.conditions] + [each for some in where for each in some]


def title_of(asked: Condition) -> str:
    """What the field of a condition is called."""
    return next((column.title for column in _columns(asked.field)), asked.field)


# ---------------------------------------------------------------- what an entry keeps


def _is_telling(columns: Iterable[Column]) -> bool:
    """Could a value of it be one person's? Then an entry says only that it was asked."""
    return any(
        column.level >= 3 or (column.field is not None and column.field.type in _TELLING and column.key not in PLACES)
        for column in columns
    )


def recorded(where: Iterable[Sequence[str]]) -> list[list[str]]:
    """Conditions as an entry keeps them: field and operator, the value only where it can be no one person's."""
    return [_recorded(each) for each in where]


def _recorded(asked: Sequence[str]) -> list[str]:
    named = [found for unit in units().values() if (found := unit.named(asked[0])) is not None]
    operator = asked[1] if len(asked) == 3 else "="
    return [asked[0], operator] if not named or _is_telling(named) else list(asked)


def recorded_marks(marks: Iterable[str]) -> dict[str, str]:
    """mark -> how an entry calls it: without the values of conditions that could be one person's, each name once."""
    found: dict[str, str] = {}
    for mark in marks:
        count, called = parse_or_none(mark), mark
        if count is not None and any(_is_telling(_columns(each.field)) for each in count.conditions):
            called = f"{count.name}:" + ",".join(map(_said, count.conditions))
        known = sum(each == called or each.startswith(f"{called}#") for each in found.values())
        found[mark] = f"{called}#{known + 1}" if known else called
    return found


def _said(asked: Condition) -> str:
    columns = _columns(asked.field)
    return f"{title_of(asked)}{asked.operator}" if _is_telling(columns) else asked.text
