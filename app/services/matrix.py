"""A building's matrix: the state of every door at a glance: who lives there, arrivals, isolation, visits, incidents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.db import measures, present
from app.db.connection import Connection
from app.domain import clock, incidents, isolation, maps
from app.domain.fields import URGENCIES
from app.domain.visits import STALE_AFTER, is_stale, is_visited
from app.maps import matrix
from app.maps.matrix import Cell, Mark, Matrix
from app.services import committees, places
from app.services.session import Session
from app.services.values import Values

By = dict[str, list[Any]]


def of(
    session: Session, building: str, *, colour: str = "residents", also: Iterable[str] = (), days: int = STALE_AFTER,
    only: Iterable[str] = (),
) -> Matrix:  # fmt: skip
    """The matrix of a building (id or path). colour: the measure whose doors stand out.

    also: marks on request ("party", "let", "vacant"). only: doors that bear none of these marks are drawn faint.
    Nothing sealed is opened for it.
    Raises UserError: path-unknown, path-ambiguous, measure-unknown; Refused.
    """
    session.require("places.read")
    colour = maps.measure(colour).key
    asked = matrix.ASKED_BY.get(colour, set())
    only = tuple(key for key in matrix.MARKS if key in set(only))
    also = frozenset(also) | ((asked | set(only)) & matrix.ON_REQUEST)
    building = places.resolve(session, building, "building")[1]
    doors = places.dwellings(session, building)
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "building", building)
        row = present.one(connection, committee, "building", building) or {}
        happened = _Happened(connection, committee, building, session.now(), days)
        until = committees.until(session, connection, committee)
    cells = [_cell(door, happened, also, colour, only) for door in doors]
    none = not any(cell.asked for cell in cells)
    if none:
        cells = [replace(cell, asked=True) for cell in cells]  # nothing to pick out: that is said, and all stay legible
    columns, floors = matrix.arrange(cells)
    return Matrix(
        building, f"{row.get('lane', '')}{row.get('number', '')}", columns, floors,
        sum(len(door["households"]) for door in doors), sum(cell.people for cell in cells),
        matrix.counted(cells), "" if colour == "residents" else colour, until, session.rehearsal, none,
        happened.elsewhere(doors), only,
    )  # fmt: skip


def incident_of(session: Session, households: Sequence[str]) -> tuple[Mark, str] | None:
    """The mark of the open incidents of a door's households, and the id of the one that presses most; None without any."""
    session.require("incidents.read")
    if not households:
        return None
    with session.db.reading() as connection:
        committee = session.committee_of(connection, "household", households[0])
        found = measures.open_incidents(connection, committee)
    return _waiting([each for each in found if each.get("at_household") in households], session.now())


class _Happened:
    """What is known of a building's households, by household; `marks` of any door follows."""

    def __init__(self, connection: Connection, committee: str, building: str, now: datetime, days: int) -> None:
        self.now = now
        self.days = days
        self.people = _grouped(
            (each["household"], each) for each in measures.people_of(connection, committee, building, now.date())
        )
        self.arrivals = _grouped(measures.happening_in(connection, committee, building, "arrival"))
        self.cases = _grouped(measures.happening_in(connection, committee, building, "isolation_case"))
        self.visits = _grouped(
            (each["household"], each) for each in measures.visits_in(connection, committee, building)
        )
        self.building = building
        self.open = measures.open_incidents(connection, committee)
        self.incidents = _grouped((str(each.get("at_household", "")), each) for each in self.open)
        self.checks = _grouped(
            (case, {"on": on, "slot": slot}) for case, on, slot in measures.checks_in(connection, committee, building)
        )

    def unmet(self, household: str, colour: str) -> bool:
        """What the measures unvisited and stale count: somebody lives there, and nobody came, or not lately."""
        visits = self.visits[household]
        if not self.people[household]:
            return False
        return not is_visited(visits) if colour == "unvisited" else is_stale(visits, self.now.date(), self.days)

    def marks(self, household: str) -> list[Mark]:
        """Of one household, in no order."""
        people, arrivals, visits = self.people[household], self.arrivals[household], self.visits[household]
        here = {person["resident"] for person in people}
        arrived = [each for each in arrivals if each.get("resident") in here]
        found = []
        if any(each.get("overseas") for each in arrived):
            found.append(Mark("overseas"))
        elif arrived:
            found.append(Mark("returned"))
        found += [Mark(key) for key in ("party", "alone", "disabled") if any(person[key] for person in people)]
        if visits and visits[-1].get("result") == "拒访":
            found.append(Mark("refused"))
        elif not is_visited(visits):
            found.append(Mark("unvisited"))
        return found + self._isolating(household)

    def waiting(self, households: Iterable[str]) -> list[Mark]:
        """The open incidents of all who live behind a door, as one mark."""
        found = _waiting([each for household in households for each in self.incidents[household]], self.now)
        return [found[0]] if found else []

    def elsewhere(self, doors: Iterable[Values]) -> int:
        """Open incidents of this building that belong to none of its households: on the stairs, in an empty flat."""
        here = {household["id"] for door in doors for household in door["households"]}
        return sum(
            each.get("at_building") == self.building and each.get("at_household") not in here for each in self.open
        )

    def _isolating(self, household: str) -> list[Mark]:
        """The household's case that ends last stands for all of them."""
        on, slot = isolation.owed_by(self.now)
        found = []
        for case in self.cases[household]:
            stages = isolation.stages_of(case)
            if case.get("state") not in isolation.ACTIVE or not stages:
                continue
            done = self.checks[case["id"]]
            told = isolation.progress(stages, str(case["state"]), (), self.now.date())
            since = clock.day(case.get("duty_since"))
            owed = isolation.missing_checks(stages, str(case["state"]), done, on, slot, since=since)
            found.append(Mark("isolation", told.total_day, told.total_days, bool(owed)))
        return [max(found, key=lambda mark: (mark.missing, mark.days - mark.day))] if found else []


