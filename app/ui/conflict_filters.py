"""Narrowing a long list of conflicts: by words, field, committee, and by who or what one of the values came from."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.ui import theme
from app.ui.tables import Row


class ConflictFilters(QWidget):
    """Emits `changed`. committees: offered at a centre, where there are several."""

    changed = Signal()

    def __init__(self, *, committees: bool) -> None:
        super().__init__()
        self.words = QLineEdit()
        self.words.setPlaceholderText("姓名、住址或值")
        self.words.setClearButtonEnabled(True)
        self.field, self.committee, self.source = theme.Choice(), theme.Choice(), theme.Choice()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        line.addWidget(self.words, 1)
        for box, name in ((self.field, "项目"), (self.committee, "居委会"), (self.source, "来源")):
            box.setAccessibleName(name)
            box.setMinimumContentsLength(7)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.currentIndexChanged.connect(lambda _: self.changed.emit())
            line.addWidget(box)
        self.committee.setVisible(committees)
        self.words.textChanged.connect(lambda _: self.changed.emit())

    def offer(self, lines: Collection[Row]) -> None:
        """What the lines can be told apart by, keeping what was chosen."""
        origins = {origin for line in lines for origin in _origins(line)}
        for box, all_, names in (
            (self.field, "全部项目", {line["title"] for line in lines}),
            (self.committee, "全部居委会", {line["committee_name"] for line in lines}),
            (self.source, "全部来源", origins),
        ):
            kept = box.currentText()
            blocked = box.blockSignals(True)
            box.clear()
            box.addItems([all_, *sorted(names)])
            box.setCurrentIndex(max(0, box.findText(kept)))
            box.blockSignals(blocked)

    def fits(self, line: Row) -> bool:
        for box, told in (
            (self.field, {line["title"]}), (self.committee, {line["committee_name"]}), (self.source, _origins(line)),
        ):  # fmt: skip
            if box.currentIndex() > 0 and box.currentText() not in told:
                return False
        return all(word in f"{line['path']} {line['title']} {line['sides']}" for word in self.words.text().split())


def _origins(line: Row) -> set[str]:
    """The files, PCs and people that the values of a conflict came from."""
    found = (each["source"] or each["device"] or each["account"] for each in line["values"])
    return set(filter(None, found))
