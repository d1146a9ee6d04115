"""Is this roster row somebody we know? Decided without a database, for 250,000 rows at a time.

A row becomes a new person only if nothing speaks for a known one; where something does, but not enough or
not without contradiction, it is put aside for a person to decide (domain.md, People and status). What a
matched row would change is in `differences.py`, which household it belongs to in `doors.py`, how much
speaks for it in `scoring.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain import scoring
from app.domain.differences import Policy, changes, phone_key, says_otherwise
from app.domain.known import Known, PeopleIndex, kinds_of, year_of
from app.domain.likeness import akin, name_code, name_key
from app.domain.scoring import AGAINST, GENERATION, PLAIN_NAME, Likeness, Traits

__all__ = ["NEW", "REASONS", "Known", "Match", "PeopleIndex", "Policy", "changes", "is_certain", "match"]

Kind = Literal["new", "known", "doubtful"]

REASONS = (
    "dead", "gone", "moved", "same-id-other-name", "differs", "similar", "duplicate", "several", "twice", "moving",
)  # fmt: skip
"""Codes of a doubtful row; the words are `reason-<code>` in `app.words.places`."""

DOUBT = scoring.PRIOR - 1
"""Bits from which a row is put aside as a probable duplicate: one chance in three is worth a look."""
APART = 4.0
"""Bits by which the best candidate must lead, or it is one of several."""
SLIPS = frozenset(("name-variant", "name-order", "name-sounds", "name-shape", "name-misspelt"))
"""Names that, with the same ID number, are one person's."""

BORN_NEARLY = frozenset(("birth-near", "birth-swapped"))
CERTAIN = frozenset(("dead", "gone", "moved", "twice"))
"""Reasons that leave open what is to be written, not of whom."""
ELSEWHERE = frozenset(("other-door", "other-phone"))
"""What speaks against only because somebody moved or has a new number."""

_PUT_ASIDE = {"去世": "dead", "迁出": "gone"}


@dataclass(frozen=True, slots=True)
class Match:
    """kind new: nobody known. known: `resident` is the person. doubtful: `reason`, one of REASONS.

    score: 0 to 1. why: codes for and against, as `scoring.compare` gives them; words `why-<code>`.
    """

    kind: Kind
    resident: str | None = None
    reason: str | None = None
    score: float = field(default=0.0, compare=False)
    why: tuple[str, ...] = field(default=(), compare=False)


NEW = Match("new")


def is_certain(found: Match) -> bool:
    """Is it sure whose row a doubtful one is: one name, a second thing that says so, and nothing that gainsays it?

    Somebody who stands in the file twice must also stand behind one door both times.
    """
    why = frozenset(found.why)
    if found.reason not in CERTAIN or (found.reason == "twice" and "same-door" not in why):
        return False
    if why & (AGAINST - ELSEWHERE) or why & BORN_NEARLY:
        return False
    return bool(why & PLAIN_NAME) and bool(why & {"same-number", "same-door", "birth", "phone"})


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
    place: tuple[str, str, str] | None
    scored: bool

    def traits(self) -> Traits:
        phones = tuple([scoring.phone_trait(number) for number in _row_phones(self.values)])
        return Traits(
            self.name, self.dwelling, self.place, self.birth_year, self.birth_date, self.sex, self.id_index, (), phones
        )


def match(
    values: Mapping[str, Any],
    index: PeopleIndex,
    *,
    dwelling: str | None = None,
    id_index: bytes | None = None,
    place: tuple[str, str, str] | None = None,
    scored: bool = True,
) -> Match:
    """Who a row is. dwelling: id of the row's door (None: the list names none); id_index: of its number;
    place: building id, unit, room of the door; scored: say of people who are known without doubt, too, what speaks for it.

    Evidence in this order: the ID number; name and door; name and birth date (or birth year and a
    shared phone) elsewhere; whatever adds up in spite of a slip in one of them. A shared phone alone, or
    a sound-alike name alone, is no evidence.
    """
    row = _Row(
        name_key(str(values.get("name") or "")),
        dwelling,
        id_index,
        year_of(values.get("birth_year"), values.get("birth_date")),
        values.get("birth_date"),
        values.get("sex"),
        values.get("status"),
        values,
        place,
        scored,
    )
    for evidence in (_by_number, _by_door, _elsewhere, _nearly, _sounds_alike):
        found = evidence(row, index)
        if found is not None:
            return found
    return NEW


