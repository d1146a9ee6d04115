"""Which row of a sheet is its header, and what each column means: what was chosen, titles, content, nearness.

Titles are read in one, two or three lines; a title over several columns speaks with those below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from app.domain import titles
from app.domain.fields import ROSTER_FIELDS, Type
from app.domain.findings import UserError
from app.domain.titles import SURE, spellings
from app.domain.titles import plain as plain_title
from app.exchange.tables import Page, column_letter

LOOKED_AT = 40
"""Rows in which the header is looked for: titles, notes and dates stand above it."""
PLACES = frozenset({"address", "room", "building", "estate", "lane"})
MANY = frozenset({"phone", "note"})
"""Fields that several columns may speak of (手机 and 座机)."""
EXTRA = frozenset({"extra", "extra_sensitive"})
KNOWN = frozenset(ROSTER_FIELDS) | {""}
"""What may be said of a column."""
NUMBERING = frozenset(("序号", "编号", "序列", "顺序", "顺序号", "行号", "no", "num", "序"))
"""Titles of columns that only count the lines."""
CHOSEN, REMEMBERED, DOUBTED = 1.0, 0.97, 0.4
MOST_LINES = 3
_UNDER = 20
"""How much a title is worse that stands below another one: 配偶 over 姓名."""
_OF_OTHERS = re.compile(r"配偶|父|母|妻|丈夫|子女|监护|紧急|应急|房东|中介|民警|社工|医生|联系人|责任人|同住")
"""A title over others that makes them somebody else's."""


class Meant(NamedTuple):
    """What a column means. key: a field, extra or extra_sensitive where no field is sure, "" if it is left out.

    how: chosen, remembered, title, content, near or extra. suggestion: the field that an extra column may be, of which
    `confidence` (0 to 1) then speaks.
    """

    column: int
    title: str
    key: str
    confidence: float
    how: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """row: as Excel shows it, 0 if there is none. titles: of all columns. fields: (column index, title, field key) of
    those understood. columns: of every column that holds something, but those that only count."""

    row: int
    titles: tuple[str, ...]
    fields: tuple[tuple[int, str, str], ...]
    columns: tuple[Meant, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        return {title: key for _, title, key in self.fields}

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for _, _, key in self.fields)

    @property
    def extras(self) -> tuple[Meant, ...]:
        """The columns that are kept without a field."""
        return tuple(each for each in self.columns if each.key in EXTRA)


class Told(NamedTuple):
    """What is known of titles before a file is seen. Both: {plain title: field key, "" = left out}."""

    chosen: Mapping[str, str]
    remembered: Mapping[str, str]

    @classmethod
    def of(cls, mapping: Mapping[str, str] | None, remembered: Mapping[str, str] | None) -> Told:
        return cls(
            *({plain_title(title): key for title, key in (each or {}).items()} for each in (mapping, remembered))
        )

    def key(self, title: str) -> tuple[str, float, str] | None:
        plain = plain_title(title)
        if plain in self.chosen:
            return self.chosen[plain], CHOSEN, "chosen"
        return (self.remembered[plain], REMEMBERED, "remembered") if plain in self.remembered else None


@cache
def aliases() -> dict[str, tuple[str, int]]:
    """{plain title: (field key, rank)}: a field's own title ranks before its aliases, those in their order."""
    known: dict[str, tuple[str, int]] = {}
    for own in (True, False):
        for key, field in ROSTER_FIELDS.items():
            if field.type is Type.JSON:
                continue
            for rank, title in enumerate((field.title,) if own else field.aliases):
                known.setdefault(plain_title(title), (key, 0 if own else rank + 1))
    return known


def meaning(title: Any) -> str | None:
    """The field that a column title names, None if it is none we know."""
    found = _ranked(title) if isinstance(title, str) else None
    return found[0] if found else None


def _ranked(title: str) -> tuple[str, int, float] | None:
    """(field key, rank, confidence)."""
    for number, each in enumerate(spellings(title)):
        if found := aliases().get(each):
            sure = titles.ALIAS if found[1] else titles.EXACT
            return (*found, sure if number == 0 else min(sure, titles.HINTED))
    return None


# ---------------------------------------------------------------- the header's row


def find(page: Page, told: Told, near: bool = False) -> Header | None:
    """The header: the one among the first rows with most titles understood; None if there is none.

    near: titles that only sound or look like one count too; asked where nothing else was found.
    """
    grid = page.grid
    best: Header | None = None
    for index, row in enumerate(grid[:LOOKED_AT]):
        if not any(_is_known(cell, told, near) for cell in row):
            continue
        header = read_at(page, index, told, near=near)
        if header.keys & (PLACES | {"name"}) and (best is None or len(header.keys) > len(best.keys)):
            best = header
    if best is None or (len(best.keys) < 2 and not _alone(grid[best.row - 1])):
        return None
    return _whole(page, best, told, near)


def _whole(page: Page, header: Header, told: Told, near: bool) -> Header:
    """The header down to its last line: below a title over several columns others may stand."""
    lowest = min(header.row - 1 + MOST_LINES, len(page.grid))
    for index in range(header.row, lowest):
        if not _goes_on(page, index):
            break
        lower = read_at(page, index, told, near=near)
        if not header.keys <= lower.keys:
            break
        header = lower
    return header


def _goes_on(page: Page, index: int) -> bool:
    """Is row `index` a further line of the header above it?"""
    row, above = page.grid[index], page.grid[index - 1]
    if any(top < index <= bottom and meaning(page.grid[top][left]) for (top, left), (bottom, _) in page.merged
           if top >= index - MOST_LINES and left < len(row)):  # fmt: skip
        return True
    below = [column for column, cell in enumerate(row) if cell not in ("", None)]
    if not below or any(not isinstance(row[column], str) or len(row[column]) > 12 for column in below):
        return False
    above_them = spread(page, index - 1)
    opened = {column for column in below if above[column] in ("", None)}
    return (
        bool(opened)
        and not any(map(str.isdigit, "".join(row[column] for column in below)))
        and all(column in opened or column + 1 in opened for column in below)
        and all(above_them[column] for column in below)
    )


