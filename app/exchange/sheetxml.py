"""What a sheet's XML says: which cell stands where, what text it shows, how its style behaves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from app.exchange.package import MAIN, Package

M = f"{{{MAIN}}}"
_CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
"""Built-in formats that show dates where Excel speaks Chinese (ECMA-376 part 1, 18.8.30)."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one format. format: the XML of its rPr, "" where the text has none of its own."""

    text: str
    format: str = ""


def local(element: Any) -> str:
    """The element's name without its namespace; "" for comments and instructions."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def placed(root: Any) -> list[tuple[int, Any]]:
    """The rows of a sheet with their numbers; rows and cells that only stand in order get their place written."""
    found, number = [], 0
    for row in root.iterfind(f"{M}sheetData/{M}row"):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        column = 0
        for cell in row.iterfind(f"{M}c"):
            column = column_of(cell) if cell.get("r") else column + 1
            if not cell.get("r"):
                cell.set("r", f"{get_column_letter(column)}{number}")
        found.append((number, row))
    return found


def cells(root: Any) -> Iterator[tuple[int, Any]]:
    """(row, cell) of every cell that is there."""
    for number, row in placed(root):
        for cell in row.iterfind(f"{M}c"):
            yield number, cell


def column_of(cell: Any) -> int:
    return int(column_index_from_string(coordinate_from_string(cell.get("r").upper())[0]))


class Strings:
    """The texts a workbook's cells share."""

    def __init__(self, package: Package) -> None:
        found = package.relations(package.workbook, "sharedStrings")
        self._items = list(package.tree(found[0].target).iterfind(f"{M}si")) if found else []

    def runs(self, cell: Any) -> list[Run]:
        """What the cell shows if it shows a text; phonetic hints are no part of it."""
        kind = cell.get("t")
        if kind == "inlineStr":
            return _runs(cell.find(f"{M}is"))
        value = cell.findtext(f"{M}v")
        if kind == "s" and value and value.strip().isdigit() and int(value) < len(self._items):
            return _runs(self._items[int(value)])
        return [Run(value)] if kind == "str" and value else []

    def text(self, cell: Any) -> str:
        return "".join(run.text for run in self.runs(cell))


def _runs(item: Any) -> list[Run]:
    runs = []
    for each in item if item is not None else ():
        if each.tag == f"{M}t":
            runs.append(Run(unescaped(each.text or "")))
        elif each.tag == f"{M}r":
            form = each.find(f"{M}rPr")
            runs.append(Run(unescaped(each.findtext(f"{M}t") or ""), xml(form) if form is not None else ""))
    return runs


def unescaped(text: str) -> str:
    """_x000D_ and the like as the character it stands for."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def xml(element: Any) -> str:
    """An element as text that stands among others of the sheet's own namespace, without prefix."""
    alone = deepcopy(element)
    alone.tail = None
    text = str(etree.tostring(alone, encoding="unicode"))
    return re.sub(rf' xmlns(:\w+)?="{re.escape(MAIN)}"', "", text) if element.prefix is None else text


def attributes(element: Any, without: Sequence[str]) -> str:
    """The attributes as text, those of other namespaces with the prefix they have here."""
    parts = []
    for name, value in element.attrib.items():
        said = etree.QName(name)
        if name in without:
            continue
        if said.namespace:
            prefix = next(key for key, uri in element.nsmap.items() if uri == said.namespace and key)
            known = element.getroottree().getroot().nsmap
            declared = "" if known.get(prefix) == said.namespace else f" xmlns:{prefix}={quoteattr(said.namespace)}"
            parts.append(f"{declared} {prefix}:{said.localname}={quoteattr(value)}")
        else:
            parts.append(f" {name}={quoteattr(value)}")
    return "".join(parts)


