"""Roster import, whole: read, check, match, write, ledger, index; beside openpyxl merely reading the file.

And beside LibreOffice opening it and saving CSV: there both sides are timed from process start.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.services import rosters, workspaces
from benchmarks.rows.street import ACCOUNT, PASSWORD, WORK, session, timed, workbook

TITLE = "roster import, 250,000 rows × 13 columns"
HOLD = "≤ 0.8; LibreOffice ≤ 2.5; memory < 1,000 MB"
ROUNDS = 3
"""Of both sides in turn; the medians are compared."""
_READ = (
    "import sys, openpyxl\n"
    "for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True): pass"
)
_OURS = """
import resource, sys
from pathlib import Path
from app.services import rosters, workspaces
session = workspaces.unlock(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
rosters.apply(session, rosters.preview(session, Path(sys.argv[1])))
workspaces.lock(session)
if sys.platform != "win32":
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 1024 * 1024))
"""
"""The same in a process of its own; prints the most memory it took, in MiB."""


def run() -> dict[str, Any]:
    book = workbook()
    folder = WORK / "import"
    ours, theirs = [], []
    alone, memory, office = _from_process_start(book)
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
            "preview again": f"{repeated:.1f} s, {same.same} the same", "most memory": f"{memory} MiB",
            "LibreOffice": "absent" if office is None
            else f"{office:.1f} s, the import from process start {alone:.1f} s, ratio {alone / office:.2f}",
        },
    }  # fmt: skip


def _from_process_start(book: Path) -> tuple[float, str, float | None]:
    """Seconds and memory of an import, seconds of LibreOffice (None: it is not here); medians, in turn."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    folder, ours, theirs, memory = WORK / "import-alone", [], [], "?"
    for _ in range(ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        workspaces.lock(session(folder))
        command = [sys.executable, "-c", _OURS, str(book), str(folder), ACCOUNT, PASSWORD]
        took, done = timed(lambda: subprocess.run(command, check=True, capture_output=True, text=True))  # noqa: B023
        ours.append(took)
        memory = done.stdout.strip() or memory
        if office:
            theirs.append(_libreoffice(office, book))
    shutil.rmtree(folder, ignore_errors=True)
    return statistics.median(ours), memory, statistics.median(theirs) if theirs else None


def _libreoffice(office: str, book: Path) -> float:
    """Seconds of opening the workbook and saving its first sheet as CSV, with a profile that is there already."""
    profile = WORK / "libreoffice"
    settings = [office, "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    with tempfile.TemporaryDirectory(dir=WORK) as out:
        if not profile.exists():
            subprocess.run([*settings, "--terminate_after_init"], check=True, capture_output=True)
        command = [*settings, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", out, str(book)]
        took, _ = timed(lambda: subprocess.run(command, check=True, capture_output=True))
        if not (Path(out) / f"{book.stem}.csv").exists():
            raise RuntimeError("LibreOffice saved nothing")
    return float(took)


def _import(book: Path, folder: Path) -> tuple[float, float, float, dict[str, Any]]:
    shutil.rmtree(folder, ignore_errors=True)
    opened = session(folder)
    previewed, plan = timed(lambda: rosters.preview(opened, book))
    applied, done = timed(lambda: rosters.apply(opened, plan))
    workspaces.lock(opened)
    return previewed + applied, previewed, applied, done
