"""sheets."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, opened, progress
from app.services import sheets as service
from app.words import say


def sheets(chosen: argparse.Namespace) -> Result:
    out = Path(chosen.out)
    service.must_be_pdf(out)
    with opened(chosen) as session:
        made = service.make(session, estate=chosen.estate, buildings=chosen.building, progress=progress)
        done = service.save(session, made, out)
    return done, say("sheets-done", **done), 0
