"""Which row of a sheet is its header, and what each title means: by the catalogue's titles and aliases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
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
_BRACKETS = re.compile(r"[(\[【<《].*?[)\]】>》]")
_AROUND = re.compile(r"[\s*:?＊·.、,。]+|_x000D_")
_NUMBERED = re.compile(r"^\d{1,2}(?=[^\d])")
_LONGEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class Header:
    """row: as Excel shows it. titles: of all columns. fields: (column index, title, field key) of those understood."""

    row: int
    titles: tuple[str, ...]
    fields: tuple[tuple[int, str, str], ...]

    @property
    def mapping(self) -> dict[str, str]:
        return {title: key for _, title, key in self.fields}

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for _, _, key in self.fields)


@lru_cache(maxsize=4096)
def plain_title(text: str) -> str:
    """A title without blanks, line breaks, stars and colons, half-width, lower case."""
    return _AROUND.sub("", fold_width(text)).lower() if len(text) <= _LONGEST_TITLE else ""


@cache
def _aliases() -> dict[str, tuple[str, int]]:
    """{plain title: (field key, rank)}: a field's own title ranks before its aliases, those in their order."""
    known: dict[str, tuple[str, int]] = {}
    for rank_of_all in (True, False):
        for key, field in ROSTER_FIELDS.items():
            titles = (field.title,) if rank_of_all else field.aliases
            for rank, title in enumerate(titles):
                known.setdefault(plain_title(title), (key, 0 if rank_of_all else rank + 1))
    return known


def meaning(title: Any) -> str | None:
    """The field that a column title names, None if it is none we know."""
    found = _ranked(title) if isinstance(title, str) else None
    return found[0] if found else None


def _ranked(title: str) -> tuple[str, int] | None:
    plain = plain_title(title)
    bare = _BRACKETS.sub("", plain)
    for each in (plain, bare, _NUMBERED.sub("", bare)):
        if each and (found := _aliases().get(each)):
            return found
    return None


def find(grid: Grid, mapping: Mapping[str, str] | None = None) -> Header | None:
    """The header row: the one among the first rows with most titles understood; None if there is none."""
    chosen = {plain_title(title): key for title, key in (mapping or {}).items()}
    best: Header | None = None
    for index, row in enumerate(grid[:LOOKED_AT]):
        if not any(_chosen(cell, chosen) for cell in row):
            continue
        header = _header(grid, index, chosen)
        if header.keys & (PLACES | {"name"}) and (best is None or len(header.keys) > len(best.keys)):
            best = header
    if best is None or (len(best.keys) < 2 and not _alone(grid[best.row - 1])):
        return None
    return best


def _alone(row: list[Any]) -> bool:
    """A header of few columns may have one title that we know; prose and data do not look like that."""
    titles = [cell for cell in row if cell not in ("", None)]
    return 1 < len(titles) <= 6 and all(isinstance(cell, str) and 0 < len(cell.strip()) <= 12 for cell in titles)


def _chosen(cell: Any, chosen: Mapping[str, str]) -> str | None:
    if not isinstance(cell, str):
        return None
    plain = plain_title(cell)
    return chosen[plain] or None if plain in chosen else meaning(cell)


def _header(grid: Grid, index: int, chosen: Mapping[str, str]) -> Header:
    """Of two columns for one field the better title wins: 姓名 before 户主姓名; what was chosen before both."""
    upper = grid[index - 1] if index else []
    above = _spread(upper)
    titles = [_title(grid[index], upper, column) for column in range(len(grid[index]))]
    wanted: dict[str, tuple[int, int]] = {}
    candidates: list[tuple[int, str]] = []
    for column, title in enumerate(titles):
        found = _meant(title, above[column] if above else "", column, chosen)
        if not found:
            continue
        key, rank, titles[column] = found
        candidates.append((column, key))
        if key not in wanted or rank < wanted[key][0]:
            wanted[key] = (rank, column)
    fields = tuple(
        (column, titles[column] or column_letter(column), key)
        for column, key in candidates
        if key in MANY or wanted[key][1] == column
    )
    return Header(index + 1, tuple(titles), fields)


def _title(row: list[Any], upper: list[Any], column: int) -> str:
    """The cell's text; under an empty cell of a two-line header the line above speaks, if it is a title we know."""
    text = _words(row[column])
    return text or (_words(upper[column]) if upper and meaning(upper[column]) else "")


def _words(cell: Any) -> str:
    return " ".join(str(cell).split()) if cell not in ("", None) else ""


def _spread(row: list[Any]) -> list[str]:
    """The upper line of a header, each title over the empty cells to its right: 紧急联系人 | (姓名) | (电话)."""
    spread: list[str] = []
    for cell in row:
        text = _words(cell)
        spread.append(text or (spread[-1] if spread else ""))
    return spread


def _meant(title: str, above: str, column: int, chosen: Mapping[str, str]) -> tuple[str, int, str] | None:
    """(field key, rank, title). The two lines of a header together say more than the lower alone."""
    both = above + title if above and above != title else ""
    for name in (both, title, "" if title else column_letter(column)):
        if name and (plain := plain_title(name)) in chosen:
            return (chosen[plain], -1, name if title else "") if chosen[plain] else None
    for name in (both, title):
        if title and name and (found := _ranked(name)):
            return (*found, name)
    return None


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises UserError("mapping-unknown") for a field that no roster has."""
    for title, key in mapping.items():
        if key and key not in ROSTER_FIELDS:
            raise UserError("mapping-unknown", title=title, field=key)
