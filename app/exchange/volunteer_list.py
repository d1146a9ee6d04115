"""A workbook that volunteers fill in, and the same workbook read back as WPS, LibreOffice and Excel give it.

Who a row is of stands in a hidden sheet beside what was printed: a number in the first column leads there, so rows may
be sorted, left out and added. Nothing lies in the hidden sheet that the visible one does not show, but the rows' ids.
Longer than most files: what is written and how it is read back are one form.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from app.domain.fields import Field, Type
from app.domain.findings import UserError
from app.domain.titles import plain as plain_title
from app.domain.values import plain
from app.exchange import tables
from app.exchange.namelist import save

HIDDEN = "loutu"
"""The name of the sheet that says who the rows are."""
FORMAT = 1
SPARE = 15
"""Empty lines at the end, for people who are not on the list."""
LONGEST_CHOICE = 250
"""Characters of choices that a rule may hold itself; Excel takes 255."""
LOOKED_AT = 15
_json = msgspec.json.Encoder(order="deterministic")
_LINE = Side(style="thin", color="BFC7D0")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD, _WRITE = PatternFill("solid", fgColor="E3F0FA"), PatternFill("solid", fgColor="FFFBE6")


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on a list. who: what identifies it for people; values: what is printed, as the fields say."""

    id: str
    who: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A list to be filled. who: keys of the identity columns; titles: {key: title}, also of `number` (编号) and `by`."""

    id: str
    committee: str
    title: str
    hint: str
    titles: Mapping[str, str]
    who: tuple[str, ...]
    fields: tuple[Field, ...]
    rows: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class FilledRow:
    """row: as Excel shows it. number: of the person on the list, None for a new line; cells: key → what stands there."""

    row: int
    number: int | None
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """A list that came back. keys: of the columns found; extra: {title: cells with something in them} of columns nobody
    printed; digest: of what the hidden sheet says, for whoever knows what it said."""

    list: str
    committee: str
    digest: str
    sheet: str
    by: str
    fields: tuple[str, ...]
    who: tuple[str, ...]
    listed: tuple[Listed, ...]
    keys: frozenset[str]
    extra: dict[str, int]
    rows: tuple[FilledRow, ...]


# ---------------------------------------------------------------- out


def write(paper: Paper, out: Path) -> str:
    """Write the workbook; returns the digest of its hidden sheet. Raises UserError("report-unwritable")."""
    book = Workbook()
    sheet = book.active
    sheet.title = "登记"
    columns = ["number", *paper.who, *(field.key for field in paper.fields)]
    head, looks = _title(sheet, paper, columns), Looks()
    for number, listed in enumerate(paper.rows, 1):
        _row(sheet, head + number, [str(number), *listed.who], listed.values, paper, looks)
    for number in range(len(paper.rows) + 1, len(paper.rows) + SPARE + 1):
        _row(sheet, head + number, [""] * (1 + len(paper.who)), [""] * len(paper.fields), paper, looks, spare=True)
    last = head + len(paper.rows) + SPARE
    lines = _lines(paper)
    hidden = book.create_sheet(HIDDEN)
    for number, line in enumerate(lines, 1):
        put(hidden.cell(number, 1), line)
    hidden.sheet_state = "veryHidden"
    _rules(sheet, hidden, paper, head, last)
    _protect(sheet, head, last, len(columns))
    data = io.BytesIO()
    book.save(data)
    save(out, data.getvalue())
    return _digest(lines)


def _lines(paper: Paper) -> list[str]:
    about = {
        "format": FORMAT, "list": paper.id, "committee": paper.committee, "who": paper.who,
        "fields": [field.key for field in paper.fields], "titles": dict(paper.titles), "rows": len(paper.rows),
    }  # fmt: skip
    rows = ([number, each.id, each.who, each.values] for number, each in enumerate(paper.rows, 1))
    return [_json.encode(line).decode() for line in (about, *rows)]


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _title(sheet: Any, paper: Paper, columns: Sequence[str]) -> int:
    """Title, hint, who fills it, header; returns the header's row."""
    put(sheet.cell(1, 1), paper.title)
    sheet.cell(1, 1).font = Font(size=16, bold=True)
    put(sheet.cell(2, 1), paper.hint)
    sheet.cell(2, 1).font = Font(color="5B6672")
    put(sheet.cell(3, 2), paper.titles["by"])
    sheet.cell(3, 3).protection = Protection(locked=False)
    sheet.cell(3, 3).fill, sheet.cell(3, 3).border = _WRITE, Border(bottom=_LINE)
    for column, key in enumerate(columns, 1):
        cell = sheet.cell(4, column)
        put(cell, paper.titles[key])
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _BOX
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(column)].width = _width(paper, column - 1)
    return 4


