"""A first bundle of 250,000 entries at the centre, beside `executemany` of the same rows into an encrypted file."""

from __future__ import annotations

from typing import Any

from benchmarks.rows import bundle

TITLE = "first bundle of 250,000 entries, export and merge"
HOLD = "≤ 8"
RESIDENTS = 141_000
"""With their doors and households about 250,000 entries."""
ROUNDS = 3


def run() -> dict[str, Any]:
    return bundle.run(RESIDENTS, ROUNDS)
