"""Is this row of a list an arrival that is known already, and what would change of it? Pure.

The same person on the same flight is the same, however often a list comes and whatever was corrected in it; two people of
one name on one flight stay two as long as anything tells them apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.domain import arrivals, clock
from app.domain.differences import phone_key
from app.domain.likeness import name_key

Values = Mapping[str, Any]

WITHIN = 2
"""Days by which a corrected list may put an arrival otherwise."""
CORRECTED = (
    "origin", "overseas", "arrived_on", "transport", "transport_no", "person_phone", "address", "expected_at", "note",
)  # fmt: skip
"""What a later list corrects."""
ENOUGH = 1


@dataclass(frozen=True, slots=True)
class Known:
    """An arrival on record. committee: whose; the centre's office for one that waits there."""

    committee: str
    values: Values

    @property
    def id(self) -> str:
        return str(self.values["id"])


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells two people of one name apart. day: of the calendar, counted; told: phone, flight, address, resident, ""
    for what is not said."""

    day: int | None
    told: tuple[str, ...]

    @property
    def said(self) -> int:
        """Which of `told` are said, a bit for each."""
        return sum(1 << bit for bit, value in enumerate(self.told) if value)

    def of(self, bits: int) -> tuple[str, ...]:
        return tuple(value for bit, value in enumerate(self.told) if bits >> bit & 1)


WEIGHTS = ((2, -2), (1, -1), (2, -1), (2, -2))
"""What speaks for and against one person if phone, flight, address, resident are the same or not.

