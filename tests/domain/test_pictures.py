"""A photo keeps its picture and loses everything else; what is no JPEG is refused."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import pictures
from app.domain.findings import UserError

TINY = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////"
    "wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
)
"""A picture of one grey point."""


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def with_(*segments: bytes) -> bytes:
    return TINY[:2] + b"".join(segments) + TINY[2:]


def test_a_clean_picture_stays_as_it_is() -> None:
    assert pictures.cleaned(TINY) == TINY


def test_where_and_when_it_was_taken_goes() -> None:
    exif = segment(0xE1, b"Exif\0\0GPS 31.2 121.5")
    assert (
        pictures.cleaned(with_(exif, segment(0xE1, b"http://ns.adobe.com/xap/1.0/"), segment(0xED, b"Photoshop")))
        == TINY
    )


def test_the_thumbnail_of_the_whole_shot_in_a_jfif_header_goes() -> None:
    head = TINY[6:18]
    assert head.startswith(b"JFIF\0")
    small = segment(0xE0, head + bytes((1, 1)) + b"face" + bytes(3))
    assert pictures.cleaned(TINY[:2] + small + TINY[20:]) == TINY


@pytest.mark.parametrize("marker", [0xE0, 0xF0, 0xFD, 0xC8, 0x02, 0xEE])
def test_what_hides_in_a_segment_that_is_no_part_of_the_picture_goes(marker: int) -> None:
    assert pictures.cleaned(with_(segment(marker, b"JFXX\0 GPS 31.2 121.5"))) == TINY


def test_a_comment_goes() -> None:
    assert pictures.cleaned(with_(segment(0xFE, "王建国家".encode()))) == TINY


def test_how_the_colours_are_written_stays() -> None:
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    assert pictures.cleaned(with_(adobe)) == with_(adobe)


def test_what_hangs_on_behind_goes() -> None:
    assert pictures.cleaned(TINY + b"ftypmp42 a film of the flat") == TINY


def test_what_a_later_scan_hides_goes() -> None:
    late = TINY[:-2] + segment(0xE1, b"Exif\0\0") + TINY[-2:]
    assert pictures.cleaned(late) == TINY


@pytest.mark.parametrize("picture", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8", "照片".encode()])
def test_what_is_no_jpeg_is_refused(picture: bytes) -> None:
    with pytest.raises(UserError, match="photo-not-jpeg"):
        pictures.cleaned(picture)


def test_one_that_is_too_large_is_refused() -> None:
    with pytest.raises(UserError, match="photo-too-large") as wrong:
        pictures.cleaned(TINY + bytes(pictures.MOST + 1 - len(TINY)))
    assert wrong.value.details["kilobytes"] > wrong.value.details["most"]


@pytest.mark.parametrize(
    "picture",
    [
        TINY[:-2],  # no end
        TINY[:60],  # cut in a table
        b"\xff\xd8\xff\xd9",  # nothing in it
        b"\xff\xd8\xff\xe1\x00\x01",  # a segment shorter than its own length
        b"\xff\xd8" + segment(0xDA, b"x") + b"\xff\xd9",  # a scan without a frame
        b"\xff\xd8\xff" + b"\xff" * 50,  # fill bytes and no marker
        with_(segment(0xFE, b""), b"junk"),
    ],
)
def test_a_broken_one_is_refused(picture: bytes) -> None:
    with pytest.raises(UserError, match="photo-damaged"):
        pictures.cleaned(picture)


@given(st.binary(max_size=300), st.integers(0, len(TINY)))
def test_any_bytes_end_in_a_picture_or_a_refusal(junk: bytes, place: int) -> None:
    try:
        clean = pictures.cleaned(TINY[:place] + junk + TINY[place:])
    except UserError:
        return
    assert pictures.cleaned(clean) == clean
