"""A roster as it really comes, read to typed rows and findings. Nothing is decided here, nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from app.domain import addresses
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet, without_collector
from app.exchange import headers, settling
from app.exchange.headers import Header, Meant, Told
from app.exchange.pasted import Pasted, open_pasted
from app.exchange.placing import PLACE_KEYS
from app.exchange.sections import Table, tables_in
from app.exchange.tables import Book, column_letter, open_book

_ANYBODY = frozenset({"name", "room", "building", "address"})
_WITHOUT_PLACE = _ANYBODY | {"id_number", "phone"}
_ALIKE = 0.6
"""The part of their fields that two tables must share to be of one kind."""
_ONE_PERSONS = frozenset({"id_number", "id_type", "birth_date", "birth_year"})
_LONGEST_HEADLINE = 40
_LANE = re.compile(r"(?:(?![^路街]*[委会日月年])[\u4e00-\u9fff]{1,4}(?:路|街|大道))?\d{1,4}弄")
_SEVERAL_LANES = re.compile(r"\d\s*[、,，和及/~～至—-]\s*\d+弄")


class RosterRow(NamedTuple):
    """row: as Excel shows it. values: by ROSTER_FIELDS key, lists (`phones`, `documents`) whole, empty ones absent;
    `extra` and `extra_sensitive`: {title: text} of the columns without a field. sheet: where the row stands."""

    row: int
    values: dict[str, Any]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class TableSeen:
    """A table that looks like a roster. number: on its sheet, from 1. rows: below its header. hidden: its sheet is."""

    sheet: str
    number: int
    header_row: int
    rows: int
    titles: tuple[str, ...]
    hidden: bool = False


@dataclass(slots=True)
class Roster:
    """What was read. `rejected`: rows that cannot be used, each with a finding."""

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    header: Header
    rows: list[RosterRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rejected: int = 0
    tables: tuple[TableSeen, ...] = ()

    @property
    def header_row(self) -> int:
        return self.header.row

    @property
    def titles(self) -> tuple[str, ...]:
        return self.header.titles

    @property
    def mapping(self) -> dict[str, str]:
        """Title → field key, of the columns that are understood."""
        return self.header.mapping


def sheets(source: Path | Pasted) -> tuple[str, ...]:
    """The names of a file's visible sheets. Raises UserError: those of `open_book` and `open_pasted`."""
    return _open(source).sheets


def _open(source: Path | Pasted, cancelled: Cancelled = never) -> Book:
    return open_pasted(source) if isinstance(source, Pasted) else open_book(source, cancelled)


