"""report."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.commands.opening import Result, opened, progress, read_password
from app.domain.findings import UsageError
from app.services import reports, workspaces
from app.services.session import Session
from app.words import say

NAMED = 20
"""People who break the balance that the words name; the JSON has them all."""


def report(chosen: argparse.Namespace) -> Result:
    asked = {
        "where": [condition(pair) for pair in chosen.where], "per": chosen.per or None,
        "sort": [key for each in chosen.sort for key in each.split(",") if key], "until": chosen.until,
        "correction": chosen.correction, "maker": chosen.maker,
    }  # fmt: skip
    if chosen.preview:
        with opened(chosen) as session:
            seen = asdict(reports.preview(session, chosen.template, **asked))
        return seen, "\n".join([*_grid(seen), say("report-previewed", **seen), *_notes(seen)]), 0
    if not chosen.out:
        raise UsageError("report-out-missing")
    with opened(chosen) as session:
        signing = second(chosen, session)
        done = reports.fill(session, chosen.template, Path(chosen.out), second=signing, progress=progress, **asked)
    return done, "\n".join([say("report-done", **done), *_notes(done)]), 0


def condition(pair: str) -> tuple[str, ...]:
    """`FIELD=VALUE`, or with another comparison. Raises UsageError("pair-invalid")."""
    found = re.fullmatch(r"(.+?)(!=|<=|>=|=|<|>|含)(.*)", pair)
    if not found:
        raise UsageError("pair-invalid", value=pair)
    return (found[1], found[3]) if found[2] == "=" else (found[1], found[2], found[3])


def _grid(seen: dict[str, Any]) -> list[str]:
    return ["\t".join(row) for sheet in seen["sheets"] for row in sheet["grid"]]


def _notes(done: dict[str, Any]) -> list[str]:
    """What should be read before the form leaves: the balance, zero, withheld figures, old data."""
    notes = [say("report-was-zero")] if done["zero"] else []
    if (balance := done["balance"]) is not None:
        notes.append(_balance(balance))
    if done["suppressed"]:
        notes.append(say("report-suppressed", count=done["suppressed"]))
    if done["old"]:
        notes.append(say("report-old-data", names="、".join(each["name"] for each in done["old"])))
    return notes


def _balance(balance: dict[str, Any]) -> str:
    breakers = balance["breakers"]
    if not breakers:
        return say("report-balanced", **balance["figures"])
    names = "；".join(
        say("report-breaker", name=each["name"], path=each["path"], reason=say(each["reason"]))
        for each in breakers[:NAMED]
    )
    code = "report-cancelling" if balance["holds"] else "report-unbalanced"
    return say(code, count=len(breakers), names=names, **balance["figures"])


def second(chosen: argparse.Namespace, session: Session) -> str | None:
    """The second account's id, its password checked; None if none was named."""
    name = getattr(chosen, "second", None)
    if not name:
        return None
    given = getattr(chosen, "second_password_file", None)
    if not given:
        raise UsageError("second-password-missing")
    return workspaces.vouch(session.folder, name, read_password(Path(given)), beside=session)
