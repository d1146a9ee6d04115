"""待核: doubtful roster rows and conflicting values, one at a time: what stands, what came, and a decision."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from app.domain.fields import ENTITIES, RESIDENT, ROSTER_FIELDS
from app.domain.findings import UserError
from app.domain.values import show
from app.services import conflicts, doubtful
from app.ui import theme
from app.ui.desk import Desk
from app.ui.manage_desk import moment
from app.ui.tables import Column, Table
from app.words import say

CASE = int(Qt.ItemDataRole.UserRole)
COMPARED = (
    "name",
    "sex",
    "birth_year",
    "id_number",
    "phone",
    "relation",
    "residence_kind",
    "status",
    "hukou_address",
    "note",
)
DOOR = ("estate", "lane", "building", "unit", "room")


class DecisionsDesk(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()
        self.refresh({"all"})

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setMinimumWidth(280)
        self.heading = theme.title("")
        self.reason = theme.soft("")
        self.both = Table([
            Column("title", "", 110), Column("ours", "名册里", 260), Column("theirs", "新来的", 260), Column("differs", "", 70),
        ])  # fmt: skip
        self.versions = Table([
            Column("value", "值"), Column("at", "时间", 150, moment), Column("account", "账号", 110), Column("source", "来自", 200),
        ])  # fmt: skip
        self.keep, self.take, self.new = (
            theme.button(text) for text in ("保留原值 (1)", "采用新值 (2)", "作为新人 (3)")
        )
        self.choose = theme.primary("保留所选的值")
        row = QHBoxLayout()
        for made, key in ((self.keep, "1"), (self.take, "2"), (self.new, "3")):
            made.setShortcut(key)
            row.addWidget(made)
        row.addWidget(self.choose)
        row.addStretch()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(theme.GAP[1], 0, 0, 0)
        for widget in (self.heading, self.reason, self.both, self.versions):
            column.addWidget(widget)
        column.addLayout(row)
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(right)
        split.setSizes([300, 860])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda item, _: self._show(item.data(CASE) if item else None))
        for made, decision in ((self.keep, "keep"), (self.take, "take"), (self.new, "new")):
            made.clicked.connect(lambda _=False, decision=decision: self.decide(decision))
        self.choose.clicked.connect(self.choose_version)

    def refresh(self, changed: set[str]) -> None:
        """Read both lists anew, staying at the same place."""
        at = max(0, self.list.currentRow())
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for case in doubtful.pending(self.desk.session):
            self._add(f"待核行　{case['values'].get('name', '')}　第 {case['row']} 行", {"kind": "doubtful", **case})
        for case in conflicts.pending(self.desk.session):
            self._add(f"待核冲突　{case['title']}　{case['path'].split('/')[-1]}", {"kind": "conflict", **case})
        self.list.blockSignals(blocked)
        self.list.setCurrentRow(min(at, self.list.count() - 1))
        self._show(self.case)

    def _add(self, text: str, case: dict[str, Any]) -> None:
        item = QListWidgetItem(text)
        item.setData(CASE, case)
        self.list.addItem(item)

    @property
    def case(self) -> dict[str, Any] | None:
        item = self.list.currentItem()
        return item.data(CASE) if item else None

    def _show(self, case: dict[str, Any] | None) -> None:
        row = case is not None and case["kind"] == "doubtful"
        for widget in (self.both, self.keep, self.take, self.new):
            widget.setVisible(row)
        for other in (self.versions, self.choose):
            other.setVisible(case is not None and not row)
        if case is None:
            self.heading.setText(say("decide-none"))
            self.reason.setText("")
        elif row:
            self._show_doubtful(case)
        else:
            self._show_conflict(case)

    def _show_doubtful(self, case: dict[str, Any]) -> None:
        self.heading.setText(case["values"].get("name", ""))
        self.reason.setText(f"{say('reason-' + case['reason'])}（{case['file']} 第 {case['row']} 行）")
        ours = case["candidate"] or {}
        rows = [{"title": "地址", "ours": (ours.get("path") or "").replace("/", " "),
                 "theirs": " ".join(filter(None, (case["values"].get(key) for key in DOOR)))}]  # fmt: skip
        for key in COMPARED:
            field = RESIDENT[key] if key in RESIDENT else ROSTER_FIELDS[key]
            rows.append(
                {
                    "title": field.title,
                    "ours": show(field, ours.get(key)),
                    "theirs": show(field, case["values"].get(key)),
                }
            )
        for each in rows:
            each["differs"] = (
                "不同" if each["theirs"] and each["ours"] != each["theirs"] and each["title"] != "地址" else ""
            )
        self.both.set_rows([each for each in rows if each["ours"] or each["theirs"]])

    def _show_conflict(self, case: dict[str, Any]) -> None:
        self.heading.setText(f"{case['title']}：{case['path'].replace('/', ' ')}")
        self.reason.setText("两边同时改过这一项。请选一个值，另一个仍留在来历里。")
        fields = ENTITIES[case["entity"]]
        rows = [
            {
                **each,
                "value": show(fields[case["field"]], each["value"]) if case["field"] in fields else str(each["value"]),
            }
            for each in case["values"]
        ]
        self.versions.set_rows(rows)
        if rows:
            self.versions.choose("version", rows[-1]["version"])

    def decide(self, decision: str) -> None:
        case = self.case
        if case is None:
            return
        try:
            done = doubtful.decide(self.desk.session, case["id"], decision)
        except UserError as error:
            self.desk.error(error)
            return
        self._decided(done.batch)

    def choose_version(self) -> None:
        case, chosen = self.case, self.versions.current()
        if case is None or (chosen is None and case["field"] != "in-use"):
            return
        done = conflicts.decide(self.desk.session, case["id"], chosen["version"] if chosen else "")
        self._decided(done.batch)

    def _decided(self, batch: str) -> None:
        self.refresh({"all"})
        self.desk.counts_changed()
        self.desk.notify("已处理", batch)
