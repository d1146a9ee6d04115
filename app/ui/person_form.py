"""One person's fields in two columns, labels left, from the catalogue; only what was changed is saved."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.fields import RESIDENT
from app.domain.findings import UserError
from app.services import records
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.field_editors import FieldEditor
from app.ui.history_popup import HistoryPopup
from app.words import say

GROUPS = (
    ("基本", ("name", "sex", "birth_year", "relation", "person_class", "nationality", "ethnicity", "party_member")),
    ("居住", ("residence_kind", "status", "status_since", "whereabouts", "hukou_address")),
    ("联系", ("phone", "emergency_name", "emergency_phone")),
    ("证件（敏感）", ("id_type", "id_number", "birth_date", "care_groups_sensitive", "note_sensitive")),
    ("其他", ("care_groups", "education", "occupation", "workplace", "note")),
)


class PersonForm(QWidget):
    """Emits `saved` with the Change after each save."""

    saved = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.person: dict[str, Any] | None = None
        self.revealed = False
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        self.heading = theme.title("")
        self.message = theme.label("", "wrong")
        self.message.setWordWrap(True)
        self.reveal = theme.button("查看敏感信息（留痕）", "link")
        self.save_button = theme.primary("保存　Ctrl+S")
        self.remove_button = theme.button("删除")
        head.addWidget(self.heading)
        head.addStretch()
        head.addWidget(self.reveal)
        head.addWidget(self.remove_button)
        head.addWidget(self.save_button)
        column.addLayout(head)
        column.addWidget(self.message)
        self.editors: dict[str, FieldEditor] = {}
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._fields())
        column.addWidget(scroll, 1)

    def _fields(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, theme.GAP[1], 0)
        grid.setHorizontalSpacing(theme.GAP[1])
        grid.setVerticalSpacing(theme.GAP[0])
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        row = 0
        for title, keys in GROUPS:
            said = theme.label(title, "soft")
            said.setStyleSheet(f"color: {theme.ACCENT}; font-weight: 600; padding-top: 6px;")
            grid.addWidget(said, row, 0, 1, 4)
            row += 1
            for number, key in enumerate(keys):
                self._place(grid, key, row + number // 2, number % 2)
            row += (len(keys) + 1) // 2
        grid.setRowStretch(row, 1)
        return holder

    def _place(self, grid: QGridLayout, key: str, row: int, side: int) -> None:
        editor = FieldEditor(RESIDENT[key])
        editor.history.connect(self.show_history)
        editor.edited.connect(self._edited)
        self.editors[key] = editor
        said = theme.label(RESIDENT[key].title, "soft")
        said.setBuddy(editor.input)
        grid.addWidget(said, row, side * 2)
        grid.addWidget(editor, row, side * 2 + 1)

    def _connect(self) -> None:
        self.save_button.clicked.connect(self.save)
        self.reveal.clicked.connect(lambda: self.show_person(self.person["id"] if self.person else "", reveal=True))
        self.remove_button.clicked.connect(self.remove)
        action = QAction(self)
        action.setShortcut(QKeySequence.StandardKey.Save)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(self.save)
        self.addAction(action)

    # ---------------------------------------------------------------- what it shows

    def show_person(self, resident: str, *, reveal: bool = False) -> None:
        """Open one person; level 3 stays masked until asked for, which leaves an entry."""
        self.person = records.show(self.desk.session, "resident", resident, reveal=reveal)
        self.revealed = reveal or bool(self.desk.session.purpose_code)
        for key, editor in self.editors.items():
            level = RESIDENT[key].level
            editor.set_value(self.person.get(key), masked=level >= 3 and not self.revealed)
        self.heading.setText(self.person.get("name", "（无姓名）"))
        self.message.setText("")
        self.reveal.setVisible(not self.revealed and self.desk.session.may("records.reveal"))
        may = self.desk.session.may("records.change")
        self.save_button.setVisible(may)
        self.remove_button.setVisible(self.desk.session.may("records.remove"))
        self._edited()

    @property
    def dirty(self) -> bool:
        return self.person is not None and any(editor.changed for editor in self.editors.values())

    def _edited(self) -> None:
        self.save_button.setEnabled(self.dirty)

    # ---------------------------------------------------------------- what it does

    def save(self) -> bool:
        """Save what was changed; False if something cannot be read (the message says what)."""
        if self.person is None or not self.dirty:
            return True
        try:
            values = {key: editor.value() for key, editor in self.editors.items() if editor.changed}
            done = records.change(self.desk.session, "resident", self.person["id"], values)
        except UserError as error:
            self.message.setText(errors.words(error).replace("第  行：", ""))
            return False
        self.show_person(self.person["id"], reveal=self.revealed)
        self.desk.notify(say("saved", what=self.person["path"].replace("/", " ")), done.batch)
        self.saved.emit(done)
        return True

    def show_history(self, key: str) -> None:
        assert self.person is not None
        rows = records.history(self.desk.session, "resident", self.person["id"], key, reveal=self.revealed)
        of = RESIDENT[key].part_of
        popup = HistoryPopup(self, RESIDENT[of[0]] if of else RESIDENT[key], rows)
        popup.open()

    def remove(self) -> None:
        """Delete a person entered by mistake, after one clear question."""
        if self.person is None or not self._sure():
            return
        name = self.person.get("name", "")
        try:
            done = records.remove(self.desk.session, "resident", self.person["id"])
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        self.person = None
        self.desk.notify(say("removed", name=name), done.batch)
        self.saved.emit(done)

    def _sure(self) -> bool:
        from PySide6.QtWidgets import QMessageBox

        assert self.person is not None
        box = QMessageBox(
            QMessageBox.Icon.Question, "楼图", say("remove-ask", name=self.person.get("name", "")), parent=self
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        yes = box.addButton("删除这个人", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("返回", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is yes
