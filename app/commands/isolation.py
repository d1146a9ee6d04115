"""isolation open, check, result, close, transfer, step, reopen, escalate, handled, breach, list, show; rules; errand."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

from app.commands.opening import Result, opened, table
from app.commands.rows import day, moment_text, of_person, revealed, whole_day
from app.domain import clock
from app.domain.findings import UsageError
from app.services import errands, isolation
from app.services.session import Session
from app.words import say


def _on(session: Session, text: str) -> date:
    return day(session, text) or session.now().astimezone(clock.SHANGHAI).date()


def _told(session: Session, chosen: argparse.Namespace, batch: str) -> dict[str, Any]:
    """The case as it stands after an act, without what `show` adds."""
    row = isolation.row(session, chosen.id)
    return {**of_person(row), "batch": batch}


def open_(chosen: argparse.Namespace) -> Result:
    officers = {}
    for pair in chosen.officer:
        key, sign, text = pair.partition("=")
        if not sign:
            raise UsageError("pair-invalid", value=pair)
        officers[key] = text
    with opened(chosen) as session:
        start = whole_day(session, chosen.start)
        done = isolation.open_(
            session, resident=chosen.resident, household=chosen.household, rule=chosen.rule, start=start,
            arrival=chosen.arrival, co_residents=not chosen.alone, officers=officers, source=chosen.source,
        )  # fmt: skip
    names = "、".join(row["name"] for row in done["cases"])
    said = say(
        "isolation-opened", count=len(done["cases"]), names=names, running=len(done["running"]), away=len(done["away"])
    )
    done["cases"] = [of_person(row) for row in done["cases"]]
    return {**done["cases"][0], **done}, said, 0


def check(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        chosen.id = isolation.find(session, chosen.id)
        on = _on(session, chosen.date)
        done = isolation.check(
            session, chosen.id, on=on, slot=chosen.slot, mode=chosen.mode, by=chosen.by,
            temperature=chosen.temperature, symptoms=chosen.symptoms, reached=not chosen.not_reached, sampled=chosen.sampled,
            contact_only=not (chosen.temperature or chosen.symptoms or chosen.not_reached),
        )  # fmt: skip
        row = _told(session, chosen, done.batch)
    said = (
        "isolation-check-same" if not done.batch else "isolation-checked-alert" if row["alert"] else "isolation-checked"
    )
    result = {**row, "check": done.id, "date": on.isoformat(), "slot": chosen.slot, "changed": list(done.changed)}
    return result, say(said, date=on.isoformat(), slot=chosen.slot), 0


def result(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        chosen.id = isolation.find(session, chosen.id)
        on = _on(session, chosen.date)
        done = isolation.result(session, chosen.id, test=chosen.test, on=on, by=chosen.by)
        row = _told(session, chosen, done.batch)
    return {**row, "check": done.id, "date": on.isoformat()}, say("isolation-result-noted", date=on.isoformat()), 0


def _act(chosen: argparse.Namespace, act: Callable[[Session, str], Any], code: str, **said: Any) -> Result:
    """An act on one case, and the case after it."""
    with opened(chosen) as session:
        chosen.id = isolation.find(session, chosen.id)
        done = act(session, chosen.id)
        row = _told(session, chosen, done.batch)
    return row, say(code, **{"state": row["state"], **said}), 0


def close(chosen: argparse.Namespace) -> Result:
    """Of whoever may decide about rules the own name stands for the approval of an early end."""
    return _act(chosen, lambda session, row: isolation.close(
        session, row, reason=chosen.reason, on=day(session, chosen.date),
        approved_by=chosen.approved_by or (session.account if session.may("isolation.rules") else ""),
    ), "isolation-closed")  # fmt: skip


def transfer(chosen: argparse.Namespace) -> Result:
    return _act(chosen, lambda session, row: isolation.transfer(
        session, row, state=chosen.to, receiver_unit=chosen.unit, receiver_name=chosen.receiver,
        receiver_phone=chosen.phone, handed_over_at=moment_text(session, chosen.at), reason=chosen.reason,
    ), "isolation-closed")  # fmt: skip


def step(chosen: argparse.Namespace) -> Result:
    return _act(chosen, lambda session, row: isolation.step(session, row, chosen.state), "isolation-stepped")


def reopen(chosen: argparse.Namespace) -> Result:
    return _act(chosen, lambda session, row: isolation.reopen(session, row, why=chosen.why), "isolation-stepped")


def escalate(chosen: argparse.Namespace) -> Result:
    return _act(chosen, lambda session, row: isolation.escalate(session, row, to=chosen.to, by=chosen.by),
                "isolation-escalated", to=chosen.to)  # fmt: skip


def handled(chosen: argparse.Namespace) -> Result:
    return _act(
        chosen, lambda session, row: isolation.alert_done(session, row, note=chosen.note), "isolation-alert-noted"
    )


def breach(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        chosen.id = isolation.find(session, chosen.id)
        done = isolation.breach(session, chosen.id, what=chosen.what)
        row = _told(session, chosen, done["batch"])
    return {**row, "incident": done["id"]}, say("isolation-breach-noted", code=done["contact_code"]), 0


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = isolation.list_(
            session, day(session, chosen.on), state=chosen.state, mine=chosen.mine, ended=chosen.ended
        )
    said = table(
        [(row["id"], row["name"], row["path"], row["measure"], f"{row['total_day']}/{row['total_days']}", row["state"],
          row["due"] or "", len(row["missing"]) or "") for row in rows],
        ("编号", "姓名", "住址", "措施", "天数", "状态", "解除日", "漏查"),
    )  # fmt: skip
    return [of_person(row) for row in rows], said if rows else say("isolation-none"), 0


def show(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        chosen.id = isolation.find(session, chosen.id)
        row = isolation.case(session, chosen.id, reveal=revealed(session, asked=chosen.reveal))
    lines = table(
        [(each.get("on", ""), each.get("slot", ""), each.get("mode", ""), each.get("by", ""),
          "" if each.get("reached") is not False else "未联系上", each.get("temperature", ""), each.get("symptoms", ""),
          each.get("test", ""), "补录" if each["late"] else "") for each in row["checks"]],
        ("日期", "时段", "方式", "登记人", "", "体温", "症状", "检测", ""),
    )  # fmt: skip
    head = f"{row['name']}  {row['path']}  {row['rule']}  {row['state']} {row['total_day']}/{row['total_days']}"
    return of_person(row), f"{head}\n{lines}", 0


# ---------------------------------------------------------------- rules


def rules_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = isolation.rules(session)
    said = table(
        [(row["code"], row["stages"], row.get("valid_from") or "", row.get("valid_until") or "", WHOSE[row["whose"]],
          "" if row["valid"] else "未生效" if row["readable"] else "看不懂", row["id"]) for row in rows],
        ("规则", "阶段", "施行", "停止", "来源", "", "编号"),
    )  # fmt: skip
    return rows, said, 0


WHOSE = {"own": "本居委会", "street": "街道", "built-in": "随程序"}


def rules_add(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = isolation.add_rule(
            session, code=chosen.code, steps=chosen.steps, count_from=chosen.count_from, release_at=chosen.release_at,
            valid_from=day(session, chosen.since), valid_until=day(session, chosen.until), co_residents=chosen.co_residents,
            own_notice=chosen.own_notice, note=chosen.note,
        )  # fmt: skip
    return {"id": done.id, "batch": done.batch, "code": chosen.code}, say("isolation-rule-added", rule=chosen.code), 0


def rules_end(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        until = whole_day(session, chosen.until)
        done = isolation.end_rule(session, chosen.id, until)
    told = {"id": done.id, "batch": done.batch, "valid_until": until.isoformat()}
    return told, say("isolation-rule-ended", until=until.isoformat()), 0


# ---------------------------------------------------------------- errands


def errand_add(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        case = isolation.find(session, chosen.case) if chosen.case else ""
        done = errands.add(
            session,
            household=chosen.household,
            kind=chosen.kind,
            what=chosen.what,
            due=day(session, chosen.due),
            case=case,
        )
        row = next(each for each in errands.list_(session) if each["id"] == done.id)
    return {**row, "batch": done.batch}, say("errand-added", what=row["what"]), 0


def errand_done(chosen: argparse.Namespace) -> Result:
    return _errand(chosen, lambda session: errands.done(session, chosen.id, chosen.by))


def errand_cancel(chosen: argparse.Namespace) -> Result:
    return _errand(chosen, lambda session: errands.cancel(session, chosen.id, chosen.why))


def _errand(chosen: argparse.Namespace, act: Callable[[Session], Any]) -> Result:
    with opened(chosen) as session:
        done = act(session)
        row = next(each for each in errands.list_(session, open_only=False) if each["id"] == done.id)
    return {**row, "batch": done.batch}, say("errand-stepped", state=row["state"]), 0


def errand_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = errands.list_(session, open_only=not chosen.all)
    said = table(
        [(row["id"], row["kind"], row["what"], row["path"], row["name"], row["due"] or "", row["state"]) for row in rows],
        ("编号", "类别", "内容", "住址", "联系人", "期限", "状态"),
    )  # fmt: skip
    return rows, said if rows else say("errand-none"), 0
