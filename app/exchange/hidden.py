"""What a workbook library does not tell of its sheets: hidden rows and columns, and merged cells of OpenDocument.

Asked only of files in whose bytes something of the kind was seen, so that others are read as fast as before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

_ROW = re.compile(
    rb"""<(?:\w+:)?row(?=\s)[^>]*?(?:\bhidden\s*=\s*["'](?:1|true)["']|\sht\s*=\s*["']0(?:\.0*)?["'])[^>]*>"""
)
"""A row may also be hidden by having no height."""
_COLUMN = re.compile(rb"""<(?:\w+:)?col\s[^>]*?\bhidden\s*=\s*["'](?:1|true)["'][^>]*>""")
_NUMBER = re.compile(rb"""\b(r|min|max)\s*=\s*["'](\d{1,7})["']""")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Layout:
    """Of one sheet, counted from 0. merged: ((top, left), (bottom, right))."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)


def _tree(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def layouts(path: Path, parts: frozenset[str] | None) -> dict[str, Layout]:
    """{sheet title: its layout} of any workbook. parts: those of an .xlsx that hide something, else None."""
    if parts is not None:
        return of_xlsx(path, parts)
    data = path.read_bytes()
    if data[:2] == b"PK":  # an old .xls may have an archive within
        return of_ods(path)
    from app.exchange import biff  # it needs Layout

    return biff.layouts(data)


def of_xlsx(path: Path, parts: frozenset[str]) -> dict[str, Layout]:
    """{sheet title: what is hidden on it} of the sheet parts named, which `extents.refuse_bombs` has measured."""
    with zipfile.ZipFile(path) as archive:
        try:
            titles = _titles(archive)
        except (etree.XMLSyntaxError, KeyError, ValueError):
            return {}
        return {titles[part]: _layout(archive.read(part)) for part in parts if part in titles}


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """{part: sheet title}, by the workbook's relations."""
    targets = {each.get("Id"): str(each.get("Target")) for each in _tree(archive.read("xl/_rels/workbook.xml.rels"))}
    titles: dict[str, str] = {}
    for sheet in _tree(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet", f"{_STRICT}sheet"):
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        if target := targets.get(relation):
            titles[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = str(sheet.get("name"))
    return titles


def _layout(data: bytes) -> Layout:
    made = Layout()
    for found in _ROW.finditer(data):
        numbers = {name: int(digits) for name, digits in _NUMBER.findall(found[0])}
        if 0 < numbers.get(b"r", 0) <= _MOST_ROWS:
            made.rows.add(numbers[b"r"] - 1)
    for found in _COLUMN.finditer(data[: data.find(b"<sheetData") + 1 or None]):
        numbers = {name: int(digits) for name, digits in _NUMBER.findall(found[0])}
        first, last = numbers.get(b"min", 0), min(numbers.get(b"max", 0), _MOST_COLUMNS)
        made.columns.update(range(max(first, 1) - 1, last))
    return made


# ---------------------------------------------------------------- OpenDocument


def of_ods(path: Path) -> dict[str, Layout]:
    """{sheet title: its layout}; empty for a file that hides and merges nothing."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read("content.xml")
    if b"-rows-spanned" not in data and b"table:visibility=" not in data:
        return {}
    try:
        return {str(table.get(f"{_TABLE}name")): _table(table) for table in _tree(data).iter(f"{_TABLE}table")}
    except etree.XMLSyntaxError:
        return {}


def _table(table: Any) -> Layout:
    made, at = Layout(), 0
    column = 0
    for each in table.iter(f"{_TABLE}table-column"):
        count = min(_count(each, "columns-repeated"), _MOST_COLUMNS)
        if _is_hidden(each):
            made.columns.update(range(column, min(column + count, _MOST_COLUMNS)))
        column += count
    for row in table.iter(f"{_TABLE}table-row"):
        count = _count(row, "rows-repeated")
        if _is_hidden(row):
            made.rows.update(range(at, min(at + count, _MOST_ROWS)))
        made.merged += _spans(row, at)
        at += count
    return made


def _spans(row: Any, at: int) -> Iterator[Range]:
    column = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        down, along = _count(cell, "rows-spanned"), _count(cell, "columns-spanned")
        if down > 1 or along > 1:
            yield (at, column), (at + down - 1, column + along - 1)
        column += _count(cell, "columns-repeated")


def _is_hidden(each: Any) -> bool:
    return each.get(f"{_TABLE}visibility") in ("collapse", "filter")


def _count(each: Any, what: str) -> int:
    text = each.get(f"{_TABLE}number-{what}") or "1"
    return int(text) if text.isdigit() and len(text) < 8 else 1
