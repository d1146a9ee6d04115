"""疑似重复: pairs that may be one person, searched in the background, one at a time side by side, merged or kept apart."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import duplicates
from app.ui import theme
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.duplicate_cards import SIDE_TITLES, Comparison
from app.ui.tables import Column, Row, Table
from app.words import say

LIST, NONE, UNSEARCHED, SEARCHING = range(4)
MEANWHILE = ("path-unknown", "duplicate-same")
SHOWING = frozenset({"all", "resident", "household", "arrival", "isolation_case", "visit"})
"""What a pair's line or cards show."""


def line_of(pair: dict[str, Any]) -> Row:
    """A pair as the list shows it."""
    names = list(dict.fromkeys(pair[side].get("name") or "（无姓名）" for side in ("one", "other")))
    why = "、".join(say(f"why-{code}") for code in pair["why"])
    against = "、".join(say(f"why-{code}") for code in pair["against"])
    reasons = "；".join(filter(None, (why, say("duplicate-against", reasons=against) if against else "")))
    key = "|".join(sorted((pair["one"]["id"], pair["other"]["id"])))
    return {**pair, "key": key, "who": " / ".join(names), "reasons": reasons, "why_text": why, "against_text": against}


class DuplicatesPage(QStackedWidget):
    """Emits `counted` with how many pairs wait; before anybody searched nobody knows, and it says nothing."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.couples: list[tuple[str, str]] | None = None
        """Ids of all pairs of the last search, also of those decided since: an undo brings one back."""
        self.left: set[str] = set()
        """Pairs put off (暂不处理): at the end of the list until the next search."""
        self._shown_as: dict[str, str] = {}
        """Who was merged at this desk → the row in which he shows."""
        self._searching = self._reading = self._stale = self._deciding = False
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.list = Table([
            Column("score", "相像", 58, lambda score: f"{score}%"), Column("who", "姓名", 116), Column("reasons", "依据"),
        ])  # fmt: skip
        self.list.setAccessibleName("疑似重复")
        self.list.setMinimumWidth(300)
        self.counts = theme.label("", "small")
        self.again = theme.button("重新查找", icon_name="refresh")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.list)
        column.addWidget(theme.row(self.counts, 1, self.again))
        self.addWidget(theme.split(left, self._case(), sizes=(430, 740)))
        self.addWidget(empty(say("duplicate-none-desk"), "重新查找", self.search, "check-circle-outline"))
        self.addWidget(empty(say("duplicate-not-searched"), "查找疑似重复", self.search, "account-search-outline"))
        self.addWidget(empty(say("duplicate-searching"), "取消", self.desk.tasks.cancel, "account-search-outline"))
        self.setCurrentIndex(UNSEARCHED)

    def _case(self) -> QWidget:
        self.heading = theme.title("")
        self.why = theme.label("", "", wrap=True)
        self.against = theme.label("", "", wrap=True)
        self.against.setStyleSheet(f"color: {theme.ATTENTION};")
        self.reveal = theme.button("查看敏感信息（留痕）", "link", "eye-outline")
        self.both = Comparison()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.both)
        self.one_home = QCheckBox()
        self.result = theme.label(say("duplicate-result"), "small", wrap=True)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.heading, 1, self.reveal))
        for widget in (self.why, self.against, self.one_home):
            column.addWidget(widget)
        column.addLayout(self._buttons())  # not at the foot: the notice lies there, and the next decision is waiting
        column.addWidget(area, 1)
        column.addWidget(self.result)
        return right

    def _buttons(self) -> QHBoxLayout:
        self.merge = theme.primary("")
        self.apart = theme.button("不是同一人　2")
        self.later = theme.button("暂不处理　3")
        line = QHBoxLayout()
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for made, key in ((self.merge, "1"), (self.apart, "2"), (self.later, "3")):
            QShortcut(QKeySequence(key), self, made.click, context=within)
            line.addWidget(made)
        line.addStretch(1)
        self.may = self.desk.session.may("duplicates.decide")
        if not self.may:
            self.result.setText(say("duplicate-no-right"))
            for made in (self.merge, self.apart):
                made.hide()
        return line

    def _connect(self) -> None:
        self.list.chosen.connect(self._show)
        self.list.opened.connect(lambda _: self._enter())
        self.both.changed.connect(self._say_merge)
        self.reveal.clicked.connect(self._reveal)
        self.merge.clicked.connect(self.merge_pair)
        self.apart.clicked.connect(self.keep_apart)
        self.later.clicked.connect(self.put_off)
        self.again.clicked.connect(self.search)

    # ---------------------------------------------------------------- reading

    def opened(self) -> None:
        """The page is looked at: the first time the search begins, later it is brought up to date."""
        if self.couples is None:
            self.search()
        elif self._stale:
            self.refresh({"all"})
        shown = self.list if self.currentIndex() == LIST else self.currentWidget()
        assert shown is not None  # there are pages
        shown.setFocus()

    def search(self) -> None:
        """Look through all people, in the background."""
        if self._searching:
            return
        self._searching = True
        session = self.desk.session
        self.again.setEnabled(False)
        if self.currentIndex() != LIST:
            self.setCurrentIndex(SEARCHING)
        self.desk.tasks.run(
            lambda progress, cancelled: duplicates.pending(session, progress, cancelled),
            self._found, self._not_found, text=say("duplicate-search"),
        )  # fmt: skip

    def _found(self, found: list[dict[str, Any]]) -> None:
        self._searching = self._stale = False
        self.couples = [(pair["one"]["id"], pair["other"]["id"]) for pair in found]
        self.left.clear()
        self._came(found)

    def _not_found(self, _: Exception) -> None:
        """It failed or was cancelled: what was found before still shows."""
        self._searching = False
        self.again.setEnabled(True)
        if self.currentIndex() == SEARCHING:
            self.setCurrentIndex(UNSEARCHED if self.couples is None else NONE)

    def refresh(self, changed: set[str]) -> None:
        """Read the known pairs anew; nobody searches for further ones before he is asked to."""
        if self.couples is None or self._deciding or SHOWING.isdisjoint(changed):
            return
        self._stale = True
        if not self.isVisible() or self._reading or self._searching:
            return
        self._reading, self._stale = True, False
        session, couples = self.desk.session, list(self.couples)
        self.desk.tasks.run(
            lambda progress, cancelled: duplicates.again(session, couples, progress, cancelled),
            self._read, self._not_read, text=say("duplicate-telling"),
        )  # fmt: skip

    def _read(self, found: list[dict[str, Any]]) -> None:
        self._reading = False
        self._came(found)
        if self._stale:  # something was written meanwhile
            self.refresh({"all"})

    def _not_read(self, _: Exception) -> None:
        self._reading, self._stale = False, True

    def _came(self, found: list[dict[str, Any]]) -> None:
        lines = [line_of(pair) for pair in found]
        lines.sort(key=lambda line: line["key"] in self.left)
        self.again.setEnabled(True)
        self.setCurrentIndex(LIST if lines else NONE)
        self._set_lines(lines)

    def _set_lines(self, lines: list[Row]) -> None:
        """Show these, staying at the same pair, else at the same place."""
        at, current = max(0, self.list.currentIndex().row()), self.list.current()
        with_keys = self.list.hasFocus() or not self.hasFocus()
        self.list.set_rows(lines)
        self.counts.setText(say("duplicate-found", count=len(lines)))
        self.desk.found["duplicates"] = len(lines)
        self.counted.emit(len(lines))
        if current is None or not self.list.choose("key", current["key"]):
            self.list.selectRow(min(at, len(lines) - 1))
        if not lines:
            self.setCurrentIndex(NONE)
        elif with_keys and self.isVisible():
            self.list.setFocus()

    # ---------------------------------------------------------------- one

    def _show(self, line: Row | None) -> None:
        if line is None:
            return
        self.both.forget()
        self._compare(line, reveal=False)

    def _compare(self, line: Row, *, reveal: bool) -> None:
        session = self.desk.session
        try:
            said = duplicates.compare(session, line["one"]["id"], line["other"]["id"], reveal=reveal)
        except UserError as error:
            self._wrong(error)
            return
        self.heading.setText(line["who"])
        self.why.setText(f"{say('duplicate-score', score=line['score'])}：{line['why_text']}")
        self.against.setText(say("duplicate-against", reasons=line["against_text"]))
        self.against.setVisible(bool(line["against_text"]))
        self.both.show_pair(said, may=self.may)
        self.one_home.setChecked(reveal and self.one_home.isChecked())
        self.one_home.setText(say("duplicate-one-home", count=said["one_door"]))
        self.one_home.setVisible(self.may and bool(said["one_door"]))
        sealed = any(field["level"] >= 3 for field in said["fields"])
        may_reveal = sealed and not reveal and session.may("records.reveal") and session.ring is not None
        self.reveal.setVisible(may_reveal)
        self._say_merge()

    def _say_merge(self) -> None:
        self.merge.setText(f"合并为一人，以{SIDE_TITLES[self.both.stays]}为准　1")

    def _enter(self) -> None:
        """Enter on a line: on to the first thing to choose, or to the button."""
        first = next(iter(self.both.picks.values()), None)
        (first[self.both.stays].radio if first and self.may else self.merge).setFocus()

    def _reveal(self) -> None:
        line = self.list.current()
        if line is not None:
            self._compare(line, reveal=True)

    # ---------------------------------------------------------------- deciding

    def merge_pair(self) -> None:
        """The two become one; the next pair comes up, and it can be undone."""
        line = self.list.current()
        if line is None or not self.may:
            return
        keep, other = (line[side]["id"] for side in (self.both.stays, _opposite(self.both.stays)))
        choices = self.both.choices()
        household, one_home = choices.pop("household", "keep"), self.one_home.isChecked()
        merge = partial(
            duplicates.merge, self.desk.session, keep, other, choices, household=household, one_home=one_home
        )
        self._decide(line, merge, say("duplicate-merged", name=line[self.both.stays].get("name", "")))

    def keep_apart(self) -> None:
        line = self.list.current()
        if line is None or not self.may:
            return
        one, other = line["one"], line["other"]
        self._decide(line, partial(duplicates.keep_apart, self.desk.session, one["id"], other["id"]),
                     say("duplicate-apart", name=one.get("name", ""), other=other.get("name", "")))  # fmt: skip

    def put_off(self) -> None:
        """Nothing is written; the pair goes to the end, and the next one comes up."""
        line = self.list.current()
        if line is None:
            return
        self.left.add(line["key"])
        rows = [row for row in self.list.rows_model.rows if row["key"] != line["key"]]
        self.list.setCurrentIndex(self.list.model().index(-1, -1))
        self._set_lines([*rows, line])

    def _decide(self, line: Row, act: Any, text: str) -> None:
        self._deciding = True  # what is written here is read here, without all the other pairs
        try:
            done = act()
        except UserError as error:
            self._deciding = False
            self._wrong(error)
            return
        finally:
            self._deciding = False
        people = {line["one"]["id"], line["other"]["id"], done.id}
        if done.changed:
            self._shown_as |= dict.fromkeys(people, done.id)
        self._read_again(people)
        self.desk.notify(text, done.batch)

    def _read_again(self, people: set[str]) -> None:
        """Bring the lines that speak of these people up to date; the others stay."""
        theirs = [
            couple for couple in self.couples or () if any(p in people or self._shown_as.get(p) in people for p in couple)
        ]  # fmt: skip
        fresh = {line["key"]: line for line in map(line_of, duplicates.again(self.desk.session, theirs))}
        lines = []
        for row in self.list.rows_model.rows:
            if row["key"] in fresh:
                lines.append(fresh.pop(row["key"]))
            elif people.isdisjoint((row["one"]["id"], row["other"]["id"])):
                lines.append(row)
        self._stale = self._stale or self._reading  # what is being read may be older than this
        self._set_lines([*lines, *fresh.values()])

    def _wrong(self, error: UserError) -> None:
        if error.code not in MEANWHILE:
            self.desk.error(error)
            return
        self.desk.notify(say("duplicate-gone-meanwhile"))
        self.refresh({"all"})


def _opposite(side: str) -> str:
    return "other" if side == "one" else "one"
