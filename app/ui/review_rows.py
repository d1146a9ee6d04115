"""Lists with level 3 that somebody took alone, on 今日, each with 已阅."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import reviews
from app.services.values import Values
from app.ui import theme
from app.ui.desk import Desk
from app.words import say

MOST = 6


class ReviewRows(QWidget):
    """A panel that hides itself while nothing waits. Emits `changed` after one was looked through."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.rows = QVBoxLayout()
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(theme.GAP[0])
        holder = QWidget()
        holder.setLayout(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        heading, hint = theme.label(say("reviews-heading"), "strong"), theme.soft(say("reviews-hint"))
        column.addWidget(theme.panel(heading, hint, holder, margin=theme.GAP[2]))

    def refresh(self) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        found = reviews.pending(self.desk.session) if self.desk.session.may("reviews.read") else []
        for row in found[:MOST]:
            self.rows.addWidget(self._row(row))
        if len(found) > MOST:
            self.rows.addWidget(theme.soft(say("reviews-more", count=len(found) - MOST)))
        self.setVisible(bool(found))

    def _row(self, row: Values) -> QWidget:
        said = theme.label(review_words(row), wrap=True)
        late = theme.label(say("review-overdue") if row["overdue"] else "", "wrong")
        seen = theme.button("已阅")
        seen.setObjectName("" if row["own"] else "primary")
        seen.setEnabled(not row["own"])
        seen.setToolTip(say("review-own") if row["own"] else "")
        seen.setAccessibleName(f"已阅 {row['what']}")
        seen.clicked.connect(lambda: self._reviewed(row["batch"]))
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[0])
        column.addWidget(said)
        column.addWidget(theme.row(late, 1, seen))
        return made

    def _reviewed(self, batch: str) -> None:
        try:
            reviews.review(self.desk.session, batch)
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(say("review-done"))
        self.changed.emit()


def review_words(row: Values) -> str:
    """What was taken, when, by whom, of how many people, why."""
    return say(
        "review-said", at=row["at"][:16].replace("T", " "), account=row["account"],
        kind=say(f"shares-kind-{row['kind']}"), what=row["what"], persons=row["persons"],
        fields="、".join(row["fields"]), purpose=row["purpose"],
    )  # fmt: skip
