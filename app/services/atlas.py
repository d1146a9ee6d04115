"""图册: a street, a committee or an estate as printed maps, and its buildings door by door, in one PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app import paper
from app.db import present
from app.domain.access import level_of
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.maps import PLAIN, Drawing, Shading
from app.domain.visits import STALE_AFTER
from app.maps import atlas, layers, picture
from app.maps.atlas import Page
from app.maps.matrix import Matrix
from app.services import mapfiles, maps, matrix, places, sheets
from app.services.session import Session
from app.services.values import Values
from app.words import say

MOST_BUILDINGS = 1_500
"""In one atlas; the largest committee has a tenth of it [mem]. More is printed committee by committee."""
PURPOSE = "registration"
"""What an atlas is for, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an atlas is to show. buildings: every building door by door, too; outside: for a reader without level 2.

    purpose: in words, printed on every page; "" for the usual one.
    """

    level: str
    ref: str = ""
    colour: str = "residents"
    sheet: str = "a4"
    buildings: bool = True
    outside: bool = False
    purpose: str = ""
    days: int = STALE_AFTER
    shading: Shading = PLAIN


@dataclass(frozen=True, slots=True)
class Atlas:
    """An atlas that was made. empty: buildings without a door, which have no page. until: the oldest time of its data."""

    asked: Asked
    id: str
    name: str
    pdf: bytes = field(repr=False)
    pages: int
    maps: int
    buildings: int
    empty: int
    persons: int
    fields: tuple[str, ...]
    until: str


def may_show_doors(session: Session) -> bool:
    """Can this account have buildings door by door in its atlas?"""
    return session.may("places.read") and level_of(session.roles) >= 2


def make(session: Session, asked: Asked, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Atlas:
    """The atlas of a street, a group, a committee, an estate or one building. The trace is written before anybody sees a
    page.

    Raises UserError: atlas-paper, atlas-large, atlas-doors-outside, atlas-nothing, map-level, path-unknown,
    path-ambiguous, committee-unknown, measure-unknown, cancelled; Refused.
    """
    session.require("maps.read")
    if asked.sheet not in picture.SHEETS:
        raise UserError("atlas-paper", paper=asked.sheet)
    if asked.buildings:
        session.require("places.read")
        if asked.outside:
            raise UserError("atlas-doors-outside")
    shown = list(_drawn(session, asked, progress, cancelled))
    if not shown:
        raise UserError("atlas-nothing")
    first = shown[0][1]
    progress(0, 0, "atlas-setting")
    made = _set(session, asked, shown)
    check(cancelled)
    result = _counted(asked, first, shown, made)
    with session.noting("print", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("print", _entity(session, asked), first.id, _said(result))
    return result


def save(session: Session, made: Atlas, out: Path) -> Values:
    """Write the PDF: out, pages, maps, buildings, empty, persons, data_until. Raises UserError: sheets-type, sheets-unwritable;
    Refused."""
    session.require("maps.read")
    sheets.write(out, made.pdf)
    with session.noting("export", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("export", _entity(session, made.asked), made.id, _said(made) | {"out": out.name})
    return {
        "out": str(out), "pages": made.pages, "maps": made.maps, "buildings": made.buildings, "empty": made.empty,
        "persons": made.persons, "data_until": made.until or None,
    }  # fmt: skip


def _entity(session: Session, asked: Asked) -> str:
    return "committee" if asked.level == "street" else asked.level


def _said(made: Atlas) -> Values:
    return {
        "kind": "atlas", "map": True, "colour": made.asked.colour, "persons": made.persons, "fields": list(made.fields),
        "pages": made.pages, "purpose": made.asked.purpose,
    }  # fmt: skip


# ---------------------------------------------------------------- what stands in it

Shown = tuple[int, Drawing | Matrix, str]
"""depth, what is drawn, its name in the list of contents."""


def _drawn(session: Session, asked: Asked, progress: Progress, cancelled: Cancelled) -> Iterator[Shown]:
    """Every map from the top down, each followed by what lies in it."""
    if asked.level == "building":
        yield _building(session, asked, asked.ref)
        return
    top = _map(session, asked, asked.level, asked.ref)
    yield 1, top, top.name
    below = _below(session, top)
    if sum(len(things) for _, things in below) > MOST_BUILDINGS and asked.buildings:
        raise UserError("atlas-large", most=MOST_BUILDINGS)
    for done, ((level, id_, depth), buildings) in enumerate(below):
        check(cancelled)
        progress(done, len(below), "atlas-drawing")
        if id_ != top.id:
            drawing = _map(session, asked, level, id_)
            yield depth, drawing, drawing.name
        for building in buildings if asked.buildings else ():
            check(cancelled)
            yield _building(session, asked, building)


def _map(session: Session, asked: Asked, level: str, ref: str) -> Drawing:
    return maps.draw(
        session, level, ref, colour=asked.colour, days=asked.days, shading=asked.shading, outside=asked.outside
    )


def _building(session: Session, asked: Asked, ref: str) -> Shown:
    found = matrix.of(session, ref, colour=asked.colour, days=asked.days)
    return 3, found, found.name


def _below(session: Session, top: Drawing) -> list[tuple[tuple[str, str, int], list[str]]]:
    """[((level, id, depth), its buildings)] in walking order: committees, their estates; buildings stand below estates."""
    if top.level == "estate":
        return [(("estate", top.id, 1), [thing.id for thing in top.things])]
    if top.level == "committee":
        return _estates(session, top.id, top.id)
    found = []
    for thing in top.things:
        if thing.entity == "committee" and (thing.until or thing.value is not None or thing.few):
            found += _estates(session, thing.id, top.id)
    return found


def _estates(session: Session, committee: str, top: str) -> list[tuple[tuple[str, str, int], list[str]]]:
    with session.db.reading() as connection:
        rows = present.where(connection, committee, "estate")
        outlines = present.outlines(connection, committee)
    walked = places.in_walking_order(outlines)
    by_estate: dict[str, list[str]] = {row["id"]: [] for row in rows}
    loose = [each["id"] for each in walked if each["estate"] not in by_estate]
    for each in walked:
        if each["estate"] in by_estate:
            by_estate[each["estate"]].append(each["id"])
    own = [] if committee == top else [(("committee", committee, 1), loose)]
    estates = [(("estate", id_, 2), buildings) for id_, buildings in by_estate.items() if buildings]
    return [*own, *estates, *([(("committee", committee, 1), loose)] if loose and committee == top else [])]


# ---------------------------------------------------------------- on paper


def _set(session: Session, asked: Asked, shown: list[Shown]) -> bytes:
    first = shown[0][1]
    measure = (
        layers.title(first.measure) if isinstance(first, Drawing) else say(f"measure-{first.measure or asked.colour}")
    )
    purpose = asked.purpose or session.purpose or say("atlas-purpose")
    today = session.now().date()
    on = say("atlas-date", year=today.year, month=today.month, day=today.day)
    said = [
        say("atlas-shaded", measure=measure), _until(first), say("atlas-for", purpose=purpose),
        say("atlas-made", name=session.name, date=on),
    ]  # fmt: skip
    foot = say("atlas-foot", use=say("map-use"), purpose=purpose, date=on)
    sheet = picture.SHEETS[asked.sheet]
    pages = (
        Page(mapfiles.payload_of(session, each, sheet), depth, name) for depth, each, name in shown if _has_doors(each)
    )
    stamps = layers.stamps(session.rehearsal)
    return atlas.pdf(say("atlas-title", name=shown[0][2]), said, stamps, foot, pages, sheet)


def _has_doors(shown: Drawing | Matrix) -> bool:
    return isinstance(shown, Drawing) or bool(shown.cells)


def _until(shown: Drawing | Matrix) -> str:
    return say("map-until", until=layers.moment(shown.until)) if shown.until else say("map-no-data")


def _counted(asked: Asked, first: Drawing | Matrix, shown: list[Shown], made: bytes) -> Atlas:
    matrices = [each for _, each, _ in shown if isinstance(each, Matrix)]
    persons = sum(each.people for each in matrices)
    if isinstance(first, Drawing) and not matrices:
        persons = sum(thing.people or 0 for thing in first.things)
    marks = {mapfiles.FIELD_OF[mark.key] for each in matrices for cell in each.cells for mark in cell.marks
             if mark.key in mapfiles.FIELD_OF}  # fmt: skip
    with_doors = [each for each in matrices if each.cells]
    return Atlas(
        asked, first.id, first.name, made, paper.pages(made), len(shown) - len(matrices), len(with_doors),
        len(matrices) - len(with_doors), persons, ("name", *sorted(marks)) if with_doors else (), first.until,
    )  # fmt: skip
