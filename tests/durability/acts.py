"""What is done in a workspace that is about to be killed, and what is observed of it afterwards.

An act says first what it will make true: after a misfortune all of that holds, or none of it. It goes through the
services like any window or command.
"""

from __future__ import annotations

import csv
import ctypes
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from app.db import connection as files
from app.db import devices, keyslots, present
from app.domain import clock
from app.exchange import backupfile, bundles
from app.paths import DATABASE
from app.services import accounts, backups, records, rosters, sync, undoing, workspaces
from app.services.session import Session
from app.services.values import opened

Facts = dict[str, Any]
ACCOUNT, PASSWORD, ROOT_PASSWORD = "张书记", "mima-12345", "root-12345"
CODE = "310115016009"
ROWS, PEOPLE, BUNDLES = 60, 12, 6
ANY = "*"
OFTEN = "wal_autocheckpoint = 16"
"""Pages go from the log into the file in the middle of the work, as in a long day, and not only at its end."""
EDITED = ("occupation", "workplace", "note_sensitive")
OFF, COUNT, DIE, FAIL, RECORD = range(5)


def now(minute: int) -> clock.Clock:
    return clock.frozen(f"2020-05-25T{9 + minute // 60 % 12:02d}:{minute % 60:02d}")


# ---------------------------------------------------------------- the shim


def _shim() -> Any:
    library = ctypes.CDLL(None)
    return library if hasattr(library, "shim_arm") else None


SHIM = _shim()


def arm(how: dict[str, Any] | None, folder: Path) -> None:
    if how:
        SHIM.shim_arm(
            how["mode"], how.get("kinds", 63), ctypes.c_long(how.get("at", 0)), how.get("where", 0),
            how.get("errno", 0), os.fsencode(folder), os.fsencode(how.get("log", "")),
        )  # fmt: skip


def disarm() -> int:
    seen = int(SHIM.shim_seen())
    SHIM.shim_disarm()
    return seen


# ---------------------------------------------------------------- what is written down outside


class Log:
    """Lines of {"may": facts} before an act and {"facts": …} after it, each synced before anything goes on."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("ab")
        self.lines = 0

    def say(self, **what: Any) -> None:
        self.file.write(json.dumps(what, ensure_ascii=False).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self.lines += 1
        SHIM.shim_mark(ctypes.c_long(self.lines))


# ---------------------------------------------------------------- acts


@dataclass(frozen=True)
class Act:
    """`may`: what is true afterwards; all of it or nothing. `*` stands for what cannot be foretold.

    `was`: what is true before, where it cannot be observed from within.
    """

    may: Facts
    run: Callable[[], Any]
    was: Facts = field(default_factory=dict)


class Desk:
    """One unlocked workspace in `folder`/workspace, with a stick and a place for backups beside it."""

    def __init__(self, folder: Path, scratch: Path, facts: Facts, start: int, seed: int) -> None:
        self.folder, self.scratch, self.facts = folder, scratch, dict(facts)
        self.number, self.random = start, Random(seed)
        self.bundles = sorted((scratch / "bundles").glob("*.ltb"))
        self.batches: dict[str, str] = {}
        self.session: Session | None = None

    @property
    def here(self) -> Session:
        assert self.session is not None
        return self.session

    def unlock(self) -> None:
        self.session = workspaces.unlock(self.folder / "workspace", ACCOUNT, PASSWORD, clock=now(self.number))

    def lock(self) -> None:
        workspaces.lock(self.here)
        self.session = None

    def next(self) -> int:
        self.number += 1
        if self.session:
            self.session.clock = now(self.number)
        return self.number

    def observe(self, key: str) -> Any:
        return observe(self.here, self.folder, self.scratch, key)

    # each of these says what it will do and gives what does it

    def edit(self, who: str = "") -> Act:
        number, session = self.next(), self.here
        if not who and self.random.random() < 0.3:
            return self._addition(number)
        who = who or name("王", self.random.randrange(PEOPLE))
        values = {"occupation": f"职业{number}", "workplace": f"单位{number}", "note_sensitive": f"备注{number}"}
        row = person(session, who)["id"]
        may = {f"person|{who}": list(values.values())}
        return Act(may, lambda: _done(records.change(session, "resident", row, values)))

    def _addition(self, number: int) -> Act:
        session, who = self.here, name("赵", number)
        household = person(session, name("王", 0))["household"]
        values = {"name": who, "household": household, "occupation": f"职业{number}"}
        may = {f"person|{who}": [values["occupation"], None, None]}
        return Act(may, lambda: _done(records.add(session, "resident", values)))

    def bring(self) -> Act:
        """A roster of sixty."""
        number, session = self.next(), self.here
        tag = f"甲{number}"
        file = roster(self.scratch / "rosters" / f"{os.getpid()}-{number}.csv", tag, number)

        def run() -> None:
            done = rosters.apply(session, rosters.preview(session, file))
            self.batches[tag] = done["batch"]

        return Act({f"tag|{tag}": ROWS}, run)

    def take_back(self) -> Act:
        tag, batch = self.batches.popitem()
        return Act({f"tag|{tag}": 0}, lambda: _done(undoing.undo(self.here, batch)))

    def merge(self) -> Act:
        """The next bundle of the other PC; each holds what the ones before it held too."""
        self.next()
        have = sum(1 for key, value in self.facts.items() if key.startswith("tag|乙") and value == ROWS)
        index = min(have, len(self.bundles) - 1)
        may = {f"tag|乙{each}": ROWS for each in range(index + 1)}

        def run() -> None:
            (done,) = sync.merge(self.here, [self.bundles[index]])
            if done["error"]:
                raise done["error"]

        return Act(may, run)

    def export(self) -> Act:
        self.next()
        stick = self.folder / "stick"

        def run() -> Facts:
            assert len(sync.export(self.here, stick)) == 1
            return {"told": self.observe("told")}

        return Act({"bundles": self.facts.get("bundles", 0) + 1, "told": ANY}, run)

    def dismiss(self) -> Act:
        """An account leaves: the file gets a new key. Hires one first where nobody is left."""
        self.next()
        spare = [each for each in keyslots.read(self.folder / "workspace").accounts if each != ACCOUNT]
        if not spare:
            return self.hire()
        return Act({f"account|{spare[0]}": False}, lambda: _done(accounts.remove(self.here, spare[0])))

    def hire(self) -> Act:
        """A further account: keys.json is written anew."""
        who = f"新人{self.next()}"
        return Act({f"account|{who}": True}, lambda: _done(accounts.add(self.here, who, PASSWORD, ["worker"])))

    def backup(self) -> Act:
        self.next()

        def run() -> None:
            backups.make(self.here, self.folder / "backups")

        return Act({"backups": self.observe("backups") + 1}, run)

    def migrate(self) -> Act:
        """Unlocking brings a file of an older shape up to today's."""
        return Act({"schema": files.SCHEMA}, self.unlock, {"schema": 1})