def _width(paper: Paper, index: int) -> float:
    """By the longest of the first texts; Chinese characters take two."""
    inside = len(paper.who) + 1
    texts = [
        str(number) if index == 0 else each.who[index - 1] if index < inside else each.values[index - inside]
        for number, each in enumerate(paper.rows[:200])
    ]
    key = ["number", *paper.who, *(field.key for field in paper.fields)][index]
    longest = max(
        (len(text) + sum(each > "\u2e80" for each in text) for text in [*texts, paper.titles[key]]), default=6
    )
    return float(min(max(longest + (2 if index < inside else 4), 6 if index < inside else 11), 34))


Looks = dict[tuple[bool, bool], Any]
"""(is it a date, may it be written) → the style; made once, because making one takes longer than a cell."""


def _row(
    sheet: Any, row: int, who: Sequence[str], values: Sequence[str], paper: Paper, looks: Looks, *, spare: bool = False
) -> None:
    for column, text in enumerate((*who, *values), 1):
        cell = sheet.cell(row, column)
        index = column - 1 - len(who)
        dated = index >= 0 and paper.fields[index].type is Type.DATE
        _dress(cell, looks, dated, index >= 0 or (spare and column > 1))
        if dated and len(text) == 10:
            style = cell._style
            cell.value = date.fromisoformat(text)
            cell._style = style  # a date would bring a format of its own
        else:
            put(cell, text)


def _dress(cell: Any, looks: Looks, dated: bool, may: bool) -> None:
    if (dated, may) not in looks:
        cell.number_format = "yyyy-mm-dd" if dated else "@"
        cell.border, cell.alignment = _BOX, Alignment(wrap_text=True, vertical="center")
        if may:
            cell.protection, cell.fill = Protection(locked=False), _WRITE
        looks[dated, may] = copy(cell._style)
    cell._style = copy(looks[dated, may])


def _rules(sheet: Any, hidden: Any, paper: Paper, head: int, last: int) -> None:
    """Drop-downs, 是 or 否, dates. Choices too long for a rule stand in the hidden sheet."""
    for number, field in enumerate(paper.fields):
        column = get_column_letter(2 + len(paper.who) + number)
        rule = _rule(field, hidden, number)
        if rule is not None:
            rule.add(f"{column}{head + 1}:{column}{last}")
            sheet.add_data_validation(rule)


def _rule(field: Field, hidden: Any, number: int) -> DataValidation | None:
    choices = ("是", "否") if field.type is Type.BOOLEAN else field.choices
    if choices:
        source = f'"{",".join(choices)}"'
        if len(source) > LONGEST_CHOICE:
            letter = get_column_letter(3 + number)
            for row, word in enumerate(choices, 1):
                put(hidden.cell(row, 3 + number), word)
            source = f"'{HIDDEN}'!${letter}$1:${letter}${len(choices)}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
        rule.error = "、".join(choices)[:220]
    elif field.type is Type.DATE:
        rule = DataValidation(type="date", operator="between", formula1="1", formula2="73050", allow_blank=True)
        rule.error = "2020-03-05"
    else:
        return None
    rule.errorTitle, rule.showErrorMessage = field.title, True
    return rule


def _protect(sheet: Any, head: int, last: int, columns: int) -> None:
    """Locked without a password; sorting, filtering and formats stay allowed. A4, the titles on every page."""
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(columns)}{last}"
    sheet.print_title_rows = f"{head}:{head}"
    for_paper(sheet)
    guard = sheet.protection
    guard.sheet = True
    guard.sort = guard.autoFilter = guard.formatCells = guard.formatColumns = guard.formatRows = False  # False: may


# ---------------------------------------------------------------- back


def read(path: Path) -> Filled:
    """A list that was filled in, as any of the office programs wrote it.

    Raises UserError: list-type, list-not-ours, list-tampered, list-no-header, those of `tables.open_book`.
    """
    if path.suffix.lower() != ".xlsx" and path.is_file():
        raise UserError("list-type", file=path.name)
    tables.open_book(path)  # refuses what is damaged, locked or too large
    try:
        book = load_workbook(path, data_only=True)
    except (KeyError, ValueError, TypeError, OSError, AttributeError, EOFError) as error:
        raise UserError("file-damaged", file=path.name) from error
    if HIDDEN not in book.sheetnames:
        raise UserError("list-not-ours", file=path.name)
    lines = _said(book[HIDDEN])
    about, listed = _about(lines, path)
    titles = {plain_title(title): key for key, title in about["titles"].items() if key != "by"}
    for sheet in book.worksheets:
        grid = list(sheet.iter_rows(values_only=True)) if sheet.title != HIDDEN else []
        head = _head(grid, titles)
        if head is not None:
            keys, extra, rows = _body(grid, head, titles)
            by = _by(grid[:head], about["titles"]["by"])
            return Filled(
                about["list"], about["committee"], _digest(lines), sheet.title, by, tuple(about["fields"]),
                tuple(about["who"]), listed, keys, extra, rows,
            )  # fmt: skip
    raise UserError("list-no-header", file=path.name)


