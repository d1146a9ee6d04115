"""generate."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened, progress
from app.domain import numbering
from app.services import generator
from app.words import say

KEYS = ("floors", "rooms", "skip", "units", "style", "which", "shops", "shop_name", "labels", "merged")


def generate(chosen: argparse.Namespace) -> Result:
    rule = numbering.read(**{key: getattr(chosen, key) or "" for key in KEYS})
    buildings = [chosen.building, *chosen.also]
    with opened(chosen) as session:
        if not chosen.dry_run:
            done = generator.apply(session, buildings, rule, progress=progress)
            return done, say("generator-done" if done["new"] else "generator-done-none", **done), 0
        plans = generator.preview(session, buildings, rule)
    told = {
        "new": sum(len(plan.new) for plan in plans), "existing": sum(plan.existing for plan in plans),
        "extra": sum(len(plan.extra) for plan in plans), "taken": sum(len(plan.taken) for plan in plans),
        "buildings": [
            {"building": plan.name, "new": [generator.spoken(door.unit, door.room) for door in plan.new],
             "existing": plan.existing, "extra": list(plan.extra), "taken": list(plan.taken)}
            for plan in plans
        ],
    }  # fmt: skip
    return told, say("generator-dry", **told), 0
