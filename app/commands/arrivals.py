"""arrival import, list, add, step, match, register, reassign, decline, notified, hear, stubs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.commands.opening import Result, finding, opened, progress, table
from app.commands.people import field_values
from app.commands.rows import day, moment, moment_text, of_person
from app.domain.fields import ARRIVAL
from app.services import arrivals, stubs
from app.services.session import Session
from app.words import say

SAID = 20
"""Findings that are printed; the rest are in --json."""


def import_(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        plan = arrivals.preview(session, Path(chosen.file), sheet=chosen.sheet, progress=progress)
        result: dict[str, Any] = {**plan.counts, "mapping": plan.mapping}
        if not chosen.dry_run:
            result |= arrivals.apply(session, plan, progress=progress)
    result["findings"] = [finding(each) for each in plan.findings]
    result["committees_new"] = plan.committees
    lines = [say("arrival-would" if chosen.dry_run else "arrival-imported", **plan.counts)]
    lines += [each["message"] for each in result["findings"][:SAID]]
    if len(plan.findings) > SAID:
        lines.append(say("findings-more", count=len(plan.findings) - SAID))
    return result, "\n".join(lines), 0


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        on = day(session, chosen.on)
        rows = arrivals.list_(session, open_only=chosen.open, on=on)
    said = table(
        [(row["id"], row["name"], row["state"], row["due"][:16].replace("T", " "), row["path"] or row.get("address", ""),
          row["committee_name"], say(f"arrival-{row['why']}", **row) if row["why"] else "") for row in rows],
        ("编号", "姓名", "状态", "应在何时前", "住址", "居委会", "提醒"),
    )  # fmt: skip
    return [of_person(row) for row in rows], said if rows else say("arrival-list-none"), 0


def add(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        values = field_values(ARRIVAL, [_dated(session, pair) for pair in chosen.values])
        done = arrivals.add(session, values, chosen.committee)
        row = arrivals.one(session, done.id)
    return of_person(row) | {"batch": done.batch}, say("arrival-added", name=row["name"]), 0


def step(chosen: argparse.Namespace) -> Result:
    details = {key: value for key in ("by", "to", "vehicle", "why") if (value := getattr(chosen, key))}
    with opened(chosen) as session:
        _found(session, chosen)
        done = arrivals.step(session, chosen.id, chosen.step, at=moment(session, chosen.at), **details)
        row = arrivals.one(session, chosen.id)
    return of_person(row) | {"batch": done.batch}, say("arrival-stepped", name=row["name"], state=row["state"]), 0


def match(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        _found(session, chosen)
        done = arrivals.match(session, chosen.id, chosen.household)
        if chosen.register:
            arrivals.register(session, chosen.id)
        row = arrivals.one(session, chosen.id)
    return of_person(row) | {"batch": done.batch}, say("arrival-matched", name=row["name"], path=row["path"]), 0


def reassign(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        _found(session, chosen)
        done = arrivals.reassign(session, chosen.id, chosen.committee, chosen.why)
        row = arrivals.one(session, done["id"])
        asked = session.role == "committee"
    code = "arrival-asked-done" if asked else "arrival-back" if row["waits"] else "arrival-reassigned"
    said = say(code, name=row["name"], to=row["committee_name"], code=arrivals.spoken_code(row))
    return of_person(row) | {"batches": done["batches"], "batch": done["batches"][0]}, said, 0


def decline(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        _found(session, chosen)
        done = arrivals.decline(session, chosen.id, chosen.why)
        row = arrivals.one(session, chosen.id)
    return (
        of_person(row) | {"batch": done.batch},
        say("arrival-declined", name=row["name"], of=row["committee_name"]),
        0,
    )


def notified(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        _found(session, chosen)
        done = arrivals.notified(session, chosen.id, to=chosen.to, by=chosen.by, at=moment(session, chosen.at))
        row = arrivals.one(session, chosen.id)
    return of_person(row) | {"batch": done.batch}, say("arrival-notified", name=row["name"], to=chosen.to), 0


def hear(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = stubs.hear(
            session, "arrival", chosen.code, heard=chosen.heard, by=chosen.by, at=moment(session, chosen.at)
        )
        row = arrivals.one(session, done.id)
    code = arrivals.spoken_code(row)
    said = say("arrival-heard" if done.batch else "arrival-heard-already", code=code)
    return of_person(row) | {"batch": done.batch}, said, 0


def waiting(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = stubs.waiting(session)
    said = table(
        [
            (row["contact_code"], row["heard_at"], row["heard_by"], row["heard"], "！" if row["late"] else "")
            for row in rows
        ],
        ("联络码", "接电话时间", "接电话人", "内容", "超过三天"),
    )
    return rows, said if rows else say("arrival-list-none"), 0


def _dated(session: Session, pair: str) -> str:
    """KEY=VALUE with a day or time as it is stored, read from this workspace's day."""
    key, _, text = pair.partition("=")
    if key == "arrived_on" and (on := day(session, text)):
        return f"{key}={on.isoformat()}"
    return f"{key}={moment_text(session, text)}" if key == "expected_at" else pair


def _found(session: Session, chosen: argparse.Namespace) -> None:
    """The arrival's id in place of what was typed."""
    chosen.id = arrivals.find(session, chosen.id)
