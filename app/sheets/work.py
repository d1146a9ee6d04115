"""Sheets that a committee's own people work with: 今日单 for each worker, 交接清单; tables with boxes, in sections."""

from __future__ import annotations

from dataclasses import dataclass

from app import paper
from app.sheets.notices import Column, data, frame, template

LAYOUT = "work"
BOX = "□"


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title; note: a sentence above it. tall: rows high enough to write in. level: 2 under another."""

    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    tall: bool = False
    level: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's, with its own page numbers. facts: figures in one line. blanks: empty lines at the end."""

    title: str
    office: str
    subtitle: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    signers: tuple[str, ...]
    foot: str
    blanks: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What is printed at once. flipped: across the page."""

    practice: bool
    footer: str
    sheets: tuple[Sheet, ...]
    flipped: bool = True
    internal: bool = True


def pdf(work: Work) -> bytes:
    return paper.pdf(template(LAYOUT), data(work), files=frame())


def pictures(work: Work, ppi: float = 144) -> list[bytes]:
    """The pages as PNG."""
    return paper.compile_(template(LAYOUT), data(work), format="png", ppi=ppi, files=frame())
