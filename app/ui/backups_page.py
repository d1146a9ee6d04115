"""备份: when the last one was made and where, the second place, the files that are there, and restoring into a new folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.domain.clock import now
from app.services import backup_places, backups
from app.ui import theme
from app.ui.acts import moment
from app.ui.desk import Desk, Page
from app.ui.restore_dialog import RestoreDialog, told
from app.ui.sticks import sticks
from app.ui.tables import Column, Row, Table
from app.words import say

PLACES = {"first": "本机", "second": "第二处"}
SOON = "#9A5B00"


def size(value: Any) -> str:
    """Bytes as people say them."""
    return f"{int(value) / 1e6:,.1f} MB" if isinstance(value, int) else ""


def _verified(value: Any) -> str:
    return say("backup-verified" if value else "backup-unverified")


def _later(value: Any) -> str:
    return say("backup-before-erasure", count=value) if value else ""


def _tone(row: Row) -> str:
    return "" if row["verified"] else SOON


class BackupsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.last, self.where = theme.label("", "strong"), theme.soft()
        self.second = theme.soft()
        self.now = theme.primary("立即备份", "content-save-outline")
        self.elsewhere = theme.button("备份到别处…")
        self.choose = theme.button("选择第二存放处…")
        self.none = theme.button("不再使用", "link")
        self.list = Table([
            Column("at", "时间", 150, moment), Column("place", "存放", 80, lambda value: PLACES.get(value, "")),
            Column("size", "大小", 100, size), Column("verified", "核对", 130, _verified, tone=_tone),
            Column("name", "文件", 330), Column("before_erasure", "", 0, _later),
        ], remember=(self.desk.settings, "backups"))  # fmt: skip
        self.empty = theme.soft(say("backup-list-none"))
        self.restore = theme.button("恢复到新文件夹…")
        theme.only_if(self.desk.session.may("backups.restore"), self.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[2])
        said = QWidget()
        inside = QVBoxLayout(said)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.GAP[0])
        for each in (self.last, self.where):
            inside.addWidget(each)
        column.addWidget(theme.panel(
            _beside(said, self.elsewhere, self.now), theme.rule(), _beside(self.second, self.none, self.choose),
            margin=theme.GAP[2],
        ))  # fmt: skip
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(theme.panel(_beside(theme.soft(say("restore-why")), self.restore), margin=theme.GAP[2]))

    def _connect(self) -> None:
        self.now.clicked.connect(lambda: self.make(backup_places.default(self.desk.session)))
        self.elsewhere.clicked.connect(self._elsewhere)
        self.choose.clicked.connect(self._choose)
        self.none.clicked.connect(lambda: self.use_second(None))
        self.restore.clicked.connect(self._restore)

    # ---------------------------------------------------------------- showing

    def go(self) -> None:
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        if not changed & {"all", "backup"}:
            return
        session = self.desk.session
        last = backups.last(session)
        self.last.setText(say("backup-last", at=moment(last)) if last else say("backup-never"))
        self.where.setText(say("backup-where", folder=backup_places.default(session)) + "\n" + say("backup-rule"))
        second = backups.second_place(session)
        code = "backup-second-is" if second and Path(second).is_dir() else "backup-second-gone"
        self.second.setText(say(code, folder=second) if second else say("backup-second-none"))
        self.none.setVisible(bool(second))
        found = backups.listed(session)
        self.list.set_rows(found)
        self.list.setVisible(bool(found))
        self.empty.setVisible(not found)

    # ---------------------------------------------------------------- doing

    def make(self, folder: Path) -> None:
        """Make a backup in a folder, in the background."""
        session = self.desk.session
        if folder == backup_places.default(session):
            folder.mkdir(parents=True, exist_ok=True)
        self.now.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: backups.make(session, folder, progress=progress, cancelled=cancelled),
            self._made, lambda _: self.now.setEnabled(True), text=say("backup-copy"),
        )  # fmt: skip

    def _made(self, done: dict[str, Any]) -> None:
        self.now.setEnabled(True)
        self.refresh({"all"})
        self.desk.notify(say("backup-made", file=done["file"]))

    def _elsewhere(self) -> None:
        if folder := self._folder("备份到哪里"):
            self.make(folder)

    def _choose(self) -> None:
        if folder := self._folder("第二存放处"):
            self.use_second(folder)

    def use_second(self, folder: Path | None) -> None:
        session = self.desk.session
        self.desk.tasks.run(
            lambda _, __: backups.choose_second(session, folder),
            lambda _: self.refresh({"all"}),
            text=say("backup-copy"),
        )

    def _restore(self) -> None:
        session, chosen = self.desk.session, self.list.current()
        folder = session.folder.absolute()
        names = (folder.with_name(f"{folder.name}-restored{n or ''}") for n in range(1_000))
        dialog = RestoreDialog(
            self, self.desk.tasks, say("restore-beside"), file=str(chosen["file"]) if chosen else "",
            into=str(next(each for each in names if not each.exists())), account=session.account,
            practice=session.clock if session.rehearsal else now,
        )  # fmt: skip
        dialog.restored.connect(lambda done: self.desk.notify(told(done)))
        dialog.open()

    def _folder(self, title: str) -> Path | None:
        found = sticks()
        chosen = QFileDialog.getExistingDirectory(self, title, str(found[0][1]) if found else "")
        return Path(chosen) if chosen else None


def _beside(said: QWidget, *acts: QWidget) -> QWidget:
    """Words that wrap at the left, what can be done at the right."""
    made = theme.row(said, *acts)
    line = made.layout()
    assert line is not None
    line.setStretch(0, 1)  # type: ignore[attr-defined]  # a box
    return made
