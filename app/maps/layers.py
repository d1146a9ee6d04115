"""From a drawing or a matrix to what the page shows: plain JSON values, every text ready to be set as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.geometry import middle
from app.domain.maps import Class, Drawing, Line, Measure, Thing, class_of
from app.domain.names import pinyin
from app.maps.matrix import COLOURS, Cell, Mark, Matrix, with_incidents
from app.words import say

Payload = dict[str, Any]
MOST_LABELS = 220


def moment(until: str) -> str:
    """`5月25日 16:00` of an ISO time."""
    if len(until) < 16:
        return until
    return f"{int(until[5:7])}月{int(until[8:10])}日 {until[11:16]}"


# ---------------------------------------------------------------- maps


def of_drawing(drawing: Drawing) -> Payload:
    """A whole map: what the page's `show` takes. `at`: where its label stands, unless there are too many to name.

    What is as usual is left out of a thing (placed, not hatched): thousands of them travel.
    """
    labelled = len(drawing.things) <= MOST_LABELS
    return {
        "kind": "map", "level": drawing.level, "id": drawing.id,
        "title": f"{drawing.name}　{title(drawing.measure)}",
        "said": [_until(drawing)], "stamps": stamps(drawing.rehearsal), "legend": legend(drawing),
        "words": words_of(drawing.measure),
        "things": [
            {**_painted(thing, drawing), "name": thing.name, "label": thing.label, "geometry": thing.geometry}
            | ({} if thing.placed else {"placed": False})
            | ({"at": middle(thing.geometry)} if labelled else {})
            for thing in drawing.things
        ],
        "around": [
            {"id": thing.id if drawing.level == "committee" and thing.name else "", "name": thing.name,
             "geometry": thing.geometry, "placed": thing.placed}
            for thing in drawing.around
        ],
    }  # fmt: skip


def colours_of(drawing: Drawing) -> Payload:
    """Only what another measure or an edit changes, for the page's `paint`: the things stand where they stood."""
    return {
        "things": [_painted(thing, drawing) for thing in drawing.things], "legend": legend(drawing),
        "words": words_of(drawing.measure),
    }  # fmt: skip


def stands_as(one: Drawing, other: Drawing) -> bool:
    """Do two drawings show the same things in the same places?"""
    return (
        (one.level, one.id) == (other.level, other.id)
        and len(one.things) == len(other.things)
        and all(
            (a.id, a.name, a.placed) == (b.id, b.name, b.placed) and a.geometry == b.geometry
            for a, b in zip(one.things, other.things, strict=True)
        )
        and one.around == other.around
    )


def _painted(thing: Thing, drawing: Drawing) -> Payload:
    painted: Payload = {"id": thing.id, "colour": class_of(thing, drawing.classes).colour, "text": value_text(thing)}
    if thing.few:
        painted["few"] = True
    if thing.people is not None and drawing.measure.key != "residents":
        painted["people"] = thing.people
    if thing.until:
        painted |= {"until": moment(thing.until), "old": thing.old}
    painted["hatched"] = thing.old or (thing.value is None and not thing.few)
    return painted


def words_of(measure: Measure) -> Payload:
    """The sentences about a thing, with `{}` where its figure goes; the page fills them when the pointer rests on one."""
    name = title(measure)
    return {
        "value": say("thing-value", measure=name, value=say(f"unit-{measure.unit}", count="{}")),
        "few": say("thing-few", measure=name), "unknown": say("thing-unknown"), "people": say("thing-people", people="{}"),
        "until": say("thing-until", until="{}"), "old": say("thing-old", until="{}"), "schematic": say("thing-schematic"),
    }  # fmt: skip


def title(measure: Measure) -> str:
    return say(f"measure-{measure.key}")


def value_text(thing: Thing) -> str:
    """The figure inside a thing; "" where there is none to tell."""
    if thing.few:
        return say("class-few")
    return "" if thing.value is None else str(thing.value)


def _until(drawing: Drawing) -> str:
    if not drawing.until:
        return say("map-no-data")
    code = "map-until" if drawing.newest[:16] in ("", drawing.until[:16]) else "map-between"
    return say(code, until=moment(drawing.until), newest=moment(drawing.newest))


def stamps(rehearsal: bool) -> list[str]:
    """What stands on every map: that it is for work inside, and that it is practice."""
    return [say("map-use"), *([say("map-rehearsal")] if rehearsal else [])]


# ---------------------------------------------------------------- legends


def legend(drawing: Drawing) -> Payload:
    said = []
    if drawing.total is not None:
        said.append(say("map-total", value=say(f"unit-{drawing.measure.unit}", count=drawing.total)))
    if drawing.elsewhere:
        said.append(say("map-elsewhere", value=say(f"unit-{drawing.measure.unit}", count=drawing.elsewhere)))
    said.append(_until(drawing))
    if any(thing.old for thing in drawing.things):
        said.append(say("class-old"))
    if drawing.schematic:
        said.append(say("map-schematic"))
    return {
        "title": say(f"legend-{drawing.measure.unit}", measure=title(drawing.measure)), "said": said,
        "lines": [
            {"label": class_text(line.cls), "colour": line.cls.colour, "hatched": line.cls.kind == "unknown",
             "count": _count_text(line, drawing)}
            for line in drawing.legend
        ],
    }  # fmt: skip


def class_text(cls: Class) -> str:
    """`0`, `3`, `1–4`, `60 及以上`, or in words."""
    if cls.kind in ("few", "unknown"):
        return say(f"class-{cls.kind}")
    if cls.high is None:
        return say("class-above", low=cls.low)
    return str(cls.low) if cls.high == cls.low else f"{cls.low}–{cls.high}"


