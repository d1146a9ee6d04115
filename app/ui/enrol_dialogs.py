"""Joining the street by telephone: words read out and typed in, and what they open.

Passwords are asked each time and kept nowhere; only where files lie is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app.domain import fingerprints
from app.domain.findings import UserError
from app.services import enrolment
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.sticks import ROOT_NAME, PathLine, sticks
from app.words import say

ROOT_FILE = "root-key-file"
REQUEST, ANSWER = ".ltq", ".lta"
WIDTH = 620


# ---------------------------------------------------------------- words over the telephone


class WordBoard(QFrame):
    """Eight words large enough to be read out, numbered so that both sides know where they are."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.setObjectName("notice")
        grid = QGridLayout(self)
        grid.setContentsMargins(*(theme.GAP[3],) * 4)
        self._places = [theme.label("", "figure") for _ in range(fingerprints.COUNT)]
        for number, place in enumerate(self._places):
            grid.addWidget(theme.row(theme.label(str(number + 1), "small"), place, 1), number // 4, number % 4)
        self.show_words(words)

    def show_words(self, words: str) -> None:
        self.words = words
        self.setAccessibleName(words)
        for place, word in zip(self._places, words.split(), strict=False):
            place.setText(word)


class WordsInput(QWidget):
    """What was heard; a word that is in no list is said at once, before anything is compared."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setPlaceholderText(say("words-hint"))
        self.line.setMinimumHeight(38)
        self.hint = theme.label(say("words-count", count=0), "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[0])
        column.addWidget(self.line)
        column.addWidget(self.hint)
        self.line.textChanged.connect(self._heard)

    @property
    def text(self) -> str:
        return self.line.text()

    def _heard(self, text: str) -> None:
        pieces = [piece[at : at + 2] for piece in re.split(r"[\W_]+", text) for at in range(0, len(piece), 2)]
        unknown = next((each for each in pieces if len(each) == 2 and each not in fingerprints.WORDS), None)
        spare = len(pieces) - fingerprints.COUNT
        code = "words-unknown" if unknown else "words-many" if spare > 0 else "words-count" if spare else "words-full"
        self.hint.setText(say(code, word=unknown, count=len(pieces)))
        self.hint.setObjectName("wrong" if unknown or spare > 0 else "small" if spare else "done")
        self.hint.style().polish(self.hint)


# ---------------------------------------------------------------- dialogs


class Asking(Dialog):
    """A dialog whose act runs in the background. What is wrong is said in it, and it stays."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, act: QPushButton) -> None:
        super().__init__(parent, title)
        self.desk = desk
        self.setFixedWidth(WIDTH)
        self.body.setSpacing(theme.GAP[2])
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.cancel = theme.button("返回")
        self.cancel.clicked.connect(self.reject)
        self.act = act
        self._working = False

    def end(self) -> None:
        """The last lines of the dialog."""
        self.body.addWidget(self.message)
        self.body.addWidget(theme.row(1, self.cancel, self.act))

    def wrong(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()
        self.adjustSize()

    def attempt(self, work: Callable[[], dict[str, Any]], out: Path | None, text: str) -> None:
        """Run it; `done` with what came, or the reason in words. out: where it writes."""

        def tried() -> dict[str, Any] | UserError:
            try:
                return work()
            except UserError as error:
                return error
            except OSError as error:
                if out is None:
                    raise
                return UserError("stick-unwritable", folder=str(out), why=str(error))

        self.message.hide()
        self._busy(True)
        self.desk.tasks.run(lambda _, __: tried(), self._answered, lambda _: self._busy(False), text=text)

    def _busy(self, working: bool) -> None:
        self._working = working
        self.act.setEnabled(not working)

    def _answered(self, answer: dict[str, Any] | UserError) -> None:
        self._busy(False)
        if isinstance(answer, UserError):
            self.wrong(errors.words(answer))
        else:
            self.done_well(answer)

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()

    def reject(self) -> None:
        """Not while it works: the answer comes to this dialog."""
        if not self._working:
            super().reject()


class AcceptDialog(Asking):
    """The committee hears the root's words before it trusts the answer."""

    def __init__(self, parent: QWidget, desk: Desk, file: Path) -> None:
        super().__init__(parent, desk, "接受街道的答复", theme.primary("核对并信任街道"))
        self.file = file
        self.heard = WordsInput()
        for widget in (theme.soft(say("accept-why")), self.heard):
            self.body.addWidget(widget)
        self.end()
        self.act.clicked.connect(self._accept)
        self.heard.line.returnPressed.connect(self.act.click)

    def _accept(self) -> None:
        session, file, words = self.desk.session, self.file, self.heard.text
        self.attempt(lambda: enrolment.accept(session, file, words), None, say("accept-work"))


class RootKey(QWidget):
    """Where the root key lies, and its password."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        start = str(desk.settings.get(ROOT_FILE, ""))
        self.file = PathLine("根密钥文件", "file", start or next((str(each / ROOT_NAME) for _, each in sticks()), ""))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("根密钥密码")
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(theme.GAP[2])
        self.put("根密钥文件", self.file)
        self.put("根密钥密码", self.password)

    def put(self, text: str, widget: QWidget) -> None:
        """One more line below."""
        at = self.grid.rowCount()
        self.grid.addWidget(theme.label(text, "soft"), at, 0)
        self.grid.addWidget(widget, at, 1)

    def given(self) -> tuple[Path, str]:
        """File and password. Raises UserError: root-file-needed, root-password-needed."""
        if self.file.path is None:
            raise UserError("root-file-needed")
        if not self.password.text():
            raise UserError("root-password-needed")
        self.desk.settings.put(ROOT_FILE, str(self.file.path))
        return self.file.path, self.password.text()


class ApproveDialog(Asking):
    """The centre hears the request's words and signs with the root key. Emits `approved`: the name, the answer."""

    approved = Signal(str, object)

    def __init__(self, parent: QWidget, desk: Desk, file: Path, asked: dict[str, Any]) -> None:
        super().__init__(parent, desk, "批准登记申请", theme.primary("批准"))
        self.file, self.asked = file, asked
        self.heard = WordsInput()
        self.root = RootKey(desk)
        self.out = PathLine("答复写到", "folder", str(file.parent))
        self.root.put("答复写到", self.out)
        who = theme.title(say("approve-who", **asked))
        for widget in (
            who,
            theme.soft(say("approve-why")),
            self.heard,
            theme.rule(),
            theme.soft(say("approve-root")),
            self.root,
        ):
            self.body.addWidget(widget)
        self.end()
        self.act.clicked.connect(self._approve)
        self.root.password.returnPressed.connect(self.act.click)

    def _approve(self) -> None:
        try:
            root, password = self.root.given()
            if self.out.path is None:
                raise UserError("answer-needed")
        except UserError as error:
            self.wrong(errors.words(error))
            return
        session, file, words = self.desk.session, self.file, self.heard.text
        out = self.out.path / f"楼图登记答复-{self.asked['code']}-{self.asked['device'][:4]}{ANSWER}"
        self.attempt(
            lambda: enrolment.approve(session, file, root, password, words, out), out.parent, say("approve-work")
        )

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()
        self.approved.emit(self.asked["name"], answer)


class ReadOutDialog(Dialog):
    """Approved: the root's words, to be read to the committee that waits at the telephone."""

    def __init__(self, parent: QWidget, name: str, answer: dict[str, Any]) -> None:
        super().__init__(parent, "批准登记申请")
        self.setFixedWidth(WIDTH)
        self.body.setSpacing(theme.GAP[2])
        self.board = WordBoard(answer["root_words"])
        self.read = theme.primary("读完了")
        self.read.clicked.connect(self.accept)
        for widget in (
            theme.title(say("approved-title", name=name)), theme.soft(say("approved-why")), self.board,
            theme.soft(say("approved-file", out=answer["out"])), theme.row(1, self.read),
        ):  # fmt: skip
            self.body.addWidget(widget)
