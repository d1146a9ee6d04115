"""What a roster said in columns that no field has stands below the person's form."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from app.services import records
from app.services.session import Session
from app.settings import Settings
from app.ui import theme
from app.ui.frame import Frame
from app.ui.record_form import RecordForm
from app.ui.tasks import InlineTasks


def test_other_columns_are_read_and_sensitive_ones_stay_masked(qtbot: QtBot, qapp: Any, session: Session) -> None:
    theme.apply(qapp)
    frame = Frame(session, Settings(), InlineTasks)
    qtbot.addWidget(frame)
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    said = {"extra": {"物业费": "已缴"}, "extra_sensitive": {"血压": "偏高"}}
    person = records.add(session, "resident", {"household": home.id, "name": "王建国", **said})
    form = RecordForm(frame.desk, "resident")
    qtbot.addWidget(form)
    form.show()
    form.show_record(person.id)
    assert "物业费：已缴" in form.extras.text() and "偏高" not in form.extras.text()
    form.show_record(person.id, reveal=True)
    assert "血压：偏高" in form.extras.text()
    frame.close_session()
