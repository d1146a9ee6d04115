"""Which form is filled: one that was learned, one that comes with the program, or a file with marks in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QWidget

from app.services import forms, reports
from app.ui import errors, theme
from app.ui.condition import spoken
from app.ui.desk import Desk
from app.words import say

FOLDER = "report-folder"
LEARNED = "form:"
"""How the choice names a learned form; everything else is a file."""
OPENED = "文件："


class FormChoice(QWidget):
    """Emits `chosen` when another form is meant, `taught(file)` when a new one is to be learned."""

    chosen = Signal()
    taught = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.box = theme.Choice()
        self.box.setAccessibleName("报表")
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.teach = theme.button("学一张新表…", icon_name="school-outline")
        self.browse = theme.button("打开带标记的表…")
        self.forget = theme.button("删除这张表")
        if not desk.session.may("forms.learn"):
            self.teach.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        for widget in (self.box, self.teach, self.browse, self.forget):
            line.addWidget(widget)
        self.box.currentIndexChanged.connect(lambda _: self._changed())
        self.browse.clicked.connect(self._browse)
        self.teach.clicked.connect(self._teach)
        self.forget.clicked.connect(self._forget)

    # ---------------------------------------------------------------- what is meant

    @property
    def data(self) -> str:
        return str(self.box.currentData() or "")

    @property
    def learned(self) -> bool:
        return self.data.startswith(LEARNED)

    @property
    def name(self) -> str:
        """What the form is called."""
        return self.data.removeprefix(LEARNED) if self.learned else Path(self.data).stem

    def asked_for(self, where: Sequence[tuple[str, ...]], until: str) -> tuple[Path | bytes, dict[str, Any]]:
        """The form and what `reports` is told of it; the conditions come beside its own, the time before its own."""
        if not self.learned:
            return Path(self.data), {"where": [*where], "until": until or None}
        form = forms.one(self.desk.session, self.name)
        how = forms.how_to_fill(form)
        return form.workbook, {**how, "where": [*how["where"], *where], "until": until or how["until"]}

    def kept(self) -> str:
        """What a learned form says of itself: whom it is about, in which order, as of when; "" if nothing."""
        if not self.learned:
            return ""
        form = forms.one(self.desk.session, self.name)
        titles = dict(reports.marks())
        order = "、".join(
            titles.get(key.lstrip("-"), key) + ("（从大到小）" if key[0] == "-" else "") for key in form.sort
        )
        parts = (("form-where", spoken(form.where)), ("form-sort", order), ("form-until", form.until))
        return "；".join(say(code, text=text) for code, text in parts if text)

    # ---------------------------------------------------------------- the list

    def show_forms(self, chosen: str = "") -> None:
        """The learned forms, those that come with the program, and the files opened meanwhile."""
        opened = [
            (self.box.itemText(at), self.box.itemData(at)) for at in range(self.box.count())
            if self.box.itemText(at).startswith(OPENED)
        ]  # fmt: skip
        chosen = chosen or self.data
        self.box.blockSignals(True)
        self.box.clear()
        if self.desk.session.may("forms.read"):
            for form in forms.saved(self.desk.session):
                self.box.addItem(f"学过：{form['name']}", LEARNED + form["name"])
        for name, file in reports.ready_made():
            self.box.addItem(f"随附：{name}", str(file))
        for text, data in opened:
            self.box.addItem(text, data)
        self.box.setCurrentIndex(max(0, self.box.findData(chosen)))
        self.box.blockSignals(False)
        self._changed()

    def _changed(self) -> None:
        self.forget.setVisible(self.learned and self.desk.session.may("forms.learn"))
        self.chosen.emit()

    def use(self, file: Path) -> None:
        """Take a form with marks from a file."""
        if self.box.findData(str(file)) < 0:
            self.box.addItem(f"{OPENED}{file.name}", str(file))
        self.box.setCurrentIndex(self.box.findData(str(file)))

    def _ask_file(self, title: str) -> Path | None:
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self, title, folder, "Excel (*.xlsx)")
        if chosen:
            self.desk.settings.put(FOLDER, str(Path(chosen).parent))
        return Path(chosen) if chosen else None

    def _browse(self) -> None:
        if file := self._ask_file("选择带标记的表"):
            self.use(file)

    def _teach(self) -> None:
        if file := self._ask_file("选择上级发来的表"):
            self.taught.emit(file)

    def _forget(self) -> None:
        if errors.ask(self, say("form-remove-ask", name=self.name), "删除", "不删") == "删除":
            forms.remove(self.desk.session, self.name)
            self.show_forms()