def _count_text(line: Line, drawing: Drawing) -> str:
    entity = "committee" if drawing.level in ("street", "group") else "building"
    return say(f"counted-{entity}", count=line.count)


def told(drawing: Drawing) -> list[Payload]:
    """The legend as the command line says it: label, colour, count, people."""
    return [
        {"label": class_text(line.cls), "colour": line.cls.colour, "count": line.count, "people": line.people}
        for line in drawing.legend
    ]


def told_states(matrix: Matrix) -> list[Payload]:
    """The same for a building: doors and people by state."""
    return [
        {"label": say(f"state-{state}"), "colour": COLOURS[state], "count": doors, "people": people}
        for state, doors, people in matrix.legend
    ]


# ---------------------------------------------------------------- a building


def of_matrix(matrix: Matrix) -> Payload:
    """A whole building: what the page's `show` takes. The same shape is repainted cell by cell."""
    floors = [
        {"label": floor.label, "cells": [_cell(cell) if cell else None for cell in floor.cells]}
        for floor in matrix.floors
    ]
    return {
        "kind": "matrix", "id": matrix.id, "title": matrix_title(matrix),
        "said": [counts_text(matrix), say("map-until", until=moment(matrix.until))], "stamps": stamps(matrix.rehearsal),
        "columns": list(matrix.columns), "floors": floors,
        "shape": "/".join(",".join(cell.id if cell else "" for cell in floor.cells) for floor in matrix.floors),
        "legend": {
            "title": say(f"measure-{matrix.measure}") if matrix.measure else say("matrix-legend"),
            "said": _matrix_said(matrix),
            "lines": [
                {"label": say(f"state-{state}"), "colour": COLOURS[state], "count": say("state-counted", doors=doors),
                 "hatched": False}
                for state, doors, _ in matrix.legend
            ],
        },
    }  # fmt: skip


def _matrix_said(matrix: Matrix) -> list[str]:
    """What stands behind the states: that no door was meant, what `!` means, and incidents that are at no door."""
    doors = with_incidents(matrix.cells)
    return [
        *([say("matrix-none-asked")] if matrix.none_asked and not (matrix.measure == "incidents" and matrix.elsewhere) else []),
        *([say("matrix-incidents", doors=doors)] if doors else []),
        *([say("matrix-incidents-elsewhere", count=matrix.elsewhere)] if matrix.elsewhere else []),
    ]  # fmt: skip


def matrix_title(matrix: Matrix) -> str:
    """The building, and by what its doors were picked out."""
    return f"{matrix.name}　{say(f'measure-{matrix.measure}')}" if matrix.measure else matrix.name


def counts_text(matrix: Matrix) -> str:
    return say("matrix-counts", floors=sum(bool(floor.label) for floor in matrix.floors), doors=len(matrix.cells),
               households=matrix.households, people=matrix.people)  # fmt: skip


def who(cell: Cell) -> tuple[str, str]:
    """(who, how many): `("王某", "4人")`, `("2户5人", "")`, `("空置", "")`."""
    if len(cell.heads) > 1:
        return say("matrix-several", households=len(cell.heads), people=cell.people), ""
    if cell.state in ("vacant", "nobody"):
        return say(f"matrix-{cell.state}"), ""
    return "".join(cell.heads), say("unit-people", count=cell.people).replace(" ", "") if cell.people > 1 else ""


def mark_text(mark: Mark) -> str:
    """`返`, `9/14`, `!`, `!2` …"""
    if mark.key == "incident":  # a sign, no word
        return f"!{mark.count}" if mark.count > 1 else "!"
    return f"{mark.day}/{mark.days}" if mark.key == "isolation" else say(f"mark-{mark.key}")


def mark_lines(mark: Mark) -> str:
    """The same in whole words."""
    if mark.key == "incident":
        return _incident_line(mark)
    if mark.key != "isolation":
        return say(f"mark-{mark.key}-long")
    over = mark.day >= mark.days and not mark.missing
    return say("mark-isolation-missing" if mark.missing else "mark-isolation-over" if over else "mark-isolation-long",
               day=mark.day, days=mark.days)  # fmt: skip


def _incident_line(mark: Mark) -> str:
    """One: what it is, how urgent, how far, whether late; several: how many, how many late, and the first of them."""
    of = {"kind": mark.kind, "urgency": mark.urgency, "state": mark.state}
    if mark.count == 1:
        return say("mark-incident-late" if mark.late else "mark-incident-long", **of)
    return say(
        "mark-incident-several-late" if mark.late else "mark-incident-several", count=mark.count, late=mark.late, **of
    )


def _cell(cell: Cell) -> Payload:
    name, count = who(cell)
    shown = [mark for mark in cell.marks if len(cell.marks) <= 3 or mark.key != "unvisited"]  # the frame says it
    marks: list[Mapping[str, Any]] = [
        {"key": mark.key, "text": mark_text(mark), "missing": mark.missing}
        | ({"part": round(100 * mark.day / mark.days)} if mark.days else {})
        for mark in shown
    ]
    return {
        "id": cell.id, "room": cell.room, "who": name, "count": count, "colour": COLOURS[cell.state], "marks": marks,
        "vacant": cell.state == "vacant", "faded": not cell.asked, "unvisited": cell.unvisited,
        "lines": [" ".join(filter(None, (cell.room, name, count))), *map(mark_lines, cell.marks)],
        "search": " ".join((cell.room, *cell.heads, *map(initials, cell.heads))).lower(),
    }  # fmt: skip


def initials(name: str) -> str:
    """`wjg` for 王建国: letters filter the doors without an input method."""
    return "".join(syllable[0] for syllable in (pinyin(name) or ((),))[0] if syllable)
