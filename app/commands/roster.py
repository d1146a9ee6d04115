"""import roster, import chain, import list."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from app.commands.opening import Result, finding, opened, progress, table
from app.domain.findings import UserError
from app.services import rosters
from app.services.session import Session
from app.words import say

SAID = 20
"""Findings that are printed; the rest are in --json."""
PLACES_SAID = 10


def import_roster(chosen: argparse.Namespace) -> Result:
    mapping = _mapping(chosen.mapping)
    with opened(chosen) as session:
        plan = rosters.preview(
            session, Path(chosen.file), sheet=chosen.sheet, table=chosen.table, all_sheets=chosen.all_sheets,
            hidden=chosen.with_hidden, mapping=mapping, estate=chosen.estate, on_doubt=chosen.on_doubt,
            unknown_places=chosen.unknown_places, progress=progress,
        )  # fmt: skip
        return _done(session, plan, dry=chosen.dry_run)


def import_chain(chosen: argparse.Namespace) -> Result:
    text = _text(chosen.file)
    with opened(chosen) as session:
        plan = rosters.preview(
            session, rosters.Chain(text), estate=chosen.estate, on_doubt=chosen.on_doubt,
            unknown_places=chosen.unknown_places, progress=progress,
        )  # fmt: skip
        return _done(session, plan, dry=chosen.dry_run)


def import_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = rosters.imports(session)
    said = table(
        [(row["batch"], row["at"], row["account"], row["file"], row["rows"], row["new"], row["changed"], _stands(row))
         for row in rows],
        ("批号", "时间", "账号", "文件", "行", "新增", "更新", "现状"),
    )  # fmt: skip
    return rows, said if rows else say("imports-none"), 0


def _stands(row: dict[str, Any]) -> str:
    return say("import-undone", at=row["undone_at"], by=row["undone_by"]) if row["undone"] else say("import-stands")


def _done(session: Session, plan: rosters.Plan, *, dry: bool) -> Result:
    """Apply a plan unless it is only looked at; say what it does."""
    result: dict[str, Any] = {**plan.counts, "findings": list(plan.findings), "mapping": plan.mapping}
    if not dry:
        result = rosters.apply(session, plan, progress=progress)
    result["findings"] = [finding(found) for found in result["findings"]]
    result["columns"] = [
        {"title": each.title, "key": each.key, "confidence": each.confidence, "how": each.how} for each in plan.columns
    ]
    result["unknown"] = list(plan.unknown)
    result["unknown_count"] = plan.unknown_count
    return result, _words(result, dry=dry), 0


def _text(file: str) -> str:
    """A chain's text, from a file or standard input, whatever the system's own encoding is."""
    try:
        read = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except FileNotFoundError:
        raise UserError("file-missing", file=file) from None
    except OSError:
        raise UserError("file-unreadable", file=file) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return read.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError("file-damaged", file=file)


def _mapping(path: str | None) -> dict[str, str] | None:
    if path is None:
        return None
    try:
        given = json.loads(Path(path).read_text("utf-8-sig"))
    except (OSError, ValueError):
        raise UserError("mapping-damaged", file=path) from None
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise UserError("mapping-damaged", file=path)
    return given


def _words(result: dict[str, Any], *, dry: bool) -> str:
    lines = [say("import-would" if dry else "import-done", **result)]
    lines += [found["message"] for found in result["findings"][:SAID]]
    if len(result["findings"]) > SAID:
        lines.append(say("findings-more", count=len(result["findings"]) - SAID))
    near = [each for each in result["unknown"] if each["near"]][:PLACES_SAID]
    if near:
        lines.append(say("unknown-said", count=result["unknown_count"]))
        lines += [say("unknown-one-near", place=_spoken(each), **each) for each in near]
    return "\n".join(lines)


def _spoken(place: dict[str, Any]) -> str:
    return "".join(place[key] for key in ("estate", "lane", "building", "unit", "room"))
