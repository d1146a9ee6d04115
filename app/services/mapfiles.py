"""Map files in and out: outlines matched to what is known here, and a map as a page, a picture or paper."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from app.db import present
from app.db.connection import Connection
from app.domain import addresses
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.maps import Drawing
from app.exchange import mappacks
from app.exchange.mappacks import Shape
from app.files import write_atomic
from app.maps import layers, page, picture
from app.maps.matrix import Matrix
from app.services import committees
from app.services.session import Session
from app.services.values import Values

FORMATS = (".html", ".png", ".pdf")


# ---------------------------------------------------------------- in


def import_layer(
    session: Session, file: Path, layer: str, *, progress: Progress = quiet, cancelled: Cancelled = never
) -> Values:
    """Outlines for what is known here, in one batch for each committee; what fits nothing is a finding.

    Returns features, matched, changed, findings, batches and batch (the one, if it is one: what undo may be offered for).
    Raises UserError: file-missing, map-file-type, map-file-large; Refused.
    """
    session.require("maps.change")
    progress(0, 0, "map-reading")
    shapes, findings, features = mappacks.read(file, layer)
    entity = mappacks.LAYERS[layer]
    with session.db.reading() as connection:
        known = _known(session, connection, entity)
    matched: dict[str, tuple[Shape, Values]] = {}
    for shape in shapes:
        check(cancelled)
        row, problem = _match(shape, known, entity)
        if row is not None and row["id"] in matched:
            row, problem = None, "map-twice"
        if row is None:
            findings.append(Finding(problem, row=shape.row, value=shape.said))
        else:
            matched[row["id"]] = shape, row
    different = {row: shape for row, (shape, held) in matched.items() if held.get("geometry") != shape.geometry}
    batches = _write(session, file, entity, different, known)
    findings.sort(key=lambda finding: finding.row or 0)
    return {
        "features": features,
        "matched": len(matched),
        "changed": len(different),
        "findings": findings,
        "batch": batches[0] if len(batches) == 1 else "",
        "batches": batches,
    }


def _write(session: Session, file: Path, entity: str, shapes: dict[str, Shape], known: list[Values]) -> list[str]:
    """At a centre each committee's rows are corrected in the centre's chain for it; its own rows in its own."""
    owner = {row["id"]: str(row.get("of", session.committee_id)) for row in known}
    by_committee: dict[str, list[str]] = defaultdict(list)
    for row in shapes:
        by_committee[owner[row]].append(row)
    batches = []
    for committee, rows in by_committee.items():
        with session.writing("import", committee) as writing:
            writing.act("import", "batch", writing.batch, {"file": file.name})
            for row in rows:
                writing.change(entity, row, {"geometry": shapes[row].geometry})
        batches.append(writing.batch)
    return batches


def _known(session: Session, connection: Connection, entity: str) -> list[Values]:
    """The rows that a shape may be the outline of, with their names; `of`: in whose chain they are written."""
    if entity == "committee":
        own = {row["id"] for row in present.where(connection, session.committee_id, "committee")}
        return [{**row, "of": session.committee_id if row["id"] in own else row["id"]}
                for row in committees.known(session, connection)]  # fmt: skip
    found = []
    for committee in session.scope(connection):
        estates = {row["id"]: row for row in present.where(connection, committee, "estate")}
        if entity == "estate":
            found += [{**row, "of": committee} for row in estates.values()]
            continue
        for row in present.outlines(connection, committee):
            found.append({**row, "of": committee, "name": estates.get(row["estate"], {}).get("name", "")})
    return found


def _match(shape: Shape, known: list[Values], entity: str) -> tuple[Values | None, str]:
    fits = [row for row in known if _is(shape, row, entity)]
    if len(fits) == 1:
        return fits[0], ""
    return None, "map-several" if fits else "map-not-found"


def _is(shape: Shape, row: Values, entity: str) -> bool:
    if entity == "committee":
        return (bool(shape.code) and shape.code == row.get("code")) or (
            bool(shape.name) and shape.name == row.get("name")
        )
    if entity == "estate":
        name = addresses.estate(shape.name or shape.estate)
        return bool(name) and name == row.get("name")
    return (
        shape.number == row["number"]
        and (not shape.lane or not row["lane"] or shape.lane == row["lane"])
        and (not shape.estate or shape.estate == row["name"])
    )


# ---------------------------------------------------------------- out


def write(session: Session, shown: Drawing | Matrix, out: Path) -> Values:
    """A map or a building as a file: a page that stands alone, a picture, or paper. The ledger notes who took what.

    Raises UserError: map-out, report-unwritable.
    """
    if out.suffix.lower() not in FORMATS:
        raise UserError("map-out", file=out.name)
    session.require("places.read" if isinstance(shown, Matrix) else "maps.read")
    payload = layers.of_matrix(shown) if isinstance(shown, Matrix) else layers.of_drawing(shown)
    made = _made(payload, out.suffix.lower())
    _leave_trace(session, shown, out)
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


def _leave_trace(session: Session, shown: Drawing | Matrix, out: Path) -> None:
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
        })  # fmt: skip


def _made(payload: dict[str, Any], suffix: str) -> bytes:
    if suffix == ".html":
        return page.alone(payload).encode()
    return picture.pdf(payload) if suffix == ".pdf" else picture.png(payload)


def legend(shown: Drawing | Matrix) -> list[Values]:
    return layers.told_states(shown) if isinstance(shown, Matrix) else layers.told(shown)
