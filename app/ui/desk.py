"""What every desk is handed: the session and the few things the window does for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.services.session import Session
from app.settings import Settings
from app.ui.tasks import Tasks

Step = tuple[str, Callable[[], object] | None]


class Notify(Protocol):
    """One sentence; with `undo_batch` 撤销 (or another word for undoing, `act`) stands beside it."""

    def __call__(self, text: str, undo_batch: str = "", act: str = "撤销", /) -> None: ...


class Go(Protocol):
    """Show a section; `where` is handed to its desk."""

    def __call__(self, key: str, /, **where: Any) -> None: ...


@dataclass(slots=True)
class Desk:
    """notify(text, batch): the bar with 撤销; go(section, **where); show_path([(words, act)]); error(exc)."""

    session: Session
    tasks: Tasks
    notify: Notify
    go: Go
    error: Callable[[Exception], None]
    counts_changed: Callable[[], None]
    show_path: Callable[[list[Step]], None]
    settings: Settings = field(default_factory=Settings)
    lock: Callable[[], object] = lambda: None
    """Close the workspace and ask for an account."""
    on_lock: list[Callable[[], object]] = field(default_factory=list)
    """Called before the workspace is closed: what reads it in the background stops, and waits until it has."""
    trouble: dict[str, str] = field(default_factory=dict)
    """What failed in the background of this window, in words by kind; 今日 shows it until it went well."""
    found: dict[str, int] = field(default_factory=dict)
    """How many wait of what is only looked for when asked (duplicates), as far as anybody asked; 今日 shows it."""

    def once(self, what: str) -> str:
        """The setting that says something was done once in this workspace: another one begins anew."""
        return f"{what}/{self.session.committee_id}"


class Page(QWidget):
    """A desk's widget, and what the window asks of it; a desk overrides what it needs."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.actions_row: list[QWidget] = []
        """First-level buttons, shown at the right of the breadcrumb while the desk is open."""

    def go(self, *args: Any, **where: Any) -> None:
        """The desk is shown, perhaps at a certain place."""

    def refresh(self, changed: set[str]) -> None:
        """Entities of these names were written ("all": read everything anew)."""

    @property
    def unsaved(self) -> bool:
        """Is there work that `leave` would ask about?"""
        return False

    def leave(self) -> bool:
        """May the desk be left? Unsaved work asks here, once."""
        return True

    def back(self) -> None:
        """Esc: one step back within the desk."""

    def undo_here(self) -> bool:
        """Ctrl+Z: is there something of the desk's own that is taken back, before the last batch is?"""
        return False

    def redo_here(self) -> bool:
        """Ctrl+Y: the same for what was taken back."""
        return False


class FilePage(Page):
    """A page that works on a file: `open` takes one, also a file that is let go over the page."""

    takes: tuple[str, ...] = (".xlsx",)
    """Endings of the files it opens."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.setAcceptDrops(True)

    def open(self, file: Path) -> None:
        """Work on this file."""

    def may_open_files(self) -> bool:
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if file := self._dropped(event):
            event.acceptProposedAction()
            self.open(file)

    def _dropped(self, event: QDropEvent) -> Path | None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls()] if self.may_open_files() else []
        return next((file for file in files if file.suffix.lower() in self.takes), None)
