"""文书: papers of isolation chosen, looked at and printed; and the day's sheet and the hand-over list for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QCheckBox, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app.domain import notices as kinds
from app.domain.access import ALONE_UP_TO
from app.services import day_sheets, handover, notices
from app.services.notices import Papers, made_words
from app.services.records import Change
from app.ui import theme
from app.ui.acts import moment
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.paper_choice import GeneralForm, PeopleList
from app.ui.paper_dialog import PaperDialog, Printing
from app.ui.papers_dialogs import HandedDialog, PaperSettingsDialog
from app.ui.pdf_view import PdfView
from app.ui.second_dialog import SecondDialog, others
from app.ui.tables import Column, Row, Table
from app.words import say

READ_WHEN = {"isolation_case", "isolation_check", "notice", "resident", "household", "building", "all"}
PREVIEW, MADE = 0, 1


class PapersPage(Page):
    """Left: which kind, for whom; right: the paper, or those that were made."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.papers: Papers | None = None
        self._busy = False
        self._build()
        self._connect()
        if self.may:
            self.refresh({"all"})
        self._show()

    @property
    def may(self) -> bool:
        return self.desk.session.may("notices.print") and self.desk.session.role == "committee"

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.kind = theme.Choice()
        self.kind.setAccessibleName("文书种类")
        for each in kinds.KINDS:
            self.kind.addItem(each, each)
        self.said = theme.soft("")
        self.said.setMinimumHeight(40)
        self.people = PeopleList()
        self.general = GeneralForm(self.desk)
        self.whom = QStackedWidget()
        for widget in (self.people, theme.scrolled(self.general)):
            self.whom.addWidget(widget)
        self.documents = QCheckBox(say("papers-documents"))
        self.make = theme.primary("", "file-document-outline")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.kind)
        column.addWidget(self.said)
        column.addWidget(self.whom, 1)
        column.addWidget(self.documents)
        column.addWidget(self.make)
        left.setMinimumWidth(340)
        self.whole = QStackedWidget()
        self.whole.addWidget(theme.split(left, self._right(), sizes=(470, 700)))
        self.whole.addWidget(
            empty(say("papers-centre"), "看同步", lambda: self.desk.go("sync"), "file-document-outline")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.addWidget(self.whole)

    def _right(self) -> QWidget:
        self.pdf = PdfView()
        self.print = theme.primary(say("papers-print-none"), "printer-outline")
        self.print.setToolTip("Ctrl+P")
        self.save = theme.button(say("papers-save"), icon_name="content-save-outline")
        self.settings = theme.button(say("papers-settings"), icon_name="cog-outline")
        theme.only_if(self.desk.session.may("settings.change"), self.settings)
        self.start = theme.soft(say("papers-choose"))
        self.start.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview = QStackedWidget()
        for widget in (self.start, self.pdf):
            self.preview.addWidget(widget)
        self.table = Table([
            Column("number", "编号", 138, _short), Column("kind", "文书", 104), Column("whom", "给谁", 108),
            Column("made_at", "制作时间", 92, lambda at: moment(at)[5:]), Column("handed_words", "送达"),
        ], remember=(self.desk.settings, "papers"))  # fmt: skip
        self.again, self.hand = (
            theme.button(say("papers-again"), icon_name="printer-outline"),
            theme.button(say("papers-hand")),
        )
        theme.only_if(self.desk.session.may("isolation.write"), self.hand)
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(theme.row(self.again, self.hand, 1))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.addWidget(self.preview, 1)
        column.addWidget(theme.row(self.print, self.save, 1, self.settings))
        self.tabs.addTab(shown, say("papers-preview"))
        self.tabs.addTab(made, say("papers-made-list"))
        return self.tabs

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _: self._another_kind())
        self.people.ticked.connect(self._show)
        self.general.changed.connect(self._show)
        self.make.clicked.connect(self._make)
        self.print.clicked.connect(self._print)
        self.save.clicked.connect(lambda: self._printing().ask_where())
        self.settings.clicked.connect(lambda: PaperSettingsDialog(self, self.desk).open())
        self.table.chosen.connect(lambda _: self._show())
        self.table.opened.connect(lambda _: self.again.click())
        self.again.clicked.connect(self._again)
        self.hand.clicked.connect(self._hand)
        key = QAction(self)
        key.setShortcut(QKeySequence(QKeySequence.StandardKey.Print))
        key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.triggered.connect(self.print.click)
        self.addAction(key)

    # ---------------------------------------------------------------- showing

    def go(self, case: str | None = None, **where: Any) -> None:
        """Choose a case's paper, of a kind if one is named; nothing: the list as it is."""
        if kind := str(where.get("kind") or ""):
            self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        if case and self.may:
            row = next((row for row in self.people.rows if row["id"] == case), None)
            if row is not None and not kind:
                over = row["state"] in kinds.OVER
                self.kind.setCurrentIndex(self.kind.findData(kinds.REQUEST if over else kinds.TOLD))
            self.people.tick_only({case})
        self.people.focus() if self.whom.currentIndex() == 0 else self.kind.setFocus()

    def refresh(self, changed: set[str]) -> None:
        """Cases or papers were written; the paper that is shown stays as it was printed."""
        if not self.may or not changed & READ_WHEN:
            return
        self.people.set_rows(notices.people(self.desk.session, ended=True))
        if changed & {"building", "all"}:
            self.general.refresh()
        rows = notices.list_(self.desk.session)
        kept = self.table.current()
        self.table.set_rows([_made_row(row) for row in rows])
        if kept:
            self.table.choose("number", kept["number"])
        count = f"　{len(rows)}" if rows else ""
        self.tabs.setTabText(MADE, f"{say('papers-made-list')}{count}")
        self._kind_chosen()

    def _another_kind(self) -> None:
        """Another paper is wanted: the one that was made before is not what 打印 should print."""
        self.papers = None
        self._kind_chosen()

    def _kind_chosen(self) -> None:
        kind = str(self.kind.currentData())
        self.said.setText(say(f"papers-kind-{kind}"))
        self.whom.setCurrentIndex(1 if kind == kinds.GENERAL else 0)
        self.documents.setVisible(kind == kinds.REQUEST and self.desk.session.may("isolation.reveal"))
        if kind != kinds.GENERAL:
            self.people.show_for(kinds.OF[kind])
        self._show()

    def _show(self) -> None:
        kind = str(self.kind.currentData())
        count = len(self.people.chosen())
        general = kind == kinds.GENERAL
        words = "papers-make-doors" if general else "papers-make-count" if count else "papers-make"
        self.make.setText(say(words, kind=kind, count=count))
        ready = self.general.is_ready() if general else count > 0
        self.make.setEnabled(ready and self.may and not self._busy)
        papers = self.papers.copies if self.papers else 0
        self.print.setText(say("papers-print", papers=papers) if papers else say("papers-print-none"))
        for button in (self.print, self.save):
            button.setEnabled(self.papers is not None and not self._busy)
        row = self.table.current()
        self.again.setEnabled(row is not None and not self._busy)
        self.hand.setEnabled(row is not None and bool(self._to_hand(row)))
        self.preview.setCurrentIndex(1 if self.papers else 0)
        self.whole.setCurrentIndex(0 if self.may else 1)

    # ---------------------------------------------------------------- doing

    def _make(self) -> None:
        kind = str(self.kind.currentData())
        asked: dict[str, Any] = {"cases": self.people.chosen()}
        if kind == kinds.GENERAL:
            asked = self.general.asked()
        elif kind == kinds.REQUEST:
            asked["documents"] = self.documents.isChecked() and self.documents.isVisibleTo(self)
        if asked.get("documents") and len(asked["cases"]) > ALONE_UP_TO and others(self.desk):
            act = theme.primary(say("papers-second-do"))
            said = say("papers-second", count=len(asked["cases"]))
            dialog = SecondDialog(self, self.desk, say("papers-second-title"), said, act)
            dialog.vouched.connect(lambda second: self._run(partial(notices.make, kind=kind, second=second, **asked)))
            dialog.open()
            return
        self._run(partial(notices.make, kind=kind, **asked))

    def _again(self) -> None:
        row = self.table.current()
        if row is not None:
            self._run(lambda session, progress, cancelled: notices.again(session, row["number"]))

    def _run(self, work: Callable[..., Papers]) -> None:
        session = self.desk.session
        self._work(True)
        self.desk.tasks.run(
            lambda progress, cancelled: work(session, progress=progress, cancelled=cancelled), self._made,
            lambda _: self._work(False), text=say("paper-making"),
        )  # fmt: skip

    def _work(self, busy: bool) -> None:
        self._busy = busy
        self._show()

    def _made(self, made: Papers) -> None:
        self.papers = made
        self.pdf.show_pdf(made.pdf)
        self.tabs.setCurrentIndex(PREVIEW)
        self._work(False)
        self.print.setFocus()
        new = made.again < len(made.numbers)
        told = say("papers-made-said", kind=made.kind, papers=made.copies, pages=made.pages)
        self.desk.notify(told if new else made_words(made), made.batch if new else "")

    def _printing(self) -> Printing:
        assert self.papers is not None
        session, made = self.desk.session, self.papers
        name = f"{made.kind}{session.now().date().isoformat()}"
        return Printing(self, self.desk, name, made.pdf, lambda out: notices.save(session, made, out))

    def _print(self) -> None:
        assert self.papers is not None
        flipped = kinds.OF[self.papers.kind].layout == "list"
        self._printing().ask_printer(self.papers.pages, flipped=flipped)

    def _to_hand(self, row: Row) -> list[Row]:
        """Whose release notice may be handed over, of those on a paper."""
        return [each for each in self.people.rows if each["id"] in row["cases"] and each["state"] in kinds.OVER]

    def _hand(self) -> None:
        row = self.table.current()
        if row is not None and (people := self._to_hand(row)):
            dialog = HandedDialog(self, self.desk, people)
            dialog.handed.connect(self._handed)
            dialog.open()

    def _handed(self, done: Change) -> None:
        self.desk.notify(say("notice-handed", count=len(done.changed)), done.batch)

    def back(self) -> None:
        """Esc: to the kinds."""
        self.kind.setFocus()


