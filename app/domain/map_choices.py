"""What becomes of every outline of a map file: matched by itself, decided by a person, made anew, laid under the map or left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain import addresses
from app.domain.findings import Finding, UserError
from app.domain.map_matching import Found, Shape

Act = Literal["to", "new", "ground", "skip"]
LONGEST = 40
"""Characters of a name or number that a map gives to a new place."""
MAY_BE_MADE = frozenset({"map-not-found", "map-no-name"})
"""Problems of an outline that is known nowhere; any other says that it may be one of the places here."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person said of one outline. targets: for "to", ids; estate: for a new building, the name of its estate."""

    act: Act
    targets: tuple[str, ...] = ()
    estate: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One outline and what was found for it. estate: the name of the estate in whose outline it lies, "" for none."""

    shape: Shape
    found: Found
    estate: str = ""

    @property
    def row(self) -> int:
        return self.shape.row


@dataclass(frozen=True, slots=True)
class New:
    """A place that is to be made: an estate by its name, a building by estate, lane and number."""

    shape: Shape
    estate: str
    lane: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """to: target -> its outline. matched: outlines that found theirs. findings: what was left out, and why."""

    to: Mapping[str, Shape]
    new: tuple[New, ...]
    ground: tuple[Shape, ...]
    findings: tuple[Finding, ...]
    matched: int


def decide(rows: Sequence[Row], choices: Mapping[int, Choice], entity: str) -> Outcome:
    """What would be written. A person's word goes over what was matched by itself.

    Raises UserError("map-chosen-twice") where two outlines were given to one place.
    """
    said = _chosen(rows, choices)
    to, findings, matched, ground = dict(said), [], 0, []
    for row in rows:
        choice = choices.get(row.row)
        if choice is None:
            free = [target for target in row.found.targets if target not in said]
            to |= dict.fromkeys(free, row.shape)
            matched += bool(free)
            if not free:
                findings.append(_left(row, "map-twice" if row.found.targets else row.found.problem))
        elif choice.act == "to":
            matched += 1
        elif choice.act == "ground":
            ground.append(row.shape)
    new, doubled = _new(rows, choices, entity)
    return Outcome(to, tuple(new), tuple(ground), (*findings, *doubled), matched)


def _chosen(rows: Sequence[Row], choices: Mapping[int, Choice]) -> dict[str, Shape]:
    said: dict[str, Shape] = {}
    for row in rows:
        choice = choices.get(row.row)
        for target in choice.targets if choice and choice.act == "to" else ():
            if target in said:
                raise UserError("map-chosen-twice", row=row.row, value=row.shape.said, other=said[target].row)
            said[target] = row.shape
    return said


def _left(row: Row, code: str) -> Finding:
    return Finding(code, row=row.row, value=row.shape.said or None)


def _new(rows: Sequence[Row], choices: Mapping[int, Choice], entity: str) -> tuple[list[New], list[Finding]]:
    """Places to be made; of two outlines with the same path the larger one."""
    made: dict[tuple[str, str, str], New] = {}
    findings = []
    wanted = [(row, choice) for row in rows if (choice := choices.get(row.row)) is not None and choice.act == "new"]
    for row, choice in sorted(wanted, key=lambda each: -each[0].shape.area):
        new = named(row, choice.estate, entity)
        if new is None:
            findings.append(_left(row, "map-no-name" if not nameable(row, entity) else "map-new-estate"))
        elif (new.estate, new.lane, new.number) in made:
            findings.append(_left(row, "map-twice"))
        else:
            made[new.estate, new.lane, new.number] = new
    return sorted(made.values(), key=lambda each: each.shape.row), findings


def named(row: Row, estate: str, entity: str) -> New | None:
    """The place that an outline would become; None where its name or its estate is missing.

    A building without a number goes by its name (金茂大厦).
    """
    shape = row.shape
    if entity == "estate":
        name = addresses.estate(shape.name or shape.estate)[:LONGEST]
        return New(shape, name) if name else None
    number = shape.number or addresses.building(shape.name)
    estate = shape.estate or row.estate or estate
    return New(shape, estate, shape.lane, number[:LONGEST]) if number and estate and entity == "building" else None


def nameable(row: Row, entity: str) -> bool:
    """Could a new place be made of it, once its estate is known?"""
    return named(row, "?", entity) is not None


def may_be_made(row: Row, entity: str) -> bool:
    """Is it known nowhere, and does it bear a name: what 按名称新建 takes?"""
    return not row.found.targets and row.found.problem in MAY_BE_MADE and nameable(row, entity)
