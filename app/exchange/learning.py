"""A superior's workbook looked at once: where its title block, header and body are, and what each place may ask for.

Nothing is known of people here, and what words mean is `domain.form_titles`'s affair. The result says which text, marks
and all, is to stand in which cell (`filling.fill_cells`).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple

from app.domain import form_titles
from app.domain.findings import UserError
from app.domain.report_marks import COUNTS
from app.exchange.form_foreign import foreign_marks
from app.exchange.form_labels import Note, Slot, beside, name, name_of, within
from app.exchange.form_look import Look
from app.exchange.form_tables import SURE, TOTALS, Header, Table, tables
from app.exchange.marks import MARK
from app.exchange.package import opened


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet as it was understood. Rows as Excel shows them, first and last; None where there is no such part.

    unit: what a line of the body stands for. emptied: cells that hold what somebody filled in the last time. locked:
    slots that the sheet's protection keeps. grid, spans: the sheet as it looks, from A1 on, for a person to check;
    spans are (row, column, rows, columns) of merged cells, counted from 0. notes: what was left alone, and why.
    """

    title: str
    unit: str
    header: tuple[int, int] | None
    body: tuple[int, int] | None
    slots: tuple[Slot, ...]
    emptied: tuple[str, ...]
    locked: tuple[str, ...]
    grid: tuple[tuple[str, ...], ...] = ()
    spans: tuple[tuple[int, int, int, int], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def changes(self) -> dict[str, str | None]:
        """What is to stand in which cell: {cell: text, or None to empty it}."""
        wanted: dict[str, str | None] = dict.fromkeys(self.emptied)
        wanted.update({slot.cell: slot.text for slot in self.slots if slot.text and slot.cell not in self.locked})
        return wanted


def read(source: Path | bytes, committee: str = "", committees: Sequence[str] = ()) -> tuple[FormSheet, ...]:
    """A workbook's sheets as forms. committee: our own name, which a title may hold. committees: those of a centre.

    Raises those of `package.opened`.
    """
    with opened(source) as package:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl tells what it would not keep; here it only reads
                book = load_workbook(io.BytesIO(source) if isinstance(source, bytes) else source)
        except Exception as error:  # openpyxl meets damaged parts with errors of every kind
            raise UserError("template-damaged", file=package.name) from error
    return recognise(book, committee, committees)


def recognise(book: Any, committee: str = "", committees: Sequence[str] = ()) -> tuple[FormSheet, ...]:
    """Each sheet of an opened workbook as a form. A sheet with marks of its own is left as it is, and so is a hidden
    one and one that is called after another committee. committees: those of a centre, which has sheets for each."""
    return tuple(
        _sheet(Look(sheet), committee, committees) for sheet in book.worksheets if sheet.sheet_state == "visible"
    )


# ---------------------------------------------------------------- a sheet

_OTHERS = re.compile(r"(.{2,})(?:居委会|居委|居民区|村委会)")


def _sheet(look: Look, committee: str, committees: Sequence[str]) -> FormSheet:
    if any(MARK.search(look.raw(row, column)) for row, column in look.cells):
        return FormSheet(look.title, "", None, None, (), (), (), *look.picture())
    whose = _whose(look.title, committee, committees)
    if whose is None:
        return _left_alone(look, Note("form-note-other-committee", look.title))
    if (foreign := foreign_marks(look)) is not None:
        return _made(look, foreign.unit, foreign.header, foreign.body, foreign.slots, foreign.emptied, foreign.notes)
    found = tables(look)
    if committees:
        found = [_by_committee(table) for table in found]
    main = _main(found)
    slots: list[Slot] = []
    emptied: list[str] = []
    notes: list[Note] = []
    for table in found:
        made = _of_table(look, table, main, found, whose)
        slots += made[0]
        emptied += made[1]
        notes += made[2]
    slots = [replace(slot, text=_called(slot.text, committees or [committee])) for slot in slots]
    slots += _cells(look, {row for table in found for row in table.rows}, committee)
    if whose and any(slot.kind == "row" for slot in slots):
        return _left_alone(look, Note("form-note-list-of-committee", look.title, whose))
    shown = main or (found[0] if found else None)
    span = (shown.header.top, shown.header.bottom) if shown else None
    return _made(look, shown.header.unit if shown else "", span, shown.body if shown else None, slots, emptied, notes)


def _made(
    look: Look, unit: str, header: tuple[int, int] | None, body: tuple[int, int] | None, slots: Sequence[Slot],
    emptied: Sequence[str], notes: Sequence[Note],
) -> FormSheet:  # fmt: skip
    """The sheet with what its protection keeps: from whole tables that is said in one sentence."""
    locked = tuple(slot.cell for slot in slots if look.locked(*coordinate_to_tuple(slot.cell)))
    inside = [slot.cell for slot in slots if slot.kind != "cell" and slot.text]
    notes = list(notes)
    if inside and set(inside) <= set(locked):
        notes.append(Note("form-note-locked", name_of(inside)))
    emptied = [cell for cell in emptied if not look.locked(*coordinate_to_tuple(cell))]
    return FormSheet(
        look.title, unit, header, body, tuple(slots), tuple(emptied), locked, *look.picture(), tuple(notes)
    )


def _left_alone(look: Look, note: Note) -> FormSheet:
    return FormSheet(look.title, "", None, None, (), (), (), *look.picture(), (note,))


def _whose(title: str, committee: str, committees: Sequence[str]) -> str | None:
    """Of a sheet that is called after a committee: "" for our own or for none, at a centre its name; None for others."""
    known = {_short(each): each for each in committees}
    if (whose := known.get(_short(title))) is not None:
        return whose
    found = _OTHERS.fullmatch(title.strip())
    return None if found and _short(title) != _short(committee) and found[1] not in ("全部", "所有", "本级") else ""


def _short(name: str) -> str:
    return re.sub(r"\s|居委会$|居委$|居民区$|村委会$", "", name)


def _by_committee(table: Table) -> Table:
    """At a centre a line that names its committee is one of many."""
    header = table.header
    if header.unit != "committee":
        return table
    meant = {
        column: replace(each, mark="name") if each.mark == "committee.name" else each
        for column, each in header.meant.items()
    }
    return replace(table, header=replace(header, meant=meant))


_COMMITTEE = re.compile(r"(?<=居委会=)[^,{}]+")


def _called(text: str, committees: Sequence[str]) -> str:
    """A mark with the committee's whole name, where a form calls it 第九 or 第九居委."""
    known = {_short(each): each for each in committees}
    return _COMMITTEE.sub(lambda found: known.get(_short(found.group()), found.group()), text)


def _main(found: Sequence[Table]) -> Table | None:
    """The table whose lines repeat: of several, the one that is understood best."""
    lists = [table for table in found if _names_something(table.header)]
    return max(lists, key=lambda table: table.header.worth, default=None)


def _names_something(header: Header) -> bool:
    """Does a line of it stand for a record, or does it hold counts alone?"""
    return any(
        each.confidence >= SURE and not each.is_count and each.mark not in form_titles.ONCE
        for each in header.meant.values()
    )


def _of_table(
    look: Look, table: Table, main: Table | None, found: Sequence[Table], whose: str
) -> tuple[list[Slot], list[str], list[Note]]:
    """Slots, cells to be emptied and notes of one table."""
    asked = [f"居委会={whose}"] if whose else []
    totals, stale = _totals(look, table, asked)
    fixed = _fixed_lines(look, table)
    if fixed is not None:
        slots, emptied = _fixed(look, table, *fixed, asked)
        return slots + totals, emptied + stale, []
    if table is main or not _names_something(table.header):
        slots, emptied = _rows(look, table, asked)
        return slots + totals, emptied + stale, []
    lines = (table.header.top, table.body[1])
    if main is not None and table.header.lines == main.header.lines and table.header.top > main.header.top:
        return [], _contents(look, table), [Note("form-note-page", f"{lines[0]}-{lines[1]}")]
    return [], [], [Note("form-note-second-list", f"{lines[0]}-{lines[1]}", "、".join(table.header.titles.values()))]


# ---------------------------------------------------------------- what stands in the body


def _rows(look: Look, table: Table, asked: Sequence[str]) -> tuple[list[Slot], list[str]]:
    """The marks of the first line, and what somebody filled in the last time.

    A line of counts alone is filled once; if it is called something that nobody understands, it is left as it is.
    """
    header, first = table.header, table.body[0]
    kind = "row" if _names_something(header) else "cell"
    labels = [look.text(first, column) for column in header.lines if column not in header.meant]
    labelled = kind == "cell" and any(
        text and not text.startswith("=") and not _NUMBER.fullmatch(text) for text in labels
    )
    slots = []
    for column, title in sorted(header.titles.items()):
        if not look.starts(first, column) or look.text(first, column).startswith("="):
            continue
        found = header.meant.get(column)
        sure = found is not None and found.confidence >= SURE and not labelled
        text = "{{" + _narrowed(found.mark, asked if kind == "cell" else ()) + "}}" if found and sure else ""
        slots.append(Slot(name(first, column), title, text, found.confidence if found else 0.0, kind))
    return slots, [] if labelled else _contents(look, table)


_NUMBER = re.compile(r"[\d.,%-]+")


def _contents(look: Look, table: Table) -> list[str]:
    first, last = table.body
    numbered = {column for column, found in table.header.meant.items() if found.mark == "index"}
    return [
        name(row, column) for row in range(first, last + 1) for column in look.filled(row)
        if not look.text(row, column).startswith("=") and not (column in numbered and row > first)
    ]  # fmt: skip


def _narrowed(mark: str, asked: Sequence[str]) -> str:
    base, _, own = mark.partition(":")
    return f"{base}:{','.join(filter(None, (own, *asked)))}" if asked and base in COUNTS else mark


def _fixed_lines(look: Look, table: Table) -> tuple[list[int], list[int]] | None:
    """(columns of the labels, rows understood) where the superior named the lines: 男, 女; or committee by committee."""
    rows = range(table.body[0], table.body[1] + 1)
    labels: list[int] = []
    lines: dict[int, None] = {}
    for column in sorted(table.header.lines):
        if not labels and _numbers_lines(table.header, column):
            continue
        said = {row: text for row in rows if (text := look.text(row, column))}
        known = [row for row, text in said.items() if _label(text, table.header.titles[column]) is not None]
        record = not labels and column in table.header.meant and not table.header.meant[column].is_count
        if len(said) < 1 + record or len(known) * 2 < len(said):
            break
        labels.append(column)
        lines |= dict.fromkeys(known)
    counted = [each for each in table.header.lines if labels and each > labels[-1]]
    if not counted or not _counts_only(look, table.body, counted):
        return None
    return labels, sorted(lines)


def _numbers_lines(header: Header, column: int) -> bool:
    return column in header.meant and header.meant[column].mark == "index"


def _label(text: str, title: str) -> tuple[list[str], list[str]] | None:
    """(words of a count, conditions) that a line's label adds; None where it is not understood."""
    found = form_titles.condition(text, title)
    if found:
        return [], [found]
    return ([text], []) if form_titles.counted([text]) else None


def _counts_only(look: Look, body: tuple[int, int], columns: Sequence[int]) -> bool:
    """Numbers or nothing stand beside the labels."""
    texts = [look.text(row, column) for row in range(body[0], body[1] + 1) for column in columns]
    return all(not text or text.startswith("=") or _NUMBER.fullmatch(text) for text in texts)


def _fixed(
    look: Look, table: Table, labels: list[int], understood: list[int], asked: Sequence[str]
) -> tuple[list[Slot], list[str]]:
    """A mark for each cell of each named line; of a line that is not understood every cell is shown as such."""
    slots, emptied = [], []
    for row in range(table.body[0], table.body[1] + 1):
        said = [(look.text(row, column), table.header.titles[column]) for column in labels if look.text(row, column)]
        if not said:
            continue
        label = "".join(text for text, _ in said)
        for column in sorted(table.header.lines):
            if column <= labels[-1] or not look.starts(row, column) or look.text(row, column).startswith("="):
                continue
            mark = _counted(table.header, column, said, asked) if row in understood else None
            title = f"{label} {table.header.titles[column]}"
            slots.append(
                Slot(name(row, column), title, "{{" + mark + "}}" if mark else "", 0.8 if mark else 0.0, "fixed")
            )
            if mark and look.text(row, column):
                emptied.append(name(row, column))
    return slots, emptied


def _counted(header: Header, column: int, said: Sequence[tuple[str, str]], asked: Sequence[str]) -> str | None:
    """The count of a cell from the words over and beside it; None where one of them is not understood."""
    parts = [_label(text, title) for text, title in said]
    if None in parts:
        return None
    words = [word for part in parts if part for word in part[0]]
    conditions = [each for part in parts if part for each in part[1]]
    found = header.meant.get(column)
    own = [found.mark.partition(":")[0]] if found is not None and found.is_count else list(header.lines[column])
    more = [found.mark.partition(":")[2]] if found is not None and found.is_count else []
    return form_titles.counted([*words, *own], [each for each in (*more, *conditions, *asked) if each])


# ---------------------------------------------------------------- what is filled once


def _cells(look: Look, inside: Collection[int], committee: str) -> Iterator[Slot]:
    """Outside the tables: labels with room for a value beside them or behind their colon, and the committee's name."""
    for row, column in sorted(look.cells):
        text = look.raw(row, column)
        if row in inside or not text or text.startswith("=") or not look.starts(row, column):
            continue
        slot = within(row, column, text, committee) or beside(look, row, column, text)
        if slot is not None:
            yield slot


def _totals(look: Look, table: Table, asked: Sequence[str]) -> tuple[list[Slot], list[str]]:
    """In a line of totals that no formula sums stands the same count of everybody; an old number never stays."""
    slots, stale = [], []
    for row in table.totals:
        label = look.text(row, look.filled(row)[0])
        for column in sorted(table.header.lines):
            text, found = look.text(row, column), table.header.meant.get(column)
            if not look.starts(row, column) or text.startswith(("=", *TOTALS)):
                continue
            if found is not None and found.is_count:
                mark = "{{" + _narrowed(found.mark, asked) + "}}"
                slots.append(
                    Slot(name(row, column), f"{label} {table.header.titles[column]}", mark, found.confidence, "cell")
                )
            elif _NUMBER.fullmatch(text):
                stale.append(name(row, column))
    return slots, stale
