"""Looking at paper as a person or a scanner does: its text, its codes, its fonts, what is dark on it."""

from __future__ import annotations

import re

import zxingcpp
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    found = [document.getAllText(page).text() for page in range(document.pageCount())]
    document.close()
    return found


def text(pdf: bytes) -> str:
    """All of it without blanks and line ends: narrow columns break where they must."""
    return packed("".join(pages(pdf)))


def packed(words: str) -> str:
    return re.sub(r"\s+", "", words.replace("\ufffe", "-"))  # pdfium's sign for a hyphen at the end of a line


def grey(png: bytes) -> QImage:
    return QImage.fromData(QByteArray(png)).convertToFormat(QImage.Format.Format_Grayscale8)


def codes(png: bytes) -> list[str]:
    """What the QR codes of a picture say, from the top down."""
    image = grey(png)
    seen = memoryview(image.constBits()).cast("B", (image.height(), image.bytesPerLine()))
    found = zxingcpp.read_barcodes(seen, zxingcpp.BarcodeFormat.QRCode)
    return [each.text for each in sorted(found, key=lambda each: each.position.top_left.y)]


def fonts(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([\w-]+?)(?:-Identity-H)?[\s/>]", pdf)}
