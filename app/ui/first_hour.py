"""第一个小时: what to do first in a new workspace; done steps say so, and the list goes when all are done."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.services import rosters
from app.ui import theme
from app.ui.desk import Desk
from app.ui.record_form import EDITED_ONCE
from app.ui.search_popup import FOUND_ONCE
from app.words import say

FILLED_ONCE, CLOSED = "first-hour/report", "first-hour/closed"
ONCE = (("find", FOUND_ONCE), ("edit", EDITED_ONCE), ("report", FILLED_ONCE))
STEPS = (
    ("import", "step-import", "去导入", "import"), ("find", "step-find", "看住户", "residents"),
    ("edit", "step-edit", "看住户", "residents"), ("report", "step-report", "填报表", "reports"),
)  # fmt: skip


class FirstHour(QWidget):
    """Four steps, and a way to put them away."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.steps: dict[str, tuple[QLabel, QPushButton]] = {}
        rows: list[QWidget] = []
        for name, code, act, target in STEPS:
            mark, go = theme.label("", "small"), theme.button(act, "link")
            go.clicked.connect(lambda _=False, target=target: self.desk.go(target))
            self.steps[name] = (mark, go)
            rows += [theme.label(say(code), wrap=True), theme.row(mark, 1, go)]
        self.put_away = theme.button("不再显示", "link")
        self.put_away.clicked.connect(self._put_away)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        heading = theme.row(theme.label("第一个小时", "strong"), 1, self.put_away)
        column.addWidget(theme.panel(heading, *rows, margin=theme.GAP[2]))

    def refresh(self) -> None:
        """Done steps say so; when all are done or the list was put away, it is gone."""
        session, kept = self.desk.session, self.desk.settings
        if kept.get(self.desk.once(CLOSED)) or session.role == "centre" or not session.may("rosters.apply"):
            self.setVisible(False)
            return
        done = {
            "import": session.may("rosters.read") and any(not each["undone"] for each in rosters.imports(session)),
            **{key: bool(kept.get(self.desk.once(what))) for key, what in ONCE},
        }
        for number, (name, (mark, _)) in enumerate(self.steps.items(), 1):
            mark.setText("✓ 已做" if done[name] else f"第 {number} 步")
            mark.setObjectName("done" if done[name] else "small")
            mark.style().polish(mark)
        self.setVisible(not all(done.values()))

    def _put_away(self) -> None:
        self.desk.settings.put(self.desk.once(CLOSED), True)
        self.refresh()
