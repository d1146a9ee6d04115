"""Where files go to and come from: the sticks that are plugged in, and a line to choose a file or folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QStorageInfo
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from app.ui import theme

ROOT_NAME = "root.key"
REMOVABLE = 2  # what Windows' GetDriveType says of a stick


def sticks() -> list[tuple[str, Path]]:
    """Removable drives that can be written to, named as a person knows them."""
    found = []
    for each in QStorageInfo.mountedVolumes():
        root = Path(each.rootPath())
        if each.isValid() and each.isReady() and not each.isReadOnly() and _removable(root):
            drive = root.drive or root.name
            name = each.displayName()
            found.append((f"{drive}（{'U 盘' if not name or name.rstrip('/').endswith(drive) else name}）", root))
    return found


def _removable(root: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(str(root)) == REMOVABLE)
    return root.parts[1:2] == ("media",) or root.parts[1:3] == ("run", "media")


class PathLine(QWidget):
    """A file or folder, typed or chosen. new: a file that may not be there yet and is never overwritten here."""

    def __init__(self, title: str, kind: Literal["file", "new", "folder"], start: str = "") -> None:
        super().__init__()
        self._title, self._kind = title, kind
        self.line = QLineEdit(start)
        self.line.setAccessibleName(title)
        self.browse = theme.button("选择…")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(theme.row(self.line, self.browse))
        self.browse.clicked.connect(self._browse)

    @property
    def path(self) -> Path | None:
        return Path(text) if (text := self.line.text().strip()) else None

    def _browse(self) -> None:
        start = self.line.text()
        if self._kind == "folder":
            chosen = QFileDialog.getExistingDirectory(self, self._title, start)
        elif self._kind == "file":
            chosen, _ = QFileDialog.getOpenFileName(self, self._title, start)
        else:
            keep = QFileDialog.Option.DontConfirmOverwrite
            chosen, _ = QFileDialog.getSaveFileName(self, self._title, start or ROOT_NAME, options=keep)
        if chosen:
            self.line.setText(chosen)
