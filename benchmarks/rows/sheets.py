"""500 survey sheets: reading the households, codes, setting and trace, beside Typst alone setting the same data.

Typst remembers what it has set within a process, so every round is a process of its own. Both clocks start with
everything imported and the workspace unlocked, and stop when the PDF is there.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import noto_cjk_sans_otc
import typst

from app import paper, paths
from app.services import sheets, workspaces
from benchmarks.rows.street import ACCOUNT, PASSWORD, WORK, imported, timed

TITLE = "survey sheets of a committee of 5,000"
HOLD = "≤ 1.3"
ROUNDS = 5
RESIDENTS = 5_000
DATA = WORK / "sheets.json"


def run() -> dict[str, Any]:
    imported(RESIDENTS)
    made = _keep_data()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_in_a_process("ours"))
        theirs.append(_in_a_process("theirs"))
    return {
        "against": "bare typst.compile of the same data",
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 2),
        "figures": {
            "sheets": f"{statistics.median(ours):.1f} s", "typst": f"{statistics.median(theirs):.1f} s",
            "pages": made.pages, "households": made.households, "persons": made.persons,
            "file": f"{len(made.pdf) / 1e6:.1f} MB",
        },
    }  # fmt: skip


def _keep_data() -> sheets.Sheets:
    """Make them once and keep what was handed to Typst."""
    handed: list[Any] = []
    pdf = paper.pdf

    def keeping(template: Path, data: Any, **more: Any) -> bytes:
        handed.append(data)
        return pdf(template, data, **more)

    paper.pdf = keeping
    opened = workspaces.unlock(imported(RESIDENTS), ACCOUNT, PASSWORD)
    try:
        return sheets.make(opened)
    finally:
        workspaces.lock(opened)
        paper.pdf = pdf
        DATA.write_bytes(msgspec.json.encode(handed[0]))


def _in_a_process(side: str) -> float:
    done = subprocess.run([sys.executable, "-m", __name__, side], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _ours() -> float:
    opened = workspaces.unlock(imported(RESIDENTS), ACCOUNT, PASSWORD)
    try:
        return timed(lambda: sheets.make(opened))[0]
    finally:
        workspaces.lock(opened)


def _theirs() -> float:
    template, data = paths.resources() / "sheets" / "survey.typ", DATA.read_bytes()
    given: Any = {"main.typ": template.read_bytes(), paper.DATA: data}

    def bare() -> bytes:
        folder = str(Path(str(noto_cjk_sans_otc.FONT_PATH)).parent)
        return typst.compile(given, font_paths=[folder], ignore_system_fonts=True, format="pdf", pdf_tags=False)

    return timed(bare)[0]


if __name__ == "__main__":
    print(_ours() if sys.argv[1] == "ours" else _theirs())
