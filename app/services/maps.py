"""地图: what a street, a committee or an estate shows by one measure, ready to be drawn.

The reader's rights decide what leaves: whoever has no level 2 is told no small counts and sees no building's doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.db import measures, present
from app.db.connection import Connection
from app.db.measures import Told
from app.domain import geometry
from app.domain import maps as words
from app.domain.access import level_of
from app.domain.findings import UserError
from app.domain.geometry import Geometry
from app.domain.maps import Drawing, Measure, Thing
from app.domain.visits import STALE_AFTER
from app.maps import schematic
from app.services import committees, places
from app.services.session import Session
from app.services.values import Values

NOWHERE = "nowhere"
"""Stands for the estate of buildings that belong to none."""
FIRST = {"committee": "committee", "centre": "street"}
"""The level at which a workspace's map opens, by its role."""


def draw(session: Session, level: str, ref: str = "", *, colour: str = "residents", days: int = STALE_AFTER) -> Drawing:
    """A map of a level: things with their values, classes, legend, and the time of the data.

    ref: id or path; for a street none is needed, for a committee's own PC none for its committee.
    Raises UserError: measure-unknown, map-level, path-unknown, path-ambiguous, committee-unknown; Refused.
    """
    session.require("maps.read")
    measure = words.measure(colour)
    with session.db.reading() as connection:
        if level in ("street", "group"):
            return _street(session, connection, measure, days, group=ref if level == "group" else "")
        if level not in ("committee", "estate"):
            raise UserError("map-level", level=level)
        committee = _committee_named(session, connection, ref) if level == "committee" else ""
        estate = places.resolve_in(connection, session, ref, "estate")[1] if level == "estate" else ""
        committee = committee or session.committee_of(connection, "estate", estate)
        return _estates(session, connection, measure, days, committee, estate)


# ---------------------------------------------------------------- the street


def _street(session: Session, connection: Connection, measure: Measure, days: int, group: str) -> Drawing:
    known = committees.known(session, connection)
    name = session.name
    if group:
        group, name = _group_named(session, connection, group)
        known = [row for row in known if row.get("group") == group]
    placed = schematic.committees([(row["id"], _shape(row.get("geometry"))) for row in known])
    things = []
    for row in known:
        until = committees.until(session, connection, row["id"])
        own = until or measure.key == "incidents"  # the centre's own are known before anything came from there
        counts = _counts(session, connection, row["id"], measure, days) if own else {}
        told = _sum(counts) if until or counts else None
        name_ = str(row.get("name", ""))
        things.append(Thing(
            row["id"], "committee", name_, placed.geometries[row["id"]], _short(name_),
            told.value if told else None, told.people if told and until else None, until=until,
            old=words.is_old(until, session.now()), placed=row["id"] not in placed.stand_ins,
        ))  # fmt: skip
    return _drawing(session, "group" if group else "street", group or session.committee_id, name, measure, things)


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


def _counts(
    session: Session, connection: Connection, committee: str, measure: Measure, days: int
) -> dict[str | None, Told]:
    return measures.by_building(connection, committee, measure.key, session.now().date(), days)


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


def _estates(
    session: Session, connection: Connection, measure: Measure, days: int, committee: str, estate: str
) -> Drawing:
    """The buildings of a committee's estates, or of one estate, inside the estates' outlines."""
    rows = present.where(connection, committee, "estate", **({"id": estate} if estate else {}))
    by_estate: dict[str, list[Values]] = {row["id"]: [] for row in rows}
    loose: list[Values] = []
    for building in places.in_walking_order(present.outlines(connection, committee)):
        by_estate.get(building["estate"], loose).append(building)
    if loose and not estate:
        rows.append({"id": NOWHERE})
        by_estate[NOWHERE] = loose
    own = _row_of(session, connection, committee)
    placed = _placed(rows, by_estate, _area(own.get("geometry")))
    counts = _counts(session, connection, committee, measure, days)
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
    return _drawing(session, level, id_, name, measure, things, around, until, elsewhere)


def _placed(rows: list[Values], by_estate: dict[str, list[Values]], within: Geometry | None) -> schematic.Placed:
    found = [
        schematic.Estate(
            row["id"], _area(row.get("geometry")),
            [schematic.Place(each["id"], _shape(each["geometry"]), each["lane"] or "") for each in by_estate[row["id"]]],
        )
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
    session: Session, level: str, id_: str, name: str, measure: Measure, things: Sequence[Thing],
    around: Sequence[Thing] = (), until: str = "", elsewhere: int = 0,
) -> Drawing:  # fmt: skip
    """elsewhere: of the measure, who belongs to no building on the map."""
    if level_of(session.roles) < 2:
        things, elsewhere = words.withheld(things), 0
    classes, legend = words.legend(things, measure.palette)
    total = words.total(things)
    times = [each.until for each in things if each.until] or [until]
    return Drawing(
        level, id_, name, measure, tuple(things), tuple(around), legend, None if total is None else total + elsewhere,
        min(times, default=""), session.rehearsal, classes, max(times, default=""), elsewhere,
    )  # fmt: skip


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
            steps.insert(0, (level, id_, str(_row_of(session, connection, id_).get("name", ""))))
        if session.role == "centre":
            steps.insert(0, ("street", session.committee_id, session.name))
    return steps


def _shown(session: Session, connection: Connection, entity: str, row: str) -> Values:
    found = present.one(connection, session.committee_of(connection, entity, row), entity, row)
    if found is None:
        raise UserError("path-unknown", path=row)
    return found
