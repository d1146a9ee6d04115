"""duplicate list, merge, apart: people who may be one."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened, progress, table
from app.domain.findings import UsageError
from app.services import duplicates
from app.words import say


def duplicate_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = duplicates.pending(session, progress, least=chosen.least / 100)
    for row in rows:
        row["why_text"] = [say(f"why-{code}") for code in row["why"]]
        row["against_text"] = [say(f"why-{code}") for code in row["against"]]
    said = table(
        [(f"{row['score']}%", *(each for side in ("one", "other") for each in (row[side]["id"], row[side]["path"])),
          "、".join(row["why_text"])) for row in rows],
        ("相像", "编号", "位置", "编号", "位置", "依据"),
    )  # fmt: skip
    return rows, said if rows else say("duplicate-none"), 0


def duplicate_merge(chosen: argparse.Namespace) -> Result:
    choices = _choices(chosen.take or [])
    with opened(chosen) as session:
        done = duplicates.merge(session, chosen.keep, chosen.other, choices, one_home=chosen.one_home)
    said = say("duplicate-merged-cli", id=done.id, batch=done.batch)
    return {"id": done.id, "changed": list(done.changed), "batch": done.batch}, said, 0


def duplicate_apart(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = duplicates.keep_apart(session, chosen.one, chosen.other)
    return {"id": done.id, "batch": done.batch}, say("duplicate-apart-cli", batch=done.batch), 0


def _choices(taken: list[str]) -> dict[str, str]:
    """`occupation=other` by field. Raises UsageError("take-invalid")."""
    choices = {}
    for each in taken:
        field, sign, side = each.partition("=")
        if not (field and sign and side):
            raise UsageError("take-invalid", value=each)
        choices[field] = side
    return choices
