"""A scanned plan of an estate laid under its map: kept in the encrypted file alone, since plans may bear names.

What is kept is a picture that was drawn anew (no data of a camera or a person beside it); where it lies follows from pairs of
points that somebody clicked. Readers of totals only are not shown plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from app.db import ground as kept
from app.domain import georeference
from app.domain.findings import UserError
from app.domain.georeference import Pair, Placed
from app.domain.ground import Layer
from app.exchange import tiles
from app.services import ground
from app.services.session import Session

WIDEST, LARGEST = 3_000, 16 << 20
"""Px of the longer side, and bytes, of a plan."""
FAINT = 0.7
"""How much of a plan shows at first."""


def keep(
    session: Session, title: str, picture: bytes, size: tuple[int, int], *, estate: str = "", file: str = ""
) -> Layer:
    """Keep a picture (JPEG or PNG) as a plan that lies nowhere yet; one of the same title is replaced.

    estate: id of the estate that it shows. Raises UserError: plan-picture, ground-title, ground-layers (most).
    """
    session.require("maps.change")
    if not tiles.media(picture, WIDEST, LARGEST):
        raise UserError("plan-picture", file=file or title)
    about = {"estate": estate, "size": list(size), "corners": None, "pairs": [], "file": file, "opacity": FAINT}
    return ground.store(session, Layer("", "plan", title, "", "", about), picture)


def place(session: Session, id_: str, pairs: Sequence[Pair]) -> Placed:
    """Lay a plan by three or more pairs of points. Raises UserError: ground-gone, plan-few, plan-near, plan-line,
    plan-stretched."""
    session.require("maps.change")
    layer = _plan(session, id_)
    wide, high = layer.about["size"]
    found = georeference.solve(pairs, (wide, high))
    _lay(session, layer, found, [asdict(pair) for pair in pairs])
    return found


def place_upright(session: Session, id_: str, west: float, south: float, east: float, north: float) -> Placed:
    """Lay a plan in the middle of a box, as large as fits: for an estate that stands on no map yet. Raises "ground-gone"."""
    session.require("maps.change")
    layer = _plan(session, id_)
    wide, high = layer.about["size"]
    found = georeference.upright((wide, high), west, south, east, north)
    _lay(session, layer, found, [])
    return found


def pairs(layer: Layer) -> list[Pair]:
    """The points by which a plan was laid, to be corrected."""
    return [Pair(**each) for each in layer.about.get("pairs", ())]


def picture(session: Session, id_: str) -> tuple[str, bytes] | None:
    """(media type, content) of a plan; None for what is no plan. A reader of totals only is refused."""
    session.require("places.read")
    with session.db.reading() as connection:
        layer = kept.one(connection, id_)
        content = kept.content(connection, id_) if layer is not None and layer.kind == "plan" else b""
    media = tiles.media(content, WIDEST, LARGEST)
    return (media, content) if media else None


def _plan(session: Session, id_: str) -> Layer:
    layer = ground.one(session, id_)
    if layer.kind != "plan":
        raise UserError("ground-gone")
    return layer


def _lay(session: Session, layer: Layer, found: Placed, pairs: list[dict[str, Any]]) -> None:
    about = {**layer.about, "corners": [list(each) for each in found.corners], "pairs": pairs,
             "error": round(found.error, 2)}  # fmt: skip
    with session.db.transaction() as connection:
        kept.change(connection, replace(layer, about=about))
    session.happened({ground.CHANGED})


__all__ = ["keep", "pairs", "picture", "place", "place_upright"]
