"""A roster as it really comes, read to typed rows and findings. Nothing is decided here, nothing is lost.

Columns are read one by one, each distinct cell once: 250,000 rows are the measure (quality.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from app.domain import addresses, phones
from app.domain.documents import read_document
from app.domain.fields import ROSTER_FIELDS, Type
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.values import EMPTY_WORDS, Parsed, mask, parse, plain
from app.exchange import headers
from app.exchange.headers import Header
from app.exchange.tables import Book, Grid, open_book

TOTALS = ("合计", "总计", "小计", "共计")
PLACE_KEYS = ("estate", "lane", "building", "unit", "room", "household_label")
_STEP = 10_000


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

    def find(self, code: str, row: int, column: str | None = None, value: Any = None, **details: Any) -> None:
        shown = None if value is None else plain(value)[:60]
        self.findings.append(Finding(code, row, column, self.sheet, shown, details))


def read(
    path: Path,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    estate: str | None = None,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Roster:
    """Read a roster. sheet: the one to read (else the one with most titles understood); mapping: title → field,
    over what the aliases say ("" = leave out); estate: for rows that name none.

    Raises UserError: those of `open_book`, sheet-unknown, sheet-empty, sheet-no-header, sheet-no-people,
    mapping-unknown, cancelled.
    """
    headers.check_mapping(mapping or {})
    progress(0, 0, "roster-open")
    book = open_book(path)
    name, grid, header = _best_sheet(book, sheet, mapping)
    roster = Roster(path, name, book.sheets, header)
    check(cancelled)
    _read_rows(roster, grid, estate, progress, cancelled)
    if not roster.rows:
        raise UserError("sheet-no-people", file=path.name, sheet=name, findings=tuple(roster.findings[:20]))
    return roster


def _best_sheet(book: Book, wanted: str | None, mapping: Mapping[str, str] | None) -> tuple[str, Grid, Header]:
    found: list[tuple[int, str, Grid, Header]] = []
    empty = True
    for name in (wanted,) if wanted else book.sheets:
        grid = book.grid(name)
        empty &= not any(any(cell not in ("", None) for cell in row) for row in grid[:200])
        if header := headers.find(grid, mapping):
            found.append((len(header.fields), name, grid, header))
    if not found:
        raise UserError(
            "sheet-empty" if empty else "sheet-no-header", file=book.path.name, sheets="、".join(book.sheets)
        )
    best = max(found, key=lambda each: each[0])
    return best[1], best[2], best[3]


# ---------------------------------------------------------------- columns

Cell = tuple[Any, str | None, Any]
"""What a cell says: value, problem, and anything more (further phones, the document)."""


def _read_rows(roster: Roster, grid: Grid, estate: str | None, progress: Progress, cancelled: Cancelled) -> None:
    header = roster.header
    readers = [(column, title, key, _reader(key)) for column, title, key in header.fields]
    memos: list[dict[Any, Cell]] = [{} for _ in readers]
    body = grid[header.row :]
    titles = [cell for cell in grid[header.row - 1] if cell not in ("", None)]
    for index, cells in enumerate(body):
        if index % _STEP == 0:
            progress(index, len(body), "roster-read")
            check(cancelled)
        number = header.row + 1 + index
        values: dict[str, Any] = {}
        width = len(cells)
        for (column, title, key, reader), memo in zip(readers, memos, strict=True):
            raw = cells[column] if column < width else None
            if raw is None or raw == "":
                continue
            said = memo.get(raw) if type(raw) is str else None
            if said is None:
                said = reader(raw)
                if type(raw) is str and len(memo) < 100_000:
                    memo[raw] = said
            value, problem, more = said
            if problem:
                _problem(roster, number, title, key, raw, problem)
            if value is not None:
                _take(values, key, value, more)
        if values and not _skip(roster, number, cells, titles):
            _finish(roster, number, values, estate)


def _reader(key: str) -> Callable[[Any], Cell]:
    of = ROSTER_FIELDS[key]
    special = _SPECIAL.get(key)
    if special:
        return special

    def read_cell(raw: Any) -> Cell:
        parsed: Parsed = parse(of, raw)
        return parsed.value, parsed.problem, None

    return read_cell


def _said(raw: Any) -> str:
    text = plain(raw)
    return "" if text in EMPTY_WORDS else text


def _phone_cell(raw: Any) -> Cell:
    if not _said(raw):
        return None, None, None
    found, wrong = phones.read(raw)
    return found or None, "phone-invalid" if wrong else None, None


def _id_cell(raw: Any) -> Cell:
    parsed = parse(ROSTER_FIELDS["id_number"], raw)
    if parsed.value is None:
        return None, parsed.problem, None
    document = read_document(plain(raw))
    return document, document.problem, None


def _room_cell(raw: Any) -> Cell:
    text = _said(raw)
    if not text:
        return None, None, None
    tidied = addresses.tidy(text).removesuffix("室")
    if "号" in tidied or "弄" in tidied or "单元" in tidied or "幢" in tidied or "栋" in tidied or "#" in tidied:
        return addresses.read(text), None, None
    if "-" in tidied or "/" in tidied:
        place = addresses.read(text)
        if place.building:
            return place, None, None
    return addresses.room(text), None, None


def _building_cell(raw: Any) -> Cell:
    text = _said(raw)
    if not text:
        return None, None, None
    place = addresses.read(text)
    return (place if place.building and (place.room or place.lane) else addresses.building(text)), None, None


def _place_text(normal: Callable[[str], str]) -> Callable[[Any], Cell]:
    return lambda raw: (normal(_said(raw)) or None, None, None)


_SPECIAL: dict[str, Callable[[Any], Cell]] = {
    "phone": _phone_cell,
    "emergency_phone": _phone_cell,
    "id_number": _id_cell,
    "room": _room_cell,
    "building": _building_cell,
    "address": lambda raw: (addresses.read(_said(raw)) if _said(raw) else None, None, None),
    "lane": _place_text(addresses.lane),
    "unit": _place_text(addresses.unit),
    "estate": _place_text(lambda text: addresses.tidy(text)),
}


def _problem(roster: Roster, row: int, title: str, key: str, raw: Any, code: str) -> None:
    of = ROSTER_FIELDS[key]
    text = plain(raw)
    shown = mask(of, text) if of.level >= 3 or of.type is Type.PHONE else text
    roster.find(code, row, title, shown, title=title)


# ---------------------------------------------------------------- rows


def _take(values: dict[str, Any], key: str, value: Any, more: Any) -> None:
    if key == "phone":
        values.setdefault("phones", []).extend(p for p in value if p not in values.get("phones", ()))
    elif isinstance(value, addresses.Place):
        for part, text in zip(PLACE_KEYS, (value.estate, value.lane, value.building, value.unit, value.room, value.label),
                              strict=True):  # fmt: skip
            if text:
                values.setdefault(part, text)
    elif key == "room":
        values["room"] = value[0]
        if value[1]:
            values.setdefault("household_label", value[1])
    elif key == "building" or key not in values:
        values[key] = value
    elif key == "note":
        values[key] = f"{values[key]}；{value}"


def _skip(roster: Roster, row: int, cells: list[Any], titles: list[Any]) -> bool:
    """A total, or the header once more on the next printed page."""
    first = next((cell for cell in cells if cell not in ("", None)), "")
    if isinstance(first, str) and first.replace(" ", "").startswith(TOTALS):
        roster.find("row-total", row, None, first)
        return True
    return first == titles[0] and [cell for cell in cells if cell not in ("", None)] == titles


def _finish(roster: Roster, row: int, values: dict[str, Any], estate: str | None) -> None:
    name = values.get("name")
    if not name and not values.get("room") and not (values.get("building") and len(values) > 2):
        roster.rejected += 1
        roster.find("row-no-name", row)
        return
    if estate and "estate" not in values:
        values["estate"] = estate
    if not values.get("building"):
        roster.rejected += 1
        roster.find("row-no-place", row, None, name)
        return
    if values.get("unit"):
        values["building"] = addresses.building(values["building"], values["unit"])
    _document(roster, row, values)
    _contact(values)
    roster.rows.append(RosterRow(row, values))


def _document(roster: Roster, row: int, values: dict[str, Any]) -> None:
    """Birth date, year and sex from the paper where the roster says none; a contradiction is said."""
    document = values.pop("id_number", None)
    kind = values.pop("id_type", None)
    if document is not None:
        if kind and kind not in ("无", document.type):
            document = read_document(document.number, kind)
        values["documents"] = [{"type": document.type or kind or "身份证", "number": document.number}]
        if document.birth_date and document.problem in (None, "id-check-digit"):
            said = values.get("birth_date")
            if said and not document.birth_date.startswith(said):
                roster.find("birth-differs", row, None, said[:4])
            else:
                values["birth_date"] = document.birth_date
        if document.sex and document.problem is None:
            if values.setdefault("sex", document.sex) != document.sex:
                roster.find("sex-differs", row, None, values["sex"])
    elif kind and kind != "无":
        values["documents"] = [{"type": kind}]
    if "birth_date" in values:
        values.setdefault("birth_year", int(values["birth_date"][:4]))


def _contact(values: dict[str, Any]) -> None:
    name, numbers = values.pop("emergency_name", None), values.pop("emergency_phone", None)
    if name or numbers:
        contact = {"name": name, "phone": numbers[0]["number"] if numbers else None}
        values["emergency_contacts"] = [{key: value for key, value in contact.items() if value}]


__all__ = ["PLACE_KEYS", "Roster", "RosterRow", "read"]
