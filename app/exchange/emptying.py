"""A form that goes into keeping holds nobody: texts that no cell shows any more go, and what formulas, charts, pivot
tables, links to other books and the list of changes remember."""

from __future__ import annotations

import io
from collections.abc import Set
from datetime import date, timedelta
from typing import Any

from app.exchange.form_people import forget_people, without_numbers
from app.exchange.package import MAIN, Package, opened, written
from app.exchange.recalculating import forget, forget_drawn
from app.exchange.sheetxml import cells, local

_M = f"{{{MAIN}}}"
_PICTURED = "docProps/thumbnail"
"""A picture of the first sheet, as it was when it was saved."""
_DAY = date(2000, 1, 1)
_REMEMBERING = ("xl/pivotCache/", "xl/externalLinks/", "xl/revisions/")


def emptied(workbook: bytes, keep: Set[str] = frozenset()) -> bytes:
    """The workbook without texts that no cell refers to, without what is remembered of cells for the last showing, and
    without whom it holds elsewhere (`form_people`). keep: titles of hidden sheets that stay.

    A cell that was emptied leaves its text behind in the list that cells share. Raises those of `package.opened`.
    """
    with opened(workbook) as package:
        forget_people(package, keep)
        used = {
            int(cell.findtext(f"{_M}v") or -1)
            for sheet in package.worksheets
            for _, cell in cells(package.tree(sheet.part))
            if cell.get("t") == "s"
        }
        for relation in package.relations(package.workbook, "sharedStrings"):
            texts = package.touch(relation.target)
            for number, item in enumerate(texts.findall(f"{_M}si")):
                if number not in used:
                    item[:] = []
                    item.append(item.makeelement(f"{_M}t"))
        for sheet in package.worksheets:
            forget(package, sheet.part)
        strings = [each.target for each in package.relations(package.workbook, "sharedStrings")]
        told = (*package.all("comments"), *package.all("threadedComment"), *package.all("drawing"))
        for part in (*(sheet.part for sheet in package.worksheets), *strings, *told):
            _forget_numbers(package, part)
        for part in package.parts:
            if part.startswith("xl/charts/") and part.endswith(".xml"):
                forget_drawn(package.touch(part))
            elif part.startswith(_PICTURED):
                package.replace(part, b"")
            elif part.startswith(_REMEMBERING) and part.endswith(".xml"):
                _forget_records(package.touch(part))
        out = io.BytesIO()
        written(package, out, {})
    return out.getvalue()


def _forget_numbers(package: Package, part: str) -> None:
    """ID numbers and mobile phones go wherever they stand: also on sheets that nobody took for a list, and in drawings."""
    for text in list(package.tree(part).iter("{*}t", "{*}v", "{*}text")):
        kept = without_numbers(text.text or "")
        if kept == (text.text or ""):
            continue
        package.touch(part)
        text.text = kept
        if local(text) == "v":
            text.getparent().remove(text)  # half a number would be another one


def _forget_records(root: Any) -> None:
    """Pivot tables read their rows anew, other books' values are asked for again, past changes are nobody's business."""
    name = local(root)
    if name in ("pivotCacheRecords", "revisions"):
        root[:] = []
        if root.get("count"):
            root.set("count", "0")
    elif name == "pivotCacheDefinition":
        root.set("refreshOnLoad", "1")
        root.set("recordCount", "0")
        for items in root.iter(f"{_M}sharedItems"):
            for number, item in enumerate(items.iter(f"{_M}s", f"{_M}n", f"{_M}d")):
                item.set("v", f"{_DAY + timedelta(number)}T00:00:00" if local(item) == "d" else str(number))
            for key in ("minValue", "maxValue", "minDate", "maxDate"):
                items.attrib.pop(key, None)
    for held in list(root.iter(f"{_M}sheetDataSet")):
        held.getparent().remove(held)
