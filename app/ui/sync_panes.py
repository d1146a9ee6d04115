"""同步 at a committee, card by card: the street, the other PC, what lies on a stick, what came last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.services import exchanged, sync_state
from app.ui import theme
from app.ui.bundle_result import HEADER, LINE, age, came_table, day, hours_since, names_of_devices, row_of_came
from app.ui.desk import Desk
from app.ui.registry_line import RegistryLine
from app.words import say

SHOWN_STICKS, SHOWN_FILES = 3, 6


def _card(widget: QFrame) -> QVBoxLayout:
    widget.setObjectName("panel")
    column = QVBoxLayout(widget)
    column.setContentsMargins(*(theme.GAP[3],) * 4)
    column.setSpacing(theme.GAP[2])
    return column


def empty_line(holder: QWidget) -> None:
    """Take away what stands in a row."""
    line = holder.layout()
    assert line is not None
    while item := line.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


class StickButtons(QWidget):
    """A button for each stick that is in. Emits `to` with the stick's folder."""

    to = Signal(object)

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.line = theme.row()
        column.addWidget(self.line)

    def offer(self, found: list[tuple[str, Path]]) -> None:
        empty_line(self.line)
        layout = self.line.layout()
        assert layout is not None
        for name, root in found[:SHOWN_STICKS]:
            made = theme.button(self.words.format(name=name))
            made.clicked.connect(lambda _=False, root=root: self.to.emit(root))
            layout.addWidget(made)
        self.setVisible(bool(found))


# ---------------------------------------------------------------- the street


class ReportPane(QFrame):
    """Whom we trust and how long, what waits, what the street has. Emits `to` with a stick that was clicked."""

    to = Signal(object)

    def __init__(self, desk: Desk, export: QPushButton, receive: QPushButton) -> None:
        super().__init__()
        self.desk = desk
        self.street = ""
        self._build(export, receive)
        self.show_words.clicked.connect(lambda: self.words.setVisible(self.words.isHidden()))
        self.sticks.to.connect(self.to)

    def _build(self, export: QPushButton, receive: QPushButton) -> None:
        self.title = theme.title("")
        self.show_words = theme.button("街道的八个词", "link")
        self.words = theme.soft()
        self.words.hide()
        self.waits = theme.label("", "strong", wrap=True)
        self.since = theme.soft()
        self.received = theme.soft()
        self.registry = RegistryLine(self.desk)
        self.sticks = StickButtons("导出到 {name}")
        column = _card(self)
        column.addWidget(theme.row(self.title, 1, self.show_words))
        for widget in (self.words, self.registry, self.waits, self.since, self.received):
            column.addWidget(widget)
        column.addWidget(theme.row(export, self.sticks, receive, 1))

    def refresh(self, known: dict[str, Any]) -> None:
        now = self.desk.session.now()
        self.street = next((each["name"] for each in known["members"] if each["role"] == "centre"), "街道")
        self.title.setText(say("sync-with", name=self.street))
        self.words.setText(say("sync-words", words=known["root_words"]))
        self.registry.refresh(known)
        states = sync_state.waiting(self.desk.session)
        unsent, entries = (max((each[key] for each in states), default=0) for key in ("unsent", "entries"))
        news = any(each["news"] for each in states)
        code = "sync-waits" if unsent else "sync-sent" if entries else "sync-registry" if news else "sync-nothing"
        self.waits.setText(say(code, count=unsent or entries))
        since = min((each["since"] for each in states if each["since"]), default=None)
        self.since.setText(say("sync-since", since=day(since, now)) if since else "")
        self.since.setVisible(since is not None)
        until = max((each["received_until"] for each in states if each["received_until"]), default=None)
        said = max((each["last_receipt"] for each in states if each["last_receipt"]), default=None)
        self.received.setText(
            say("sync-received", until=day(until, now), age=age(hours_since(said, now)))
            if until
            else say("sync-no-receipt")
        )


