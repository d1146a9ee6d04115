"""A superior's workbook looked at once: where its title block, header and body are, and what each place may ask for.

Nothing is known of people here, and what words mean is `domain.form_titles`'s affair. The result says which text, marks
and all, is to stand in which cell (`filling.fill_cells`).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple

from app.domain import form_titles
from app.domain.findings import UserError
from app.domain.report_marks import COUNTS, units
from app.exchange.form_labels import Slot, beside, name, within
from app.exchange.form_look import Look
from app.exchange.marks import MARK
from app.exchange.package import opened

LOOKED_AT = 60
"""Rows in which a header is looked for."""
HEADER_LINES = 3
SURE = 0.6
"""Confidence from which a mark is put in unasked."""
_WIDEST_TITLE = 30
LIKELY = ("resident", "building", "estate", "committee", "household", "arrival", "isolation_case")
"""Units, the first of equally good ones being meant."""
TOTALS = ("合计", "总计", "小计", "共计", "累计")
BELOW = ("备注", "注", "说明", "填表", "制表", "审核", "负责人", "填报", "报送", "单位", "联系人", "签字", "经办")
"""How a line below the body begins, if it is none of the body's."""


@dataclass(frozen=True, slots=True)
class Meant:
    """mark: what stands between the braces. confidence: 0..1."""

    mark: str
    confidence: float


def column_meant(title: str, unit: str) -> Meant | None:
    found = form_titles.column(title, unit)
    return Meant(*found) if found else None


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet as it was understood. Rows as Excel shows them, first and last; None where there is no such part.

    unit: what a line of the body stands for. emptied: cells that hold what somebody filled in the last time. locked:
    slots that the sheet's protection keeps. grid, spans: the sheet as it looks, from A1 on, for a person to check;
    spans are (row, column, rows, columns) of merged cells, counted from 0.
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

    @property
    def changes(self) -> dict[str, str | None]:
        """What is to stand in which cell: {cell: text, or None to empty it}."""
        wanted: dict[str, str | None] = dict.fromkeys(self.emptied)
        wanted.update({slot.cell: slot.text for slot in self.slots if slot.text and slot.cell not in self.locked})
        return wanted


def read(source: Path | bytes, committee: str = "") -> tuple[FormSheet, ...]:
    """A workbook's sheets as forms. committee: our own name, which a title may hold. Raises those of `package.opened`."""
    with opened(source) as package:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl tells what it would not keep; here it only reads
                book = load_workbook(io.BytesIO(source) if isinstance(source, bytes) else source)
        except Exception as error:  # openpyxl meets damaged parts with errors of every kind
            raise UserError("template-damaged", file=package.name) from error
    return recognise(book, committee)


def recognise(book: Any, committee: str = "") -> tuple[FormSheet, ...]:
    """Each sheet of an opened workbook as a form. A sheet with marks of its own is left as it is."""
    return tuple(_sheet(Look(sheet), committee) for sheet in book.worksheets if sheet.sheet_state == "visible")


# ---------------------------------------------------------------- a sheet


@dataclass(frozen=True, slots=True)
class _Header:
    unit: str
    top: int
    bottom: int
    titles: dict[int, str]
    meant: dict[int, Meant]

    @property
    def worth(self) -> float:
        return sum(each.confidence for each in self.meant.values())


def _sheet(look: Look, committee: str) -> FormSheet:
    if any(MARK.search(look.raw(row, column)) for row, column in look.cells):
        return FormSheet(look.title, "", None, None, (), (), (), *look.picture())
    header = _header(look)
    slots: list[Slot] = []
    emptied: list[str] = []
    body = None
    if header is not None:
        body = _body(look, header)
        rows, emptied = _rows(look, header, body)
        slots += rows
    slots += _cells(look, header, body, committee)
    locked = tuple(slot.cell for slot in slots if look.locked(*coordinate_to_tuple(slot.cell)))
    span = (header.top, header.bottom) if header else None
    unit = header.unit if header else ""
    return FormSheet(look.title, unit, span, body, tuple(slots), tuple(emptied), locked, *look.picture())


def _header(look: Look) -> _Header | None:
    """The lines whose titles are best understood, as the unit that understands most of them."""
    best: _Header | None = None
    for bottom in range(1, min(look.last_row, LOOKED_AT) + 1):
        for top in range(max(1, bottom - HEADER_LINES + 1), bottom + 1):
            if not all(_is_heading(look, row) for row in range(top, bottom + 1)):
                continue
            if not all(_is_above(look, row) for row in range(top, bottom)):
                continue
            for unit in sorted(units(), key=LIKELY.index):
                found = _meant(look, top, bottom, unit)
                if len(found.meant) >= 2 and (best is None or found.worth > best.worth + 0.01):
                    best = found
    return best


