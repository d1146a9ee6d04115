"""How often each field errs in these very records, learned without being told who is who.

The weights in `scoring` guess how often rosters err. Passport rosters err otherwise, each in its own way: names are misheard,
addresses shortened. Here m (how often a field agrees so in records of one person) and u (by chance) of Fellegi and Sunter's
model are fitted to the pairs themselves, by expectation and maximisation: likely pairs move the guess, the moved guess says
which pairs are likely. The guess counts as much as GUESSED pairs.

Not used for Chinese names: families there share a surname's character, a door and a telephone, and what is learned from them
finds brothers and sisters (measured on `benchmarks/truth.py`: F1 0.95 instead of 0.986). Where families with Latin names live
the guess stays too: they are told from duplicates by counting, see `_families`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2

from app.domain.scoring import KIN, PRIOR, WEIGHTS, Codes, Likeness, unnamed, weighed

LEAST = 500
"""People from whom something can be learned."""
GUESS: tuple[Mapping[str, float], ...] = (
    {"same-number": 0.97, "other-number": 0.03},
    {
        "same-name": 0.80, "name-variant": 0.03, "name-order": 0.02, "name-sounds": 0.04, "name-shape": 0.02, "name-misspelt": 0.02,
        "name-near": 0.01, "name-part": 0.02, "name-given": 0.01, "name-one-char": 0.01, "name-one-word": 0.01, "other-name": 0.01,
    },
    {"birth": 0.85, "birth-swapped": 0.03, "birth-near": 0.05, "birth-year": 0.04, "other-birth": 0.02, "other-generation": 0.01},
    {"same-door": 0.72, "near-door": 0.05, "address-most": 0.02, "address-part": 0.01, "other-door": 0.20},
    {"phone": 0.65, "phone-tail": 0.05, "phone-near": 0.05, "other-phone": 0.25},
    {"sex": 0.99, "other-sex": 0.01},
)  # fmt: skip
"""For each field of `Codes`: how often two records of one person agree so, where both say something."""
GUESSED = 50.0
CHANCES = 2.0
"""Chance agreements of a kind that the guess counts as much as."""
FEW = 0.01
"""Duplicates for each person that are expected before anything was seen."""
TURNS = 15
UNLIKELY = 3.0
"""How many times as often as duplicates explain it a pattern may be seen."""
SPARE = 5.0
Counts = Mapping[Codes, float]


@dataclass(slots=True)
class Learned:
    """prior: bits that must be overcome. moved: code → bits more than `scoring.WEIGHTS`. kin: are there families?"""

    prior: float = PRIOR
    kin: bool = True
    moved: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    """code → m"""

    def likeness(self, codes: Codes) -> Likeness:
        like = weighed(*codes)
        bits = self.bits(codes)
        return Likeness(round(_chance(bits - self.prior), 4), like.why, like.against, bits)

    def bits(self, codes: Codes) -> float:
        bits = weighed(*codes).bits + sum([self.moved.get(code, 0.0) for code in _said(codes)])
        return bits - KIN if not self.kin and is_kin(codes) else bits

    def expected(self, codes: Codes, same: Counts) -> float:
        """How many duplicates show the pattern, if their fields err independently."""
        share = sum([count for each, count in same.items() if _compared(each) == _compared(codes)])
        for code in _said(codes):
            share *= self.shares[code]
        return share


def learn(seen: Mapping[Codes, int], chance: Mapping[Codes, int], people: int) -> dict[Codes, Likeness]:
    """A likeness for the patterns that were seen; where families live the guess stays.

    seen: pattern → pairs that show it, of those worth comparing. chance: the same of pairs drawn blindly. people: how many.
    """
    if _families(_fitted(seen, chance, people, kin=True), seen):
        return {codes: like for codes in seen if not unnamed(like := weighed(*codes))}
    learned = _fitted(seen, chance, people, kin=False)
    same = _same(learned, seen)
    found = {}
    for codes, count in seen.items():
        like = learned.likeness(codes)
        explained = learned.expected(codes, same) if like.score >= 0.5 else count
        if count > UNLIKELY * explained + SPARE:
            like = Likeness(round(min(like.score, (explained + 1) / count), 4), like.why, like.against, like.bits)
        found[codes] = like
    return found


def is_kin(codes: Codes) -> bool:
    """One word of the name in common and another birthday: somebody of the family, or a slip in both."""
    return codes[1] == "name-one-word" and codes[2] != "birth"


def _families(learned: Learned, seen: Counts) -> bool:
    """Do more pairs live together with one word in common and another birthday than slips explain?"""
    same = _same(learned, seen)
    together = {
        codes: count for codes, count in seen.items()
        if is_kin(codes) and codes[2] in ("other-birth", "other-generation") and codes[3] in ("same-door", "near-door")
    }  # fmt: skip
    explained = sum([learned.expected(codes, same) for codes in together])
    return sum(together.values()) > UNLIKELY * explained + SPARE


def _fitted(seen: Counts, chance: Counts, people: int, *, kin: bool) -> Learned:
    learned = Learned(kin=kin)
    for _ in range(TURNS):
        same = _same(learned, seen)
        other = {
            codes: count - part
            for (codes, count), part in zip(chance.items(), _same(learned, chance).values(), strict=True)
        }
        moved, shares = _moved(same, other)
        prior = log2((people * (people - 1) / 2 + 1) / (sum(same.values()) + FEW * people))
        learned = Learned(prior, kin, moved, shares)
    return learned


def _same(learned: Learned, patterns: Counts) -> dict[Codes, float]:
    """How many of the pairs are one person."""
    return {codes: count * _chance(learned.bits(codes) - learned.prior) for codes, count in patterns.items()}


def _moved(same: Counts, other: Counts) -> tuple[dict[str, float], dict[str, float]]:
    """(code → bits, code → m)"""
    moved: dict[str, float] = {}
    shares: dict[str, float] = {}
    for place, guess in enumerate(GUESS):
        alike, apart = _counted(same, place), _counted(other, place)
        for code, share in guess.items():
            m = (alike.get(code, 0.0) + GUESSED * share) / (sum(alike.values()) + GUESSED)
            guessed = share / 2.0 ** WEIGHTS[code]
            at_random = min(1.0, guessed)
            u = (apart.get(code, 0.0) + CHANCES) / (sum(apart.values()) + CHANCES / at_random)
            moved[code] = log2(m / share) + log2(guessed / u)
            shares[code] = m
    return moved, shares


def _counted(patterns: Counts, place: int) -> dict[str, float]:
    counted: dict[str, float] = {}
    for codes, count in patterns.items():
        if code := codes[place]:
            assert isinstance(code, str)
            counted[code] = counted.get(code, 0.0) + count
    return counted


def _said(codes: Codes) -> list[str]:
    return [code for code in codes[:6] if code]


def _compared(codes: Codes) -> tuple[bool, ...]:
    return tuple([bool(code) for code in codes[:6]])


def _chance(bits: float) -> float:
    return float(1 / (1 + 2.0 ** min(500.0, -bits)))
