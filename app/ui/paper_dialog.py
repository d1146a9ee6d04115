"""A paper that was made, to be looked at, printed or saved; and the bar of buttons that every page of papers has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.ui import theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog, cover_on_f9
from app.ui.pdf_view import PdfView, print_pages
from app.words import say

FOLDER = "sheets-folder"
Save = Callable[[Path], dict[str, Any]]


class Printing:
    """Sends one PDF to a printer or into a file. save: writes the file and leaves the entry of it."""

    def __init__(self, parent: QWidget, desk: Desk, name: str, pdf: bytes, save: Save) -> None:
        self.parent, self.desk, self.name, self.pdf, self.save = parent, desk, name, pdf, save

    def ask_where(self) -> None:
        """另存为."""
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = str(folder / f"{self.name}.pdf")
        chosen, _ = QFileDialog.getSaveFileName(self.parent, say("papers-save"), proposed, "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen if chosen.lower().endswith(".pdf") else f"{chosen}.pdf"))

    def save_to(self, out: Path) -> None:
        self.desk.settings.put(FOLDER, str(out.parent))
        save = self.save
        self.desk.tasks.run(
            lambda _, __: save(out), lambda done: self.desk.notify(say("notice-saved", out=done["out"]))
        )

    def ask_printer(self, pages: int, *, flipped: bool = False) -> None:
        """打印."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        if flipped:
            printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        dialog = QPrintDialog(printer, self.parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, pages)
        cover_on_f9(dialog)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_to(printer)

    def print_to(self, printer: QPrinter) -> None:
        data = self.pdf
        self.desk.tasks.run(
            lambda progress, cancelled: print_pages(
                data, printer, "sheets-sending", progress=progress, cancelled=cancelled
            ),
            lambda pages: self.desk.notify(say("notice-printed", pages=pages)), text=say("sheets-sending"),
        )  # fmt: skip


class PaperDialog(Dialog):
    """The paper large, with its two buttons. also: words and act of one more button at the left."""

    def __init__(
        self, parent: QWidget, desk: Desk, title: str, pdf: bytes, save: Save, *, flipped: bool = True,
        also: tuple[str, Callable[[], object]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent, title)
        self.printing, self._flipped = Printing(self, desk, title, pdf, save), flipped
        self.pdf = PdfView()
        self.print = theme.primary(say("paper-dialog-print"), "printer-outline")
        self.save = theme.button(say("papers-save"), icon_name="content-save-outline")
        self.also = theme.button(also[0] if also else "")
        self.also.setVisible(also is not None)
        self.close_ = theme.button("关闭")
        room = parent.window().size()
        self.resize(min(1100, room.width() - 60), min(760, room.height() - 40))
        self.body.addWidget(self.pdf, 1)
        self.body.addWidget(theme.row(self.also, 1, self.close_, self.save, self.print))
        self.pdf.show_pdf(pdf)
        self.print.clicked.connect(self._print)
        self.save.clicked.connect(self.printing.ask_where)
        self.close_.clicked.connect(self.reject)
        if also:
            self.also.clicked.connect(self.reject)
            self.also.clicked.connect(lambda: also[1]())
        self.print.setFocus()

    def _print(self) -> None:
        self.printing.ask_printer(self.pdf.document.pageCount(), flipped=self._flipped)
