"""The people a roster is matched against, and the keys by which they are found again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.candidates import CROWD, Candidates
from app.domain.likeness import name_key
from app.domain.scoring import Traits

K = TypeVar("K")


@dataclass(slots=True)  # not frozen, one is made per new person
class Known:
    """A person the workspace knows, or whom an earlier row of the same file brought.

    id_index: HMAC of the whole ID number (local to the workspace), further_ids those of other papers;
    None where the person has none or the account no ring. birth_date: ISO, only with the ring.
    place: building id, unit and room of the dwelling; without it a slip in the room is not seen.
    papers: the kinds of the person's papers; empty where they are not known.
    """

    id: str
    household: str | None
    dwelling: str | None
    name: str
    birth_year: int | None = None
    id_index: bytes | None = None
    phones: tuple[str, ...] = ()
    status: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    further_ids: tuple[bytes, ...] = ()
    place: tuple[str, str, str] | None = None
    papers: tuple[str, ...] = ()


class PeopleIndex:
    """The known people by ID number, by door and name, by name and birth year, by door.

    Grows while a file is read: `add` whoever a row brought, `note` what a row said of whom, so that a
    person who stands in the file twice is found.
    """

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self.people: dict[str, Known] = {}
        self._by_id: dict[bytes, tuple[Known, ...]] = {}
        self._by_door: dict[str, tuple[Known, ...]] = {}
        self._by_door_name: dict[tuple[str, str], tuple[Known, ...]] = {}
        self._by_name_year: dict[tuple[str, int], tuple[Known, ...]] = {}
        self._noted: dict[str, Mapping[str, Any]] = {}
        self._born_behind: dict[str, tuple[int, dict[str | None, list[Known]]]] = {}
        for person in known:
            self.add(person)
        self._before = tuple(self.people.values())
        self._candidates: Candidates | None = None

    def add(self, person: Known) -> None:
        """Take a person in; the same id a second time is a mistake of the caller."""
        if person.id in self.people:
            raise ValueError(f"indexed twice: {person.id}")
        self.people[person.id] = person
        key, alone = name_key(person.name), (person,)
        for number in (person.id_index, *person.further_ids):
            if number is not None:
                _append(self._by_id, number, alone)
        if person.dwelling is not None:
            _append(self._by_door, person.dwelling, alone)
            _append(self._by_door_name, (person.dwelling, key), alone)
        year = year_of(person.birth_year, person.birth_date)
        if year is not None:
            _append(self._by_name_year, (key, year), alone)

    def note(self, resident: str, values: Mapping[str, Any]) -> None:
        """Remember what a row of this file said of a person."""
        self._noted.setdefault(resident, values)

    def note_apart(self, resident: str) -> None:
        """What was noted is about to be written over: keep it as it is now."""
        if (noted := self._noted.get(resident)) is not None:
            self._noted[resident] = dict(noted)

    def noted(self, resident: str) -> Mapping[str, Any] | None:
        """What the file said of the person before, None if nothing."""
        return self._noted.get(resident)

    def near(self, row: Traits) -> Sequence[Known]:
        """People known before the file who are worth comparing with a row."""
        if not self._before:
            return ()
        if self._candidates is None:
            self._candidates = Candidates(self._before, self.behind)
        return self._candidates.of(row)

    @property
    def knew_nobody(self) -> bool:
        return not self._before

    def with_number(self, number: bytes) -> Sequence[Known]:
        return self._by_id.get(number, ())

    def behind(self, dwelling: str) -> Sequence[Known]:
        return self._by_door.get(dwelling, ())

    def born_behind(self, dwelling: str, birth: str) -> Sequence[Known]:
        """Those behind a door who were born on a day; a crowd (a dormitory) is sorted once, not for each row."""
        people = self._by_door.get(dwelling, ())
        if len(people) <= CROWD:
            return [person for person in people if person.birth_date == birth]
        sorted_before, born = self._born_behind.get(dwelling, (0, {}))
        for person in people[sorted_before:]:
            born.setdefault(person.birth_date, []).append(person)
        self._born_behind[dwelling] = (len(people), born)
        return born.get(birth, ())

    def moved(self, resident: str, household: str, dwelling: str, place: tuple[str, str, str] | None) -> None:
        """A row of this file moved somebody to another door."""
        person = self.people[resident]
        key = name_key(person.name)
        if person.dwelling is not None:
            for index, at in ((self._by_door, person.dwelling), (self._by_door_name, (person.dwelling, key))):
                index[at] = tuple(each for each in index[at] if each is not person)  # type: ignore[index]
            self._born_behind.pop(person.dwelling, None)
        person.household, person.dwelling, person.place = household, dwelling, place
        _append(self._by_door, dwelling, (person,))
        _append(self._by_door_name, (dwelling, key), (person,))

    def named_behind(self, dwelling: str, key: str) -> Sequence[Known]:
        return self._by_door_name.get((dwelling, key), ())

    def named_born(self, key: str, year: int) -> Sequence[Known]:
        return self._by_name_year.get((key, year), ())


def _append(index: dict[K, tuple[Known, ...]], key: K, alone: tuple[Known]) -> None:
    """Most keys have one person for ever: one tuple of one serves all of the person's keys."""
    found = index.get(key)
    index[key] = alone if found is None else found + alone


def kinds_of(papers: Any) -> tuple[str, ...]:
    """Kinds of a list of papers; "" where one does not say."""
    if not isinstance(papers, list):
        return ()
    return tuple(str(each.get("type") or "") for each in papers if each.get("number") and not each.get("former"))


def year_of(birthyear_of: Any, birth_date: Any) -> int | None:
    if birthyear_of:
        return int(birthyear_of)
    return int(str(birth_date)[:4]) if birth_date else None
