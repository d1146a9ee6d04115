"""地图: what a street, a committee or an estate shows by one measure, ready to be drawn.

The reader's rights decide what leaves: whoever has no level 2 is told no small counts and sees no building's doors.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.db import history, measures, present
from app.db.connection import Connection
from app.db.measures import Told
from app.domain import maps as words
from app.domain.access import level_of
from app.domain.findings import UserError
from app.domain.maps import Drawing, Measure, Thing
from app.domain.visits import STALE_AFTER
from app.maps import schematic
from app.services import committees, places
from app.services.session import Session
from app.services.values import Values

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
    placed = schematic.committees([(row["id"], row.get("geometry")) for row in known])
    lying = set(session.scope(connection))
    things = []
    for row in known:
        told = _sum(_counts(session, connection, row["id"], measure, days)) if row["id"] in lying else None
        until = history.last_change(connection, row["id"]) or ""
        name_ = str(row.get("name", ""))
        things.append(Thing(
            row["id"], "committee", name_, placed.geometries[row["id"]], _short(name_),
            told.value if told and until else None, told.people if told and until else None, until=until,
            old=words.is_old(until, session.now()), placed=row["id"] not in placed.stand_ins,
        ))  # fmt: skip
    return _drawing(session, "group" if group else "street", group or session.committee_id, name, measure, things, ())


def _short(name: str) -> str:
    """`培花新村第九` for 培花新村第九居委会: all of them are committees."""
    return name.removesuffix("居委会").removesuffix("居民区") or name


def _counts(session: Session, connection: Connection, committee: str, measure: Measure, days: int) -> dict[str, Told]:
    return measures.by_building(connection, committee, measure.key, session.now().date(), days)


def _sum(counts: dict[str, Told]) -> Told:
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
    for building in places.in_walking_order(present.outlines(connection, committee)):
        if building["estate"] in by_estate:
            by_estate[building["estate"]].append(building)
    own = _row_of(session, connection, committee)
    placed = schematic.estates(
        [
            schematic.Estate(
                row["id"], row.get("geometry"),
                [schematic.Place(each["id"], each["geometry"], each["lane"] or "") for each in by_estate[row["id"]]],
            )
            for row in rows
        ],
        own.get("geometry"),
    )  # fmt: skip
    counts = _counts(session, connection, committee, measure, days)
    until = history.last_change(connection, committee) or ""
    things = [
        Thing(
            each["id"], "building", _building_name(each, row, alone=bool(estate)), placed.geometries[each["id"]],
            str(each["number"] or ""), counts.get(each["id"], Told(0, 0)).value, counts.get(each["id"], Told(0, 0)).people,
            placed=each["id"] not in placed.stand_ins,
        )
        for row in rows for each in by_estate[row["id"]]
    ]  # fmt: skip
    around = [
        Thing(row["id"], "estate", str(row.get("name", "")), placed.geometries[row["id"]],
              placed=row["id"] not in placed.stand_ins)
        for row in rows
    ]  # fmt: skip
    level, id_ = ("estate", estate) if estate else ("committee", committee)
    name = str(rows[0].get("name", "")) if estate else str(own.get("name", ""))
    return _drawing(session, level, id_, name, measure, things, around, until)


def _row_of(session: Session, connection: Connection, committee: str) -> Values:
    return next((row for row in committees.known(session, connection) if row["id"] == committee), {})


def _building_name(building: Values, estate: Values, *, alone: bool) -> str:
    """`901弄12号`; where there is no lane and several estates, the estate's name in front."""
    lane, number = building["lane"] or "", building["number"] or ""
    return f"{lane}{number}" if lane or alone else f"{estate.get('name', '')} {number}"


def _drawing(
    session: Session, level: str, id_: str, name: str, measure: Measure, things: Sequence[Thing],
    around: Sequence[Thing], until: str = "",
) -> Drawing:  # fmt: skip
    told = tuple(things) if level_of(session.roles) >= 2 else words.withheld(things)
    classes, legend = words.legend(told, measure.palette)
    newest = until or max((each.until for each in told), default="")
    return Drawing(
        level, id_, name, measure, told, tuple(around), legend, words.total(told), newest, session.rehearsal, classes
    )


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
