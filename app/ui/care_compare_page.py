"""名单比对: the line office's list dropped here, beside what the register says, and the answer saved to send back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.domain.access import needs_second
from app.domain.care_groups import RULES
from app.domain.fields import CARE_GROUPS, CARE_GROUPS_SENSITIVE
from app.domain.findings import UserError
from app.services import care
from app.services.care_lists import BOTH, DOUBT, OURS, OUTCOMES, THEIRS, Compared
from app.ui import errors, theme
from app.ui.case_parts import ROAD
from app.ui.coming import empty
from app.ui.desk import Desk, FilePage
from app.ui.second_dialog import SecondDialog, others
from app.ui.tables import Column, Row, Table
from app.words import say

SUFFIXES = (".xlsx", ".xls", ".csv", ".ods")
PATTERN = "名单 (*.xlsx *.xls *.csv *.ods)"
FOLDER = "care-list-folder"
HIDDEN = frozenset({"rows-hidden", "sheets-hidden"})
TONES = {THEIRS: theme.DANGER, OURS: theme.ACCENT, DOUBT: theme.ATTENTION, BOTH: theme.OK}


class ComparePage(FilePage):
    takes = SUFFIXES

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.file: Path | None = None
        self.compared: Compared | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.name = theme.title("")
        self.group = theme.Choice()
        self.group.setAccessibleName("是哪一类人群的名单")
        self.group.addItem("按名单自己说的", "")
        for each in (*CARE_GROUPS, *CARE_GROUPS_SENSITIVE):
            self.group.addItem(each, each)
        self.other = theme.button("换一份名单…")
        self.save = theme.primary("导出比对结果…")
        self.hidden = QCheckBox("包括隐藏的行和工作表")
        self.left_out = theme.label("", "soft", wrap=True)
        self.counts = theme.label("", "strong", wrap=True)
        self.counts.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.filter = theme.Choice()
        self.filter.setAccessibleName("按比对结果筛选")
        self.filter.setMinimumWidth(240)
        self.table = Table(
            [Column("words", "比对结果", 152, tone=lambda row: TONES.get(row["outcome"], "")), Column("name", "名册姓名", 84),
             Column("address", "名册地址", 150), Column("row", "名单行", 58), Column("listed", "名单姓名", 84),
             Column("place", "名单地址", 150), Column("why", "说明")],
            remember=(self.desk.settings, "care-compare"),
        )  # fmt: skip
        self.adopt = theme.button("")
        self.why = theme.label("", "soft", wrap=True)
        self.why.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.name, 1, theme.label("人群", "soft"), self.group, self.other, self.save))
        column.addWidget(theme.row(self.counts, self.filter))
        self.hidden_row = theme.row(self.hidden, self.left_out)
        self.hidden_row.hide()
        column.addWidget(self.hidden_row)
        column.addWidget(self.table, 1)
        column.addWidget(self.why)
        column.addWidget(theme.row(self.adopt, 1))
        self.pages = QStackedWidget()
        self.pages.addWidget(
            empty(say("care-empty-list"), "选择名单…", self.choose, "clipboard-check-outline", primary=True)
        )
        self.pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)

    def _connect(self) -> None:
        self.other.clicked.connect(self.choose)
        self.group.activated.connect(lambda _: self.look())
        self.hidden.clicked.connect(lambda _: self.look())
        self.filter.currentIndexChanged.connect(lambda _: self._show_rows())
        self.save.clicked.connect(self.export)
        self.adopt.clicked.connect(self.take_marks)
        self.table.chosen.connect(lambda row: self.why.setText(row["why"] if row else ""))
        self.table.opened.connect(self._open_person)

    def _open_person(self, row: Row | None) -> None:
        if row is not None and row["resident"]:
            self.desk.go("care", resident=row["resident"])

    # ---------------------------------------------------------------- a list comes

    def choose(self) -> None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, "选择名单", folder, PATTERN)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        self.desk.settings.put(FOLDER, str(file.parent))
        self.file, self.compared = file, None
        self.group.setCurrentIndex(0)
        self.hidden.setChecked(False)
        self.look()

    def look(self) -> None:
        """In the background. A list that does not say whose it is asks for the group."""
        session, file, group = self.desk.session, self.file, str(self.group.currentData() or "")
        hidden = self.hidden.isChecked()
        if file is None:
            return
        self.desk.tasks.run(
            lambda progress, cancelled: care.compare(
                session, file, group=group, hidden=hidden, progress=progress, cancelled=cancelled
            ),
            self.show_compared, self._not_read, text=say("care-list-read"),
        )  # fmt: skip

    def _not_read(self, error: Exception) -> None:
        """The group can be chosen, or hidden sheets be included, where only that is wanting."""
        code = error.code if isinstance(error, UserError) else ""
        if code in ("care-list-group", "sheet-only-hidden") and self.file is not None:
            self.name.setText(self.file.name)
            only_hidden = code == "sheet-only-hidden"
            self.counts.setText(errors.words(error) if only_hidden else say("care-choose-group"))
            self.left_out.clear()
            self.hidden_row.setVisible(only_hidden or self.hidden.isChecked())
            self.table.set_rows([])
            self.filter.clear()
            for widget in (self.save, self.adopt):
                widget.setEnabled(False)
            self.pages.setCurrentIndex(1)
            (self.hidden if only_hidden else self.group).setFocus()
        elif self.compared is None:
            self.pages.setCurrentIndex(0)

    def show_compared(self, compared: Compared) -> None:
        self.compared = compared
        self.pages.setCurrentIndex(1)
        self.name.setText(f"{compared.path.name}　{'、'.join(compared.groups)}")
        self.counts.setText(say("care-list-counts", **compared.counts))
        left = [each for each in compared.findings if each.code in HIDDEN]
        self.left_out.setText("\n".join(errors.words_of_finding(each) for each in left))
        self.hidden_row.setVisible(self.hidden.isChecked() or bool(left))
        kept = self.filter.currentData()
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(f"全部 {len(compared.rows)}", "")
        for outcome in OUTCOMES:
            if count := compared.counts[outcome]:
                self.filter.addItem(f"{say(f'care-outcome-{outcome}')} {count}", outcome)
        self.filter.setCurrentIndex(max(0, self.filter.findData(kept)))
        self.filter.blockSignals(False)
        self.save.setEnabled(bool(compared.rows) and self.desk.session.may("care.write"))
        self._show_rows()
        self.table.setFocus()

    def _show_rows(self) -> None:
        if self.compared is None:
            return
        wanted = self.filter.currentData()
        self.table.set_rows([
            {
                **row, "words": say(f"care-outcome-{row['outcome']}"),
                **{key: ROAD.sub("", str(row.get(key) or "")) for key in ("address", "place")},
            }
            for row in self.compared.rows
            if not wanted or row["outcome"] == wanted
        ])  # fmt: skip
        self.why.clear()
        self.table.selectRow(0)
        count = len(self._unmarked())
        self.adopt.setText(say("care-list-adopt", count=count))
        self.adopt.setVisible(bool(count) and self.desk.session.may("care.write"))
        self.adopt.setEnabled(True)

    def _unmarked(self) -> list[Row]:
        """People of ours whom the list names and nothing marks: of one ordinary group that no rule decides, living here."""
        compared = self.compared
        if compared is None or compared.sensitive:
            return []
        return [
            row for row in compared.rows
            if row["outcome"] == THEIRS and row["resident"] and row["here"] and row["group"] in CARE_GROUPS and row["group"] not in RULES
        ]  # fmt: skip

    # ---------------------------------------------------------------- acts

    def take_marks(self) -> None:
        """Mark whom the list names, with the list as the source."""
        compared = self.compared
        if compared is None:
            return
        wanted = [(row["resident"], row["group"]) for row in self._unmarked()]
        try:
            done = care.adopt(self.desk.session, wanted, source=compared.path.name)
        except UserError as error:
            self.desk.error(error)
            return
        self.look()
        self.desk.notify(say("care-adopted", **done), done["batch"])

    def export(self) -> None:
        """Ask what it takes, then where to."""
        compared = self.compared
        if compared is None:
            return
        if compared.sensitive and needs_second(len(compared.people), shows_level_3=True):
            if not others(self.desk):
                self.counts.setText(say("second-nobody"))
                return
            said = say("second-report", count=len(compared.people), fields="、".join(compared.groups))
            dialog = SecondDialog(self, self.desk, "第二人确认", said, theme.primary("确认导出"))
            dialog.vouched.connect(self._ask_where)
            dialog.open()
            return
        self._ask_where("")

    def _ask_where(self, second: str) -> None:
        assert self.compared is not None
        name = str(self.compared.path.with_name(f"{self.compared.path.stem}（比对结果）.xlsx"))
        chosen, _ = QFileDialog.getSaveFileName(self, "导出比对结果", name, "Excel (*.xlsx)")
        if chosen:
            self.export_to(Path(chosen), second)

    def export_to(self, out: Path, second: str = "") -> None:
        compared, session = self.compared, self.desk.session
        if compared is None:
            return
        purpose, session.purpose = session.purpose, session.purpose or ("care" if compared.sensitive else None)
        try:
            done = care.export_comparison(session, compared, out, second=second or None)
        except UserError as error:
            self.desk.error(error)
            return
        finally:
            session.purpose = purpose
        self.desk.notify(say("care-exported", rows=done["rows"], out=out.name))
