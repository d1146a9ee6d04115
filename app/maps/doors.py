"""From the doors of a building to what the page shows of each: names, marks, and in words what found no place in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.names import pinyin
from app.maps.matrix import COLOURS, Cell, Floor, Mark, Matrix
from app.words import say

Payload = dict[str, Any]


def row_of(floor: Floor, matrix: Matrix) -> Payload:
    """One row: its label, how many storeys are left out above it, its cells; None for a gap and under a wide door."""
    single = len(matrix.cells) == 1
    return {
        "label": label(floor), "skipped": say("matrix-skipped", count=floor.skipped) if floor.skipped else "",
        "cells": [_cell(cell, single=single) if cell else None for cell in floor.cells],
    }  # fmt: skip


def label(floor: Floor) -> str:
    """`18F`, `1F 商铺`, `夹层`, `车库` …; "" where the row above goes on."""
    if floor.kind == "shops":
        return say("matrix-floor-shops", floor=floor.label)
    if floor.kind in ("mezzanine", "attic", "garages"):
        return floor.label or say(f"matrix-floor-{floor.kind}")
    return floor.label


def counts_text(matrix: Matrix) -> str:
    """`18 层　72 间　72 户 163 人`; storeys only where any is known."""
    storeys = len({floor.storey for floor in matrix.floors if floor.storey is not None})
    return say("matrix-counts" if storeys else "matrix-counts-flat", floors=storeys, doors=len(matrix.cells),
               households=matrix.households, people=matrix.people)  # fmt: skip


def who(cell: Cell) -> tuple[str, str]:
    """(who, how many): `("王某", "4人")`, `("2户5人", "")`, `("空置", "")`."""
    if len(cell.heads) > 1:
        return say("matrix-several", households=len(cell.heads), people=cell.people), ""
    if cell.state in ("vacant", "nobody"):
        return say(f"matrix-{cell.state}"), ""
    return "".join(cell.heads), say("unit-people", count=cell.people).replace(" ", "") if cell.people > 1 else ""


def room(cell: Cell, *, single: bool = False) -> str:
    """The number on the door; a house without one is 整栋, a door among others 无室号."""
    return cell.room or say("matrix-whole" if single else "matrix-no-room")


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


def lines(cell: Cell, *, single: bool = False) -> list[str]:
    """What stands beside a door when one points at it: where it is, who lives there, every mark in words."""
    name, count = who(cell)
    unit = say("matrix-unit", unit=cell.unit) if cell.unit else ""
    use = cell.use if cell.use not in ("", "住宅") else ""
    several = len(cell.heads) > 1
    first = "　".join(filter(None, (unit, room(cell, single=single), " ".join(filter(None, (name, count))))))
    homes = [
        say("matrix-home", which=named or say("matrix-which", number=number), head=head or say("matrix-no-head"), people=people)
        for number, (head, (named, people)) in enumerate(zip(cell.heads, cell.homes, strict=False), 1)
    ]  # fmt: skip
    beside = "　".join(
        filter(None, (cell.floor_label, use, say("matrix-merged", count=cell.span) if cell.span > 1 else ""))
    )
    return list(filter(None, (first, *(homes if several else ()), beside, *map(mark_lines, (*cell.marks, *cell.more)))))


def _cell(cell: Cell, *, single: bool) -> Payload:
    name, count = who(cell)
    shown = [mark for mark in cell.marks if len(cell.marks) <= 3 or mark.key != "unvisited"]  # the frame says it
    marks: list[Mapping[str, Any]] = [
        {"key": mark.key, "text": mark_text(mark), "missing": mark.missing}
        | ({"part": round(100 * mark.day / mark.days)} if mark.days else {})
        for mark in shown
    ]
    return {
        "id": cell.id, "room": room(cell, single=single), "who": name, "count": count, "colour": COLOURS[cell.state],
        "marks": marks, "vacant": cell.state == "vacant", "faded": not cell.asked, "unvisited": cell.unvisited,
        "lines": lines(cell, single=single), "span": cell.span,
        "search": " ".join((cell.room, *cell.heads, *map(initials, cell.heads))).lower(),
    }  # fmt: skip


def initials(name: str) -> str:
    """`wjg` for 王建国: letters filter the doors without an input method."""
    return "".join(syllable[0] for syllable in (pinyin(name) or ((),))[0] if syllable)
