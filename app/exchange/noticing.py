"""What people should be told of a workbook that no library tells: macros, links, formulas without a value, errors.

Seen in the bytes while their length is checked (`extents`); nothing of it is run, followed or worked out.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from app.domain.findings import Finding

_FORMULA = re.compile(
    rb"""<c\s(?![^>]*\bt=["']str)[^>]*?\br=["']([A-Z]{1,3}\d+)["'][^>]*>\s*"""
    rb"""<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"""
)
"""A formula whose value was never worked out; that of a text formula (`t="str"`) may truly be empty."""
_ERROR = re.compile(rb"""<c\s(?=[^>]*\bt="e")[^>]*?\br=["']([A-Z]{1,3}\d+)["']""")
_CONCEALED = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']|\sht\s*=\s*["']0(?:\.0*)?["']""")
"""A hidden row or column, or a row without height; what LibreOffice writes for rows that are shown (`hidden="false"`) is none."""


@dataclass(slots=True)
class Noticed:
    """What was seen, by the names of sheets' parts. concealing: those that hide rows or columns; unvalued, errors: cells' addresses."""

    macros: bool = False
    links: bool = False
    concealing: set[str] = field(default_factory=set)
    unvalued: dict[str, set[bytes]] = field(default_factory=dict)
    errors: dict[str, set[bytes]] = field(default_factory=dict)

    def parts(self, names: set[str]) -> None:
        """Look at what the archive holds."""
        self.macros = any(name.endswith("vbaProject.bin") for name in names)
        self.links = any(name.startswith("xl/externalLinks/") for name in names)

    def sheet(self, part: str, piece: bytes) -> None:
        """Look at a piece of a sheet; pieces may overlap."""
        if part not in self.concealing and (b"hidden=" in piece or b' ht="0' in piece) and _CONCEALED.search(piece):
            self.concealing.add(part)
        if b"</f>" in piece and (found := _FORMULA.findall(piece)):
            self.unvalued.setdefault(part, set()).update(found)
        if b't="e"' in piece and (found := _ERROR.findall(piece)):
            self.errors.setdefault(part, set()).update(found)

    def findings(self, archive: zipfile.ZipFile) -> tuple[Finding, ...]:
        """macros-not-run, links-not-followed of the file; formulas-not-calculated, cells-with-errors of a sheet."""
        of_file = (("macros-not-run", self.macros), ("links-not-followed", self.links))
        told = [Finding(code) for code, is_so in of_file if is_so]
        titles = _titles(archive) if self.unvalued or self.errors else {}
        for code, cells in (("formulas-not-calculated", self.unvalued), ("cells-with-errors", self.errors)):
            for part, addresses in sorted(cells.items()):
                first = min(addresses, key=_reading_order).decode()
                told.append(Finding(code, sheet=titles.get(part), details={"count": len(addresses), "cell": first}))
        return tuple(told)


def _reading_order(address: bytes) -> tuple[int, int, bytes]:
    letters = address.rstrip(b"0123456789")
    return int(address[len(letters) :]), len(letters), letters


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """{name of a sheet's part: the sheet's title}; empty where the workbook's relations cannot be read."""
    from lxml import etree  # few files have anything to tell

    rules = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), rules)
        sheets = etree.fromstring(archive.read("xl/workbook.xml"), rules).iterfind("{*}sheets/{*}sheet")
    except (etree.XMLSyntaxError, KeyError):
        return {}
    targets = {each.get("Id"): str(each.get("Target")) for each in links}
    parts = {_part(targets.get(_relation(each), "")): str(each.get("name")) for each in sheets}
    return {part: title for part, title in parts.items() if part}


def _relation(sheet: Any) -> str | None:
    """The id of a sheet's relation; its name space is another one in strict workbooks."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
