"""The sharing ledger as a workbook: a title, who made it, one row each; every cell is text and never a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from app.domain.findings import UserError
from app.exchange.report_rows import is_dangerous, quoted_style, safe_text
from app.files import write_atomic

WIDTHS = (6, 17, 12, 12, 12, 22, 26, 46, 8, 8, 24)
_LINE = Side(style="thin", color="BFC7D0")


def book(
    title: str, said: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[str]], *, practice: str = ""
) -> Workbook:
    """Title, sentences, column titles, rows; landscape A4, the titles on every page."""
    made = Workbook()
    sheet = made.active
    sheet.title = columns[2]
    lines = [title, *([practice] if practice else []), *said]
    for number, line in enumerate(lines, 1):
        _put(sheet.cell(number, 1), line)
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(columns))
    sheet.cell(1, 1).font = Font(size=16, bold=True)
    head = len(lines) + 1
    for number, text in enumerate(columns, 1):
        cell = sheet.cell(head, number)
        _put(cell, text)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3F0FA")
        cell.border = Border(bottom=_LINE)
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS[min(number, len(WIDTHS)) - 1]
    for row, cells in enumerate(rows, head + 1):
        for number, text in enumerate(cells, 1):
            cell = sheet.cell(row, number)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            _put(cell, text)
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return made


def save(made: Workbook, out: Path) -> None:
    """Raises UserError("report-unwritable")."""
    data = io.BytesIO()
    made.save(data)
    try:
        write_atomic(out, data.getvalue())
    except OSError:
        raise UserError("report-unwritable", file=str(out)) from None


def _put(cell: object, text: str) -> None:
    shown = safe_text(text)
    if is_dangerous(shown):
        cell._style = cell.parent.parent._cell_styles[quoted_style(cell)]  # type: ignore[attr-defined]
    cell._value, cell.data_type = shown or None, "s" if shown else "n"  # type: ignore[attr-defined]  # the type last
