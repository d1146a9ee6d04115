"""notice make, again, handed, list, settings; day-sheet; handover."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from app.commands.opening import Result, opened, progress, table
from app.commands.reports import second
from app.commands.rows import day, moment
from app.domain import notices as kinds
from app.domain.findings import UsageError
from app.services import day_sheets, handover, isolation, notices, paper_settings, sheets
from app.services.notices import Papers
from app.services.session import Session
from app.words import say

YES_NO = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False, "": False}
COLUMNS = ("编号", "文书", "内容", "份数", "制作时间", "制作人")


def make(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        made = notices.make(
            session, chosen.kind, cases=_cases(session, chosen.case), household=chosen.household or "", building=chosen.building or "",
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
        at = moment(session, chosen.at) or session.now()
        done = notices.handed_over(
            session, _cases(session, chosen.ids), number=chosen.number or "", issuer=chosen.issuer or "", at=at, to=chosen.to or "",
        )  # fmt: skip
    return {"ids": list(done.changed), "batch": done.batch}, say("notice-handed", count=len(done.changed)), 0


def _cases(session: Session, refs: list[str]) -> list[str]:
    return [isolation.find(session, each) for each in refs]


def listing(chosen: argparse.Namespace) -> Result:
    kind = kinds.kind_of(chosen.kind).key if chosen.kind else ""
    with opened(chosen) as session:
        rows = notices.list_(session, case=isolation.find(session, chosen.case) if chosen.case else "", kind=kind)
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
        if key not in paper_settings.TITLES:
            raise UsageError("notice-setting-unknown", name=key, known="、".join(paper_settings.TITLES))
        values[key] = _yes(value) if key == "own_notice" else value
    with opened(chosen) as session:
        found = paper_settings.change(session, values) if values else paper_settings.read(session)
    shown = msgspec.structs.asdict(found)
    rows = [(paper_settings.TITLES[key], value) for key, value in shown.items()]
    return shown, table(rows, ("项目", "内容")), 0


def _yes(text: str) -> bool:
    if text.lower() not in YES_NO:
        raise UsageError("notice-yes-no", value=text)
    return YES_NO[text.lower()]


def day_sheet(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        made = day_sheets.make(session, on=day(session, chosen.on), worker=chosen.worker or "", progress=progress)
        done = day_sheets.save(session, made, out)
    return done, say("day-sheet-done", **done), 0


def hand_over(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    with opened(chosen) as session:
        made = handover.make(session, chosen.kind, progress=progress)
        done = handover.save(session, made, out)
    return done, say("handover-done", title=say(f"handover-{made.kind}"), **done), 0
