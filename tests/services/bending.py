"""What the tests of bent bundles, rights and restores share: a home with one person, forged bundles, and trips."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.paths import DATABASE
from app.services import records, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.exchange.forging import Forge, own
from tests.street import Street

SIBLING = ("second", "committee", "第1居委会", "310115016001")


def lived_in(session: Session, name: str = "王建国", estate: str = "培花新村") -> str:
    """One person in a household of a dwelling; the person's id."""
    dwelling = records.add(session, "dwelling", {"estate": estate, "building": "12号", "room": "302"}).id
    household = records.add(session, "household", {"dwelling": dwelling}).id
    values = {"household": household, "name": name, "id_number": "310115195803120010"}
    return str(records.add(session, "resident", values).id)


def two_committees(street: Street) -> None:
    """One person at each of two committees, known at the centre."""
    first, second = street.committee(1), street.committee(2)
    lived_in(first)
    lived_in(second, "李秀英", "由由新村")
    up(street, first, second)
    down(street, first, second)


def of(files: list[Path], session: Session) -> list[Path]:
    """Those of the files that are for this PC."""
    return [file for file in files if session.device[:4] in file.name.rsplit("-", 1)[-1]]


def forge(street: Street, sender: Session, receiver: Session) -> Forge:
    """The sender's next bundle for the receiver, to be taken apart."""
    (file,) = of(street.send(sender), receiver)
    return Forge(street, own(sender), receiver, file)


def up(street: Street, *sessions: Session) -> None:
    """What these committees have for the centre."""
    for session in sessions:
        street.bring(street.centre, street.send(session))


def down(street: Street, *sessions: Session) -> None:
    """What the centre has for these committees, if it has anything."""
    files = street.send(street.centre)
    for session in sessions:
        for file in of(files, session):
            street.bring(session, [file])


def report(session: Session) -> None:
    """An incident, for something that is new."""
    records.add(session, "incident", {"what": "x", "kind": "求助", "state": "已接报"})


def sibling(street: Street) -> Session:
    """A further PC of the first committee, enrolled."""
    made = street._open(*SIBLING)
    street.committees.append(made)
    street.enrol(made)
    return made


def another_pc(street: Street, session: Session, name: str) -> Session:
    """The whole workspace on another PC, as somebody copies a folder."""
    where = street.folder / f"{session.folder.name}-{name}"
    shutil.copytree(session.folder, where, ignore=shutil.ignore_patterns("*-wal", "*-shm", "*.lock"))
    session.db.check()  # all of it is in the file itself
    shutil.copy(session.folder / DATABASE, where / DATABASE)
    return opened(street, where, PASSWORD)


def opened(street: Street, folder: Path, password: str) -> Session:
    """A committee's workspace unlocked again, which the street locks at its end."""
    made = workspaces.unlock(folder, ACCOUNT, password, clock=NOW)
    street.committees.append(made)
    return made


def put_away(street: Street, session: Session) -> Path:
    """A committee's workspace locked; its folder."""
    workspaces.lock(session)
    street.committees.remove(session)
    return session.folder
