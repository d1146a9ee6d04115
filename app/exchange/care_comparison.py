"""A list of the line office beside the register, as a workbook that goes back: every cell is text, never a formula."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from app.exchange import shared_list

WIDTHS = (6, 20, 12, 6, 9, 30, 16, 8, 12, 30, 46)


def book(
    title: str, said: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[str]], *, sheet: str, practice: str
) -> Workbook:
    """As `shared_list.book`, with the widths of these columns and a filter over them."""
    made = shared_list.book(title, said, columns, rows, practice=practice)
    page = made.active
    page.title = sheet
    for number, width in enumerate(WIDTHS[: len(columns)], 1):
        page.column_dimensions[get_column_letter(number)].width = width
    head = page.max_row - len(rows)
    page.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{max(page.max_row, head)}"
    return made
