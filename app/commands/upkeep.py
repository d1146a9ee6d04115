"""erase, backup, restore."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from app.commands.opening import Result, account, clock_of, folder, opened, password, progress, read_password, table
from app.domain.findings import UsageError
from app.exchange import backupfile
from app.services import backups, erasures, restoring, workspaces
from app.services.session import Session
from app.words import say


def erase_propose(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = (
            erasures.propose_for(session, chosen.resident)
            if chosen.resident
            else erasures.propose(session, _day(chosen))
        )
    for each in found:
        each["why_text"] = say(each["why"])
    said = table(
        [(each["id"], each["title"], each["path"], each["why_text"], each["since"]) for each in found],
        ("编号", "类别", "位置", "原因", "自"),
    )
    return found, said if found else say("erase-none"), 0


def _day(chosen: argparse.Namespace) -> date | None:
    try:
        return date.fromisoformat(chosen.on) if chosen.on else None
    except ValueError:
        raise UsageError("now-invalid", value=chosen.on) from None


def erase_confirm(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = erasures.confirm(session, chosen.ids, second=_second(chosen, session))
    count = len(done["ids"])
    if done["state"] == "proposed":
        return done, say("erase-asked-centre", count=count), 0
    return done, say("erase-done", count=count, rows=done["rows"]), 0


def _second(chosen: argparse.Namespace, session: Session) -> str | None:
    """The second account's id, its password checked; None if none was named."""
    name, given = getattr(chosen, "second", None), getattr(chosen, "second_password_file", None)
    if name is None:
        return None
    if given is None:
        raise UsageError("second-password-missing")
    return workspaces.vouch(session.folder, name, read_password(Path(given)), beside=session)


def backup(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        made = backups.make(session, Path(chosen.dir), full=chosen.full, progress=progress)
    return made, say("backup-made", **made), 0


def restore(chosen: argparse.Namespace) -> Result:
    """Into --into, or else the workspace of --data: one that is there moves aside."""
    into = Path(chosen.into) if chosen.into else folder(chosen)
    name, file = account(chosen), Path(chosen.file)
    backupfile.about(file)
    clock = clock_of(chosen, rehearsal=restoring.is_practice(file))
    done = restoring.restore(
        file, into, name, password(chosen, name), lists=[Path(each) for each in chosen.erasures], clock=clock
    )
    lines = [say("restore-done", **done)]
    lines += [say("restore-erased", **done)] if done["erased"] else []
    lines += [say("restore-aside", **done)] if done["aside"] else []
    return done, "\n".join([*lines, say("restore-tail")]), 0
