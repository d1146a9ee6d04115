"""幢: footprints that several 号 share. Each 号 is its own part of the footprint, the 幢 the stronger line around them.

A footprint is shared where its 幢 has an outline and the 号 have none, or where several 号 were given the same outline,
as maps of buildings do. It is cut across its long axis in the order of the numbers; a sketch, but the right neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from app.domain.geometry import Geometry, GeometryError

MOST = 40
"""号 of one footprint that are cut apart; more than that share it as it is."""
_BARE = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class House:
    """One 号: its own outline, and the 幢 it belongs to. They come in the order of their numbers."""

    id: str
    geometry: Geometry | None = None
    block: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One 幢. label: as it is shown, `3幢`; "" where only the outline is known to be shared."""

    id: str
    label: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Shared:
    """outlines: of the 号 that got a part of a footprint, by id; blocks: what is drawn round them."""

    outlines: dict[str, Geometry] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()


def label_of(text: str) -> str:
    """`3幢` for `3`; whatever else stands there as it stands."""
    return f"{text}幢" if _BARE.fullmatch(text) else text


def share(houses: Sequence[House], blocks: Iterable[Block]) -> Shared:
    """Who stands in which part of which footprint. blocks: those that have an outline."""
    known = {each.id: each for each in blocks}
    made, drawn, alike = Shared(), [], _alike(houses)
    for block in known.values():
        drawn.append(block)  # also one that no 号 is said to stand in yet: somebody drew it
        members = [each for each in houses if each.block == block.id]
        parts = _parts(block.geometry, len(members)) if members else []
        for house, part in zip(members, parts, strict=True):
            if house.geometry is None or house.geometry == block.geometry:
                made.outlines[house.id] = part
    for some in alike:
        if some[0].id in made.outlines:
            continue
        shape = some[0].geometry
        assert shape is not None
        made.outlines.update(zip((each.id for each in some), _parts(shape, len(some)), strict=True))
        if some[0].block not in known:
            drawn.append(Block("", "", shape))
    return Shared(made.outlines, tuple(drawn))


def _alike(houses: Sequence[House]) -> list[list[House]]:
    """Those with one and the same outline, two or more."""
    found: dict[bytes, list[House]] = {}
    for house in houses:
        if house.geometry is not None and house.geometry["type"] != "Point":
            found.setdefault(msgspec.json.encode(house.geometry["coordinates"]), []).append(house)
    return [some for some in found.values() if len(some) > 1]


def _parts(shape: Geometry, parts: int) -> list[Geometry]:
    from app.domain.footprints import split  # it loads what computes outlines, which most maps do not need

    if parts == 1 or parts > MOST:
        return [shape] * parts
    try:
        return split(shape, parts)
    except GeometryError:
        return [shape] * parts
