"""The recovery sheet: one page for the safe, with the code that opens a workspace when every password is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno

from app import paper, paths

MOST, LONGEST = 12, 20
"""Accounts that are named, and letters of a name."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """made: ISO day. accounts: names that may get a new password. before: when the older sheet, now void, was made.
    ring: it opens level 3 too."""

    name: str
    code_of: str
    made: str
    code: str
    accounts: Sequence[str]
    before: str | None
    ring: bool
    practice: bool


def pdf(sheet: Sheet) -> bytes:
    return paper.pdf(_template(), data(sheet))


def pictures(sheet: Sheet, ppi: float = 144) -> list[bytes]:
    """The page as PNG."""
    return paper.compile_(_template(), data(sheet), format="png", ppi=ppi)


def _template() -> Path:
    return paths.resources() / "sheets" / "recovery.typ"


def data(sheet: Sheet) -> dict[str, Any]:
    """What the template reads."""
    matrix = segno.make_qr(sheet.code, error="q").matrix
    strokes = "".join(
        f"M{column} {row}.5h1" for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark
    )
    return {
        "name": sheet.name, "code_of": sheet.code_of, "made": sheet.made, "groups": sheet.code.split("-"),
        "accounts": _some(sheet.accounts), "before": (sheet.before or "")[:16].replace("T", " ") or None,
        "ring": sheet.ring, "practice": sheet.practice, "qr": strokes, "modules": len(matrix),
    }  # fmt: skip


def _some(names: Sequence[str]) -> list[str]:
    """As many as fit on the one page."""
    return [*(name[:LONGEST] for name in names[:MOST]), *([f"等 {len(names)} 个"] if len(names) > MOST else [])]
