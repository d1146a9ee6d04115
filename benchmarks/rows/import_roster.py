"""Roster import, whole: read, check, match, write, ledger, index; beside openpyxl merely reading the file."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.services import rosters, workspaces
from benchmarks.rows.street import WORK, session, timed, workbook

TITLE = "roster import, 250,000 rows × 13 columns"
HOLD = "≤ 0.8"
ROUNDS = 3
"""Of both sides in turn; the medians are compared."""
_READ = (
    "import sys, openpyxl\n"
    "for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True): pass"
)


def run() -> dict[str, Any]:
    book = workbook()
    folder = WORK / "import"
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(timed(lambda: subprocess.run([sys.executable, "-c", _READ, str(book)], check=True))[0])
        ours.append(_import(book, folder))
    whole, previewed, applied, done = sorted(ours, key=lambda each: each[0])[ROUNDS // 2]
    openpyxl = statistics.median(theirs)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    again = workspaces.unlock(folder, "bench", "bench-password")
    repeated, same = timed(lambda: rosters.preview(again, book))
    workspaces.lock(again)
    return {
        "against": "openpyxl reading the file (read-only)",
        "ratio": round(whole / openpyxl, 2),
        "figures": {
            "import": f"{whole:.1f} s (preview {previewed:.1f}, apply {applied:.1f})",
            "openpyxl": f"{openpyxl:.1f} s", "rows": done["rows"], "new": done["new"], "file": f"{size:.0f} MB",
            "preview again": f"{repeated:.1f} s, {same.same} the same", "LibreOffice": "absent",
        },
    }  # fmt: skip


def _import(book: Path, folder: Path) -> tuple[float, float, float, dict[str, Any]]:
    shutil.rmtree(folder, ignore_errors=True)
    opened = session(folder)
    previewed, plan = timed(lambda: rosters.preview(opened, book))
    applied, done = timed(lambda: rosters.apply(opened, plan))
    workspaces.lock(opened)
    return previewed + applied, previewed, applied, done
