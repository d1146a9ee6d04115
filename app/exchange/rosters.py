"""A roster as it really comes, read to typed rows and findings. Nothing is decided here, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from app.domain import addresses
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet, without_collector
from app.exchange import headers
from app.exchange.headers import Header
from app.exchange.placing import PLACE_KEYS
from app.exchange.tables import Book, Grid, open_book


class RosterRow(NamedTuple):
    """row: as Excel shows it. values: by ROSTER_FIELDS key, lists (`phones`, `documents`) whole, empty ones absent."""

    row: int
    values: dict[str, Any]


@dataclass(slots=True)
class Roster:
    """What a sheet gave. `rejected`: rows that cannot be used, each with a finding."""

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    header: Header
    rows: list[RosterRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rejected: int = 0

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


def sheets(path: Path) -> tuple[str, ...]:
    """The names of a file's visible sheets. Raises UserError: those of `open_book`."""
    return open_book(path).sheets


def read(
    path: Path,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    estate: str | None = None,
    today: date | None = None,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Roster:
    """Read a roster. sheet: the one to read (else the one with most titles understood); mapping: title → field,
    over what the aliases say ("" = leave out; a column without title by its letter); estate: for rows that name none;
    today: what `3月5日` is near to, by default the PC's date.

    Raises UserError: those of `open_book`, sheet-unknown, sheet-empty, sheet-no-header, sheet-no-people,
    mapping-unknown, cancelled.
    """
    from app.exchange.roster_rows import read_rows  # it needs Roster

    headers.check_mapping(mapping or {})
    progress(0, 0, "roster-open")
    with without_collector():
        book = open_book(path)
        check(cancelled)
        name, grid, header, others = _best_sheet(book, sheet, mapping)
        roster = Roster(path, name, book.sheets, header)
        if not header.keys & {"name", "room", "building", "address"}:
            raise UserError("sheet-no-people", file=path.name, sheet=name)
        read_rows(roster, grid, _around(name, grid, header, estate), today, progress, cancelled)
    if not roster.rows:
        raise UserError("sheet-no-people", file=path.name, sheet=name, findings=tuple(roster.findings[:20]))
    if others:
        roster.findings.insert(0, Finding("sheets-left-out", sheet=name, details={"sheets": "、".join(others)}))
    return roster


def _best_sheet(
    book: Book, wanted: str | None, mapping: Mapping[str, str] | None
) -> tuple[str, Grid, Header, list[str]]:
    """The sheet with most titles understood, and which others look like rosters too."""
    best: tuple[str, Grid, Header] | None = None
    peopled: list[str] = []
    empty = True
    for name in (wanted,) if wanted else book.sheets:
        grid = book.grid(name)
        empty = empty and not any(any(cell not in ("", None) for cell in row) for row in grid[:200])
        header = headers.find(grid, mapping)
        if header is None:
            continue
        if "name" in header.keys and len(grid) > header.row:
            peopled.append(name)
        if best is None or len(header.keys) > len(best[2].keys):
            best = name, grid, header
    if best is None:
        code = "sheet-empty" if empty else "sheet-no-header"
        raise UserError(code, file=book.path.name, sheets="、".join((wanted,) if wanted else book.sheets))
    return *best, [name for name in peopled if name != best[0]]


def _around(sheet: str, grid: Grid, header: Header, estate: str | None) -> dict[str, str]:
    """What holds for rows that do not say it: a sheet for each number is called `12号`, or its title says so."""
    around = {"estate": estate or ""}
    if "building" in header.keys or "address" in header.keys:
        return around
    above = [str(cell) for row in grid[: header.row - 1] for cell in row if isinstance(cell, str)]
    for text in (sheet, *above):
        place = addresses.read(text)
        if place.building and len(text) <= 40:
            return {"estate": estate or "", "lane": place.lane, "building": place.building, "unit": place.unit}
    return around


__all__ = ["PLACE_KEYS", "Roster", "RosterRow", "read", "sheets"]
