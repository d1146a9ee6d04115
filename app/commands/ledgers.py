"""ledger verify, show, rebuild."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened, progress, table
from app.services import ledgers
from app.words import say

NOT_TRUSTED = 4


def verify(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = ledgers.verify(session, progress=progress)
    said = say("ledger-ok", **found) if found["ok"] else say("ledger-broken", count=len(found["faults"]))
    return found, said, 0 if found["ok"] else NOT_TRUSTED


def show(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        entries = ledgers.show(session, chosen.entity, chosen.id, chosen.limit)
    rows = [
        (each["at"][:19].replace("T", " "), each["account"], each["action"], each["entity"], each["id"])
        for each in entries
    ]
    return entries, table(rows, ("时间", "账号", "动作", "对象", "编号")), 0


def rebuild(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        if not chosen.check:
            done = ledgers.rebuild(session, progress=progress)
            return done, say("rebuild-done", **done), 0
        found = ledgers.rebuild_check(session, progress=progress)
    said = say("rebuild-same") if found["ok"] else say("rebuild-differs", count=len(found["differences"]))
    return found, said, 0 if found["ok"] else NOT_TRUSTED
