"""What titles leave open, settled by the columns' content and by nearness; and tables that have no titles at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import Any

from app.domain import titles
from app.domain.titles import SURE
from app.domain.titles import plain as plain_title
from app.exchange import headers
from app.exchange import meaning as contents
from app.exchange.headers import (
    DOUBTED,
    EXTRA,
    MANY,
    MOST_LINES,
    NUMBERING,
    PLACES,
    Header,
    Meant,
    Told,
    fields_of,
    is_title_line,
    nearest,
    spread,
    words_in,
)
from app.exchange.tables import Grid, Page, column_letter

OWN = frozenset({"name", "sex", "birth_date", "birth_year", "id_number", "id_type", "phone"})
"""Fields that are the row's person's own: of anybody else they would make two people one."""
OF_FAMILY = frozenset({"relation", "status", "residence_kind", "person_class"})
"""Fields that a title over several columns makes another's: 家庭成员 over 姓名, 关系."""


def settle(page: Page, header: Header, rows: Grid, today: date | None) -> Header:
    """The header with what content and nearness say of its columns. rows: the table's body.

    Empty columns and those that count are dropped; the title of a group goes before those below it that we do not know.
    """
    looked_at = rows[: contents.LOOKED_AT]
    groups = _groups(page, header.row - 1) if header.row else {}
    lines = _upper_lines(page, header)
    people = _people(header, lines)
    own = _person_of_rows(header.columns, people, looked_at)
    for column, person in people.items():
        if person not in ("", own) and column not in groups:
            groups[column] = next((line[column] for line in lines if contents.whose(line[column])), "")
    own_columns = [_of_somebody_else(meant, header.columns, people, own) for meant in header.columns]
    taken = {each.key for each in own_columns if each.key not in EXTRA}
    columns: list[Meant] = []
    for meant in own_columns:
        if meant.key not in EXTRA and meant.how == "title":
            meant, taken = _checked(meant, contents.sample(looked_at, meant.column), taken)
        columns.append(meant)
    settled: list[Meant] = []
    for meant in columns:
        if meant.how == "extra":
            if plain_title(meant.title) in NUMBERING or not _holds(rows, meant.column):
                continue
            cells = contents.sample(looked_at, meant.column)
            if people[meant.column] in ("", own):
                meant = _guessed(meant, cells, taken, today, own)
            if meant.key == "extra" and contents.is_sensitive(groups.get(meant.column, "") + meant.title, cells):
                meant = meant._replace(key="extra_sensitive")
            taken |= {meant.key} - EXTRA
        settled.append(meant)
    named = _named(settled, groups)
    return replace(header, columns=named, fields=fields_of(named))


def _checked(meant: Meant, cells: list[Any], taken: set[str]) -> tuple[Meant, set[str]]:
    """A title that its cells plainly gainsay gives way to what they are."""
    guess = contents.gainsays(meant.key, cells)
    if guess is None:
        return meant, taken
    left = taken - {meant.key}
    return meant._replace(key="extra", how="extra", confidence=DOUBTED, suggestion=guess.key), left


def _holds(rows: Grid, column: int) -> bool:
    return any(row[column] not in ("", None) for row in rows)


def _upper_lines(page: Page, header: Header) -> list[list[str]]:
    """The header's lines above its last, the nearest first."""
    above = range(max(0, header.row - MOST_LINES), header.row - 1)
    return [spread(page, line) for line in reversed(above) if not is_title_line(page, line)]


def _people(header: Header, lines: Sequence[Sequence[str]]) -> dict[int, str]:
    """{column: of whom it speaks}, by its own title or else by the one above it."""
    return {
        each.column: next(filter(None, map(contents.whose, (each.title, *(line[each.column] for line in lines)))), "")
        for each in header.columns
    }


def _person_of_rows(columns: Sequence[Meant], people: Mapping[int, str], rows: Grid) -> str:
    """Who the rows are about where their name's title says it: head, owner, tenant …; "" where it does not."""
    for each in columns:
        if each.key == "name":
            return people[each.column]
    for each in columns:
        if contents.is_named_by(each.title, people[each.column]):
            guess = contents.of_cells(contents.sample(rows, each.column))
            if guess is not None and guess.key == "name":
                return people[each.column]
    return ""


