"""Marks of other software in a form, `{name}` for once and `{.name}` for a line of a list, read as ours.

EasyExcel and its kin write them so. A list that grows to the right, and a second list on a sheet, cannot be filled here;
they are left as they are and named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain import form_titles, report_marks
from app.exchange.form_labels import LABELLED, Note, Slot, name, name_of
from app.exchange.form_look import Look

_FOREIGN = re.compile(
    r"(?<![{\\])\{\s*(?:(?P<list>\w*)(?P<dot>\.))?(?P<name>[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*)\s*\}(?!\})"
)
_ONCE = {"date": "today", "total": "count", "unit": "committee.name", "org": "committee.name", "now": "today"}
"""What others call what is filled once."""
UNIT = "resident"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A sheet's foreign marks as slots. emptied: cells whose marks mean nothing here. header, body: of its list, None where it has none."""

    unit: str
    header: tuple[int, int] | None
    body: tuple[int, int] | None
    slots: tuple[Slot, ...]
    emptied: tuple[str, ...]
    notes: tuple[Note, ...]


def foreign_marks(look: Look) -> Foreign | None:
    """What the foreign marks of a sheet ask for; None where it has none."""
    cells = sorted(place for place in look.cells if look.starts(*place) and _FOREIGN.search(look.raw(*place)))
    if not cells:
        return None
    lists: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for place in cells:
        whose = [each["list"] or "" for each in _FOREIGN.finditer(look.raw(*place)) if _is_listed(look, place, each)]
        if whose:
            lists.setdefault((whose[0], place[0]), []).append(place)
    main = next((places for places in lists.values() if _stands_below(look, places, lists)), [])
    others = [places for places in lists.values() if places is not main]
    left = {place for places in others for place in places}
    below = [places for places in others if _stands_below(look, places, lists)]
    sideways = [place for places in others if places not in below for place in places]
    notes = [Note("form-note-second-list", _cells(places), _titles(look, places)) for places in below]
    if sideways:
        notes.append(Note("form-note-sideways", _cells(sideways), _titles(look, sideways)))
    slots = [_slot(look, place, "row" if place in main else "cell") for place in cells if place not in left]
    row = main[0][0] if main else 0
    return Foreign(
        UNIT if row else "", (row - 1, row - 1) if row > 1 else None, (row, row) if row else None, tuple(slots),
        tuple(slot.cell for slot in slots if not slot.text), tuple(notes),
    )  # fmt: skip


def _is_listed(look: Look, place: tuple[int, int], found: re.Match[str]) -> bool:
    """`{.name}`; and `{name}` where it is no value of the whole form, but something of a person."""
    if found["dot"]:
        return True
    return _ours(found["name"], "", "cell") is None and _ours(found["name"], "", "row") is not None


def _stands_below(
    look: Look, places: list[tuple[int, int]], lists: dict[tuple[str, int], list[tuple[int, int]]]
) -> bool:
    """Lines of a list stand below their titles; marks one below the other, each beside its title, grow to the right."""
    row, column = places[0]
    alone = {other for _, other in lists} & {row - 1, row + 1}
    return not alone and bool(look.text(row - 1, column)) and not _FOREIGN.search(look.raw(row - 1, column))


def _cells(places: list[tuple[int, int]]) -> str:
    return name_of([name(*place) for place in places])


def _titles(look: Look, places: list[tuple[int, int]]) -> str:
    """What stands over or beside them and is no mark itself."""
    said = [
        text for row, column in places for text in (look.text(row - 1, column), look.text(row, column - 1))
        if text and not _FOREIGN.search(text)
    ]  # fmt: skip
    return "、".join(dict.fromkeys(said))


def _slot(look: Look, place: tuple[int, int], kind: str) -> Slot:
    """All marks of the cell translated; "" where one of them means nothing here."""
    text = look.raw(*place)
    title = look.text(place[0] - 1, place[1]) if kind == "row" else ""
    names = [_ours(found["name"], title, kind) for found in _FOREIGN.finditer(text)]
    known = all(names)
    made = iter(names)
    new = _FOREIGN.sub(lambda _: "{{" + (next(made) or "") + "}}", text) if known else ""
    new = new.replace("\\{", "{").replace("\\}", "}")
    asked = "、".join(found.group() for found in _FOREIGN.finditer(text))
    return Slot(name(*place), f"{title} {asked}".strip(), new, LABELLED if known else 0.0, kind)


def _ours(asked: str, title: str, kind: str) -> str | None:
    """Our mark for a foreign one: by its own name, else by the title over it."""
    unit = report_marks.units()[UNIT]
    if kind == "cell":
        if asked in _ONCE or asked in report_marks.ONCE:
            return _ONCE.get(asked, asked)
        return form_titles.label(asked) or (asked if report_marks.parse_or_none(asked) else None)
    if unit.named(asked) is not None:
        return asked
    found = form_titles.column(title, UNIT) or form_titles.column(asked, UNIT)
    return found[0] if found and found[1] >= form_titles.SURE else None
