"""办理时长: median and nine in ten of every step, of all, of each committee and of each kind."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain import clock
from app.services import incident_figures
from app.ui import theme
from app.ui.acts import moment, short_name
from app.ui.desk import Desk
from app.ui.incident_words import minutes
from app.ui.tables import Column, Table
from app.words import say

PERIODS = (("今天", 0), ("近 7 天", 6), ("近 30 天", 29), ("全部", None))
STAGES = (
    ("notified", "通知", 92), ("under_way", "开始处置", 92), ("on_site", "到场", 108), ("closed", "办结", 108),
    ("called_back", "回访", 112), ("whole", "接报到办结"),
)  # fmt: skip
"""Key, title and width of a column; the later ones take longer, and need more room."""
FEW = "*"


class IncidentStats(QWidget):
    """Figures of a period; the page reads them when it is shown. Emits `left` when they were looked at."""

    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.period = theme.Choice()
        self.period.setAccessibleName("时间范围")
        for title, days in PERIODS:
            self.period.addItem(title, days)
        self.period.setCurrentIndex(2)
        self.table = Table([
            Column("name", "范围", 114, short_name), Column("total", "件数", 48), Column("open", "未结", 48),
            Column("overdue", "超时", 48, tone=lambda row: theme.DANGER if row.get("overdue") not in (0, None, "—") else ""),
            *(Column(*each) for each in STAGES),
        ], remember=(desk.settings, "incident-stats"), wrap=True)  # fmt: skip
        self.table.setAccessibleName("办理时长")
        self.back = theme.button("返回", icon_name="arrow-left")
        self.said = theme.label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        head = theme.label(say("incident-stats-head"), "soft")
        for widget in (theme.row(self.back, self.period, head, 1), self.table, self.said):
            column.addWidget(widget)
        self.period.currentIndexChanged.connect(lambda _: self.refresh())
        self.back.clicked.connect(self.left)

    def refresh(self) -> None:
        """Count anew."""
        session, since = self.desk.session, self._since()
        self.desk.tasks.run(
            lambda _, __: incident_figures.figures(session, since=since), self._show, text=say("incident-stats-work")
        )

    def _show(self, found: dict[str, Any]) -> None:
        lines = [{"name": say("incident-all"), **found}]
        if self.desk.session.role == "centre":
            lines += found["committees"]
        lines += [{**each, "name": each["kind"]} for each in found["kinds"]]
        self.table.set_rows([_line(each) for each in lines])
        self.said.setText(say("incident-stats-why", until=moment(found["data_until"]) or "—"))

    def _since(self) -> datetime | None:
        days = self.period.currentData()
        if days is None:
            return None
        day = self.desk.session.now().astimezone(clock.SHANGHAI).date() - timedelta(days=days)
        return datetime.combine(day, time(), clock.SHANGHAI)


def _line(group: dict[str, Any]) -> dict[str, Any]:
    line = {key: "—" if group[key] is None else group[key] for key in ("total", "open", "overdue")}
    return {**line, "name": group["name"], **{each["stage"]: _spread(each) for each in group["stages"]}}


def _spread(stage: dict[str, Any]) -> str:
    """`12 分 / 1 小时`, with a mark where there are few; — where there is none."""
    if stage["median"] is None:
        return FEW if stage["few"] else "—"
    return f"{minutes(stage['median'])} / {minutes(stage['p90'])}{FEW if stage['few'] else ''}"