def _is_heading(look: Look, row: int) -> bool:
    """Several short texts side by side; a title over the whole width, prose and numbers are none."""
    columns = look.filled(row)
    widest = max((look.width(row, column) for column in columns), default=0)
    return (
        len(columns) >= 2
        and widest < max(look.last_column * 0.8, 2)
        and all(len(text := look.text(row, column)) <= _WIDEST_TITLE and not text.startswith("=") for column in columns)
        and not any(text.isdigit() or ":" in text or "：" in text for text in (look.text(row, column) for column in columns))
    )


def _is_above(look: Look, row: int) -> bool:
    """Does a line belong to the header with the one below it: a cell over both, a group title, or gaps it fills?"""
    texts = [look.text(row, column) for column in look.filled(row)]
    if 2 * sum(form_titles.label(text) is not None for text in texts) >= len(texts):
        return False  # 统计时点 | | 填表人 | 张三
    boxes = [look.merged.get((row, column), (row, column, row, column)) for column in look.filled(row)]
    if any(bottom > row or right > left for _, left, bottom, right in boxes):
        return True
    return any(not look.text(row + 1, column) for column in look.filled(row)) and any(
        not look.text(row, column) for column in look.filled(row + 1)
    )


def _meant(look: Look, top: int, bottom: int, unit: str) -> _Header:
    titles: dict[int, str] = {}
    meant: dict[int, Meant] = {}
    for column in range(1, look.last_column + 1):
        lines = list(dict.fromkeys(filter(None, (look.text(row, column) for row in range(top, bottom + 1)))))
        if not lines:
            continue
        titles[column] = lines[-1] if len(lines) == 1 else "".join(lines)
        found = [each for text in dict.fromkeys((titles[column], lines[-1])) if (each := column_meant(text, unit))]
        if found:
            meant[column] = max(found, key=lambda each: each.confidence)
    return _Header(unit, top, bottom, titles, meant)


def _body(look: Look, header: _Header) -> tuple[int, int]:
    """From the header down to what closes the table: a total, a signature, a note, or the end of the frame."""
    first = header.bottom + 1
    if _is_numbering(look, first):
        first += 1
    last = first
    framed = any(look.framed(first, column) for column in header.titles)
    for row in range(first, min(look.last_row, first + 5_000) + 1):
        texts = [look.text(row, column) for column in look.filled(row)]
        if texts and (texts[0].startswith(TOTALS) or _closes(look, row, texts, header)):
            return first, max(first, row - 1)
        if not texts and not any(look.framed(row, column) for column in header.titles):
            return first, max(first, row - 1) if framed or row > first else first
        last = row
    return first, last


def _is_numbering(look: Look, row: int) -> bool:
    """Below the header some forms number their columns: 1 2 3 4, or 甲 1 2 3."""
    numbers = [text for column in look.filled(row) if (text := look.text(row, column)) not in ("甲", "乙", "丙", "丁")]
    return len(numbers) > 2 and numbers == [str(each) for each in range(1, len(numbers) + 1)]


