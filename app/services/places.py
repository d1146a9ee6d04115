"""Walking the places: estates, buildings, doors, households, and readable paths to and from ids."""

from __future__ import annotations

import re

from app.db import present
from app.db.connection import Connection
from app.domain import access, addresses, names
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.people import household_order
from app.services.session import Session
from app.services.values import Values, presented

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HOUSEHOLD = re.compile(r"户(\d+)")
DEPTH = ("estate", "building", "dwelling", "household", "resident")
Found = tuple[str, str]


# ---------------------------------------------------------------- lists


def estates(session: Session) -> list[Values]:
    """Estates with their buildings and people counted; small counts are not told to a reader of totals."""
    session.require("summaries.read")
    with session.db.reading() as connection:
        return [
            {**row, "residents": access.told(row["residents"], session.roles), "committee": committee}
            for committee in session.scope(connection)
            for row in present.estates(connection, committee)
        ]


def buildings(session: Session, estate: str) -> list[Values]:
    """Buildings in walking order: by lane, then number."""
    session.require("places.read")
    with session.db.reading() as connection:
        rows = present.buildings(connection, session.committee_of(connection, "estate", estate), estate)
    return in_walking_order(rows)


def in_walking_order(buildings: list[Values]) -> list[Values]:
    """By lane, then number."""
    return sorted(
        buildings,
        key=lambda row: (_number(row["lane"]), row["lane"] or "", _number(row["number"]), row["number"] or ""),
    )


def dwellings(session: Session, building: str) -> list[Values]:
    """Doors from the top floor down, each with its households (label, head's name, head count)."""
    session.require("places.read")
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "building", building)
        rows = present.where(connection, committee, "dwelling", building=building)
        prefix = path_of(connection, committee, "building", building)
        households: dict[str, list[Values]] = {}
        for dwelling, row, label, head, count in present.households_in(connection, committee, building):
            households.setdefault(dwelling, []).append({"id": row, "label": label, "head": head, "residents": count})
    for row in rows:
        row.pop("building", None)
        row.setdefault("floor", addresses.floor_of(row.get("room", "")))
        row["path"] = "/".join(filter(None, (prefix, row.get("unit"), row.get("room"))))
        row["households"] = households.get(row["id"], [])
    return sorted(
        rows, key=lambda row: (-(row["floor"] or 0), row.get("unit", ""), _number(row.get("room")), row.get("room", ""))
    )


def residents(session: Session, household: str) -> list[Values]:
    """The people of a household, 户主 first, phones and level 3 masked."""
    session.require("places.read")
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "household", household)
        rows = present.where(connection, committee, "resident", household=household)
    return [
        presented(session, "resident", row, sensitive=False, phones=False) for row in sorted(rows, key=household_order)
    ]


def _number(text: str | None) -> int:
    digits = re.search(r"\d{1,18}", text or "")  # Python refuses to read what is longer than some thousand digits
    return int(digits[0]) if digits else 0


# ---------------------------------------------------------------- paths


def path(session: Session, entity: str, row: str) -> str:
    session.require("places.read")
    with session.db.reading() as connection:
        return path_of(connection, session.committee_of(connection, entity, row), entity, row)


def path_of(connection: Connection, committee: str, entity: str, row: str) -> str:
    """`联洋花园/丁香路901弄/12号/302/户2/姓名`, as far down as the entity lies; "" for one that has no place."""
    values = present.one(connection, committee, entity, row) if entity in ENTITIES else None
    if values is None:
        return ""
    if entity == "estate":
        return str(values.get("name", ""))
    if entity == "building":
        return _join(connection, committee, "estate", values.get("estate"), values.get("lane"), values.get("number"))
    if entity == "dwelling":
        return _join(connection, committee, "building", values.get("building"), values.get("unit"), values.get("room"))
    if entity == "household":
        beside = present.where(connection, committee, "household", dwelling=values.get("dwelling"))
        ordinal = [each["id"] for each in beside].index(values["id"]) + 1
        return _join(connection, committee, "dwelling", values.get("dwelling"), f"户{ordinal}")
    if entity == "resident":
        return _join(connection, committee, "household", values.get("household"), values.get("name"))
    of = values.get("resident")
    return path_of(connection, committee, "resident", of) if of else ""


def _join(connection: Connection, committee: str, above: str, row: str | None, *parts: str | None) -> str:
    prefix = path_of(connection, committee, above, row) if row else ""
    return "/".join(filter(None, (prefix, *parts)))


def resolve(session: Session, ref: str, entity: str | None = None) -> Found:
    """(entity, id) of a full id or a readable path.

    Raises UserError: path-unknown; path-ambiguous with `candidates` (paths) when a short path fits several; Refused.
    """
    session.require("places.read")
    with session.db.reading() as connection:
        return resolve_in(connection, session, ref, entity)


