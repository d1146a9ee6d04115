"""The process that works, is killed and works again: started once, it forks a child for each task it is told.

Tasks come as JSON lines; for each, the child's id is answered at once and its end afterwards. A child works on a
real encrypted workspace through the services, and writes down outside it what must be true from then on. Longer than
most files: all that the tests ask for is read here from top to bottom.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import alembic.command
import alembic.config

from app import passwords, words
from app.db import connection as files
from app.db import keyslots, migrations
from app.domain import names
from app.domain.findings import UserError
from app.paths import ATTEMPTS, DATABASE, ERASURES, KEYS, LOCK
from app.services import accounts, enrolment, ledgers, records, rosters, search, sync, workspaces
from app.services.session import Session
from tests.durability.acts import (
    ACCOUNT,
    BUNDLES,
    CODE,
    PASSWORD,
    PEOPLE,
    PLANS,
    ROOT_PASSWORD,
    SHIM,
    Act,
    Desk,
    Facts,
    Log,
    arm,
    disarm,
    is_inside,
    name,
    now,
    observe,
    person,
    roster,
)  # fmt: skip

# ---------------------------------------------------------------- after a misfortune


def _before_unlocking(folder: Path) -> Facts:
    """Which known key opens the file (exactly one does), and of which shape it is; asked of copies."""
    kept = keyslots.read(folder).unlock(ACCOUNT, PASSWORD)
    fit: list[bytes] = []
    shape = 0
    for key in {kept.database_key, kept.pending_key} - {None}:
        copy = folder.with_name(f"{folder.name}-copy")
        shutil.copytree(folder, copy)
        try:
            database = files.open(copy / DATABASE, key)  # type: ignore[arg-type]
            fit.append(key)  # type: ignore[arg-type]
            shape = database._version()
            database.close()
        except UserError as error:
            assert error.code == "workspace-damaged", error
        finally:
            shutil.rmtree(copy)
    assert len(fit) == 1, f"{len(fit)} of the known keys open the file"
    return {"schema": shape}


def check(folder: str, scratch: str, keys: list[str], number: int = 0, wal: bool = False) -> Facts:
    """Everything that must hold after a misfortune, and that work goes on; what is observed of the keys asked for."""
    where, aside = Path(folder), Path(scratch)
    workspace = where / "workspace"
    seen = {key: value for key, value in _before_unlocking(workspace).items() if key in keys}
    known = {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEYS, ATTEMPTS, LOCK, ERASURES}
    known |= {f"before-upgrade-to-{files.SCHEMA}.db"}  # of an upgrade that was cut short; the next one takes it away
    strays = sorted(each.name for each in workspace.iterdir() if each.name not in known and each.is_file())
    session = workspaces.unlock(workspace, ACCOUNT, PASSWORD, clock=now(number))
    try:
        assert session.db.check() == []
        verified, rebuilt = ledgers.verify(session), ledgers.rebuild_check(session)
        assert verified["ok"], verified["faults"]
        assert rebuilt["ok"], rebuilt["differences"]
        seen |= {key: observe(session, where, aside, key) for key in keys if key not in seen}
        kept = keyslots.read(workspace)
        assert not kept.leaving and kept.unlock(ACCOUNT, PASSWORD).pending_key is None, "a rotation is not finished"
        for key in keys:  # the search index says the same
            kind, _, who = key.partition("|")
            if kind == "person":
                assert bool(seen[key]) == any(hit["name"] == who for hit in search.find(session, who)), who
        if wal:
            with session.db.transaction() as connection:
                seen["pragmas"] = [
                    connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in ("synchronous", "journal_mode")
                ]
        _goes_on(session, number)
    finally:
        workspaces.lock(session)
    return {"seen": seen, "strays": strays}


def _goes_on(session: Session, number: int) -> None:
    who = name("王", PEOPLE)
    values = {"occupation": f"核对{number}-{os.getpid()}"}
    known = person(session, who)
    if known:
        records.change(session, "resident", known["id"], values)
    else:
        records.add(session, "resident", {"name": who, **values})
    assert person(session, who)["occupation"] == values["occupation"]


# ---------------------------------------------------------------- tasks


def prepare(scratch: str) -> Facts:
    """A committee's two PCs and a centre: what `work` starts from, as `here`, `older` and bundles in `scratch`."""
    where = Path(scratch)
    root = enrolment.root_key(where / "root.key", ROOT_PASSWORD)
    centre = _workspace(where / "centre", "centre", "花木街道", CODE[:9], root=root)
    here, there = (
        _workspace(where / each / "workspace", "committee", "第九居委会", CODE) for each in ("here", "there")
    )
    _enrol(where, centre, here, there)
    _settle(here)
    (where / "bundles").mkdir()
    for each in range(BUNDLES):
        there.clock = now(each + 1)
        file = roster(where / "rosters" / f"there-{each}.csv", f"乙{each}", 500 + each, "钱")
        rosters.apply(there, rosters.preview(there, file))
        (made,) = sync.export(there, where / "bundles", sibling=True)
        Path(made["file"]).rename(where / "bundles" / f"{each}.ltb")
    with centre.db.reading() as connection:
        device = enrolment.own_device(connection)
    (where / "centre.json").write_text(json.dumps({"device": device.id, "identity": device.identity}))
    for each in range(3):
        accounts.add(here, f"临时{each}", PASSWORD, ["worker"])
    for session in (centre, here, there):
        workspaces.lock(session)
    for folder in ("stick", "backups"):
        (where / "here" / folder).mkdir()
    shutil.copytree(where / "here", where / "older")
    _set_back(where / "older" / "workspace")
    return {}


