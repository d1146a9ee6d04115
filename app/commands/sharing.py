"""shares, review, disclose, extract."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, clock_of, opened, read_password, table
from app.commands.reports import second
from app.domain.findings import UsageError
from app.services import disclosures, extracts, reviews, shares
from app.words import say

COLUMNS = ("时间", "类别", "经办人", "去向", "字段", "人数", "用途")


def listing(chosen: argparse.Namespace) -> Result:
    """The sharing ledger: with --out as a workbook, without as a list."""
    with opened(chosen) as session:
        if chosen.out:
            done = shares.write(session, Path(chosen.out), chosen.since, chosen.until)
            return done, say("shares-done", **done), 0
        found = shares.list_(session, chosen.since, chosen.until)
    rows = [
        (
            each["at"][:16].replace("T", " "), say(f"shares-kind-{each['kind']}"), each["account"], each["to"],
            "、".join(each["fields"]), each["persons"], each["purpose"],
        )
        for each in found
    ]  # fmt: skip
    return found, table(rows, COLUMNS) if rows else say("shares-none"), 0


def review_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = reviews.pending(session)
    rows = [
        (
            each["batch"],
            each["at"][:16].replace("T", " "),
            each["account"],
            each["what"],
            each["persons"],
            each["purpose"],
        )
        for each in found
    ]
    return found, table(rows, ("编号", "时间", "经办人", "文件", "人数", "用途")), 0


def review_done(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        reviews.review(session, chosen.batch)
    return {"id": chosen.batch}, say("review-done"), 0


def disclose(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    disclosures.must_be_pdf(out)
    with opened(chosen) as session:
        done = disclosures.disclose(session, chosen.resident, out)
    return done, say("disclose-done", **done), 0


def extract_make(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    extracts.must_be_extract(out)
    with opened(chosen) as session:
        done = extracts.make(
            session, out, fields=_parted(chosen.fields), committees=_parted(chosen.committees), until=chosen.until,
            name=chosen.name, password=read_password(Path(chosen.extract_password_file)),
            second=second(chosen, session),
        )  # fmt: skip
    return done, say("extract-done", **done), 0


def extract_show(chosen: argparse.Namespace) -> Result:
    """Reads the file alone: no workspace, no account."""
    given = getattr(chosen, "password_file", None)
    if not given:
        raise UsageError("extract-password-missing")
    password, file = read_password(Path(given)), Path(chosen.file)
    practice = extracts.show(file, password, None)["rehearsal"] if getattr(chosen, "now", None) else False
    found = extracts.show(file, password, clock_of(chosen, rehearsal=practice))
    titles = [each["title"] for each in found["fields"]]
    rows = [list(row.values()) for row in found["rows"]]
    return found, f"{say('extract-said', **found)}\n{table(rows, titles)}", 0


def _parted(texts: list[str]) -> list[str]:
    """`a,b` and repeated options alike."""
    return [part.strip() for text in texts for part in text.replace("，", ",").split(",") if part.strip()]
