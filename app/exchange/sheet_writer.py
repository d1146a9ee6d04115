"""Blocks of records in a sheet's part: an instruction holds their place while the part is small, and gives way to
their rows one by one while it goes into the package, so that memory does not grow with the records."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from lxml import etree
from openpyxl.worksheet.cell_range import CellRange

from app.exchange.report_rows import Block
from app.exchange.sheetxml import M, cells, column_of, placed

_PLACE = re.compile(rb"<\?loutu-(rows|merged) (\d+)\?>")
_BATCH = 500

Step = Callable[[int], None]
"""Called with the number of records just written; may raise to stop."""


def put_blocks(root: Any, blocks: Sequence[Block]) -> None:
    """Mark where the blocks belong in a sheet, from whose cells they were taken out."""
    if not blocks:
        return
    rows = placed(root)
    data = root.find(f"{M}sheetData")
    merged = root.find(f"{M}mergeCells")
    for number, block in enumerate(blocks):
        after = next((row for at, row in rows if at > block.first), None)
        place = etree.ProcessingInstruction("loutu-rows", str(number))
        data.insert(data.index(after), place) if after is not None else data.append(place)
        more = len(block.merged) * (block.count - block.there)
        if merged is not None and more > 0:
            merged.append(etree.ProcessingInstruction("loutu-merged", str(number)))
            merged.set("count", str(int(merged.get("count") or len(merged) - 1) + more))
    _measure(root, blocks)


def _measure(root: Any, blocks: Sequence[Block]) -> None:
    """Write anew what area the sheet says it fills."""
    dimension = root.find(f"{M}dimension")
    if dimension is None:
        return
    rows = [number for number, _ in placed(root)] + [row for each in blocks for row in (each.first, each.last)]
    area = CellRange(dimension.get("ref").replace("$", ""))
    columns = [column_of(cell) for _, cell in cells(root)] + [column for each in blocks for column in each.columns]
    columns += [area.min_col, area.max_col]
    whole = CellRange(min_col=min(columns), min_row=min(rows), max_col=max(columns), max_row=max(rows))
    dimension.set("ref", whole.coord)


def splice(form: bytes, blocks: Sequence[Block], step: Step, part: BinaryIO) -> None:
    """Write a sheet's part with the rows of its blocks in their places."""
    pieces = _PLACE.split(form)
    part.write(pieces[0])
    for what, number, piece in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        block = blocks[int(number)]
        start = 0 if what == b"rows" else block.there
        for begin in range(start, block.count, _BATCH):
            stop = min(begin + _BATCH, block.count)
            if what == b"rows":
                part.write(block.xml(begin, stop).encode())
                step(stop - begin)
            else:
                areas = block.merged_areas(begin, stop)
                part.write("".join(f'<{block.prefix}mergeCell ref="{area}"/>' for area in areas).encode())
        part.write(piece)