def _workspace(folder: Path, role: str, title: str, code: str, **more: Any) -> Session:
    workspaces.create(
        folder, role=role, name=title, code=code, account=ACCOUNT, password=PASSWORD, rehearsal=True, clock=now(0),
        **more,
    )  # fmt: skip
    return workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=now(0))


def _settle(session: Session) -> None:
    """One door with a household and its people."""
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"}).id
    household = records.add(session, "household", {"dwelling": door}).id
    for each in range(PEOPLE + 1):
        records.add(session, "resident", {"name": name("王", each), "household": household})


def _enrol(where: Path, centre: Session, *sessions: Session) -> None:
    """The registry that names the last of them is the one that all accept."""
    for session in sessions:
        asked = where / "asked"
        said = enrolment.request(session, asked)["fingerprint"]
        done = enrolment.approve(centre, asked, where / "root.key", ROOT_PASSWORD, said, where / "answer")
    for session in sessions:
        enrolment.accept(session, where / "answer", done["root_words"])


def _set_back(folder: Path) -> None:
    """Give a file the shape of schema 1 again: what later steps added, and nothing else, goes."""
    kept = keyslots.read(folder).unlock(ACCOUNT, PASSWORD)
    with TemporaryDirectory() as aside:
        database = files.create(Path(aside) / DATABASE, bytes(files.KEY_BYTES), make=_first_step)
        with database.reading() as connection:
            wanted = _shape(connection)
        database.close()
    database = files.open(folder / DATABASE, kept.pending_key or kept.database_key)
    with database.transaction() as connection:
        for (kind, item), columns in _shape(connection).items():
            if (kind, item) not in wanted:
                connection.exec_driver_sql(f'DROP {kind} IF EXISTS "{item}"')
                continue
            for column in columns - wanted[kind, item]:
                connection.exec_driver_sql(f'ALTER TABLE "{item}" DROP COLUMN "{column}"')
        assert _shape(connection) == wanted, "a later step did more than add"
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        connection.exec_driver_sql("PRAGMA user_version = 1")
    database.close()


def _first_step(connection: Any) -> None:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "0001")


