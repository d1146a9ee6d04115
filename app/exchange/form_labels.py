"""What a form asks for once: behind a label's colon, beside a label, and our own name in a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from app.domain import form_titles
from app.exchange.form_look import Look
from app.exchange.marks import MARK

LABELLED = 0.9
"""How sure a label makes."""
_FIGURE = re.compile(r"[\d.,%]+")
_LONGEST_LABEL, _LONGEST_LINE = 14, 200
_LABEL = re.compile(
    r"(?P<label>[\u4e00-\u9fff（）()/、]{2,14})\s*[:：][ \u3000_＿]*(?P<rest>[^:：\n]*?)"
    r"(?=[\s_＿]+[\u4e00-\u9fff（）()]{2,14}[:：]|[\s_＿]*$)",
    re.M,
)
"""`填表人：张三　　填表日期：　年　月　日`: a label, its colon and what stands up to the next label."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell that is filled. text: what is to stand there, marks and all ("" = stays empty). kind: row (once a
    record), cell (once), fixed (a line of its own in a table with fixed lines)."""

    cell: str
    title: str
    text: str
    confidence: float
    kind: str

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(MARK.findall(self.text))


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of a sheet before it is kept. code: of the words; cells: where, as Excel shows it."""

    code: str
    cells: str
    about: str = ""


def name(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"


def name_of(cells: Sequence[str]) -> str:
    """`B4:F4` or a few names: where cells are, for a sentence."""
    return cells[0] if len(cells) == 1 else f"{cells[0]}–{cells[-1]}"


def within(row: int, column: int, text: str, committee: str) -> Slot | None:
    """`填表人：　　填表日期：　年　月　日`: what stands behind a colon gives way to its mark, and so does our own name."""
    titles: list[str] = []

    def marked(found: re.Match[str]) -> str:
        mark = form_titles.label(found["label"])
        if mark is None:
            return found.group()
        titles.append(found["label"])
        ahead = found.group()[: found.start("rest") - found.start()]
        return ahead.rstrip(" _＿\u3000") + "{{" + mark + "}}"

    made = _LABEL.sub(marked, text) if len(text) <= _LONGEST_LINE else text
    if len(committee) > 2 and committee in made:
        made = made.replace(committee, "{{committee.name}}")
        titles.append(committee)
    return Slot(name(row, column), "、".join(titles), made, LABELLED, "cell") if made != text else None


def is_of_answers(look: Look, row: int) -> bool:
    """`实有人口 | | 户籍人口 | |`: labels with room beside them, as in the line above or below; no header of a table."""
    columns = _labels(look, row)
    near = [each for each in (row - 1, row + 1) if _labels(look, each) == columns]
    return len(columns) > 1 and bool(near) and all(_asks(look, each, columns) for each in (row, near[0]))


def _labels(look: Look, row: int) -> list[int]:
    return [column for column in look.filled(row) if not _FIGURE.fullmatch(look.text(row, column))]


def _asks(look: Look, row: int, columns: Sequence[int]) -> bool:
    """Labels, half of them known, each with nothing or a number beside it."""
    values = [look.text(row, column + look.width(row, column)) for column in columns]
    texts = [look.text(row, column).rstrip(":：") for column in columns]
    known = sum(form_titles.label(text) is not None or form_titles.counted([text]) is not None for text in texts)
    return 2 * known >= len(columns) and all(not value or _FIGURE.fullmatch(value) for value in values)


def _count_beside(look: Look, row: int, column: int, bare: str) -> str | None:
    """The count that a label stands for; 其中：60岁以上 is part of the label above it."""
    if not is_of_answers(look, row):
        return None
    above = look.text(row - 1, column) if bare.startswith("其中") else ""
    return form_titles.counted([above, bare] if above else [bare])


def beside(look: Look, row: int, column: int, text: str) -> Slot | None:
    """A label in a cell of its own; the next cell takes the value."""
    bare = "".join(text.split()).rstrip(":：")
    mark = form_titles.label(bare) if len(bare) <= _LONGEST_LABEL else None
    mark = mark or _count_beside(look, row, column, bare)
    right = column + look.width(row, column)
    if mark is None or right > look.last_column + 1:
        return None
    said = look.text(row, right)
    if said and (said.startswith("=") or form_titles.label(said.rstrip(":："))):
        return None
    return Slot(name(row, right), bare, "{{" + mark + "}}", LABELLED, "cell")
