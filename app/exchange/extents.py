"""How much a workbook would unpack to, seen before it is unpacked: bombs, and cells at the end of the world.

A sheet is read as a rectangle. One forgotten cell in XFD1048576 makes that 17,000,000,000 cells, which ends
the process, so the corners are looked for in the bytes first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from app.domain.findings import UserError

LARGEST = 500_000_000  # bytes a workbook may unpack to; a roster of 250,000 rows has about 190 MB
GREATEST_RATIO = 400
LARGEST_AREA = 15_000_000  # cells of one sheet; about 50 bytes each in memory
_CHUNK = 1 << 18
_OVERLAP = 512
_FAR = re.compile(rb"""r\s*=\s*["'](?:([A-Z]{2,3})(\d+)|[A-Z](\d{7})|(\d{5,7})["'])""")
"""Cells beyond column Z or row 999999, rows beyond 9999: the r of `<c r="AB12">` and `<row r="12345">`."""
_FILLED = re.compile(rb"""r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'](?!\s*(?:[\w:]+\s*=\s*"[^"<>]*"\s*)*/>)""")
_REPEATED_CELL = re.compile(rb"""<table:table-cell(?=[^>]*office:value-type)[^>]*number-columns-repeated="(\d{4,})\"""")
_REPEATED_ROW = re.compile(rb"""<table:table-row[^>]*number-rows-repeated="(\d{4,})"[^>]*>""")


def refuse_bombs(path: Path) -> None:
    """Look through an archive before a workbook library does.

    Raises UserError: file-too-large, sheet-far-cell (details: cell), file-damaged, file-encrypted,
    file-type-unknown.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _look(path, archive)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise UserError("file-damaged", file=path.name) from None


def _look(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise UserError("file-encrypted", file=path.name)
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > LARGEST or (unpacked > 50_000_000 and unpacked > GREATEST_RATIO * max(packed, 1)):
        raise UserError("file-too-large", file=path.name)
    names = {member.filename for member in members}
    if "content.xml" in names:
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise UserError("file-encrypted", file=path.name)
        _refuse_repeated(path, archive)
    elif "xl/workbook.xml" not in names:
        raise UserError("file-type-unknown", file=path.name)
    for member in members:
        _measure(path, archive, member)


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a member in pieces that overlap a little; a wrong length or checksum is BadZipFile."""
    tail = b""
    with archive.open(name) as stream:
        while piece := stream.read(_CHUNK):
            yield tail + piece
            tail = piece[-_OVERLAP:]


def _measure(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Every member is unpacked once, so that its length is known to be true; sheets are measured meanwhile."""
    sheet = member.filename.startswith("xl/worksheets/")
    width, height = 26, 1
    for piece in _chunks(archive, member.filename):
        if sheet and (found := _FAR.findall(piece)):
            width = max(width, *(_column(each[0]) for each in found))
            height = max(height, *(int(each[1] or each[2] or each[3]) for each in found))
    if sheet and width * max(height, 10_000) > LARGEST_AREA:
        _measure_filled(path, archive, member.filename)


def _measure_filled(path: Path, archive: zipfile.ZipFile, name: str) -> None:
    """The same again, counting only cells that hold something: formats may well reach to the last row."""
    width = height = 0
    far = b""
    for piece in _chunks(archive, name):
        for letters, digits in _FILLED.findall(piece):
            column, row = _column(letters), int(digits)
            if column > width or row > height:
                width, height, far = max(column, width), max(row, height), letters + digits
        if width * height > LARGEST_AREA:
            raise UserError("sheet-far-cell", file=path.name, cell=far.decode())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_repeated(path: Path, archive: zipfile.ZipFile) -> None:
    """OpenDocument writes a repeated cell once with a number: filled cells repeated thousands of times are a bomb."""
    for piece in _chunks(archive, "content.xml"):
        if any(int(count) > 2_000 for count in _REPEATED_CELL.findall(piece)):
            raise UserError("file-too-large", file=path.name)
        for row in _REPEATED_ROW.finditer(piece):
            inside = piece[row.end() : row.end() + _CHUNK].split(b"</table:table-row>", 1)[0]
            if int(row[1]) > 2_000 and not row[0].endswith(b"/>") and b"office:value-type" in inside:
                raise UserError("file-too-large", file=path.name)
