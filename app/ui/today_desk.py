"""今日: what waits, and in the first hour a list of what to do first."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services import summaries
from app.ui import theme
from app.ui.desk import Desk

FIGURES = (
    ("estates", "小区"),
    ("buildings", "楼号"),
    ("households", "户"),
    ("residents", "实有人口"),
    ("persons", "名册人数"),
)


class TodayDesk(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self.refresh({"all"})

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[2])
        self.figures: dict[str, QLabel] = {}
        row = QHBoxLayout()
        for key, text in FIGURES:
            self.figures[key] = theme.title("0")
            row.addWidget(theme.panel(self.figures[key], theme.soft(text)))
        column.addLayout(row)
        self.waiting = theme.label()
        self.decide = theme.primary("去处理")
        self.decide.clicked.connect(lambda: self.desk.go("decisions"))
        due = QHBoxLayout()
        due.addWidget(self.waiting, 1)
        due.addWidget(self.decide)
        holder = QWidget()
        holder.setLayout(due)
        due.setContentsMargins(0, 0, 0, 0)
        column.addWidget(theme.panel(theme.label("待处理"), holder))
        self.first = self._first_hour()
        column.addWidget(self.first)
        column.addStretch()

    def _first_hour(self) -> QWidget:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        steps = (
            ("1", "导入一份花名册：Excel、WPS 或 csv 都可以，先预览再写入，写入后可以撤销。", "去导入", "import"),
            ("2", "看看住户是否都在自己的门后；在上方搜索框里试着找一个人（Ctrl+K）。", "看住户", "residents"),
            ("3", "用街道发来的表格模板填一份报表。", "填报表", "reports"),
        )
        for number, (mark, text, act, key) in enumerate(steps):
            said = theme.label(text)
            said.setWordWrap(True)
            go = theme.button(act)
            go.clicked.connect(lambda _=False, key=key: self.desk.go(key))
            grid.addWidget(theme.label(mark, "soft"), number, 0)
            grid.addWidget(said, number, 1)
            grid.addWidget(go, number, 2)
        holder = QWidget()
        grid.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(grid)
        return theme.panel(theme.label("第一个小时"), holder)

    def refresh(self, changed: set[str]) -> None:
        status = summaries.status(self.desk.session)
        due = summaries.due(self.desk.session)
        for key, made in self.figures.items():
            made.setText(f"{status[key]:,}")
        waits = due["doubtful"] + due["conflicts"]
        self.waiting.setText(f"待核行 {due['doubtful']}　待核冲突 {due['conflicts']}" if waits else "没有待处理的事。")
        self.decide.setVisible(bool(waits) and self.desk.session.may("doubtful.decide"))
        self.first.setVisible(status["persons"] < 50 and self.desk.session.may("rosters.apply"))