# ---------------------------------------------------------------- the kinds of evidence


def _by_number(row: _Row, index: PeopleIndex) -> Match | None:
    if row.id_index is None:
        return None
    people = index.with_number(row.id_index)
    if not people:
        return None
    named = [person for person in people if _one_name(row.name, name_key(person.name))]
    if len(named) > 1 and row.dwelling is not None:
        named = [person for person in named if person.dwelling == row.dwelling] or named
    if len(named) > 1:
        return _doubt(row, named, "several")
    if not named:
        return _doubt(row, people, "same-id-other-name" if len(people) == 1 else "several")
    return _settle(row, named[0], index)


def _one_name(one: str, other: str) -> bool:
    return akin(one, other) or name_code(one, other) in SLIPS


def _by_door(row: _Row, index: PeopleIndex) -> Match | None:
    if row.dwelling is None or not row.name:
        return None
    people = [person for person in index.named_behind(row.dwelling, row.name) if not _another_generation(row, person)]
    if not people:
        return None
    agreeing = [person for person in people if not _contradicts(row, person, index)]
    if not agreeing:
        return _doubt(row, people, "differs")
    if len(agreeing) > 1:
        agreeing = [person for person in agreeing if person.status not in _PUT_ASIDE] or agreeing
    if len(agreeing) > 1:
        agreeing = [person for person in agreeing if _supports(row, person)] or agreeing
    if len(agreeing) > 1:
        return _doubt(row, agreeing, "several")
    return _settle(row, agreeing[0], index)


def _elsewhere(row: _Row, index: PeopleIndex) -> Match | None:
    if not row.name or row.birth_year is None:
        return None
    people = [
        person
        for person in index.named_born(row.name, row.birth_year)
        if not _contradicts(row, person, index) and _supports(row, person)
    ]
    if not people:
        return None
    if len(people) > 1:
        return _doubt(row, people, "several")
    return _settle(row, people[0], index)


def _sounds_alike(row: _Row, index: PeopleIndex) -> Match | None:
    """王晓明 and 王小明 behind one door, born the same day: a slip of the pen, or not; a person decides."""
    if row.dwelling is None or row.birth_date is None:
        return None
    for person in index.born_behind(row.dwelling, row.birth_date):
        if not _contradicts(row, person, index) and akin(row.name, name_key(person.name)):
            return _doubt(row, [person], "similar")
    return None


def _nearly(row: _Row, index: PeopleIndex) -> Match | None:
    """Somebody known before the file whom the row would be, but for a slip; in doubt a person decides."""
    if index.knew_nobody:
        return None
    mine = row.traits()
    ranked: list[tuple[Likeness, Known]] = []
    for person in index.near(mine):
        if name_code(row.name, name_key(person.name)) not in scoring.NAMES:
            continue  # most of those behind the door; nobody with the row's number is left here
        like = scoring.likeness(mine, scoring.traits(person))
        if like.bits >= DOUBT and not _taken(row, person, index):
            ranked.append((like, person))
    if not ranked:
        return None
    like, person = max(ranked, key=lambda each: each[0].bits)
    if sum(like.bits - other.bits < APART for other, _ in ranked) > 1:
        return Match("doubtful", person.id, "several", like.score, like.codes)
    if _sure(like):
        return _settle(row, person, index, like)
    settled = _settle(row, person, index, like)
    if settled.kind == "known" or (settled.reason == "moved" and not PLAIN_NAME.intersection(like.why)):
        return Match("doubtful", person.id, _asked(like), like.score, like.codes)
    return settled


def _asked(like: Likeness) -> str:
    """What is asked where one thing slipped."""
    return "similar" if {"name-sounds", "birth", "same-door"} <= set(like.why) else "duplicate"


