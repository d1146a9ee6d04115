"""Tables of a Word document, each as a sheet of its own: lists come down as letters, too."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from app.domain.findings import UserError
from app.exchange.extents import LARGEST_AREA
from app.exchange.tables import Book, Grid, Page, Range, even, fill_merged

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag")
"""Content controls and tracked insertions: what they hold belongs to the table."""
_WIDEST = 1_000


def open_document(path: Path) -> Book:
    """A Book whose sheets are 表1, 表2 …, in the order of the document; tables within tables are left aside.

    The archive was measured before (`extents.refuse_bombs`). Raises UserError: file-damaged, file-too-large,
    document-no-tables.
    """
    try:
        document = docx.Document(str(path))
    except (OpcError, KeyError, ValueError, etree.XMLSyntaxError, zipfile.BadZipFile):
        raise UserError("file-damaged", file=path.name) from None
    found = [page for table in _within(document.element.body, "tbl") if (page := _page(path, table)).grid]
    if not found:
        raise UserError("document-no-tables", file=path.name)
    pages = {f"表{number}": page for number, page in enumerate(found, 1)}
    return Book(path, tuple(pages), None, pages)


def _within(element: Any, name: str) -> Iterator[Any]:
    """The children of that name, also those inside a content control."""
    for child in element:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _within(child, name)


def _page(path: Path, table: Any) -> Page:
    rows: Grid = []
    merged: list[Range] = []
    open_above: dict[int, tuple[int, int]] = {}
    """{column: (row in which a cell merged downwards began, how many columns wide)}"""
    for index, row in enumerate(_within(table, "tr")):
        cells: list[str] = [""] * _number(row, "gridBefore", 0)
        for cell in _within(row, "tc"):
            column, width = len(cells), _number(cell, "gridSpan", 1)
            cells += [_text(cell)] + [""] * (width - 1)
            _merge(open_above, merged, cell, index, column, width)
        rows.append(cells)
        if sum(map(len, rows[-1:])) * len(rows) > LARGEST_AREA:
            raise UserError("file-too-large", file=path.name)
    ranges = _joined(merged)
    even(path, rows)
    fill_merged(rows, ranges)
    return Page(rows, ranges)


def _merge(
    above: dict[int, tuple[int, int]], merged: list[Range], cell: Any, index: int, column: int, width: int
) -> None:
    """Notes a cell's share in a merged range: a range for each row, joined later."""
    found = cell.find(f"{_W}tcPr/{_W}vMerge")
    if found is None:
        above.pop(column, None)
        if width > 1:
            merged.append(((index, column), (index, column + width - 1)))
    elif found.get(f"{_W}val") == "restart" or column not in above:
        above[column] = index, width
        merged.append(((index, column), (index, column + width - 1)))
    else:
        top, wide = above[column]
        merged.append(((top, column), (index, column + wide - 1)))


def _joined(merged: list[Range]) -> list[Range]:
    """Of the ranges that begin in one cell the largest."""
    largest: dict[tuple[int, int], tuple[int, int]] = {}
    for start, end in merged:
        largest[start] = max(end, largest.get(start, end))
    return [(start, end) for start, end in largest.items() if start != end]


def _number(element: Any, name: str, least: int) -> int:
    """A number in an element's properties, which some say is 1,000,000."""
    found = (
        next(element.iter(f"{_W}{name}"), None) if element.tag.endswith("tr") else element.find(f"{_W}tcPr/{_W}{name}")
    )
    text = found.get(f"{_W}val", "") if found is not None else ""
    return max(least, min(int(text), _WIDEST)) if text.isascii() and text.isdigit() and len(text) < 8 else least


def _text(cell: Any) -> str:
    """A cell's own paragraphs, a line for each; deleted text and inner tables are not read."""
    return "\n".join(filter(None, (_paragraph(each).strip() for each in _within(cell, "p"))))


def _paragraph(paragraph: Any) -> str:
    said: list[str] = []
    for each in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}noBreakHyphen"):
        name = each.tag.removeprefix(_W)
        if name == "tab" and each.getparent().tag != f"{_W}r":
            continue
        said.append(each.text or "" if name == "t" else {"tab": " ", "br": "\n"}.get(name, "-"))
    return "".join(said)
