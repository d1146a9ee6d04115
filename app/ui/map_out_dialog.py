"""地图存为…: which kind of file, how large, and for whom, before it is asked where."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QFileDialog, QRadioButton, QWidget

from app.domain.maps import Drawing
from app.maps.matrix import Matrix
from app.services import mapfiles
from app.services.mapfiles import Wanted
from app.ui import theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.words import say

WIDTH = 520
FOLDER, KIND = "map-folder", "map-kind"
KINDS = (".png", ".pdf", ".html")
NAMES = {".png": "图片 (*.png)", ".pdf": "PDF (*.pdf)", ".html": "网页 (*.html)"}


class MapOutDialog(Dialog):
    """The map that is shown, as a file. what: the words of its measure, for the name that is proposed."""

    def __init__(self, parent: QWidget, desk: Desk, shown: Drawing | Matrix, what: str) -> None:
        super().__init__(parent, say("map-out-act"))
        self.desk, self.shown, self.what = desk, shown, what
        self.setFixedWidth(WIDTH)
        self._build()
        self._connect()
        self._follow()

    def _build(self) -> None:
        self.kinds, self.readers = QButtonGroup(self), QButtonGroup(self)
        self.body.addWidget(theme.title(say("map-out-act")))
        self.body.addWidget(theme.label(say("map-out-kind"), "soft"))
        for number, kind in enumerate(KINDS):
            self._choice(self.kinds, number, say(f"map-out{kind.replace('.', '-')}"))
        chosen = str(self.desk.settings.get(KIND, KINDS[0]))
        self.kinds.button(KINDS.index(chosen) if chosen in KINDS else 0).setChecked(True)
        self.large = theme.Choice()
        self.large.setAccessibleName(say("map-out-size"))
        self.large_label = theme.label(say("map-out-size"), "soft")
        self.body.addWidget(theme.row(self.large_label, self.large, 1))
        self.body.addWidget(theme.label(say("map-out-reader"), "soft"))
        self._choice(self.readers, 0, say("map-out-inside"))
        self._choice(self.readers, 1, say("map-out-outside"))
        self.readers.button(0).setChecked(True)
        self.said = theme.label("", "small", wrap=True)
        self.body.addWidget(self.said)
        self.choose, self.cancel = theme.primary(say("map-out-choose"), "export-variant"), theme.button("返回")
        self.body.addWidget(theme.row(1, self.cancel, self.choose))
        if isinstance(self.shown, Matrix):
            self.readers.button(1).setEnabled(False)

    def _choice(self, group: QButtonGroup, number: int, words: str) -> None:
        made = QRadioButton(words)
        group.addButton(made, number)
        self.body.addWidget(made)

    def _connect(self) -> None:
        self.kinds.idClicked.connect(lambda _: self._follow())
        self.readers.idClicked.connect(lambda _: self._follow())
        self.choose.clicked.connect(self.ask_where)
        self.cancel.clicked.connect(self.reject)

    @property
    def kind(self) -> str:
        return KINDS[self.kinds.checkedId()]

    def _follow(self) -> None:
        """Sizes belong to the kind; what the reader will not see is said."""
        self.large.clear()
        for key in {".png": ("usual", "fine"), ".pdf": ("a4", "a3")}.get(self.kind, ()):
            self.large.addItem(say(f"map-out-size-{key}"), key)
        for widget in (self.large, self.large_label):
            widget.setEnabled(self.kind != ".html")
        if isinstance(self.shown, Matrix):
            self.said.setText(say("map-out-doors-said"))
        else:
            self.said.setText(say("map-out-outside-said" if self.readers.checkedId() else "map-out-inside-said"))

    def wanted(self) -> Wanted:
        size = self.large.currentData()
        return Wanted(
            sheet=size if self.kind == ".pdf" else "a4", fine=size == "fine", outside=self.readers.checkedId() == 1
        )

    def ask_where(self) -> None:
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = folder / f"{self.shown.name}{self.what}{self.kind}"
        chosen, _ = QFileDialog.getSaveFileName(self, say("map-out-act"), str(proposed), NAMES[self.kind])
        if chosen:
            self.write(Path(chosen if chosen.lower().endswith(self.kind) else chosen + self.kind))

    def write(self, out: Path) -> None:
        """The map as it is shown, into a file."""
        self.desk.settings.put(FOLDER, str(out.parent))
        self.desk.settings.put(KIND, self.kind)
        session, shown, wanted, desk = self.desk.session, self.shown, self.wanted(), self.desk
        desk.tasks.run(
            lambda _, __: mapfiles.write(session, shown, out, wanted=wanted),
            lambda done: desk.notify(say("map-saved", out=done["out"])), text=say("map-drawing"),
        )  # fmt: skip
        self.accept()