def _alone(row: list[Any]) -> bool:
    """A header of few columns may have one title that we know; prose and data do not look like that."""
    said = [cell for cell in row if cell not in ("", None)]
    return 1 < len(said) <= 6 and all(isinstance(cell, str) and 0 < len(cell.strip()) <= 12 for cell in said)


def _is_known(cell: Any, told: Told, near: bool) -> bool:
    if not isinstance(cell, str):
        return False
    if found := told.key(cell):
        return bool(found[0])
    return meaning(cell) is not None or (near and nearest(cell) is not None)


def nearest(title: str) -> tuple[str, float, str] | None:
    return titles.near(title, {name: key for name, (key, _) in aliases().items()})


def read_at(page: Page, index: int, told: Told, columns: Sequence[int] | None = None, *, near: bool = False) -> Header:
    """The header in row `index` (from 0). Of two columns for one field the better title wins: 姓名 before 户主姓名;
    what was chosen before both. columns: only these of them."""
    lines = [spread(page, line) for line in range(max(0, index - MOST_LINES + 1), index)]
    row = page.grid[index]
    names = [_title(page, row, index, column) for column in range(len(row))]
    wanted: dict[str, tuple[float, int]] = {}
    found: list[tuple[Meant, float]] = []
    for column in range(len(row)) if columns is None else columns:
        meant, rank = _meant(names[column], [line[column] for line in lines], column, told, near)
        names[column] = meant.title
        found.append((meant, rank))
        if meant.key and meant.key not in EXTRA and (meant.key not in wanted or rank < wanted[meant.key][0]):
            wanted[meant.key] = (rank, column)
    settled = tuple(_won(meant, wanted) for meant, _ in found)
    return Header(index + 1, tuple(names), fields_of(settled), settled)


def _won(meant: Meant, wanted: Mapping[str, tuple[float, int]]) -> Meant:
    if meant.key not in wanted or meant.key in MANY or wanted[meant.key][1] == meant.column:
        return meant
    return meant._replace(key="extra", how="extra", confidence=DOUBTED, suggestion=meant.key)


def fields_of(columns: Sequence[Meant]) -> tuple[tuple[int, str, str], ...]:
    return tuple(
        (each.column, each.title or column_letter(each.column), each.key)
        for each in columns
        if each.key and each.key not in EXTRA
    )


def _title(page: Page, row: list[Any], index: int, column: int) -> str:
    """The cell's text; under an empty cell of a header of several lines the line above speaks, if we know it."""
    text = words_in(row[column])
    for line in range(index - 1, max(-1, index - MOST_LINES), -1):
        if text:
            break
        upper = page.grid[line]
        if not is_title_line(page, line) and meaning(upper[column]):
            text = words_in(upper[column])
    return text


def is_title_line(page: Page, index: int) -> bool:
    """One text alone in its row is the sheet's headline."""
    return sum(cell not in ("", None) for cell in page.grid[index]) < 2


def words_in(cell: Any) -> str:
    return " ".join(str(cell).split()) if cell not in ("", None) else ""


def spread(page: Page, index: int) -> list[str]:
    """An upper line of a header, each title over the cells it is merged with; where nothing is merged over the empty
    ones to its right: 紧急联系人 | (姓名) | (电话)."""
    row = page.grid[index]
    spans = [(left, right) for (top, left), (bottom, right) in page.merged if right > left and top <= index <= bottom]
    if spans:
        said = [words_in(cell) for cell in row]
        for (top, left), (bottom, right) in page.merged:
            if right > left and top <= index <= bottom and left < len(row):
                for column in range(left, min(right + 1, len(row))):
                    said[column] = words_in(page.grid[top][left])
        return said
    said = []
    for cell in row:
        text = words_in(cell)
        said.append(text or (said[-1] if said else ""))
    return said


def _meant(title: str, above: list[str], column: int, told: Told, near: bool) -> tuple[Meant, float]:
    """What the lines of a header say of a column, and how good a title that is (the lower the better)."""
    uppers = [text for number, text in enumerate(above) if text and text != title and text not in above[:number]]
    both = ["".join((*uppers[start:], title)) for start in range(len(uppers))] if title else []
    both += [upper + title for upper in uppers[:-1]] if title else []
    letter = column_letter(column)
    for name in (*both, f"{title}({letter})" if title else letter, title):
        if name and (said := told.key(name)):
            key, sure, how = said
            return Meant(column, name if name in both else title, key, sure, how), -2.0 if how == "chosen" else -1.0
    for name in both:
        if found := _ranked(name):
            return Meant(column, name, found[0], found[2], "title"), float(found[1])
    if (
        title
        and (found := _ranked(title))
        and not (uppers and _OF_OTHERS.search(uppers[-1]) and found[0] not in PLACES)
    ):
        key, rank, sure = found
        return Meant(column, title, key, sure, "title"), float(rank + _UNDER * bool(uppers))
    if near and title and (alike := nearest(title)) and alike[1] >= SURE:
        return Meant(column, title, alike[0], alike[1], "near"), 100.0
    return Meant(column, title, "extra", 0.0, "extra"), 0.0


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises UserError("mapping-unknown") for a field that no roster has."""
    for title, key in mapping.items():
        if key and key not in ROSTER_FIELDS:
            raise UserError("mapping-unknown", title=title, field=key)
