"""A form that goes into keeping holds nobody: texts no cell shows any more, and values that charts remember, go."""

from __future__ import annotations

import io

from app.exchange.package import MAIN, opened, written
from app.exchange.sheetxml import cells

_M = f"{{{MAIN}}}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def emptied(workbook: bytes) -> bytes:
    """The workbook without texts that no cell refers to, and without the values its charts hold for the last showing.

    A cell that was emptied leaves its text behind in the list that cells share. Raises those of `package.opened`.
    """
    with opened(workbook) as package:
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
        for part in package.parts:
            if part.startswith("xl/charts/") and part.endswith(".xml"):
                _forget_values(package.touch(part))
        out = io.BytesIO()
        written(package, out, {})
    return out.getvalue()


def _forget_values(chart: object) -> None:
    """Excel reads a chart's cells anew when the workbook is opened."""
    for name in ("strCache", "numCache", "multiLvlStrCache"):
        for cache in list(chart.iter(f"{_CHART}{name}")):  # type: ignore[attr-defined]  # lxml has no types
            cache.getparent().remove(cache)