def _short(number: str) -> str:
    """Without what all numbers of the committee begin with; the whole stands in the preview."""
    return number[number.find("〔") :] if "〔" in number else number


def _made_row(row: Row) -> Row:
    names, doors = row["names"], row["doors"]
    some = names or doors
    whom = "、".join(some[:2]) + (f"等 {len(some)} 人" if len(names) > 2 else "")
    over = row["kind"] in (kinds.REQUEST, kinds.RECEIPT, kinds.RELEASE)
    words = say("papers-handed-some", handed=row["handed"], count=len(row["cases"])) if over and row["cases"] else ""
    return {**row, "whom": f"{row['title']} {whom}".strip(), "handed_words": words}


# ---------------------------------------------------------------- for other desks


def print_day_sheet(desk: Desk, parent: QWidget | None = None) -> None:
    """今日单, shown to be printed or saved: this account's own where it has buildings, else everybody's."""
    session = desk.session
    worker = session.account if session.buildings else ""
    desk.tasks.run(
        lambda progress, cancelled: day_sheets.make(session, worker=worker, progress=progress, cancelled=cancelled),
        lambda made: _show_paper(
            desk, parent, say("day-sheet-title"), made.pdf, lambda out: day_sheets.save(session, made, out)
        ),
        text=say("paper-making"),
    )  # fmt: skip


def print_handover(desk: Desk, kind: str = "shift", parent: QWidget | None = None) -> None:
    """交接清单, shown to be printed or saved; from a shift's one may go on to an office's."""
    session = desk.session
    other = "office" if kind == "shift" else "shift"
    also = None
    if other == "shift" or session.may("accounts.list"):
        also = (say(f"paper-dialog-{other}"), lambda: print_handover(desk, other, parent))
    desk.tasks.run(
        lambda progress, cancelled: handover.make(session, kind, progress=progress, cancelled=cancelled),
        lambda made: _show_paper(
            desk, parent, say(f"handover-{kind}"), made.pdf, lambda out: handover.save(session, made, out), also
        ),
        text=say("paper-making"),
    )  # fmt: skip


def _show_paper(
    desk: Desk, parent: QWidget | None, title: str, pdf: bytes, save: Callable[..., Any],
    also: tuple[str, Callable[[], object]] | None = None,
) -> None:  # fmt: skip
    above = parent or QApplication.activeWindow() or next(
        (each for each in QApplication.topLevelWidgets() if each.isVisible()), None
    )  # fmt: skip
    if above is not None:
        PaperDialog(above, desk, title, pdf, save, also=also).open()
