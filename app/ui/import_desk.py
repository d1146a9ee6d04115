"""导入: choose a workbook, check what its columns mean, see what would happen, write it, undo it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app.domain.fields import ROSTER_FIELDS
from app.domain.values import show
from app.services import places, rosters
from app.services.rosters import Plan
from app.ui import errors, theme
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.import_result import ImportResult
from app.ui.mapping_table import MappingTable
from app.ui.tables import Column, Row, Table
from app.words import say

PATTERN = "花名册 (*.xlsx *.xls *.ods *.csv *.xlsm)"
SAMPLE = (
    ("name", 84), ("estate", 110), ("lane", 100), ("building", 60), ("room", 70), ("sex", 48), ("phones", 120),
    ("relation", 80), ("residence_kind", 70),
)  # fmt: skip
STATE_TONES = {"新增": theme.OK, "更新": theme.ACCENT, "待核": "#9A5B00", "退回": theme.DANGER}
FOLDER = "import-folder"
START, PREVIEW, RESULT = 0, 1, 2


class ImportDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.file: Path | None = None
        self.plan: Plan | None = None
        self._asked = 0
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(empty(say("import-start"), "选择花名册…", self.choose, primary=True))
        self.pages.addWidget(self._preview_page())
        self.result = ImportResult(self.desk)
        self.pages.addWidget(self.result)
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
        column.addWidget(self._estate_row())
        self.mapping = MappingTable()
        self.findings = Table([Column("row", "行", 60), Column("column", "列", 120), Column("words", "问题")])
        self.sample = Table([
            Column("row", "行", 52), Column("state", "结果", 60, tone=lambda row: STATE_TONES.get(row["state"], "")),
            *(Column(key, _title(key), width) for key, width in SAMPLE),
        ])  # fmt: skip
        self.sample.horizontalHeader().setStretchLastSection(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.findings, "问题")
        self.tabs.addTab(self.sample, "逐行预览")
        column.addWidget(theme.split(self.mapping, self.tabs, sizes=(430, 720)), 1)
        return page

    def _head(self) -> QHBoxLayout:
        self.name = theme.title("")
        self.sheet = theme.Choice()
        self.sheet.setMinimumWidth(150)
        self.sheet.setAccessibleName("工作表")
        self.other = theme.button("换一个文件…")
        self.write = theme.primary("")
        head = QHBoxLayout()
        head.setSpacing(theme.GAP[1])
        head.addWidget(self.name, 1)
        head.addWidget(theme.label("工作表", "soft"))
        for widget in (self.sheet, self.other, self.write):
            head.addWidget(widget)
        return head

    def _estate_row(self) -> QWidget:
        self.estate = theme.Choice()
        self.estate.setEditable(True)
        self.estate.setMinimumWidth(220)
        self.estate_row = theme.row(theme.label(say("estate-for-rows"), "soft"), self.estate, 1)
        self.estate_row.hide()
        return self.estate_row

    def _connect(self) -> None:
        self.other.clicked.connect(self.choose)
        self.sheet.textActivated.connect(lambda name: self.preview(sheet=name))
        self.estate.textActivated.connect(lambda _: self._again())
        self.mapping.changed.connect(lambda _: self._again())
        self.write.clicked.connect(self.apply)
        self.result.another.connect(self.choose)

    # ---------------------------------------------------------------- steps

    def go(self, file: Path | None = None) -> None:
        if file is not None:
            self.open(file)
        elif self.pages.currentIndex() == RESULT:
            self.pages.setCurrentIndex(START)

    def choose(self) -> None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, "选择花名册", folder, PATTERN)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        self.desk.settings.put(FOLDER, str(file.parent))
        self.file = file
        self.plan = None
        self.preview()

    def _again(self) -> None:
        """Columns or estate were told otherwise: look again at the same sheet."""
        if self.plan is not None:
            self.preview(self.plan.sheet, self.mapping.mapping(), self.estate.currentText().strip() or None)

    def preview(
        self, sheet: str | None = None, mapping: dict[str, str] | None = None, estate: str | None = None
    ) -> None:
        """Read the file in the background and show what would happen; only the last question asked is answered."""
        assert self.file is not None
        session, file = self.desk.session, self.file
        self.desk.tasks.cancel()
        self._asked += 1
        asked = self._asked
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: rosters.preview(
                session, file, sheet=sheet, mapping=mapping, estate=estate, progress=progress, cancelled=cancelled
            ),
            lambda plan: self.show_plan(plan) if asked == self._asked else None,
            lambda _: self._not_read() if asked == self._asked else None, text=say("roster-open"),
        )  # fmt: skip

    def _not_read(self) -> None:
        """What is shown is what was read before, or the start."""
        if self.plan is None:
            self.pages.setCurrentIndex(START)
        else:
            self.show_plan(self.plan)

    def show_plan(self, plan: Plan) -> None:
        """Counts before the act, findings, the rows."""
        self.plan = plan
        self.pages.setCurrentIndex(PREVIEW)
        self.name.setText(plan.path.name)
        self.sheet.clear()
        self.sheet.addItems(list(plan.sheets))
        self.sheet.setCurrentText(plan.sheet)
        self.counts.setText(say("counts", **plan.counts) + "。")
        self._offer(plan)
        self.findings.set_rows(findings_rows(plan.findings))
        self.tabs.setTabText(0, f"问题 {len(plan.findings)}")
        self.tabs.setCurrentIndex(0 if plan.findings else 1)
        self.sample.set_rows([_sample_row(each) for each in plan.sample])
        self.mapping.show_mapping(plan.titles, plan.mapping, plan.sample)
        self._offer_estates(plan)

    def _offer(self, plan: Plan) -> None:
        people = plan.new + plan.changed
        words = say("import-people", count=people) if people else (
            say("import-doubtful", count=plan.doubtful) if plan.doubtful else say("import-nothing"))  # fmt: skip
        self.write.setText(words)
        self.write.setEnabled(bool(people or plan.doubtful) and self.desk.session.may("rosters.apply"))
        if not people and not plan.doubtful and plan.same:
            self.counts.setText(say("import-none"))

    def _offer_estates(self, plan: Plan) -> None:
        """Only asked when no column says the estate."""
        missing = not {"estate", "address"} & set(plan.mapping.values())
        self.estate_row.setVisible(missing)
        if missing:
            kept = self.estate.currentText()
            used = next((row["values"].get("estate") for row in plan.sample if row["values"].get("estate")), "")
            self.estate.clear()
            self.estate.addItems([each["name"] for each in places.estates(self.desk.session)])
            self.estate.setEditText(plan.estate or kept or str(used or ""))

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
        self.desk.notify(say("imported", file=self.plan.path.name, **result), result["batch"])
        self.result.show_result(self.plan.path.name, result)
        self.pages.setCurrentIndex(RESULT)
        self.plan = None

    def refresh(self, changed: set[str]) -> None:
        self.result.refresh()


def _title(key: str) -> str:
    return "电话" if key == "phones" else ROSTER_FIELDS[key].title


def _sample_row(each: Row) -> Row:
    values = each["values"]
    said = {key: show(ROSTER_FIELDS[key], values.get(key)) for key, _ in SAMPLE if key != "phones"}
    said["phones"] = "、".join(str(phone.get("number", "")) for phone in values.get("phones") or ())
    return {"row": each["row"], "state": each["state"], **said}


def findings_rows(findings: Any) -> list[Row]:
    """Findings as a table shows them: row, column, words."""
    return [{"row": each.row, "column": each.column, "words": errors.words_of_finding(each)} for each in findings]
