"""care groups, differences, adopt, compare, plan, list, due, done, pause, resume, end, show."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from app.commands.opening import Result, finding, opened, progress, table
from app.commands.reports import second
from app.commands.rows import day, of_person, revealed
from app.domain.fields import CARE_GROUPS
from app.domain.findings import UserError
from app.services import care, care_steps
from app.services.session import Session
from app.services.values import Values
from app.words import say


def groups(chosen: argparse.Namespace) -> Result:
    """care groups: the people of sensitive groups only with a purpose, which leaves an entry."""
    with opened(chosen) as session:
        rows = care.groups(session, sensitive=revealed(session), only=chosen.group)
        _planned(session, [member for row in rows for member in row["members"]])
    told = table(
        [(row["group"], row["count"], row["computed"] or "", row["marked"], row["rule"]) for row in rows],
        ("人群", "人数", "系统算出", "已标注", "规则"),
    )
    if chosen.group:
        members = [(each["group"], each["name"], each["path"], each["why"]) for row in rows for each in row["members"]]
        told += "\n\n" + table(members, ("人群", "姓名", "地址", "依据"))
    return rows, told, 0


def _planned(session: Session, people: list[Values]) -> list[Values]:
    """The same people with how far their care is: the state of the plan that is due first, and until when."""
    plans: dict[str, Values] = {}
    for plan in care.plans(session) if people else ():
        before = plans.get(plan["resident"])
        if before is None or (plan["due"] or "9") < (before["due"] or "9"):
            plans[plan["resident"]] = plan
    for each in people:
        own = plans.get(each["resident"])
        each |= {"state": own["state"], "due": own["due"]} if own else {"state": say("care-unplanned"), "due": None}
    return people


def differences(chosen: argparse.Namespace) -> Result:
    """care differences."""
    with opened(chosen) as session:
        rows = _planned(session, care.differences(session))
    kinds = {"computed": "系统算出、未标注", "marked": "标注了、算不出"}
    told = table(
        [(kinds[row["kind"]], row["group"], row["name"], row["path"], row["why"]) for row in rows],
        ("差异", "人群", "姓名", "地址", "依据"),
    )
    return rows, told, 0


def adopt(chosen: argparse.Namespace) -> Result:
    """care adopt: mark everybody whom the rules name."""
    if unknown := [each for each in chosen.group if each not in CARE_GROUPS]:
        raise UserError("care-group-unknown", group="、".join(unknown))
    with opened(chosen) as session:
        wanted = [
            (row["resident"], row["group"]) for row in care.differences(session)
            if row["kind"] == "computed" and (not chosen.group or row["group"] in chosen.group)
        ]  # fmt: skip
        done = care.adopt(session, wanted)
    return done, say("care-adopted", **done), 0


LEFT_OUT = ("rows-hidden", "sheets-hidden")
"""Findings that are printed: people may stand there."""


def compare(chosen: argparse.Namespace) -> Result:
    """care compare."""
    with opened(chosen) as session:
        found = care.compare(
            session, Path(chosen.file), group=chosen.group or "", sheet=chosen.sheet, hidden=chosen.hidden,
            progress=progress,
        )  # fmt: skip
        done: Values = {
            "groups": list(found.groups), "counts": found.counts, "rows": list(found.rows),
            "rejected": found.rejected, "findings": [finding(each) for each in found.findings],
        }  # fmt: skip
        left = [each["message"] for each in done["findings"] if each["code"] in LEFT_OUT]
        said = "\n".join([say("care-list-counts", **found.counts), *left])
        if chosen.out:
            done["out"] = care.export_comparison(
                session, found, Path(chosen.out), to=chosen.to or "", second=second(chosen, session)
            )["out"]
            said += "\n" + say("care-list-done", out=done["out"])
    return done, said, 0


def plan(chosen: argparse.Namespace) -> Result:
    """care plan."""
    with opened(chosen) as session:
        done = care.plan(
            session, chosen.resident, kind=chosen.kind, group=chosen.group or "", every=chosen.every,
            mode=chosen.mode or "", start=day(session, chosen.start), until=day(session, chosen.until), worker=chosen.worker or "",
            note=chosen.note or "",
        )  # fmt: skip
        row = _row(session, done["ids"][0]) if len(done["ids"]) == 1 else {}
    code = "care-made" if done["made"] else "care-made-none"
    return row | done, say(code, **{**done, "kind": chosen.kind, "left": len(done["left"])}), 0


def listing(chosen: argparse.Namespace) -> Result:
    """care list."""
    with opened(chosen) as session:
        rows = care.plans(session, ended=chosen.ended, mine=chosen.mine)
    return _people(rows), _said(rows) or say("care-none"), 0


def due(chosen: argparse.Namespace) -> Result:
    """care due."""
    with opened(chosen) as session:
        rows = care.due(session, day(session, chosen.on), chosen.mine, ahead=chosen.ahead)
    return _people(rows), _said(rows) or say("care-none-due"), 0


def _people(rows: Iterable[Values]) -> list[Values]:
    return [of_person(row) for row in rows]


def _row(session: Session, plan_id: str) -> Values:
    """A plan as it stands, with its person; `plan` is its id."""
    found = next(row for row in care.plans(session, ended=True) if row["id"] == plan_id)
    return of_person(found) | {"plan": plan_id}


def _said(rows: list[Values]) -> str:
    return (rows and table(
        [(row["id"], row["name"], row["what"], row["due"] or "", row["last"], row["state"], row["path"]) for row in rows],
        ("编号", "姓名", "服务", "到期", "上次", "状态", "地址"),
    )) or ""  # fmt: skip


def done(chosen: argparse.Namespace) -> Result:
    """care done."""
    with opened(chosen) as session:
        plan_id = care_steps.find(session, chosen.id)
        change = care.done(
            session, plan_id, result=chosen.result, on=day(session, chosen.on), mode=chosen.mode or "", by=chosen.by or "",
            note=chosen.note or "", note_sensitive=chosen.note_sensitive or "", follow_up=day(session, chosen.follow_up),
        )  # fmt: skip
        told = _row(session, plan_id) | {"id": change.id, "batch": change.batch, "result": chosen.result}
    return told, say("care-recorded", **told), 0


def step(chosen: argparse.Namespace) -> Result:
    """care pause, resume, prolong, end."""
    with opened(chosen) as session:
        chosen.id = care_steps.find(session, chosen.id)
        if chosen.care_command == "pause":
            change = care.pause(session, chosen.id, why=chosen.why, resume_on=day(session, chosen.until))
        elif chosen.care_command == "prolong":
            change = care.prolong(session, chosen.id, day(session, chosen.until))
        elif chosen.care_command == "resume":
            change = care.resume(session, chosen.id, why=chosen.why)
        else:
            change = care.end(session, chosen.id, why=chosen.why)
        row = _row(session, change.id) | {"batch": change.batch}
    return row, row["state"], 0


def show(chosen: argparse.Namespace) -> Result:
    """care show: one person."""
    with opened(chosen) as session:
        told = care.person(session, chosen.ref, reveal=revealed(session))
    lines = [told["path"], *(f"{each['group']}：{each['why']}" for each in told["groups"])]
    lines += [f"{each['kind']} {each['state']} {each['due'] or ''}" for each in told["plans"]]
    lines += [f"{each['on']} {each['mode']} {each['result']} {each['by']}" for each in told["last"]]
    return told, "\n".join(lines), 0
