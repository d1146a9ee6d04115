"""notice make, again, handed, list, settings; day-sheet; handover."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import msgspec

from app.commands.opening import Result, opened, progress, table
from app.commands.reports import second
from app.domain import clock
from app.domain.findings import UsageError
from app.services import day_sheets, handover, notices, paper_settings, sheets
from app.services.notices import Papers
from app.services.session import Session
from app.words import say

COLUMNS = ("编号", "文书", "内容", "份数", "制作时间", "制作人")


def make(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        made = notices.make(
            session, chosen.kind, cases=chosen.case, household=chosen.household or "", building=chosen.building or "",
            title=chosen.title or "", text=_text(chosen), documents=bool(session.purpose), second=second(chosen, session),
            progress=progress,
        )  # fmt: skip
        return _saved(session, made, out)


def again(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        made = notices.again(session, chosen.number, documents=bool(session.purpose), second=second(chosen, session))
        return _saved(session, made, out)


def _saved(session: Session, made: Papers, out: Path) -> Result:
    done = notices.save(session, made, out) | {"again": made.again, "batch": made.batch}
    return done, notices.made_words(made), 0


def _text(chosen: argparse.Namespace) -> str:
    if not chosen.text_file:
        return str(chosen.text or "")
    try:
        return Path(chosen.text_file).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError("file-unreadable", file=chosen.text_file) from None


def handed(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = notices.handed_over(
            session, chosen.ids, number=chosen.number or "", issuer=chosen.issuer or "", at=_moment(chosen.at, session),
            to=chosen.to or "",
        )  # fmt: skip
    return {"ids": list(done.changed), "batch": done.batch}, say("notice-handed", count=len(done.changed)), 0


def _moment(text: str | None, session: Session) -> datetime | None:
    """Nothing said: now."""
    if not text:
        return session.now()
    found = clock.moment(text)
    if found is None:
        raise UsageError("now-invalid", value=text)
    return found


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = notices.list_(session, case=chosen.case or "", kind=chosen.kind or "")
    said = [
        (row["number"], row["kind"], row["about"], len(row["cases"]) or len(row["doors"]), row["made_at"][:16].replace("T", " "),
         row["made_by"])
        for row in rows
    ]  # fmt: skip
    return rows, table(said, COLUMNS) if rows else say("notice-none"), 0


def settings(chosen: argparse.Namespace) -> Result:
    """Without values: as they stand."""
    values: dict[str, object] = {}
    for text in chosen.values:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError("usage", message=text, usage="FIELD=VALUE")
        values[key] = value in ("true", "1", "是") if key == "own_notice" else value
    with opened(chosen) as session:
        found = paper_settings.change(session, values) if values else paper_settings.read(session)
    shown = msgspec.structs.asdict(found)
    rows = [(paper_settings.TITLES[key], value) for key, value in shown.items()]
    return shown, table(rows, ("项目", "内容")), 0


def day_sheet(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        on = clock.day(chosen.on) if chosen.on else None
        if chosen.on and on is None:
            raise UsageError("day-invalid", value=chosen.on)
        made = day_sheets.make(session, on=on, worker=chosen.worker or "", progress=progress)
        done = day_sheets.save(session, made, out)
    return done, say("day-sheet-done", **done), 0


def hand_over(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        made = handover.make(session, chosen.kind, progress=progress)
        done = handover.save(session, made, out)
    return done, say("handover-done", title=say(f"handover-{made.kind}"), **done), 0
