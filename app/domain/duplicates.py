"""Which of the people the workspace knows may be one person twice: candidates for the merge desk.

Never everybody with everybody: only people who share a key are compared, and a key that a crowd shares (a
dormitory's telephone, 1900-01-01) is narrowed by the name or passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from app.domain import scoring
from app.domain.candidates import CROWD, spelling
from app.domain.matching import Known
from app.domain.scoring import Traits
from app.domain.variants import fold


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people by their ids. score: 0 to 1; why, against: codes whose words are `why-<code>`."""

    one: str
    other: str
    score: float
    why: tuple[str, ...]
    against: tuple[str, ...]


def pairs(people: Iterable[Known], *, least: float = 0.5) -> list[Pair]:
    """Probable duplicates, the likest first. least: the score from which a pair is shown."""
    ids: list[str] = []
    compared: list[Traits] = []
    for person in people:
        ids.append(person.id)
        compared.append(scoring.traits(person))
    found: dict[int, Pair] = {}
    for one, other in _neighbours(compared):
        pair = one * len(ids) + other
        if pair in found:
            continue
        like = scoring.likeness(compared[one], compared[other])
        if like.score >= least and not scoring.unnamed(like):
            found[pair] = Pair(ids[one], ids[other], like.score, like.why, like.against)
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.one, pair.other))


def _neighbours(people: list[Traits]) -> Iterator[tuple[int, int]]:
    """Whoever shares a key; one kind of key after the other, so that only one index is in memory."""
    for keys in (_numbers, _days, _years, _buildings, _births, _phones, _doors):
        blocks: dict[str | bytes, list[int]] = {}
        for n, one in enumerate(people):
            for key in set(keys(one)):
                blocks.setdefault(key, []).append(n)
        for members in blocks.values():
            if 1 < len(members) <= CROWD:
                yield from combinations(members, 2)


# ---------------------------------------------------------------- keys: two records of one person share one of them


def _numbers(one: Traits) -> Iterator[str | bytes]:
    if one.number is not None:
        yield one.number
    yield from one.numbers


def _days(one: Traits) -> Iterator[str]:
    """The name and the day of the year: the year is wrong."""
    if one.birth and one.name:
        yield spelling(one.name) + one.birth[5:]


def _years(one: Traits) -> Iterator[str]:
    if one.year is not None and one.name:
        yield f"{spelling(one.name)}{one.year}"


def _buildings(one: Traits) -> Iterator[str]:
    if one.place is not None and one.name:
        yield f"{spelling(one.name)} {one.place[0]}"
        if one.name.isascii():
            yield from (f"{word} {one.place[0]}" for word in one.name.split())


def _births(one: Traits) -> Iterator[str]:
    """The birthday and an end of the name, whichever is right."""
    if one.birth and one.name:
        yield from (part + one.birth for part in _parts(one.name))


def _phones(one: Traits) -> Iterator[str]:
    for phone in one.phones:
        yield phone
        yield from (part + phone for part in _parts(one.name))


def _doors(one: Traits) -> Iterator[str]:
    """Whoever lives there; behind a crowded door whoever has an end of the name or the birthday in common."""
    if one.door is not None:
        yield one.door
        yield from (part + one.door for part in _parts(one.name))
        if one.birth:
            yield one.birth + one.door


def _parts(name: str) -> tuple[str, ...]:
    if name.isascii():
        return tuple(name.split())
    plain = fold(name)
    return plain[0], plain[-1]
