"""报表 › 填报表: the superior's own form, chosen or learned, conditioned, looked at, filled.

What is sensitive in it is said before anything is saved: without a purpose it stays masked, with one the head is told,
and of many people a second person signs.
"""

from __future__ import annotations

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
from app.services import forms, reports
from app.ui import errors, theme
from app.ui.condition import Condition
from app.ui.desk import Desk, Page
from app.ui.learn_page import LearnPage
from app.ui.marks_table import MarksTable
from app.ui.report_preview import ReportPreview
from app.ui.second_dialog import SecondDialog, others
from app.ui.today_desk import FILLED_ONCE
from app.words import say

CONDITIONS = 3
FOLDER = "report-folder"
LEARNED = "form:"
"""How the choice names a learned form; everything else is a file."""
FILLING, LEARNING = 0, 1


class FillPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._out: Path | None = None
        self.sensitive: list[str] = []
        """Titles of the sensitive columns of the form that is chosen."""
        self._build()
        self._connect()
        self.show_forms()
        self._look()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        filling = QWidget()
        column = QVBoxLayout(filling)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self._form())
        self.preview, self.marks = ReportPreview(), MarksTable(self.desk)
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
        self.template = theme.Choice()
        self.template.setAccessibleName("报表")
        self.browse = theme.button("打开带标记的表…")
        self.teach = theme.button("学一张新表…", icon_name="school-outline")
        self.forget = theme.button("删除")
        self.conditions = [Condition() for _ in range(CONDITIONS)]
        self.until = QLineEdit()
        self.until.setPlaceholderText(say("report-until-hint"))
        self.until.setAccessibleName("统计时点")
        self.until.setMinimumWidth(290)
        self.correction = QCheckBox("更正报送")
        self.maker = QLineEdit(self.desk.session.account)
        self.maker.setMaximumWidth(160)
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
        when = theme.row(self.until, self.correction, theme.label("填表人", "soft"), self.maker, 1)
        for number, (text, widget) in enumerate((
            ("报表", theme.row(self.template, self.teach, self.browse, self.forget)),
            ("人员范围", theme.row(*self.conditions)), ("统计时点", when), (say("looking-for"), self._why()),
        )):  # fmt: skip
            grid.addWidget(theme.label(text, "soft"), number, 0)
            grid.addWidget(widget, number, 1)
        self.template.setSizePolicy(self.maker.sizePolicy())
        holder = QWidget()
        holder.setLayout(grid)
        return holder

    def _why(self) -> QWidget:
        made = theme.row(self.purpose, self.shows, self.show_out, self.look, self.fill)
        made.layout().setStretch(1, 1)  # type: ignore[union-attr]  # theme.row has made it
        return made

    def _connect(self) -> None:
        self.browse.clicked.connect(self._browse)
        self.teach.clicked.connect(self._teach)
        self.forget.clicked.connect(self._forget)
        self.learn.left.connect(lambda: self.pages.setCurrentIndex(FILLING))
        self.learn.learned.connect(self._learned)
        self.template.currentIndexChanged.connect(lambda _: self._look())
        self.purpose.currentIndexChanged.connect(lambda _: self._say_shown())
        for condition in self.conditions:
            condition.field.currentIndexChanged.connect(lambda _: self.preview.clear())
            condition.value.currentTextChanged.connect(lambda _: self.preview.clear())
        self.until.textChanged.connect(lambda _: self.preview.clear())
        self.look.clicked.connect(self.show_preview)
        self.preview.wanted.connect(self.show_preview)
        self.preview.asked.connect(self._behind)
        self.fill.clicked.connect(self._fill)
        self.show_out.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._out))))

    # ---------------------------------------------------------------- which form

    def show_forms(self, chosen: str = "") -> None:
        """The forms that come with the program, the learned ones, and the files opened meanwhile."""
        opened = [
            (self.template.itemText(at), self.template.itemData(at)) for at in range(self.template.count())
            if self.template.itemText(at).startswith("文件：")
        ]  # fmt: skip
        chosen = chosen or str(self.template.currentData() or "")
        self.template.blockSignals(True)
        self.template.clear()
        if self.desk.session.may("forms.read"):
            for form in forms.saved(self.desk.session):
                self.template.addItem(f"学过：{form['name']}", LEARNED + form["name"])
        for name, file in reports.ready_made():
            self.template.addItem(f"随附：{name}", str(file))
        for text, data in opened:
            self.template.addItem(text, data)
        self.template.setCurrentIndex(max(0, self.template.findData(chosen)))
        self.template.blockSignals(False)
        self._look()

    def _browse(self) -> None:
        if file := self._ask_file("选择带标记的表"):
            self.use_template(file)

    def _ask_file(self, title: str) -> Path | None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, title, folder, "Excel (*.xlsx)")
        if chosen:
            self.desk.settings.put(FOLDER, str(Path(chosen).parent))
        return Path(chosen) if chosen else None

    def use_template(self, file: Path) -> None:
        """Take a form with marks from a file."""
        if self.template.findData(str(file)) < 0:
            self.template.addItem(f"文件：{file.name}", str(file))
        self.template.setCurrentIndex(self.template.findData(str(file)))
        self.message.hide()

    def _teach(self) -> None:
        if file := self._ask_file("选择上级发来的表"):
            self.pages.setCurrentIndex(LEARNING)
            self.learn.open(file)

    def _learned(self, name: str) -> None:
        self.pages.setCurrentIndex(FILLING)
        self.show_forms(LEARNED + name)

    def _forget(self) -> None:
        name = str(self.template.currentData()).removeprefix(LEARNED)
        if errors.ask(self, say("form-remove-ask", name=name), "删除", "不删") == "删除":
            forms.remove(self.desk.session, name)
            self.show_forms()

    def _asked_for(self) -> tuple[Path | bytes, dict[str, Any]]:
        """The form and what `reports` is told of it; conditions and time of the page go before the form's own."""
        chosen = str(self.template.currentData())
        where: list[tuple[str, str]] = self._where()
        until = self.until.text().strip()
        if not chosen.startswith(LEARNED):
            return Path(chosen), {"where": where, "until": until or None}
        form = forms.one(self.desk.session, chosen.removeprefix(LEARNED))
        how = forms.how_to_fill(form)
        return form.workbook, {**how, "where": [*how["where"], *where], "until": until or how["until"]}

    # ---------------------------------------------------------------- what is sensitive

    @property
    def may_open(self) -> bool:
        session = self.desk.session
        return session.may("reports.reveal") and session.ring is not None

    def _look(self) -> None:
        """Which sensitive columns has the form? What is wrong with it is said when it is filled."""
        self.sensitive = []
        self.preview.clear()
        learned = str(self.template.currentData() or "").startswith(LEARNED)
        self.forget.setVisible(learned and self.desk.session.may("forms.learn"))
        if self.template.currentData():
            with suppress(UserError):
                template, how = self._asked_for()
                self.sensitive = reports.sensitive(self.desk.session, template, how.get("per"))
        self._say_shown()

    def _say_shown(self) -> None:
        self.purpose.setEnabled(bool(self.sensitive) and self.may_open)
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
        chosen = str(self.template.currentData())
        name = chosen.removeprefix(LEARNED) if chosen.startswith(LEARNED) else Path(chosen).stem
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = folder / f"{self.desk.session.name}{name}.xlsx"
        saved, _ = QFileDialog.getSaveFileName(self, "保存到", str(proposed), "Excel (*.xlsx)")
        if saved:
            self.fill_to(Path(saved), second)

    def _where(self) -> list[tuple[str, str]]:
        return [said for condition in self.conditions if (said := condition.said())]

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
            self.pages.setCurrentIndex(FILLING)
