"""map."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, opened, progress
from app.commands.rows import day
from app.domain.findings import UsageError, UserError
from app.domain.maps import Drawing
from app.domain.shading import Shading, steps_of
from app.domain.visits import STALE_AFTER
from app.services import mapfiles, maps, matrix, replay
from app.services.session import Session
from app.words import say


def draw(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    if out.suffix.lower() not in mapfiles.FORMATS:
        raise UserError("map-out", file=out.name)
    if chosen.ref is None and chosen.level in ("group", "estate", "building"):
        raise UsageError("map-ref-missing", level=chosen.level)
    if chosen.on and chosen.level == "building":
        raise UsageError("replay-building")
    shading = _shading(chosen)
    with opened(chosen) as session:
        ref = chosen.ref or ""
        shown = (
            matrix.of(session, ref, colour=chosen.colour, days=chosen.days or STALE_AFTER) if chosen.level == "building"
            else maps.draw(session, chosen.level, ref, colour=chosen.colour, days=chosen.days or STALE_AFTER,
                           shading=shading, only=chosen.only)
        )  # fmt: skip
        if chosen.on and isinstance(shown, Drawing):
            shown = _on(session, shown, chosen)
        done = mapfiles.write(session, shown, out)
    return done, say("map-written", **done), 0


def _on(session: Session, shown: Drawing, chosen: argparse.Namespace) -> Drawing:
    """The same map as it was at the end of a day. Raises UsageError("day-invalid"), UserError("replay-future")."""
    asked = day(session, chosen.on)
    assert asked is not None
    made = replay.series(
        session, shown.level, shown.id, shown.measure.key, first=asked, last=asked, days=chosen.days or STALE_AFTER,
        shading=shown.shading, progress=progress,
    )  # fmt: skip
    return replay.on(made, shown, asked)


def _shading(chosen: argparse.Namespace) -> Shading:
    """Fixed classes where limits are given. Raises UserError("map-steps")."""
    steps = steps_of(chosen.steps) if chosen.steps else ()
    if chosen.classes == "fixed" and not steps:
        raise UsageError("map-steps-missing")
    return Shading(chosen.per, "fixed" if steps else "quantile", steps, chosen.palette or "", chosen.areas)
