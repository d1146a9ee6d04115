"""What lies under the desk's map: read beside the window's thread, as far as the map shown needs it, and sent once."""

from __future__ import annotations

from typing import Any

from app.domain import ground as under
from app.domain.geometry import Box, Geometry, box
from app.domain.maps import Drawing
from app.services import backgrounds, ground, plans
from app.services.backgrounds import Shelf
from app.services.session import Session
from app.ui.desk import Desk
from app.ui.map_pictures import Picture, Source
from app.ui.map_view import MapView
from app.ui.tile_painter import painted


class Pictures(Source):
    """Tiles from their files, plans from the workspace."""

    def __init__(self, session: Session, shelf: Shelf) -> None:
        self.session, self.shelf = session, shelf

    def tile(self, id_: str, zoom: int, x: int, y: int) -> Picture | None:
        found = self.shelf.tile(id_, zoom, x, y)
        if found is None:
            return None
        return (found.media, found.content) if found.media else ("image/png", painted(found))

    def plan(self, id_: str) -> Picture | None:
        return plans.picture(self.session, id_) if self.session.may("places.read") else None


class MapGround:
    """Sends the layers when they change, or when the map shows a place of which they were not sent yet."""

    def __init__(self, desk: Desk, view: MapView, *, but: str = "") -> None:
        """but: id of a layer that is left out, because somebody is laying it."""
        self.desk, self.view, self.but = desk, view, but
        self.sent: Box | None = None
        self.lies = False
        self._asked = 0

    def shown(self, geometries: list[Geometry]) -> None:
        """A map of these outlines is shown."""
        whole = box(geometries)
        if whole is not None and (self.sent is None or not under.holds(self.sent, whole)):
            self._lay(under.around(whole))

    def changed(self) -> None:
        """A layer came, went or looks different."""
        if self.sent is not None:
            self._lay(self.sent)

    def lost(self) -> None:
        """The page is a new one."""
        self.sent, self.lies = None, False

    def _lay(self, wanted: Box) -> None:
        session, self._asked = self.desk.session, self._asked + 1
        self.sent, asked = wanted, self._asked
        if not any(each.on for each in ground.layers(session)) and not self.lies:
            return  # most have none: nothing is read, nothing sent
        self.lies = True
        self.view.served.pictures.source = Pictures(session, backgrounds.shelf(session))

        def work(progress: Any, cancelled: Any) -> dict[str, Any]:
            return ground.shown(session, wanted)

        def done(found: dict[str, Any]) -> None:
            if asked == self._asked:
                found["plans"] = [each for each in found["plans"] if each["id"] != self.but]
                self.view.lay(found)

        self.desk.tasks.run(work, done)


def outlines(drawing: Drawing) -> list[Geometry]:
    return [thing.geometry for thing in (*drawing.things, *drawing.around)]
