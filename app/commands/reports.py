"""report."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, opened, progress, read_password
from app.domain.findings import UsageError
from app.services import reports, workspaces
from app.services.session import Session
from app.words import say


def report(chosen: argparse.Namespace) -> Result:
    where = []
    for pair in chosen.where:
        key, sign, value = pair.partition("=")
        if not sign:
            raise UsageError("pair-invalid", value=pair)
        where.append((key, value))
    with opened(chosen) as session:
        signing = second(chosen, session)
        done = reports.fill(
            session, Path(chosen.template), Path(chosen.out), where=where, maker=chosen.maker, second=signing,
            progress=progress,
        )  # fmt: skip
    return done, say("report-done", **done), 0


def second(chosen: argparse.Namespace, session: Session) -> str | None:
    """The second account's id, its password checked; None if none was named."""
    name = getattr(chosen, "second", None)
    if not name:
        return None
    given = getattr(chosen, "second_password_file", None)
    if not given:
        raise UsageError("second-password-missing")
    return workspaces.vouch(session.folder, name, read_password(Path(given)), beside=session)
