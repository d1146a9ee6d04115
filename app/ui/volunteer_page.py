"""志愿者名单: choose doors and what is asked, make the list; read it back, see what differs, write that and no more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.services import places, volunteer_lists
from app.services.volunteer_lists import Reading
from app.ui import errors, theme
from app.ui.coming import empty
from app.ui.desk import Desk, FilePage
from app.ui.tables import Column, Table
from app.words import say

PATTERN = "志愿者名单 (*.xlsx)"
FOLDER = "volunteer-folder"
DATA = int(Qt.ItemDataRole.UserRole)
ON, OFF = Qt.CheckState.Checked, Qt.CheckState.Unchecked
NOTHING, READ = 0, 1


class VolunteerPage(FilePage):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.reading: Reading | None = None
        self._out: Path | None = None
        self._build()
        self._connect()
        self.show_places()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.addWidget(theme.split(theme.scrolled(self._making()), self._coming_back(), sizes=(430, 720)))

    def _making(self) -> QWidget:
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.tree.setAccessibleName("哪些楼号")
        self.fields = QListWidget()
        self.fields.setAccessibleName("核对哪些内容")
        for each in volunteer_lists.fields():
            item = QListWidgetItem(each.title)
            item.setData(DATA, each.key)
            item.setCheckState(ON if each.key in volunteer_lists.USUAL else OFF)
            self.fields.addItem(item)
        for chosen in (self.tree, self.fields):
            chosen.setMinimumHeight(3 * theme.ROW)
            chosen.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # they share what is free
        self.to = QLineEdit()
        self.to.setMinimumHeight(theme.BUTTON)
        self.to.setAccessibleName("交给谁")
        self.to.setPlaceholderText("交给谁（可不填，记入信息共享台账）")
        self.make = theme.primary("")
        self.show_out = theme.button("打开名单")
        self.show_out.hide()
        made = theme.panel(
            theme.soft(say("list-start")), theme.label("哪些楼号", "strong"), self.tree,
            theme.label("核对哪些内容", "strong"), self.fields, self.to, theme.row(self.make, self.show_out, 1),
            margin=theme.GAP[2],
        )  # fmt: skip
        column = made.layout()
        assert isinstance(column, QVBoxLayout)  # theme.panel has made it
        for chosen in (self.tree, self.fields):
            column.setStretchFactor(chosen, 1)
        return made

    def _coming_back(self) -> QWidget:
        self.back_pages = QStackedWidget()
        self.back_pages.addWidget(empty(say("list-back-empty"), "读回填好的名单…", self.choose, "table-arrow-left"))
        self.back_pages.addWidget(self._read_page())
        return self.back_pages

    def _read_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        self.name = theme.title("")
        self.other = theme.button("读另一份…")
        self.write = theme.primary("")
        self.counts = theme.label("", "strong", wrap=True)
        self.by = QLineEdit()
        self.by.setPlaceholderText("谁填的这份表")
        self.by.setAccessibleName("填写人")
        self.by.setMaximumWidth(160)
        self.differences = Table([
            Column("row", "行", 52), Column("name", "姓名", 84), Column("door", "门牌", 150), Column("title", "内容", 100),
            Column("old", "现在", 150), Column("new", "改为"),
        ])  # fmt: skip
        self.additions = Table([
            Column("row", "行", 52), Column("name", "姓名", 100), Column("door", "门牌", 200), Column("rest", "其他"),
        ])  # fmt: skip
        self.findings = Table(
            [Column("row", "行", 52), Column("column", "列", 110), Column("words", "没有读入的")], wrap=True
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for widget in (self.differences, self.additions, self.findings):
            self.tabs.addTab(widget, "")
        column.addWidget(theme.row(self.name, 1, self.other, self.write))
        column.addWidget(theme.row(self.counts, 1, theme.label("填写人", "soft"), self.by))
        column.addWidget(self.tabs, 1)
        return page

    def _connect(self) -> None:
        self.tree.itemChanged.connect(lambda *_: self._offer())
        self.fields.itemChanged.connect(lambda *_: self._offer())
        self.make.clicked.connect(self._make)
        self.show_out.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._out))))
        self.other.clicked.connect(self.choose)
        self.write.clicked.connect(self.apply)

    # ---------------------------------------------------------------- making

    def show_places(self) -> None:
        """Read the buildings anew; what was ticked stays ticked."""
        kept = set(self.buildings())
        self.tree.blockSignals(True)
        self.tree.clear()
        session = self.desk.session
        estates = places.estates(session) if session.may("places.read") else []
        for estate in estates:
            above = QTreeWidgetItem([f"{estate['name']}　{estate['residents']}人"])
            above.setFlags(above.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate)
            self.tree.addTopLevelItem(above)
            above.setExpanded(len(estates) == 1)
            for row in places.buildings(session, estate["id"]):
                child = QTreeWidgetItem(above, [f"{row['lane'] or ''}{row['number']}　{row['residents']}人"])
                child.setFlags(child.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                child.setCheckState(0, ON if row["id"] in kept else OFF)
                child.setData(0, DATA, row["id"])
        self.tree.blockSignals(False)
        self._offer()

    def tick(self, buildings: Sequence[str]) -> None:
        """Tick just these buildings; the first of them is brought into sight."""
        wanted, first = set(buildings), None
        self.tree.blockSignals(True)
        for number in range(self.tree.topLevelItemCount()):
            above = self.tree.topLevelItem(number)
            for inner in range(above.childCount() if above else 0):
                child = above.child(inner) if above else None
                if child is not None:
                    on = str(child.data(0, DATA)) in wanted
                    child.setCheckState(0, ON if on else OFF)
                    first = child if on and first is None else first
        self.tree.blockSignals(False)
        if first is not None:
            self.tree.scrollToItem(first)
        self._offer()

    def buildings(self) -> list[str]:
        """Ids of the buildings that are ticked."""
        found = []
        for number in range(self.tree.topLevelItemCount()):
            above = self.tree.topLevelItem(number)
            for inner in range(above.childCount() if above else 0):
                child = above.child(inner) if above else None
                if child is not None and child.checkState(0) == ON:
                    found.append(str(child.data(0, DATA)))
        return found

    def asked(self) -> list[str]:
        """Keys of what volunteers are asked."""
        items = [self.fields.item(number) for number in range(self.fields.count())]
        return [str(item.data(DATA)) for item in items if item.checkState() == ON]

    def _offer(self) -> None:
        count = len(self.buildings())
        ready = bool(count and self.asked()) and self.desk.session.may("lists.make")
        self.make.setText(say("list-make", count=count) if count and self.asked() else say("list-make-none"))
        self.make.setEnabled(ready)

    def _make(self) -> None:
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        day = self.desk.session.now().date().isoformat()
        chosen, _ = QFileDialog.getSaveFileName(
            self, "名单保存到", str(folder / f"志愿者名单{day}.xlsx"), "Excel (*.xlsx)"
        )
        if chosen:
            self.make_to(Path(chosen))

    def make_to(self, out: Path) -> None:
        """Make the list in the background."""
        session, buildings, asked, to = self.desk.session, self.buildings(), self.asked(), self.to.text().strip()
        self.desk.settings.put(FOLDER, str(out.parent))
        self.make.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: volunteer_lists.make(
                session, out, buildings=buildings, asked=asked, to=to, progress=progress, cancelled=cancelled
            ),
            self._made, lambda _: self._offer(), text=say("list-gather"),
        )  # fmt: skip

    def _made(self, done: dict[str, Any]) -> None:
        self._offer()
        self._out = Path(done["out"])
        self.show_out.show()
        self.desk.notify(say("list-made", rows=done["rows"], out=self._out.name))

    # ---------------------------------------------------------------- reading back

    def go(self, file: Path | None = None, buildings: Sequence[str] = ()) -> None:
        if buildings:
            self.tick(buildings)
            self.make.setFocus()
        elif file is not None:
            self.open(file)
        elif self.reading is None:
            self.tree.setFocus()

    def choose(self) -> None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, "选择填好的名单", folder, PATTERN)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        """Read a list that came back."""
        session = self.desk.session
        self.desk.tasks.run(lambda *_: volunteer_lists.read(session, file), self.show_reading, text=say("check-read"))

    def show_reading(self, reading: Reading) -> None:
        """What differs, who was not on it, what was not read."""
        self.reading = reading
        self.back_pages.setCurrentIndex(READ)
        self.name.setText(reading.path.name)
        self.by.setText(reading.by)
        sizes = {"differences": len(reading.differences), "additions": len(reading.additions)}
        self.counts.setText(say("list-read", rows=reading.rows, **sizes))
        self.differences.set_rows([
            {"row": each.row, "name": each.name, "door": each.door, "title": each.title, "old": each.old, "new": each.new}
            for each in reading.differences
        ])  # fmt: skip
        self.additions.set_rows([_added(each.row, each.values) for each in reading.additions])
        self.findings.set_rows([
            {"row": each.row, "column": each.column, "words": errors.words_of_finding(each)} for each in reading.findings
        ])  # fmt: skip
        for index, (text, count) in enumerate((
            ("有变化", len(reading.differences)), ("名单外", len(reading.additions)), ("没有读入", len(reading.findings)),
        )):  # fmt: skip
            self.tabs.setTabText(index, f"{text} {count}")
        count = sum(sizes.values())
        self.write.setText(say("list-write", count=count) if count else say("list-write-none"))
        self.write.setEnabled(bool(count))
        first = next((at for at, rows in enumerate((sizes["differences"], sizes["additions"], 1)) if rows), 0)
        self.tabs.setCurrentIndex(first if count or reading.findings else 0)

    def apply(self) -> None:
        """Write what differs, in one batch that can be undone."""
        session, reading, by = self.desk.session, self.reading, self.by.text()
        assert reading is not None
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda *_: volunteer_lists.apply(session, reading, by=by), self._written,
            lambda _: self.open(reading.path), text=say("roster-write"),
        )  # fmt: skip

    def _written(self, done: dict[str, Any]) -> None:
        assert self.reading is not None
        self.desk.notify(say("list-wrote-added" if done["added"] else "list-wrote", **done), done["batch"])
        self.desk.counts_changed()
        self.open(self.reading.path)

    # ---------------------------------------------------------------- the desk

    def refresh(self, changed: set[str]) -> None:
        if changed & {"all", "building", "estate", "resident"}:
            self.show_places()
        if self.reading is not None and changed & {"all", "resident", "doubtful"} and not self.desk.tasks.busy:
            self.open(self.reading.path)

    def back(self) -> None:
        """Esc: away with the list that was read."""
        self.reading = None
        self.back_pages.setCurrentIndex(NOTHING)


def _added(row: int, values: dict[str, Any]) -> dict[str, Any]:
    door = "".join(str(values.get(key, "")) for key in ("estate", "lane", "building", "unit", "room"))
    rest = [
        str(value)
        for key, value in values.items()
        if key not in ("estate", "lane", "building", "unit", "room", "name", "phones")
    ]
    rest += [str(each.get("number", "")) for each in values.get("phones") or ()]
    return {"row": row, "name": values.get("name", ""), "door": door, "rest": "、".join(rest)}
