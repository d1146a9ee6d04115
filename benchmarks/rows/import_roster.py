"""Roster import, whole: read, check, match, write, ledger, index; beside openpyxl merely reading the file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

from app.services import rosters, workspaces
from benchmarks.rows.street import WORK, session, timed, workbook

TITLE = "roster import, 250,000 rows × 13 columns"
HOLD = "≤ 0.8"
_READ = (
    "import sys, openpyxl\n"
    "for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True): pass"
)


def run() -> dict[str, Any]:
    book = workbook()
    openpyxl, _ = timed(lambda: subprocess.run([sys.executable, "-c", _READ, str(book)], check=True))
    folder = WORK / "import"
    shutil.rmtree(folder, ignore_errors=True)
    opened = session(folder)
    previewed, plan = timed(lambda: rosters.preview(opened, book))
    applied, done = timed(lambda: rosters.apply(opened, plan))
    workspaces.lock(opened)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    again = workspaces.unlock(folder, "bench", "bench-password")
    repeated, same = timed(lambda: rosters.preview(again, book))
    workspaces.lock(again)
    return {
        "against": "openpyxl reading the file (read-only)",
        "ratio": round((previewed + applied) / openpyxl, 2),
        "figures": {
            "import": f"{previewed + applied:.1f} s (preview {previewed:.1f}, apply {applied:.1f})",
            "openpyxl": f"{openpyxl:.1f} s", "rows": done["rows"], "new": done["new"], "file": f"{size:.0f} MB",
            "preview again": f"{repeated:.1f} s, {same.same} the same", "LibreOffice": "absent",
        },
    }  # fmt: skip
