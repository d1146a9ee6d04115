"""From a person behind a door to the isolation case: the one that runs is shown, else a new one is opened, filled in."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from app.services import isolation
from app.ui import theme
from app.ui.desk import Desk
from app.words import say


def case_button(desk: Desk) -> QPushButton:
    """The button; away where the account may not read cases."""
    made = theme.button(say("isolation-link"), icon_name="shield-home-outline")
    made.setToolTip(say("isolation-link-tip"))
    if not desk.session.may("isolation.read"):
        made.hide()
    return made


def show_or_open(desk: Desk, resident: str, household: str) -> None:
    """The running case of the person, else of the household; with none a new one where the account may open it."""
    running = isolation.list_(desk.session)
    for key, wanted in (("resident", resident), ("household", household)):
        found = next((row["id"] for row in running if wanted and row[key] == wanted), "")
        if found and (key == "resident" or not resident):
            desk.go("isolation", page="cases", case=found)
            return
    if not desk.session.may("isolation.write") or desk.session.role != "committee":
        desk.notify(say("isolation-link-none"))
        return
    desk.go("isolation", page="open", resident=resident, household=household)
