"""Making room for records in a form: everything below a block of rows moves down and what spans the block grows, in
every part of the package, as if the rows had been inserted by hand in Excel."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any
from xml.sax.saxutils import escape, unescape

from openpyxl.worksheet.cell_range import CellRange

from app.domain.findings import UserError
from app.exchange.package import Package, Sheet
from app.exchange.sheetxml import M, cells, local, placed, unshare
from app.exchange.shifting import Insertion, repeated

_AREAS = ("ref", "sqref")
_FORMULAS = frozenset(("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"))
_LINKS = (
    "linkedCell",
    "listFillRange",
    "fmlaLink",
    "fmlaRange",
    "fmlaGroup",
    "fmlaTxbx",
    "textlink",
    "cellRange",
    "location",
)
"""Attributes that hold a formula: of controls, shapes, camera pictures and links within the book."""
_DRAWN = ("{http://schemas.openxmlformats.org/drawingml", "{http://schemas.microsoft.com/office/drawing")
_ANCHOR = re.compile(rb"(<\w+:Anchor>)([^<]+)(</\w+:Anchor>)")
_ROW = re.compile(rb"(<\w+:Row>\s*)(\d+)(\s*</\w+:Row>)")
_LINK = re.compile(rb"(<\w+:Fmla\w+>)([^<]+)(</\w+:Fmla)")
_SHAPE = re.compile(rb"<\w+:ClientData\b.*?</\w+:ClientData>", re.DOTALL)


def make_room(package: Package, room: Insertion) -> None:
    """Insert `room.extra` rows below the block; the new rows stay empty, the writer fills them.

    Raises UserError report-protected-rows, report-pivot-moves.
    """
    for sheet in package.worksheets:
        root = package.tree(sheet.part)
        if sheet.title == room.sheet:
            _refuse_protected(root, sheet)
            _move_sheet(package.touch(sheet.part), room)
            _move_related(package, sheet, room)
        else:
            _move_formulas(package, sheet, room)
        for kind in ("ctrlProp", "drawing", "table"):
            for each in package.relations(sheet.part, kind):
                _move_texts(package, each.target, room, sheet.title)
    _move_names(package, room)
    for part in package.all("chart") + package.all("chartEx"):
        _move_texts(package, part, room, "")
    _move_pivot_sources(package, room)


def _refuse_protected(root: Any, sheet: Sheet) -> None:
    protection = root.find(f"{M}sheetProtection")
    if protection is not None and protection.get("sheet", "0") in ("1", "true"):
        if protection.get("insertRows", "1") not in ("0", "false"):  # the attribute says what is closed
            raise UserError("report-protected-rows", sheet=sheet.title)


# ---------------------------------------------------------------- the sheet that grows


def _move_sheet(root: Any, room: Insertion) -> None:
    unshare(root)
    for number, cell in cells(root):
        for formula in cell.iterfind(f"{M}f"):
            formula.text = formula.text and room.bare(formula.text, room.sheet, number)
            for name, move in (("ref", room.areas), ("r1", room.cell), ("r2", room.cell)):
                if formula.get(name):
                    formula.set(name, move(formula.get(name)))
    for number, row in placed(root):
        if number > room.last:
            row.set("r", str(room.row(number)))
            for cell in row.iterfind(f"{M}c"):
                cell.set("r", room.cell(cell.get("r")))
    for part in root:
        if local(part) not in ("sheetData", "sheetViews", "dimension", "cols"):
            for element in list(part.iter()):
                _move_element(element, room)


def _move_element(element: Any, room: Insertion) -> None:
    """One element of the sheet outside its cells."""
    name = local(element)
    if not name or local(element.getparent()) == "sparkline":
        return
    if name == "mergeCell" and room.is_one_record_s(CellRange(element.get("ref"))):
        return
    for key in _AREAS:
        if element.get(key):
            element.set(key, room.areas(element.get(key)))
    if name in ("cellWatch", "inputCells") and element.get("r"):
        element.set("r", room.cell(element.get("r")))
    if name == "sparkline":
        _move_sparkline(element, room)
    elif name == "sqref":
        element.text = room.areas(element.text or "")
    elif name == "brk" and local(element.getparent()) == "rowBreaks":
        line = int(element.get("id"))
        element.set("id", str(line + room.extra if line >= room.last else line))
    elif name == "anchor":
        _move_anchor(element, room, grows=element.get("sizeWithCells") in ("1", "true"))
    _move_text(element, room, room.sheet)


def _move_sparkline(line: Any, room: Insertion) -> None:
    """One line is drawn in one cell: that of a record is repeated with it, others move."""
    place, source = line.find("{*}sqref"), line.find("{*}f")
    if place is None or source is None:
        return
    row, height = CellRange(place.text).min_row, room.height or room.last - room.first + 1
    source.text = room.bare(source.text or "", room.sheet, row)
    if room.first <= row < room.first + height:
        pieces, column = repeated(f"={source.text}", room.sheet, room.last), place.text.rstrip("0123456789")
        for offset in range(room.extra + room.last - room.first + 1 - height, room.last - room.first, -height):
            copied = deepcopy(line)
            copied.find("{*}f").text = "".join(p if isinstance(p, str) else str(p + offset) for p in pieces)[1:]
            copied.find("{*}sqref").text = f"{column}{row + offset}"
            line.addnext(copied)
    place.text = room.cell(place.text)


def _base(element: Any) -> int:
    """The row that the relative references of a rule are written for: the first of its cells."""
    while element is not None:
        found = element.get("sqref") or element.findtext("{*}sqref")
        if found:
            return min(int(rows[0]) if (rows := re.findall(r"\d+", part)) else 1 for part in found.split())
        element = element.getparent()
    return 0


def _move_text(element: Any, room: Insertion, sheet: str) -> bool:
    """The formula that an element or one of its attributes holds; was anything changed?"""
    name, changed = local(element), False
    if not name:  # a comment
        return False
    series = element.tag.startswith(_DRAWN)
    if (name in _FORMULAS or (series and name == "sqref")) and element.text and not element.text.startswith('"'):
        new = room.bare(element.text, sheet, _base(element) if sheet == room.sheet else 0, series=series)
        changed, element.text = new != element.text, new
    for key in _LINKS if element.attrib else ():
        if value := element.get(key):
            new = room.bare(value, sheet)
            changed = changed or new != value
            element.set(key, new)
    if name == "cfvo" and element.get("type") == "formula" and element.get("val"):
        element.set("val", room.bare(element.get("val"), sheet, _base(element)))
    return changed


def _move_anchor(anchor: Any, room: Insertion, *, grows: bool) -> None:
    """Rows of a drawing count from 0. What is anchored to move without stretching keeps its height."""
    rows = [anchor.find(f"{{*}}{end}/{{*}}row") for end in ("from", "to")]
    if rows[0] is None:
        return
    before = int(rows[0].text)
    moved = room.row(before + 1) - 1
    rows[0].text = str(moved)
    if rows[1] is not None:
        bottom = int(rows[1].text)
        rows[1].text = str(room.row(bottom + 1) - 1 if grows else bottom + moved - before)


# ---------------------------------------------------------------- parts of the sheet


def _move_related(package: Package, sheet: Sheet, room: Insertion) -> None:
    for each in package.relations(sheet.part):
        if each.kind == "drawing":
            for anchor in package.touch(each.target):
                how = anchor.get("editAs", "twoCell")
                if how != "absolute":
                    _move_anchor(anchor, room, grows=how == "twoCell")
        elif each.kind == "table":
            for element in package.touch(each.target).iter(
                "{*}table", "{*}autoFilter", "{*}sortState", "{*}sortCondition"
            ):
                element.set("ref", room.areas(element.get("ref")))
        elif each.kind in ("comments", "threadedComment", "tableSingleCells"):
            for element in package.touch(each.target).iter("{*}comment", "{*}threadedComment", "{*}singleXmlCell"):
                key = "ref" if element.get("ref") else "r"
                element.set(key, room.cell(element.get(key)))
        elif each.kind == "vmlDrawing":
            package.replace(
                each.target, _SHAPE.sub(lambda found: _moved_shape(found[0], room), package.content(each.target))
            )
        elif each.kind == "pivotTable":
            _move_pivot(package.touch(each.target), room)


def _moved_shape(shape: bytes, room: Insertion) -> bytes:
    """A comment's box or a control in the old drawing; it moves with its cell and keeps its size."""
    row, anchor = _ROW.search(shape), _ANCHOR.search(shape)
    shape = _LINK.sub(
        lambda found: found[1] + escape(room.bare(unescape(found[2].decode()), room.sheet)).encode() + found[3], shape
    )
    numbers = [int(each) for each in anchor[2].split(b",")] if anchor else []
    if row is None and len(numbers) != 8:
        return shape
    top = int(row[2]) if row else numbers[2]
    down = room.row(top + 1) - 1 - top
    if len(numbers) == 8:
        numbers[2], numbers[6] = numbers[2] + down, numbers[6] + down
    shape = _ANCHOR.sub(lambda found: found[1] + ", ".join(map(str, numbers)).encode() + found[3], shape)
    return _ROW.sub(lambda found: found[1] + str(top + down).encode() + found[3], shape)


