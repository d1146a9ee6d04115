"""From a door to what happened behind it: the open incident that presses most, one press away."""

from __future__ import annotations

from collections.abc import Sequence

from app.maps import doors
from app.services import matrix
from app.ui import theme
from app.ui.desk import Desk
from app.words import say


class IncidentLink(theme.Button):
    """A line that says what is open; away where nothing is, or where the account may not read incidents."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.incident = ""
        self.setObjectName("danger")
        self.setAutoDefault(False)
        self.setToolTip(say("incident-link-tip"))
        self.hide()

    def show_door(self, households: Sequence[str]) -> None:
        """Say what is open in these households."""
        found = matrix.incident_of(self.desk.session, households) if self.desk.session.may("incidents.read") else None
        self.incident = found[1] if found else ""
        if found is not None:
            self.setText(f"! {doors.mark_lines(found[0])}")
        self.setHidden(found is None)

    def show_it(self) -> None:
        self.desk.go("incidents", incident=self.incident)
