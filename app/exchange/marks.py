"""Reading a superior's form: is it a workbook we can fill, and which `{{marks}}` stand in which cells?

Nothing of the file is believed before it is checked: type, size unpacked, no entity declarations.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from app.domain.findings import UserError

MARK = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
"""A mark; braces typed with a Chinese keyboard count too."""
_OPENED = re.compile(r"[{｛]{2}.{0,20}")

PAGE_PARTS = ("页眉", "页脚")
"""Where a cell is named, a page's header and footer are named so."""

LARGEST_XML = 24 << 20
LARGEST = 100 << 20
"""Bytes unpacked: of all XML, of all together. A form is far smaller; more is a bomb or a mistake."""

_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell with marks. cell: as Excel shows it; names: what stands between the braces, in order."""

    sheet: str
    cell: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A form and its marks, sheet by sheet, from top left."""

    path: Path
    marks: tuple[Mark, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for mark in self.marks for name in mark.names)


def scan(template: Path) -> Template:
    """The marks of a form.

    Raises UserError template-missing, template-type, template-damaged, template-too-large,
    template-no-marks, mark-in-formula.
    """
    return Template(template, marks_of(opened(template), template))


def marks_of(book: Workbook, template: Path) -> tuple[Mark, ...]:
    """The marks of an opened form. Raises UserError template-no-marks, mark-in-formula."""
    marks = []
    for sheet in book.worksheets:
        for cell in _cells(sheet):
            text = cell_text(cell)
            names = tuple(MARK.findall(text)) if text else ()
            if names and cell.data_type == "f":
                raise UserError("mark-in-formula", sheet=sheet.title, cell=cell.coordinate, mark=names[0])
            if text and (broken := _OPENED.search(MARK.sub("", text))):
                names = (*names, broken.group())
            if names:
                marks.append(Mark(sheet.title, cell.coordinate, names))
        marks += [Mark(sheet.title, place, names) for place, names in _margins(sheet)]
    if not marks:
        raise UserError("template-no-marks", file=template.name)
    return tuple(marks)


def cell_text(cell: Any) -> str:
    """The text of a cell, of a formula with its =; "" for numbers, dates and nothing."""
    value = cell.value
    if cell.data_type == "f":
        return str(getattr(value, "text", value) or "")
    return str(value) if isinstance(value, (str, list)) else ""  # list: rich text


def margins(sheet: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a sheet's page headers and footers that hold text, with a name for messages."""
    for which in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        for side in ("left", "center", "right"):
            part = getattr(getattr(sheet, which), side)
            if part.text:
                yield PAGE_PARTS[which.endswith("Footer")], part


def _margins(sheet: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for place, part in margins(sheet):
        names = tuple(MARK.findall(part.text))
        if names:
            yield place, names


def _cells(sheet: Any) -> list[Any]:
    """The cells that are there (`sheet.iter_rows` would make all the others)."""
    return [cell for _, cell in sorted(sheet._cells.items())]


def opened(template: Path) -> Workbook:
    """The workbook, with rich text and links kept. Raises UserError, see `scan`."""
    _check(template)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it does not keep; drawings are carried over by drawings.py
            warnings.simplefilter("ignore")
            return load_workbook(template, rich_text=True)
    except Exception as error:  # openpyxl meets damaged parts with errors of every kind
        raise UserError("template-damaged", file=template.name) from error


def _check(template: Path) -> None:
    if not template.is_file():
        raise UserError("template-missing", file=str(template))
    with template.open("rb") as file:
        head = file.read(4)
    if not head.startswith(b"PK"):
        raise UserError("template-type" if head else "template-damaged", file=template.name)
    try:
        with zipfile.ZipFile(template) as package:
            _check_package(package, template)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise UserError("template-damaged", file=template.name) from error


def _check_package(package: zipfile.ZipFile, template: Path) -> None:
    parts = package.infolist()
    xml = [part for part in parts if part.filename.endswith((".xml", ".rels", ".vml"))]
    size = sum(part.file_size for part in parts)
    if sum(part.file_size for part in xml) > LARGEST_XML or size > LARGEST:
        raise UserError("template-too-large", file=template.name, size=size >> 20)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or _WORKBOOK not in package.read("[Content_Types].xml"):
        raise UserError("template-type", file=template.name)
    for part in xml:
        with package.open(part) as file:
            if b"<!DOCTYPE" in file.read(4096).replace(b"\0", b""):
                raise UserError("template-damaged", file=template.name)
