"""印制图册: what it shows, on which paper and for what, before it is set; then it is looked at, printed or saved."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain.maps import MEASURES, PLAIN, Shading
from app.domain.visits import STALE_AFTER
from app.maps import layers
from app.services import atlas
from app.services.atlas import Asked, Atlas
from app.ui import theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.paper_dialog import PaperDialog
from app.words import say

WIDTH = 540
PAPER, OUTSIDE = "atlas-paper", "atlas-outside"
"""Where the last choice is kept."""


class AtlasDialog(Dialog):
    """Of the map that is shown: level and id. shading: as on the screen."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        level: str,
        id_: str,
        *,
        colour: str = "residents",
        shading: Shading = PLAIN,
        days: int = STALE_AFTER,
    ) -> None:
        super().__init__(parent, say("atlas-act"))
        self.desk, self.level, self.id, self.shading, self.days = desk, level, id_, shading, days
        self.over = parent
        self.setFixedWidth(WIDTH)
        self._build()
        self.colour.setCurrentIndex(max(0, self.colour.findData(colour)))
        self._connect()
        self._follow()

    def _build(self) -> None:
        self.colour = theme.Choice()
        for measure in MEASURES:
            self.colour.addItem(layers.title(measure), measure.key)
        self.paper = theme.Choice()
        for sheet in ("a4", "a3"):
            self.paper.addItem(sheet.upper(), sheet)
        self.paper.setCurrentIndex(max(0, self.paper.findData(self.desk.settings.get(PAPER, "a4"))))
        self.purpose = QLineEdit(self.desk.session.purpose or say("atlas-purpose"))
        self.purpose.setMaxLength(40)
        self.doors = QCheckBox(say("atlas-with-doors"))
        self.doors.setChecked(self.level != "street")
        self.outside = QCheckBox(say("atlas-for-outside"))
        fields = QGridLayout()
        fields.setHorizontalSpacing(theme.GAP[2])
        fields.setVerticalSpacing(theme.GAP[1])
        for row, (title, field) in enumerate((("着色", self.colour), ("纸张", self.paper), ("用途", self.purpose))):
            field.setAccessibleName(title)
            fields.addWidget(theme.label(title, "soft"), row, 0)
            fields.addWidget(field, row, 1)
        fields.setColumnStretch(1, 1)
        self.said = theme.label("", "small", wrap=True)
        self.make, self.cancel = theme.primary(say("atlas-set")), theme.button("返回")
        self.body.addWidget(theme.title(say("atlas-act")))
        self.body.addWidget(theme.soft(say("atlas-why")))
        self.body.addLayout(fields)
        self.body.addWidget(self.doors)
        self.body.addWidget(self.outside)
        self.body.addWidget(self.said)
        self.body.addWidget(theme.row(1, self.cancel, self.make))
        theme.only_if(atlas.may_show_doors(self.desk.session), self.doors, self.outside)

    def _connect(self) -> None:
        self.outside.toggled.connect(lambda _: self._follow())
        self.make.clicked.connect(self.set_)
        self.cancel.clicked.connect(self.reject)

    def _follow(self) -> None:
        """Names of people are not for others: the one box rules out the other."""
        outside = self.outside.isChecked()
        self.doors.setEnabled(not outside)
        self.said.setText(say("atlas-outside-said") if outside else say("atlas-inside-said"))

    def asked(self) -> Asked:
        outside = self.outside.isChecked()
        doors = atlas.may_show_doors(self.desk.session) and self.doors.isChecked() and not outside
        return Asked(
            self.level, self.id, self.colour.currentData(), self.paper.currentData(), doors or self.level == "building",
            outside, self.purpose.text().strip(), self.days, self.shading,
        )  # fmt: skip

    def set_(self) -> None:
        """Read, draw and set in the background; then show it."""
        asked, session = self.asked(), self.desk.session
        self.desk.settings.put(PAPER, asked.sheet)
        self.desk.tasks.run(
            lambda progress, cancelled: atlas.make(session, asked, progress=progress, cancelled=cancelled),
            self._made, text=say("atlas-drawing"),
        )  # fmt: skip
        self.accept()

    def _made(self, made: Atlas) -> None:
        desk = self.desk
        empty = say("atlas-empty-said", empty=made.empty) if made.empty else ""
        desk.notify(say("atlas-made-said", maps=made.maps, buildings=made.buildings, pages=made.pages) + empty)
        title = say("atlas-title", name=made.name).replace("　", "")
        PaperDialog(self.over, desk, title, made.pdf, lambda out: atlas.save(desk.session, made, out)).open()
