"""On paper and as a picture: a real PDF with searchable words, a real PNG, and only text where people wrote text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

from app.domain import maps
from app.domain.geometry import Plane
from app.domain.maps import Drawing, Thing
from app.maps import layers, matrix, matrix_page, picture
from app.maps.matrix import Cell, Mark, Matrix

GROUND = Plane(121.53, 31.23)
HOSTILE = '#panic() $x$ *b* ] \\ <script> "="'


def drawing(name: str = "培花新村", *, old: bool = False) -> Drawing:
    things = tuple(
        Thing(
            str(n),
            "building",
            f"{n}号",
            GROUND.rectangle(50 * n, 0, 40, 30),
            f"{n}号",
            n * 3,
            n * 9,
            placed=n > 1,
            old=old,
        )
        for n in range(6)
    )
    around = (Thing("e", "estate", name, GROUND.rectangle(-20, -20, 360, 80)),)
    classes, legend = maps.legend(things, maps.ORANGE_RED)
    return Drawing("estate", "e", name, maps.measure("isolation"), things, around, legend, maps.total(things),
                   "2020-05-25T16:00:00+08:00", True, classes)  # fmt: skip


def building(rooms: int = 4, floors: int = 6, name: str = "王建国") -> Matrix:
    cells = [
        Cell(
            f"{floor}-{room}",
            f"{floor}{room:02d}",
            "",
            floor,
            heads=(name,),
            people=3,
            marks=(Mark("isolation", 9, 14, True),),
        )
        for floor in range(1, floors + 1)
        for room in range(1, rooms + 1)
    ]
    return Matrix("b", "12号", *matrix.arrange(cells), len(cells), 3 * len(cells), matrix.counted(cells))


def words(pdf: bytes) -> tuple[str, int]:
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)
    text = "".join(document.getAllText(page).text() for page in range(document.pageCount()))
    pages = document.pageCount()
    document.close()
    return text, pages


@pytest.mark.usefixtures("qapp")
def test_the_map_s_words_can_be_searched_and_the_legend_is_there() -> None:
    text, pages = words(picture.pdf(layers.of_drawing(drawing())))
    assert pages == 1
    for word in ("培花新村", "居家隔离", "内部工作示意图", "演练", "5月25日 16:00", "5号", "15", "合计 45 人"):
        assert word in text, word


@pytest.mark.usefixtures("qapp")
def test_hostile_names_are_printed_as_they_are() -> None:
    for payload in (layers.of_drawing(drawing(HOSTILE)), matrix_page.of_matrix(building(name=HOSTILE))):
        text, _ = words(picture.pdf(payload))
        assert "#panic()" in text
        assert "<script>" in text


WHOLE = 12
"""Height of a mark that nothing cuts off, at two pixels to the point."""


def signals(pdf: bytes) -> int:
    """How many separate places on the first page are filled with the red of what is late, from top to bottom."""
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)
    size = (document.pagePointSize(0) * 2).toSize()
    image = document.render(0, size).convertToFormat(QImage.Format.Format_RGB32)
    document.close()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].astype(int)
    red = (np.abs(pixels - (0x1E, 0x26, 0xB3)) < 12).all(axis=2)
    tall = np.where(red.any(axis=0), len(red) - red[::-1].argmax(axis=0) - red.argmax(axis=0), 0)
    places = np.split(tall, np.flatnonzero(np.diff(tall == 0)) + 1)
    return sum(int(each.max()) >= WHOLE for each in places)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("rooms", [3, 13])
def test_an_incident_is_seen_on_paper_also_where_doors_are_narrow(rooms: int) -> None:
    marks = (
        Mark("returned"),
        Mark("isolation", 9, 14),
        Mark("disabled"),
        Mark("incident", missing=True, count=1, late=1),
    )
    cells = [Cell(f"{n}", f"1{n:02d}", "", 1, heads=("欧阳王建国",), people=3, marks=marks) for n in range(rooms)]
    shown = Matrix("b", "12号", *matrix.arrange(cells), rooms, rooms)
    assert signals(picture.pdf(matrix_page.of_matrix(shown))) == rooms


@pytest.mark.usefixtures("qapp")
def test_a_tall_building_goes_over_several_sheets_and_loses_no_door() -> None:
    text, pages = words(picture.pdf(matrix_page.of_matrix(building(12, 40))))
    assert pages > 1
    assert all(f"{floor}{room:02d}" in text for floor in (1, 17, 40) for room in (1, 12))


def test_a_picture_is_a_picture(tmp_path: Path) -> None:
    for payload in (layers.of_drawing(drawing()), matrix_page.of_matrix(building())):
        image = QImage.fromData(picture.png(payload))
        assert image.width() > 900


def test_the_map_s_colours_are_in_the_picture() -> None:
    image = QImage.fromData(picture.png(layers.of_drawing(drawing())))
    there = {
        image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
    }
    assert {line.cls.colour for line in drawing().legend if line.cls.kind == "range"} <= there


def test_old_data_is_hatched() -> None:
    svg = picture.on_sheet(layers.of_drawing(drawing(old=True)), picture.A4)[1]["map.svg"].decode()
    assert svg.count("url(#h") == 6
    assert "<text" not in svg


def test_no_word_of_anybody_is_in_the_outlines() -> None:
    payload = layers.of_drawing(replace(drawing(HOSTILE)))
    svg = picture.on_sheet(payload, picture.A4)[1]["map.svg"].decode()
    assert "panic" not in svg


def test_nothing_to_draw_is_a_sheet_without_a_map() -> None:
    empty = replace(drawing(), things=(), around=(), legend=(), classes=())
    assert picture.pdf(layers.of_drawing(empty)).startswith(b"%PDF")
