"""Papers of isolation as they are set: letters, door sheets, lists and slips, many in one PDF, each with its own pages.

Only what a paper needs has a place in these shapes: a door sheet has none for a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unicodedata import category

from app import paper, paths

LONGEST = 2_000
"""Letters of one text; what is longer is nothing that anybody reads on paper."""
_UNSEEN = ("Cc", "Cf", "Cs")
FRAME = "frame.typ"


@dataclass(frozen=True, slots=True)
class Contact:
    title: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """To one person. facts: (what, its words). points: numbered. signers: what is signed for, each with a line."""

    title: str
    number: str
    again: bool
    to: str
    body: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    contacts: tuple[Contact, ...]
    points_title: str
    points: tuple[str, ...]
    closing: str
    signers: tuple[str, ...]
    office: str
    day: str


@dataclass(frozen=True, slots=True)
class Door:
    """What everybody on the stairs may read."""

    number: str
    again: bool
    title: str
    since: str
    until: str
    please: str
    lines: tuple[str, ...]
    contacts: tuple[Contact, ...]
    office: str


@dataclass(frozen=True, slots=True)
class Column:
    """mm: its width; 0: takes what is left. centred: figures and dates."""

    title: str
    mm: int = 0
    centred: bool = False


@dataclass(frozen=True, slots=True)
class ListPaper:
    """A table with a title, to be signed at its foot."""

    title: str
    number: str
    again: bool
    to: str
    body: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: str
    signers: tuple[str, ...]
    office: str
    day: str
    tall: bool = False
    """Rows high enough for a signature."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Half a page to a door, a whole one where its words need it."""

    title: str
    number: str
    again: bool
    to: str
    body: tuple[str, ...]
    contact: str
    office: str
    day: str


@dataclass(frozen=True, slots=True)
class Print:
    """What is printed at once. cover: the list by which papers without an address find their doors. internal: not to be
    shown to others."""

    layout: str
    practice: bool
    footer: str
    papers: tuple[Letter | Door | ListPaper | Slip, ...]
    cover: ListPaper | None = None
    internal: bool = False
    halves: bool = False


def pdf(made: Print) -> bytes:
    return paper.pdf(template(made.layout), data(made), files=frame())


def pictures(made: Print, ppi: float = 144) -> list[bytes]:
    """The pages as PNG."""
    return paper.compile_(template(made.layout), data(made), format="png", ppi=ppi, files=frame())


def data(made: object) -> dict[str, Any]:
    """What a template reads: texts without control and direction marks, which would turn a line around."""
    cleaned: dict[str, Any] = clean(asdict(made))  # type: ignore[call-overload]  # a dataclass of this package
    return cleaned


def clean(value: Any) -> Any:
    """The same of anything that is made of texts, lists and dicts."""
    if isinstance(value, str):
        return "".join(each for each in value if each == "\n" or category(each) not in _UNSEEN)[:LONGEST]
    if isinstance(value, dict):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [clean(each) for each in value]
    return value


def template(layout: str) -> Path:
    return paths.resources() / "sheets" / f"{layout}.typ"


def frame() -> dict[str, bytes]:
    """What all these templates share, beside them in memory."""
    return {FRAME: template("frame").read_bytes()}
