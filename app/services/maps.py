"""地图: what a street, a committee or an estate shows by one measure, ready to be drawn.

The reader's rights decide what leaves: whoever has no level 2 is told no small counts and sees no building's doors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.db import measures, present
from app.db.connection import Connection
from app.db.measures import Told
from app.domain import geometry, shading
from app.domain import maps as words
from app.domain.access import level_of
from app.domain.findings import UserError
from app.domain.geometry import Geometry
from app.domain.maps import PLAIN, Drawing, Measure, Shading, Thing
from app.domain.visits import STALE_AFTER
from app.maps import blocks, schematic
from app.services import committees, places
from app.services.session import Session
from app.services.values import Values

NOWHERE = "nowhere"
"""Stands for the estate of buildings that belong to none."""
FIRST = {"committee": "committee", "centre": "street"}
"""The level at which a workspace's map opens, by its role."""
Lived = Mapping[str, int | None]
"""Thing -> who live there, None where it is not known: what rates are made of."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a map is asked to show, and whether its reader may know small counts."""

    measure: Measure
    days: int
    shading: Shading
    entitled: bool
    only: bool


def draw(
    session: Session, level: str, ref: str = "", *, colour: str = "residents", days: int = STALE_AFTER,
    shading: Shading = PLAIN, outside: bool = False, only: bool = False,
) -> Drawing:  # fmt: skip
    """A map of a level: things with their values, classes, legend, and the time of the data.

    ref: id or path; for a street none is needed, for a committee's own PC none for its committee. outside: it goes to
    somebody who may know totals only, whoever makes it. only: things without any of the measure are drawn faint.
    Raises UserError: measure-unknown, map-palette, map-level, path-unknown, path-ambiguous, committee-unknown; Refused.
    """
    session.require("maps.read")
    measure = words.measure(colour)
    entitled = level_of(session.roles) >= 2 and not outside
    asked = _Asked(measure, days, words.shading_for(measure, shading), entitled, only)
    with session.db.reading() as connection:
        if level in ("street", "group"):
            return _street(session, connection, asked, group=ref if level == "group" else "")
        if level not in ("committee", "estate"):
            raise UserError("map-level", level=level)
        committee = _committee_named(session, connection, ref) if level == "committee" else ""
        estate = places.resolve_in(connection, session, ref, "estate")[1] if level == "estate" else ""
        committee = committee or session.committee_of(connection, "estate", estate)
        return _estates(session, connection, asked, committee, estate)


def for_outside(drawing: Drawing) -> Drawing:
    """A map that was drawn for this account, for somebody who may know totals only."""
    return words.for_outside(drawing)


# ---------------------------------------------------------------- the street


def _street(session: Session, connection: Connection, asked: _Asked, group: str) -> Drawing:
    known = committees.known(session, connection)
    name = session.name
    if group:
        group, name = _group_named(session, connection, group)
        known = [row for row in known if row.get("group") == group]
    grouped = asked.shading.areas == "group" and not group
    groups = {row["id"]: str(row.get("name", "")) for row in present.where(connection, session.committee_id, "group")}
    if grouped:  # stand-ins of a group beside each other
        known.sort(key=lambda row: groups.get(str(row.get("group")), "~"))
    shapes = [(row["id"], _area(row.get("geometry")) if grouped else _shape(row.get("geometry"))) for row in known]
    placed = schematic.committees(shapes)
    found = [_committee(session, connection, asked, row, placed) for row in known]
    things = [thing for thing, _ in found]
    lived: Lived = {thing.id: people for thing, people in found}
    if grouped:
        things, lived = _united(known, groups, things, lived)
    level, id_ = ("group", group) if group else ("street", session.committee_id)
    return _drawing(session, asked, level, id_, name, things, lived)


def _committee(
    session: Session, connection: Connection, asked: _Asked, row: Values, placed: schematic.Placed
) -> tuple[Thing, int | None]:
    """A committee on the street's map, and who live there."""
    id_, name, measure = row["id"], str(row.get("name", "")), asked.measure
    until = committees.until(session, connection, id_)
    own = until or measure.key == "incidents"  # the centre's own are known before anything came from there
    counts = _counts(session, connection, id_, asked) if own else {}
    told = _sum(counts) if until or counts else None
    thing = Thing(
        id_, "committee", name, placed.geometries[id_], _short(name), told.value if told else None,
        told.people if told and until else None, until=until, old=words.is_old(until, session.now()),
        placed=id_ not in placed.stand_ins,
    )  # fmt: skip
    lived = sum(_lived(connection, id_, asked, counts).values()) if until else None
    return thing, lived


