"""A new person, household, dwelling, building or estate: the few fields that make one, from the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.services import records
from app.services.records import Change
from app.services.session import Session
from app.ui import errors, theme
from app.ui.dialogs import Dialog
from app.ui.field_grid import FieldGrid

ASKED = {
    "estate": ("name", "kind"),
    "building": ("lane", "number", "units", "floors"),
    "dwelling": ("unit", "room", "use", "state"),
    "household": ("label", "kind"),
    "resident": ("name", "sex", "relation", "residence_kind", "phone", "id_number"),
}
SAID = ("name", "lane", "number", "unit", "room", "label")
NAMES = {"estate": "小区", "building": "楼号", "dwelling": "房屋", "household": "户", "resident": "人员"}


Above = Callable[[], dict[str, Any]]


class AddDialog(Dialog):
    """`above` gives what the record refers to, asked for only when it is written. Writes through records.add; `done` is the change after it was accepted, `said` the words for the notice."""

    def __init__(self, parent: QWidget, session: Session, entity: str, above: Above, where: str = "") -> None:
        super().__init__(parent, f"新增{NAMES[entity]}")
        self.session = session
        self.entity = entity
        self.above = above
        self.done_: Change | None = None
        self.said = ""
        self._build(where)

    def _build(self, where: str) -> None:
        if where:
            self.body.addWidget(theme.label(where, "soft"))
        keys = tuple(
            key for key in ASKED[self.entity] if ENTITIES[self.entity][key].level < 3 or self.session.ring is not None
        )
        self.grid = FieldGrid(ENTITIES[self.entity], (("", keys),), clock=False)
        self.grid.arrange(1)
        self.setFixedWidth(480)
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.add = theme.primary(f"新增{NAMES[self.entity]}")
        self.add.setDefault(True)
        self.cancel = theme.button("返回")
        for widget in (theme.panel(self.grid, margin=theme.GAP[0]), self.message, theme.row(1, self.cancel, self.add)):
            self.body.addWidget(widget)
        self.cancel.clicked.connect(self.reject)
        self.add.clicked.connect(self.write)
        self.grid.editors[keys[0]].setFocus()

    def write(self) -> None:
        """Read the fields, write the record; what is wrong is said and the dialog stays."""
        try:
            values = {key: editor.value() for key, editor in self.grid.editors.items() if editor.text}
            self.done_ = records.add(self.session, self.entity, {**self.above(), **values}, typed=True)
        except UserError as error:
            self.message.setText(errors.words_of_field(error))
            self.message.show()
            self.adjustSize()
            return
        said = [editor.text for key, editor in self.grid.editors.items() if key in SAID and editor.text]
        self.said = " ".join(said) or NAMES[self.entity]
        self.accept()
