"""Memory of the centre's open window with the street's map at 250,000 residents, its browser processes included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from app.domain import clock
from app.services import demos, sync, workspaces
from benchmarks.rows.street import WORK

TITLE = "memory, centre window with map, 250,000 residents"
HOLD = "< 900 MB"
COMMITTEES, RESIDENTS = 59, 250_000
STREET = WORK / "street"
BUILT, MADE = STREET / "built.json", STREET / "made.json"


def run() -> dict[str, Any]:
    made = made_street()
    env = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        env["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu"
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(made["centre"])], capture_output=True, text=True, check=True, env=env
    )
    told = json.loads(done.stdout)
    return {
        "against": "—", "ratio": f"{told['all']:.0f} MB",
        "figures": {
            "program": f"{told['program']:.0f} MB", "browser": f"{told['all'] - told['program']:.0f} MB",
            "street map until drawn": f"{told['seconds']:.1f} s", "merged": f"{made['seconds']:.0f} s for 59 bundles",
        },
    }  # fmt: skip


def made_street() -> dict[str, Any]:
    """The whole street at its centre, made once."""
    if not BUILT.exists():
        made = demos.build(STREET / "demo", committees=COMMITTEES, residents=RESIDENTS)
        BUILT.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    if not MADE.exists():
        made = json.loads(BUILT.read_text("utf-8"))
        made["merged"] = _merged(made)
        made["seconds"] = sum(seconds for seconds, _ in made["merged"])
        MADE.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    return dict(json.loads(MADE.read_text("utf-8")))


def _merged(made: dict[str, Any]) -> list[tuple[float, int]]:
    """Every committee's first bundle merged at the centre: the seconds of that alone, and its entries."""
    stick, now = STREET / "stick", clock.frozen(made["now"])
    stick.mkdir(exist_ok=True)
    for committee in made["committees"]:
        session = workspaces.unlock(Path(committee["data"]), made["account"], made["password"], clock=now)
        sync.export(session, stick)
        workspaces.lock(session)
    centre = workspaces.unlock(Path(made["centre"]), made["account"], made["password"], clock=now)
    merged = []
    for file in sorted(stick.glob("*.ltb")):
        began = time.perf_counter()
        (done,) = sync.merge(centre, [file])
        assert done["error"] is None, done["error"]
        merged.append((time.perf_counter() - began, done["applied"]))
    workspaces.lock(centre)
    return merged


def _resident(process: int) -> float:
    """Proportional share of one process's memory, MB."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _family(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            found += _family(int(child))
    return found


def _window(centre: str) -> None:
    """Open the centre, look at the street by three measures, go down to a building and back, and say what it took."""
    from PySide6.QtWidgets import QApplication

    from app.ui import theme
    from app.ui.frame import Frame
    from app.ui.map_desk import MapDesk
    from app.ui.map_view import register

    register()
    app = QApplication([])
    theme.apply(app)
    session = workspaces.unlock(Path(centre), demos.ACCOUNT, demos.PASSWORD, clock=clock.frozen("2020-05-25T16:00"))
    frame = Frame(session)
    frame.resize(1366, 740)
    frame.show()

    def settle(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until or frame.tasks.busy:
            app.processEvents()

    began = time.monotonic()
    frame.go("map")
    desk = frame.desks["map"]
    assert isinstance(desk, MapDesk)
    while not (desk.view.ready and desk.shown):
        app.processEvents()
    seconds = time.monotonic() - began
    for colour in ("isolation", "unvisited", "party"):
        frame.go("map", colour=colour)
        settle(2)
    for _ in range(2):
        desk.open(desk.shown.things[0].id)  # type: ignore[union-attr]
        settle(2)
    settle(3)
    family = {process: _resident(process) for process in _family(os.getpid())}
    print(json.dumps({"all": sum(family.values()), "program": family[os.getpid()], "seconds": seconds}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    _window(sys.argv[1])
