"""下发名单: choose or drop a list, see whom each row is and what would go where, then save it filled.

Who was not found becomes a phone and visit list. Nothing of it enters the base. Longer than most files: one page, its
steps in the order in which they are done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.access import PURPOSES, needs_second
from app.domain.verdicts import MATCHED, Verdict
from app.services import namelists
from app.services.namelists import Checked
from app.ui import errors, theme
from app.ui.coming import empty
from app.ui.desk import Desk, FilePage
from app.ui.second_dialog import SecondDialog, others
from app.ui.tables import Column, Row, Table
from app.words import say

PATTERN = "名单 (*.xlsx *.csv)"
SUFFIXES = (".xlsx", ".csv")
FOLDER = "namelist-folder"
START, PREVIEW = 0, 1
TONES = {
    Verdict.HERE: theme.OK, Verdict.APART: theme.ACCENT, Verdict.NOBODY: theme.DANGER, Verdict.NO_ADDRESS: theme.DANGER,
    Verdict.DOUBTFUL: "#9A5B00", Verdict.TWICE: "#9A5B00",
}  # fmt: skip
LEFT_OUT = "unmatched"


@dataclass(slots=True)
class _Wanted:
    """What the person said of this list; asked anew, it is the same."""

    sheet: str | None = None
    off: set[str] = field(default_factory=set)
    on: set[str] = field(default_factory=set)
    add_column: bool = False


class NamelistPage(FilePage):
    takes = SUFFIXES

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.file: Path | None = None
        self.checked: Checked | None = None
        self._wanted = _Wanted()
        self._asked = 0
        self._out: Path | None = None
        self.boxes: list[QCheckBox] = []
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(
            empty(say("check-start"), "选择名单…", self.choose, "clipboard-check-outline", primary=True)
        )
        self.pages.addWidget(self._preview_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _preview_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addLayout(self._head())
        column.addWidget(self._line())
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        column.addWidget(self.message)
        self.people = Table(
            [
                Column("row", "行", 46), Column("name", "姓名", 76), Column("place", "名单地址", 150),
                Column("verdict", "核查结果", 80, tone=lambda row: TONES.get(row["verdict"], "")),
                Column("who", "名册里是", 150), Column("reason", "依据", 150), Column("fills", "将填入"),
            ]
        )  # fmt: skip
        self.detail = theme.label("", "soft", wrap=True)
        self.detail.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.findings = Table(
            [Column("row", "行", 60), Column("column", "列", 120), Column("words", "问题")], wrap=True
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        person = QWidget()
        below = QVBoxLayout(person)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(theme.GAP[0])
        below.addWidget(self.people, 1)
        below.addWidget(self.detail)
        self.tabs.addTab(person, "逐人")
        self.tabs.addTab(self.findings, "问题")
        column.addWidget(theme.split(theme.scrolled(self._columns()), self.tabs, sizes=(220, 930)), 1)
        return page

    def _head(self) -> QHBoxLayout:
        self.name = theme.title("")
        self.sheet = theme.Choice()
        self.sheet.setMinimumWidth(130)
        self.sheet.setAccessibleName("工作表")
        self.other = theme.button("换一份名单…")
        self.show_out = theme.button("打开回填好的名单")
        self.show_out.hide()
        self.write = theme.primary("")
        head = QHBoxLayout()
        head.setSpacing(theme.GAP[1])
        head.addWidget(self.name, 1)
        self.sheet_label = theme.label("工作表", "soft")
        head.addWidget(self.sheet_label)
        for widget in (self.sheet, self.other, self.show_out, self.write):
            head.addWidget(widget)
        return head

    def _line(self) -> QWidget:
        """Counts, the filter by verdict, and the list of whom to call."""
        self.counts = theme.label("", "strong")
        self.filter = theme.Choice()
        self.filter.setMinimumWidth(150)
        self.filter.setAccessibleName("按核查结果筛选")
        self.calls = theme.button("导出电话/走访清单…")
        return theme.row(self.counts, 1, theme.label("只看", "soft"), self.filter, self.calls)

    def _columns(self) -> QWidget:
        """Which columns are filled, and by whom."""
        self.maker = QLineEdit(self.desk.session.account)
        self.maker.setAccessibleName("核查人")
        self.only_matched = QCheckBox("没有对上的人先不填")
        self.add_column = QCheckBox("在最右边加一列“核查结果”")
        self.purpose = theme.Choice()
        self.purpose.addItem(say("report-purpose-none"), "")
        for purpose in PURPOSES:
            self.purpose.addItem(purpose.title, purpose.code)
        self.purpose.setAccessibleName(say("looking-for"))
        self.sensitive = theme.soft("")
        self.why = theme.panel(self.sensitive, self.purpose, margin=theme.GAP[1])
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.GAP[0])
        self._list.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setLayout(self._list)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setMinimumWidth(180)
        area.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent }")
        return theme.panel(
            theme.label("回填哪些列", "strong"), area, self.add_column, self.only_matched,
            theme.label("核查人", "soft"), self.maker, self.why, theme.label(say("check-phones"), "small", wrap=True), margin=theme.GAP[2],
        )  # fmt: skip

    def _connect(self) -> None:
        self.other.clicked.connect(self.choose)
        self.sheet.textActivated.connect(self._other_sheet)
        self.filter.currentIndexChanged.connect(lambda _: self._show_people())
        self.only_matched.toggled.connect(lambda _: self.look())
        self.add_column.toggled.connect(lambda _: self.look())
        self.maker.editingFinished.connect(self._maker_said)
        self.people.chosen.connect(self._show_detail)
        self.write.clicked.connect(self.save)
        self.calls.clicked.connect(self._save_calls)
        self.show_out.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._out))))

    # ---------------------------------------------------------------- a file comes

    def go(self, file: Path | None = None) -> None:
        if file is not None:
            self.open(file)
        elif self.pages.currentIndex() == START and (shown := self.pages.currentWidget()) is not None:
            if (act := shown.findChild(QPushButton)) is not None:
                act.setFocus()

    def choose(self) -> None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, "选择名单", folder, PATTERN)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        """Look another list through."""
        self.desk.settings.put(FOLDER, str(file.parent))
        self.file, self.checked, self._wanted, self._out = file, None, _Wanted(), None
        self.show_out.hide()
        for box in (self.add_column, self.only_matched):
            box.blockSignals(True)
            box.setChecked(False)
            box.blockSignals(False)
        self._forget_columns()
        self.look()

    def _other_sheet(self, name: str) -> None:
        self._wanted = _Wanted(sheet=name)
        self._forget_columns()
        self.look()

    def _maker_said(self) -> None:
        if self.checked is not None and self.maker.text().strip() != self.checked.maker:
            self.look()

    def look(self) -> None:
        """In the background; only the last question asked is answered."""
        if self.file is None:
            return
        session, file, wanted = self.desk.session, self.file, self._wanted
        maker, only_matched = self.maker.text().strip(), self.only_matched.isChecked()
        fields = namelists.USUAL | wanted.on if wanted.on or wanted.off else None
        columns = dict.fromkeys(wanted.off, "")
        self.desk.tasks.cancel()
        self._asked += 1
        asked = self._asked
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: namelists.look(
                session, file, sheet=wanted.sheet, fields=fields, columns=columns, maker=maker,
                add_column=self.add_column.isChecked(), only_matched=only_matched, progress=progress, cancelled=cancelled,
            ),
            lambda checked: self.show_checked(checked) if asked == self._asked else None,
            lambda _: self._not_read() if asked == self._asked else None, text=say("check-read"),
        )  # fmt: skip

    def _not_read(self) -> None:
        if self.checked is None:
            self.pages.setCurrentIndex(START)
        else:
            self.show_checked(self.checked)

    # ---------------------------------------------------------------- what was found

    def show_checked(self, checked: Checked) -> None:
        """Counts before the act, the people, what is wrong."""
        first, self.checked = self.pages.currentIndex() != PREVIEW, checked
        self.pages.setCurrentIndex(PREVIEW)
        self.message.hide()
        self.name.setText(checked.path.name)
        self.sheet.clear()
        self.sheet.addItems(list(checked.sheets))
        self.sheet.setCurrentText(checked.sheet)
        for widget in (self.sheet, self.sheet_label):
            widget.setVisible(len(checked.sheets) > 1)
        left = len(checked.unmatched)
        self.counts.setText(
            say("check-counts", rows=len(checked.rows), matched=len(checked.rows) - left, unmatched=left)
        )
        self.calls.setEnabled(bool(left))
        self._show_columns(checked)
        self._show_filter(checked)
        self._show_people()
        self.findings.set_rows([
            {"row": each.row, "column": each.column, "words": errors.words_of_finding(each)} for each in checked.findings
        ])  # fmt: skip
        self.tabs.setTabText(1, f"问题 {len(checked.findings)}")
        count = checked.filled_rows
        self.write.setText(say("check-fill", rows=count) if count else say("check-nothing"))
        self.write.setEnabled(bool(count))
        if first:
            self.people.setFocus()

    def _forget_columns(self) -> None:
        for box in self.boxes:
            self._list.removeWidget(box)
            box.deleteLater()
        self.boxes = []
        while self._list.count():
            self._list.takeAt(0)

    def _show_columns(self, checked: Checked) -> None:
        """One tick for each column that waits; they stay, also when one is left out."""
        missing = any(each.code == "check-no-column" for each in checked.findings)
        self.add_column.setVisible(missing or self.add_column.isChecked())
        self.why.setVisible(bool(checked.sensitive) and self._may_open)
        self.sensitive.setText(say("check-sensitive", fields="、".join(checked.sensitive)))
        if self.boxes:
            return
        for each in checked.answers:
            if checked.new_column is not None and each.index == checked.new_column[1]:
                continue
            box = QCheckBox(f"{each.letter}  {each.title}")
            box.setChecked(each.key in checked.fields)
            box.toggled.connect(lambda on, answer=each: self._ticked(answer.title, answer.key, on))
            self.boxes.append(box)
            self._list.addWidget(box)
        self._list.addStretch(1)

    def _ticked(self, title: str, key: str, on: bool) -> None:
        for kept, value, belongs in ((self._wanted.off, title, not on), (self._wanted.on, key, on)):
            kept.add(value) if belongs else kept.discard(value)
        self.look()

    @property
    def _may_open(self) -> bool:
        session = self.desk.session
        return session.may("reports.reveal") and session.ring is not None

    def _show_filter(self, checked: Checked) -> None:
        kept = self.filter.currentData()
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(f"{say('check-all')} {len(checked.rows)}", "")
        if checked.unmatched:
            self.filter.addItem(f"没有对上 {len(checked.unmatched)}", LEFT_OUT)
        for verdict, count in checked.verdicts.items():
            self.filter.addItem(f"{verdict} {count}", verdict)
        self.filter.setCurrentIndex(max(0, self.filter.findData(kept)))
        self.filter.blockSignals(False)

    def _show_people(self) -> None:
        if self.checked is None:
            return
        wanted = self.filter.currentData()
        titles = {each.index: each.title for each in self.checked.answers}
        self.people.set_rows([
            _shown(each, titles) for each in self.checked.rows
            if not wanted or each.judged.verdict == wanted
            or (wanted == LEFT_OUT and each.judged.verdict not in MATCHED)
        ])  # fmt: skip
        self.detail.clear()
        self.people.selectRow(0)

    def _show_detail(self, row: Row | None) -> None:
        """The whole of a row whose cells are too narrow for it."""
        parts = (row["reason"], row["who"] and f"名册里是：{row['who']}", row["fills"]) if row else ()
        self.detail.setText("\n".join(filter(None, parts)))

    # ---------------------------------------------------------------- saving

    def save(self) -> None:
        """Ask what it takes, then where to."""
        checked = self.checked
        if checked is None:
            return
        if self._purpose and needs_second(namelists.persons(checked), shows_level_3=True):
            if not others(self.desk):
                self._say(say("second-nobody"))
                return
            said = say("second-report", count=namelists.persons(checked), fields="、".join(checked.sensitive))
            dialog = SecondDialog(
                self, self.desk, say("second-report-title"), said, theme.primary(say("second-report-act"))
            )
            dialog.vouched.connect(self._save, Qt.ConnectionType.QueuedConnection)
            dialog.open()
            return
        self._save(None)

    @property
    def _purpose(self) -> str:
        """The purpose's code where sensitive columns are filled, "" where they stay masked."""
        sensitive = self.checked is not None and bool(self.checked.sensitive)
        return str(self.purpose.currentData() or "") if sensitive and self._may_open else ""

    def _save(self, second: str | None) -> None:
        assert self.checked is not None
        path = self.checked.path
        proposed = path.with_name(f"{path.stem}（已核查）{path.suffix}")
        chosen, _ = QFileDialog.getSaveFileName(self, "另存为", str(proposed), f"名单 (*{path.suffix})")
        if chosen:
            self.fill_to(Path(chosen), second)

    def fill_to(self, out: Path, second: str | None = None) -> None:
        """Fill in the background and say where it is."""
        session, checked, purpose = self.desk.session, self.checked, self._purpose or None
        assert checked is not None
        self.message.hide()
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda *_: namelists.fill(session, checked, out, purpose=purpose, second=second), self._filled, self._failed,
            text=say("check-write"),
        )  # fmt: skip

    def _filled(self, done: dict[str, Any]) -> None:
        self.write.setEnabled(True)
        self._out = Path(done["out"])
        self.show_out.show()
        self.desk.notify(say("check-kept", filled=done["filled"], out=self._out.name))

    def _failed(self, error: Exception) -> None:
        self.write.setEnabled(True)
        self._say(errors.words(error))

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()

    def _save_calls(self) -> None:
        assert self.checked is not None
        proposed = self.checked.path.with_name(f"{self.checked.path.stem}（电话走访）.xlsx")
        chosen, _ = QFileDialog.getSaveFileName(self, "电话/走访清单另存为", str(proposed), "Excel (*.xlsx)")
        if chosen:
            self.calls_to(Path(chosen))

    def calls_to(self, out: Path) -> None:
        session, checked = self.desk.session, self.checked
        assert checked is not None
        self.desk.tasks.run(
            lambda *_: namelists.calls(session, checked, out),
            lambda done: self.desk.notify(say("check-calls", rows=done["rows"], out=Path(done["out"]).name)),
            self._failed, text=say("check-write"),
        )  # fmt: skip

    def back(self) -> None:
        """Esc: from the preview to the choice of a file."""
        self.pages.setCurrentIndex(START)


def _shown(each: Any, titles: dict[int, str]) -> Row:
    fills = "；".join(f"{titles[index]}：{text}" for index, text in sorted(each.fills.items()))
    return {
        "row": each.row, "name": each.said["name"], "place": each.said["place"], "verdict": each.judged.verdict.value,
        "who": " ".join(filter(None, (each.who, each.address))), "reason": each.reason, "fills": fills,
    }  # fmt: skip
