"""`loutu --help` beside an interpreter that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Any

from benchmarks.rows.street import timed

TITLE = "loutu --help"
HOLD = "≤ 5"
REPEAT = 15


def run() -> dict[str, Any]:
    ours = [timed(lambda: _run("-m", "app.cli", "--help"))[0] for _ in range(REPEAT)]
    bare = [timed(lambda: _run("-c", "pass"))[0] for _ in range(REPEAT)]
    return {
        "against": "python -c pass",
        "ratio": round(statistics.median(ours) / statistics.median(bare), 2),
        "figures": {
            "help": f"{statistics.median(ours) * 1000:.0f} ms",
            "python": f"{statistics.median(bare) * 1000:.0f} ms",
        },
    }


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
