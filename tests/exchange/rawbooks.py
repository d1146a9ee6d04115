"""Files of tables written byte by byte: what no library writes, but old programs and careless ones do.

A workbook package of hand-made parts (ECMA-376), its Strict form, OLE containers (MS-CFB) and the records of an
old .xls (MS-XLS), each as small as a reader accepts.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def text_cells(row: int, cells: Sequence[str | float]) -> str:
    """A `<row>` of inline strings and numbers."""
    written = "".join(
        f'<c r="{chr(65 + at)}{row}"><v>{cell}</v></c>'
        if isinstance(cell, int | float)
        else f'<c r="{chr(65 + at)}{row}" t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>'
        for at, cell in enumerate(cells)
        if cell != ""
    )
    return f'<row r="{row}">{written}</row>'


def package(
    path: Path,
    rows: str,
    *,
    shared: str = "",
    before: str = "",
    strict: bool = False,
    extra: Mapping[str, bytes | str] | None = None,
    kind: str = "sheet.main",
) -> None:
    """A workbook of one sheet. rows: the XML within sheetData; before: what stands before the sheet's root."""
    main, relations = (STRICT_MAIN, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    conformance = ' conformance="strict"' if strict else ""
    names = {"xl/workbook.xml": kind, "xl/worksheets/sheet1.xml": "worksheet"}
    if shared:
        names["xl/sharedStrings.xml"] = "sharedStrings"
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{_kind(what)}"/>' for name, what in names.items())
    strings = f'<Relationship Id="rId2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/>' if shared else ""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{main}" xmlns:r="{relations}"{conformance}><sheets>'
        '<sheet name="花名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>{strings}</Relationships>',
        "xl/worksheets/sheet1.xml": f'{HEAD}{before}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{main}">{shared}</sst>'
    archive_of(path, {**parts, **(extra or {})})


def _kind(what: str) -> str:
    return what if "/" in what else f"{KIND}.{what}+xml"


def archive_of(path: Path, parts: Mapping[str, bytes | str]) -> None:
    """A zip of parts, in their order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


# ---------------------------------------------------------------- OLE containers and the old .xls

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file; streams are filled up to 4096 bytes, so that none is a small one."""
    filled = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    directory = -(-(len(filled) + 1) * 128 // _SECTOR)
    fat = [_FAT, *_chain(1, directory)]
    entries, body = [_entry("Root Entry", 5, 1, _END, 0)], b""
    for number, (name, data) in enumerate(filled.items(), 1):
        data = data.ljust(-(-len(data) // _SECTOR) * _SECTOR, b"\0")
        entries.append(_entry(name, 2, _FREE, len(fat), len(data), number + 1 if number < len(filled) else _FREE))
        fat += _chain(len(fat), len(data) // _SECTOR)
        body += data
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    return _ole_header() + table + b"".join(entries).ljust(directory * _SECTOR, b"\0") + body


def _chain(first: int, length: int) -> list[int]:
    return [*range(first + 1, first + length), _END]


def _ole_header() -> bytes:
    start = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    counts = struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    return (start + counts).ljust(_SECTOR, b"\xff")


def _entry(name: str, kind: int, child: int, first: int, size: int, right: int = _FREE) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    start = struct.pack("<64sHBBIII", written, len(written), kind, 1, _FREE, right, child)
    return start + bytes(36) + struct.pack("<IQ", first, size)


def old_workbook(
    rows: Sequence[Sequence[str | float]], *, password: bool = False, far: tuple[int, int] | None = None
) -> bytes:
    """The stream `Workbook` of an .xls (BIFF8) of one sheet. password: it says it is encrypted, as Excel writes it.

    far: row and column, from 1, of one more cell.
    """
    name = "花名册".encode("utf-16-le")
    bound = struct.pack("<IHBB", 0, 0, len(name) // 2, 1) + name
    lock = _record(0x2F, struct.pack("<HHHH", 1, 1, 1, 1) + bytes(48)) if password else b""
    head, end = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)), _record(0x0A, b"")
    start = len(head) + len(lock) + len(bound) + 4 + len(end)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0))
    height, width = far or (len(rows), max(map(len, rows)))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, height, 0, width, 0))
    for at, row in enumerate(rows):
        sheet += b"".join(_cell(at, column, cell) for column, cell in enumerate(row) if cell != "")
    if far:
        sheet += _cell(height - 1, width - 1, "x")
    return head + lock + _record(0x85, struct.pack("<I", start) + bound[4:]) + end + sheet + end


def _cell(row: int, column: int, cell: str | float) -> bytes:
    if isinstance(cell, int | float):
        return _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))
    written = cell.encode("utf-16-le")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(written) // 2, 1) + written)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
