"""Which of the people the workspace knows may be one person twice: candidates for the merge desk.

Never everybody with everybody: only people who share a key are compared, and a key that a crowd shares (a
dormitory's telephone, 1900-01-01) is narrowed by the name or passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from app.domain import learning, scoring
from app.domain.candidates import CROWD, spelling
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.likeness import sound_code
from app.domain.matching import Known
from app.domain.scoring import Codes, Likeness, Traits
from app.domain.variants import fold

DRAWN = 30_000
"""Pairs drawn blindly, to see what agrees by chance."""
_EVERY = 5_000
"""Pairs and people between two looks whether somebody cancelled: some tens of milliseconds."""
WORD = 4
"""Letters of a street's word that may tell where somebody lives."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people by their ids. score: 0 to 1; why, against: codes whose words are `why-<code>`."""

    one: str
    other: str
    score: float
    why: tuple[str, ...]
    against: tuple[str, ...]


Keys = Callable[[Traits], Iterable[str | bytes]]
Couples = Iterator[tuple[int, int]]


def pairs(
    people: Iterable[Known], *, least: float = 0.5, progress: Progress = quiet, cancelled: Cancelled = never
) -> list[Pair]:
    """Probable duplicates, the likest first. least: the score from which a pair is shown.

    Raises UserError("cancelled").
    """
    ids: list[str] = []
    compared: list[Traits] = []
    for person in people:
        if len(ids) % _EVERY == 0:
            check(cancelled)
        ids.append(person.id)
        compared.append(scoring.traits(person))
    found = _alike(compared, least, progress, cancelled)
    latin = [n for n, one in enumerate(compared) if one.name.isascii()]
    if len(latin) >= learning.LEAST:
        kept = {couple: like for couple, like in found.items() if not _latin(compared, *couple)}
        found = kept | _learned(compared, latin, least, progress, cancelled)
    made = [Pair(ids[one], ids[other], like.score, like.why, like.against) for (one, other), like in found.items()]
    return sorted(made, key=lambda pair: (-pair.score, pair.one, pair.other))


def _latin(people: Sequence[Traits], one: int, other: int) -> bool:
    return people[one].name.isascii() and people[other].name.isascii()


def _alike(
    people: Sequence[Traits], least: float, progress: Progress, cancelled: Cancelled
) -> dict[tuple[int, int], Likeness]:
    found: dict[tuple[int, int], Likeness] = {}
    for one, other in _neighbours(people, range(len(people)), KEYS, progress, cancelled):
        if (one, other) not in found:
            like = scoring.likeness(people[one], people[other])
            if like.score >= least and not scoring.unnamed(like):
                found[one, other] = like
    return found


def _learned(
    people: Sequence[Traits], latin: Sequence[int], least: float, progress: Progress, cancelled: Cancelled
) -> dict[tuple[int, int], Likeness]:
    """The same among people with Latin names, with weights that these people taught: see `learning`."""
    showing: dict[Codes, set[tuple[int, int]]] = {}
    for one, other in _neighbours(people, latin, (*KEYS, _written), progress, cancelled):
        showing.setdefault(scoring.codes_of(people[one], people[other]), set()).add((one, other))
    likely = learning.learn({codes: len(each) for codes, each in showing.items()}, _drawn(people, latin), len(latin))
    return {couple: like for codes, like in likely.items() if like.score >= least for couple in showing[codes]}


def _drawn(people: Sequence[Traits], among: Sequence[int]) -> Counter[Codes]:
    random = Random(0)  # the same people give the same pairs
    return Counter(scoring.codes_of(*(people[n] for n in random.sample(among, 2))) for _ in range(DRAWN))


def _neighbours(
    people: Sequence[Traits], among: Sequence[int], kinds: Sequence[Keys], progress: Progress, cancelled: Cancelled
) -> Couples:
    """Whoever shares a key; one kind of key after the other, so that only one index is in memory."""
    seen = 0
    for number, keys in enumerate(kinds):
        progress(number, len(kinds), "duplicate-search")
        blocks: dict[str | bytes, list[int]] = {}
        for count, n in enumerate(among):
            if count % _EVERY == 0:
                check(cancelled)
            for key in set(keys(people[n])):
                blocks.setdefault(key, []).append(n)
        for members in blocks.values():
            if 1 < len(members) <= CROWD:
                seen += len(members) * (len(members) - 1) // 2
                if seen >= _EVERY:
                    check(cancelled)
                    seen = 0
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


def _written(one: Traits) -> Iterator[str]:
    """Names in letters and addresses in words: what they sound like, and any two things that agree."""
    words = [sound_code(word) for word in one.name.split()]
    yield f"name {sorted(words)}"
    if one.birth:
        yield one.birth
    for word in words:
        yield f"{word} {one.year}"
        if one.birth:
            yield word + one.birth[5:]
    if one.place is not None:
        yield from _addresses(one.place, words)


def _addresses(place: tuple[str, str, str], words: Sequence[str]) -> Iterator[str]:
    building, (number, street) = place[0], scoring.street_of(place[2])
    for part in (building, number, street):
        if part:
            yield from (f"{word}@{part}" for word in words)
    yield f"street {street or building}"
    yield f"house {building} {number}"
    yield f"in {building}"
    if number:
        yield from (f"at {number} {word}" for word in street.split() if len(word) >= WORD)


def _parts(name: str) -> tuple[str, ...]:
    if name.isascii():
        return tuple(name.split())
    plain = fold(name)
    return plain[0], plain[-1]


KEYS: tuple[Keys, ...] = (_numbers, _days, _years, _buildings, _births, _phones, _doors)
