"""What was copied in Excel or WPS and pasted here: tab-separated text with quoted cells, or an HTML table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.findings import UserError
from app.exchange import tables
from app.exchange.extents import LARGEST_AREA
from app.exchange.tables import LARGEST_TEXT, Book, Grid, Page, Range, even, fill_merged

NAME = "粘贴的内容"
_CELL = re.compile(r'"((?:[^"]|""){0,32767})"(?=[\t\r\n]|\Z)|[^\t\r\n]*')
"""A quoted cell ends before a tab or a line end; any other quote is text (`"小张"的母亲`)."""
_MARKUP = re.compile(r"\s*(?:Version:[\d.]+\s|<(?:!doctype|html|head|body|meta|table|style|tr|!--))", re.IGNORECASE)
_WIDEST = 1_000


@dataclass(frozen=True, slots=True)
class Pasted:
    """A clipboard's text."""

    text: str


def open_pasted(pasted: Pasted) -> Book:
    """The tables of a clipboard. Raises UserError: paste-empty, file-too-large."""
    text = pasted.text
    if len(text) > LARGEST_TEXT or text.count("\t") + text.count("\n") > LARGEST_AREA:
        raise UserError("file-too-large", file=NAME)
    if not text.strip("\0 \t\r\n\ufeff"):
        raise UserError("paste-empty")
    path = Path(NAME)
    if _MARKUP.match(text):
        if pages := _of_markup(path, text):
            return Book(path, tuple(pages), None, pages)
        raise UserError("paste-empty")
    return Book(path, (NAME,), None, {NAME: Page(even(path, of_text(text.lstrip("\ufeff"))))})


def of_text(text: str) -> Grid:
    """The cells of a clipboard's text; its last blank lines are none."""
    if "\t" not in text:
        return tables.separated(text)
    rows: Grid = [[]]
    at = 0
    while at < len(text):
        found = _CELL.match(text, at)
        assert found is not None  # the last alternative fits everywhere
        said = found[1]
        rows[-1].append(found[0] if said is None else said.replace('""', '"').replace("\r\n", "\n"))
        at = found.end()
        if at < len(text) and text[at] != "\t":
            rows.append([])
            at += text[at : at + 2] == "\r\n"
        at += 1
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


# ---------------------------------------------------------------- HTML


def _of_markup(path: Path, text: str) -> dict[str, Page]:
    from lxml import etree, html  # few paste markup, and they are slow to load

    start = text.find("<")
    try:
        root = html.document_fromstring(text[start:])
    except (ValueError, etree.ParserError):
        return {}
    outer = [each for each in root.iter("table") if not any(True for _ in each.iterancestors("table"))]
    pages = [page for each in outer if (page := _page(path, each)).grid]
    return {NAME if len(pages) == 1 else f"表{number}": page for number, page in enumerate(pages, 1)}


def _page(path: Path, table: Any) -> Page:
    taken: dict[tuple[int, int], str] = {}
    merged: list[Range] = []
    hidden: set[int] = set()
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    for index, row in enumerate(rows):
        if "display:none" in (row.get("style") or "").replace(" ", ""):
            hidden.add(index)
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (index, column) in taken:
                column += 1
            down, along = min(_span(cell, "rowspan"), len(rows) - index), _span(cell, "colspan")
            if len(taken) + down * along > LARGEST_AREA // 4:
                raise UserError("file-too-large", file=path.name)
            taken.update({(index + y, column + x): "" for y in range(down) for x in range(along)})
            taken[index, column] = _said(cell)
            if down * along > 1:
                merged.append(((index, column), (index + down - 1, column + along - 1)))
    width = max((column + 1 for _, column in taken), default=0)
    grid: Grid = [[taken.get((index, column), "") for column in range(width)] for index in range(len(rows))]
    even(path, grid)
    fill_merged(grid, merged)
    return Page(grid, merged, hidden)


def _span(cell: Any, name: str) -> int:
    text = cell.get(name) or "1"
    return max(1, min(int(text), _WIDEST)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _said(cell: Any) -> str:
    for line in cell.iter("br"):
        line.tail = "\n" + (line.tail or "")
    lines = (" ".join(line.split()) for line in cell.text_content().replace("\xa0", " ").split("\n"))
    return "\n".join(line for line in lines if line)
