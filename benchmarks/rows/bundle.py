"""A committee's first bundle at the centre, beside `executemany` of the same rows into an encrypted file."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

import sqlcipher3

from app.services import enrolment, sync, workspaces
from app.services.session import Session
from benchmarks.rows.street import ACCOUNT, PASSWORD, imported, timed

TITLE = "first bundle of a committee of 5,000, export and merge"
HOLD = "≤ 8"
ROUNDS = 5
RESIDENTS = 5_000
ROOT_PASSWORD = "bench-root-password"


def run(residents: int = RESIDENTS, rounds: int = ROUNDS) -> dict[str, Any]:
    exports, merges, bare, entries, size = [], [], [], 0, 0
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            committee, centre = _street(folder, residents)
            try:
                seconds, made = timed(lambda committee=committee, folder=folder: sync.export(committee, folder))
                exports.append(seconds)
                file = Path(made[0]["file"])
                size = file.stat().st_size
                seconds, (done,) = timed(lambda centre=centre, file=file: sync.merge(centre, [file]))
                assert done["error"] is None, done["error"]
                merges.append(seconds)
                entries = done["applied"]
                bare.append(_bare(centre, folder / "bare.db"))
            finally:
                workspaces.lock(committee)
                workspaces.lock(centre)
    both = statistics.median(a + b for a, b in zip(exports, merges, strict=True))
    return {
        "against": "executemany of the same entries, present rows and tokens into SQLCipher",
        "ratio": round(both / statistics.median(bare), 2),
        "figures": {
            "export": f"{statistics.median(exports):.2f} s", "merge": f"{statistics.median(merges):.2f} s",
            "executemany": f"{statistics.median(bare):.2f} s", "entries": entries, "file": f"{size / 1e6:.1f} MB",
        },
    }  # fmt: skip


def _street(folder: Path, residents: int) -> tuple[Session, Session]:
    """A centre, and a copy of the imported committee that joined it."""
    key = folder / "root.key"
    root = enrolment.root_key(key, ROOT_PASSWORD)
    workspaces.create(
        folder / "centre", role="centre", name="街道", code="310115", account=ACCOUNT, password=PASSWORD, rehearsal=True,
        root=root,
    )  # fmt: skip
    shutil.copytree(imported(residents), folder / "committee")
    committee = workspaces.unlock(folder / "committee", ACCOUNT, PASSWORD)
    centre = workspaces.unlock(folder / "centre", ACCOUNT, PASSWORD)
    asked, answer = folder / "asked", folder / "answer"
    words = enrolment.request(committee, asked)["fingerprint"]
    done = enrolment.approve(centre, asked, key, ROOT_PASSWORD, words, answer)
    enrolment.accept(committee, answer, done["root_words"])
    return committee, centre


def _bare(centre: Session, path: Path) -> float:
    """The rows that the merge wrote, into the same tables of an empty file, in one transaction."""
    tables = ("entry", "batch", "estate", "building", "dwelling", "household", "resident")
    with centre.db.reading() as connection:
        kept = {
            table: (
                connection.exec_driver_sql(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
                ).fetchall(),
                [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()],
            )
            for table in tables
        }
    made = sqlcipher3.connect(str(path), isolation_level=None)
    made.execute(f"PRAGMA key = \"x'{'11' * 32}'\"")
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("PRAGMA synchronous = FULL")
    for statements, _ in kept.values():
        for (statement,) in statements:
            made.execute(statement)

    def write() -> None:
        made.execute("BEGIN IMMEDIATE")
        for table, (_, rows) in kept.items():
            if rows:
                made.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
        made.execute("COMMIT")

    try:
        return timed(write)[0]
    finally:
        made.close()
