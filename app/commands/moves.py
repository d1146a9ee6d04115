"""move offer, cancel, accept, refuse, leave, list."""

from __future__ import annotations

import argparse
from typing import Any

from app.commands.opening import Result, opened, table
from app.commands.rows import moment_text
from app.domain.moves import ARRIVED
from app.services import moves, records
from app.words import say

STATES = {"offered": "转出待接收", "arrived": "待接收", "refused": "对方未接收"}


def offer(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        if not chosen.together:
            done = moves.offer(session, chosen.ref, chosen.to)
            return done, say("move-offered", name=_name(session, done["id"])), 0
        home = records.show(session, "resident", chosen.ref).get("household", "")
        whole = moves.offer_many(session, moves.household_of(session, home), chosen.to)
        names = "、".join(_name(session, each["id"]) for each in whole["moved"])
    return {**whole, "id": whole["moved"][0]["id"]}, say("move-offered", name=names), 0


def cancel(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = moves.cancel(session, chosen.ref)
        name = _name(session, done.id)
    return {"id": done.id, "batch": done.batch}, say("move-cancelled", name=name), 0


def accept(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        people = [chosen.ref]
        if chosen.together:
            row = records.show(session, "resident", chosen.ref)["id"]
            waits = {each["id"]: each for each in moves.pending(session) if each["state"] == ARRIVED}
            people += waits[row]["together"] if row in waits else []
        done = moves.accept_many(session, people, chosen.household)
        shown = records.show(session, "resident", done.id)
    return {"id": done.id, "batch": done.batch}, say("move-accepted", name=shown.get("name", ""), path=shown["path"]), 0


def refuse(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        name = _name(session, chosen.ref)
        done = moves.refuse(session, chosen.ref, chosen.why)
    return {"id": done.id, "batch": done.batch}, say("move-refused", name=name), 0


def leave(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        first = records.show(session, "resident", chosen.ref)
        whole = [first["id"]]
        if chosen.together and first.get("household"):
            whole += [each for each in moves.household_of(session, first["household"]) if each != first["id"]]
        done = moves.leave_many(
            session, whole, status=chosen.status, whereabouts=chosen.whereabouts, receiver_unit=chosen.unit,
            receiver_name=chosen.person, receiver_phone=chosen.phone, handed_over_at=moment_text(session, chosen.at),
        )  # fmt: skip
        names = "、".join(_name(session, each) for each in done["left"])
        said = {"name": names, "status": chosen.status, "whereabouts": chosen.whereabouts}
        done |= {"id": done["left"][0]}
    return done, say("leave-done-case" if done["cases"] else "leave-done", unit=chosen.unit, **said), 0


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = moves.pending(session)
    said = table(
        [
            (row["id"], row["name"], STATES[row["state"]], row["other"], row["path"], f"{row['days']} 天",
             course(row)) for row in rows
        ],
        ("编号", "姓名", "状态", "对方居委会", "地址", "已等", "隔离"),
    )  # fmt: skip
    return rows, said if rows else say("move-list-none"), 0


def course(row: dict[str, Any]) -> str:
    """Of somebody who moves: where the isolation stands, in words."""
    if not row["isolating"]:
        return say("move-isolating-none")
    return (
        say("move-isolating", day=row["case_day"], days=row["case_days"])
        if row.get("case_days")
        else say("move-isolating-short")
    )


def _name(session: Any, ref: str) -> str:
    return str(records.show(session, "resident", ref).get("name", ""))
