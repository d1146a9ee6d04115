"""One rule for many conflicts: what each would decide is counted before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QRadioButton, QWidget

from app.domain import deciding
from app.ui import theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.tables import Column, Table
from app.words import say

WIDTH, SHOWN = 640, 5


class RuleDialog(Dialog):
    """Emits `chosen` with {conflict id: version} of those that the chosen rule decides."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk, cases: list[dict[str, Any]]) -> None:
        super().__init__(parent, "批量处理冲突")
        self.setFixedWidth(WIDTH)
        self.cases = cases
        self.files = deciding.files(cases)
        self._build("-centre" if desk.session.role == "centre" else "")
        self._count()

    def _build(self, side: str) -> None:
        self.body.setSpacing(theme.GAP[2])
        self.file = theme.Choice()
        self.file.addItems(self.files)
        self.file.setAccessibleName("文件")
        words = {
            deciding.OWN: say(f"rule-own{side}"), deciding.CENTRE: say("rule-centre"), deciding.SHOWN: say("rule-shown"),
            deciding.FILE: say("rule-file"), deciding.RESTORE: say("rule-restore"),
        }  # fmt: skip
        self.rules: dict[str, QRadioButton] = {}
        self.counts: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        for rule, text in words.items():
            at = len(self.rules)
            self.rules[rule], self.counts[rule] = QRadioButton(text), theme.label("", "soft")
            grid.addWidget(self.rules[rule], at, 0, 1, 1 if rule == deciding.FILE else 2)
            grid.addWidget(self.counts[rule], at, 2)
            if rule == deciding.FILE:
                grid.addWidget(self.file, at, 1)
        self.preview = Table([Column("title", "项目"), Column("done", "处理", 90), Column("left", "留下", 90)])
        self.preview.setFixedHeight(44 + theme.ROW * SHOWN)
        self.act, self.cancel = theme.primary(""), theme.button("返回")
        for widget in (theme.title(say("rule-title", count=len(self.cases))), theme.soft(say("rule-why"))):
            self.body.addWidget(widget)
        self.body.addLayout(grid)
        self.body.addWidget(self.preview)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.setMinimumHeight(self.body.totalHeightForWidth(WIDTH))  # a window does not ask how high wrapped words are
        self.cancel.clicked.connect(self.reject)
        self.act.clicked.connect(self._accept)
        for button in self.rules.values():
            button.toggled.connect(lambda _: self._preview())
        self.file.currentIndexChanged.connect(lambda _: self._count())

    def _count(self) -> None:
        """What each rule can tell; one that can tell nothing is not to be had, the best one is proposed."""
        found = {rule: len(self._choices(rule)) for rule in self.rules}
        for rule, button in self.rules.items():
            left = len(self.cases) - found[rule]
            self.counts[rule].setText(say("rule-count", count=found[rule], left=left))
            button.setEnabled(bool(found[rule]))
        self.file.setEnabled(bool(self.files))
        if not any(button.isChecked() and button.isEnabled() for button in self.rules.values()):
            best = max(found, key=lambda rule: (rule != deciding.SHOWN and found[rule], found[rule]))
            self.rules[best].setChecked(bool(found[best]))
        self._preview()

    def _choices(self, rule: str) -> dict[str, str]:
        return deciding.choices(self.cases, rule, self.file.currentText())

    @property
    def versions(self) -> dict[str, str]:
        rule = next((rule for rule, button in self.rules.items() if button.isChecked()), None)
        return self._choices(rule) if rule else {}

    def _preview(self) -> None:
        versions = self.versions
        all_, done = (
            Counter(case["title"] for case in self.cases),
            Counter(case["title"] for case in self.cases if case["id"] in versions),
        )
        self.preview.set_rows([
            {"title": title, "done": done[title], "left": count - done[title]} for title, count in all_.most_common()
        ])  # fmt: skip
        self.act.setText(say("rule-act", count=len(versions)))
        self.act.setEnabled(bool(versions))

    def _accept(self) -> None:
        self.accept()
        self.chosen.emit(self.versions)
