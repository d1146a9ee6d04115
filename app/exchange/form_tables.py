"""The tables of a sheet: where a header stands, what its titles ask for, and how far its body goes.

A sheet may hold several, one below the other; a header that comes again on every page is one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain import form_titles
from app.domain.report_marks import COUNTS, units
from app.exchange.form_labels import is_of_answers
from app.exchange.form_look import Look

LOOKED_AT = 60
"""Rows in which a header is looked for."""
HEADER_LINES = 3
SURE = 0.6
"""Confidence from which a mark is put in unasked."""
CERTAIN = 0.9
"""Confidence of a title that is one as it stands."""
_WIDEST_TITLE = 30
LIKELY = ("resident", "building", "estate", "committee", "household", "arrival", "isolation_case")
"""Units, the first of equally good ones being meant."""
TOTALS = ("合计", "总计", "小计", "共计", "累计", "总数")
BELOW = ("备注", "注", "说明", "填表", "制表", "审核", "负责人", "填报", "报送", "单位", "联系人", "签字", "经办")
"""How a line below the body begins, if it is none of the body's."""
_NO_TITLE = re.compile(r"[\d=%/—-]|共|[（(]")
_WITHIN = ("building", "estate", "household", "resident")
"""Units of which a committee has many: a form that names committees alone does not ask for them."""
_ANYWHERE = ("index", "maker", "today", "统计时点", "committee.name")
"""Marks that make no table by themselves."""


@dataclass(frozen=True, slots=True)
class Meant:
    """mark: what stands between the braces. confidence: 0..1."""

    mark: str
    confidence: float

    @property
    def is_count(self) -> bool:
        return self.confidence >= SURE and self.mark.partition(":")[0] in COUNTS


@dataclass(frozen=True, slots=True)
class Header:
    """unit: what its titles are best understood of. lines: by column, the titles one below the other."""

    unit: str
    top: int
    bottom: int
    lines: dict[int, tuple[str, ...]]
    meant: dict[int, Meant]

    @property
    def titles(self) -> dict[int, str]:
        return {column: "".join(lines) for column, lines in self.lines.items()}

    @property
    def worth(self) -> float:
        return sum(each.confidence for each in self.meant.values())

    @property
    def is_about_committees(self) -> bool:
        """The only thing that a line is called by is its committee."""
        named = {each.mark for each in self.meant.values() if not each.is_count and each.mark not in _ANYWHERE}
        return named == {"committee"}

    @property
    def real(self) -> int:
        """Titles that are surely understood and belong to a table."""
        return sum(each.confidence >= SURE and each.mark not in _ANYWHERE for each in self.meant.values())


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as Excel counts them. body: first and last; totals: lines of totals above and below it."""

    header: Header
    body: tuple[int, int]
    totals: tuple[int, ...] = ()

    @property
    def rows(self) -> range:
        return range(self.header.top, max(self.body[1], *self.totals, self.header.bottom) + 1)


def tables(look: Look, rows: range | None = None, *, first: bool = True) -> list[Table]:
    """The tables in these rows from the top: the best understood one, and what stands above and below it."""
    rows = range(1, look.last_row + 1) if rows is None else rows
    header = _header(look, rows)
    if header is None or not (first or _is_another(look, header)):
        return []
    table = _table(look, header, rows)
    above = tables(look, range(rows.start, header.top), first=False)
    return [*above, table, *tables(look, range(table.rows.stop, rows.stop), first=False)]


def column_meant(title: str, unit: str) -> Meant | None:
    found = form_titles.column(title, unit)
    return Meant(*found) if found else None


# ---------------------------------------------------------------- the header


def _header(look: Look, rows: range) -> Header | None:
    """The lines whose titles are best understood, as the unit that understands most of them."""
    best: Header | None = None
    for bottom in rows[:LOOKED_AT]:
        for top in range(max(rows.start, bottom - HEADER_LINES + 1), bottom + 1):
            if not all(_is_heading(look, row) for row in range(top, bottom + 1)) or _is_cut(look, top, bottom):
                continue
            if is_of_answers(look, bottom):
                continue
            if not all(_is_above(look, row) for row in range(top, bottom)):
                continue
            for unit in sorted(units(), key=LIKELY.index):
                found = _meant(look, top, bottom, unit)
                if len(found.meant) < 2 or (found.is_about_committees and unit in _WITHIN):
                    continue
                if best is None or found.worth > best.worth + 0.01:
                    best = found
    return best or next((each for row in rows[:LOOKED_AT] if (each := _indicators(look, row))), None)


def _is_cut(look: Look, top: int, bottom: int) -> bool:
    """Does a cell of these lines reach over them, up or down? Then the header has more lines."""
    boxes = [look.merged.get((row, column)) for row in (top, bottom) for column in look.filled_or_spread(row)]
    return any(box is not None and (box[0] < top or box[2] > bottom) for box in boxes)


def _indicators(look: Look, row: int) -> Header | None:
    """指标 | 人数: a header that asks for nothing itself, over lines that each name what they count."""
    columns = look.filled(row)
    if len(columns) < 2 or not _is_heading(look, row) or is_of_answers(look, row):
        return None
    titles = [look.text(row, column) for column in columns]
    if not all(title in form_titles.NEUTRAL or form_titles.counted([title]) for title in titles):
        return None
    lines = [text for below in range(row + 1, row + 4) if (text := look.text(below, columns[0]))]
    if not lines or not any(form_titles.counted([text]) for text in lines):
        return None
    return Header("resident", row, row, dict(zip(columns, ((title,) for title in titles), strict=True)), {})


def _is_another(look: Look, header: Header) -> bool:
    """A second table has titles of its own, mostly understood, and lines below; a signature has none."""
    below = header.bottom + 1
    lines = any(look.framed(below, column) or look.text(below, column) for column in header.lines)
    return header.real >= 2 and 2 * len(header.meant) >= len(header.lines) and lines


def _is_heading(look: Look, row: int) -> bool:
    """Several short texts side by side; a title over the whole width, prose and numbers are none."""
    columns = look.filled(row)
    widest = max((look.width(row, column) for column in columns), default=0)
    texts = [look.text(row, column) for column in columns]
    return (
        len(columns) >= 2
        and widest < max(look.last_column * 0.8, 2)
        and all(len(text) <= _WIDEST_TITLE and not text.startswith("=") for text in texts)
        and not any(text.isdigit() or ((":" in text or "：" in text) and not text.startswith("其中")) for text in texts)
        and not _is_total(look, row)
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


def _meant(look: Look, top: int, bottom: int, unit: str) -> Header:
    titles: dict[int, tuple[str, ...]] = {}
    meant: dict[int, Meant] = {}
    for column in range(1, look.last_column + 1):
        lines = tuple(dict.fromkeys(filter(None, (look.text(row, column) for row in range(top, bottom + 1)))))
        if not lines:
            continue
        titles[column] = lines
        found = column_meant(lines[0], unit) if len(lines) == 1 else _meant_together(lines, unit)
        if found is not None:
            meant[column] = found
    return Header(unit, top, bottom, titles, meant)


def _meant_together(lines: tuple[str, ...], unit: str) -> Meant | None:
    """A title in several lines: a count narrowed by each of them, one title cut in two, or a title below a group's.

    A count below a group that nobody understands (低保户: 男, 女) is none of ours.
    """
    counted = form_titles.counted(lines) if units()[unit].counting else None
    found = [Meant(counted, form_titles.NARROWED)] if counted else []
    whole, last = column_meant("".join(lines), unit), column_meant(lines[-1], unit)
    if whole is not None and (not whole.is_count or whole.confidence >= CERTAIN):
        found.append(whole)
    if last is not None and not last.is_count and not (counted and lines[-1] in form_titles.NEUTRAL):
        found.append(last)  # 户籍人口 / 人数 asks for the count above it, not for everybody
    return max(found, key=lambda each: each.confidence, default=None)


# ---------------------------------------------------------------- the body


def _table(look: Look, header: Header, rows: range) -> Table:
    """From the header down to what closes the table: a total, a signature, a note, another table, the frame's end."""
    first = header.bottom + 1
    if _is_numbering(look, first):
        first += 1
    totals = []
    if _is_total(look, first) and _goes_on(look, first + 1, header):
        totals.append(first)
        first += 1
    last = _end(look, header, first, rows.stop - 1)
    if _is_total(look, last + 1):
        totals.append(last + 1)
    return Table(header, (first, last), tuple(totals))


