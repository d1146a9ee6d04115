"""A building's doors made by a rule: what is there stays, only what is missing is added, in one batch for many buildings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.db import present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import written_before
from app.domain import addresses, ids, numbering
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.numbering import Door, Rule
from app.services import places, records
from app.services.session import Session
from app.services.values import Values

MOST_AT_ONCE = 20_000
"""Doors of all buildings of one batch."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rule means for one building. existing: how many of its doors are there already.

    extra: rooms that are there and that the rule does not know; they stay. taken: rooms that cannot be made, since their
    place is now that of a door with another number. sets: the building's own fields that will differ.
    """

    building: str
    name: str
    new: tuple[Door, ...]
    existing: int
    extra: tuple[str, ...]
    taken: tuple[str, ...]
    sets: tuple[tuple[str, int], ...]


def preview(session: Session, buildings: Sequence[str], rule: Rule) -> list[Plan]:
    """What `apply` would do to each of these buildings (ids or paths).

    Raises UserError: path-unknown, path-ambiguous, committee-not-yours, those of `numbering.check`; Refused.
    """
    session.require("records.add")
    return list(_plans(session, buildings, rule))


def known(session: Session, building: str) -> Values:
    """What is recorded of a building that a rule would say: name, floors, rooms_per_floor, units, and its doors."""
    session.require("records.add")
    with session.db.reading() as connection:
        row = _own(session, connection, building)
        values = present.one(connection, session.committee_id, "building", row) or {}
        doors = present.where(connection, session.committee_id, "dwelling", building=row)
    return {
        "name": f"{values.get('lane', '')}{values.get('number', '')}", "doors": doors,
        **{key: values[key] for key in ("floors", "rooms_per_floor", "units") if values.get(key)},
    }  # fmt: skip


def beside(session: Session, building: str) -> list[Values]:
    """The other buildings of the same estate in walking order: id, name, and how many doors each has."""
    session.require("records.add")
    with session.db.reading() as connection:
        row = _own(session, connection, building)
        estate = (present.one(connection, session.committee_id, "building", row) or {}).get("estate")
        found = present.buildings(connection, session.committee_id, estate) if estate else []
        return [
            {"id": each["id"], "name": f"{each['lane'] or ''}{each['number'] or ''}",
             "doors": each["dwellings"]}
            for each in places.in_walking_order(found) if each["id"] != row
        ]  # fmt: skip


def apply(
    session: Session, buildings: Sequence[str], rule: Rule, *, progress: Progress = quiet, cancelled: Cancelled = never
) -> Values:
    """Add the missing doors of buildings, and write what the rule says of each: one batch, "" if nothing was missing.

    Returns new, existing, extra, taken (counts), buildings, batch. Raises as `preview`; generator-many, cancelled.
    """
    session.require("records.add")
    session.require("records.change")
    plans: list[Plan] = []
    for plan in _plans(session, buildings, rule):
        check(cancelled)
        plans.append(plan)
        progress(len(plans), 2 * len(buildings), "generator-reading")
    count = sum(len(plan.new) for plan in plans)
    if count > MOST_AT_ONCE:
        raise UserError("generator-many", count=count, most=MOST_AT_ONCE)
    done = {
        "new": count, "existing": sum(plan.existing for plan in plans), "extra": sum(len(plan.extra) for plan in plans),
        "taken": sum(len(plan.taken) for plan in plans), "buildings": len(plans), "batch": "",
    }  # fmt: skip
    if not any(plan.new or plan.sets for plan in plans):
        return done
    with session.writing("create") as writing:
        for number, plan in enumerate(plans):
            check(cancelled)
            progress(len(plans) + number, 2 * len(plans), "generator-writing")
            _write(session, writing, plan)
    return done | {"batch": writing.batch}


def _own(session: Session, connection: Connection, building: str) -> str:
    """A building of this committee: a centre makes no places for others."""
    if session.role != "committee":
        raise UserError("committee-not-yours", entity=ENTITIES["dwelling"].title)
    return places.resolve_in(connection, session, building, "building")[1]


def _plans(session: Session, buildings: Sequence[str], rule: Rule) -> Iterator[Plan]:
    made = numbering.doors(rule)
    with session.db.reading() as connection:
        standing = _standing(session, connection)
        for row in dict.fromkeys(_own(session, connection, each) for each in buildings):
            yield _plan(session, connection, row, rule, made, standing)


def _standing(session: Session, connection: Connection) -> frozenset[str]:
    """Ids of all doors that are shown: a door keeps its own when its number or its building is corrected."""
    return frozenset(str(row[5]) for row in present.doors(connection, session.committee_id) if row[5])


def _plan(
    session: Session, connection: Connection, row: str, rule: Rule, made: Sequence[Door], standing: frozenset[str]
) -> Plan:
    committee = session.committee_id
    building = present.one(connection, committee, "building", row) or {}
    there = {
        (str(each.get("unit") or ""), addresses.room(str(each.get("room") or ""))[0])
        for each in present.where(connection, committee, "dwelling", building=row)
    }
    wanted = {(door.unit, door.room) for door in made}
    missing = [door for door in made if (door.unit, door.room) not in there]
    path = records.place_path(connection, committee, "building", row)
    taken = tuple(door for door in missing if ids.place_id(committee, (*path, door.unit, door.room)) in standing)
    sets = {
        "floors": sum(floor > 0 for floor in rule.storeys), "units": rule.units,
        "rooms_per_floor": rule.units * max(rule.rooms_on(nth) for nth in range(len(rule.storeys))),
    }  # fmt: skip
    return Plan(
        row, f"{building.get('lane', '')}{building.get('number', '')}",
        tuple(door for door in missing if door not in taken), len(made) - len(missing),
        tuple(spoken(*key) for key in sorted(there - wanted)), tuple(spoken(door.unit, door.room) for door in taken),
        tuple((key, value) for key, value in sets.items() if building.get(key) != value),
    )  # fmt: skip


def spoken(unit: str, room: str) -> str:
    """`302`, `2/302` in the second unit, `—` for a door without a number."""
    return "/".join(filter(None, (unit, room))) or "—"


def _write(session: Session, writing: Writing, plan: Plan) -> None:
    """The missing doors; one that was there once and was deleted is taken back."""
    path = records.place_path(writing.connection, session.committee_id, "building", plan.building)
    rows: dict[str, Values] = {
        ids.place_id(session.committee_id, (*path, door.unit, door.room)):
            {"building": plan.building, **{key: value for key, value in door._asdict().items() if value != ""}}
        for door in plan.new
    }  # fmt: skip
    before = written_before(writing.connection, list(rows))
    writing.create("dwelling", ((row, values) for row, values in rows.items() if row not in before))
    for row in before:
        writing.change("dwelling", row, rows[row])
    if plan.sets:
        writing.change("building", plan.building, dict(plan.sets))
