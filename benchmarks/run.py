"""`./bench [ROW…]`: each row is a ratio inside one run (quality.md); RESULTS.md keeps the last figures of every row."""

from __future__ import annotations

import json
import platform
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from app.domain.clock import now

HERE = Path(__file__).parent
ROWS = (
    "help",
    "import_roster",
    "matching",
    "find",
    "unlock",
    "report",
    "sheets",
    "map_page",
    "replay",
    "bundle",
    "bundle_large",
    "today",
    "growth",
    "memory",
)
KEPT = HERE / "results.json"


def main(names: list[str]) -> int:
    kept: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    for name in names or ROWS:
        row = import_module(f"benchmarks.rows.{name}")
        figures = row.run()
        kept[name] = {"title": row.TITLE, "hold": row.HOLD, "on": now().date().isoformat(), **figures}
        print(f"{row.TITLE}: {figures}", flush=True)
    KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (HERE / "RESULTS.md").write_text(table(kept), "utf-8")
    return 0


def table(kept: dict[str, Any]) -> str:
    lines = [
        "# Figures", "", f"Made by `./bench` on {platform.system()} {platform.machine()}, Python {platform.python_version()}.",
        "A ratio compares both sides within one run; medians where a side is repeated.", "",
        "| work | compared with | hold | reached | figures | on |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in kept.values():
        figures = "; ".join(f"{key} {value}" for key, value in row["figures"].items())
        lines.append(
            f"| {row['title']} | {row['against']} | {row['hold']} | **{row['ratio']}** | {figures} | {row['on']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
