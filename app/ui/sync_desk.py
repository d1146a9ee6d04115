"""同步: joining the street, what goes to it and what comes from it; at a centre, what each committee sent and how old it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QScrollArea, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress
from app.services import enrolment, exchanged, sync
from app.services.session import Session
from app.ui import errors, sticks, theme
from app.ui.bundle_result import BundleResult
from app.ui.desk import Desk, Page
from app.ui.enrol_dialogs import ANSWER, REQUEST, AcceptDialog, ApproveDialog, ReadOutDialog
from app.ui.sync_centre import CentrePane
from app.ui.sync_join import JoinPane
from app.ui.sync_panes import CamePane, ReportPane, SiblingPane, StickPane
from app.words import say

FOLDER = "sync-folder"
LOOK_EVERY = 3_000  # ms between looks for a stick that came or went
BUNDLES = f"楼图数据包 (*{sync.SUFFIX});;所有文件 (*)"
REQUESTS = f"登记申请 (*{REQUEST});;所有文件 (*)"
ANSWERS = f"街道的答复 (*{ANSWER});;所有文件 (*)"


def merge_all(session: Session, files: list[Path], progress: Progress, cancelled: Cancelled) -> list[dict[str, Any]]:
    """Each file by itself, so that what was taken before a 取消 is still shown."""
    results: list[dict[str, Any]] = []
    for file in files:
        if cancelled():
            break
        results.append(exchanged.take(session, file, progress, cancelled))
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
        if not session.may("bundles.merge"):
            self.receive.hide()
        self.said = theme.label("", "done", wrap=True)
        self.said.hide()
        self.result = BundleResult(self.desk)
        self.on_stick = StickPane(self.desk)
        self.seen: list[Path] = []
        self.look = QTimer(self)
        self.look.setInterval(LOOK_EVERY)
        if self.centre:
            self.street = CentrePane(self.desk)
            self.actions_row = [self.street.approve, self.receive, self.export]
            _below_each_other(self, self.said, self.on_stick, self.result, self.street)
            return
        self.steps, self.report = JoinPane(self.desk), ReportPane(self.desk, self.export, self.receive)
        self.sibling, self.came = SiblingPane(self.desk), CamePane(self.desk)
        holder, area = QWidget(), QScrollArea()
        _below_each_other(
            holder, self.said, self.result, self.on_stick, self.steps, self.report, self.sibling, self.came
        ).addStretch()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        _below_each_other(self, area)

    def _connect(self) -> None:
        self.export.clicked.connect(self._export)
        self.receive.clicked.connect(self._receive)
        self.look.timeout.connect(self.look_for_sticks)
        self.on_stick.take.connect(self.merge)
        if self.centre:
            self.street.told.connect(self.tell)
            self.street.approve.clicked.connect(self._approve)
            self.street.show_words.clicked.connect(lambda: self.tell(self.street.words, "soft"))
        else:
            self.report.to.connect(self.export_to)
            self.sibling.to.connect(self.swap_at)
            self.sibling.swap.clicked.connect(self._swap)
            self.steps.ask.clicked.connect(self._request)
            self.steps.answer.clicked.connect(self._accept)

    # ---------------------------------------------------------------- showing

    def go(self, files: list[Path] | None = None) -> None:
        self.refresh({"all"})
        if files:
            self.merge(files)
        self.seen = []
        self.look_for_sticks()
        self.look.start()

    def look_for_sticks(self) -> None:
        """Offer the sticks that are in; one that is new is looked through for bundles that are for this PC."""
        if not self.isVisible():
            self.look.stop()
            return
        if self.desk.tasks.busy:
            return
        found = sticks.sticks()
        if [root for _, root in found] == self.seen:
            return
        fresh = [each for each in found if each[1] not in self.seen]
        self.seen = [root for _, root in found]
        if not self.centre:
            self.report.sticks.offer(found)
            self.sibling.sticks.offer(found)
        self.on_stick.hide()
        if fresh and self.desk.session.may("bundles.inspect") and enrolment.status(self.desk.session)["enrolled"]:
            self._look_at(*fresh[-1])

    def _look_again(self) -> None:
        """What lies on the stick has been taken in, or more was written there."""
        self.on_stick.hide()
        self.seen = []

    def _look_at(self, name: str, root: Path) -> None:
        session = self.desk.session
        self.desk.tasks.run(
            lambda _, cancelled: exchanged.on_stick(session, root, cancelled),
            lambda found: self.on_stick.show_found(name, found), text=say("stick-looking"),
        )  # fmt: skip

    def refresh(self, changed: set[str]) -> None:
        if "all" not in changed and not self.isVisible():
            return  # `go` reads it anew
        if self.centre:
            self.street.refresh()
            return
        known = enrolment.status(self.desk.session)
        self.steps.setVisible(not known["enrolled"])
        self.report.setVisible(known["enrolled"])
        self.came.setVisible(known["enrolled"])
        self.sibling.refresh()
        self.came.refresh()
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
        for act in (self.export, self.receive, self.on_stick.receive, *(() if self.centre else (self.sibling.swap,))):
            act.setEnabled(not working)

    def _finished(self) -> None:
        """Receipts and what waits changed, though no resident did."""
        self._busy(False)
        self.refresh({"all"})
        self.desk.counts_changed()

    # ---------------------------------------------------------------- out

    def folder(self) -> str:
        """The one used last, or the first stick."""
        return str(self.desk.settings.get(FOLDER) or next((each for _, each in sticks.sticks()), ""))

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
        self._look_again()
        self.result.show_results(results, stopped=len(results) < asked)

    # ---------------------------------------------------------------- the other PC of this committee

    def _swap(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "与另一台电脑对拷：选择 U 盘或文件夹", self.folder())
        if chosen:
            self.swap_at(Path(chosen))

    def swap_at(self, folder: Path) -> None:
        """Take in what the other PC left on the stick and write the answer beside it, in one go."""
        self.desk.settings.put(FOLDER, str(folder))
        session = self.desk.session
        self.result.hide()
        self._run(
            lambda progress, cancelled: exchanged.swap(session, folder, progress, cancelled),
            lambda done: self._swapped(done, folder), folder, "swap-work",
        )  # fmt: skip

    def _swapped(self, done: dict[str, Any], folder: Path) -> None:
        self._finished()
        self._look_again()
        taken = [each for each in done["results"] if each["error"] is None]
        came, count = sum(each["applied"] for each in taken), sum(each["entries"] for each in done["made"])
        trouble = len(done["results"]) - len(taken)
        if trouble or any(row["aside"] or row["conflicts"] or row["refused"] for row in taken):
            self.result.show_results(done["results"])
        if trouble:
            self.tell(say("swap-trouble", count=trouble), "wrong")
            return
        code = (
            ("swap-answered" if done["fresh"] else "swap-done")
            if taken
            else "swap-gone"
            if done["made"]
            else "swap-nothing"
        )
        self.tell(say(code, came=came, count=count, folder=folder), "done" if taken or done["made"] else "soft")

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
