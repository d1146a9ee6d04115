"""From the options of a command to an unlocked session, and what commands share in speaking."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain import clock
from app.domain.findings import Finding, Refused, UsageError, UserError
from app.services import workspaces
from app.services.session import Session
from app.words import say

Result = tuple[Any, str, int]


def folder(chosen: argparse.Namespace) -> Path:
    """The workspace's folder from --data or LOUTU_DATA."""
    given = getattr(chosen, "data", None) or os.environ.get("LOUTU_DATA")
    if not given:
        raise UsageError("data-missing")
    return Path(given)


def password(chosen: argparse.Namespace, account: str) -> str:
    """From --password-file, LOUTU_PASSWORD or, at a terminal, by asking."""
    given = getattr(chosen, "password_file", None)
    if given:
        return read_password(Path(given))
    if "LOUTU_PASSWORD" in os.environ:
        return os.environ["LOUTU_PASSWORD"]
    if sys.stdin.isatty():
        return getpass.getpass(say("password-ask", account=account))
    raise Refused("password-missing")


def read_password(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except OSError:
        raise UserError("password-file", file=str(path)) from None


def account(chosen: argparse.Namespace) -> str:
    given = getattr(chosen, "account", None) or os.environ.get("LOUTU_ACCOUNT")
    if not given:
        raise UsageError("account-missing")
    return str(given)


def clock_of(chosen: argparse.Namespace, *, rehearsal: bool) -> clock.Clock:
    """The clock; `--now` is for practice workspaces only."""
    given = getattr(chosen, "now", None)
    if not given:
        return clock.now
    if not rehearsal:
        raise Refused("now-only-rehearsal")
    try:
        return clock.frozen(given)
    except ValueError:
        raise UsageError("now-invalid", value=given) from None


@contextmanager
def opened(chosen: argparse.Namespace) -> Iterator[Session]:
    """The unlocked workspace, locked again afterwards."""
    where, name = folder(chosen), account(chosen)
    about = workspaces.about(where)
    session = workspaces.unlock(
        where, name, password(chosen, name), purpose=getattr(chosen, "purpose", None),
        clock=clock_of(chosen, rehearsal=about["rehearsal"]),
    )  # fmt: skip
    try:
        yield session
    finally:
        workspaces.lock(session)


def progress(done: int, total: int, what: str) -> None:
    """On standard error, in place, only at a terminal."""
    if sys.stderr.isatty():
        share = f" {done * 100 // total}%" if total else ""
        print(f"\r{say(what)}{share}   ", end="", file=sys.stderr, flush=True)


# ---------------------------------------------------------------- speaking


def hint(text: str) -> None:
    """On standard error: what one should know beside the result."""
    print(text, file=sys.stderr)


def finding(found: Finding) -> dict[str, Any]:
    """A finding as cli.md says it."""
    message = say(found.code, row=found.row, column=found.column, value=found.value, sheet=found.sheet, **found.details)
    return {"sheet": found.sheet, "row": found.row, "column": found.column, "code": found.code, "value": found.value,
            "message": message}  # fmt: skip


def width(text: str) -> int:
    """Columns a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def table(rows: Sequence[Sequence[Any]], titles: Sequence[str]) -> str:
    """Aligned columns; "" for no rows."""
    lines = [[("" if cell is None else str(cell)).replace("\n", " ") for cell in row] for row in (titles, *rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(titles))]
    return "\n".join(
        "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
