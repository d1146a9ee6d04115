"""What a map file's outlines may belong to: committees, estates, blocks and buildings with their names and outlines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from app.db import present
from app.db.connection import Connection
from app.domain import addresses, geometry
from app.domain.geometry import Geometry
from app.domain.map_matching import Target
from app.services import committees
from app.services.session import Session
from app.services.values import Values

MOST_AROUND = 4_000
"""Outlines that a sketch shows beside those of the file."""


def targets(session: Session, connection: Connection, entity: str) -> list[Target]:
    """Everything of one kind; `of`: in whose chain it is written."""
    if entity == "committee":
        return _committees(session, connection)
    within = {row["id"]: area(row.get("geometry")) for row in committees.known(session, connection)}
    return [
        target for committee in session.scope(connection)
        for target in _places(connection, committee, entity, within.get(committee))
    ]  # fmt: skip


def _committees(session: Session, connection: Connection) -> list[Target]:
    own = {row["id"] for row in present.where(connection, session.committee_id, "committee")}
    return [
        Target(
            row["id"], session.committee_id if row["id"] in own else row["id"], str(row.get("name", "")),
            str(row.get("code", "")), geometry=outline(row.get("geometry")),
        )
        for row in committees.known(session, connection)
    ]  # fmt: skip


def _places(connection: Connection, committee: str, entity: str, within: Geometry | None) -> Iterable[Target]:
    estates = {row["id"]: row for row in present.where(connection, committee, "estate")}
    areas = {id_: area(row.get("geometry")) for id_, row in estates.items()}
    if entity == "estate":
        lanes: dict[str, set[str]] = defaultdict(set)
        for building in present.outlines(connection, committee):
            lanes[building["estate"]].add(building["lane"] or "")
        for id_, row in estates.items():
            yield Target(
                id_, committee, str(row.get("name", "")), lanes=frozenset(lanes[id_] - {""}),
                geometry=outline(row.get("geometry")), within=within,
            )  # fmt: skip
        return
    rows = (
        present.where(connection, committee, "block") if entity == "block" else present.outlines(connection, committee)
    )
    for row in rows:
        estate = estates.get(row.get("estate") or "", {})
        yield Target(
            row["id"], committee, str(row.get("label") or ""), estate=str(estate.get("name", "")),
            lane=row.get("lane") or "", number=addresses.building(row.get("number") or ""),
            geometry=outline(row.get("geometry")), within=areas.get(estate.get("id", "")),
        )  # fmt: skip


def outline(value: object) -> Geometry | None:
    """An outline that can be drawn, or None: it may have come from somebody's bundle."""
    try:
        return geometry.read(value) if value is not None else None
    except geometry.GeometryError:
        return None


def area(value: object) -> Geometry | None:
    """The same for what things lie in: a point is no outline."""
    made = outline(value)
    return made if made and made["type"] != "Point" else None


def estates(session: Session, connection: Connection) -> list[Values]:
    """id, name, of and outline (None without one) of every estate: what a new building may belong to."""
    return [
        {"id": row["id"], "name": str(row.get("name", "")), "of": committee, "outline": area(row.get("geometry"))}
        for committee in session.scope(connection) for row in present.where(connection, committee, "estate")
    ]  # fmt: skip


def around(session: Session, connection: Connection) -> list[Geometry]:
    """Outlines that are known here, the large ones first: where a file's outlines are expected to fall."""
    found = [area(row.get("geometry")) for row in committees.known(session, connection)]
    found += [each["outline"] for each in estates(session, connection)]
    for committee in session.scope(connection):
        found += [area(row["geometry"]) for row in present.outlines(connection, committee) if row["geometry"]]
    return [each for each in found if each is not None][:MOST_AROUND]
