"""Is this roster row somebody we know? Decided without a database, for 250,000 rows at a time.

A row becomes a new person only if nothing speaks for a known one; where something does, but not enough or
not without contradiction, it is put aside for a person to decide (domain.md, People and status). What a
matched row would change is in `differences.py`, which household it belongs to in `doors.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from app.domain.differences import Policy, changes, phone_key, says_otherwise
from app.domain.likeness import akin, name_key

__all__ = ["NEW", "REASONS", "Known", "Match", "PeopleIndex", "Policy", "changes", "match"]

K = TypeVar("K")
Kind = Literal["new", "known", "doubtful"]

REASONS = (
    "dead", "gone", "moved", "same-id-other-name", "differs", "similar", "several", "twice",
)  # fmt: skip
"""Codes of a doubtful row; the words are `reason-<code>` in `app.words.places`."""

GENERATION = 12
"""Years between two people of one name behind one door from which they are surely two people."""

_PUT_ASIDE = {"去世": "dead", "迁出": "gone"}


@dataclass(slots=True)  # not frozen, like _Row: one is made per new person
class Known:
    """A person the workspace knows, or whom an earlier row of the same file brought.

    id_index: HMAC of the whole ID number (local to the workspace), further_ids those of other papers;
    None where the person has none or the account no ring. birth_date: ISO, only with the ring.
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


@dataclass(frozen=True, slots=True)
class Match:
    """kind new: nobody known. known: `resident` is the person. doubtful: `reason`, one of REASONS."""

    kind: Kind
    resident: str | None = None
    reason: str | None = None


NEW = Match("new")


@dataclass(slots=True)  # not frozen: one is made per row, and frozen ones take three times as long
class _Row:
    """What of a row decides who it is."""

    name: str
    dwelling: str | None
    id_index: bytes | None
    birth_year: int | None
    birth_date: str | None
    sex: str | None
    status: str | None
    values: Mapping[str, Any]


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
        for person in known:
            self.add(person)

    def add(self, person: Known) -> None:
        """Take a person in; the same id a second time is a mistake of the caller."""
        if person.id in self.people:
            raise ValueError(f"indexed twice: {person.id}")
        self.people[person.id] = person
        key = name_key(person.name)
        for number in (person.id_index, *person.further_ids):
            if number is not None:
                _append(self._by_id, number, person)
        if person.dwelling is not None:
            _append(self._by_door, person.dwelling, person)
            _append(self._by_door_name, (person.dwelling, key), person)
        year = _year(person.birth_year, person.birth_date)
        if year is not None:
            _append(self._by_name_year, (key, year), person)

    def note(self, resident: str, values: Mapping[str, Any]) -> None:
        """Remember what a row of this file said of a person."""
        self._noted.setdefault(resident, values)

    def noted(self, resident: str) -> Mapping[str, Any] | None:
        """What the file said of the person before, None if nothing."""
        return self._noted.get(resident)

    def with_number(self, number: bytes) -> Sequence[Known]:
        return self._by_id.get(number, ())

    def behind(self, dwelling: str) -> Sequence[Known]:
        return self._by_door.get(dwelling, ())

    def named_behind(self, dwelling: str, key: str) -> Sequence[Known]:
        return self._by_door_name.get((dwelling, key), ())

    def named_born(self, key: str, year: int) -> Sequence[Known]:
        return self._by_name_year.get((key, year), ())


def _append(index: dict[K, tuple[Known, ...]], key: K, person: Known) -> None:
    """Most keys have one person for ever: a tuple of one is made and thrown away faster than a list."""
    found = index.get(key)
    index[key] = (person,) if found is None else (*found, person)


def match(
    values: Mapping[str, Any],
    index: PeopleIndex,
    *,
    dwelling: str | None = None,
    id_index: bytes | None = None,
) -> Match:
    """Who a row is. dwelling: id of the row's door (None: the list names none); id_index: of its number.

    Evidence in this order: the ID number; name and door; name and birth date (or birth year and a
    shared phone) elsewhere. A shared phone alone, or a sound-alike name alone, is no evidence.
    """
    row = _Row(
        name_key(str(values.get("name") or "")),
        dwelling,
        id_index,
        _year(values.get("birth_year"), values.get("birth_date")),
        values.get("birth_date"),
        values.get("sex"),
        values.get("status"),
        values,
    )
    for evidence in (_by_number, _by_door, _elsewhere, _sounds_alike):
        found = evidence(row, index)
        if found is not None:
            return found
    return NEW


# ---------------------------------------------------------------- the four kinds of evidence


