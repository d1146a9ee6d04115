"""Reading a superior's form: which `{{marks}}` stand in which cells, page margins, text boxes and chart titles?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.findings import UserError
from app.exchange.package import Package, Sheet, opened
from app.exchange.sheetxml import M, Run, Strings, cells, column_of

MARK = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
"""A mark; braces typed with a Chinese keyboard count too."""
_OPENED = re.compile(r"[{｛]{2}.{0,20}")

PAGE_PARTS = ("页眉", "页脚")
SHAPES = ("文本框", "图表")
"""Where a cell is named, a page's header and footer are named so; text boxes and charts, too."""

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell with marks. cell: as Excel shows it; names: what stands between the braces, in order."""

    sheet: str
    cell: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A form and its marks, sheet by sheet, from top left. source: a file, or the bytes of a saved form."""

    source: Path | bytes
    marks: tuple[Mark, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for mark in self.marks for name in mark.names)


def scan(template: Path | bytes) -> Template:
    """The marks of a form.

    Raises UserError template-missing, template-type, template-damaged, template-too-large, report-signed,
    template-no-marks, mark-in-formula.
    """
    with opened(template) as package:
        return Template(template, marks_of(package))


def marks_of(package: Package) -> tuple[Mark, ...]:
    """The marks of an opened form. Raises UserError template-no-marks, mark-in-formula."""
    strings = Strings(package)
    marks: list[Mark] = []
    for sheet in package.sheets:
        if sheet.kind == "worksheet":
            marks += _in_cells(package.tree(sheet.part), sheet, strings)
        marks += [
            Mark(sheet.title, place, names)
            for _, place, element in outside(package, sheet)
            if (names := _names(shown(element)))
        ]
    if not marks:
        raise UserError("template-no-marks", file=package.name)
    return tuple(marks)


def _in_cells(root: Any, sheet: Sheet, strings: Strings) -> Iterator[Mark]:
    for _, cell in sorted(cells(root), key=lambda each: (each[0], column_of(each[1]))):
        formula = cell.findtext(f"{M}f") or ""
        if found := MARK.search(formula):
            raise UserError("mark-in-formula", sheet=sheet.title, cell=cell.get("r"), mark=found[1])
        names = () if cell.find(f"{M}f") is not None else _names(strings.text(cell))
        if names:
            yield Mark(sheet.title, cell.get("r"), names)


def _names(text: str) -> tuple[str, ...]:
    """The marks of a text; a mark that is begun and not ended is named as it stands."""
    names = tuple(MARK.findall(text))
    broken = _OPENED.search(MARK.sub("", text))
    return (*names, broken.group()) if broken else names


def outside(package: Package, sheet: Sheet) -> Iterator[tuple[str, str, Any]]:
    """(part, name of the place, element) of all text of a sheet that stands in no cell: lines of a page's header and
    footer, paragraphs of text boxes, charts' titles."""
    for each in package.tree(sheet.part).iterfind(".//{*}headerFooter/*"):
        yield sheet.part, PAGE_PARTS[str(each.tag).endswith("Footer")], each
    for drawing in package.relations(sheet.part, "drawing"):
        for paragraph in package.tree(drawing.target).iter(f"{A}p"):
            yield drawing.target, SHAPES[0], paragraph
        for chart in package.relations(drawing.target, "chart"):
            for paragraph in package.tree(chart.target).iter(f"{A}p"):
                yield chart.target, SHAPES[1], paragraph


def shown(element: Any) -> str:
    """The text of what `outside` finds."""
    if element.tag != f"{A}p":
        return element.text or ""
    return "".join(each.text or "" for each in element.iter(f"{A}t"))


def replaced(runs: list[Run], value: Any) -> list[Run]:
    """The runs with their marks filled: a mark cut over several runs takes the format it begins with.

    value: name of the mark -> its text.
    """
    text = "".join(run.text for run in runs)
    pieces = [""] * len(runs)
    starts = [sum(len(run.text) for run in runs[:number]) for number in range(len(runs) + 1)]
    at = 0
    for found in [*MARK.finditer(text), None]:
        end = found.start() if found else len(text)
        for number in range(len(runs)):
            pieces[number] += text[max(at, starts[number]) : min(end, starts[number + 1])]
        if found:
            begun = max(number for number in range(len(runs)) if starts[number] <= end)
            pieces[begun] += value(found[1])
            at = found.end()
    return [Run(piece, run.format) for piece, run in zip(pieces, runs, strict=True)]
