"""report."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.commands.opening import Result, opened, progress, read_password
from app.domain import report_marks
from app.domain.findings import UsageError
from app.services import forms, reports, workspaces
from app.services.session import Session
from app.words import say

NAMED = 20
"""People who break the balance that the words name; the JSON has them all."""


def report(chosen: argparse.Namespace) -> Result:
    """A template's path, a ready-made form's name, or a learned form's: as TEMPLATE or with --form."""
    if not chosen.template and not chosen.form:
        raise UsageError("report-template-missing")
    if not chosen.preview and not chosen.out:
        raise UsageError("report-out-missing")
    with opened(chosen) as session:
        template, asked = _asked(chosen, session)
        if chosen.preview:
            seen = asdict(reports.preview(session, template, **asked))
            return seen, "\n".join([*_grid(seen), say("report-previewed", **seen), *_notes(seen)]), 0
        signing = second(chosen, session)
        done = reports.fill(session, template, Path(chosen.out), second=signing, progress=progress, **asked)
    return done, "\n".join([say("report-done", **done), *_notes(done)]), 0


def _asked(chosen: argparse.Namespace, session: Session) -> tuple[str | bytes, dict[str, Any]]:
    """What is filled, and how: a learned form's own ways, where the command says nothing else."""
    where = [condition(pair) for pair in chosen.where]
    asked = {
        "per": chosen.per or None, "sort": [key for each in chosen.sort for key in each.split(",") if key],
        "until": chosen.until, "correction": chosen.correction, "maker": chosen.maker,
    }  # fmt: skip
    form = forms.one(session, chosen.form) if chosen.form else forms.named(session, chosen.template)
    if form is None:
        return chosen.template, {**asked, "where": where}
    own = forms.how_to_fill(form)
    given = {key: value for key, value in asked.items() if value}
    return form.workbook, {**own, **given, "where": [*own["where"], *where]}


def condition(pair: str) -> tuple[str, ...]:
    """`FIELD=VALUE`, or with another comparison. Raises UsageError("pair-invalid")."""
    found = report_marks.asked(pair)
    if found is None:
        raise UsageError("pair-invalid", value=pair)
    return (found[0], found[2]) if found[1] == "=" else found


def _grid(seen: dict[str, Any]) -> list[str]:
    return ["\t".join(row) for sheet in seen["sheets"] for row in sheet["grid"]]


def _notes(done: dict[str, Any]) -> list[str]:
    """What should be read before the form leaves: the balance, zero, withheld figures, old data."""
    notes = [say("report-basis", rule=rule) for rule in done["basis"]]
    notes += [say("report-was-zero")] if done["zero"] else []
    if (balance := done["balance"]) is not None:
        notes.append(_balance(balance))
        if balance["doubles"]:
            names = "；".join(f"{each['name']}（{each['path']}）" for each in balance["doubles"][:NAMED])
            notes.append(say("report-double", count=len(balance["doubles"]), names=names))
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