def _shape(connection: Any) -> dict[tuple[str, str], set[str]]:
    """(INDEX | TABLE, name) -> columns; indexes first."""
    found = connection.exec_driver_sql(
        "SELECT upper(type), name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    ).fetchall()
    return {
        (kind, item): {row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{item}")')}
        for kind, item in found
    }


def work(
    folder: str, scratch: str, log: str, kind: str, facts: Facts, start: int, seed: int, sessions: int = 2,
    how: dict[str, Any] | None = None, pragma: str = "",
) -> Facts:  # fmt: skip
    """Unlock, act, lock, over and over, until killed or done. pragma: what the engine is told besides."""
    where = Path(folder)
    desk = Desk(where, Path(scratch), facts, start, seed)
    said = Log(Path(log))
    if pragma:
        _tell_the_engine(pragma)
    arm(how, where)
    if kind == "create":
        said.say(may={"created": True}, was={})
        _workspace_in(where)
        said.say(facts={"created": True})
        desk.unlock()
        _settle(desk.here)
        desk.lock()
    for each in range(sessions):
        if kind == "migration":
            if each or start:
                said.say(may={"schema": 1}, was={"schema": files.SCHEMA})
                _set_back(where / "workspace")
                said.say(facts={"schema": 1})
            _do(desk, desk.migrate(), said)
        else:
            desk.unlock()
        for act in PLANS[kind]:
            _do(desk, getattr(desk, act)(), said)
        desk.lock()
    return {"seen": disarm(), "number": desk.number}


def _do(desk: Desk, act: Act, said: Log) -> None:
    was = {key: desk.observe(key) for key in act.may if key not in desk.facts and desk.session and is_inside(key)}
    said.say(may=act.may, was=was | act.was)
    more = act.run()
    desk.facts |= act.may | (more or {})
    said.say(facts=act.may | (more or {}))


def _workspace_in(folder: Path) -> None:
    workspaces.create(
        folder / "workspace", role="committee", name="第九居委会", code=CODE, account=ACCOUNT, password=PASSWORD,
        rehearsal=True, clock=now(0),
    )  # fmt: skip


def _tell_the_engine(pragma: str) -> None:
    driver = files._driver

    def told(*arguments: Any, **more: Any) -> Any:
        connection = driver(*arguments, **more)
        connection.execute(f"PRAGMA {pragma}")
        return connection

    files._driver = told


def fail(folder: str, scratch: str, kind: str, facts: Facts, how: dict[str, Any]) -> Facts:
    """One act on a disk that fails from the n-th call on; then room is made and work goes on in the same window."""
    where = Path(folder)
    desk = Desk(where, Path(scratch), facts, 1, how.get("at", 0))
    if kind != "migrate":
        desk.unlock()
    act = getattr(desk, kind)()
    asked = [*act.may, *(["told"] if kind == "export" else [])]
    before = {key: desk.observe(key) for key in asked if is_inside(key)}
    arm(how, where)
    error: dict[str, Any] | None = None
    try:
        act.run()
    except Exception as problem:
        error = _told(problem)
    result: Facts = {"seen": disarm(), "error": error, "may": act.may, "before": before | act.was}
    if kind == "migrate" and desk.session is None:
        desk.unlock()
    try:
        after = desk.edit(name("王", PEOPLE))
        after.run()
        result["after"], result["facts"] = {key: desk.observe(key) for key in before}, after.may
        desk.lock()
    except Exception as problem:
        result["went_on"] = _told(problem)
    return result


def _told(problem: Exception) -> dict[str, Any]:
    mendable = isinstance(problem, UserError)
    return {
        "kind": type(problem).__name__, "code": problem.code if isinstance(problem, UserError) else None,
        "words": words.say(problem.code, **problem.details) if isinstance(problem, UserError) else "",
        "mendable": mendable, "trace": "".join(traceback.format_exception(problem)[-3:]),
    }  # fmt: skip


TASKS: dict[str, Callable[..., Facts]] = {"prepare": prepare, "work": work, "check": check, "fail": fail}

# ---------------------------------------------------------------- the server


def _remember_passwords() -> None:
    """Argon2id takes most of an unlock and is none of our business here: its key is derived once per slot."""
    made: dict[str, Any] = {}
    derive = passwords._cipher

    def remembered(kdf: Any, password: str) -> Any:
        where = kdf["salt"] + password
        if where not in made:
            made[where] = derive(kdf, password)
        return made[where]

    passwords._cipher = remembered


def _warm(folders: list[str]) -> None:
    for folder in folders:
        with suppress(UserError):
            keyslots.read(Path(folder)).unlock(ACCOUNT, PASSWORD)


def _child(task: str, arguments: dict[str, Any], pipe: int) -> None:
    try:
        answer: Facts = {"result": TASKS[task](**arguments)}
    except BaseException:
        answer = {"fault": traceback.format_exc()}
    if SHIM:
        SHIM.shim_disarm()
    with os.fdopen(pipe, "wb") as out:
        out.write(json.dumps(answer).encode())
    os._exit(0)


def main() -> None:
    _remember_passwords()
    names.pinyin("王")  # its dictionaries are read once, before the forks
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if "warm" in asked:
            _warm(asked["warm"])
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _child(asked["task"], asked["arguments"], writing)
        os.close(writing)
        _say({"pid": child})
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
        _, status = os.waitpid(child, 0)
        _say({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, **(json.loads(answer) if answer else {})})


def _say(what: Facts) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