def unshare(root: Any) -> None:
    """Every shared formula written out in its cell, so that each can move by itself."""
    masters: dict[str, tuple[str, str]] = {}
    shared = [
        (cell, formula) for _, cell in cells(root) for formula in cell.iterfind(f"{M}f") if formula.get("t") == "shared"
    ]
    for cell, formula in shared:
        if formula.text:
            masters[formula.get("si", "")] = (formula.text, cell.get("r"))
    for cell, formula in shared:
        text, origin = masters.get(formula.get("si", ""), ("", ""))
        if not formula.text and text:
            formula.text = Translator(f"={text}", origin).translate_formula(cell.get("r"))[1:]
        for name in ("t", "si", "ref"):
            formula.attrib.pop(name, None)


class Styles:
    """How the styles of a workbook's cells behave; a style is its number in the cells' `s`."""

    def __init__(self, package: Package) -> None:
        self._package = package
        found = package.relations(package.workbook, "styles")
        self._part = found[0].target if found else ""
        self._root = package.tree(self._part) if found else etree.Element(f"{M}styleSheet")
        self._formats = {
            int(each.get("numFmtId")): each.get("formatCode", "") for each in self._root.iter(f"{M}numFmt")
        }
        self._styles = self._root.find(f"{M}cellXfs")
        self._quoted: dict[int, int] = {}
        self._dated: dict[int, bool] = {}
        dated = package.tree(package.workbook).find(f"{M}workbookPr")
        mac = dated is not None and dated.get("date1904") in ("1", "true")
        self.epoch = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900

    def _style(self, number: int) -> Any:
        there = self._styles is not None and number < len(self._styles)
        return self._styles[number] if there else None

    def dated(self, number: int) -> bool:
        """Does a cell of this style show dates?"""
        if number not in self._dated:
            self._dated[number] = self._shows_dates(number)
        return self._dated[number]

    def _shows_dates(self, number: int) -> bool:
        style = self._style(number)
        code = int(style.get("numFmtId") or 0) if style is not None else 0
        if code in self._formats:
            return bool(is_date_format(self._formats[code]))
        return code in _CHINESE_DATES or bool(is_date_format(BUILTIN_FORMATS.get(code, "General")))

    def locked(self, number: int) -> bool:
        """Is a cell of this style closed when its sheet is protected? It is unless the style says otherwise."""
        style = self._style(number)
        protection = style.find(f"{M}protection") if style is not None else None
        return protection is None or protection.get("locked", "1") not in ("0", "false")

    def bordered(self, number: int) -> bool:
        style = self._style(number)
        borders = list(self._root.iterfind(f"{M}borders/{M}border"))
        which = int(style.get("borderId") or 0) if style is not None else 0
        return which < len(borders) and any(side.get("style", "none") != "none" for side in borders[which])

    def quoted(self, number: int) -> int:
        """The style with the quote prefix, which keeps text text when a person edits it; added if it is not there."""
        style = self._style(number)
        if style is None or style.get("quotePrefix") in ("1", "true"):
            return number
        if number not in self._quoted:
            wanted = deepcopy(style)
            wanted.set("quotePrefix", "1")
            known = [etree.tostring(each, method="c14n") for each in self._styles]
            this = etree.tostring(wanted, method="c14n")
            if this in known:
                self._quoted[number] = known.index(this)
            else:
                self._package.touch(self._part)
                self._styles.append(wanted)
                self._styles.set("count", str(len(self._styles)))
                self._quoted[number] = len(self._styles) - 1
        return self._quoted[number]


def inline(runs: Sequence[Run], prefix: str = "") -> str:
    """The inside of a cell of type inlineStr."""
    p = prefix
    if len(runs) == 1 and not runs[0].format:
        return f"<{p}is>{plain(runs[0].text, p)}</{p}is>"
    said = f'<rPr xmlns="{MAIN}"' if p else "<rPr"  # the texts cells share may have no prefix where the sheet has one
    runs_of = [f"<{p}r>{run.format.replace('<rPr', said, 1)}{plain(run.text, p)}</{p}r>" for run in runs]
    return f"<{p}is>{''.join(runs_of)}</{p}is>"


_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str, prefix: str = "") -> str:
    """One text; what XML cannot hold is written as Excel writes it."""
    kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    shown = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPE_LIKE.sub("_x005F_", text))
    return f"<{prefix}t{kept}>{escape(shown)}</{prefix}t>"
