"""同步: joining the street, what goes to it and what comes from it; at a centre, what each committee sent and how old it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress
from app.services import enrolment, sync
from app.services.session import Session
from app.ui import errors, theme
from app.ui.bundle_result import BundleResult, CentrePane, ReportPane
from app.ui.desk import Desk, Page
from app.ui.enrol_dialogs import ANSWER, REQUEST, AcceptDialog, ApproveDialog, ReadOutDialog, WordBoard
from app.ui.sticks import sticks
from app.words import say

FOLDER = "sync-folder"
WIDEST = 920  # px: the button of a step stays near its words
BUNDLES = f"楼图数据包 (*{sync.SUFFIX});;所有文件 (*)"
REQUESTS = f"登记申请 (*{REQUEST});;所有文件 (*)"
ANSWERS = f"街道的答复 (*{ANSWER});;所有文件 (*)"


def merge_all(session: Session, files: list[Path], progress: Progress, cancelled: Cancelled) -> list[dict[str, Any]]:
    """Each file by itself, so that what was taken before a 取消 is still shown."""
    results: list[dict[str, Any]] = []
    for file in files:
        if cancelled():
            break
        results += sync.merge(session, [file], progress=progress, cancelled=cancelled)
    return results


def _below_each_other(holder: QWidget, *widgets: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.GAP[2])
    for widget in widgets:
        column.addWidget(widget)
    return column


class SyncDesk(Page):
    """Only the pane differs: before enrolment the steps, then what waits; at a centre the committees."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.centre = desk.session.role == "centre"
        self._build()
        self._connect()
        self.refresh({"all"})

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        session = self.desk.session
        self.export = theme.primary("导出回执与下发…" if self.centre else "导出给街道…", "tray-arrow-up")
        self.receive = theme.button("接收数据…", icon_name="tray-arrow-down")
        self.receive.setVisible(session.may("bundles.merge"))
        self.said = theme.label("", "done", wrap=True)
        self.said.hide()
        self.result = BundleResult(self.desk)
        if self.centre:
            self.street = CentrePane(self.desk)
            self.actions_row = [self.street.approve, self.receive, self.export]
            _below_each_other(self, self.said, self.result, self.street)
            return
        self.steps, self.report = JoinPane(self.desk), ReportPane(self.desk, self.export, self.receive)
        holder, area = QWidget(), QScrollArea()
        _below_each_other(holder, self.steps, self.report, self.said, self.result).addStretch()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        _below_each_other(self, area)

    def _connect(self) -> None:
        self.export.clicked.connect(self._export)
        self.receive.clicked.connect(self._receive)
        if self.centre:
            self.street.approve.clicked.connect(self._approve)
            self.street.show_words.clicked.connect(lambda: self.tell(self.street.words, "soft"))
        else:
            self.report.to.connect(self.export_to)
            self.steps.ask.clicked.connect(self._request)
            self.steps.answer.clicked.connect(self._accept)

    # ---------------------------------------------------------------- showing

    def go(self, files: list[Path] | None = None) -> None:
        self.refresh({"all"})
        if not self.centre:
            self.report.offer_sticks()
        if files:
            self.merge(files)

    def refresh(self, changed: set[str]) -> None:
        if "all" not in changed and not self.isVisible():
            return  # `go` reads it anew
        if self.centre:
            self.street.refresh()
            return
        known = enrolment.status(self.desk.session)
        self.steps.setVisible(not known["enrolled"])
        self.report.setVisible(known["enrolled"])
        (self.report if known["enrolled"] else self.steps).refresh(known)

    def back(self) -> None:
        self.result.hide()

    def tell(self, text: str, kind: str = "done") -> None:
        """One sentence in place, which stays until the next act."""
        self.said.setText(text)
        self.said.setObjectName(kind)
        self.said.style().polish(self.said)
        self.said.setVisible(bool(text))

    def failed(self, error: Exception) -> None:
        self._busy(False)
        self.tell(errors.words(error), "wrong")

    def _busy(self, working: bool) -> None:
        for act in (self.export, self.receive):
            act.setEnabled(not working)

    def _finished(self) -> None:
        """Receipts and what waits changed, though no resident did."""
        self._busy(False)
        self.refresh({"all"})
        self.desk.counts_changed()

    # ---------------------------------------------------------------- out

    def folder(self) -> str:
        """The one used last, or the first stick."""
        return str(self.desk.settings.get(FOLDER) or next((each for _, each in sticks()), ""))

    def _export(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "写到哪个文件夹或 U 盘", self.folder())
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, folder: Path) -> None:
        """Write what waits; only when it was written and read again it is said to be safe."""
        self.desk.settings.put(FOLDER, str(folder))
        session = self.desk.session
        self._run(
            lambda progress, cancelled: sync.export(session, folder, progress=progress, cancelled=cancelled),
            lambda made: self._exported(made, folder), folder, "sync-export-work",
        )  # fmt: skip

    def _run(
        self, work: Callable[[Progress, Cancelled], Any], done: Callable[[Any], object], folder: Path | None, code: str
    ) -> None:
        def written(progress: Progress, cancelled: Cancelled) -> Any:
            try:
                return work(progress, cancelled)
            except OSError as error:
                if folder is None:
                    raise
                raise UserError("stick-unwritable", folder=str(folder)) from error

        self.tell("")
        self._busy(True)
        self.desk.tasks.run(written, done, self.failed, text=say(code))

    def _exported(self, made: list[dict[str, Any]], folder: Path) -> None:
        self._finished()
        total = sum(each["entries"] for each in made)
        code = "sync-safe" if total else "sync-safe-receipts" if made else "bundle-nothing"
        self.tell(say(code, count=len(made), folder=folder, entries=total), "done" if made else "soft")

    # ---------------------------------------------------------------- in

    def _receive(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, "选择数据包", self.folder(), BUNDLES)
        if chosen:
            self.desk.settings.put(FOLDER, str(Path(chosen[0]).parent))
            self.merge([Path(each) for each in chosen])

    def merge(self, files: list[Path]) -> None:
        """Take bundles in; each is judged by itself, and what came of it is said in place."""
        session = self.desk.session
        self.result.hide()
        self._run(
            lambda progress, cancelled: merge_all(session, files, progress, cancelled),
            lambda results: self._merged(results, len(files)), None, "sync-merge-work",
        )  # fmt: skip

    def _merged(self, results: list[dict[str, Any]], asked: int) -> None:
        self._finished()
        self.result.show_results(results, stopped=len(results) < asked)

    # ---------------------------------------------------------------- joining

    def _request(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "登记申请存到哪里", self.folder())
        if chosen:
            self.request_to(Path(chosen))

    def request_to(self, folder: Path) -> None:
        """Write this PC's request; its words stay on the screen, also after the program was closed."""
        session = self.desk.session
        file = folder / f"楼图登记申请-{session.code}-{session.device[:4]}{REQUEST}"
        self.desk.settings.put(FOLDER, str(folder))
        self._run(lambda _, __: enrolment.request(session, file), self._requested, folder, "enrol-writing")

    def _requested(self, done: dict[str, Any]) -> None:
        self.desk.settings.put(self.steps.kept, {"words": done["fingerprint"], "out": done["out"]})
        self._finished()

    def _accept(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "选择街道的答复", self.folder(), ANSWERS)
        if chosen:
            self.accept_from(Path(chosen))

    def accept_from(self, file: Path) -> None:
        """Ask for the root's words and trust the answer if they are the same."""
        dialog = AcceptDialog(self, self.desk, file)
        dialog.accepted.connect(self._accepted)
        dialog.open()

    def _accepted(self) -> None:
        self._finished()
        self.tell(say("enrol-done", name=self.report.street))

    # ---------------------------------------------------------------- approving, at a centre

    def _approve(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "选择登记申请", self.folder(), REQUESTS)
        if chosen:
            self.approve_from(Path(chosen))

    def approve_from(self, file: Path) -> None:
        """Who asks is shown; what must be heard and signed is asked for."""
        try:
            asked = enrolment.look(file)
        except UserError as error:
            self.failed(error)
            return
        self.tell("")
        dialog = ApproveDialog(self, self.desk, file, asked)
        dialog.approved.connect(self._approved)
        dialog.open()

    def _approved(self, name: str, answer: dict[str, Any]) -> None:
        self._finished()
        ReadOutDialog(self, name, answer).open()


