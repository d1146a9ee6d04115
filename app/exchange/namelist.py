"""A list that came down, as the file it is: which of its columns wait for an answer, which cells are empty, and the
same file again with these filled and nothing else touched."""

from __future__ import annotations

import csv
import io
import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine as calamine
from openpyxl import load_workbook

from app.domain.fields import RESIDENT, Type
from app.domain.findings import UserError
from app.domain.titles import plain as plain_title
from app.exchange import tables
from app.exchange.headers import meaning
from app.files import write_atomic

WORKING = ("verdict", "situation", "in_city", "listed", "here", "by", "at", "note")
"""What is answered beside fields of the person; `answer-<key>` in the catalogue of words."""
ANSWERS: dict[str, tuple[str, ...]] = {
    "verdict": ("核查结果", "核实结果", "排查结果", "比对结果", "核查结论", "核实结论", "摸排结果", "核对结果", "核查状态"),
    "situation": ("核查情况", "核实情况", "排查情况", "摸排情况", "落实情况", "反馈情况", "核查说明", "核实说明"),
    "in_city": ("是否在沪", "目前是否在沪", "现是否在沪", "是否在上海", "人是否在沪"),
    "listed": ("是否在册", "是否在库", "是否本居委居民"),
    "here": ("是否居住", "是否实住", "是否实际居住", "是否在住", "是否在本小区", "是否本小区居住"),
    "address": (
        "现住址", "现居住地", "现居住地址", "现住地址", "实际居住地址", "实际居住地", "实际住址", "目前居住地址", "实住地址",
    ),
    "by": ("核查人", "核实人", "排查人", "核查人员", "核实人员", "核查员", "经办人"),
    "at": ("核查时间", "核实时间", "排查时间", "核查日期", "核实日期", "排查日期"),
    "note": ("备注", "说明", "备注说明"),
}  # fmt: skip
_MEANT = {plain_title(title): key for key, titles in ANSWERS.items() for title in titles}
_OF_PERSON = frozenset(
    field.key for field in RESIDENT if field.type not in (Type.REFERENCE, Type.RECORDS, Type.JSON)
) - {"name", "note", "note_sensitive", "id_type"}  # fmt: skip
FILLABLE = frozenset({*WORKING, "address", *_OF_PERSON})
MERGED = 1_000_000
"""Cells under merged ranges that are looked at; more nobody has on a list."""
PLACES = frozenset({"address", "room", "building"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A column that waits for answers. index: from 0; key: of FILLABLE."""

    index: int
    title: str
    key: str

    @property
    def letter(self) -> str:
        return tables.column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it is written, formulas as text. cells[0] is row 1. covered: cells that lie under a merged one."""

    title: str
    cells: Sequence[Sequence[Any]]
    covered: frozenset[tuple[int, int]] = frozenset()

    def is_empty(self, row: int, index: int) -> bool:
        """Is it a cell into which something can be written?"""
        return self.text(row, index) == "" and (row, index) not in self.covered

    def text(self, row: int, index: int) -> str:
        line = self.cells[row - 1] if row <= len(self.cells) else ()
        cell = line[index] if index < len(line) else None
        return "" if cell is None else str(cell).strip()

    def titles(self, header_row: int) -> list[str]:
        """The titles of all columns; where the header has two lines and the lower is empty, the upper one's."""
        width = max((len(line) for line in self.cells[:header_row]), default=0)
        return [
            self.text(header_row, index) or (self.text(header_row - 1, index) if header_row > 1 else "")
            for index in range(width)
        ]

    def width(self, header_row: int) -> int:
        """How many columns reach to the last title."""
        return max((index + 1 for index, title in enumerate(self.titles(header_row)) if title), default=0)


# ---------------------------------------------------------------- which columns wait


def must_be_writable(source: Path) -> None:
    """Raises UserError: check-type for a file that cannot be given back as it is, file-missing."""
    if not source.is_file():
        raise UserError("file-missing", file=str(source))
    if source.suffix.lower() not in (".xlsx", ".csv"):
        raise UserError("check-type", file=source.name, suffix=source.suffix or source.name)


def answers(titles: Sequence[str], chosen: Mapping[str, str]) -> tuple[Answer, ...]:
    """The columns that wait for an answer, by title; chosen: title → key, over what titles say ("" = leave alone).

    A list without 核查结果 but with 核实情况 wants the verdict there. Raises UserError: answer-unknown, column-unknown.
    """
    told = {plain_title(title): key for title, key in chosen.items()}
    for title, key in chosen.items():
        if key and key not in FILLABLE:
            raise UserError("answer-unknown", title=title, field=key)
        if plain_title(title) not in map(plain_title, titles):
            raise UserError("column-unknown", title=title, titles="、".join(filter(None, titles)))
    found = []
    for index, title in enumerate(titles):
        meant = told.get(plain_title(title), _meaning(title))
        if meant:
            found.append(Answer(index, " ".join(title.split()), meant))
    if not any(each.key == "verdict" for each in found):
        first = next((each for each in found if each.key == "situation"), None)
        found = [Answer(each.index, each.title, "verdict") if each is first else each for each in found]
    return tuple(found)


def _meaning(title: str) -> str | None:
    plain = plain_title(title)
    for text in (plain, plain.split("(")[0].split("[")[0]):
        if text in _MEANT:
            return _MEANT[text]
    key = meaning(title)
    return key if key in _OF_PERSON else None


def not_for_reading(titles: Sequence[str]) -> dict[str, str]:
    """Titles that are no evidence of where somebody lives: the empty 现住址 beside the address that the list gives."""
    waiting = [title for title in titles if _meaning(title) == "address"]
    given = [title for title in titles if title not in waiting and meaning(title) in PLACES]
    return dict.fromkeys(waiting, "") if given else {}


# ---------------------------------------------------------------- reading and writing the file


def open_sheet(source: Path, title: str) -> Sheet:
    """A sheet with its cells as they are written. Raises UserError: file-damaged, those of `tables.open_book`."""
    if source.suffix.lower() == ".csv":
        return Sheet(title, [row for row, _ in _Text(source).records])
    try:
        book = load_workbook(source, read_only=True)
        try:
            sheet = book[title]
            sheet.reset_dimensions()
            return Sheet(title, [list(row) for row in sheet.iter_rows(values_only=True)], _covered(source, title))
        finally:
            book.close()
    except (
        calamine.CalamineError,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        TypeError,
        AttributeError,
        SyntaxError,
    ) as why:
        raise UserError("file-damaged", file=source.name) from why


def _covered(source: Path, title: str) -> frozenset[tuple[int, int]]:
    """(row, column index) of the cells under merged ones but their first; of ranges as tall as the sheet, none."""
    ranges = calamine.CalamineWorkbook.from_path(str(source)).get_sheet_by_name(title).merged_cell_ranges or ()
    found: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in ranges:
        if (bottom - top + 1) * (right - left + 1) <= MERGED - len(found):
            found |= {(row + 1, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
            found.discard((top + 1, left))
    return frozenset(found)


def write(
    source: Path, out: Path, sheet: str, changes: Mapping[tuple[int, int], str], *, new_column: tuple[int, int, str] | None = None
) -> int:  # fmt: skip
    """The same file with these cells filled, {(row, column index): text}; returns how many cells were written.

    new_column: (header row, column index, title) of a column that is added at the right end, looking like its
    neighbour. Raises UserError: check-over-list, report-unwritable, what `filling.fill_cells` raises.
    """
    if out.exists() and out.samefile(source):
        raise UserError("check-over-list", file=out.name)
    if out.suffix.lower() != source.suffix.lower():
        raise UserError("check-out-type", file=out.name, suffix=source.suffix)
    if new_column is not None:
        changes = {**changes, new_column[:2]: new_column[2]}
    if source.suffix.lower() == ".csv":
        return _write_text(source, out, changes)
    from app.exchange import filling  # lxml is slow to load

    given: Path | bytes = source
    if new_column is not None:
        given = _with_column(source, sheet, new_column[0], new_column[1])
    named = {f"{tables.column_letter(index)}{row}": value for (row, index), value in changes.items()}
    return int(filling.fill_cells(given, out, {sheet: named}))


class _Text:
    """A csv file as records with the text they were: what is not changed is written back byte for byte."""

    def __init__(self, source: Path) -> None:
        data = source.read_bytes()
        self.encoding, self.mark, text = _decoded(source, data)
        self.delimiter = tables._delimiter(text[:50_000])
        lines = io.StringIO(text, newline="").readlines()
        reader = csv.reader(lines, delimiter=self.delimiter)
        self.records: list[tuple[list[str], str]] = []
        before = 0
        try:
            for row in reader:
                self.records.append((row, "".join(lines[before : reader.line_num])))
                before = reader.line_num
        except csv.Error:
            raise UserError("file-damaged", file=source.name) from None

    def record(self, row: list[str], raw: str) -> str:
        """A changed record, with the line end that it had."""
        kept = io.StringIO()
        csv.writer(kept, delimiter=self.delimiter, lineterminator="").writerow(row)
        return kept.getvalue() + raw[len(raw.rstrip("\r\n")) :]


def _decoded(source: Path, data: bytes) -> tuple[str, bytes, str]:
    """(encoding, byte order mark, text)."""
    for encoding, mark in (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        if data.startswith(mark):
            return encoding, mark, data[len(mark) :].decode(encoding, "strict")
    for encoding in tables._encodings(data):
        try:
            plain = encoding.removesuffix("-sig")
            return plain, b"", data.decode(plain)
        except UnicodeDecodeError:
            continue
    raise UserError("file-type-unknown", file=source.name)


def _write_text(source: Path, out: Path, changes: Mapping[tuple[int, int], str]) -> int:
    text = _Text(source)
    by_row: dict[int, dict[int, str]] = {}
    for (row, index), value in changes.items():
        by_row.setdefault(row, {})[index] = value
    written = "".join(
        text.record(_filled(row, by_row[number]), raw) if number in by_row else raw
        for number, (row, raw) in enumerate(text.records, 1)
    )
    try:
        data = written.encode(text.encoding)
    except UnicodeEncodeError:
        raise UserError("check-encoding", file=source.name) from None
    save(out, text.mark + data)
    return len(changes)


def _filled(row: list[str], values: Mapping[int, str]) -> list[str]:
    row = [*row, *[""] * (max(values) + 1 - len(row))]
    for index, value in values.items():
        row[index] = f"'{value}" if value.lstrip().startswith(("=", "+", "-", "@")) else value
    return row


def save(out: Path, data: bytes) -> None:
    """Raises UserError("report-unwritable")."""
    try:
        write_atomic(out, data)
    except UserError:
        raise
    except OSError:
        raise UserError("report-unwritable", file=str(out)) from None


# ---------------------------------------------------------------- one more column

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WIDTH = "14"


def _with_column(source: Path, title: str, header_row: int, index: int) -> bytes:
    """The package with empty cells at `index` (from 0) that look like their left neighbours; all other parts as they are.

    Raises UserError("file-damaged").
    """
    from lxml import etree

    made = io.BytesIO()
    try:
        with zipfile.ZipFile(source) as package, zipfile.ZipFile(made, "w") as copy:
            part = _part_of(package, title)
            for info in package.infolist():
                data = package.read(info)
                if info.filename == part:
                    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
                    _add_cells(root, header_row, index)
                    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
                copy.writestr(info, data, compress_type=info.compress_type)
    except (zipfile.BadZipFile, KeyError, StopIteration, ValueError, OSError, etree.XMLSyntaxError) as error:
        raise UserError("file-damaged", file=source.name) from error
    return made.getvalue()


def _part_of(package: zipfile.ZipFile, title: str) -> str:
    """The name of a sheet's part."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    book = etree.fromstring(package.read("xl/workbook.xml"), parser)
    wanted = next(each.get(_RELATION) for each in book.iter(f"{{{_MAIN}}}sheet") if each.get("name") == title)
    links = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), parser)
    target = str(next(each.get("Target") for each in links if each.get("Id") == wanted))
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _add_cells(root: Any, header_row: int, index: int) -> None:
    letter, left = tables.column_letter(index), tables.column_letter(index - 1)
    for row in root.iter(f"{{{_MAIN}}}row"):
        number = int(row.get("r") or 0)
        cells = {cell.get("r"): cell for cell in row}
        neighbour, cell = cells.get(f"{left}{number}"), cells.get(f"{letter}{number}")
        if number < header_row or neighbour is None or (cell is not None and len(cell)):
            continue
        if cell is None:
            cell = neighbour.makeelement(f"{{{_MAIN}}}c", {"r": f"{letter}{number}"})
            neighbour.addnext(cell)
        if neighbour.get("s"):
            cell.set("s", neighbour.get("s"))
        row.attrib.pop("spans", None)  # a hint that would now be wrong
    columns = root.find(f"{{{_MAIN}}}cols")
    if columns is not None and not any(int(each.get("max", "0")) > index for each in columns):
        wide = {"min": str(index + 1), "max": str(index + 1), "width": _WIDTH, "customWidth": "1"}
        columns.append(columns.makeelement(f"{{{_MAIN}}}col", wide))
    extent = root.find(f"{{{_MAIN}}}dimension")
    if extent is not None:
        root.remove(extent)  # another hint