A corrected address alone does not make another person of somebody on the same flight; another telephone does.
"""
SAME_DAY, OTHER_DAY, TOO_FAR = 1, -1, -9
MOST = SAME_DAY + sum(same for same, _ in WEIGHTS)


def traits(values: Values) -> Traits:
    """What a row or an arrival says of who it is."""
    number, on = values.get("person_phone"), arrivals.day_of(values)
    told = (
        phone_key(str(number)) if number else "",
        "".join(str(values.get("transport_no") or "").upper().split()),
        str(values.get("address") or ""),
        str(values.get("resident") or ""),
    )
    return Traits(on.toordinal() if on is not None else None, told)


def likeness(row: Traits, known: Traits) -> int:
    """How much speaks for one arrival, of two people of one name; ENOUGH and more: the same."""
    score = 0
    if row.day is not None and known.day is not None:
        if abs(row.day - known.day) > WITHIN:
            return TOO_FAR
        score = SAME_DAY if row.day == known.day else OTHER_DAY
    for (same, different), one, other in zip(WEIGHTS, row.told, known.told, strict=True):
        if one and other:
            score += same if one == other else different
    return score


def pair(rows: Sequence[Values], known: Iterable[Known]) -> list[Known | None]:
    """For each row the arrival it speaks of, each at most once, the likeliest pairs first, then as they stand in the list.

    Whoever was reassigned is found again as what became of it.
    """
    by_name: dict[str, list[Known]] = {}
    for each in known:
        by_name.setdefault(name_key(str(each.values.get("person_name") or "")), []).append(each)
    called: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if (name := name_key(str(row.get("person_name") or ""))) in by_name:
            called.setdefault(name, []).append(place)
    asked: dict[int, _Few | _Many] = {}
    for name, places in called.items():
        there = by_name[name]
        mine = {place: traits(rows[place]) for place in places}
        asked |= dict.fromkeys(places, _Many(mine, there) if len(mine) * len(there) > FEW else _Few(mine, there))
    found: list[Known | None] = [None] * len(rows)
    taken: set[str] = set()
    open_ = sorted(asked)
    for score in range(MOST, ENOUGH - 1, -1):
        for left in (False, True):
            for place in open_:
                one = asked[place].first(place, score, left, taken)
                if one is not None:
                    found[place] = one
                    taken.add(one.id)
            open_ = [place for place in open_ if found[place] is None]
    return found


FEW = 400
"""Pairs of one name up to which each is simply looked at."""


def _was_left(one: Known) -> bool:
    return one.values.get("state") == arrivals.REASSIGNED


class _Few:
    """The arrivals of one name beside the rows of that name, each with each."""

    def __init__(self, rows: Mapping[int, Traits], known: Sequence[Known]) -> None:
        self._found: dict[tuple[int, int, bool], list[Known]] = {}
        there = [(one, traits(one.values), _was_left(one)) for one in known]
        for place, row in rows.items():
            for one, its, left in there:
                self._found.setdefault((place, likeness(row, its), left), []).append(one)

    def first(self, place: int, score: int, left: bool, taken: Collection[str]) -> Known | None:
        """The first arrival so likely for a row that no other row has taken."""
        return next((one for one in self._found.get((place, score, left), ()) if one.id not in taken), None)


Key = tuple[bool, int, int, int, int | None, tuple[str, ...]]


class _Many:
    """The same of a list with a thousand people of one name (旅客): found by what agrees, not by looking at each pair.

    Arrivals lie in heaps by which traits they say, and the values of some of those. Asked from the likeliest down, whatever
    is left in a heap differs in the other traits: had it agreed, it would have been taken before.
    """

    def __init__(self, rows: Mapping[int, Traits], known: Sequence[Known]) -> None:
        self._rows = rows
        self._heaps: dict[Key, list[tuple[int, Known]]] = {}
        kinds = {(row.said, row.day is not None) for row in rows.values()}
        self._ways = {kind: _ways(*kind) for kind in kinds}
        for number, one in sorted(enumerate(known), key=lambda each: -each[0]):  # the first is on top
            its, left = traits(one.values), _was_left(one)
            for said, dated in kinds:
                both = said & its.said
                for agreed in _parts(both):
                    key = left, said << 1 | dated, both, agreed, its.day if dated else None, its.of(agreed)
                    self._heaps.setdefault(key, []).append((number, one))

    def first(self, place: int, score: int, left: bool, taken: Collection[str]) -> Known | None:
        """The first arrival so likely for a row that no other row has taken."""
        row = self._rows[place]
        said, dated = row.said, row.day is not None
        best: tuple[int, Known] | None = None
        for both, agreed, apart in self._ways[said, dated].get(score, ()):
            on = row.day + apart if row.day is not None and apart is not None else None
            heap = self._heaps.get((left, said << 1 | dated, both, agreed, on, row.of(agreed)))
            while heap and heap[-1][1].id in taken:
                heap.pop()
            if heap and (best is None or heap[-1][0] < best[0]):
                best = heap[-1]
        return best[1] if best is not None else None


def _ways(said: int, dated: bool) -> dict[int, list[tuple[int, int, int | None]]]:
    """score -> how an arrival may come to it beside a row that says so much: (traits it says too, those that agree, days
    apart)."""
    found: dict[int, list[tuple[int, int, int | None]]] = {}
    for both in _parts(said):
        for agreed in _parts(both):
            score = sum(
                same if agreed >> bit & 1 else different
                for bit, (same, different) in enumerate(WEIGHTS) if both >> bit & 1
            )  # fmt: skip
            found.setdefault(score, []).append((both, agreed, None))
            for apart in range(-WITHIN, WITHIN + 1) if dated else ():
                found.setdefault(score + (OTHER_DAY if apart else SAME_DAY), []).append((both, agreed, apart))
    return found


@lru_cache(maxsize=64)
def _parts(bits: int) -> tuple[int, ...]:
    """Every set of traits within a set of traits."""
    return tuple(each for each in range(bits + 1) if each & bits == each)


class Earlier:
    """The rows of a list that came before, so that nobody is taken from it twice."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, int, int, int | None, tuple[str, ...]], int] = {}
        self._kinds: dict[str, dict[tuple[int, bool], None]] = {}
        self._count = 0

    def met(self, row: Values) -> int | None:
        """The place of the first earlier row that says the same person, whom nothing gainsays; None for none. The row
        is an earlier one from now on."""
        name, its = name_key(str(row.get("person_name") or "")), traits(row)
        kinds, places = self._kinds.setdefault(name, {}), []
        for said, dated in kinds:
            both = said & its.said
            on = its.day if dated else None
            key = name, said << 1 | dated, both << 1 | (on is not None), on, its.of(both)
            places.append(self._first.get(key, self._count))
        kinds[its.said, its.day is not None] = None
        for part in _parts(its.said):
            for on in {its.day, None}:
                key = name, its.said << 1 | (its.day is not None), part << 1 | (on is not None), on, its.of(part)
                self._first.setdefault(key, self._count)
        first = min(places, default=self._count)
        self._count += 1
        return first if first < self._count - 1 else None


def corrections(row: Values, known: Values) -> dict[str, Any]:
    """What the row says otherwise; who it is and where he goes only where nobody has said so yet.

    An arrival that has ended is history: a list that comes again says nothing new of it.
    """
    if not arrivals.is_open(known):
        return {}
    said = {key: row[key] for key in CORRECTED if row.get(key) not in (None, "") and not _alike(key, row, known)}
    return said | {key: row[key] for key in ("resident", "household") if row.get(key) and not known.get(key)}


def _alike(key: str, row: Values, known: Values) -> bool:
    if key == "expected_at":
        return clock.moment(row[key]) == clock.moment(known.get(key))
    return bool(row[key] == known.get(key))