class JoinPane(QFrame):
    """Before enrolment: three steps, and the words to be read out once the request is written."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.kept = f"enrol-request/{desk.session.device}"
        self.setObjectName("panel")
        self.setMaximumWidth(WIDEST)
        self._build()

    def _build(self) -> None:
        self.ask, self.answer = theme.primary("生成登记申请…"), theme.button("选择答复文件…")
        self.said = [theme.soft(say(f"enrol-step-{number}-why")) for number in (1, 2, 3)]
        self.board = WordBoard()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(theme.GAP[2])
        self.grid.setVerticalSpacing(theme.GAP[1])
        self.grid.setColumnStretch(1, 1)
        for number, act in ((1, self.ask), (2, None), (3, self.answer)):
            at = number * 4
            self.grid.addWidget(theme.label(str(number), "figure"), at, 0)
            self.grid.addWidget(theme.label(say(f"enrol-step-{number}"), "strong"), at, 1)
            self.grid.addWidget(self.said[number - 1], at + 1, 1, 1, 2)
            self.grid.setRowMinimumHeight(at + 3, theme.GAP[2])
            if act is not None:
                self.grid.addWidget(act, at, 2)
        self.grid.addWidget(self.board, 10, 1, 1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[3],) * 4)
        column.setSpacing(theme.GAP[3])
        column.addWidget(theme.title("与街道登记"))
        column.addWidget(theme.soft(say("enrol-why" if self.desk.session.may("devices.enrol") else "enrol-nobody")))
        column.addLayout(self.grid)

    def refresh(self, known: dict[str, Any]) -> None:
        """The step that comes next has the one primary button."""
        done = self.desk.settings.get(self.kept) or {}
        self.said[0].setText(say("enrol-written", out=done["out"]) if done else say("enrol-step-1-why"))
        self.said[1].setText(say("enrol-step-2-why" if done else "enrol-step-2-later"))
        self.board.show_words(done["words"] if done else "")
        self.board.setVisible(bool(done))
        may = self.desk.session.may("devices.enrol")
        for act, first in ((self.ask, not done), (self.answer, bool(done))):
            act.setEnabled(may)
            act.setObjectName("primary" if first else "")
            act.style().polish(act)
