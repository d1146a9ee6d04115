"""A measure of the map, day after day: what changed is told once, and every day counts only what that touches.

Counts as `db.measures.by_building` does, of the same rows; tests hold the two together. Pure: rows come as the tables hold
them, a day is a day in Shanghai at 24:00.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.domain import clock
from app.domain.fields import ENTITIES, LIVING_HERE
from app.domain.figures import ALONE, ELDERLY
from app.domain.incidents import LEFT, first_of, is_open
from app.domain.isolation import ACTIVE
from app.domain.maps import Thing
from app.domain.suppression import FEW
from app.domain.visits import CONFIRMING, SHARES

Columns = Mapping[str, tuple[str, ...]]
"""table -> the columns that are read of it."""
Change = tuple[str, str, tuple[Any, ...] | None]
"""Table, row, and its columns from now on; None: it is gone."""
Told = tuple[int, int, int]
"""What the measure counts and people, as `db.measures.Told`; and who lives there in all."""
Place = str | None
"""A building, or None where somebody or something belongs to none."""

MOST_DAYS = 366
HERE = ("实住", "承租")
_VISITS = ("household", "on", "mode", "result")
_INCIDENT = tuple(each.key for each in ENTITIES["incident"].stored if not each.sealed)
_EXTRA: dict[str, Columns] = {
    "party": {"resident": ("party_member",)},
    "elderly-alone": {"resident": ("care_groups", "birth_year")},
    "returnees": {"arrival": ("resident", "overseas")},
    "overseas": {"arrival": ("resident", "overseas")},
    "isolation": {"isolation_case": ("resident", "state")},
    "unvisited": {"visit": _VISITS},
    "stale": {"visit": _VISITS},
    "incidents": {"incident": _INCIDENT},
}


def columns(key: str) -> dict[str, tuple[str, ...]]:
    """What a measure needs to know of every row."""
    found = {
        "building": (), "dwelling": ("building",), "household": ("dwelling",),
        "resident": ("household", "status", "residence_kind"),
    }  # fmt: skip
    for table, more in _EXTRA.get(key, {}).items():
        found[table] = (*found.get(table, ()), *more)
    return found


class Counting:
    """Holds a committee's rows and counts a measure of them. days: after how many a household is stale.

    `take` what changed, then ask `on` a day; days are asked in their order and none is left out.
    """

    def __init__(self, key: str, days: int) -> None:
        self.key, self.days = key, days
        self.buildings: set[str] = set()
        self._dwellings: dict[str, Place] = {}
        self._households: dict[str, Place] = {}
        self._people: dict[str, tuple[Place, bool, tuple[Any, ...]]] = {}
        self._records: dict[str, tuple[Place, bool]] = {}
        self._visits: dict[str, tuple[Any, ...]] = {}
        self._incidents: dict[str, Mapping[str, Any]] = {}
        self._open: set[str] = set()
        self._behind: defaultdict[Place, set[str]] = defaultdict(set)
        self._in: defaultdict[Place, set[str]] = defaultdict(set)
        self._counting: Counter[Place] = Counter()
        self._paid: defaultdict[Place, set[str]] = defaultdict(set)
        self._shown: dict[str, tuple[Place, Told]] = {}
        self._sums: dict[Place, list[int]] = {}
        self._dirty: set[str] = set()
        self._wakes: defaultdict[date, set[str]] = defaultdict(set)
        self._year = 0

    # ---------------------------------------------------------------- what changed

    def take(self, changes: Iterable[Change]) -> None:
        """Rows as they read from now on."""
        into = {
            "building": self._building, "dwelling": self._dwelling, "household": self._household,
            "resident": self._resident, "arrival": self._record, "isolation_case": self._record, "visit": self._visit,
            "incident": self._incident,
        }  # fmt: skip
        for table, row, values in changes:
            into[table](row, values)

    def _building(self, row: str, values: tuple[Any, ...] | None) -> None:
        (self.buildings.discard if values is None else self.buildings.add)(row)

    def _dwelling(self, row: str, values: tuple[Any, ...] | None) -> None:
        self._dwellings.pop(row, None)
        if values is not None:
            self._dwellings[row] = values[0]
        self._dirty |= self._behind.get(row, set())

    def _household(self, row: str, values: tuple[Any, ...] | None) -> None:
        _move(self._behind, row, self._households.pop(row, None), None if values is None else values[0])
        if values is not None:
            self._households[row] = values[0]
        self._dirty.add(row)

    def _resident(self, row: str, values: tuple[Any, ...] | None) -> None:
        household, status, kind, *more = values or (None, None, None)
        before = self._people.pop(row, (None,))[0]
        _move(self._in, row, before, household)
        if values is not None:
            lives = (status is None or status in LIVING_HERE) and (kind is None or kind in HERE)
            self._people[row] = household, lives, tuple(more)
        self._dirty |= {each for each in (before, household) if each is not None}

    def _record(self, row: str, values: tuple[Any, ...] | None) -> None:
        """An arrival or an isolation case."""
        for resident, counts, sign in (
            (*self._records.pop(row, (None, False)), -1), (*self._counts(values), 1)
        ):  # fmt: skip
            if counts:
                self._counting[resident] += sign
                self._dirty |= {each for each in self._people.get(str(resident), (None,))[:1] if each is not None}
        if values is not None:
            self._records[row] = self._counts(values)

    def _counts(self, values: tuple[Any, ...] | None) -> tuple[Place, bool]:
        if values is None:
            return None, False
        resident, said = values
        return resident, said in ACTIVE if self.key == "isolation" else self.key == "returnees" or said == 1

    def _visit(self, row: str, values: tuple[Any, ...] | None) -> None:
        before = self._visits.pop(row, (None,))[0]
        household = None if values is None else values[0]
        _move(self._paid, row, before, household)
        if values is not None:
            self._visits[row] = values
        self._dirty |= {each for each in (before, household) if each is not None}

    def _incident(self, row: str, values: tuple[Any, ...] | None) -> None:
        self._incidents.pop(row, None)
        self._open.discard(row)
        if values is not None:
            told = {key: value for key, value in zip(_INCIDENT, values, strict=True) if value is not None}
            self._incidents[row] = told
            if is_open(told):
                self._open.add(row)

    # ---------------------------------------------------------------- a day

    def on(self, day: date) -> dict[Place, Told]:
        """building -> what it counts at the end of a day; without those that count nothing and nobody."""
        self._dirty |= self._wakes.pop(day, set())
        if self.key == "elderly-alone" and day.year != self._year:
            self._year = day.year
            self._dirty |= self._households.keys()
        for household in self._dirty:
            self._show(household, day)
        self._dirty.clear()
        told = {place: (sums[0], sums[1], sums[2]) for place, sums in self._sums.items() if any(sums)}
        if self.key == "incidents":
            waiting = Counter(map(self._place_of, self._waiting()))
            told = {place: (waiting[place], *told.get(place, (0, 0, 0))[1:]) for place in {**told, **waiting}}
        return told

    def _show(self, household: str, day: date) -> None:
        if (before := self._shown.pop(household, None)) is not None:
            self._add(*before, -1)
        dwelling = self._households.get(household)
        if dwelling is None or dwelling not in self._dwellings:
            return
        place, told = self._dwellings[dwelling], self._of(household, day)
        if any(told):
            self._shown[household] = place, told
            self._add(place, told, 1)

    def _add(self, place: Place, told: Told, sign: int) -> None:
        sums = self._sums.setdefault(place, [0, 0, 0])
        for number, count in enumerate(told):
            sums[number] += sign * count

    def _of(self, household: str, day: date) -> Told:
        """What a household counts, and who lives there."""
        inside = [(row, *self._people[row][1:]) for row in self._in.get(household, ())]
        people = sum(lives for _, lives, _ in inside)
        if self.key in ("unvisited", "stale"):
            return (0, 0, people) if not people or self._is_met(household, day) else (1, people, people)
        value = people if self.key == "residents" else sum(self._is_counted(*each) for each in inside)
        return value, people, people

    def _is_counted(self, row: str, lives: bool, more: tuple[Any, ...]) -> bool:
        if self.key == "isolation":
            return self._counting[row] > 0  # wherever they live
        if self.key in ("returnees", "overseas"):
            return lives and self._counting[row] > 0
        if self.key == "party":
            return lives and more[0] == 1
        return self.key == "elderly-alone" and lives and self._is_elderly_alone(*more)

    def _is_elderly_alone(self, groups: Any, born: Any) -> bool:
        alone = groups is not None and any(f'"{word}"' in str(groups) for word in ALONE)
        return alone and (born is None or (isinstance(born, int) and born <= self._year - ELDERLY))

    def _is_met(self, household: str, day: date) -> bool:
        visits = [self._visits[row] for row in self._paid.get(household, ())]
        if self.key == "unvisited":
            return any(result == "登记" for *_, result in visits)
        return self._is_fresh(household, visits, day)

    def _is_fresh(self, household: str, visits: Iterable[tuple[Any, ...]], day: date) -> bool:
        """As `domain.visits` has it; a household is looked at again on the day on which its answer may change."""
        latest = day - timedelta(1)
        for _, said, mode, result in visits:
            share = SHARES.get("上门" if mode is None else mode, 0.0)
            on = clock.day(said) if result in CONFIRMING and share > 0 else None
            if on is not None and on > day:
                self._wakes[on].add(household)
            elif on is not None:
                latest = max(latest, on + timedelta(int(self.days * share)))
        if latest >= day:
            self._wakes[latest + timedelta(1)].add(household)
        return latest >= day

    # ---------------------------------------------------------------- incidents

    def _waiting(self) -> list[Mapping[str, Any]]:
        """What waits for somebody; a repeat stands under its first one."""
        joined = {
            row: first for row, each in self._incidents.items()
            if (first := each.get("same_as")) in self._incidents
            and self._incidents[first].get("state", "") not in LEFT
        }  # fmt: skip
        return [self._incidents[row] for row in self._open if first_of(row, joined) == row]

    def _place_of(self, incident: Mapping[str, Any]) -> Place:
        """The building that it names, or that of its household or person; None for one that is not there."""
        household = incident.get("household") or self._people.get(str(incident.get("resident")), (None,))[0]
        dwelling = self._households.get(household) if household else None
        place = incident.get("building") or (self._dwellings.get(dwelling) if dwelling else None)
        return place if place in self.buildings else None


def _move(index: defaultdict[Place, set[str]], row: str, before: Place, after: Place) -> None:
    if before is not None:
        index[before].discard(row)
    if after is not None:
        index[after].add(row)


# ---------------------------------------------------------------- who may be told what


def steadily(exact: Sequence[Sequence[Thing]], told: Sequence[Sequence[Thing]]) -> list[tuple[Thing, ...]]:
    """Days as `maps.withheld` made them, each by itself, so that no two of them together tell more.

    What is hidden beside a small count on one day is hidden on every day that hides anything: else two days, each hiding
    another neighbour, would tell the small one by what hardly changes. exact: the same things before, in the same order.
    """
    beside = {
        thing.id for day, shown in zip(exact, told, strict=True) for before, thing in zip(day, shown, strict=True)
        if thing.few and not (before.value is not None and 0 < before.value < FEW)
    }  # fmt: skip
    return [
        tuple(
            replace(thing, value=None, rate=None, people=None, few=True)
            if thing.id in beside and thing.value is not None and any(each.few for each in shown) else thing
            for thing in shown
        )
        for shown in told
    ]  # fmt: skip