def _of_somebody_else(meant: Meant, columns: Sequence[Meant], people: Mapping[int, str], own: str) -> Meant:
    """A column of another person is kept beside the row, not written to whom it is about: 业主电话 beside 姓名 and 手机."""
    person = people[meant.column]
    if meant.how not in ("title", "near") or person in ("", own) or meant.key in EXTRA:
        return meant
    if contents.may_be_one(person):
        apart = meant.key in OWN and any(
            each is not meant
            and (
                (each.key == meant.key and people[each.column] in ("", own)) or contents.is_named_by(each.title, person)
            )
            for each in columns
        )
    else:
        apart = meant.key in OWN or (meant.key in OF_FAMILY and not contents.whose(meant.title))
    return meant._replace(key="extra", how="extra", confidence=0.0, suggestion="") if apart else meant


def _guessed(meant: Meant, cells: list[Any], taken: AbstractSet[str], today: date | None, own: str) -> Meant:
    """A column that no title explains, by what is in it and by what its title sounds like. own: whom the rows are about."""
    doubted = meant.suggestion
    title = "" if contents.is_named_by(meant.title, own) else contents.without(meant.title, own)
    if title != meant.title and (key := headers.meaning(title)) and key not in taken:
        return meant._replace(key=key, confidence=titles.HINTED, how="title", suggestion="")
    guess = contents.of_cells(cells, "" if doubted else title, today)
    alike = nearest(meant.title) if meant.title and not doubted else None
    key, sure, how = (*guess[:2], "content") if guess else ("", 0.0, "extra")
    if alike and guess and alike[0] == guess.key:
        sure, how = max(alike[1], guess.confidence, titles.SOUNDS), "near"
    elif alike and alike[1] > sure:
        key, sure, how = alike
    if not key and doubted:
        key, sure = doubted, meant.confidence
    free = key not in taken or (key in MANY and how == "near")
    if key and sure >= SURE and free and not (key in PLACES and taken & PLACES and how == "content" and meant.title):
        return meant._replace(key=key, confidence=sure, how=how, suggestion="")
    return meant._replace(
        key="extra",
        confidence=min(sure, SURE - 0.01),
        how="near" if alike and key == alike[0] else "extra",
        suggestion=key,
    )


def _groups(page: Page, index: int) -> dict[int, str]:
    """{column: the title merged over it and others} in the lines just above row `index`."""
    found: dict[int, str] = {}
    width = sum(cell not in ("", None) for cell in page.grid[index])
    for (top, left), (bottom, right) in page.merged:
        if 0 < right - left < width - 1 and index - MOST_LINES < top and bottom < index and left < len(page.grid[top]):
            for column in range(left, right + 1):
                found[column] = words_in(page.grid[top][left]) + found.get(column, "")
    return found


def _named(columns: Sequence[Meant], groups: Mapping[int, str]) -> tuple[Meant, ...]:
    """Extra columns by names of their own: with their group's, and by letter where two are called alike."""
    named: list[Meant] = []
    seen: set[str] = set()
    for each in columns:
        if each.key in EXTRA:
            group = groups.get(each.column, "")
            title = each.title if each.title.startswith(group) else group + each.title
            title = (title or column_letter(each.column))[: titles.LONGEST]
            each = each._replace(title=f"{title}（{column_letter(each.column)}）" if title in seen else title)
            seen.add(each.title)
        named.append(each)
    return tuple(named)


def without_titles(page: Page, told: Told, today: date | None) -> Header | None:
    """The columns of a table whose titles say nothing, or that has none: by content alone; None if nobody is in it."""
    grid = page.grid
    width = len(grid[0]) if grid else 0
    for start in range(min(headers.LOOKED_AT, len(grid))):
        guesses = {
            column: guess
            for column in range(width)
            if (
                guess := contents.of_cells(contents.sample(grid[start : start + contents.LOOKED_AT], column), "", today)
            )
            and guess.confidence >= SURE
        }
        keys = {guess.key for guess in guesses.values()}
        if "name" not in keys or not keys & (PLACES | {"phone", "id_number"}):
            continue
        first = next(column for column, guess in guesses.items() if guess.key == "name")
        if isinstance(grid[start][first], str) and contents.is_name(grid[start][first].strip()):
            above = start - 1 if start and not is_title_line(page, start - 1) else -1
            names = tuple(
                words_in(cell) if above >= 0 else "" for cell in (grid[above] if above >= 0 else [""] * width)
            )
            bare = [Meant(column, names[column], "extra", 0.0, "extra") for column in range(width)]
            told_of = [_told(each, told) for each in bare]
            return Header(start, names, fields_of(told_of), tuple(told_of))
    return None


def _told(meant: Meant, told: Told) -> Meant:
    said = told.key(meant.title or column_letter(meant.column))
    return meant._replace(key=said[0], confidence=said[1], how=said[2]) if said else meant
