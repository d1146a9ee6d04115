"""Several things of the map chosen for one act: the bar under it says how much is in them, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.domain.findings import UserError
from app.domain.maps import Drawing
from app.services import map_choice
from app.ui import errors, theme
from app.words import say

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk


class SelectionBar(QFrame):
    """Hidden while nothing is chosen. Map, list and bar always show the same choice, whichever of them it was made on."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        self.page, self.desk = page, page.desk
        self.ids: list[str] = []
        self.entity = ""
        self._asked = 0
        self._place: tuple[str, str] = ("", "")
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.setObjectName("work")
        self.said = theme.label("", "strong")
        self.print = theme.button("打印登记表", icon_name="printer-outline")
        self.list = theme.button("名单…", icon_name="format-list-bulleted")
        self.report = theme.button("报表…", icon_name="table-large")
        self.none = theme.button("取消选择", "link")
        self.none.setToolTip("Esc")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[2], theme.GAP[0])
        line.setSpacing(theme.GAP[1])
        line.addWidget(self.said)
        line.addStretch(1)
        for each in (self.print, self.list, self.report, self.none):
            line.addWidget(each)

    def _connect(self) -> None:
        self.print.clicked.connect(lambda: self.desk.go("visits", buildings=tuple(self.ids)))
        self.list.clicked.connect(lambda: self.desk.go("reports", page="volunteers", buildings=tuple(self.ids)))
        self.report.clicked.connect(self._to_report)
        self.none.clicked.connect(lambda: self.choose([]))

    # ---------------------------------------------------------------- what is chosen

    def choose(self, ids: Sequence[str], *, by_map: bool = False, by_list: bool = False) -> None:
        """Choose these of what the map shows; whoever has chosen shows it already."""
        shown = self.page.shown
        known = {each.id: each.entity for each in shown.things} if isinstance(shown, Drawing) else {}
        self.ids = [each for each in dict.fromkeys(ids) if each in known]
        self.entity = known[self.ids[0]] if self.ids else ""
        if not by_map:
            self.page.view.call("select", self.ids)
        if not by_list:
            self.page.things.show_several(self.ids)
        self._count()

    def shown(self, drawing: Drawing | None) -> None:
        """The map shows something else: elsewhere nothing is chosen, here what is still there."""
        place = (drawing.level, drawing.id) if drawing else ("", "")
        if self._place != place or drawing is None:
            self.ids = []
        self._place = place
        if self.ids or not self.isHidden():
            self.choose(self.ids)

    def _count(self) -> None:
        """How much is in them is counted behind the scenes; of several askings only the last is told."""
        self._asked += 1
        asked, session, entity, ids = self._asked, self.desk.session, self.entity, list(self.ids)
        if not ids:
            self.hide()
            return
        self._offer()
        self.said.setText(say(f"map-chosen-{entity}", things=len(ids)))
        self.show()
        self.desk.tasks.run(
            lambda *_: map_choice.count(session, entity, ids), lambda counted: self._counted(asked, counted)
        )

    def _counted(self, asked: int, counted: dict[str, Any]) -> None:
        if asked != self._asked or not self.ids or counted["people"] is None:
            return
        self.said.setText(say(f"map-chosen-{self.entity}", **counted) + say("map-chosen-people", **counted))

    def _offer(self) -> None:
        """Only what this account may do with such things."""
        may, building = self.desk.session.may, self.entity == "building"
        self.print.setVisible(building and may("sheets.print"))
        self.list.setVisible(building and may("lists.make"))
        self.report.setVisible(may("reports.fill"))

    # ---------------------------------------------------------------- what is done with it

    def _to_report(self) -> None:
        """报表, narrowed to just these; where no condition means just these, that is said."""
        asked: Callable[..., Any] = map_choice.condition if self.entity == "building" else map_choice.committees_of
        try:
            where = asked(self.desk.session, self.ids)
        except UserError as error:
            self.desk.notify(errors.words(error))
            return
        self.desk.go("reports", page="fill", asked=tuple(where))

    def back(self) -> bool:
        """Esc: the choice is let go; False if there was none."""
        some = bool(self.ids)
        if some:
            self.choose([])
        return some
