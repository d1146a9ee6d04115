"""The superior's form filled with every resident, beside openpyxl writing the same cells without a template."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from app.services import reports, workspaces
from benchmarks.rows.street import WORK, imported, timed

TITLE = "report, 250,000 rows × 13 columns into a template"
HOLD = "≤ 1.2"
ROUNDS = 3
MARKS = (
    "index", "estate", "lane", "building", "room", "name", "sex", "birth_year", "relation", "residence_kind",
    "phone", "status", "hukou_address",
)  # fmt: skip


def run() -> dict[str, Any]:
    template, out, bare = (WORK / f"report-{name}.xlsx" for name in ("template", "filled", "bare"))
    _template(template)
    opened = workspaces.unlock(imported(), "bench", "bench-password")
    try:
        reports.fill(opened, template, out)
        cells = list(load_workbook(out, read_only=True).active.iter_rows(values_only=True))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(timed(lambda: reports.fill(opened, template, out))[0])
            theirs.append(timed(lambda: _write_only(bare, cells))[0])
    finally:
        workspaces.lock(opened)
    return {
        "against": "openpyxl write-only, the same cells",
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 2),
        "figures": {
            "report": f"{statistics.median(ours):.1f} s", "openpyxl": f"{statistics.median(theirs):.1f} s",
            "rows": len(cells) - 1, "file": f"{out.stat().st_size / 1e6:.0f} MB",
        },
    }  # fmt: skip


def _template(file: Path) -> None:
    book = Workbook()
    book.active.append(list(MARKS))
    book.active.append(["{{" + mark + "}}" for mark in MARKS])
    book.save(file)


def _write_only(file: Path, cells: list[tuple[Any, ...]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in cells:
        sheet.append(row)
    book.save(file)
