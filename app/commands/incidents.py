"""incident add, step, notified, list, show, stats, reassign, withdraw, reopen, escalate, join, separate, hear, photo."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from app.commands.opening import Result, opened, table
from app.commands.rows import day, deadline, moment, revealed
from app.domain import clock
from app.domain import incidents as courses
from app.domain.fields import INCIDENT, INCIDENT_STATES
from app.domain.findings import UserError
from app.files import write_atomic
from app.services import enrolment, incident_figures, incident_links, incidents, photos, stubs
from app.services.records import Change
from app.services.session import Session
from app.words import say

LISTED = ("id", "state", "due", "urgency", "kind", "where", "what")
TITLES = ("编号", "状态", "期限", "紧急程度", "类别", "地点", "内容")


def _committee(session: Session, text: str) -> str:
    return enrolment.committee_of(session, text) if text else ""


def _row(session: Session, row: str) -> dict[str, Any]:
    return next((each for each in incidents.list_(session, open_only=False) if each["id"] == row), {"id": row})


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """As it is read: one that is known by telephone only says what was heard."""
    return row | {"what": row.get("what") or row.get("heard") or ""}


def _done(session: Session, done: Change) -> dict[str, Any]:
    return _row(session, done.id) | {"changed": list(done.changed), "batch": done.batch}


def add(chosen: argparse.Namespace) -> Result:
    if not (chosen.kind.strip() or chosen.what.strip()):
        raise UserError(
            "field-needed", field=f"{INCIDENT['what'].title}（--what）或{INCIDENT['kind'].title}（--kind）", key="what"
        )
    with opened(chosen) as session:
        due = deadline(session, chosen.external_due)
        outer = {
            "external_source": chosen.external_source, "external_number": chosen.external_number,
            "external_due_at": clock.written(due) if due else "",
        }  # fmt: skip
        done = incidents.add(
            session, kind=chosen.kind, place=chosen.place, what=chosen.what, urgency=chosen.urgency,
            reporter_name=chosen.reporter, reporter_phone=chosen.phone, committee=_committee(session, chosen.committee),
            at=moment(session, chosen.at), **outer,
        )  # fmt: skip
        row = _row(session, done["id"]) | {"batch": done["batch"], "contact_code": done["contact_code"]}
    code = "incident-added-code" if done["contact_code"] else "incident-added"
    return row, say(code, code=done["contact_code"], id=done["id"], to=done["assigned_to"]), 0


def step(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        if chosen.state == "已撤销":
            done = incidents.withdraw(session, chosen.id, why=chosen.why)
        else:
            at = moment(session, chosen.at)
            done = incidents.step(
                session, chosen.id, chosen.state, at=at, by=chosen.by, outcome=chosen.outcome, to=chosen.to
            )
        row = _done(session, done)
    return row, say("incident-stepped", state=row["state"], kind=row["kind"]), 0


def notified(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = incidents.notified(session, chosen.id, to=chosen.to, by=chosen.by, at=moment(session, chosen.at))
        row = _done(session, done)
    return row, say("incident-notified", to=chosen.to), 0


def listing(chosen: argparse.Namespace) -> Result:
    if chosen.kind and chosen.kind not in courses.BY_NAME:
        raise UserError("incident-kind", kind=chosen.kind, known="、".join(courses.BY_NAME))
    if chosen.state and chosen.state not in INCIDENT_STATES:
        raise UserError("incident-state-unknown", state=chosen.state, known="、".join(INCIDENT_STATES))
    with opened(chosen) as session:
        rows = incidents.list_(
            session, open_only=chosen.open, kind=chosen.kind, committee=_committee(session, chosen.committee)
        )
    rows = [row for row in rows if chosen.state in ("", row["state"])]
    lines = [
        [str(row.get(key) or "")[:16].replace("T", " ") if key == "due" else row.get(key) for key in LISTED]
        for row in map(_told, rows)
    ]
    return rows, table(lines, TITLES) if rows else say("incident-list-none"), 0


def show(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        row = incidents.one(session, chosen.id)
        row["photographs"] = photos.list_(session, row["id"])
        row |= incident_links.repeats(session, row["id"])
    lines = [say("incident-told", **_told(row))]
    steps = [(each["state"], str(each["at"] or "—")[:16].replace("T", " "), each["by"]) for each in row["steps"]]
    lines.append(table(steps, ("步骤", "时间", "登记人")))
    return row, "\n".join(lines), 0


def stats(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        since, until = (_day(session, text) for text in (chosen.since, chosen.until))
        found = incident_figures.figures(
            session, since=since, until=until, committee=_committee(session, chosen.committee)
        )
    lines = [
        (each.get("name") or each.get("kind"), each["total"], each["open"], each["overdue"], *_times(each))
        for each in [{"name": say("incident-all"), **found}, *found["committees"], *found["kinds"]]
    ]
    said = table(lines, ("", "件数", "未结", "超时", "中位数（分）", "九成以内（分）"))
    return found, f"{said}\n{say('incident-method', until=str(found['data_until'] or '—')[:16].replace('T', ' '))}", 0


def _times(group: dict[str, Any]) -> tuple[Any, Any]:
    whole = next(each for each in group["stages"] if each["stage"] == "whole")
    return whole["median"], whole["p90"]


def _day(session: Session, text: str | None) -> datetime | None:
    """A date is its beginning; a time is itself."""
    if text and any(mark in text for mark in (":", "：")):
        return moment(session, text)
    on = day(session, text)
    return datetime.combine(on, datetime.min.time(), clock.SHANGHAI) if on else None


def reassign(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = incident_links.reassign(session, chosen.id, _committee(session, chosen.to), why=chosen.why)
        row = _row(session, done["id"]) | done
    said = say("incident-reassigned", code=done["contact_code"], to=chosen.to)
    if done["photos_left"]:
        said += "\n" + say("incident-photos-left", count=done["photos_left"])
    return row, said, 0


def reopen(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        row = _done(session, incidents.reopen(session, chosen.id, why=chosen.why))
    return row, say("incident-reopened", state=row["state"]), 0


def escalate(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = incidents.escalate(session, chosen.id, to=chosen.to, by=chosen.by, at=moment(session, chosen.at))
        row = _done(session, done)
    return row, say("incident-escalated", to=chosen.to), 0


def join(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        row = _done(session, incident_links.join(session, chosen.id, chosen.first))
    return row, say("incident-joined"), 0


def separate(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        row = _done(session, incident_links.separate(session, chosen.id))
    return row, say("incident-separated"), 0


def hear(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = stubs.hear(
            session, "incident", chosen.code, heard=chosen.heard, by=chosen.by, at=moment(session, chosen.at)
        )
        row = _done(session, done)
    return row, say("incident-heard", code=row.get("contact_code", chosen.code)), 0


def photo(chosen: argparse.Namespace) -> Result:
    """With a file: keep it. Without: the photos of an incident; their pictures go to --out only with a purpose."""
    if not chosen.file:
        return _photos(chosen)
    try:
        picture = Path(chosen.file).read_bytes()
    except OSError:
        raise UserError("photo-unreadable", file=chosen.file) from None
    with opened(chosen) as session:
        done = photos.add(
            session, chosen.id, picture, caption=chosen.caption, by=chosen.by, taken_at=moment(session, chosen.at)
        )
        row = _row(session, chosen.id) | {"photo": done.id, "batch": done.batch}
    return row, say("photo-added"), 0


def _photos(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        row = _row(session, chosen.id)
        found = photos.list_(session, chosen.id)
        if chosen.out and revealed(session, asked=True):
            for each in found:
                each["out"] = _written(Path(chosen.out), each["id"], photos.open_(session, each["id"]))
    said = table(
        [(each["id"], str(each.get("taken_at") or "")[:16], each.get("by"), each.get("caption"), each.get("out")) for each in found],
        ("编号", "时间", "拍摄人", "说明", "存为"),
    )  # fmt: skip
    return row | {"photographs": found}, said if found else say("photo-none"), 0


def _written(folder: Path, photo: str, picture: bytes) -> str:
    out = folder / f"{photo}.jpg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(out, picture)
    except OSError:
        raise UserError("sheets-unwritable", file=str(out)) from None
    return str(out)
