"""走访摸排: buildings ticked at the left, their survey sheets at the right, printed or saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QStackedWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.services import sheets
from app.services.session import Session
from app.services.sheets import Sheets
from app.ui import theme
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.dialogs import cover_on_f9
from app.ui.pdf_view import PdfView, print_pages
from app.ui.place_tree import DATA, PlaceTree
from app.ui.tables import ENTER
from app.words import say

FOLDER = "sheets-folder"
WRITTEN_HERE = {"estate", "building", "dwelling", "household", "resident", "all"}
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class CheckTree(PlaceTree):
    """The tree of places with a box before each building, and one before each estate for all of them.

    Emits `ticked` when what is ticked changes.
    """

    ticked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.itemChanged.connect(lambda item, _: self._changed(item))

    def show_places(self) -> None:
        kept = set(self.chosen())
        super().show_places()
        blocked = self.blockSignals(True)
        for item in self._estates():
            _checkable(item, UNCHECKED)
        for building in kept:
            self.tick(building)
        self.blockSignals(blocked)
        self.ticked.emit()

    def _estates(self) -> list[QTreeWidgetItem]:
        return [item for number in range(self.topLevelItemCount()) if (item := self.topLevelItem(number))]

    def _fill(self, item: QTreeWidgetItem) -> None:
        if item.childCount() or item.parent():
            return
        state = item.checkState(0)
        blocked = self.blockSignals(True)
        super()._fill(item)
        for child in _below(item):
            _checkable(child, state)
        self.blockSignals(blocked)

    def _changed(self, item: QTreeWidgetItem) -> None:
        self._fill(item)
        self.ticked.emit()

    def tick(self, building: str) -> bool:
        """Tick a building by id; False if it is not here."""
        for estate in self._estates():
            self._fill(estate)
            for item in _below(estate):
                if item.data(0, DATA) and item.data(0, DATA)["id"] == building:
                    item.setCheckState(0, CHECKED)
                    return True
        return False

    def tick_estate(self, estate: str) -> None:
        """Tick all buildings of an estate."""
        for item in self._estates():
            if item.data(0, DATA)["estate"] == estate:
                self._fill(item)
                item.setCheckState(0, CHECKED)

    def tick_none(self) -> None:
        for item in self._estates():
            item.setCheckState(0, UNCHECKED)

    def chosen(self) -> list[str]:
        """Ids of the ticked buildings, as they stand in the tree."""
        return [
            item.data(0, DATA)["id"]
            for estate in self._estates() for item in _below(estate)
            if not item.childCount() and item.data(0, DATA) and item.checkState(0) == CHECKED
        ]  # fmt: skip


def _below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = [child for number in range(item.childCount()) if (child := item.child(number))]
    return [each for child in children for each in (child, *_below(child))]


def _checkable(item: QTreeWidgetItem, state: Qt.CheckState) -> None:
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate)
    item.setCheckState(0, state)


class SheetsDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sheets: Sheets | None = None
        self._shown: tuple[str, ...] = ()
        self._build()
        self._connect()
        self.tree.show_places()
        self._show()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        may = self.desk.session.may("sheets.print")
        self.tree = CheckTree(self.desk.session)
        self.make = theme.primary("生成登记表", "file-document-outline")
        theme.only_if(may, self.make)
        self.pdf = PdfView()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        for widget in (theme.label("勾选要走访的楼号", "small"), self.tree, self.make):
            column.addWidget(widget)
        self.right = QStackedWidget()
        self.right.addWidget(_said(say("sheets-start") if may else say("sheets-not-allowed")))
        self.right.addWidget(self.pdf)
        self.whole = QStackedWidget()
        self.whole.addWidget(theme.split(left, self.right, sizes=(270, 880)))
        self.whole.addWidget(
            empty(
                say("sheets-no-places"), "导入花名册", lambda: self.desk.go("import"), "home-plus-outline", primary=True
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)
        self.save = theme.button("另存为 PDF…", icon_name="content-save-outline")
        self.print = theme.button("打印…", icon_name="printer-outline")
        self.print.setToolTip("Ctrl+P")
        self.actions_row = [self.save, self.print] if may else []

    def _connect(self) -> None:
        self.tree.ticked.connect(self._count)
        self.tree.entered.connect(self.make.click)
        self.make.clicked.connect(lambda: self._make())
        self.save.clicked.connect(self._save)
        self.print.clicked.connect(self._print)
        key = QAction(self)
        key.setShortcut(QKeySequence(QKeySequence.StandardKey.Print))
        key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.triggered.connect(self.print.click)
        self.addAction(key)

    # ---------------------------------------------------------------- showing

    def go(
        self, building: str | None = None, estate: str | None = None, buildings: Sequence[str] = (), doors: Sequence[str] = ()
    ) -> None:  # fmt: skip
        """Tick a building, several, or an estate and make their sheets at once, unless they are shown already.

        doors: ids of dwellings of which alone sheets are made; nothing is ticked.
        """
        if doors:
            self.tree.tick_none()
            if self.make.isVisibleTo(self):
                self._make(doors=tuple(doors))
            return
        if building is None and estate is None and not buildings:
            self.tree.setFocus()
            return
        self.tree.tick_none()
        if building is not None:
            self.tree.tick(building)
            self.tree.choose(building)
        for each in buildings:
            self.tree.tick(each)
        if estate is not None:
            self.tree.tick_estate(estate)
        if self.make.isEnabled() and self._shown != tuple(self.tree.chosen()):
            self.make.click()

    def _count(self) -> None:
        count = len(self.tree.chosen())
        self.make.setText(f"生成登记表（{count} 个楼号）" if count else "生成登记表")
        self.make.setEnabled(count > 0 and self.desk.session.may("sheets.print") and not self._busy)

    _busy = False

    def _work(self, busy: bool) -> None:
        self._busy = busy
        self._count()
        self._show()

    def _show(self) -> None:
        self.whole.setCurrentIndex(0 if self.tree.topLevelItemCount() else 1)
        self.right.setCurrentIndex(1 if self.sheets else 0)
        for button in (self.save, self.print):
            button.setEnabled(self.sheets is not None and not self._busy)

    # ---------------------------------------------------------------- doing

    def _make(self, *, doors: tuple[str, ...] = ()) -> None:
        """The sheets of what is ticked, or of these doors (ids) alone."""
        session, chosen = self.desk.session, () if doors else tuple(self.tree.chosen())
        self._work(True)
        self.desk.tasks.run(
            lambda progress, cancelled: sheets.make(
                session, buildings=chosen, doors=doors, progress=progress, cancelled=cancelled
            ),
            lambda made: self._made(made, chosen or doors), lambda _: self._work(False), text=say("sheets-reading"),
        )  # fmt: skip

    def _made(self, made: Sheets, chosen: tuple[str, ...]) -> None:
        self.sheets, self._shown = made, chosen
        self.pdf.show_pdf(made.pdf)
        self._work(False)
        self.pdf.setFocus()
        code = "sheets-made-doors" if made.doors else "sheets-made"
        counts = {key: getattr(made, key) for key in ("pages", "households", "persons", "doors", "code")}
        self.desk.notify(say(code, **counts))

    def _save(self) -> None:
        assert self.sheets is not None
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = folder / f"登记表{self.sheets.code}.pdf"
        chosen, _ = QFileDialog.getSaveFileName(self, "登记表另存为", str(proposed), "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen if chosen.lower().endswith(".pdf") else f"{chosen}.pdf"))

    def save_to(self, out: Path) -> None:
        """Write the sheets that are shown."""
        session, made = self.desk.session, self.sheets
        assert made is not None
        self.desk.settings.put(FOLDER, str(out.parent))
        self.desk.tasks.run(
            lambda _, __: sheets.save(session, made, out), lambda done: self.desk.notify(say("sheets-saved", **done))
        )

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        cover_on_f9(dialog)
        if self.sheets is not None:
            dialog.setMinMax(1, self.sheets.pages)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_to(printer)

    def print_to(self, printer: QPrinter) -> None:
        """Send the sheets that are shown to a printer."""
        assert self.sheets is not None
        data = self.sheets.pdf
        self._work(True)
        self.desk.tasks.run(
            lambda progress, cancelled: print_pages(
                data, printer, "sheets-sending", progress=progress, cancelled=cancelled
            ),
            self._printed, lambda _: self._work(False), text=say("sheets-sending"),
        )  # fmt: skip

    def _printed(self, pages: int) -> None:
        self._work(False)
        self.desk.notify(say("sheets-printed", pages=pages))

    # ---------------------------------------------------------------- what happens around

    def refresh(self, changed: set[str]) -> None:
        """Places or people were written: the tree counts anew; sheets that are shown stay as they were printed."""
        if changed & WRITTEN_HERE:
            self.tree.show_places()
            self._show()

    def back(self) -> None:
        """Esc: to the buildings."""
        self.tree.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.make.hasFocus():
            self.make.click()
            return
        super().keyPressEvent(event)


def _said(text: str) -> QWidget:
    """What to do first, where the sheets will be."""
    made = QWidget()
    column = QVBoxLayout(made)
    picture = QLabel()
    picture.setPixmap(theme.icon("clipboard-text-outline", theme.INK_FAINT).pixmap(QSize(48, 48)))
    words = theme.soft(text)
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    words.setFixedWidth(520)
    column.addStretch(2)
    for widget in (picture, words):
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(3)
    return made
