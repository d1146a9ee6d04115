"""Pictures on their way into the file: turned upright, scaled, written anew as JPEG, so that nothing but the picture is
kept; and the window that shows one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.findings import UserError
from app.domain.pictures import MOST
from app.ui import theme
from app.ui.dialogs import Dialog

SIDES, QUALITIES = (1280, 1024, 800, 640, 480), (80, 65, 50)
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
FORMATS = (b"jpeg", b"png", b"bmp", b"webp")
"""What a file may be whatever its name says: a drawing (SVG) would read further files of this PC."""
SHOWN = 860, 560


def read(file: Path) -> QImage:
    """A picture from a file, upright. Raises UserError("photo-not-a-picture")."""
    reader = QImageReader(str(file))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    image = reader.read() if bytes(reader.format().data()) in FORMATS else QImage()
    if image.isNull():
        raise UserError("photo-not-a-picture", file=file.name)
    return image


def encoded(image: QImage) -> bytes:
    """As large as fits into MOST bytes. Raises UserError("photo-too-hard")."""
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    for side in SIDES:
        fits = max(flat.width(), flat.height()) <= side
        small = flat if fits else flat.scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )  # fmt: skip
        for quality in QUALITIES:
            made = _jpeg(small, quality)
            if len(made) <= MOST:
                return made
    raise UserError("photo-too-hard")


def _jpeg(image: QImage, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", quality)  # type: ignore[call-overload]  # its stub knows only bytes as format
    return bytes(buffer.data().data())


class PhotoDialog(Dialog):
    """One picture, as large as the screen allows."""

    def __init__(self, parent: QWidget, picture: bytes, said: str) -> None:
        super().__init__(parent, "事件照片")
        image = QImage.fromData(picture)
        shown = QPixmap.fromImage(image)
        if shown.width() > SHOWN[0] or shown.height() > SHOWN[1]:
            shown = shown.scaled(*SHOWN, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        place = QLabel()
        place.setPixmap(shown)
        place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        close = theme.primary("关闭")
        self.body.addWidget(place)
        self.body.addWidget(theme.row(theme.label(said, "small"), 1, close))
        close.clicked.connect(self.accept)
