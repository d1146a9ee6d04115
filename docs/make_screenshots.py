"""Pictures of every screen for the README and the guide, from a practice workspace made on the spot.

Run: QT_QPA_PLATFORM=offscreen python docs/make_screenshots.py [folder]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.services import demos, search, workspaces  # noqa: E402 -- the root must be on the path first
from app.ui import theme  # noqa: E402
from app.ui.first_run import FirstRun  # noqa: E402
from app.ui.frame import Frame  # noqa: E402
from app.ui.history_popup import HistoryPopup  # noqa: E402
from app.ui.login import Login  # noqa: E402

SIZE = (1366, 740)


def settle(milliseconds: int = 250) -> None:
    """Let Qt draw and the worker finish."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main(out: Path) -> None:
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
        _entrance(Path(scratch), Path(committee["data"]), picture)
        session = workspaces.unlock(Path(committee["data"]), made["account"], made["password"])
        frame = Frame(session)
        frame.resize(*SIZE)
        frame.show()
        _work(frame, Path(committee["next_roster"]), picture)
        frame.close()
        app.processEvents()


def _entrance(scratch: Path, data: Path, picture: Callable[[str, QWidget], None]) -> None:
    for name, widget in (("first-run", FirstRun(scratch / "new")), ("login", Login(data))):
        widget.resize(*SIZE)
        widget.show()
        picture(name, widget)
        widget.close()


def _work(frame: Frame, further: Path, picture: Callable[[str, QWidget], None]) -> None:
    picture("today", frame)
    hit = search.find(frame.session, "王")[0]
    frame.go("residents", building=hit["building_id"], household=hit["household"], resident=hit["id"])
    picture("residents", frame)
    frame.search.setFocus()
    frame.search.setText("王")
    frame.popup.search()
    picture("search", frame)
    frame.popup.hide()
    frame.go("import", file=further)
    settle(2500)
    picture("import", frame)
    desk = frame.desks["import"]
    desk.apply()  # type: ignore[attr-defined]  # the import desk
    settle(2500)
    picture("decisions", frame)
    form = frame.desks["residents"].form  # type: ignore[attr-defined]  # the residents desk
    form.editors["phone"].input.setText("13900001234")
    form.save()
    form.show_history("phone")
    settle()
    popup = frame.findChild(HistoryPopup)
    assert popup is not None
    picture("history", popup)
    popup.close()
    for key in ("reports", "manage", "map"):
        frame.go(key)
        picture(key, frame)
    frame.toggle_curtain()
    picture("curtain", frame)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens")
