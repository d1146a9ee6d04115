"""ground list, tiles, export, import, remove."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.commands.opening import Result, opened, progress
from app.domain.ground import Layer
from app.services import backgrounds, ground
from app.words import say


def list_(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = [_told(each) for each in ground.layers(session)]
    lines = [
        say("ground-listed", **each | {"kind": say(f"ground-{each['kind']}"), "size": _size(each)}) for each in found
    ]
    return {"layers": found}, "\n".join(lines) or say("ground-none"), 0


def tiles(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        kept = backgrounds.keep(session, Path(chosen.file), progress=progress)
    return _told(kept), say("ground-added", title=kept.title), 0


def export(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = ground.export(session, Path(chosen.out))
    return done, say("pack-written", **done), 0


def bring_in(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        kept = ground.bring_in(session, Path(chosen.file), progress=progress)
    return {"layers": [_told(each) for each in kept]}, say("pack-read", layers=len(kept)), 0


def remove(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        layer = ground.one(session, chosen.id)
        ground.remove(session, layer.id)
    return {"removed": layer.id}, say("ground-removed", title=layer.title), 0


def _told(layer: Layer) -> dict[str, Any]:
    about = layer.about
    return {
        "id": layer.id, "kind": layer.kind, "title": layer.title, "source": layer.source, "on": layer.on, "at": layer.at,
        **{key: about[key] for key in ("count", "skipped", "zooms", "form", "bytes") if key in about},
    }  # fmt: skip


def _size(told: dict[str, Any]) -> str:
    if "zooms" in told:
        return say("ground-zooms", low=told["zooms"][0], high=told["zooms"][1], size=f"{told['bytes'] / 1e6:,.0f}")
    return say("ground-count", count=told["count"]) if "count" in told else ""