def _said(sheet: Any) -> list[str]:
    """The lines of the hidden sheet; empty ones at the end are none."""
    lines = [str(row[0] or "") for row in sheet.iter_rows(max_col=1, values_only=True)]
    while lines and not lines[-1]:
        lines.pop()
    return lines


class _About(msgspec.Struct, kw_only=True):
    format: int
    id: str = msgspec.field(name="list")
    committee: str
    who: list[str]
    fields: list[str]
    titles: dict[str, str]
    rows: int


def _about(lines: Sequence[str], path: Path) -> tuple[dict[str, Any], tuple[Listed, ...]]:
    """What a list says of itself, and its people in the order of their numbers."""
    try:
        about = msgspec.json.decode(lines[0], type=_About)
        rows = [msgspec.json.decode(line, type=tuple[int, str, list[str], list[str]]) for line in lines[1:]]
    except (IndexError, msgspec.MsgspecError):
        raise UserError("list-tampered", file=path.name) from None
    whole = (
        about.format == FORMAT and "by" in about.titles and [row[0] for row in rows] == list(range(1, about.rows + 1))
        and all(len(row[2]) == len(about.who) and len(row[3]) == len(about.fields) for row in rows)
    )  # fmt: skip
    if not whole:
        raise UserError("list-tampered", file=path.name)
    return msgspec.to_builtins(about), tuple(Listed(row[1], tuple(row[2]), tuple(row[3])) for row in rows)


def _head(grid: Sequence[Sequence[Any]], titles: Mapping[str, str]) -> int | None:
    """Index of the header's row: where the number and the name stand."""
    for index, row in enumerate(grid[:LOOKED_AT]):
        keys = {titles.get(plain_title(str(cell))) for cell in row if cell is not None}
        if {"number", "name"} <= keys:
            return index
    return None


def _body(
    grid: Sequence[Sequence[Any]], head: int, titles: Mapping[str, str]
) -> tuple[frozenset[str], dict[str, int], tuple[FilledRow, ...]]:
    """Columns by title, wherever they were moved to; blank rows are passed over."""
    columns = [titles.get(plain_title(plain(cell))) if cell is not None else None for cell in grid[head]]
    extra: dict[str, int] = {}
    rows = []
    for number, line in enumerate(grid[head + 1 :], head + 2):
        cells: dict[str, Any] = {}
        for index, cell in enumerate(line):
            if cell is None or not plain(cell):
                continue
            key = columns[index] if index < len(columns) else None
            if key is None:
                title = plain(grid[head][index]) if index < len(grid[head]) and grid[head][index] is not None else ""
                title = title or tables.column_letter(index)
                extra[title] = extra.get(title, 0) + 1
            else:
                cells.setdefault(key, cell)
        if cells:
            written = plain(cells.pop("number", ""))
            rows.append(FilledRow(number, int(written) if written.isascii() and written.isdecimal() else None, cells))
    return frozenset(filter(None, columns)), extra, tuple(rows)


def _by(above: Sequence[Sequence[Any]], label: str) -> str:
    """Who filled it, written beside its label."""
    for row in above:
        texts = [plain(cell) if cell is not None else "" for cell in row]
        for index, text in enumerate(texts):
            if plain_title(text) == plain_title(label):
                return next((each for each in texts[index + 1 :] if each), "")[:40]
    return ""


# ---------------------------------------------------------------- whom to call or to visit


def write_calls(out: Path, title: str, titles: Sequence[str], rows: Iterable[Sequence[str]], *, blank: int) -> int:
    """A phone and visit list; its last `blank` columns are for writing into. Raises UserError("report-unwritable")."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    thin = Side(style="thin", color="BFC7D0")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    count = 0
    for number, cells in enumerate((titles, *rows), 1):
        for column, text in enumerate((*cells, *([""] * blank if number > 1 else ())), 1):
            put(sheet.cell(number, column), text)
            sheet.cell(number, column).number_format, sheet.cell(number, column).border = "@", box
            sheet.cell(number, column).alignment = Alignment(wrap_text=True, vertical="center")
        count += number > 1
    for column, name in enumerate(titles, 1):
        head = sheet.cell(1, column)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E3F0FA")
        sheet.column_dimensions[head.column_letter].width = max(10, 2 * len(name) + 4)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    for_paper(sheet)
    data = io.BytesIO()
    book.save(data)
    save(out, data.getvalue())
    return count


def put(cell: Any, text: str) -> None:
    """Text as text: never a formula, not even after somebody has edited the cell."""
    if not text:
        return
    cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_000], "s"  # the type last
    if text.lstrip().startswith(("=", "+", "-", "@")):
        cell.quotePrefix = True


def for_paper(sheet: Any) -> None:
    """A4 across, as wide as the page, its pages counted."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "&P / &N"
