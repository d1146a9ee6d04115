"""A map file comes in: opened, its coordinates recognised, its outlines matched, looked over, written in one step.

Nothing is written before `apply`; what it writes for a committee is one batch, and undone as one. What lies under the
map (roads, water …) goes to `ground`, beside the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.db import present
from app.db.ledger import Writing
from app.domain import geometry, ids, map_choices, map_matching
from app.domain import ground as under
from app.domain.findings import Finding, UserError
from app.domain.geometry import Box, Geometry
from app.domain.ground import Kind
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.map_choices import Choice, New, Outcome, Row
from app.domain.map_matching import Target
from app.exchange import coordinates, map_bases, map_files, mappacks
from app.exchange.coordinates import System as System
from app.exchange.coordinates import known as known_systems
from app.exchange.coordinates import system as system_of
from app.exchange.map_files import RawFeature
from app.exchange.map_files import RawLayer as RawLayer
from app.exchange.map_files import kinds as kinds
from app.exchange.mappacks import EVERY as EVERY
from app.exchange.mappacks import NAMES as NAMES
from app.exchange.mappacks import ROLES as ROLES
from app.services import ground, map_columns, map_known
from app.services.session import Session
from app.services.values import Values

AUTO = "auto"
systems, typed_system = known_systems, system_of
"""What may be chosen by hand; the system that a person typed (UserError: map-crs-unknown, map-crs-part)."""
MADE = {"estates": "estate", "buildings": "building"}
"""Layers whose outlines may become new places."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A map file that was read. For each layer: what it most likely holds, and in which systems it may be."""

    file: Path
    layers: tuple[RawLayer, ...]
    targets: tuple[str, ...]
    systems: tuple[tuple[System, ...], ...]


@dataclass(frozen=True, slots=True)
class MapPlan:
    """What applying would do; nothing is written yet.

    target: a layer of ours. columns: role -> column that it is read from. rows: of outlines with an owner; kept: what
    lies under a map. around: outlines that are known here. estates: names that a new building may belong to.
    """

    file: Path
    layer: str
    target: str
    system: System
    features: int
    columns: dict[str, str]
    said: dict[str, str]
    rows: tuple[Row, ...] = ()
    kept: tuple[Values, ...] = ()
    findings: tuple[Finding, ...] = ()
    source: str = ""
    known: tuple[Target, ...] = field(default=(), repr=False)
    around: tuple[Geometry, ...] = field(default=(), repr=False)
    estates: tuple[Values, ...] = field(default=(), repr=False)

    @property
    def entity(self) -> str:
        """ "" for what belongs to nobody."""
        return mappacks.LAYERS.get(self.target, "")


# ---------------------------------------------------------------- reading


