"""A report before it is saved: its sheets as they will look, whether the balance holds, and whom a figure counts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services import forms
from app.ui import theme
from app.ui.coming import empty
from app.ui.form_grid import FormGrid
from app.ui.tables import Column, Table
from app.words import say

NAMED = 2


class ReportPreview(QWidget):
    """Emits `asked(sheet, cell)` when a person wants to know whom a cell counts, `wanted` to have a preview made."""

    asked = Signal(str, str)
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: Any = None
        self._cell = ""
        self._build()
        self._connect()

    def _build(self) -> None:
        self.start = empty(say("report-preview-start"), "预览", self.wanted.emit)
        self.sheet = theme.Choice()
        self.sheet.setMinimumWidth(120)
        self.sheet.setAccessibleName("工作表")
        self.said = theme.label("", "small", wrap=True)
        self.wrong = theme.label("", "wrong", wrap=True)
        self.grid = FormGrid()
        self.who = theme.button("这一格算了谁", icon_name="account-search-outline")
        self.who.setEnabled(False)
        self.about = theme.label("", "small", wrap=True)
        self.people = Table([Column("name", "姓名", 80), Column("path", "地址", 170), Column("why", "为什么算在内")])
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        self.sheet_row = theme.row(theme.label("工作表", "soft"), self.sheet)
        column.addWidget(theme.row(self.who, 1, self.sheet_row))
        column.addWidget(self.about)
        column.addWidget(self.people, 1)
        self.body = QWidget()
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(0, theme.GAP[1], 0, 0)
        inner.setSpacing(theme.GAP[1])
        self.who_breaks = theme.button("看是哪些人")
        wrong = theme.row(self.wrong, self.who_breaks)
        wrong.layout().setStretch(0, 1)  # type: ignore[union-attr]  # theme.row has made it
        for widget in (self.said, wrong):
            inner.addWidget(widget)
        inner.addWidget(theme.split(self.grid, beside, sizes=(720, 390)), 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.start)
        outer.addWidget(self.body)
        self.clear()

    def _connect(self) -> None:
        self.sheet.activated.connect(lambda _: self._draw())
        self.grid.place.connect(self._chosen)
        self.grid.opened.connect(lambda cell: self.asked.emit(self.sheet.currentText(), cell))
        self.who_breaks.clicked.connect(self._show_breakers)
        self.who.clicked.connect(lambda: self.asked.emit(self.sheet.currentText(), self._cell))

    # ---------------------------------------------------------------- showing

    def clear(self) -> None:
        """Nothing was looked at yet, or what was asked for changed."""
        self.shown = None
        self.body.hide()
        self.start.show()

    def show_preview(self, preview: Any) -> None:
        """What `reports.preview` gave."""
        self.shown = preview
        self.start.hide()
        self.body.show()
        said = "　".join(_said(preview))
        self.said.setText(said)
        self.said.setVisible(bool(said))
        wrong = _wrong(preview)
        self.wrong.setText("\n".join(wrong))
        self.wrong.setVisible(bool(wrong))
        self.who_breaks.setVisible(bool(preview.balance and preview.balance["breakers"]))
        titles = [sheet["title"] for sheet in preview.sheets]
        kept = self.sheet.currentText()
        self.sheet.clear()
        self.sheet.addItems(titles)
        self.sheet.setCurrentIndex(titles.index(kept) if kept in titles else 0)
        self.sheet_row.setVisible(len(titles) > 1)
        self._draw()

    def _draw(self) -> None:
        sheet = self.shown.sheets[self.sheet.currentIndex()]
        grid = sheet["grid"]
        self.grid.show_form(
            grid, sheet.get("spans", ()), dict.fromkeys(sheet["marks"], ""), keep=True, widths=sheet.get("widths", ())
        )
        self.about.setText(say("report-behind-hint"))
        self.people.set_rows([])
        self.who.setEnabled(False)

    def _chosen(self, cell: str) -> None:
        self._cell = cell
        self.who.setEnabled(True)

    def _show_breakers(self) -> None:
        breakers = self.shown.balance["breakers"]
        self.about.setText(say("report-breakers", count=len(breakers)))
        self.people.set_rows([{**each, "why": say(each["reason"])} for each in breakers])

    def show_people(self, found: dict[str, Any]) -> None:
        """What `reports.behind` gave."""
        self.about.setText(_behind(found))
        self.people.set_rows(found["records"])


def _behind(found: dict[str, Any]) -> str:
    """What a cell holds: a count of many, something of its line, or something said once."""
    basis = str(found.get("basis") or "")
    unit = next((key for key, title in forms.units() if title == basis), "")
    mark = dict(forms.choices(unit)).get(found["mark"]) or forms.spoken("{{" + found["mark"] + "}}").strip("【】")
    if found["count"] is None:
        return say("report-behind-once", mark=mark)
    if unit:
        return say("report-behind-row", mark=mark, unit=basis)
    return say("report-behind", mark=mark, count=found["count"], basis=basis)


def _said(preview: Any) -> list[str]:
    code = "report-preview-rows" if preview.persons else "report-preview-places"
    said = [say(code, rows=preview.rows, persons=preview.persons)] if preview.rows or preview.persons else []
    if preview.zero:
        said.append(say("report-was-zero"))
    if (balance := preview.balance) is not None and balance["holds"]:
        said.append(say("report-balanced", **balance["figures"]))
    if preview.suppressed:
        said.append(say("report-suppressed", count=preview.suppressed))
    said += preview.basis
    return said


def _wrong(preview: Any) -> list[str]:
    """What somebody should look at before it leaves."""
    wrong = []
    balance = preview.balance
    if balance is not None and balance["breakers"]:
        names = "；".join(
            say("report-breaker", name=each["name"], path=each["path"], reason=say(each["reason"]))
            for each in balance["breakers"][:NAMED]
        ) + ("…" if len(balance["breakers"]) > NAMED else "")
        code = "report-cancelling" if balance["holds"] else "report-unbalanced"
        wrong.append(say(code, **balance["figures"], count=len(balance["breakers"]), names=names))
    if balance is not None and (doubles := balance.get("doubles")):
        names = "、".join(each["name"] for each in doubles[:NAMED]) + ("…" if len(doubles) > NAMED else "")
        wrong.append(say("report-double", count=len(doubles), names=names))
    if preview.old:
        wrong.append(say("report-old-data", names="、".join(str(each.get("name", "")) for each in preview.old)))
    return wrong
