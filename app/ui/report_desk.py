"""报表: the superior's own form, chosen, conditioned, filled; and what may stand between {{ and }}.

What is sensitive in it is said before anything is saved: without a purpose it stays masked, with one the head is told,
and of many people a second person signs.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import paths
from app.domain.access import PURPOSES
from app.domain.fields import RESIDENT, ROSTER_FIELDS, Field, Type
from app.domain.findings import UserError
from app.services import reports
from app.ui import errors, theme
from app.ui.desk import Desk, Page
from app.ui.second_dialog import SecondDialog, others
from app.ui.tables import Column, Table
from app.ui.today_desk import FILLED_ONCE
from app.words import say

ANY = "（不限）"
CONDITIONS = 3
FOLDER = "report-folder"


class Condition(QWidget):
    """One field and the value it must have; the value is chosen where the field has a list of them."""

    def __init__(self) -> None:
        super().__init__()
        self.field = theme.Choice()
        self.field.addItem(ANY, "")
        for key, title in reports.marks():
            if key not in reports.ONCE:
                self.field.addItem(title, key)
        self.field.setMinimumWidth(140)
        self.value = theme.Choice()
        self.value.setEditable(True)
        self.value.setMinimumWidth(110)
        if (line_edit := self.value.lineEdit()) is not None:
            line_edit.setPlaceholderText(say("report-value"))
        self.value.setEnabled(False)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[0])
        line.addWidget(self.field, 1)
        line.addWidget(self.value, 1)
        self.field.currentIndexChanged.connect(self._field_chosen)

    def _field_chosen(self) -> None:
        key = self.field.currentData()
        field: Field | None = RESIDENT[key] if key in RESIDENT else ROSTER_FIELDS.get(key)
        self.value.clear()
        self.value.setEnabled(bool(key))
        if field is not None:
            self.value.addItems(["是", "否"] if field.type is Type.BOOLEAN else list(field.choices))
        self.value.setCurrentIndex(-1)
        self.value.setEditText("")

    def said(self) -> tuple[str, str] | None:
        """(field, value), or None where nothing is asked."""
        key, value = self.field.currentData(), self.value.currentText().strip()
        return (key, value) if key and value else None


class ReportDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._out: Path | None = None
        self.sensitive: list[str] = []
        """Titles of the sensitive columns of the template that is chosen."""
        self._build()
        self._connect()
        self._look()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[2])
        column.addWidget(self._form())
        column.addWidget(self._marks(), 1)

    def _form(self) -> QWidget:
        self.template = theme.Choice()
        self.template.setAccessibleName("模板")
        for each in sorted((paths.resources() / "templates").glob("*.xlsx")):
            self.template.addItem(f"随附：{each.stem}", str(each))
        self.browse = theme.button("选择模板…")
        self.conditions = [Condition() for _ in range(CONDITIONS)]
        self.maker = QLineEdit(self.desk.session.account)
        self.maker.setMaximumWidth(200)
        self.purpose = theme.Choice()
        self.purpose.setAccessibleName(say("looking-for"))
        self.purpose.addItem(say("report-purpose-none"), "")
        for purpose in PURPOSES:
            self.purpose.addItem(purpose.title, purpose.code)
        self.purpose.setMinimumWidth(240)
        self.shows = theme.label("", "small", wrap=True)
        self.fill = theme.primary("填表并保存…")
        self.show_out = theme.button("打开这份表")
        self.show_out.hide()
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP[1])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        for number, (text, widget) in enumerate((
            ("模板", theme.row(self.template, self.browse)), ("人员范围", theme.row(*self.conditions)),
            ("填表人", theme.row(self.maker, 1)), (say("looking-for"), self._why()), ("", theme.row(self.fill, self.show_out, 1)),
        )):  # fmt: skip
            grid.addWidget(theme.label(text, "soft"), number, 0)
            grid.addWidget(widget, number, 1)
        self.template.setSizePolicy(self.maker.sizePolicy())
        holder = QWidget()
        grid.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(grid)
        return theme.panel(theme.soft(say("report-hint")), holder, self.message)

    def _why(self) -> QWidget:
        made = theme.row(self.purpose, self.shows)
        made.layout().setStretch(1, 1)  # type: ignore[union-attr]  # theme.row has made it
        return made

    def _marks(self) -> QWidget:
        self.search_mark = QLineEdit()
        self.search_mark.setPlaceholderText("查找标记")
        self.search_mark.setClearButtonEnabled(True)
        self.search_mark.setMaximumWidth(240)
        self.copy = theme.button("复制标记", icon_name="content-copy")
        self.copy.setEnabled(False)
        self.marks = Table([Column("title", "内容", 220), Column("mark", "标记", 260), Column("kind", "填在")])
        self._rows = [
            {
                "title": title,
                "mark": "{{" + key + "}}",
                "kind": "整张表一次" if key in reports.ONCE and key != "index" else "每人一行",
            }
            for key, title in reports.marks()
        ]
        self.marks.set_rows(self._rows)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(theme.label("可用的标记", "strong"), 1, self.search_mark, self.copy))
        column.addWidget(self.marks, 1)
        return holder

    def _connect(self) -> None:
        self.browse.clicked.connect(self._browse)
        self.template.currentIndexChanged.connect(lambda _: self._look())
        self.purpose.currentIndexChanged.connect(lambda _: self._say_shown())
        self.fill.clicked.connect(self._fill)
        self.show_out.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._out))))
        self.search_mark.textChanged.connect(self._find)
        self.marks.chosen.connect(lambda row: self.copy.setEnabled(row is not None))
        self.marks.opened.connect(lambda _: self._copy())
        self.copy.clicked.connect(self._copy)

    # ---------------------------------------------------------------- doing

    def _browse(self) -> None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, "选择模板", folder, "Excel (*.xlsx)")
        if chosen:
            self.use_template(Path(chosen))

    def use_template(self, file: Path) -> None:
        """Take a form of the superior's as the template."""
        self.desk.settings.put(FOLDER, str(file.parent))
        if self.template.findData(str(file)) < 0:
            self.template.addItem(file.name, str(file))
        self.template.setCurrentIndex(self.template.findData(str(file)))
        self.message.hide()

    def _find(self, text: str) -> None:
        wanted = text.strip().lower()
        self.marks.set_rows([row for row in self._rows if wanted in f"{row['title']}{row['mark']}".lower()])

    def _copy(self) -> None:
        if (row := self.marks.current()) is not None:
            QGuiApplication.clipboard().setText(row["mark"])
            self.desk.notify(say("copied", mark=row["mark"]))

    # ---------------------------------------------------------------- what is sensitive

    @property
    def may_open(self) -> bool:
        session = self.desk.session
        return session.may("reports.reveal") and session.ring is not None

    def _look(self) -> None:
        """Which sensitive columns has the template? What is wrong with it is said when it is filled."""
        self.sensitive = []
        if file := self.template.currentData():
            with suppress(UserError):
                self.sensitive = reports.sensitive(self.desk.session, Path(file))
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
        session, template, where = self.desk.session, Path(self.template.currentData()), self._where()
        self._begin()
        self.desk.tasks.run(
            lambda *_: reports.ask(session, template, where), self._asked, self._failed, text=say("report-reading")
        )

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
        template = Path(self.template.currentData())
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = folder / f"{self.desk.session.name}{template.stem}.xlsx"
        chosen, _ = QFileDialog.getSaveFileName(self, "保存到", str(proposed), "Excel (*.xlsx)")
        if chosen:
            self.fill_to(Path(chosen), second)

    def _where(self) -> list[tuple[str, str]]:
        return [said for condition in self.conditions if (said := condition.said())]

    def _begin(self) -> None:
        self.message.hide()
        self.fill.setEnabled(False)

    def fill_to(self, out: Path, second: str | None = None) -> None:
        """Fill in the background and say where it is. second: the id of a second account whose password was checked."""
        session, template = self.desk.session, Path(self.template.currentData())
        where, maker, purpose = self._where(), self.maker.text().strip() or None, self.why or None
        self._begin()
        self.desk.tasks.run(
            lambda progress, cancelled: reports.fill(
                session, template, out, where=where, maker=maker, purpose=purpose, second=second, progress=progress,
                cancelled=cancelled,
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
