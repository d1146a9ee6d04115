"""import map."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.commands.opening import Result, finding, opened, progress
from app.domain.findings import UsageError
from app.services import map_import
from app.words import say

MOST_SAID = 20
"""Findings and proposals that are said; JSON holds all."""


def bring_in(chosen: argparse.Namespace) -> Result:
    columns = _columns(chosen.column)
    with opened(chosen) as session:
        done = map_import.import_layer(
            session, Path(chosen.file), chosen.layer, crs=chosen.crs, sheet_layer=chosen.sheet_layer or "", columns=columns,
            new=chosen.new, estate=chosen.estate or "", parts=chosen.parts, dry_run=chosen.dry_run, progress=progress,
        )  # fmt: skip
    findings = [finding(each) for each in done["findings"]]
    return {**done, "findings": findings}, "\n".join(_lines(chosen, done, findings)), 0


def _columns(said: Sequence[str]) -> dict[str, str]:
    """{"number": "楼栋号"} of `number=楼栋号`. Raises UsageError("map-column-usage")."""
    columns = {}
    for each in said:
        role, equals, column = each.partition("=")
        if not equals or role not in map_import.NAMES:
            raise UsageError("map-column-usage", value=each, known=list(map_import.NAMES))
        columns[role] = column
    return columns


def _lines(chosen: argparse.Namespace, done: dict[str, Any], findings: Sequence[dict[str, Any]]) -> list[str]:
    under = not map_import.is_somebodys(chosen.layer)
    code = (
        "map-would"
        if chosen.dry_run
        else "map-laid"
        if under
        else "map-imported-new"
        if done["new"]
        else "map-imported"
    )
    words = {**done, "file": Path(chosen.file).name, "layer": say(f"layer-{chosen.layer}")}
    return [
        say(code, **words), say("map-crs-was", crs=done["crs"]), *(each["message"] for each in findings[:MOST_SAID]),
        *(say("map-propose", row=each["row"], value=each["value"], of="、".join(one["name"] for one in each["of"]))
          for each in done["proposals"][:MOST_SAID]),
    ]  # fmt: skip