def resolve_in(connection: Connection, session: Session, ref: str, entity: str | None = None) -> Found:
    ref = ref.strip()
    scope = session.scope(connection)
    if _ID.fullmatch(ref):
        return _by_id(connection, scope, ref, entity)
    if entity == "committee" and ref in (session.name, session.code):
        return "committee", session.committee_id
    parts = [part for part in re.split(r"[/／]", ref) if part.strip()]
    found = [(committee, each) for committee in scope for each in _walk(connection, committee, parts)]
    if entity:
        found = [(of, one) for of, each in found for one in _brought_to(connection, of, [each], entity)]
    if not found:
        raise UserError("path-unknown", path=ref)
    if len(found) > 1:
        candidates = [path_of(connection, committee, *each) for committee, each in found[:20]]
        raise UserError("path-ambiguous", path=ref, candidates=candidates)
    return found[0][1]


def person_or_home(connection: Connection, session: Session, ref: str) -> Found:
    """("resident" or "household", id) of what somebody typed where a person's thing is asked for: the person, or the door.

    Raises as `resolve`.
    """
    try:
        return resolve_in(connection, session, ref, "resident")
    except UserError as error:
        if error.code != "path-unknown":
            raise
    return resolve_in(connection, session, ref, "household")


def _by_id(connection: Connection, scope: list[str], row: str, entity: str | None) -> Found:
    for committee in scope:
        kind = entity or present.entity_of(connection, committee, row)
        values = present.one(connection, committee, kind, row) if kind else None
        if kind is not None and values is not None:
            return kind, values["id"]
    raise UserError("path-unknown", path=row)


def _walk(connection: Connection, committee: str, parts: list[str]) -> list[Found]:
    """Everything a path may mean, as far down as it goes."""
    if not parts:
        return []
    estates = present.where(connection, committee, "estate", name=addresses.tidy(parts[0]))
    if estates and len(parts) == 1:
        return [("estate", estate["id"]) for estate in estates]
    if estates:
        parts = parts[1:]
        rows = [row for each in estates for row in present.where(connection, committee, "building", estate=each["id"])]
    else:
        rows = present.where(connection, committee, "building")
    return _in_buildings(connection, committee, rows, parts)


def _in_buildings(connection: Connection, committee: str, rows: list[Values], parts: list[str]) -> list[Found]:
    lane = addresses.lane(parts[0])
    if len(parts) > 1 and any(_same_lane(row.get("lane"), lane) for row in rows) and "号" not in parts[0]:
        rows, parts = [row for row in rows if _same_lane(row.get("lane"), lane)], parts[1:]
    place = addresses.read(parts[0])
    if place.building and place.room:
        rows = [row for row in rows if not place.lane or _same_lane(row.get("lane"), place.lane)]
        parts = [place.building, *filter(None, (place.unit, place.room)), *parts[1:]]
    rows = [row for row in rows if row.get("number") == addresses.building(parts[0])]
    if len(parts) == 1:
        return [("building", row["id"]) for row in rows]
    return [found for row in rows for found in _in_building(connection, committee, row["id"], parts[1:])]


def _same_lane(lane: str | None, wanted: str) -> bool:
    return bool(lane) and (lane == wanted or (wanted[:1].isdigit() and str(lane).endswith(wanted)))


def _in_building(connection: Connection, committee: str, building: str, parts: list[str]) -> list[Found]:
    rows = present.where(connection, committee, "dwelling", building=building)
    room, label = addresses.room(parts[0])
    matching = [(row, parts[1:]) for row in rows if row.get("room", "") == room and not label]
    if not matching and len(parts) > 1:
        inner = addresses.room(parts[1])[0]
        unit = addresses.unit(parts[0])
        matching = [(row, parts[2:]) for row in rows if row.get("unit", "") == unit and row.get("room", "") == inner]
    if not matching:
        matching = [(row, parts) for row in rows if not row.get("room")]
    return [
        found
        for row, rest in matching
        for found in ([("dwelling", row["id"])] if not rest else _behind(connection, committee, row["id"], rest))
    ]


def _behind(connection: Connection, committee: str, dwelling: str, parts: list[str]) -> list[Found]:
    rows = present.where(connection, committee, "household", dwelling=dwelling)
    ordinal = _HOUSEHOLD.fullmatch(parts[0])
    chosen = (
        rows[int(ordinal[1]) - 1 : int(ordinal[1])] if ordinal and int(ordinal[1]) > 0
        else [row for row in rows if row.get("label") == parts[0]]
    )  # fmt: skip
    if chosen and len(parts) == 1:
        return [("household", row["id"]) for row in chosen]
    name = names.normalise(parts[-1])
    return [
        ("resident", person["id"])
        for row in chosen or rows
        for person in present.where(connection, committee, "resident", household=row["id"])
        if person.get("name") == name
    ]


def _brought_to(connection: Connection, committee: str, found: list[Found], entity: str) -> list[Found]:
    """A door stands for its only household; anything else must be of the entity asked for."""
    result: list[Found] = []
    for kind, row in found:
        if kind == entity:
            result.append((kind, row))
        elif kind == "dwelling" and entity == "household":
            result += [(entity, each["id"]) for each in present.where(connection, committee, entity, dwelling=row)]
    return result