def _cell(door: Values, happened: _Happened, also: frozenset[str], colour: str, only: Sequence[str]) -> Cell:
    households = door["households"]
    marks = [mark for each in households for mark in happened.marks(each["id"])]
    marks += happened.waiting(each["id"] for each in households)
    people = sum(each["residents"] for each in households)
    if not people:
        marks = [mark for mark in marks if mark.key != "unvisited"]
    if door.get("state") == "空置":
        marks.append(Mark("vacant"))
    if door.get("state") == "出租":
        marks.append(Mark("let"))
    strongest = _strongest(marks)
    shown = matrix.shown(strongest, also)
    return Cell(
        door["id"], str(door.get("room", "")), str(door.get("unit", "")), door.get("floor"),
        str(door.get("floor_label", "")), tuple(str(each["head"] or "") for each in households), people,
        matrix.state_of(marks, households=len(households)), shown,
        _is_asked(households, marks, happened, colour, only), any(mark.key == "unvisited" for mark in marks),
        str(door.get("use", "")), matrix.left_out(strongest, shown, also),
        tuple((str(each["label"] or ""), each["residents"]) for each in households),
    )  # fmt: skip


def _is_asked(
    households: list[Values], marks: list[Mark], happened: _Happened, colour: str, only: Sequence[str]
) -> bool:
    """Is this one of the doors that a map by this measure counts, and does it bear one of these marks, if any is named?"""
    if only and not any(mark.key in only for mark in marks):
        return False
    if colour in ("unvisited", "stale"):
        return any(happened.unmet(each["id"], colour) for each in households)
    asked = matrix.ASKED_BY.get(colour)
    return asked is None or any(mark.key in asked for mark in marks)


def _strongest(marks: list[Mark]) -> list[Mark]:
    """One mark of a kind for several households behind a door: the isolation that lacks a check, or has longest to go."""
    best: dict[str, Mark] = {}
    for mark in marks:
        held = best.get(mark.key)
        if held is None or (mark.missing, mark.days - mark.day) > (held.missing, held.days - held.day):
            best[mark.key] = mark
    return list(best.values())


def _waiting(found: Iterable[Values], now: datetime) -> tuple[Mark, str] | None:
    """What `incident_of` says: late ones press more than others, then the more urgent."""
    told = [
        (due.overdue, URGENCIES.index(incidents.urgency_of(each)), each)
        for each in found if (due := incidents.due(each, now)) is not None
    ]  # fmt: skip
    if not told:
        return None
    late, urgency, most = max(told, key=lambda each: each[:2])
    mark = Mark(
        "incident", missing=late, count=len(told), late=sum(each[0] for each in told), kind=incidents.kind_of(most).name,
        urgency=URGENCIES[urgency], state=incidents.state_of(most),
    )  # fmt: skip
    return mark, str(most["id"])


def _grouped(pairs: Iterable[tuple[str, Any]]) -> By:
    found: By = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