# ---------------------------------------------------------------- the other PC of this committee


class SiblingPane(QFrame):
    """与另一台电脑对拷, where the registry has another PC of this committee. Emits `to` with a folder or stick."""

    to = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.swap = theme.button("与另一台电脑对拷…", icon_name="swap-horizontal")
        self.sticks = StickButtons("对拷：{name}")
        self.waits = theme.label("", wrap=True)
        column = _card(self)
        for widget in (theme.label("与另一台电脑对拷", "strong"), theme.soft(say("swap-why")), self.waits):
            column.addWidget(widget)
        column.addWidget(theme.row(self.swap, self.sticks, 1))
        self.sticks.to.connect(self.to)

    def refresh(self) -> None:
        session = self.desk.session
        states = sync_state.waiting(session, sibling=True)
        may = session.may("bundles.export") and session.may("bundles.merge")
        self.setVisible(bool(states) and may)
        self.waits.setText("\n".join(map(self._words, states)))

    def _words(self, state: dict[str, Any]) -> str:
        now, last = self.desk.session.now(), state["last_receipt"]
        code = "swap-waits" if state["unsent"] else "swap-sent" if state["entries"] else "swap-even"
        said = [say(code, count=state["unsent"] or state["entries"], device=state["device"][:4])]
        if state["unsent"] and state["since"]:
            said.append(say("sync-since", since=day(state["since"], now)))
        if last:
            said.append(say("swap-last", age=age(hours_since(last, now))))
        return "".join(said)


# ---------------------------------------------------------------- what lies on a stick, what came


class StickPane(QFrame):
    """The bundles for this PC that a stick brought. Emits `take` with those that are new."""

    take = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.files: list[Path] = []
        self.title = theme.label("", "strong")
        self.list = theme.soft()
        self.receive = theme.primary("", "tray-arrow-down")
        column = _card(self)
        self.close_button = theme.button("知道了", "link")
        self.act = theme.row(self.receive, 1)
        for widget in (theme.row(self.title, 1, self.close_button), self.list, self.act):
            column.addWidget(widget)
        self.close_button.clicked.connect(self.hide)
        self.receive.clicked.connect(lambda: self.take.emit(self.files))
        self.hide()

    def show_found(self, name: str, found: dict[str, Any]) -> None:
        """What `exchanged.on_stick` says of the stick of this name."""
        now = self.desk.session.now()
        fresh = [each for each in found["for_me"] if not each["taken"]]
        self.files = [Path(each["file"]) for each in fresh]
        self.title.setText(say("stick-found" if fresh else "stick-nothing", name=name, count=len(fresh)))
        lines = [
            say("stick-one", at=day(each["at"], now), name=each["from"], count=each["entries"])
            for each in fresh[-SHOWN_FILES:]
        ]
        if found["others"]:
            lines.append(say("stick-others", count=found["others"]))
        self.list.setText("\n".join(lines))
        self.list.setVisible(bool(lines))
        self.receive.setText(f"接收这 {len(fresh)} 个")
        self.act.setVisible(bool(fresh) and self.desk.session.may("bundles.merge"))
        self.setVisible(bool(found["for_me"] or found["others"]))


class CamePane(QFrame):
    """最近收到: the last bundles, and what came of each."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.table = came_table(desk)
        self.nothing = theme.soft(say("came-none"))
        column = _card(self)
        for widget in (theme.label("最近收到", "strong"), self.table, self.nothing):
            column.addWidget(widget)

    def refresh(self) -> None:
        names = names_of_devices(self.desk)
        rows = [row_of_came(each, self.desk.session.role, names) for each in exchanged.came(self.desk.session)]
        self.table.set_rows(rows)
        lines = sum(1 + row["words"].count("\n") for row in rows)
        self.table.setFixedHeight(HEADER + LINE * min(max(lines, 1), SHOWN_FILES))
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
