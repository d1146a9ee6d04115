"""A list of people who come, looked over before it is written: what each row becomes, and what could not be read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.findings import Finding
from app.services.arrival_lists import CHANGED, MOVED, NEW, Plan
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say

STATES = {NEW: "新增", CHANGED: "更新", "same": "相同", MOVED: "改派"}
_FIELDS = {"expected_at": "预计到达", "transport_no": "航班车次", "address": "拟住地址", "person_phone": "电话", "arrived_on": "抵沪日期",
           "origin": "来源地", "overseas": "境外", "transport": "交通方式", "note": "备注", "household": "户", "resident": "居民"}  # fmt: skip

ELSEWHERE = "其余内容已保留，可在此修改。"
"""What other lists say of a cell that is not taken: here nothing is mended in the list."""


class ArrivalImport(QWidget):
    """Emits `taken` when the plan is to be written, `left` when not."""

    taken = Signal()
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.centre = desk.session.role == "centre"
        self.plan: Plan | None = None
        self.back = theme.button("返回", icon_name="arrow-left")
        self.title, self.said = theme.title(""), theme.label("", wrap=True)
        self.take = theme.primary("")
        self.rows = Table(
            [
                Column("row", "行", 48), Column("state", "将", 56, tone=_tone), Column("name", "姓名", 100),
                Column("when", "预计到达", 104), Column("flight", "航班车次", 92),
                *([Column("committee", "派给", 156)] if self.centre else []), Column("where", "住址", 290), Column("remark", "提醒"),
            ],
            wrap=True,
        )  # fmt: skip
        self.rows.setAccessibleName("名单")
        self.findings = theme.label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.back, self.title, 1, self.take))
        for widget in (self.said, self.findings):
            column.addWidget(widget)
        column.addWidget(self.rows, 1)
        self.back.clicked.connect(self.left)
        self.take.clicked.connect(self.taken)

    def show_plan(self, plan: Plan) -> None:
        self.plan = plan
        counts = plan.counts
        self.title.setText(plan.file)
        self.said.setText(say("arrival-would" if self.centre else "arrival-would-here", **counts))
        todo = counts["new"] + counts["changed"] + counts["moved"]
        self.take.setText(f"登记 {todo} 人" if todo else "没有要登记的")
        self.take.setEnabled(todo > 0)
        of_rows: dict[int | None, list[str]] = {}
        numbers = {row.row for row in plan.rows}
        for found in plan.findings:
            of_rows.setdefault(found.row if found.row in numbers else None, []).append(
                errors.words_of_finding(found).removesuffix(ELSEWHERE)
                if found.row in numbers
                else say(found.code, **_told(found))
            )
        self.findings.setText("\n".join(of_rows.get(None, [])[:4]))
        self.findings.setVisible(bool(self.findings.text()))
        self.rows.set_rows([
            {
                "row": row.row, "state": STATES[row.state], "name": row.said["person_name"],
                "when": str(row.said.get("expected_at") or row.said.get("arrived_on") or "")[5:16].replace("T", " "),
                "flight": row.said.get("transport_no", ""), "committee": row.committee_name or "在街道等候",
                "where": (row.path or str(row.said.get("address") or "")).replace("/", " "),
                "remark": "\n".join([*_corrected(row.state, row.values), *of_rows.get(row.row, [])]),
            }
            for row in plan.rows
        ])  # fmt: skip
        (self.take if todo else self.back).setFocus()


def _corrected(state: str, values: dict[str, object]) -> list[str]:
    if state != CHANGED:
        return []
    return ["更新" + "、".join(_FIELDS[key] for key in values if key in _FIELDS) + "。"]


def _tone(row: dict[str, object]) -> str:
    return theme.INK_SOFT if row["state"] == "相同" else theme.ATTENTION if row["state"] == "改派" else ""


def _told(found: Finding) -> dict[str, object]:
    keys = ("row", "column", "value", "sheet")
    return {**{key: getattr(found, key) or "" for key in keys}, **found.details}
