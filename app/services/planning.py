"""What a workspace knows of doors and people, put together for planning a roster. Asked by services that hold a right."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.db import present
from app.db.connection import Connection
from app.db.seal import index_value
from app.domain import moves
from app.domain.doors import Doors, Family
from app.domain.fields import RESIDENT
from app.domain.jobs import Cancelled, check, never
from app.domain.known import kinds_of
from app.domain.known_places import KnownPlaces
from app.domain.leaders import LEADER_KEYS
from app.domain.matching import Known, PeopleIndex
from app.domain.rosterplan import DOOR_KEYS, Planner
from app.services.session import Session
from app.services.values import Values, numbering, opened

Place = tuple[str, str, str]
"""Building id, unit, room."""
VILLAS = "别墅"


def planner(
    session: Session, connection: Connection, *, on_doubt: str = "queue", unknown_places: str = "create",
    adds_notes: bool = False, cancelled: Cancelled = never,
) -> Planner:  # fmt: skip
    """A planner that knows the committee's doors and people. Raises UserError("cancelled")."""
    committee = session.committee_id
    put_aside = {row["id"]: "decision" in row for row in present.where(connection, committee, "doubtful")}
    known_people = _KnownPeople(session, connection)
    places = _known_places(connection, committee)
    return Planner(
        places,
        PeopleIndex(known_people.all({dwelling: place for place, dwelling in places.dwellings.items()}, cancelled)),
        Doors(Family(*family) for family in present.families(connection, committee)),
        known_people.values,
        numbering(session),
        lambda resident: present.where(connection, committee, "arrival", resident=resident),
        default_estate=_default_estate(session),
        on_doubt=on_doubt, unknown_places=unknown_places, adds_notes=adds_notes,
        put_aside=put_aside, moving={
            row["id"] for row in present.moving(connection, committee) if moves.state_of(row) == moves.OFFERED
        }, digest=lambda values: _digest(session, values),
    )  # fmt: skip


def planner_of_places(session: Session, connection: Connection) -> Planner:
    """A planner that knows the doors but nobody behind them: for placing a single row."""
    return Planner(
        _known_places(connection, session.committee_id), PeopleIndex(), Doors(),
        lambda _: {}, lambda _: [], lambda _: [],
        default_estate=_default_estate(session),
    )  # fmt: skip


def _digest(session: Session, values: Values) -> str:
    """A row's values as a short text that tells nobody without the index key what they are."""
    if session.index_key is None:
        values = {key: value for key, value in values.items() if key not in RESIDENT or RESIDENT[key].level < 3}
    said = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return index_value(session.index_key or b"doubtful", said).hex()


def _default_estate(session: Session) -> str:
    """For rows of a roster that name no estate, in a committee that has none or several."""
    return session.name.removesuffix("居委会").removesuffix("居民委员会") or session.name


def _known_places(connection: Connection, committee: str) -> KnownPlaces:
    places = KnownPlaces(committee)
    for row in present.where(connection, committee, "estate"):
        places.estates[row.get("name", "")] = row["id"]
        if row.get("kind") == VILLAS:
            places.villas.add(row.get("name", ""))
    seen: set[str] = set()
    for _, estate, lane, building, number, dwelling, unit, room in present.doors(connection, committee):
        if building not in seen:
            seen.add(building)
            places.add_building(estate or "", lane or "", number or "", building)
        if dwelling:
            places.dwellings[building, unit or "", room or ""] = dwelling
    for row in present.where(connection, committee, "building"):
        places.leaders[row["id"]] = {key: row[key] for key in LEADER_KEYS if key in row}
    for row in present.where(connection, committee, "dwelling") if places.dwellings else ():
        places.doors[row["id"]] = {key: row[key] for key in DOOR_KEYS if key in row}
    return places


class _KnownPeople:
    """The committee's residents for matching, and their values on demand."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self.session = session
        self.connection = connection

    def all(self, where: Mapping[str, Place], cancelled: Cancelled) -> list[Known]:
        """Everybody, with the place of the dwelling."""
        numbers = present.indexed_numbers(self.connection, self.session.committee_id)
        people = []
        for count, (row, dwelling) in enumerate(present.people(self.connection, self.session.committee_id)):
            if count % 2_000 == 0:
                check(cancelled)
            whole = opened(self.session, "resident", row)
            own = numbers.get(row["id"], [])
            people.append(Known(
                row["id"], row.get("household"), dwelling, row.get("name", ""), row.get("birth_year"),
                own[0] if own else None, tuple(p["number"] for p in row.get("phones", ()) if "number" in p),
                row.get("status"), row.get("sex"), whole.get("birth_date"), tuple(own[1:]),
                where.get(dwelling or ""), kinds_of(whole.get("documents")) if own else (),
            ))  # fmt: skip
        return people

    def values(self, resident: str) -> Values:
        row = present.one(self.connection, self.session.committee_id, "resident", resident)
        return opened(self.session, "resident", row) if row else {}
