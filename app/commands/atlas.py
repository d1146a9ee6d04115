"""atlas: the printed maps of a street, a committee or an estate, with its buildings door by door."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, opened, progress
from app.domain.findings import UsageError
from app.domain.visits import STALE_AFTER
from app.services import atlas, sheets
from app.services.atlas import Asked
from app.words import say


def atlas_(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    sheets.must_be_pdf(out)
    if chosen.ref is None and chosen.level in ("group", "estate", "building"):
        raise UsageError("map-ref-missing", level=chosen.level)
    with opened(chosen) as session:
        asked = Asked(
            chosen.level, chosen.ref or "", chosen.colour, chosen.paper, not (chosen.no_doors or chosen.outside),
            chosen.outside, session.purpose or "", chosen.days or STALE_AFTER,
        )  # fmt: skip
        done = atlas.save(session, atlas.make(session, asked, progress=progress), out)
    return done, say("atlas-written", **done), 0
