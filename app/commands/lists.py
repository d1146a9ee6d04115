"""check, list make, list read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.commands.opening import Result, finding, opened, progress
from app.commands.reports import second
from app.domain.findings import UsageError
from app.services import namelists, volunteer_lists
from app.words import say

SAID = 20
"""Findings that are printed; the rest are in --json."""


def check(chosen: argparse.Namespace) -> Result:
    """下发名单核查回填."""
    fields = chosen.fields.split(",") if chosen.fields is not None else None
    with opened(chosen) as session:
        found = namelists.look(
            session, Path(chosen.file), sheet=chosen.sheet, fields=fields, columns=dict(_pairs(chosen.column)),
            maker=chosen.maker or "", add_column=chosen.add_column, only_matched=chosen.only_matched, progress=progress,
        )  # fmt: skip
        done = namelists.fill(
            session, found, Path(chosen.out), unmatched=Path(chosen.unmatched) if chosen.unmatched else None,
            second=second(chosen, session), to=chosen.to or "",
        )  # fmt: skip
    lines = [say("check-done", **done)]
    lines += [f"{verdict} {count}" for verdict, count in done["verdicts"].items()]
    if done["unmatched"]:
        said = "check-unmatched" if chosen.unmatched else "check-left"
        lines.append(say(said, count=len(done["unmatched"]), out=chosen.unmatched))
    return done, _with_findings(done, lines), 0


def make(chosen: argparse.Namespace) -> Result:
    """list make."""
    asked = chosen.fields.split(",") if chosen.fields is not None else volunteer_lists.USUAL
    with opened(chosen) as session:
        done = volunteer_lists.make(
            session, Path(chosen.out), buildings=chosen.building, estate=chosen.estate,
            where=_pairs(chosen.where), asked=asked, to=chosen.to or "", progress=progress,
        )  # fmt: skip
    return done, say("list-done", **done), 0


def read(chosen: argparse.Namespace) -> Result:
    """list read."""
    with opened(chosen) as session:
        reading = volunteer_lists.read(session, Path(chosen.file))
        done: dict[str, Any] = volunteer_lists.figures(reading)
        if not chosen.dry_run:
            done |= volunteer_lists.apply(session, reading, by=chosen.by or "")
    counts = {key: len(done[key]) for key in ("differences", "additions")}
    lines = [say("list-read", rows=done["rows"], **counts)]
    if not chosen.dry_run:
        lines.append(say("list-written" if done["batch"] else "list-same", **done))
    return done, _with_findings(done, lines), 0


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    """`NAME=VALUE` as the command line has them. Raises UsageError("pair-invalid")."""
    pairs = []
    for pair in given:
        key, sign, value = pair.partition("=")
        if not sign:
            raise UsageError("pair-invalid", value=pair)
        pairs.append((key, value))
    return pairs


def _with_findings(done: dict[str, Any], lines: list[str]) -> str:
    """The findings as the contract has them, in `done`; the first of them printed."""
    done["findings"] = [finding(each) for each in done["findings"]]
    lines += [each["message"] for each in done["findings"][:SAID]]
    if len(done["findings"]) > SAID:
        lines.append(say("findings-more", count=len(done["findings"]) - SAID))
    return "\n".join(lines)
