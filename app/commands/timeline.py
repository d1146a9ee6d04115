"""timeline resident|household REF."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened
from app.services import timeline
from app.words import say


def show(chosen: argparse.Namespace) -> Result:
    """Everything that happened to a person or a household, newest first."""
    with opened(chosen) as session:
        found = timeline.of(session, chosen.ref, entity=chosen.entity, kinds=chosen.kind)
    lines, day = [say("timeline-title", what=found["path"])], None
    for line in found["lines"]:
        if line["day"] != day:
            day = line["day"]
            lines.append(day or say("timeline-no-day"))
        who = f"{line['name']}　" if chosen.entity == "household" and line["name"] else ""
        kind = say(f"timeline-kind-{line['kind']}")
        lines.append(f"  {line['time'] or '     '} {kind}　{who}{line['what']}　{line['by']}".rstrip())
    if not found["lines"]:
        lines.append(say("timeline-none"))
    return found, "\n".join(lines), 0