def _closes(look: Look, row: int, texts: list[str], header: _Header) -> bool:
    wide = max(look.width(row, column) for column in look.filled(row)) >= max(3, look.last_column // 2)
    label = ":" in texts[0] or "：" in texts[0]
    return texts[0].startswith(BELOW) and (wide or label or len(texts) < max(2, len(header.meant) // 2))


# ---------------------------------------------------------------- what stands in the body


def _rows(look: Look, header: _Header, body: tuple[int, int]) -> tuple[list[Slot], list[str]]:
    """The marks of the first line, or of each line where the lines are fixed; and what is to be emptied."""
    fixed = _fixed_lines(look, header, body)
    if fixed is not None:
        return _fixed(look, header, body, *fixed)
    first, last = body
    slots = []
    for column, title in sorted(header.titles.items()):
        if not look.starts(first, column) or look.text(first, column).startswith("="):
            continue
        found = header.meant.get(column)
        text = "{{" + found.mark + "}}" if found and found.confidence >= SURE else ""
        slots.append(Slot(name(first, column), title, text, found.confidence if found else 0.0, "row"))
    numbered = {column for column, found in header.meant.items() if found.mark == "index"}
    emptied = [
        name(row, column) for row in range(first, last + 1) for column in look.filled(row)
        if not look.text(row, column).startswith("=") and not (column in numbered and row > first)
    ]  # fmt: skip
    return slots, emptied


def _fixed_lines(
    look: Look, header: _Header, body: tuple[int, int]
) -> tuple[list[int], dict[int, str]] | None:
    """(columns of the labels, {row: condition}) where the superior named the lines: 男, 女; or committee by committee."""
    rows = range(body[0], body[1] + 1)
    labels: list[int] = []
    lines: dict[int, list[str]] = {}
    for column in sorted(header.titles):
        said = {row: text for row in rows if (text := look.text(row, column))}
        if not labels and column in header.meant and header.meant[column].mark == "index":
            continue
        known = {row: found for row, text in said.items() if (found := form_titles.condition(text, header.titles[column]))}
        if len(said) < 2 or len(known) * 2 < len(said):
            break
        labels.append(column)
        for row, found in known.items():
            lines.setdefault(row, []).append(found)
    counted = [each for each in header.titles if labels and each > labels[-1]]
    if not counted or not _counts_only(look, header, body, counted):
        return None
    return labels, {row: ",".join(found) for row, found in lines.items()}


def _counts_only(look: Look, header: _Header, body: tuple[int, int], columns: Sequence[int]) -> bool:
    """Numbers or nothing stand beside the labels."""
    texts = [look.text(row, column) for row in range(body[0], body[1] + 1) for column in columns]
    return all(not text or text.startswith("=") or re.fullmatch(r"[\d.,%]+", text) for text in texts)


def _fixed(
    look: Look, header: _Header, body: tuple[int, int], labels: list[int], lines: dict[int, str]
) -> tuple[list[Slot], list[str]]:
    slots, emptied = [], []
    for row, condition in lines.items():
        label = "".join(look.text(row, column) for column in labels)
        for column, title in sorted(header.titles.items()):
            if column <= labels[-1] or not look.starts(row, column) or look.text(row, column).startswith("="):
                continue
            mark = _counted(title, header.meant.get(column), condition)
            text = "{{" + mark + "}}" if mark else ""
            slots.append(Slot(name(row, column), f"{label} {title}", text, 0.8 if mark else 0.0, "fixed"))
            if look.text(row, column):
                emptied.append(name(row, column))
    return slots, emptied


def _counted(title: str, found: Meant | None, condition: str) -> str:
    """The count mark of a column narrowed to a line: 实有人口:性别=女,居委会=…; "" where nothing is counted."""
    if found is not None and found.confidence >= SURE and found.mark.partition(":")[0] in COUNTS:
        base, _, own = found.mark.partition(":")
    elif own := form_titles.condition(title, "") or "":
        base = form_titles.BASE
    else:
        return ""
    return f"{base}:" + ",".join(filter(None, (own, condition)))


# ---------------------------------------------------------------- what is filled once


def _cells(look: Look, header: _Header | None, body: tuple[int, int] | None, committee: str) -> Iterator[Slot]:
    """Outside the table: labels with room for a value beside them or behind their colon, the committee's name, totals."""
    inside = range(header.top, body[1] + 1) if header and body else range(0)
    total = _total_row(look, body)
    for row, column in sorted(look.cells):
        text = look.raw(row, column)
        if row in inside or row == total or not text or text.startswith("=") or not look.starts(row, column):
            continue
        slot = within(row, column, text, committee) or beside(look, row, column, text)
        if slot is not None:
            yield slot
    if total and header:
        yield from _totals(look, total, header)


def _total_row(look: Look, body: tuple[int, int] | None) -> int | None:
    if body is None:
        return None
    row = body[1] + 1
    said = look.filled(row)
    return row if said and look.text(row, said[0]).startswith(TOTALS) else None


def _totals(look: Look, row: int, header: _Header) -> Iterator[Slot]:
    """Below counts that nobody sums with a formula stands the same count of everybody."""
    for column, found in sorted(header.meant.items()):
        counts = found.mark.partition(":")[0] in COUNTS and found.confidence >= SURE
        if counts and look.starts(row, column) and not look.text(row, column).startswith(("=", *TOTALS)):
            title = f"{look.text(row, look.filled(row)[0])} {header.titles[column]}"
            yield Slot(name(row, column), title, "{{" + found.mark + "}}", found.confidence, "cell")