def read(
    source: Path | Pasted,
    *,
    sheet: str | None = None,
    table: int | None = None,
    all_sheets: bool = False,
    hidden: bool = False,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    estate: str | None = None,
    today: date | None = None,
    need_place: bool = True,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Roster:
    """Read a roster.

    sheet: the one to read (else the one with most titles understood); table: which of that sheet's, from 1;
    all_sheets: every table of the same kind; hidden: hidden rows and sheets too; mapping: title → field, over
    everything else ("" = leave out; a column without title by its letter); remembered: the same from earlier files;
    estate: for rows that name none; today: what `3月5日` is near to, by default the PC's date; need_place: rows
    that do not say where somebody lives are rejected (lists of names have none).

    Raises UserError: those of `open_book` and `open_pasted`, sheet-unknown, sheet-empty, sheet-no-header,
    sheet-no-people, sheet-only-hidden, table-unknown, mapping-unknown, cancelled.
    """
    from app.exchange.roster_rows import Way, read_rows  # it needs Roster

    headers.check_mapping(mapping or {})
    told = Told.of(mapping, {title: key for title, key in (remembered or {}).items() if key in headers.KNOWN})
    progress(0, 0, "roster-open")
    with without_collector():
        book = _open(source, cancelled)
        check(cancelled)
        looking = _Looking(book, told, today, hidden, _ANYBODY if need_place else _WITHOUT_PLACE)
        best = looking.best(sheet, table)
        taken = looking.alike(best) if all_sheets else [best]
        roster = Roster(book.path, best.sheet, book.sheets, best.table.header, tables=looking.seen())
        if not best.table.header.keys & looking.needed:
            raise UserError("sheet-no-people", file=book.path.name, sheet=best.sheet)
        for each in taken:
            before = len(roster.findings)
            _hide(roster, each, hidden)
            _leave_papers_with_the_first(each.table)
            way = Way(_around(each, estate), today, need_place, progress, cancelled)
            read_rows(roster, each.sheet, each.table, way)
            _tell_asides(roster, each)
            roster.findings[before:] = sorted(roster.findings[before:], key=lambda finding: finding.row or 0)
    read_of = {None, *(each.sheet for each in taken)}
    roster.findings[:0] = [*looking.left_out(best, taken), *(each for each in book.told if each.sheet in read_of)]
    if not roster.rows:
        raise UserError("sheet-no-people", file=book.path.name, sheet=best.sheet, findings=tuple(roster.findings[:20]))
    return roster


# ---------------------------------------------------------------- which tables there are


@dataclass(frozen=True, slots=True)
class _Found:
    """A table and where it stands."""

    sheet: str
    number: int
    table: Table
    hidden: bool

    @property
    def worth(self) -> int:
        return len(self.table.header.keys)


class _Looking:
    """The tables of a book, sheet by sheet."""

    def __init__(self, book: Book, told: Told, today: date | None, hidden: bool, needed: frozenset[str]) -> None:
        self.book = book
        self.told = told
        self.today = today
        self.hidden = hidden
        self.needed = needed
        self.found: list[_Found] = []
        self.empty = True

    def best(self, wanted: str | None, number: int | None) -> _Found:
        """The table with most titles understood, or the one that was asked for."""
        names = (wanted,) if wanted else self.book.sheets
        for name in names:
            self._look(name)
        if not wanted:
            for name in self.book.hidden:
                self._look(name)
        offered = [each for each in self.found if self.hidden or wanted or not each.hidden]
        if not offered:
            if self.found:
                raise UserError("sheet-only-hidden", file=self.book.path.name, sheets=_names(self.found))
            code = "sheet-empty" if self.empty else "sheet-no-header"
            raise UserError(code, file=self.book.path.name, sheets="、".join(names))
        best = max(offered, key=lambda each: (each.worth, not each.hidden))
        if number is None:
            return best
        here = [each for each in offered if each.sheet == best.sheet]
        if not 1 <= number <= len(here):
            raise UserError("table-unknown", table=number, sheet=best.sheet, count=len(here))
        return here[number - 1]

    def _look(self, name: str) -> None:
        page = self.book.page(name)
        self.empty = self.empty and not any(
            str(cell).strip() for row in page.grid[:200] for cell in row if cell is not None
        )
        header = headers.find(page, self.told) or headers.find(page, self.told, near=True)
        if header is None and (header := settling.without_titles(page, self.told, self.today)) is None:
            return
        for number, table in enumerate(tables_in(page, header, self.told), 1):
            table.blocks = [settling.settle(page, each, table.body, self.today) for each in table.blocks]
            self.found.append(_Found(name, number, table, name in self.book.hidden))

    def alike(self, best: _Found) -> list[_Found]:
        """The tables that are of the same kind, in the order of the file."""
        keys = best.table.header.keys
        return [
            each
            for each in self.found
            if (self.hidden or not each.hidden or each.sheet == best.sheet)
            and len(each.table.header.keys & keys) >= _ALIKE * len(each.table.header.keys | keys)
            and each.table.header.keys & self.needed
        ]

    def seen(self) -> tuple[TableSeen, ...]:
        return tuple(
            TableSeen(
                each.sheet, each.number, each.table.header.row, each.table.end - each.table.start,
                each.table.header.titles, each.hidden,
            )
            for each in self.found
        )  # fmt: skip

    def left_out(self, best: _Found, taken: Iterable[_Found]) -> list[Finding]:
        """Findings for what looks like a roster too and was not read."""
        read = {each.sheet for each in taken}
        others = [each for each in self.found if each.sheet not in read and "name" in each.table.header.keys]
        told = [
            Finding(code, sheet=best.sheet, details={"sheets": names})
            for code, names in (
                ("sheets-left-out", _names(each for each in others if not each.hidden and each.table.body)),
                ("sheets-hidden", _names(each for each in others if each.hidden)),
            )
            if names
        ]
        kept = {(each.sheet, each.number) for each in taken}
        further = [each for each in self.found if each.sheet == best.sheet and (each.sheet, each.number) not in kept]
        if further:
            rows = "、".join(str(each.table.header.row) for each in further)
            told.append(Finding("tables-left-out", sheet=best.sheet, details={"rows": rows, "count": len(further)}))
        return told


def _names(found: Iterable[_Found]) -> str:
    return "、".join(dict.fromkeys(each.sheet for each in found))


# ---------------------------------------------------------------- around the rows


def _around(found: _Found, estate: str | None) -> dict[str, str]:
    """What holds for rows that do not say it: a sheet for each number is called `12号`, or its title says so."""
    around = {"estate": estate or ""}
    table = found.table
    lines = table.page.grid[table.above : max(0, table.header.row - 1)]
    above = [str(cell) for row in lines for cell in row if isinstance(cell, str)]
    nearest_first = (*reversed(above), found.sheet) if found.number > 1 else (found.sheet, *above)
    if table.header.keys & {"building", "address"}:
        lane = "" if "lane" in table.header.keys else next(filter(None, map(_lane_in, nearest_first)), "")
        return around | {"lane": lane}
    for text in nearest_first:
        place = addresses.read(text)
        if place.building and len(text) <= _LONGEST_HEADLINE:
            return {"estate": estate or "", "lane": place.lane, "building": place.building, "unit": place.unit}
    return around


def _lane_in(text: str) -> str:
    """The one lane that a headline names (丁香路901弄居民名册); "" where it names several, or it is not plain which."""
    if len(text) > _LONGEST_HEADLINE or text.count("弄") != 1 or _SEVERAL_LANES.search(text):
        return ""
    place = addresses.read(text)
    return place.lane if _LANE.fullmatch(place.lane) else ""


def _hide(roster: Roster, found: _Found, asked: bool) -> None:
    """Hidden rows are left out unless asked for, and hidden columns are read; both are named."""
    table, page = found.table, found.table.page
    rows = sorted(
        index for index in page.hidden_rows
        if table.start <= index < table.end and any(cell not in ("", None) for cell in page.grid[index])
    )  # fmt: skip
    if rows and not asked:
        table.skipped.update(rows)
        details = {"count": len(rows), "rows": _runs(rows)}
        roster.findings.append(Finding("rows-hidden", rows[0] + 1, None, found.sheet, details=details))
    columns = [
        each.title or column_letter(each.column)
        for block in table.blocks for each in block.columns if each.column in page.hidden_columns and each.key
    ]  # fmt: skip
    if columns:
        details = {"count": len(columns), "columns": "、".join(columns)}
        roster.findings.append(Finding("columns-hidden", None, None, found.sheet, details=details))


def _leave_papers_with_the_first(table: Table) -> None:
    """A number or a birthday merged over a household is its first line's: filled down it would be everybody's."""
    own = {each.column for block in table.blocks for each in block.columns if each.key in _ONE_PERSONS}
    for (top, left), (bottom, _) in table.page.merged:
        if left in own:
            for row in table.page.grid[max(top + 1, table.start) : min(bottom + 1, table.end)]:
                row[left] = ""


def _runs(rows: list[int]) -> str:
    """Row numbers as people write them: 5、7-9; the first ten."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = "、".join(str(a + 1) if a == b else f"{a + 1}-{b + 1}" for a, b in runs[:10])
    return shown + ("……" if len(runs) > 10 else "")


def _tell_asides(roster: Roster, found: _Found) -> None:
    """Totals and examples each; signatures and footnotes once for their kind."""
    told: set[str] = set()
    for code, index, text in found.table.asides:
        if code in ("row-signature", "row-footnote") and code in told:
            continue
        told.add(code)
        roster.findings.append(Finding(code, index + 1, None, found.sheet, text))


__all__ = ["PLACE_KEYS", "Header", "Meant", "Pasted", "Roster", "RosterRow", "TableSeen", "read", "sheets"]
