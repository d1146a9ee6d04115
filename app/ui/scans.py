"""A scan or photo of a plan as it may be kept: drawn anew in a limited size, so that nothing else in the file comes along."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from app.domain.findings import UserError
from app.services.plans import LARGEST, WIDEST

KINDS = ("jpeg", "png", "bmp", "tiff", "webp")
ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".pdf")
LARGEST_FILE = 200 << 20
MOST_PIXELS = 120_000_000
"""Of a scan: A0 at 300 dots an inch has 140 million, A1 70 million."""
QUALITY = 88


def read(file: Path) -> tuple[bytes, tuple[int, int]]:
    """(JPEG, its size in px) of a picture or of a PDF's first page. Raises UserError: plan-picture, plan-large, file-missing."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise UserError("plan-large", file=file.name)
    except OSError:
        raise UserError("file-missing", file=str(file)) from None
    found = _page(file) if file.suffix.lower() == ".pdf" else _picture(file)
    if found.isNull():
        raise UserError("plan-picture", file=file.name)
    clean = QImage(found.size(), QImage.Format.Format_RGB32)  # no words, no profile, nothing that lay beside the pixels
    clean.fill(Qt.GlobalColor.white)
    painter = QPainter(clean)
    painter.drawImage(0, 0, found)
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    clean.save(buffer, "JPEG", QUALITY)  # type: ignore[call-overload]
    content = bytes(kept.data())
    if not content or len(content) > LARGEST:
        raise UserError("plan-large", file=file.name)
    return content, (clean.width(), clean.height())


def _picture(file: Path) -> QImage:
    """Turned upright as its camera meant it, and read in a size that is no more than needed."""
    reader = QImageReader(str(file))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if not reader.canRead() or bytes(reader.format().data()).decode() not in KINDS or not size.isValid():
        return QImage()
    if size.width() * size.height() > MOST_PIXELS:
        raise UserError("plan-large", file=file.name)
    if max(size.width(), size.height()) > WIDEST:
        reader.setScaledSize(size.scaled(QSize(WIDEST, WIDEST), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def _page(file: Path) -> QImage:
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument()
    try:
        if document.load(str(file)) != QPdfDocument.Error.None_ or document.pageCount() < 1:
            return QImage()
        size = document.pagePointSize(0).scaled(WIDEST, WIDEST, Qt.AspectRatioMode.KeepAspectRatio).toSize()
        return document.render(0, size) if size.isValid() else QImage()
    finally:
        document.close()
