"""import roster."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from app.commands.opening import Result, finding, opened, progress
from app.domain.findings import UserError
from app.services import rosters
from app.words import say

SAID = 20
"""Findings that are printed; the rest are in --json."""


def import_roster(chosen: argparse.Namespace) -> Result:
    mapping = _mapping(chosen.mapping)
    with opened(chosen) as session:
        plan = rosters.preview(
            session, Path(chosen.file), sheet=chosen.sheet, mapping=mapping, estate=chosen.estate,
            on_doubt=chosen.on_doubt, progress=progress,
        )  # fmt: skip
        result: dict[str, Any] = {**plan.counts, "findings": list(plan.findings), "mapping": plan.mapping}
        if not chosen.dry_run:
            result = rosters.apply(session, plan, progress=progress)
    result["findings"] = [finding(found) for found in result["findings"]]
    return result, _words(result, dry=chosen.dry_run), 0


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
    return "\n".join(lines)
