"""What a workbook remembers of its calculations is no longer true once it is filled.

Excel is told to calculate anew when it opens the file; the order of calculation goes, it names cells that moved.
Remembered results of formulas that may look at what was filled go, too: a program that does not calculate must
not show the total of the empty form.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from app.exchange.package import Package
from app.exchange.sheetxml import M, cells

_AFTER = ("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
          "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip
"""What follows calcPr in a workbook's part (ECMA-376 part 1, 18.2.27)."""


def recalculate(package: Package) -> None:
    """To be called once all cells are changed."""
    for part in package.all("calcChain"):
        package.drop(part)
    _forget_results(package, ask_anew(package))


def ask_anew(package: Package) -> Any:
    """Tell Excel to calculate anew when it opens the file; the workbook's root."""
    root = package.touch(package.workbook)
    settings = root.find(f"{M}calcPr")
    if settings is None:
        settings = etree.Element(f"{M}calcPr")
        after = next((each for each in root if etree.QName(each).localname in _AFTER), None)
        root.append(settings) if after is None else after.addprevious(settings)
    settings.set("fullCalcOnLoad", "1")
    return root


def _forget_results(package: Package, workbook: Any) -> None:
    """Sheets whose formulas speak of a changed one are changed by it, and so on."""
    names = [(each.get("name", ""), (each.text or "").casefold()) for each in workbook.iter(f"{M}definedName")]
    waiting = list(package.worksheets)
    words = {"indirect(", "offset("}
    changed = [sheet for sheet in waiting if package.is_touched(sheet.part)]
    while changed:
        for sheet in changed:
            waiting.remove(sheet)
            forget(package, sheet.part)
            title = sheet.title.replace("'", "''").casefold()
            words |= {f"{title}!", f"{title}'!", *(name.casefold() for name, text in names if title in text)}
            words |= {
                package.tree(each.target).get("displayName", "").casefold()
                for each in package.relations(sheet.part, "table")
            }
        changed = [sheet for sheet in waiting if _speaks(package.tree(sheet.part), words - {""})]
    for part in package.all("chart") + package.all("chartEx"):
        if _speaks(package.tree(part), words - {""}, "{*}f"):
            forget_drawn(package.touch(part))


def _speaks(root: Any, words: set[str], formulas: str = f"{M}f") -> bool:
    return any(word in (each.text or "").casefold() for each in root.iter(formulas) for word in words)


def forget_drawn(chart: Any) -> None:
    """Take the values out that a chart remembers of cells; a program that draws it reads them anew."""
    for cache in list(chart.iter("{*}strCache", "{*}numCache", "{*}multiLvlStrCache")):
        cache.getparent().remove(cache)


def forget(package: Package, part: str) -> None:
    """Take the remembered results out of a sheet's formulas."""
    for _, cell in cells(package.tree(part)):
        value = cell.find(f"{M}v")
        if cell.find(f"{M}f") is not None and value is not None:
            cell.remove(value)
            cell.attrib.pop("t", None)
            package.touch(part)
