"""What lies under the maps: layers of roads, water, green … brought in, listed, shown, taken away again.

Local to this PC and in no bundle (docs/decisions/0010-under-the-map.md); the ledger notes what was brought in, nothing
of its shapes. Scanned plans and tiles: `plans`, `backgrounds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import msgspec
import zstandard

from app.db import ground as kept
from app.domain import ground as under
from app.domain import ids
from app.domain.findings import UserError
from app.domain.geometry import Box, GeometryError
from app.domain.ground import FEATURES, Kind, Layer, Shape
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange import groundpacks
from app.files import write_atomic
from app.maps import ground as drawn
from app.services.session import Session
from app.services.values import Values

LARGEST = 64 << 20
"""Bytes of one layer's features before they are packed, read from a file of ours as well."""
CHANGED = "ground"
"""What listeners of the session hear: no entity of the ledger."""
_Row = tuple[str, str, dict[str, Any]]


def keep(
    session: Session, kind: Kind, title: str, source: str, features: Iterable[Mapping[str, Any]], *, file: str = "",
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Layer:  # fmt: skip
    """Keep features as one layer; a layer of the same kind and title is replaced, so that a newer file may come.

    features: {"geometry": …} in WGS 84 (lines, areas, points), perhaps "name" and "class" (what kind of road …). One
    whose geometry is none is left out and counted: about = {count, points, box, skipped, file}. Raises UserError:
    ground-kind, ground-title, ground-nothing, ground-large (most), ground-layers (most).
    """
    session.require("maps.change")
    if kind not in FEATURES:
        raise UserError("ground-kind", kind=kind)
    shapes, skipped = _read(features, progress, cancelled)
    if not shapes:
        raise UserError("ground-nothing", title=title)
    whole = under.box([shape.geometry for shape in shapes])
    assert whole is not None
    about = {
        "count": len(shapes), "points": sum(under.points(shape.geometry) for shape in shapes), "skipped": skipped,
        "box": [whole.west, whole.south, whole.east, whole.north], "file": file,
    }  # fmt: skip
    return store(session, Layer("", kind, title, source, "", about), _packed(shapes))


def _read(features: Iterable[Mapping[str, Any]], progress: Progress, cancelled: Cancelled) -> tuple[list[Shape], int]:
    shapes: list[Shape] = []
    skipped = points = 0
    for number, feature in enumerate(features):
        if number % 500 == 0:
            check(cancelled)
            progress(number, 0, "ground-keeping")
        try:
            geometry = under.read(feature.get("geometry"))
        except GeometryError:
            skipped += 1
            continue
        points += under.points(geometry)
        if len(shapes) >= under.MOST_FEATURES or points > under.MOST_POINTS:
            raise UserError("ground-large", features=under.MOST_FEATURES, points=under.MOST_POINTS // 10_000)
        shapes.append(Shape(geometry, _text(feature.get("name")), _text(feature.get("class"))))
    return shapes, skipped


def _text(value: object) -> str:
    return " ".join(value.split())[: under.LONGEST_NAME] if isinstance(value, str) else ""


def store(session: Session, layer: Layer, content: bytes) -> Layer:
    """Keep a layer that was read, instead of one of its kind and title, and note what came. For services that asked.

    Raises UserError: ground-title, ground-layers (most).
    """
    title = " ".join(layer.title.split())[: under.LONGEST_NAME]
    if not title:
        raise UserError("ground-title")
    with session.noting("receive") as writing:  # a batch that makes no data newer and is nothing to undo
        held = kept.layers(writing.connection)
        same = next((each for each in held if (each.kind, each.title) == (layer.kind, title)), None)
        if same is None and len(held) >= under.MOST_LAYERS:
            raise UserError("ground-layers", most=under.MOST_LAYERS)
        about = {**{key: same.about[key] for key in ("off", "opacity") if same and key in same.about}, **layer.about}
        made = replace(layer, id=same.id if same else str(ids.new_id()), title=title, source=_text(layer.source),
                       at=session.now().isoformat(timespec="seconds"), about=about)  # fmt: skip
        kept.keep(writing.connection, made, content)
        said = {"ground": made.kind, "title": made.title, "file": str(about.get("file", ""))}
        writing.act("import", "batch", writing.batch, said)
    session.happened({CHANGED})
    return made


def layers(session: Session) -> list[Layer]:
    """All that lies under the maps, in the order in which it came. Plans only for who may read of households."""
    session.require("maps.read")
    with session.db.reading() as connection:
        found = kept.layers(connection)
    return [each for each in found if each.kind != "plan" or session.may("places.read")]


def one(session: Session, id_: str) -> Layer:
    """Raises UserError("ground-gone")."""
    found = next((each for each in layers(session) if each.id == id_), None)
    if found is None:
        raise UserError("ground-gone")
    return found


def change(session: Session, id_: str, **said: Any) -> Layer:
    """Say something else of a layer. said: title, source, on, opacity (0.1 … 1).

    Raises UserError: ground-gone, ground-title.
    """
    session.require("maps.change")
    layer = one(session, id_)
    title = _text(said.get("title", layer.title))
    if not title:
        raise UserError("ground-title")
    about = dict(layer.about)
    if "on" in said:
        about["off"] = not said["on"]
    if "opacity" in said:
        about["opacity"] = round(min(max(float(said["opacity"]), 0.1), 1.0), 2)
    made = replace(layer, title=title, source=_text(said.get("source", layer.source)), about=about)
    with session.db.transaction() as connection:
        kept.change(connection, made)
    session.happened({CHANGED})
    return made


def remove(session: Session, id_: str) -> None:
    """Take a layer away; the file that it came from can be brought in again. Raises UserError("ground-gone")."""
    session.require("maps.change")
    layer = one(session, id_)
    with session.noting("receive") as writing:
        kept.remove(writing.connection, id_)
        writing.act("import", "batch", writing.batch, {"ground": layer.kind, "title": layer.title, "removed": True})
    if layer.kind == "tiles":
        (session.folder / "tiles" / str(layer.about["file"])).unlink(missing_ok=True)
    session.happened({CHANGED})


# ---------------------------------------------------------------- what is shown


def shapes(session: Session, box: Box | None = None) -> list[tuple[Layer, list[Shape]]]:
    """The layers of features that are switched on, the lowest first; with a box, the features that reach into it."""
    found = [each for each in layers(session) if each.kind in FEATURES and each.on]
    found.sort(key=lambda each: FEATURES.index(each.kind))
    told = []
    for layer in found:
        if box is not None and not under.meet(box, Box(*layer.about["box"])):
            continue
        with session.db.reading() as connection:
            content = kept.content(connection, layer.id)
        inside = [each for each in _unpacked(content) if box is None or _reaches(each, box)]
        told.append((layer, inside))
    return told


def _reaches(shape: Shape, box: Box) -> bool:
    own = under.box([shape.geometry])
    return own is not None and under.meet(own, box)


def shown(session: Session, box: Box | None = None, *, pictures: bool = True) -> Values:
    """What the page's `ground` takes. pictures: with plans and tiles, which only the window can serve."""
    layers_ = layers(session)
    return drawn.payload(shapes(session, box), [each for each in layers_ if each.on and pictures], box=box)


# ---------------------------------------------------------------- as one file, from a centre to its committees


def export(session: Session, out: Path) -> Values:
    """All layers of features as one file (.ltmap); it holds public maps and nothing of residents.

    {out, layers, features}. Raises UserError: pack-type, pack-nothing, report-unwritable.
    """
    session.require("maps.change")
    if out.suffix.lower() != groundpacks.SUFFIX:
        raise UserError("pack-type", file=out.name)
    with session.db.reading() as connection:
        found = [(each, _unpacked(kept.content(connection, each.id)))
                 for each in kept.layers(connection) if each.kind in FEATURES]  # fmt: skip
    if not found:
        raise UserError("pack-nothing")
    try:
        write_atomic(out, groundpacks.written(found))
    except OSError:
        raise UserError("report-unwritable", file=str(out)) from None
    return {"out": str(out), "layers": len(found), "features": sum(len(shapes) for _, shapes in found)}


def bring_in(
    session: Session, file: Path, *, progress: Progress = quiet, cancelled: Cancelled = never
) -> list[Layer]:  # fmt: skip
    """Lay a pack's layers under the maps; the whole file is read before the first is kept.

    Raises UserError: pack-broken, pack-large, file-missing, and what `keep` raises.
    """
    session.require("maps.change")
    found = groundpacks.read(file)
    if not found:
        raise UserError("pack-broken", file=file.name)
    made = []
    for head, some in found:
        features = ({"geometry": each.geometry, "name": each.name, "class": each.cls} for each in some)
        made.append(keep(session, cast(Kind, head.layer), head.title, head.source, features, file=file.name,
                         progress=progress, cancelled=cancelled))  # fmt: skip
    return made


# ---------------------------------------------------------------- how features are kept


def _packed(shapes: Iterable[Shape]) -> bytes:
    rows = [(each.cls, each.name, each.geometry) for each in shapes]
    text = msgspec.json.encode(rows)
    if len(text) > LARGEST:
        raise UserError("ground-large", features=under.MOST_FEATURES, points=under.MOST_POINTS // 10_000)
    return zstandard.compress(text, 9)


def _unpacked(content: bytes) -> list[Shape]:
    text = zstandard.ZstdDecompressor().decompress(content, max_output_size=LARGEST)
    return [Shape(geometry, name, cls) for cls, name, geometry in msgspec.json.decode(text, type=list[_Row])]


__all__ = ["bring_in", "change", "export", "keep", "layers", "one", "remove", "shapes", "shown", "store"]
