"""导入: choose a workbook, check what its columns mean, see what would happen, write it, undo it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.fields import ROSTER_FIELDS
from app.domain.values import show
from app.services import rosters
from app.services.rosters import Plan
from app.ui import theme
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say

LEFT_OUT = "（不导入）"
PATTERN = "花名册 (*.xlsx *.xls *.ods *.csv *.xlsm)"
SAMPLE = (
    ("name", "姓名"), ("estate", "小区"), ("building", "楼号"), ("room", "室号"), ("sex", "性别"), ("phones", "电话"), ("relation", "关系"),
)  # fmt: skip


class ImportDesk(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.file: Path | None = None
        self.plan: Plan | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(empty(say("import-start"), "选择花名册…", self.choose))
        self.pages.addWidget(self._preview_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _preview_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self.name = theme.title("")
        self.sheet = QComboBox()
        self.sheet.setMinimumWidth(160)
        self.other = theme.button("换一个文件…")
        self.write = theme.primary("")
        head = QHBoxLayout()
        head.addWidget(self.name)
        head.addWidget(theme.label("工作表", "soft"))
        head.addWidget(self.sheet)
        head.addStretch()
        head.addWidget(self.other)
        head.addWidget(self.write)
        column.addLayout(head)
        self.counts = theme.label()
        column.addWidget(self.counts)
        self.mapping = QTableWidget(0, 2)
        self.mapping.setHorizontalHeaderLabels(["表里的列", "对应"])
        self.mapping.verticalHeader().hide()
        self.mapping.verticalHeader().setDefaultSectionSize(theme.ROW + 8)
        self.mapping.horizontalHeader().setStretchLastSection(True)
        self.mapping.setColumnWidth(0, 150)
        self.findings = Table([
            Column("row", "行", 60), Column("column", "列", 110), Column("words", "问题"),
        ])  # fmt: skip
        self.sample = Table([Column("row", "行", 60), Column("state", "结果", 70),
                             *(Column(key, title, 0 if key == "phones" else 100, self._shown(key)) for key, title in SAMPLE)])  # fmt: skip
        self.tabs = QTabWidget()
        self.tabs.addTab(self.findings, "问题")
        self.tabs.addTab(self.sample, "前 200 行")
        split = QSplitter()
        split.addWidget(self.mapping)
        split.addWidget(self.tabs)
        split.setSizes([340, 800])
        column.addWidget(split, 1)
        return page

    @staticmethod
    def _shown(key: str) -> Any:
        field = ROSTER_FIELDS.get(key)
        return lambda value: (
            "、".join(each.get("number", "") for each in value or ())
            if key == "phones"
            else show(field, value)
            if field
            else ""
        )

    def _connect(self) -> None:
        self.other.clicked.connect(self.choose)
        self.sheet.textActivated.connect(lambda name: self.preview(sheet=name))
        self.write.clicked.connect(self.apply)

    # ---------------------------------------------------------------- steps

    def go(self, file: Path | None = None) -> None:
        if file is not None:
            self.open(file)

    def choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "选择花名册", "", PATTERN)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        self.file = file
        self.preview()

    def preview(self, sheet: str | None = None, mapping: dict[str, str] | None = None) -> None:
        """Read the file in the background and show what would happen."""
        assert self.file is not None
        session, file = self.desk.session, self.file
        self.desk.tasks.run(
            lambda progress, cancelled: rosters.preview(
                session, file, sheet=sheet, mapping=mapping, progress=progress, cancelled=cancelled
            ),
            self.show_plan, text=say("roster-open"),
        )  # fmt: skip

    def show_plan(self, plan: Plan) -> None:
        self.plan = plan
        self.pages.setCurrentIndex(1)
        self.name.setText(plan.path.name)
        self.sheet.clear()
        self.sheet.addItems(list(plan.sheets))
        self.sheet.setCurrentText(plan.sheet)
        self.counts.setText(say("counts", **plan.counts))
        writes = plan.new + plan.changed + plan.doubtful
        self.write.setText(say("import-button", count=writes) if writes else say("import-nothing"))
        self.write.setEnabled(bool(writes) and self.desk.session.may("rosters.apply"))
        self.findings.set_rows([
            {"row": each.row, "column": each.column,
             "words": say(each.code, row=each.row, column=each.column, value=each.value, **each.details)}
            for each in plan.findings
        ])  # fmt: skip
        self.tabs.setTabText(0, f"问题 {len(plan.findings)}")
        self.sample.set_rows([{"row": each["row"], "state": each["state"], **each["values"]} for each in plan.sample])
        self._show_mapping(plan)

    def _show_mapping(self, plan: Plan) -> None:
        titles = [title for title in plan.titles if title]
        self.mapping.setRowCount(len(titles))
        for number, title in enumerate(titles):
            cell = QTableWidgetItem(title)
            cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.mapping.setItem(number, 0, cell)
            box = QComboBox()
            box.addItem(LEFT_OUT, "")
            for key, field in ROSTER_FIELDS.items():
                box.addItem(field.title, key)
            box.setCurrentIndex(max(0, box.findData(plan.mapping.get(title, ""))))
            box.activated.connect(lambda _, title=title, box=box: self._map(title, box.currentData()))
            self.mapping.setCellWidget(number, 1, box)

    def _map(self, title: str, key: str) -> None:
        assert self.plan is not None
        given = {each: self.plan.mapping.get(each, "") for each in self.plan.titles if each}
        self.preview(self.plan.sheet, {**given, title: key})

    def apply(self) -> None:
        """Write the plan in the background, in one transaction."""
        assert self.plan is not None
        session, plan = self.desk.session, self.plan
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: rosters.apply(session, plan, progress=progress, cancelled=cancelled),
            self.written, failed=lambda _: self.write.setEnabled(True), text=say("roster-write"),
        )  # fmt: skip

    def written(self, result: dict[str, Any]) -> None:
        assert self.plan is not None
        self.pages.setCurrentIndex(0)
        self.desk.notify(say("imported", file=self.plan.path.name, **result), result["batch"])
        self.plan = None
        self.desk.go("decisions" if result["doubtful"] else "residents")