def _taken(row: _Row, person: Known, index: PeopleIndex) -> bool:
    """An earlier row of the file was this person, and is named otherwise: twins, a list with both of them."""
    earlier = index.noted(person.id)
    return earlier is not None and name_key(str(earlier.get("name") or "")) != row.name


def _sure(like: Likeness) -> bool:
    """One name but for its characters' form or order, nothing against, and a second thing that says who it is."""
    why = frozenset(like.why)
    if like.against or why & BORN_NEARLY:
        return False
    if why & PLAIN_NAME:
        return bool(why & {"same-door", "birth", "phone"})
    return "name-order" in why and len(why & {"same-door", "birth", "phone"}) > 1


def _settle(row: _Row, person: Known, index: PeopleIndex, like: Likeness | None = None) -> Match:
    """The person is found; is there a reason not to write without asking?"""
    earlier = index.noted(person.id)
    reason = None
    if earlier is not None:
        if _moved(row, person) or says_otherwise(earlier, row.values):
            reason = "twice"
    elif person.status in _PUT_ASIDE and row.status != person.status:
        reason = _PUT_ASIDE[person.status]
    elif _moved(row, person):
        reason = "moved"
    if reason is None and not row.scored:
        return Match("known", person.id)  # nobody looks at the score of most of 250,000 rows
    like = like or scoring.likeness(row.traits(), scoring.traits(person))
    return Match("doubtful" if reason else "known", person.id, reason, like.score, like.codes)


def _doubt(row: _Row, people: Sequence[Known], reason: str) -> Match:
    """A person decides; shown is whoever is likest."""
    mine = row.traits()
    like, person = max(
        ((scoring.likeness(mine, scoring.traits(each)), each) for each in people), key=lambda pair: pair[0].bits
    )
    return Match("doubtful", person.id, reason, like.score, like.codes)


# ---------------------------------------------------------------- for and against


def _moved(row: _Row, person: Known) -> bool:
    return row.dwelling is not None and person.dwelling is not None and row.dwelling != person.dwelling


def _contradicts(row: _Row, person: Known, index: PeopleIndex) -> bool:
    """Does ID number, birth or sex say that they are not the same?"""
    numbers = (person.id_index, *person.further_ids)
    if (
        row.id_index is not None and person.id_index is not None and row.id_index not in numbers
        and not _another_paper(row, person, index)
    ):  # fmt: skip
        return True
    if row.sex and person.sex and row.sex != person.sex:
        return True
    if row.birth_date and person.birth_date:
        return row.birth_date != person.birth_date
    year = year_of(person.birth_year, person.birth_date)
    return row.birth_year is not None and year is not None and row.birth_year != year


def _another_paper(row: _Row, person: Known, index: PeopleIndex) -> bool:
    """Has the row a paper of a kind that is not known of the person: an identity card beside a passport?"""
    held = person.papers or kinds_of((index.noted(person.id) or {}).get("documents"))
    kinds = kinds_of(row.values.get("documents"))
    return bool(held and kinds) and "" not in (*held, *kinds) and set(kinds).isdisjoint(held)


def _another_generation(row: _Row, person: Known) -> bool:
    year = year_of(person.birth_year, person.birth_date)
    return row.birth_year is not None and year is not None and abs(row.birth_year - year) >= GENERATION


def _supports(row: _Row, person: Known) -> bool:
    """Beyond the name: the same number, the same birth date, or the same year and a phone in common."""
    if row.id_index is not None and row.id_index in (person.id_index, *person.further_ids):
        return True
    if row.birth_date and person.birth_date:
        return row.birth_date == person.birth_date
    if row.birth_year is None or row.birth_year != year_of(person.birth_year, person.birth_date):
        return False
    phones = {phone_key(number) for number in person.phones}
    return any(phone_key(number) in phones for number in _row_phones(row.values))


def _row_phones(values: Mapping[str, Any]) -> list[str]:
    numbers = [str(entry.get("number") or "") for entry in values.get("phones") or ()]
    numbers.append(str(values.get("phone") or ""))
    return [number for number in numbers if number]
