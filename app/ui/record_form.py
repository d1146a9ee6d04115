"""One record's fields, labels left, from the catalogue; only what was changed is saved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.access import PURPOSES
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.values import show
from app.services import disclosures, readable, records
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.field_editors import FieldEditor
from app.ui.field_grid import FieldGrid, Groups
from app.ui.history_popup import HistoryPopup
from app.ui.moves_dialogs import MoveActs
from app.words import say

PERSON: Groups = (
    ("基本", ("name", "sex", "birth_year", "relation", "person_class", "nationality", "ethnicity", "party_member")),
    ("居住", ("residence_kind", "status", "status_since", "whereabouts", "hukou_address")),
    ("联系", ("phone", "emergency_name", "emergency_phone")),
    ("证件（敏感）", ("id_type", "id_number", "birth_date", "care_groups_sensitive", "note_sensitive")),
    ("其他", ("care_groups", "education", "occupation", "workplace", "note")),
)
HOUSEHOLD: Groups = (
    ("户", ("label", "kind")),
    ("房东与中介", ("landlord_name", "landlord_phone", "agent_name", "agent_phone")),
    ("钥匙与备注", ("key_holder_name", "key_holder_phone", "note")),
)
DWELLING: Groups = (
    ("房屋", ("unit", "room", "floor", "floor_label")),
    ("使用", ("use", "state", "note")),
)
BUILDING: Groups = (
    ("楼号", ("lane", "number", "units", "floors", "rooms_per_floor")),
    ("楼组", ("leader_name", "leader_phone", "leader_room", "wechat_group")),
)
EDITED_ONCE = "first-hour/edit"
EXTRAS = ("extra", "extra_sensitive")
GROUPS = {"resident": PERSON, "household": HOUSEHOLD, "dwelling": DWELLING, "building": BUILDING}


class RecordForm(QWidget):
    """Emits `saved` after each save and `removing` when the record is to be deleted."""

    saved = Signal()
    removing = Signal()

    def __init__(self, desk: Desk, entity: str) -> None:
        super().__init__()
        self.desk = desk
        self.entity = entity
        self.fields = ENTITIES[entity]
        self.record: dict[str, Any] | None = None
        self.revealed = False
        self.closed = False
        """Is level 3 of this record not for this account to see?"""
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        head = QHBoxLayout()
        self.heading = theme.title("")
        self.disclose_button = theme.button(say("disclose-button"))
        self.remove_button = theme.button("删除", "danger")
        self.save_button = theme.primary("保存　Ctrl+S")
        head.addWidget(self.heading)
        head.addStretch()
        self.move_acts = MoveActs(self, self.desk, lambda: not self.dirty or self.save())
        head.addWidget(self.disclose_button)
        head.addWidget(self.move_acts.button)
        head.addWidget(self.remove_button)
        head.addWidget(self.save_button)
        column.addLayout(head)
        column.addWidget(self.move_acts.line)
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        column.addWidget(self.message)
        self.reveal = theme.button("查看（留痕）", "link", "eye-outline")
        self.why = theme.Choice()
        self.why.setAccessibleName(say("looking-for"))
        for purpose in PURPOSES:
            self.why.addItem(purpose.title, purpose.code)
        self.seen = theme.label(say("revealed"), "small")
        self.cannot = theme.label(say("field-closed"), "small")
        beside = {"证件（敏感）": (self.why, self.reveal, self.seen, self.cannot)}
        self.grid = FieldGrid(self.fields, GROUPS[self.entity], beside=beside)
        self.editors: dict[str, FieldEditor] = self.grid.editors
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.grid)
        self.extras = theme.label("", "small", wrap=True)
        self.extras.setContentsMargins(theme.GAP[2], 0, theme.GAP[2], theme.GAP[1])
        self.extras.hide()
        card = theme.panel(scroll, self.extras, margin=theme.GAP[0])
        column.addWidget(card, 1)

    def _connect(self) -> None:
        for editor in self.editors.values():
            editor.history.connect(self.show_history)
            editor.edited.connect(self._edited)
        self.save_button.clicked.connect(self.save)
        self.remove_button.clicked.connect(self.removing)
        self.reveal.clicked.connect(self._reveal)
        self.disclose_button.clicked.connect(self._disclose)
        action = QAction(self)
        action.setShortcut(QKeySequence.StandardKey.Save)
        action.triggered.connect(self.save)
        self.addAction(action)

    # ---------------------------------------------------------------- what it shows

    def show_record(self, row: str, *, reveal: bool = False) -> None:
        """Open one record; level 3 stays masked until asked for, which leaves an entry."""
        self.record = records.show(self.desk.session, self.entity, row, reveal=reveal)
        self.revealed = reveal or bool(self.desk.session.purpose_code)
        sealed = self.desk.session.ring is None
        may = self.desk.session.may("records.change")
        self.closed = not self.revealed and not readable.is_open_to(self.desk.session, self.entity, self.record["id"])
        for key, editor in self.editors.items():
            secret = self.fields[key].level >= 3
            editor.set_value(
                self.record.get(key), masked=secret and not self.revealed, locked=not may or (secret and sealed),
                closed=secret and self.closed,
            )  # fmt: skip
        self.message.hide()
        opens = self.may_reveal and not self.revealed and not self.closed
        self.reveal.setVisible(opens)
        self.why.setVisible(opens)
        self.cannot.setVisible(self.may_reveal and self.closed and may and not sealed)
        self.why.setCurrentIndex(max(0, self.why.findData(self.desk.session.looking_for)))
        self.disclose_button.setVisible(self.may_disclose)
        self.move_acts.show_for(self.entity, self.record)
        self.seen.setVisible(self.may_reveal and self.revealed)
        self.save_button.setVisible(may)
        self._show_extras()
        self.remove_button.setVisible(self.desk.session.may("records.remove"))
        self._edited()

    def _show_extras(self) -> None:
        """What rosters said in columns that no field has: read here, changed by the next roster."""
        said = [show(self.fields[key], self.record[key]) for key in EXTRAS if self.record and self.record.get(key)]
        self.extras.setText(say("record-extras", said="；".join(said)))
        self.extras.setVisible(bool(said))

    @property
    def may_reveal(self) -> bool:
        return self.entity == "resident" and self.desk.session.may("records.reveal")

    @property
    def may_disclose(self) -> bool:
        session = self.desk.session
        return self.entity == "resident" and session.may("disclose") and session.ring is not None

    @property
    def path(self) -> str:
        return str((self.record or {}).get("path", "")).replace("/", " ")

    @property
    def dirty(self) -> bool:
        return self.record is not None and any(editor.changed for editor in self.editors.values())

    def _edited(self) -> None:
        self.save_button.setEnabled(self.dirty)

    def close_record(self) -> None:
        """Show nothing; what was typed and not saved is given up."""
        self.record = None
        self.revealed = False
        self._edited()

    # ---------------------------------------------------------------- what it does

    def save(self) -> bool:
        """Save what was changed; False if something cannot be read (the message says what).

        Who listens to `saved` reads the record anew: the rules may have made more of what was typed.
        """
        if self.record is None or not self.dirty:
            return True
        values = self._values()
        if values is None:
            return False
        try:
            done = records.change(self.desk.session, self.entity, self.record["id"], values)
        except UserError as error:
            self._say(errors.words_of_field(error))
            return False
        for editor in self.editors.values():
            editor.keep()
        self._edited()
        self.message.hide()
        self.desk.notify(say("saved", what=short_path(self.record)), done.batch)
        self.desk.settings.put(self.desk.once(EDITED_ONCE), True)
        self.saved.emit()
        return True

    def _values(self) -> dict[str, Any] | None:
        """What was changed, read; None when something cannot be, which is said beside its red edge."""
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for key, editor in self.editors.items():
            if not editor.changed:
                continue
            try:
                values[key] = editor.value()
            except UserError as error:
                if not wrong:
                    editor.setFocus()
                editor.mark_wrong(True)
                wrong.append(errors.words_of_field(error))
        if wrong:
            self._say("\n".join(wrong))
            return None
        return values

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()

    def _reveal(self) -> None:
        if self.record is None:
            return
        if self.dirty and not self.save():
            return
        self.desk.session.looking_for = self.why.currentData()  # asked once: it stands for the next person too
        try:
            self.show_record(self.record["id"], reveal=True)
        except UserError as error:
            self._say(errors.words(error))

    def _disclose(self) -> None:
        """本人查询: ask where to, and make the paper."""
        if self.record is None or (self.dirty and not self.save()):
            return
        proposed = Path.home() / f"{say('disclose-button')}.pdf"  # no name of a person on the outside
        chosen, _ = QFileDialog.getSaveFileName(self, say("disclose-save"), str(proposed), "PDF (*.pdf)")
        if chosen:
            self.disclose_to(Path(chosen if chosen.lower().endswith(".pdf") else f"{chosen}.pdf"))

    def disclose_to(self, out: Path) -> None:
        """Everything held on the person who is shown, as a PDF."""
        assert self.record is not None
        session, row = self.desk.session, self.record["id"]
        self.desk.tasks.run(
            lambda _, __: disclosures.disclose(session, row, out),
            lambda done: self.desk.notify(say("disclose-done", **done)), text=say("disclose-work"),
        )  # fmt: skip

    def show_history(self, key: str) -> None:
        """The past of one field, over the window."""
        if self.record is None:
            return
        try:
            rows = records.history(self.desk.session, self.entity, self.record["id"], key, reveal=self.revealed)
        except UserError as error:
            self._say(errors.words(error))
            return
        of = self.fields[key].part_of
        HistoryPopup(self, self.fields[of[0]] if of else self.fields[key], rows).open()


def short_path(record: dict[str, Any]) -> str:
    """`1号 302 王某某`: enough to know whom a notice is about."""
    parts = [part for part in str(record.get("path", "")).split("/") if not re.fullmatch(r"户\d+", part)]
    return " ".join(parts[-3:])
