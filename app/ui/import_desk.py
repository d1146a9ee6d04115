"""导入: a file, a pasted table or a chain; check what its columns mean, see what would happen, write it, undo it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app.domain.fields import ROSTER_FIELDS
from app.domain.values import show
from app.services import places, rosters
from app.services.rosters import Plan, Source
from app.ui import errors, theme
from app.ui.desk import Desk, Page
from app.ui.import_result import ImportResult
from app.ui.import_start import ImportStart
from app.ui.mapping_table import MappingTable
from app.ui.paste_page import PastePage
from app.ui.tables import Column, Row, Table
from app.words import say

PATTERN = "花名册 (*.xlsx *.xls *.ods *.csv *.xlsm *.docx)"
SAMPLE = (
    ("name", 84), ("estate", 110), ("lane", 100), ("building", 60), ("room", 70), ("sex", 48), ("phones", 120),
    ("relation", 80), ("residence_kind", 70),
)  # fmt: skip
STATE_TONES = {"新增": theme.OK, "更新": theme.ACCENT, "待核": "#9A5B00", "退回": theme.DANGER}
FOLDER = "import-folder"
ALL_SHEETS = "（全部工作表）"
UNKNOWN_PLACES = (("create", "新建这些房屋"), ("near", "按最相近的登记"), ("reject", "退回这些行"))
START, PASTE, PREVIEW, RESULT = range(4)
FINDINGS, ROWS, PLACES = range(3)


class ImportDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.source: Source | None = None
        self.plan: Plan | None = None
        self._asked = 0
        self._build()
        self._connect()
        self._list()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.start, self.paste, self.result = ImportStart(self.desk), PastePage(), ImportResult(self.desk)
        for page in (self.start, self.paste, self._preview_page(), self.result):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _preview_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addLayout(self._head())
        self.counts = theme.label("", "strong", wrap=True)
        column.addWidget(self.counts)
        column.addWidget(self._options())
        self.mapping = MappingTable()
        self.findings = Table([Column("row", "行", 52), Column("column", "列", 84), Column("words", "问题")], wrap=True)
        self.sample = Table([
            Column("row", "行", 52), Column("state", "结果", 60, tone=lambda row: STATE_TONES.get(row["state"], "")),
            Column("name", _title("name"), 84), Column("why", "认人的依据", 190),
            *(Column(key, _title(key), width) for key, width in SAMPLE if key != "name"),
        ])  # fmt: skip
        self.sample.horizontalHeader().setStretchLastSection(True)
        self.unknown = Table(
            [Column("place", "表里的地址", 330), Column("rows", "行数", 56), Column("near", "最相近的")]
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for table, title in ((self.findings, "问题"), (self.sample, "逐行预览"), (self.unknown, "新地址")):
            self.tabs.addTab(table, title)
        self.columns_said = theme.label("", "small")
        self.columns_side = QWidget()
        side = QVBoxLayout(self.columns_side)
        side.setContentsMargins(0, theme.GAP[1], 0, 0)
        side.setSpacing(theme.GAP[1])
        side.addWidget(self.columns_said)
        side.addWidget(self.mapping, 1)
        column.addWidget(theme.split(self.columns_side, self.tabs, sizes=(490, 660)), 1)
        return page

    def _head(self) -> QHBoxLayout:
        self.name = theme.title("")
        self.other = theme.button("换一份…")
        self.write = theme.primary("")
        head = QHBoxLayout()
        head.setSpacing(theme.GAP[1])
        head.addWidget(self.name, 1)
        for widget in (self.other, self.write):
            head.addWidget(widget)
        return head

    def _options(self) -> QWidget:
        """What is asked of the whole file, each only where it makes a difference."""
        self.sheet, self.table, self.places = theme.Choice(), theme.Choice(), theme.Choice()
        for box, name, wide in (
            (self.sheet, "工作表", 150),
            (self.table, "第几张表", 110),
            (self.places, "新地址", 150),
        ):
            box.setMinimumWidth(wide)
            box.setAccessibleName(name)
        for key, title in UNKNOWN_PLACES:
            self.places.addItem(title, key)
        self.hidden = QCheckBox("包括隐藏的行和工作表")
        self.estate = theme.Choice()
        self.estate.setEditable(True)
        self.estate.setMinimumWidth(180)
        self.sheet_label, self.places_label = theme.label("工作表", "soft"), theme.label("", "soft")
        self.estate_row = theme.row(theme.label(say("estate-for-rows"), "soft"), self.estate)
        self.estate_row.hide()
        self.hidden.hide()
        return theme.row(
            self.sheet_label, self.sheet, self.table, self.hidden, self.places_label, self.places, self.estate_row, 1
        )

    def _connect(self) -> None:
        self.start.wanted.connect(self._begin)
        self.paste.left.connect(lambda: self.pages.setCurrentIndex(START))
        self.paste.ready.connect(self.read)
        self.other.clicked.connect(self._start_over)
        self.sheet.textActivated.connect(lambda _: self._look(table=None, mapping={}))
        for box in (self.table, self.places, self.estate):
            box.activated.connect(lambda _: self._look())
        self.hidden.clicked.connect(lambda _: self._look())
        self.mapping.changed.connect(lambda _: self._look())
        self.write.clicked.connect(self.apply)
        self.result.another.connect(self._start_over)

    # ---------------------------------------------------------------- steps

    def go(self, file: Path | None = None) -> None:
        if file is not None:
            self.open(file)
            return
        if self.pages.currentIndex() == RESULT:
            self._start_over()
        if self.pages.currentIndex() == START:
            self.start.ways["file"].setFocus()

    def _start_over(self) -> None:
        self.pages.setCurrentIndex(START)
        self.start.ways["file"].setFocus()
        self._list()

    def _list(self) -> None:
        if self.desk.session.may("rosters.read"):
            self.start.list.refresh({"all"})

    def _begin(self, way: str) -> None:
        if way == "file":
            self.choose()
            return
        self.paste.begin(way)
        self.pages.setCurrentIndex(PASTE)

    def choose(self) -> None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, "选择花名册", folder, PATTERN)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        self.desk.settings.put(FOLDER, str(file.parent))
        self.read(file)

    def read(self, source: Source) -> None:
        """A file, a pasted table or a chain, from the beginning."""
        self.source, self.plan = source, None
        self.mapping.begin()
        self.hidden.setChecked(False)
        self.places.setCurrentIndex(0)
        self.preview()

    def _look(self, **otherwise: Any) -> None:
        """Something was told otherwise: look again at the same source."""
        if self.plan is None:
            return
        if "mapping" in otherwise:
            self.mapping.begin()
        every = self.sheet.currentText() == ALL_SHEETS
        asked: dict[str, Any] = {
            "sheet": None if every else self.sheet.currentText() or None, "all_sheets": every,
            "table": None if every or self.table.isHidden() else self.table.currentData(), "hidden": self.hidden.isChecked(),
            "mapping": self.mapping.mapping() or None, "unknown_places": self.places.currentData(),
            "estate": None if self.estate_row.isHidden() else self.estate.currentText().strip() or None,
        }  # fmt: skip
        self.preview(**{**asked, **{key: value or None for key, value in otherwise.items()}})

    def preview(self, **asked: Any) -> None:
        """Read the source in the background and show what would happen; only the last question asked is answered."""
        assert self.source is not None
        session, source = self.desk.session, self.source
        self.desk.tasks.cancel()
        self._asked += 1
        number = self._asked
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: rosters.preview(
                session, source, progress=progress, cancelled=cancelled, **asked
            ),
            lambda plan: self.show_plan(plan, bool(asked.get("all_sheets"))) if number == self._asked else None,
            lambda _: self._not_read() if number == self._asked else None, text=say("roster-open"),
        )  # fmt: skip

    def _not_read(self) -> None:
        """What is shown is what was read before, or where the source was given."""
        if self.plan is not None:
            self.show_plan(self.plan, self.sheet.currentText() == ALL_SHEETS)
        elif self.pages.currentIndex() != PASTE:
            self.pages.setCurrentIndex(START)

    # ---------------------------------------------------------------- what would happen

    def show_plan(self, plan: Plan, every: bool = False) -> None:
        """Counts before the act, findings, the rows, places nobody knew."""
        first = self.pages.currentIndex() != PREVIEW
        self.plan = plan
        self.pages.setCurrentIndex(PREVIEW)
        self.name.setText(plan.file)
        self.counts.setText(say("counts", **plan.counts) + "。")
        self._offer(plan)
        self._offer_sheets(plan, every)
        self._offer_estates(plan)
        self.findings.set_rows(findings_rows(plan.findings))
        self.sample.set_rows([_sample_row(each) for each in plan.sample])
        self.unknown.set_rows([_unknown_row(each) for each in plan.unknown])
        self.tabs.setTabText(FINDINGS, f"问题 {len(plan.findings)}")
        self.tabs.setTabText(PLACES, f"新地址 {plan.unknown_count}")
        self.tabs.setTabVisible(PLACES, bool(plan.unknown_count))
        self.tabs.setCurrentIndex(FINDINGS if plan.findings else ROWS)
        if first:
            (self.findings if plan.findings else self.sample).setFocus()  # never the button that writes
        self.mapping.show_columns(plan.columns, plan.sample)
        self.columns_side.setVisible(bool(plan.columns))
        said, tone = self.mapping.summary()
        self.columns_said.setText(said)
        self.columns_said.setStyleSheet(f"color: {tone}; font-weight: {600 if self.mapping.to_check else 400};")

    def _offer(self, plan: Plan) -> None:
        people = plan.new + plan.changed
        words = say("import-people", count=people) if people else (
            say("import-doubtful", count=plan.doubtful) if plan.doubtful else say("import-nothing"))  # fmt: skip
        self.write.setText(words)
        self.write.setEnabled(bool(people or plan.doubtful) and self.desk.session.may("rosters.apply"))
        if not people and not plan.doubtful and plan.same:
            self.counts.setText(say("import-none"))

    def _offer_sheets(self, plan: Plan, every: bool) -> None:
        self.sheet.clear()
        self.sheet.addItems([*plan.sheets, *([ALL_SHEETS] if len(plan.sheets) > 1 else ())])
        self.sheet.setCurrentText(ALL_SHEETS if every else plan.sheet)
        several = len(plan.sheets) > 1
        self.sheet.setVisible(several)
        self.sheet_label.setVisible(several)
        here = [seen for seen in plan.tables if seen.sheet == plan.sheet]
        chosen = self.table.currentData()
        self.table.clear()
        for seen in here:
            self.table.addItem(say("table-of-sheet", number=seen.number, rows=seen.rows), seen.number)
        self.table.setCurrentIndex(max(0, self.table.findData(chosen)))
        self.table.setVisible(len(here) > 1 and not every)
        self.hidden.setVisible(self.hidden.isChecked() or any(each.code in HIDDEN for each in plan.findings))
        known = bool(plan.unknown_count) or self.places.currentIndex() > 0
        self.places_label.setText(say("unknown-places", count=plan.unknown_count))
        self.places_label.setVisible(known)
        self.places.setVisible(known)

    def _offer_estates(self, plan: Plan) -> None:
        """Only asked when no column says the estate."""
        missing = not {"estate", "address"} & set(plan.mapping.values())
        self.estate_row.setVisible(missing)
        if missing:
            kept = self.estate.currentText()
            used = next((row["values"].get("estate") for row in plan.sample if row["values"].get("estate")), "")
            self.estate.clear()
            self.estate.addItems([each["name"] for each in places.estates(self.desk.session)])
            only = self.estate.itemText(0) if self.estate.count() == 1 else ""
            self.estate.setEditText(plan.estate or kept or str(used or only))

    # ---------------------------------------------------------------- the act

    def apply(self) -> None:
        """Write the plan in the background, in one transaction."""
        assert self.plan is not None
        session, plan = self.desk.session, self.plan
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: rosters.apply(session, plan, progress=progress, cancelled=cancelled),
            self.written, lambda _: self._not_read(), text=say("roster-write"),
        )  # fmt: skip

    def written(self, result: dict[str, Any]) -> None:
        """It is done: what came of it, and what next."""
        assert self.plan is not None
        self.desk.notify(say("imported", file=self.plan.file, **result), result["batch"])
        self.result.show_result(self.plan.file, result)
        self.pages.setCurrentIndex(RESULT)
        self.plan = None

    def refresh(self, changed: set[str]) -> None:
        self.result.refresh()
        if self.pages.currentIndex() == START:
            self._list()

    def back(self) -> None:
        if self.pages.currentIndex() != PREVIEW or not self.mapping.said:
            self._start_over()


HIDDEN = frozenset({"rows-hidden", "sheets-hidden"})


def _title(key: str) -> str:
    return "电话" if key == "phones" else ROSTER_FIELDS[key].title


def _sample_row(each: Row) -> Row:
    values = each["values"]
    said = {key: show(ROSTER_FIELDS[key], values.get(key)) for key, _ in SAMPLE if key != "phones"}
    said["phones"] = "、".join(str(phone.get("number", "")) for phone in values.get("phones") or ())
    why = "、".join(say(f"why-{code}") for code in each.get("why", ()))
    return {"row": each["row"], "state": each["state"], "why": f"{each['score']}%　{why}" if why else "", **said}


def _unknown_row(each: Row) -> Row:
    place = "".join(str(each.get(key) or "") for key in ("estate", "lane", "building", "unit", "room"))
    return {"place": place, "rows": each["rows"], "near": each.get("near") or say("place-nothing-near")}


def findings_rows(findings: Any) -> list[Row]:
    """Findings as a table shows them: row, column, words."""
    told = [{"row": each.row, "column": each.column, "words": errors.words_of_finding(each)} for each in findings]
    return sorted(told, key=lambda row: row["row"] or 0)  # what is said of the whole file first
