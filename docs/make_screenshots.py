"""Pictures of every screen for the README and the guide, from a practice workspace made on the spot.

Run: QT_QPA_PLATFORM=offscreen python docs/make_screenshots.py [folder [width height]]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.services import demos, search, workspaces  # noqa: E402 -- the root must be on the path first
from app.ui import theme  # noqa: E402
from app.ui.decisions_desk import DecisionsDesk  # noqa: E402
from app.ui.first_run import FirstRun  # noqa: E402
from app.ui.frame import Frame  # noqa: E402
from app.ui.history_popup import HistoryPopup  # noqa: E402
from app.ui.import_desk import ImportDesk  # noqa: E402
from app.ui.login import Login  # noqa: E402
from app.ui.residents_desk import ResidentsDesk  # noqa: E402

SIZE = (1366, 740)
Picture = Callable[[str, QWidget], None]


def settle(milliseconds: int = 200) -> None:
    """Let Qt draw."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def work_done(frame: Frame) -> None:
    """Wait for the worker."""
    until = time.monotonic() + 30
    while frame.tasks.busy and time.monotonic() < until:
        settle(50)


def main(out: Path, size: tuple[int, int] = SIZE) -> None:
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app)

    def picture(name: str, widget: QWidget) -> None:
        settle()
        widget.grab().save(str(out / f"{name}.png"))

    with tempfile.TemporaryDirectory() as scratch:
        made = demos.build(Path(scratch) / "demo", committees=1, residents=900)
        committee = made["committees"][0]
        _entrance(Path(scratch), Path(committee["data"]), size, picture)
        session = workspaces.unlock(Path(committee["data"]), made["account"], made["password"])
        frame = Frame(session)
        frame.resize(*size)
        frame.show()
        _work(frame, Path(committee["next_roster"]), picture)
        frame.close()
        app.processEvents()


def _entrance(scratch: Path, data: Path, size: tuple[int, int], picture: Picture) -> None:
    first = FirstRun(scratch / "new")
    first.place.setText("D:\\楼图数据")
    for name, widget in (("first-run", first), ("login", Login(data))):
        widget.resize(*size)
        widget.show()
        picture(name, widget)
        widget.close()


def _work(frame: Frame, further: Path, picture: Picture) -> None:
    picture("today", frame)
    hit = search.find(frame.session, "王")[0]
    frame.go("residents", building=hit["building_id"], household=hit["household"], resident=hit["id"])
    picture("residents", frame)
    frame.search.setFocus()
    frame.search.setText("wang")
    frame.popup.search()
    picture("search", frame)
    frame.popup.hide()
    frame.search.clear()
    _import(frame, further, picture)
    _history(frame, picture)
    for key in ("reports", "manage", "map"):
        frame.go(key)
        picture(key, frame)
    frame.toggle_curtain()
    picture("curtain", frame)


def _import(frame: Frame, further: Path, picture: Picture) -> None:
    frame.go("import", file=further)
    work_done(frame)
    picture("import", frame)
    desk = frame.desks["import"]
    assert isinstance(desk, ImportDesk)
    desk.tabs.setCurrentIndex(1)
    picture("import-rows", frame)
    desk.apply()
    work_done(frame)
    picture("import-done", frame)
    frame.go("decisions")
    decisions = frame.desks["decisions"]
    assert isinstance(decisions, DecisionsDesk)
    decisions.list.selectRow(2)
    picture("decisions", frame)


def _history(frame: Frame, picture: Picture) -> None:
    residents = frame.desks["residents"]
    assert isinstance(residents, ResidentsDesk)
    frame.go("residents")
    form = residents.view.form
    form.editors["phone"].input.setText("13900001234")  # type: ignore[union-attr]  # a line
    form.save()
    picture("saved", frame)
    form.show_history("phone")
    settle()
    popup = frame.findChild(HistoryPopup)
    assert popup is not None
    picture("history", popup)
    popup.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens"
    main(chosen, (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else SIZE)
