"""Two decisions about papers: what came back for whom, and what a committee's papers say of itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain import clock
from app.domain.findings import UserError
from app.services import notices, paper_settings
from app.services.records import Change
from app.ui import errors, theme
from app.ui.case_parts import short_door
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.tables import Row
from app.words import say

NUMBER, SIGNER = 2, 3
"""Columns that are written in."""


class HandedDialog(Dialog):
    """Emits `handed` with the change once it is written."""

    handed = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk, people: Sequence[Row]) -> None:
        super().__init__(parent, say("papers-hand-title"))
        self.desk, self.people = desk, list(people)
        self.setMinimumWidth(720)
        self.issuer = QLineEdit(next((row["notice_issuer"] for row in people if row["notice_issuer"]), ""))
        if not self.issuer.text():
            self.issuer.setText(paper_settings.read(desk.session).issuer)
        now = desk.session.now()
        self.at = QDateTimeEdit(QDateTime(now.year, now.month, now.day, now.hour, now.minute, 0))
        self.at.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.at.setCalendarPopup(True)
        self.message = theme.label("", "wrong", wrap=True)
        self.act = theme.primary(say("papers-hand-do", count=len(people)))
        self.cancel = theme.button("返回")
        self.table = self._table()
        for name, widget in ((say("papers-hand-issuer"), self.issuer), (say("papers-hand-at"), self.at)):
            widget.setAccessibleName(name)
        why = theme.soft(say("papers-hand-why"))
        why.setMinimumHeight(why.heightForWidth(690))
        self.body.addWidget(theme.title(say("papers-hand-title")))
        self.body.addWidget(why)
        self.body.addWidget(theme.row(
            theme.label(say("papers-hand-issuer"), "soft"), self.issuer, theme.label(say("papers-hand-at"), "soft"), self.at
        ))  # fmt: skip
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.message)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.act.clicked.connect(self.write)
        self.cancel.clicked.connect(self.reject)
        self.table.setFocus()

    def _table(self) -> QTableWidget:
        titles = say("papers-hand-columns").split("|")
        made = QTableWidget(len(self.people), len(titles))
        made.setHorizontalHeaderLabels(titles)
        made.verticalHeader().hide()
        made.verticalHeader().setDefaultSectionSize(theme.ROW)
        made.setAccessibleName(say("papers-hand-title"))
        header = made.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((110, 150, 260)):
            made.setColumnWidth(column, width)
        for line, row in enumerate(self.people):
            cells = (row["name"], short_door(row), row["notice_number"], row["notice_handed_to"])
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column < NUMBER:
                    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setToolTip(theme.tip(row["door"] if column == 1 else text))
                made.setItem(line, column, item)
        made.setMinimumHeight(min(360, (len(self.people) + 1) * theme.ROW + 12))
        if self.people:
            made.setCurrentCell(0, NUMBER)
        return made

    def _cell(self, line: int, column: int) -> str:
        item = self.table.item(line, column)
        return item.text().strip() if item else ""

    def write(self) -> None:
        at = clock.moment(self.at.dateTime().toString("yyyy-MM-ddTHH:mm:00"))
        number, to = (
            {row["id"]: self._cell(line, column) for line, row in enumerate(self.people)} for column in (NUMBER, SIGNER)
        )
        try:
            done: Change = notices.handed_over(
                self.desk.session, [row["id"] for row in self.people], number=number, issuer=self.issuer.text(), at=at, to=to
            )  # fmt: skip
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        self.handed.emit(done)
        self.accept()


class PaperSettingsDialog(Dialog):
    """What stands on every paper of this committee."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, say("papers-settings-title"))
        self.desk = desk
        self.setFixedWidth(780)
        values = msgspec.structs.asdict(paper_settings.read(desk.session))
        self.lines: dict[str, QLineEdit] = {}
        self.own = QCheckBox(paper_settings.TITLES["own_notice"])
        self.own.setChecked(bool(values["own_notice"]))
        self.more = QPlainTextEdit(str(values["more"]))
        self.more.setFixedHeight(64)
        self.more.setTabChangesFocus(True)
        self.more.setAccessibleName(paper_settings.TITLES["more"])
        self.message = theme.label("", "wrong", wrap=True)
        self.act, self.cancel = theme.primary(say("papers-settings-do")), theme.button("返回")
        self.body.addWidget(theme.label(say("papers-settings-why"), "soft", wrap=True))
        self.body.addWidget(self._grid(values))
        for widget in (self.own, theme.label(paper_settings.TITLES["more"], "soft"), self.more, self.message):
            self.body.addWidget(widget)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.act.clicked.connect(self.write)
        self.cancel.clicked.connect(self.reject)

    def _grid(self, values: dict[str, object]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        keys = [key for key in paper_settings.TITLES if key not in ("own_notice", "more")]
        for place, key in enumerate(keys):
            line = QLineEdit(str(values[key]))
            line.setAccessibleName(paper_settings.TITLES[key])
            self.lines[key] = line
            grid.addWidget(theme.label(paper_settings.TITLES[key], "soft"), place // 2, place % 2 * 2)
            grid.addWidget(line, place // 2, place % 2 * 2 + 1)
        return made

    def write(self) -> None:
        values: dict[str, object] = {key: line.text() for key, line in self.lines.items()}
        try:
            paper_settings.change(
                self.desk.session, {**values, "own_notice": self.own.isChecked(), "more": self.more.toPlainText()}
            )
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        self.desk.notify(say("notice-settings-kept"))
        self.accept()