def _move_pivot(root: Any, room: Insertion) -> None:
    place = root.find(f"{M}location")
    area = CellRange(place.get("ref"))
    if area.min_row <= room.last <= area.max_row:
        raise UserError("report-pivot-moves", sheet=room.sheet, name=root.get("name", ""))
    place.set("ref", room.area(area))


# ---------------------------------------------------------------- whatever looks at the sheet from elsewhere


def _move_formulas(package: Package, sheet: Sheet, room: Insertion) -> None:
    """Another sheet: its cells stay, its formulas may look at the one that grows."""
    root = package.tree(sheet.part)
    wanted = room.sheet.replace("'", "''").casefold()
    if not any(wanted in (each.text or "").casefold() for each in root.iter("{*}f", "{*}formula", "{*}formula1",
               "{*}formula2")) and not any(wanted in each.get("location", "").casefold() for each in root.iter(
               f"{M}hyperlink")):  # fmt: skip
        return
    unshare(root)
    changed = [_move_text(element, room, sheet.title) for element in root.iter()]
    if any(changed):
        package.touch(sheet.part)


def _move_names(package: Package, room: Insertion) -> None:
    names = package.touch(package.workbook).iterfind(f"{M}definedNames/{M}definedName")
    for name in names:
        name.text = name.text and room.bare(name.text, "")


def _move_texts(package: Package, part: str, room: Insertion, sheet: str) -> None:
    """Ranges of charts, links of shapes and controls, formulas of tables. A chart's remembered values go when its range
    changed; Excel reads them anew."""
    changed = False
    for element in package.tree(part).iter():
        if local(element) and _move_text(element, room, sheet):
            changed = True
            for cache in element.xpath("../*[contains(local-name(), 'Cache')]"):
                cache.getparent().remove(cache)
    if changed:
        package.touch(part)


def _move_pivot_sources(package: Package, room: Insertion) -> None:
    for part in package.all("pivotCacheDefinition"):
        for source in package.tree(part).iter(f"{M}worksheetSource"):
            if source.get("sheet", "").casefold() == room.sheet.casefold() and source.get("ref"):
                source.set("ref", room.areas(source.get("ref")))
                package.touch(part).set("refreshOnLoad", "1")
