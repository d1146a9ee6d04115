"""报表 › 填报表: the superior's own form, chosen or learned, conditioned, looked at, filled; dropped here, it is learned.

What is sensitive in it is said before anything is saved: without a purpose it stays masked, with one the head is told,
and of many people a second person signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.access import PURPOSES
from app.domain.findings import UserError
from app.services import reports
from app.ui import errors, theme
from app.ui.condition import Conditions
from app.ui.desk import Desk, FilePage
from app.ui.form_choice import FOLDER, LEARNED, FormChoice
from app.ui.learn_page import LearnPage
from app.ui.marks_table import MarksTable
from app.ui.report_preview import ReportPreview
from app.ui.second_dialog import SecondDialog, others
from app.ui.today_desk import FILLED_ONCE
from app.words import say

FILLING, LEARNING = 0, 1


class FillPage(FilePage):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._out: Path | None = None
        self.sensitive: list[str] = []
        """Titles of the sensitive columns of the form that is chosen."""
        self._build()
        self._connect()
        self.show_forms()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        filling = QWidget()
        column = QVBoxLayout(filling)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self._form())
        self.preview, self.marks = ReportPreview(), MarksTable(self.desk)
        if not self.desk.session.may("reports.fill"):
            self.preview.who.hide()  # a reader of totals is shown nobody
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.preview, "预览")
        self.tabs.addTab(self.marks, "可用的标记")
        column.addWidget(self.tabs, 1)
        self.learn = LearnPage(self.desk)
        self.pages = QStackedWidget()
        self.pages.addWidget(filling)
        self.pages.addWidget(self.learn)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.pages)

    def _form(self) -> QWidget:
        self.choice, self.where = FormChoice(self.desk), Conditions()
        self.template, self.teach, self.forget = self.choice.box, self.choice.teach, self.choice.forget
        self.conditions = self.where.each
        self.kept = theme.label("", "small", wrap=True)
        self.until = QLineEdit()
        self.until.setPlaceholderText(say("report-until-hint"))
        self.until.setAccessibleName("统计时点")
        self.until.setMinimumWidth(260)
        self.correction = QCheckBox("更正报送")
        self.maker = QLineEdit(self.desk.session.account)
        self.maker.setMaximumWidth(130)
        self.maker.setAccessibleName("填表人")
        self.purpose = theme.Choice()
        self.purpose.setAccessibleName(say("looking-for"))
        self.purpose.addItem(say("report-purpose-none"), "")
        for purpose in PURPOSES:
            self.purpose.addItem(purpose.title, purpose.code)
        self.purpose.setMinimumWidth(240)
        self.shows = theme.label("", "small", wrap=True)
        self.look = theme.button("预览")
        self.fill = theme.primary("填表并保存…")
        self.show_out = theme.button("打开这份表")
        self.show_out.hide()
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        return theme.panel(self._lines(), self.message, margin=theme.GAP[2])

    def _lines(self) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[1])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        self.kept_label, self.kept_row = theme.label("这张表", "soft"), theme.row(self.kept)
        self.why_row = theme.row(self.purpose, self.shows)
        self.why_row.layout().setStretch(1, 1)  # type: ignore[union-attr]  # theme.row has made it
        self.why_label = theme.label(say("looking-for"), "soft")
        when = theme.row(
            self.until,
            self.correction,
            theme.label("填表人", "soft"),
            self.maker,
            1,
            self.show_out,
            self.look,
            self.fill,
        )
        lines = (
            (theme.label("报表", "soft"), self.choice), (self.kept_label, self.kept_row),
            (theme.label("人员范围", "soft"), self.where), (self.why_label, self.why_row),
            (theme.label("统计时点", "soft"), when),
        )  # fmt: skip
        for number, (label, widget) in enumerate(lines):
            grid.addWidget(label, number, 0)
            grid.addWidget(widget, number, 1)
        holder = QWidget()
        holder.setLayout(grid)
        return holder

    def _connect(self) -> None:
        self.choice.taught.connect(self.teach_file)
        self.choice.chosen.connect(self._look)
        self.learn.left.connect(self._to_filling)
        self.learn.learned.connect(self._learned)
        self.purpose.currentIndexChanged.connect(lambda _: self._say_shown())
        self.where.changed.connect(self.preview.clear)
        self.until.textChanged.connect(lambda _: self.preview.clear())
        self.look.clicked.connect(self.show_preview)
        self.preview.wanted.connect(self.show_preview)
        self.preview.asked.connect(self._behind)
        self.fill.clicked.connect(self._fill)
        self.show_out.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._out))))

    # ---------------------------------------------------------------- which form

    def show_forms(self, chosen: str = "") -> None:
        """Read the list of forms anew."""
        self.choice.show_forms(chosen)

    def use_template(self, file: Path) -> None:
        """Take a form with marks from a file."""
        self.choice.use(file)
        self.message.hide()

    def teach_file(self, file: Path) -> None:
        """A form to be learned."""
        self.pages.setCurrentIndex(LEARNING)
        self.learn.open(file)

    def _learned(self, name: str) -> None:
        self._to_filling()
        self.show_forms(LEARNED + name)

    def _to_filling(self) -> None:
        self.pages.setCurrentIndex(FILLING)
        self.template.setFocus()

    def _asked_for(self) -> tuple[Path | bytes, dict[str, Any]]:
        return self.choice.asked_for(self.where.said(), self.until.text().strip())

    # ---------------------------------------------------------------- what is sensitive

    @property
    def may_open(self) -> bool:
        session = self.desk.session
        return session.may("reports.reveal") and session.ring is not None

    def _look(self) -> None:
        """Which sensitive columns has the form? What is wrong with it is said when it is filled."""
        self.sensitive = []
        self.preview.clear()
        self.kept.setText("")
        if self.template.currentData():
            with suppress(UserError):
                template, how = self._asked_for()
                self.kept.setText(self.choice.kept())
                self.sensitive = reports.sensitive(self.desk.session, template, how.get("per"))
        for widget in (self.kept_label, self.kept_row):
            widget.setVisible(bool(self.kept.text()))
        self._say_shown()

    def _say_shown(self) -> None:
        self.purpose.setEnabled(bool(self.sensitive) and self.may_open)
        for widget in (self.why_row, self.why_label):
            widget.setVisible(bool(self.sensitive))
        if not self.sensitive:
            code = "report-plain"
        elif not self.may_open:
            code = "report-masked-account"
        else:
            code = "report-open" if self.why else "report-masked"
        self.shows.setText(say(code, fields="、".join(self.sensitive)) if self.template.currentData() else "")

    @property
    def why(self) -> str:
        """The purpose's code, "" where sensitive columns stay masked."""
        return str(self.purpose.currentData() or "") if self.purpose.isEnabled() else ""

    # ---------------------------------------------------------------- looking at it

    def show_preview(self) -> None:
        """Fill it in memory, in the background, and show what it would be. Level 3 stays masked here."""
        if not self.template.currentData():
            self._say(say("no-template"))
            return
        session, maker = self.desk.session, self.maker.text().strip() or None
        correction = self.correction.isChecked()
        template, how = self._asked_for()
        self._begin()
        self.tabs.setCurrentIndex(0)
        self.desk.tasks.run(
            lambda *_: reports.preview(session, template, maker=maker, correction=correction, **how),
            self._previewed, self._failed, text=say("report-reading"),
        )  # fmt: skip

    def _previewed(self, shown: Any) -> None:
        self.fill.setEnabled(True)
        self.preview.show_preview(shown)

    def _behind(self, sheet: str, cell: str) -> None:
        session = self.desk.session
        template, how = self._asked_for()
        self.desk.tasks.run(
            lambda *_: reports.behind(session, template, sheet, cell, **how), self.preview.show_people, self._failed,
            text=say("report-reading"),
        )  # fmt: skip

    # ---------------------------------------------------------------- filling

    def _fill(self) -> None:
        """What it takes is asked first, then where to save."""
        if not self.template.currentData():
            self._say(say("no-template"))
            return
        fields = "、".join(self.sensitive)
        if self.sensitive and self.may_open and not self.why:
            answers = (say("report-masked-act"), say("report-choose-purpose"))
            if errors.ask(self, say("report-masked-ask", fields=fields), *answers) != answers[0]:
                self.purpose.setFocus()
                return
        if not self.why:
            self._save(None)
            return
        session = self.desk.session
        template, how = self._asked_for()
        self._begin()
        self.desk.tasks.run(
            lambda *_: reports.ask(session, template, how["where"], per=how.get("per")), self._asked, self._failed,
            text=say("report-reading"),
        )  # fmt: skip

    def _asked(self, found: dict[str, Any]) -> None:
        """How many people are in it is known."""
        self.fill.setEnabled(True)
        if not found["second"]:
            self._save(None)
            return
        if not others(self.desk):
            self._say(say("second-nobody"))
            return
        said = say("second-report", count=found["persons"], fields="、".join(found["sensitive"]))
        dialog = SecondDialog(
            self, self.desk, say("second-report-title"), said, theme.primary(say("second-report-act"))
        )
        dialog.vouched.connect(self._save, Qt.ConnectionType.QueuedConnection)
        dialog.open()

    def _save(self, second: str | None) -> None:
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = folder / f"{self.desk.session.name}{self.choice.name}.xlsx"
        saved, _ = QFileDialog.getSaveFileName(self, "保存到", str(proposed), "Excel (*.xlsx)")
        if saved:
            self.fill_to(Path(saved), second)

    def _begin(self) -> None:
        self.message.hide()
        self.fill.setEnabled(False)

    def fill_to(self, out: Path, second: str | None = None) -> None:
        """Fill in the background and say where it is. second: the id of a second account whose password was checked."""
        session = self.desk.session
        maker, purpose, correction = self.maker.text().strip() or None, self.why or None, self.correction.isChecked()
        template, how = self._asked_for()
        self._begin()
        self.desk.tasks.run(
            lambda progress, cancelled: reports.fill(
                session, template, out, maker=maker, purpose=purpose, second=second, correction=correction,
                progress=progress, cancelled=cancelled, **how,
            ),
            self._filled, self._failed, text=say("report-fill"),
        )  # fmt: skip

    def _failed(self, error: Exception) -> None:
        self.fill.setEnabled(True)
        self._say(errors.words(error))

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()

    def _filled(self, done: dict[str, Any]) -> None:
        self.fill.setEnabled(True)
        self._out = Path(done["out"])
        self.show_out.show()
        self.desk.settings.put(self.desk.once(FILLED_ONCE), True)
        self.desk.notify(say("filled", **done))

    def back(self) -> None:
        if self.pages.currentIndex() == LEARNING:
            self._to_filling()

    def go(self, asked: Sequence[Sequence[str]] = (), **where: Any) -> None:
        """asked: conditions of whom the report is about, as another desk puts them."""
        if asked:
            self._to_filling()
            self.where.ask(asked)
        if self.pages.currentIndex() == FILLING:
            self.template.setFocus()

    def open(self, file: Path) -> None:
        """A form that was let go over the page is to be learned."""
        self.teach_file(file)

    def may_open_files(self) -> bool:
        return self.desk.session.may("forms.learn")
