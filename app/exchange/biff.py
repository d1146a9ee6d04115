"""What an old .xls hides: its stream is taken out of the OLE file, its records for rows and columns are looked at.

Layouts: [MS-CFB] for the file, [MS-XLS] 2.4.221 (Row), 2.4.53 (ColInfo), 2.4.28 (BoundSheet8).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from app.exchange.hidden import Layout

_END = 0xFFFFFFFA
"""Sector numbers from here on are no sectors."""
_ROOT, _LONG, _SHORT = 5, 4096, 64
"""The directory's entry of short streams; from which length a stream has sectors of its own; the length of short ones."""
_ROW, _COLUMNS, _SHEET, _BOF, _EOF = 0x0208, 0x007D, 0x0085, 0x0809, 0x000A
_MAYBE = re.compile(
    rb"\x08\x02\x10\x00.{12}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]|\x7d\x00[\x0b\x0c]\x00.{8}[^\x00]", re.S
)
"""A record of a row or of columns that may be hidden; where there is none, the records are not walked through."""


def layouts(data: bytes) -> dict[str, Layout]:
    """{sheet title: its hidden rows and columns}; empty where nothing is hidden or the file is none we can follow."""
    try:
        stream = _workbook(data)
        if not _MAYBE.search(stream):
            return {}
        return {title: _sheet(stream, at) for title, at in _sheets(stream)}
    except (struct.error, IndexError, ValueError):
        return {}


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook, b"" if there is none."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    sectors = [data[at : at + size] for at in range(size, len(data), size)]
    follows = _follows(data, sectors, size)
    listed = _chain(sectors, follows, struct.unpack_from("<I", data, 48)[0])
    short: list[bytes] = []
    for at in range(0, len(listed), 128):
        length, kind = struct.unpack_from("<HB", listed, at + 64)
        name = listed[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, long = struct.unpack_from("<II", listed, at + 116)
        if kind == _ROOT and start < _END:
            whole = _chain(sectors, follows, start)
            short = [whole[begin : begin + _SHORT] for begin in range(0, len(whole), _SHORT)]
        elif name in ("Workbook", "Book"):
            if long >= _LONG:
                return _chain(sectors, follows, start)[:long]
            table = _chain(sectors, follows, struct.unpack_from("<I", data, 60)[0])
            return _chain(short, [each for (each,) in struct.iter_unpack("<I", table)], start)[:long]
    return b""


def _follows(data: bytes, sectors: Sequence[bytes], size: int) -> list[int]:
    """Which sector follows which."""
    tables = list(struct.unpack_from("<109I", data, 76))
    further = struct.unpack_from("<I", data, 68)[0]
    for _ in range(min(struct.unpack_from("<I", data, 72)[0], len(sectors))):
        if further >= _END:
            break
        *more, further = struct.unpack(f"<{size // 4}I", sectors[further])
        tables += more
    count = struct.unpack_from("<I", data, 44)[0]
    whole = b"".join(sectors[table] for table in tables[:count] if table < _END)
    return [each for (each,) in struct.iter_unpack("<I", whole)]


def _chain(sectors: Sequence[bytes], follows: Sequence[int], start: int) -> bytes:
    parts: list[bytes] = []
    while start < _END and len(parts) <= len(follows):
        parts.append(sectors[start])
        start = follows[start]
    return b"".join(parts)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its data begins, length) from `at` to the end of the stream that begins there."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    new = struct.unpack_from("<H", stream, 4)[0] >= 0x0600
    for kind, at, length in _records(stream, 0):
        if kind == _SHEET:
            start, count = struct.unpack_from("<I2xB", stream, at)
            text = stream[at + 7 : at + length]
            if not new:
                yield text[:count].decode("gb18030", "replace"), start
            elif text[0] & 1:
                yield text[1 : 1 + 2 * count].decode("utf-16-le", "replace"), start
            else:
                yield text[1 : 1 + count].decode("latin-1"), start


def _sheet(stream: bytes, start: int) -> Layout:
    made = Layout()
    for kind, at, length in _records(stream, start):
        if kind == _ROW and length >= 14 and stream[at + 12] & 0x20:
            made.rows.add(struct.unpack_from("<H", stream, at)[0])
        elif kind == _COLUMNS and length >= 10 and stream[at + 8] & 1:
            first, last = struct.unpack_from("<HH", stream, at)
            made.columns.update(range(first, min(last, 255) + 1))
    return made
