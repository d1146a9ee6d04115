"""A map as a file: a page that stands alone, a picture, or paper. How maps come in: `map_import`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.findings import UserError
from app.domain.maps import Drawing, for_outside
from app.files import write_atomic
from app.maps import layers, matrix_page, page, picture
from app.maps.matrix import Matrix
from app.services import ground
from app.services.session import Session
from app.services.values import Values
from app.words import say

FORMATS = (".html", ".png", ".pdf")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is to be. sheet: of a PDF, "a4" or "a3"; fine: a picture for a large screen.

    outside: for a reader who is not entitled to level 2: no small count, nothing from which one follows, no door.
    """

    sheet: str = "a4"
    fine: bool = False
    outside: bool = False


def write(session: Session, shown: Drawing | Matrix, out: Path, *, wanted: Wanted = Wanted()) -> Values:
    """A map or a building as a file: a page that stands alone, a picture, or paper. The ledger notes who took what.

    Raises UserError: map-out, map-doors-outside, atlas-paper, report-unwritable.
    """
    if out.suffix.lower() not in FORMATS:
        raise UserError("map-out", file=out.name)
    if wanted.sheet not in picture.SHEETS:
        raise UserError("atlas-paper", paper=wanted.sheet)
    session.require("places.read" if isinstance(shown, Matrix) else "maps.read")
    if wanted.outside:
        if isinstance(shown, Matrix):
            raise UserError("map-doors-outside")
        shown = for_outside(shown)
    payload = payload_of(session, shown, picture.SHEETS[wanted.sheet])
    made = _made(payload, out.suffix.lower(), wanted)
    _leave_trace(session, shown, out, outside=wanted.outside)
    try:
        write_atomic(out, made)
    except OSError:
        raise UserError("report-unwritable", file=str(out)) from None
    return {"out": str(out), "legend": legend(shown), "data_until": shown.until or None}


FIELD_OF = {
    "returned": "origin", "overseas": "overseas", "isolation": "stages", "party": "party_member", "alone": "care_groups",
    "disabled": "care_groups", "unvisited": "result", "refused": "result", "incident": "urgency",
}  # fmt: skip
"""What a mark on a door tells of: a field that stands for it in the list of what was shared."""


def _leave_trace(session: Session, shown: Drawing | Matrix, out: Path, *, outside: bool = False) -> None:
    """Before the file is there: what was taken, of how many people, with which fields."""
    if isinstance(shown, Matrix):
        marks = {FIELD_OF[mark.key] for cell in shown.cells for mark in cell.marks if mark.key in FIELD_OF}
        entity, persons, fields = "building", shown.people, ["name", *sorted(marks)]
    else:
        entity, fields = shown.level, []
        persons = sum(thing.people or 0 for thing in shown.things)
    with session.noting("export", purpose=session.purpose_code or "report") as writing:
        writing.act("export", entity, shown.id, {
            "kind": "map", "out": out.name, "map": True, "colour": shown.measure if isinstance(shown, Matrix) else shown.measure.key,
            "persons": persons, "fields": fields, "purpose": session.purpose or "",
            **({"to": say("shares-outside")} if outside else {}),
        })  # fmt: skip


def payload_of(session: Session, shown: Drawing | Matrix, sheet: picture.Sheet = picture.A4) -> dict[str, Any]:
    """What is drawn of a map or a building, with what lies under it as far as a sheet shows it."""
    session.require("maps.read")
    if isinstance(shown, Matrix):
        return matrix_page.of_matrix(shown)
    payload = layers.of_drawing(shown)
    box = picture.reach(payload, sheet)
    under = ground.shown(session, box, pictures=False) if box else {}
    return {**payload, "ground": under} if under.get("layers") else payload


def _made(payload: dict[str, Any], suffix: str, wanted: Wanted) -> bytes:
    if suffix == ".html":
        return page.alone(payload).encode()
    if suffix == ".pdf":
        return picture.pdf(payload, picture.SHEETS[wanted.sheet])
    return picture.png(payload, ppi=picture.FINEST if wanted.fine else picture.FINE)


def legend(shown: Drawing | Matrix) -> list[Values]:
    return matrix_page.told_states(shown) if isinstance(shown, Matrix) else layers.told(shown)
