"""How much a workbook would unpack to, seen before it is unpacked: bombs, entities, cells at the end of the world.

A sheet is read as a rectangle. One forgotten cell in XFD1048576 makes that 17,000,000,000 cells, which ends
the process, so the corners are looked for in the bytes first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from app.domain.cells import column_letter
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, check, never
from app.exchange.noticing import Noticed

LARGEST = 500_000_000  # bytes a workbook may unpack to; a roster of 250,000 rows has about 190 MB
GREATEST_RATIO = 400
LARGEST_AREA = 15_000_000  # cells of one sheet; about 50 bytes each in memory
LARGEST_SPARSE = 4_000_000  # the same of a sheet that is nearly empty: a stray cell far from the others
MOST_COLUMNS = 30_000  # of a text file; a workbook's sheet has 16,384
MOST_PARTS = 20_000
LARGEST_STRINGS = 250_000_000  # bytes of the texts that cells share; each becomes a text in memory
_CHUNK = 1 << 18
_BEFORE, _AFTER = 512, 8192
"""How much of two pieces their seam takes."""
_END = 4096
_MOST_ROWS_OF_A_PIECE = 20_000
_FAR = re.compile(rb"""r\s*=\s*["'](?:([A-Z]{2,3})(\d+)|[A-Z](\d{7})|(\d{5,7})["'])""")
"""Cells beyond column Z or row 999999, rows beyond 9999: the r of `<c r="AB12">` and `<row r="12345">`."""
_FILLED = re.compile(rb"""r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'](?!\s*(?:[\w:]+\s*=\s*"[^"<>]*"\s*)*/>)""")
_ROOT = re.compile(rb"<[A-Za-z_]")
_MARKUP = (".xml", ".rels", ".vml")
_DIMENSIONS = re.compile(rb"\x00\x02\x0e\x00.{4}(.{4}).{2}(.{2})", re.S)
"""The record of an old .xls that says how far a sheet's cells reach: rows as 4 bytes, columns as 2 [MS-XLS 2.4.90]."""
_GAP = re.compile(
    rb"""<table:(?:covered-)?table-cell[^>]*number-columns-repeated="\d{3,}"[^>]*/>\s*<table:(?:covered-)?table-cell"""
    rb"""|<table:table-row[^>]*number-rows-repeated="\d{4,}\""""
)
_TOKEN = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
_TIMES = re.compile(rb"""number-(?:rows|columns)-repeated="(\d{1,7})\"""")
_REPEATED_CELL = re.compile(rb"""<table:table-cell(?=[^>]*office:value-type)[^>]*number-columns-repeated="(\d{4,})\"""")
_REPEATED_ROW = re.compile(rb"""<table:table-row[^>]*number-rows-repeated="(\d{4,})"[^>]*>""")


def refuse_bombs(path: Path, cancelled: Cancelled = never) -> Noticed:
    """Look through an archive before a library does; returns what was noticed on the way.

    Raises UserError: file-too-large, sheet-far-cell (details: cell), file-damaged, file-encrypted, file-unsafe,
    file-archive, file-binary-workbook, file-type-unknown, cancelled.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _look(path, archive, cancelled)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise UserError("file-damaged", file=path.name) from None


def _look(path: Path, archive: zipfile.ZipFile, cancelled: Cancelled) -> Noticed:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise UserError("file-encrypted", file=path.name)
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if (
        len(members) > MOST_PARTS
        or unpacked > LARGEST
        or _strings(members) > LARGEST_STRINGS
        or (unpacked > 50_000_000 and unpacked > GREATEST_RATIO * max(packed, 1))
    ):
        raise UserError("file-too-large", file=path.name)
    names, noticed = {_part(member) for member in members}, Noticed()
    if "content.xml" in names:
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise UserError("file-encrypted", file=path.name)
        _refuse_repeated(path, archive)
        _refuse_gaps(path, archive)
    elif not names & {"xl/workbook.xml", "word/document.xml"}:
        raise UserError(_other(names), file=path.name)
    noticed.parts(names)
    for member in members:
        _measure(path, archive, member, noticed, cancelled)
    return noticed


def _part(member: zipfile.ZipInfo) -> str:
    """A part's name; some programs for Windows write it with backslashes."""
    return member.filename.replace("\\", "/")


def _other(names: set[str]) -> str:
    """Why an archive is no workbook."""
    if "xl/workbook.bin" in names:
        return "file-binary-workbook"
    return "file-archive" if names and "[Content_Types].xml" not in names else "file-type-unknown"


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a member in pieces, and the seams between them; a wrong length or checksum is BadZipFile."""
    tail = b""
    with archive.open(name) as stream:
        while piece := stream.read(_CHUNK):
            if tail:
                yield tail + piece[:_AFTER]
            yield piece
            tail = piece[-_BEFORE:]


def _measure(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, noticed: Noticed, cancelled: Cancelled
) -> None:
    """Every member is unpacked once, so that its length is known to be true; sheets are measured meanwhile."""
    sheet = _part(member).startswith("xl/worksheets/")
    is_prolog = member.filename.lower().endswith(_MARKUP)
    width, height, odd = 26, 1, set()
    for number, piece in enumerate(_chunks(archive, member.filename)):
        check(cancelled)
        is_prolog = is_prolog and _is_prolog(path, piece)
        if sheet:
            noticed.sheet(_part(member), piece)
        if sheet and (found := _FAR.findall(piece)):
            before, width = height, max(width, *(_column(each[0]) for each in found))
            height = max(height, *(int(each[1] or each[2] or each[3]) for each in found))
            if height - before > _MOST_ROWS_OF_A_PIECE or any(each[0] or each[2] for each in found):
                odd.add(number)
    if sheet and width * max(height, 10_000) > most_cells(member.file_size):
        _measure_filled(path, archive, member, odd)


def _is_prolog(path: Path, piece: bytes) -> bool:
    """Does the root come later? Nothing may be declared before it: entities grow, or fetch other files."""
    piece = piece.replace(b"\0", b"")  # UTF-16
    root = _ROOT.search(piece)
    if b"<!DOCTYPE" in piece[: root.start() if root else len(piece)].upper():
        raise UserError("file-unsafe", file=path.name)
    return root is None


def most_cells(size: int) -> int:
    """How many cells a sheet of so many bytes may span: a filled one takes some 30 bytes, so few are blank."""
    return min(LARGEST_AREA, max(LARGEST_SPARSE, 2 * size))


def _strings(members: list[zipfile.ZipInfo]) -> int:
    return sum(member.file_size for member in members if member.filename.endswith("sharedStrings.xml"))


def refuse_far_cells(path: Path, data: bytes) -> None:
    """The same for an old .xls, by what its sheets say of themselves. Raises UserError("sheet-far-cell")."""
    for rows, columns in _DIMENSIONS.findall(data):
        height, width = int.from_bytes(rows, "little"), int.from_bytes(columns, "little")
        if height <= 1 << 16 and width <= 256 and height * width > most_cells(len(data)):
            raise UserError("sheet-far-cell", file=path.name, cell=f"{column_letter(width - 1)}{height}")


def _measure_filled(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, odd: set[int]) -> None:
    """The same again, counting only cells that hold something: formats may well reach to the last row.

    odd: the pieces that hold far cells or leap over rows, which are looked through; of the others the end will do.
    """
    width = height = 0
    far = b""
    for number, piece in enumerate(_chunks(archive, member.filename)):
        for letters, digits in _FILLED.findall(piece if number in odd else piece[-_END:]):
            column, row = _column(letters), int(digits)
            if column > width or row > height:
                width, height, far = max(column, width), max(row, height), letters + digits
        if width * height > most_cells(member.file_size):
            raise UserError("sheet-far-cell", file=path.name, cell=far.decode())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_gaps(path: Path, archive: zipfile.ZipFile) -> None:
    """OpenDocument writes blank cells once with a number; what stands behind many of them is looked at one by one."""
    if not any(_GAP.search(piece) for piece in _chunks(archive, "content.xml")):
        return
    data = archive.read("content.xml")
    most = most_cells(len(data))
    width = height = row = column = 0
    for end, kind, said in _TOKEN.findall(data):
        times = int(found[1]) if (found := _TIMES.search(said)) else 1
        if kind == b"table":
            width = height = row = column = 0
        elif kind == b"table-row":
            row, column = (row, column) if end else (row + times, 0)
        elif not end:
            column += times
            if b"office:value-type" in said:
                width, height = max(width, column), max(height, row)
        if width * height > most:
            raise UserError("sheet-far-cell", file=path.name, cell=f"{column_letter(column - 1)}{row}")


def _refuse_repeated(path: Path, archive: zipfile.ZipFile) -> None:
    """OpenDocument writes a repeated cell once with a number: filled cells repeated thousands of times are a bomb."""
    for piece in _chunks(archive, "content.xml"):
        if any(int(count) > 2_000 for count in _REPEATED_CELL.findall(piece)):
            raise UserError("file-too-large", file=path.name)
        for row in _REPEATED_ROW.finditer(piece):
            inside = piece[row.end() : row.end() + _CHUNK].split(b"</table:table-row>", 1)[0]
            if int(row[1]) > 2_000 and not row[0].endswith(b"/>") and b"office:value-type" in inside:
                raise UserError("file-too-large", file=path.name)
