"""The photos of an incident: put in from a file, by dragging or from the clipboard, opened one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import photos
from app.services.records import Change
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk
from app.ui.incident_pictures import SUFFIXES, PhotoDialog, encoded, read
from app.words import say


def emptied(widget: QWidget) -> QGridLayout:
    """The grid of a part, without what it showed before."""
    layout = widget.layout()
    if isinstance(layout, QGridLayout):
        while item := layout.takeAt(0):
            if (each := item.widget()) is not None:
                each.hide()
                each.deleteLater()
        return layout
    made = QGridLayout(widget)
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(theme.GAP[1])
    made.setVerticalSpacing(2)
    return made


def link(text: str, act: Callable[[], object]) -> QWidget:
    """A small button in a line of words."""
    made = theme.button(text, "link")
    made.clicked.connect(lambda: act())
    return made


class PhotosCard(QWidget):
    """Emits `written` after a photo was put in or taken away."""

    written = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.incident = desk, ""
        self.may = desk.session.may("incidents.write")
        self.setAcceptDrops(self.may)
        self.shots = QWidget()
        self.put, self.paste = theme.button("放入照片…", icon_name="image-plus"), theme.button("粘贴照片　Ctrl+V")
        self.wrong = theme.label("", "wrong", wrap=True)
        self.wrong.hide()
        head = theme.row(theme.label("照片", "group"), 1, self.put, self.paste)
        why = theme.label(say("photo-why"), "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(theme.panel(head, self.shots, self.wrong, why, margin=theme.GAP[2]))
        for each in (self.put, self.paste):
            each.setVisible(self.may)
        self.put.clicked.connect(self.choose)
        self.paste.clicked.connect(self.from_clipboard)

    def paste_key(self, over: QWidget) -> None:
        """Ctrl+V anywhere on that page pastes a photo."""
        QShortcut(
            QKeySequence("Ctrl+V"), over, self.from_clipboard, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    def show_of(self, incident: str) -> None:
        """A line for each photo; the pictures are opened only when somebody asks."""
        self.incident = incident
        self.wrong.hide()
        session = self.desk.session
        found, grid = photos.list_(session, incident), emptied(self.shots)
        may_open = session.may("incidents.reveal") and session.ring is not None
        for at, each in enumerate(found):
            said = "　".join(filter(None, (moment(each["taken_at"]), each["by"], each["caption"])))
            grid.addWidget(theme.label(said, "small", wrap=True), at, 0)
            if may_open:
                grid.addWidget(link("查看（留痕）", lambda each=each, said=said: self.open_(each, said)), at, 1)  # type: ignore[misc]
            if self.may:
                grid.addWidget(link("删除", lambda each=each: self._remove(each)), at, 2)  # type: ignore[misc]
        grid.setColumnStretch(0, 1)
        self.shots.setVisible(bool(found))

    # ---------------------------------------------------------------- putting in

    def choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "放入照片", "", f"图片 ({' '.join(f'*{each}' for each in SUFFIXES)})"
        )
        if name:
            self.put_file(Path(name))

    def put_file(self, file: Path) -> None:
        self._put(lambda: read(file))

    def from_clipboard(self) -> None:
        """What lies in the clipboard: a picture file, or a picture."""
        board = QGuiApplication.clipboard()
        if files := _pictures(board.mimeData()):
            self.put_file(files[0])
            return
        image = QImage(board.image())
        if image.isNull():
            self.desk.notify(say("photo-nothing-pasted"))
            return
        self._put(lambda: image)

    def _put(self, image: Callable[[], QImage]) -> None:
        session, incident = self.desk.session, self.incident
        if self.may and incident:
            self._do(lambda: photos.add(session, incident, encoded(image())), say("photo-added-said"))

    def _remove(self, photo: dict[str, Any]) -> None:
        self._do(lambda: photos.remove(self.desk.session, photo["id"]), say("photo-removed-said"))

    def _do(self, act: Callable[[], Change], said: str) -> None:
        try:
            done = act()
        except UserError as error:
            self.wrong.setText(errors.words(error))
            self.wrong.show()
            return
        self.desk.notify(said, done.batch)
        self.written.emit()

    def open_(self, photo: dict[str, Any], said: str) -> None:
        try:
            picture = photos.open_(self.desk.session, photo["id"])
        except UserError as error:
            self.desk.error(error)
            return
        PhotoDialog(self, picture, f"{said}　{say('revealed')}").open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.incident and _pictures(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for file in _pictures(event.mimeData()):
            event.acceptProposedAction()
            self.put_file(file)


def _pictures(data: QMimeData) -> list[Path]:
    files = [Path(url.toLocalFile()) for url in data.urls()]
    return [file for file in files if file.suffix.lower() in SUFFIXES]
