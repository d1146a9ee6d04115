"""init, demo, status."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, account, clock_of, folder, opened, password, progress, read_password
from app.domain.findings import UsageError
from app.services import enrolment, summaries, workspaces
from app.words import say


def init(chosen: argparse.Namespace) -> Result:
    name = account(chosen)
    if chosen.role == "centre" and not (chosen.root_key and chosen.root_password_file):
        raise UsageError("root-key-needed")
    root = (
        enrolment.root_key(Path(chosen.root_key), read_password(Path(chosen.root_password_file)))
        if (chosen.role == "centre")
        else None
    )
    made = workspaces.create(
        folder(chosen), role=chosen.role, name=chosen.name, code=chosen.code, account=name,
        password=password(chosen, name), committee_id=chosen.committee_id, rehearsal=chosen.rehearsal,
        clock=clock_of(chosen, rehearsal=chosen.rehearsal), root=root,
    )  # fmt: skip
    return made, say("init-done", name=chosen.name, folder=made["workspace"]), 0


def demo(chosen: argparse.Namespace) -> Result:
    from app.services import demos

    made = demos.build(
        Path(chosen.dir), committees=chosen.committees, residents=chosen.residents, seed=chosen.seed, progress=progress
    )
    return made, say("demo-done", folder=chosen.dir, committees=len(made["committees"]),
                     residents=sum(each["residents"] for each in made["committees"]),
                     account=made["account"], password=made["password"]), 0  # fmt: skip


def status(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        figures = summaries.status(session)
    return figures, say("status-said", **figures), 0