def _united(
    known: Sequence[Values], groups: Mapping[str, str], things: Sequence[Thing], lived: Lived
) -> tuple[list[Thing], Lived]:
    """The committees of each group as one thing; one that is in no group stays what it is."""
    from app.maps.dissolving import dissolved  # it loads what computes outlines

    of = {row["id"]: str(row.get("group")) for row in known}
    made, people = [thing for thing in things if of[thing.id] not in groups], dict(lived)
    for id_, name in groups.items():
        some = [thing for thing in things if of[thing.id] == id_]
        if some:
            made.append(words.united(some, id_, name, dissolved([thing.geometry for thing in some])))
            told = [count for thing in some if (count := lived[thing.id]) is not None]
            people[id_] = sum(told) if told else None
    return made, people


def _shape(value: object) -> Geometry | None:
    """An outline that can be drawn, or None: whatever stands in the field came from somebody's file or bundle."""
    try:
        return geometry.read(value) if value is not None else None
    except geometry.GeometryError:
        return None


def _area(value: object) -> Geometry | None:
    """The same for what things lie in: a point is no outline."""
    shape = _shape(value)
    return shape if shape and shape["type"] != "Point" else None


def _short(name: str) -> str:
    """`培花新村第九` for 培花新村第九居委会: all of them are committees."""
    return name.removesuffix("居委会").removesuffix("居民区") or name


def _counts(session: Session, connection: Connection, committee: str, asked: _Asked) -> dict[str | None, Told]:
    return measures.by_building(connection, committee, asked.measure.key, session.now().date(), asked.days)


def _lived(
    connection: Connection, committee: str, asked: _Asked, counts: Mapping[str | None, Told]
) -> dict[str | None, int]:
    """Who live in each building: what rates are made of. Of households the counts tell only who lives in those counted."""
    if asked.shading.per == "count":
        return {}
    if asked.measure.unit != "households":
        return {building: told.people for building, told in counts.items()}
    return {building: people for building, (_, people) in measures.living(connection, committee).items()}


def _sum(counts: dict[str | None, Told]) -> Told:
    return Told(sum(each.value for each in counts.values()), sum(each.people for each in counts.values()))


def _group_named(session: Session, connection: Connection, ref: str) -> tuple[str, str]:
    for row in present.where(connection, session.committee_id, "group"):
        if ref in (row["id"], row.get("name")):
            return row["id"], str(row.get("name", ""))
    raise UserError("path-unknown", path=ref)


def _committee_named(session: Session, connection: Connection, ref: str) -> str:
    if not ref and session.role == "committee":
        return session.committee_id
    for row in committees.known(session, connection):
        if ref and ref in (row["id"], row.get("code"), row.get("name")):
            return str(row["id"])
    raise UserError("committee-unknown", name=ref)


# ---------------------------------------------------------------- estates and their buildings


def _estates(session: Session, connection: Connection, asked: _Asked, committee: str, estate: str) -> Drawing:
    """The buildings of a committee's estates, or of one estate, inside the estates' outlines."""
    rows = present.where(connection, committee, "estate", **({"id": estate} if estate else {}))
    by_estate: dict[str, list[Values]] = {row["id"]: [] for row in rows}
    loose: list[Values] = []
    for building in places.in_walking_order(present.outlines(connection, committee)):
        by_estate.get(building["estate"], loose).append({**building, "geometry": _shape(building["geometry"])})
    if loose and not estate:
        rows.append({"id": NOWHERE})
        by_estate[NOWHERE] = loose
    own = _row_of(session, connection, committee)
    shared = _shared(connection, committee, [each for row in rows for each in by_estate[row["id"]]])
    placed = _placed(rows, by_estate, shared.outlines, _area(own.get("geometry")))
    counts = _counts(session, connection, committee, asked)
    lived = _lived(connection, committee, asked, counts)
    until = committees.until(session, connection, committee)
    things = [
        _building(each, row, counts.pop(each["id"], Told(0, 0)), placed, alone=bool(estate))
        for row in rows for each in by_estate[row["id"]]
    ]  # fmt: skip
    if until and words.is_old(until, session.now()):
        things = [replace(each, until=until, old=True) for each in things]
    around = [
        Thing(row["id"], "estate", str(row.get("name", "")), placed.geometries[row["id"]],
              placed=row["id"] not in placed.stand_ins)
        for row in rows
    ]  # fmt: skip
    level, id_ = ("estate", estate) if estate else ("committee", committee)
    name = str(rows[0].get("name", "")) if estate else str(own.get("name", ""))
    elsewhere = 0 if estate else sum(told.value for told in counts.values())
    made = _drawing(session, asked, level, id_, name, things, {each.id: lived.get(each.id, 0) for each in things},
                    around, until, elsewhere)  # fmt: skip
    return replace(made, blocks=tuple(Thing(each.id, "block", each.label, each.geometry) for each in shared.blocks))


