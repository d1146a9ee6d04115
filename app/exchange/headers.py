"""Which row of a sheet is its header, and what each title means: by the catalogue's titles and aliases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.domain.fields import ROSTER_FIELDS
from app.domain.findings import UserError
from app.domain.names import fold_width
from app.exchange.tables import Grid, column_letter

LOOKED_AT = 40
"""Rows in which the header is looked for: titles, notes and dates stand above it."""
PLACES = frozenset({"address", "room", "building", "estate", "lane"})
MANY = frozenset({"phone", "note"})
"""Fields that several columns may speak of (手机 and 座机)."""
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True, slots=True)
class Header:
    """row: as Excel shows it. titles: of all columns. fields: (column index, title, field key) of those understood."""

    row: int
    titles: tuple[str, ...]
    fields: tuple[tuple[int, str, str], ...]

    @property
    def mapping(self) -> dict[str, str]:
        return {title: key for _, title, key in self.fields}


def plain_title(cell: Any) -> str:
    return re.sub(r"[\s*＊:：?？]+", "", fold_width(str(cell))) if isinstance(cell, str) else ""


@cache
def _aliases() -> dict[str, str]:
    known: dict[str, str] = {}
    for key, field in ROSTER_FIELDS.items():
        for title in (field.title, *field.aliases):
            known.setdefault(plain_title(title).lower(), key)
    return known


def meaning(title: Any) -> str | None:
    """The field that a column title names, None if it is none we know."""
    plain = plain_title(title).lower()
    return _aliases().get(plain) or _aliases().get(_BRACKETS.sub("", plain)) if plain else None


def find(grid: Grid, mapping: Mapping[str, str] | None = None) -> Header | None:
    """The header row: the one among the first rows with most titles understood; None if none has two."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(grid[:LOOKED_AT]):
        keys = {key for cell in row if (key := _chosen(cell, mapping))}
        worth = len(keys) if keys & (PLACES | {"name"}) else 0
        if worth and (best is None or worth > best[0]):
            best = (worth, index)
    if best is None or (best[0] < 2 and not _alone(grid[best[1]])):
        return None
    return _header(grid[best[1]], best[1], mapping)


def _alone(row: list[Any]) -> bool:
    """A header of few columns may have one title that we know."""
    titles = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return 1 < len(titles) <= 6


def _chosen(cell: Any, mapping: Mapping[str, str] | None) -> str | None:
    if not isinstance(cell, str):
        return None
    for title, key in (mapping or {}).items():
        if plain_title(title) == plain_title(cell):
            return key or None
    return meaning(cell)


def _header(row: list[Any], index: int, mapping: Mapping[str, str] | None) -> Header:
    titles = tuple(" ".join(str(cell).split()) if cell not in (None, "") else "" for cell in row)
    fields: list[tuple[int, str, str]] = []
    taken: set[str] = set()
    for column, cell in enumerate(row):
        key = _chosen(cell, mapping)
        if key and (key not in taken or key in MANY):
            taken.add(key)
            fields.append((column, titles[column] or column_letter(column), key))
    return Header(index + 1, titles, tuple(fields))


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises UserError("mapping-unknown") for a field that no roster has."""
    for title, key in mapping.items():
        if key and key not in ROSTER_FIELDS:
            raise UserError("mapping-unknown", title=title, field=key)