def _by_number(row: _Row, index: PeopleIndex) -> Match | None:
    if row.id_index is None:
        return None
    people = index.with_number(row.id_index)
    if not people:
        return None
    named = [person for person in people if akin(row.name, name_key(person.name))]
    if len(named) > 1 and row.dwelling is not None:
        named = [person for person in named if person.dwelling == row.dwelling] or named
    if len(named) > 1:
        return Match("doubtful", named[0].id, "several")
    if not named:
        return Match("doubtful", people[0].id, "same-id-other-name" if len(people) == 1 else "several")
    return _settle(row, named[0], index)


def _by_door(row: _Row, index: PeopleIndex) -> Match | None:
    if row.dwelling is None or not row.name:
        return None
    people = [person for person in index.named_behind(row.dwelling, row.name) if not _another_generation(row, person)]
    if not people:
        return None
    agreeing = [person for person in people if not _contradicts(row, person)]
    if not agreeing:
        return Match("doubtful", people[0].id, "differs")
    if len(agreeing) > 1:
        agreeing = [person for person in agreeing if person.status not in _PUT_ASIDE] or agreeing
    if len(agreeing) > 1:
        agreeing = [person for person in agreeing if _supports(row, person)] or agreeing
    if len(agreeing) > 1:
        return Match("doubtful", agreeing[0].id, "several")
    return _settle(row, agreeing[0], index)


def _elsewhere(row: _Row, index: PeopleIndex) -> Match | None:
    if not row.name or row.birth_year is None:
        return None
    people = [
        person
        for person in index.named_born(row.name, row.birth_year)
        if not _contradicts(row, person) and _supports(row, person)
    ]
    if not people:
        return None
    if len(people) > 1:
        return Match("doubtful", people[0].id, "several")
    return _settle(row, people[0], index)


def _sounds_alike(row: _Row, index: PeopleIndex) -> Match | None:
    """王晓明 and 王小明 behind one door, born the same day: a slip of the pen, or not; a person decides."""
    if row.dwelling is None or row.birth_date is None:
        return None
    for person in index.behind(row.dwelling):
        if (
            person.birth_date == row.birth_date
            and not _contradicts(row, person)
            and akin(row.name, name_key(person.name))
        ):
            return Match("doubtful", person.id, "similar")
    return None


def _settle(row: _Row, person: Known, index: PeopleIndex) -> Match:
    """The person is found; is there a reason not to write without asking?"""
    earlier = index.noted(person.id)
    if earlier is not None:
        if _moved(row, person) or says_otherwise(earlier, row.values):
            return Match("doubtful", person.id, "twice")
        return Match("known", person.id)
    if person.status in _PUT_ASIDE and row.status != person.status:
        return Match("doubtful", person.id, _PUT_ASIDE[person.status])
    if _moved(row, person):
        return Match("doubtful", person.id, "moved")
    return Match("known", person.id)


# ---------------------------------------------------------------- for and against


def _moved(row: _Row, person: Known) -> bool:
    return row.dwelling is not None and person.dwelling is not None and row.dwelling != person.dwelling


def _contradicts(row: _Row, person: Known) -> bool:
    """Does ID number, birth or sex say that they are not the same?"""
    numbers = (person.id_index, *person.further_ids)
    if row.id_index is not None and person.id_index is not None and row.id_index not in numbers:
        return True
    if row.sex and person.sex and row.sex != person.sex:
        return True
    if row.birth_date and person.birth_date:
        return row.birth_date != person.birth_date
    year = _year(person.birth_year, person.birth_date)
    return row.birth_year is not None and year is not None and row.birth_year != year


def _another_generation(row: _Row, person: Known) -> bool:
    year = _year(person.birth_year, person.birth_date)
    return row.birth_year is not None and year is not None and abs(row.birth_year - year) >= GENERATION


def _supports(row: _Row, person: Known) -> bool:
    """Beyond the name: the same number, the same birth date, or the same year and a phone in common."""
    if row.id_index is not None and row.id_index in (person.id_index, *person.further_ids):
        return True
    if row.birth_date and person.birth_date:
        return row.birth_date == person.birth_date
    if row.birth_year is None or row.birth_year != _year(person.birth_year, person.birth_date):
        return False
    phones = {phone_key(number) for number in person.phones}
    return any(phone_key(number) in phones for number in _row_phones(row.values))


def _row_phones(values: Mapping[str, Any]) -> list[str]:
    numbers = [str(entry.get("number") or "") for entry in values.get("phones") or ()]
    numbers.append(str(values.get("phone") or ""))
    return [number for number in numbers if number]


def _year(birth_year: Any, birth_date: Any) -> int | None:
    if birth_year:
        return int(birth_year)
    return int(str(birth_date)[:4]) if birth_date else None
