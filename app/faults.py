"""Faults of the program go to a log, never with a resident's data: only where and of which kind."""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path

from app import paths
from app.domain.clock import now

KEPT = 200_000


def note(fault: BaseException, where: str = "") -> Path:
    """Write where a fault happened; the message of the exception is left out, it may hold values.

    where: for a fault that has no trace of ours, the place (file:line) in the page's own scripts.
    """
    folder = paths.logs()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "loutu.log"
    if log.exists() and log.stat().st_size > KEPT:
        log.replace(folder / "loutu.old.log")
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{_stamp(now())} {type(fault).__name__} {where}".rstrip() + "\n")
        file.writelines(
            f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}\n"
            for frame in traceback.extract_tb(fault.__traceback__)
        )
    return log


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
