"""A PDF in the window, from memory: pages below each other, n / m, zoom; and its way to a printer."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.ui import theme

FINEST = 300
"""Dots an inch at which pages are drawn for a printer: enough for the smallest code, 9 MB a page in memory."""
STEP, SMALLEST, LARGEST = 1.25, 0.25, 4.0


class PdfView(QWidget):
    """Nothing is written to the disk; `clear` forgets the pages."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self._build()
        self._connect()
        self._say_page()

    def _build(self) -> None:
        self.document, self._buffer = QPdfDocument(self), QBuffer(self)
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName("登记表预览")
        around = self.view.palette()
        around.setColor(QPalette.ColorRole.Dark, QColor(theme.LINE))
        self.view.setPalette(around)
        self.setFocusProxy(self.view)
        self.navigator = self.view.pageNavigator()
        self.before = theme.button("上一页")
        self.after = theme.button("下一页")
        self.page = theme.label("", "small")
        self.smaller = theme.button("缩小", icon_name="magnify-minus-outline")
        self.larger = theme.button("放大", icon_name="magnify-plus-outline")
        self.fit = theme.button("适合宽度", icon_name="arrow-expand-horizontal")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.before, self.after, self.page, 1, self.smaller, self.larger, self.fit))
        column.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.before.clicked.connect(lambda: self.turn_to(self.navigator.currentPage() - 1))
        self.after.clicked.connect(lambda: self.turn_to(self.navigator.currentPage() + 1))
        self.smaller.clicked.connect(lambda: self._zoom(1 / STEP))
        self.larger.clicked.connect(lambda: self._zoom(STEP))
        self.fit.clicked.connect(lambda: self._zoom(0))
        self.navigator.currentPageChanged.connect(self._turned)  # no lambda: it would outlive what it looks at

    # ---------------------------------------------------------------- showing

    def show_pdf(self, data: bytes) -> None:
        self.clear()
        self.data = data
        self._buffer.setData(QByteArray(data))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.turn_to(0)

    def clear(self) -> None:
        self.document.close()
        self._buffer.close()
        self._buffer.setData(QByteArray())
        self.data = b""
        self._say_page()

    def turn_to(self, page: int) -> None:
        """Show a page, counted from 0; the nearest there is."""
        last = self.document.pageCount() - 1
        if last >= 0:
            self.navigator.jump(min(max(page, 0), last), QPointF(), self.navigator.currentZoom())
        self._say_page()

    def _turned(self, page: int) -> None:
        self._say_page()

    def _say_page(self) -> None:
        pages, now = self.document.pageCount(), self.navigator.currentPage()
        self.page.setText(f"第 {now + 1} / {pages} 页" if pages else "")
        self.before.setEnabled(pages > 0 and now > 0)
        self.after.setEnabled(now + 1 < pages)
        for button in (self.smaller, self.larger, self.fit):
            button.setEnabled(pages > 0)

    def _zoom(self, by: float) -> None:
        """Larger or smaller by a factor, 0: as wide as the window; what is in sight stays in sight."""
        bar, now = self.view.verticalScrollBar(), self._factor()
        place = bar.value() / max(bar.maximum(), 1)
        if by:
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
            self.view.setZoomFactor(min(max(now * by, SMALLEST), LARGEST))
        else:
            self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        bar.setValue(round(place * bar.maximum()))

    def _factor(self) -> float:
        """The zoom as it is on the screen, also while the width decides it."""
        if self.view.zoomMode() == QPdfView.ZoomMode.Custom:
            return self.view.zoomFactor()
        wide = self.document.pagePointSize(0).width() * self.logicalDpiX() / 72
        return self.view.viewport().width() / wide if wide else 1.0


# ---------------------------------------------------------------- to a printer


def print_pages(
    data: bytes, printer: QPrinter, code: str, *, progress: Progress = quiet, cancelled: Cancelled = never
) -> int:
    """Send the pages that the printer's dialog chose; how many they were. `code` is what the progress says.

    Made for the worker: it opens a document of its own. Raises UserError: cancelled, sheets-printer.
    """
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    pages = _pages(printer, document.pageCount())
    painter = QPainter()
    if not painter.begin(printer):
        raise UserError("sheets-printer")
    try:
        for number, page in enumerate(pages):
            progress(number, len(pages), code)
            if cancelled():
                printer.abort()
            check(cancelled)
            if number:
                printer.newPage()
            _draw(document, page, printer, painter)
    finally:
        painter.end()
        document.close()
    return len(pages)


def _pages(printer: QPrinter, count: int) -> range:
    if printer.printRange() != QPrinter.PrintRange.PageRange:
        return range(count)
    return range(max(printer.fromPage(), 1) - 1, min(printer.toPage() or count, count))


def _draw(document: QPdfDocument, page: int, printer: QPrinter, painter: QPainter) -> None:
    """The page in its own size, its corner on the paper's corner: the margins are in the page."""
    points = document.pagePointSize(page)
    fine = min(printer.resolution(), FINEST) / 72
    size = QSize(round(points.width() * fine), round(points.height() * fine))
    picture = document.render(page, size)
    on_white = QImage(size, QImage.Format.Format_Grayscale8)
    on_white.fill(Qt.GlobalColor.white)
    over = QPainter(on_white)
    over.drawImage(0, 0, picture)
    over.end()
    dots = printer.resolution() / 72
    corner = printer.pageLayout().paintRectPixels(printer.resolution()).topLeft()
    place = QRectF(-corner.x(), -corner.y(), points.width() * dots, points.height() * dots)
    painter.drawImage(place, on_white, QRectF(on_white.rect()))
