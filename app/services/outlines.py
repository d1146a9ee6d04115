"""Outlines that somebody draws or corrects in the window: of a committee, an estate, a block (幢), a building (号).

What comes is read strictly and mended where its lines cross; each act is one batch, so that one 撤销 takes it back. What
looks wrong about a place (outside its estate, over its neighbour) is said and written all the same: it is drawn by hand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.db import present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.domain import addresses, footprints, geometry, ids
from app.domain.fields import ENTITIES
from app.domain.findings import Finding, UserError
from app.domain.geometry import Geometry, GeometryError
from app.services import committees, places, records
from app.services.session import Session
from app.services.values import Values

DRAWN = ("committee", "estate", "block", "building")
SMALLEST, LARGEST = 6.0, {"building": 60_000.0, "block": 60_000.0, "estate": 5e6, "committee": 5e7}
"""Square metres: less is a slip of the mouse, more is another thing than was chosen."""
INSIDE, OVER = 0.5, 0.1
"""Less of a building inside its estate, or more of it under another one, is said."""
MOST_NAMED = 3
NOWHERE = 1.0
"""Degrees round 0° 0°, where the sketch of a place without any map lies."""


# ---------------------------------------------------------------- writing


def save(session: Session, entity: str, row: str, shape: object) -> Values:
    """The outline of one thing. Returns ids, batch ("" if it was so already), findings.

    Raises UserError: entity-unknown, path-unknown, shape-invalid, outline-empty, outline-no-area; Refused.
    """
    return save_all(session, entity, {row: shape})


def save_all(session: Session, entity: str, shapes: Mapping[str, object]) -> Values:
    """The same for several of one kind: one batch for each committee; batch is "" where there are several."""
    session.require("maps.change")
    _must_be_drawn(entity)
    read = {row: _read(entity, shape) for row, shape in shapes.items()}
    with session.db.reading() as connection:
        held = {row: _held(session, connection, entity, row) for row in shapes}
        findings = _findings(session, connection, entity, held, read)
    different = {row: shape for row, (shape, _) in read.items() if held[row][1].get("geometry") != shape}
    batches = _write(session, entity, {row: held[row][0] for row in different}, different)
    return {"ids": list(shapes), "batch": batches[0] if len(batches) == 1 else "", "findings": findings}


def clear(session: Session, entity: str, rows: Sequence[str]) -> Values:
    """Take outlines away; what had none stays as it is. Returns ids (of those that had one), batch, findings."""
    session.require("maps.change")
    _must_be_drawn(entity)
    with session.db.reading() as connection:
        held = {row: _held(session, connection, entity, row) for row in rows}
    drawn = {row: None for row, (_, values) in held.items() if values.get("geometry") is not None}
    batches = _write(session, entity, {row: held[row][0] for row in drawn}, drawn)
    return {"ids": list(drawn), "batch": batches[0] if len(batches) == 1 else "", "findings": []}


def create(session: Session, entity: str, values: Mapping[str, Any], shape: object) -> Values:
    """A new estate, block or 号 with its outline, in one batch; a 号 that is there already gets the outline.

    values: as for `records.add` (estate: name; building: estate and number; block: estate and label).
    Raises UserError: as `save` and `records.add`, outline-new-at-committee (a centre makes no places of a committee).
    """
    session.require("maps.change")
    session.require("records.add")
    _must_be_drawn(entity)
    if session.role == "centre":
        raise UserError("outline-new-at-committee")
    if entity == "building":
        return save_split(session, str(values.get("estate") or ""), [str(values.get("number") or "")], shape)
    drawn, mended = _read(entity, shape)
    done = records.add(session, entity, {**values, "geometry": drawn})
    with session.db.reading() as connection:
        held = {done.id: _held(session, connection, entity, done.id)}
        findings = _findings(session, connection, entity, held, {done.id: (drawn, mended)})
    return {"ids": [done.id], "batch": done.batch, "findings": findings}


def save_split(session: Session, estate: str, numbers: Sequence[str], shape: object) -> Values:
    """One outline cut across its length for several 号 of an estate, in this order from its western (northern) end.

    numbers: ids, or numbers as people write them; one that is not there yet is made, in the same batch.
    Raises UserError: as `save`, outline-numbers (none, too many, one twice), outline-number-several,
    outline-new-at-committee.
    """
    session.require("maps.change")
    drawn, mended = _read("building", shape)
    with session.db.reading() as connection:
        committee, _ = _held(session, connection, "estate", estate)
        wanted = _numbered(connection, committee, estate, numbers)
    new = [number for row, number in wanted if not row]
    if new and session.role == "centre":
        raise UserError("outline-new-at-committee")
    session.require("records.add" if new else "maps.change")
    parts = footprints.split(drawn, len(wanted))
    with session.writing("create" if new else "change", committee) as writing:
        rows = [row or _made(writing, committee, estate, number) for row, number in wanted]
        for row, part in zip(rows, parts, strict=True):
            writing.change("building", row, {"geometry": part})
    pieces = {row: (part, mended) for row, part in zip(rows, parts, strict=True)}
    with session.db.reading() as connection:
        held = {row: _held(session, connection, "building", row) for row in rows}
        findings = _findings(session, connection, "building", held, pieces)
    return {"ids": rows, "batch": writing.batch, "findings": findings}


def _write(session: Session, entity: str, of: Mapping[str, str], shapes: Mapping[str, Geometry | None]) -> list[str]:
    """At a centre each committee's rows are corrected in the centre's chain for it."""
    by_committee: dict[str, list[str]] = defaultdict(list)
    for row, committee in of.items():
        by_committee[committee].append(row)
    batches = []
    for committee, rows in by_committee.items():
        with session.writing("change", committee) as writing:
            for row in rows:
                writing.change(entity, row, {"geometry": shapes[row]})
        batches.append(writing.batch)
    return batches


def _made(writing: Writing, committee: str, estate: str, number: str) -> str:
    """A new 号 of an estate; where all others lie in one lane, it lies there too."""
    lanes = {
        str(row.get("lane") or "") for row in present.where(writing.connection, committee, "building", estate=estate)
    }
    lane = lanes.pop() if len(lanes) == 1 else ""
    path = (*records.place_path(writing.connection, committee, "estate", estate), lane, number)
    row = ids.place_id(committee, path)
    writing.change("building", row, {"estate": estate, "number": number, **({"lane": lane} if lane else {})})
    return row


# ---------------------------------------------------------------- reading and finding


def _must_be_drawn(entity: str) -> None:
    if entity not in DRAWN:
        raise UserError("entity-unknown", entity=entity)


def _read(entity: str, shape: object) -> tuple[Geometry, bool]:
    """What was drawn, and whether it had to be mended."""
    try:
        read = geometry.read(shape)
    except GeometryError:
        raise UserError("shape-invalid") from None
    if read["type"] == "Point":
        if entity != "building":
            raise UserError("outline-no-area", entity=ENTITIES[entity].title)
        return read, False
    try:
        mended = footprints.mended(read)
    except GeometryError:
        raise UserError("outline-empty") from None
    return mended, mended is not read


def _held(session: Session, connection: Connection, entity: str, row: str) -> tuple[str, Values]:
    """In whose chain a thing is written, and what is held of it. Raises UserError("path-unknown")."""
    if entity == "committee":
        known = {each["id"]: each for each in committees.known(session, connection)}
        if row in known:
            own = {each["id"] for each in present.where(connection, session.committee_id, "committee")}
            return session.committee_id if row in own else row, known[row]
    elif committee := session.committee_of(connection, entity, row):
        values = present.one(connection, committee, entity, row)
        if values is not None:
            return committee, values
    raise UserError("path-unknown", path=row[:64])


def _numbered(connection: Connection, committee: str, estate: str, numbers: Iterable[str]) -> list[tuple[str, str]]:
    """(id, "") of a 号 that is there, ("", number) of one to be made."""
    there = present.where(connection, committee, "building", estate=estate)
    wanted: list[tuple[str, str]] = []
    for text in numbers:
        number = addresses.building(text)
        fits = [row["id"] for row in there if text == row["id"]] or [
            row["id"] for row in there if number and row.get("number") == number
        ]
        if len(fits) > 1:
            raise UserError("outline-number-several", number=number)
        wanted.append((fits[0], "") if fits else ("", number))
    if not 1 <= len(wanted) <= footprints.MOST_PARTS or len(set(wanted)) < len(wanted) or ("", "") in wanted:
        raise UserError("outline-numbers", most=footprints.MOST_PARTS)
    return wanted


# ---------------------------------------------------------------- what looks wrong

Drawn = Mapping[str, tuple[Geometry, bool]]
"""What is written together, by id: the outline, and whether it was mended. Neighbours are compared as they will stand."""


def _findings(
    session: Session, connection: Connection, entity: str, held: Mapping[str, tuple[str, Values]], drawn: Drawn
) -> list[Finding]:
    """Each thing once, however many of them it is true of."""
    outlines = {committee: present.outlines(connection, committee) for committee, _ in held.values()}
    found: list[Finding] = []
    for row, (shape, mended) in drawn.items():
        committee, values = held[row]
        found += [Finding("outline-mended")] if mended else []
        found += _size(entity, shape)
        if entity == "building":
            found += _building_there(connection, committee, values, shape, outlines[committee], drawn)
        elif entity == "estate":
            found += _buildings_out(values, shape, outlines[committee])
        elif entity == "committee":
            others = committees.known(session, connection)
            found += _over(
                shape, [(str(each.get("name", "")), each.get("geometry")) for each in others if each["id"] != row]
            )
        found += [Finding("outline-nowhere")] if _is_nowhere(shape) else []
    return [each for number, each in enumerate(found) if each not in found[:number]]


def _size(entity: str, shape: Geometry) -> list[Finding]:
    size = footprints.area(shape)
    if shape["type"] == "Point" or SMALLEST <= size <= LARGEST[entity]:
        return []
    code = "outline-small" if size < SMALLEST else "outline-large"
    return [Finding(code, details={"area": round(size), "entity": ENTITIES[entity].title})]


def _building_there(
    connection: Connection, committee: str, values: Values, shape: Geometry, outlines: Sequence[Values], drawn: Drawn
) -> list[Finding]:
    findings = []
    estate = present.one(connection, committee, "estate", str(values.get("estate") or "")) or {}
    around = _area(estate.get("geometry"))
    if around and footprints.shared(shape, around) < INSIDE:
        findings.append(Finding("outline-outside", details={"estate": estate.get("name", "")}))
    others = [
        (str(row["number"] or ""), drawn[row["id"]][0] if row["id"] in drawn else row["geometry"])
        for row in outlines if row["id"] != values["id"]
    ]  # fmt: skip
    return [*findings, *_over(shape, others)]


def _buildings_out(values: Values, shape: Geometry, outlines: Sequence[Values]) -> list[Finding]:
    own = [_area(row["geometry"]) for row in outlines if row["estate"] == values["id"]]
    out = sum(each is not None and footprints.shared(each, shape) < INSIDE for each in own)
    return [Finding("outline-leaves-out", details={"count": out})] if out else []


def _over(shape: Geometry, others: Iterable[tuple[str, object]]) -> list[Finding]:
    """Neighbours under it."""
    box = geometry.box([shape])
    found = []
    for name, raw in others:
        other = _area(raw)
        there = geometry.box([other]) if other else None
        if not box or not other or not there or shape["type"] == "Point":
            continue
        apart = there.west > box.east or there.east < box.west or there.south > box.north or there.north < box.south
        if not apart and max(footprints.shared(shape, other), footprints.shared(other, shape)) > OVER:
            found.append(name)
    if not found:
        return []
    code = "outline-overlaps" if len(found) <= MOST_NAMED else "outline-overlaps-many"
    return [Finding(code, details={"names": "、".join(found[:MOST_NAMED]), "count": len(found)})]


def _area(value: object) -> Geometry | None:
    """What came from anywhere, if it is an outline that encloses something."""
    try:
        read = geometry.read(value) if value is not None else None
    except GeometryError:
        return None
    return read if read and read["type"] != "Point" else None


def _is_nowhere(shape: Geometry) -> bool:
    box = geometry.box([shape])
    return box is not None and max(abs(each) for each in box.middle) < NOWHERE


# ---------------------------------------------------------------- what may be drawn


def targets(session: Session, level: str, row: str) -> list[Values]:
    """What may get an outline on a map: entity, id, name (of a 号 with its lane), label (without), drawn; 号 in
    walking order.

    level: street (committees), committee (its estates), estate (itself, its blocks and 号).
    Raises UserError: map-level, path-unknown; Refused.
    """
    session.require("maps.change")
    with session.db.reading() as connection:
        found: list[Values]
        if level in ("street", "group"):
            found = [_target("committee", each, "name") for each in committees.known(session, connection)]
        elif level == "committee":
            _held(session, connection, "committee", row)
            found = [_target("estate", each, "name") for each in present.where(connection, row, "estate")]
        elif level == "estate":
            committee, own = _held(session, connection, "estate", row)
            buildings = [each for each in present.outlines(connection, committee) if each["estate"] == row]
            found = [
                *(_target("building", each, "number") for each in places.in_walking_order(buildings)),
                *(
                    _target("block", each, "label")
                    for each in present.where(connection, committee, "block", estate=row)
                ),
                _target("estate", own, "name"),
            ]
        else:
            raise UserError("map-level", level=level)
    return found


def _target(entity: str, row: Values, name: str) -> Values:
    lane, own = f"{row.get('lane') or ''}" if entity == "building" else "", str(row.get(name) or "")
    return {
        "entity": entity,
        "id": row["id"],
        "name": lane + own,
        "label": own,
        "drawn": row.get("geometry") is not None,
    }


def next_number(numbers: Sequence[str]) -> str:
    """The number that comes after the highest: 14号 after 12号, 13号; 17号 after 13号, 15号; "" where none has a digit."""
    read = sorted((int(match[0]), text) for text in numbers if (match := re.search(r"\d+", text)))
    if not read:
        return ""
    (last, text) = read[-1]
    step = 2 if len(read) > 1 and last - read[-2][0] == 2 else 1
    return addresses.building(re.sub(r"(\d+)(.*?)[甲乙丙丁]?$", rf"{last + step}\2", text, count=1))
