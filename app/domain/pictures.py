"""A photo as it may be kept: a JPEG of limited size without what cameras write beside the picture (place, time, owner).

The format: ITU-T T.81, markers and segments. Only what the picture is made of is kept; Exif, XMP, comments, thumbnails of
the whole shot in JFIF headers and whatever hides in reserved segments are not.
"""

from __future__ import annotations

from app.domain.findings import UserError

MOST = 72_000
"""Bytes of a picture: 96,000 characters in base64, which fit one sealed value."""
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_JFIF, _ADOBE = 0xE0, 0xEE
"""APP0 says how wide a dot is, APP14 how the colours are written; without it some pictures turn green."""
_BARE = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_MADE_OF = _FRAMES | {0xC4, 0xCC, _SCAN, *range(0xDB, 0xE0)}
"""Segments without which there is no picture: frames, scans, tables of codes and quantities, restarts, lines."""


def cleaned(picture: bytes) -> bytes:
    """The same picture without anything that is not the picture.

    Raises UserError: photo-not-jpeg, photo-too-large (bytes, most), photo-damaged.
    """
    if picture[:3] != bytes((0xFF, _START, 0xFF)):
        raise UserError("photo-not-jpeg")
    if len(picture) > MOST:
        raise UserError("photo-too-large", kilobytes=-(-len(picture) // 1000), most=MOST // 1000)
    kept, at, frame = bytearray(picture[:2]), 2, False
    while True:
        marker, at = _marker(picture, at)
        if marker in _BARE:
            kept += bytes((0xFF, marker))
            continue
        length = int.from_bytes(picture[at : at + 2], "big")
        if marker in (_START, _END) or length < 2 or at + length > len(picture):
            raise UserError("photo-damaged")
        kept += _segment(marker, picture[at + 2 : at + length])
        frame = frame or marker in _FRAMES
        at += length
        if marker == _SCAN:
            if not frame:
                raise UserError("photo-damaged")
            return bytes(kept + _scans(picture, at))


def _segment(marker: int, body: bytes) -> bytes:
    """A segment as it is kept; nothing of one that is not the picture. A JFIF header loses its thumbnail."""
    if marker == _JFIF and len(body) >= 14 and body.startswith(b"JFIF\0"):
        body = body[:12] + b"\0\0"
    elif marker not in _MADE_OF and not (marker == _ADOBE and len(body) == 12 and body.startswith(b"Adobe")):
        return b""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _marker(picture: bytes, at: int) -> tuple[int, int]:
    """The marker at a place, and where it ends; fill bytes before it are passed over."""
    if picture[at : at + 1] != b"\xff":
        raise UserError("photo-damaged")
    while picture[at : at + 1] == b"\xff":
        at += 1
    if at >= len(picture):
        raise UserError("photo-damaged")
    return picture[at], at + 1


def _scans(picture: bytes, at: int) -> bytes:
    """From the first scan to the end of the picture: what a camera hangs on behind it (a film) is not kept."""
    kept = bytearray()
    while (mark := picture.find(b"\xff", at)) >= 0 and mark + 1 < len(picture):
        kept += picture[at:mark]
        marker, at = picture[mark + 1], mark + 2
        if marker == 0xFF:
            at = mark + 1
        elif marker == _END:
            return bytes(kept + picture[mark:at])
        elif marker == 0x00 or marker in _BARE:
            kept += picture[mark:at]
        else:
            length = int.from_bytes(picture[at : at + 2], "big")
            if length < 2 or at + length > len(picture):
                break
            if marker in _MADE_OF:
                kept += picture[mark : at + length]
            at += length
    raise UserError("photo-damaged")
