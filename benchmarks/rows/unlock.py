"""Unlocking to the first figures of the screen, beside Argon2id once."""

from __future__ import annotations

import os
import statistics
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.passwords import LANES, MEMORY_KIB, PASSES
from app.services import summaries, workspaces
from benchmarks.rows.street import imported, timed

TITLE = "unlock to first screen, 250,000 residents"
HOLD = "≤ 6"
REPEAT = 5


def run() -> dict[str, Any]:
    folder = imported()
    argon = [timed(_argon)[0] for _ in range(REPEAT)]
    unlock = [timed(lambda: _unlock(folder))[0] for _ in range(REPEAT)]
    return {
        "against": "Argon2id once",
        "ratio": round(statistics.median(unlock) / statistics.median(argon), 2),
        "figures": {"unlock": f"{statistics.median(unlock):.2f} s", "Argon2id": f"{statistics.median(argon):.2f} s"},
    }


def _argon() -> None:
    Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB).derive(b"password")


def _unlock(folder: Any) -> None:
    session = workspaces.unlock(folder, "bench", "bench-password")
    summaries.status(session)
    summaries.due(session)
    workspaces.lock(session)
