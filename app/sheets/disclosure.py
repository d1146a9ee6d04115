"""The resident's own view on paper: everything held on one person, where it came from, who saw it, who was given it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from unicodedata import category

from app import paper, paths

_UNSEEN = ("Cc", "Cf", "Cs")
LONGEST = 2_000
"""Letters of one value; what is longer is no value that anybody reads."""


@dataclass(frozen=True, slots=True)
class Held:
    """One value: what it is, the value, where it came from, since when it stands here, who keyed it in."""

    title: str
    value: str
    source: str
    at: str
    account: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one record: the person's own, a case, an arrival. former: no longer standing, newest first."""

    title: str
    held: tuple[Held, ...]
    former: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked, so many times on a day."""

    day: str
    account: str
    purpose: str
    sensitive: bool
    times: int


@dataclass(frozen=True, slots=True)
class Share:
    """It left: when, to whom, what of it, why; sure: this person was in it, else may have been."""

    at: str
    account: str
    to: str
    fields: str
    purpose: str
    sure: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The whole paper."""

    title: str
    name: str
    place: str
    committee: str
    made: str
    maker: str
    practice: bool
    law: str
    groups: tuple[Group, ...]
    looks: tuple[Look, ...]
    shares: tuple[Share, ...]
    notes: tuple[str, ...]
    rights: tuple[str, ...]


def pdf(disclosure: Disclosure) -> bytes:
    return paper.pdf(_template(), data(disclosure))


def pictures(disclosure: Disclosure, ppi: float = 144) -> list[bytes]:
    """The pages as PNG."""
    return paper.compile_(_template(), data(disclosure), format="png", ppi=ppi)


def data(disclosure: Disclosure) -> dict[str, object]:
    """What the template reads: texts without control and direction marks, which would turn a line around."""
    cleaned: dict[str, object] = _clean(asdict(disclosure))  # type: ignore[assignment]  # a dict stays one
    return cleaned


def _clean(value: object) -> object:
    if isinstance(value, str):
        return "".join(each for each in value if each == "\n" or category(each) not in _UNSEEN)[:LONGEST]
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_clean(each) for each in value]
    return value


def _template() -> Path:
    return paths.resources() / "sheets" / "disclosure.typ"