def _end(look: Look, header: Header, first: int, end: int) -> int:
    last = first
    framed = any(look.framed(first, column) for column in header.lines)
    for row in range(first, min(end, first + 5_000) + 1):
        columns = look.filled(row)
        if columns and (_is_total(look, row) or _closes(look, row, header) or (row > first and _begins(look, row))):
            return max(first, row - 1)
        if not columns and not any(look.framed(row, column) for column in header.lines):
            return max(first, row - 1) if framed or row > first else first
        last = row
    return last


def _is_total(look: Look, row: int) -> bool:
    """合计 and then numbers, formulas or nothing; 小计, 男, 女 is a line of titles."""
    columns = look.filled(row)
    if not columns or not look.text(row, columns[0]).startswith(TOTALS):
        return False
    return all(_NO_TITLE.match(look.text(row, column)) for column in columns[1:])


def _goes_on(look: Look, row: int, header: Header) -> bool:
    """Is there a line of the table below its first one?"""
    return any(look.framed(row, column) for column in header.lines) or (
        len(look.filled(row)) > 1 and not _closes(look, row, header)
    )


def _is_numbering(look: Look, row: int) -> bool:
    """Below the header some forms number their columns: 1 2 3 4, or 甲 1 2 3."""
    numbers = [text for column in look.filled(row) if (text := look.text(row, column)) not in ("甲", "乙", "丙", "丁")]
    return len(numbers) > 2 and numbers == [str(each) for each in range(1, len(numbers) + 1)]


def _closes(look: Look, row: int, header: Header) -> bool:
    columns = look.filled(row)
    text = look.text(row, columns[0])
    wide = max(look.width(row, column) for column in columns) >= max(3, look.last_column // 2)
    label = ":" in text or "：" in text
    if text.startswith(BELOW) and (wide or label or len(columns) < max(2, len(header.meant) // 2)):
        return True
    return wide and len(columns) == 1 and any(_begins(look, below) for below in range(row + 1, row + 4))


def _begins(look: Look, row: int) -> bool:
    """Does another table (or the same header of the next page) begin here?"""
    columns = look.filled(row)
    certain = sum(form_titles.is_title(look.text(row, column)) for column in columns)
    return certain >= max(2, 0.7 * len(columns)) and _is_heading(look, row)
