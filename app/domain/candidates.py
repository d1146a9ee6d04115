"""Who is worth comparing with a row: people who share a birthday, a phone, a door or a name with it, and one thing more.

Made when the first row needs it, and only of people known before the file was read: a file of 250,000 new
rows into an empty workspace pays nothing. Slips between two rows of one file are for the merge desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from app.domain.likeness import name_key
from app.domain.scoring import Traits, phone_trait
from app.domain.variants import fold

if TYPE_CHECKING:
    from app.domain.known import Known

CROWD = 60
"""A key that more people share (a dormitory's phone, 1900-01-01) tells nobody apart."""


def spelling(name: str) -> str:
    """A name key without the order of its characters and without their variants: 陈建国, 陳建国 and 建国陈 are one."""
    return "".join(sorted(fold(name)))


class Candidates:
    """The people known before the file, by birthday, phone and name."""

    def __init__(self, people: Iterable[Known], behind: Callable[[str], Sequence[Known]]) -> None:
        self._behind = behind
        self._born: dict[str, tuple[Known, ...]] = {}
        self._ringing: dict[str, tuple[Known, ...]] = {}
        self._named: dict[str, tuple[Known, ...]] = {}
        self._crowds: dict[str, _Crowd] = {}
        for person in people:
            if person.birth_date:
                self._born[person.birth_date] = (*self._born.get(person.birth_date, ()), person)
            for number in person.phones:
                phone = phone_trait(number)
                self._ringing[phone] = (*self._ringing.get(phone, ()), person)
            name = spelling(name_key(person.name))
            self._named[name] = (*self._named.get(name, ()), person)

    def of(self, row: Traits) -> list[Known]:
        """Everybody worth comparing, each once. The filters are cheap: a row may have hundreds of namesakes."""
        characters = frozenset(row.name)
        found: list[Known] = []
        if row.door is not None:
            found += self._few(row.door, self._behind(row.door), row)
        for phone in row.phones:
            found += self._few(phone, self._ringing.get(phone, ()), row)
        if row.birth:
            found += [each for each in self._born.get(row.birth, ()) if not characters.isdisjoint(each.name)]
        if row.name:
            found += _namesakes(self._named.get(spelling(row.name), ()), row)
        return list({person.id: person for person in found}.values())

    def _few(self, key: str, people: Sequence[Known], row: Traits) -> Sequence[Known]:
        """Of a crowd only some; it is sorted once. key: of the door or the phone."""
        if len(people) <= CROWD:
            return people
        crowd = self._crowds.get(key)
        if crowd is None:
            crowd = self._crowds[key] = _Crowd(people)
        return crowd.like(row)


def _namesakes(people: Sequence[Known], row: Traits) -> list[Known]:
    """Of those who are named so: whoever may be born on the day, may have the phone, or lives near.

    A name that a crowd has (王伟) is passed over: such people are found by birthday, phone or door.
    """
    if len(people) > CROWD:
        return []
    birth = row.birth or ""
    year, day = (birth[:4], birth[5:]) if birth else (str(row.year or ""), "")
    building = row.place[0] if row.place else None
    tails = frozenset([phone[-4:] for phone in row.phones])
    return [
        person
        for person in people
        if (year and person.birth_date and (person.birth_date[:4] == year or person.birth_date[5:] == day))
        or (row.year is not None and row.year == person.birth_year)
        or (building is not None and person.place is not None and person.place[0] == building)
        or any(number[-4:] in tails for number in person.phones)
        or _slipped(person.phones, row.phones)
    ]


def _slipped(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """May one digit of the tail be wrong: is the beginning of a number the same?"""
    return any(one[:7] == other[:7] for one in mine for other in theirs)


class _Crowd:
    """People behind one door or with one phone, too many to look at each for each row.

    Those count who have the whole name in common, the birthday and a character of the name, or an end of the name
    and the year of birth.
    """

    def __init__(self, people: Iterable[Known]) -> None:
        self._spelled: dict[str, list[Known]] = {}
        self._born: dict[str, list[Known]] = {}
        self._ends: dict[tuple[str, int | None], list[Known]] = {}
        for person in people:
            name = name_key(person.name)
            self._spelled.setdefault(spelling(name), []).append(person)
            if person.birth_date:
                self._born.setdefault(person.birth_date, []).append(person)
            year = person.birth_year or (int(person.birth_date[:4]) if person.birth_date else None)
            for end in {name[:1], name[-1:]}:
                self._ends.setdefault((end, year), []).append(person)

    def like(self, row: Traits) -> list[Known]:
        found = list(self._spelled.get(spelling(row.name), ())[:CROWD]) if row.name else []
        if row.birth and not row.name.isascii():
            found += self._born.get(row.birth, ())[:CROWD]
        if row.year is not None:
            for end in {row.name[:1], row.name[-1:]}:
                found += self._ends.get((end, row.year), ())[:CROWD]
        return found
