"""Pictures, charts and shapes of a form, carried over as the bytes they are.

openpyxl drops shapes, redraws charts and needs a further library for pictures; a superior's seal or logo
must not get lost on the way. Only anchors and the charts' ranges are moved along with inserted rows.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape, unescape

from openpyxl.packaging.manifest import mimetypes  # openpyxl's own table

from app.exchange.shifting import Insertion

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ANCHOR = re.compile(r"<(?P<tag>(?:\w+:)?(?:twoCell|oneCell)Anchor)\b(?P<how>[^>]*)>.*?</(?P=tag)>", re.DOTALL)
_ROW = re.compile(r"(?<=row>)\d+(?=<)")
_RANGE = re.compile(r"(<(?:\w+:)?f>)([^<]+)(</)")


@dataclass(slots=True)
class Drawings:
    """The drawings of a workbook. of_sheet: sheet title -> its drawing part; parts: name -> bytes.

    types: content type of each part that the package names one for; by_ending: for the others.
    """

    of_sheet: dict[str, str]
    parts: dict[str, bytes]
    types: dict[str, str]
    by_ending: dict[str, str]

    def move(self, room: Insertion) -> None:
        """Rows were inserted: what is anchored below goes down, charts see the new rows."""
        anchored = self.of_sheet.get(room.sheet)
        for name, content in self.parts.items():
            if name == anchored:
                self.parts[name] = _moved_anchors(content.decode(), room).encode()
            elif "/charts/" in name and name.endswith(".xml"):
                self.parts[name] = _moved_ranges(content.decode(), room).encode()


def drawings_of(template: Path) -> Drawings:
    """The drawings of a workbook that has been checked before (`marks.opened`)."""
    with zipfile.ZipFile(template) as package:
        there = set(package.namelist())
        types, endings = _types(package)
        found = Drawings({}, {}, {}, endings)
        for title, sheet in _sheets(package, there).items():
            for kind, target in _relations(package, sheet, there).values():
                if kind.endswith("/drawing") and target in there:
                    found.of_sheet[title] = target
                    _collect(package, target, there, found.parts)
        found.types = {name: types[name] for name in found.parts if name in types}
    return found


def known_endings(drawings: Drawings) -> None:
    """Tell openpyxl the content types of endings it does not know (.emf, .wdp), or it fails on them."""
    for ending, kind in drawings.by_ending.items():
        if f".{ending}" not in mimetypes.types_map[True]:
            mimetypes.add_type(kind, f".{ending}")


def _sheets(package: zipfile.ZipFile, there: set[str]) -> dict[str, str]:
    """Sheet title -> name of its part."""
    relations = _relations(package, "xl/workbook.xml", there)
    root = ElementTree.fromstring(package.read("xl/workbook.xml"))
    return {
        sheet.get("name", ""): relations[sheet.get(_RELATION, "")][1]
        for sheet in root.iter()
        if sheet.tag.endswith("}sheet") and sheet.get(_RELATION) in relations
    }


def _relations(package: zipfile.ZipFile, part: str, there: set[str]) -> dict[str, tuple[str, str]]:
    """Id -> (kind, name of the part) of what a part refers to within the package."""
    name = _relations_name(part)
    if name not in there:
        return {}
    return {
        each.get("Id", ""): (each.get("Type", ""), _resolved(part, each.get("Target", "")))
        for each in ElementTree.fromstring(package.read(name))
        if each.get("TargetMode") != "External"
    }


def _relations_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _collect(package: zipfile.ZipFile, part: str, there: set[str], parts: dict[str, bytes]) -> None:
    """A part and whatever it needs, once each."""
    if part in parts or part not in there:
        return
    parts[part] = package.read(part)
    if _relations_name(part) in there:
        parts[_relations_name(part)] = package.read(_relations_name(part))
    for _, target in _relations(package, part, there).values():
        _collect(package, target, there, parts)


def _types(package: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    by_name, by_ending = {}, {}
    for each in ElementTree.fromstring(package.read("[Content_Types].xml")):
        if each.tag.endswith("}Override"):
            by_name[each.get("PartName", "")[1:]] = each.get("ContentType", "")
        else:
            by_ending[each.get("Extension", "")] = each.get("ContentType", "")
    return by_name, by_ending


def _moved_anchors(text: str, room: Insertion) -> str:
    """Rows of a drawing count from 0. What is anchored to move without stretching keeps its height."""

    def move(anchor: re.Match[str]) -> str:
        keeps = 'editAs="oneCell"' in anchor["how"] or 'editAs="absolute"' in anchor["how"]
        rows = [int(row) for row in _ROW.findall(anchor.group())[:2]]
        moved = [room.row(row + 1) - 1 for row in rows]
        if keeps and len(rows) == 2:
            moved[1] = rows[1] + moved[0] - rows[0]
        new = iter(moved)
        return _ROW.sub(lambda found: str(next(new, found.group())), anchor.group())

    return _ANCHOR.sub(move, text)


def _moved_ranges(text: str, room: Insertion) -> str:
    def move(found: re.Match[str]) -> str:
        return found[1] + escape(room.formula(f"={unescape(found[2])}", "", series=True)[1:]) + found[3]

    return _RANGE.sub(move, text)
