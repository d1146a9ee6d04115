"""清除: what is due and why, ticked and confirmed by two people; below it what was erased and whether the other side
said so."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.services import erasures
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk, Page
from app.ui.dialogs import Dialog
from app.ui.second_dialog import SecondDialog, others
from app.ui.tables import Column, Row, Table
from app.words import say

TICKED, OPEN = "☑", "☐"
WAITS = "#9A5B00"
WIDTH = 520


def _entity(value: Any) -> str:
    return ENTITIES[value].title if value in ENTITIES else say("erase-object-batch")


def _confirmed(value: Any) -> str:
    return say("erase-confirmed-by", at=moment(value)) if value else say("erase-unconfirmed")


class Ticks(Table):
    """Rows with a box: a click on it or the space bar ticks what is selected."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.tick(list(self.selectionModel().selectedRows()))
            return
        super().keyPressEvent(event)

    def tick(self, indexes: list[QModelIndex], on: bool | None = None) -> None:
        rows = [row for index in indexes if (row := self._row(index)) is not None and row["state"] != "waiting"]
        wanted = not all(row["ticked"] for row in rows) if on is None else on
        for row in rows:
            row["ticked"] = wanted
        self.viewport().update()
        self.chosen.emit(self.current())

    @property
    def ticked(self) -> list[Row]:
        return [row for row in self.rows_model.rows if row["ticked"]]


class ErasuresPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.due = Ticks([
            Column("ticked", "", 40, lambda value: TICKED if value else OPEN), Column("title", "类别", 96),
            Column("entity", "记录", 96, _entity), Column("path", "位置"), Column("fields", "内容", 150, "、".join),
            Column("why", "原因", 176, say), Column("since", "到期", 96),
            Column("state", "状态", 150, lambda value: say(f"erase-state-{value}"),
                   tone=lambda row: "" if row["state"] == "due" else WAITS),
        ], remember=(self.desk.settings, "erasures-due"))  # fmt: skip
        self.done = Table([
            Column("at", "时间", 150, moment), Column("title", "类别", 110), Column("entity", "记录", 130, _entity),
            Column("account", "账号", 110), Column("confirmed", "对方确认", 210, _confirmed), Column("row", "编号"),
        ], remember=(self.desk.settings, "erasures-done"))  # fmt: skip
        self.all = theme.button("全选", icon_name="checkbox-multiple-marked-outline")
        self.person = theme.button("本人要求删除…")
        self.act = theme.primary("确认清除")
        self.count = theme.label("", "soft")
        self.nothing, self.none_done = theme.soft(say("erase-none")), theme.soft(say("erase-list-none"))
        may = self.desk.session.may("erase.confirm")
        theme.only_if(may, self.all, self.act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.soft(say("erase-why")))
        column.addWidget(theme.row(self.person, self.all, 1, self.count, self.act))
        column.addWidget(self.nothing)
        column.addWidget(self.due, 3)
        column.addWidget(theme.label("已清除", "strong"))
        column.addWidget(self.none_done)
        column.addWidget(self.done, 2)
        self._rest = column.addStretch

    def _connect(self) -> None:
        self.due.clicked.connect(self._clicked)
        self.due.chosen.connect(lambda _: self._count())
        self.all.clicked.connect(self._all)
        self.act.clicked.connect(self._confirm)
        self.person.clicked.connect(lambda: PersonDialog(self, self).open())
        QShortcut(QKeySequence("Ctrl+A"), self.due, self._all, context=Qt.ShortcutContext.WidgetShortcut)

    # ---------------------------------------------------------------- showing

    def go(self) -> None:
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        if "all" not in changed and not self.isVisible():
            return
        self.show_due(erasures.propose(self.desk.session))
        done = erasures.done(self.desk.session)
        self.done.set_rows(done)
        self.done.setVisible(bool(done))
        self.none_done.setVisible(not done)

    def show_due(self, found: list[Row], *, ticked: bool = False) -> None:
        before = {row["id"] for row in self.due.ticked}  # what is written elsewhere meanwhile unticks nothing
        self.due.set_rows([
            {**each, "ticked": each["state"] != "waiting" and (ticked or each["id"] in before)} for each in found
        ])  # fmt: skip
        self.due.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.all.setEnabled(bool(found))
        self._count()

    def _count(self) -> None:
        ticked = self.due.ticked
        self.count.setText(say("erase-count", count=len(ticked)) if ticked else "")
        self.act.setEnabled(bool(ticked))

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self.due.tick([index])

    def _all(self) -> None:
        model = self.due.model()
        self.due.tick([model.index(number, 0) for number in range(model.rowCount())])

    # ---------------------------------------------------------------- doing

    def ask_for(self, ref: str) -> None:
        """What is held of one person, all of it ticked."""
        found = erasures.propose_for(self.desk.session, ref)
        self.show_due(found, ticked=True)
        if not found:
            self.desk.notify(say("erase-for-none"))

    def _confirm(self) -> None:
        rows = self.due.ticked
        needed = erasures.second_needed(self.desk.session, [row["id"] for row in rows])
        if needed == "second":
            if not others(self.desk):  # a centre with one account
                self.desk.error(UserError("erase-second-needed"))
                return
            act = theme.button(say("erase-act", count=len(rows)), "danger")
            dialog = SecondDialog(self, self.desk, say("erase-second-title"), say("erase-sure", count=len(rows)), act)
            dialog.vouched.connect(self.confirm)
            dialog.open()
            return
        code, word = ("erase-sure-alone", "提请街道确认") if needed == "ask" else ("erase-sure-centre", "确认清除")
        if errors.ask(self, say(code, count=len(rows)), word, "返回", danger=True) == word:
            self.confirm(None)

    def confirm(self, second: str | None) -> None:
        """Erase what is ticked. second: the account's id of the second person, whose password was checked."""
        session, chosen = self.desk.session, [row["id"] for row in self.due.ticked]
        self.desk.tasks.run(
            lambda *_: erasures.confirm(session, chosen, second), self._confirmed, text=say("erase-working")
        )

    def _confirmed(self, done: dict[str, Any]) -> None:
        self.refresh({"all"})
        code = "erase-asked-centre" if done["state"] == "proposed" else "erase-done"
        self.desk.notify(say(code, count=len(done["ids"]), rows=done["rows"]))


class PersonDialog(Dialog):
    """Which resident asked: a path or an id, as everywhere."""

    def __init__(self, parent: QWidget, page: ErasuresPage) -> None:
        super().__init__(parent, "居民本人要求删除")
        self.page = page
        self.setMinimumWidth(WIDTH)
        self.ref = QLineEdit()
        self.ref.setPlaceholderText("培花新村/12号/302/户1/姓名")
        self.act = theme.primary("列出这个人的全部内容")
        cancel = theme.button("返回")
        self.body.addWidget(theme.label(say("erase-person-why"), wrap=True))
        self.body.addWidget(self.ref)
        self.body.addWidget(theme.row(1, cancel, self.act))
        self.act.clicked.connect(self._run)
        self.ref.returnPressed.connect(self._run)
        cancel.clicked.connect(self.reject)

    def _run(self) -> None:
        ref = self.ref.text().strip()
        if ref:
            self.accept()
            try:
                self.page.ask_for(ref)
            except Exception as error:
                self.page.desk.error(error)
