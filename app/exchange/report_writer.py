"""Writing a filled form: openpyxl writes everything of the template, the repeated rows go in as text.

A sheet's XML gets a place holder where a block of records belongs; while the sheet goes into the package
the block's rows are written there one by one, so memory does not grow with the records.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.manifest import Override
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.worksheet.merge import MergeCell, MergeCells
from openpyxl.worksheet.related import Related
from openpyxl.writer.excel import ExcelWriter

from app.domain.findings import UserError
from app.exchange.drawings import Drawings, known_endings
from app.exchange.report_rows import Block

_PLACE = re.compile(rb"<loutu-block n=\"(\d+)\"\s*(?:/>|></loutu-block>)")
_BATCH = 500

Step = Callable[[int], None]
"""Called with the number of records just written; may raise to stop."""


class _Sheet(WorksheetWriter):  # type: ignore[misc]  # openpyxl has no types
    """A sheet whose blocks of records are place holders."""

    def __init__(self, sheet: Any, blocks: Sequence[Block], drawing: str | None) -> None:
        self.blocks = blocks
        self.drawing = drawing
        super().__init__(sheet)

    def write_dimensions(self) -> None:
        rows = [row for row, _ in self.ws._cells] + [block.last for block in self.blocks]
        tops = [row for row, _ in self.ws._cells] + [block.first for block in self.blocks]
        columns = [column for _, column in self.ws._cells]
        columns += [column for block in self.blocks for column in block.columns]
        if rows and columns:
            area = CellRange(min_col=min(columns), min_row=min(tops), max_col=max(columns), max_row=max(rows))
            self.xf.send(SheetDimension(area.coord).to_tree())

    def write_rows(self) -> None:
        stream = self.xf.send(True)
        waiting = sorted(enumerate(self.blocks), key=lambda each: each[1].first)
        with stream.element("sheetData"):
            for number, row in self.rows():
                while waiting and waiting[0][1].first < number:
                    self._hold(stream, *waiting.pop(0))
                self.write_row(stream, row, number)
            for each in waiting:
                self._hold(stream, *each)
        self.xf.send(None)

    def _hold(self, stream: Any, number: int, block: Block) -> None:
        stream.write(Element("loutu-block", n=str(number)))
        for cell in block.cells:
            if cell._comment is not None:
                self.ws._comments.append(CommentRecord.from_cell(cell))
            if cell.hyperlink:
                self.ws._hyperlinks.append(cell.hyperlink)

    def write_merged_cells(self) -> None:
        areas = [str(cells) for cells in self.ws.merged_cells.ranges]
        for block in self.blocks:
            areas += block.merged_areas()
        if areas:
            self.xf.send(MergeCells(mergeCell=[MergeCell(area) for area in areas]).to_tree())

    def write_drawings(self) -> None:
        if self.drawing is None:
            super().write_drawings()
            return
        relation = Relationship(type="drawing", Target=f"/{self.drawing}")
        self._rels.append(relation)
        self.xf.send(Related(id=relation.id).to_tree("drawing"))


class _Package(ExcelWriter):  # type: ignore[misc]  # openpyxl has no types
    """A workbook's package; blocks: by the sheet's title; drawings: carried over from the form."""

    def __init__(
        self,
        book: Workbook,
        archive: zipfile.ZipFile,
        blocks: Mapping[str, Sequence[Block]],
        drawings: Drawings,
        step: Step,
    ) -> None:
        super().__init__(book, archive)
        self._blocks = blocks
        self._carried = drawings
        self._step = step

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        carried = self._carried.of_sheet.get(ws.title)
        if carried is None:
            ws._drawing.charts = ws._charts
            ws._drawing.images = ws._images
        blocks = self._blocks.get(ws.title, ())
        writer = _Sheet(ws, blocks, carried)
        try:
            writer.write()
            ws._rels = writer._rels
            form = Path(writer.out).read_bytes()
        finally:
            writer.cleanup()
        with self._archive.open(ws.path[1:], "w", force_zip64=True) as part:
            self._splice(part, form, blocks)
        self.manifest.append(ws)

    def _write_charts(self) -> None:
        super()._write_charts()
        known_endings(self._carried)
        for name, content in self._carried.parts.items():
            self._archive.writestr(name, content)
        for name, kind in self._carried.types.items():
            self.manifest.Override.append(Override(PartName=f"/{name}", ContentType=kind))

    def _splice(self, part: Any, form: bytes, blocks: Sequence[Block]) -> None:
        pieces = _PLACE.split(form)
        for number, piece in enumerate(pieces):
            if number % 2 == 0:
                part.write(piece)
                continue
            block = blocks[int(piece)]
            for start in range(0, block.count, _BATCH):
                stop = min(start + _BATCH, block.count)
                part.write("".join(block.xml(record) for record in range(start, stop)).encode())
                self._step(stop - start)


def write(book: Workbook, out: Path, blocks: Mapping[str, Sequence[Block]], drawings: Drawings, step: Step) -> None:
    """The workbook under its name, whole or not at all. Raises UserError report-unwritable."""
    book.calculation.fullCalcOnLoad = True
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.stem}-", suffix=".tmp", dir=out.parent)
    except OSError as error:
        raise UserError("report-unwritable", file=str(out)) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                _Package(book, archive, blocks, drawings, step).write_data()
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(out)
    except OSError as error:
        raise UserError("report-unwritable", file=str(out)) from error
    finally:
        temporary.unlink(missing_ok=True)
