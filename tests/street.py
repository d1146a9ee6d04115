"""A street for tests: a centre with its root key and committees that joined it, all real encrypted workspaces."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.domain import clock
from app.services import enrolment, sync, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, NOW, PASSWORD

ROOT_PASSWORD = "root-12345"


@dataclass
class Street:
    """`folder` holds workspaces and sticks. Everything stays open until `close`.

    kept: where new workspaces are made once, to be copied here; without it each is made anew.
    """

    folder: Path
    centre: Session = field(init=False)
    committees: list[Session] = field(default_factory=list)
    sticks: int = 0
    kept: Path | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        root = enrolment.root_key(self.folder / "root.key", ROOT_PASSWORD)
        self.centre = self._open("centre", "centre", "花木街道", "310115016", root=root)

    def _open(self, name: str, role: str, title: str, code: str, **more: object) -> Session:
        where = self.folder / name
        made = where if self.kept is None else self.kept / name
        if not made.exists():
            workspaces.create(
                made, role=role, name=title, code=code, account=ACCOUNT, password=PASSWORD, rehearsal=True, clock=NOW,
                **more,  # type: ignore[arg-type]  # the root key
            )  # fmt: skip
        if made is not where:
            shutil.copytree(made, where)
        return workspaces.unlock(where, ACCOUNT, PASSWORD, clock=NOW)

    def committee(self, number: int = 1, *, enrolled: bool = True) -> Session:
        made = self._open(f"committee-{number}", "committee", f"第{number}居委会", f"31011501600{number}")
        self.committees.append(made)
        if enrolled:
            self.enrol(made)
        return made

    def enrol(self, session: Session) -> Values:
        asked, answer = self.folder / f"{session.code}.request", self.folder / f"{session.code}.answer"
        words = enrolment.request(session, asked)["fingerprint"]
        approved = enrolment.approve(self.centre, asked, self.folder / "root.key", ROOT_PASSWORD, words, answer)
        return enrolment.accept(session, answer, approved["root_words"])

    def stick(self) -> Path:
        self.sticks += 1
        made = self.folder / f"stick-{self.sticks}"
        made.mkdir()
        return made

    def send(self, session: Session) -> list[Path]:
        """What a PC writes to a fresh stick, a minute later than the last time."""
        session.clock = clock.frozen(f"2020-05-25T{10 + self.sticks // 60:02d}:{self.sticks % 60:02d}")
        return [Path(each["file"]) for each in sync.export(session, self.stick())]

    def bring(self, session: Session, files: list[Path]) -> Values:
        """Merge one file, which must be taken."""
        (done,) = sync.merge(session, files)
        assert done["error"] is None, done["error"]
        return done

    def close(self) -> None:
        for session in (self.centre, *self.committees):
            workspaces.lock(session)


def template(folder: Path, prepare: Callable[[Street], object]) -> Path:
    """A street made and prepared once, to be copied: making and enrolling workspaces costs more than most tests do."""
    street = Street(folder)
    prepare(street)
    street.close()
    return folder


def copy_of(made: Path, folder: Path, *, kept: Path | None = None) -> Street:
    """A street that was made and closed, anew in another folder, everything unlocked."""
    folders = sorted(each for each in made.iterdir() if each.name == "centre" or each.name.startswith("committee-"))
    for each in folders:
        shutil.copytree(each, folder / each.name)
    shutil.copy(made / "root.key", folder / "root.key")
    street = object.__new__(Street)
    street.folder, street.kept, street.sticks = folder, kept, len(list(made.glob("stick-*")))
    street.centre, *street.committees = [
        workspaces.unlock(folder / each.name, ACCOUNT, PASSWORD, clock=NOW) for each in folders
    ]
    return street