def _done(_: object) -> None:
    return None


PLANS = {
    "edit": ("edit", "edit"),
    "import": ("edit", "bring", "take_back"),
    "merge": ("merge", "edit"),
    "rekey": ("dismiss", "edit"),
    "export": ("edit", "export"),
    "backup": ("edit", "backup"),
    "migration": ("edit",),
    "create": ("edit",),
}


def name(family: str, number: int) -> str:
    return family + chr(0x4E8C + number // 100) + chr(0x5200 + number % 100)


def roster(path: Path, tag: str, number: int, family: str = "李") -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["小区", "楼号", "室号", "姓名", "性别", "职业"])
        for row in range(ROWS):
            who = family + chr(0x4E8C + number) + chr(0x5200 + row)
            writer.writerow(["培花新村", f"{number}号", f"{row // 6 + 1}01", who, "男", tag])
    return path


# ---------------------------------------------------------------- what is observed


def person(session: Session, who: str) -> dict[str, Any]:
    with session.db.reading() as connection:
        found = present.where(connection, session.committee_id, "resident", name=who)
    assert len(found) < 2, f"{who} is there {len(found)} times"
    return opened(session, "resident", found[0]) if found else {}


def is_inside(key: str) -> bool:
    """Can it be seen in an unlocked workspace (else: from outside, before)?"""
    return key.partition("|")[0] in ("person", "tag", "told", "bundles", "account", "backups")


def observe(session: Session, folder: Path, scratch: Path, key: str) -> Any:
    kind, _, which = key.partition("|")
    if kind == "person":
        row = person(session, which)
        return [row.get(each) for each in EDITED] if row else None
    if kind == "tag":
        with session.db.reading() as connection:
            return len(present.where(connection, session.committee_id, "resident", occupation=which))
    if kind == "told":
        with session.db.reading() as connection:
            said = devices.announced(connection, json.loads((scratch / "centre.json").read_text())["device"])
            return sorted([each, seq] for _, each, _, seq, _ in said.told)
    if kind == "bundles":
        return sum(1 for each in (folder / "stick").glob("*.ltb") if _whole_bundle(each, scratch))
    if kind == "account":
        return any(each["account"] == which for each in accounts.list_(session))
    if kind == "backups":
        return sum(1 for each in (folder / "backups").glob(f"*{backupfile.SUFFIX}") if _whole_backup(each))
    raise AssertionError(key)


def _whole_backup(file: Path) -> bool:
    with TemporaryDirectory() as aside:
        backupfile.unpack(file, Path(aside))
        kept = keyslots.read(Path(aside)).unlock(ACCOUNT, PASSWORD)
        database = files.open(Path(aside) / DATABASE, kept.database_key)
        assert database.check() == []
        database.close()
    return True


def _whole_bundle(file: Path, scratch: Path) -> bool:
    identity = json.loads((scratch / "centre.json").read_text())["identity"]
    _, lines = bundles.contents(bundles.open_(file.read_bytes(), identity))
    assert sum(1 for _ in lines) > 0
    return True