def _shared(connection: Connection, committee: str, buildings: Sequence[Values]) -> blocks.Shared:
    """The footprints that several buildings stand in, and every 幢 of their estates that has an outline."""
    there = {each["estate"] for each in buildings}
    known = [
        blocks.Block(row["id"], blocks.label_of(str(row.get("label", ""))), shape)
        for row in present.where(connection, committee, "block")
        if row.get("estate") in there and (shape := _area(row.get("geometry")))
    ]  # fmt: skip
    houses = [blocks.House(each["id"], each["geometry"], str(each["block"] or "")) for each in buildings]
    return blocks.share(houses, known)


def _placed(
    rows: list[Values], by_estate: dict[str, list[Values]], parts: Mapping[str, Geometry], within: Geometry | None
) -> schematic.Placed:
    """parts: of the buildings that share a footprint, which of it is theirs."""
    found = [
        schematic.Estate(row["id"], _area(row.get("geometry")), [
            schematic.Place(each["id"], parts.get(each["id"], each["geometry"]), each["lane"] or "")
            for each in by_estate[row["id"]]
        ])
        for row in rows
    ]  # fmt: skip
    return schematic.estates(found, within)


def _building(building: Values, estate: Values, told: Told, placed: schematic.Placed, *, alone: bool) -> Thing:
    id_ = building["id"]
    return Thing(
        id_, "building", _building_name(building, estate, alone=alone), placed.geometries[id_],
        str(building["number"] or ""), told.value, told.people, placed=id_ not in placed.stand_ins,
    )  # fmt: skip


def _row_of(session: Session, connection: Connection, committee: str) -> Values:
    return next((row for row in committees.known(session, connection) if row["id"] == committee), {})


def _building_name(building: Values, estate: Values, *, alone: bool) -> str:
    """`901弄12号`; where there is no lane and several estates, the estate's name in front."""
    lane, number = building["lane"] or "", building["number"] or ""
    return f"{lane}{number}" if lane or alone else f"{estate.get('name', '')} {number}"


def _drawing(
    session: Session, asked: _Asked, level: str, id_: str, name: str, things: Sequence[Thing], lived: Lived,
    around: Sequence[Thing] = (), until: str = "", elsewhere: int = 0,
) -> Drawing:  # fmt: skip
    """elsewhere: of the measure, who belongs to no building on the map."""
    times = [each.until for each in things if each.until] or [until]
    if thousand := asked.shading.per == "thousand":
        things = words.rated([replace(each, lived=lived.get(each.id)) for each in things], lived)
    shown, aside = words.having(things) if asked.only else (things, ())
    made = Drawing(
        level, id_, name, asked.measure, (), tuple(around), (), None, min(times, default=""), session.rehearsal,
        newest=max(times, default=""), elsewhere=elsewhere, shading=asked.shading, aside=tuple(aside), only=asked.only,
        order=tuple(each.id for each in things) if asked.only else (),
        days=asked.days if asked.measure.key == "stale" else 0,
    )  # fmt: skip
    drawing = made.with_things(shown)
    if not asked.entitled:
        return words.for_outside(drawing)
    return replace(drawing, rate=_whole_rate(things, lived)) if thousand else drawing


def _whole_rate(things: Sequence[Thing], lived: Lived) -> float | None:
    """Of all of which the figure and the people are known."""
    known = [(each.value, people) for each in things if each.value is not None and (people := lived.get(each.id))]
    return shading.rate(sum(value for value, _ in known), sum(people for _, people in known)) if known else None


# ---------------------------------------------------------------- a step down, a step up


def above(session: Session, level: str, id_: str) -> list[tuple[str, str, str]]:
    """The way down to a map: (level, id, name) of everything above it and of itself, the top one first."""
    session.require("maps.read")
    with session.db.reading() as connection:
        steps: list[tuple[str, str, str]] = []
        if level == "building":
            building = _shown(session, connection, "building", id_)
            steps.insert(0, (level, id_, f"{building.get('lane', '')}{building.get('number', '')}"))
            level, id_ = "estate", str(building.get("estate", ""))
            if (
                not id_
                or present.one(connection, session.committee_of(connection, "estate", id_), "estate", id_) is None
            ):
                level, id_ = "committee", session.committee_of(connection, "building", steps[0][1])
        if level == "estate":
            estate = _shown(session, connection, "estate", id_)
            steps.insert(0, (level, id_, str(estate.get("name", ""))))
            level, id_ = "committee", session.committee_of(connection, "estate", id_)
        if level == "committee":
            row = _row_of(session, connection, id_)
            steps.insert(0, (level, id_, str(row.get("name", ""))))
            level, id_ = "group", str(row.get("group", ""))
        if level == "group" and session.role == "centre":
            groups = present.where(connection, session.committee_id, "group", id=id_)
            steps[:0] = [("group", id_, str(row.get("name", ""))) for row in groups]
        if session.role == "centre":
            steps.insert(0, ("street", session.committee_id, session.name))
    return steps


def _shown(session: Session, connection: Connection, entity: str, row: str) -> Values:
    found = present.one(connection, session.committee_of(connection, entity, row), entity, row)
    if found is None:
        raise UserError("path-unknown", path=row)
    return found
