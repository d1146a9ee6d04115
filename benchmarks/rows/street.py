"""The street-size workbook and workspace that several rows share, made once in benchmarks/made."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from app.demo import street, workbooks
from app.services import rosters, workspaces
from app.services.session import Session

WORK = Path(__file__).parents[1] / "made"
RESIDENTS = 250_000
ACCOUNT, PASSWORD = "bench", "bench-password"


def workbook(residents: int = RESIDENTS) -> Path:
    """A clean workbook of 13 columns and one row per resident."""
    path = WORK / f"street-{residents}.xlsx"
    if not path.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        people = (
            person
            for committee in street.committees(max(1, residents // street.PER_COMMITTEE), residents, 1)
            for person in committee.people
        )
        workbooks.big(path, people)
    return path


def session(folder: Path) -> Session:
    if not workspaces.exists(folder):
        workspaces.create(
            folder, role="committee", name="街道", code="310115016", account=ACCOUNT, password=PASSWORD, rehearsal=True
        )
    return workspaces.unlock(folder, ACCOUNT, PASSWORD)


def imported(residents: int = RESIDENTS) -> Path:
    """A workspace into which the workbook was imported."""
    folder = WORK / f"workspace-{residents}"
    if not workspaces.exists(folder):
        opened = session(folder)
        rosters.apply(opened, rosters.preview(opened, workbook(residents)))
        workspaces.lock(opened)
    return folder


def timed(work: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
