"""Making room for records in an opened form: everything below a block of rows moves down, and what spans
the block grows, as if the rows had been inserted by hand in Excel."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.formatting import ConditionalFormatting, ConditionalFormattingList
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from app.exchange.shifting import Insertion


def make_room(book: Workbook, sheet: Any, room: Insertion) -> None:
    """Insert `room.extra` rows below the block; the new rows stay empty, the writer fills them."""
    _move_formulas(book, room)
    _move_cells(sheet, room)
    _move_heights(sheet, room)
    _move_merged(sheet, room)
    _move_formats(sheet, room)
    _move_validations(sheet, room)
    _move_print(sheet, room)
    _move_tables(sheet, room)


def _move_formulas(book: Workbook, room: Insertion) -> None:
    """Formulas of every sheet and defined names: they may look at the sheet that grows."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            if cell.data_type != "f":
                continue
            value = cell._value
            if isinstance(value, ArrayFormula):
                value.text = room.formula(value.text, sheet.title, cell.row)
                if sheet.title == room.sheet:
                    value.ref = room.area(CellRange(value.ref))
            elif not isinstance(value, DataTableFormula):
                cell._value = room.formula(str(value), sheet.title, cell.row)
        for name in sheet.defined_names.values():
            name.value = room.formula(f"={name.value}", sheet.title)[1:]
    for name in book.defined_names.values():
        name.value = room.formula(f"={name.value}", "")[1:]


def _move_cells(sheet: Any, room: Insertion) -> None:
    moved = {}
    for (row, column), cell in sheet._cells.items():
        cell.row = room.row(row)
        moved[cell.row, column] = cell
        link = getattr(cell, "_hyperlink", None)
        if link is not None:
            link.ref = cell.coordinate
    sheet._cells = moved


def _move_heights(sheet: Any, room: Insertion) -> None:
    below = {row: dimension for row, dimension in sheet.row_dimensions.items() if row > room.last}
    for row in below:
        del sheet.row_dimensions[row]
    for row, dimension in below.items():
        dimension.index = room.row(row)
        sheet.row_dimensions[dimension.index] = dimension


def _move_merged(sheet: Any, room: Insertion) -> None:
    """Merged cells within the block stay with its first record; the writer repeats them."""
    sheet.merged_cells.ranges = {
        merged if _within(merged, room) else CellRange(room.area(merged)) for merged in sheet.merged_cells.ranges
    }


def _within(cells: Any, room: Insertion) -> bool:
    return bool(room.first <= cells.min_row and cells.max_row <= room.last)


def _move_formats(sheet: Any, room: Insertion) -> None:
    moved = ConditionalFormattingList()
    for each in sheet.conditional_formatting:
        base = min(cells.min_row for cells in each.sqref.ranges)
        cells = ConditionalFormatting(room.areas(str(each.sqref)), pivot=each.pivot)
        for rule in each.rules:
            rule.formula = [_bare(room, text, base) for text in rule.formula]
            moved.add(cells, rule)
    sheet.conditional_formatting = moved


def _bare(room: Insertion, text: str, base: int) -> str:
    """A formula without =, relative to the first row of its cells, on the sheet that grows."""
    return room.formula(f"={text}", room.sheet, base)[1:]


def _move_validations(sheet: Any, room: Insertion) -> None:
    for each in sheet.data_validations.dataValidation:
        base = min(cells.min_row for cells in each.sqref.ranges)
        for name in ("formula1", "formula2"):
            text = getattr(each, name)
            if text and not text.startswith('"'):
                setattr(each, name, _bare(room, text, base))
        each.sqref = room.areas(str(each.sqref))


def _move_print(sheet: Any, room: Insertion) -> None:
    areas = [room.area(cells) for cells in sheet._print_area.ranges] if sheet._print_area else []
    if areas:
        sheet.print_area = ",".join(areas)
    if sheet._print_rows:
        top, bottom = room.span(sheet._print_rows.min_row, sheet._print_rows.max_row)
        sheet.print_title_rows = f"{top}:{bottom}"
    for line in sheet.row_breaks.brk:
        if line.id >= room.last:
            line.id += room.extra
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = room.area(CellRange(sheet.auto_filter.ref))


def _move_tables(sheet: Any, room: Insertion) -> None:
    for table in sheet.tables.values():
        table.ref = room.area(CellRange(table.ref))
        if table.autoFilter is not None and table.autoFilter.ref:
            table.autoFilter.ref = room.area(CellRange(table.autoFilter.ref))
