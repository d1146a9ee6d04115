"""First bundles of 59 committees at the centre one after the other: does the last cost more than the first ones?"""

from __future__ import annotations

from typing import Any

from benchmarks.rows import memory

TITLE = "59 committees' first bundles at the centre"
HOLD = "≤ 1.1"
FEW = 5


def run() -> dict[str, Any]:
    """Seconds per entry over all, beside seconds per entry over the first five."""
    merged: list[list[float]] = memory.made_street()["merged"]
    first, whole = (sum(s for s, _ in some) / sum(n for _, n in some) for some in (merged[:FEW], merged))
    return {
        "against": f"the first {FEW} of them, per entry", "ratio": round(whole / first, 2),
        "figures": {
            "all": f"{sum(s for s, _ in merged):.0f} s", "per 1,000 entries": f"{whole * 1e6:.0f} ms",
            "entries": int(sum(n for _, n in merged)),
        },
    }  # fmt: skip
