"""Several things chosen on a map: how much is in them, and how a report says that it is about just those."""

from __future__ import annotations

from collections.abc import Sequence

from app.db import measures, present
from app.db.connection import Connection
from app.domain.access import level_of
from app.domain.findings import UserError
from app.services import committees
from app.services.session import Session
from app.services.values import Values

Where = list[tuple[str, ...]]
MOST = 400
"""Buildings that one condition may name."""


def count(session: Session, entity: str, ids: Sequence[str]) -> Values:
    """things, households, people of chosen buildings, committees or groups; who may know totals only is told no people
    of chosen ones, since every difference of two choices would be a small count."""
    session.require("maps.read")
    if level_of(session.roles) < 2:
        return {"things": len(ids), "households": None, "people": None}
    with session.db.reading() as connection:
        found = _buildings(session, connection, ids) if entity == "building" else _committees(session, connection, ids)
    return {"things": len(ids), "households": sum(each[0] for each in found), "people": sum(each[1] for each in found)}


def _buildings(session: Session, connection: Connection, ids: Sequence[str]) -> list[tuple[int, int]]:
    of = {each: session.committee_of(connection, "building", each) for each in ids}
    living = {committee: measures.living(connection, committee) for committee in {*of.values()} if committee}
    return [living[committee].get(each, (0, 0)) for each, committee in of.items() if committee]


def _committees(session: Session, connection: Connection, ids: Sequence[str]) -> list[tuple[int, int]]:
    wanted = set(ids)
    chosen = {
        str(row["id"]) for row in committees.known(session, connection)
        if row["id"] in wanted or row.get("group") in wanted
    }  # fmt: skip
    there = [each for each in session.scope(connection) if each in chosen]
    return [each for committee in there for each in measures.living(connection, committee).values()]


def condition(session: Session, ids: Sequence[str]) -> Where:
    """How a report is narrowed to chosen buildings: estate, lane and number where these mean no other building, else
    the beginnings of their addresses.

    Raises UserError("map-choice-unclear") where neither means just those; Refused.
    """
    session.require("places.read")
    wanted = set(ids)
    with session.db.reading() as connection:
        known = [row for committee in session.scope(connection) for row in _with_names(connection, committee)]
    chosen = [row for row in known if row["id"] in wanted]
    if not chosen or len(chosen) > MOST or any("|" in text for row in chosen for text in row.values()):
        raise UserError("map-choice-unclear")
    for narrow in (_by_parts, _by_address):
        where, meant = narrow(chosen, known)
        if meant == wanted:
            return where
    raise UserError("map-choice-unclear")


def committees_of(session: Session, ids: Sequence[str]) -> Where:
    """The same for chosen committees or groups. Raises UserError("map-choice-unclear") where two have one name."""
    session.require("maps.read")
    wanted = set(ids)
    with session.db.reading() as connection:
        known = committees.known(session, connection)
    names = [str(row.get("name", "")) for row in known if row["id"] in wanted or row.get("group") in wanted]
    others = {str(row.get("name", "")) for row in known if not (row["id"] in wanted or row.get("group") in wanted)}
    if not names or not all(names) or others & set(names) or any("|" in name for name in names):
        raise UserError("map-choice-unclear")
    return [("committee", "|".join(names))]


def _with_names(connection: Connection, committee: str) -> list[Values]:
    names = {row["id"]: str(row.get("name", "")) for row in present.where(connection, committee, "estate")}
    return [
        {"id": row["id"], "estate": names.get(row["estate"], ""), "lane": str(row["lane"] or ""),
         "building": str(row["number"] or "")}
        for row in present.outlines(connection, committee)
    ]  # fmt: skip


def _by_parts(chosen: Sequence[Values], known: Sequence[Values]) -> tuple[Where, set[str]]:
    """小区 是 甲 且 路弄 是 … 且 楼号 是 1号|2号."""
    parts = {key: list(dict.fromkeys(row[key] for row in chosen)) for key in ("estate", "lane", "building")}
    asked = {key: values for key, values in parts.items() if all(values)}
    meant = {row["id"] for row in known if all(row[key] in values for key, values in asked.items())}
    return [(key, "|".join(values)) for key, values in asked.items()], meant


def _by_address(chosen: Sequence[Values], known: Sequence[Values]) -> tuple[Where, set[str]]:
    """地址 含 甲小区1号|乙小区2号."""
    wanted = [row["estate"] + row["lane"] + row["building"] for row in chosen]
    meant = {
        row["id"] for row in known if any(each in row["estate"] + row["lane"] + row["building"] for each in wanted)
    }
    return [("path", "含", "|".join(wanted))], meant
