"""map, import map."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, finding, opened, progress
from app.domain.findings import UsageError, UserError
from app.domain.visits import STALE_AFTER
from app.services import mapfiles, maps, matrix
from app.words import say


def draw(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    if out.suffix.lower() not in mapfiles.FORMATS:
        raise UserError("map-out", file=out.name)
    if chosen.ref is None and chosen.level in ("group", "estate", "building"):
        raise UsageError("map-ref-missing", level=chosen.level)
    with opened(chosen) as session:
        ref = chosen.ref or ""
        shown = (
            matrix.of(session, ref, colour=chosen.colour, days=chosen.days or STALE_AFTER) if chosen.level == "building"
            else maps.draw(session, chosen.level, ref, colour=chosen.colour, days=chosen.days or STALE_AFTER)
        )  # fmt: skip
        done = mapfiles.write(session, shown, out)
    return done, say("map-written", **done), 0


def import_map(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = mapfiles.import_layer(session, Path(chosen.file), chosen.layer, progress=progress)
    findings = [finding(each) for each in done["findings"]]
    lines = [say("map-imported", file=Path(chosen.file).name, **done), *(each["message"] for each in findings[:20])]
    return {**done, "findings": findings}, "\n".join(lines), 0
