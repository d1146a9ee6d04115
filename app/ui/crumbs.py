"""The breadcrumb: where one is and the way there, as much of it in words as the buttons beside it leave room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui import theme
from app.ui.desk import Step

MANY, LETTERS = 3, 6
"""Steps from where on the first names are cut short; letters that are left of one."""
LEFT_OUT = "…"
BESIDE = 12  # px that a link has round its words
LEAST = 60  # px: below that nothing can be read; the window may still be made narrower


class Crumbs(QWidget):
    """Lies in a row with `beside` as what stands at its end; every step but the last can be clicked.

    What is cut short says itself whole when the pointer rests on it.
    """

    def __init__(self, row: QWidget) -> None:
        super().__init__(row)
        self.beside: QWidget | None = None
        self._row = row
        self._steps: Sequence[Step] = ()
        self._texts: list[str] = []
        self._words: list[QPushButton | QLabel] = []
        self._between: list[QLabel] = []
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(theme.GAP[0])
        self.setMinimumWidth(LEAST)
        row.installEventFilter(self)

    def show_steps(self, steps: Sequence[Step]) -> None:
        while item := self.line.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self._steps, self._texts, self._words, self._between = list(steps), [], [], []
        for number, (text, act) in enumerate(self._steps):
            if number:
                self._between.append(theme.label("›", "soft"))
                self.line.addWidget(self._between[-1])
            if act and number < len(self._steps) - 1:
                made: QPushButton | QLabel = theme.button(text, "link")
                made.clicked.connect(lambda _=False, act=act: act())  # type: ignore[union-attr]  # a button
            else:
                made = theme.label(text, "strong")
            made.ensurePolished()
            self.line.addWidget(made)
            self._words.append(made)
        self.fit()

    def fit(self) -> None:
        """As many letters as there is room for."""
        room = self._room()
        texts = next(
            (each for each in _ever_shorter([text for text, _ in self._steps]) if self._wide(each) <= room), None
        )
        texts = texts or [*_ever_shorter([text for text, _ in self._steps])][-1]
        if texts == self._texts:
            return
        self._texts = texts
        for word, shown, (text, _) in zip(self._words, texts, self._steps, strict=True):
            word.setText(shown or text)
            word.setVisible(bool(shown))
            word.setToolTip(theme.tip(text) if shown != text else "")
            word.setAccessibleName(text)
        for mark, before in zip(self._between, texts, strict=False):
            mark.setVisible(bool(before))

    def _room(self) -> int:
        beside = self.beside
        taken = max(beside.sizeHint().width(), beside.minimumWidth()) if beside is not None else 0
        return self._row.width() - taken - 3 * theme.GAP[1]

    def _wide(self, texts: Sequence[str]) -> int:
        shown = [(word, text) for word, text in zip(self._words, texts, strict=True) if text]
        words = sum(word.fontMetrics().horizontalAdvance(text) + BESIDE for word, text in shown)
        return words + (self.fontMetrics().horizontalAdvance("›") + 2 * theme.GAP[0]) * max(0, len(shown) - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The row is wider or narrower, or what stands beside has changed."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self._words and self._row.isVisible():
            self.fit()
        return False


def _ever_shorter(texts: Sequence[str]) -> list[list[str]]:
    """As it reads best, then with ever fewer letters, then without the first steps ("": not shown), of which one mark is
    left that leads to the nearest of them. The last step is always there."""
    last = len(texts) - 1
    long = len(texts) > MANY
    found = [
        [text if number >= last - 1 or not long else shortened(text) for number, text in enumerate(texts)],
        [shortened(text) if number < last - 1 else text for number, text in enumerate(texts)],
    ]
    for gone in range(last):
        kept = [shortened(text) if number < last - 1 else text for number, text in enumerate(texts)][gone + 1 :]
        found.append([*[""] * gone, LEFT_OUT, *kept])
    return [*found, [*[""] * last, shortened(texts[last])]] if texts else [[]]


def shortened(text: str) -> str:
    return text if len(text) <= LETTERS + 1 else f"{text[:LETTERS]}{LEFT_OUT}"
