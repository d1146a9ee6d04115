"""move offer, cancel, accept, list."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened, table
from app.services import moves, records
from app.words import say

STATES = {"offered": "待转出", "arrived": "待接收"}


def offer(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = moves.offer(session, chosen.ref, chosen.to)
        name = records.show(session, "resident", done["id"]).get("name", "")
    return done, say("move-offered", name=name), 0


def cancel(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = moves.cancel(session, chosen.ref)
        name = records.show(session, "resident", done.id).get("name", "")
    return {"id": done.id, "batch": done.batch}, say("move-cancelled", name=name), 0


def accept(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = moves.accept(session, chosen.ref, chosen.household)
        shown = records.show(session, "resident", done.id)
    return {"id": done.id, "batch": done.batch}, say("move-accepted", name=shown.get("name", ""), path=shown["path"]), 0


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = moves.pending(session)
    said = table(
        [(row["id"], row["name"], STATES[row["state"]], row["other"], row["path"]) for row in rows],
        ("编号", "姓名", "状态", "对方居委会", "地址"),
    )
    return rows, said if rows else say("move-list-none"), 0