def open_file(session: Session, file: Path, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Opened:
    """Read a map file and recognise each layer's kind and coordinates. Raises what `map_files.read_layers` raises; Refused."""
    session.require("maps.change")
    progress(0, 0, "map-reading")
    layers = tuple(map_files.read_layers(file, progress=progress, cancelled=cancelled))
    with session.db.reading() as connection:
        near = geometry.box(map_known.around(session, connection))
    systems = tuple(tuple(coordinates.recognise(layer, near)) for layer in layers)
    return Opened(file, layers, tuple(mappacks.guess(layer, file.stem) for layer in layers), systems)


def preview(
    session: Session, opened: Opened, layer: int, target: str, *, system: str = AUTO, columns: Mapping[str, str] | None = None,
    parts: bool = False, progress: Progress = quiet, cancelled: Cancelled = never,
) -> MapPlan:  # fmt: skip
    """What a layer's features would become. columns: {role: column} as a person chose, over what was chosen last.

    parts: each part of an outline in several parts for itself. Raises UserError: map-layer, map-crs-none,
    map-crs-unknown, map-crs-part, cancelled; Refused.
    """
    session.require("maps.change")
    if target not in EVERY:
        raise UserError("map-layer", layer=target)
    raw = opened.layers[layer]
    features = mappacks.of_layer(raw, target)
    features = mappacks.in_parts(features) if parts else features
    chosen = _system(opened, layer, system)
    progress(0, len(features), "map-placing")
    placed = _placed(features, chosen)
    check(cancelled)
    with session.db.reading() as connection:
        said = {**map_columns.known(connection, target, raw.columns), **(columns or {})}
        around = tuple(map_known.around(session, connection))
        plan = MapPlan(
            opened.file, raw.name, target, chosen, len(features), mappacks.guessed(raw.columns, said), said,
            findings=tuple(raw.findings), source=mappacks.source_of(raw), around=around,
        )  # fmt: skip
        if not plan.entity:
            return _under(plan, placed)
        known = tuple(map_known.targets(session, connection, plan.entity))
        estates = tuple(map_known.estates(session, connection))
    return _matched(plan, placed, known, estates, progress, cancelled)


def _system(opened: Opened, layer: int, key: str) -> System:
    if key != AUTO:
        chosen = system_of(key)
        return next((each for each in opened.systems[layer] if each.key == chosen.key), chosen)
    if not opened.systems[layer]:
        raise UserError("map-crs-none", file=opened.file.name, layer=opened.layers[layer].name)
    return opened.systems[layer][0]


def _placed(features: Sequence[RawFeature], system: System) -> list[tuple[RawFeature, Geometry | None]]:
    made = coordinates.transformer(system.key)([each.geometry for each in features])
    return list(zip(features, made, strict=True))


def _under(plan: MapPlan, placed: Sequence[tuple[RawFeature, Geometry | None]]) -> MapPlan:
    kept, left_out = map_bases.kept(placed, plan.target)
    findings = [*plan.findings, *([Finding("map-left-out", details={"count": left_out})] if left_out else [])]
    return replace(plan, kept=tuple(kept), findings=tuple(findings))


def _matched(
    plan: MapPlan, placed: Sequence[tuple[RawFeature, Geometry | None]], known: tuple[Target, ...],
    estates: tuple[Values, ...], progress: Progress, cancelled: Cancelled,
) -> MapPlan:  # fmt: skip
    shapes, findings = mappacks.read(placed, plan.target, plan.said)
    progress(0, 0, "map-matching")
    found = map_matching.match(shapes, known, plan.entity)
    check(cancelled)
    outlines = [(each["name"], each["outline"]) for each in estates if each["outline"]]
    rows = tuple(
        Row(shape, each, map_matching.inside(outlines, shape) if plan.entity == "building" and not shape.estate else "")
        for shape, each in zip(shapes, found, strict=True)
    )
    everything = sorted([*plan.findings, *findings], key=lambda each: each.row or 0)
    return replace(plan, rows=rows, known=known, estates=estates, findings=tuple(everything))


def is_somebodys(layer: str) -> bool:
    """Do a layer's outlines belong to committees, estates or buildings, or do they lie under the map?"""
    return layer in mappacks.LAYERS


def is_plain(system: System) -> bool:
    """Need nobody be asked? Said by the file, next to what is known, or degrees as GeoJSON and KML have them (RFC 7946)."""
    return system.sure or system.why == "crs-near" or system.key == "EPSG:4326"


def distance(plan: MapPlan) -> float | None:
    """Kilometres from the file's outlines to what is known, 0 where they meet; None where nothing is known."""
    there = under.box([*(row.shape.geometry for row in plan.rows), *(each["geometry"] for each in plan.kept)])
    known = geometry.box(plan.around)
    if there is None or known is None:
        return None
    between = Box(
        min(there.east, known.east),
        min(there.north, known.north),
        max(there.west, known.west),
        max(there.south, known.south),
    )
    wide, high = between.size
    return math.hypot(max(wide, 0.0), max(high, 0.0)) / 1_000


# ---------------------------------------------------------------- writing


def decided(plan: MapPlan, choices: Mapping[int, Choice]) -> Outcome:
    """What would be written, for a button to say. Raises UserError("map-chosen-twice")."""
    return map_choices.decide(plan.rows, choices, plan.entity)


def apply(session: Session, plan: MapPlan, *, choices: Mapping[int, Choice] | None = None, title: str = "") -> Values:
    """Write what was matched and chosen: one batch for each committee; what lies under the map beside the ledger.

    title: of a layer under the map. Returns features, matched, changed, new, ground, findings, batches, batch (the one,
    if it is one: what undo may be offered for). Raises UserError: map-chosen-twice, map-plan-old, map-new-at-centre,
    and what `ground.keep` raises; Refused.
    """
    session.require("maps.change")
    title = title or (plan.layer if plan.layer not in ("", plan.file.name) else plan.file.stem)
    if not plan.entity:
        return _apply_under(session, plan, title)
    outcome = decided(plan, choices or {})
    if outcome.new:
        session.require("records.add")
        if session.role != "committee" or plan.target not in MADE:
            raise UserError("map-new-at-centre")
    if outcome.ground:
        shadows = [{"geometry": each.geometry, "name": each.name} for each in outcome.ground]
        ground.keep(session, "footprints", title, plan.source, shadows, file=plan.file.name)
    held = {each.id: each.geometry for each in plan.known}
    different = {id_: shape.geometry for id_, shape in outcome.to.items() if held.get(id_) != shape.geometry}
    batches = _write(session, plan, different, outcome.new)
    if plan.said:
        map_columns.keep(session, plan.target, plan.said)
    findings = sorted([*plan.findings, *outcome.findings], key=lambda each: each.row or 0)
    return {
        "features": plan.features, "matched": outcome.matched, "changed": len(different), "new": len(outcome.new),
        "ground": len(outcome.ground), "findings": findings, "batches": batches,
        "batch": batches[0] if len(batches) == 1 else "",
    }  # fmt: skip


def _apply_under(session: Session, plan: MapPlan, title: str) -> Values:
    kind: Kind = plan.target  # type: ignore[assignment]  # one of mappacks.BASES
    kept = ground.keep(session, kind, title, plan.source, plan.kept, file=plan.file.name)
    count = int(kept.about["count"])
    return {
        "features": plan.features, "matched": count, "changed": 0, "new": 0, "ground": count,
        "findings": list(plan.findings), "batches": [], "batch": "",
    }  # fmt: skip


def _write(session: Session, plan: MapPlan, shapes: Mapping[str, Geometry], new: Sequence[New]) -> list[str]:
    """At a centre each committee's rows are corrected in the centre's chain for it; its own rows in its own."""
    owner = {each.id: each.of for each in plan.known}
    by_committee: dict[str, list[str]] = {}
    for row in shapes:
        by_committee.setdefault(owner[row], []).append(row)
    if new:
        by_committee.setdefault(session.committee_id, [])
    batches = []
    for committee, rows in by_committee.items():
        with session.writing("import", committee) as writing:
            writing.act("import", "batch", writing.batch, {"file": plan.file.name})
            for row in rows:
                if plan.entity != "committee" and present.one(writing.connection, committee, plan.entity, row) is None:
                    raise UserError("map-plan-old", file=plan.file.name)
                writing.change(plan.entity, row, {"geometry": shapes[row]})
            if committee == session.committee_id:
                _make(writing, plan, new)
        batches.append(writing.batch)
    return batches


def _make(writing: Writing, plan: MapPlan, new: Sequence[New]) -> None:
    """New places with their outlines; one that has come meanwhile gets the outline only."""
    committee = writing.author.committee_id
    known = {each["name"]: each["id"] for each in plan.estates if each["of"] == committee}
    for name in dict.fromkeys(each.estate for each in new if each.estate not in known):
        known[name] = ids.place_id(committee, (name,))
        writing.change("estate", known[name], {"name": name})
    for each in new:
        drawn = {"geometry": each.shape.geometry}
        if plan.entity == "estate":
            writing.change("estate", known[each.estate], drawn)
            continue
        row = ids.place_id(committee, (each.estate, each.lane, each.number))
        names = {"estate": known[each.estate], "number": each.number, **({"lane": each.lane} if each.lane else {})}
        there = present.one(writing.connection, committee, "building", row) is not None
        writing.change("building", row, drawn if there else names | drawn)


# ---------------------------------------------------------------- the command line's way


def import_layer(
    session: Session, file: Path, layer: str, *, crs: str = AUTO, sheet_layer: str = "", columns: Mapping[str, str] | None = None,
    new: bool = False, estate: str = "", parts: bool = False, dry_run: bool = False,
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Values:  # fmt: skip
    """Open, match and write in one go what is sure; what fits nothing is a finding. new: what is known nowhere is made.

    estate: to which estate new buildings belong that name none. Returns what `apply` does, and crs, proposals (per
    outline: row, value, problem, of: what may be meant). Raises UserError: map-which-layer, map-crs-unsure, and what
    `open_file`, `preview` and `apply` raise.
    """
    opened = open_file(session, file, progress=progress, cancelled=cancelled)
    number = _layer_named(opened, sheet_layer, layer)
    plan = preview(
        session, opened, number, layer, system=crs, columns=columns, parts=parts, progress=progress, cancelled=cancelled
    )
    if crs == AUTO and not is_plain(plan.system):
        raise UserError("map-crs-unsure", file=file.name, known=[each.key for each in opened.systems[number]])
    made = {
        row.row: Choice("new", estate=estate) for row in plan.rows if new and map_choices.may_be_made(row, plan.entity)
    }
    done = _would(plan, made) if dry_run else apply(session, plan, choices=made)
    return {**done, "crs": plan.system.key, "proposals": _proposals(plan, made)}


def _would(plan: MapPlan, choices: Mapping[int, Choice]) -> Values:
    outcome = decided(plan, choices)
    held = {each.id: each.geometry for each in plan.known}
    changed = sum(held.get(id_) != shape.geometry for id_, shape in outcome.to.items())
    return {
        "features": plan.features, "matched": outcome.matched if plan.entity else len(plan.kept), "changed": changed,
        "new": len(outcome.new), "ground": len(outcome.ground) if plan.entity else len(plan.kept),
        "findings": sorted([*plan.findings, *outcome.findings], key=lambda each: each.row or 0), "batches": [], "batch": "",
    }  # fmt: skip


def _layer_named(opened: Opened, name: str, target: str) -> int:
    fits = [n for n, each in enumerate(opened.layers) if (each.name == name if name else opened.targets[n] == target)]
    if len(opened.layers) == 1 and not name:
        return 0
    if len(fits) != 1:
        raise UserError("map-which-layer", file=opened.file.name, known=[each.name for each in opened.layers])
    return fits[0]


def _proposals(plan: MapPlan, made: Mapping[int, Choice]) -> list[Values]:
    titles = {each.id: each.title for each in plan.known}
    return [
        {"row": row.row, "value": row.shape.said, "problem": row.found.problem,
         "of": [{"id": each.target, "name": titles[each.target], "score": each.score, "why": each.why}
                for each in row.found.proposals]}
        for row in plan.rows if row.found.proposals and row.row not in made
    ]  # fmt: skip
