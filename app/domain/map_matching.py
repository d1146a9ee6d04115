"""Which outline of a map file belongs to which committee, estate, block or building: sure matches, and what may be meant.

The outcome follows from names and places alone: in whichever order the outlines come, it is the same, and no place gets two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain import addresses, geometry, map_names
from app.domain.geometry import Box, Geometry, Plane
from app.domain.map_proposals import Proposal, Proposer, area

MARGIN = {"building": 80.0, "block": 80.0, "estate": 400.0, "committee": 0.0}
"""Metres that a thing may lie outside of what it belongs to: outlines of estates are drawn by hand."""


@dataclass(frozen=True)
class Shape:
    """One outline with the names it goes by. row: its place in the file, from 1.

    number: the house number as one text; numbers: every 号 that it may name.
    """

    row: int
    geometry: Geometry
    name: str = ""
    code: str = ""
    estate: str = ""
    lane: str = ""
    number: str = ""
    numbers: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """How to speak of it."""
        return self.name or f"{self.estate}{self.lane}{self.number}" or self.code

    @cached_property
    def middle(self) -> tuple[float, float]:
        return geometry.middle(self.geometry)

    @cached_property
    def area(self) -> float:
        """Square metres, roughly: which of two outlines is the larger. A point has none."""
        return area(self.geometry)


@dataclass(frozen=True)
class Target:
    """What an outline may be of. of: in whose chain it is written; within: the outline of what it lies in.

    lanes: of an estate's buildings.
    """

    id: str
    of: str
    name: str = ""
    code: str = ""
    estate: str = ""
    lane: str = ""
    number: str = ""
    lanes: frozenset[str] = frozenset()
    geometry: Geometry | None = None
    within: Geometry | None = None

    @property
    def title(self) -> str:
        """How a person finds it in a list."""
        return " ".join(filter(None, (self.estate, f"{self.lane}{self.number}"))) if self.number else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one outline. why: a code of the reason; problem: the code of a finding where it has no target."""

    row: int
    targets: tuple[str, ...] = ()
    why: str = ""
    proposals: tuple[Proposal, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Claim:
    """An outline wants a target. tier: 0 for names that are the same, higher for likeness."""

    shape: Shape
    target: Target
    tier: int
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        shape = self.shape
        return shape.lane, shape.estate, shape.name if not shape.numbers else ""

    @property
    def rank(self) -> tuple[int, int, int]:
        """The surest first: by likeness, by how few doors share it, by how much is said of it."""
        return self.tier, len(self.shape.numbers), -bool(self.shape.estate) - bool(self.shape.lane)


Decision = tuple[list[Target], str, int]
"""(targets that fit, why, tier)."""


def match(shapes: Sequence[Shape], targets: Sequence[Target], entity: str) -> list[Found]:
    """One answer for each outline, in the order given."""
    decide = _decider(targets, entity)
    claims: dict[str, list[_Claim]] = defaultdict(list)
    problems: dict[int, tuple[str, list[Target]]] = {}
    for shape in shapes:
        made, problem, near = _claims(shape, decide, entity)
        for claim in made:
            claims[claim.target.id].append(claim)
        problems[shape.row] = problem, near
    won: dict[int, list[_Claim]] = defaultdict(list)
    for of_one in claims.values():
        winner, code = _winner(of_one)
        if winner is not None:
            won[winner.shape.row].append(winner)
        for claim in of_one:
            if claim is not winner:
                before, near = problems[claim.shape.row]
                told = before if before not in ("", "map-twice") else code  # whichever place is looked at first
                problems[claim.shape.row] = told, [*near, claim.target]
    proposer = Proposer([(each.id, each.title, each.geometry) for each in targets])
    return [_answer(shape, won[shape.row], *problems[shape.row], proposer) for shape in shapes]


def _answer(shape: Shape, won: list[_Claim], problem: str, near: list[Target], proposer: Proposer) -> Found:
    if won:
        ordered = sorted(won, key=lambda claim: _in_order(claim.target))
        worst = max(won, key=lambda claim: (claim.tier, claim.why))
        return Found(shape.row, tuple(claim.target.id for claim in ordered), worst.why)
    problem = problem or ("map-not-found" if shape.said else "map-no-name")
    names = {shape.said, f"{shape.estate} {shape.lane}{shape.number}".strip()} if shape.said else set()
    proposals = proposer.of(names, shape.middle, shape.area, [each.id for each in near])
    return Found(shape.row, proposals=proposals, problem=problem)


def _in_order(target: Target) -> tuple[str, str, int, str]:
    digits = "".join(filter(str.isdigit, target.number))
    return target.estate, target.lane, int(digits[:9] or 0), target.number or target.name


def _winner(claims: list[_Claim]) -> tuple[_Claim | None, str]:
    """Who gets a target that several want: the surest; of those that name it alike the largest; else nobody."""
    best = min(claim.rank for claim in claims)
    first = [claim for claim in claims if claim.rank == best]
    if len({claim.names for claim in first}) > 1:
        return None, "map-rivals"
    return min(first, key=lambda claim: (-claim.shape.area, _corner(claim.shape), claim.shape.row)), "map-twice"


def _corner(shape: Shape) -> tuple[float, float]:
    found = geometry.box([shape.geometry])
    return (found.west, found.south) if found else (0.0, 0.0)


# ---------------------------------------------------------------- who wants what


def _claims(
    shape: Shape, decide: Callable[[Shape, str], Decision], entity: str
) -> tuple[list[_Claim], str, list[Target]]:
    """What one outline asks for; else the problem, and whom it may have meant."""
    made: list[_Claim] = []
    problem = ""
    near: list[Target] = []
    wanted: Iterable[str] = dict.fromkeys((shape.number, *shape.numbers)) if entity == "building" else ("",)
    for number in wanted:
        fits, why, tier = decide(shape, number)
        here = [each for each in fits if _lies_in(shape, each, entity)]
        if len(here) == 1 and _of_a_road(shape, here[0]):
            problem, near = "map-lane", [*near, *here]
        elif len(here) == 1:
            made.append(_Claim(shape, here[0], tier, why))
            if entity == "building" and number == shape.number:
                break  # 12-14号 is known under this very name
        elif fits:
            problem, near = "map-several" if here else "map-elsewhere", [*near, *fits]
    return made, problem, near


def _of_a_road(shape: Shape, target: Target) -> bool:
    """A road or lane is named for the outline and none for the place: 中山东一路13号 is not 培花新村13号, unless it lies there."""
    if not shape.lane or target.lane or shape.estate or not target.number:
        return False
    return target.within is None or not geometry.contains(target.within, *shape.middle)


def _lies_in(shape: Shape, target: Target, entity: str) -> bool:
    """Not far away from the outline of what the target belongs to, where that is known."""
    if target.within is None or not (found := geometry.box([target.within])):
        return True
    x, y = shape.middle
    low, high = Plane(found.west, found.south), Plane(found.east, found.north)
    west, south = low.at(-MARGIN[entity], -MARGIN[entity])
    east, north = high.at(MARGIN[entity], MARGIN[entity])
    return west <= x <= east and south <= y <= north


def _decider(targets: Sequence[Target], entity: str) -> Callable[[Shape, str], Decision]:
    if entity == "building":
        by_number: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            by_number[target.number].append(target)
        return lambda shape, number: _building(shape, by_number.get(number, ()) if number else ())
    if entity == "block":
        return lambda shape, _: _block(shape, targets)
    return lambda shape, _: _named(shape, targets, entity)


def _named(shape: Shape, targets: Sequence[Target], entity: str) -> Decision:
    """A committee by its code or name, an estate by its name or the only lane it has for itself."""
    estate = entity == "estate"
    name = addresses.estate(shape.name or shape.estate) if estate else shape.name
    fits = [each for each in targets
            if (name and each.name == name) or (not estate and shape.code and each.code == shape.code)]  # fmt: skip
    if fits:
        return _narrowed(shape, fits, "match-code" if not estate and fits[0].name != name else "match-name", 0)
    fits = [each for each in targets if name and map_names.alike(name, each.name)]
    if fits:
        return _narrowed(shape, fits, "match-alike", 1)
    fits = [
        each for each in targets if estate and shape.lane and any(_same_lane(shape.lane, one) for one in each.lanes)
    ]
    return _narrowed(shape, fits, "match-lane", 2)


def _block(shape: Shape, targets: Sequence[Target]) -> Decision:
    label = shape.number or addresses.building(shape.name)
    fits = [each for each in targets if label and addresses.building(each.name) == label and _same_estate(shape, each)]
    return _narrowed(shape, fits, "match-number", 0)


def _building(shape: Shape, numbered: Sequence[Target]) -> Decision:
    """A building by its number within estate and lane, as far as both sides name them."""
    fits = [each for each in numbered
            if (not shape.lane or not each.lane or shape.lane == each.lane)
            and (not shape.estate or shape.estate == each.estate)]  # fmt: skip
    tier = 0
    if not fits:
        tier = 1
        fits = [each for each in numbered
                if (not shape.lane or not each.lane or _same_lane(shape.lane, each.lane)) and _same_estate(shape, each)]  # fmt: skip
    if (
        len(fits) > 1
        and shape.lane
        and (same := [each for each in fits if each.lane and _same_lane(shape.lane, each.lane)])
    ):
        fits = same
    named = "match-estate" if shape.estate else "match-lane" if shape.lane else "match-number"
    return _narrowed(shape, fits, "match-alike" if tier else named, tier)


def _same_lane(one: str, other: str) -> bool:
    """901弄 may be 丁香路901弄; two roads are two lanes."""
    short, long = sorted((one, other), key=len)
    return short == long or (short[:1].isdigit() and long.endswith(short) and not long[: -len(short)][-1:].isdigit())


def _same_estate(shape: Shape, target: Target) -> bool:
    return not shape.estate or shape.estate == target.estate or map_names.alike(shape.estate, target.estate)


def _narrowed(shape: Shape, fits: list[Target], why: str, tier: int) -> Decision:
    """Where several fit, the one in whose outline the shape lies."""
    if len(fits) < 2:
        return fits, why, tier
    there = [each for each in fits if each.within is not None and geometry.contains(each.within, *shape.middle)]
    return (there, "match-inside", max(tier, 1)) if len(there) == 1 else (fits, why, tier)


def inside(outlines: Sequence[tuple[str, Geometry]], shape: Shape) -> str:
    """The id of the only outline in which a shape's middle lies; "" for none or several."""
    found = [id_ for id_, outline in outlines if geometry.contains(outline, *shape.middle)]
    return found[0] if len(found) == 1 else ""


def at(shape: Shape, row: int) -> Shape:
    """The same outline at another place of the file."""
    return replace(shape, row=row)


def box(shapes: Iterable[Shape]) -> Box | None:
    return geometry.box(each.geometry for each in shapes)
